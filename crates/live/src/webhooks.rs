//! Webhooks: committed events, sent to whoever subscribed, in order and at least once.
//!
//! Each subscription is a cursor with a [`worker`] of its own: it takes the next event that its owner
//! wants and may see from the [`feed`], signs it, hands it to a [`Sender`] and goes on when the
//! receiver has accepted it. The cursor lies in the operations store, so that a restart goes on where
//! it was. JSON and names are the [`Content`]'s, addresses and TLS are the [`HttpSender`]'s; nothing
//! here holds up the thread that commits, and no receiver holds up another.

mod address;
mod content;
mod entry;
mod feed;
pub(crate) mod http;
mod manage;
mod meters;
mod options;
mod record;
mod room;
mod schedule;
mod sender;
mod service;
mod signature;
mod store;
pub(crate) mod target;
mod worker;

#[cfg(test)]
mod tests;

pub use address::{Addresses, Net, NetError};
pub use content::{Content, NoInterest};
pub use feed::WebhooksFold;
pub use http::HttpSender;
pub use manage::{Change, Created, NewWebhook};
pub use meters::{Meters, Standing};
pub use options::WebhookOptions;
pub use record::{
    Attempt, Creation, Cursor, DisabledReason, Failure, KeptSecret, Outcome, Settings, Status,
    Webhook, WebhookId,
};
pub use schedule::{PAUSE_MAX, PAUSES_MAX, Schedule};
pub use sender::{Message, Sender, Sending, Sent};
pub use service::{Clock, SystemClock, WebhookError, WebhookParts, Webhooks};
pub use signature::{SecretError, SigningSecret, signatures};
pub use store::{ATTEMPTS_KEPT, MemoryOperations, OperationsStore, SqliteOperations, StoreError};
pub use target::{Target, TargetError, URL_BYTES_MAX};
