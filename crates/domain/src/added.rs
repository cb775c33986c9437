//! Fields added to commands after their fingerprints were first recorded.

use std::hash::{Hash, Hasher};

/// A field that older clients do not send. Absent, it leaves a command's fingerprint as it was
/// before the field existed, so that a retry across an upgrade is still recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added<T>(pub Option<Box<T>>);

impl<T> Added<T> {
    /// What was given, if it was.
    pub fn get(&self) -> Option<&T> {
        self.0.as_deref()
    }
}

impl<T> Default for Added<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> From<T> for Added<T> {
    fn from(value: T) -> Self {
        Self(Some(Box::new(value)))
    }
}

impl<T> From<Option<T>> for Added<T> {
    fn from(value: Option<T>) -> Self {
        Self(value.map(Box::new))
    }
}

impl<T: Hash> Hash for Added<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if let Some(value) = &self.0 {
            value.hash(state);
        }
    }
}
