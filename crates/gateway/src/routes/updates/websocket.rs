//! The stream over a WebSocket (RFC 6455): the same events in JSON messages, and messages of the
//! client that say what it wants.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use axum::http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_websockets::{CloseCode, Limits, Message, ServerBuilder, WebSocketStream};

use super::feed::{Feed, Item};
use super::places::Place;
use super::wanted::Wanted;
use crate::auth::{Caller, is_of_foreign_page};
use crate::connections::ConnectionPlace;
use crate::gateway::App;
use crate::limits::{PING_EVERY, SILENCE_MAX, WEBSOCKET_MESSAGE_BYTES_MAX};
use crate::observe::Held;
use crate::problem::{Code, Problem};
use crate::rates::Opener;

/// How often a client that has not subscribed yet is looked after: the server's end waits for it.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long a client may take to hear of the end.
const FAREWELL_TIME: Duration = Duration::from_secs(1);

type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// Whether the request asks for a WebSocket.
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    headers.get(UPGRADE).is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Agrees to speak WebSocket. A query that says what is wanted subscribes at once; without one the
/// client's first message does.
pub(super) async fn accept(
    app: App,
    (caller, opener): (Caller, Opener),
    place: Place,
    wanted: Wanted,
    parts: &mut Parts,
) -> Result<Response, Problem> {
    if caller.access.is_none() && is_of_foreign_page(&parts.headers) {
        let detail = "a page of another site needs a stream token: POST /api/stream-tokens";
        return Err(Problem::new(Code::NotPermitted, detail));
    }
    let accepted = accept_key(&parts.headers)?;
    let upgrade = parts.extensions.remove::<OnUpgrade>().ok_or_else(|| refused("cannot here"))?;
    let connection = parts.extensions.get::<ConnectionPlace>().cloned();
    let feed = if parts.uri.query().is_some_and(says_what_is_wanted) {
        Some(Feed::open(app.clone(), caller.clone(), &wanted).await?)
    } else {
        None
    };
    let counted = Held::new(Arc::clone(&app.meters().websocket_readers));
    tokio::spawn(async move {
        // Held until the end, so that the connection counts among all.
        let _places = (place, connection, counted);
        match upgrade.await {
            Ok(upgraded) => {
                let limits = Limits::default().max_payload_len(Some(WEBSOCKET_MESSAGE_BYTES_MAX));
                let socket = ServerBuilder::new().limits(limits).serve(TokioIo::new(upgraded));
                Conversation { app, caller, opener, socket, feed }.run().await;
            }
            Err(error) => tracing::debug!(%error, "a connection ended before its upgrade"),
        }
    });
    let mut response = Response::default();
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accepted);
    Ok(response)
}

/// Whether a query has more than who asks.
fn says_what_is_wanted(query: &str) -> bool {
    form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name != "token")
}

/// The answer to the client's key (RFC 6455, section 4.2.2), if its handshake is right.
fn accept_key(headers: &HeaderMap) -> Result<HeaderValue, Problem> {
    const MAGIC: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    let names = |header, wanted: &str| {
        let values = headers.get_all(header).into_iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|one| one.trim().eq_ignore_ascii_case(wanted))
    };
    if !names(CONNECTION, "upgrade") {
        return Err(refused("needs the header Connection: upgrade"));
    }
    if !names(SEC_WEBSOCKET_VERSION, "13") {
        return Err(refused("needs the header Sec-WebSocket-Version: 13"));
    }
    let key = headers.get(SEC_WEBSOCKET_KEY).map(HeaderValue::as_bytes).unwrap_or_default();
    if BASE64_STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 16) {
        let mut digest = sha1_smol::Sha1::new();
        digest.update(key);
        digest.update(MAGIC);
        let accepted = BASE64_STANDARD.encode(digest.digest().bytes());
        return HeaderValue::try_from(accepted).map_err(|_| Problem::plain(Code::Internal));
    }
    Err(refused("needs a Sec-WebSocket-Key of 16 bytes in base64"))
}

fn refused(why: &str) -> Problem {
    Problem::not_found(Code::NotSupported, format!("an upgrade to a WebSocket {why}"))
}

/// What a client may say.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
enum Said {
    /// What it wants from here on, in place of what it wanted before.
    Subscribe(Wanted),
}

/// Why a conversation ends, as the client is told.
struct End {
    code: CloseCode,
    reason: &'static str,
}

const fn end(code: CloseCode, reason: &'static str) -> End {
    End { code, reason }
}

/// One client.
struct Conversation {
    app: App,
    caller: Caller,
    opener: Opener,
    socket: Socket,
    feed: Option<Feed>,
}

impl Conversation {
    async fn run(mut self) {
        let ended = self.talk().await;
        // Its place in the hub is free before the client hears of the end.
        self.feed = None;
        // An error is a client that went away, stopped reading, or broke the protocol, which the
        // library tells it.
        let farewell = async {
            if let Ok(end) = &ended {
                self.socket.send(Message::close(Some(end.code), end.reason)).await?;
            }
            self.socket.close().await
        };
        let farewell = timeout(FAREWELL_TIME, farewell).await;
        if let Err(error) = ended.map(drop) {
            tracing::debug!(%error, "a WebSocket ended early");
        } else if let Ok(Err(error)) = farewell {
            tracing::debug!(%error, "a WebSocket was not closed in order");
        }
    }

    async fn talk(&mut self) -> Result<End, tokio_websockets::Error> {
        let mut heard_at = Instant::now();
        let mut ping_at = heard_at + PING_EVERY;
        let mut look_at = heard_at + LOOK_EVERY;
        if self.feed.is_some() {
            self.tell_subscribed().await?;
        }
        loop {
            let wake_at = if self.feed.is_some() { ping_at } else { ping_at.min(look_at) };
            let feed = &mut self.feed;
            let next = async {
                match feed {
                    Some(feed) => poll_fn(|cx| feed.poll_next(cx)).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                said = self.socket.next() => {
                    let Some(message) = said.transpose()? else {
                        return Ok(end(CloseCode::NORMAL_CLOSURE, ""));
                    };
                    heard_at = Instant::now();
                    if let Some(end) = self.hear(&message).await? {
                        return Ok(end);
                    }
                }
                item = next => {
                    if let Some(end) = self.tell(item).await? {
                        return Ok(end);
                    }
                }
                () = sleep_until(wake_at) => {
                    look_at = Instant::now() + LOOK_EVERY;
                    if let Some(end) = self.look() {
                        return Ok(end);
                    }
                    if heard_at.elapsed() > SILENCE_MAX {
                        return Ok(end(CloseCode::POLICY_VIOLATION, "no pong came"));
                    }
                    if Instant::now() >= ping_at {
                        ping_at = Instant::now() + PING_EVERY;
                        self.socket.send(Message::ping("")).await?;
                    }
                }
            }
        }
    }

    /// What the feed would notice by itself, where there is none.
    fn look(&self) -> Option<End> {
        if self.feed.is_some() {
            return None;
        }
        if self.app.is_stopping() {
            return Some(end(CloseCode::GOING_AWAY, "the server is stopping"));
        }
        self.refuse_ended()
    }

    /// The end, if whoever opened it may ask for nothing any more.
    fn refuse_ended(&self) -> Option<End> {
        let is_good = self.caller.is_good(&self.app).unwrap_or(false);
        (!is_good).then(|| end(CloseCode::POLICY_VIOLATION, "the key or the session has ended"))
    }

    /// Does what a message asks for; why it ends, if it ends with it.
    async fn hear(&mut self, message: &Message) -> Result<Option<End>, tokio_websockets::Error> {
        if message.is_ping() || message.is_pong() || message.is_close() {
            // The library answers pings and closes; whoever sends pings and reads no answers is not
            // read on, else these would gather.
            self.socket.flush().await?;
            return Ok(None);
        }
        if message.as_payload().len() > WEBSOCKET_MESSAGE_BYTES_MAX {
            return Ok(Some(end(CloseCode::MESSAGE_TOO_BIG, "the message is too long")));
        }
        // A feed looks now and then, from its beginning on: who always begins anew would never be seen.
        if let Some(end) = self.refuse_ended() {
            return Ok(Some(end));
        }
        let done = match message.as_text() {
            Some(text) => self.subscribe(text).await,
            None => Err(Problem::new(Code::InvalidRequest, "messages are JSON texts")),
        };
        match done {
            Ok(()) => {
                self.tell_subscribed().await?;
                Ok(None)
            }
            Err(problem) => {
                let told = json!({ "kind": "error", "problem": problem });
                self.socket.send(Message::text(told.to_string())).await?;
                Ok(Some(end(CloseCode::POLICY_VIOLATION, "the message was refused")))
            }
        }
    }

    async fn subscribe(&mut self, text: &str) -> Result<(), Problem> {
        let malformed = |error: serde_json::Error| {
            Problem::new(Code::InvalidRequest, format!("not a message of a client: {error}"))
        };
        let Said::Subscribe(wanted) = serde_json::from_str(text).map_err(malformed)?;
        wanted.check()?;
        self.app.rates().charge_message(&self.opener)?;
        let has_levels = self.feed.as_ref().is_some_and(Feed::is_of_levels);
        let begins_anew = wanted.after.is_some()
            || !wanted.snapshot.is_empty()
            || has_levels
            || wanted.filter.wants_levels();
        match &mut self.feed {
            Some(feed) if !begins_anew => {
                if feed.is_in_snapshot() {
                    let detail = "the snapshot is not all sent: ask with `snapshot` or `after`, or \
                                  when `progress` has come";
                    return Err(Problem::new(Code::InvalidRequest, detail));
                }
                feed.listen_for(&wanted)
            }
            feed => {
                self.app.rates().charge_stream(&self.opener)?;
                // The place in the hub is to be free for the new one.
                *feed = None;
                let (app, caller) = (self.app.clone(), self.caller.clone());
                *feed = Some(Feed::open(app, caller, &wanted).await?);
                Ok(())
            }
        }
    }

    async fn tell_subscribed(&mut self) -> Result<(), tokio_websockets::Error> {
        let Some(feed) = &self.feed else {
            return Ok(());
        };
        let position = self.app.identity().event_id(feed.position());
        let told = json!({ "kind": "subscribed", "position": position });
        self.socket.send(Message::text(told.to_string())).await
    }

    /// Tells what comes next; why it ends, if it ends with it.
    async fn tell(&mut self, item: Option<Item>) -> Result<Option<End>, tokio_websockets::Error> {
        let id = |position| self.app.identity().event_id(position);
        let message = match item {
            Some(Item::Events(frames)) => {
                for text in event_messages(&frames) {
                    self.socket.feed(Message::text(text)).await?;
                }
                self.socket.flush().await?;
                return Ok(None);
            }
            Some(Item::Levels(frames)) => {
                for text in level_messages(&frames) {
                    self.socket.feed(Message::text(text)).await?;
                }
                self.socket.flush().await?;
                return Ok(None);
            }
            Some(Item::Heartbeat) => return Ok(None),
            Some(Item::Snapshot(part)) => {
                let part = String::from_utf8(part).unwrap_or_default();
                format!("{{\"kind\":\"snapshot\",\"snapshot\":{part}}}")
            }
            Some(Item::Progress(position)) => {
                json!({ "kind": "progress", "id": id(position) }).to_string()
            }
            Some(Item::Lagged(position)) => {
                let told = json!({ "kind": "lagged", "resumeAfter": id(position) }).to_string();
                self.socket.send(Message::text(told)).await?;
                return Ok(Some(end(CloseCode::SERVICE_OVERLOAD, "too slow: resume")));
            }
            None if self.app.is_stopping() => {
                return Ok(Some(end(CloseCode::GOING_AWAY, "the server is stopping")));
            }
            None => {
                return Ok(Some(end(CloseCode::POLICY_VIOLATION, "the stream has ended")));
            }
        };
        self.socket.send(Message::text(message)).await?;
        Ok(None)
    }
}

/// A message for each event of these frames of Server-Sent Events.
fn event_messages(frames: &[u8]) -> impl Iterator<Item = String> {
    let text = std::str::from_utf8(frames).unwrap_or_default();
    text.split_terminator("\n\n").filter_map(|frame| {
        let (id, event) = frame.strip_prefix("id: ")?.split_once("\ndata: ")?;
        Some(format!("{{\"kind\":\"event\",\"id\":\"{id}\",\"event\":{event}}}"))
    })
}

/// A message for each level of these frames.
fn level_messages(frames: &[u8]) -> impl Iterator<Item = String> {
    let text = std::str::from_utf8(frames).unwrap_or_default();
    text.split_terminator("\n\n").filter_map(|frame| {
        let level = frame.strip_prefix("event: level\ndata: ")?;
        Some(format!("{{\"kind\":\"level\",\"level\":{level}}}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_become_messages() {
        let found: Vec<_> =
            event_messages(b"id: 1-a\ndata: {}\n\nid: 2-a\ndata: [\"\\n\\n\"]\n\n").collect();
        let first = r#"{"kind":"event","id":"1-a","event":{}}"#;
        let second = r#"{"kind":"event","id":"2-a","event":["\n\n"]}"#;
        assert_eq!(found, [first, second]);
        assert_eq!(event_messages(b"").count(), 0);
    }

    /// The example of RFC 6455, section 1.3.
    #[test]
    fn the_handshake_is_answered_as_the_rfc_has_it() {
        let mut headers = HeaderMap::new();
        let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
        set(CONNECTION, "keep-alive, Upgrade");
        set(SEC_WEBSOCKET_VERSION, "13");
        set(SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ==");
        assert_eq!(accept_key(&headers).unwrap(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        for (name, bad) in
            [(SEC_WEBSOCKET_KEY, "c2hvcnQ="), (SEC_WEBSOCKET_VERSION, "8"), (CONNECTION, "close")]
        {
            let mut wrong = headers.clone();
            wrong.insert(name, HeaderValue::from_static(bad));
            assert_eq!(accept_key(&wrong).err().unwrap().status(), 400);
        }
    }
}
