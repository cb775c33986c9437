//! What a run left behind that did not come to its end, as when the demo was killed in it: its
//! shipments are brought to their end, and what its alerts watched is watched no more.

use itn_client::{ListAlertsQuery, ListShipmentsQuery, Shipment, ShipmentStatus};
use serde_json::json;

use super::Notes;
use super::beat::Beat;
use super::cast::{CARRIER, OXYGEN};
use super::server::{Marks, Server};
use crate::client::ClientError;

/// A run has six shipments; more of them than this are not its.
const SHIPMENTS_MAX: usize = 100;
const ALERTS_MAX: usize = 20_000;
/// Begins the names of the story's rules.
pub(super) const RULES: &str = "story-";

/// Clears it all up. What is refused is noted: the next run can do without.
pub(super) async fn clear(server: &mut Server<'_>, notes: &Notes) -> Result<(), ClientError> {
    for (status, reports) in [
        (ShipmentStatus::Booked, &["cancelled"] as &[_]),
        (ShipmentStatus::Loading, &["cancelled"]),
        (ShipmentStatus::InTransit, &["arrived", "received"]),
        (ShipmentStatus::Arrived, &["received"]),
        (ShipmentStatus::PartiallyReceived, &["received"]),
    ] {
        let query = ListShipmentsQuery {
            carrier: Some(CARRIER.to_owned()),
            status: Some(status),
            ..ListShipmentsQuery::default()
        };
        for shipment in server.client.list_shipments(&query).collect(SHIPMENTS_MAX).await? {
            for report in reports {
                let ended = end(server, &shipment, report).await;
                noted(ended, notes).await?;
            }
        }
    }
    let query = ListAlertsQuery {
        commodity: Some(OXYGEN.to_owned()),
        limit: Some(1_000),
        ..ListAlertsQuery::default()
    };
    let alerts = server.client.list_alerts(&query).collect(ALERTS_MAX).await?;
    let rules = alerts.into_iter().filter_map(|alert| alert.cause.rule);
    for rule in rules.filter(|rule| rule.starts_with(RULES)) {
        let deleted = server.client.delete_alert_rule(&rule).key(server.key()).await;
        noted(deleted.map(drop).map_err(ClientError::from), notes).await?;
    }
    Ok(())
}

async fn end(
    server: &mut Server<'_>,
    shipment: &Shipment,
    report: &str,
) -> Result<(), ClientError> {
    let mut body = json!({ "type": report });
    if report == "received" {
        let lines = shipment.lines.iter().filter(|line| line.outstanding > 0);
        let lines =
            lines.map(|line| json!({ "commodity": line.commodity, "accepted": line.outstanding }));
        body["lines"] = lines.collect();
    }
    let path = format!("/api/cargo/{}/events", shipment.shipment_id);
    let marks = Marks { beat: Beat::Over, caption: None };
    server.command(&path, body, &marks).await.map(drop)
}

async fn noted(outcome: Result<(), ClientError>, notes: &Notes) -> Result<(), ClientError> {
    match outcome {
        Err(error) if error.refusal().is_some() => {
            notes.trouble(&format!("clearing up: {error}")).await;
            Ok(())
        }
        outcome => outcome,
    }
}
