//! `GET /api/offers/{offerId}`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::{offer_named, posting};
use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply::json;
use crate::request::{NoQuery, Subject};
use crate::wire::answer::OfferAnswer;

/// An open offer.
#[utoipa::path(
    get,
    path = "/api/offers/{offerId}",
    operation_id = "readOffer",
    tag = "offers",
    params(("offerId" = String, Path, description = "As the answer to the posting said.")),
    responses((status = 200, description = "The offer.", body = OfferAnswer<'_>))
)]
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Caller,
    _query: NoQuery,
    Subject(name): Subject,
) -> Result<Response, Problem> {
    let id = offer_named(&name)?;
    app.blocking(move |app, views| {
        let closed = || Problem::not_found(Code::OfferClosed, "there is no such open offer");
        let posting = posting(views, id)?.ok_or_else(closed)?;
        app.render(|render| {
            let offer = render.state.offer(id).ok_or_else(closed)?;
            Ok(json(StatusCode::OK, &render.offer(&posting.envelope, offer)))
        })?
    })
    .await
}
