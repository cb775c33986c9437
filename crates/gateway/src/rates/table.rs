//! The budgets of many, in a fixed amount of memory.
//!
//! A budget has a place in one of eight seats of the set that its holder's hash names; a newcomer
//! takes the seat of whoever's budget is nearest to being full, which is of no consequence if it is
//! full. The hash is keyed at random, so that nobody can choose whom to sit beside.

use std::hash::{BuildHasher, RandomState};

use parking_lot::Mutex;

use super::bucket::Standing;
use crate::limit_options::Quota;

/// Budgets of a set: a newcomer looks at all of them, two cache lines.
const SEATS: usize = 8;

/// A budget.
#[derive(Debug, Clone, Copy, Default)]
struct Seat {
    /// The hash of whose it is: two of the same are as good as never there.
    holder: u64,
    full_at: u64,
}

/// Budgets of one kind.
pub(super) struct Table {
    pub(super) quota: Quota,
    sets: Box<[Mutex<[Seat; SEATS]>]>,
    hasher: RandomState,
}

impl Table {
    /// Room for so many budgets, rounded up.
    pub(super) fn new(quota: Quota, budgets: usize) -> Self {
        let sets = budgets.div_ceil(SEATS).next_power_of_two();
        Self {
            quota,
            sets: (0..sets).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
        }
    }

    /// Takes from the budget of `whose`; where it stands then, or for how many nanoseconds it is too
    /// early.
    pub(super) fn take(&self, whose: u128, now: u64, cost: u32) -> Result<Standing, u64> {
        self.with(whose, |full_at| {
            self.quota.take(full_at, now, cost)?;
            Ok(self.quota.standing(*full_at, now))
        })
    }

    /// Gives back what was taken.
    pub(super) fn give_back(&self, whose: u128, cost: u32) {
        self.with(whose, |full_at| self.quota.give_back(full_at, cost));
    }

    fn with<T>(&self, whose: u128, act: impl FnOnce(&mut u64) -> T) -> T {
        let holder = self.hasher.hash_one(whose);
        // The number of sets is a power of two, so the remainder is some of the hash's bits.
        let place = usize::try_from(holder % self.sets.len() as u64).unwrap_or_default();
        let Some(set) = self.sets.get(place) else { return act(&mut 0) };
        let mut seats = set.lock();
        let known = seats.iter().position(|seat| seat.holder == holder);
        let taken = match known {
            Some(known) => seats.get_mut(known),
            None => seats.iter_mut().min_by_key(|seat| seat.full_at).map(|seat| {
                *seat = Seat { holder, full_at: 0 };
                seat
            }),
        };
        act(taken.map_or(&mut 0, |seat| &mut seat.full_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 5_000_000_000;

    #[test]
    fn each_has_a_budget_of_their_own() {
        let table = Table::new(Quota::new(1, 2).unwrap(), 1_024);
        for whose in 0..100 {
            assert!(table.take(whose, NOW, 2).is_ok());
        }
        for whose in 0..100 {
            assert!(table.take(whose, NOW, 1).is_err(), "{whose}");
        }
        table.give_back(7, 2);
        assert_eq!(table.take(7, NOW, 2).map(|standing| standing.remaining), Ok(0));
    }

    #[test]
    fn whoever_spent_least_gives_way() {
        // One set of eight.
        let table = Table::new(Quota::new(1, 100).unwrap(), SEATS);
        for (whose, cost) in (0..8).zip([50, 60, 10, 70, 80, 90, 100, 40]) {
            table.take(whose, NOW, cost).unwrap();
        }
        table.take(100, NOW, 55).unwrap();
        // The third is forgotten, and the others are not.
        for (whose, left) in [(0, 50), (1, 40), (3, 30), (6, 0), (100, 45)] {
            let standing = table.take(whose, NOW, 0).unwrap();
            assert_eq!(standing.remaining, left, "{whose}");
        }
        assert_eq!(table.take(2, NOW, 0).unwrap().remaining, 100);
    }

    #[test]
    fn a_crowd_takes_no_more_room_than_there_is() {
        let table = Table::new(Quota::new(1, 10).unwrap(), 1_024);
        for whose in 0..100_000 {
            table.take(whose, NOW, 5).unwrap();
        }
        assert_eq!(table.sets.len() * SEATS, 1_024);
    }
}
