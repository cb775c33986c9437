//! `GET /api/cargo`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use views::ShipmentFilter;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::{ITEMS_AT_ONCE, ListBody, linked, snapshot};
use crate::request::{Cursor, Lookup, Query};
use crate::shape::Flaw;
use crate::wire::answer::{List, ShipmentAnswer};
use crate::wire::{OrderWord, StatusWord, Time, Words};

/// Shipments of any age, without their timelines.
///
/// A page may be short, or empty, with more to come: follow `nextCursor`.
#[utoipa::path(
    get,
    path = "/api/cargo",
    operation_id = "listShipments",
    tag = "cargo",
    params(
        ("origin" = Option<String>, Query, description = "From this station."),
        ("destination" = Option<String>, Query, description = "To this station."),
        ("owner" = Option<String>, Query, description = "Of this owner's goods."),
        ("carrier" = Option<String>, Query, description = "Carried by this one."),
        ("vessel" = Option<String>, Query, description = "On this vessel."),
        ("commodity" = Option<String>, Query, description = "With this commodity, among others."),
        ("status" = Option<StatusWord>, Query, description = "Of this status."),
        ("delayed" = Option<bool>, Query, description = "Late, or not."),
        ("onHold" = Option<bool>, Query, description = "Stopped, or not."),
        ("reference" = Option<String>, Query, description = "Booked with this reference."),
        ("from" = Option<Time>, Query, description = "Booked at this time or after."),
        ("to" = Option<Time>, Query, description = "Booked before this time."),
        ("order" = Option<OrderWord>, Query, description = "newest or oldest first; newest if left out."),
        ("cursor" = Option<String>, Query, description = "The nextCursor of an answer."),
        ("limit" = Option<u32>, Query, description = "1 to 1000; 100 if left out.")
    ),
    responses((status = 200, description = "A part of the list.", body = List<ShipmentAnswer<'static>>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let (origin, destination) = (query.name("origin"), query.name("destination"));
    let (owner, carrier) = (query.name("owner"), query.name("carrier"));
    let (vessel, commodity) = (query.name("vessel"), query.name("commodity"));
    let status: Option<StatusWord> = query.text("status", Flaw::InvalidValue);
    let delayed = query.word("delayed", &[("true", true), ("false", false)]);
    let on_hold = query.word("onHold", &[("true", true), ("false", false)]);
    let reference: Option<Words> = query.text("reference", Flaw::InvalidText);
    let from: Option<Time> = query.text("from", Flaw::InvalidTime);
    let to: Option<Time> = query.text("to", Flaw::InvalidTime);
    let order = query.order().unwrap_or_default();
    let page = query.page();
    query.finish()?;
    app.blocking(move |app, _| {
        let filter = app.render(|render| {
            let known = Lookup(render.state);
            Ok::<_, Problem>(ShipmentFilter {
                origin: known.station("origin", origin.as_ref())?,
                destination: known.station("destination", destination.as_ref())?,
                owner: known.trader("owner", owner.as_ref())?,
                carrier: known.trader("carrier", carrier.as_ref())?,
                vessel: known.vessel("vessel", vessel.as_ref())?,
                commodity: known.commodity("commodity", commodity.as_ref())?,
                status: status.map(|StatusWord(status)| status),
                delayed,
                on_hold,
                reference: reference.map(|Words(text)| text),
                from: from.map(|Time(at)| at),
                to: to.map(|Time(at)| at),
            })
        })??;
        let history = &app.ready()?.past.history;
        let found = history.find_shipments(&filter, page.part(order), caller.scope())?;
        let next = found.next.map(|next| Cursor(next.0).to_string());
        let mut list = ListBody::new();
        for portion in found.items.chunks(ITEMS_AT_ONCE) {
            app.render(|render| {
                for shipment in portion {
                    list.push(&render.shipment_item(shipment));
                }
            })?;
        }
        let answer = || list.finish(next.as_ref(), found.as_of);
        let response = snapshot(&headers, (found.as_of, caller.scope()), app.identity(), answer);
        Ok(linked(response, &page, next.as_ref()))
    })
    .await
}
