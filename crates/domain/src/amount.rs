//! Whole, bounded amounts: goods and credits are never added to each other, and never overflow.

use thiserror::Error;

/// The greatest amount of anything: 2^53-1, exact in every JSON client (RFC 8259, section 6).
pub const AMOUNT_MAX: u64 = (1 << 53) - 1;

/// An amount that is not a whole number from 0 to [`AMOUNT_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be a whole number from 0 to {AMOUNT_MAX}")]
pub struct AmountError;

macro_rules! amount {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(u64);

        impl $name {
            /// None at all.
            pub const ZERO: Self = Self(0);
            /// The greatest there can be.
            pub const MAX: Self = Self(AMOUNT_MAX);

            /// The amount, if it is at most [`AMOUNT_MAX`].
            pub const fn new(value: u64) -> Result<Self, AmountError> {
                if value <= AMOUNT_MAX { Ok(Self(value)) } else { Err(AmountError) }
            }

            /// The plain number.
            #[inline]
            pub const fn get(self) -> u64 {
                self.0
            }

            /// Whether it is none at all.
            #[inline]
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }

            /// The sum, if it is at most [`AMOUNT_MAX`].
            #[inline]
            pub fn checked_add(self, other: Self) -> Option<Self> {
                Self::new(self.0 + other.0).ok()
            }

            /// The difference, if it is not below zero.
            #[inline]
            pub fn checked_sub(self, other: Self) -> Option<Self> {
                self.0.checked_sub(other.0).map(Self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

amount! {
    /// Units of a commodity, whole, at most 2^53-1.
    Quantity
}
amount! {
    /// Credits, whole, at most 2^53-1. A unit price is credits, too.
    Credits
}

impl Credits {
    /// `quantity` units at this price each, computed in 128 bits; `None` past [`AMOUNT_MAX`].
    #[inline]
    pub fn times(self, quantity: Quantity) -> Option<Self> {
        let product = u128::from(self.0) * u128::from(quantity.0);
        u64::try_from(product).ok().and_then(|value| Self::new(value).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_end_at_the_greatest_exact_json_number() {
        assert_eq!(Quantity::new(AMOUNT_MAX), Ok(Quantity::MAX));
        assert_eq!(Quantity::new(AMOUNT_MAX + 1), Err(AmountError));
        assert_eq!(Credits::MAX.checked_add(Credits::new(1).unwrap()), None);
        assert_eq!(Credits::ZERO.checked_sub(Credits::new(1).unwrap()), None);
    }

    #[test]
    fn a_product_past_the_maximum_is_refused_and_not_wrapped() {
        let million = Credits::new(1_000_000).unwrap();
        assert_eq!(million.times(Quantity::new(12).unwrap()), Credits::new(12_000_000).ok());
        assert_eq!(Credits::MAX.times(Quantity::new(2).unwrap()), None);
        assert_eq!(Credits::MAX.times(Quantity::MAX), None);
        assert_eq!(Credits::MAX.times(Quantity::ZERO), Some(Credits::ZERO));
    }
}
