//! A typed client of the Intergalactic Trade Network.
//!
//! What it takes off your hands:
//!
//! - **A write acts once.** Every write carries an idempotency key, made if none is given, and goes out
//!   again with the same bytes and the same key when the connection is lost or the server says "later"
//!   (408, 429, 502, 503, 504): with waits that double, spread at random, `Retry-After` honoured, all
//!   within [`Retry`]'s bounds. What takes no key is sent again only where nothing can have been sent.
//! - **Bulk completes.** [`Client::bulk`] yields a result a line, in order; after a lost answer the lines
//!   without a result go out again, with their keys.
//! - **A stream goes on.** [`Client::follow`] yields every event once and in order, across lost
//!   connections, restarts and its own slowness, and says what happened meanwhile.
//! - **Refusals are data.** [`Error`] says what was asked and how often; [`Problem`] has the stable code.
//!
//! Types, queries and a method for each operation are made from the API's document by
//! `scripts/client-calls`. Fields that this version does not know are passed over, words that it does not
//! know are kept. It needs a Tokio runtime; `https` is rustls, trusting what the machine trusts.
//!
//! The seam: [`Client`] (cheap to clone) makes [`Write`]s (await them), [`Pages`], [`Bulk`] results and a
//! [`Follower`]; [`Request`] and [`Answer`] are for what has no method.
//!
//! ```no_run
//! # async fn example() -> Result<(), itn_client::Error> {
//! use itn_client::{Client, ClientOptions, ListTradesQuery, NewTrade, NewTradeLine};
//!
//! let client = Client::new(&ClientOptions {
//!     key: Some("itn_…".to_owned()),
//!     ..ClientOptions::new("http://127.0.0.1:8080")
//! })?;
//! let trade = NewTrade {
//!     station: "ceres".to_owned(),
//!     buyer: "acme".to_owned(),
//!     seller: "belt-mining".to_owned(),
//!     lines: vec![NewTradeLine {
//!         commodity: "water-ice".to_owned(),
//!         quantity: 500,
//!         unit_price: Some(12),
//!         ..NewTradeLine::default()
//!     }],
//!     ..NewTrade::default()
//! };
//! match client.create_trade(&trade).key("order-1234").await {
//!     Ok(trade) => println!("{} cost {}", trade.transaction_id, trade.total),
//!     Err(error) if error.is("insufficient_credits") => println!("too dear"),
//!     Err(error) => return Err(error),
//! }
//! let query = ListTradesQuery { station: Some("ceres".to_owned()), ..Default::default() };
//! let mut trades = client.list_trades(&query);
//! while let Some(trade) = trades.next().await? {
//!     println!("{} {}", trade.sequence, trade.total);
//! }
//! # Ok(())
//! # }
//! ```

mod bulk;
#[allow(clippy::doc_markdown, clippy::wildcard_imports, reason = "made from the API's document")]
mod calls;
mod connect;
mod error;
mod event;
mod follow;
mod http;
mod pages;
#[allow(
    clippy::doc_markdown,
    clippy::too_many_lines,
    clippy::wildcard_imports,
    reason = "made from the API's document"
)]
mod queries;
mod query;
mod retry;
mod sse;
#[allow(
    clippy::doc_markdown,
    clippy::large_enum_variant,
    clippy::struct_excessive_bools,
    clippy::struct_field_names,
    clippy::too_many_lines,
    reason = "made from the API's document"
)]
mod types;
mod words;
mod write;

pub use bulk::{Bulk, Command, LINES_MAX, Line, LineOutcome};
pub use error::{Error, Failure, Fault, Problem};
pub use event::{Event, SnapshotPart};
pub use follow::{Begin, Follow, Follower, Heard, Told};
pub use http::{Answer, Client, ClientOptions, Request};
pub use pages::{Page, Pages};
pub use queries::*;
pub use query::{Pairs, Query, address, path};
pub use retry::Retry;
pub use sse::Message;
pub use types::*;
pub use write::{Write, Written};

#[cfg(test)]
mod document_tests;
#[cfg(test)]
mod scripted;

/// The page for those who use it: what it shows must compile.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/clients.md")]
mod page {}
