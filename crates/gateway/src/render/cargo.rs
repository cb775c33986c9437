//! Answers about shipments.

use domain::limits::TRACK_POSITIONS_MAX;
use domain::{
    ChargesEnd, Envelope, Event, GoodsLine, Quantity, ReceiptLine, Recorded, Shipment,
    ShipmentBooked, ShipmentChange, ShipmentChanged, ShipmentId, Text, Timestamp,
};
use views::ShipmentHistory;

use super::Render;
use crate::wire::answer::{
    BookedData, DelayAnswer, EnvelopeFields, EventLine, OnHoldAnswer, Seen, ShipmentAnswer,
    ShipmentData, ShipmentLine, TimelineEntry, TimelineFacts,
};
use crate::wire::{DelayCodeWord, DelayWord, LossWord, StatusWord, Time};

impl<'a> Render<'a> {
    /// A shipment with its timeline, as it was after the last event of that.
    pub(crate) fn shipment(self, history: &'a ShipmentHistory) -> ShipmentAnswer<'a> {
        let envelope =
            EnvelopeFields { sequence: history.shipment.last.0, ..self.envelope(&history.booking) };
        let entries = history.timeline.iter().filter_map(|recorded| self.entry(recorded));
        ShipmentAnswer {
            track: Some(track(&history.timeline)),
            timeline: Some(entries.collect()),
            envelope: Some(envelope),
            last: None,
            ..self.shipment_item(&history.shipment)
        }
    }

    /// A shipment just booked.
    pub(crate) fn booked(
        self,
        recorded: &'a Recorded,
        booked: &'a ShipmentBooked,
    ) -> ShipmentAnswer<'a> {
        let shipment = Shipment::booked(&recorded.envelope, booked);
        ShipmentAnswer {
            track: Some(Vec::new()),
            timeline: Some(self.entry(recorded).into_iter().collect()),
            envelope: Some(self.envelope(&recorded.envelope)),
            last: None,
            ..self.shipment_item(&shipment)
        }
    }

    /// A shipment as a report left it; `report` is the report.
    pub(crate) fn reported(
        self,
        shipment: &'a Shipment,
        report: &'a Envelope,
    ) -> ShipmentAnswer<'a> {
        ShipmentAnswer {
            envelope: Some(self.envelope(report)),
            last: None,
            ..self.shipment_item(shipment)
        }
    }

    /// A shipment in a list.
    pub(crate) fn shipment_item(self, shipment: &Shipment) -> ShipmentAnswer<'a> {
        let line = |line: &domain::ShipmentLine| ShipmentLine {
            commodity: self.commodity(line.commodity),
            quantity: line.shipped.get(),
            accepted: line.accepted.get(),
            rejected: line.rejected.get(),
            written_off: line.written_off.get(),
            outstanding: line.outstanding().get(),
            found: line.found.get(),
            short: line.short.get(),
        };
        let time = |at: Option<Timestamp>| at.map(Time);
        let on_hold = shipment.on_hold.as_ref();
        ShipmentAnswer {
            shipment_id: shipment.id.to_string(),
            status: StatusWord(shipment.status),
            on_hold: on_hold.map(|reason| OnHoldAnswer { reason: reason.as_str().to_owned() }),
            delayed: shipment.delayed.map(|reason| DelayAnswer {
                reason: DelayWord(reason),
                code: shipment.delay_code.map(DelayCodeWord),
            }),
            origin: self.station(shipment.route.origin),
            destination: self.station(shipment.route.destination),
            owner: self.trader(shipment.route.owner),
            consignee: self.trader(shipment.consignee),
            carrier: self.trader(shipment.carrier),
            vessel: shipment.vessel.map(|vessel| self.vessel(vessel)),
            planned_departure: Time(shipment.schedule.departure()),
            estimated_departure: time(shipment.estimated_departure),
            actual_departure: time(shipment.actual_departure),
            planned_arrival: Time(shipment.schedule.arrival()),
            estimated_arrival: time(shipment.estimated_arrival),
            actual_arrival: time(shipment.actual_arrival),
            estimated_at: time(shipment.estimated_at),
            position: shipment.position.map(Into::into),
            lines: shipment.lines.iter().map(line).collect(),
            charges: self.charges(&shipment.charges),
            tolerance_permille: shipment.tolerance.permille(),
            track: None,
            timeline: None,
            envelope: None,
            last: Some(shipment.last.0),
        }
    }

    /// The booking, as an event.
    pub(super) fn booked_data(
        self,
        envelope: &'a Envelope,
        booked: &ShipmentBooked,
    ) -> BookedData<'a> {
        BookedData {
            shipment_id: ShipmentId(envelope.sequence).to_string(),
            origin: self.station(booked.route.origin),
            destination: self.station(booked.route.destination),
            owner: self.trader(booked.route.owner),
            consignee: self.trader(booked.consignee),
            carrier: self.trader(booked.carrier),
            vessel: booked.vessel.map(|vessel| self.vessel(vessel)),
            planned_departure: Time(booked.schedule.departure()),
            planned_arrival: Time(booked.schedule.arrival()),
            lines: self.goods(&booked.lines),
            charges: self.charges(&booked.charges),
            tolerance_permille: booked.tolerance.permille(),
            envelope: self.envelope(envelope),
        }
    }

    /// What happened to a shipment, as an event.
    pub(super) fn shipment_data(
        self,
        envelope: &'a Envelope,
        changed: &'a ShipmentChanged,
    ) -> ShipmentData<'a> {
        ShipmentData {
            shipment_id: changed.shipment.to_string(),
            origin: self.station(changed.route.origin),
            destination: self.station(changed.route.destination),
            owner: self.trader(changed.route.owner),
            facts: self.facts(changed),
            envelope: self.envelope(envelope),
        }
    }

    /// An event of a shipment in its timeline.
    fn entry(self, recorded: &'a Recorded) -> Option<TimelineEntry<'a>> {
        let facts = match &recorded.event {
            Event::ShipmentBooked(booked) => {
                TimelineFacts { lines: Some(self.goods(&booked.lines)), ..TimelineFacts::default() }
            }
            Event::ShipmentChanged(changed) => self.facts(changed),
            _ => return None,
        };
        let (_, word) = recorded.event.kind().split_once('.')?;
        Some(TimelineEntry { r#type: word, facts, envelope: self.envelope(&recorded.envelope) })
    }

    fn facts(self, changed: &'a ShipmentChanged) -> TimelineFacts<'a> {
        let facts = self.facts_of(&changed.change);
        match &changed.charges {
            ChargesEnd::None => facts,
            ChargesEnd::Paid(charges) => {
                TimelineFacts { charges_paid: self.charges(charges), ..facts }
            }
            ChargesEnd::Released(charges) => {
                TimelineFacts { charges_released: self.charges(charges), ..facts }
            }
        }
    }

    fn facts_of(self, change: &'a ShipmentChange) -> TimelineFacts<'a> {
        let none = TimelineFacts::default();
        match change {
            ShipmentChange::Loaded | ShipmentChange::Arrived | ShipmentChange::Released => none,
            ShipmentChange::Departed { lines, estimated_arrival } => TimelineFacts {
                lines: Some(self.goods(lines)),
                estimated_arrival: estimated_arrival.map(Time),
                ..none
            },
            ShipmentChange::Position(position) => {
                TimelineFacts { position: Some((*position).into()), ..none }
            }
            ShipmentChange::Estimated { departure, arrival, reason, code } => TimelineFacts {
                estimated_departure: departure.map(Time),
                estimated_arrival: arrival.map(Time),
                delay_code: code.map(DelayCodeWord),
                reason: reason.as_ref().map(Text::as_str),
                ..none
            },
            ShipmentChange::Delayed { reason } => {
                TimelineFacts { delay_reason: Some(DelayWord(*reason)), ..none }
            }
            ShipmentChange::Received { lines, complete } => TimelineFacts {
                lines: Some(self.receipt(lines)),
                complete: Some(*complete),
                ..none
            },
            ShipmentChange::Held { reason } => {
                TimelineFacts { reason: Some(reason.as_str()), ..none }
            }
            ShipmentChange::Lost { lines, reason, cause } => TimelineFacts {
                cause: Some(LossWord(*cause)),
                ..self.goods_and_reason(lines, reason.as_ref())
            },
            ShipmentChange::Cancelled { lines, reason }
            | ShipmentChange::Found { lines, reason }
            | ShipmentChange::Returned { lines, reason } => {
                self.goods_and_reason(lines, reason.as_ref())
            }
        }
    }

    fn goods_and_reason(self, lines: &[GoodsLine], reason: Option<&'a Text>) -> TimelineFacts<'a> {
        TimelineFacts {
            lines: Some(self.goods(lines)),
            reason: reason.map(Text::as_str),
            ..TimelineFacts::default()
        }
    }

    fn goods(self, lines: &[GoodsLine]) -> Vec<EventLine<'a>> {
        let line = |line: &GoodsLine| EventLine {
            commodity: self.commodity(line.commodity),
            quantity: Some(line.quantity.get()),
            accepted: None,
            rejected: None,
            found: None,
            short: None,
        };
        lines.iter().map(line).collect()
    }

    fn receipt(self, lines: &[ReceiptLine]) -> Vec<EventLine<'a>> {
        let units = |quantity: Quantity| Some(quantity.get());
        let line = |line: &ReceiptLine| EventLine {
            commodity: self.commodity(line.commodity),
            quantity: None,
            accepted: units(line.accepted),
            rejected: units(line.rejected),
            found: units(line.found),
            short: units(line.short),
        };
        lines.iter().map(line).collect()
    }
}

/// Where it was seen, by the time at which it was there and not at which that was told.
fn track(timeline: &[Recorded]) -> Vec<Seen> {
    let seen = |recorded: &Recorded| match &recorded.event {
        Event::ShipmentChanged(changed) => match changed.change {
            ShipmentChange::Position(position) => Some((position, recorded.envelope.occurred_at())),
            _ => None,
        },
        _ => None,
    };
    let mut seen: Vec<_> = timeline.iter().filter_map(seen).collect();
    seen.sort_by_key(|(_, at)| *at);
    let from = seen.len().saturating_sub(TRACK_POSITIONS_MAX);
    seen.drain(from..).map(Into::into).collect()
}
