//! What happens by itself when its time has come, and when that is.
//!
//! A timer is derived from the thing it is of, which says when it fires: no snapshot holds one.

use std::collections::BTreeSet;

use domain::{AlertId, Event, KeyId, OfferId, ShipmentId, Timestamp, TransactionId};

use crate::state::{KeyRow, OpenShipment, ShipmentKey, State};
use crate::{alerts, cargo, holds, offers};

/// Timers in the order they fire: by deadline, then as [`Timer`] is ordered.
pub(crate) type Timers = BTreeSet<(Timestamp, Timer)>;

/// What a timer is of. Of the same deadline those of shipments fire first, each kind in the order of
/// creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// Its planned arrival passes, or an alert of it is due.
    Shipment(ShipmentId),
    /// Its deadline passes.
    Hold(TransactionId),
    /// Its deadline passes.
    Offer(OfferId),
    /// It has told for long enough of a hold that ran out.
    Alert(AlertId),
    /// Its time is over.
    Key(KeyId),
}

/// The first of what is due at or before `at`: when it was due, and the event that tells it. Timers
/// come first, in the order of their deadlines; then the alerts that events have brought about.
///
/// Each event, once it is applied, is due no more.
pub fn due(state: &State, at: Timestamp) -> Option<(Timestamp, Event)> {
    let Some((deadline, timer)) = state.timers.first().filter(|(deadline, _)| *deadline <= at)
    else {
        return alerts::due(state);
    };
    let event = match timer {
        Timer::Shipment(shipment) => cargo::timed(state, *shipment, *deadline, at),
        Timer::Hold(trade) => Some(holds::expire(state, *trade)),
        Timer::Offer(offer) => Some(offers::expire(state, *offer)),
        Timer::Alert(alert) => alerts::resolved(state, *alert),
        Timer::Key(key) => Some(Event::KeyExpired { key: *key }),
    };
    Some((*deadline, event.expect("a timer is of something, and brings something about")))
}

impl State {
    /// When something is due next: at once, which is when the last event was recorded, where that
    /// event has brought alerts about.
    pub fn next_timer(&self) -> Option<Timestamp> {
        let timer = self.timers.first().map(|(deadline, _)| *deadline);
        let alert = alerts::due(self).map(|(at, _)| at);
        timer.into_iter().chain(alert).min()
    }

    pub(crate) fn arm(&mut self, deadline: Option<Timestamp>, timer: Timer) {
        self.timers.extend(deadline.map(|deadline| (deadline, timer)));
    }

    pub(crate) fn disarm(&mut self, deadline: Option<Timestamp>, timer: Timer) {
        if let Some(deadline) = deadline {
            self.timers.remove(&(deadline, timer));
        }
    }

    /// Every timer that the rows of this state have: for a state that was read from a snapshot.
    pub(crate) fn derive_timers(&mut self) {
        let shipment = |(key, open): (&ShipmentKey, &OpenShipment)| {
            Some((open.timer?, Timer::Shipment(key.0)))
        };
        let shipments = self.shipments.iter().filter_map(shipment);
        let holds = self.holds.iter();
        let holds = holds.filter_map(|(key, hold)| Some((hold.0.expires_at?, Timer::Hold(key.0))));
        let offers = self.offers.iter();
        let offers =
            offers.filter_map(|(key, offer)| Some((offer.0.expires_at?, Timer::Offer(key.0))));
        let alerts = self.alerts.open.iter();
        let alerts = alerts.filter_map(|(key, open)| Some((open.until?, Timer::Alert(key.0))));
        let key = |(place, row): (u32, &KeyRow)| {
            Some((row.expires_at.filter(|_| !row.has_ended)?, Timer::Key(KeyId(place))))
        };
        let keys = (0..).zip(self.keys.iter()).filter_map(key);
        self.timers = shipments.chain(holds).chain(offers).chain(alerts).chain(keys).collect();
    }
}
