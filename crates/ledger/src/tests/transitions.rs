//! Which report each status takes: the table of docs/shipments.md, cell by cell.

use domain::{ShipmentAction, ShipmentActionKind, ShipmentStatus};

use super::asks::{
    arrived, book, cancelled, departed, estimated, loaded, lost, name, received, seen,
};
use super::asks_cargo::{held, lost_of, recovered, released, returned};
use super::story::{Story, given};
use crate::cargo::{Step, step};

const TABLE: &str = include_str!("../../../../docs/shipments.md");

/// Those that the ledger knows shipments of, in the order of the table.
const STATUSES: [(&str, ShipmentStatus); 6] = [
    ("booked", ShipmentStatus::Booked),
    ("loading", ShipmentStatus::Loading),
    ("in_transit", ShipmentStatus::InTransit),
    ("arrived", ShipmentStatus::Arrived),
    ("partially_received", ShipmentStatus::PartiallyReceived),
    ("lost", ShipmentStatus::Lost),
];

/// Every report, in the order of the table, and the status that it leads to; `-` where it stays.
fn reports() -> [(&'static str, ShipmentAction, &'static str); 12] {
    [
        ("loaded", loaded(), "Loading"),
        ("departed", departed(), "InTransit"),
        ("position", seen(), "-"),
        ("estimated", estimated(30_000), "-"),
        ("arrived", arrived(), "Arrived"),
        ("received", received(&[("ice", 1, 0)]), "PartiallyReceived"),
        ("lost", lost(), "Lost"),
        ("found", recovered(), "-"),
        ("returned", returned(), "ended"),
        ("cancelled", cancelled(), "ended"),
        ("held", held("Customs"), "-"),
        ("released", released(), "-"),
    ]
}

/// The cells of the table, row by row, its head first.
fn table() -> Vec<Vec<&'static str>> {
    let rows = TABLE.lines().skip_while(|line| !line.starts_with("| Status |"));
    let rows = rows.take_while(|line| line.starts_with('|'));
    let cells = |line: &'static str| line.trim_matches('|').split('|').map(str::trim).collect();
    rows.filter(|line| !line.starts_with("|---")).map(cells).collect()
}

/// A shipment of ten that has come to the status; of those under way, two are lost.
fn shipment(status: ShipmentStatus) -> Story {
    let story =
        given().stock("ceres belt ice", 10).check(book().line("ice", 10), "shipment.booked");
    let under_way = |story: Story| {
        story
            .report(departed(), "shipment.departed")
            .report(lost_of(&[("ice", 2)]), "shipment.lost")
    };
    let there = |story| under_way(story).report(arrived(), "shipment.arrived");
    match status {
        ShipmentStatus::Booked => story,
        ShipmentStatus::Loading => story.report(loaded(), "shipment.loaded"),
        ShipmentStatus::InTransit => under_way(story),
        ShipmentStatus::Arrived => there(story),
        ShipmentStatus::PartiallyReceived => {
            there(story).report(received(&[("ice", 4, 0)]), "shipment.received")
        }
        ShipmentStatus::Lost => under_way(story).report(lost(), "shipment.lost"),
        ended => panic!("{ended:?} has left memory"),
    }
}

fn status(story: &Story) -> String {
    story.shipment().map_or("ended".to_owned(), |shipment| format!("{:?}", shipment.status))
}

#[test]
fn the_table_of_the_docs_names_every_status_and_every_report() {
    let table = table();
    let reports = reports().map(|(report, ..)| report);
    assert_eq!(table[0], [&["Status"], &reports[..]].concat());
    let statuses = table[1..].iter().map(|row| row[0]).collect::<Vec<_>>();
    assert_eq!(statuses, STATUSES.map(|(status, _)| status));
    let ended = [ShipmentStatus::Received, ShipmentStatus::Cancelled, ShipmentStatus::Returned];
    for (_, action, _) in super::transitions::reports() {
        for status in ended {
            assert_eq!(step(status, action.kind()), Step::No);
        }
    }
}

#[test]
fn every_report_of_every_status_is_what_the_docs_say() {
    for (row, (_, from)) in table()[1..].iter().zip(STATUSES) {
        for (cell, (report, action, to)) in row[1..].iter().zip(reports()) {
            let expected = match *cell {
                "yes" => Step::Yes,
                "repeat" => Step::Repeat,
                "late" => Step::Late,
                "no" => Step::No,
                other => panic!("{other:?} in the row of {from:?}"),
            };
            assert_eq!(step(from, action.kind()), expected, "{from:?} and {report}");
            check(expected, from, report, &action, to);
        }
    }
}

fn check(expected: Step, from: ShipmentStatus, report: &str, action: &ShipmentAction, to: &str) {
    let kind = action.kind();
    let fresh = || match kind {
        ShipmentActionKind::Released if expected == Step::Yes => {
            shipment(from).report(held("Customs"), "shipment.held")
        }
        _ => shipment(from),
    };
    let taken = format!("shipment.{report}");
    let refused = format!("invalid_transition {from:?} to {kind:?}");
    let stays = format!("{from:?}");
    match expected {
        Step::Yes => {
            let after = fresh().report(action.clone(), &taken);
            let next = match (from, kind) {
                // It is on its way again; or some of it was counted, and that is the end.
                (ShipmentStatus::Lost, ShipmentActionKind::Found) => "InTransit",
                (ShipmentStatus::PartiallyReceived, ShipmentActionKind::Lost) => "ended",
                _ if to == "-" => &stays,
                _ => to,
            };
            assert_eq!(status(&after), next, "{from:?} and {report}");
        }
        Step::No => {
            let after = fresh().report(action.clone(), &refused);
            assert_eq!(status(&after), stays);
            after.said(1).report(action.clone(), &refused);
        }
        Step::Repeat => {
            let story = fresh();
            let known = {
                let open = story.state.shipment(story.booked()).unwrap();
                match kind {
                    ShipmentActionKind::Loaded => open.loaded_at,
                    ShipmentActionKind::Departed => open.shipment.actual_departure,
                    _ => open.shipment.actual_arrival,
                }
            };
            let known = known.unwrap().0;
            story
                .report(action.clone(), "nothing")
                .said(known)
                .report(action.clone(), "nothing")
                .said(known + 1)
                .report(action.clone(), &refused)
                .said(known - 1)
                .report(action.clone(), &refused);
        }
        Step::Late => {
            let story = fresh();
            let arrival = story.shipment().unwrap().actual_arrival.unwrap().0;
            let after = story
                .report(action.clone(), &refused)
                .said(arrival)
                .report(action.clone(), &refused)
                .said(arrival - 1)
                .report(action.clone(), &taken);
            assert_eq!(status(&after), stays);
        }
    }
}

#[test]
fn what_has_ended_is_known_no_more_unless_it_is_lost() {
    let there = || shipment(ShipmentStatus::Arrived);
    let ended = [
        there().report(received(&[("ice", 8, 0)]), "shipment.received"),
        there().report(returned(), "shipment.returned"),
        shipment(ShipmentStatus::Booked).report(cancelled(), "shipment.cancelled"),
    ];
    for mut story in ended {
        assert!(story.shipment().is_none());
        let unknown = format!("unknown_shipment {}", story.booked().0);
        for (_, action, _) in reports() {
            story = story.report(action, &unknown);
        }
    }
    assert!(shipment(ShipmentStatus::Lost).shipment().is_some());
}

#[test]
fn an_older_position_or_estimate_is_taken_and_replaces_nothing() {
    let story = shipment(ShipmentStatus::InTransit)
        .at(1_000)
        .said(900)
        .report(seen(), "shipment.position")
        .said(900)
        .report(estimated(25_000), "shipment.estimated");
    let known = story.shipment().unwrap().clone();
    let elsewhere = ShipmentAction::Position(domain::Position { x: 9, y: 9, z: 9 });
    let story = story
        .said(899)
        .report(elsewhere.clone(), "shipment.position")
        .said(899)
        .report(estimated(19_000), "shipment.estimated");
    let after = story.shipment().unwrap();
    assert_eq!(after.position, known.position);
    assert_eq!(after.estimated_arrival, known.estimated_arrival);
    assert_eq!(after.delayed, known.delayed);
    // A newer one does.
    let story = story.said(901).report(elsewhere, "shipment.position");
    assert_ne!(story.shipment().unwrap().position, known.position);
}

#[test]
fn what_was_said_already_is_a_repeat_and_makes_no_event() {
    let story = shipment(ShipmentStatus::InTransit)
        .at(1_000)
        .said(900)
        .report(seen(), "shipment.position")
        .said(900)
        .report(seen(), "nothing")
        .said(901)
        .report(seen(), "shipment.position")
        // Without a time it is seen now.
        .report(seen(), "shipment.position")
        .said(900)
        .report(estimated(25_000), "shipment.estimated")
        .said(900)
        .report(estimated(25_000), "nothing")
        .said(900)
        .report(estimated(24_000), "shipment.estimated")
        .report(held("Customs"), "shipment.held")
        .report(held("Customs"), "nothing")
        .report(held("Papers"), "shipment.held")
        .report(released(), "shipment.released")
        .report(released(), "nothing");
    assert_eq!(story.shipment().unwrap().estimated_arrival.unwrap().0, 24_000);
}

#[test]
fn nothing_arrives_before_it_has_left() {
    let booked = shipment(ShipmentStatus::Booked)
        .report(arrived(), "invalid_transition Booked to Arrived")
        .at(1_000)
        .said(900)
        .report(departed(), "shipment.departed");
    let before = "invalid_transition InTransit to Arrived before 900";
    let story =
        booked.said(899).report(arrived(), before).said(900).report(arrived(), "shipment.arrived");
    assert_eq!(story.shipment().unwrap().actual_arrival.unwrap().0, 900);
    let belt = story.state.trader(&name("belt"));
    assert_eq!(Some(story.shipment().unwrap().route.owner), belt);
}

#[test]
fn a_late_report_of_the_way_is_of_the_timeline_alone() {
    for status in [ShipmentStatus::Arrived, ShipmentStatus::PartiallyReceived] {
        let story = shipment(status);
        let known = story.shipment().unwrap().clone();
        let at = known.actual_arrival.unwrap().0 - 1;
        let story = story
            .said(at)
            .report(seen(), "shipment.position")
            .said(at)
            .report(estimated(90_000), "shipment.estimated");
        let after = story.shipment().unwrap();
        assert_eq!((after.position, after.estimated_arrival), (None, None));
        assert_eq!((after.delayed, after.status), (known.delayed, known.status));
        assert_eq!(after.event_count, known.event_count + 2);
    }
}
