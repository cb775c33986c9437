//! The answer of bulk: a line for each line, in order.

use std::io::Write;

use domain::{Action, Command, Identifier, Sequence, ShipmentId, TransactionId};
use engine::{Accepted, Answer};
use views::State;

use super::Parsed;
use crate::commands::form;
use crate::gateway::App;
use crate::problem::{Code, Form, Problem};

/// What a line of the answer takes, about.
const RESULT_BYTES_USUAL: usize = 80;

/// Which lines are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Show {
    /// All of them.
    All,
    /// Those that failed, and then how many there were of each kind.
    Failures,
}

/// What is kept of a command for its answer.
pub(crate) struct Asked {
    form: Form,
    id: AskedId,
}

enum AskedId {
    /// Its event's sequence is its identifier.
    Trade,
    /// Its event's sequence is its identifier.
    Booking,
    Shipment(ShipmentId),
    Named(Identifier),
    /// No line makes such a command.
    None,
}

impl Asked {
    pub(crate) fn of(command: &Command) -> Self {
        let id = match &command.action {
            Action::Trade(_) => AskedId::Trade,
            Action::BookShipment(_) => AskedId::Booking,
            Action::ReportShipment { shipment, .. } => AskedId::Shipment(*shipment),
            Action::PutStation(put) => AskedId::Named(put.id.clone()),
            Action::PutCommodity(put) => AskedId::Named(put.id.clone()),
            Action::PutTrader(put) => AskedId::Named(put.id.clone()),
            Action::ChangeCredits { trader, .. } => AskedId::Named(trader.clone()),
            Action::Adjust(adjustment) => AskedId::Named(adjustment.station.clone()),
            Action::CreateNetwork(_) | Action::CreateKey(_) | Action::RevokeKey(_) => AskedId::None,
        };
        Self { form: form(&command.action), id }
    }
}

#[derive(Default)]
struct Counts {
    accepted: usize,
    replayed: usize,
    unchanged: usize,
    failed: usize,
}

/// The body of the answer.
pub(crate) fn results(
    app: &App,
    asked: &[Asked],
    answers: Vec<Answer>,
    parsed: Parsed,
    show: Show,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(match show {
        Show::All => parsed.line_count * RESULT_BYTES_USUAL,
        Show::Failures => parsed.refused.len() * RESULT_BYTES_USUAL,
    });
    let mut counts = Counts::default();
    let mut refused = parsed.refused.into_iter().peekable();
    let mut decided = asked.iter().zip(answers);
    for line in 1..=parsed.line_count {
        if let Some((_, problem)) = refused.next_if(|(at, _)| *at == line) {
            counts.failed += 1;
            problem.write_line(line, &mut out);
        } else if let Some((asked, answer)) = decided.next() {
            let mut result = Result { app, line, asked, out: &mut out, show };
            result.write(&answer, &mut counts);
        }
    }
    if show == Show::Failures {
        let Counts { accepted, replayed, unchanged, failed } = counts;
        // Writing to memory does not fail.
        let _ = writeln!(
            out,
            "{{\"lines\":{},\"accepted\":{accepted},\"replayed\":{replayed},\
             \"unchanged\":{unchanged},\"failed\":{failed}}}",
            parsed.line_count
        );
    }
    out
}

/// One line of the answer.
struct Result<'a> {
    app: &'a App,
    line: usize,
    asked: &'a Asked,
    out: &'a mut Vec<u8>,
    show: Show,
}

impl Result<'_> {
    fn write(&mut self, answer: &Answer, counts: &mut Counts) {
        match answer {
            Answer::Accepted(accepted) => {
                counts.accepted += 1;
                self.done(first(accepted), false);
            }
            Answer::Replayed(first) => {
                counts.replayed += 1;
                self.done(*first, true);
            }
            Answer::Unchanged => {
                counts.unchanged += 1;
                self.unchanged();
            }
            Answer::Rejected(rejection) => {
                let form = self.asked.form;
                let problem =
                    self.app.render(|render| Problem::rejected(rejection, form, render.state));
                let problem = problem.unwrap_or_else(|recovering| recovering).in_bulk(form);
                self.failed(&problem, counts);
            }
            Answer::KeyReused => self.failed(&Problem::plain(Code::KeyReused), counts),
            Answer::Failed => self.failed(&Problem::plain(Code::Internal), counts),
        }
    }

    fn failed(&mut self, problem: &Problem, counts: &mut Counts) {
        counts.failed += 1;
        problem.write_line(self.line, self.out);
    }

    fn done(&mut self, sequence: Sequence, replayed: bool) {
        if self.show == Show::Failures {
            return;
        }
        let (line, status, out) = (self.line, self.status(sequence), &mut *self.out);
        // Writing to memory does not fail; identifiers need no escaping.
        let _ = write!(out, "{{\"line\":{line},\"status\":{status}");
        let _ = match &self.asked.id {
            AskedId::Trade => write!(out, ",\"id\":\"{}\"", TransactionId(sequence)),
            AskedId::Booking => write!(out, ",\"id\":\"{}\"", ShipmentId(sequence)),
            AskedId::Shipment(shipment) => write!(out, ",\"id\":\"{shipment}\""),
            AskedId::Named(name) => write!(out, ",\"id\":\"{name}\""),
            AskedId::None => Ok(()),
        };
        let _ = write!(out, ",\"sequence\":{sequence}");
        out.extend_from_slice(if replayed { b",\"replayed\":true}\n" } else { b"}\n" });
    }

    fn unchanged(&mut self) {
        if self.show == Show::Failures {
            return;
        }
        let _ = write!(self.out, "{{\"line\":{},\"status\":200", self.line);
        if let AskedId::Named(name) = &self.asked.id {
            let _ = write!(self.out, ",\"id\":\"{name}\"");
        }
        self.out.extend_from_slice(b"}\n");
    }

    /// The status of the single request: what is replaced is not created.
    fn status(&self, sequence: Sequence) -> u16 {
        let AskedId::Named(name) = &self.asked.id else {
            return 201;
        };
        let created: fn(&State, &str) -> Option<Sequence> = match self.asked.form {
            Form::Station => |state, name| Some(state.station(state.station_id(name)?)?.created),
            Form::Commodity => {
                |state, name| Some(state.commodity(state.commodity_id(name)?)?.created)
            }
            Form::Trader => |state, name| Some(state.trader(state.trader_id(name)?)?.created),
            Form::Trade
            | Form::Adjustment
            | Form::Booking
            | Form::Report
            | Form::Credits
            | Form::Key
            | Form::KeyRevocation => return 201,
        };
        let created = self.app.render(|render| created(render.state, name.as_str()));
        if created.is_ok_and(|created| created == Some(sequence)) { 201 } else { 200 }
    }
}

fn first(accepted: &Accepted) -> Sequence {
    accepted.events().first().map_or(Sequence::ZERO, |recorded| recorded.envelope.sequence)
}
