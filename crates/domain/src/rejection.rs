//! Why the state refuses a command: a closed set, data and not errors.

use crate::{
    CommodityId, Credits, Identifier, Quantity, Role, ShipmentActionKind, ShipmentId,
    ShipmentStatus, StationId, TraderId,
};

/// Why a command was refused. The order of the variants is the order of the checks: a command that
/// could be refused for several reasons is refused for the first. Where a line is to blame, `line`
/// counts from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// The role may not do this.
    NotPermitted {
        /// The role of who asked.
        role: Role,
    },
    /// Buyer and seller, or origin and destination, are the same.
    SameParty,
    /// There is no such shipment, or it has ended and is no longer held in memory.
    UnknownShipment {
        /// What was named.
        shipment: ShipmentId,
    },
    /// There is no such key.
    UnknownKey,
    /// The shipment's status does not allow this report.
    InvalidTransition {
        /// Its status.
        from: ShipmentStatus,
        /// The report.
        report: ShipmentActionKind,
    },
    /// There is no such station.
    UnknownStation {
        /// What was named.
        station: Identifier,
        /// The field that names it.
        field: &'static str,
    },
    /// There is no such trader.
    UnknownTrader {
        /// What was named.
        trader: Identifier,
        /// The field that names it.
        field: &'static str,
    },
    /// There is no such commodity.
    UnknownCommodity {
        /// What was named.
        commodity: Identifier,
        /// The line that names it.
        line: usize,
    },
    /// The name is taken by another kind of thing, or the principal has another role.
    AlreadyExists {
        /// The name.
        id: Identifier,
        /// What it names already.
        kind: &'static str,
    },
    /// The commodity is not in the shipment.
    NotInShipment {
        /// What was named.
        commodity: CommodityId,
        /// The line that names it.
        line: usize,
    },
    /// The count was made against another number than is on hand now.
    CountStale {
        /// The line that counts.
        line: usize,
        /// What the counter was told.
        expected: Quantity,
        /// What is on hand.
        actual: Quantity,
    },
    /// A product, a sum or a total would pass 2^53-1.
    AmountOverflow {
        /// The line to blame, if one is.
        line: Option<usize>,
    },
    /// More was counted than is outstanding.
    OverReceipt {
        /// Of what.
        commodity: CommodityId,
        /// The line that counts it.
        line: usize,
        /// What is outstanding.
        outstanding: Quantity,
        /// What was counted.
        received: Quantity,
    },
    /// Not enough goods.
    InsufficientStock {
        /// The line that wants them.
        line: usize,
        /// Where.
        station: StationId,
        /// Whose.
        owner: TraderId,
        /// Of what.
        commodity: CommodityId,
        /// How much was wanted.
        requested: Quantity,
        /// How much there is to take from.
        available: Quantity,
    },
    /// Not enough credits.
    InsufficientCredits {
        /// Whose.
        trader: TraderId,
        /// How many were wanted.
        requested: Credits,
        /// How many there are.
        available: Credits,
    },
    /// A bound of the network is reached.
    LimitReached {
        /// Of what.
        limit: &'static str,
        /// The bound.
        maximum: u64,
    },
}

impl Rejection {
    /// The stable code that clients know it by; never reused for another meaning.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotPermitted { .. } => "not_permitted",
            Self::SameParty => "same_party",
            Self::UnknownShipment { .. } => "unknown_shipment",
            Self::UnknownKey => "unknown_key",
            Self::InvalidTransition { .. } => "invalid_transition",
            Self::UnknownStation { .. } => "unknown_station",
            Self::UnknownTrader { .. } => "unknown_trader",
            Self::UnknownCommodity { .. } => "unknown_commodity",
            Self::AlreadyExists { .. } => "already_exists",
            Self::NotInShipment { .. } => "not_in_shipment",
            Self::CountStale { .. } => "count_stale",
            Self::AmountOverflow { .. } => "amount_overflow",
            Self::OverReceipt { .. } => "over_receipt",
            Self::InsufficientStock { .. } => "insufficient_stock",
            Self::InsufficientCredits { .. } => "insufficient_credits",
            Self::LimitReached { .. } => "limit_reached",
        }
    }
}
