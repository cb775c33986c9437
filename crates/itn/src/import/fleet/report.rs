//! What came of an import of a fleet's log, in words and numbers.

use std::fmt;

use crate::console::{counted, grouped};

use super::super::report::{Effect, Findings, Tally};

/// What the polls showed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Polls that gave a command; the others repeat.
    pub(super) polls_with_news: u64,
    pub(super) trips: u64,
    /// Trips with nothing in the hold.
    pub(super) empty_trips: u64,
    /// Routes that end where they begin.
    pub(super) stays: u64,
    /// Trips whose arrival is not in the log.
    pub(super) under_way: u64,
}

/// The report at the end.
#[derive(Debug)]
pub(crate) struct FleetReport {
    pub(super) polls_read: u64,
    pub(super) cargo_rows_read: u64,
    pub(super) seen: Seen,
    pub(super) findings: Findings,
    pub(super) tally: Tally,
}

impl FleetReport {
    /// Whether the server took all that the rows said.
    pub(crate) fn is_complete(&self) -> bool {
        self.tally.is_complete()
    }
}

impl fmt::Display for FleetReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |effect| grouped(self.tally.count(effect));
        let (polls, cargo_rows) = (grouped(self.polls_read), grouped(self.cargo_rows_read));
        writeln!(f, "read          {polls} polls, {cargo_rows} rows of cargo")?;
        self.findings.write_skipped(f)?;
        let Seen { polls_with_news, trips, empty_trips, stays, under_way } = self.seen;
        writeln!(
            f,
            "news          in {} of the polls, the others repeat",
            grouped(polls_with_news)
        )?;
        writeln!(f, "stations      {}", count(Effect::Station))?;
        writeln!(f, "commodities   {}", count(Effect::Commodity))?;
        writeln!(f, "vessels       {}", count(Effect::Vessel))?;
        let trips = counted(trips, "trip", "trips");
        write!(f, "shipments     {} of {trips}", count(Effect::Booking))?;
        writeln!(f, ", {} with an empty hold", grouped(empty_trips))?;
        let stays = counted(stays, "route", "routes");
        writeln!(f, "no shipment   for {stays} that ended where they began")?;
        let (departed, arrived) = (count(Effect::Departure), count(Effect::Arrival));
        write!(f, "reports       {departed} departures, {} positions", count(Effect::Position))?;
        writeln!(f, ", {} estimates, {arrived} arrivals", count(Effect::Estimate))?;
        writeln!(f, "under way     {} when the log ends", grouped(under_way))?;
        writeln!(f, "holds         {} changes of stock", count(Effect::Goods))?;
        write!(f, "{}", self.tally)
    }
}
