//! The writer's thread: decides everything that waits, and hands it to the journal as one batch
//! while the batch before is being synced.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, after, select_biased};
use domain::{BatchId, Command, Event, JournalId, Recorded, Sequence, Timestamp};
use journal::{Appender, Journal};
use ledger::{State, WARM_COMMANDS, Warm};

use crate::building::{Building, Many};
use crate::handle::{Queue, Queued, Request};
use crate::publisher::Pending;
use crate::shared::{Shared, Status};

mod deciding;

/// Batches with the journal at once: one being synced, one ready to follow without a pause.
const IN_FLIGHT: usize = 2;
const _: () = assert!(IN_FLIGHT <= journal::IN_FLIGHT_MAX);

/// How often free space is looked at.
const FREE_SPACE_EVERY: Duration = Duration::from_secs(1);

pub(crate) struct Writer {
    pub(crate) state: State,
    pub(crate) shared: Arc<Shared>,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) appender: Box<dyn Appender>,
    pub(crate) queue: Queue,
    /// One message for each batch that is durable.
    pub(crate) committed: Receiver<()>,
    pub(crate) publisher: Sender<Pending>,
    pub(crate) snapshots: SnapshotRule,
}

/// When a snapshot is worth its cost.
pub(crate) struct SnapshotRule {
    /// At least so many events after the one before.
    pub(crate) events_min: u64,
    /// The last one was taken, or begun, here.
    pub(crate) last: Sequence,
}

impl SnapshotRule {
    /// Writing every row must stay cheap beside the events that led to it.
    fn is_due(&self, state: &State) -> bool {
        let since = state.last().0 - self.last.0;
        since >= self.events_min.max(state.row_count() as u64)
    }
}

/// Why the writer woke.
enum Wake {
    Request(Queued),
    Committed,
    Timer,
    Stop,
}

/// The writer at work. What it does with one command is in [`deciding`].
struct Work {
    writer: Writer,
    building: Building,
    /// A bulk request under way.
    many: Option<Many>,
    journal: JournalId,
    batch_number: u64,
    /// The last event that was handed to the journal.
    submitted: Sequence,
    in_flight: usize,
    stopping: bool,
    /// Reused for the requests of each turn.
    drained: Vec<Queued>,
    warm: Warm,
    /// Reused for the events of each command.
    decided: Vec<Event>,
    accepted: Vec<(Recorded, usize)>,
    free_space_at: Instant,
    /// How long the turn under way has waited for the journal.
    held_up: Duration,
}

impl Writer {
    /// Runs until it is told to stop, or the publisher is gone after a failure.
    pub(crate) fn run(self) {
        let queue = self.queue.clone();
        let mut work = Work {
            journal: self.journal.id(),
            batch_number: 0,
            submitted: self.state.last(),
            in_flight: 0,
            stopping: false,
            building: Building::default(),
            many: None,
            drained: Vec::new(),
            warm: Warm::default(),
            decided: Vec::new(),
            accepted: Vec::new(),
            free_space_at: Instant::now(),
            held_up: Duration::ZERO,
            writer: self,
        };
        // Dropped before the state is, which may take a while.
        let _end = End(queue);
        work.check_free_space();
        // What fell due while nobody was there comes before anything else.
        // An error says that the publisher is gone: it has said why.
        let _ = work.fire_timers().and_then(|_| work.run());
    }
}

/// The publisher is gone.
struct Gone;

/// Marks the writer's end, however it ends: nobody may wait for what it left in its queue.
struct End(Queue);

impl Drop for End {
    fn drop(&mut self) {
        self.0.shared.set_status(Status::Ended);
        self.0.abandon_if_ended();
    }
}

impl Work {
    fn run(&mut self) -> Result<(), Gone> {
        loop {
            if self.in_flight < IN_FLIGHT {
                self.submit()?;
            }
            let wake = self.wait();
            if self.free_space_at.elapsed() >= FREE_SPACE_EVERY {
                self.check_free_space();
            }
            match wake {
                Wake::Request(request) => self.drain(request)?,
                Wake::Committed => {
                    self.in_flight -= 1;
                    // Whatever is waiting goes along with what was decided meanwhile.
                    if let Ok(request) = self.writer.queue.receiver.try_recv() {
                        self.drain(request)?;
                    }
                }
                Wake::Timer => drop(self.fire_timers()?),
                Wake::Stop => self.stopping = true,
            }
            if self.stopping {
                return self.stop();
            }
        }
    }

    /// Blocks until there is something to do. Completions first: the journal must not idle.
    fn wait(&self) -> Wake {
        let timeout = self.timeout();
        if self.in_flight == 0 {
            // The common case at rest, and cheaper than selecting.
            return match self.writer.queue.receiver.recv_timeout(timeout) {
                Ok(Queued { request: Request::Stop, .. }) | Err(RecvTimeoutError::Disconnected) => {
                    Wake::Stop
                }
                Ok(request) => Wake::Request(request),
                Err(RecvTimeoutError::Timeout) => Wake::Timer,
            };
        }
        let timer = after(timeout);
        select_biased! {
            recv(self.writer.committed) -> committed => {
                if committed.is_ok() { Wake::Committed } else { Wake::Stop }
            }
            recv(self.writer.queue.receiver) -> request => match request {
                Ok(Queued { request: Request::Stop, .. }) | Err(_) => Wake::Stop,
                Ok(request) => Wake::Request(request),
            },
            recv(timer) -> _ => Wake::Timer,
        }
    }

    /// Until the next timer of the state is due, or free space is to be looked at again, which is
    /// also when nothing happens: the first write after an idle time must find it known.
    fn timeout(&self) -> Duration {
        let clock = self.writer.shared.clock();
        // At the end of time no timer fires any more.
        let timer = self.writer.state.next_timer().filter(|_| clock.now() < Timestamp::MAX);
        timer.map_or(FREE_SPACE_EVERY, |at| clock.wait(at).min(FREE_SPACE_EVERY))
    }

    /// Decides this request and those that wait behind it now; whoever comes later waits for the
    /// next batch, so that a full queue cannot keep this one from the journal.
    fn drain(&mut self, first: Queued) -> Result<(), Gone> {
        let began = Instant::now();
        self.held_up = Duration::ZERO;
        let waiting = self.writer.queue.receiver.len();
        let mut drained = std::mem::take(&mut self.drained);
        drained.push(first);
        drained.extend(self.writer.queue.receiver.try_iter().take(waiting));
        let singles = drained.iter().filter_map(|queued| match &queued.request {
            Request::One(command, _) => Some(&**command),
            Request::Many(..) | Request::DryRun(..) | Request::Stop => None,
        });
        ledger::warm(&self.writer.state, singles.take(WARM_COMMANDS), &mut self.warm);
        let queue = &self.writer.shared.meters.queue;
        for queued in &drained {
            queue.took_alone(began.duration_since(queued.since));
        }
        for queued in drained.drain(..) {
            self.answer(queued.request)?;
        }
        self.drained = drained;
        // What follows from what was decided, such as an alert, goes along with it.
        self.fire_timers()?;
        let took = began.elapsed().saturating_sub(self.held_up);
        self.writer.shared.meters.decide.took_alone(took);
        Ok(())
    }

    fn answer(&mut self, request: Request) -> Result<(), Gone> {
        self.writer.shared.queued.fetch_sub(request.command_count(), Ordering::Relaxed);
        self.make_room(0)?;
        match request {
            Request::One(command, to) => {
                let decided = self.decide(*command)?;
                self.building.answer_one(to, decided);
            }
            Request::Many(commands, to) => {
                self.many = Some(Many::new(to, commands.len()));
                self.decide_many(commands)?;
                let many = self.many.take().expect("set above");
                self.building.answer_many(many);
            }
            Request::DryRun(commands, to) => {
                let mut many = Many::new(to, commands.len());
                for command in commands {
                    many.push(self.rehearse(&command)?);
                }
                self.building.answer_many(many);
            }
            Request::Stop => self.stopping = true,
        }
        Ok(())
    }

    fn decide_many(&mut self, commands: Vec<Command>) -> Result<(), Gone> {
        let mut commands = commands.into_iter();
        while !commands.as_slice().is_empty() {
            let ahead = commands.as_slice().iter().take(WARM_COMMANDS);
            ledger::warm(&self.writer.state, ahead, &mut self.warm);
            for mut command in commands.by_ref().take(WARM_COMMANDS) {
                self.many.as_ref().expect("a bulk request is under way").bring_past(&mut command);
                let decided = self.decide(command)?;
                self.many.as_mut().expect("a bulk request is under way").push(decided);
            }
        }
        Ok(())
    }

    /// Submits the batch if these events do not fit into it any more, waiting for the journal where
    /// it has its hands full.
    fn make_room(&mut self, bytes_bound: usize) -> Result<(), Gone> {
        if self.building.has_room(bytes_bound) {
            return Ok(());
        }
        if self.in_flight >= IN_FLIGHT {
            let began = Instant::now();
            while self.in_flight >= IN_FLIGHT {
                self.writer.committed.recv().map_err(|_| Gone)?;
                self.in_flight -= 1;
            }
            self.held_up += began.elapsed();
        }
        self.submit()
    }

    /// Hands what was decided to the journal, and its answers to the publisher.
    fn submit(&mut self) -> Result<(), Gone> {
        if self.building.is_empty() && self.many.is_none() {
            return Ok(());
        }
        let id = BatchId {
            journal: self.journal,
            epoch: self.writer.appender.epoch(),
            number: self.batch_number + 1,
        };
        let commands_count = self.building.answer_count() as u64;
        let (batch, replies) = self.building.seal(id, self.many.as_mut());
        let frozen = self.freeze(batch.is_some());
        if batch.is_none() && replies.is_empty() {
            return Ok(());
        }
        let meters = &self.writer.shared.meters;
        meters.batch_commands.record_alone(commands_count);
        if let Some(batch) = &batch {
            meters.batch_events.record_alone(batch.events.len() as u64);
        }
        let submitted = Instant::now();
        let pending = Pending { batch: batch.clone(), submitted, replies, frozen, last: false };
        self.writer.publisher.send(pending).map_err(|_| Gone)?;
        if let Some(batch) = batch {
            let last = batch.last();
            self.writer.appender.submit(self.submitted, batch);
            self.submitted = last;
            self.batch_number += 1;
            self.in_flight += 1;
        }
        Ok(())
    }

    /// Freezes the state at the end of a batch, when a snapshot is due.
    fn freeze(&mut self, batch_ends: bool) -> Option<ledger::FrozenState> {
        if !batch_ends || !self.writer.snapshots.is_due(&self.writer.state) {
            return None;
        }
        self.writer.snapshots.last = self.writer.state.last();
        Some(self.writer.state.freeze())
    }

    fn check_free_space(&mut self) {
        self.free_space_at = Instant::now();
        let Some(space) = self.writer.journal.free_space() else { return };
        self.writer.shared.meters.free_bytes.set(space.free_bytes);
        self.writer.shared.meters.free_bytes_min.set(space.floor_bytes);
        let was = self.writer.shared.status();
        let is = if space.is_low() { Status::LowSpace } else { Status::Running };
        if was != is && was != Status::Stopping {
            tracing::warn!(?space, "free space");
        }
        self.writer.shared.set_status(is);
    }

    /// Decides what still waits, and ends with a snapshot of all that was decided.
    fn stop(&mut self) -> Result<(), Gone> {
        while let Ok(request) = self.writer.queue.receiver.try_recv() {
            if !matches!(request.request, Request::Stop) {
                self.drain(request)?;
            }
        }
        self.submit()?;
        let frozen = (self.writer.snapshots.last < self.writer.state.last())
            .then(|| self.writer.state.freeze());
        let submitted = Instant::now();
        let replies = Vec::new();
        let pending = Pending { batch: None, submitted, replies, frozen, last: true };
        self.writer.publisher.send(pending).map_err(|_| Gone)
    }
}
