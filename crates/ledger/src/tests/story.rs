//! One story at a time: a small network, commands in turn, and what became of them.

use domain::{
    Action, AlertId, Command, Envelope, Event, KeyBinding, KeyId, NetworkDetails, OfferId,
    PastTrade, PrincipalId, Recorded, Rejection, Role, Sequence, Shipment, ShipmentAction,
    ShipmentId, StockAccount, Timestamp, TradeRecord, TransactionId,
};

use super::asks::{adjust, commodity, issue, key, name, produced, report, station, trader};
use super::audit::{Audit, bytes, replayed};
use super::tell;
use crate::state::{OfferKey, ShipmentKey, StockKey};
use crate::{State, apply, decide, due};

/// Principals of every story, in the order of their creation.
pub(super) const ADMIN: PrincipalId = PrincipalId(1);
pub(super) const OPERATOR: PrincipalId = PrincipalId(2);
pub(super) const VIEWER: PrincipalId = PrincipalId(3);

/// A network and all that was recorded in it.
pub(super) struct Story {
    pub(super) state: State,
    pub(super) journal: Vec<Recorded>,
    audit: Audit,
    actor: PrincipalId,
    now: i64,
    key: Option<KeyBinding>,
    fired: Vec<i64>,
    /// What alerts have told since this was last asked.
    alerts: Vec<String>,
    /// When the next command says that it happened.
    said: Option<Timestamp>,
    api_key: Option<KeyId>,
    granted: Option<Sequence>,
    /// Whether books and replay are checked after each command: their cost grows with the story.
    audited: bool,
}

/// Nothing at all, not even a network.
pub(super) fn nothing() -> Story {
    Story {
        state: State::default(),
        journal: Vec::new(),
        audit: Audit::default(),
        actor: PrincipalId::NETWORK,
        now: 0,
        key: None,
        fired: Vec::new(),
        alerts: Vec::new(),
        said: None,
        api_key: None,
        granted: None,
        audited: true,
    }
}

/// Stations ceres and mars, traders acme, belt and hauler, commodities ice and ore, and a key for
/// each role. Nobody has anything.
pub(super) fn given() -> Story {
    let details = NetworkDetails { wall: Timestamp(0), epoch: Timestamp(0), speed: 1 };
    let mut story = nothing()
        .check(Action::CreateNetwork(details), "network.created")
        .check(key("boss", Role::Admin), "key.created")
        .check(key("clerk", Role::Operator), "key.created")
        .check(key("guest", Role::Viewer), "key.created")
        .by(ADMIN);
    for id in ["ceres", "mars"] {
        story = story.check(Action::PutStation(station(id)), "station.created");
    }
    for id in ["acme", "belt", "hauler"] {
        story = story.check(Action::PutTrader(trader(id)), "trader.created");
    }
    for id in ["ice", "ore"] {
        story = story.check(Action::PutCommodity(commodity(id)), "commodity.created");
    }
    story
}

impl Story {
    /// The trader has produced so much at the station: `"ceres belt ice"`.
    pub(super) fn stock(self, place: &str, count: u64) -> Self {
        let [station, owner, commodity] = words(place);
        let made = adjust().at(station).owner(owner);
        self.check(made.line(commodity, produced(count)), "stock.adjusted")
    }

    /// The trader was issued so many credits.
    pub(super) fn credits(self, trader: &str, amount: u64) -> Self {
        self.check(issue(trader, amount), "credits.issued")
    }

    /// Who gives the commands from here on.
    pub(super) fn by(mut self, actor: PrincipalId) -> Self {
        self.actor = actor;
        self
    }

    /// With which API key the commands come from here on.
    pub(super) fn with_key(mut self, key: u32) -> Self {
        self.api_key = Some(KeyId(key));
        self
    }

    /// Since which event the token gives what it does that the commands come with from here on.
    pub(super) fn with_grant(mut self, granted: Option<u64>) -> Self {
        self.granted = granted.map(Sequence);
        self
    }

    /// When the next command is given; else each is given a microsecond after the one before.
    pub(super) fn at(mut self, time: i64) -> Self {
        assert!(time > self.now, "time goes on");
        self.now = time - 1;
        self
    }

    /// What time it is.
    pub(super) fn now(&self) -> i64 {
        self.now
    }

    /// For long stories: the books are no more checked after each command.
    pub(super) fn unaudited(mut self) -> Self {
        self.audited = false;
        self
    }

    /// The next command says when it happened.
    pub(super) fn said(mut self, time: i64) -> Self {
        self.said = Some(Timestamp(time));
        self
    }

    /// The next command has an idempotency key.
    pub(super) fn keyed(mut self, hash: u128, fingerprint: u64) -> Self {
        self.key = Some(KeyBinding { hash, fingerprint });
        self
    }

    /// Gives the command and expects an outcome in the words of [`tell::outcome`]. Timers that are
    /// due fire before. Whatever the outcome, the books must balance after it, and a replay of what
    /// was recorded must give the same state: a command that is refused has changed nothing.
    pub(super) fn check(mut self, action: impl Into<Action>, expected: &str) -> Self {
        let outcome = self.give(action.into());
        assert_eq!(tell::outcome(&self.state, &outcome), expected);
        self
    }

    /// Goes on with another part of the story.
    pub(super) fn and(self, more: impl FnOnce(Self) -> Self) -> Self {
        more(self)
    }

    /// Gives the command and says what became of it.
    pub(super) fn outcome(mut self, action: Action) -> String {
        let outcome = self.give(action);
        tell::outcome(&self.state, &outcome)
    }

    /// [`Self::check`] for a report of the shipment that was booked last.
    pub(super) fn report(self, action: ShipmentAction, expected: &str) -> Self {
        let shipment = self.booked();
        self.check(report(shipment, action), expected)
    }

    /// Lets time pass without a command.
    pub(super) fn wait(mut self, until: i64) -> Self {
        assert!(until > self.now, "time goes on");
        self.now = until;
        self.fire();
        self.audit.check(&self.state);
        self
    }

    /// Expects the deadlines at which timers have fired since this was last asked.
    pub(super) fn fired(mut self, deadlines: &[i64]) -> Self {
        let fired = std::mem::take(&mut self.fired);
        assert_eq!(fired, deadlines);
        self
    }

    /// Expects what alerts have told since this was last asked: `"fired stock_low warning"`.
    pub(super) fn alerts(mut self, expected: &[&str]) -> Self {
        let alerts = std::mem::take(&mut self.alerts);
        assert_eq!(alerts, expected);
        self
    }

    /// The alert that fired last.
    pub(super) fn alert(&self) -> AlertId {
        let fired = |it: &&Recorded| matches!(it.event, Event::AlertFired(_));
        AlertId(self.journal.iter().rfind(fired).unwrap().envelope.sequence)
    }

    /// Expects `[available, reserved, unavailable, incoming]` at a place: `"ceres belt ice"`.
    pub(super) fn level(self, place: &str, expected: [u64; 4]) -> Self {
        let [station, owner, commodity] = words(place).map(name);
        let level = self.state.level(StockKey {
            station: self.state.station(&station).unwrap(),
            owner: self.state.trader(&owner).unwrap(),
            commodity: self.state.commodity(&commodity).unwrap(),
        });
        let on_hand = expected[0] + expected[1] + expected[2];
        assert_eq!(level.on_hand().get(), on_hand, "{place}");
        let parts = [level.available, level.reserved, level.unavailable, level.incoming];
        assert_eq!(parts.map(domain::Quantity::get), expected, "{place}");
        self
    }

    /// Expects a balance.
    pub(super) fn balance(self, trader: &str, expected: u64) -> Self {
        let id = self.state.trader(&name(trader)).unwrap();
        assert_eq!(self.state.balance(id).get(), expected, "{trader}");
        self
    }

    /// Expects what is held of a trader's credits.
    pub(super) fn held(self, trader: &str, expected: u64) -> Self {
        let id = self.state.trader(&name(trader)).unwrap();
        let slot = self.state.traders.slot(id.0).unwrap();
        assert_eq!(self.state.traders.at(slot).held.get(), expected, "{trader}");
        self
    }

    /// Expects what an open offer has left, or that it is not open.
    pub(super) fn remaining(self, offer: OfferId, expected: Option<u64>) -> Self {
        let open = self.state.offers.get(&OfferKey(offer));
        assert_eq!(open.map(|open| open.0.remaining.get()), expected, "{offer}");
        self
    }

    /// How much of a commodity an account has.
    pub(super) fn audit_total(&self, commodity: &str, account: StockAccount) -> i128 {
        self.audit.total(self.state.commodity(&name(commodity)).unwrap(), account)
    }

    /// A trade as its events make it.
    pub(super) fn trade(&self, trade: TransactionId) -> &TradeRecord {
        self.audit.trade(trade).unwrap()
    }

    /// The trade that was made last.
    pub(super) fn traded(&self) -> TransactionId {
        let made =
            |it: &&Recorded| matches!(it.event, Event::TradeSettled(_) | Event::TradeHeld(_));
        TransactionId(self.journal.iter().rfind(made).unwrap().envelope.sequence)
    }

    /// The offer that was posted last.
    pub(super) fn posted(&self) -> OfferId {
        let posted = |it: &&Recorded| matches!(it.event, Event::OfferOpened(_));
        OfferId(self.journal.iter().rfind(posted).unwrap().envelope.sequence)
    }

    /// The shipment that was booked last.
    pub(super) fn booked(&self) -> ShipmentId {
        let booking = |recorded: &&Recorded| matches!(recorded.event, Event::ShipmentBooked(_));
        let booking = self.journal.iter().rfind(booking).unwrap();
        ShipmentId(booking.envelope.sequence)
    }

    /// The shipment that was booked last, if it is in memory.
    pub(super) fn shipment(&self) -> Option<&Shipment> {
        let open = self.state.shipments.get(&ShipmentKey(self.booked()));
        open.map(|open| &open.shipment)
    }

    /// The last event.
    pub(super) fn last(&self) -> &Event {
        &self.journal.last().unwrap().event
    }

    fn give(&mut self, action: Action) -> Result<Vec<Event>, Rejection> {
        self.now += 1;
        self.fire();
        let past = self.past(&action);
        let command = Command {
            actor: self.actor,
            occurred_at: self.said.take(),
            key: self.key.take(),
            trace: None,
            note: None,
            action,
            past,
            api_key: self.api_key,
            granted: self.granted,
        };
        let mut events = Vec::new();
        let outcome = decide(&self.state, Timestamp(self.now), &command, &mut events);
        assert!(outcome.is_ok() || events.is_empty(), "refused, yet {events:?}");
        let before = self.state.last();
        for event in &events {
            // The first event of a command has its key.
            let key = command.key.filter(|_| self.state.last() == before);
            let mut envelope = self.envelope(self.actor, key);
            envelope.occurred_at = command.occurred_at;
            self.record(envelope, event.clone());
        }
        // Alerts follow at once.
        self.fire();
        if self.audited {
            self.audit.check(&self.state);
            let again = replayed(&self.journal);
            assert_eq!(bytes(&again), bytes(&self.state), "a replay gives the same");
        }
        outcome.map(|()| events)
    }

    /// What the gateway would load of an ended trade.
    fn past(&self, action: &Action) -> Option<Box<PastTrade>> {
        let trade = match action {
            Action::SettleTrade(settlement) => settlement.trade,
            Action::VoidTrade { trade, .. } | Action::ReverseTrade { trade, .. } => *trade,
            _ => return None,
        };
        let record = self.audit.trade(trade)?.clone();
        Some(Box::new(PastTrade { record, as_of: self.state.last() }))
    }

    fn fire(&mut self) {
        while let Some((deadline, event)) = due(&self.state, Timestamp(self.now)) {
            assert!(self.state.next_timer().is_some_and(|next| next <= deadline));
            match tell::alert(&event) {
                Some(alert) => self.alerts.push(alert),
                None => self.fired.push(deadline.0),
            }
            let mut envelope = self.envelope(PrincipalId::NETWORK, None);
            envelope.occurred_at = Some(deadline);
            self.record(envelope, event);
        }
        assert!(self.state.next_timer().is_none_or(|next| next.0 > self.now), "it is all told");
        if self.audited {
            self.audit.check_alerts(&self.state, Timestamp(self.now));
        }
    }

    fn record(&mut self, envelope: Envelope, event: Event) {
        let recorded = Recorded { envelope, event };
        apply(&mut self.state, &recorded);
        assert_eq!(self.state.last(), recorded.envelope.sequence);
        assert_eq!(self.state.recorded_at(), recorded.envelope.recorded_at);
        self.audit.follow(&recorded);
        self.journal.push(recorded);
        self.now = self.now.max(self.state.recorded_at().0);
    }

    fn envelope(&self, actor: PrincipalId, key: Option<KeyBinding>) -> Envelope {
        Envelope {
            sequence: self.state.last().next(),
            recorded_at: Timestamp(self.now.max(self.state.recorded_at().0 + 1)),
            occurred_at: None,
            actor,
            key,
            trace: None,
            note: None,
        }
    }
}

fn words(place: &str) -> [&str; 3] {
    let words = place.split(' ').collect::<Vec<_>>();
    words.try_into().expect("a station, an owner, a commodity")
}
