//! How many are at something at once: requests at work, which are past authentication, with their body
//! received, and not answered yet; and snapshots under way.
//!
//! No key can take all the places. Whoever only sends slowly is not at work until all of it has come.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use domain::KeyId;
use domain::limits::KEYS_MAX;

use crate::problem::{Code, Problem};

/// The places there are, and whose are taken.
pub(crate) struct AtOnce {
    maximum: u32,
    of_key_maximum: u32,
    all: AtomicU32,
    /// By number of the key; the last one is of those without. Untouched pages cost nothing.
    of_key: Box<[AtomicU32]>,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// There are so many.
    All(u32),
    /// The key has so many.
    Key(u32),
}

/// A place that is taken, until it is dropped.
pub(crate) struct Turn {
    at_once: Arc<AtOnce>,
    slot: usize,
}

impl AtOnce {
    pub(crate) fn new(maximum: usize, of_key_maximum: usize) -> Self {
        let bound = |count: usize| u32::try_from(count).unwrap_or(u32::MAX / 2);
        Self {
            maximum: bound(maximum),
            of_key_maximum: bound(of_key_maximum),
            all: AtomicU32::new(0),
            of_key: (0..=KEYS_MAX).map(|_| AtomicU32::new(0)).collect(),
        }
    }

    /// A place for one more of the key; those without a key share theirs.
    pub(crate) fn take(self: &Arc<Self>, key: Option<KeyId>) -> Result<Turn, Full> {
        let slot = key.map_or(KEYS_MAX, |key| key.index().min(KEYS_MAX));
        let Some(of_key) = self.of_key.get(slot) else { return Err(Full::Key(0)) };
        // Each adds before it looks, so that two who come at once never both get the last place.
        if of_key.fetch_add(1, Ordering::Relaxed) >= self.of_key_maximum {
            of_key.fetch_sub(1, Ordering::Relaxed);
            return Err(Full::Key(self.of_key_maximum));
        }
        if self.all.fetch_add(1, Ordering::Relaxed) >= self.maximum {
            self.all.fetch_sub(1, Ordering::Relaxed);
            of_key.fetch_sub(1, Ordering::Relaxed);
            return Err(Full::All(self.maximum));
        }
        Ok(Turn { at_once: Arc::clone(self), slot })
    }
}

impl Full {
    /// The refusal: of what there are so many, and what they are.
    pub(crate) fn problem(self, things: &str, state: &str) -> Problem {
        match self {
            Self::All(maximum) => {
                let detail = format!("{maximum} {things} are {state}, which is the maximum");
                Problem::new(Code::Overloaded, detail).with("maximum", maximum)
            }
            Self::Key(maximum) => {
                let detail = format!("{maximum} {things} of the key are {state}, its maximum");
                Problem::new(Code::TooManyAtOnce, detail).with("maximum", maximum)
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.at_once.all.fetch_sub(1, Ordering::Relaxed);
        if let Some(of_key) = self.at_once.of_key.get(self.slot) {
            of_key.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_so_many_and_all_have_so_many() {
        let at_once = Arc::new(AtOnce::new(3, 2));
        let key = |number| at_once.take(Some(KeyId(number)));
        let first = key(1).ok().unwrap();
        let second = key(1).ok().unwrap();
        assert_eq!(key(1).err(), Some(Full::Key(2)));
        let third = at_once.take(None).ok().unwrap();
        assert_eq!(key(2).err(), Some(Full::All(3)));
        assert_eq!(at_once.take(None).err(), Some(Full::All(3)));
        drop(first);
        let fourth = key(2).ok().unwrap();
        drop((second, third, fourth));
        assert_eq!(at_once.all.load(Ordering::Relaxed), 0);
        assert!(at_once.of_key.iter().all(|count| count.load(Ordering::Relaxed) == 0));
    }
}
