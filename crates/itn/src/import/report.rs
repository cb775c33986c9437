//! What an import found, line by line, and what came of it, in numbers.

use std::collections::BTreeMap;
use std::fmt;

use crate::client::bulk::LineOutcome;
use crate::console::{counted, grouped};

/// Lines shown one by one; past this they are only counted, so that a file of rubbish does not
/// flood the screen.
const LINES_SHOWN_MAX: usize = 1_000;

/// Which file a line is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Input {
    Stations,
    Observations,
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stations => "stations",
            Self::Observations => "observations",
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
        })
    }
}

/// What was noticed while reading.
#[derive(Debug, Default)]
pub(super) struct Findings {
    skipped: BTreeMap<(Input, SkipReason), u64>,
    lines: Vec<String>,
    lines_not_shown: u64,
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
        if self.lines.len() < LINES_SHOWN_MAX {
            self.lines.push(line);
        } else {
            self.lines_not_shown += 1;
        }
    }

    /// Hands over the lines not told yet, in the order found.
    pub(super) fn take_lines(&mut self) -> Vec<String> {
        std::mem::take(&mut self.lines)
    }
}

/// What a command does, for the tally.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Effect {
    Station,
    Commodity,
    Trader,
    /// Credits issued so that a payer can pay.
    Credits(u64),
    /// Goods that come from, or go, beyond the record.
    Goods,
    Count,
    /// A trade and its value in credits.
    Trade(u64),
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Station => "station",
            Self::Commodity => "commodity",
            Self::Trader => "trader",
            Self::Credits(_) => "credits",
            Self::Goods => "goods from or to beyond the record",
            Self::Count => "count",
            Self::Trade(_) => "trade",
        })
    }
}

/// What came of an import. Counts of things are of those that stand on the server now, whether
/// this run or an earlier one put them there.
#[derive(Debug, Default)]
pub(crate) struct MarketReport {
    pub(super) observations_read: u64,
    pub(super) findings: Findings,
    pub(super) stations: u64,
    pub(super) commodities: u64,
    pub(super) counts: u64,
    pub(super) trades: u64,
    pub(super) trade_value: u64,
    pub(super) credits_issued: u64,
    pub(super) commands: u64,
    pub(super) accepted: u64,
    pub(super) replayed: u64,
    pub(super) unchanged: u64,
    pub(super) refused: BTreeMap<String, u64>,
}

impl MarketReport {
    /// Whether the server took all that the rows said.
    pub(crate) fn is_complete(&self) -> bool {
        self.refused.is_empty()
    }

    /// Takes in what became of one command.
    pub(super) fn tally(&mut self, effect: Effect, outcome: &LineOutcome) {
        self.commands += 1;
        match outcome {
            LineOutcome::Accepted => self.accepted += 1,
            LineOutcome::Replayed => self.replayed += 1,
            LineOutcome::Unchanged => self.unchanged += 1,
            LineOutcome::Refused { code, .. } => {
                *self.refused.entry(code.clone()).or_default() += 1;
                return;
            }
        }
        match effect {
            Effect::Station => self.stations += 1,
            Effect::Commodity => self.commodities += 1,
            Effect::Trader | Effect::Goods => {}
            Effect::Credits(amount) => self.credits_issued += amount,
            Effect::Count => self.counts += 1,
            Effect::Trade(value) => {
                self.trades += 1;
                self.trade_value += value;
            }
        }
    }
}

impl fmt::Display for MarketReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let read = grouped(self.observations_read);
        writeln!(f, "read          {read} observations")?;
        for ((input, reason), count) in &self.findings.skipped {
            writeln!(f, "skipped       {} of {input}: {reason}", counted(*count, "row", "rows"))?;
        }
        if self.findings.skipped.is_empty() {
            writeln!(f, "skipped       none")?;
        }
        if self.findings.lines_not_shown > 0 {
            let more = grouped(self.findings.lines_not_shown);
            writeln!(f, "not shown     {more} more lines like those above")?;
        }
        writeln!(f, "stations      {}", grouped(self.stations))?;
        writeln!(f, "commodities   {}", grouped(self.commodities))?;
        writeln!(f, "stock counts  {}", grouped(self.counts))?;
        let (trades, value) = (grouped(self.trades), grouped(self.trade_value));
        writeln!(f, "trades        {trades}, worth {value} credits")?;
        let issued = grouped(self.credits_issued);
        writeln!(f, "issued        {issued} credits, so that every payer could pay")?;
        write!(
            f,
            "commands      {}: {} accepted, {} replayed, {} unchanged",
            grouped(self.commands),
            grouped(self.accepted),
            grouped(self.replayed),
            grouped(self.unchanged),
        )?;
        let refused: u64 = self.refused.values().sum();
        writeln!(f, ", {} refused", grouped(refused))?;
        for (code, count) in &self.refused {
            writeln!(f, "refused       {} {code}", grouped(*count))?;
        }
        if self.refused.contains_key("count_stale") {
            writeln!(
                f,
                "              count_stale: the server holds other stock there than these files \
                 say; what is there was left as it is"
            )?;
        }
        write!(
            f,
            "not kept yet  asking and paying prices as such: they become offers in a later version"
        )
    }
}
