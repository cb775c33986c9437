//! The types of events as every reader knows them, each with a number that never changes.

use crate::{Event, ShipmentChange};

macro_rules! event_kinds {
    ($($kind:ident = $number:literal $name:literal,)*) => {
        /// The type of an event. Its number is kept in indexes: a new one takes the next, and none is
        /// ever used again.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum EventKind {
            $(#[doc = $name] $kind = $number,)*
        }

        impl EventKind {
            /// All of them, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// The topic, a dot, what happened.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }
    };
}

event_kinds! {
    NetworkCreated = 0 "network.created",
    KeyCreated = 1 "key.created",
    KeyRevoked = 2 "key.revoked",
    StationCreated = 3 "station.created",
    StationUpdated = 4 "station.updated",
    CommodityCreated = 5 "commodity.created",
    CommodityUpdated = 6 "commodity.updated",
    TraderCreated = 7 "trader.created",
    TraderUpdated = 8 "trader.updated",
    VesselCreated = 9 "vessel.created",
    VesselUpdated = 10 "vessel.updated",
    CreditsIssued = 11 "credits.issued",
    CreditsRetired = 12 "credits.retired",
    CreditsTransferred = 13 "credits.transferred",
    StockAdjusted = 14 "stock.adjusted",
    StockTransferred = 15 "stock.transferred",
    TradeHeld = 16 "trade.held",
    TradeSettled = 17 "trade.settled",
    TradeVoided = 18 "trade.voided",
    TradeExpired = 19 "trade.expired",
    TradeReversed = 20 "trade.reversed",
    ShipmentBooked = 21 "shipment.booked",
    ShipmentLoaded = 22 "shipment.loaded",
    ShipmentDeparted = 23 "shipment.departed",
    ShipmentPosition = 24 "shipment.position",
    ShipmentEstimated = 25 "shipment.estimated",
    ShipmentDelayed = 26 "shipment.delayed",
    ShipmentArrived = 27 "shipment.arrived",
    ShipmentReceived = 28 "shipment.received",
    ShipmentLost = 29 "shipment.lost",
    ShipmentCancelled = 30 "shipment.cancelled",
    ShipmentHeld = 31 "shipment.held",
    ShipmentReleased = 32 "shipment.released",
    ShipmentFound = 33 "shipment.found",
    ShipmentReturned = 34 "shipment.returned",
    OfferOpened = 35 "offer.opened",
    OfferFilled = 36 "offer.filled",
    OfferWithdrawn = 37 "offer.withdrawn",
    OfferExpired = 38 "offer.expired",
    AlertRuleCreated = 39 "alert-rule.created",
    AlertRuleUpdated = 40 "alert-rule.updated",
    AlertRuleDeleted = 41 "alert-rule.deleted",
    AlertFired = 42 "alert.fired",
    AlertChanged = 43 "alert.changed",
    AlertAcknowledged = 44 "alert.acknowledged",
    AlertResolved = 45 "alert.resolved",
    KeyExpired = 46 "key.expired",
    KeyUpdated = 47 "key.updated",
}

impl EventKind {
    /// The kind of an event.
    pub const fn of(event: &Event) -> Self {
        match event {
            Event::NetworkCreated(_) => Self::NetworkCreated,
            Event::KeyCreated { .. } => Self::KeyCreated,
            Event::KeyRevoked { .. } => Self::KeyRevoked,
            Event::KeyExpired { .. } => Self::KeyExpired,
            Event::KeyUpdated { .. } | Event::GrantUpdated { .. } => Self::KeyUpdated,
            Event::StationCreated { .. } => Self::StationCreated,
            Event::StationUpdated { .. } => Self::StationUpdated,
            Event::CommodityCreated { .. } => Self::CommodityCreated,
            Event::CommodityUpdated { .. } => Self::CommodityUpdated,
            Event::TraderCreated { .. } => Self::TraderCreated,
            Event::TraderUpdated { .. } => Self::TraderUpdated,
            Event::VesselCreated { .. } => Self::VesselCreated,
            Event::VesselUpdated { .. } => Self::VesselUpdated,
            Event::CreditsIssued { .. } => Self::CreditsIssued,
            Event::CreditsRetired { .. } => Self::CreditsRetired,
            Event::CreditsTransferred(_) => Self::CreditsTransferred,
            Event::StockAdjusted(_) => Self::StockAdjusted,
            Event::StockTransferred(_) => Self::StockTransferred,
            Event::TradeHeld(_) => Self::TradeHeld,
            Event::TradeSettled(_) | Event::HoldSettled(_) => Self::TradeSettled,
            Event::TradeVoided(_) => Self::TradeVoided,
            Event::TradeExpired(_) => Self::TradeExpired,
            Event::TradeReversed(_) => Self::TradeReversed,
            Event::ShipmentBooked(_) => Self::ShipmentBooked,
            Event::ShipmentChanged(changed) => Self::of_change(&changed.change),
            Event::OfferOpened(_) => Self::OfferOpened,
            Event::OfferFilled { .. } => Self::OfferFilled,
            Event::OffersWithdrawn(_) => Self::OfferWithdrawn,
            Event::OfferExpired(_) => Self::OfferExpired,
            Event::AlertRuleSet(set) if set.created => Self::AlertRuleCreated,
            Event::AlertRuleSet(_) => Self::AlertRuleUpdated,
            Event::AlertRuleDeleted { .. } => Self::AlertRuleDeleted,
            Event::AlertFired(_) => Self::AlertFired,
            Event::AlertChanged(_) => Self::AlertChanged,
            Event::AlertAcknowledged(_) => Self::AlertAcknowledged,
            Event::AlertResolved(_) => Self::AlertResolved,
        }
    }

    const fn of_change(change: &ShipmentChange) -> Self {
        match change {
            ShipmentChange::Loaded => Self::ShipmentLoaded,
            ShipmentChange::Departed { .. } => Self::ShipmentDeparted,
            ShipmentChange::Position(_) => Self::ShipmentPosition,
            ShipmentChange::Estimated { .. } => Self::ShipmentEstimated,
            ShipmentChange::Delayed { .. } => Self::ShipmentDelayed,
            ShipmentChange::Arrived => Self::ShipmentArrived,
            ShipmentChange::Received { .. } => Self::ShipmentReceived,
            ShipmentChange::Lost { .. } => Self::ShipmentLost,
            ShipmentChange::Cancelled { .. } => Self::ShipmentCancelled,
            ShipmentChange::Held { .. } => Self::ShipmentHeld,
            ShipmentChange::Released => Self::ShipmentReleased,
            ShipmentChange::Found { .. } => Self::ShipmentFound,
            ShipmentChange::Returned { .. } => Self::ShipmentReturned,
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// What it is about: the word before the dot.
    pub fn topic(self) -> &'static str {
        self.name().split_once('.').map_or(self.name(), |(topic, _)| topic)
    }

    /// Its number, below 64.
    pub const fn number(self) -> u8 {
        self as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_places_and_names_are_found() {
        for (place, kind) in EventKind::ALL.iter().enumerate() {
            assert_eq!(usize::from(kind.number()), place);
            assert_eq!(EventKind::named(kind.name()), Some(*kind));
        }
        assert!(EventKind::ALL.len() <= 64, "sets of kinds are 64 bits");
        assert_eq!(EventKind::named("trade"), None);
        assert_eq!(EventKind::AlertRuleCreated.topic(), "alert-rule");
    }
}
