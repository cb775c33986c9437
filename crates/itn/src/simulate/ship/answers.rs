//! What an accepted order changes for a ship, and how long it then waits.

use std::time::Duration;

use serde::Deserialize;

use super::super::orders::Purpose;
use super::{Cargo, Cue, Fate, Ship, Step, Trip};

#[derive(Deserialize)]
struct Booked {
    #[serde(rename = "shipmentId")]
    shipment_id: String,
}

/// Between two steps at a place.
const MOMENT: Duration = Duration::from_millis(400);
/// Between two trips.
const REST: Duration = Duration::from_secs(3);

impl Ship {
    /// Takes the step; when the next is due.
    pub(in super::super) fn accepted(
        &mut self,
        purpose: &Purpose,
        answer: &[u8],
        cue: &mut Cue<'_>,
    ) -> Duration {
        let soon = cue.now + MOMENT;
        let (step, due) = match (self.step.clone(), purpose) {
            (Step::Idle, &Purpose::Buy { good, quantity }) => {
                (Step::Bought(Cargo { good, quantity }), soon)
            }
            (Step::Bought(cargo), &Purpose::Book { to }) => booked(cargo, to, answer, cue),
            (Step::Booked(trip), Purpose::Cancel) => (Step::Holding(trip.cargo), soon),
            (Step::Booked(trip), Purpose::Load) => (Step::Loading(trip), soon + MOMENT),
            (Step::Loading(trip), Purpose::Depart) => self.departed(trip, cue),
            (Step::Flying(mut trip), Purpose::Report) => {
                trip.reports += 1;
                let due = trip.next_due();
                (Step::Flying(trip), due)
            }
            (Step::Flying(_), Purpose::Lose) => (Step::Idle, cue.now + REST * 3),
            (Step::Flying(trip), Purpose::Arrive) => {
                self.at = trip.to;
                (Step::Arrived(trip), soon + MOMENT)
            }
            (Step::Arrived(trip), &Purpose::Count { accepted, rejected }) => {
                (counted(trip, accepted, rejected), soon + MOMENT)
            }
            (Step::Damaged { sound, rejected }, Purpose::Repair) => {
                let quantity = sound.quantity + rejected;
                (Step::Holding(Cargo { quantity, ..sound }), soon)
            }
            (Step::Holding(_), &Purpose::Sell(cargo)) => {
                cue.stock.add(self.at, cargo.good, cargo.quantity);
                (Step::Idle, cue.now + REST)
            }
            // Credits or goods that the step was waiting for: it is tried again.
            (step, _) => (step, soon),
        };
        self.step = step;
        due
    }

    fn departed(&self, mut trip: Trip, cue: &Cue<'_>) -> (Step, Duration) {
        let planned = cue.stage.travel(self.at, trip.to);
        trip.departed = cue.now;
        trip.arrives = cue.now + planned * trip.percent / 100;
        let due = trip.next_due();
        (Step::Flying(trip), due)
    }
}

fn booked(cargo: Cargo, to: usize, answer: &[u8], cue: &mut Cue<'_>) -> (Step, Duration) {
    let Ok(booked) = serde_json::from_slice::<Booked>(answer) else {
        // Not an itn server's answer: the goods stay reserved there, the ship goes on.
        return (Step::Idle, cue.now + REST);
    };
    let fate = Fate::drawn(cue.random);
    let trip = Trip {
        shipment: booked.shipment_id,
        to,
        cargo,
        accepted: 0,
        rejected: 0,
        fate,
        percent: fate.percent(cue.random),
        departed: cue.now,
        flown: Duration::ZERO,
        arrives: cue.now,
        reports: 0,
    };
    (Step::Booked(trip), cue.now + MOMENT)
}

fn counted(mut trip: Trip, accepted: u64, rejected: u64) -> Step {
    trip.accepted += accepted;
    trip.rejected += rejected;
    if trip.outstanding() > 0 {
        return Step::Arrived(trip);
    }
    let sound = Cargo { quantity: trip.accepted, ..trip.cargo };
    if trip.rejected > 0 {
        let rejected = trip.rejected;
        return Step::Damaged { sound, rejected };
    }
    Step::Holding(sound)
}
