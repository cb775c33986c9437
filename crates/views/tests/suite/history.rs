//! Random histories, searched by the index and by a scan: small chunks, so that everything is sealed
//! and merged; restarts, a lost file and a damaged one; and a tail that is not indexed yet.

mod economy;
mod question;
mod scan;

use std::sync::Arc;
use std::time::Duration;

use domain::{Recorded, Sequence};
use proptest::collection::vec;
use proptest::prelude::*;
use views::{History, TradeFilter};

use self::economy::{Economy, step};
use self::question::{check, question};
use self::scan::Scan;
use crate::journal::*;

const LONG: Duration = Duration::from_mins(2);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_index_finds_what_a_scan_finds(
        batches in vec(vec(step(), 1..30), 4..24),
        questions in vec(question(), 12),
        harm in 0..3_u8,
        wait in any::<bool>(),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("history.db");
        let mut economy = Economy::new(&dir.path().join("views.db"));
        let open = |economy: &Economy| {
            History::open_small(Some(&path), JOURNAL, &economy.world.views).unwrap()
        };
        let half = batches.len() / 2;
        let (history, mut fold) = open(&economy);
        for steps in &batches[..half] {
            economy.record(steps, &mut [&mut fold]);
        }
        if wait {
            prop_assert!(history.wait_for(economy.world.journal.last_sequence(), LONG));
        }
        let scan = Scan::of(&economy.world.journal);
        for question in &questions {
            check(&history, &scan, question);
        }
        drop((history, fold));
        match harm {
            0 => {}
            1 => std::fs::remove_file(&path).unwrap(),
            _ => std::fs::write(&path, vec![7; 20_000]).unwrap(),
        }
        let (history, mut fold) = open(&economy);
        for steps in &batches[half..] {
            economy.record(steps, &mut [&mut fold]);
        }
        let scan = Scan::of(&economy.world.journal);
        for question in &questions {
            check(&history, &scan, question);
        }
        // The one in memory never stopped.
        for question in &questions {
            check(&economy.world.history, &scan, question);
        }
        drop((history, fold));
        let store = rusqlite::Connection::open(&path).unwrap();
        prop_assert_eq!(count(&store, STRAYS), 0);
        let segments = count(&store, "SELECT count(*) FROM segments");
        let long = count(&store, "SELECT count(*) FROM long_postings");
        prop_assert!(long > 0 || segments == 0, "the layout makes some long");
    }
}

/// Long postings that no key refers to, and keys whose long posting is not there.
const STRAYS: &str = "SELECT count(*) FROM long_postings FULL JOIN
    (SELECT posting AS wanted FROM postings WHERE typeof(posting) = 'integer')
    ON id = wanted WHERE id IS NULL OR wanted IS NULL";

fn count(store: &rusqlite::Connection, select: &str) -> i64 {
    store.query_row(select, [], |row| row.get(0)).unwrap()
}

/// A journal that has events and gives none away.
struct Stuck;

impl domain::EventReader for Stuck {
    fn last(&self) -> Sequence {
        Sequence(10_000)
    }

    fn read_after(&self, after: Sequence, _: usize) -> Result<Vec<Recorded>, domain::ReadError> {
        Err(domain::ReadError { after, reason: "the disk is slow".to_owned() })
    }
}

#[test]
fn an_index_that_is_on_its_way_says_how_far_it_is() {
    let (views, _fold) = views::Views::open(None, Arc::new(Stuck)).unwrap();
    let (history, _fold) = History::open(None, JOURNAL, &views).unwrap();
    let found = history.find_trades(&TradeFilter::default(), newest(None, 1), SCOPE);
    match found {
        Err(views::HistoryError::Behind { position, last }) => {
            assert_eq!((position, last), (Sequence::ZERO, Sequence(10_000)));
        }
        other => panic!("{other:?}"),
    }
    let error = history.error().expect("it cannot go on");
    assert!(error.contains("the disk is slow"), "{error}");
}
