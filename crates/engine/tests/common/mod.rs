//! A small network on a journal in memory, and words to talk to it.

#![allow(dead_code, reason = "each test file uses its part")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{
    Action, Adjustment, Booking, BookingLine, Command, CommitObserver, CreditChange, Credits,
    Identifier, JournalId, KeyBinding, Lines, NetworkDetails, PrincipalId, PutCommodity,
    PutStation, PutTrader, Quantity, Schedule, Source, StationKind, StockChange, StockLine, Text,
    Timestamp, Trade, TradeLineWanted, fingerprint, key_hash,
};
use engine::{Answer, Engine, EngineHandle, EngineOptions, FirstKey, WallTime};
use journal::{Journal, MemoryJournal, MemorySnapshots};

/// The principal of the first key.
pub(crate) const ADMIN: PrincipalId = PrincipalId(1);

pub(crate) struct Network {
    pub(crate) journal: MemoryJournal,
    pub(crate) snapshots: Arc<MemorySnapshots>,
    /// Wall time, in µs, as it is read for an engine.
    pub(crate) wall: i64,
    /// How long the engine then takes to start, or seems to.
    pub(crate) starting: Duration,
    pub(crate) speed: u32,
    pub(crate) snapshot_events_min: u64,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            journal: MemoryJournal::new(JournalId(7)),
            snapshots: Arc::default(),
            wall: 1_000_000,
            starting: Duration::ZERO,
            speed: 1,
            snapshot_events_min: u64::MAX,
        }
    }
}

impl Network {
    pub(crate) fn start(&self) -> Engine {
        self.start_with(Vec::new())
    }

    pub(crate) fn start_with(&self, observers: Vec<Box<dyn CommitObserver>>) -> Engine {
        self.try_start(observers).expect("an engine starts")
    }

    pub(crate) fn try_start(
        &self,
        observers: Vec<Box<dyn CommitObserver>>,
    ) -> Result<Engine, engine::EngineError> {
        self.start_on(self.journal.reopen(), observers)
    }

    pub(crate) fn start_on(
        &self,
        journal: MemoryJournal,
        observers: Vec<Box<dyn CommitObserver>>,
    ) -> Result<Engine, engine::EngineError> {
        let wall = Timestamp(self.wall);
        let read = Instant::now().checked_sub(self.starting).expect("the machine is up so long");
        let options = EngineOptions {
            wall: WallTime { time: wall, read },
            network: NetworkDetails { wall, epoch: wall, speed: self.speed },
            first_key: FirstKey { principal: name("admin"), digest: [7; 32] },
            snapshot_events_min: self.snapshot_events_min,
        };
        let snapshots = Arc::clone(&self.snapshots);
        Engine::start(options, Arc::new(journal), snapshots, observers, &mut |_| {})
    }

    /// What `itn verify` says of it.
    pub(crate) fn verify(&self) -> engine::Report {
        let journal: Arc<dyn Journal> = Arc::new(self.journal.reopen());
        engine::verify(&journal, &*self.snapshots, None, &mut |_| {}).expect("the journal is sound")
    }
}

pub(crate) fn name(text: &str) -> Identifier {
    Identifier::new(text).unwrap()
}

pub(crate) fn command(action: Action) -> Command {
    Command {
        actor: ADMIN,
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

/// The same command with an idempotency key.
pub(crate) fn keyed(key: &str, mut command: Command) -> Command {
    let hash = key_hash(command.actor, key);
    command.key = Some(KeyBinding { hash, fingerprint: fingerprint(&command) });
    command
}

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

pub(crate) fn station(id: &str) -> Command {
    command(Action::PutStation(PutStation {
        id: name(id),
        name: text(id),
        kind: StationKind::Station,
        system: name("sol"),
        position: domain::Position::default(),
        owner: None,
    }))
}

/// Two stations, ice at the first of them, and a buyer with credits.
pub(crate) fn founding(units: u64, credits: u64) -> Vec<Command> {
    let ice = PutCommodity {
        id: name("ice"),
        name: text("Ice"),
        category: None,
        unit_mass_grams: None,
        unit_volume_millilitres: None,
    };
    let change = CreditChange::Issue(Credits::new(credits).unwrap());
    let produced = StockChange::In(Source::Produced, Quantity::new(units).unwrap());
    let line = StockLine { commodity: name("ice"), change: produced };
    vec![
        station("ceres"),
        station("mars"),
        command(Action::PutCommodity(ice)),
        command(Action::PutTrader(PutTrader { id: name("acme"), name: text("Acme") })),
        command(Action::ChangeCredits { trader: name("acme"), change }),
        command(Action::Adjust(Adjustment {
            station: name("ceres"),
            owner: None,
            lines: Lines::new(vec![line]).unwrap(),
        })),
    ]
}

/// Acme buys this much ice of Ceres for a credit each.
pub(crate) fn buy(units: u64) -> Command {
    let line = TradeLineWanted {
        commodity: name("ice"),
        quantity: Quantity::new(units).unwrap(),
        unit_price: Credits::new(1).unwrap(),
    };
    command(Action::Trade(Trade {
        station: name("ceres"),
        buyer: name("acme"),
        seller: name("ceres"),
        lines: Lines::new(vec![line]).unwrap(),
        terms: domain::Added::default(),
    }))
}

/// One unit of ice from Ceres to Mars, promised for this time.
pub(crate) fn book(arrival: Timestamp) -> Command {
    let line = BookingLine { commodity: name("ice"), quantity: Quantity::new(1).unwrap() };
    command(Action::BookShipment(Booking {
        origin: name("ceres"),
        destination: name("mars"),
        owner: name("ceres"),
        consignee: None,
        carrier: None,
        lines: Lines::new(vec![line]).unwrap(),
        schedule: Schedule::new(Timestamp(0), arrival).unwrap(),
        terms: domain::Added::default(),
    }))
}

pub(crate) fn accept_all(handle: &EngineHandle, commands: Vec<Command>) {
    for answer in handle.execute_blocking(commands).expect("an answer") {
        assert!(matches!(answer, Answer::Accepted(_)), "{answer:?}");
    }
}

/// Polls until it is so.
pub(crate) fn until(what: &str, mut so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < Duration::from_secs(20), "waited too long until {what}");
        std::thread::yield_now();
    }
}
