//! A store that cannot be written, or only now and then.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::thread;

use domain::ShipmentStatus;
use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::store;

/// Things that may wait in these tests.
const WAITING_MAX: usize = 10;
/// Longer than a test may take: whoever waits so long is stuck.
const LONG: Duration = Duration::from_mins(10);

/// A store in a folder of its own, and a way to it past everything.
struct Given {
    folder: TempDir,
    ended: EndedShipments,
    aside: Connection,
}

impl Given {
    fn new(stalled_max: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("views.db");
        let (writer, reader) = store::open(&path).unwrap();
        let room = Room { waiting_max: WAITING_MAX, stalled_max };
        let ended = EndedShipments::stored_with(writer, reader, room).unwrap();
        let aside = Connection::open(&path).unwrap();
        Self { folder, ended, aside }
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("views.db")
    }

    /// As many shipments end as may wait.
    fn fill(&self) {
        let ended = |id: u64| Ended {
            shipment: ShipmentId(Sequence(id)),
            last: Sequence(id),
            status: ShipmentStatus::Received,
        };
        let turns: Vec<_> = (1..=WAITING_MAX as u64).map(|id| Turn::Ended(ended(id))).collect();
        self.ended.add(&turns, Sequence(WAITING_MAX as u64));
    }

    /// From now on each write fails; the file is whole.
    fn refuse(&self) {
        let trigger = "CREATE TRIGGER refuses BEFORE INSERT ON ended_shipments
            BEGIN SELECT RAISE(FAIL, 'the disk refuses'); END";
        self.aside.execute_batch(trigger).unwrap();
    }

    /// A write has failed.
    fn until_refused(&self) {
        while self.ended.error().is_none() {
            thread::yield_now();
        }
    }

    fn refuse_no_more(&self) {
        self.aside.execute_batch("DROP TRIGGER refuses").unwrap();
    }

    /// Writes over the pages of the table, beneath everyone who has the file open.
    fn damage(&self) {
        let number = |select: &str| {
            let number: i64 = self.aside.query_row(select, [], |row| row.get(0)).unwrap();
            u64::try_from(number).unwrap()
        };
        let page_bytes = number("PRAGMA page_size");
        let root = "SELECT rootpage FROM sqlite_schema WHERE name = 'ended_shipments'";
        let root = number(root);
        // A change by another connection has the writer forget the pages that it knows; the checkpoint
        // has it read them from the file.
        self.aside.execute_batch("UPDATE about SET position = position").unwrap();
        let busy: i64 =
            self.aside.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).unwrap();
        assert_eq!(busy, 0);
        let file = File::options().write(true).open(self.path()).unwrap();
        let noise = vec![0xa5; usize::try_from(page_bytes).unwrap()];
        file.write_all_at(&noise, (root - 1) * page_bytes).unwrap();
    }
}

fn exists(path: &Path) -> bool {
    path.try_exists().unwrap()
}

#[test]
fn a_store_that_writes_nothing_is_not_waited_for_for_ever() {
    let given = Given::new(Duration::from_millis(100));
    given.ended.await_room().unwrap();
    given.refuse();
    given.fill();
    given.until_refused();
    let said = given.ended.await_room().unwrap_err().to_string();
    assert!(said.contains("views.db") && said.contains("the disk refuses"), "{said}");
    // Its end does not wait for what cannot be written either.
    drop(given.ended);
}

#[test]
fn a_store_that_writes_again_gives_room() {
    let given = Given::new(LONG);
    given.refuse();
    given.fill();
    thread::scope(|scope| {
        let room = scope.spawn(|| given.ended.await_room());
        given.until_refused();
        assert!(!room.is_finished());
        given.refuse_no_more();
        room.join().unwrap().unwrap();
    });
    assert_eq!(given.ended.error(), None);
}

#[test]
fn a_store_that_is_damaged_while_it_is_open_is_made_anew_by_the_next_start() {
    let given = Given::new(Duration::from_millis(100));
    given.damage();
    given.fill();
    given.until_refused();
    let said = given.ended.await_room().unwrap_err().to_string();
    assert!(said.contains("malformed"), "{said}");
    // A start would find it: it goes with the write that failed.
    while exists(&given.path()) {
        thread::yield_now();
    }
    let path = given.path();
    let Given { folder, ended, aside } = given;
    drop((ended, aside));
    let (writer, _) = store::open(&path).unwrap();
    assert_eq!(writer.position().unwrap(), 0);
    drop(folder);
}

/// Nothing is bounded by a thread that is gone.
#[test]
fn a_store_whose_thread_has_ended_gives_no_room() {
    let given = Given::new(LONG);
    // Kept from writing what waits.
    let held = given.ended.stored.as_ref().unwrap().writer.lock();
    given.fill();
    drop(CloseOnDrop(&given.ended.shared));
    let said = given.ended.await_room().unwrap_err().to_string();
    assert!(said.contains("its thread has ended"), "{said}");
    drop(held);
}
