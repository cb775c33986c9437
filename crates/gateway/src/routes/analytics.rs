//! `/api/analytics`, and `/api/routes`.

pub(super) mod lanes;
pub(super) mod prices;
pub(super) mod rankings;
pub(super) mod routes;
pub(super) mod series;
pub(super) mod summary;

use std::ops::Range;

use domain::Timestamp;
use views::analytics::Interval;

use crate::limits::BUCKETS_MAX;
use crate::problem::Problem;
use crate::request::Query;
use crate::shape::{Fault, Flaw};
use crate::wire::Time;

const INTERVALS: [(&str, Interval); 3] =
    [("minute", Interval::Minute), ("hour", Interval::Hour), ("day", Interval::Day)];

/// The word of an interval.
fn word(interval: Interval) -> &'static str {
    let found = INTERVALS.into_iter().find(|(_, known)| *known == interval);
    found.map_or("ever", |(word, _)| word)
}

/// A span of time as it is asked for: whole buckets that have a part of it.
struct Span {
    from: Option<Time>,
    to: Option<Time>,
}

impl Span {
    fn read(query: &mut Query) -> Self {
        let mut time = |name| query.text(name, Flaw::InvalidTime);
        Self { from: time("from"), to: time("to") }
    }

    /// Its buckets. Without an end it ends with the bucket of now, or of its begin if that is later;
    /// without a begin it has the usual number of buckets.
    fn buckets(
        &self,
        interval: Interval,
        usual: i64,
        now: Timestamp,
    ) -> Result<Range<i64>, Problem> {
        let from = self.from.map(|Time(from)| from);
        let end = match (self.to, from) {
            (Some(Time(to)), _) => to,
            (None, None) => next(interval, now),
            (None, Some(from)) => next(interval, now).max(next(interval, from)),
        };
        let Some(from) = from else {
            let end = interval.covering(Timestamp(end.0 - 1), end).end;
            return Ok(end - usual..end);
        };
        if from > end {
            let detail = "must not be before from";
            return Err(Problem::invalid(vec![Fault::parameter("to", Flaw::OutOfRange, detail)]));
        }
        Ok(interval.covering(from, end))
    }

    /// The same of buckets that are all answered.
    fn buckets_shown(&self, interval: Interval, now: Timestamp) -> Result<Range<i64>, Problem> {
        let usual = match interval {
            Interval::Minute => 60,
            Interval::Hour => 24,
            Interval::Day | Interval::Ever => 30,
        };
        let buckets = self.buckets(interval, usual, now)?;
        let count = buckets.end - buckets.start;
        if count > BUCKETS_MAX {
            let detail =
                format!("at most {BUCKETS_MAX} buckets are answered, and these are {count}");
            return Err(Problem::invalid(vec![Fault::parameter("from", Flaw::OutOfRange, detail)]));
        }
        Ok(buckets)
    }

    /// The hours that are summed up; those of a day if nothing is said.
    fn hours(&self, now: Timestamp) -> Result<Range<i64>, Problem> {
        self.buckets(Interval::Hour, 24, now)
    }
}

/// When the bucket of a time ends.
fn next(interval: Interval, at: Timestamp) -> Timestamp {
    interval.start(interval.bucket(at) + 1)
}

/// When a bucket begins; outside of the calendar, where that ends.
fn start(interval: Interval, bucket: i64) -> Time {
    Time(interval.start(bucket).clamp(Timestamp::MIN, Timestamp::MAX))
}
