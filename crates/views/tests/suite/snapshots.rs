//! Snapshots and the store: what is kept, what is refused, what is rebuilt.

use std::path::Path;
use std::sync::Arc;

use domain::{
    AlertCause, AlertKind, AlertRuleId, CommitObserver, Event, Sequence, Severity, ShipmentChange,
    ShipmentId, ShipmentStatus, SnapshotError, VesselId,
};
use views::{AlertFilter, ShipmentFilter};

use crate::alerts::{fired, held, stock_rule, told};
use crate::fold::beginning;
use crate::journal::*;
use crate::shipments::ship;
use crate::vessels::{aboard, vessel};

struct Scene {
    dir: tempfile::TempDir,
    journal: Arc<Journal>,
    position: Sequence,
    parts: Vec<Vec<u8>>,
    ended: ShipmentId,
    open: ShipmentId,
}

/// A network with a shipment ended and one under way, of which a snapshot was taken; then stopped.
fn scene() -> Scene {
    let dir = tempfile::tempdir().unwrap();
    let mut world = World::open(Some(&dir.path().join("views.db")), Arc::default());
    world.record(beginning());
    world.record([key(0, 1, "ada", 7), key(1, 2, "bob", 8)]);
    let ended = ship(&mut world, ShipmentStatus::Received, 3);
    let open = ship(&mut world, ShipmentStatus::Booked, 3);
    let (position, parts) = world.snapshot();
    let journal = Arc::clone(&world.journal);
    Scene { dir, journal, position, parts, ended, open }
}

impl Scene {
    fn start(&self, store: &str) -> World {
        let path = self.dir.path().join(store);
        World::open(Some(&path), Arc::clone(&self.journal))
    }

    fn restore(&self, world: &mut World) -> Result<(), SnapshotError> {
        self.restore_parts(world, self.parts.clone())
    }

    fn restore_parts(&self, world: &mut World, parts: Vec<Vec<u8>>) -> Result<(), SnapshotError> {
        world.fold.restore(self.position, &mut parts.into_iter().map(Ok))
    }

    #[track_caller]
    fn check(&self, world: &World) {
        let views = &world.views;
        for (id, status) in
            [(self.ended, ShipmentStatus::Received), (self.open, ShipmentStatus::Booked)]
        {
            let found = views.shipment(id, SCOPE).unwrap().expect("it is in the journal");
            assert_eq!(found.shipment.status, status);
        }
        let state = views.read();
        assert_eq!(state.as_of().sequence, self.position);
        assert_eq!(state.as_of().time, at(self.position.0));
        assert_eq!(state.trader_id("zoe").map(|id| id.0), Some(2));
        assert_eq!(state.station_id("ceres").map(|id| id.0), Some(1));
        assert!(state.key_by_digest(&[8; 32]).is_some());
        assert_eq!(state.counts().keys, 2);
    }

    /// Restoring must fail with this, leave nothing behind, and replaying must bring it all.
    #[track_caller]
    fn check_refused(&self, mut world: World, parts: Vec<Vec<u8>>, why: &str) {
        let error = self.restore_parts(&mut world, parts).unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
        assert_eq!(world.fold.position(), Sequence::ZERO);
        assert_eq!(world.views.read().counts(), views::Counts::default());
        world.replay();
        self.check(&world);
    }
}

#[test]
fn a_snapshot_brings_everything_back() {
    let scene = scene();
    let mut world = scene.start("views.db");
    scene.restore(&mut world).unwrap();
    scene.check(&world);
    assert_eq!(world.fold.position(), scene.position);
}

#[test]
fn ended_shipments_are_found_before_they_are_written_and_after() {
    let dir = tempfile::tempdir().unwrap();
    let mut world = World::open(Some(&dir.path().join("views.db")), Arc::default());
    world.record(beginning());
    let ended: Vec<_> = (0..50).map(|_| ship(&mut world, ShipmentStatus::Lost, 3)).collect();
    let check = |world: &World| {
        for id in &ended {
            let found = world.views.shipment(*id, SCOPE).unwrap().unwrap();
            assert_eq!(found.shipment.status, ShipmentStatus::Lost);
        }
    };
    check(&world);
    world.snapshot();
    check(&world);
    assert_eq!(world.views.store_error(), None);
}

#[test]
fn a_snapshot_made_with_another_store_is_refused() {
    let scene = scene();
    let other = self::scene();
    let path = other.dir.path().join("views.db");
    let world = World::open(Some(&path), Arc::clone(&scene.journal));
    scene.check_refused(world, scene.parts.clone(), "views.db is another one");
}

#[test]
fn a_snapshot_whose_store_is_gone_or_behind_is_refused() {
    let scene = scene();
    scene.check_refused(scene.start("new.db"), scene.parts.clone(), "views.db ends at sequence 0");
    let in_memory = World::open(None, Arc::clone(&scene.journal));
    scene.check_refused(in_memory, scene.parts.clone(), "there is no views.db");
}

#[test]
fn a_replay_from_the_start_takes_a_new_store_so_older_snapshots_are_refused() {
    let scene = scene();
    let mut world = scene.start("views.db");
    world.replay();
    scene.check(&world);
    world.snapshot();
    drop(world);
    scene.check_refused(scene.start("views.db"), scene.parts.clone(), "another one");
}

#[test]
fn a_damaged_snapshot_is_refused() {
    let scene = scene();
    let damaged = |damage: &dyn Fn(&mut Vec<u8>)| {
        let mut parts = scene.parts.clone();
        damage(parts.last_mut().unwrap());
        parts
    };
    let check = |parts| scene.check_refused(scene.start("views.db"), parts, "snapshot");
    check(damaged(&|part| part.truncate(part.len() / 2)));
    check(damaged(&|part| part.push(0)));
    check(vec![]);
    let mut world = scene.start("views.db");
    let elsewhere = Sequence(scene.position.0 - 1);
    let parts = scene.parts.clone();
    assert!(world.fold.restore(elsewhere, &mut parts.into_iter().map(Ok)).is_err());
}

/// A store that holds this instead must be made anew; the replay fills it.
#[track_caller]
fn check_rebuilt(damage: impl Fn(&Path)) {
    let scene = scene();
    damage(&scene.dir.path().join("views.db"));
    scene.check_refused(scene.start("views.db"), scene.parts.clone(), "views.db ends at");
}

#[test]
fn a_store_that_is_damaged_or_not_ours_is_deleted_and_rebuilt() {
    check_rebuilt(|path| {
        std::fs::write(path, "this is no database, but it is long enough").unwrap();
    });
    check_rebuilt(|path| std::fs::write(path, vec![7; 8_192]).unwrap());
    check_rebuilt(|path| {
        std::fs::remove_file(path).unwrap();
        let other = rusqlite::Connection::open(path).unwrap();
        other.execute_batch("CREATE TABLE theirs (x)").unwrap();
    });
    check_rebuilt(|path| {
        let ours = rusqlite::Connection::open(path).unwrap();
        ours.execute_batch("DROP TABLE ended_shipments").unwrap();
    });
    check_rebuilt(|path| {
        let newer = rusqlite::Connection::open(path).unwrap();
        newer.pragma_update(None, "user_version", 99).unwrap();
    });
}

#[test]
fn what_the_store_has_of_a_future_that_is_gone_is_forgotten() {
    let scene = scene();
    let mut world = scene.start("views.db");
    scene.restore(&mut world).unwrap();
    // This future ends two shipments, is written, and then is lost with the end of the journal.
    let gone = ship(&mut world, ShipmentStatus::Lost, 3);
    let off = ShipmentChange::Cancelled { lines: goods(0, 5), reason: None };
    let open = scene.open.0;
    world.record([changed(open, open, route(0, 1, 2), off)]);
    world.snapshot();
    drop(world);
    let kept = usize::try_from(scene.position.0).unwrap();
    scene.journal.events.write().truncate(kept);
    let mut world = scene.start("views.db");
    scene.restore(&mut world).unwrap();
    scene.check(&world);
    for _ in 0..10 {
        world.record([produced(0, 2, 0, 5)]);
    }
    assert_eq!(world.views.shipment(gone, SCOPE).unwrap(), None);
    let ended = ShipmentFilter { status: Some(ShipmentStatus::Received), ..Default::default() };
    for (filter, wanted) in
        [(ended, vec![scene.ended]), (ShipmentFilter::default(), vec![scene.open, scene.ended])]
    {
        let found = world.history.find_shipments(&filter, newest(None, 9), SCOPE).unwrap();
        assert_eq!(found.items.iter().map(|one| one.id).collect::<Vec<_>>(), wanted);
    }
}

#[test]
fn what_was_found_in_a_future_that_is_gone_is_lost_still() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("views.db");
    let mut world = World::open(Some(&path), Arc::default());
    world.record(beginning());
    let ids = [0, 1, 2].map(|_| ship(&mut world, ShipmentStatus::Lost, 3));
    let (position, parts) = world.snapshot();
    // In this future one is found, one is found and lost again, one stays lost.
    let way = route(0, 1, 2);
    for id in &ids[..2] {
        let last = world.views.shipment(*id, SCOPE).unwrap().unwrap().shipment.last;
        let found = ShipmentChange::Found { lines: goods(0, 5), reason: None };
        world.record([changed(id.0, last, way, found)]);
    }
    world.snapshot();
    let last = world.views.shipment(ids[1], SCOPE).unwrap().unwrap().shipment.last;
    let (lines, cause, reason) = (goods(0, 5), domain::LossCause::Lost, None);
    let gone = ShipmentChange::Lost { lines, cause, reason };
    world.record([changed(ids[1].0, last, way, gone)]);
    world.snapshot();
    let journal = Arc::clone(&world.journal);
    drop(world);
    journal.events.write().truncate(usize::try_from(position.0).unwrap());
    let mut world = World::open(Some(&path), journal);
    world.fold.restore(position, &mut parts.into_iter().map(Ok)).unwrap();
    let filter = ShipmentFilter { status: Some(ShipmentStatus::Lost), ..Default::default() };
    let found = world.history.find_shipments(&filter, newest(None, 9), SCOPE).unwrap();
    let found: Vec<_> = found.items.iter().rev().map(|one| one.id).collect();
    assert_eq!(found, ids);
    // And it may be found as if it never had been.
    let last = world.views.shipment(ids[0], SCOPE).unwrap().unwrap().shipment.last;
    let again = ShipmentChange::Found { lines: goods(0, 5), reason: None };
    world.record([changed(ids[0].0, last, way, again)]);
    assert!(world.views.read().open_shipment(ids[0], SCOPE).is_some());
}

#[test]
fn a_snapshot_brings_vessels_alerts_and_rules_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("views.db");
    let mut world = World::open(Some(&path), Arc::default());
    world.record(beginning());
    world.record([vessel(0, "red-star"), stock_rule(4, "low", 2), stock_rule(5, "gone", 3)]);
    let carried = aboard(&mut world);
    world.record([changed(carried, carried, route(0, 1, 2), ShipmentChange::Loaded)]);
    world.record([produced(1, 2, 0, 9), held(3, 2, 4)]);
    let late = |severity| {
        let cause = AlertCause::Late(ShipmentId(carried));
        fired(cause, AlertKind::ShipmentLate, severity)
    };
    let alerts = |world: &World, resolved| {
        let filter = AlertFilter::default();
        if resolved {
            let found = world.history.find_resolved_alerts(&filter, newest(None, 9), SCOPE);
            return found.unwrap().items;
        }
        world.views.read().find_alerts(&filter, newest(None, 9), SCOPE).items
    };
    world.record([late(Severity::Warning)]);
    let first = alerts(&world, false).remove(0);
    world.record([Event::AlertAcknowledged(told(&first, first.severity))]);
    let first = alerts(&world, false).remove(0);
    world.record([Event::AlertResolved(told(&first, first.severity))]);
    world.record([late(Severity::Critical)]);
    let stock = AlertCause::Stock(AlertRuleId(4));
    world.record([fired(stock, AlertKind::StockLow, Severity::Warning)]);
    world.record([Event::AlertRuleDeleted { rule: AlertRuleId(5) }]);
    let shown = |world: &World| {
        let state = world.views.read();
        let (open, resolved) = (alerts(world, false), alerts(world, true));
        let risks: Vec<_> = open.iter().map(|alert| state.at_risk(alert, SCOPE)).collect();
        let rules: Vec<_> = state.alert_rules_from(0, SCOPE).cloned().collect();
        let vessels: Vec<_> = state.vessels_from(0).cloned().collect();
        let carrying = state.carrying(VesselId(0), SCOPE);
        (open, resolved, risks, rules, vessels, carrying, state.alert_counts(), state.counts())
    };
    let before = shown(&world);
    assert!(before.2.iter().all(|risk| risk.holds.len() == 1), "{:?}", before.2);
    let mut world = world.restarted(&path);
    assert_eq!(shown(&world), before);
    let open = alerts(&world, false).remove(0);
    world.record([Event::AlertResolved(told(&open, open.severity))]);
    assert_eq!(alerts(&world, false).len(), 1);
}

#[test]
fn in_memory_there_are_no_snapshots() {
    let mut world = World::in_memory();
    world.record(beginning());
    assert_eq!(world.fold.snapshot_format(), None);
    assert!(world.fold.freeze().is_none());
}
