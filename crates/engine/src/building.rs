//! The batch that is being decided, and the answers that wait for it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use domain::{Batch, BatchId, Command, PastTrade, Recorded, Rejection, Sequence, TransactionId};
use journal::BATCH_EVENTS_BYTES_MAX;
use tokio::sync::oneshot;

use crate::handle::{Accepted, Answer};

/// Answers that wait with one batch, about: most carry no event, and so no bytes.
const ANSWERS_MAX: usize = 65_536;

/// What was decided of a command, before its batch is sealed.
pub(crate) enum Decided {
    Accepted(Range<usize>),
    WouldAccept(Box<[Recorded]>),
    Unchanged,
    Replayed(Sequence),
    KeyReused,
    Rejected(Rejection),
    Failed,
}

/// An answer on its way out.
pub(crate) enum Reply {
    One(oneshot::Sender<Answer>, Answer),
    Many(oneshot::Sender<Vec<Answer>>, Vec<Answer>),
}

impl Reply {
    /// Whoever asked may be gone: then nobody is told, and what was decided stands.
    pub(crate) fn release(self) {
        match self {
            Self::One(to, answer) => drop(to.send(answer)),
            Self::Many(to, answers) => drop(to.send(answers)),
        }
    }
}

/// A bulk request under way: it may span several batches.
pub(crate) struct Many {
    pub(crate) to: oneshot::Sender<Vec<Answer>>,
    /// Of sealed batches.
    answers: Vec<Answer>,
    /// Of the batch that is being built.
    decided: Vec<Decided>,
    /// Holds that its own commands have ended: what later ones came with is of before.
    ended: BTreeMap<TransactionId, PastTrade>,
}

impl Many {
    pub(crate) fn new(to: oneshot::Sender<Vec<Answer>>, count: usize) -> Self {
        Self {
            to,
            answers: Vec::with_capacity(count),
            decided: Vec::with_capacity(count),
            ended: BTreeMap::new(),
        }
    }

    /// A command of it has ended this hold.
    pub(crate) fn end(&mut self, trade: PastTrade) {
        self.ended.insert(trade.record.id, trade);
    }

    /// Brings a command to what those before it have made of the trade that it follows.
    pub(crate) fn bring_past(&self, command: &mut Command) {
        if self.ended.is_empty() {
            return;
        }
        let trade = command.action.earlier_trade();
        if let Some(past) = trade.and_then(|trade| self.ended.get(&trade)) {
            command.past = Some(Box::new(past.clone()));
        }
    }

    pub(crate) fn push(&mut self, decided: Decided) {
        self.decided.push(decided);
    }

    fn seal(&mut self, batch: Option<&Arc<Batch>>) {
        let decided = self.decided.drain(..);
        self.answers.extend(decided.map(|decided| answer(decided, batch)));
    }
}

/// Events and answers that wait to be sealed.
#[derive(Default)]
pub(crate) struct Building {
    events: Vec<Recorded>,
    /// At most this many bytes when encoded.
    bytes_bound: usize,
    answer_count: usize,
    singles: Vec<(oneshot::Sender<Answer>, Decided)>,
    finished: Vec<Many>,
}

impl Building {
    pub(crate) fn is_empty(&self) -> bool {
        self.events.is_empty() && self.singles.is_empty() && self.finished.is_empty()
    }

    /// How many commands are answered with it, about: what a bulk request under way has so far is
    /// left out.
    pub(crate) fn answer_count(&self) -> usize {
        self.answer_count
    }

    /// Where the next event comes to lie.
    pub(crate) fn event_count(&self) -> usize {
        self.events.len()
    }

    /// Whether events of so many bytes together still fit in, and the answers do not pile up.
    pub(crate) fn has_room(&self, bytes_bound: usize) -> bool {
        let fits = self.bytes_bound + bytes_bound <= BATCH_EVENTS_BYTES_MAX;
        (fits || self.events.is_empty()) && self.answer_count < ANSWERS_MAX
    }

    pub(crate) fn push(&mut self, recorded: Recorded, bytes_bound: usize) {
        self.bytes_bound += bytes_bound;
        self.events.push(recorded);
    }

    pub(crate) fn answer_one(&mut self, to: oneshot::Sender<Answer>, decided: Decided) {
        self.answer_count += 1;
        self.singles.push((to, decided));
    }

    pub(crate) fn answer_many(&mut self, many: Many) {
        self.answer_count += many.decided.len();
        self.finished.push(many);
    }

    /// Ends the batch and begins the next. `open` is a bulk request that goes on in the next one.
    pub(crate) fn seal(
        &mut self,
        id: BatchId,
        open: Option<&mut Many>,
    ) -> (Option<Arc<Batch>>, Vec<Reply>) {
        let count = self.events.len();
        let events = std::mem::replace(&mut self.events, Vec::with_capacity(count.min(1024)));
        (self.bytes_bound, self.answer_count) = (0, 0);
        let batch = (!events.is_empty()).then(|| Arc::new(Batch { id, events }));
        if let Some(open) = open {
            open.seal(batch.as_ref());
        }
        let mut replies = Vec::with_capacity(self.singles.len() + self.finished.len());
        for (to, decided) in self.singles.drain(..) {
            replies.push(Reply::One(to, answer(decided, batch.as_ref())));
        }
        for mut many in self.finished.drain(..) {
            many.seal(batch.as_ref());
            replies.push(Reply::Many(many.to, many.answers));
        }
        (batch, replies)
    }
}

fn answer(decided: Decided, batch: Option<&Arc<Batch>>) -> Answer {
    match decided {
        Decided::Accepted(range) => {
            let batch = batch.expect("an accepted command has events in the batch");
            Answer::Accepted(Accepted::new(Arc::clone(batch), range))
        }
        Decided::WouldAccept(recorded) => Answer::WouldAccept(recorded),
        Decided::Unchanged => Answer::Unchanged,
        Decided::Replayed(sequence) => Answer::Replayed(sequence),
        Decided::KeyReused => Answer::KeyReused,
        Decided::Rejected(rejection) => Answer::Rejected(rejection),
        Decided::Failed => Answer::Failed,
    }
}
