//! What a run left behind that did not come to its end, as when the demo was killed in it: its
//! shipments are brought to their end, and what its alerts watched is watched no more.

use serde::Deserialize;
use serde_json::json;

use super::Notes;
use super::beat::Beat;
use super::cast::CARRIER;
use super::server::{Marks, Server, refusal};
use crate::client::{ClientError, Request};

/// A run has six shipments; more of them than this are not its.
const SHIPMENTS_MAX: usize = 100;
const ALERTS_MAX: usize = 20_000;
/// Begins the names of the story's rules.
pub(super) const RULES: &str = "story-";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListedShipment {
    shipment_id: String,
    lines: Vec<ListedLine>,
}

#[derive(Debug, Deserialize)]
struct ListedLine {
    commodity: String,
    outstanding: u64,
}

#[derive(Debug, Deserialize)]
struct ListedAlert {
    cause: Cause,
}

#[derive(Debug, Deserialize)]
struct Cause {
    #[serde(default)]
    rule: Option<String>,
}

/// Clears it all up. What is refused is noted: the next run can do without.
pub(super) async fn clear(server: &mut Server<'_>, notes: &Notes) -> Result<(), ClientError> {
    for (status, reports) in [
        ("booked", &["cancelled"] as &[_]),
        ("loading", &["cancelled"]),
        ("in_transit", &["arrived", "received"]),
        ("arrived", &["received"]),
        ("partially_received", &["received"]),
    ] {
        let path = format!("/api/cargo?carrier={CARRIER}&status={status}");
        let listed: Vec<ListedShipment> = server.client.list(&path, SHIPMENTS_MAX).await?;
        for shipment in listed {
            for report in reports {
                let ended = end(server, &shipment, report).await;
                noted(ended, notes).await?;
            }
        }
    }
    let alerts: Vec<ListedAlert> =
        server.client.list("/api/alerts?commodity=oxygen", ALERTS_MAX).await?;
    let rules = alerts.into_iter().filter_map(|alert| alert.cause.rule);
    for rule in rules.filter(|rule| rule.starts_with(RULES)) {
        let request = Request::delete(format!("/api/alert-rules/{rule}"), server.key());
        let deleted = server.client.accepted(&request).await.map(drop);
        noted(deleted, notes).await?;
    }
    Ok(())
}

async fn end(
    server: &mut Server<'_>,
    shipment: &ListedShipment,
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
        Err(error) if refusal(&error).is_some() => {
            notes.trouble(&format!("clearing up: {error}")).await;
            Ok(())
        }
        outcome => outcome,
    }
}
