//! What the story asks of the server: reads in its own words, and commands with a key each.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::beat::Beat;
use super::cast::OXYGEN;
use crate::client::{Client, ClientError, Problem, Request};

/// Credits given to whoever cannot pay.
const FUND: u64 = 1_000_000_000;

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

#[derive(Debug, Deserialize)]
struct Levels {
    levels: Vec<Level>,
}

/// What an owner has somewhere.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Level {
    pub(super) on_hand: u64,
    pub(super) available: u64,
}

/// An open offer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Bid {
    pub(super) offer_id: String,
    pub(super) unit_price: u64,
    pub(super) remaining: u64,
}

/// What is refused, or why there is no answer.
pub(super) fn refusal(error: &ClientError) -> Option<&Problem> {
    match error {
        ClientError::Refused(problem) => Some(problem),
        _ => None,
    }
}

/// Whether it was refused with this code.
pub(super) fn is_refused<T>(outcome: &Result<T, ClientError>, code: &str) -> bool {
    outcome.as_ref().err().and_then(refusal).is_some_and(|problem| problem.code == code)
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
        let request = Request::post(path, &body, self.key());
        self.client.accepted(&request).await?.json()
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
        let credits = json!({ "change": FUND, "reason": "issued" });
        let path_of_credits = format!("/api/traders/{payer}/credits");
        let request = Request::post(path_of_credits, &credits, self.key());
        self.client.accepted(&request).await?;
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
        let path = format!("/api/inventory/{station}?commodity={OXYGEN}&owner={station}");
        let found: Levels = self.client.get(path).await?;
        Ok(found.levels.first().copied().unwrap_or_default())
    }

    /// A station's best bid for oxygen.
    pub(super) async fn bid(&self, station: &str) -> Result<Option<Bid>, ClientError> {
        let path =
            format!("/api/offers?commodity={OXYGEN}&station={station}&side=buy&trader={station}");
        Ok(self.client.list(&path, 1).await?.into_iter().next())
    }
}
