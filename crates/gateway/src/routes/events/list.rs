//! `GET /api/events`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::LINK;
use axum::response::Response;
use domain::{Recorded, Scope, Sequence};
use views::{AsOf, EventFilter, Order, Page as Found, Part, Views};

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::render::Identity;
use crate::reply::{ITEMS_AT_ONCE, ListBody, linked, set, snapshot};
use crate::request::{Cursor, EventParameters, Query};
use crate::wire::answer::{CloudEvent, List};
use crate::wire::{OrderWord, SeverityWord, Time};

/// Events of any age, by what they are about: the same that live readers get.
///
/// Oldest first, `nextCursor` is the position to go on `after`, and null when there is nothing more
/// now; newest first, it is a `cursor`. Several values of a parameter, between commas, mean any of
/// them; different parameters narrow. A page may be short, or empty, with more to come: follow
/// `nextCursor`. Keys with accounts get what is public and what their accounts are part of.
#[utoipa::path(
    get,
    path = "/api/events",
    operation_id = "listEvents",
    tag = "events",
    params(
        ("topic" = Option<String>, Query, description = "About these: the word before the dot of the type."),
        ("type" = Option<String>, Query, description = "Of these types."),
        ("station" = Option<String>, Query, description = "At these stations; of a shipment, both its ends."),
        ("system" = Option<String>, Query, description = "At the stations that are in these systems now."),
        ("commodity" = Option<String>, Query, description = "Of these commodities."),
        ("trader" = Option<String>, Query, description = "Of these parties."),
        ("vessel" = Option<String>, Query, description = "Of these vessels."),
        ("shipment" = Option<String>, Query, description = "Of these shipments, their alerts included."),
        ("trade" = Option<String>, Query, description = "Of these trades, their alerts included."),
        ("severity" = Option<SeverityWord>, Query, description = "Of alerts, those at least as bad; other events pass."),
        ("actor" = Option<String>, Query, description = "Asked for by this principal."),
        ("reference" = Option<String>, Query, description = "With this reference."),
        ("from" = Option<Time>, Query, description = "That happened at this time or after."),
        ("to" = Option<Time>, Query, description = "That happened before this time."),
        ("order" = Option<OrderWord>, Query, description = "newest or oldest first; oldest if left out."),
        ("after" = Option<String>, Query, description = "Oldest first: a position, an event's id or its sequence. From the first event if left out."),
        ("cursor" = Option<String>, Query, description = "Newest first: the nextCursor of an answer."),
        ("limit" = Option<u32>, Query, description = "1 to 1000; 100 if left out.")
    ),
    responses((status = 200, description = "A part of the events.", body = List<CloudEvent<'static>>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let order = query.order().unwrap_or(Order::Oldest);
    let parameters = EventParameters::read(&mut query);
    let after = query.raw("after");
    let page = query.page();
    if order == Order::Newest && after.is_some() {
        query.refuse("after", "goes with order=oldest alone; newest first goes on by cursor");
    }
    query.finish()?;
    app.blocking(move |app, views| {
        let shown = app.render(|render| render.state.as_of())?;
        let after = match after {
            None => None,
            Some(text) => Some(position(&text, app.identity()).ok_or_else(unknown_position)?),
        };
        if after.is_some_and(|after| after > shown.sequence) {
            return Err(unknown_position().with("last", shown.sequence.0));
        }
        let part = page.part(order);
        let part = Part { cursor: after.or(part.cursor), ..part };
        let filter = app.render(|render| parameters.filter(render.state))??;
        let scope = caller.scope();
        let found = find(app, views, &filter, part, (scope, shown))?;
        let mut body = ListBody::new();
        for portion in found.items.chunks(ITEMS_AT_ONCE) {
            app.render(|render| {
                for recorded in portion {
                    body.push(&render.cloud_event(recorded));
                }
            })?;
        }
        let next = found.next.map(|next| match order {
            Order::Oldest => app.identity().event_id(next),
            Order::Newest => Cursor(next.0).to_string(),
        });
        let answer = || body.finish(next.as_ref(), found.as_of);
        let mut response =
            snapshot(&headers, (found.as_of, caller.scope()), app.identity(), answer);
        if order == Order::Newest {
            return Ok(linked(response, &page, next.as_ref()));
        }
        if let Some(next) = &next {
            set(&mut response, LINK, page.link("after", next));
        }
        Ok(response)
    })
    .await
}

fn find(
    app: &App,
    views: &Views,
    filter: &EventFilter,
    part: Part,
    (scope, shown): (Scope<'_>, AsOf),
) -> Result<Found<Recorded>, Problem> {
    if filter.is_everything() && scope.is_network() && part.order == Order::Oldest {
        // All of them are the journal itself: no index is asked, which may be on its way.
        let after = part.cursor.unwrap_or_default();
        let items = views.events(after, part.limit, scope)?;
        let last = items.last().map_or(after, |recorded| recorded.envelope.sequence);
        let next = (last < shown.sequence).then_some(last);
        return Ok(Found { items, next, as_of: shown });
    }
    for id in filter.trades.iter().flatten() {
        if views.trade(*id, scope)?.is_none() {
            let problem = Problem::new(Code::UnknownTrade, format!("there is no trade {id}"));
            return Err(problem.with("transactionId", id.to_string()));
        }
    }
    for id in filter.shipments.iter().flatten() {
        if views.shipment(*id, scope)?.is_none() {
            let problem = Problem::new(Code::UnknownShipment, format!("there is no shipment {id}"));
            return Err(problem.with("shipmentId", id.to_string()));
        }
    }
    Ok(app.ready()?.past.history.find_events(filter, part, scope)?)
}

/// The sequence of a position: plain digits, or an event's identifier in this journal as it is.
pub(in crate::routes) fn position(text: &str, identity: &Identity) -> Option<Sequence> {
    let (digits, tag) = match text.split_once('-') {
        None => (text, None),
        Some((digits, tag)) => (digits, Some(tag)),
    };
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let sequence = Sequence(plain.then(|| digits.parse().ok()).flatten()?);
    tag.is_none_or(|tag| tag == identity.tag(sequence)).then_some(sequence)
}

pub(in crate::routes) fn unknown_position() -> Problem {
    Problem::plain(Code::UnknownPosition)
}

#[cfg(test)]
mod tests {
    use domain::{Branch, Epoch, JournalId, Lineage};

    use super::*;

    #[test]
    fn positions_of_before_a_restore_are_known_up_to_it() {
        let mut lineage = Lineage::from(JournalId(0x0123_4567 << 96));
        let before = Identity::of(&lineage);
        lineage.push(Branch { after: Sequence(7), epoch: Epoch(0x1000_0001) });
        let restored = Identity::of(&lineage);
        for at in 0..=7 {
            assert_eq!(before.event_id(Sequence(at)), restored.event_id(Sequence(at)));
        }
        assert_eq!(restored.event_id(Sequence(8)), "8-11234566");
        let known = |text: &str| position(text, &restored).map(|sequence| sequence.0);
        assert_eq!(known("7-01234567"), Some(7));
        assert_eq!(known("8-01234567"), None, "an event that is lost, or another's");
        assert_eq!(known("8-11234566"), Some(8));
        assert_eq!(known("7-11234566"), None, "it never was called so");
        assert_eq!(known("8"), Some(8));
        for wrong in ["", "-", "+1", "7-", "7-01234567-", "x-01234567"] {
            assert_eq!(known(wrong), None, "{wrong}");
        }
    }
}
