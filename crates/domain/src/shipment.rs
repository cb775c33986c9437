//! The words of a shipment's life.

use crate::{
    Added, BookingLine, Charge, CommodityId, Identifier, Line, Lines, Position, Quantity,
    StationId, Text, Timestamp, TraderId,
};

/// Where a shipment is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ShipmentStatus {
    /// Goods are reserved at the origin.
    Booked,
    /// Goods are being loaded; still at the origin.
    Loading,
    /// Under way: goods have left the origin's stock.
    InTransit,
    /// At the destination, not yet counted.
    Arrived,
    /// Some lines are counted, some are outstanding.
    PartiallyReceived,
    /// Nothing is outstanding. Terminal.
    Received,
    /// Called off before departure; the reservation is released. Terminal.
    Cancelled,
    /// All of it is written off; terminal, unless it is found again.
    Lost,
    /// What was outstanding is back at the origin. Terminal.
    Returned,
}

impl ShipmentStatus {
    /// Whether nothing can follow.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Received | Self::Cancelled | Self::Lost | Self::Returned)
    }
}

/// From where to where, and whose goods: what a movement of cargo needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Route {
    /// Where the goods leave.
    pub origin: StationId,
    /// Where they are bound.
    pub destination: StationId,
    /// Whose they are, before, during and after.
    pub owner: TraderId,
}

/// A planned departure and an arrival that is not before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Schedule {
    departure: Timestamp,
    arrival: Timestamp,
}

impl Schedule {
    /// `None` if the arrival is before the departure.
    pub fn new(departure: Timestamp, arrival: Timestamp) -> Option<Self> {
        (departure <= arrival).then_some(Self { departure, arrival })
    }

    /// When it is to leave.
    pub const fn departure(self) -> Timestamp {
        self.departure
    }

    /// When it is to be there.
    pub const fn arrival(self) -> Timestamp {
        self.arrival
    }
}

/// Why a shipment is delayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DelayReason {
    /// Its estimated arrival is after the planned one.
    Estimate,
    /// Its planned arrival has passed and it has not arrived.
    Overdue,
}

/// What holds a shipment up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DelayCode {
    /// No free dock, lane or gate.
    Congestion,
    /// Storms, flares, dust.
    Weather,
    /// Something broke.
    Mechanical,
    /// Papers or inspection.
    Customs,
    /// Attack, or a way round one.
    Security,
    /// Nobody to fly or to load.
    Crew,
    /// Goods were late or loading was slow.
    Loading,
    /// Anything else.
    Other,
}

/// How goods were lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LossCause {
    /// Gone.
    Lost,
    /// Taken.
    Stolen,
}

/// What becomes of a shipment's charges with an event that ends it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ChargesEnd {
    /// Nothing: it has not ended, or has none.
    #[default]
    None,
    /// Paid: some of the goods were received.
    Paid(Box<[Charge]>),
    /// Released: none were.
    Released(Box<[Charge]>),
}

/// Goods of a shipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GoodsLine {
    /// What.
    pub commodity: CommodityId,
    /// How much, at least 1.
    pub quantity: Quantity,
}

/// What was counted of one line: accepted + rejected + found + short is at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ReceiptLine {
    /// What.
    pub commodity: CommodityId,
    /// Good, of what was outstanding: becomes available.
    pub accepted: Quantity,
    /// Not good, of what was outstanding: becomes unavailable.
    pub rejected: Quantity,
    /// Good, beyond what was outstanding but within the tolerance: becomes available.
    pub found: Quantity,
    /// Missed by whoever counted; stays outstanding.
    pub short: Quantity,
}

/// A line of a receipt as a client names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReceiptLineWanted {
    /// What.
    pub commodity: Identifier,
    /// Good: becomes available.
    pub accepted: Quantity,
    /// Not good: becomes unavailable.
    pub rejected: Quantity,
    /// Missed by whoever counted; stays outstanding. At least 1 where given.
    pub short: Added<Quantity>,
}

/// Which lines of a shipment are lost, and how.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Loss {
    /// How.
    pub cause: LossCause,
    /// What; all that is outstanding if not given.
    pub lines: Option<Lines<BookingLine>>,
}

impl Line for ReceiptLineWanted {
    fn commodity(&self) -> &Identifier {
        &self.commodity
    }
}

/// What a carrier or a station reports of a shipment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ShipmentAction {
    /// Loading has begun.
    Loaded,
    /// It has left.
    Departed {
        /// When it should be there, if that is known better than the plan.
        estimated_arrival: Option<Timestamp>,
    },
    /// It was seen.
    Position(Position),
    /// New estimates; at least one is given.
    Estimated {
        /// When it should leave.
        departure: Option<Timestamp>,
        /// When it should be there.
        arrival: Option<Timestamp>,
        /// Why, in words.
        reason: Option<Text>,
        /// Why, by code.
        code: Added<DelayCode>,
    },
    /// It is there.
    Arrived,
    /// Goods were counted.
    Received(Lines<ReceiptLineWanted>),
    /// What is outstanding will not come.
    Lost {
        /// Why, in words.
        reason: Option<Text>,
        /// How and what; lost and all that is outstanding if not given.
        loss: Added<Loss>,
    },
    /// Called off before departure.
    Cancelled {
        /// Why, in words.
        reason: Option<Text>,
    },
    /// Stopped by somebody: nothing is loaded, leaves or is counted until it is released.
    Held {
        /// Why, in words.
        reason: Text,
    },
    /// No longer stopped.
    Released,
    /// Goods that were lost have been found.
    Found {
        /// What; all that was lost if not given.
        lines: Option<Lines<BookingLine>>,
        /// How, in words.
        reason: Option<Text>,
    },
    /// What is outstanding is back at the origin.
    Returned {
        /// Why, in words.
        reason: Option<Text>,
    },
}

/// A report's kind alone, for tables and messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the variant of ShipmentAction of the same name")]
pub enum ShipmentActionKind {
    Loaded,
    Departed,
    Position,
    Estimated,
    Arrived,
    Received,
    Lost,
    Cancelled,
    Held,
    Released,
    Found,
    Returned,
}

impl ShipmentAction {
    /// The kind of report.
    pub const fn kind(&self) -> ShipmentActionKind {
        match self {
            Self::Loaded => ShipmentActionKind::Loaded,
            Self::Departed { .. } => ShipmentActionKind::Departed,
            Self::Position(_) => ShipmentActionKind::Position,
            Self::Estimated { .. } => ShipmentActionKind::Estimated,
            Self::Arrived => ShipmentActionKind::Arrived,
            Self::Received(_) => ShipmentActionKind::Received,
            Self::Lost { .. } => ShipmentActionKind::Lost,
            Self::Cancelled { .. } => ShipmentActionKind::Cancelled,
            Self::Held { .. } => ShipmentActionKind::Held,
            Self::Released => ShipmentActionKind::Released,
            Self::Found { .. } => ShipmentActionKind::Found,
            Self::Returned { .. } => ShipmentActionKind::Returned,
        }
    }
}
