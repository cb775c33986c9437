//! `/api/offers`.

pub(super) mod list;
pub(super) mod post;
pub(super) mod read;
pub(super) mod withdraw;

use domain::{Event, OfferId, OfferOpened, ReadError, Recorded, Scope, Sequence};
use views::Views;

use crate::problem::{Code, Problem};
use crate::reply::unexpected;

fn offer_named(name: &str) -> Result<OfferId, Problem> {
    let closed = || Problem::not_found(Code::OfferClosed, "there is no such open offer");
    OfferId::parse(name).ok_or_else(closed)
}

/// The event that posted an offer. Offers are public.
fn posting(views: &Views, id: OfferId) -> Result<Option<Recorded>, ReadError> {
    let before = Sequence(id.0.0.saturating_sub(1));
    Ok(views.events(before, 1, Scope::Network)?.into_iter().next())
}

/// What it says.
fn opened(posting: &Recorded) -> Result<&OfferOpened, Problem> {
    match &posting.event {
        Event::OfferOpened(opened) => Ok(opened),
        _ => Err(unexpected()),
    }
}
