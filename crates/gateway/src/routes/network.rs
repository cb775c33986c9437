//! `GET /api/network`.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::{AMOUNT_MAX, ShipmentStatus, limits as network};

use crate::auth::Caller;
use crate::gateway::App;
use crate::limits;
use crate::problem::{Code, Problem};
use crate::reply::json;
use crate::request::NoQuery;
use crate::wire::answer::{Counts, NetworkAnswer};
use crate::wire::{StatusWord, Time};

/// The network: its clock, its counts, its limits.
#[utoipa::path(
    get,
    path = "/api/network",
    operation_id = "readNetwork",
    tag = "network",
    responses((status = 200, description = "The network now.", body = NetworkAnswer<'_>))
)]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    _query: NoQuery,
) -> Result<Response, Problem> {
    let ready = app.ready()?;
    let (now, readers) = (ready.executor.now(), ready.hub.readers());
    app.render(|render| {
        let created = render.state.network().ok_or_else(|| Problem::plain(Code::Recovering))?;
        let as_of = render.state.as_of();
        let answer = NetworkAnswer {
            journal: &render.identity.journal,
            tag: render.identity.tag(as_of.sequence),
            time: Time(now),
            epoch: Time(created.epoch),
            speed: created.speed,
            created_at: Time(created.wall),
            sequence: as_of.sequence.0,
            counts: caller.scope().is_network().then(|| counts(render.state, readers)),
            limits: bounds(),
        };
        Ok(json(StatusCode::OK, &answer))
    })?
}

pub(super) fn counts(state: &views::State, readers: usize) -> Counts {
    let counts = state.counts();
    let value = u64::try_from(counts.traded_value).unwrap_or(AMOUNT_MAX);
    Counts {
        stations: counts.stations,
        commodities: counts.commodities,
        traders: counts.traders,
        stock_entries: counts.stock_entries,
        open_shipments: counts.open_shipments,
        open_holds: counts.open_holds,
        open_offers: counts.open_offers,
        delayed_shipments: state.shipment_counts().delayed,
        vessels: counts.vessels,
        shipments: shipments(&state.shipment_counts()),
        on_hold_shipments: state.shipment_counts().on_hold,
        open_alerts: state.alert_counts().into(),
        keys: counts.keys,
        trades_settled: counts.trades_settled,
        traded_value: value.min(AMOUNT_MAX),
        events: counts.events,
        readers,
    }
}

pub(super) fn shipments(counts: &views::ShipmentCounts) -> BTreeMap<&'static str, u64> {
    let all = [
        ShipmentStatus::Booked,
        ShipmentStatus::Loading,
        ShipmentStatus::InTransit,
        ShipmentStatus::Arrived,
        ShipmentStatus::PartiallyReceived,
        ShipmentStatus::Received,
        ShipmentStatus::Cancelled,
        ShipmentStatus::Lost,
        ShipmentStatus::Returned,
    ];
    all.into_iter().map(|status| (StatusWord(status).word(), counts.of(status))).collect()
}

fn bounds() -> BTreeMap<&'static str, u64> {
    let size = |bound: usize| u64::try_from(bound).unwrap_or(u64::MAX);
    [
        ("amount", AMOUNT_MAX),
        ("identifierBytes", size(network::IDENTIFIER_BYTES_MAX)),
        ("textBytes", size(network::TEXT_BYTES_MAX)),
        ("metadataEntries", size(network::METADATA_ENTRIES_MAX)),
        ("idempotencyKeyBytes", size(network::IDEMPOTENCY_KEY_BYTES_MAX)),
        ("lines", size(network::LINES_MAX)),
        ("keyWindow", u64::from(network::KEY_WINDOW)),
        ("stations", size(network::STATIONS_MAX)),
        ("commodities", size(network::COMMODITIES_MAX)),
        ("traders", size(network::TRADERS_MAX)),
        ("stockEntries", size(network::STOCK_ENTRIES_MAX)),
        ("openShipments", size(network::SHIPMENTS_OPEN_MAX)),
        ("openShipmentLines", size(network::SHIPMENT_LINES_OPEN_MAX)),
        ("shipmentLinesOfOwner", size(network::SHIPMENT_LINES_OF_OWNER_MAX)),
        ("shipmentEvents", u64::from(network::SHIPMENT_EVENTS_MAX)),
        ("charges", size(network::CHARGES_MAX)),
        ("accounts", size(network::ACCOUNTS_MAX)),
        ("openHolds", size(network::HOLDS_OPEN_MAX)),
        ("openHoldLines", size(network::HOLD_LINES_OPEN_MAX)),
        ("openProposals", size(network::PROPOSALS_OF_TRADER_MAX)),
        ("holdEvents", u64::from(network::HOLD_EVENTS_MAX)),
        ("openOffers", size(network::OFFERS_OPEN_MAX)),
        ("offersOfTrader", size(network::OFFERS_OF_TRADER_MAX)),
        ("offersAlike", size(network::OFFERS_ALIKE_MAX)),
        ("deadlineSeconds", u64::from(network::DEADLINE_SECONDS_MAX)),
        ("reversalsInFlight", u64::from(network::REVERSAL_WINDOW)),
        ("vessels", size(network::VESSELS_MAX)),
        ("lostShipments", size(network::LOST_SHIPMENTS_MAX)),
        ("trackPositions", size(network::TRACK_POSITIONS_MAX)),
        ("tolerancePermille", u64::from(network::TOLERANCE_PERMILLE_MAX)),
        ("alertRules", size(network::ALERT_RULES_MAX)),
        ("holdAlerts", size(network::HOLD_ALERTS_MAX)),
        ("resolvedAlerts", size(views::RESOLVED_ALERTS_KEPT)),
        ("keys", size(network::KEYS_MAX)),
        ("bodyBytes", size(limits::BODY_BYTES_MAX)),
        ("bulkBytes", size(limits::BULK_BYTES_MAX)),
        ("bulkLines", size(limits::BULK_LINES_MAX)),
        ("bulkLineBytes", size(limits::BULK_LINE_BYTES_MAX)),
        ("pageItems", size(limits::PAGE_ITEMS_MAX)),
    ]
    .into()
}
