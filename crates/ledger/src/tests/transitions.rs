//! Which report each status allows: every status, every report, and what follows.

use domain::{ShipmentAction, ShipmentStatus};

use super::asks::{arrived, book, cancelled, departed, estimated, loaded, lost, received, seen};
use super::story::{Story, given};

const STATUSES: [ShipmentStatus; 8] = [
    ShipmentStatus::Booked,
    ShipmentStatus::Loading,
    ShipmentStatus::InTransit,
    ShipmentStatus::Arrived,
    ShipmentStatus::PartiallyReceived,
    ShipmentStatus::Received,
    ShipmentStatus::Cancelled,
    ShipmentStatus::Lost,
];

/// A shipment of ten that has come to the status.
fn shipment(status: ShipmentStatus) -> Story {
    let story =
        given().stock("ceres belt ice", 10).check(book().line("ice", 10), "shipment.booked");
    let under_way = |story: Story| story.report(departed(), "shipment.departed");
    let there = |story| under_way(story).report(arrived(), "shipment.arrived");
    let counted =
        |story, count| there(story).report(received(&[("ice", count, 0)]), "shipment.received");
    match status {
        ShipmentStatus::Booked => story,
        ShipmentStatus::Loading => story.report(loaded(), "shipment.loaded"),
        ShipmentStatus::InTransit => under_way(story),
        ShipmentStatus::Arrived => there(story),
        ShipmentStatus::PartiallyReceived => counted(story, 4),
        ShipmentStatus::Received => counted(story, 10),
        ShipmentStatus::Cancelled => story.report(cancelled(), "shipment.cancelled"),
        ShipmentStatus::Lost => under_way(story).report(lost(), "shipment.lost"),
    }
}

/// What the report makes of each status, in the order of [`STATUSES`]: the next one, `-` if it is
/// refused, `?` if the shipment is no longer known.
fn table() -> [(ShipmentAction, &'static str, [&'static str; 8]); 8] {
    let all = received(&[("ice", 6, 0)]);
    [
        (loaded(), "Loaded", ["Loading", "-", "-", "-", "-", "?", "?", "?"]),
        (departed(), "Departed", ["InTransit", "InTransit", "-", "-", "-", "?", "?", "?"]),
        (seen(), "Position", ["-", "-", "InTransit", "-", "-", "?", "?", "?"]),
        (
            estimated(30_000),
            "Estimated",
            ["Booked", "Loading", "InTransit", "-", "-", "?", "?", "?"],
        ),
        (arrived(), "Arrived", ["-", "-", "Arrived", "-", "-", "?", "?", "?"]),
        (all, "Received", ["-", "-", "-", "PartiallyReceived", "ended", "?", "?", "?"]),
        (lost(), "Lost", ["-", "-", "ended", "ended", "ended", "?", "?", "?"]),
        (cancelled(), "Cancelled", ["ended", "ended", "-", "-", "-", "?", "?", "?"]),
    ]
}

#[test]
fn every_report_of_every_status() {
    for (action, report, outcomes) in table() {
        for (status, outcome) in STATUSES.into_iter().zip(outcomes) {
            let story = shipment(status);
            let id = story.booked();
            let expected = match outcome {
                "-" => format!("invalid_transition {status:?} to {report}"),
                "?" => format!("unknown_shipment {}", id.0),
                _ => format!("shipment.{}", report.to_lowercase()),
            };
            let after = story.report(action.clone(), &expected);
            let status_after = after
                .shipment()
                .map_or("ended".to_owned(), |shipment| format!("{:?}", shipment.status));
            let stays = format!("{status:?}");
            match outcome {
                "-" => assert_eq!(status_after, stays),
                "?" => assert_eq!(status_after, "ended"),
                next => assert_eq!(status_after, next, "{status:?} to {report}"),
            }
        }
    }
}

#[test]
fn nothing_follows_the_end_and_the_end_alone_leaves_memory() {
    for status in STATUSES {
        let story = shipment(status);
        assert_eq!(story.shipment().is_none(), status.is_terminal(), "{status:?}");
        assert_eq!(story.state.shipments.len(), usize::from(!status.is_terminal()));
    }
}
