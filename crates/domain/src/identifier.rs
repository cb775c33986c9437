//! Names that clients choose, and the small integers the network knows them by.

use compact_str::CompactString;
use thiserror::Error;

use crate::limits::IDENTIFIER_BYTES_MAX;

/// A name chosen by a client: 1 to 64 of `A-Z a-z 0-9 . _ -`, compared byte by byte.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier(CompactString);

/// A text that is not an [`Identifier`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "must be 1 to {IDENTIFIER_BYTES_MAX} of the letters A-Z, a-z, the digits 0-9, '.', '_' and '-'"
)]
pub struct IdentifierError;

impl Identifier {
    /// Checks and takes a name. Names of up to 24 bytes need no allocation.
    pub fn new(text: &str) -> Result<Self, IdentifierError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if text.is_empty() || text.len() > IDENTIFIER_BYTES_MAX || !text.bytes().all(allowed) {
            return Err(IdentifierError);
        }
        Ok(Self(CompactString::new(text)))
    }

    /// The name as text.
    #[inline]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Identifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! interned {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub u32);

        impl $name {
            /// As an index into a dense table.
            #[inline]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

interned! {
    /// A station, numbered from 0 in the order of creation.
    StationId
}
interned! {
    /// A commodity, numbered from 0 in the order of creation.
    CommodityId
}
interned! {
    /// A trader or the trader that a station is, numbered from 0 in the order of creation.
    TraderId
}

interned! {
    /// A vessel, numbered from 0 in the order of creation.
    VesselId
}
interned! {
    /// A rule of alerts; the first numbers are those of [`crate::Timing`], then in the order of
    /// creation.
    AlertRuleId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_short_and_plain() {
        let longest = "x".repeat(64);
        for good in ["a", "Water-Ice_2.0", longest.as_str(), ".", "-"] {
            assert_eq!(Identifier::new(good).unwrap().as_str(), good);
        }
        let too_long = "x".repeat(65);
        for bad in ["", " ", "a b", "é", "a/b", "a\0", too_long.as_str()] {
            assert_eq!(Identifier::new(bad), Err(IdentifierError), "{bad:?}");
        }
    }
}
