//! `POST /api/events`: bulk.

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;

use crate::auth::Caller;
use crate::bulk::{Asked, BulkLine, Show, count_lines, parse, results};
use crate::gateway::App;
use crate::idempotency::{IDEMPOTENCY_KEY, Sent};
use crate::limits::{BULK_BYTES_MAX, BULK_INLINE_BYTES_MAX};
use crate::observe::carried;
use crate::openapi::document;
use crate::problem::{Code, Problem};
use crate::rates::visit;
use crate::request::{Query, read_body, require_media_type};
use crate::shape::{Fault, Flaw};

const NDJSON: &str = "application/x-ndjson";

/// Many commands at once: a line for each, decided and answered in order.
///
/// A line that is refused does not keep the others from being done. After a lost answer some lines
/// may stand: the same body again, with keys, completes it once. With `dryRun=true` each line is
/// decided by itself, as things are now, and nothing is changed.
#[utoipa::path(
    post,
    path = "/api/events",
    operation_id = "ingest",
    tag = "events",
    params(
        ("results" = Option<String>, Query, description = "`failures`: answers only lines that failed, then the counts.")
    ),
    request_body(content = BulkLine, content_type = "application/x-ndjson"),
    responses((
        status = 200,
        description = "A line for each line: `{\"line\": 1, \"status\": 201, \"id\": …, \"sequence\": …}`, or its problem.",
        content_type = "application/x-ndjson"
    ))
)]
pub(crate) async fn ingest(
    State(app): State<App>,
    mut query: Query,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let caller = Caller::of(&app, &parts).await?;
    let mut sent = Sent::of(&caller, &parts.headers, false)?;
    if parts.headers.contains_key(IDEMPOTENCY_KEY) {
        // Taken in silence, it would be trusted.
        let detail = "each line has an idempotencyKey of its own";
        let fault = Fault::header("Idempotency-Key", Flaw::NotSupported, detail);
        return Err(Problem::invalid(vec![fault]));
    }
    let show = query.word("results", &[("failures", Show::Failures), ("all", Show::All)]);
    sent.is_dry_run = query.is_dry_run();
    query.finish()?;
    require_media_type(&parts.headers, NDJSON)?;
    let body = read_body(&app, &parts, body, BULK_BYTES_MAX).await?;
    caller.require_same(&app)?;
    let is_small = body.len() <= BULK_INLINE_BYTES_MAX;
    let bytes = body.bytes();
    let (payer, of) = (visit(&parts.extensions), app.clone());
    let read = move || {
        of.rates().charge_lines(payer.as_ref(), || count_lines(&bytes))?;
        parse(&bytes, sent.by, sent.trace, &document().schemas)
    };
    let mut parsed = beside(is_small, read).await??;
    let mut commands = std::mem::take(&mut parsed.commands);
    let asked: Vec<Asked> = commands.iter().map(Asked::of).collect();
    if asked.iter().any(Asked::is_of_past) {
        commands = app.with_past(commands).await?;
    }
    let executor = &app.ready()?.executor;
    let answers = if sent.is_dry_run {
        executor.dry_run(commands).await?
    } else {
        executor.execute_all(commands).await?
    };
    let show = (show.unwrap_or(Show::All), sent.is_dry_run);
    let written = {
        let app = app.clone();
        beside(is_small, move || results(&app, &caller, &asked, answers, parsed, show)).await?
    };
    drop(body);
    let mut response = Response::new(written.into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(NDJSON));
    Ok(response)
}

/// Does what takes long beside the threads of the runtime.
async fn beside<T: Send + 'static>(
    is_short: bool,
    act: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    if is_short {
        return Ok(act());
    }
    let done = tokio::task::spawn_blocking(carried(act)).await;
    done.map_err(|error| {
        tracing::error!(%error, "work on a bulk body failed");
        Problem::plain(Code::Internal)
    })
}
