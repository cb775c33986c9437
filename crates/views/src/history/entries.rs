//! What is noted of an event: its own facets and, step by step, its origin's.

use std::sync::Arc;

use domain::{
    AlertCause, Envelope, Event, EventKind, EventReader, Facet, Origin, ReadError, Recorded,
    Sequence, Shipment, ShipmentChanged, StationId, TradeTerms, TraderId, facets, origin,
};

use super::chunk::Entry;
use super::key::{Begins, Family, Key};
use super::rules::Rules;
use super::status;
use crate::mixer::MixedMap;
use crate::shipment_queries::{broken, history};

/// Things that are remembered: a later event of one of these reads no journal. At some 600 bytes
/// each, twice as many take about 40 MiB at most.
const THINGS_MAX: usize = 32_768;
/// Origins of origins: an alert's, a shipment's, and no more. Past it the journal is damaged.
const STEPS_MAX: usize = 4;

/// What is remembered of an event that began something.
#[derive(Debug, Clone)]
struct Begun {
    /// What it is about.
    keys: Arc<[Key]>,
    parties: Arc<[TraderId]>,
    /// Where its alerts are: a shipment's destination, a hold's place.
    station: Option<StationId>,
    /// The shipment as it is, once an event followed it.
    shipment: Option<Box<Shipment>>,
}

/// Makes what is noted of events, one after the other.
pub(crate) struct Entries {
    events: Arc<dyn EventReader>,
    /// What began lately, or was asked for; what is old is forgotten when the other is full.
    young: MixedMap<u64, Begun>,
    old: MixedMap<u64, Begun>,
    pub(crate) rules: Rules,
    pub(crate) rules_changed: bool,
}

impl Entries {
    pub(crate) fn new(events: Arc<dyn EventReader>, rules: Rules) -> Self {
        Self {
            events,
            young: MixedMap::default(),
            old: MixedMap::default(),
            rules,
            rules_changed: false,
        }
    }

    /// What is noted of the next event. Reads the journal where it names what is not remembered.
    pub(crate) fn entry(&mut self, recorded: &Recorded) -> Result<Entry, ReadError> {
        let mut entry = Entry::default();
        self.enter(recorded, &mut entry)?;
        Ok(entry)
    }

    /// The same into an entry whose room is used again.
    pub(crate) fn enter(
        &mut self,
        recorded: &Recorded,
        entry: &mut Entry,
    ) -> Result<(), ReadError> {
        let Recorded { envelope, event } = recorded;
        let keys = &mut entry.keys;
        keys.clear();
        keys.push(Key::kind(EventKind::of(event)));
        keys.push(Key::new(Family::Actor, u64::from(envelope.actor.0)));
        let note = envelope.note.as_ref();
        if let Some(reference) = note.and_then(|note| note.reference.as_ref()) {
            keys.push(Key::reference(reference));
        }
        tell(recorded, keys);
        self.tell_origin(envelope.sequence, event, keys)?;
        self.tell_more(recorded, keys)?;
        keys.sort_unstable();
        keys.dedup();
        entry.at = envelope.occurred_at();
        entry.status = self.status(recorded)?;
        if Rules::is_changed_by(event) {
            self.rules.follow(event);
            self.rules_changed = true;
        }
        Ok(())
    }

    fn tell_origin(
        &mut self,
        sequence: Sequence,
        event: &Event,
        keys: &mut Vec<Key>,
    ) -> Result<(), ReadError> {
        match origin(event) {
            Some(Origin::Event(begun)) => {
                keys.extend_from_slice(&self.begun(sequence, begun, 0)?.keys);
            }
            Some(Origin::Rule(rule, alert)) => {
                keys.push(Key::new(Family::Rule, u64::from(rule.0)));
                if let Some(now) = self.rules.get(rule) {
                    keys.push(Key::new(Family::Station, u64::from(now.station.0)));
                    if alert.is_none() || !now.is_mixed {
                        keys.push(Key::new(Family::Trader, u64::from(now.owner.0)));
                    }
                    keys.push(Key::new(Family::Commodity, u64::from(now.commodity.0)));
                }
            }
            None => {}
        }
        Ok(())
    }

    /// What the lists of trades, shipments and alerts ask for besides.
    fn tell_more(&mut self, recorded: &Recorded, keys: &mut Vec<Key>) -> Result<(), ReadError> {
        let sequence = recorded.envelope.sequence;
        match &recorded.event {
            Event::TradeSettled(made) => {
                keys.push(Key::begins(Begins::DirectTrade));
                charged_only([made.buyer, made.seller], made.terms.as_deref(), keys);
            }
            Event::TradeHeld(held) => {
                keys.push(Key::begins(Begins::Hold));
                charged_only([held.buyer, held.seller], held.terms.as_deref(), keys);
            }
            Event::ShipmentBooked(booked) => {
                let (route, carrier) = (booked.route, booked.carrier);
                keys.push(Key::new(Family::Origin, u64::from(route.origin.0)));
                keys.push(Key::new(Family::Destination, u64::from(route.destination.0)));
                keys.push(Key::new(Family::Owner, u64::from(route.owner.0)));
                keys.push(Key::new(Family::Carrier, u64::from(carrier.0)));
            }
            Event::AlertRuleSet(set) => keys.push(Key::new(Family::Rule, u64::from(set.rule.0))),
            Event::AlertResolved(changed) => {
                keys.push(Key::new(Family::AlertKind, changed.kind as u64));
                match changed.cause {
                    AlertCause::Overdue(shipment)
                    | AlertCause::Late(shipment)
                    | AlertCause::Silent(shipment) => {
                        subject(self.begun(sequence, shipment.0, 0)?, keys);
                    }
                    AlertCause::Hold(trade) => subject(self.begun(sequence, trade.0, 0)?, keys),
                    AlertCause::Stock(rule) => {
                        if let Some(now) = self.rules.get(rule) {
                            keys.push(Key::new(Family::Destination, u64::from(now.station.0)));
                            keys.push(Key::new(Family::Watched, u64::from(now.commodity.0)));
                            if !now.is_mixed {
                                keys.push(Key::new(Family::Owner, u64::from(now.owner.0)));
                            }
                        }
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn status(&mut self, recorded: &Recorded) -> Result<Option<(Sequence, u8)>, ReadError> {
        let event = &recorded.event;
        Ok(match event {
            Event::HoldSettled(settled) => {
                status::of_trade_event(event).map(|code| (settled.trade.0, code))
            }
            Event::TradeVoided(released) | Event::TradeExpired(released) => {
                status::of_trade_event(event).map(|code| (released.trade.0, code))
            }
            Event::TradeReversed(reversed) => {
                status::of_trade_event(event).map(|code| (reversed.trade.0, code))
            }
            Event::ShipmentChanged(changed) => {
                let code = self.change(&recorded.envelope, changed)?;
                code.map(|code| (changed.shipment.0, code))
            }
            _ => None,
        })
    }

    /// Follows a shipment by one event: the status that it comes to.
    fn change(
        &mut self,
        envelope: &Envelope,
        changed: &ShipmentChanged,
    ) -> Result<Option<u8>, ReadError> {
        let events = Arc::clone(&self.events);
        let begun = self.begun(envelope.sequence, changed.shipment.0, 0)?;
        let known = begun.shipment.take().filter(|known| known.last == changed.previous);
        let mut shipment = if let Some(known) = known {
            known
        } else {
            let previous = read(&*events, envelope.sequence, changed.previous)?;
            Box::new(history(&*events, previous)?.shipment)
        };
        shipment.apply(envelope, changed);
        let code = status::of_shipment(&shipment, &changed.change);
        begun.shipment = Some(shipment);
        Ok(code)
    }

    /// What began at this place, before the event at `of`.
    fn begun(
        &mut self,
        of: Sequence,
        sequence: Sequence,
        steps: usize,
    ) -> Result<&mut Begun, ReadError> {
        if !self.young.contains_key(&sequence.0) {
            let begun = match self.old.remove(&sequence.0) {
                Some(begun) => begun,
                None => self.read_begun(of, sequence, steps)?,
            };
            if self.young.len() >= THINGS_MAX {
                self.old = std::mem::take(&mut self.young);
            }
            self.young.insert(sequence.0, begun);
        }
        let begun = self.young.get_mut(&sequence.0);
        begun.ok_or_else(|| broken(sequence, "what was just read is not there"))
    }

    fn read_begun(
        &mut self,
        of: Sequence,
        sequence: Sequence,
        steps: usize,
    ) -> Result<Begun, ReadError> {
        if sequence >= of || steps >= STEPS_MAX {
            return Err(broken(of, "it names a later event as its origin"));
        }
        let recorded = read(&*self.events, of, sequence)?;
        let mut keys = Vec::new();
        tell(&recorded, &mut keys);
        if let Some(Origin::Event(earlier)) = origin(&recorded.event) {
            let earlier = self.begun(sequence, earlier, steps + 1)?;
            keys.extend_from_slice(&earlier.keys);
        }
        // Later events are of the thing that this one began.
        keys.sort_unstable();
        keys.dedup();
        let (parties, station, shipment) = match &recorded.event {
            Event::ShipmentBooked(booked) => (
                vec![booked.route.owner, booked.consignee, booked.carrier],
                Some(booked.route.destination),
                Some(Box::new(Shipment::booked(&recorded.envelope, booked))),
            ),
            Event::TradeHeld(held) => (vec![held.buyer, held.seller], Some(held.station), None),
            _ => (Vec::new(), None, None),
        };
        Ok(Begun { keys: keys.into(), parties: parties.into(), station, shipment })
    }
}

/// What the alerts of a thing are about.
fn subject(begun: &Begun, keys: &mut Vec<Key>) {
    let station = begun.station.into_iter();
    keys.extend(station.map(|station| Key::new(Family::Destination, u64::from(station.0))));
    let parties = begun.parties.iter();
    keys.extend(parties.map(|trader| Key::new(Family::Owner, u64::from(trader.0))));
}

/// What an event itself says it is about.
fn tell(recorded: &Recorded, keys: &mut Vec<Key>) {
    let own = recorded.envelope.sequence;
    let thing = |id: Sequence| (id != own).then(|| Key::new(Family::Thing, id.0));
    facets(recorded, &mut |facet| {
        let key = match facet {
            Facet::Station(station) => Some(Key::new(Family::Station, u64::from(station.0))),
            Facet::Commodity(commodity) => {
                Some(Key::new(Family::Commodity, u64::from(commodity.0)))
            }
            Facet::Trader(trader) => Some(Key::new(Family::Trader, u64::from(trader.0))),
            Facet::Vessel(vessel) => Some(Key::new(Family::Vessel, u64::from(vessel.0))),
            Facet::Severity(severity) => Some(Key::new(Family::Severity, severity as u64)),
            Facet::Shipment(id) => thing(id.0),
            Facet::Trade(id) => thing(id.0),
            Facet::Alert(id) => thing(id.0),
            // No list asks for it.
            Facet::Offer(_) => None,
        };
        keys.extend(key);
    });
}

/// The parties of a trade's charges that neither buy nor sell.
fn charged_only(pair: [TraderId; 2], terms: Option<&TradeTerms>, keys: &mut Vec<Key>) {
    let charges = terms.map_or(&[] as &[_], |terms| &terms.charges);
    let parties = charges.iter().flat_map(|charge| [charge.payer, charge.to]);
    let others = parties.filter(|party| !pair.contains(party));
    keys.extend(others.map(|party| Key::new(Family::ChargedOnly, u64::from(party.0))));
}

fn read(events: &dyn EventReader, of: Sequence, sequence: Sequence) -> Result<Recorded, ReadError> {
    let found = events.event(sequence)?;
    found.ok_or_else(|| broken(of, "what it names is not there"))
}
