//! The diagnosis of a shape: whatever is refused, it says why and where.

use serde_json::{Value, json};

use super::support::{offer, station, trade};
use crate::openapi::document;
use crate::shape;
use crate::wire::body::{
    AdjustmentBody, AlertRuleBody, BookingBody, CommodityBody, CreditsBody, KeyBody, OfferBody,
    ReportBody, ReversalBody, SettlementBody, StationBody, TradeBody, TraderBody, TransferBody,
    VesselBody, VoidBody, WithdrawalBody,
};

/// Replaces each value of a good body by strange ones: whatever serde refuses, the schema explains,
/// never in serde's words alone.
fn check<T: serde::de::DeserializeOwned + utoipa::ToSchema>(good: &Value) {
    let read = |body: &Value| shape::read::<T>(body.to_string().as_bytes(), &document().schemas);
    assert!(read(good).is_ok(), "{good}: {:?}", read(good).err());
    let strange = [
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(1.5),
        json!(1e300),
        json!(""),
        json!("a b"),
        json!("x"),
        json!([]),
        json!([1]),
        json!({}),
        json!({ "x": 1 }),
        json!(u64::MAX),
        json!(i64::MIN),
        json!("2200-01-01T00:00:00Z"),
        json!("admin"),
    ];
    let mut refused = 0;
    for pointer in pointers(good) {
        for value in &strange {
            let mut body = good.clone();
            *body.pointer_mut(&pointer).unwrap() = value.clone();
            match read(&body) {
                Ok(_) => {}
                Err(shape::BadBody::Malformed(words)) => panic!("{body}: {words}"),
                Err(shape::BadBody::Shape(faults)) => {
                    refused += 1;
                    assert!(!faults.is_empty());
                    for fault in faults {
                        assert_ne!(fault.code, shape::Flaw::Other.code(), "{body}: {fault:?}");
                    }
                }
            }
        }
    }
    assert!(refused > 20, "{refused}");
}
fn pointers(value: &Value) -> Vec<String> {
    let below = |name: &str, value: &Value| -> Vec<String> {
        pointers(value).into_iter().map(|rest| format!("/{name}{rest}")).collect()
    };
    let mut all = vec![String::new()];
    match value {
        Value::Object(fields) => {
            all.extend(fields.iter().flat_map(|(name, value)| below(name, value)));
        }
        Value::Array(items) => {
            let items = items.iter().enumerate();
            all.extend(items.flat_map(|(at, value)| below(&at.to_string(), value)));
        }
        _ => {}
    }
    all
}

fn tail(mut body: Value) -> Value {
    body["reference"] = json!("PO-1");
    body["metadata"] = json!({ "run": "7" });
    body["at"] = json!("2200-01-01T00:00:00Z");
    body
}

#[test]
fn the_diagnosis_explains_whatever_is_refused() {
    let time = "2200-01-01T00:00:00Z";
    check::<TradeBody>(&tail(trade(1)));
    check::<BookingBody>(&tail(json!({
        "origin": "a", "destination": "b", "owner": "c", "consignee": "d", "carrier": "e",
        "lines": [{ "commodity": "f", "quantity": 1 }],
        "plannedDeparture": time, "plannedArrival": time
    })));
    check::<ReportBody>(&tail(json!({
        "type": "received", "estimatedDeparture": time, "estimatedArrival": time,
        "position": { "x": 0, "y": 1.5, "z": -2 }, "reason": "x",
        "lines": [{ "commodity": "f", "accepted": 1, "rejected": 0 }]
    })));
    check::<AdjustmentBody>(&tail(json!({
        "owner": "a",
        "lines": [{ "commodity": "f", "change": 1, "count": 1, "expected": 1, "reason": "found" }]
    })));
    let mut owned = station();
    owned["owner"] = json!("a");
    check::<StationBody>(&tail(owned));
    check::<CommodityBody>(&tail(json!({
        "name": "a", "category": "b", "unitMassGrams": 1, "unitVolumeMillilitres": 1
    })));
    check::<TraderBody>(&tail(json!({ "name": "a" })));
    check::<CreditsBody>(&tail(json!({ "change": 1, "reason": "issued" })));
    let key = json!({ "principal": "a", "role": "trader", "accounts": ["b"] });
    check::<KeyBody>(&tail(key));
}

#[test]
fn the_diagnosis_explains_whatever_is_refused_of_trading() {
    check::<TradeBody>(&tail(json!({
        "station": "a", "buyer": "b", "seller": "c", "hold": { "expiresInSeconds": 1 },
        "lines": [{
            "commodity": "d", "quantity": 1, "offer": "o-000000004j7", "limitPrice": 1
        }],
        "charges": [{ "payer": "b", "to": "c", "amount": 1, "kind": "tax" }]
    })));
    let lines = json!([{ "commodity": "f", "quantity": 1 }]);
    check::<SettlementBody>(&tail(json!({ "lines": lines, "final": true })));
    check::<VoidBody>(&tail(json!({ "reason": "x" })));
    check::<ReversalBody>(&tail(json!({ "reason": "x" })));
    check::<WithdrawalBody>(&tail(json!({})));
    let mut posted = offer(1);
    posted["trader"] = json!("a");
    posted["expiresInSeconds"] = json!(1);
    posted["replace"] = json!(true);
    check::<OfferBody>(&tail(posted));
    check::<TransferBody>(&tail(json!({
        "from": "a", "to": "b", "station": "c", "lines": lines, "credits": 1, "reason": "x"
    })));
}

#[test]
fn the_diagnosis_explains_whatever_is_refused_of_cargo_and_alerts() {
    let time = "2200-01-01T00:00:00Z";
    check::<BookingBody>(&tail(json!({
        "origin": "a", "destination": "b", "owner": "c", "vessel": "d", "tolerancePermille": 5,
        "lines": [{ "commodity": "f", "quantity": 1 }],
        "charges": [{ "payer": "b", "to": "c", "amount": 1, "kind": "freight" }],
        "plannedDeparture": time, "plannedArrival": time
    })));
    check::<ReportBody>(&tail(json!({
        "type": "lost", "delayCode": "crew", "cause": "stolen",
        "lines": [{ "commodity": "f", "accepted": 1, "rejected": 0, "short": 1, "quantity": 1 }]
    })));
    check::<VesselBody>(&tail(json!({
        "name": "a", "carrier": "b", "massCapacityGrams": 1, "volumeCapacityMillilitres": 1
    })));
    check::<AlertRuleBody>(&tail(json!({
        "kind": "stock", "afterSeconds": 1, "criticalAfterSeconds": 1, "station": "a",
        "owner": "b", "commodity": "c", "low": 1, "clear": 2
    })));
}
