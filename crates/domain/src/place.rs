//! Where things are.

/// A point in space, in thousandths of a light-year; Sol is at the origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Position {
    /// Thousandths of a light-year.
    pub x: i64,
    /// Thousandths of a light-year.
    pub y: i64,
    /// Thousandths of a light-year.
    pub z: i64,
}

impl Position {
    /// The farthest a coordinate may be from the origin: a billion light-years.
    pub const COORDINATE_MAX: i64 = 1_000_000_000_000;
}

/// What kind of place a station is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StationKind {
    /// A planet's surface or orbit.
    Planet,
    /// A station in space.
    Station,
    /// A small or remote place.
    Outpost,
    /// A passage to elsewhere.
    Gate,
}
