//! What the rules refuse, in the client's names: numbers become names, lines become pointers.

use domain::{CommodityId, Rejection, StationId, TraderId};
use views::State;

use super::{Code, Problem};
use crate::shape::{Fault, Place};
use crate::wire::{ReportType, RoleWord, StatusWord};

/// Which request was refused: tells where in it a rejection points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Trade,
    Adjustment,
    Booking,
    Report,
    Station,
    Commodity,
    Trader,
    Credits,
    Key,
    KeyRevocation,
}

impl Form {
    /// The field that names what the request is about, if it stands outside the body.
    const fn subject(self) -> Option<&'static str> {
        match self {
            Self::Trade | Self::Booking | Self::Key => None,
            Self::Adjustment => Some("station"),
            Self::Report => Some("shipment"),
            Self::Credits => Some("trader"),
            Self::Station | Self::Commodity | Self::Trader => Some("id"),
            Self::KeyRevocation => Some("key"),
        }
    }

    /// What that field is called beside a body in bulk.
    pub(super) const fn subject_in_bulk(self) -> Option<&'static str> {
        match self {
            Self::Report => Some("shipmentId"),
            _ => self.subject(),
        }
    }

    /// The field of a line that says how much.
    const fn amount(self) -> &'static str {
        match self {
            Self::Adjustment => "change",
            Self::Report => "accepted",
            Self::Trade
            | Self::Booking
            | Self::Station
            | Self::Commodity
            | Self::Trader
            | Self::Credits
            | Self::Key
            | Self::KeyRevocation => "quantity",
        }
    }
}

/// The names that an answer shows for numbers; views know every number that a rejection has.
struct Names<'a>(&'a State);

impl Names<'_> {
    fn station(&self, id: StationId) -> &str {
        self.0.station(id).map_or("?", |station| station.name.as_str())
    }

    fn trader(&self, id: TraderId) -> &str {
        self.0.trader(id).map_or("?", |trader| trader.name.as_str())
    }

    fn commodity(&self, id: CommodityId) -> &str {
        self.0.commodity(id).map_or("?", |commodity| commodity.name.as_str())
    }
}

impl Problem {
    /// As `form` was refused.
    pub(crate) fn rejected(rejection: &Rejection, form: Form, state: &State) -> Self {
        let problem = describe(rejection, form, &Names(state));
        let code = problem.0.code.row().code;
        debug_assert_eq!(code, rejection.code(), "one code for one reason");
        match place(rejection, form) {
            Blame::Nothing => problem,
            Blame::Subject => problem.elsewhere(),
            Blame::Pointer(pointer) => {
                let detail = problem.0.detail.clone().into();
                let place = Place::Pointer(pointer);
                problem.with_errors(vec![Fault { place, code, detail }])
            }
        }
    }
}

/// What of the request is to blame.
enum Blame {
    /// No part of it.
    Nothing,
    /// What the path names.
    Subject,
    /// This part of the body.
    Pointer(String),
}

fn place(rejection: &Rejection, form: Form) -> Blame {
    let line = |line: usize, field: &str| Blame::Pointer(format!("/lines/{line}/{field}"));
    let named = |field: &str| {
        // An adjustment's owner, left out, is its station.
        if form.subject() == Some(field) {
            Blame::Subject
        } else {
            Blame::Pointer(format!("/{field}"))
        }
    };
    match rejection {
        Rejection::NotPermitted { .. }
        | Rejection::AlreadyExists { .. }
        | Rejection::InvalidTransition { .. }
        | Rejection::AmountOverflow { line: None }
        | Rejection::InsufficientCredits { .. }
        | Rejection::LimitReached { .. } => Blame::Nothing,
        Rejection::SameParty => match form {
            Form::Booking => Blame::Pointer("/destination".to_owned()),
            _ => Blame::Pointer("/seller".to_owned()),
        },
        Rejection::UnknownStation { field, .. } | Rejection::UnknownTrader { field, .. } => {
            named(field)
        }
        Rejection::UnknownCommodity { line: at, .. }
        | Rejection::NotInShipment { line: at, .. } => line(*at, "commodity"),
        Rejection::UnknownShipment { .. } | Rejection::UnknownKey => Blame::Subject,
        Rejection::OverReceipt { line: at, .. } => line(*at, "accepted"),
        Rejection::CountStale { line: at, .. } => line(*at, "expected"),
        Rejection::AmountOverflow { line: Some(at) }
        | Rejection::InsufficientStock { line: at, .. } => line(*at, form.amount()),
    }
}

/// Long, for it has one arm for each reason, and nothing else.
fn describe(rejection: &Rejection, form: Form, names: &Names<'_>) -> Problem {
    match rejection {
        Rejection::NotPermitted { role } => {
            let role = RoleWord(*role).word();
            Problem::new(Code::NotPermitted, format!("the role {role} may not do this"))
                .with("role", role)
        }
        Rejection::SameParty => {
            let detail = match form {
                Form::Booking => "origin and destination are the same",
                _ => "buyer and seller are the same",
            };
            Problem::new(Code::SameParty, detail)
        }
        Rejection::UnknownStation { station, field } => {
            let detail = format!("there is no station {station}");
            Problem::new(Code::UnknownStation, detail)
                .with("station", station.as_str())
                .with("field", *field)
        }
        Rejection::UnknownTrader { trader, field } => {
            let detail = format!("there is no trader {trader}");
            Problem::new(Code::UnknownTrader, detail)
                .with("trader", trader.as_str())
                .with("field", *field)
        }
        Rejection::UnknownCommodity { commodity, .. } => {
            let detail = format!("there is no commodity {commodity}");
            Problem::new(Code::UnknownCommodity, detail).with("commodity", commodity.as_str())
        }
        Rejection::UnknownShipment { shipment } => unknown_shipment(*shipment),
        Rejection::UnknownKey => Problem::plain(Code::UnknownKey),
        Rejection::AlreadyExists { id, kind } => {
            Problem::new(Code::AlreadyExists, format!("{id} names a {kind} already"))
                .with("id", id.as_str())
                .with("kind", *kind)
        }
        Rejection::InvalidTransition { from, report } => {
            let (from, report) = (StatusWord(*from).word(), ReportType(*report).word());
            let detail = format!("a shipment that is {from} cannot be reported as {report}");
            Problem::new(Code::InvalidTransition, detail).with("from", from).with("to", report)
        }
        Rejection::NotInShipment { commodity, .. } => {
            let commodity = names.commodity(*commodity);
            let detail = format!("there is no {commodity} in the shipment");
            Problem::new(Code::NotInShipment, detail).with("commodity", commodity)
        }
        Rejection::OverReceipt { commodity, outstanding, received, .. } => {
            let commodity = names.commodity(*commodity);
            let detail =
                format!("{received} {commodity} were counted, {outstanding} are outstanding");
            Problem::new(Code::OverReceipt, detail)
                .with("commodity", commodity)
                .with("outstanding", outstanding.get())
                .with("received", received.get())
        }
        Rejection::CountStale { expected, actual, .. } => {
            let detail = format!("{actual} are on hand now, not {expected}");
            Problem::new(Code::CountStale, detail)
                .with("expected", expected.get())
                .with("actual", actual.get())
        }
        Rejection::AmountOverflow { .. } => {
            Problem::new(Code::AmountOverflow, "a product, a sum or a total would pass 2^53-1")
        }
        Rejection::InsufficientStock {
            station, owner, commodity, requested, available, ..
        } => {
            let station = names.station(*station);
            let (owner, commodity) = (names.trader(*owner), names.commodity(*commodity));
            let detail = format!(
                "{requested} {commodity} of {owner} are wanted at {station}, {available} are there"
            );
            Problem::new(Code::InsufficientStock, detail)
                .with("station", station)
                .with("owner", owner)
                .with("commodity", commodity)
                .with("requested", requested.get())
                .with("available", available.get())
        }
        Rejection::InsufficientCredits { trader, requested, available } => {
            let trader = names.trader(*trader);
            let detail =
                format!("{requested} credits of {trader} are wanted, there are {available}");
            Problem::new(Code::InsufficientCredits, detail)
                .with("trader", trader)
                .with("requested", requested.get())
                .with("available", available.get())
        }
        Rejection::LimitReached { limit, maximum } => {
            Problem::new(Code::LimitReached, format!("there are {maximum} {limit} already"))
                .with("limit", *limit)
                .with("maximum", *maximum)
        }
    }
}

/// No shipment of this identifier can be reported of or shown.
pub(crate) fn unknown_shipment(shipment: domain::ShipmentId) -> Problem {
    let id = shipment.to_string();
    Problem::not_found(Code::UnknownShipment, format!("there is no shipment {id}"))
        .with("shipmentId", id)
}
