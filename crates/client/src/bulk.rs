//! Bulk: many commands in one request, a result for each.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hyper::body::Incoming;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::http::{asked_wait, part, whole};
use crate::query::path;
use crate::retry::Attempts;
use crate::write::new_key;
use crate::{
    Client, Error, Failure, NewAdjustment, NewBooking, NewCreditChange, NewOffer, NewReversal,
    NewSettlement, NewShipmentEvent, NewTrade, NewTransfer, NewVoid, NewWithdrawal, Problem,
    PutAlertRule, PutCommodity, PutStation, PutTrader, PutVessel, Request,
};

/// Lines that one request should have: half of what the API takes, so that it stays well within the
/// bytes that it takes.
pub const LINES_MAX: usize = 8_192;

macro_rules! commands {
    ($($name:ident($body:ident $(, $place:ident)?) = $kind:literal $method:literal $template:literal,)*) => {
        /// A command, as a line of bulk or as a request of its own.
        #[allow(clippy::large_enum_variant, reason = "a command is made, written and dropped")]
        #[derive(Debug, Clone, PartialEq)]
        pub enum Command {
            $(
                #[doc = concat!("`", $kind, "`: `", $method, " ", $template, "`")]
                $name {
                    $(
                        /// What it is about.
                        $place: String,
                    )?
                    /// The body.
                    data: $body,
                },
            )*
        }

        impl Command {
            /// The request that does it alone.
            pub fn request(&self, key: impl Into<String>) -> Result<Request, Error> {
                match self {
                    $(Self::$name { $($place,)? data } => {
                        let path = path($template, &[$($place)?]);
                        // What is withdrawn alone has no body.
                        let body = Some(data).filter(|_| $method != "DELETE");
                        Request::write($method, path, body, Some(key.into()))
                    })*
                }
            }

            fn written(&self, key: &str) -> serde_json::Result<String> {
                match self {
                    $(Self::$name { $($place,)? data } => {
                        #[derive(Serialize)]
                        #[serde(rename_all = "camelCase")]
                        struct Written<'a> {
                            r#type: &'static str,
                            idempotency_key: &'a str,
                            $($place: &'a str,)?
                            data: &'a $body,
                        }
                        serde_json::to_string(&Written {
                            r#type: $kind,
                            idempotency_key: key,
                            $($place,)?
                            data,
                        })
                    })*
                }
            }
        }
    };
}

commands! {
    Trade(NewTrade) = "trade" "POST" "/api/trades",
    Settle(NewSettlement, id) = "settle" "POST" "/api/trades/{}/settle",
    Void(NewVoid, id) = "void" "POST" "/api/trades/{}/void",
    Reverse(NewReversal, id) = "reverse" "POST" "/api/trades/{}/reverse",
    Shipment(NewBooking) = "shipment" "POST" "/api/cargo",
    ShipmentEvent(NewShipmentEvent, shipment_id) = "shipment_event" "POST" "/api/cargo/{}/events",
    Adjustment(NewAdjustment, station) = "adjustment" "POST" "/api/inventory/{}/adjustments",
    Station(PutStation, id) = "station" "PUT" "/api/stations/{}",
    Commodity(PutCommodity, id) = "commodity" "PUT" "/api/commodities/{}",
    Trader(PutTrader, id) = "trader" "PUT" "/api/traders/{}",
    Vessel(PutVessel, id) = "vessel" "PUT" "/api/vessels/{}",
    AlertRule(PutAlertRule, id) = "alert_rule" "PUT" "/api/alert-rules/{}",
    Credits(NewCreditChange, trader) = "credits" "POST" "/api/traders/{}/credits",
    Offer(NewOffer) = "offer" "POST" "/api/offers",
    OfferWithdraw(NewWithdrawal, id) = "offer_withdraw" "DELETE" "/api/offers/{}",
    Transfer(NewTransfer) = "transfer" "POST" "/api/transfers",
}

/// A line of bulk. Each has an idempotency key: without one it could not be sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line(String);

impl Line {
    /// A command with this key.
    pub fn new(command: &Command, key: &str) -> Result<Self, Error> {
        let line = command.written(key);
        line.map(Self).map_err(|error| Failure::BadRequest(error.to_string()).of(WHAT, 0))
    }

    /// A line that is JSON already; without an `idempotencyKey`, or with null for one, it is given one.
    pub fn raw(text: impl Into<String>) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Keyed<'a> {
            #[serde(borrow, default, rename = "idempotencyKey", deserialize_with = "present")]
            key: Option<&'a RawValue>,
        }
        let text = text.into();
        if text.contains('\n') {
            return Err(Failure::BadRequest("a line has no line breaks".to_owned()).of(WHAT, 0));
        }
        // What is no JSON is the server's to refuse, however often it is sent.
        let Ok(line) = serde_json::from_str::<Keyed<'_>>(&text) else {
            return Ok(Self(text));
        };
        if let Some(key) = line.key {
            if key.get() != "null" {
                return Ok(Self(text));
            }
            // In its place: a second member of the name would make another line of it.
            let at = key.get().as_ptr().addr() - text.as_ptr().addr();
            let (before, rest) = (&text[..at], &text[at + key.get().len()..]);
            return Ok(Self(format!("{before}\"{}\"{rest}", new_key(WHAT)?)));
        }
        let rest = text.trim_start().strip_prefix('{').unwrap_or_default();
        let comma = if rest.trim_start().starts_with('}') { "" } else { "," };
        Ok(Self(format!("{{\"idempotencyKey\":\"{}\"{comma}{rest}", new_key(WHAT)?)))
    }

    /// As it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A member that is there, be it null.
fn present<'de, D: Deserializer<'de>>(member: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(member).map(Some)
}

/// What became of one line. `id` is the server's identifier of what the line made.
#[derive(Debug, Clone, PartialEq)]
pub enum LineOutcome {
    /// It is new and stands.
    Accepted {
        /// Of what it made.
        id: Option<String>,
        /// Of the event.
        sequence: u64,
    },
    /// It stood already, under the same key.
    Replayed {
        /// Of what it made.
        id: Option<String>,
    },
    /// It said what is so already.
    Unchanged,
    /// The server refused it.
    Refused(Box<Problem>),
}

#[derive(Deserialize)]
struct LineAnswer {
    line: usize,
    status: u16,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    sequence: Option<u64>,
    #[serde(default)]
    replayed: bool,
}

/// What became of the line with this number, counted from 1.
fn outcome(line: &[u8], number: usize) -> serde_json::Result<LineOutcome> {
    let answer: LineAnswer = serde_json::from_slice(line)?;
    if answer.line != number {
        let why = format!("a result of line {} instead of {number}", answer.line);
        return Err(serde::de::Error::custom(why));
    }
    if !(200..300).contains(&answer.status) {
        return Ok(LineOutcome::Refused(Box::new(serde_json::from_slice(line)?)));
    }
    let id = answer.id;
    Ok(match answer.sequence {
        _ if answer.replayed => LineOutcome::Replayed { id },
        Some(sequence) => LineOutcome::Accepted { id, sequence },
        None => LineOutcome::Unchanged,
    })
}

const WHAT: &str = "POST /api/events";

/// Results of lines, in order, as they come.
#[derive(Debug)]
pub struct Bulk {
    client: Client,
    body: Bytes,
    /// Where each line begins in the body.
    begins: Vec<usize>,
    /// Results that were given.
    done: usize,
    attempts: Attempts,
    answer: Option<Incoming>,
    /// Results that were given before this answer: it counts its own lines from 1.
    before: usize,
    /// What has come of the answer and was not given.
    rest: BytesMut,
}

impl Client {
    /// Posts lines; their results are read from what this gives.
    ///
    /// A line's result is final: when the answer is lost, the lines without one go out again, as they
    /// were and with their keys, so that what stood already is replayed and the rest is completed.
    pub fn bulk(&self, lines: &[Line]) -> Bulk {
        let mut body = String::with_capacity(lines.iter().map(|line| line.0.len() + 1).sum());
        let mut begins = Vec::with_capacity(lines.len());
        for line in lines {
            begins.push(body.len());
            body.push_str(&line.0);
            body.push('\n');
        }
        Bulk {
            client: self.clone(),
            body: body.into(),
            begins,
            done: 0,
            attempts: self.retry().begin_at_loss(),
            answer: None,
            before: 0,
            rest: BytesMut::new(),
        }
    }

    /// Posts lines, and waits for all results.
    pub async fn post_lines(&self, lines: &[Line]) -> Result<Vec<LineOutcome>, Error> {
        let mut bulk = self.bulk(lines);
        let mut outcomes = Vec::with_capacity(lines.len());
        while let Some(outcome) = bulk.next().await? {
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }
}

impl Bulk {
    /// The next line's result; none after the last.
    pub async fn next(&mut self) -> Result<Option<LineOutcome>, Error> {
        while self.done < self.begins.len() {
            let (failure, asked) = match self.try_next().await {
                Ok(LineOutcome::Refused(problem)) if problem.is_passing() => {
                    (Failure::Refused(problem), None)
                }
                Ok(outcome) => {
                    self.done += 1;
                    // What is lost from now on is another loss.
                    self.attempts.renew();
                    return Ok(Some(outcome));
                }
                Err(failed) => failed,
            };
            self.answer = None;
            self.rest.clear();
            let made = self.attempts.made;
            let wait = if failure.is_passing() { self.attempts.next_wait(asked) } else { None };
            match wait {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Err(failure.of(WHAT, made)),
            }
        }
        Ok(None)
    }

    /// How many results were given: the lines before it are final.
    pub fn done(&self) -> usize {
        self.done
    }

    /// The next line's result, or why there is none and how long the server asks to wait.
    async fn try_next(&mut self) -> Result<LineOutcome, (Failure, Option<Duration>)> {
        let body = if let Some(body) = &mut self.answer {
            body
        } else {
            let body = self.open().await?;
            self.before = self.done;
            self.answer.insert(body)
        };
        let line = next_line(&mut self.rest, body, self.client.answer_timeout).await;
        let line = line.map_err(|failure| (failure, None))?;
        let read = outcome(&line, self.done - self.before + 1)
            .map_err(|error| Failure::NotUnderstood(error.to_string()));
        read.map_err(|failure| (failure, None))
    }

    async fn open(&self) -> Result<Incoming, (Failure, Option<Duration>)> {
        let request = Request {
            method: "POST",
            content_type: "application/x-ndjson",
            body: self.body.slice(self.begins[self.done]..),
            ..Request::get("/api/events")
        };
        let response = self.client.answer_of(&request, &[]).await;
        let response = response.map_err(|failure| (failure, None))?;
        if response.status().is_success() {
            return Ok(response.into_body());
        }
        let (status, asked) = (response.status().as_u16(), asked_wait(response.headers()));
        let body = whole(response.into_body(), self.client.answer_timeout).await;
        let body = body.map_err(|failure| (failure, None))?;
        Err((Failure::Refused(Box::new(Problem::of(status, &body))), asked))
    }
}

/// The next line of an answer, without its end.
async fn next_line(
    rest: &mut BytesMut,
    body: &mut Incoming,
    timeout: Duration,
) -> Result<BytesMut, Failure> {
    let mut searched = 0;
    loop {
        if let Some(at) = rest[searched..].iter().position(|byte| *byte == b'\n') {
            let line = rest.split_to(searched + at + 1);
            if line.len() > 1 {
                return Ok(line);
            }
            searched = 0;
            continue;
        }
        searched = rest.len();
        let Some(bytes) = part(body, timeout).await? else {
            return Err(Failure::CutOff("not every line has a result".to_owned()));
        };
        rest.extend_from_slice(&bytes);
    }
}

#[cfg(test)]
mod tests;
