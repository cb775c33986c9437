//! One budget: the generic cell rate algorithm (ITU-T I.371), whose whole state is a moment.

use crate::limit_options::Quota;

/// Nanoseconds of a second.
const SECOND: u64 = 1_000_000_000;

/// How much is left of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    /// What may be had at once.
    pub(super) remaining: u32,
    /// Seconds until that is all of it again.
    pub(super) reset_seconds: u64,
}

impl Quota {
    /// Nanoseconds in which so much comes back.
    const fn time_of(self, cost: u32) -> u64 {
        cost as u64 * SECOND / self.rate as u64
    }

    /// Seconds in which all of it comes back.
    pub(super) const fn window_seconds(self) -> u64 {
        self.time_of(self.burst).div_ceil(SECOND)
    }

    /// Takes `cost` from a budget that is full again at `full_at`, or says for how many nanoseconds it
    /// is too early. What costs more than there ever is at once is given when nothing is missing, and
    /// is missing for as long as it takes. What costs nothing is never too early.
    pub(super) fn take(self, full_at: &mut u64, now: u64, cost: u32) -> Result<(), u64> {
        if cost == 0 {
            return Ok(());
        }
        let (start, whole) = ((*full_at).max(now), self.time_of(self.burst));
        let end = start + self.time_of(cost);
        let early = if cost > self.burst { start - now } else { (end - now).saturating_sub(whole) };
        if early > 0 {
            return Err(early);
        }
        *full_at = end;
        Ok(())
    }

    /// Gives back what was taken.
    pub(super) fn give_back(self, full_at: &mut u64, cost: u32) {
        *full_at = full_at.saturating_sub(self.time_of(cost));
    }

    /// What is left.
    pub(super) fn standing(self, full_at: u64, now: u64) -> Standing {
        let missing = full_at.saturating_sub(now);
        let whole = self.time_of(self.burst);
        // In 128 bits: a day's debt at the highest rate does not fit in 64.
        let left = u128::from(whole.saturating_sub(missing)) * u128::from(self.rate);
        let remaining = u32::try_from(left / u128::from(SECOND)).unwrap_or(u32::MAX);
        Standing { remaining: remaining.min(self.burst), reset_seconds: missing.div_ceil(SECOND) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: u64 = 7 * SECOND;

    fn quota(rate: u32, burst: u32) -> Quota {
        Quota::new(rate, burst).unwrap()
    }

    #[test]
    fn a_budget_comes_back_at_its_rate() {
        let (quota, mut full_at) = (quota(10, 20), 0);
        for left in (0..20).rev() {
            assert_eq!(quota.take(&mut full_at, START, 1), Ok(()));
            assert_eq!(quota.standing(full_at, START).remaining, left);
        }
        assert_eq!(quota.take(&mut full_at, START, 1), Err(SECOND / 10));
        assert_eq!(quota.take(&mut full_at, START, 5), Err(SECOND / 2));
        assert_eq!(quota.standing(full_at, START), Standing { remaining: 0, reset_seconds: 2 });
        let later = START + SECOND / 2;
        assert_eq!(quota.take(&mut full_at, later, 5), Ok(()));
        assert!(quota.take(&mut full_at, later, 1).is_err());
        let much_later = START + 100 * SECOND;
        let full = Standing { remaining: 20, reset_seconds: 0 };
        assert_eq!(quota.standing(full_at, much_later), full);
    }

    #[test]
    fn over_any_time_no_more_comes_than_the_rate_and_one_burst() {
        let (quota, mut full_at) = (quota(1_000, 64), 0);
        let (mut taken, step) = (0, SECOND / 7_000);
        for turn in 0..70_000 {
            let cost = 1 + turn % 9;
            let now = START + u64::from(turn) * step;
            taken += if quota.take(&mut full_at, now, cost).is_ok() { cost } else { 0 };
        }
        assert!((9_990..=10_064).contains(&taken), "{taken} in ten seconds");
    }

    #[test]
    fn what_costs_more_than_the_whole_is_paid_off_afterwards() {
        let (quota, mut full_at) = (quota(10, 20), 0);
        assert_eq!(quota.take(&mut full_at, START, 100), Ok(()));
        assert_eq!(quota.take(&mut full_at, START, 100), Err(10 * SECOND));
        assert_eq!(quota.take(&mut full_at, START, 0), Ok(()));
        assert_eq!(quota.standing(full_at, START), Standing { remaining: 0, reset_seconds: 10 });
        assert_eq!(quota.take(&mut full_at, START + 8 * SECOND, 1), Err(SECOND / 10));
        assert_eq!(quota.take(&mut full_at, START + 10 * SECOND, 100), Ok(()));
    }

    #[test]
    fn what_is_given_back_may_be_had_again() {
        let (quota, mut full_at) = (quota(1, 5), 0);
        quota.take(&mut full_at, START, 5).unwrap();
        quota.give_back(&mut full_at, 2);
        assert_eq!(quota.standing(full_at, START).remaining, 2);
    }

    #[test]
    fn the_highest_rates_do_not_overflow() {
        let quota = quota(1_000_000_000, 1_000_000_000);
        let mut full_at = 0;
        assert_eq!(quota.take(&mut full_at, START, u32::MAX), Ok(()));
        assert_eq!(quota.standing(full_at, START).remaining, 0);
    }
}
