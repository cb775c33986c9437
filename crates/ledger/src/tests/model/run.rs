//! The two ledgers side by side.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use domain::{
    Action, Command, Envelope, Event, KeyBinding, PastTrade, PrincipalId, Recorded, Role,
    Timestamp, fingerprint,
};
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use proptest::{arbitrary::any, strategy::Strategy, strategy::ValueTree};

use super::compare::{check_conservation, compare};
use super::network::{Moment, Network};
use super::wish::{Wish, wishes};
use crate::tests::asks::{adjust, bound_key, commodity, issue, key, produced, station, trader};
use crate::tests::asks_cargo::{stock_rule, timing_rule, vessel};
use crate::tests::audit::{Audit, bytes, read, replayed};
use crate::{State, apply, decide, due};

/// Commands in a sequence, in the mean.
const COMMANDS: usize = 200;
/// Sequences in the normal run: half a minute of two cores, with the ledger optimised a little.
const CASES: u32 = 2_000;

/// Runs side by side: a fixed number, so that a seed means the same everywhere.
const LANES: u64 = 4;

/// How long a failure is made smaller, in milliseconds.
const SHRINK_MS: u32 = 20_000;

thread_local! {
    /// Whether panics of this thread are to be silent: while a failure is made smaller.
    static SILENT: Cell<bool> = const { Cell::new(false) };
}

#[test]
fn the_ledger_is_the_naive_one() {
    let cases = from_environment("ITN_MODEL_CASES").unwrap_or(CASES.into());
    let seed = from_environment("ITN_MODEL_SEED").unwrap_or_else(any_seed);
    silence_panics();
    let tally = std::thread::scope(|scope| {
        let lane = |lane| scope.spawn(move || run_lane(seed, cases, lane));
        let lanes = (0..LANES).map(lane).collect::<Vec<_>>();
        let mut tally = Tally::default();
        for lane in lanes {
            tally.add(&lane.join().expect("the two ledgers differ: see above"));
        }
        tally
    });
    tally.check(cases);
}

/// One of several runs side by side, each with its share of the cases.
#[expect(clippy::print_stderr, reason = "a failure says how to run it again")]
fn run_lane(seed: u64, cases: u64, lane: u64) -> Tally {
    let config = Config {
        cases: u32::try_from(cases.div_ceil(LANES)).unwrap(),
        failure_persistence: None,
        max_shrink_iters: 5_000,
        max_shrink_time: SHRINK_MS,
        ..Config::default()
    };
    let mut bytes_of_seed = [0; 32];
    bytes_of_seed[..8].copy_from_slice(&seed.to_le_bytes());
    bytes_of_seed[8..16].copy_from_slice(&lane.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes_of_seed);
    let mut runner = TestRunner::new_with_rng(config, random);
    let tally = RefCell::new(Tally::default());
    SILENT.set(true);
    let outcome = runner.run(&wishes(COMMANDS), |wishes| {
        play(&wishes, &mut tally.borrow_mut(), |_, _| {});
        Ok(())
    });
    SILENT.set(false);
    match outcome {
        Ok(()) => tally.into_inner(),
        Err(TestError::Abort(reason)) => panic!("no commands to try: {reason}"),
        Err(TestError::Fail(reason, wishes)) => {
            eprintln!("the two ledgers differ: {reason}");
            eprintln!(
                "run it again: ITN_MODEL_SEED={seed} ITN_MODEL_CASES={cases} cargo test -p ledger model"
            );
            eprintln!("the shortest way there that was found:");
            play(&wishes, &mut Tally::default(), |now, command| {
                eprintln!("  at {now} {:?}: {:?}", command.actor, command.action);
            });
            panic!("it did not fail again: something is not deterministic");
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "how much a test runs is no matter of the rules")]
fn from_environment(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} must be a number")))
}

/// Another one in each run.
fn any_seed() -> u64 {
    let mut runner = TestRunner::new(Config::default());
    any::<u64>().new_tree(&mut runner).unwrap().current()
}

fn silence_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !SILENT.get() {
            before(info);
        }
    }));
}

/// How often what happened, to see that the wishes are neither tame nor hopeless.
#[derive(Default)]
struct Tally {
    outcomes: BTreeMap<&'static str, u64>,
    accepted: u64,
    commands: u64,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        for (kind, count) in &other.outcomes {
            *self.outcomes.entry(kind).or_default() += count;
        }
        self.accepted += other.accepted;
        self.commands += other.commands;
    }

    fn check(&self, cases: u64) {
        if cases < 50 {
            return;
        }
        assert!(2 * self.accepted > self.commands, "{:?}", self.outcomes);
        let codes = crate::tests::order::codes();
        // What takes a million rows is not reached in passing.
        for code in codes.iter().filter(|code| **code != "limit_reached") {
            assert!(self.outcomes.contains_key(code), "{code}: {:?}", self.outcomes);
        }
        let kinds = [
            "commodity.updated",
            "credits.issued",
            "credits.retired",
            "credits.transferred",
            "key.created",
            "key.expired",
            "key.revoked",
            "key.updated",
            "alert-rule.created",
            "alert-rule.deleted",
            "alert-rule.updated",
            "alert.acknowledged",
            "alert.changed",
            "alert.fired",
            "alert.resolved",
            "shipment.arrived",
            "shipment.booked",
            "shipment.cancelled",
            "shipment.delayed",
            "shipment.departed",
            "shipment.estimated",
            "shipment.found",
            "shipment.held",
            "shipment.loaded",
            "shipment.lost",
            "shipment.position",
            "shipment.received",
            "shipment.released",
            "shipment.returned",
            "offer.expired",
            "offer.filled",
            "offer.opened",
            "offer.withdrawn",
            "station.created",
            "station.updated",
            "stock.adjusted",
            "stock.transferred",
            "trade.expired",
            "trade.held",
            "trade.reversed",
            "trade.settled",
            "trade.voided",
            "trader.updated",
            "vessel.created",
            "vessel.updated",
        ];
        for kind in kinds {
            assert!(self.outcomes.contains_key(kind), "{kind}: {:?}", self.outcomes);
        }
    }
}

/// Both ledgers, and what was recorded.
#[derive(Default)]
struct Run {
    state: State,
    network: Network,
    audit: Audit,
    journal: Vec<Recorded>,
    now: i64,
}

/// Gives what is wished for to both ledgers and fails where they differ.
fn play(wishes: &[Wish], tally: &mut Tally, mut tell: impl FnMut(i64, &Command)) {
    let mut run = Run::default();
    for action in world() {
        let actor = PrincipalId::NETWORK;
        run.give(&command(actor, action), &mut Tally::default());
    }
    let middle = wishes.first().map_or(0, |wish| wish.number() % wishes.len());
    let mut snapshot = None;
    for (number, wish) in wishes.iter().enumerate() {
        run.now += wish.pause;
        run.fire(tally);
        let mut command = command(wish.actor(), wish.action(&run.network, run.now));
        command.occurred_at = wish.occurred_at(run.now);
        let hash = u128::from(u64::MAX) * number as u128;
        let fingerprint = fingerprint(&command);
        command.past = run.past(&command.action);
        command.api_key = wish.api_key();
        command.key = (number % 3 == 0).then_some(KeyBinding { hash, fingerprint });
        tell(run.now, &command);
        run.give(&command, tally);
        // Alerts follow at once.
        run.fire(tally);
        if number == middle {
            snapshot = Some((run.journal.len(), bytes(&run.state)));
        }
    }
    run.check_other(&replayed(&run.journal));
    if let Some((count, snapshot)) = snapshot {
        let mut state = read(&snapshot).unwrap();
        for recorded in &run.journal[count..] {
            apply(&mut state, recorded);
        }
        run.check_other(&state);
    }
}

const fn is_alert(event: &Event) -> bool {
    matches!(event, Event::AlertFired(_) | Event::AlertChanged(_) | Event::AlertResolved(_))
}

/// What a timer's event is of.
fn told(event: &Event) -> (&'static str, u64) {
    match event {
        Event::ShipmentChanged(changed) => ("a delivery", changed.shipment.0.0),
        Event::TradeExpired(released) => ("a hold", released.trade.0.0),
        Event::OfferExpired(rest) => ("an offer", rest.offer.0.0),
        // Behind the others, which are named by an article.
        Event::KeyExpired { key } => ("key", key.0.into()),
        _ => panic!("no timer's event: {event:?}"),
    }
}

/// Some of everything for everyone.
fn world() -> Vec<Action> {
    let mut actions = vec![Action::CreateNetwork(domain::NetworkDetails {
        wall: Timestamp(0),
        epoch: Timestamp(0),
        speed: 1,
    })];
    actions.push(key("boss", Role::Admin));
    actions.push(key("clerk", Role::Operator));
    actions.push(key("guest", Role::Viewer));
    actions.extend(["ceres", "mars", "vesta"].map(|id| Action::PutStation(station(id))));
    actions.extend(["acme", "belt", "hauler"].map(|id| Action::PutTrader(trader(id))));
    actions.extend(["ice", "ore", "gas"].map(|id| Action::PutCommodity(commodity(id))));
    actions.push(bound_key("skipper", Role::Trader, &["acme", "mars"]));
    actions.push(bound_key("digger", Role::Trader, &["belt", "ceres"]));
    actions.push(bound_key("courier", Role::Carrier, &["vesta"]));
    actions.extend([vessel("swift", Some(100), None), vessel("vast", None, Some(2_000))]);
    actions.push(stock_rule("ice", 20, 200));
    for timing in domain::Timing::ALL {
        actions.push(timing_rule(timing, 1, 2));
    }
    actions.push(issue("acme", 10_000));
    actions.push(issue("mars", 10_000));
    for (station, owner) in [("ceres", "belt"), ("mars", "mars"), ("vesta", "acme")] {
        let made = adjust().at(station).owner(owner);
        let made = made.line("ice", produced(500)).line("ore", produced(40));
        actions.push(made.into());
    }
    actions
}

fn command(actor: PrincipalId, action: Action) -> Command {
    Command {
        actor,
        occurred_at: None,
        key: None,
        trace: None,
        note: None,
        action,
        past: None,
        api_key: None,
        granted: None,
    }
}

impl Run {
    fn give(&mut self, command: &Command, tally: &mut Tally) {
        let mut events = Vec::new();
        let envelope = self.envelope(self.now, command.actor);
        let outcome = decide(&self.state, envelope.recorded_at, command, &mut events);
        let moment = Moment {
            recorded: envelope.recorded_at.0,
            occurred: command.occurred_at.map_or(envelope.recorded_at.0, |time| time.0),
            said: command.occurred_at.map(|time| time.0),
            sequence: envelope.sequence.0,
        };
        let expected = self.network.ask((command.actor, command.api_key), moment, &command.action);
        let real = outcome.as_ref().map(|()| !events.is_empty());
        assert_eq!(real.map_err(domain::Rejection::code), expected, "{outcome:?}");
        tally.commands += 1;
        tally.accepted += u64::from(outcome.is_ok());
        if let Err(rejection) = outcome {
            assert!(events.is_empty());
            *tally.outcomes.entry(rejection.code()).or_default() += 1;
            // Nothing can have changed: what had would show in the next comparison.
            return;
        }
        for event in events {
            *tally.outcomes.entry(event.kind()).or_default() += 1;
            let mut envelope = self.envelope(self.now, command.actor);
            envelope.occurred_at = command.occurred_at;
            // The first event of a command has its key.
            envelope.key = command.key.filter(|_| envelope.sequence.0 == moment.sequence);
            self.record(envelope, event);
        }
        let known = command.key.and_then(|key| self.state.key(key.hash));
        let recorded = command.key.filter(|_| expected == Ok(true));
        let known = known.map(|entry| (entry.fingerprint, entry.sequence));
        let bound = recorded.map(|key| (key.fingerprint, moment.sequence));
        assert_eq!(known, bound, "a key is bound by acceptance alone");
        self.check();
    }

    /// What the gateway would load of a trade.
    fn past(&self, action: &Action) -> Option<Box<PastTrade>> {
        let trade = match action {
            Action::SettleTrade(settlement) => settlement.trade,
            Action::VoidTrade { trade, .. } | Action::ReverseTrade { trade, .. } => *trade,
            _ => return None,
        };
        let record = self.audit.trade(trade)?.clone();
        Some(Box::new(PastTrade { record, as_of: self.state.last() }))
    }

    fn fire(&mut self, tally: &mut Tally) {
        loop {
            let real = due(&self.state, Timestamp(self.now));
            let first = self.network.timers().into_iter().filter(|timer| timer.0 <= self.now).min();
            let Some((deadline, event)) = real else {
                assert!(first.is_none(), "a timer did not fire");
                break;
            };
            if !is_alert(&event) {
                let (at, kind, id) = first.expect("no timer is due");
                assert_eq!((deadline.0, told(&event)), (at, (kind, id)));
                self.network.fire(kind, id);
            }
            *tally.outcomes.entry(event.kind()).or_default() += 1;
            let envelope = self.envelope(self.now, PrincipalId::NETWORK);
            self.network.follow_alert(envelope.sequence.0, &event);
            self.record(envelope, event);
            self.check();
        }
        self.audit.check_alerts(&self.state, Timestamp(self.now));
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

    fn check(&mut self) {
        compare(&self.network, &self.state);
        check_conservation(&self.network);
        self.audit.check(&self.state);
    }

    /// Holds a state that came about otherwise to the same measures. Equal bytes alone would not
    /// tell what no bytes are of.
    fn check_other(&mut self, state: &State) {
        assert_eq!(bytes(state), bytes(&self.state));
        assert_eq!(state.alerts.dirty, self.state.alerts.dirty);
        assert_eq!(state.alerts.by_cause, self.state.alerts.by_cause);
        assert_eq!(state.lost, self.state.lost);
        compare(&self.network, state);
        self.audit.check(state);
    }

    fn envelope(&self, at: i64, actor: PrincipalId) -> Envelope {
        Envelope {
            sequence: self.state.last().next(),
            recorded_at: Timestamp(at.max(self.state.recorded_at().0 + 1)),
            occurred_at: None,
            actor,
            key: None,
            trace: None,
            note: None,
        }
    }
}
