//! What the rest of the house holds of the engine.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, TrySendError};
use domain::{Batch, Command, Recorded, Rejection, Sequence, Timestamp};
use thiserror::Error;
use tokio::sync::oneshot;

use crate::meters::Meters;
use crate::shared::{QUEUE_COMMANDS_MAX, QUEUE_REQUESTS_MAX, Shared, Status};

/// What became of a command. Released only when everything decided before it is durable and seen
/// by every observer, refusals included.
#[derive(Debug, Clone)]
pub enum Answer {
    /// It is done, and durable.
    Accepted(Accepted),
    /// It would be done, had it not been a dry run: these events would be recorded, in this place if
    /// nothing came before them. Nothing was.
    WouldAccept(Box<[Recorded]>),
    /// It asked for what is so already: nothing was recorded.
    Unchanged,
    /// Its idempotency key was used by the same command before: this was its first event.
    Replayed(Sequence),
    /// Its idempotency key was used by another command before.
    KeyReused,
    /// The rules refuse it.
    Rejected(Rejection),
    /// The rules failed on it: a bug, logged; nothing was changed.
    Failed,
}

/// The events of an accepted command, within the batch that made them durable; never none.
#[derive(Debug, Clone)]
pub struct Accepted {
    batch: Arc<Batch>,
    range: Range<usize>,
}

impl Accepted {
    pub(crate) fn new(batch: Arc<Batch>, range: Range<usize>) -> Self {
        Self { batch, range }
    }

    /// The command's events, the first one first.
    pub fn events(&self) -> &[Recorded] {
        self.batch.events.get(self.range.clone()).unwrap_or_default()
    }
}

/// The engine did not take the command, or cannot say what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refused {
    /// The queue is full: nothing was done, and waiting helps.
    #[error("the queue of commands is full")]
    QueueFull,
    /// The disk is nearly full: nothing was done.
    #[error("free space is below the floor")]
    LowSpace,
    /// The engine is stopping: nothing was done.
    #[error("the server is stopping")]
    Stopping,
    /// The engine stopped with the command under way: it may or may not have been done.
    #[error("the outcome is unknown")]
    OutcomeUnknown,
}

/// A cheap clone for whoever gives commands.
#[derive(Clone)]
pub struct EngineHandle {
    shared: Arc<Shared>,
    queue: Queue,
}

/// The way to the writer. A channel keeps what is in it for as long as somebody may send, so when
/// the writer is gone, those who would wait for ever are let go here.
#[derive(Clone)]
pub(crate) struct Queue {
    pub(crate) shared: Arc<Shared>,
    pub(crate) sender: Sender<Queued>,
    pub(crate) receiver: Receiver<Queued>,
}

impl Queue {
    /// Drops what is in the queue if the writer is gone: whoever waits learns it. The writer marks
    /// its end, then does the same; so either it sees a request or the sender sees the mark.
    pub(crate) fn abandon_if_ended(&self) -> bool {
        fence(Ordering::SeqCst);
        let ended = self.shared.status() == Status::Ended;
        while ended && self.receiver.try_recv().is_ok() {}
        ended
    }
}

/// Commands on their way to the writer, and where the answers go.
pub(crate) enum Request {
    One(Box<Command>, oneshot::Sender<Answer>),
    Many(Vec<Command>, oneshot::Sender<Vec<Answer>>),
    /// Say what would become of each, and change nothing.
    DryRun(Vec<Command>, oneshot::Sender<Vec<Answer>>),
    /// Decide what waits, then end.
    Stop,
}

/// A request, and since when it waits.
pub(crate) struct Queued {
    pub(crate) request: Request,
    pub(crate) since: Instant,
}

impl Queued {
    pub(crate) fn now(request: Request) -> Self {
        Self { request, since: Instant::now() }
    }
}

impl Request {
    pub(crate) fn command_count(&self) -> usize {
        match self {
            Self::One(..) => 1,
            Self::Many(commands, _) | Self::DryRun(commands, _) => commands.len(),
            Self::Stop => 0,
        }
    }
}

impl EngineHandle {
    pub(crate) fn new(queue: Queue) -> Self {
        Self { shared: Arc::clone(&queue.shared), queue }
    }

    /// Gives one command and waits for its answer.
    pub async fn execute(&self, command: Command) -> Result<Answer, Refused> {
        let (answer, answered) = oneshot::channel();
        self.enqueue(Request::One(Box::new(command), answer))?;
        answered.await.map_err(|_| Refused::OutcomeUnknown)
    }

    /// Gives commands to be decided in order; the answers come in the same order. Others' commands
    /// may be decided before or after them all, never in between.
    pub async fn execute_all(&self, commands: Vec<Command>) -> Result<Vec<Answer>, Refused> {
        if commands.is_empty() {
            return Ok(Vec::new());
        }
        let (answer, answered) = oneshot::channel();
        self.enqueue(Request::Many(commands, answer))?;
        answered.await.map_err(|_| Refused::OutcomeUnknown)
    }

    /// What would become of each of these commands by itself, as things are when it is its turn.
    /// Nothing is changed; the answers wait, as all do, for everything decided before them.
    pub async fn dry_run(&self, commands: Vec<Command>) -> Result<Vec<Answer>, Refused> {
        if commands.is_empty() {
            return Ok(Vec::new());
        }
        let (answer, answered) = oneshot::channel();
        self.enqueue(Request::DryRun(commands, answer))?;
        answered.await.map_err(|_| Refused::OutcomeUnknown)
    }

    /// As [`Self::execute_all`], for a thread that may block.
    pub fn execute_blocking(&self, commands: Vec<Command>) -> Result<Vec<Answer>, Refused> {
        let (answer, answered) = oneshot::channel();
        self.enqueue(Request::Many(commands, answer))?;
        answered.blocking_recv().map_err(|_| Refused::OutcomeUnknown)
    }

    /// Network time. Never earlier than anything recorded.
    pub fn now(&self) -> Timestamp {
        self.shared.now()
    }

    /// Whether commands are taken: not when stopping, nor when the disk is nearly full.
    pub fn is_running(&self) -> bool {
        self.shared.status() == Status::Running
    }

    /// How many commands wait to be decided, and how many may.
    pub fn queue(&self) -> (usize, usize) {
        (self.shared.queued.load(Ordering::Relaxed), QUEUE_COMMANDS_MAX)
    }

    /// How many requests wait to be decided, and how many may.
    pub fn queued_requests(&self) -> (usize, usize) {
        (self.queue.receiver.len(), QUEUE_REQUESTS_MAX)
    }

    /// What the engine measures of itself.
    pub fn meters(&self) -> &Meters {
        &self.shared.meters
    }

    /// What its journal measures of itself.
    pub fn journal_meters(&self) -> &journal::Meters {
        &self.shared.journal_meters
    }

    fn enqueue(&self, request: Request) -> Result<(), Refused> {
        match self.shared.status() {
            Status::Running => {}
            Status::LowSpace => return Err(Refused::LowSpace),
            Status::Stopping | Status::Ended => return Err(Refused::Stopping),
        }
        let count = request.command_count();
        let queued = self.shared.queued.fetch_add(count, Ordering::Relaxed);
        // A request larger than the queue is taken when nothing else waits.
        let refused = if queued > 0 && queued + count > QUEUE_COMMANDS_MAX {
            Some(Refused::QueueFull)
        } else {
            match self.queue.sender.try_send(Queued::now(request)) {
                Ok(()) => {
                    self.queue.abandon_if_ended();
                    None
                }
                Err(TrySendError::Full(_)) => Some(Refused::QueueFull),
                Err(TrySendError::Disconnected(_)) => Some(Refused::Stopping),
            }
        };
        match refused {
            None => Ok(()),
            Some(refused) => {
                self.shared.queued.fetch_sub(count, Ordering::Relaxed);
                Err(refused)
            }
        }
    }
}
