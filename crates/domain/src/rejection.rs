//! Why the state refuses a command: a closed set, data and not errors.

use crate::{
    CommodityId, Credits, Identifier, KeyId, OfferId, Quantity, Role, ShipmentActionKind,
    ShipmentId, ShipmentStatus, StationId, Timestamp, TradeStatus, TraderId, TransactionId,
    VesselId,
};

/// Why a command was refused. The order of the variants is the order of the checks: a command that
/// could be refused for several reasons is refused for the first. Where a line is to blame, `line`
/// counts from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// The key that asks has ended.
    Unauthenticated,
    /// The role may not do this.
    NotPermitted {
        /// The role of who asked.
        role: Role,
    },
    /// Buyer and seller, origin and destination, giver and receiver, or payer and paid are the same.
    SameParty,
    /// There is no such trade.
    UnknownTrade {
        /// What was named.
        trade: TransactionId,
    },
    /// There is no such shipment, or it has ended and is no longer held in memory.
    UnknownShipment {
        /// What was named.
        shipment: ShipmentId,
    },
    /// There is no such open alert.
    UnknownAlert,
    /// There is no such rule of alerts.
    UnknownAlertRule,
    /// There is no such key.
    UnknownKey,
    /// The key has been revoked, or its time is over: nothing takes its place.
    KeyEnded,
    /// Another key has taken its place already.
    AlreadyRotated {
        /// Which one.
        by: KeyId,
    },
    /// The key is one of tokens, and has no secret that another could take the place of.
    TokenKey,
    /// Without it nobody would be sure to administer the network for ever: it is the last key of an
    /// administrator that is good and does not end by itself.
    LastAdminKey,
    /// The trade is settled already.
    AlreadySettled {
        /// Which one.
        trade: TransactionId,
    },
    /// The trade is reversed already.
    AlreadyReversed {
        /// Which one.
        trade: TransactionId,
    },
    /// The hold has run out.
    HoldExpired {
        /// Which one.
        trade: TransactionId,
    },
    /// The trade's status does not allow this.
    InvalidTradeTransition {
        /// Its status.
        from: TradeStatus,
        /// What it would become.
        to: TradeStatus,
    },
    /// The shipment's status, or the time of what it already reported, does not allow this report.
    InvalidTransition {
        /// Its status.
        from: ShipmentStatus,
        /// The report.
        report: ShipmentActionKind,
        /// The report can be of this time at the earliest, if its time is to blame.
        not_before: Option<Timestamp>,
    },
    /// The shipment is stopped: it must be released first.
    OnHold {
        /// Which one.
        shipment: ShipmentId,
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
    /// There is no such vessel.
    UnknownVessel {
        /// What was named.
        vessel: Identifier,
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
    /// A token that was issued later, or at the same time, has said otherwise.
    TokenOutdated,
    /// The commodity is not in the shipment.
    NotInShipment {
        /// What was named.
        commodity: CommodityId,
        /// The line that names it.
        line: usize,
    },
    /// The commodity is not in the trade.
    NotInTrade {
        /// What was named.
        commodity: CommodityId,
        /// The line that names it.
        line: usize,
    },
    /// The offer has ended, or there never was one.
    OfferClosed {
        /// Which one.
        offer: OfferId,
        /// The line that takes it, if a trade does.
        line: Option<usize>,
    },
    /// The offer is of another station, commodity, party or side than the trade.
    OfferMismatch {
        /// Which one.
        offer: OfferId,
        /// The line that takes it.
        line: usize,
        /// What differs: `station`, `commodity`, `buyer` or `seller`.
        field: &'static str,
    },
    /// The offer's price is worse than the limit.
    PriceMoved {
        /// Which one.
        offer: OfferId,
        /// The line that takes it.
        line: usize,
        /// The most, or the least, that was to be paid.
        limit: Credits,
        /// What the offer asks or bids.
        price: Credits,
    },
    /// Less is left of the offer than was to be taken.
    OfferExceeded {
        /// Which one.
        offer: OfferId,
        /// The line that takes it.
        line: usize,
        /// How much was wanted.
        requested: Quantity,
        /// How much is left.
        available: Quantity,
    },
    /// More was to be settled than is left of the hold.
    OverSettlement {
        /// Of what.
        commodity: CommodityId,
        /// The line that settles it.
        line: usize,
        /// How much was wanted.
        requested: Quantity,
        /// What is left.
        left: Quantity,
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
    /// More was counted than is outstanding, the tolerance included; or more was lost than is
    /// outstanding, or found than was lost.
    OverReceipt {
        /// Of what.
        commodity: CommodityId,
        /// The line that counts it.
        line: usize,
        /// What there is to count.
        outstanding: Quantity,
        /// What was counted.
        received: Quantity,
    },
    /// The vessel cannot carry so much.
    OverCapacity {
        /// Which one.
        vessel: VesselId,
        /// Of what: `mass` in grams or `volume` in millilitres.
        measure: &'static str,
        /// How much was to be carried; 2^53-1 stands for anything greater.
        requested: Quantity,
        /// How much it can carry.
        capacity: Quantity,
    },
    /// The vessel is carrying another shipment.
    VesselBusy {
        /// Which one.
        vessel: VesselId,
        /// What it carries.
        shipment: ShipmentId,
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
            Self::Unauthenticated => "unauthenticated",
            Self::NotPermitted { .. } => "not_permitted",
            Self::SameParty => "same_party",
            Self::UnknownShipment { .. } => "unknown_shipment",
            Self::UnknownTrade { .. } => "unknown_trade",
            Self::UnknownAlert => "unknown_alert",
            Self::UnknownAlertRule => "unknown_alert_rule",
            Self::UnknownKey => "unknown_key",
            Self::KeyEnded => "key_ended",
            Self::AlreadyRotated { .. } => "already_rotated",
            Self::TokenKey => "token_key",
            Self::LastAdminKey => "last_admin_key",
            Self::AlreadySettled { .. } => "already_settled",
            Self::AlreadyReversed { .. } => "already_reversed",
            Self::HoldExpired { .. } => "hold_expired",
            Self::InvalidTradeTransition { .. } | Self::InvalidTransition { .. } => {
                "invalid_transition"
            }
            Self::OnHold { .. } => "on_hold",
            Self::UnknownVessel { .. } => "unknown_vessel",
            Self::NotInTrade { .. } => "not_in_trade",
            Self::OfferClosed { .. } => "offer_closed",
            Self::OfferMismatch { .. } => "offer_mismatch",
            Self::PriceMoved { .. } => "price_moved",
            Self::OfferExceeded { .. } => "offer_exceeded",
            Self::OverSettlement { .. } => "over_settlement",
            Self::OverCapacity { .. } => "over_capacity",
            Self::VesselBusy { .. } => "vessel_busy",
            Self::UnknownStation { .. } => "unknown_station",
            Self::UnknownTrader { .. } => "unknown_trader",
            Self::UnknownCommodity { .. } => "unknown_commodity",
            Self::AlreadyExists { .. } => "already_exists",
            Self::TokenOutdated => "token_outdated",
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
