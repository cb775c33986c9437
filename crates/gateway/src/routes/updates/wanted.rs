//! What a client wants of the stream: by parameters of the query, or by a message.

use axum::http::HeaderMap;
use domain::Sequence;
use live::Interest;
use serde::Deserialize;

use super::feed::contradiction;
use crate::auth::Caller;
use crate::gateway::App;
use crate::limits::FILTER_VALUES_MAX;
use crate::problem::{Code, Problem};
use crate::render::Identity;
use crate::request::Query;
use crate::routes::events::list::{position, unknown_position};
use crate::shape::Flaw;
use crate::wire::SnapshotKind;
use crate::wire::body::FilterBody;

/// What a client wants.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Wanted {
    pub(super) filter: FilterBody,
    /// Where to begin; from now on if nothing is said.
    pub(super) after: Option<String>,
    /// What of the state of now is to come first.
    pub(super) snapshot: Vec<SnapshotKind>,
}

impl Wanted {
    /// What the query says.
    pub(super) fn of_query(query: &mut Query) -> Self {
        Self {
            filter: FilterBody::of_query(query),
            after: query.raw("after"),
            snapshot: query.several("snapshot", Flaw::InvalidValue),
        }
    }

    /// The last event that the client has, which beats what the query says: a browser that
    /// reconnects sends the same query again.
    pub(super) fn resume(&mut self, headers: &HeaderMap) -> Result<(), Problem> {
        self.check()?;
        // A browser sends an empty one when it has none.
        if let Some(id) = headers.get("last-event-id").filter(|id| !id.is_empty()) {
            self.after = Some(id.to_str().map_err(|_| unknown_position())?.to_owned());
        }
        Ok(())
    }

    /// Refuses what excludes each other, and lists that are too long.
    pub(super) fn check(&self) -> Result<(), Problem> {
        if self.after.is_some() && !self.snapshot.is_empty() {
            return Err(contradiction());
        }
        let is_twice = |(at, kind): (usize, &SnapshotKind)| self.snapshot[..at].contains(kind);
        if self.snapshot.iter().enumerate().any(is_twice) {
            let detail = "`snapshot` names a part twice";
            return Err(Problem::new(Code::InvalidRequest, detail));
        }
        if self.filter.wants_levels() && !self.filter.suits_levels() {
            let detail = "`topic=levels` goes with `station`, `system` and `commodity` alone: open \
                          another stream for events";
            return Err(Problem::new(Code::InvalidRequest, detail));
        }
        if let Some(field) = self.filter.too_long() {
            let detail = format!("{field} has more than {FILTER_VALUES_MAX} values");
            return Err(Problem::new(Code::InvalidRequest, detail));
        }
        Ok(())
    }

    /// Where to begin, if the client says so.
    pub(super) fn position(&self, identity: &Identity) -> Result<Option<Sequence>, Problem> {
        let read = |text: &String| position(text, identity).ok_or_else(unknown_position);
        self.after.as_ref().map(read).transpose()
    }

    /// What the client gets of the events.
    pub(super) fn interest(&self, app: &App, caller: &Caller) -> Result<Interest, Problem> {
        let filter = app.render(|render| self.filter.filter(render.state))??;
        Ok(Interest::new(filter, caller.scope()))
    }
}
