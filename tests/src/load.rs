//! Load whose every command is known by a reference, so that what became of it can be told: answered,
//! refused, or cut off with the outcome unknown.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::{Value, json};

use crate::bodies::{self, with};
use crate::client::{Client, Request};
use crate::given;
use crate::random::Random;
use crate::wait;

/// How long the first write may take.
const ACKNOWLEDGED_LIMIT: Duration = Duration::from_secs(30);

/// One command that was sent, under a reference that no other has.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// What the event it makes carries.
    pub reference: String,
    /// Its idempotency key, if it has one.
    pub key: Option<String>,
    /// Where it was sent as a single command.
    pub path: String,
    /// What was sent there.
    pub body: Value,
    /// What came back.
    pub outcome: Outcome,
}

/// What is known of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// No answer: it may have happened or not.
    Unknown,
    /// A 2xx: it happened, at this place in the sequence.
    Acknowledged {
        /// The place.
        sequence: u64,
    },
    /// A 4xx or a 503: it did not happen.
    Refused,
}

/// Writers that go on until they are told to stop or the server is gone.
#[derive(Debug)]
pub struct Load {
    stop: Arc<AtomicBool>,
    is_acknowledged: Arc<AtomicBool>,
    writers: Vec<JoinHandle<Vec<Attempt>>>,
}

/// How much each command weighs in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// As little as it can: many small commits.
    Light,
    /// Four kilobytes of metadata: the journal's files grow fast.
    Heavy,
}

struct Writer {
    client: Client,
    random: Random,
    name: String,
    weight: Weight,
    attempts: Vec<Attempt>,
    /// Shipments of this writer's that are under way, and how far.
    shipments: Vec<(String, usize)>,
    /// Holds of this writer's that are pending.
    holds: Vec<String>,
}

/// The reports that take a shipment from booking to its end.
const REPORTS: [&str; 4] = ["loaded", "departed", "arrived", "received"];
/// The most lines of one bulk request.
const BULK_LINES_MAX: u64 = 40;

impl Load {
    /// Starts writers on a market ([`given::market`]); `name` makes their references unique.
    pub fn start(
        writers: usize,
        name: &str,
        weight: Weight,
        client: impl Fn() -> Client,
        random: impl Fn(u64) -> Random,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let is_acknowledged = Arc::new(AtomicBool::new(false));
        let start = |number: usize| {
            let stop = Arc::clone(&stop);
            let is_acknowledged = Arc::clone(&is_acknowledged);
            let mut writer = Writer {
                client: client(),
                random: random(number as u64),
                name: format!("{name}-{number}"),
                weight,
                attempts: Vec::new(),
                shipments: Vec::new(),
                holds: Vec::new(),
            };
            thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) && writer.write().is_some() {
                    let outcome = writer.attempts.last().map(|attempt| &attempt.outcome);
                    if matches!(outcome, Some(Outcome::Acknowledged { .. })) {
                        is_acknowledged.store(true, Ordering::Relaxed);
                    }
                }
                writer.attempts
            })
        };
        let writers = (0..writers).map(start).collect();
        Self { stop, is_acknowledged, writers }
    }

    /// Waits until something was acknowledged: on a busy machine that may take a while.
    pub fn until_acknowledged(&self) {
        wait::until("the load does something", ACKNOWLEDGED_LIMIT, || {
            self.is_acknowledged.load(Ordering::Relaxed).then_some(())
        });
    }

    /// Waits until the writers have noticed that the server is gone, or have done what they were
    /// doing, and returns all they sent.
    pub fn finish(self) -> Vec<Attempt> {
        self.stop.store(true, Ordering::Relaxed);
        self.writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    }

    /// Whether every writer has given up by itself.
    pub fn has_ended(&self) -> bool {
        self.writers.iter().all(JoinHandle::is_finished)
    }
}

impl Attempt {
    /// The same as a request of its own.
    pub fn request(&self) -> Request {
        let request = Request::json("POST", &self.path, &self.body);
        match &self.key {
            Some(key) => request.key(key),
            None => request,
        }
    }

    /// Notes what an answer's status says, `sequence` being the answer's own.
    fn settle(&mut self, status: u64, answer: &Value) {
        self.outcome = match status {
            200..300 => {
                let sequence = answer["sequence"].as_u64().unwrap_or_else(|| panic!("{answer}"));
                Outcome::Acknowledged { sequence }
            }
            // The outcome of a 500 or a 504 is not known; nor is any that is not in the contract.
            400..500 | 503 => Outcome::Refused,
            _ => Outcome::Unknown,
        };
    }
}

impl Writer {
    /// One request; `None` once the server no longer answers.
    fn write(&mut self) -> Option<()> {
        match self.random.below(13) {
            0..5 => self.single(),
            5..7 => self.bulk(),
            7..10 => self.cargo(),
            10 => self.offer(),
            _ => self.hold(),
        }
    }

    /// A new attempt; half of them with a key.
    fn attempt(&mut self, path: &str, body: Value) -> Attempt {
        let reference = format!("{}-{}", self.name, self.attempts.len());
        let key = (self.random.below(2) == 0).then(|| format!("key-{reference}"));
        let mut body = with(body, &json!({ "reference": reference }));
        if self.weight == Weight::Heavy {
            let entries =
                (0..16).map(|number| (format!("ballast-{number}"), json!("x".repeat(256))));
            body["metadata"] = entries.collect();
        }
        Attempt { reference, key, path: path.into(), body, outcome: Outcome::Unknown }
    }

    fn any(&mut self) -> Attempt {
        if self.random.below(3) > 0 {
            let quantity = 1 + self.random.below(5);
            let body = with(bodies::trade(), &json!({ "lines": [bodies::line(quantity)] }));
            return self.attempt("/api/trades", body);
        }
        let path = format!("/api/inventory/{}/adjustments", bodies::STATION);
        let quantity = 1 + self.random.below(9);
        self.attempt(&path, bodies::production(quantity))
    }

    fn single(&mut self) -> Option<()> {
        let attempt = self.any();
        self.send(attempt).map(drop)
    }

    fn send(&mut self, mut attempt: Attempt) -> Option<Value> {
        let response = self.client.try_send(&attempt.request()).ok();
        let answer = response.as_ref().map(|r| serde_json::from_slice(&r.body).unwrap_or_default());
        if let (Some(response), Some(answer)) = (&response, &answer) {
            attempt.settle(response.status().into(), answer);
        }
        self.attempts.push(attempt);
        answer
    }

    fn bulk(&mut self) -> Option<()> {
        let first = self.attempts.len();
        for _ in 0..=self.random.below(BULK_LINES_MAX) {
            let attempt = self.any();
            self.attempts.push(attempt);
        }
        let line = |attempt: &Attempt| {
            let mut line = json!({ "data": attempt.body });
            if attempt.path == "/api/trades" {
                line["type"] = json!("trade");
            } else {
                line["type"] = json!("adjustment");
                line["station"] = json!(bodies::STATION);
            }
            if let Some(key) = &attempt.key {
                line["idempotencyKey"] = json!(key);
            }
            line
        };
        let sent = &mut self.attempts[first..];
        let lines: Vec<Value> = sent.iter().map(line).collect();
        let request = Request::lines("/api/events", &lines);
        let (response, end) = self.client.try_send_partial(&request).ok()?;
        if response.status() != 200 {
            let answer = serde_json::from_slice(&response.body).unwrap_or_default();
            for attempt in sent {
                attempt.settle(response.status().into(), &answer);
            }
            return end.ok();
        }
        // A line that came through whole is a promise, even if the answer broke off after it.
        let text = response.text();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        for (attempt, line) in sent.iter_mut().zip(whole.lines()) {
            let answer: Value = serde_json::from_str(line).unwrap();
            attempt.settle(answer["status"].as_u64().unwrap(), &answer);
        }
        end.ok()
    }

    /// A hold, or the end of one: whole, in part or called off.
    fn hold(&mut self) -> Option<()> {
        if self.holds.is_empty() || self.random.below(2) == 0 {
            let terms = json!({
                "lines": [bodies::line(1 + self.random.below(5))],
                "hold": { "expiresInSeconds": 86_400 },
            });
            let attempt = self.attempt("/api/trades", with(bodies::trade(), &terms));
            let answer = self.send(attempt)?;
            self.holds.extend(answer["transactionId"].as_str().map(str::to_owned));
            return Some(());
        }
        let chosen = self.random.index(self.holds.len());
        let id = self.holds.swap_remove(chosen);
        let one = json!({ "commodity": bodies::COMMODITY, "quantity": 1 });
        let (what, body) = match self.random.below(3) {
            0 => ("settle", json!({})),
            1 => ("settle", json!({ "lines": [one], "final": true })),
            _ => ("void", json!({})),
        };
        let attempt = self.attempt(&format!("/api/trades/{id}/{what}"), body);
        self.send(attempt).map(drop)
    }

    /// A posted price in the place of the one before, or a gift.
    fn offer(&mut self) -> Option<()> {
        let quantity = 1 + self.random.below(9);
        let attempt = if self.random.below(2) == 0 {
            let offer = json!({
                "station": bodies::STATION, "trader": bodies::SELLER, "side": "sell",
                "commodity": bodies::COMMODITY, "unitPrice": 1, "quantity": quantity,
                // With a lifetime it is never the offer that is open already.
                "expiresInSeconds": 86_400, "replace": true,
            });
            self.attempt("/api/offers", offer)
        } else {
            let gift = json!({ "from": bodies::SELLER, "to": bodies::BUYER,
                "station": bodies::STATION,
                "lines": [{ "commodity": bodies::COMMODITY, "quantity": quantity }] });
            self.attempt("/api/transfers", gift)
        };
        self.send(attempt).map(drop)
    }

    fn cargo(&mut self) -> Option<()> {
        if self.shipments.is_empty() || self.random.below(3) == 0 {
            let attempt = self.attempt("/api/cargo", bodies::shipment());
            let answer = self.send(attempt)?;
            if let Some(id) = answer["shipmentId"].as_str() {
                self.shipments.push((id.into(), 0));
            }
            return Some(());
        }
        let chosen = self.random.index(self.shipments.len());
        let (id, done) = self.shipments[chosen].clone();
        let mut body = json!({ "type": REPORTS[done] });
        if REPORTS[done] == "received" {
            body["lines"] = json!([{ "commodity": bodies::COMMODITY, "accepted": 1 }]);
        }
        if done + 1 == REPORTS.len() {
            self.shipments.swap_remove(chosen);
        } else {
            self.shipments[chosen].1 += 1;
        }
        let attempt = self.attempt(&format!("/api/cargo/{id}/events"), body);
        self.send(attempt).map(drop)
    }
}

/// Checks the whole journal of a server against all that was ever sent to it under references that
/// begin with `prefix`: what was acknowledged is there, at its place; nothing is there twice; nothing
/// is there that was refused or never sent.
pub fn check(client: &mut Client, prefix: &str, attempts: &[Attempt]) -> Result<(), String> {
    let mut found: HashMap<String, u64> = HashMap::new();
    for event in given::events(client, 0) {
        let Some(reference) = event["data"]["reference"].as_str() else { continue };
        if !reference.starts_with(prefix) {
            continue;
        }
        let sequence = event["sequence"].as_str().and_then(|digits| digits.parse().ok());
        let sequence = sequence.ok_or_else(|| format!("no sequence: {event}"))?;
        if let Some(first) = found.insert(reference.into(), sequence) {
            return Err(format!("{reference} is there twice: at {first} and {sequence}"));
        }
    }
    for attempt in attempts {
        let there = found.remove(&attempt.reference);
        let agrees = match &attempt.outcome {
            Outcome::Unknown => true,
            Outcome::Acknowledged { sequence } => there == Some(*sequence),
            Outcome::Refused => there.is_none(),
        };
        if !agrees {
            return Err(format!("found at {there:?}: {attempt:?}"));
        }
    }
    match found.into_iter().next() {
        Some((reference, sequence)) => Err(format!("nobody sent {reference}, at {sequence}")),
        None => Ok(()),
    }
}

/// Sends what was never answered and has a key once more: now it must be there exactly once.
#[track_caller]
pub fn retry_unanswered(client: &mut Client, attempts: &mut [Attempt]) {
    for attempt in attempts {
        if attempt.outcome != Outcome::Unknown || attempt.key.is_none() {
            continue;
        }
        let response = client.send(&attempt.request());
        attempt.settle(response.status().into(), &response.json());
        assert_ne!(attempt.outcome, Outcome::Unknown, "{}", response.text());
    }
}
