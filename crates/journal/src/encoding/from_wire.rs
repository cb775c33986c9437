//! Wire messages as events of the domain: everything a message may get wrong is refused here.

use std::collections::BTreeMap;

use domain::{
    CommodityDetails, CommodityId, Credits, DelayReason, Envelope, Event, GoodsLine, Identifier,
    KeyBinding, KeyDetails, KeyId, NetworkDetails, Note, Position, PrincipalId, Quantity,
    ReceiptLine, Recorded, Role, Route, Schedule, Sequence, ShipmentBooked, ShipmentChange,
    ShipmentChanged, ShipmentId, Sink, Source, StationDetails, StationId, StationKind,
    StockAdjusted, StockChange, Text, Timestamp, TraceId, TradeLine, TradeSettled, TraderDetails,
    TraderId,
};

use super::wire::{self, recorded, shipment_changed, stock_line};
use super::{EncodingError, check_entries, check_lines, check_position, check_speed, instant};

type Decoded<T> = Result<T, EncodingError>;

pub(super) fn recorded(
    message: wire::Recorded,
    sequence: Sequence,
    base: Timestamp,
) -> Decoded<Recorded> {
    let recorded_at = after(base, message.recorded_after, "the time of recording")?;
    let occurred_at = match message.occurred_after {
        Some(delta) => Some(after(recorded_at, delta, "the time of occurrence")?),
        None => None,
    };
    let envelope = Envelope {
        sequence,
        recorded_at,
        occurred_at,
        actor: PrincipalId(message.actor),
        key: message.key.map(|key| KeyBinding {
            hash: whole(key.hash_high, key.hash_low),
            fingerprint: key.fingerprint,
        }),
        trace: message.trace.map(|trace| TraceId(whole(trace.high, trace.low))),
        note: message.note.map(note).transpose()?,
    };
    let event = event(message.event.ok_or(EncodingError::Newer("this kind of event"))?)?;
    Ok(Recorded { envelope, event })
}

fn event(event: recorded::Event) -> Decoded<Event> {
    use recorded::Event as Wire;
    Ok(match event {
        Wire::TradeSettled(trade) => Event::TradeSettled(trade_settled(&trade)?),
        Wire::StockAdjusted(adjusted) => Event::StockAdjusted(stock_adjusted(&adjusted)?),
        Wire::ShipmentBooked(booked) => Event::ShipmentBooked(Box::new(shipment_booked(&booked)?)),
        Wire::ShipmentChanged(changed) => {
            Event::ShipmentChanged(Box::new(shipment_changed(changed)?))
        }
        Wire::CreditsIssued(wire::CreditsChanged { trader, amount }) => {
            Event::CreditsIssued { trader: TraderId(trader), amount: credits(amount)? }
        }
        Wire::CreditsRetired(wire::CreditsChanged { trader, amount }) => {
            Event::CreditsRetired { trader: TraderId(trader), amount: credits(amount)? }
        }
        Wire::NetworkCreated(created) => Event::NetworkCreated(NetworkDetails {
            wall: instant(created.wall, "the wall time at creation")?,
            epoch: instant(created.epoch, "the network time at creation")?,
            speed: check_speed(created.speed)?,
        }),
        Wire::KeyCreated(created) => key_created(&created)?,
        Wire::KeyRevoked(wire::KeyRevoked { key }) => Event::KeyRevoked { key: KeyId(key) },
        Wire::StationCreated(created) => Event::StationCreated {
            station: StationId(created.station),
            trader: TraderId(created.trader),
            id: identifier(&created.id, "a station's identifier")?,
            details: Box::new(station_details(created.details)?),
        },
        Wire::StationUpdated(updated) => Event::StationUpdated {
            station: StationId(updated.station),
            details: Box::new(station_details(updated.details)?),
        },
        Wire::CommodityCreated(created) => Event::CommodityCreated {
            commodity: CommodityId(created.commodity),
            id: identifier(&created.id, "a commodity's identifier")?,
            details: Box::new(commodity_details(created.details)?),
        },
        Wire::CommodityUpdated(updated) => Event::CommodityUpdated {
            commodity: CommodityId(updated.commodity),
            details: Box::new(commodity_details(updated.details)?),
        },
        Wire::TraderCreated(created) => Event::TraderCreated {
            trader: TraderId(created.trader),
            id: identifier(&created.id, "a trader's identifier")?,
            details: TraderDetails { name: text(&created.name, "a trader's name")? },
        },
        Wire::TraderUpdated(updated) => Event::TraderUpdated {
            trader: TraderId(updated.trader),
            details: TraderDetails { name: text(&updated.name, "a trader's name")? },
        },
    })
}

fn whole(high: u64, low: u64) -> u128 {
    (u128::from(high) << 64) | u128::from(low)
}

fn after(base: Timestamp, delta: i64, what: &'static str) -> Decoded<Timestamp> {
    let micros = base.0.checked_add(delta).ok_or(EncodingError::OutOfBounds(what))?;
    instant(micros, what)
}

fn instant_if(micros: Option<i64>, what: &'static str) -> Decoded<Option<Timestamp>> {
    micros.map(|micros| instant(micros, what)).transpose()
}

fn quantity(value: u64) -> Decoded<Quantity> {
    Quantity::new(value).map_err(|_| EncodingError::OutOfBounds("a quantity"))
}

fn credits(value: u64) -> Decoded<Credits> {
    Credits::new(value).map_err(|_| EncodingError::OutOfBounds("an amount of credits"))
}

fn identifier(value: &str, what: &'static str) -> Decoded<Identifier> {
    Identifier::new(value).map_err(|_| EncodingError::OutOfBounds(what))
}

fn text(value: &str, what: &'static str) -> Decoded<Text> {
    Text::new(value).map_err(|_| EncodingError::OutOfBounds(what))
}

fn text_if(value: Option<String>, what: &'static str) -> Decoded<Option<Text>> {
    value.map(|value| text(&value, what)).transpose()
}

fn note(note: wire::Note) -> Decoded<Box<Note>> {
    check_entries(note.metadata.len())?;
    let mut metadata = BTreeMap::new();
    for entry in note.metadata {
        let key = text(&entry.key, "a metadata key")?;
        if metadata.last_key_value().is_some_and(|(last, _)| *last >= key) {
            return Err(EncodingError::OutOfBounds("the order of metadata keys"));
        }
        metadata.insert(key, text(&entry.value, "a metadata value")?);
    }
    Ok(Box::new(Note { reference: text_if(note.reference, "a reference")?, metadata }))
}

fn key_created(created: &wire::KeyCreated) -> Decoded<Event> {
    let role = match wire::Role::try_from(created.role) {
        Ok(wire::Role::Admin) => Role::Admin,
        Ok(wire::Role::Operator) => Role::Operator,
        Ok(wire::Role::Viewer) => Role::Viewer,
        Ok(wire::Role::Unspecified) => return Err(EncodingError::Missing("a key's role")),
        Err(_) => return Err(EncodingError::Newer("this role")),
    };
    let digest = created.digest.as_slice().try_into();
    let details = KeyDetails {
        principal: PrincipalId(created.principal),
        name: identifier(&created.name, "a principal's name")?,
        role,
        digest: digest.map_err(|_| EncodingError::OutOfBounds("a key's digest"))?,
    };
    Ok(Event::KeyCreated { key: KeyId(created.key), details: Box::new(details) })
}

fn station_details(details: Option<wire::StationDetails>) -> Decoded<StationDetails> {
    let details = details.ok_or(EncodingError::Missing("a station's details"))?;
    let kind = match wire::StationKind::try_from(details.kind) {
        Ok(wire::StationKind::Planet) => StationKind::Planet,
        Ok(wire::StationKind::Station) => StationKind::Station,
        Ok(wire::StationKind::Outpost) => StationKind::Outpost,
        Ok(wire::StationKind::Gate) => StationKind::Gate,
        Ok(wire::StationKind::Unspecified) => {
            return Err(EncodingError::Missing("a station's kind"));
        }
        Err(_) => return Err(EncodingError::Newer("this kind of station")),
    };
    let at = details.position.ok_or(EncodingError::Missing("a station's position"))?;
    Ok(StationDetails {
        name: text(&details.name, "a station's name")?,
        kind,
        system: identifier(&details.system, "a system's identifier")?,
        position: position(at)?,
        owner: TraderId(details.owner),
    })
}

fn position(position: wire::Position) -> Decoded<Position> {
    let wire::Position { x, y, z } = position;
    check_position(Position { x, y, z })
}

fn commodity_details(details: Option<wire::CommodityDetails>) -> Decoded<CommodityDetails> {
    let details = details.ok_or(EncodingError::Missing("a commodity's details"))?;
    let category = details.category.map(|category| identifier(&category, "a category"));
    Ok(CommodityDetails {
        name: text(&details.name, "a commodity's name")?,
        category: category.transpose()?,
        unit_mass_grams: details.unit_mass_grams.map(quantity).transpose()?,
        unit_volume_millilitres: details.unit_volume_millilitres.map(quantity).transpose()?,
    })
}

fn trade_settled(trade: &wire::TradeSettled) -> Decoded<TradeSettled> {
    let line = |line: &wire::TradeLine| {
        Ok(TradeLine {
            commodity: CommodityId(line.commodity),
            quantity: quantity(line.quantity)?,
            unit_price: credits(line.unit_price)?,
        })
    };
    Ok(TradeSettled {
        station: StationId(trade.station),
        buyer: TraderId(trade.buyer),
        seller: TraderId(trade.seller),
        lines: lines(&trade.lines, line)?,
        total: credits(trade.total)?,
    })
}

/// Converts line by line into a slice of exactly the right size.
fn lines<W, T>(wire: &[W], convert: impl Fn(&W) -> Decoded<T>) -> Decoded<Box<[T]>> {
    check_lines(wire.len())?;
    let mut converted = Vec::with_capacity(wire.len());
    for line in wire {
        converted.push(convert(line)?);
    }
    Ok(converted.into_boxed_slice())
}

fn stock_adjusted(adjusted: &wire::StockAdjusted) -> Decoded<StockAdjusted> {
    let line =
        |line: &wire::StockLine| Ok((CommodityId(line.commodity), stock_change(line.change)?));
    Ok(StockAdjusted {
        station: StationId(adjusted.station),
        owner: TraderId(adjusted.owner),
        lines: lines(&adjusted.lines, line)?,
    })
}

fn stock_change(change: Option<stock_line::Change>) -> Decoded<StockChange> {
    use stock_line::Change;
    Ok(match change.ok_or(EncodingError::Newer("this kind of stock change"))? {
        Change::Produced(value) => StockChange::In(Source::Produced, quantity(value)?),
        Change::Found(value) => StockChange::In(Source::Found, quantity(value)?),
        Change::Consumed(value) => StockChange::Out(Sink::Consumed, quantity(value)?),
        Change::Lost(value) => StockChange::Out(Sink::Lost, quantity(value)?),
        Change::Expired(value) => StockChange::Out(Sink::Expired, quantity(value)?),
        Change::Stolen(value) => StockChange::Out(Sink::Stolen, quantity(value)?),
        Change::Damaged(value) => StockChange::Damaged(quantity(value)?),
        Change::Repaired(value) => StockChange::Repaired(quantity(value)?),
        Change::Counted(wire::Counted { expected, count }) => {
            StockChange::Counted { expected: quantity(expected)?, count: quantity(count)? }
        }
    })
}

fn route(route: Option<wire::Route>) -> Decoded<Route> {
    let route = route.ok_or(EncodingError::Missing("a shipment's route"))?;
    Ok(Route {
        origin: StationId(route.origin),
        destination: StationId(route.destination),
        owner: TraderId(route.owner),
    })
}

fn goods(wire: &[wire::GoodsLine]) -> Decoded<Box<[GoodsLine]>> {
    lines(wire, |line| {
        let commodity = CommodityId(line.commodity);
        Ok(GoodsLine { commodity, quantity: quantity(line.quantity)? })
    })
}

fn shipment_booked(booked: &wire::ShipmentBooked) -> Decoded<ShipmentBooked> {
    let departure = instant(booked.departure, "the planned departure")?;
    let arrival = instant(booked.arrival, "the planned arrival")?;
    let schedule = Schedule::new(departure, arrival);
    Ok(ShipmentBooked {
        route: route(booked.route)?,
        consignee: TraderId(booked.consignee),
        carrier: TraderId(booked.carrier),
        lines: goods(&booked.lines)?,
        schedule: schedule.ok_or(EncodingError::OutOfBounds("the planned arrival"))?,
    })
}

fn shipment_changed(changed: wire::ShipmentChanged) -> Decoded<ShipmentChanged> {
    let change = changed.change.ok_or(EncodingError::Newer("this kind of shipment event"))?;
    Ok(ShipmentChanged {
        shipment: ShipmentId(Sequence(changed.shipment)),
        previous: Sequence(changed.previous),
        route: route(changed.route)?,
        change: shipment_change(change)?,
    })
}

fn shipment_change(change: shipment_changed::Change) -> Decoded<ShipmentChange> {
    use shipment_changed::Change;
    Ok(match change {
        Change::Loaded(wire::Loaded {}) => ShipmentChange::Loaded,
        Change::Departed(departed) => ShipmentChange::Departed {
            lines: goods(&departed.lines)?,
            estimated_arrival: instant_if(departed.estimated_arrival, "the estimated arrival")?,
        },
        Change::Position(at) => ShipmentChange::Position(position(at)?),
        Change::Estimated(estimated) => ShipmentChange::Estimated {
            departure: instant_if(estimated.departure, "the estimated departure")?,
            arrival: instant_if(estimated.arrival, "the estimated arrival")?,
            reason: text_if(estimated.reason, "a reason")?,
        },
        Change::Delayed(wire::Delayed { reason }) => {
            let reason = match wire::DelayReason::try_from(reason) {
                Ok(wire::DelayReason::Estimate) => DelayReason::Estimate,
                Ok(wire::DelayReason::Overdue) => DelayReason::Overdue,
                Ok(wire::DelayReason::Unspecified) => {
                    return Err(EncodingError::Missing("why a shipment is delayed"));
                }
                Err(_) => return Err(EncodingError::Newer("this reason of a delay")),
            };
            ShipmentChange::Delayed { reason }
        }
        Change::Arrived(wire::Arrived {}) => ShipmentChange::Arrived,
        Change::Received(received) => ShipmentChange::Received {
            lines: lines(&received.lines, receipt)?,
            complete: received.complete,
        },
        Change::Lost(ended) => ShipmentChange::Lost {
            lines: goods(&ended.lines)?,
            reason: text_if(ended.reason, "a reason")?,
        },
        Change::Cancelled(ended) => ShipmentChange::Cancelled {
            lines: goods(&ended.lines)?,
            reason: text_if(ended.reason, "a reason")?,
        },
    })
}

fn receipt(line: &wire::ReceiptLine) -> Decoded<ReceiptLine> {
    Ok(ReceiptLine {
        commodity: CommodityId(line.commodity),
        accepted: quantity(line.accepted)?,
        rejected: quantity(line.rejected)?,
    })
}
