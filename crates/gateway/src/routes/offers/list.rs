//! `GET /api/offers`.

use std::fmt;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::Scope;
use views::{OfferFilter, OfferPlace};

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::{ListBody, linked, snapshot};
use crate::request::{Lookup, Query};
use crate::shape::Flaw;
use crate::wire::answer::{List, OfferAnswer};
use crate::wire::{SideWord, TextScalar};

/// Open offers, best price first: of each commodity, in the order of creation, the offers to sell from
/// the cheapest on, then those to buy from the dearest on.
///
/// A page may be short, or empty, with more to come: follow `nextCursor`. Offers are public.
#[utoipa::path(
    get,
    path = "/api/offers",
    operation_id = "listOffers",
    tag = "offers",
    params(
        ("commodity" = Option<String>, Query, description = "Of this commodity."),
        ("station" = Option<String>, Query, description = "At this station."),
        ("side" = Option<SideWord>, Query, description = "To sell, or to buy."),
        ("trader" = Option<String>, Query, description = "Of this trader."),
        ("cursor" = Option<String>, Query, description = "The nextCursor of an answer."),
        ("limit" = Option<u32>, Query, description = "1 to 1000; 100 if left out.")
    ),
    responses((status = 200, description = "A part of the list.", body = List<OfferAnswer<'static>>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Caller,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let (commodity, station) = (query.name("commodity"), query.name("station"));
    let side: Option<SideWord> = query.text("side", Flaw::InvalidValue);
    let trader = query.name("trader");
    let after: Option<After> = query.text("cursor", Flaw::InvalidCursor);
    let page = query.limited();
    query.finish()?;
    app.render(|render| {
        let known = Lookup(render.state);
        let filter = OfferFilter {
            station: known.station("station", station.as_ref())?,
            commodity: known.commodity("commodity", commodity.as_ref())?,
            side: side.map(|SideWord(side)| side),
            trader: known.trader("trader", trader.as_ref())?,
        };
        let after = after.map(|After(place)| place);
        let found = render.state.find_offers(&filter, after, page.limit);
        let next = found.next.map(|next| After(next).to_string());
        let as_of = render.state.as_of();
        let response = snapshot(&headers, (as_of, Scope::Network), render.identity, || {
            let mut list = ListBody::new();
            for offer in &found.items {
                list.push(&render.offer_item(offer));
            }
            list.finish(next.as_ref(), as_of)
        });
        Ok(linked(response, &page, next.as_ref()))
    })?
}

/// Where a page begins: behind this place.
#[derive(Debug, Clone, Copy)]
struct After(OfferPlace);

impl fmt::Display for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OfferPlace { good, price, id } = self.0;
        write!(f, "c{good:x}.{price:x}.{id:x}")
    }
}

impl TextScalar for After {
    const WHAT: &'static str = "the nextCursor of an answer";

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix('c')?.split('.');
        let mut next = || u64::from_str_radix(parts.next()?, 16).ok();
        let (good, price, id) = (u32::try_from(next()?).ok()?, next()?, next()?);
        // Only what was written is read: no signs, no leading zeros, nothing behind.
        Some(Self(OfferPlace { good, price, id })).filter(|cursor| cursor.to_string() == text)
    }
}
