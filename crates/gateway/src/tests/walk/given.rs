//! What the walk finds: things of Acme's, things of others, and everyone who asks for them.

use axum::http::Method;
use serde_json::{Value, json};

use crate::GatewayOptions;
use crate::tests::issuer::{Issuer, claims};
use crate::tests::support::{ADMIN, Ask, Network, hold, offer, trade};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Admin,
    Operator,
    Viewer,
    /// Of Acme.
    Trader,
    /// Of Red Star, which carries Acme's shipment.
    Carrier,
    StrangeTrader,
    StrangeCarrier,
    /// Without a key, where anybody may read.
    Anybody,
    /// Without a key, where not.
    Nobody,
    /// By the key of an administrator, revoked.
    Revoked,
}

impl By {
    pub(super) const ALL: [Self; 10] = [
        Self::Admin,
        Self::Operator,
        Self::Viewer,
        Self::Trader,
        Self::Carrier,
        Self::StrangeTrader,
        Self::StrangeCarrier,
        Self::Anybody,
        Self::Nobody,
        Self::Revoked,
    ];
    /// Those whose keys are good.
    pub(super) const WITH_KEY: [Self; 7] = [
        Self::Admin,
        Self::Operator,
        Self::Viewer,
        Self::Trader,
        Self::Carrier,
        Self::StrangeTrader,
        Self::StrangeCarrier,
    ];
    /// Those whose keys have accounts.
    pub(super) const SCOPED: [Self; 4] =
        [Self::Trader, Self::Carrier, Self::StrangeTrader, Self::StrangeCarrier];
    pub(super) const STRANGERS: [Self; 2] = [Self::StrangeTrader, Self::StrangeCarrier];

    /// As the table calls them.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Operator => "operator",
            Self::Viewer => "viewer",
            Self::Trader => "trader",
            Self::Carrier => "carrier",
            Self::StrangeTrader => "trader?",
            Self::StrangeCarrier => "carrier?",
            Self::Anybody => "anybody",
            Self::Nobody => "nobody",
            Self::Revoked => "revoked",
        }
    }
}

/// A network with all of it.
pub(super) struct World {
    pub(super) network: Network,
    keys: Vec<(By, String)>,
    /// Whose tokens are taken, too.
    issuer: Issuer,
    /// By what the requests call them.
    things: Vec<(&'static str, String)>,
    /// What tells of things that not all may see, and which keys with accounts may.
    secrets: Vec<(String, &'static [By])>,
}

impl World {
    /// With keys alone.
    pub(super) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// Where anybody may read.
    pub(super) async fn open_to_anybody() -> Self {
        Self::with(|options| options.anonymous = true).await
    }

    async fn with(set: impl FnOnce(&mut GatewayOptions)) -> Self {
        let issuer = Issuer::new();
        let options = |options: &mut GatewayOptions| {
            issuer.set(options);
            set(options);
        };
        let network = Network::founded_with(options).await;
        let (keys, things, secrets) = Default::default();
        let mut world = Self { network, keys, issuer, things, secrets };
        world.parties().await;
        world.trades().await;
        world.cargo().await;
        world.alerts().await;
        world.offers().await;
        world.webhooks().await;
        world
    }

    /// Accounts, and keys to them.
    async fn parties(&mut self) {
        let network = &self.network;
        for id in ["red-star", "stranger", "drifter", "hoarder"] {
            network.put(&format!("/api/traders/{id}"), json!({ "name": id })).await.expect(201);
        }
        let issued = json!({ "change": 31_415_926, "reason": "issued" });
        network.post("/api/traders/hoarder/credits", issued).await.expect(201);
        for (station, owner, commodity, units) in [
            ("ceres", "acme", "water-ice", 100),
            ("mars-port", "hoarder", "ore", 27_182_818_u64),
            ("ceres", "red-star", "ore", 14_142),
        ] {
            let line = json!({ "commodity": commodity, "change": units, "reason": "produced" });
            let produced = json!({ "owner": owner, "lines": [line] });
            let path = format!("/api/inventory/{station}/adjustments");
            network.post(&path, produced).await.expect(201);
        }
        let keys = [
            (By::Admin, ADMIN.to_owned()),
            (By::Operator, network.key("hands", "operator", &[]).await),
            (By::Viewer, network.key("eyes", "viewer", &[]).await),
            (By::Trader, network.key("acme-bot", "trader", &["acme"]).await),
            (By::Carrier, network.key("red-star-bot", "carrier", &["red-star"]).await),
            (By::StrangeTrader, network.key("stranger-bot", "trader", &["stranger"]).await),
            (By::StrangeCarrier, network.key("drifter-bot", "carrier", &["drifter"]).await),
            (By::Revoked, network.key("former-admin", "admin", &[]).await),
        ];
        let former = network.get("/api/keys").await.expect(200);
        let former = former.json["items"].as_array().unwrap().last().unwrap()["keyId"].to_string();
        let path = format!("/api/keys/{former}");
        network.ask(Method::DELETE, &path).send().await.expect(200);
        self.keys = keys.into();
        self.keep("key", "4".to_owned());
        self.hide("31415926", &[]);
        self.hide("27182818", &[]);
        self.hide("14142", &[By::Carrier]);
        self.hide("former-admin", &[]);
    }

    /// Acme's trade and a hold that the miners proposed to it and one that it proposed to them; a
    /// trade of others.
    async fn trades(&mut self) {
        let network = &self.network;
        let id = |made: &Value| made["transactionId"].as_str().unwrap().to_owned();
        let mut others = trade(3);
        others["buyer"] = json!("hoarder");
        others["reference"] = json!("reference-of-others");
        let others = id(&network.post("/api/trades", others).await.expect(201).json);
        let mut own = trade(500);
        own["reference"] = json!("reference-of-acme");
        let own = id(&network.post("/api/trades", own).await.expect(201).json);
        let miner = network.key("miner-bot", "trader", &["belt-mining"]).await;
        let ask = network.ask(Method::POST, "/api/trades").key(&miner).json(&hold(5));
        let proposed = id(&ask.send().await.expect(201).json);
        let ask = self.ask(By::Trader, Method::POST, "/api/trades").json(&hold(5));
        let offered = id(&ask.send().await.expect(201).json);
        for trade in [&own, &proposed, &offered] {
            self.hide(trade, &[By::Trader]);
        }
        self.hide("reference-of-acme", &[By::Trader]);
        self.hide("reference-of-others", &[]);
        self.hide("miner-bot", &[By::Trader]);
        self.hide(&others, &[]);
        self.keep("trade", own);
        self.keep("proposed", proposed);
        self.keep("offered", offered);
        self.keep("trade of others", others);
        self.keep("then", self.network.sequence().await.to_string());
    }

    /// Acme's shipment, which Red Star carries and is loading; one of theirs that has ended, and one of
    /// others.
    async fn cargo(&mut self) {
        let network = &self.network;
        let vessel = json!({ "name": "Hauler", "carrier": "red-star" });
        network.put("/api/vessels/hauler", vessel).await.expect(201);
        let id = |made: &Value| made["shipmentId"].as_str().unwrap().to_owned();
        let mut others = booking("belt-mining", None);
        others["reference"] = json!("cargo-of-others");
        let others = id(&network.post("/api/cargo", others).await.expect(201).json);
        let mut own = booking("acme", Some("hauler"));
        own["reference"] = json!("cargo-of-acme");
        let own = id(&network.post("/api/cargo", own).await.expect(201).json);
        let path = format!("/api/cargo/{own}/events");
        network.post(&path, json!({ "type": "loaded" })).await.expect(201);
        let ended = booking("acme", Some("hauler"));
        let ended = id(&network.post("/api/cargo", ended).await.expect(201).json);
        let path = format!("/api/cargo/{ended}/events");
        let cancelled = json!({ "type": "cancelled", "reason": "no ship" });
        network.post(&path, cancelled).await.expect(201);
        for shipment in [&own, &ended] {
            self.hide(shipment, &[By::Trader, By::Carrier]);
        }
        self.hide("cargo-of-acme", &[By::Trader, By::Carrier]);
        self.hide(&others, &[]);
        self.hide("cargo-of-others", &[]);
        self.keep("shipment", own);
        self.keep("ended", ended);
        self.keep("shipment of others", others);
    }

    /// Acme has little ice, others little ore; and others had.
    async fn alerts(&mut self) {
        let network = &self.network;
        let rule = |station: &str, owner: &str, commodity: &str, low: u64| {
            json!({ "kind": "stock", "station": station, "owner": owner, "commodity": commodity,
                    "low": low, "clear": low + 1 })
        };
        for (id, rule) in [
            ("acme-ice", rule("ceres", "acme", "water-ice", 100_000)),
            ("others-ore", rule("mars-port", "hoarder", "ore", 99_999_999)),
            ("others-ice", rule("ceres", "belt-mining", "water-ice", 99_999_999)),
        ] {
            network.put(&format!("/api/alert-rules/{id}"), rule).await.expect(201);
        }
        let eased = rule("ceres", "belt-mining", "water-ice", 1);
        network.put("/api/alert-rules/others-ice", eased).await.expect(200);
        let of = async |trader: &str, status: &str| {
            let found = network.get(&format!("/api/alerts?trader={trader}&status={status}")).await;
            let found = found.expect(200).json["items"].clone();
            assert_eq!(found.as_array().unwrap().len(), 1, "{trader}: {found}");
            found[0]["alertId"].as_str().unwrap().to_owned()
        };
        let own = of("acme", "firing").await;
        let others = [of("hoarder", "firing").await, of("belt-mining", "resolved").await];
        self.hide(&own, &[By::Trader]);
        self.hide("acme-ice", &[By::Trader]);
        for secret in [&*others[0], &*others[1], "others-ore", "others-ice"] {
            self.hide(secret, &[]);
        }
        self.keep("alert", own);
    }

    /// The miners sell ice, Acme buys ore.
    async fn offers(&mut self) {
        let sold = self.network.post("/api/offers", offer(10)).await.expect(201);
        let wanted = json!({
            "station": "ceres", "trader": "acme", "side": "buy", "commodity": "ore",
            "unitPrice": 7, "quantity": 3
        });
        let ask = self.ask(By::Trader, Method::POST, "/api/offers").json(&wanted);
        let wanted = ask.send().await.expect(201);
        let id = |made: &Value| made["offerId"].as_str().unwrap().to_owned();
        self.keep("sold", id(&sold.json));
        self.keep("offer", id(&wanted.json));
    }

    /// Acme's, which is sent what happens to vessels: nothing; and an administrator's.
    async fn webhooks(&mut self) {
        let hook = |url: &str| json!({ "url": url, "filter": { "topic": ["vessel"] } });
        let ask = self.ask(By::Trader, Method::POST, "/api/webhooks");
        let own = ask.json(&hook("https://hooks.acme.example/")).send().await.expect(201);
        self.network.post("/api/webhooks", hook("https://hooks.admin.example/")).await.expect(201);
        self.hide("hooks.acme.example", &[By::Trader]);
        self.hide("hooks.admin.example", &[]);
        self.keep("webhook", own.json["webhookId"].as_str().unwrap().to_owned());
    }

    fn keep(&mut self, name: &'static str, id: String) {
        self.things.push((name, id));
    }

    fn hide(&mut self, secret: &str, but_of: &'static [By]) {
        self.secrets.push((secret.to_owned(), but_of));
    }

    /// A thing's identifier.
    pub(super) fn thing(&self, name: &str) -> &str {
        let found = self.things.iter().find(|(known, _)| *known == name);
        found.map_or_else(|| panic!("no {name} is given"), |(_, id)| &**id)
    }

    /// The caller's key, if it has one.
    pub(super) fn key_of(&self, by: By) -> Option<&str> {
        self.keys.iter().find(|(known, _)| *known == by).map(|(_, key)| &**key)
    }

    /// A request of somebody by a token that gives the same as the caller's key: to the subject who has
    /// the principal's name.
    pub(super) fn ask_by_token(&self, by: By, method: Method, path: &str) -> Ask {
        let (subject, role, accounts): (_, _, &[&str]) = match by {
            By::Admin => ("admin", "chiefs", &[]),
            By::Operator => ("hands", "hands", &[]),
            By::Viewer => ("eyes", "eyes", &[]),
            By::Trader => ("acme-bot", "pilots", &["acme"]),
            By::Carrier => ("red-star-bot", "haulers", &["red-star"]),
            By::StrangeTrader => ("stranger-bot", "pilots", &["stranger"]),
            By::StrangeCarrier => ("drifter-bot", "haulers", &["drifter"]),
            By::Anybody | By::Nobody | By::Revoked => panic!("{by:?} has no good key"),
        };
        let token = self.issuer.token(&claims(subject, role, accounts));
        self.network.ask(method, path).header("x-request-id", "walk").key(&token)
    }

    /// A request of this caller.
    pub(super) fn ask(&self, by: By, method: Method, path: &str) -> Ask {
        // Named alike, answers can be compared to the letter.
        let ask = self.network.ask(method, path).header("x-request-id", "walk");
        match self.key_of(by) {
            Some(key) => ask.key(key),
            None => ask.without("authorization").header("host", "localhost"),
        }
    }

    /// Fails if what a caller is told has what it may not see; `asked` is what it said itself.
    #[track_caller]
    pub(super) fn assert_hidden(&self, by: By, asked: &str, told: &str) {
        if !By::SCOPED.contains(&by) {
            return;
        }
        for (secret, but_of) in &self.secrets {
            let is_told = says(told, secret) && !asked.contains(secret);
            assert!(
                !is_told || but_of.contains(&by),
                "{by:?} asked {asked} and got {secret}: {told}"
            );
        }
    }
}

/// Whether a text has a word or a number by itself: a part of another number, such as of a time's
/// fraction, tells nothing.
fn says(text: &str, word: &str) -> bool {
    let is_of_another = |beside: char| beside.is_ascii_alphanumeric() || beside == '.';
    text.match_indices(word).any(|(at, _)| {
        let (before, after) =
            (text[..at].chars().next_back(), text[at + word.len()..].chars().next());
        !before.is_some_and(is_of_another)
            && !after.is_some_and(|beside| beside.is_ascii_alphanumeric())
    })
}

#[test]
fn a_number_is_said_by_itself_or_not_at_all() {
    for said in ["14142", "{\"available\":14142}", "x 14142, y", "former 14142."] {
        assert!(says(said, "14142"), "{said}");
    }
    for other in ["2026-11-23T14:46:05.414142Z", "05.14142Z", "114142", "141420", "a14142"] {
        assert!(!says(other, "14142"), "{other}");
    }
}

/// What an owner sends from Ceres.
pub(super) fn booking(owner: &str, vessel: Option<&str>) -> Value {
    json!({
        "origin": "ceres", "destination": "mars-port", "owner": owner, "vessel": vessel,
        "lines": [{ "commodity": "water-ice", "quantity": 2 }],
        "plannedDeparture": "2200-01-01T00:00:00Z", "plannedArrival": "2300-01-03T00:00:00Z"
    })
}
