//! `POST /api/keys`.

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use domain::{Action, Event};

use crate::auth::Secret;
use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply::{Done, unexpected};
use crate::request::Asked;
use crate::wire::answer::{KeyAnswer, Shown};
use crate::wire::body::KeyBody;

/// Make an API key. Its secret is shown once.
///
/// A key of the role `trader` or `carrier` acts for its accounts, and sees what they are part of.
#[utoipa::path(
    post,
    path = "/api/keys",
    operation_id = "createKey",
    tag = "access",
    request_body = KeyBody,
    responses((status = 201, description = "Made, and durable.", body = KeyAnswer<'_>))
)]
pub(crate) async fn create(
    State(app): State<App>,
    asked: Asked<KeyBody>,
) -> Result<Response, Problem> {
    let secret = Secret::random().map_err(|error| {
        tracing::error!(%error, "the system gives no random bytes");
        Problem::plain(Code::Internal)
    })?;
    // A retry brings another secret: it must be known for the same command all the same.
    let mut command = asked.sent.command(asked.body.wanted([0; 32])?);
    if let Action::CreateKey(key) = &mut command.action {
        key.digest = secret.digest();
    }
    let done = app.execute(command, asked.sent.is_dry_run).await?;
    if let Some(rehearsed) = app.rehearsed(&done)? {
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
