//! Reading the figures: rows of the store and what was counted since, as of one position.

use std::ops::Range;
use std::sync::atomic::Ordering;
use std::time::Duration;

use domain::{CommodityId, Identifier, Scope, Sequence, StationId, Timestamp, TraderId};
use rusqlite::Connection;
use thiserror::Error;

use super::cell::Cell;
use super::interval::{cover, widened};
use super::memory::{Memory, Place, low, pair, within};
use super::runs::{self, ReadRuns, Room};
use super::{Analytics, Candle, Flow, Interval, Lane, Price, Subject};
use crate::AsOf;
use crate::mixer::MixedMap;
use crate::store::is_damage;

/// Cells that one answer looks at: about half a second's worth.
const CELLS_READ_MAX: usize = 4_000_000;
/// Connections that are kept for the next readers.
const READERS_KEPT: usize = 4;
/// How long a reader waits for what was committed before it asked to be counted: usually a
/// millisecond passes, more only where others take the whole processor.
const COUNTED_WAIT: Duration = Duration::from_secs(1);
/// Who is farther behind is not waited for.
const COUNTED_WAIT_EVENTS: u64 = 65_536;

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum AnalyticsError {
    /// What there is, is of the past: the journal is being counted.
    #[error("the figures are being counted from the journal: {position} of {last} events are")]
    Rebuilding {
        /// The last event that is counted.
        position: Sequence,
        /// The last one there is.
        last: Sequence,
    },
    /// So old a bucket is not kept.
    #[error("buckets of this interval are not kept so long")]
    Forgotten {
        /// The first bucket that is kept begins here.
        since: Timestamp,
    },
    /// The answer would take too long.
    #[error("the range has more than {CELLS_READ_MAX} figures: it must be narrower")]
    TooMuch,
    /// The store cannot be read.
    #[error("reading analytics.db: {0}")]
    Store(rusqlite::Error),
}

impl From<rusqlite::Error> for AnalyticsError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error)
    }
}

impl From<ReadRuns> for AnalyticsError {
    fn from(error: ReadRuns) -> Self {
        match error {
            ReadRuns::Store(error) => Self::Store(error),
            ReadRuns::TooMuch => Self::TooMuch,
        }
    }
}

/// An answer, and how far it has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown<T> {
    /// The answer.
    pub figures: T,
    /// Every event up to here is in it, and none after.
    pub as_of: AsOf,
}

/// The candle of each bucket, and the last price ever.
pub type Candles = (Vec<Candle>, Option<Price>);

/// The network's figures of some spans of time that end now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Windows {
    /// From the first event on.
    pub ever: Flow,
    /// Of the last whole minute.
    pub minute: Flow,
    /// Of the last 60 whole minutes.
    pub hour: Flow,
    /// Of the last 1,440 whole minutes.
    pub day: Flow,
}

/// What a ranking is by. The greatest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RankBy {
    /// Credits.
    Value,
    /// Units.
    Units,
    /// Trades; of a lane, departures.
    Trades,
    /// Seconds of delay, of all arrivals together.
    Delay,
}

impl RankBy {
    fn of(self, flow: &Flow) -> u128 {
        match self {
            Self::Value => flow.value,
            Self::Units => flow.units,
            Self::Trades => flow.trades.into(),
            Self::Delay => flow.cargo().delay_seconds,
        }
    }

    fn of_lane(self, lane: &Lane) -> u128 {
        match self {
            Self::Value => lane.value,
            Self::Units => lane.cargo.units,
            Self::Trades => lane.cargo.departures.into(),
            Self::Delay => lane.cargo.delay_seconds,
        }
    }
}

/// A lane: from where to where, and what went there.
pub type LaneOf = (StationId, StationId, Lane);

/// The first of a ranking, and of which hours it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked<T> {
    /// The best.
    pub items: Vec<T>,
    /// The hours that were counted: those that were asked for, or the days around them.
    pub hours: Range<i64>,
}

/// Adds up cells by their places or their numbers.
fn add<K: Eq + std::hash::Hash, C: Cell>(sums: &mut MixedMap<K, C>, key: K, cell: &C) {
    sums.entry(key).or_default().merge(cell);
}

impl Analytics {
    /// How far the figures have come, and how far the network.
    pub fn progress(&self) -> (Sequence, Sequence) {
        let progress = self.0.follower.progress();
        (progress.position, progress.last)
    }

    /// Waits, not for long, until what is committed now is counted.
    pub fn wait(&self) {
        let progress = self.0.follower.progress();
        if progress.last.0.saturating_sub(progress.position.0) <= COUNTED_WAIT_EVENTS {
            self.0.follower.wait_for(progress.last, COUNTED_WAIT);
        }
    }

    /// The number of a system's name, if a station ever was in it.
    pub fn system(&self, name: &Identifier) -> Option<u32> {
        self.0.shared.memory.read().places.systems.find(name)
    }

    /// The number of a category's name, if a commodity ever was of it.
    pub fn category(&self, name: &Identifier) -> Option<u32> {
        self.0.shared.memory.read().places.categories.find(name)
    }

    /// The figures of something in each of these buckets.
    pub fn series(
        &self,
        subject: Subject,
        interval: Interval,
        buckets: &Range<i64>,
    ) -> Result<Shown<Vec<Flow>>, AnalyticsError> {
        let ids = subject.id()..subject.id() + 1;
        self.look(
            |memory| {
                self.kept(interval, buckets, memory)?;
                let mut sums = MixedMap::default();
                let wanted = (interval, buckets);
                let deltas = &memory.deltas;
                within(&deltas.flows, Interval::Minute, wanted, &ids, |at, cell| {
                    add(&mut sums, at.bucket, cell);
                });
                within(&deltas.traders, Interval::Hour, wanted, &ids, |at, cell| {
                    add(&mut sums, at.bucket, cell);
                });
                Ok(sums)
            },
            |store, mut sums, room| {
                runs::read(store, (interval, buckets), &ids, room, |at, cell| {
                    add(&mut sums, at.bucket, &cell);
                })?;
                Ok(buckets.clone().map(|at| sums.remove(&at).unwrap_or_default()).collect())
            },
        )
    }

    /// The prices of a commodity at a station in each of these buckets, and the last one ever.
    pub fn candles(
        &self,
        (station, commodity): (StationId, CommodityId),
        interval: Interval,
        buckets: &Range<i64>,
    ) -> Result<Shown<Candles>, AnalyticsError> {
        let id = pair(station.0, commodity.0);
        let ids = id..id + 1;
        self.look(
            |memory| {
                self.kept(interval, buckets, memory)?;
                let mut sums = MixedMap::default();
                let candles = &memory.deltas.candles;
                within(candles, Interval::Minute, (interval, buckets), &ids, |at, cell| {
                    add(&mut sums, at.bucket, cell);
                });
                Ok((sums, memory.prices.get(station, commodity)))
            },
            |store, (mut sums, last), room| {
                runs::read(store, (interval, buckets), &ids, room, |at, cell| {
                    add(&mut sums, at.bucket, &cell);
                })?;
                let candles = buckets.clone().map(|at| sums.remove(&at).unwrap_or_default());
                Ok((candles.collect(), last))
            },
        )
    }

    /// The network's figures of the time until now.
    pub fn windows(&self, now: Timestamp) -> Result<Shown<Windows>, AnalyticsError> {
        let id = Subject::Network.id();
        let ids = id..id + 1;
        let end = Interval::Minute.bucket(now);
        let day = end - 1_440..end;
        let ever = 0..1;
        let found = self.look(
            |memory| {
                let (mut minutes, mut sum) = (MixedMap::default(), Flow::default());
                let flows = &memory.deltas.flows;
                within(flows, Interval::Minute, (Interval::Minute, &day), &ids, |at, cell| {
                    add(&mut minutes, at.bucket, cell);
                });
                within(flows, Interval::Minute, (Interval::Ever, &ever), &ids, |_, cell| {
                    sum.merge(cell);
                });
                Ok((minutes, sum))
            },
            |store, (mut minutes, mut sum), room| {
                runs::read(store, (Interval::Minute, &day), &ids, room, |at, cell| {
                    add(&mut minutes, at.bucket, &cell);
                })?;
                runs::read(store, (Interval::Ever, &ever), &ids, room, |_, cell| sum.merge(&cell))?;
                Ok((minutes, sum))
            },
        )?;
        let (minutes, ever) = found.figures;
        let since = |first: i64| {
            let mut sum = Flow::default();
            let in_it = minutes.iter().filter(|(at, _): &(&i64, &Flow)| **at >= first);
            in_it.for_each(|(_, flow)| sum.merge(flow));
            sum
        };
        let (minute, hour, day) = (since(end - 1), since(end - 60), since(end - 1_440));
        Ok(Shown { figures: Windows { ever, minute, hour, day }, as_of: found.as_of })
    }

    /// The first of all things like this one in these hours, those with nothing left out; of
    /// traders only those that the scope sees.
    pub fn ranking(
        &self,
        (like, by): (Subject, RankBy),
        hours: &Range<i64>,
        limit: usize,
        scope: Scope<'_>,
    ) -> Result<Shown<Ranked<(u32, Flow)>>, AnalyticsError> {
        let ids = like.alike();
        let summed = self.sums(hours, &ids, |memory, wanted, tell| {
            let deltas = &memory.deltas;
            within(&deltas.flows, Interval::Minute, wanted, &ids, &mut *tell);
            within(&deltas.traders, Interval::Hour, wanted, &ids, &mut *tell);
        })?;
        let (sums, hours) = summed.figures;
        let seen = |number: u32| match like {
            Subject::Trader(_) => scope.sees(TraderId(number)),
            _ => true,
        };
        let items = sums.into_iter().map(|(id, flow)| (Subject::number(id), flow));
        let items = items.filter(|(number, flow)| by.of(flow) > 0 && seen(*number)).collect();
        let items = first_of(items, limit, |(number, flow)| (by.of(flow), u64::from(*number)));
        Ok(Shown { figures: Ranked { items, hours }, as_of: summed.as_of })
    }

    /// The first of the lanes in these hours, of one origin or one destination if given; those with
    /// nothing left out.
    pub fn lanes(
        &self,
        (origin, destination): (Option<StationId>, Option<StationId>),
        by: Option<RankBy>,
        hours: &Range<i64>,
        limit: usize,
    ) -> Result<Shown<Ranked<LaneOf>>, AnalyticsError> {
        let ids = match origin {
            Some(only) => pair(only.0, 0)..pair(only.0 + 1, 0),
            None => 0..i64::MAX.cast_unsigned(),
        };
        let summed = self.sums(hours, &ids, |memory, wanted, tell| {
            within(&memory.deltas.lanes, Interval::Hour, wanted, &ids, tell);
        })?;
        let (sums, hours) = summed.figures;
        let wanted = |id: u64| destination.is_none_or(|only| only.0 == low(id));
        // Asked for no order, a lane counts by what it carried, and is there if anything was booked.
        let rank = |lane: &Lane| by.unwrap_or(RankBy::Units).of_lane(lane);
        let is_some = |lane: &Lane| by.is_none() || rank(lane) > 0;
        let items: Vec<_> =
            sums.into_iter().filter(|(id, lane)| wanted(*id) && is_some(lane)).collect();
        let items = first_of(items, limit, |(id, lane)| (rank(lane), *id));
        let ends = |(id, lane): (u64, Lane)| (StationId(low(id >> 32)), StationId(low(id)), lane);
        let items = items.into_iter().map(ends).collect();
        Ok(Shown { figures: Ranked { items, hours }, as_of: summed.as_of })
    }

    /// Adds up the cells of each number over these hours, by days where they are whole.
    #[expect(clippy::type_complexity, reason = "sums by number, and of which hours they are")]
    fn sums<C: Cell>(
        &self,
        hours: &Range<i64>,
        ids: &Range<u64>,
        deltas: impl FnOnce(&Memory, (Interval, &Range<i64>), &mut dyn FnMut(Place, &C)),
    ) -> Result<Shown<(MixedMap<u64, C>, Range<i64>)>, AnalyticsError> {
        self.look(
            |memory| {
                let kept = self.0.shared.kept.from(Interval::Hour, memory.as_of.time);
                let hours = widened(hours.clone(), kept);
                let mut sums = MixedMap::default();
                deltas(memory, (Interval::Hour, &hours), &mut |at: Place, cell: &C| {
                    add(&mut sums, at.id, cell);
                });
                Ok((sums, hours))
            },
            |store, (mut sums, hours), room| {
                for (interval, buckets) in cover(&hours) {
                    runs::read(store, (interval, &buckets), ids, room, |at, cell| {
                        add(&mut sums, at.id, &cell);
                    })?;
                }
                Ok((sums, hours))
            },
        )
    }

    /// Reads memory and then the store, both as of one position.
    pub(super) fn look<D, T>(
        &self,
        in_memory: impl FnOnce(&Memory) -> Result<D, AnalyticsError>,
        in_store: impl FnOnce(&Connection, D, &mut Room) -> Result<T, AnalyticsError>,
    ) -> Result<Shown<T>, AnalyticsError> {
        let stores = &self.0.shared.stores;
        let generation = stores.generation.load(Ordering::Relaxed);
        let kept = stores.readers.lock().pop();
        let reader = match kept {
            Some(reader) => Some(reader),
            None => stores.writer.lock().reader()?,
        };
        let looked = match &reader {
            Some(store) => self.look_with(&store.connection, in_memory, in_store),
            // In memory there is one connection, for all.
            None => self.look_with(&stores.writer.lock().connection, in_memory, in_store),
        };
        match &looked {
            Err(AnalyticsError::Store(error)) if is_damage(error) => {
                // The one who counts begins anew.
                self.0.shared.is_damaged.store(true, Ordering::Relaxed);
            }
            _ => {
                let mut readers = stores.readers.lock();
                let is_same = stores.generation.load(Ordering::Relaxed) == generation;
                if is_same && readers.len() < READERS_KEPT {
                    readers.extend(reader);
                }
            }
        }
        looked
    }

    fn look_with<D, T>(
        &self,
        connection: &Connection,
        in_memory: impl FnOnce(&Memory) -> Result<D, AnalyticsError>,
        in_store: impl FnOnce(&Connection, D, &mut Room) -> Result<T, AnalyticsError>,
    ) -> Result<Shown<T>, AnalyticsError> {
        let shared = &self.0.shared;
        let memory = shared.memory.read();
        let as_of = memory.as_of;
        if as_of.sequence.0 < shared.until.load(Ordering::Acquire) {
            let last = self.0.follower.progress().last;
            return Err(AnalyticsError::Rebuilding { position: as_of.sequence, last });
        }
        let snapshot = connection.unchecked_transaction()?;
        // The first read decides what the snapshot shows: before anything can be saved.
        snapshot.query_row("SELECT position FROM about", [], |_| Ok(()))?;
        let found = in_memory(&memory)?;
        drop(memory);
        let figures = in_store(&snapshot, found, &mut Room(CELLS_READ_MAX))?;
        Ok(Shown { figures, as_of })
    }

    /// Refuses buckets that are no longer kept.
    fn kept(
        &self,
        interval: Interval,
        buckets: &Range<i64>,
        memory: &Memory,
    ) -> Result<(), AnalyticsError> {
        let first = self.0.shared.kept.from(interval, memory.as_of.time);
        if buckets.start >= first {
            return Ok(());
        }
        Err(AnalyticsError::Forgotten { since: interval.start(first) })
    }
}

/// The items with the greatest figures; of equal ones that with the least number comes first.
fn first_of<T>(mut items: Vec<T>, limit: usize, rank: impl Fn(&T) -> (u128, u64)) -> Vec<T> {
    items.sort_by_cached_key(|item| {
        let (figure, number) = rank(item);
        (std::cmp::Reverse(figure), number)
    });
    items.truncate(limit);
    items
}
