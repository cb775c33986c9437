//! One command at a time: judged, then recorded, or only rehearsed.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use domain::{
    Action, Command, Envelope, PastTrade, PrincipalId, Recorded, Rejection, Sequence, Timestamp,
    TradeStatus,
};
use journal::encoded_len_bound;

use super::{Gone, Work, Writer};
use crate::building::{Building, Decided};

/// The last time at which commands are decided: each event of a command is a microsecond after the
/// one before, and none may pass the end of time.
const END_OF_TIME: Timestamp = Timestamp(Timestamp::MAX.0 - 1_000_000);

impl Work {
    /// Decides one command, and applies what it decided.
    pub(super) fn decide(&mut self, command: Command) -> Result<Decided, Gone> {
        let at = self.fire_timers()?;
        let decided = match self.judge(at, &command) {
            Some(decided) => decided,
            None => Decided::Accepted(self.accept(at, command)?),
        };
        self.count(&decided);
        Ok(decided)
    }

    fn count(&self, decided: &Decided) {
        let commands = &self.writer.shared.meters.commands;
        let counter = match decided {
            Decided::Accepted(_) => &commands.accepted,
            Decided::WouldAccept(_) => &commands.rehearsed,
            Decided::Unchanged => &commands.unchanged,
            Decided::Replayed(_) => &commands.replayed,
            Decided::KeyReused => &commands.key_reused,
            Decided::Rejected(_) => &commands.rejected,
            Decided::Failed => &commands.failed,
        };
        counter.add_alone(1);
    }

    /// Says what would become of a command as things are now, and changes nothing. Timers that are
    /// due fire all the same: they would before any command.
    pub(super) fn rehearse(&mut self, command: &Command) -> Result<Decided, Gone> {
        let at = self.fire_timers()?;
        if let Some(decided) = self.judge(at, command) {
            self.count(&decided);
            return Ok(decided);
        }
        let (mut sequence, mut recorded_at) = (self.writer.state.last(), at);
        let recorded = self.decided.drain(..).map(|event| {
            sequence = sequence.next();
            let envelope = Envelope {
                sequence,
                recorded_at,
                occurred_at: command.occurred_at,
                actor: command.actor,
                key: None,
                trace: command.trace,
                note: command.note.clone(),
            };
            recorded_at = Timestamp(recorded_at.0.saturating_add(1));
            Recorded { envelope, event }
        });
        let decided = Decided::WouldAccept(recorded.collect());
        self.count(&decided);
        Ok(decided)
    }

    /// What the command comes to, if it is not accepted; else its events are in `decided`.
    fn judge(&mut self, at: Timestamp, command: &Command) -> Option<Decided> {
        let state = &self.writer.state;
        if let Some(key) = command.key
            && let Some(used) = state.key(key.hash)
        {
            let same = used.fingerprint == key.fingerprint;
            let replayed = Decided::Replayed(Sequence(used.sequence));
            return Some(if same { replayed } else { Decided::KeyReused });
        }
        if at >= END_OF_TIME {
            // The end of time: nothing can be recorded any more, and reads go on.
            let (limit, maximum) = ("network_time", Timestamp::MAX.0.unsigned_abs());
            return Some(Decided::Rejected(Rejection::LimitReached { limit, maximum }));
        }
        let events = &mut self.decided;
        events.clear();
        // `decide` only reads: a panic in it is a bug, but leaves the state as it was.
        let decided = catch_unwind(AssertUnwindSafe(|| ledger::decide(state, at, command, events)));
        match decided {
            Err(_) => {
                tracing::error!(action = ?command.action, "deciding a command panicked");
                Some(Decided::Failed)
            }
            Ok(Err(rejection)) => Some(Decided::Rejected(rejection)),
            Ok(Ok(())) if self.decided.is_empty() => Some(Decided::Unchanged),
            Ok(Ok(())) => None,
        }
    }

    /// Records the events that were decided.
    fn accept(&mut self, at: Timestamp, command: Command) -> Result<Range<usize>, Gone> {
        let Command {
            actor,
            occurred_at,
            mut key,
            trace,
            mut note,
            action,
            past: _,
            api_key: _,
            granted: _,
        } = command;
        let mut followed = self.hold_in_bulk(&action);
        let (mut sequence, mut recorded_at) = (self.writer.state.last(), at);
        for event in self.decided.drain(..) {
            sequence = sequence.next();
            let envelope = Envelope {
                sequence,
                recorded_at,
                occurred_at,
                actor,
                key: key.take(),
                trace,
                note: note.take(),
            };
            if let Some(followed) = &mut followed {
                followed.record.apply(&envelope, &event);
                followed.as_of = sequence;
            }
            recorded_at = Timestamp(recorded_at.0.saturating_add(1));
            let recorded = Recorded { envelope, event };
            let bytes_bound = encoded_len_bound(&recorded);
            self.accepted.push((recorded, bytes_bound));
        }
        // A command's events are never parted: all of them are in one batch.
        self.make_room(self.accepted.iter().map(|(_, bytes_bound)| bytes_bound).sum())?;
        let start = self.building.event_count();
        for (recorded, bytes_bound) in self.accepted.drain(..) {
            record(&mut self.writer, &mut self.building, recorded, bytes_bound);
        }
        let ended = followed.filter(|trade| trade.record.status != TradeStatus::Pending);
        if let (Some(many), Some(ended)) = (&mut self.many, ended) {
            many.end(ended);
        }
        Ok(start..self.building.event_count())
    }

    /// The open hold that a command of a bulk request follows: should it end with it, the ledger
    /// forgets it, and later commands of the same request were made when it was still open.
    fn hold_in_bulk(&self, action: &Action) -> Option<PastTrade> {
        let trade = action.earlier_trade().filter(|_| self.many.is_some())?;
        let state = &self.writer.state;
        Some(PastTrade { record: state.hold(trade)?.clone(), as_of: state.last() })
    }

    /// Fires the timers that are due, each as an event, in the order of their deadlines. Returns the
    /// time at which none is due any more: whatever is decided next, is decided at that time.
    pub(super) fn fire_timers(&mut self) -> Result<Timestamp, Gone> {
        loop {
            let at = self.next_time();
            let due = ledger::due(&self.writer.state, at).filter(|_| at < Timestamp::MAX);
            let Some((deadline, event)) = due else { return Ok(at) };
            let envelope = Envelope {
                sequence: self.writer.state.last().next(),
                recorded_at: at,
                occurred_at: Some(deadline),
                actor: PrincipalId::NETWORK,
                key: None,
                trace: None,
                note: None,
            };
            let recorded = Recorded { envelope, event };
            let bytes_bound = encoded_len_bound(&recorded);
            self.make_room(bytes_bound)?;
            record(&mut self.writer, &mut self.building, recorded, bytes_bound);
        }
    }

    /// Network time, but later than anything recorded.
    fn next_time(&self) -> Timestamp {
        let after_last = Timestamp(self.writer.state.recorded_at().0.saturating_add(1));
        self.writer.shared.now().max(after_last)
    }
}

/// Makes an event so: in the state now, in the journal with its batch.
fn record(writer: &mut Writer, building: &mut Building, recorded: Recorded, bytes_bound: usize) {
    ledger::apply(&mut writer.state, &recorded);
    writer.shared.record(recorded.envelope.recorded_at);
    building.push(recorded, bytes_bound);
}
