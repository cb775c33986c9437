//! Buckets of time: minutes, hours, days, and all of it.

use std::ops::Range;

use domain::Timestamp;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Minutes are kept for a week of network time: what a page shows of now.
pub const MINUTES_KEPT: i64 = 7 * DAY / MINUTE;
/// Hours are kept for 90 whole days of network time and today's; days for ever.
pub const HOURS_KEPT_DAYS: i64 = 90;

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

    /// The first bucket that is still kept when the newest event was recorded at `now`; none of
    /// those that are kept for ever are behind it.
    pub(super) const fn kept_from(self, now: Timestamp) -> i64 {
        match self {
            Self::Minute => self.bucket(now) - MINUTES_KEPT,
            Self::Hour => {
                let day = Self::Day.bucket(now) - HOURS_KEPT_DAYS;
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

/// Hours that are no longer kept, or end where they are not, as the whole days around them.
pub(super) fn widened(hours: Range<i64>, now: Timestamp) -> Range<i64> {
    let kept = Interval::Hour.kept_from(now);
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
