//! Parts of commands that are within their bounds by construction.

use thiserror::Error;

use crate::limits::{ACCOUNTS_MAX, CHARGES_MAX, DEADLINE_SECONDS_MAX, TOLERANCE_PERMILLE_MAX};
use crate::{ChargeKind, Credits, Identifier, Quantity, Timestamp};

/// 1 to [`ACCOUNTS_MAX`] traders, each once, sorted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Accounts(Box<[Identifier]>);

/// A field of a command that is out of its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BoundsError {
    /// Not 1 to [`ACCOUNTS_MAX`] accounts.
    #[error("must have 1 to {ACCOUNTS_MAX} accounts")]
    Accounts,
    /// More than [`CHARGES_MAX`] charges.
    #[error("must have at most {CHARGES_MAX} charges")]
    Charges,
    /// A charge of nothing.
    #[error("must be at least 1 credit")]
    ChargeAmount,
    /// Not 1 to [`DEADLINE_SECONDS_MAX`] seconds.
    #[error("must be 1 to {DEADLINE_SECONDS_MAX} seconds")]
    Seconds,
    /// Above [`TOLERANCE_PERMILLE_MAX`].
    #[error("must be at most {TOLERANCE_PERMILLE_MAX} thousandths")]
    Tolerance,
}

impl Accounts {
    /// Sorts and takes the names.
    pub fn new(mut names: Vec<Identifier>) -> Result<Self, BoundsError> {
        names.sort_unstable();
        names.dedup();
        if names.is_empty() || names.len() > ACCOUNTS_MAX {
            return Err(BoundsError::Accounts);
        }
        Ok(Self(names.into_boxed_slice()))
    }

    /// The names, sorted.
    pub fn iter(&self) -> std::slice::Iter<'_, Identifier> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Accounts {
    type Item = &'a Identifier;
    type IntoIter = std::slice::Iter<'a, Identifier>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Network time until a deadline, 1 to [`DEADLINE_SECONDS_MAX`] seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lifetime(u32);

impl Lifetime {
    /// Checks and takes a number of seconds.
    pub const fn new(seconds: u32) -> Result<Self, BoundsError> {
        if seconds == 0 || seconds > DEADLINE_SECONDS_MAX {
            return Err(BoundsError::Seconds);
        }
        Ok(Self(seconds))
    }

    /// How many seconds.
    pub const fn seconds(self) -> u32 {
        self.0
    }

    /// The deadline when it begins at `at`; never past the end of time.
    pub fn until(self, at: Timestamp) -> Timestamp {
        let deadline = at.0.saturating_add(i64::from(self.0) * 1_000_000);
        Timestamp(deadline).min(Timestamp::MAX)
    }
}

/// A charge as a client names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ChargeWanted {
    /// Who pays.
    pub payer: Identifier,
    /// Who is paid.
    pub to: Identifier,
    /// How many credits, at least 1.
    pub amount: Credits,
    /// What for.
    pub kind: ChargeKind,
}

/// At most [`CHARGES_MAX`] charges of at least 1 credit each.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Charges(Box<[ChargeWanted]>);

impl Charges {
    /// Checks and takes the charges.
    pub fn new(charges: Vec<ChargeWanted>) -> Result<Self, BoundsError> {
        if charges.len() > CHARGES_MAX {
            return Err(BoundsError::Charges);
        }
        if charges.iter().any(|charge| charge.amount.is_zero()) {
            return Err(BoundsError::ChargeAmount);
        }
        Ok(Self(charges.into_boxed_slice()))
    }

    /// The charges in the client's order.
    pub fn iter(&self) -> std::slice::Iter<'_, ChargeWanted> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Charges {
    type Item = &'a ChargeWanted;
    type IntoIter = std::slice::Iter<'a, ChargeWanted>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Thousandths of what was shipped, line by line, rounded down: at most [`TOLERANCE_PERMILLE_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Tolerance(u16);

impl Tolerance {
    /// Checks and takes a number of thousandths.
    pub const fn new(permille: u16) -> Result<Self, BoundsError> {
        if permille > TOLERANCE_PERMILLE_MAX {
            return Err(BoundsError::Tolerance);
        }
        Ok(Self(permille))
    }

    /// Thousandths.
    pub const fn permille(self) -> u16 {
        self.0
    }

    /// How much more than `shipped` may be received.
    pub fn of(self, shipped: Quantity) -> Quantity {
        let more = u128::from(shipped.get()) * u128::from(self.0) / 1_000;
        u64::try_from(more).ok().and_then(|more| Quantity::new(more).ok()).unwrap_or_default()
    }
}
