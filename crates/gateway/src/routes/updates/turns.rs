//! Turns at snapshots: so many at a time, and fewer for each key or address, so that slow readers of
//! one do not shut out all others.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::problem::{Code, Problem};
use crate::rates::Opener;

/// The turns there are. A handle: clones share them.
#[derive(Clone)]
pub(crate) struct Turns(Arc<Shared>);

struct Shared {
    max: usize,
    of_one_max: usize,
    /// Whose it is, of each that is taken: a handful.
    taken: Mutex<Vec<u128>>,
}

/// A turn, free again when it is dropped.
pub(crate) struct Turn {
    turns: Turns,
    whose: u128,
}

impl Turns {
    pub(crate) fn new(max: usize, of_one_max: usize) -> Self {
        Self(Arc::new(Shared { max, of_one_max, taken: Mutex::default() }))
    }

    /// A turn for whoever opened this stream.
    pub(super) fn take(&self, opener: &Opener) -> Result<Turn, Problem> {
        let (whose, Shared { max, of_one_max, .. }) = (opener.whose(), &*self.0);
        let mut taken = self.taken();
        if taken.iter().filter(|other| **other == whose).count() >= *of_one_max {
            let detail = format!(
                "{of_one_max} snapshots of the key, or of the address, are under way, its maximum"
            );
            return Err(Problem::new(Code::TooManyAtOnce, detail).with("maximum", *of_one_max));
        }
        if taken.len() >= *max {
            let detail = format!("{max} snapshots are under way, which is the maximum");
            return Err(Problem::new(Code::Overloaded, detail).with("maximum", *max));
        }
        taken.push(whose);
        Ok(Turn { turns: self.clone(), whose })
    }

    fn taken(&self) -> MutexGuard<'_, Vec<u128>> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut taken = self.turns.taken();
        if let Some(at) = taken.iter().position(|other| *other == self.whose) {
            taken.swap_remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_the_turns_of_all() {
        let turns = Turns::new(3, 2);
        let take = |whose| turns.take(&Opener::of_number(whose)).map_err(|refused| refused.code());
        let first = take(1).unwrap();
        let _second = take(1).unwrap();
        assert_eq!(take(1).err(), Some(Code::TooManyAtOnce));
        let other = take(2).unwrap();
        assert_eq!(take(3).err(), Some(Code::Overloaded));
        drop(other);
        let _third = take(3).unwrap();
        drop(first);
        let _again = take(1).unwrap();
        assert_eq!(take(1).err(), Some(Code::TooManyAtOnce));
    }
}
