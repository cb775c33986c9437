//! What the story asks of the server: reads in its own words, and commands with a key each.

use itn_client::{
    CreditReason, ListOffersQuery, NewCreditChange, Offer, OfferSide, ReadInventoryQuery, Request,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::beat::Beat;
use super::cast::OXYGEN;
use crate::client::{Client, ClientError};

/// Credits given to whoever cannot pay.
const FUND: i64 = 1_000_000_000;

/// The reference of what has a caption: the latest of them are found by it.
const TOLD: &str = "story";

/// A server, and the keys of one run.
#[derive(Debug)]
pub(super) struct Server<'a> {
    pub(super) client: &'a Client,
    /// Begins each key, so that no other run has it.
    prefix: String,
    run: u64,
    commands_count: u64,
}

/// A command that was taken.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Taken {
    pub(super) sequence: u64,
    #[serde(default)]
    pub(super) shipment_id: Option<String>,
    #[serde(default)]
    pub(super) planned_arrival: Option<Timestamp>,
    #[serde(default)]
    pub(super) actual_arrival: Option<Timestamp>,
}

/// What part of the story a command is, and the caption if it is the one that tells it.
#[derive(Debug, Clone)]
pub(super) struct Marks {
    pub(super) beat: Beat,
    pub(super) caption: Option<String>,
}

/// What an owner has somewhere.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Level {
    pub(super) on_hand: u64,
    pub(super) available: u64,
}

/// Whether it was refused with this code.
pub(super) fn is_refused<T>(outcome: &Result<T, ClientError>, code: &str) -> bool {
    outcome
        .as_ref()
        .err()
        .and_then(ClientError::refusal)
        .is_some_and(|problem| problem.code == code)
}

impl<'a> Server<'a> {
    pub(super) fn new(client: &'a Client, seed: u64, run: u64) -> Self {
        Self { client, prefix: format!("story/v1/{seed}/{run}"), run, commands_count: 0 }
    }

    pub(super) fn key(&mut self) -> String {
        self.commands_count += 1;
        format!("{}/{}", self.prefix, self.commands_count)
    }

    /// Sends a command, marked as a part of the story.
    pub(super) async fn command(
        &mut self,
        path: &str,
        mut body: Value,
        marks: &Marks,
    ) -> Result<Taken, ClientError> {
        let mut metadata = json!({ "story": marks.beat.word(), "run": self.run.to_string() });
        if let Some(caption) = &marks.caption {
            metadata["caption"] = json!(caption);
            body["reference"] = json!(TOLD);
        }
        body["metadata"] = metadata;
        let request = Request::write("POST", path, Some(&body), Some(self.key()))?;
        Ok(self.client.send(&request).await?.accepted()?.json()?)
    }

    /// The same, for a command that costs credits: who cannot pay is given some.
    pub(super) async fn paid(
        &mut self,
        payer: &str,
        path: &str,
        body: Value,
        marks: &Marks,
    ) -> Result<Taken, ClientError> {
        let taken = self.command(path, body.clone(), marks).await;
        if !is_refused(&taken, "insufficient_credits") {
            return taken;
        }
        let reason = CreditReason::Issued;
        let credits = NewCreditChange { change: FUND, reason, ..NewCreditChange::default() };
        self.client.change_credits(payer, &credits).key(self.key()).await?;
        self.command(path, body, marks).await
    }

    /// Changes a station's own stock of one commodity.
    pub(super) async fn adjust(
        &mut self,
        station: &str,
        line: Value,
        marks: &Marks,
    ) -> Result<Taken, ClientError> {
        let path = format!("/api/inventory/{station}/adjustments");
        self.command(&path, json!({ "lines": [line] }), marks).await
    }

    /// A station's own oxygen.
    pub(super) async fn oxygen(&self, station: &str) -> Result<Level, ClientError> {
        let query = ReadInventoryQuery {
            commodity: Some(OXYGEN.to_owned()),
            owner: Some(station.to_owned()),
            ..ReadInventoryQuery::default()
        };
        let found = self.client.read_inventory(station, &query).await?;
        let level = found.levels.first();
        Ok(level.map_or_else(Level::default, |level| Level {
            on_hand: level.on_hand,
            available: level.available,
        }))
    }

    /// A station's best bid for oxygen.
    pub(super) async fn bid(&self, station: &str) -> Result<Option<Offer>, ClientError> {
        let query = ListOffersQuery {
            commodity: Some(OXYGEN.to_owned()),
            station: Some(station.to_owned()),
            side: Some(OfferSide::Buy),
            trader: Some(station.to_owned()),
            limit: Some(1),
            ..ListOffersQuery::default()
        };
        Ok(self.client.list_offers(&query).next().await?)
    }
}
