//! Orders: the commands of the play, each as the request that carries it.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::ship::Cargo;
use super::stage::Coordinates;
use crate::client::Request;

/// What an order is for, and what is undone or goes on when it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Credits for whoever could not pay.
    Fund,
    /// A place makes goods.
    Make {
        place: usize,
        good: usize,
        quantity: u64,
    },
    /// A place uses goods up.
    UseUp {
        place: usize,
        good: usize,
        quantity: u64,
    },
    /// The exchange takes a small lot from a place.
    TakeLot {
        place: usize,
        good: usize,
        quantity: u64,
    },
    /// The exchange gives a small lot back.
    GiveLot {
        place: usize,
        good: usize,
        quantity: u64,
    },
    /// A ship buys its cargo.
    Buy {
        good: usize,
        quantity: u64,
    },
    /// A ship books the way to its buyer.
    Book {
        to: usize,
    },
    Cancel,
    Load,
    Depart,
    /// A position or an estimate on the way.
    Report,
    Lose,
    Arrive,
    /// Some or all is counted at the destination.
    Count {
        accepted: u64,
        rejected: u64,
    },
    /// What was rejected is made good.
    Repair,
    /// A ship sells what it brought, to the place it is at.
    Sell(Cargo),
}

/// A command on its way out.
#[derive(Debug, Clone)]
pub(super) struct Order {
    /// The ship that waits for the answer; `None` for what places do.
    pub(super) ship: Option<usize>,
    pub(super) purpose: Purpose,
    pub(super) request: Request,
    /// Who pays, so that credits can be issued to them if they cannot.
    pub(super) payer: Option<String>,
}

impl Order {
    /// An order of a ship that costs nobody anything.
    pub(super) fn of_ship(number: usize, purpose: Purpose, request: Request) -> Self {
        Self { ship: Some(number), purpose, request, payer: None }
    }

    /// An order of a place.
    pub(super) fn of_place(purpose: Purpose, request: Request) -> Self {
        Self { ship: None, purpose, request, payer: None }
    }
}

/// A trade of one commodity.
pub(super) struct Deal<'a> {
    pub(super) station: &'a str,
    pub(super) buyer: &'a str,
    pub(super) seller: &'a str,
    pub(super) commodity: &'a str,
    pub(super) quantity: u64,
    pub(super) unit_price: u64,
}

impl Deal<'_> {
    pub(super) fn request(&self, key: String) -> Request {
        let line = json!({
            "commodity": self.commodity, "quantity": self.quantity, "unitPrice": self.unit_price,
        });
        let body = json!({
            "station": self.station, "buyer": self.buyer, "seller": self.seller, "lines": [line],
        });
        Request::post("/api/trades", &body, key)
    }
}

/// A stock change of one commodity; `change` is below zero for what goes out.
pub(super) fn adjustment(
    station: &str,
    owner: &str,
    commodity: &str,
    change: i64,
    reason: &str,
    key: String,
) -> Request {
    let body = json!({
        "owner": owner,
        "lines": [{ "commodity": commodity, "change": change, "reason": reason }],
    });
    Request::post(format!("/api/inventory/{station}/adjustments"), &body, key)
}

pub(super) fn credits(trader: &str, change: u64, key: String) -> Request {
    let body = json!({ "change": change, "reason": "issued" });
    Request::post(format!("/api/traders/{trader}/credits"), &body, key)
}

/// A shipment of one commodity.
pub(super) struct Booking<'a> {
    pub(super) origin: &'a str,
    pub(super) destination: &'a str,
    pub(super) owner: &'a str,
    pub(super) carrier: &'a str,
    pub(super) vessel: &'a str,
    pub(super) commodity: &'a str,
    pub(super) quantity: u64,
    pub(super) departure: Timestamp,
    pub(super) arrival: Timestamp,
}

impl Booking<'_> {
    pub(super) fn request(&self, key: String) -> Request {
        let body = json!({
            "origin": self.origin,
            "destination": self.destination,
            "owner": self.owner,
            "carrier": self.carrier,
            "vessel": self.vessel,
            "lines": [{ "commodity": self.commodity, "quantity": self.quantity }],
            "plannedDeparture": self.departure.to_string(),
            "plannedArrival": self.arrival.to_string(),
        });
        Request::post("/api/cargo", &body, key)
    }
}

/// An event of a shipment; `body` holds its type and what belongs to it.
pub(super) fn shipment_event(shipment: &str, body: &Value, key: String) -> Request {
    Request::post(format!("/api/cargo/{shipment}/events"), body, key)
}

pub(super) fn position(at: Coordinates) -> Value {
    let Coordinates { x, y, z } = at;
    json!({ "type": "position", "position": { "x": x, "y": y, "z": z } })
}
