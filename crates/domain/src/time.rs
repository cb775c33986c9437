//! Network time. Nothing here reads a clock.

/// Microseconds of network time since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// 0001-01-01T00:00:00Z, the earliest that RFC 3339 writes.
    pub const MIN: Self = Self(-62_135_596_800_000_000);
    /// 9999-12-31T23:59:59.999999Z, the latest that RFC 3339 writes.
    pub const MAX: Self = Self(253_402_300_799_999_999);

    /// The time, if RFC 3339 can write it.
    pub fn new(micros: i64) -> Option<Self> {
        (Self::MIN.0..=Self::MAX.0).contains(&micros).then_some(Self(micros))
    }
}

/// The trace of W3C Trace Context that a command came with (16 bytes, not zero).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceId(pub u128);
