//! Random histories, folded here and by a naive model; stopped, restored and replayed.

use std::sync::Arc;

use domain::CommitObserver;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::journal::World;
use crate::model::{COMMODITIES, Model, STATIONS, TRADERS, Wish, beginning};

fn wish() -> impl Strategy<Value = Wish> {
    let numbers = (0..14_u8, 0..STATIONS, 0..TRADERS, 0..TRADERS, 0..COMMODITIES, 1..10_u64);
    numbers.prop_map(|(kind, station, trader, other, commodity, quantity)| Wish {
        kind,
        station,
        trader,
        other,
        commodity,
        quantity,
    })
}

/// Batches of wishes: the views publish after each.
pub(crate) fn history() -> impl Strategy<Value = Vec<Vec<Wish>>> {
    vec(vec(wish(), 1..20), 1..20)
}

fn fold(world: &mut World, model: &mut Model, batches: &[Vec<Wish>]) {
    for wishes in batches {
        let events: Vec<_> = wishes.iter().filter_map(|wish| model.grant(*wish)).collect();
        world.record(events);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_views_are_what_a_naive_model_says(batches in history()) {
        let mut world = World::in_memory();
        world.record(beginning());
        let mut model = Model::new();
        for wishes in batches {
            fold(&mut world, &mut model, &[wishes]);
            model.check(&world);
        }
    }

    #[test]
    fn going_on_from_a_snapshot_is_as_never_having_stopped(
        before in history(),
        after in history(),
        meanwhile in history(),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("views.db");
        let mut world = World::open(Some(&path), Arc::default());
        world.record(beginning());
        let mut model = Model::new();
        fold(&mut world, &mut model, &before);

        // Written only after more was folded: what is frozen must not follow.
        let position = world.fold.position();
        let frozen = world.fold.freeze().unwrap();
        fold(&mut world, &mut model, &meanwhile);
        let parts = crate::journal::written(frozen);
        model.check(&world);

        let journal = Arc::clone(&world.journal);
        drop(world);
        let mut world = World::open(Some(&path), journal);
        let mut parts = parts.into_iter().map(Ok);
        world.fold.restore(position, &mut parts).unwrap();
        world.replay();
        model.check(&world);
        fold(&mut world, &mut model, &after);
        model.check(&world);
    }
}
