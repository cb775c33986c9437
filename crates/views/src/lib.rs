//! Read models folded from committed events: who and what there is, stock, credits, shipments.
//!
//! Views know events and nothing of the rules that made them: they must not see the ledger, must
//! not decide anything, and hold nothing that a replay of the journal would not bring back. One
//! thread folds ([`ViewsFold`]) and publishes one sequence per batch; any number read ([`Views`]).
//! Every query takes a [`domain::Scope`], so that none can forget to ask what may be seen.
//!
//! What is alive is in memory. What is over is in the journal: a trade is found by its identifier,
//! which is its sequence, and an ended shipment by the sequence of its last event, which the small
//! store `views.db` keeps.

#![deny(clippy::unwrap_used, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests panic"))]

mod access;
mod accounts;
mod audit;
mod directory;
mod ended;
mod fold;
mod inventory;
mod levels;
mod page;
mod saved;
mod shipment_queries;
mod shipments;
mod snapshot;
mod state;
mod store;
mod trades;
mod views;

pub use access::{Access, ApiKey};
pub use audit::{Audit, CommodityAudit, CreditAudit, Flows};
pub use directory::{Commodity, Station, Trader};
pub use fold::ViewsFold;
pub use levels::{LEVELS_MAX, Level, LevelCursor, LevelFilter, LevelPage};
pub use page::{AsOf, Page};
pub use shipment_queries::{ShipmentFilter, ShipmentHistory};
pub use shipments::ShipmentCounts;
pub use state::{Counts, State};
pub use store::ViewsError;
pub use trades::{TradeFilter, TradeStatus};
pub use views::{StateGuard, Views};
