//! The two ledgers side by side.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use domain::{
    Action, Command, Envelope, Event, KeyBinding, PrincipalId, Recorded, Role, Timestamp,
    fingerprint,
};
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use proptest::{arbitrary::any, strategy::Strategy, strategy::ValueTree};

use super::compare::{check_conservation, compare};
use super::network::{Moment, Network};
use super::wish::{Wish, wishes};
use crate::tests::asks::{adjust, commodity, issue, key, produced, station, trader};
use crate::tests::audit::{Audit, bytes, read, replayed};
use crate::{State, apply, decide, due};

/// Commands in a sequence, in the mean.
const COMMANDS: usize = 200;
/// Sequences in the normal run: what fits in a few seconds without optimisation.
const CASES: u32 = 100;

/// How long a failure is made smaller, in milliseconds.
const SHRINK_MS: u32 = 20_000;

thread_local! {
    /// Whether panics of this thread are to be silent: while a failure is made smaller.
    static SILENT: Cell<bool> = const { Cell::new(false) };
}

#[test]
#[expect(clippy::print_stderr, reason = "a failure says how to run it again")]
fn the_ledger_is_the_naive_one() {
    let cases = from_environment("ITN_MODEL_CASES").unwrap_or(CASES.into());
    let seed = from_environment("ITN_MODEL_SEED").unwrap_or_else(any_seed);
    let config = Config {
        cases: u32::try_from(cases).unwrap(),
        failure_persistence: None,
        max_shrink_iters: 5_000,
        max_shrink_time: SHRINK_MS,
        ..Config::default()
    };
    let mut bytes_of_seed = [0; 32];
    bytes_of_seed[..8].copy_from_slice(&seed.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes_of_seed);
    let mut runner = TestRunner::new_with_rng(config, random);
    let tally = RefCell::new(Tally::default());
    silence_panics();
    SILENT.set(true);
    let outcome = runner.run(&wishes(COMMANDS), |wishes| {
        play(&wishes, &mut tally.borrow_mut(), |_, _| {});
        Ok(())
    });
    SILENT.set(false);
    match outcome {
        Ok(()) => tally.borrow().check(cases),
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
            "key.created",
            "key.revoked",
            "shipment.arrived",
            "shipment.booked",
            "shipment.cancelled",
            "shipment.delayed",
            "shipment.departed",
            "shipment.estimated",
            "shipment.loaded",
            "shipment.lost",
            "shipment.position",
            "shipment.received",
            "station.created",
            "station.updated",
            "stock.adjusted",
            "trade.settled",
            "trader.updated",
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
    /// The real state as bytes, after the last event.
    bytes: Vec<u8>,
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
        command.key = (number % 3 == 0).then_some(KeyBinding { hash, fingerprint });
        tell(run.now, &command);
        run.give(&command, tally);
        if number == middle {
            snapshot = Some((run.journal.len(), run.bytes.clone()));
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
    actions.extend(["acme", "belt"].map(|id| Action::PutTrader(trader(id))));
    actions.extend(["ice", "ore", "gas"].map(|id| Action::PutCommodity(commodity(id))));
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
    Command { actor, occurred_at: None, key: None, trace: None, note: None, action }
}

impl Run {
    fn give(&mut self, command: &Command, tally: &mut Tally) {
        let mut events = Vec::new();
        let outcome = decide(&self.state, Timestamp(self.now), command, &mut events);
        let envelope = self.envelope(self.now, command.actor);
        let moment = Moment {
            recorded: envelope.recorded_at.0,
            occurred: command.occurred_at.map_or(envelope.recorded_at.0, |time| time.0),
            sequence: envelope.sequence.0,
        };
        let expected = self.network.ask(command.actor, moment, &command.action);
        let real = outcome.as_ref().map(|()| !events.is_empty());
        assert_eq!(real.map_err(domain::Rejection::code), expected, "{outcome:?}");
        tally.commands += 1;
        tally.accepted += u64::from(outcome.is_ok());
        if let Err(rejection) = outcome {
            assert!(events.is_empty());
            *tally.outcomes.entry(rejection.code()).or_default() += 1;
            assert_eq!(bytes(&self.state), self.bytes, "a refusal changes nothing");
        }
        for event in events {
            *tally.outcomes.entry(event.kind()).or_default() += 1;
            let mut envelope = self.envelope(self.now, command.actor);
            envelope.occurred_at = command.occurred_at;
            envelope.key = command.key;
            self.record(envelope, event);
        }
        let known = command.key.and_then(|key| self.state.key(key.hash));
        let recorded = command.key.filter(|_| expected == Ok(true));
        let known = known.map(|entry| (entry.fingerprint, entry.sequence));
        let bound = recorded.map(|key| (key.fingerprint, self.state.last().0));
        assert_eq!(known, bound, "a key is bound by acceptance alone");
        self.check();
    }

    fn fire(&mut self, tally: &mut Tally) {
        loop {
            let real = due(&self.state, Timestamp(self.now));
            let late = self.network.shipments.iter_mut();
            let late = late.filter_map(|(id, cargo)| Some((cargo.deadline?, id, cargo)));
            let late = late.filter(|(deadline, _, _)| *deadline <= self.now);
            let first = late.min_by_key(|(deadline, id, _)| (*deadline, **id));
            let Some((deadline, event)) = real else {
                assert!(first.is_none(), "a timer did not fire");
                return;
            };
            let Event::ShipmentChanged(changed) = &event else {
                panic!("no timer's event: {event:?}");
            };
            let (expected, id, cargo) = first.expect("no timer is due");
            assert_eq!((deadline.0, changed.shipment.0.0), (expected, *id));
            cargo.deadline = None;
            cargo.delayed = Some("overdue");
            *tally.outcomes.entry(event.kind()).or_default() += 1;
            let envelope = self.envelope(deadline.0, PrincipalId::NETWORK);
            self.record(envelope, event);
            self.check();
        }
    }

    fn record(&mut self, envelope: Envelope, event: Event) {
        let recorded = Recorded { envelope, event };
        apply(&mut self.state, &recorded);
        assert_eq!(self.state.last(), recorded.envelope.sequence);
        assert_eq!(self.state.recorded_at(), recorded.envelope.recorded_at);
        self.audit.follow(&recorded);
        self.journal.push(recorded);
        self.bytes = bytes(&self.state);
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
        assert_eq!(bytes(state), self.bytes);
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
