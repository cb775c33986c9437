//! Starting and stopping: recovery, then the threads.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, bounded};
use domain::{
    Action, Command, CommitObserver, Identifier, NetworkDetails, NewKey, Role, Sequence, Timestamp,
};
use journal::{Journal, JournalError, SnapshotStore};
use thiserror::Error;
use tokio::sync::oneshot;

use crate::handle::{Answer, EngineHandle, Queue, Queued, Refused, Request};
use crate::publisher::{Publisher, assert_in_place};
use crate::recovery::{Progress, recover};
use crate::shared::{NetworkClock, QUEUE_REQUESTS_MAX, Shared, Status, WallTime};
use crate::snapshotter::Snapshotter;
use crate::writer::{SnapshotRule, Writer};

/// How far network time may jump over the time the server was down, in wall time: a century. A
/// clock that says more is wrong, and what it fires cannot be taken back.
const DOWN_MICROS_MAX: i64 = 100 * 366 * 86_400 * 1_000_000;

/// What an engine is started with.
pub struct EngineOptions {
    /// Wall time as it begins.
    pub wall: WallTime,
    /// What a network is created with, if the journal is empty.
    pub network: NetworkDetails,
    /// The key that is made with it.
    pub first_key: FirstKey,
    /// A snapshot is taken after so many events, or as many as the state has rows if that is more.
    pub snapshot_events_min: u64,
}

/// The first administrator's key.
pub struct FirstKey {
    /// Whom it speaks for.
    pub principal: Identifier,
    /// BLAKE3 of its secret.
    pub digest: [u8; 32],
}

/// An engine that could not be started or ended.
#[derive(Debug, Error)]
pub enum EngineError {
    /// The journal could not be read or claimed.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The journal holds what these rules cannot have decided.
    #[error("the event after {after} is not one that the rules can have decided")]
    Replay {
        /// The last event that could be replayed.
        after: Sequence,
    },
    /// The wall clock is far from where the network was left.
    #[error("the clock is wrong: {0}")]
    Clock(String),
    /// A thread could not be started.
    #[error("starting a thread: {0}")]
    Thread(std::io::Error),
    /// The first commands were not accepted.
    #[error("creating the network: {0}")]
    Create(String),
    /// It stopped by itself.
    #[error("{0}")]
    Stopped(String),
}

/// A running engine.
pub struct Engine {
    handle: EngineHandle,
    queue: Queue,
    shared: Arc<Shared>,
    failure: Receiver<String>,
    threads: Vec<JoinHandle<()>>,
}

impl Engine {
    /// Recovers from what is stored, and starts. `progress` is called as the replay goes on. An
    /// empty journal becomes a network with one administrator.
    pub fn start(
        options: EngineOptions,
        journal: Arc<dyn Journal>,
        snapshots: Arc<dyn SnapshotStore>,
        mut observers: Vec<Box<dyn CommitObserver>>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, EngineError> {
        // Nobody else may write from here on: what is recovered is what is.
        let (completions, completed) = bounded(journal::IN_FLIGHT_MAX);
        let appender = journal.claim(completions)?;
        let (state, snapshot) = recover(&journal, &*snapshots, &mut observers, progress)?;
        assert_in_place(&observers, state.last());
        let network = *state.network().unwrap_or(&options.network);
        check_wall(&network, options.wall.time)?;
        let clock = NetworkClock::new(&network, options.wall, state.recorded_at());
        let shared = Arc::new(Shared::new(clock, state.recorded_at(), journal.meters()));
        shared.meters.replayed.set(state.last().0 - snapshot.0);
        let (requests, waiting) = bounded(QUEUE_REQUESTS_MAX);
        let queue = Queue { shared: Arc::clone(&shared), sender: requests, receiver: waiting };
        let (committed, freed) = bounded(journal::IN_FLIGHT_MAX);
        let (pending, decided) = bounded(2 * journal::IN_FLIGHT_MAX);
        let (jobs, frozen) = bounded(1);
        let (failure, failed) = bounded(1);
        let is_new = state.network().is_none();
        let writer = Writer {
            state,
            shared: Arc::clone(&shared),
            journal: Arc::clone(&journal),
            appender,
            queue: queue.clone(),
            committed: freed,
            publisher: pending,
            snapshots: SnapshotRule { events_min: options.snapshot_events_min, last: snapshot },
        };
        let publishing = Publisher {
            shared: Arc::clone(&shared),
            queue: queue.clone(),
            pending: decided,
            completions: completed,
            committed,
            observers,
            snapshots: jobs,
            failure,
        };
        let meters = Arc::clone(&shared.meters);
        let snapshotter = Snapshotter { journal, store: snapshots, jobs: frozen, meters };
        let threads = vec![
            spawn("writer", move || writer.run())?,
            spawn("publisher", move || publishing.run())?,
            spawn("snapshotter", move || snapshotter.run())?,
        ];
        let handle = EngineHandle::new(queue.clone());
        let engine = Self { handle, queue, shared, failure: failed, threads };
        if is_new {
            engine.create(options.network, options.first_key)?;
        }
        engine.barrier()?;
        Ok(engine)
    }

    /// For whoever gives commands.
    pub fn handle(&self) -> EngineHandle {
        self.handle.clone()
    }

    /// Blocks until the engine fails for good, and says why; `None` if it was stopped.
    pub fn failure(&self) -> impl FnOnce() -> Option<String> + Send + 'static {
        let failure = self.failure.clone();
        move || failure.recv().ok()
    }

    /// Takes no more commands, decides those that wait, writes a snapshot and ends.
    pub fn stop(self) -> Result<(), EngineError> {
        self.shared.set_status(Status::Stopping);
        // If the writer has ended already, nobody needs to be told.
        if !self.queue.abandon_if_ended() {
            // While the queue is full, this waits for the writer. It takes what is there or ends:
            // what it waits for itself, the publisher and its observers, does not wait for ever.
            let _ = self.queue.sender.send(Queued::now(Request::Stop));
            self.queue.abandon_if_ended();
        }
        drop(self.handle);
        for thread in self.threads {
            let name = thread.thread().name().unwrap_or_default().to_owned();
            let panicked = |_| EngineError::Stopped(format!("the {name} thread panicked"));
            thread.join().map_err(panicked)?;
        }
        match self.failure.try_recv() {
            Ok(reason) => Err(EngineError::Stopped(reason)),
            Err(_) => Ok(()),
        }
    }

    /// Returns when the timers that were due at the start are durable and seen. It is a request
    /// without commands, answered behind everything decided before; not even low space refuses it.
    fn barrier(&self) -> Result<(), EngineError> {
        let (answer, answered) = oneshot::channel();
        let request = Queued::now(Request::Many(Vec::new(), answer));
        let passed = self.queue.sender.send(request).is_ok();
        self.queue.abandon_if_ended();
        if passed && answered.blocking_recv().is_ok() {
            return Ok(());
        }
        Err(EngineError::Stopped(self.reason()))
    }

    fn reason(&self) -> String {
        // The publisher may still be about to say it; it ends when the writer has.
        self.failure.recv().unwrap_or_else(|_| "the engine ended without a word".to_owned())
    }

    /// The first two commands: the network, and whoever may do everything in it.
    fn create(&self, network: NetworkDetails, key: FirstKey) -> Result<(), EngineError> {
        let FirstKey { principal, digest } = key;
        let key = NewKey {
            principal,
            role: Role::Admin,
            digest,
            accounts: domain::Added::default(),
            // Nobody shall be locked out by the clock.
            lifetime: domain::Added::default(),
        };
        let commands = vec![
            Command::by_network(Action::CreateNetwork(network)),
            Command::by_network(Action::CreateKey(key)),
        ];
        let refused = |refused: Refused| EngineError::Create(refused.to_string());
        for answer in self.handle.execute_blocking(commands).map_err(refused)? {
            if !matches!(answer, Answer::Accepted(_)) {
                return Err(EngineError::Create(format!("{answer:?}")));
            }
        }
        Ok(())
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, EngineError> {
    thread::Builder::new().name(name.to_owned()).spawn(run).map_err(EngineError::Thread)
}

/// A wall clock before the network's creation, or a century past it, is not set.
fn check_wall(network: &NetworkDetails, wall: Timestamp) -> Result<(), EngineError> {
    let since = wall.0.saturating_sub(network.wall.0);
    // A minute back may be two machines that differ; network time goes on from where it was.
    if since < -60_000_000 {
        let text = "it reads earlier than when this network was created";
        return Err(EngineError::Clock(text.to_owned()));
    }
    if since > DOWN_MICROS_MAX {
        let text = "it reads a century after this network was created";
        return Err(EngineError::Clock(text.to_owned()));
    }
    Ok(())
}
