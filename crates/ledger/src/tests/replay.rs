//! The same events give the same state: from nothing, or from a snapshot and the events after it.

use domain::limits::KEY_WINDOW;
use domain::{
    Action, CommodityDetails, CommodityId, DelayCode, Envelope, Event, Recorded, Role, Sequence,
    Timestamp, Timing, TraderId,
};
use table::KeyEntry;

use super::asks::{
    ARRIVAL, adjust, arrived, book, commodity, credits, damaged, departed, departed_for, estimated,
    issue, key, loaded, lost, name, received, revoke, seen, station, text, trade, units,
};
use super::asks_cargo::{
    counted_of, delayed_by, held, lost_of, no_rule, stock_rule, stock_rule_of, timing_rule, vessel,
};
use super::audit::{bytes, read, replayed};
use super::story::{Story, given};
use crate::{State, apply, due};

/// Something of everything, every status and flag of a shipment included.
fn eventful() -> Story {
    let mut gate = station("mars");
    gate.kind = domain::StationKind::Gate;
    gate.owner = Some(name("acme"));
    let mut raw = commodity("ore");
    raw.category = Some(name("raw"));
    raw.unit_mass_grams = domain::Quantity::new(5).ok();
    let ship = || book().line("ice", 10);
    given()
        .stock("ceres belt ice", 1_000)
        .stock("mars acme ore", 50)
        .keyed(1 << 100, 7)
        .credits("acme", 500)
        .check(adjust().line("ice", damaged(3)), "stock.adjusted")
        .keyed(u128::MAX, u64::MAX)
        .check(trade().line("ice", 10, 12), "trade.settled")
        .check(Action::PutStation(gate), "station.updated")
        .check(Action::PutCommodity(raw), "commodity.updated")
        .check(key("second", Role::Viewer), "key.created")
        .check(revoke(1), "key.revoked")
        .check(ship(), "shipment.booked")
        .check(ship(), "shipment.booked")
        .report(loaded(), "shipment.loaded")
        .report(estimated(2 * ARRIVAL), "shipment.estimated")
        .check(ship().carrier("hauler").planned(50, 60), "shipment.booked")
        .wait(70)
        .fired(&[60])
        .report(departed_for(300), "shipment.departed")
        .report(seen(), "shipment.position")
        .check(ship().consignee("hauler"), "shipment.booked")
        .report(departed(), "shipment.departed")
        .report(arrived(), "shipment.arrived")
        .check(ship(), "shipment.booked")
        .report(departed(), "shipment.departed")
        .report(arrived(), "shipment.arrived")
        .report(received(&[("ice", 1, 2)]), "shipment.received")
        .and(eventful_cargo)
}

/// What only some shipments have: vessels, charges, tolerances, holds, losses; and alerts of all.
fn eventful_cargo(story: Story) -> Story {
    let ship = || book().line("ice", 10).vessel("swift").tolerance(500).charge("acme", "mars", 3);
    story
        .check(vessel("swift", Some(100), None), "vessel.created")
        .check(vessel("vast", None, Some(7)), "vessel.created")
        .check(ship(), "shipment.booked")
        .report(loaded(), "shipment.loaded")
        .report(held("Customs"), "shipment.held")
        .check(ship(), "shipment.booked")
        .report(delayed_by(DelayCode::Crew, ARRIVAL + 1_000_000_000), "shipment.estimated")
        .alerts(&["fired shipment_late warning"])
        .check(book().line("ice", 10), "shipment.booked")
        .report(departed(), "shipment.departed")
        .report(lost_of(&[("ice", 4)]), "shipment.lost")
        .report(arrived(), "shipment.arrived")
        .report(counted_of("ice", 1, 0, 2), "shipment.received")
        .check(book().line("ice", 10), "shipment.booked")
        .report(departed(), "shipment.departed")
        .report(lost(), "shipment.lost")
        .check(timing_rule(Timing::ShipmentSilent, 1, 2), "alert-rule.updated")
        .check(stock_rule("none-left", 5_000, 6_000), "alert-rule.created")
        .alerts(&["fired stock_low warning"])
        .check(
            stock_rule_of("ore", "mars", "acme", "ore", units(1), units(2)),
            "alert-rule.created",
        )
        .check(no_rule("ore"), "alert-rule.deleted")
        .and(|story| {
            let alert = story.alert();
            story.check(Action::AcknowledgeAlert(alert), "alert.acknowledged")
        })
        .check(trade().line("ice", 1, 0).hold(1), "trade.held")
        .wait(3_000_000)
        .alerts(&["fired shipment_silent critical", "fired hold_expired warning"])
        .check(trade().line("ice", 1, 0).hold(600), "trade.held")
}

/// All that a state holds, read from the state itself: what is missing in a snapshot's bytes is
/// missing in those of the state that it is read into, too.
fn rows(state: &State) -> [String; 22] {
    fn told<T: std::fmt::Debug>(rows: impl Iterator<Item = T>) -> String {
        format!("{:?}", rows.collect::<Vec<_>>())
    }
    [
        format!("{:?}", (state.last, state.recorded_at)),
        format!("{:?}", (state.network, state.issued)),
        told(state.principals.iter()),
        told(state.keys.iter()),
        told(state.traders.iter()),
        told(state.stations.iter()),
        told(state.commodities.iter()),
        told(state.stock.iter()),
        told(state.shipments.iter()),
        told(state.lost.iter()),
        told(state.vessels.iter()),
        format!("{:?}", state.rules),
        told(state.alerts.open.iter()),
        told(state.alerts.expired.iter()),
        format!("{:?}", (&state.alerts.by_cause, &state.alerts.of_holds)),
        told(state.alerts.dirty.iter()),
        told(state.timers.iter()),
        told(state.holds.iter()),
        told(state.offers.iter()),
        format!("{:?}", (&state.alike, state.promised_entries, &state.open)),
        told(state.reversals.iter()),
        told(state.window.iter()),
    ]
}

#[test]
fn a_snapshot_at_any_event_and_the_events_after_it_give_the_same_state() {
    let story = eventful();
    let whole = bytes(&story.state);
    for at in 0..=story.journal.len() {
        let (before, after) = story.journal.split_at(at);
        let snapshot = bytes(&replayed(before));
        let mut state = read(&snapshot).unwrap();
        assert_eq!(bytes(&state), snapshot, "after {at} events");
        assert_eq!(rows(&state), rows(&replayed(before)), "after {at} events");
        assert_eq!(state.last(), Sequence(at as u64));
        for recorded in after {
            apply(&mut state, recorded);
        }
        assert_eq!(bytes(&state), whole, "from a snapshot after {at} events");
        assert_eq!(state.next_timer(), story.state.next_timer());
    }
}

#[test]
fn a_frozen_state_stays_as_it_was() {
    let story = eventful();
    let (state, before) = (story.state.freeze(), bytes(&story.state));
    let story = story.check(trade().line("ice", 1, 1), "trade.settled");
    assert_eq!(state.last().next(), story.state.last());
    let mut after = Vec::new();
    let mut writer = table::Writer::new(|part: &[u8]| {
        after.extend_from_slice(part);
        Ok(())
    });
    state.write(&mut writer).unwrap();
    writer.finish().unwrap();
    assert_eq!(after, before);
}

#[test]
fn a_snapshot_cut_short_or_gone_on_with_is_refused() {
    let whole = bytes(&eventful().state);
    for end in 0..whole.len() {
        assert!(read(&whole[..end]).is_err(), "cut at byte {end}");
    }
    let more = [whole.as_slice(), &[0]].concat();
    assert!(read(&more).is_err());
}

#[test]
fn a_damaged_snapshot_never_panics() {
    let whole = bytes(&eventful().state);
    for at in 0..whole.len() {
        for flipped in [1, 0x80, 0xFF] {
            let mut damaged = whole.clone();
            damaged[at] ^= flipped;
            // It may still be a snapshot of something: its hash, kept elsewhere, tells.
            if let Ok(state) = read(&damaged) {
                assert_eq!(bytes(&state), damaged, "byte {at} has two meanings");
            }
        }
    }
}

#[test]
fn accepted_keys_are_remembered_with_their_command_and_its_first_event() {
    let story = given()
        .keyed(5, 50)
        .check(issue("acme", 1), "credits.issued")
        .keyed(6, 60)
        .check(issue("nobody", 1), "unknown_trader nobody as trader");
    let entry = KeyEntry { hash: 5, fingerprint: 50, sequence: story.state.last().0 };
    assert_eq!(story.state.key(5), Some(entry));
    // A refused command binds no key: it is decided anew.
    assert_eq!(story.state.key(6), None);
    assert_eq!(story.state.window.capacity(), KEY_WINDOW);
}

#[test]
fn what_a_state_cannot_have_decided_is_not_applied() {
    let details = || CommodityDetails {
        name: text("x"),
        category: None,
        unit_mass_grams: None,
        unit_volume_millilitres: None,
    };
    let created = |number, id| Event::CommodityCreated {
        commodity: CommodityId(number),
        id: name(id),
        details: Box::new(details()),
    };
    let retired = |trader, amount| Event::CreditsRetired {
        trader: TraderId(trader),
        amount: credits(amount),
    };
    let wrong =
        [created(1, "new"), created(3, "new"), created(2, "ice"), retired(2, 1), retired(99, 1)];
    for event in wrong {
        let story = given();
        let mut envelope = story.journal.last().unwrap().envelope.clone();
        envelope.sequence = envelope.sequence.next();
        let recorded = Recorded { envelope, event };
        let mut state = story.state;
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            apply(&mut state, &recorded);
        }));
        assert!(result.is_err(), "{recorded:?}");
    }
}

#[test]
#[should_panic(expected = "events are applied in sequence")]
fn an_event_is_applied_in_its_place_alone() {
    let mut story = given();
    let again = story.journal.last().unwrap().clone();
    apply(&mut story.state, &again);
}

/// Fires all that is due at a time, as an engine does that was away until then.
fn awake(mut state: State, now: i64) -> (State, Vec<Event>) {
    let mut told = Vec::new();
    loop {
        let at = Timestamp(now.max(state.recorded_at().0 + 1));
        let Some((deadline, event)) = due(&state, at) else { return (state, told) };
        assert!(told.len() < 1_000, "it ends");
        told.push(event.clone());
        let envelope = Envelope {
            sequence: state.last().next(),
            recorded_at: at,
            occurred_at: Some(deadline),
            actor: domain::PrincipalId::NETWORK,
            key: None,
            trace: None,
            note: None,
        };
        apply(&mut state, &Recorded { envelope, event });
    }
}

#[test]
fn what_was_down_for_any_time_after_any_event_tells_the_same_from_a_snapshot() {
    let story = eventful();
    for at in 0..=story.journal.len() {
        let (before, _) = story.journal.split_at(at);
        for down in [0, 1, 500_000, 1_000_000, 3_600_000_000, 86_400_000_000, 864_000_000_000] {
            let live = replayed(before);
            let now = live.recorded_at().0 + down;
            let read = read(&bytes(&live)).unwrap();
            let ((live, told), (read, told_too)) = (awake(live, now), awake(read, now));
            assert_eq!(told, told_too, "after {at} events and {down} microseconds");
            assert_eq!(rows(&live), rows(&read), "after {at} events and {down} microseconds");
        }
    }
}
