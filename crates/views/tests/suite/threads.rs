//! Readers while the fold is at work.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use domain::{CommodityId, ShipmentId, ShipmentStatus, StationId, TraderId};
use std::sync::Arc;
use views::{History, LevelFilter, ShipmentFilter, Views};

use crate::fold::beginning;
use crate::journal::*;
use crate::shipments::ship;

/// One look at everything must fit together.
fn look(views: &Views) {
    let state = views.read();
    let filter = LevelFilter { commodity: Some(CommodityId(1)), ..LevelFilter::default() };
    let sum = |by_owner| -> u64 {
        let levels = state.levels(StationId(0), &filter, by_owner, SCOPE);
        levels.iter().map(|level| level.available.get()).sum()
    };
    assert_eq!((sum(true), sum(false)), (1_000, 1_000));
    let balance = |trader| state.balance(TraderId(trader), SCOPE).unwrap().total().get();
    assert_eq!(balance(2) + balance(3), 2_000);
    // Every batch trades there and back again: only whole batches are seen.
    assert_eq!(balance(2), 1_000);
    drop(state);
    assert!(views.audit(SCOPE).unwrap().balanced);
}

#[test]
fn readers_see_whole_batches_that_fit_together() {
    let dir = tempfile::tempdir().unwrap();
    let mut world = World::open(Some(&dir.path().join("views.db")), Arc::default());
    world.record(beginning());
    world.record([produced(0, 2, 1, 1_000)]);
    let first = ship(&mut world, ShipmentStatus::Received, 3);
    let stopped = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            let (views, history) = (world.views.clone(), world.history.clone());
            let stopped = &stopped;
            scope.spawn(move || {
                let mut most = 0;
                while !stopped.load(Ordering::Relaxed) {
                    look(&views);
                    // Shipments end all the while; none is ever missed on its way to the store.
                    let count = all_shipments(&history, first);
                    assert!(count >= most, "{count} of {most} shipments");
                    most = count;
                }
            });
        }
        for round in 0..200 {
            let there = traded(0, (3, 2), (1, 1_000, 1));
            let back = traded(0, (2, 3), (1, 1_000, 1));
            world.record([there, back]);
            ship(&mut world, ShipmentStatus::Lost, 3);
            if round % 50 == 0 {
                world.snapshot();
            }
        }
        stopped.store(true, Ordering::Relaxed);
    });
    assert_eq!(all_shipments(&world.history, first), 201);
}

/// How many there are, from the newest to the first one, which must be there.
fn all_shipments(history: &History, first: ShipmentId) -> usize {
    let mut found = Vec::new();
    let mut before = None;
    loop {
        let page =
            history.find_shipments(&ShipmentFilter::default(), newest(before, 50), SCOPE).unwrap();
        found.extend(page.items.iter().map(|shipment| shipment.id));
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(found.last(), Some(&first));
    assert!(found.is_sorted_by(|newer, older| newer > older));
    found.len()
}
