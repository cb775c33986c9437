//! Orders: the commands of the play, each as the request that carries it.

use itn_client::{
    Command, CreditReason, NewAdjustment, NewAdjustmentLine, NewBooking, NewBookingLine,
    NewCreditChange, NewPosition, NewShipmentEvent, NewTrade, NewTradeLine, Request,
    ShipmentReportType, StockChangeReason,
};
use jiff::Timestamp;

use super::ship::Cargo;
use super::stage::Coordinates;

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
        let line = NewTradeLine {
            commodity: self.commodity.to_owned(),
            quantity: self.quantity,
            unit_price: Some(self.unit_price),
            ..NewTradeLine::default()
        };
        let data = NewTrade {
            station: self.station.to_owned(),
            buyer: self.buyer.to_owned(),
            seller: self.seller.to_owned(),
            lines: vec![line],
            ..NewTrade::default()
        };
        request(&Command::Trade { data }, key)
    }
}

/// A command as the request that does it alone.
fn request(command: &Command, key: String) -> Request {
    command.request(key).expect("plain data can be written as JSON")
}

/// A stock change of one commodity; `change` is below zero for what goes out.
pub(super) fn change(commodity: &str, change: i64, reason: StockChangeReason) -> NewAdjustmentLine {
    let commodity = commodity.to_owned();
    NewAdjustmentLine { commodity, change: Some(change), reason, ..NewAdjustmentLine::default() }
}

/// Changes of an owner's stock at a station.
pub(super) fn changes(station: &str, owner: &str, lines: Vec<NewAdjustmentLine>) -> Command {
    let owner = Some(owner.to_owned());
    let data = NewAdjustment { owner, lines, ..NewAdjustment::default() };
    Command::Adjustment { station: station.to_owned(), data }
}

pub(super) fn adjustment(
    station: &str,
    owner: &str,
    line: NewAdjustmentLine,
    key: String,
) -> Request {
    request(&changes(station, owner, vec![line]), key)
}

/// Credits for a trader.
pub(super) fn issued(trader: &str, credits: u64) -> Command {
    let change = i64::try_from(credits).unwrap_or(i64::MAX);
    let reason = CreditReason::Issued;
    let data = NewCreditChange { change, reason, ..NewCreditChange::default() };
    Command::Credits { trader: trader.to_owned(), data }
}

pub(super) fn credits(trader: &str, change: u64, key: String) -> Request {
    request(&issued(trader, change), key)
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
    pub(super) fn body(&self) -> NewBooking {
        let line = NewBookingLine { commodity: self.commodity.to_owned(), quantity: self.quantity };
        NewBooking {
            origin: self.origin.to_owned(),
            destination: self.destination.to_owned(),
            owner: self.owner.to_owned(),
            carrier: Some(self.carrier.to_owned()),
            vessel: Some(self.vessel.to_owned()),
            lines: vec![line],
            planned_departure: self.departure,
            planned_arrival: self.arrival,
            ..NewBooking::default()
        }
    }

    pub(super) fn request(&self, key: String) -> Request {
        request(&Command::Shipment { data: self.body() }, key)
    }
}

/// An event of a shipment.
pub(super) fn shipment_event(shipment: &str, data: NewShipmentEvent, key: String) -> Request {
    request(&Command::ShipmentEvent { shipment_id: shipment.to_owned(), data }, key)
}

/// A report of which there is no more to say.
pub(super) fn report(kind: ShipmentReportType) -> NewShipmentEvent {
    NewShipmentEvent { kind, ..NewShipmentEvent::default() }
}

pub(super) fn position(at: Coordinates) -> NewShipmentEvent {
    let Coordinates { x, y, z } = at;
    let position = Some(NewPosition { x, y, z });
    NewShipmentEvent { position, ..report(ShipmentReportType::Position) }
}
