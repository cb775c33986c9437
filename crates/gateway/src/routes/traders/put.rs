//! `PUT /api/traders/{id}`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::Event;

use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply::{json, unexpected};
use crate::request::{Asked, Subject};
use crate::wire::answer::TraderAnswer;
use crate::wire::body::TraderBody;

/// Create or replace a trader.
#[utoipa::path(
    put,
    path = "/api/traders/{id}",
    operation_id = "putTrader",
    tag = "traders",
    params(("id" = String, Path, description = "The client's name for it.")),
    request_body = TraderBody,
    responses(
        (status = 201, description = "Created, and durable.", body = TraderAnswer<'_>),
        (status = 200, description = "Replaced, or as it was.", body = TraderAnswer<'_>)
    )
)]
pub(crate) async fn put(
    State(app): State<App>,
    subject: Subject,
    asked: Asked<TraderBody>,
) -> Result<Response, Problem> {
    let scope = asked.caller.scope();
    let id = subject.name()?;
    let done = app.write(asked.sent, asked.body.wanted(id)).await?;
    if let Some(rehearsed) = app.rehearsed(&done)? {
        return Ok(rehearsed);
    }
    let Some(recorded) = done.recorded() else {
        return as_it_was(&app, &subject.0, scope);
    };
    let status = match recorded.event {
        Event::TraderCreated { .. } => StatusCode::CREATED,
        _ => StatusCode::OK,
    };
    match &recorded.event {
        Event::TraderCreated { trader, details, .. } | Event::TraderUpdated { trader, details } => {
            app.render(|render| {
                let made = render.trader_then(&recorded.envelope, *trader, details);
                done.answer(status, &render.with_balance(*trader, &made, scope))
            })
        }
        _ => Err(unexpected()),
    }
}

fn as_it_was(app: &App, name: &str, scope: domain::Scope<'_>) -> Result<Response, Problem> {
    app.render(|render| {
        let id = render.state.trader_id(name);
        let known = id.and_then(|id| render.state.trader(id));
        let trader = known.ok_or_else(|| Problem::plain(Code::Internal))?;
        Ok(json(StatusCode::OK, &render.trader_now(trader, scope)))
    })?
}
