//! What is said of events of each kind.

use serde_json::json;

use super::*;

#[track_caller]
fn check(kind: &str, data: &Value, expected: &str) {
    let event = json!({ "type": kind, "subject": "subject", "data": data });
    assert_eq!(sentence(&event), expected, "{event}");
}

fn line(quantity: u64) -> Value {
    json!({ "commodity": "ice", "quantity": quantity, "unitPrice": 12, "total": 12 * quantity })
}

#[test]
fn trades() {
    let trade = json!({ "transactionId": "t-1", "station": "ceres", "buyer": "acme", "seller": "belt",
        "lines": [line(500), line(1)], "total": 6012, "awaiting": "seller", "reason": "wet" });
    check("trade.settled", &trade, "acme bought 500 ice and 1 more from belt at ceres for 6,012");
    check(
        "trade.held",
        &trade,
        "acme holds 500 ice and 1 more from belt at ceres for 6,012, if the seller agrees",
    );
    check("trade.reversed", &trade, "acme gave 500 ice and 1 more back to belt at ceres: wet");
    check("trade.voided", &trade, "t-1 of acme on goods of belt at ceres was called off: wet");
    check("trade.expired", &trade, "t-1 of acme on goods of belt at ceres ran out");
    let strangers = json!({ "station": "ceres", "lines": [line(2)], "total": 24 });
    check("trade.settled", &strangers, "2 ice settled at ceres for 24");
}

#[test]
fn offers() {
    let offer = json!({ "trader": "belt", "station": "ceres", "side": "sell", "commodity": "ice",
        "unitPrice": 12, "quantity": 1000 });
    check("offer.opened", &offer, "belt sells 1,000 ice at ceres at 12 each");
    check("offer.expired", &offer, "belt selling ice at ceres at 12 each ran out");
    let withdrawn = json!({ "offers": [offer, offer] });
    check("offer.withdrawn", &withdrawn, "belt ends selling ice at ceres at 12 each and 1 more");
    let filled = json!({ "offerId": "o-1", "transactionId": "t-2" });
    check("offer.filled", &filled, "offer o-1 is taken, the last of it by t-2");
}

#[test]
fn shipments() {
    let of = |more: Value| {
        let mut data = json!({ "shipmentId": "s-1", "owner": "acme", "origin": "ceres",
            "destination": "mars", "lines": [line(400)] });
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        data
    };
    let plain = of(json!({}));
    for (what, expected) in [
        ("booked", "acme books 400 ice from ceres to mars"),
        ("loaded", "loading at ceres"),
        ("departed", "left ceres for mars"),
        ("delayed", "is late, from ceres to mars"),
        ("arrived", "arrived at mars"),
        ("lost", "lost 400 ice from ceres to mars"),
        ("found", "400 ice found again, from ceres to mars"),
        ("returned", "back at ceres with 400 ice"),
        ("released", "may go on, from ceres to mars"),
        ("cancelled", "called off, from ceres to mars"),
    ] {
        check(&format!("shipment.{what}"), &plain, &format!("s-1 {expected}"));
    }
    let counted = json!([{ "commodity": "ice", "accepted": 395, "rejected": 5 }]);
    let received = of(json!({ "lines": counted, "complete": false }));
    check("shipment.received", &received, "s-1 mars received 400 ice, not all of it");
    let held = of(json!({ "reason": "customs" }));
    check("shipment.held", &held, "s-1 stopped, from ceres to mars: customs");
    let overdue = of(json!({ "delayReason": "overdue" }));
    check("shipment.delayed", &overdue, "s-1 is overdue, from ceres to mars");
    let expected = of(json!({ "estimatedArrival": "2200-01-03T00:00:00Z", "reason": "storm" }));
    check("shipment.estimated", &expected, "s-1 expects arrival 2200-01-03T00:00:00Z: storm");
    let seen = of(json!({ "position": { "x": 0.5, "y": -1, "z": 0 } }));
    check("shipment.position", &seen, "s-1 at 0.5 -1 0, from ceres to mars");
}

#[test]
fn stock_and_credits() {
    let produced = json!({ "commodity": "ore", "change": 1000, "reason": "produced" });
    let lost = json!({ "commodity": "ice", "change": -3, "reason": "lost" });
    let counted =
        json!({ "commodity": "ice", "count": 990, "expected": 1000, "reason": "counted" });
    let adjusted = |lines: Value| json!({ "station": "ceres", "owner": "belt", "lines": lines });
    check(
        "stock.adjusted",
        &adjusted(json!([produced, lost, counted])),
        "belt at ceres: produced 1,000 ore, lost 3 ice, counted 990 ice",
    );
    check(
        "stock.adjusted",
        &adjusted(json!([lost, lost, lost, lost, lost])),
        "belt at ceres: lost 3 ice, lost 3 ice, lost 3 ice and 2 more",
    );
    let own = json!({ "station": "ceres", "owner": "ceres", "lines": [lost] });
    check("stock.adjusted", &own, "ceres: lost 3 ice");
    let given = json!({ "from": "a", "to": "b", "station": "ceres", "lines": [line(1)] });
    check("stock.transferred", &given, "a gave b 1 ice at ceres");
    let given = json!({ "from": "a", "to": "b", "credits": 10000, "reason": "thanks" });
    check("credits.transferred", &given, "a gave b 10,000 credits: thanks");
    check("credits.issued", &json!({ "trader": "a", "change": 5 }), "5 credits issued to a");
    check("credits.retired", &json!({ "trader": "a", "change": -5 }), "5 credits retired from a");
}

#[test]
fn alerts_and_things() {
    let low = json!({ "kind": "stock_low", "severity": "warning", "cause": { "rule": "r" },
        "station": "ceres", "commodity": "ice", "actor": "ana" });
    check("alert.fired", &low, "warning: ice at ceres is running low");
    check("alert.acknowledged", &low, "seen by ana: ice at ceres is running low");
    check("alert.resolved", &low, "over: ice at ceres is running low");
    let hold = json!({ "kind": "hold_expired", "severity": "critical",
        "cause": { "transactionId": "t-1" } });
    check("alert.changed", &hold, "critical now: hold t-1 ran out");
    check("alert-rule.created", &json!({ "id": "r" }), "rule r created");
    let ceres = json!({ "id": "ceres", "name": "Ceres Station" });
    check("station.updated", &ceres, "station ceres (Ceres Station) updated");
    check("trader.created", &json!({ "id": "a", "name": "a" }), "trader a created");
    let key = json!({ "keyId": 1, "principal": "ana", "role": "admin" });
    check("key.created", &key, "key 1 of ana (admin) created");
}

#[test]
fn what_is_not_known_or_lacks_a_member_is_told_plainly() {
    check("ufo.seen", &json!({ "colour": "red" }), "ufo seen subject {\"colour\":\"red\"}");
    check("trade.settled", &json!({ "a": 1 }), "trade settled subject {\"a\":1}");
    check(
        "trade.forgiven",
        &json!({ "station": "x" }),
        "trade forgiven subject {\"station\":\"x\"}",
    );
    check("alert.fired", &json!({}), "alert fired subject {}");
    check("", &json!(null), " subject null");
}
