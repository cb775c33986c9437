//! The words of alerts: what they are of, how bad it is, and the rules that say when.

use crate::{
    AlertId, AlertRuleId, CommodityId, Quantity, Sequence, ShipmentId, StationId, TraderId,
    TransactionId,
};

/// What an alert says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlertKind {
    /// The promised arrival and a grace have passed without the arrival.
    ShipmentOverdue,
    /// The estimated arrival is past the promised one: told before it happens.
    ShipmentLate,
    /// No news for a set time while under way.
    ShipmentSilent,
    /// What is available has fallen to the threshold of a rule.
    StockLow,
    /// Nothing is available.
    StockOut,
    /// A hold ran out before it was settled.
    HoldExpired,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// To be known.
    Info,
    /// To be looked at.
    Warning,
    /// To be acted on now.
    Critical,
}

/// What an alert is about. There is at most one open alert of a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlertCause {
    /// The shipment has not arrived when it was promised.
    Overdue(ShipmentId),
    /// The shipment is estimated to be late.
    Late(ShipmentId),
    /// The shipment gives no news.
    Silent(ShipmentId),
    /// The stock that a rule watches.
    Stock(AlertRuleId),
    /// The hold ran out.
    Hold(TransactionId),
}

/// An alert and what it is about, in each of its events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlertChanged {
    /// Which one.
    pub alert: AlertId,
    /// The event of this alert before this one.
    pub previous: Sequence,
    /// What it is about.
    pub cause: AlertCause,
    /// What it says now.
    pub kind: AlertKind,
    /// How bad it is now.
    pub severity: Severity,
}

/// An alert began; its identifier is this event's sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlertFired {
    /// What it is about.
    pub cause: AlertCause,
    /// What it says.
    pub kind: AlertKind,
    /// How bad it is.
    pub severity: Severity,
}

/// What a rule of timing is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timing {
    /// `after` seconds past the promised arrival.
    ShipmentOverdue,
    /// An estimate that is `after` seconds past the promised arrival.
    ShipmentLate,
    /// `after` seconds without news while under way.
    ShipmentSilent,
    /// An expired hold; the alert resolves by itself `after` seconds later.
    HoldExpired,
}

/// When alerts fire: at most one rule of each timing, and any number of stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AlertRule {
    /// A rule of timing. There from the start, under the names of [`Timing::rule_name`].
    Timing {
        /// What it is about.
        timing: Timing,
        /// Seconds of network time until the alert fires.
        after_seconds: u32,
        /// Seconds of network time until it is critical; not fewer.
        critical_after_seconds: u32,
    },
    /// A rule on what an owner has available of a commodity at a station.
    Stock {
        /// Where.
        station: StationId,
        /// Whose.
        owner: TraderId,
        /// What.
        commodity: CommodityId,
        /// At or below this it is low; at zero it is out.
        low: Quantity,
        /// At or above this it is well again; more than `low`.
        clear: Quantity,
    },
}

impl AlertRule {
    /// Whose stock it watches, if it watches some.
    pub const fn owner(&self) -> Option<TraderId> {
        match self {
            Self::Timing { .. } => None,
            Self::Stock { owner, .. } => Some(*owner),
        }
    }
}

impl Timing {
    /// All of them, in the order of their rules' numbers.
    pub const ALL: [Self; 4] =
        [Self::ShipmentOverdue, Self::ShipmentLate, Self::ShipmentSilent, Self::HoldExpired];

    /// The number of its rule: the first ones are theirs.
    pub const fn rule(self) -> AlertRuleId {
        AlertRuleId(self as u32)
    }

    /// The name of its rule.
    pub const fn rule_name(self) -> &'static str {
        match self {
            Self::ShipmentOverdue => "shipment-overdue",
            Self::ShipmentLate => "shipment-late",
            Self::ShipmentSilent => "shipment-silent",
            Self::HoldExpired => "hold-expired",
        }
    }

    /// The rule that every network starts with. Part of the rules of the network: recorded by no
    /// event, so these numbers never change.
    pub const fn rule_from_the_start(self) -> AlertRule {
        let (after_seconds, critical_after_seconds) = match self {
            Self::ShipmentOverdue => (3_600, 86_400),
            Self::ShipmentLate => (900, 43_200),
            Self::ShipmentSilent => (86_400, 259_200),
            Self::HoldExpired => (86_400, 86_400),
        };
        AlertRule::Timing { timing: self, after_seconds, critical_after_seconds }
    }
}
