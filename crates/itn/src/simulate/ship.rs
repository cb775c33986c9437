//! A ship's life: buy, book, load, depart, report, arrive, count, sell, and again.
//!
//! A step says what the ship does next; it is left when the order it gave is accepted. Nothing here
//! sends anything: orders and answers come and go by value.

use std::time::Duration;

use super::stage::Stage;
use super::world::Stock;
use crate::client::NetworkClock;
use crate::random::Random;

mod answers;
pub(super) mod requests;

/// A ship and what it does next.
#[derive(Debug)]
pub(super) struct Ship {
    /// The trader it trades as.
    pub(super) trader: String,
    /// Who flies it.
    pub(super) carrier: String,
    /// The vessel it is on the server.
    pub(super) vessel: String,
    /// The place it is at, or came from.
    pub(super) at: usize,
    pub(super) step: Step,
}

/// What a ship does next.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// Look for something to buy here.
    Idle,
    /// Book what was bought.
    Bought(Cargo),
    /// Begin to load, or cancel.
    Booked(Trip),
    /// Depart.
    Loading(Trip),
    /// Report on the way, and arrive.
    Flying(Trip),
    /// Count, and count again if something is outstanding.
    Arrived(Trip),
    /// Make good what was rejected.
    Damaged { sound: Cargo, rejected: u64 },
    /// Sell to the place here.
    Holding(Cargo),
}

/// So many units of a good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cargo {
    pub(super) good: usize,
    pub(super) quantity: u64,
}

/// A shipment and how it will go.
#[derive(Debug, Clone)]
pub(super) struct Trip {
    pub(super) shipment: String,
    pub(super) to: usize,
    pub(super) cargo: Cargo,
    /// Units counted so far.
    pub(super) accepted: u64,
    pub(super) rejected: u64,
    pub(super) fate: Fate,
    /// The way's true time, in hundredths of the plan's.
    pub(super) percent: u32,
    pub(super) departed: Duration,
    /// How long it was under way before that: a run may begin in the middle of a trip.
    pub(super) flown: Duration,
    pub(super) arrives: Duration,
    /// Reports made on the way.
    pub(super) reports: u32,
}

/// How a trip will go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    OnTime,
    /// Late, and says so on the way.
    Late,
    /// Late, and says nothing.
    Silent,
    Lost,
    Cancelled,
}

impl Fate {
    /// Most trips go well.
    pub(super) fn drawn(random: &mut Random) -> Self {
        match random.below(100) {
            0..12 => Self::Late,
            12..15 => Self::Silent,
            15 => Self::Lost,
            16 | 17 => Self::Cancelled,
            _ => Self::OnTime,
        }
    }

    /// How long the way takes, in hundredths of the plan.
    pub(super) fn percent(self, random: &mut Random) -> u32 {
        let (low, high) = match self {
            Self::Late => (130, u64::from(LATE_MAX)),
            Self::Silent => (140, 180),
            Self::OnTime | Self::Lost | Self::Cancelled => (85, u64::from(ON_TIME_MAX)),
        };
        u32::try_from(random.between(low, high)).unwrap_or(100)
    }
}

/// What a ship sees when it is its turn.
pub(super) struct Cue<'a> {
    pub(super) stage: &'a Stage,
    pub(super) clock: &'a NetworkClock,
    pub(super) random: &'a mut Random,
    pub(super) stock: &'a mut Stock,
    /// Our time since the start of the run.
    pub(super) now: Duration,
}

/// A late ship takes so much of its plan, in hundredths, at most.
pub(super) const LATE_MAX: u32 = 220;
/// A ship that is on time has a little to spare, or a slow moment would make it overdue.
pub(super) const ON_TIME_MAX: u32 = 95;
/// Reports on the way, evenly spread.
pub(super) const REPORTS: u32 = 3;

impl Trip {
    /// When the next report, or the arrival, is due.
    pub(super) fn next_due(&self) -> Duration {
        if self.reports >= REPORTS {
            return self.arrives;
        }
        let due = self.departed + self.whole() * (self.reports + 1) / (REPORTS + 1);
        due.saturating_sub(self.flown)
    }

    /// How long the whole way takes.
    fn whole(&self) -> Duration {
        self.arrives.saturating_sub(self.departed) + self.flown
    }

    /// The part of the way that is behind it.
    fn part(&self, now: Duration) -> f64 {
        let behind = now.saturating_sub(self.departed) + self.flown;
        behind.as_secs_f64() / self.whole().as_secs_f64().max(0.001)
    }

    /// Units not yet counted.
    fn outstanding(&self) -> u64 {
        self.cargo.quantity.saturating_sub(self.accepted + self.rejected)
    }
}

impl Ship {
    /// A ship with nothing aboard.
    pub(super) fn new(trader: String, carrier: String, vessel: String, at: usize) -> Self {
        Self { trader, carrier, vessel, at, step: Step::Idle }
    }
}
