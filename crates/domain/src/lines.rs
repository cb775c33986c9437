//! The lines of a command: 1 to 100, a commodity once each, by construction.

use thiserror::Error;

use crate::Identifier;
use crate::limits::LINES_MAX;

/// What every line names.
pub trait Line {
    /// The commodity of the line.
    fn commodity(&self) -> &Identifier;
}

/// 1 to 100 lines, a commodity once each.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Lines<T>(Box<[T]>);

/// Lines that are none, too many, or name a commodity twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LinesError {
    /// Not 1 to 100.
    #[error("must have 1 to {LINES_MAX} lines")]
    Count,
    /// This line names a commodity that an earlier one names.
    #[error("line {0} names a commodity that an earlier line names")]
    Duplicate(usize),
}

impl<T: Line> Lines<T> {
    /// Checks and takes the lines.
    pub fn new(lines: Vec<T>) -> Result<Self, LinesError> {
        if lines.is_empty() || lines.len() > LINES_MAX {
            return Err(LinesError::Count);
        }
        // At most 4,950 comparisons, nearly all of them decided by the first bytes; mostly none.
        for (at, line) in lines.iter().enumerate() {
            if lines.iter().take(at).any(|earlier| earlier.commodity() == line.commodity()) {
                return Err(LinesError::Duplicate(at));
            }
        }
        Ok(Self(lines.into_boxed_slice()))
    }
}

impl<T> Lines<T> {
    /// The lines in the client's order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// How many there are, 1 to 100.
    #[expect(clippy::len_without_is_empty, reason = "there is always a line")]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl<'a, T> IntoIterator for &'a Lines<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
