//! Read models folded from committed events: who and what there is, stock, credits, shipments.
//!
//! Views know events and nothing of the rules that made them: they must not see the ledger, must
//! not decide anything, and hold nothing that a replay of the journal would not bring back. One
//! thread folds ([`ViewsFold`]) and publishes one sequence per batch; any number read ([`Views`]).
//! Every query takes a [`domain::Scope`], so that none can forget to ask what may be seen.
//!
//! What is alive is in memory. What is over is in the journal: a direct trade is found by its
//! identifier, which is its sequence; an ended shipment, an ended hold and a reversed trade by the
//! sequence of its last event, which the small store `views.db` keeps.

#![deny(clippy::unwrap_used, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests panic"))]

mod access;
mod accounts;
mod alert_queries;
mod alerts;
pub mod analytics;
mod audit;
mod books;
mod directory;
mod ended;
mod fold;
mod follower;
mod found;
mod history;
mod holds;
mod inventory;
mod levels;
mod mixer;
mod offers;
mod ordered;
mod page;
mod past;
mod promises;
mod quotes;
mod saved;
mod shipment_queries;
mod shipments;
mod snapshot;
mod state;
mod still;
mod store;
mod trade_queries;
mod trades;
mod views;

pub use access::{Access, ApiKey};
pub use accounts::Balance;
pub use alert_queries::{AT_RISK_MAX, AlertFilter, AtRisk};
pub use alerts::{Alert, AlertCounts, RESOLVED_ALERTS_KEPT, Rule, Subject};
pub use analytics::{Analytics, AnalyticsFeed};
pub use audit::{Audit, CommodityAudit, CreditAudit, Flows};
pub use books::{
    Books, BooksFeed, BooksOptions, CreditsMoved, Entry, EntryFilter, EntryPage, PastError,
    PastStock,
};
pub use directory::{Commodity, Station, Trader, Vessel};
pub use fold::ViewsFold;
pub use follower::Progress as PastProgress;
pub use history::{EventFilter, History, HistoryError, HistoryFold, HistoryOpenError, Order, Part};
pub use levels::{LEVELS_MAX, Level, LevelCursor, LevelFilter, LevelPage};
pub use offers::{OfferFilter, OfferPage, OfferPlace};
pub use page::{AsOf, Page};
pub use past::{Feeds, Past, PastOpenError};
pub use quotes::Quote;
pub use shipment_queries::{ShipmentFilter, ShipmentHistory};
pub use shipments::{ShipmentCounts, seen as shipment_seen};
pub use state::{Counts, State};
pub use still::{Still, StillParts};
pub use store::ViewsError;
pub use trade_queries::TradeView;
pub use trades::TradeFilter;
pub use views::{StateGuard, Views};
