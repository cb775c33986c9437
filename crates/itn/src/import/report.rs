//! What an import found, line by line, and what came of it, in numbers.

use std::collections::BTreeMap;
use std::fmt;

use crate::client::LineOutcome;
use crate::console::{counted, grouped};

/// Lines shown one by one; past this they are only counted, so that a file of rubbish does not
/// flood the screen.
const LINES_SHOWN_MAX: usize = 1_000;

/// Which file a line is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Input {
    Stations,
    Observations,
    Navigation,
    Cargo,
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stations => "stations",
            Self::Observations => "observations",
            Self::Navigation => "navigation",
            Self::Cargo => "cargo",
        })
    }
}

/// Why a row was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SkipReason {
    NotJson,
    WrongShape,
    BadTime,
    OutOfRange,
    UnknownStation,
    Repeated,
    Contradicting,
    Outdated,
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotJson => "not JSON",
            Self::WrongShape => "wrong shape",
            Self::BadTime => "bad time",
            Self::OutOfRange => "out of range",
            Self::UnknownStation => "station not in the table of stations",
            Self::Repeated => "repeats an earlier row",
            Self::Contradicting => "contradicts an earlier row of the same time",
            Self::Outdated => "shows an older route than an earlier row",
        })
    }
}

/// What was noticed while reading.
#[derive(Debug, Default)]
pub(super) struct Findings {
    skipped: BTreeMap<(Input, SkipReason), u64>,
    lines: Vec<String>,
    shown_count: usize,
    not_shown_count: u64,
}

impl Findings {
    /// A row is left out.
    pub(super) fn skip(&mut self, input: Input, line: u64, reason: SkipReason, why: &str) {
        *self.skipped.entry((input, reason)).or_default() += 1;
        self.push(format!("{input} line {line}: skipped: {reason}: {why}"));
    }

    /// A row is used, and there is something to know about it.
    pub(super) fn note(&mut self, input: Input, line: u64, what: &str) {
        self.push(format!("{input} line {line}: noted: {what}"));
    }

    /// A command that came from a row was refused by the server.
    pub(super) fn refused(&mut self, input: Input, line: u64, what: &str, why: &str) {
        self.push(format!("{input} line {line}: {what} refused: {why}"));
    }

    fn push(&mut self, line: String) {
        if self.shown_count < LINES_SHOWN_MAX {
            self.shown_count += 1;
            self.lines.push(line);
        } else {
            self.not_shown_count += 1;
        }
    }

    /// Hands over the lines not told yet, in the order found.
    pub(super) fn take_lines(&mut self) -> Vec<String> {
        std::mem::take(&mut self.lines)
    }

    /// The lines of a report on what was left out.
    pub(super) fn write_skipped(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ((input, reason), count) in &self.skipped {
            writeln!(f, "skipped       {} of {input}: {reason}", counted(*count, "row", "rows"))?;
        }
        if self.skipped.is_empty() {
            writeln!(f, "skipped       none")?;
        }
        if self.not_shown_count > 0 {
            let more = grouped(self.not_shown_count);
            writeln!(f, "not shown     {more} more lines like those above")?;
        }
        Ok(())
    }
}

/// What a command does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Effect {
    Station,
    Commodity,
    Trader,
    Vessel,
    /// Credits issued so that a payer can pay, or promise to.
    Credits,
    /// Goods that come from, or go, beyond the record.
    Goods,
    Count,
    Trade,
    Offer,
    Withdrawal,
    Booking,
    Departure,
    Position,
    Estimate,
    Arrival,
    Receipt,
}

impl Effect {
    /// The `type` of its line of bulk.
    pub(super) const fn line_type(self) -> &'static str {
        match self {
            Self::Station => "station",
            Self::Commodity => "commodity",
            Self::Trader => "trader",
            Self::Vessel => "vessel",
            Self::Credits => "credits",
            Self::Goods | Self::Count => "adjustment",
            Self::Trade => "trade",
            Self::Offer => "offer",
            Self::Withdrawal => "offer_withdraw",
            Self::Booking => "shipment",
            Self::Departure | Self::Position | Self::Estimate | Self::Arrival | Self::Receipt => {
                "shipment_event"
            }
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Goods => "goods from or to beyond the record",
            Self::Count => "count",
            Self::Withdrawal => "withdrawal of an offer",
            Self::Booking => "booking",
            Self::Departure => "departure",
            Self::Position => "position",
            Self::Estimate => "estimate",
            Self::Arrival => "arrival",
            Self::Receipt => "receipt",
            Self::Station
            | Self::Commodity
            | Self::Trader
            | Self::Vessel
            | Self::Credits
            | Self::Trade
            | Self::Offer => self.line_type(),
        })
    }
}

/// What came of the commands. Counts of things are of those that stand on the server now, whether
/// this run or an earlier one put them there.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// How many of each, and the credits they were about.
    standing: BTreeMap<Effect, (u64, u64)>,
    commands: u64,
    accepted: u64,
    replayed: u64,
    unchanged: u64,
    held_back: u64,
    refused: BTreeMap<String, u64>,
}

impl Tally {
    /// Takes in what became of one command.
    pub(super) fn take(&mut self, effect: Effect, amount: u64, outcome: &LineOutcome) {
        self.commands += 1;
        match outcome {
            LineOutcome::Accepted { .. } => self.accepted += 1,
            LineOutcome::Replayed { .. } => self.replayed += 1,
            LineOutcome::Unchanged => self.unchanged += 1,
            LineOutcome::Refused(problem) => {
                *self.refused.entry(problem.code.clone()).or_default() += 1;
                return;
            }
        }
        let (count, amounts) = self.standing.entry(effect).or_default();
        *count += 1;
        *amounts += amount;
    }

    /// A command was not sent, as what it needs was refused.
    pub(super) fn hold_back(&mut self) {
        self.commands += 1;
        self.held_back += 1;
    }

    /// How many commands of this kind stand.
    pub(super) fn count(&self, effect: Effect) -> u64 {
        self.standing.get(&effect).map_or(0, |(count, _)| *count)
    }

    /// The credits they were about.
    pub(super) fn amount(&self, effect: Effect) -> u64 {
        self.standing.get(&effect).map_or(0, |(_, amount)| *amount)
    }

    /// How many commands stand.
    pub(super) fn standing_count(&self) -> u64 {
        self.accepted + self.replayed + self.unchanged
    }

    /// How many commands were refused with this code.
    pub(super) fn refused_count(&self, code: &str) -> u64 {
        self.refused.get(code).copied().unwrap_or_default()
    }

    /// Whether the server took all that the rows said.
    pub(super) fn is_complete(&self) -> bool {
        self.refused.is_empty()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "commands      {}: {} accepted, {} replayed, {} unchanged",
            grouped(self.commands),
            grouped(self.accepted),
            grouped(self.replayed),
            grouped(self.unchanged),
        )?;
        let refused: u64 = self.refused.values().sum();
        write!(f, ", {} refused", grouped(refused))?;
        for (code, count) in &self.refused {
            write!(f, "\nrefused       {} {code}", grouped(*count))?;
        }
        if self.held_back > 0 {
            let held_back = grouped(self.held_back);
            write!(f, "\nnot sent      {held_back}, as what they follow was refused")?;
        }
        Ok(())
    }
}
