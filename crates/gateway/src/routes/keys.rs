//! `/api/keys` and `/api/whoami`.

pub(super) mod create;
pub(super) mod list;
pub(super) mod revoke;
pub(super) mod rotate;
pub(super) mod whoami;

use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use domain::{Event, KeyId};

use crate::auth::Secret;
use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply::{Done, unexpected};
use crate::wire::answer::Shown;

/// The answer to whoever had a key made, with its secret, once.
fn made(app: &App, done: &Done, secret: &Secret) -> Result<Response, Problem> {
    if let Some(rehearsed) = app.rehearsed(done)? {
        return Ok(rehearsed);
    }
    let recorded = done.recorded().ok_or_else(unexpected)?;
    let Event::KeyCreated { key, details } = &recorded.event else {
        return Err(unexpected());
    };
    app.render(|render| {
        let mut answer = render.key(&recorded.envelope, *key, details);
        answer.key = match done {
            Done::Accepted(_) => Shown::Secret(secret.as_str()),
            Done::Replayed(_) | Done::Unchanged | Done::Rehearsed(_) => Shown::Before,
        };
        let mut response = done.answer(StatusCode::CREATED, &answer);
        // Nobody on the way may keep the secret.
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    })
}

/// The key that a path names.
fn number(name: &str) -> Result<KeyId, Problem> {
    let unknown = |_| Problem::not_found(Code::UnknownKey, "there is no such key");
    name.parse().map(KeyId).map_err(unknown)
}
