//! When a delivery that was not accepted is tried again, and when no more. Time and chance are
//! arguments.

use std::time::Duration;

use domain::Timestamp;

/// The pauses between the attempts of one delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Before the second attempt, the third, and so on; after the last one, no more.
    pub pauses: Vec<Duration>,
}

/// Pauses at most: a receiver's rest must fit its log.
pub const PAUSES_MAX: usize = 64;
/// A pause at most.
pub const PAUSE_MAX: Duration = Duration::from_hours(7 * 24);
/// What a receiver may ask for by `Retry-After` at most.
const RETRY_AFTER_MAX: Duration = Duration::from_hours(24);
/// A pause grows by up to a tenth by chance, so that what failed together does not return together.
const JITTER_PARTS: u64 = 10;

impl Default for Schedule {
    /// What Standard Webhooks proposes: 75 hours and 35 minutes in all.
    fn default() -> Self {
        const MINUTE: u64 = 60;
        const HOUR: u64 = 60 * MINUTE;
        let seconds = [
            5,
            5 * MINUTE,
            30 * MINUTE,
            2 * HOUR,
            5 * HOUR,
            10 * HOUR,
            14 * HOUR,
            20 * HOUR,
            24 * HOUR,
        ];
        Self { pauses: seconds.map(Duration::from_secs).to_vec() }
    }
}

impl Schedule {
    /// When to try again after `attempts` (at least one) that failed, the last of them at `now`;
    /// `None` if never. `chance` is any number.
    pub(crate) fn next(
        &self,
        attempts: u32,
        now: Timestamp,
        retry_after: Option<Duration>,
        chance: u64,
    ) -> Option<Timestamp> {
        let at = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
        let pause = self.pauses.get(at)?;
        let asked = retry_after.unwrap_or_default().min(RETRY_AFTER_MAX);
        let micros = |pause: Duration| u64::try_from(pause.as_micros()).unwrap_or(u64::MAX);
        let jitter = chance % (micros(*pause) / JITTER_PARTS).saturating_add(1);
        let pause = micros(*pause).max(micros(asked)).saturating_add(jitter);
        let pause = i64::try_from(pause).unwrap_or(i64::MAX);
        Some(Timestamp(now.0.saturating_add(pause).min(Timestamp::MAX.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000_000);

    fn after(attempts: u32, retry_after: Option<u64>, chance: u64) -> Option<i64> {
        let retry_after = retry_after.map(Duration::from_secs);
        let next = Schedule::default().next(attempts, NOW, retry_after, chance);
        next.map(|at| (at.0 - NOW.0) / 1_000_000)
    }

    #[test]
    fn pauses_grow_for_days_and_then_there_is_none() {
        let pauses: Vec<_> = (1..=10).map(|attempts| after(attempts, None, 0)).collect();
        let hours = |count: i64| Some(count * 3_600);
        let expected = [
            Some(5),
            Some(300),
            Some(1_800),
            hours(2),
            hours(5),
            hours(10),
            hours(14),
            hours(20),
            hours(24),
            None,
        ];
        assert_eq!(pauses, expected);
        assert_eq!(after(u32::MAX, None, 0), None);
    }

    #[test]
    fn chance_adds_a_tenth_at_most() {
        let tenth = 30_000_000;
        assert_eq!(after(2, None, tenth - 1), Some(329));
        assert_eq!(after(2, None, tenth), Some(330));
        assert_eq!(after(2, None, tenth + 1), Some(300));
        assert!((300..=330).contains(&after(2, None, u64::MAX).unwrap()));
        let none = Schedule { pauses: vec![Duration::ZERO] };
        assert_eq!(none.next(1, NOW, None, u64::MAX), Some(NOW));
    }

    #[test]
    fn a_receiver_may_ask_for_more_time_within_a_day_but_not_for_less() {
        assert_eq!(after(1, Some(60), 0), Some(60));
        assert_eq!(after(2, Some(60), 0), Some(300));
        assert_eq!(after(1, Some(u64::MAX), 0), Some(86_400));
        assert_eq!(after(10, Some(60), 0), None);
    }
}
