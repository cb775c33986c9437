//! Statuses that things come to, as numbers of the index. Of each thing the last one counts.

use domain::{Event, Shipment, ShipmentChange, ShipmentStatus, TradeStatus};

/// A set of statuses, a bit for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Statuses(u32);

/// A lost shipment that is under way again.
const UNDER_WAY: u8 = 0;
const TRADES: [TradeStatus; 4] =
    [TradeStatus::Settled, TradeStatus::Voided, TradeStatus::Expired, TradeStatus::Reversed];
/// The first number of trades.
const TRADES_FROM: u8 = 1;
const SHIPMENTS: [ShipmentStatus; 4] = [
    ShipmentStatus::Received,
    ShipmentStatus::Cancelled,
    ShipmentStatus::Lost,
    ShipmentStatus::Returned,
];
/// The first number of shipments: four each, by whether it was late and whether it was stopped.
const SHIPMENTS_FROM: u8 = 8;

impl Statuses {
    /// Trades of this status that were pending once, or were moved back.
    pub(crate) fn of_trades(status: TradeStatus) -> Self {
        trade_code(status).map_or(Self::default(), |code| Self(1 << code))
    }

    /// Ended shipments; each that is given narrows.
    pub(crate) fn of_shipments(
        status: Option<ShipmentStatus>,
        delayed: Option<bool>,
        on_hold: Option<bool>,
    ) -> Self {
        let mut set = Self::default();
        for one in SHIPMENTS {
            for flags in [(false, false), (false, true), (true, false), (true, true)] {
                let wanted = status.is_none_or(|only| only == one)
                    && delayed.is_none_or(|only| only == flags.0)
                    && on_hold.is_none_or(|only| only == flags.1);
                if let Some(code) = shipment_code(one, flags).filter(|_| wanted) {
                    set.0 |= 1 << code;
                }
            }
        }
        set
    }

    pub(crate) fn contains(self, code: u8) -> bool {
        self.0.checked_shr(u32::from(code)).is_some_and(|rest| rest & 1 == 1)
    }
}

fn trade_code(status: TradeStatus) -> Option<u8> {
    let place = (TRADES_FROM..).zip(TRADES).find(|(_, one)| *one == status);
    place.map(|(code, _)| code)
}

fn shipment_code(status: ShipmentStatus, (delayed, on_hold): (bool, bool)) -> Option<u8> {
    let place = (0..).zip(SHIPMENTS).find(|(_, one)| *one == status);
    place.map(|(place, _)| SHIPMENTS_FROM + 4 * place + 2 * u8::from(delayed) + u8::from(on_hold))
}

/// The status that an event of a trade brings it to, if it ends a hold or moves one back.
pub(crate) fn of_trade_event(event: &Event) -> Option<u8> {
    match event {
        Event::HoldSettled(settled) if settled.rest.is_some() => trade_code(TradeStatus::Settled),
        Event::TradeVoided(_) => trade_code(TradeStatus::Voided),
        Event::TradeExpired(_) => trade_code(TradeStatus::Expired),
        Event::TradeReversed(_) => trade_code(TradeStatus::Reversed),
        _ => None,
    }
}

/// The status of a shipment after an event, if that ended it or brought it back.
pub(crate) fn of_shipment(after: &Shipment, change: &ShipmentChange) -> Option<u8> {
    if after.status.is_terminal() {
        return shipment_code(after.status, (after.delayed.is_some(), after.on_hold.is_some()));
    }
    matches!(change, ShipmentChange::Found { .. }).then_some(UNDER_WAY)
}
