//! Everything that can go wrong, as RFC 9457 problem details: one table of codes, and the way from
//! each refusal of the house to its row.

mod code;
mod described;
mod rejected;

use std::time::Duration;

use axum::http::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE,
};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::ReadError;
use engine::Refused;
use live::SubscribeError;
use live::webhooks::WebhookError;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;
use views::analytics::AnalyticsError;
use views::{HistoryError, PastError};

use crate::limits::REST_MAX;
use crate::observe::with_request_id;
use crate::shape::{BadBody, Fault, Flaw, Place};
use crate::wire::Time;

pub(crate) use code::{Code, Row};
pub(crate) use rejected::{Form, unknown_shipment};

/// A refusal, on its way to the client. Boxed, so that results that carry it stay small.
#[derive(Debug)]
pub(crate) struct Problem(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Code,
    /// Whether it is about the path or a header, and not about the body.
    elsewhere: bool,
    detail: String,
    errors: Vec<Fault>,
    members: Vec<(&'static str, Value)>,
    header: Option<(HeaderName, HeaderValue)>,
    /// Seconds to wait, if it is not as long as the code says.
    retry_after: Option<u32>,
}

/// An answer that says to come later, in its extensions: how long the connection rests, so that
/// whoever does not wait is not heard either.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rest(pub(crate) Duration);

impl Problem {
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            elsewhere: false,
            detail: detail.into(),
            errors: Vec::new(),
            members: Vec::new(),
            header: None,
            retry_after: None,
        }))
    }

    /// The code's title says it all.
    pub(crate) fn plain(code: Code) -> Self {
        Self::new(code, code.row().title)
    }

    /// What the path names does not exist.
    pub(crate) fn not_found(code: Code, detail: impl Into<String>) -> Self {
        Self::new(code, detail).elsewhere()
    }

    /// The request does not have the right shape.
    pub(crate) fn invalid(errors: Vec<Fault>) -> Self {
        let detail = match errors.len() {
            1 => "the request is invalid; `errors` says where".to_owned(),
            count => format!("the request is invalid in {count} places; `errors` says where"),
        };
        // Two refusals have codes of their own: what is known, but not to be had yet, and what the
        // rules would refuse under that code.
        let all = |flaw: Flaw| errors.iter().all(|fault| fault.code == flaw.code());
        let code = if all(Flaw::NotSupported) {
            Code::NotSupported
        } else if all(Flaw::SameParty) {
            Code::SameParty
        } else {
            Code::InvalidRequest
        };
        Self::new(code, detail).with_errors(errors)
    }

    /// The path knows other methods.
    pub(crate) fn method_not_allowed(method: &Method) -> Self {
        Self::new(Code::MethodNotAllowed, format!("the path does not know the method {method}"))
    }

    /// Who asks is not known.
    pub(crate) fn unauthenticated(detail: &'static str) -> Self {
        let mut problem = Self::new(Code::Unauthenticated, detail);
        problem.0.header = Some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        problem
    }

    /// A token that is not taken, or no more; never the token itself (RFC 6750, section 3.1).
    pub(crate) fn bad_token(detail: &'static str) -> Self {
        Self::unauthenticated(detail).challenging()
    }

    /// A token whose subject has shown a newer one, which says otherwise.
    pub(crate) fn token_outdated() -> Self {
        let detail = "a token of the same subject that was issued later, or at the same time, gives \
                      another role, other accounts or nothing: have the issuer give a new one";
        Self::new(Code::TokenOutdated, detail).challenging()
    }

    fn challenging(mut self) -> Self {
        let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
        self.0.header = Some((WWW_AUTHENTICATE, challenge));
        self
    }

    /// After this answer the connection is closed: what is left of the request is not read.
    pub(crate) fn closing(mut self) -> Self {
        self.0.header = Some((CONNECTION, HeaderValue::from_static("close")));
        self
    }

    /// Says when to come again.
    pub(crate) fn retry_after(mut self, seconds: u32) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// Says which codings a body may have (RFC 9110, section 12.5.3).
    pub(crate) fn accepting(mut self, codings: &'static str) -> Self {
        self.0.header = Some((ACCEPT_ENCODING, HeaderValue::from_static(codings)));
        self
    }

    fn elsewhere(mut self) -> Self {
        self.0.elsewhere = true;
        self
    }

    pub(crate) fn with_errors(mut self, errors: Vec<Fault>) -> Self {
        self.0.errors = errors;
        self
    }

    /// The same with fewer faults, if it has more.
    pub(crate) fn with_errors_at_most(mut self, most: usize) -> Self {
        let inner = &mut *self.0;
        if inner.errors.len() > most {
            inner.errors.truncate(most);
            inner.errors.shrink_to_fit();
            inner.detail = match most {
                0 => "the request is invalid; too much of the body is to say where".to_owned(),
                _ => format!("the request is invalid; `errors` has the first {most} places"),
            };
        }
        self
    }

    /// How many faults it has.
    pub(crate) fn error_count(&self) -> usize {
        self.0.errors.len()
    }

    pub(crate) fn with(mut self, member: &'static str, value: impl Into<Value>) -> Self {
        self.0.members.push((member, value.into()));
        self
    }

    /// Points into a line of bulk: what the path would name stands beside the body.
    pub(crate) fn in_bulk(mut self, form: Form) -> Self {
        let errors = std::mem::take(&mut self.0.errors);
        self.0.errors = errors.into_iter().map(|fault| fault.under("/data")).collect();
        if let (true, Some(field)) = (self.0.elsewhere, form.subject_in_bulk()) {
            let detail = self.0.detail.clone().into();
            let place = Place::Pointer(format!("/{field}"));
            self.0.errors.push(Fault { place, code: self.0.code.row().code, detail });
        }
        self
    }

    /// The same, found in a body: what a query's parameters would name are fields below `pointer`.
    pub(crate) fn in_body(mut self, pointer: &str) -> Self {
        for fault in &mut self.0.errors {
            if let Place::Parameter(name) = &fault.place {
                fault.place = Place::Pointer(format!("{pointer}/{name}"));
            }
        }
        self
    }

    /// Why, in one word.
    pub(crate) fn code(&self) -> Code {
        self.0.code
    }

    /// Whether the same request may succeed later.
    pub(crate) fn is_retryable(&self) -> bool {
        self.0.code.row().retryable
    }

    /// The status that it is answered with.
    pub(crate) fn status(&self) -> u16 {
        let row = self.0.code.row();
        if self.0.elsewhere { row.status_elsewhere } else { row.status }
    }

    /// Writes it as a line of a bulk answer, after the line's number.
    pub(crate) fn write_line(&self, line: usize, out: &mut Vec<u8>) {
        // Writing to memory does not fail.
        let _ = serde_json::to_writer(&mut *out, &Line { line, problem: self });
        out.push(b'\n');
    }

    fn serialize_tail<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let row = self.0.code.row();
        map.serialize_entry("detail", &self.0.detail)?;
        map.serialize_entry("code", row.code)?;
        map.serialize_entry("retryable", &row.retryable)?;
        if !self.0.errors.is_empty() {
            map.serialize_entry("errors", &self.0.errors)?;
        }
        for (member, value) in &self.0.members {
            map.serialize_entry(member, value)?;
        }
        Ok(())
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = self.0.code.row();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &format_args!("/problems/{}", row.code))?;
        map.serialize_entry("title", row.title)?;
        map.serialize_entry("status", &self.status())?;
        self.serialize_tail(&mut map)?;
        // What is wrong with this very answer is found by it in the server's log.
        with_request_id(|id| match id {
            Some(id) => map.serialize_entry("requestId", id),
            None => Ok(()),
        })?;
        map.end()
    }
}

struct Line<'a> {
    line: usize,
    problem: &'a Problem,
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("line", &self.line)?;
        map.serialize_entry("status", &self.problem.status())?;
        self.problem.serialize_tail(&mut map)?;
        map.end()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = Response::new(body.into());
        *response.status_mut() =
            StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // For whoever counts them.
        response.extensions_mut().insert(self.0.code);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(usual) = self.0.code.row().retry_after_seconds {
            let seconds = self.0.retry_after.unwrap_or(usual);
            headers.insert(RETRY_AFTER, seconds.into());
            if self.0.code.is_of_load() {
                let rest = Duration::from_secs(seconds.into()).min(REST_MAX);
                response.extensions_mut().insert(Rest(rest));
            }
        }
        let headers = response.headers_mut();
        if let Some((name, value)) = self.0.header {
            headers.insert(name, value);
        }
        response
    }
}

impl From<BadBody> for Problem {
    fn from(body: BadBody) -> Self {
        match body {
            BadBody::Malformed(detail) => Self::new(Code::MalformedJson, detail),
            BadBody::Shape(faults) => Self::invalid(faults),
        }
    }
}

impl From<Vec<Fault>> for Problem {
    fn from(faults: Vec<Fault>) -> Self {
        Self::invalid(faults)
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let code = match refused {
            Refused::QueueFull => Code::Overloaded,
            Refused::LowSpace => Code::LowSpace,
            Refused::Stopping => Code::Stopping,
            Refused::OutcomeUnknown => Code::OutcomeUnknown,
        };
        Self::new(code, refused.to_string())
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        // What is wrong with the storage is for the operator, not for the client.
        tracing::error!(%error, "a read failed");
        Self::plain(Code::Internal)
    }
}

impl From<PastError> for Problem {
    fn from(error: PastError) -> Self {
        match error {
            PastError::Future { last, .. } => {
                Self::new(Code::UnknownPosition, error.to_string()).with("last", last.0)
            }
            PastError::Behind { position, last } => {
                Self::new(Code::HistoryRebuilding, error.to_string())
                    .with("indexed", position.0)
                    .with("total", last.0)
            }
            PastError::Read(error) => error.into(),
            PastError::Store(_) | PastError::Damaged(_) => {
                tracing::error!(%error, "a read of the past failed");
                Self::plain(Code::Internal)
            }
        }
    }
}

impl From<HistoryError> for Problem {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::Behind { position, last } => {
                Self::new(Code::HistoryRebuilding, error.to_string())
                    .with("indexed", position.0)
                    .with("total", last.0)
            }
            HistoryError::Read(error) => error.into(),
            HistoryError::Index(_) => {
                tracing::error!(%error, "a search of the past failed");
                Self::plain(Code::Internal)
            }
        }
    }
}

impl From<AnalyticsError> for Problem {
    fn from(error: AnalyticsError) -> Self {
        match error {
            AnalyticsError::Rebuilding { position, last } => {
                Self::new(Code::AnalyticsRebuilding, error.to_string())
                    .with("counted", position.0)
                    .with("total", last.0)
            }
            AnalyticsError::Forgotten { since } => {
                let since = Time(since);
                let detail = format!("{error}: the first one that is begins at {since}");
                Self::invalid(vec![Fault::parameter("from", Flaw::OutOfRange, detail)])
            }
            AnalyticsError::TooMuch => {
                let detail = error.to_string();
                Self::invalid(vec![Fault::parameter("from", Flaw::OutOfRange, detail)])
            }
            AnalyticsError::Store(error) => {
                tracing::error!(%error, "reading analytics.db failed");
                Self::plain(Code::Internal)
            }
        }
    }
}

impl From<SubscribeError> for Problem {
    fn from(error: SubscribeError) -> Self {
        match error {
            SubscribeError::Stopping => Self::plain(Code::Stopping),
            SubscribeError::UnknownPosition { last } => {
                Self::new(Code::UnknownPosition, error.to_string()).with("last", last.0)
            }
            SubscribeError::TooManyReaders { maximum } => {
                Self::new(Code::TooManyReaders, error.to_string()).with("maximum", maximum)
            }
        }
    }
}

impl From<WebhookError> for Problem {
    fn from(error: WebhookError) -> Self {
        let detail = error.to_string();
        let limit = |limit: &'static str, maximum: usize| {
            Self::new(Code::LimitReached, detail.clone())
                .with("limit", limit)
                .with("maximum", maximum)
        };
        match error {
            WebhookError::Unknown => Self::not_found(Code::UnknownWebhook, detail),
            WebhookError::Target(_) => {
                let code = Code::UrlRefused.row().code;
                let place = Place::Pointer("/url".to_owned());
                let fault = Fault { place, code, detail: detail.clone().into() };
                Self::new(Code::UrlRefused, detail).with_errors(vec![fault])
            }
            WebhookError::TooMany(maximum) => limit("webhooks", maximum),
            WebhookError::TooManyOfKey(maximum) => limit("webhooks of the key", maximum),
            WebhookError::TooManySecrets(maximum) => limit("secrets", maximum),
            WebhookError::KeyReused => Self::plain(Code::KeyReused),
            WebhookError::KeyRevoked => Self::new(Code::KeyRevoked, detail),
            WebhookError::UnknownPosition(last) => {
                Self::new(Code::UnknownPosition, detail).with("last", last.0)
            }
            WebhookError::UnknownEvent => Self::new(Code::UnknownEvent, detail),
            WebhookError::Busy => Self::new(Code::Overloaded, detail),
            WebhookError::Store(_) | WebhookError::Read(_) => {
                // What is wrong with the storage is for the operator, not for the client.
                tracing::error!(error = detail, "a webhook could not be kept or read");
                Self::plain(Code::Internal)
            }
        }
    }
}
