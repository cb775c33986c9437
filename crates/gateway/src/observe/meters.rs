//! What the gateway measures of itself, in numbers that whoever answers counts up as it goes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::Method;
use domain::meter::{Counter, Gauge, Histogram};

use super::current::Current;
use crate::problem::Code;

/// The answers that are told apart; any other status counts as [`OTHER`].
pub(super) const STATUSES: [u16; 27] = [
    200, 201, 204, 304, 404, 409, 422, 401, 403, 429, 503, 101, 202, 206, 400, 405, 406, 408, 410,
    413, 415, 416, 421, 426, 431, 500, 504,
];
/// Stands for a status or a method that is none of those.
pub(super) const OTHER: &str = "other";
/// The methods that are told apart, and what stands for the rest.
pub(super) const METHODS: [&str; 8] =
    ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", OTHER];
/// The files and addresses of the page: one row for all of them.
const PAGE: &str = "page";
/// What no route is for.
pub(super) const UNMATCHED: &str = "unmatched";

/// Everything that is counted here.
#[derive(Debug)]
pub(crate) struct Meters {
    pub(crate) routes: Routes,
    pub(crate) in_flight: Gauge,
    /// Requests whose clients went away before the answer.
    pub(crate) abandoned: Counter,
    pub(crate) stages: Stages,
    pub(crate) problems: Problems,
    /// Of the lines of bulk bodies.
    pub(crate) line_problems: Problems,
    pub(crate) connections: Arc<Connections>,
    pub(crate) sse_readers: Arc<Gauge>,
    pub(crate) websocket_readers: Arc<Gauge>,
}

/// Counted where connections are accepted.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    pub(crate) accepted: Counter,
    /// Told that there are too many, or just closed.
    pub(crate) refused: Counter,
    pub(crate) open: Gauge,
}

/// One more of what a gauge counts, for as long as it lives.
#[derive(Debug)]
pub(crate) struct Held<G: AsRef<Gauge>>(G);

impl<G: AsRef<Gauge>> Held<G> {
    pub(crate) fn new(gauge: G) -> Self {
        gauge.as_ref().rise();
        Self(gauge)
    }
}

impl<G: AsRef<Gauge>> Drop for Held<G> {
    fn drop(&mut self) {
        self.0.as_ref().fall();
    }
}

/// The open connections, to be held.
#[derive(Debug)]
pub(crate) struct OpenOf(pub(crate) Arc<Connections>);

impl AsRef<Gauge> for OpenOf {
    fn as_ref(&self) -> &Gauge {
        &self.0.open
    }
}

/// The stages of a write that are the gateway's.
#[derive(Debug)]
pub(crate) struct Stages {
    /// From the head to all of the body, checking who asks in between.
    pub(crate) receive: Histogram,
    /// From bytes to commands.
    pub(crate) parse: Histogram,
    /// From giving commands to having their answers: the engine's stages, and being woken.
    pub(crate) execute: Histogram,
    /// From answers to bytes.
    pub(crate) render: Histogram,
}

/// Refusals by code.
#[derive(Debug)]
pub(crate) struct Problems([Counter; Code::ALL.len()]);

impl Default for Problems {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Counter::default()))
    }
}

impl Problems {
    pub(crate) fn count(&self, code: Code) {
        if let Some(counter) = self.0.get(code as usize) {
            counter.add(1);
        }
    }

    /// Every code and how often there was one.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let codes = Code::ALL.iter().map(|code| code.row().code);
        codes.zip(self.0.iter().map(Counter::get))
    }
}

/// What a route was asked, by method.
#[derive(Debug)]
pub(crate) struct Routes {
    /// By the path as it is written where routes are made.
    index: HashMap<Box<str>, usize>,
    paths: Vec<Box<str>>,
    rows: Vec<Row>,
}

/// What a route answered to one method.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) statuses: [Counter; STATUSES.len() + 1],
    pub(super) duration: Histogram,
}

/// A row of [`Routes`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowId(usize);

impl Routes {
    /// Of these paths, and of the page's files and of what no route is for.
    fn new(paths: impl IntoIterator<Item = String>) -> Self {
        let own = [PAGE, UNMATCHED].map(str::to_owned);
        let paths: Vec<Box<str>> =
            own.into_iter().chain(paths).map(String::into_boxed_str).collect();
        let row = || Row {
            statuses: std::array::from_fn(|_| Counter::default()),
            duration: Histogram::of_durations(),
        };
        let rows = (0..paths.len() * METHODS.len()).map(|_| row()).collect();
        let index = paths.iter().cloned().enumerate().map(|(at, path)| (path, at)).collect();
        Self { index, paths, rows }
    }

    /// The row of a request; `matched` is the path of the route that it came to.
    pub(crate) fn find(&self, matched: Option<&str>, method: &Method) -> RowId {
        let known = |path: &str| self.index.get(path).copied();
        let path = matched.map_or_else(|| known(UNMATCHED), |path| known(path).or(known(PAGE)));
        let method = METHODS.iter().position(|known| *known == method.as_str());
        RowId(path.unwrap_or(0) * METHODS.len() + method.unwrap_or(METHODS.len() - 1))
    }

    pub(crate) fn answered(&self, row: RowId, status: u16, took: Duration) {
        let Some(row) = self.rows.get(row.0) else { return };
        let place = STATUSES.iter().position(|known| *known == status);
        if let Some(counter) = row.statuses.get(place.unwrap_or(STATUSES.len())) {
            counter.add(1);
        }
        row.duration.took(took);
    }

    /// The path of a row.
    pub(crate) fn path(&self, row: RowId) -> &str {
        self.paths.get(row.0 / METHODS.len()).map_or(UNMATCHED, |path| path)
    }

    /// Path, method and row of all.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &'static str, &Row)> {
        let methods = self.paths.iter().flat_map(|path| METHODS.map(|method| (&**path, method)));
        methods.zip(&self.rows).map(|((path, method), row)| (path, method, row))
    }
}

impl Meters {
    /// With a row for each of these paths.
    pub(crate) fn new(paths: impl IntoIterator<Item = String>) -> Self {
        Self {
            routes: Routes::new(paths),
            in_flight: Gauge::default(),
            abandoned: Counter::default(),
            stages: Stages {
                receive: Histogram::of_durations(),
                parse: Histogram::of_durations(),
                execute: Histogram::of_durations(),
                render: Histogram::of_durations(),
            },
            problems: Problems::default(),
            line_problems: Problems::default(),
            connections: Arc::default(),
            sse_readers: Arc::default(),
            websocket_readers: Arc::default(),
        }
    }

    /// Counts the stages of a request that was answered now, if it was a write.
    pub(super) fn staged(&self, request: &Current, now: Instant) {
        let (Some(given), Some(answered)) = (request.given, request.answered) else { return };
        let stages = &self.stages;
        let received = request.received.unwrap_or(request.began);
        stages.receive.took(received.duration_since(request.began));
        stages.parse.took(given.saturating_duration_since(received));
        stages.execute.took(answered.saturating_duration_since(given));
        stages.render.took(now.saturating_duration_since(answered));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_counted_in_the_order_in_which_they_are_listed() {
        for (at, code) in Code::ALL.iter().enumerate() {
            assert_eq!(*code as usize, at);
        }
    }

    #[test]
    fn a_request_is_counted_where_it_came_to() {
        let routes = Routes::new(["/api/trades".to_owned()]);
        let count = |matched, method, status| {
            routes.answered(routes.find(matched, &method), status, Duration::from_millis(1));
        };
        count(Some("/api/trades"), Method::POST, 201);
        count(Some("/stars.js"), Method::GET, 200);
        count(None, Method::TRACE, 299);
        let found: Vec<_> = routes
            .all()
            .flat_map(|(path, method, row)| {
                let statuses = row.statuses.iter().enumerate();
                let some = statuses.filter(|(_, counter)| counter.get() > 0);
                some.map(move |(at, _)| (path, method, STATUSES.get(at).copied()))
            })
            .collect();
        let expected = [
            (PAGE, "GET", Some(200)),
            (UNMATCHED, OTHER, None),
            ("/api/trades", "POST", Some(201)),
        ];
        assert_eq!(found, expected);
    }
}
