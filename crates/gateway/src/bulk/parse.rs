//! From a body to commands, and to a problem for each line that is none.

use domain::{
    Command, Identifier, KeyBinding, OfferId, TraceId, TransactionId, fingerprint, key_hash,
};

use super::line::{BulkLine, Data, Line};
use crate::idempotency::{By, KEY_WHAT, is_key};
use crate::limits::{BULK_FAULTS_MAX, BULK_LINE_BYTES_MAX, BULK_LINE_FAULTS_MAX, BULK_LINES_MAX};
use crate::problem::{Code, Problem};
use crate::shape::{BadBody, Fault, Flaw, Schemas, Tree};
use crate::wire::body::Wanted;
use crate::wire::{Bulk, BulkType, Name, TextScalar};
use utoipa::ToSchema;

/// A body whose lines are read.
pub(crate) struct Parsed {
    /// The commands, in order.
    pub(crate) commands: Vec<Command>,
    /// The lines that are none, in order, counted from 1.
    pub(crate) refused: Vec<(usize, Problem)>,
    /// How many lines there are.
    pub(crate) line_count: usize,
    /// How many faults may still be told.
    faults_left: usize,
}

/// How many lines there are, read or not.
#[expect(clippy::naive_bytecount, reason = "much less than parsing them, which comes next")]
pub(crate) fn count_lines(body: &[u8]) -> usize {
    let ends = body.trim_ascii_end().iter().filter(|byte| **byte == b'\n').count();
    ends + 1
}

/// It has more lines than are taken in one piece.
pub(crate) fn too_many_lines() -> Problem {
    let detail = format!("the body must have at most {BULK_LINES_MAX} lines");
    Problem::new(Code::BodyTooLarge, detail).with("maximum", BULK_LINES_MAX)
}

/// Reads all lines. Empty ones at the end are none; too many are refused as a whole.
pub(crate) fn parse(
    body: &[u8],
    by: By,
    trace: Option<TraceId>,
    schemas: &Schemas,
) -> Result<Parsed, Problem> {
    // A line of a trade with its key is some 190 bytes.
    let capacity = (body.len() / 160).min(BULK_LINES_MAX);
    let mut parsed = Parsed {
        commands: Vec::with_capacity(capacity),
        refused: Vec::new(),
        line_count: 0,
        faults_left: BULK_FAULTS_MAX,
    };
    let body = body.trim_ascii_end();
    if body.is_empty() {
        return Err(Problem::new(
            Code::MalformedJson,
            "the body is empty; lines of JSON are wanted",
        ));
    }
    let reader = Reader { by, trace, schemas };
    // Checking UTF-8 once for all lines is cheaper than for each string, and searching text for
    // line breaks is cheaper than searching bytes.
    match std::str::from_utf8(body) {
        Ok(text) => {
            for line in text.split('\n') {
                parsed.take(reader.command(line.as_bytes(), || serde_json::from_str(line)))?;
            }
        }
        Err(_) => {
            for line in body.split(|byte| *byte == b'\n') {
                parsed.take(reader.command(line, || serde_json::from_slice(line)))?;
            }
        }
    }
    Ok(parsed)
}

impl Parsed {
    fn take(&mut self, command: Result<Command, Problem>) -> Result<(), Problem> {
        self.line_count += 1;
        if self.line_count > BULK_LINES_MAX {
            return Err(too_many_lines());
        }
        match command {
            Ok(command) => self.commands.push(command),
            Err(problem) => {
                let most = BULK_LINE_FAULTS_MAX.min(self.faults_left);
                let problem = problem.with_errors_at_most(most);
                self.faults_left -= problem.error_count();
                self.refused.push((self.line_count, problem));
            }
        }
        Ok(())
    }
}

/// What is the same for all lines.
struct Reader<'a> {
    by: By,
    trace: Option<TraceId>,
    schemas: &'a Schemas,
}

impl Reader<'_> {
    fn command<'a>(
        &self,
        bytes: &[u8],
        read: impl FnOnce() -> serde_json::Result<Line<'a>>,
    ) -> Result<Command, Problem> {
        if bytes.len() > BULK_LINE_BYTES_MAX {
            let detail = format!("a line must have at most {BULK_LINE_BYTES_MAX} bytes");
            let problem = Problem::new(Code::BodyTooLarge, detail);
            return Err(problem.with("maximum", BULK_LINE_BYTES_MAX));
        }
        let mut line = read().map_err(|error| explain(bytes, &error, self.schemas))?;
        let key = match line.key.take() {
            None => None,
            Some(key) if is_key(&key) => Some(key_hash(self.by.principal, &key)),
            Some(_) => {
                let pointer = "/idempotencyKey".to_owned();
                return Err(Problem::invalid(vec![Fault::new(
                    pointer,
                    Flaw::OutOfRange,
                    KEY_WHAT,
                )]));
            }
        };
        let mut command = wanted(line)?.command(self.by, None, self.trace);
        command.key = key.map(|hash| KeyBinding { hash, fingerprint: fingerprint(&command) });
        Ok(command)
    }
}

/// Takes the fields that say what a line is about, and refuses those that do not go with it.
struct Subject {
    kind: Bulk,
    faults: Vec<Fault>,
}

impl Subject {
    fn wanted<T>(&mut self, field: &str, given: Option<T>) -> Option<T> {
        if given.is_none() {
            let detail = format!("the type `{}` needs this field", BulkType(self.kind).word());
            self.faults.push(Fault::new(format!("/{field}"), Flaw::MissingField, detail));
        }
        given
    }

    /// The trade that the line names.
    fn trade(&mut self, id: Option<Name>) -> Option<TransactionId> {
        let what = "must be a trade's identifier, such as t-000000004j7";
        self.made_by_us(id, what, TransactionId::parse)
    }

    /// The offer that the line names.
    fn offer(&mut self, id: Option<Name>) -> Option<OfferId> {
        let what = "must be an offer's identifier, such as o-000000004j7";
        self.made_by_us(id, what, OfferId::parse)
    }

    fn made_by_us<T>(
        &mut self,
        id: Option<Name>,
        what: &'static str,
        read: fn(&str) -> Option<T>,
    ) -> Option<T> {
        let Name(id) = self.wanted("id", id)?;
        let read = read(id.as_str());
        if read.is_none() {
            self.faults.push(Fault::new("/id".to_owned(), Flaw::InvalidIdentifier, what));
        }
        read
    }

    fn foreign(&mut self, field: &str, is_given: bool) {
        if is_given {
            let word = BulkType(self.kind).word();
            let detail = format!("does not go with the type `{word}`");
            self.faults.push(Fault::new(format!("/{field}"), Flaw::UnknownField, detail));
        }
    }
}

/// Whether lines of this type name what they are about by `id`.
const fn has_id(kind: Bulk) -> bool {
    match kind {
        Bulk::Station
        | Bulk::Commodity
        | Bulk::Trader
        | Bulk::Vessel
        | Bulk::AlertRule
        | Bulk::OfferWithdrawal
        | Bulk::Settlement
        | Bulk::Void
        | Bulk::Reversal => true,
        Bulk::Trade
        | Bulk::Shipment
        | Bulk::ShipmentEvent
        | Bulk::Adjustment
        | Bulk::Credits
        | Bulk::Offer
        | Bulk::Transfer => false,
    }
}

fn wanted(line: Line<'_>) -> Result<Wanted, Problem> {
    let mut subject = Subject { kind: line.kind, faults: Vec::new() };
    let kind = line.kind;
    subject.foreign("id", line.id.is_some() && !has_id(kind));
    subject.foreign("station", line.station.is_some() && kind != Bulk::Adjustment);
    subject.foreign("trader", line.trader.is_some() && kind != Bulk::Credits);
    subject.foreign("shipmentId", line.shipment.is_some() && kind != Bulk::ShipmentEvent);
    let below = |faults: Vec<Fault>| -> Vec<Fault> {
        faults.into_iter().map(|fault| fault.under("/data")).collect()
    };
    let name = |Name(name): Name| -> Identifier { name };
    let wanted = match line.data {
        Data::Trade(body) => Some(body.wanted()),
        Data::Shipment(body) => Some(body.wanted()),
        Data::ShipmentEvent(body) => {
            subject.wanted("shipmentId", line.shipment).map(|shipment| body.wanted(shipment.0))
        }
        Data::Adjustment(body) => {
            subject.wanted("station", line.station).map(|station| body.wanted(name(station)))
        }
        Data::Station(body) => subject.wanted("id", line.id).map(|id| Ok(body.wanted(name(id)))),
        Data::Commodity(body) => subject.wanted("id", line.id).map(|id| Ok(body.wanted(name(id)))),
        Data::Trader(body) => subject.wanted("id", line.id).map(|id| Ok(body.wanted(name(id)))),
        Data::Vessel(body) => subject.wanted("id", line.id).map(|id| Ok(body.wanted(name(id)))),
        Data::AlertRule(body) => subject.wanted("id", line.id).map(|id| body.wanted(name(id))),
        Data::Credits(body) => {
            subject.wanted("trader", line.trader).map(|trader| body.wanted(name(trader)))
        }
        Data::Offer(body) => Some(body.wanted()),
        Data::OfferWithdrawal(body) => subject.offer(line.id).map(|offer| Ok(body.wanted(offer))),
        Data::Transfer(body) => Some(body.wanted()),
        Data::Settlement(body) => subject.trade(line.id).map(|trade| body.wanted(trade)),
        Data::Void(body) => subject.trade(line.id).map(|trade| Ok(body.wanted(trade))),
        Data::Reversal(body) => subject.trade(line.id).map(|trade| Ok(body.wanted(trade))),
    };
    match wanted {
        Some(Ok(wanted)) if subject.faults.is_empty() => Ok(wanted),
        Some(Err(faults)) => {
            subject.faults.extend(below(faults));
            Err(Problem::invalid(subject.faults))
        }
        _ => Err(Problem::invalid(subject.faults)),
    }
}

/// What is wrong with a line: with itself, and with the body that it holds.
#[cold]
fn explain(bytes: &[u8], refusal: &serde_json::Error, schemas: &Schemas) -> Problem {
    let tree: Tree<'_> = match serde_json::from_slice(bytes) {
        Ok(tree) => tree,
        Err(error) => {
            return BadBody::Malformed(format!("the line is not JSON: {error}")).into();
        }
    };
    // One more than is told, so that it is known that there are more.
    let most = BULK_LINE_FAULTS_MAX + 1;
    let mut faults = schemas.faults(&BulkLine::name(), &tree, most);
    let kind = match tree.field("type") {
        Some(Tree::Text(word)) => BulkType::read(word),
        _ => None,
    };
    if let (Some(BulkType(kind)), Some(data @ Tree::Object(_))) = (kind, tree.field("data")) {
        let below = schemas.faults(&Data::schema(kind), data, most - faults.len());
        faults.extend(below.into_iter().map(|fault| fault.under("/data")));
    }
    if faults.is_empty() {
        faults.push(Fault::new(String::new(), Flaw::Other, refusal.to_string()));
    }
    Problem::invalid(faults)
}
