//! Facts. Each is self-contained, in the past tense, and never rewritten.

use crate::{
    AlertChanged, AlertFired, AlertRule, AlertRuleId, Charge, ChargesEnd, CommodityDetails,
    CommodityId, Credits, DelayCode, DelayReason, EventKind, GoodsLine, Grant, HoldReleased,
    HoldSettled, Identifier, KeyDetails, KeyId, LossCause, NetworkDetails, Note, OfferId,
    OfferOpened, OfferRest, Position, PrincipalId, ReceiptLine, Route, Schedule, Sequence,
    ShipmentId, StationDetails, StationId, StockChange, Text, Timestamp, Tolerance, TraceId,
    TradeHeld, TradeReversed, TradeSettled, TraderDetails, TraderId, TransactionId, VesselDetails,
    VesselId,
};

/// An event in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// When, by whom, in answer to what.
    pub envelope: Envelope,
    /// What happened.
    pub event: Event,
}

/// What every event carries besides itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Its place in the journal.
    pub sequence: Sequence,
    /// Network time, strictly increasing.
    pub recorded_at: Timestamp,
    /// When the client says it happened, if it does.
    pub occurred_at: Option<Timestamp>,
    /// Who asked for it.
    pub actor: PrincipalId,
    /// The idempotency key it used up, on the first event of a command.
    pub key: Option<KeyBinding>,
    /// The trace it belongs to.
    pub trace: Option<TraceId>,
    /// The client's own words on it.
    pub note: Option<Box<Note>>,
}

impl Envelope {
    /// When it happened: what the client says, else when it was recorded.
    pub fn occurred_at(&self) -> Timestamp {
        self.occurred_at.unwrap_or(self.recorded_at)
    }
}

/// An idempotency key, bound to the command it came with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyBinding {
    /// Hash of the principal and the key: [`crate::key_hash`].
    pub hash: u128,
    /// Hash of the command: [`crate::fingerprint`].
    pub fingerprint: u64,
}

/// What happened. Everything an event moves follows from it alone: [`crate::movements`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The first event of every journal.
    NetworkCreated(NetworkDetails),
    /// An API key was made.
    KeyCreated {
        /// Its number.
        key: KeyId,
        /// The rest.
        details: Box<KeyDetails>,
    },
    /// An API key was ended.
    KeyRevoked {
        /// Its number.
        key: KeyId,
    },
    /// The time of an API key was over; fired by a timer.
    KeyExpired {
        /// Its number.
        key: KeyId,
    },
    /// An API key is to end by itself, or sooner than it was: another takes its place.
    KeyUpdated {
        /// Its number.
        key: KeyId,
        /// When.
        expires_at: Timestamp,
    },
    /// What tokens give the subject of a key of tokens was changed by a newer one.
    GrantUpdated {
        /// The key's number.
        key: KeyId,
        /// What they give.
        grant: Box<Grant>,
    },
    /// A station was created, and with it the trader that it is.
    StationCreated {
        /// Its number among stations.
        station: StationId,
        /// Its number among traders.
        trader: TraderId,
        /// Its name among stations and traders.
        id: Identifier,
        /// The rest.
        details: Box<StationDetails>,
    },
    /// A station was replaced.
    StationUpdated {
        /// Which one.
        station: StationId,
        /// What it is now.
        details: Box<StationDetails>,
    },
    /// A commodity was created.
    CommodityCreated {
        /// Its number.
        commodity: CommodityId,
        /// Its name.
        id: Identifier,
        /// The rest.
        details: Box<CommodityDetails>,
    },
    /// A commodity was replaced.
    CommodityUpdated {
        /// Which one.
        commodity: CommodityId,
        /// What it is now.
        details: Box<CommodityDetails>,
    },
    /// A trader was created.
    TraderCreated {
        /// Its number.
        trader: TraderId,
        /// Its name among stations and traders.
        id: Identifier,
        /// The rest.
        details: TraderDetails,
    },
    /// A trader was replaced.
    TraderUpdated {
        /// Which one.
        trader: TraderId,
        /// What it is now.
        details: TraderDetails,
    },
    /// Credits came into being.
    CreditsIssued {
        /// In whose balance.
        trader: TraderId,
        /// How many, at least 1.
        amount: Credits,
    },
    /// Credits ceased to be.
    CreditsRetired {
        /// Out of whose balance.
        trader: TraderId,
        /// How many, at least 1.
        amount: Credits,
    },
    /// Stock changed outside a trade.
    StockAdjusted(StockAdjusted),
    /// Goods and credits changed owner.
    TradeSettled(TradeSettled),
    /// Goods were reserved for a shipment; its identifier is this event's sequence.
    ShipmentBooked(Box<ShipmentBooked>),
    /// Something happened to a shipment.
    ShipmentChanged(Box<ShipmentChanged>),
    /// A vessel was created.
    VesselCreated {
        /// Its number.
        vessel: VesselId,
        /// Its name.
        id: Identifier,
        /// The rest.
        details: Box<VesselDetails>,
    },
    /// A vessel was replaced.
    VesselUpdated {
        /// Which one.
        vessel: VesselId,
        /// What it is now.
        details: Box<VesselDetails>,
    },
    /// Goods and credits were reserved for a trade; its identifier is this event's sequence.
    TradeHeld(Box<TradeHeld>),
    /// Part of a hold, or all of it, was settled.
    HoldSettled(Box<HoldSettled>),
    /// A hold was called off.
    TradeVoided(Box<HoldReleased>),
    /// A hold ran out; fired by a timer.
    TradeExpired(Box<HoldReleased>),
    /// What a trade had moved was moved back.
    TradeReversed(Box<TradeReversed>),
    /// A price was posted; the offer's identifier is this event's sequence.
    OfferOpened(Box<OfferOpened>),
    /// The last of an offer was taken, by the trade in the event before or shortly before.
    OfferFilled {
        /// Which offer.
        offer: OfferId,
        /// The trade that took the last of it.
        trade: TransactionId,
    },
    /// Offers were called off: one, or all that a posting of nothing replaced. Never none.
    OffersWithdrawn(Box<[OfferRest]>),
    /// An offer ran out; fired by a timer.
    OfferExpired(Box<OfferRest>),
    /// Credits were given.
    CreditsTransferred(Box<CreditsTransferred>),
    /// Goods were given.
    StockTransferred(Box<StockTransferred>),
    /// A rule of alerts was created or replaced.
    AlertRuleSet(Box<AlertRuleSet>),
    /// A rule of alerts was deleted. A rule of timing that is deleted fires no more.
    AlertRuleDeleted {
        /// Which one.
        rule: AlertRuleId,
    },
    /// An alert began; its identifier is this event's sequence.
    AlertFired(AlertFired),
    /// An open alert says something else now, or is worse or better.
    AlertChanged(AlertChanged),
    /// Somebody has seen an open alert: the actor of the event.
    AlertAcknowledged(AlertChanged),
    /// The cause of an alert has ended.
    AlertResolved(AlertChanged),
}

/// Credits were given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditsTransferred {
    /// Who gave.
    pub from: TraderId,
    /// Who was given.
    pub to: TraderId,
    /// How many, at least 1.
    pub amount: Credits,
    /// Why, in words.
    pub reason: Option<Text>,
}

/// Goods were given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockTransferred {
    /// Where they were and are.
    pub station: StationId,
    /// Who gave.
    pub from: TraderId,
    /// Who was given.
    pub to: TraderId,
    /// What, a commodity once each.
    pub lines: Box<[GoodsLine]>,
    /// Why, in words.
    pub reason: Option<Text>,
}

/// A rule of alerts was created or replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRuleSet {
    /// Its number.
    pub rule: AlertRuleId,
    /// Its name.
    pub id: Identifier,
    /// What it says.
    pub terms: AlertRule,
    /// Whether there was no such rule before.
    pub created: bool,
}

/// Stock changed at one station for one owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockAdjusted {
    /// Where.
    pub station: StationId,
    /// Whose stock.
    pub owner: TraderId,
    /// What changed and how, a commodity once each.
    pub lines: Box<[(CommodityId, StockChange)]>,
}

/// Cargo was booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShipmentBooked {
    /// From where to where, and whose goods.
    pub route: Route,
    /// Who counts them at the destination.
    pub consignee: TraderId,
    /// Who carries them.
    pub carrier: TraderId,
    /// What, a commodity once each.
    pub lines: Box<[GoodsLine]>,
    /// When.
    pub schedule: Schedule,
    /// What carries it, if that was named.
    pub vessel: Option<VesselId>,
    /// Held now, paid when goods are received.
    pub charges: Box<[Charge]>,
    /// How much more than shipped may be received.
    pub tolerance: Tolerance,
}

/// Something happened to a shipment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShipmentChanged {
    /// Which one.
    pub shipment: ShipmentId,
    /// The event of this shipment before this one; following these leads back to the booking.
    pub previous: Sequence,
    /// From where to where, and whose goods.
    pub route: Route,
    /// What happened.
    pub change: ShipmentChange,
    /// What becomes of its charges, where this ends it.
    pub charges: ChargesEnd,
}

/// What happened to a shipment, with the goods it moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShipmentChange {
    /// Loading began.
    Loaded,
    /// The goods left the origin's stock.
    Departed {
        /// All of its lines.
        lines: Box<[GoodsLine]>,
        /// When it should be there, if that was given.
        estimated_arrival: Option<Timestamp>,
    },
    /// It was seen.
    Position(Position),
    /// New estimates.
    Estimated {
        /// When it should leave, if that changed.
        departure: Option<Timestamp>,
        /// When it should be there, if that changed.
        arrival: Option<Timestamp>,
        /// Why, in words.
        reason: Option<Text>,
        /// Why, by code.
        code: Option<DelayCode>,
    },
    /// Its planned arrival has passed without it; fired by a timer.
    Delayed {
        /// Why.
        reason: DelayReason,
    },
    /// It is there.
    Arrived,
    /// Goods were counted.
    Received {
        /// What was counted, a commodity once each.
        lines: Box<[ReceiptLine]>,
        /// Whether nothing is outstanding any more.
        complete: bool,
    },
    /// Goods that were outstanding are written off.
    Lost {
        /// What, of what was outstanding.
        lines: Box<[GoodsLine]>,
        /// How.
        cause: LossCause,
        /// Why, in words.
        reason: Option<Text>,
    },
    /// Called off before departure: the reservation is released.
    Cancelled {
        /// All of its lines.
        lines: Box<[GoodsLine]>,
        /// Why, in words.
        reason: Option<Text>,
    },
    /// Stopped by somebody.
    Held {
        /// Why, in words.
        reason: Text,
    },
    /// No longer stopped.
    Released,
    /// Goods that were written off have been found, and are outstanding again.
    Found {
        /// What, of what was written off.
        lines: Box<[GoodsLine]>,
        /// How, in words.
        reason: Option<Text>,
    },
    /// What was outstanding is back at the origin.
    Returned {
        /// What was outstanding.
        lines: Box<[GoodsLine]>,
        /// Why, in words.
        reason: Option<Text>,
    },
}

impl Event {
    /// The type of the event as every reader knows it: the topic, a dot, what happened.
    pub const fn kind(&self) -> &'static str {
        EventKind::of(self).name()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every trade is moved several times on its way: what is rare and large is boxed.
    #[test]
    fn an_event_is_no_larger_than_a_trade_needs() {
        assert!(size_of::<Event>() <= 64, "{}", size_of::<Event>());
        assert!(size_of::<Recorded>() <= 200, "{}", size_of::<Recorded>());
    }
}
