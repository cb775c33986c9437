//! The vocabulary of the network: identifiers, amounts, commands, events, movements, rejections.
//!
//! Plain data and pure functions. This crate must not know how anything is stored, encoded, sent
//! or shown, and must not read a clock: every other crate depends on it, it depends on none.

#![deny(clippy::unwrap_used, clippy::float_arithmetic, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests panic"))]

mod access;
mod added;
mod alert;
mod amount;
mod batch;
mod bounds;
mod command;
mod details;
mod event;
mod event_kind;
mod fingerprint;
mod identifier;
pub mod limits;
mod lineage;
mod lines;
pub mod meter;
mod movement;
mod offer;
mod place;
mod reader;
mod rejection;
mod sequence;
mod shipment;
mod shipment_state;
mod stock;
mod subject;
mod text;
mod time;
mod trade;

pub use access::{KeyId, PrincipalId, Role, Scope, TOKEN_PRINCIPAL, is_token_principal};
pub use added::Added;
pub use alert::{AlertCause, AlertChanged, AlertFired, AlertKind, AlertRule, Severity, Timing};
pub use amount::{AMOUNT_MAX, AmountError, Credits, Quantity};
pub use batch::{Batch, BatchId, Epoch, JournalId};
pub use bounds::{Accounts, BoundsError, ChargeWanted, Charges, Lifetime, Tolerance};
pub use command::{
    Action, Adjustment, AlertRuleWanted, Booking, BookingLine, BookingTerms, Command, CreditChange,
    KeyRotation, NewKey, PostOffer, PutAlertRule, PutCommodity, PutStation, PutTrader, PutVessel,
    Settlement, StockLine, TokenGrant, Trade, TradeLineWanted, TradeTermsWanted, Transfer,
    TransferWanted,
};
pub use details::{
    CommodityDetails, Grant, KeyDetails, NetworkDetails, StationDetails, TokenSubject,
    TraderDetails, VesselDetails,
};
pub use event::{
    AlertRuleSet, CreditsTransferred, Envelope, Event, KeyBinding, Recorded, ShipmentBooked,
    ShipmentChange, ShipmentChanged, StockAdjusted, StockTransferred,
};
pub use event_kind::EventKind;
pub use fingerprint::{fingerprint, key_hash, name_hash};
pub use identifier::{
    AlertRuleId, CommodityId, Identifier, IdentifierError, StationId, TraderId, VesselId,
};
pub use lineage::{Branch, Lineage};
pub use lines::{Line, Lines, LinesError};
pub use movement::{CreditAccount, Movement, StockAccount, movements};
pub use offer::{Offer, OfferOpened, OfferRest, OfferStatus};
pub use place::{Position, StationKind};
pub use reader::{
    CommitObserver, EventReader, FrozenState, NoRoom, PartSink, ReadError, SnapshotError,
};
pub use rejection::Rejection;
pub use sequence::{AlertId, OfferId, Sequence, ShipmentId, TransactionId};
pub use shipment::{
    ChargesEnd, DelayCode, DelayReason, GoodsLine, Loss, LossCause, ReceiptLine, ReceiptLineWanted,
    Route, Schedule, ShipmentAction, ShipmentActionKind, ShipmentStatus,
};
pub use shipment_state::{Shipment, ShipmentLine};
pub use stock::{Bucket, Sink, Source, StockChange};
pub use subject::{Facet, Origin, facets, is_public, origin, rule_facets};
pub use text::{Note, Text, TextError};
pub use time::{Timestamp, TraceId};
pub use trade::{
    Charge, ChargeKind, HoldReleased, HoldRest, HoldSettled, OfferTaken, PastTrade, Side,
    TradeHeld, TradeLine, TradeRecord, TradeRecordLine, TradeReversed, TradeSettled, TradeStatus,
    TradeTerms,
};
