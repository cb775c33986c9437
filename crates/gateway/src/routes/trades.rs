//! `/api/trades`.

pub(super) mod create;
pub(super) mod list;
pub(super) mod read;
pub(super) mod reverse;
pub(super) mod settle;
pub(super) mod void;

use axum::http::StatusCode;
use axum::response::Response;
use domain::{Scope, TransactionId};

use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply::{Done, json, unexpected};

fn trade_named(name: &str) -> Result<TransactionId, Problem> {
    let unknown = || Problem::not_found(Code::UnknownTrade, "there is no such trade");
    TransactionId::parse(name).ok_or_else(unknown)
}

/// The trade as this left it. Whoever may act may see what they did.
async fn answer(app: &App, done: Done) -> Result<Response, Problem> {
    if let Some(rehearsed) = app.rehearsed(&done)? {
        return Ok(rehearsed);
    }
    let recorded = done.recorded().ok_or_else(unexpected)?;
    let sequence = recorded.envelope.sequence;
    let response = app
        .blocking(move |app, views| {
            let trade = views.trade_at(sequence, Scope::Network)?.ok_or_else(unexpected)?;
            app.render(|render| json(StatusCode::OK, &render.trade_now(&trade)))
        })
        .await?;
    Ok(done.marked(response))
}
