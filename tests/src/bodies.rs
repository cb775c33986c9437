//! Request bodies in which everything has a default, so that what a test sets means something.

use serde_json::{Value, json};

/// The station of [`crate::given::market`] where goods are.
pub const STATION: &str = "ceres";
/// The station of [`crate::given::market`] where goods go.
pub const DESTINATION: &str = "mars-port";
/// The commodity of [`crate::given::market`].
pub const COMMODITY: &str = "water-ice";
/// The trader of [`crate::given::market`] with credits.
pub const BUYER: &str = "acme";
/// The trader of [`crate::given::market`] with goods at [`STATION`].
pub const SELLER: &str = "belt-mining";

/// A body with some fields set anew.
#[must_use]
pub fn with(mut body: Value, fields: &Value) -> Value {
    for (name, value) in fields.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    body
}

/// A trade of one unit.
pub fn trade() -> Value {
    json!({ "station": STATION, "buyer": BUYER, "seller": SELLER, "lines": [line(1)] })
}

/// A trade of one unit under this reference.
pub fn trade_known_as(reference: &str) -> Value {
    with(trade(), &json!({ "reference": reference }))
}

/// A line of a trade at a price of 1.
pub fn line(quantity: u64) -> Value {
    json!({ "commodity": COMMODITY, "quantity": quantity, "unitPrice": 1 })
}

/// Production of this much at [`STATION`] for [`SELLER`].
pub fn production(quantity: u64) -> Value {
    let line = json!({ "commodity": COMMODITY, "change": quantity, "reason": "produced" });
    json!({ "owner": SELLER, "lines": [line] })
}

/// A shipment of one unit of [`SELLER`]'s from [`STATION`] to [`DESTINATION`].
pub fn shipment() -> Value {
    json!({
        "origin": STATION, "destination": DESTINATION, "owner": SELLER,
        "lines": [{ "commodity": COMMODITY, "quantity": 1 }],
        "plannedDeparture": "2200-01-01T00:00:00Z", "plannedArrival": "2200-01-03T00:00:00Z",
    })
}

/// A station of this name.
pub fn station(name: &str) -> Value {
    let position = json!({ "x": 0, "y": 0, "z": 0 });
    json!({ "name": name, "kind": "station", "system": "sol", "position": position })
}
