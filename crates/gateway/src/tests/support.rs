//! A network to talk to: every test has its own.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use domain::{CommitObserver, Identifier, JournalId, NetworkDetails, Timestamp};
use engine::{Engine, EngineOptions, FirstKey, WallTime};
use http_body_util::BodyExt;
use journal::{Journal, MemoryJournal, MemorySnapshots};
use live::webhooks::{
    MemoryOperations, Message, Outcome, Sender, Sending, Sent, SystemClock, WebhookOptions,
    WebhookParts, Webhooks,
};
use live::{Hub, HubOptions, MemoryKeyUses};
use serde_json::{Value, json};
use tower::ServiceExt;
use views::{Past, Views};

use crate::{Gateway, GatewayOptions, Secret, Services, stream_encoder, surroundings};

/// The journal of every test's network.
pub(crate) const JOURNAL: JournalId = JournalId(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
/// What its event identifiers end in.
pub(crate) const TAG: &str = "01234567";
/// The administrator's key.
pub(crate) const ADMIN: &str = "itn_00000000000000000000000000000000";
/// 2200-01-01T00:00:00Z.
const EPOCH: Timestamp = Timestamp(7_258_118_400_000_000);

/// Takes what webhooks send, and accepts it or not.
#[derive(Default)]
pub(crate) struct Outbox {
    pub(crate) sent: Mutex<Vec<Message>>,
    /// Whether to answer 410 from now on.
    pub(crate) is_gone: AtomicBool,
}

impl Sender for Outbox {
    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        self.sent.lock().unwrap().push(message.clone());
        let status = if self.is_gone.load(Ordering::Relaxed) { 410 } else { 204 };
        let sent = Sent { outcome: Outcome::Answered(status), retry_after: None };
        Box::pin(std::future::ready(sent))
    }
}

/// A network and its gateway.
pub(crate) struct Network {
    pub(crate) router: Router,
    pub(crate) hub: Hub,
    pub(crate) gateway: Gateway,
    /// What webhooks sent.
    pub(crate) outbox: Arc<Outbox>,
    /// What the gateway stands before.
    pub(crate) services: Box<dyn Fn() -> Services + Send + Sync>,
    /// Its threads end with it.
    pub(crate) _engine: Engine,
}

impl Network {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(set: impl FnOnce(&mut GatewayOptions)) -> Self {
        Self::started(1, set)
    }

    /// [`Self::founded`], with so many seconds of network time a second.
    pub(crate) async fn at_speed(speed: u32) -> Self {
        let network = Self::started(speed, |_| {});
        network.found().await;
        network
    }

    fn started(speed: u32, set: impl FnOnce(&mut GatewayOptions)) -> Self {
        let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::new(JOURNAL));
        let (views, fold) = Views::open(None, journal.reader()).unwrap();
        let encoder = stream_encoder(&views, JOURNAL);
        let known = surroundings(&views, journal.reader());
        let (hub, hub_fold) = Hub::new(HubOptions::default(), journal.reader(), encoder, known);
        let outbox = Arc::<Outbox>::default();
        let (webhooks, webhooks_fold) = Webhooks::open(WebhookParts {
            options: WebhookOptions::default(),
            store: Arc::<MemoryOperations>::default(),
            events: journal.reader(),
            subjects: hub.subjects().clone(),
            content: crate::webhook_content(&views, JOURNAL),
            sender: outbox.clone(),
            clock: Arc::new(SystemClock),
        })
        .unwrap();
        let (past, feeds) = Past::open(None, JOURNAL, &views, &journal.reader()).unwrap();
        let mut observers: Vec<Box<dyn CommitObserver>> =
            vec![Box::new(fold), Box::new(hub_fold), Box::new(webhooks_fold)];
        observers.extend(feeds);
        let digest = Secret::parse(ADMIN).unwrap().digest();
        let options = EngineOptions {
            wall: WallTime { time: EPOCH, read: std::time::Instant::now() },
            network: NetworkDetails { wall: EPOCH, epoch: EPOCH, speed },
            first_key: FirstKey { principal: Identifier::new("admin").unwrap(), digest },
            snapshot_events_min: u64::MAX,
        };
        let snapshots = Arc::<MemorySnapshots>::default();
        // Starting blocks, which no thread of a runtime may.
        let start = move || Engine::start(options, journal, snapshots, observers, &mut |_| {});
        let engine = std::thread::spawn(start).join().unwrap().unwrap();
        webhooks.start();
        let mut options = GatewayOptions::new(JOURNAL);
        set(&mut options);
        let (handle, own) = (engine.handle(), hub.clone());
        let services = Box::new(move || Services {
            executor: handle.clone().into(),
            views: views.clone(),
            past: past.clone(),
            hub: own.clone(),
            webhooks: webhooks.clone(),
            key_uses: Arc::<MemoryKeyUses>::default(),
        });
        let gateway = Gateway::new(options, services());
        Self { router: gateway.router(), hub, gateway, outbox, services, _engine: engine }
    }

    /// Another gateway before the same network.
    pub(crate) fn beside(&self, set: impl FnOnce(&mut GatewayOptions)) -> Router {
        let mut options = GatewayOptions::new(JOURNAL);
        set(&mut options);
        Gateway::new(options, (self.services)()).router()
    }

    /// Ceres and Mars Port; ice of the belt's miners on Ceres; Acme with a million credits.
    pub(crate) async fn founded() -> Self {
        Self::founded_with(|_| {}).await
    }

    /// [`Self::founded`], with other options.
    pub(crate) async fn founded_with(set: impl FnOnce(&mut GatewayOptions)) -> Self {
        let network = Self::with(set);
        network.found().await;
        network
    }

    async fn found(&self) {
        let network = self;
        for id in ["ceres", "mars-port"] {
            network.put(&format!("/api/stations/{id}"), station()).await.expect(201);
        }
        network.put("/api/commodities/water-ice", json!({ "name": "Water ice" })).await.expect(201);
        network.put("/api/commodities/ore", json!({ "name": "Ore" })).await.expect(201);
        for id in ["acme", "belt-mining"] {
            network.put(&format!("/api/traders/{id}"), json!({ "name": id })).await.expect(201);
        }
        let issued = json!({ "change": 1_000_000, "reason": "issued" });
        network.post("/api/traders/acme/credits", issued).await.expect(201);
        let lines = json!([{ "commodity": "water-ice", "change": 10_000, "reason": "produced" }]);
        let produced = json!({ "owner": "belt-mining", "lines": lines });
        network.post("/api/inventory/ceres/adjustments", produced).await.expect(201);
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path).send().await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path).json(&body).send().await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::PUT, path).json(&body).send().await
    }

    /// A key for a principal of this role, and of these accounts.
    pub(crate) async fn key(&self, principal: &str, role: &str, accounts: &[&str]) -> String {
        let mut body = json!({ "principal": principal, "role": role });
        if !accounts.is_empty() {
            body["accounts"] = json!(accounts);
        }
        let made = self.post("/api/keys", body).await.expect(201);
        made.json["key"].as_str().unwrap().to_owned()
    }

    /// What a trader has available and held.
    pub(crate) async fn credits(&self, trader: &str) -> (u64, u64) {
        let found = self.get(&format!("/api/traders/{trader}")).await.expect(200).json;
        let of = |field: &str| found[field].as_u64().unwrap();
        assert_eq!(of("balance"), of("available") + of("held"));
        (of("available"), of("held"))
    }

    /// What an owner has available and reserved of ice on Ceres.
    pub(crate) async fn ice(&self, owner: &str) -> (u64, u64) {
        let path = format!("/api/inventory/ceres?commodity=water-ice&owner={owner}");
        let found = self.get(&path).await.expect(200).json["levels"][0].clone();
        let of = |field: &str| found[field].as_u64().unwrap_or_default();
        (of("available"), of("reserved"))
    }

    /// Fails unless goods and credits balance.
    pub(crate) async fn audit(&self) {
        let audit = self.get("/api/audit").await.expect(200);
        assert_eq!(audit.json["balanced"], true, "{}", audit.text);
    }

    /// A request with the administrator's key.
    pub(crate) fn ask(&self, method: Method, path: &str) -> Ask {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {ADMIN}"));
        Ask { router: self.router.clone(), request, body: Body::empty() }
    }

    /// A key of a role that is bound to one account; its secret.
    pub(crate) async fn key_of(&self, role: &str, account: &str) -> String {
        let principal = format!("{role}-of-{account}");
        let key = json!({ "principal": principal, "role": role, "accounts": [account] });
        let made = self.post("/api/keys", key).await.expect(201);
        made.json["key"].as_str().unwrap().to_owned()
    }

    /// Asks until the answer is as wanted; the engine's clock decides when.
    pub(crate) async fn until(&self, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let patience = std::time::Instant::now() + std::time::Duration::from_mins(1);
        loop {
            let found = self.get(path).await.expect(200).json;
            if wanted(&found) {
                return found;
            }
            assert!(std::time::Instant::now() < patience, "{path} stays {found}");
            tokio::task::yield_now().await;
        }
    }

    /// The last event.
    pub(crate) async fn sequence(&self) -> u64 {
        self.get("/api/network").await.expect(200).json["sequence"].as_u64().unwrap()
    }
}

/// A station's body.
pub(crate) fn station() -> Value {
    let position = json!({ "x": 0, "y": 1.5, "z": -2.301 });
    json!({ "name": "A station", "kind": "station", "system": "sol", "position": position })
}

/// Acme buys ice of the miners on Ceres.
pub(crate) fn trade(quantity: u64) -> Value {
    json!({
        "station": "ceres", "buyer": "acme", "seller": "belt-mining",
        "lines": [{ "commodity": "water-ice", "quantity": quantity, "unitPrice": 12 }]
    })
}

/// The belt's miners offer ice on Ceres for 10 credits a unit.
pub(crate) fn offer(quantity: u64) -> Value {
    json!({
        "station": "ceres", "trader": "belt-mining", "side": "sell", "commodity": "water-ice",
        "unitPrice": 10, "quantity": quantity
    })
}

/// [`trade`], but reserved first.
pub(crate) fn hold(quantity: u64) -> Value {
    let mut hold = trade(quantity);
    hold["hold"] = json!({ "expiresInSeconds": 3_600 });
    hold
}

/// A request that is not sent yet.
pub(crate) struct Ask {
    router: Router,
    request: axum::http::request::Builder,
    body: Body,
}

impl Ask {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        if let Some(headers) = self.request.headers_mut() {
            headers.remove(name);
        }
        self.request = self.request.header(name, value);
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.request.headers_mut().unwrap().remove(name);
        self
    }

    /// To this gateway instead.
    pub(crate) fn of(mut self, router: &Router) -> Self {
        self.router = router.clone();
        self
    }

    pub(crate) fn key(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.bytes("application/json", body.to_string())
    }

    pub(crate) fn lines(self, lines: &[Value]) -> Self {
        let text: Vec<_> = lines.iter().map(Value::to_string).collect();
        self.bytes("application/x-ndjson", text.join("\n"))
    }

    pub(crate) fn bytes(mut self, media_type: &str, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self.header("content-type", media_type)
    }

    /// The answer, with its body unread.
    pub(crate) async fn open(self) -> axum::response::Response {
        self.router.oneshot(self.request.body(self.body).unwrap()).await.unwrap()
    }

    pub(crate) async fn send(self) -> Answer {
        let asked = self.request.method_ref().cloned().zip(self.request.uri_ref().cloned());
        let (parts, body) = self.open().await.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let json = serde_json::from_str(&text).unwrap_or_default();
        let answer = Answer { status: parts.status, headers: parts.headers, json, text };
        if let Some((method, uri)) = asked {
            super::document::hold(&method, &uri, &answer);
        }
        answer
    }
}

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
    pub(crate) text: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// A problem of this status and code.
    #[track_caller]
    pub(crate) fn expect_problem(self, status: u16, code: &str) -> Self {
        assert_eq!(
            (self.status.as_u16(), &self.json["code"]),
            (status, &json!(code)),
            "{}",
            self.text
        );
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.json["status"], status);
        assert_eq!(self.json["type"], format!("/problems/{code}"));
        assert_eq!(self.json["requestId"], self.header("x-request-id"), "{}", self.text);
        assert!(!self.header("x-request-id").is_empty());
        let retryable = self.json["retryable"].as_bool().expect("every problem says so");
        assert_eq!(retryable, self.headers.contains_key("retry-after"), "{}", self.text);
        self
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The lines of a bulk answer.
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Pointers and codes of what is wrong.
    pub(crate) fn faults(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let fault = |fault: &Value| {
            let place = ["pointer", "parameter", "header"].iter().find_map(|at| fault.get(at));
            (text(place.unwrap()), text(&fault["code"]))
        };
        self.json["errors"].as_array().into_iter().flatten().map(fault).collect()
    }
}

/// Stands for a time, and for nothing where there is none.
pub(crate) fn time_or_null() -> insta::internals::Redaction {
    insta::dynamic_redaction(|value, _| if value.is_nil() { value } else { "[time]".into() })
}

/// The answer as a snapshot without what changes from run to run.
macro_rules! shown {
    ($answer:expr) => {
        insta::assert_json_snapshot!($answer.json, {
            ".**.recordedAt" => "[time]",
            ".**.recordedat" => "[time]",
            ".**.occurredAt" => "[time]",
            ".**.estimatedAt" => $crate::tests::support::time_or_null(),
            ".**.settledAt" => $crate::tests::support::time_or_null(),
            ".**.expiresAt" => $crate::tests::support::time_or_null(),
            ".**.createdAt" => "[time]",
            ".**.changedAt" => "[time]",
            ".**.revokedAt" => $crate::tests::support::time_or_null(),
            ".**.lastUsedAt" => $crate::tests::support::time_or_null(),
            ".**.actualDeparture" => "[time]",
            ".**.actualArrival" => "[time]",
            ".**.firedAt" => "[time]",
            ".**.acknowledgedAt" => $crate::tests::support::time_or_null(),
            ".**.resolvedAt" => $crate::tests::support::time_or_null(),
            ".**.time" => "[time]",
            ".requestId" => "[request]",
            ".**.position.at" => "[time]",
        })
    };
}
pub(crate) use shown;
