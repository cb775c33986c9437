//! `POST /api/offers`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Action, Event, Identifier, Offer, PostOffer, Recorded};

use super::{opened, posting};
use crate::gateway::App;
use crate::problem::Problem;
use crate::render::Render;
use crate::reply::{json, unexpected};
use crate::request::Asked;
use crate::wire::answer::{OfferAnswer, StandingAnswer};
use crate::wire::body::OfferBody;

/// Post a price: what it promises is reserved, goods to sell or credits to buy.
///
/// With `replace` it takes the place of the trader's open offers of this side and commodity at the
/// station; with a quantity of 0 it only withdraws them. A posting that would change nothing is
/// answered with 200, and so is one that only withdraws.
#[utoipa::path(
    post,
    path = "/api/offers",
    operation_id = "postOffer",
    tag = "offers",
    request_body = OfferBody,
    responses(
        (status = 201, description = "Posted, and durable.", body = OfferAnswer<'_>),
        (status = 200, description = "Only withdrawn, or as it was.", body = StandingAnswer<'_>)
    )
)]
pub(crate) async fn post(
    State(app): State<App>,
    asked: Asked<OfferBody>,
) -> Result<Response, Problem> {
    let wanted = asked.body.wanted()?;
    let Action::PostOffer(post) = &wanted.action else {
        return Err(unexpected());
    };
    let post = post.clone();
    let done = app.write(asked.sent, wanted).await?;
    if let Some(rehearsed) = app.rehearsed(&done)? {
        return Ok(rehearsed);
    }
    match done.recorded() {
        Some(Recorded { envelope, event: Event::OfferOpened(opened) }) => app.render(|render| {
            let answer = render.opened(envelope, opened);
            done.created(format!("/api/offers/{}", answer.offer_id), &answer)
        }),
        Some(recorded) => {
            let response = withdrawn(&app, recorded.clone()).await?;
            Ok(done.marked(response))
        }
        None => app.render(|render| unchanged(render, &post)),
    }
}

/// The offers that a posting of nothing withdrew.
async fn withdrawn(app: &App, recorded: Recorded) -> Result<Response, Problem> {
    app.blocking(move |app, views| {
        let Event::OffersWithdrawn(rests) = &recorded.event else {
            return Err(unexpected());
        };
        let mut postings = Vec::with_capacity(rests.len());
        for rest in rests {
            postings.push(posting(views, rest.offer)?.ok_or_else(unexpected)?);
        }
        app.render(|render| {
            let mut withdrawn = Vec::with_capacity(rests.len());
            for (posting, rest) in postings.iter().zip(rests) {
                let posted = (&posting.envelope, opened(posting)?);
                withdrawn.push(render.withdrawn(posted, &recorded.envelope, rest));
            }
            Ok(json(StatusCode::OK, &StandingAnswer { offer: None, withdrawn }))
        })?
    })
    .await
}

/// The offer that stands already, if one was to be posted.
fn unchanged(render: Render<'_>, post: &PostOffer) -> Response {
    let state = render.state;
    let stands = |offer: &&Offer| offer.unit_price == post.unit_price;
    let found = || {
        let trader = post.trader.as_ref().unwrap_or(&post.station);
        let station = state.station_id(post.station.as_str())?;
        let trader = state.trader_id(Identifier::as_str(trader))?;
        let commodity = state.commodity_id(post.commodity.as_str())?;
        state.offers_alike(station, trader, post.side, commodity).find(stands)
    };
    let offer = found().filter(|_| !post.quantity.is_zero());
    let offer = offer.map(|offer| render.offer_item(offer));
    json(StatusCode::OK, &StandingAnswer { offer, withdrawn: Vec::new() })
}
