//! Every figure against a naive scan of the events: whatever comes late, whenever it is saved,
//! restarted or damaged.

mod naive;
mod play;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use domain::{Scope, TraderId};

use super::query::RankBy;
use super::*;
use naive::Naive;
use play::{Play, Written};

const LONG: Duration = Duration::from_mins(1);
const JOURNAL: JournalId = JournalId(7);

fn open(
    path: Option<&Path>,
    written: &Arc<Written>,
    cells_max: usize,
) -> (Analytics, AnalyticsFeed) {
    let when = SaveWhen { cells_max, after: Duration::ZERO };
    Analytics::open_saving(path, JOURNAL, written.clone(), (when, Retention::default())).unwrap()
}

fn wait(analytics: &Analytics, written: &Written) {
    let counted = analytics.0.follower.wait_for(written.last(), LONG);
    assert!(counted, "{:?}", analytics.0.follower.progress());
}

/// Compares all that can be asked with a scan of all events.
fn check(analytics: &Analytics, written: &Written) {
    wait(analytics, written);
    let events = written.all();
    let naive = Naive::scan(&events);
    let now = events.last().unwrap().envelope.recorded_at;
    for interval in [Interval::Minute, Interval::Hour, Interval::Day] {
        let newest = interval.bucket(now) + 3;
        let buckets = (newest - 40).max(interval.kept_from(Retention::default(), now))..newest;
        for subject in naive.subjects() {
            let by_minute = interval == Interval::Minute && matches!(subject, Subject::Trader(_));
            if by_minute {
                continue;
            }
            let shown = analytics.series(subject, interval, &buckets).unwrap();
            assert_eq!(shown.as_of.sequence, written.last());
            for (bucket, flow) in buckets.clone().zip(&shown.figures) {
                naive.check_flow(subject, interval, bucket..bucket + 1, flow);
            }
        }
        for pair in naive.pairs() {
            let shown = analytics.candles(pair, interval, &buckets).unwrap();
            for (bucket, candle) in buckets.clone().zip(&shown.figures.0) {
                naive.check_candle(pair, interval, bucket, candle);
            }
        }
    }
    check_sums(analytics, &naive, now);
}

fn check_sums(analytics: &Analytics, naive: &Naive, now: domain::Timestamp) {
    let windows = analytics.windows(now).unwrap().figures;
    let end = Interval::Minute.bucket(now);
    for (flow, length) in [(&windows.minute, 1), (&windows.hour, 60), (&windows.day, 1_440)] {
        naive.check_flow(Subject::Network, Interval::Minute, end - length..end, flow);
    }
    naive.check_flow(Subject::Network, Interval::Ever, 0..1, &windows.ever);
    let newest = Interval::Hour.bucket(now) + 2;
    for length in [1, 30, 100, 24 * 200] {
        let hours = newest - length..newest;
        for like in [
            Subject::Station(StationId(0)),
            Subject::Commodity(CommodityId(0)),
            Subject::Trader(TraderId(0)),
            Subject::System(0),
        ] {
            for by in [RankBy::Value, RankBy::Units, RankBy::Trades, RankBy::Delay] {
                let shown = analytics.ranking((like, by), &hours, 3, Scope::Network).unwrap();
                naive.check_ranking(like, by, &shown.figures, 3);
            }
        }
        for by in [None, Some(RankBy::Value), Some(RankBy::Delay)] {
            let shown = analytics.lanes((None, None), by, &hours, 100).unwrap();
            naive.check_lanes(by, &shown.figures);
        }
    }
    naive.check_prices(&analytics.0.shared.memory.read());
}

/// Plays a network with restarts and damage.
fn play(seed: u64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("analytics.db");
    let mut play = Play::new(seed);
    let written = Arc::new(Written::default());
    written.push(play.founding());
    let mut cells_max = 20;
    let (mut analytics, mut feed) = open(Some(&path), &written, cells_max);
    for _ in 0..12 {
        for _ in 0..play.numbers.below(30) {
            let count = 1 + play.numbers.below(9);
            let batch = written.push(play.events(count));
            feed.committed(&batch);
        }
        match play.numbers.below(6) {
            0 => check(&analytics, &written),
            1 => {
                drop((analytics, feed));
                cells_max = 1 + usize::try_from(play.numbers.below(200)).unwrap();
                (analytics, feed) = open(Some(&path), &written, cells_max);
            }
            2 => {
                drop((analytics, feed));
                damage(&path, &mut play);
                (analytics, feed) = open(Some(&path), &written, cells_max);
                stumble(&analytics);
                feed.committed(&written.push(play.events(1)));
            }
            _ => {}
        }
    }
    check(&analytics, &written);
    drop((analytics, feed));
    let (analytics, _feed) = open(Some(&path), &written, 1_000);
    check(&analytics, &written);
}

fn damage(path: &Path, play: &mut Play) {
    match play.numbers.below(4) {
        0 => fs::write(path, b"no store at all").unwrap(),
        1 => fs::remove_file(path).unwrap(),
        2 => {
            // In the middle of the file: an index or the cells themselves.
            let mut bytes = fs::read(path).unwrap();
            let at = usize::try_from(play.numbers.below(bytes.len() as u64)).unwrap();
            bytes[at..].iter_mut().take(20_000).for_each(|byte| *byte = 0xa5);
            fs::write(path, bytes).unwrap();
        }
        _ => {
            let bytes = fs::read(path).unwrap();
            fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
        }
    }
}

/// Reads all there is, as readers would sooner or later: who finds damage says so.
fn stumble(analytics: &Analytics) {
    let everything = (i64::MIN..i64::MAX, 0..i64::MAX.cast_unsigned());
    for interval in [Interval::Minute, Interval::Hour, Interval::Day, Interval::Ever] {
        let _ = analytics.look(
            |_| Ok(()),
            |store, (), room| {
                let (buckets, ids) = &everything;
                runs::read(store, (interval, buckets), ids, room, |_, _: Flow| ())?;
                runs::read(store, (interval, buckets), ids, room, |_, _: Candle| ())?;
                runs::read(store, (interval, buckets), ids, room, |_, _: Lane| ())?;
                Ok(())
            },
        );
    }
}

#[test]
fn every_figure_is_what_a_scan_of_the_events_gives() {
    let seeds = std::env::var("ITN_SEED").map(|seed| vec![seed.parse().unwrap()]);
    for seed in seeds.unwrap_or_else(|_| (0..8).collect()) {
        let again = Again(seed);
        play(seed);
        drop(again);
    }
}

/// Says how to run a play again that failed.
struct Again(u64);

impl Drop for Again {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let line = format!("run it again with ITN_SEED={}\n", self.0);
            // Nothing can be done if standard error is gone.
            let _ = std::io::stderr().write_all(line.as_bytes());
        }
    }
}

#[test]
fn an_empty_network_has_empty_buckets_and_nothing_else() {
    let written = Arc::new(Written::default());
    let (analytics, _feed) = open(None, &written, 10);
    let shown = analytics.series(Subject::Network, Interval::Day, &(-2..2)).unwrap();
    assert_eq!(shown.figures, vec![Flow::default(); 4]);
    assert_eq!(shown.as_of.sequence, Sequence::ZERO);
    let hours = 0..1;
    assert!(analytics.lanes((None, None), None, &hours, 5).unwrap().figures.items.is_empty());
    assert!(analytics.series(Subject::Network, Interval::Day, &(5..5)).unwrap().figures.is_empty());
}

#[test]
fn in_memory_it_counts_the_same() {
    let mut play = Play::new(99);
    let written = Arc::new(Written::default());
    let (analytics, mut feed) = open(None, &written, 50);
    feed.committed(&written.push(play.founding()));
    for _ in 0..200 {
        feed.committed(&written.push(play.events(5)));
    }
    check(&analytics, &written);
}

#[test]
fn a_store_of_another_history_is_counted_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("analytics.db");
    for seed in [1, 2] {
        let mut play = Play::new(seed);
        let written = Arc::new(Written::default());
        written.push(play.founding());
        written.push(play.events(300));
        let (analytics, _feed) = open(Some(&path), &written, 50);
        check(&analytics, &written);
    }
}

#[test]
fn what_is_too_old_is_refused_and_told() {
    let mut play = Play::new(5);
    let written = Arc::new(Written::default());
    written.push(play.founding());
    written.push(play.events(100));
    let (analytics, _feed) = open(None, &written, 10);
    wait(&analytics, &written);
    let now = written.all().last().unwrap().envelope.recorded_at;
    let kept = Interval::Minute.kept_from(Retention::default(), now);
    let refused = analytics.series(Subject::Network, Interval::Minute, &(kept - 1..kept));
    let expected = Interval::Minute.start(kept);
    assert!(matches!(refused, Err(AnalyticsError::Forgotten { since }) if since == expected));
    assert!(analytics.series(Subject::Network, Interval::Minute, &(kept..kept + 1)).is_ok());
}

#[test]
fn what_was_let_go_stays_refused_when_more_is_kept_from_then_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("analytics.db");
    let mut play = Play::new(7);
    let written = Arc::new(Written::default());
    written.push(play.founding());
    written.push(play.events(100));
    let keeping = |retention: Retention| {
        let when = SaveWhen { cells_max: 10, after: Duration::ZERO };
        let opened =
            Analytics::open_saving(Some(&path), JOURNAL, written.clone(), (when, retention));
        let (analytics, feed) = opened.unwrap();
        wait(&analytics, &written);
        let now = written.all().last().unwrap().envelope.recorded_at;
        let first = |interval: Interval| {
            let from = interval.kept_from(Retention { minutes_days: 30, hours_days: 900 }, now);
            match analytics.series(Subject::Network, interval, &(from..from + 1)) {
                Ok(_) => from,
                Err(AnalyticsError::Forgotten { since }) => interval.bucket(since),
                Err(other) => panic!("{other}"),
            }
        };
        let firsts = [first(Interval::Minute), first(Interval::Hour)];
        analytics.close();
        drop(feed);
        (firsts, now)
    };
    let expected = |retention: Retention, now| {
        [Interval::Minute, Interval::Hour].map(|interval| interval.kept_from(retention, now))
    };
    let (short, long) = (
        Retention { minutes_days: 1, hours_days: 2 },
        Retention { minutes_days: 30, hours_days: 900 },
    );
    let (firsts, now) = keeping(short);
    assert_eq!(firsts, expected(short, now));
    let (firsts, _) = keeping(long);
    assert_eq!(firsts, expected(short, now), "nothing there is called zero");
    std::fs::remove_file(&path).unwrap();
    let (firsts, now) = keeping(long);
    assert_eq!(firsts, expected(long, now), "counted anew, all is there");
    // A store of before this was noted kept what was usual.
    let store = rusqlite::Connection::open(&path).unwrap();
    store.execute_batch("DROP TABLE gone").unwrap();
    drop(store);
    let (firsts, _) = keeping(long);
    assert_eq!(firsts, expected(Retention::default(), now));
}

#[test]
fn while_it_counts_what_there_was_it_says_how_far_it_is() {
    let mut play = Play::new(6);
    let written = Arc::new(Written::default());
    written.push(play.founding());
    let (analytics, _feed) = open(None, &written, 10);
    wait(&analytics, &written);
    analytics.0.shared.begin_until(Sequence(1_000));
    let refused = analytics.windows(domain::Timestamp(0));
    assert!(matches!(refused, Err(AnalyticsError::Rebuilding { .. })));
}
