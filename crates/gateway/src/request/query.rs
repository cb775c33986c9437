//! Parameters of the query: each is known, given once, and read by the function of its scalar.

use std::borrow::Cow;
use std::fmt;

use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::request::Parts;
use domain::{
    CommodityId, EventKind, Identifier, Quantity, Sequence, StationId, Timestamp, TraderId,
};
use views::{Order, Part, State};

use crate::gateway::App;
use crate::limits::{FAULTS_MAX, FILTER_VALUES_MAX, PAGE_ITEMS_MAX, PAGE_ITEMS_USUAL};
use crate::problem::{Code, Problem};
use crate::shape::{Fault, Flaw, Place};
use crate::wire::{Name, OrderWord, TextScalar, Time};

/// The one parameter that writes know.
pub(crate) const DRY_RUN: &str = "dryRun";

/// The parameters of a query that are not read yet, and what is wrong with those that are.
pub(crate) struct Query {
    uri: Uri,
    given: Vec<(String, String)>,
    faults: Vec<Fault>,
}

impl FromRequestParts<App> for Query {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.uri))
    }
}

/// A request that knows no parameters of the query.
pub(crate) struct NoQuery;

impl NoQuery {
    /// Refuses a query that has any: taken in silence, it would be trusted.
    pub(crate) fn of(uri: &Uri) -> Result<Self, Problem> {
        if uri.query().is_some() {
            Query::of(uri).finish()?;
        }
        Ok(Self)
    }
}

impl FromRequestParts<App> for NoQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        Self::of(&parts.uri)
    }
}

/// Whether a write only asks what would happen; it knows no other parameter.
pub(super) fn is_dry_run(uri: &Uri) -> Result<bool, Problem> {
    if uri.query().is_none() {
        return Ok(false);
    }
    let mut query = Query::of(uri);
    let is_dry_run = query.is_dry_run();
    query.finish()?;
    Ok(is_dry_run)
}

impl Query {
    pub(crate) fn of(uri: &Uri) -> Self {
        let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        let given = pairs.map(|(name, value)| (name.into_owned(), value.into_owned()));
        Self { uri: uri.clone(), given: given.collect(), faults: Vec::new() }
    }

    /// Notes what is wrong with a parameter.
    pub(crate) fn fault(
        &mut self,
        name: &'static str,
        flaw: Flaw,
        detail: impl Into<Cow<'static, str>>,
    ) {
        self.faults.push(Fault::parameter(name, flaw, detail));
    }

    /// Refuses a parameter that does not go with the others.
    pub(crate) fn refuse(&mut self, name: &'static str, detail: &'static str) {
        self.fault(name, Flaw::InvalidValue, detail);
    }

    /// The parameter as text.
    pub(crate) fn raw(&mut self, name: &'static str) -> Option<String> {
        let at = self.given.iter().position(|(given, _)| given == name)?;
        let (_, value) = self.given.remove(at);
        if self.given.iter().any(|(given, _)| given == name) {
            self.given.retain(|(given, _)| given != name);
            self.fault(name, Flaw::DuplicateField, "the parameter is given more than once");
        }
        Some(value)
    }

    /// The parameter as a scalar.
    pub(crate) fn text<T: TextScalar>(&mut self, name: &'static str, flaw: Flaw) -> Option<T> {
        let value = self.raw(name)?;
        let read = T::read(&value);
        if read.is_none() {
            self.fault(name, flaw, format!("must be {}", T::WHAT));
        }
        read
    }

    /// The parameter as scalars, separated by commas; none if it is left out.
    pub(crate) fn several<T: TextScalar>(&mut self, name: &'static str, flaw: Flaw) -> Vec<T> {
        let Some(value) = self.raw(name) else {
            return Vec::new();
        };
        if value.split(',').count() > FILTER_VALUES_MAX {
            let detail = format!("must have at most {FILTER_VALUES_MAX} values");
            self.fault(name, Flaw::OutOfRange, detail);
            return Vec::new();
        }
        let read: Option<Vec<T>> = value.split(',').map(T::read).collect();
        read.unwrap_or_else(|| {
            let detail = format!("must be {}; several are separated by commas", T::WHAT);
            self.fault(name, flaw, detail);
            Vec::new()
        })
    }

    /// The parameter as a name.
    pub(crate) fn name(&mut self, name: &'static str) -> Option<Name> {
        self.text(name, Flaw::InvalidIdentifier)
    }

    /// The parameter as an amount.
    pub(crate) fn quantity(&mut self, name: &'static str) -> Option<Quantity> {
        let value = self.raw(name)?;
        let digits = value.bytes().all(|byte| byte.is_ascii_digit());
        let read = value.parse().ok().filter(|_| digits);
        let read = read.and_then(|number| Quantity::new(number).ok());
        if read.is_none() {
            self.fault(name, Flaw::OutOfRange, domain::AmountError.to_string());
        }
        read
    }

    /// The parameter as one of some words.
    pub(crate) fn word<T: Copy>(&mut self, name: &'static str, words: &[(&str, T)]) -> Option<T> {
        let value = self.raw(name)?;
        let found = words.iter().find(|(word, _)| *word == value).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            self.fault(name, Flaw::InvalidValue, format!("must be one of: {}", words.join(", ")));
        }
        found
    }

    /// The parameter as an earlier time.
    pub(crate) fn moment(&mut self, name: &'static str) -> Option<Moment> {
        self.text(name, Flaw::InvalidTime)
    }

    /// The parameter as types of events, one or several, parted by commas.
    pub(crate) fn kinds(&mut self, name: &'static str) -> Vec<EventKind> {
        let Some(value) = self.raw(name) else {
            return Vec::new();
        };
        let kinds: Option<Vec<_>> = value.split(',').map(EventKind::named).collect();
        kinds.unwrap_or_else(|| {
            let detail = "must be types of events, such as trade.settled, parted by commas";
            self.fault(name, Flaw::InvalidValue, detail);
            Vec::new()
        })
    }

    /// Whether it is only asked what would happen.
    pub(crate) fn is_dry_run(&mut self) -> bool {
        self.word(DRY_RUN, &[("true", true), ("false", false)]).unwrap_or(false)
    }

    /// The parameters that every list has.
    pub(crate) fn page(&mut self) -> Page {
        let cursor = self.text("cursor", Flaw::InvalidCursor);
        Page { cursor, limit: self.limit(), uri: self.uri.clone() }
    }

    /// From which end a list of the past begins.
    pub(crate) fn order(&mut self) -> Option<Order> {
        self.text("order", Flaw::InvalidValue).map(|OrderWord(order)| order)
    }

    /// The parameters of a list that goes on by position.
    pub(crate) fn limited(&mut self) -> Page {
        Page { cursor: None, limit: self.limit(), uri: self.uri.clone() }
    }

    /// How many items are wanted.
    pub(crate) fn limit(&mut self) -> usize {
        let Some(value) = self.raw("limit") else {
            return PAGE_ITEMS_USUAL;
        };
        let read = value.parse().ok().filter(|limit| (1..=PAGE_ITEMS_MAX).contains(limit));
        read.unwrap_or_else(|| {
            let detail = format!("must be a whole number from 1 to {PAGE_ITEMS_MAX}");
            self.fault("limit", Flaw::OutOfRange, detail);
            PAGE_ITEMS_USUAL
        })
    }

    /// Refuses what is wrong and what is left.
    pub(crate) fn finish(mut self) -> Result<(), Problem> {
        let room = FAULTS_MAX.saturating_sub(self.faults.len());
        for (name, _) in std::mem::take(&mut self.given).into_iter().take(room) {
            let detail = "there is no such parameter";
            self.faults.push(Fault::parameter(name, Flaw::UnknownParameter, detail));
        }
        if self.faults.is_empty() { Ok(()) } else { Err(Problem::invalid(self.faults)) }
    }
}

/// Which part of a list is wanted.
pub(crate) struct Page {
    pub(crate) cursor: Option<Cursor>,
    pub(crate) limit: usize,
    uri: Uri,
}

impl Page {
    /// Where it begins, as an index into a list that only grows.
    pub(crate) fn first(&self) -> usize {
        self.cursor.map_or(0, Cursor::index)
    }

    /// The part of a list of the past.
    pub(crate) fn part(&self, order: Order) -> Part {
        let cursor = self.cursor.map(|Cursor(sequence)| Sequence(sequence));
        Part { order, cursor, limit: self.limit }
    }

    /// The `Link` header to the next page (RFC 8288): the same query with another cursor.
    pub(crate) fn link(&self, parameter: &str, cursor: &str) -> String {
        let query = self.uri.query().unwrap_or_default();
        let mut next = form_urlencoded::Serializer::new(String::new());
        let kept = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != parameter);
        let next = next.extend_pairs(kept).append_pair(parameter, cursor).finish();
        format!("<{}?{next}>; rel=\"next\"", self.uri.path())
    }
}

/// Where a page begins: a number that only the server reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor(pub(crate) u64);

impl Cursor {
    /// As an index into a list that only grows.
    pub(crate) fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c{:x}", self.0)
    }
}

impl TextScalar for Cursor {
    const WHAT: &'static str = "the nextCursor of an answer";

    fn read(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('c')?;
        let number = u64::from_str_radix(digits, 16).ok()?;
        // Only what was written is read: no signs, no leading zeros.
        Some(Self(number)).filter(|cursor| cursor.to_string() == text)
    }
}

/// The numbers of named things, for filters: what is unknown is told by the parameter.
pub(crate) struct Lookup<'a>(pub(crate) &'a State);

impl Lookup<'_> {
    pub(crate) fn station(
        &self,
        parameter: &'static str,
        name: Option<&Name>,
    ) -> Result<Option<StationId>, Problem> {
        look_up(parameter, name, Code::UnknownStation, |name| self.0.station_id(name))
    }

    pub(crate) fn commodity(
        &self,
        parameter: &'static str,
        name: Option<&Name>,
    ) -> Result<Option<CommodityId>, Problem> {
        look_up(parameter, name, Code::UnknownCommodity, |name| self.0.commodity_id(name))
    }

    pub(crate) fn trader(
        &self,
        parameter: &'static str,
        name: Option<&Name>,
    ) -> Result<Option<TraderId>, Problem> {
        look_up(parameter, name, Code::UnknownTrader, |name| self.0.trader_id(name))
    }
}

impl Lookup<'_> {
    pub(crate) fn vessel(
        &self,
        parameter: &'static str,
        name: Option<&Name>,
    ) -> Result<Option<domain::VesselId>, Problem> {
        look_up(parameter, name, Code::UnknownVessel, |name| self.0.vessel_id(name))
    }
}

fn look_up<T>(
    parameter: &'static str,
    name: Option<&Name>,
    code: Code,
    find: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, Problem> {
    let Some(Name(name)) = name else {
        return Ok(None);
    };
    find(name.as_str()).map(Some).ok_or_else(|| unknown(parameter, name, code))
}

/// What a parameter names is not known.
pub(super) fn unknown(parameter: &'static str, name: &Identifier, code: Code) -> Problem {
    let row = code.row();
    let detail = format!("{name} is not known");
    let place = Place::Parameter(parameter.into());
    let fault = Fault { place, code: row.code, detail: row.title.into() };
    Problem::new(code, detail).with_errors(vec![fault])
}

/// A place in the past: by sequence or by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Right after the event of this sequence.
    Sequence(Sequence),
    /// Right after the last event recorded at or before this network time.
    Time(Timestamp),
}

impl TextScalar for Moment {
    const WHAT: &'static str = "a sequence, or a time such as 2200-01-01T00:00:00Z";

    fn read(text: &str) -> Option<Self> {
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().ok().map(Sequence).map(Self::Sequence);
        }
        Time::read(text).map(|Time(time)| Self::Time(time))
    }
}
