//! How stock is held, and why it changes outside trades.

use crate::Quantity;

/// Where a stock entry (station, owner, commodity) holds its units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// Free to be traded, shipped or consumed.
    Available,
    /// Promised to a booked shipment, to a hold, or by a sell offer.
    Reserved,
    /// There, but damaged or rejected.
    Unavailable,
    /// Under way to here; not on hand.
    Incoming,
}

/// Where goods come from: an account per commodity whose total only grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Made.
    Produced,
    /// Counted or met with, and not known before.
    Found,
}

/// Where goods go: an account per commodity whose total only grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sink {
    /// Used up.
    Consumed,
    /// Gone: counted and not there, or lost on the way.
    Lost,
    /// Past its time.
    Expired,
    /// Taken.
    Stolen,
}

/// One change of stock outside a trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StockChange {
    /// In, from a source.
    In(Source, Quantity),
    /// Out of what is available, to a sink.
    Out(Sink, Quantity),
    /// From available to unavailable.
    Damaged(Quantity),
    /// From unavailable to available.
    Repaired(Quantity),
    /// What was on hand was counted: the difference is found, or lost from what is available.
    Counted {
        /// What the counter was told is on hand.
        expected: Quantity,
        /// What there is.
        count: Quantity,
    },
}
