//! `PUT /api/commodities/{id}`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::Event;

use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::render::Render;
use crate::reply::{json, unexpected};
use crate::request::{Asked, Subject};
use crate::wire::answer::CommodityAnswer;
use crate::wire::body::CommodityBody;

/// Create or replace a commodity.
#[utoipa::path(
    put,
    path = "/api/commodities/{id}",
    operation_id = "putCommodity",
    tag = "commodities",
    params(("id" = String, Path, description = "The client's name for it.")),
    request_body = CommodityBody,
    responses(
        (status = 201, description = "Created, and durable.", body = CommodityAnswer<'_>),
        (status = 200, description = "Replaced, or as it was.", body = CommodityAnswer<'_>)
    )
)]
pub(crate) async fn put(
    State(app): State<App>,
    subject: Subject,
    asked: Asked<CommodityBody>,
) -> Result<Response, Problem> {
    let id = subject.name()?;
    let done = app.write(asked.sent, asked.body.wanted(id)).await?;
    if let Some(rehearsed) = app.rehearsed(&done)? {
        return Ok(rehearsed);
    }
    let Some(recorded) = done.recorded() else {
        return as_it_was(&app, &subject.0);
    };
    let status = match recorded.event {
        Event::CommodityCreated { .. } => StatusCode::CREATED,
        _ => StatusCode::OK,
    };
    match &recorded.event {
        Event::CommodityCreated { commodity, details, .. }
        | Event::CommodityUpdated { commodity, details } => app.render(|render| {
            done.answer(status, &render.commodity_then(&recorded.envelope, *commodity, details))
        }),
        _ => Err(unexpected()),
    }
}

fn as_it_was(app: &App, name: &str) -> Result<Response, Problem> {
    app.render(|render| {
        let id = render.state.commodity_id(name);
        let known = id.and_then(|id| render.state.commodity(id));
        let commodity = known.ok_or_else(|| Problem::plain(Code::Internal))?;
        Ok(json(StatusCode::OK, &Render::commodity_now(commodity)))
    })?
}
