//! The answer of bulk: a line for each line, in order.

use std::io::Write;

use domain::{
    Action, Command, Identifier, OfferId, Recorded, Rejection, Scope, Sequence, ShipmentActionKind,
    ShipmentId, TransactionId,
};
use engine::{Accepted, Answer};
use views::State;

use super::Parsed;
use crate::auth::Caller;
use crate::commands::{Named, ended, form, report_kind};
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
    /// What it reports, if it is of a shipment.
    report: Option<ShipmentActionKind>,
}

enum AskedId {
    /// Its event's sequence is its identifier.
    Trade,
    /// Its event's sequence is its identifier.
    Booking,
    Shipment(ShipmentId),
    Named(Identifier),
    /// Its event's sequence is its identifier.
    Posting,
    Offer(OfferId),
    /// It is about a trade that may be over.
    Past(TransactionId),
    /// It makes nothing that has an identifier.
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
            Action::PutVessel(put) => AskedId::Named(put.id.clone()),
            Action::PutAlertRule(put) => AskedId::Named(put.id.clone()),
            Action::ChangeCredits { trader, .. } => AskedId::Named(trader.clone()),
            Action::Adjust(adjustment) => AskedId::Named(adjustment.station.clone()),
            Action::PostOffer(post) if !post.quantity.is_zero() => AskedId::Posting,
            Action::WithdrawOffer(offer) => AskedId::Offer(*offer),
            Action::SettleTrade(settlement) => AskedId::Past(settlement.trade),
            Action::VoidTrade { trade, .. } | Action::ReverseTrade { trade, .. } => {
                AskedId::Past(*trade)
            }
            Action::PostOffer(_)
            | Action::Transfer(_)
            | Action::CreateNetwork(_)
            | Action::CreateKey(_)
            | Action::RevokeKey(_)
            | Action::RotateKey(_)
            | Action::GrantToken(_)
            | Action::DeleteAlertRule(_)
            | Action::AcknowledgeAlert(_) => AskedId::None,
        };
        let is_withdrawal =
            matches!(&command.action, Action::PostOffer(post) if post.quantity.is_zero());
        let form = if is_withdrawal { Form::OfferWithdrawal } else { form(&command.action) };
        Self { form, id, report: report_kind(&command.action) }
    }

    /// Whether the command needs to know of a trade that may be over.
    pub(crate) fn is_of_past(&self) -> bool {
        matches!(self.id, AskedId::Past(_))
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
    caller: &Caller,
    asked: &[Asked],
    answers: Vec<Answer>,
    parsed: Parsed,
    (show, is_dry_run): (Show, bool),
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
            app.meters().line_problems.count(problem.code());
            problem.write_line(line, &mut out);
        } else if let Some((asked, answer)) = decided.next() {
            let mut result = Result { app, caller, line, asked, out: &mut out, show, is_dry_run };
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
    caller: &'a Caller,
    line: usize,
    asked: &'a Asked,
    out: &'a mut Vec<u8>,
    show: Show,
    is_dry_run: bool,
}

impl Result<'_> {
    fn write(&mut self, answer: &Answer, counts: &mut Counts) {
        match answer {
            Answer::Accepted(accepted) => {
                counts.accepted += 1;
                self.done(first(accepted), false);
            }
            Answer::WouldAccept(events) => {
                counts.accepted += 1;
                self.rehearsed(events);
            }
            Answer::Replayed(_) if self.is_dry_run => {
                counts.replayed += 1;
                self.rehearsed(&[]);
            }
            Answer::Unchanged if self.is_dry_run => {
                counts.unchanged += 1;
                self.rehearsed(&[]);
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
                let problem = self.refused(rejection).in_bulk(self.asked.form);
                self.failed(&problem, counts);
            }
            Answer::KeyReused => self.failed(&Problem::plain(Code::KeyReused), counts),
            Answer::Failed => self.failed(&Problem::plain(Code::Internal), counts),
        }
    }

    fn refused(&self, rejection: &Rejection) -> Problem {
        let instead = match (rejection, self.asked.report) {
            (Rejection::UnknownShipment { shipment }, Some(report)) => {
                self.ended(*shipment, report)
            }
            (Rejection::NotPermitted { .. }, _) => self.unseen(),
            _ => None,
        };
        let rejection = instead.as_ref().unwrap_or(rejection);
        let (form, scope) = (self.asked.form, self.caller.scope());
        let problem = self.app.render(|render| {
            Problem::rejected(rejection, form, render.state).shown_to(scope, render.state)
        });
        problem.unwrap_or_else(|recovering| recovering)
    }

    /// As a single report would be refused; where that cannot be found out, the shipment is unknown.
    fn ended(&self, shipment: ShipmentId, report: ShipmentActionKind) -> Option<Rejection> {
        let views = &self.app.ready().ok()?.views;
        ended(views, shipment, report, self.caller.scope()).ok().flatten()
    }

    /// That what the line names is not there, for whoever may not see it, as of a single request. A
    /// reversal is refused to whoever does not see all, whatever it names.
    fn unseen(&self) -> Option<Rejection> {
        let named = match self.asked.id {
            AskedId::Past(trade) if self.asked.form != Form::Reversal => Named::Trade(trade),
            AskedId::Shipment(shipment) => Named::Shipment(shipment),
            _ => return None,
        };
        let views = &self.app.ready().ok()?.views;
        named.unless_seen(views, self.caller.scope()).ok().flatten()
    }

    fn failed(&mut self, problem: &Problem, counts: &mut Counts) {
        self.app.meters().line_problems.count(problem.code());
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
            AskedId::Posting => write!(out, ",\"id\":\"{}\"", OfferId(sequence)),
            AskedId::Offer(offer) => write!(out, ",\"id\":\"{offer}\""),
            AskedId::Past(trade) => write!(out, ",\"id\":\"{trade}\""),
            AskedId::Named(name) => write!(out, ",\"id\":\"{name}\""),
            AskedId::None => Ok(()),
        };
        let _ = write!(out, ",\"sequence\":{sequence}");
        out.extend_from_slice(if replayed { b",\"replayed\":true}\n" } else { b"}\n" });
    }

    /// What would be recorded; types need no escaping.
    fn rehearsed(&mut self, events: &[Recorded]) {
        if self.show == Show::Failures {
            return;
        }
        // Writing to memory does not fail.
        let _ = write!(self.out, "{{\"line\":{},\"status\":200,\"dryRun\":true", self.line);
        self.out.extend_from_slice(b",\"events\":[");
        for (at, recorded) in events.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            let _ = write!(self.out, "{comma}\"{}\"", recorded.event.kind());
        }
        self.out.extend_from_slice(b"]}\n");
    }

    fn unchanged(&mut self) {
        if self.show == Show::Failures {
            return;
        }
        let _ = write!(self.out, "{{\"line\":{},\"status\":200", self.line);
        let _ = match &self.asked.id {
            AskedId::Named(name) => write!(self.out, ",\"id\":\"{name}\""),
            AskedId::Shipment(shipment) => write!(self.out, ",\"id\":\"{shipment}\""),
            // What is made anew is never as it was.
            AskedId::Trade | AskedId::Booking | AskedId::Posting | AskedId::None => Ok(()),
            AskedId::Offer(offer) => write!(self.out, ",\"id\":\"{offer}\""),
            AskedId::Past(trade) => write!(self.out, ",\"id\":\"{trade}\""),
        };
        self.out.extend_from_slice(b"}\n");
    }

    /// The status of the single request: what is replaced is not created.
    fn status(&self, sequence: Sequence) -> u16 {
        let AskedId::Named(name) = &self.asked.id else {
            return match self.asked.form {
                Form::OfferWithdrawal | Form::Settlement | Form::Void | Form::Reversal => 200,
                _ => 201,
            };
        };
        let created: fn(&State, &str) -> Option<Sequence> = match self.asked.form {
            Form::Station => |state, name| Some(state.station(state.station_id(name)?)?.created),
            Form::Commodity => {
                |state, name| Some(state.commodity(state.commodity_id(name)?)?.created)
            }
            Form::Trader => |state, name| Some(state.trader(state.trader_id(name)?)?.created),
            Form::Vessel => |state, name| Some(state.vessel(state.vessel_id(name)?)?.created),
            Form::AlertRule => {
                |state, name| Some(state.alert_rule_named(name, Scope::Network)?.created)
            }
            Form::Trade
            | Form::Adjustment
            | Form::Booking
            | Form::Report
            | Form::Loss
            | Form::AlertRuleDeletion
            | Form::Acknowledgement
            | Form::Credits
            | Form::Key
            | Form::KeyRevocation
            | Form::KeyRotation
            | Form::Offer
            | Form::OfferWithdrawal
            | Form::Transfer
            | Form::Settlement
            | Form::Void
            | Form::Reversal => return 201,
        };
        let created = self.app.render(|render| created(render.state, name.as_str()));
        if created.is_ok_and(|created| created == Some(sequence)) { 201 } else { 200 }
    }
}

fn first(accepted: &Accepted) -> Sequence {
    accepted.events().first().map_or(Sequence::ZERO, |recorded| recorded.envelope.sequence)
}
