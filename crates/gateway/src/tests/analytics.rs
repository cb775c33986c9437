//! `/api/analytics` and `/api/routes`.

use axum::http::Method;
use serde_json::{Value, json};
use views::analytics::AnalyticsError;

use super::support::{Network, offer, shown, station, trade};
use crate::problem::Problem;

/// [`trade`] at a price and a time.
fn trade_at(quantity: u64, price: u64, at: &str) -> Value {
    let mut trade = trade(quantity);
    trade["lines"][0]["unitPrice"] = json!(price);
    trade["at"] = json!(at);
    trade
}

/// A shipment of ice from Ceres to Mars that left and arrived at these times.
async fn ship(network: &Network, departed: &str, arrived: &str) {
    let booking = json!({
        "origin": "ceres", "destination": "mars-port", "owner": "belt-mining",
        "carrier": "acme", "at": departed,
        "lines": [{ "commodity": "water-ice", "quantity": 7 }],
        "plannedDeparture": "2199-12-31T10:00:00Z", "plannedArrival": "2199-12-31T12:00:00Z"
    });
    let booked = network.post("/api/cargo", booking).await.expect(201);
    let events = format!("{}/events", booked.header("location"));
    for (kind, at) in [("departed", departed), ("arrived", arrived)] {
        network.post(&events, json!({ "type": kind, "at": at })).await.expect(201);
    }
}

/// Trades on the last day of 2199, one of two lines, one late, one reversed; and two shipments.
async fn traded() -> Network {
    let network = Network::founded().await;
    let body = json!({ "name": "Water ice", "category": "raw" });
    network.put("/api/commodities/water-ice", body).await.expect(200);
    for (quantity, price, at) in [
        (5, 12, "2199-12-31T10:00:30Z"),
        (1, 20, "2199-12-31T10:00:59.5Z"),
        (2, 9, "2199-12-31T10:02:00Z"),
        // Came last, and happened first.
        (3, 15, "2199-12-31T10:00:00Z"),
    ] {
        network.post("/api/trades", trade_at(quantity, price, at)).await.expect(201);
    }
    let wrong = network.post("/api/trades", trade_at(10, 100, "2199-12-31T09:00:00Z")).await;
    let reverse = format!("{}/reverse", wrong.expect(201).header("location"));
    let reason = json!({ "reason": "a mistake", "at": "2199-12-31T11:30:00Z" });
    network.post(&reverse, reason).await.expect(200);
    ship(&network, "2199-12-31T10:05:00Z", "2199-12-31T11:00:00Z").await;
    ship(&network, "2199-12-31T10:06:00Z", "2199-12-31T13:00:00.25Z").await;
    network
}

fn values(series: &Value) -> Vec<u64> {
    let buckets = series["buckets"].as_array().unwrap();
    buckets.iter().map(|bucket| bucket["value"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_series_has_every_bucket_and_what_comes_late_is_in_its_own() {
    let network = traded().await;
    let span = "from=2199-12-31T10:00:00Z&to=2199-12-31T10:04:00Z&interval=minute";
    let told = network.get(&format!("/api/analytics/series?metric=value&{span}")).await;
    shown!(told.expect(200));
    for (query, expected) in [
        ("metric=trades", [3, 0, 1, 0]),
        ("metric=units&by=station&id=ceres", [9, 0, 2, 0]),
        ("metric=units&by=station&id=mars-port", [0, 0, 0, 0]),
        ("metric=units&by=system&id=sol", [9, 0, 2, 0]),
        ("metric=value&by=commodity&id=water-ice", [125, 0, 18, 0]),
        ("metric=trades&by=category&id=raw", [3, 0, 1, 0]),
    ] {
        let series = network.get(&format!("/api/analytics/series?{query}&{span}")).await;
        assert_eq!(values(&series.expect(200).json), expected, "{query}");
    }
    let hours = "interval=hour&from=2199-12-31T09:00:00Z&to=2199-12-31T14:00:00Z";
    for (metric, expected) in [
        ("trades", [1, 4, 0, 0, 0]),
        ("reversals", [0, 0, 1, 0, 0]),
        ("reversedValue", [0, 0, 1_000, 0, 0]),
        ("departures", [0, 2, 0, 0, 0]),
        ("shippedUnits", [0, 14, 0, 0, 0]),
        ("arrivals", [0, 0, 1, 0, 1]),
        ("onTime", [0, 0, 1, 0, 0]),
        ("delaySeconds", [0, 0, 0, 0, 3_601]),
    ] {
        let path = format!("/api/analytics/series?metric={metric}&{hours}");
        assert_eq!(values(&network.get(&path).await.expect(200).json), expected, "{metric}");
    }
}

#[tokio::test]
async fn the_newest_bucket_is_open_and_the_others_are_not() {
    let network = traded().await;
    for (interval, count) in [("minute", 60), ("hour", 24), ("day", 30)] {
        let path = format!("/api/analytics/series?metric=trades&interval={interval}");
        let series = network.get(&path).await.expect(200).json;
        let buckets = series["buckets"].as_array().unwrap();
        assert_eq!(buckets.len(), count);
        let open: Vec<_> = buckets.iter().map(|bucket| bucket["isOpen"] == true).collect();
        assert!(open[count - 1] && !open[..count - 1].contains(&true), "{interval}");
    }
}

#[tokio::test]
async fn spans_are_widened_to_whole_buckets_or_refused() {
    let network = traded().await;
    let series = "/api/analytics/series?metric=trades";
    let get = async |query: &str| network.get(&format!("{series}&{query}")).await;
    let inside = "interval=hour&from=2199-12-31T10:59:59Z&to=2199-12-31T11:00:00.000001Z";
    let widened = get(inside).await.expect(200).json;
    assert_eq!(widened["from"], "2199-12-31T10:00:00Z");
    assert_eq!(widened["to"], "2199-12-31T12:00:00Z");
    assert_eq!(values(&widened), [4, 0]);
    let none = get("from=2199-12-31T10:00:00Z&to=2199-12-31T10:00:00Z").await.expect(200);
    assert_eq!(none.json["buckets"], json!([]));
    let future = get("interval=day&from=2500-01-01T00:00:00Z&to=2500-01-03T00:00:00Z").await;
    let future = future.expect(200).json;
    assert_eq!(values(&future), [0, 0]);
    assert_eq!(future["buckets"][0]["isOpen"], true);
    let ahead = get("interval=day&from=2500-01-01T10:00:00Z").await.expect(200).json;
    assert_eq!(ahead["to"], "2500-01-02T00:00:00Z");
    let past = get("interval=day&from=1200-01-01T00:00:00Z&to=1200-01-03T00:00:00Z").await;
    assert_eq!(values(&past.expect(200).json), [0, 0]);
    for (query, fault) in [
        ("from=2200-01-02T00:00:00Z&to=2200-01-01T00:00:00Z", "to"),
        ("from=2100-01-02T00:00:00Z", "from"),
        ("interval=minute&from=2199-12-01T00:00:00Z&to=2199-12-01T01:00:00Z", "from"),
        ("interval=week", "interval"),
        ("by=station", "id"),
        ("id=ceres", "id"),
        ("by=system&id=nowhere", "id"),
        ("from=yesterday", "from"),
    ] {
        let refused = get(query).await.expect_problem(422, "invalid_request");
        assert_eq!(refused.faults()[0].0, fault, "{query}: {}", refused.text);
    }
    get("by=station&id=pluto").await.expect_problem(422, "unknown_station");
    let none = network.get("/api/analytics/series").await.expect_problem(422, "invalid_request");
    assert_eq!(none.faults(), [("metric".to_owned(), "missing_field".to_owned())]);
}

#[tokio::test]
async fn prices_are_candles_in_the_order_of_the_sequence() {
    let network = traded().await;
    let of = "station=ceres&commodity=water-ice";
    let span = "from=2199-12-31T10:00:00Z&to=2199-12-31T10:03:00Z&interval=minute";
    let told = network.get(&format!("/api/analytics/prices?{of}&{span}")).await;
    shown!(told.expect(200));
    let none = network.get("/api/analytics/prices?station=ceres&commodity=ore").await.expect(200);
    assert_eq!(none.json["last"], Value::Null);
    let path = "/api/analytics/prices?station=ceres&commodity=gold";
    network.get(path).await.expect_problem(422, "unknown_commodity");
    network.get("/api/analytics/prices?station=ceres").await.expect_problem(422, "invalid_request");
}

#[tokio::test]
async fn rankings_and_lanes_say_who_and_where_the_most_is() {
    let network = traded().await;
    let span = "from=2199-12-31T00:00:00Z&to=2200-01-01T00:00:00Z";
    for (of, by) in
        [("stations", "value"), ("commodities", "units"), ("traders", "trades"), ("lanes", "delay")]
    {
        let path = format!("/api/analytics/rankings?of={of}&by={by}&{span}");
        let told = network.get(&path).await.expect(200).json;
        insta::assert_json_snapshot!(format!("ranking_{of}"), told, {
            ".asOf.time" => "[time]"
        });
    }
    shown!(network.get(&format!("/api/analytics/lanes?origin=ceres&{span}")).await.expect(200));
    let none = network.get(&format!("/api/analytics/lanes?destination=ceres&{span}")).await;
    assert_eq!(none.expect(200).json["items"], json!([]));
}

#[tokio::test]
async fn the_summary_tells_the_network_at_a_glance() {
    let network = traded().await;
    let told = network.get("/api/analytics/summary").await.expect(200);
    insta::assert_json_snapshot!(told.json, {
        ".**.time" => "[time]", ".**.from" => "[time]", ".**.to" => "[time]",
        // What is in the last hour and the last day depends on when this is run.
        ".minute" => "[window]", ".hour" => "[window]", ".day" => "[window]",
    });
    let empty = Network::new();
    let told = empty.get("/api/analytics/summary").await.expect(200).json;
    assert_eq!(told["total"]["trades"], 0);
    assert_eq!(told["minute"]["tradesPerSecond"], 0.0);
    assert_eq!(told["total"]["cargo"]["onTimeShare"], Value::Null);
}

#[tokio::test]
async fn an_answer_that_is_known_is_not_sent_again() {
    let network = traded().await;
    let path = "/api/analytics/series?metric=trades&interval=day";
    // The minute may end between two asks; not between all of them.
    for _ in 0..5 {
        let first = network.get(path).await.expect(200);
        let again = network.ask(Method::GET, path).header("if-none-match", first.header("etag"));
        let again = again.send().await;
        if again.status == 304 {
            assert_eq!(again.text, "");
            return;
        }
    }
    panic!("it is sent again and again");
}

/// Prices are public; what cargo there is, and what others trade, is not.
#[tokio::test]
async fn a_key_of_accounts_sees_prices_and_its_own_figures() {
    let network = traded().await;
    let acme = network.key("acme-bot", "trader", &["acme"]).await;
    let get = async |path: &str| network.ask(Method::GET, path).key(&acme).send().await;
    let span = "from=2199-12-31T00:00:00Z&to=2200-01-01T00:00:00Z";
    let ranking = get(&format!("/api/analytics/rankings?of=traders&{span}")).await.expect(200).json;
    assert_eq!(ranking["items"].as_array().unwrap().len(), 1);
    assert_eq!(ranking["items"][0]["id"], "acme");
    assert_eq!(ranking["items"][0]["cargo"]["arrivals"], 2);
    let ranking = get(&format!("/api/analytics/rankings?of=stations&{span}")).await.expect(200);
    assert_eq!(ranking.json["items"][0]["cargo"], Value::Null);
    let summary = get("/api/analytics/summary").await.expect(200).json;
    assert_eq!(summary["total"]["trades"], 5);
    for private in ["current", "delays"] {
        assert_eq!(summary[private], Value::Null);
    }
    assert_eq!(summary["total"]["cargo"], Value::Null);
    get("/api/analytics/prices?station=ceres&commodity=water-ice").await.expect(200);
    get("/api/analytics/series?metric=value&by=station&id=ceres").await.expect(200);
    get("/api/routes").await.expect(200);
    for path in [
        "/api/analytics/series?metric=arrivals",
        "/api/analytics/lanes",
        "/api/analytics/rankings?of=lanes",
        "/api/analytics/rankings?of=stations&by=delay",
    ] {
        get(path).await.expect_problem(403, "not_permitted");
    }
    let ask = network.ask(Method::GET, "/api/analytics/summary").without("authorization");
    ask.send().await.expect_problem(401, "unauthenticated");
}

/// Ice is offered on Ceres and wanted on Mars; on Vesta it was traded once.
#[tokio::test]
async fn routes_are_between_offers_first_and_then_by_what_was_paid() {
    let network = Network::founded().await;
    for (id, x) in [("vesta", 3), ("mars-port", 4)] {
        let mut place = station();
        place["position"]["x"] = json!(x);
        let put = network.put(&format!("/api/stations/{id}"), place).await;
        assert!(put.status.is_success(), "{}", put.text);
    }
    network.post("/api/trades", trade_at(5, 30, "2199-12-31T10:00:00Z")).await.expect(201);
    let lines = json!([{ "commodity": "water-ice", "change": 100, "reason": "produced" }]);
    let produced = json!({ "owner": "belt-mining", "lines": lines });
    network.post("/api/inventory/vesta/adjustments", produced).await.expect(201);
    let mut far = trade_at(5, 50, "2199-12-31T10:00:00Z");
    far["station"] = json!("vesta");
    network.post("/api/trades", far).await.expect(201);
    network.post("/api/offers", offer(70)).await.expect(201);
    let mut wanted = offer(40);
    for (field, value) in [
        ("station", json!("mars-port")),
        ("trader", json!("acme")),
        ("side", json!("buy")),
        ("unitPrice", json!(12)),
    ] {
        wanted[field] = value;
    }
    network.post("/api/offers", wanted).await.expect(201);
    let told = network.get("/api/routes").await.expect(200).json;
    insta::assert_json_snapshot!(told, {
        ".**.time" => "[time]", ".**.ageSeconds" => "[age]",
        ".**.at" => "[time]",
    });
    let count = async |query: &str| {
        let told = network.get(&format!("/api/routes?{query}")).await.expect(200).json;
        assert_eq!(told["isComplete"], true);
        told["items"].as_array().unwrap().len()
    };
    assert_eq!(count("commodity=water-ice").await, 2);
    assert_eq!(count("commodity=ore").await, 0);
    assert_eq!(count("maxDistance=3").await, 1);
    assert_eq!(count("maxDistance=2.999").await, 0);
    assert_eq!(count("maxAge=60").await, 1);
    assert_eq!(count("limit=1").await, 1);
    for query in ["maxDistance=-1", "maxDistance=1e3", "maxAge=x", "commodity=%00"] {
        network.get(&format!("/api/routes?{query}")).await.expect_problem(422, "invalid_request");
    }
}

#[tokio::test]
async fn while_it_is_counted_anew_it_says_how_far_it_is() {
    let (position, last) = (domain::Sequence(5), domain::Sequence(9));
    let problem = Problem::from(AnalyticsError::Rebuilding { position, last });
    assert_eq!(problem.status(), 503);
    let told = serde_json::to_value(&problem).unwrap();
    assert_eq!(told["code"], "analytics_rebuilding");
    assert_eq!(told["retryable"], true);
    assert_eq!((&told["counted"], &told["total"]), (&json!(5), &json!(9)));
}
