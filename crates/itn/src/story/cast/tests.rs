//! Every seed finds its places, and each run others.

use serde_json::json;

use super::*;
use crate::galaxy::Scale;

pub(in super::super) fn places(scale: Scale, seed: u64) -> Vec<Listed> {
    let listed = galaxy::build(scale, seed).places.into_iter().map(|place| {
        let [x, y, z] = place.position;
        let station = json!({
            "id": place.id, "name": place.name, "kind": place.kind, "system": place.system,
            "position": { "x": x, "y": y, "z": z },
        });
        serde_json::from_value(station).unwrap()
    });
    listed.collect()
}

pub(in super::super) fn scene(places: &[Listed], seed: u64, run: u64) -> (Cast, Supply) {
    let mut scene = Scene::of(places, seed, run).unwrap();
    let supply = Supply::of(scene.start());
    (scene.cast(supply).unwrap(), supply)
}

fn cast(places: &[Listed], seed: u64, run: u64) -> Cast {
    scene(places, seed, run).0
}

#[test]
fn any_seed_has_a_cast_and_each_run_another() {
    for scale in [Scale::Small, Scale::Standard] {
        for seed in 0..6 {
            let places = places(scale, seed);
            assert_eq!(cast(&places, seed, 1), cast(&places, seed, 1));
            let runs: Vec<Cast> = (1..=12).map(|run| cast(&places, seed, run)).collect();
            for pair in runs.windows(2) {
                assert_ne!(pair[0].station, pair[1].station);
                // The ships of the run before may still be under way after a refusal.
                let ships = |cast: &Cast| {
                    cast.voyages.iter().map(|voyage| voyage.vessel.clone()).collect::<BTreeSet<_>>()
                };
                assert!(ships(&pair[0]).is_disjoint(&ships(&pair[1])));
            }
        }
    }
}

#[test]
fn parts_fit_together() {
    let places = places(Scale::Standard, 7);
    for run in 1..=40 {
        let cast = cast(&places, 7, run);
        let kind = |spot: &Spot| places.iter().find(|place| place.id == spot.id).unwrap();
        // Nobody else touches the station's oxygen; who sends some makes it.
        assert_eq!(part(kind(&cast.station)), Part::None);
        for voyage in [AWAITED, OUTBOUND, DIVERTED].map(|number| &cast.voyages[number]) {
            assert_eq!(part(kind(&voyage.from)), Part::Makes);
            assert_eq!(voyage.good, OXYGEN);
        }
        assert!(cast.voyages.iter().all(|voyage| voyage.from.id != voyage.to.id));
        assert!(cast.voyages.iter().all(|voyage| voyage.quantity > 0 && voyage.unit_price > 0));
        let [awaited, outbound, diverted] =
            [AWAITED, OUTBOUND, DIVERTED].map(|number| &cast.voyages[number]);
        assert_eq!((&awaited.to, &diverted.to), (&cast.station, &cast.station));
        assert_eq!((&outbound.to, &outbound.from), (&cast.market, &diverted.from));
        assert_eq!((&outbound.vessel, &outbound.owner), (&diverted.vessel, &diverted.owner));
        assert_ne!(outbound.to, diverted.to);
        // What makes it turn.
        let [first, second, third] = cast.bids;
        assert!(first < second && second < third && third > 2 * cast.market_bid, "{cast:?}");
    }
}

#[test]
fn a_network_without_such_places_has_no_story() {
    assert!(Scene::of(&[], 7, 1).is_none());
    let places = places(Scale::Standard, 7);
    let lonely: Vec<Listed> = stations_of(&places, 7).into_iter().take(1).cloned().collect();
    let scene = Scene::of(&lonely, 7, 1).unwrap();
    assert!(scene.cast(Supply::of(900)).is_none());
}
