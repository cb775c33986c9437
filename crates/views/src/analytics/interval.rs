//! Buckets of time: minutes, hours, days, and all of it.

use std::ops::Range;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::Timestamp;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How many days of network time the short buckets are kept before the newest event. Days are kept
/// for ever: the longer ones tell what the shorter ones did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Of minutes.
    pub minutes_days: u32,
    /// Of hours, in whole days; and today's.
    pub hours_days: u32,
}

impl Default for Retention {
    /// A week of minutes, which is what a page shows of now, and a season of hours.
    fn default() -> Self {
        Self { minutes_days: 7, hours_days: 90 }
    }
}

/// From where on buckets are kept: those that were let go stay away when more are kept from now on.
#[derive(Debug)]
pub(super) struct Kept {
    retention: Retention,
    minutes_from: AtomicI64,
    hours_from: AtomicI64,
}

impl Kept {
    pub(super) fn new(retention: Retention) -> Self {
        let none = || AtomicI64::new(i64::MIN);
        Self { retention, minutes_from: none(), hours_from: none() }
    }

    /// The first bucket that is kept when the newest event was recorded at `now`.
    pub(super) fn from(&self, interval: Interval, now: Timestamp) -> i64 {
        let kept = interval.kept_from(self.retention, now);
        self.floor(interval).map_or(kept, |floor| kept.max(floor.load(Ordering::Acquire)))
    }

    /// Those before this one are gone.
    pub(super) fn forget_before(&self, interval: Interval, first: i64) {
        if let Some(floor) = self.floor(interval) {
            floor.fetch_max(first, Ordering::AcqRel);
        }
    }

    /// All is counted again.
    pub(super) fn begin_anew(&self) {
        self.minutes_from.store(i64::MIN, Ordering::Release);
        self.hours_from.store(i64::MIN, Ordering::Release);
    }

    fn floor(&self, interval: Interval) -> Option<&AtomicI64> {
        match interval {
            Interval::Minute => Some(&self.minutes_from),
            Interval::Hour => Some(&self.hours_from),
            Interval::Day | Interval::Ever => None,
        }
    }
}

/// How long a bucket is. Buckets begin at whole minutes, hours and days of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Interval {
    /// 60 seconds.
    Minute,
    /// 60 minutes.
    Hour,
    /// 24 hours.
    Day,
    /// All of time in one bucket, whose number is 0.
    Ever,
}

impl Interval {
    /// Microseconds of a bucket; zero of the one that has no end.
    const fn micros(self) -> i64 {
        match self {
            Self::Minute => MINUTE,
            Self::Hour => HOUR,
            Self::Day => DAY,
            Self::Ever => 0,
        }
    }

    /// Whole seconds of a bucket; zero of the one that has no end.
    pub const fn seconds(self) -> i64 {
        self.micros() / SECOND
    }

    /// The number of the bucket that a time is in, counted from 1970.
    pub const fn bucket(self, at: Timestamp) -> i64 {
        match self {
            Self::Ever => 0,
            Self::Minute | Self::Hour | Self::Day => at.0.div_euclid(self.micros()),
        }
    }

    /// When a bucket begins: the end of the one before it.
    pub const fn start(self, bucket: i64) -> Timestamp {
        Timestamp(bucket.saturating_mul(self.micros()))
    }

    /// The buckets that have a part of the time from `from` to before `to`.
    pub const fn covering(self, from: Timestamp, to: Timestamp) -> Range<i64> {
        let first = self.bucket(from);
        if to.0 <= from.0 {
            return first..first;
        }
        first..self.bucket(Timestamp(to.0 - 1)) + 1
    }

    /// The bucket of a longer interval that holds this one's.
    pub(super) const fn widen(self, bucket: i64, to: Self) -> i64 {
        to.bucket(self.start(bucket))
    }

    /// The first bucket that is to be kept when the newest event was recorded at `now`; none of
    /// those that are kept for ever are behind it.
    pub(super) const fn kept_from(self, retention: Retention, now: Timestamp) -> i64 {
        match self {
            Self::Minute => self.bucket(now) - retention.minutes_days as i64 * (DAY / MINUTE),
            Self::Hour => {
                let day = Self::Day.bucket(now) - retention.hours_days as i64;
                self.bucket(Self::Day.start(day))
            }
            Self::Day | Self::Ever => i64::MIN,
        }
    }

    /// The number by which the store knows it; must never change.
    pub(super) const fn number(self) -> i64 {
        match self {
            Self::Ever => 0,
            Self::Day => 1,
            Self::Hour => 2,
            Self::Minute => 3,
        }
    }
}

/// Hours that are no longer kept (those before `kept`), or end where they are not, as the whole days
/// around them.
pub(super) fn widened(hours: Range<i64>, kept: i64) -> Range<i64> {
    let day_of = |hour: i64| hour.div_euclid(24) * 24;
    let start = if hours.start < kept { day_of(hours.start) } else { hours.start };
    let end = if hours.end < kept { day_of(hours.end + 23) } else { hours.end };
    start..end
}

/// Hours from one to before another, taken apart into whole days and the hours around them.
pub(super) fn cover(hours: &Range<i64>) -> Vec<(Interval, Range<i64>)> {
    let day = |hour: i64| Interval::Hour.widen(hour, Interval::Day);
    let first_of = |day: i64| Interval::Hour.bucket(Interval::Day.start(day));
    let whole = day(hours.start + 23)..day(hours.end);
    if whole.is_empty() {
        return vec![(Interval::Hour, hours.clone())];
    }
    let mut parts = vec![
        (Interval::Hour, hours.start..first_of(whole.start)),
        (Interval::Day, whole.clone()),
        (Interval::Hour, first_of(whole.end)..hours.end),
    ];
    parts.retain(|(_, range)| !range.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_begin_at_whole_units_on_both_sides_of_1970() {
        assert_eq!(Interval::Minute.bucket(Timestamp(-1)), -1);
        assert_eq!(Interval::Day.bucket(Timestamp(DAY)), 1);
        assert_eq!(Interval::Hour.start(-1), Timestamp(-HOUR));
        assert_eq!(Interval::Ever.bucket(Timestamp::MAX), 0);
        assert_eq!(Interval::Minute.covering(Timestamp(0), Timestamp(MINUTE)), 0..1);
        assert_eq!(Interval::Minute.covering(Timestamp(1), Timestamp(MINUTE + 1)), 0..2);
        assert!(Interval::Minute.covering(Timestamp(5), Timestamp(5)).is_empty());
    }

    #[test]
    fn hours_are_covered_once_each_by_days_and_hours() {
        for start in -50..50 {
            for end in start..start + 80 {
                let mut hours = Vec::new();
                for (interval, range) in cover(&(start..end)) {
                    for bucket in range {
                        match interval {
                            Interval::Day => hours.extend(bucket * 24..bucket * 24 + 24),
                            _ => hours.push(bucket),
                        }
                    }
                }
                assert_eq!(hours, (start..end).collect::<Vec<_>>());
            }
        }
    }
}
