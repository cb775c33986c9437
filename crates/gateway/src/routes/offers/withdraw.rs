//! `DELETE /api/offers/{offerId}`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Action, Event};

use super::{offer_named, opened, posting};
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::{json, unexpected};
use crate::request::{AskedPlainly, Subject};
use crate::wire::answer::OfferAnswer;
use crate::wire::body::Wanted;

/// Withdraw an open offer: what is left of what it reserved is free again.
#[utoipa::path(
    delete,
    path = "/api/offers/{offerId}",
    operation_id = "withdrawOffer",
    tag = "offers",
    params(("offerId" = String, Path, description = "As the answer to the posting said.")),
    responses((status = 200, description = "The offer as this left it, durable.", body = OfferAnswer<'_>))
)]
pub(crate) async fn withdraw(
    State(app): State<App>,
    Subject(name): Subject,
    asked: AskedPlainly,
) -> Result<Response, Problem> {
    let id = offer_named(&name)?;
    let done = app.write(asked.sent, Wanted::plain(Action::WithdrawOffer(id))).await?;
    if let Some(rehearsed) = app.rehearsed(&done)? {
        return Ok(rehearsed);
    }
    let recorded = done.recorded().ok_or_else(unexpected)?.clone();
    let response = app
        .blocking(move |app, views| {
            let Event::OffersWithdrawn(rests) = &recorded.event else {
                return Err(unexpected());
            };
            let rest = rests.first().ok_or_else(unexpected)?;
            let posting = posting(views, id)?.ok_or_else(unexpected)?;
            let opened = opened(&posting)?;
            app.render(|render| {
                let posted = (&posting.envelope, opened);
                json(StatusCode::OK, &render.withdrawn(posted, &recorded.envelope, rest))
            })
        })
        .await?;
    Ok(done.marked(response))
}
