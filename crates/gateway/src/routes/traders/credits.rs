//! `POST /api/traders/{id}/credits`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Event, Identifier};

use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply::unexpected;
use crate::request::{Asked, Subject};
use crate::wire::Credit;
use crate::wire::answer::CreditsAnswer;
use crate::wire::body::CreditsBody;

/// Issue or retire credits.
#[utoipa::path(
    post,
    path = "/api/traders/{id}/credits",
    operation_id = "changeCredits",
    tag = "traders",
    params(("id" = String, Path, description = "Whose balance.")),
    request_body = CreditsBody,
    responses((status = 201, description = "Done, and durable.", body = CreditsAnswer<'_>))
)]
pub(crate) async fn change(
    State(app): State<App>,
    Subject(name): Subject,
    asked: Asked<CreditsBody>,
) -> Result<Response, Problem> {
    let unknown = |_| Problem::not_found(Code::UnknownTrader, "there is no such trader");
    let trader = Identifier::new(&name).map_err(unknown)?;
    let done = app.write(asked.sent, asked.body.wanted(trader)?).await?;
    if let Some(rehearsed) = app.rehearsed(&done)? {
        return Ok(rehearsed);
    }
    let recorded = done.recorded().ok_or_else(unexpected)?;
    let (trader, amount, reason) = match recorded.event {
        Event::CreditsIssued { trader, amount } => (trader, amount, Credit::Issued),
        Event::CreditsRetired { trader, amount } => (trader, amount, Credit::Retired),
        _ => return Err(unexpected()),
    };
    app.render(|render| {
        let answer = render.credits(&recorded.envelope, trader, amount, reason);
        done.answer(StatusCode::CREATED, &answer)
    })
}
