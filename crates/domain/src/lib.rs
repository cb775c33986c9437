//! The vocabulary of the network: identifiers, amounts, commands, events, movements, rejections.
//!
//! Plain data and pure functions. This crate must not know how anything is stored, encoded, sent
//! or shown, and must not read a clock: every other crate depends on it, it depends on none.

#![deny(clippy::unwrap_used, clippy::float_arithmetic, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests panic"))]

mod access;
mod amount;
mod batch;
mod command;
mod event;
mod fingerprint;
mod identifier;
pub mod limits;
mod lines;
mod movement;
mod place;
mod reader;
mod rejection;
mod sequence;
mod shipment;
mod shipment_state;
mod stock;
mod text;
mod time;

pub use access::{KeyId, PrincipalId, Role, Scope};
pub use amount::{AMOUNT_MAX, AmountError, Credits, Quantity};
pub use batch::{Batch, BatchId, Epoch, JournalId};
pub use command::{
    Action, Adjustment, Booking, BookingLine, Command, CreditChange, NewKey, PutCommodity,
    PutStation, PutTrader, StockLine, Trade, TradeLineWanted,
};
pub use event::{
    CommodityDetails, Envelope, Event, KeyBinding, KeyDetails, NetworkDetails, Recorded,
    ShipmentBooked, ShipmentChange, ShipmentChanged, StationDetails, StockAdjusted, TradeLine,
    TradeSettled, TraderDetails,
};
pub use fingerprint::{fingerprint, key_hash, name_hash};
pub use identifier::{CommodityId, Identifier, IdentifierError, StationId, TraderId};
pub use lines::{Line, Lines, LinesError};
pub use movement::{CreditAccount, Movement, StockAccount, movements};
pub use place::{Position, StationKind};
pub use reader::{CommitObserver, EventReader, FrozenState, PartSink, ReadError, SnapshotError};
pub use rejection::Rejection;
pub use sequence::{Sequence, ShipmentId, TransactionId};
pub use shipment::{
    DelayReason, GoodsLine, ReceiptLine, ReceiptLineWanted, Route, Schedule, ShipmentAction,
    ShipmentActionKind, ShipmentStatus,
};
pub use shipment_state::{Shipment, ShipmentLine};
pub use stock::{Bucket, Sink, Source, StockChange};
pub use text::{Note, Text, TextError};
pub use time::{Timestamp, TraceId};
