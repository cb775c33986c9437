//! One trade of any age: pending, or read back from the journal.

use domain::{Event, PastTrade, ReadError, Recorded, Scope, Sequence, TradeRecord, TransactionId};

use crate::Views;
use crate::ended::Followed;
use crate::trades::seen;

/// A trade and the event that began it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TradeView {
    /// As its last event left it.
    pub record: TradeRecord,
    /// The event that began it.
    pub origin: Recorded,
}

impl TradeView {
    /// The trade that an event begins, if it begins one.
    pub(crate) fn begun(origin: Recorded) -> Option<Self> {
        let record = TradeRecord::begun(&origin.envelope, &origin.event)?;
        Some(Self { record, origin })
    }
}

impl Views {
    /// A trade of any age; `None` if there is none or it may not be seen. Reads the journal.
    pub fn trade(
        &self,
        id: TransactionId,
        scope: Scope<'_>,
    ) -> Result<Option<TradeView>, ReadError> {
        let state = self.read();
        let pending = state.holds.get(id).cloned();
        let waiting = self.0.ended.waiting_trade(id);
        drop(state);
        let Some(origin) = self.event(id.0)? else {
            return Ok(None);
        };
        let Some(begun) = TradeView::begun(origin) else {
            return Ok(None);
        };
        if !seen(&begun.record, scope) {
            return Ok(None);
        }
        if let Some(record) = pending {
            return Ok(Some(TradeView { record, ..begun }));
        }
        match self.last_of(id, waiting)? {
            Some(last) => self.trade_of(last).map(Some),
            None => Ok(Some(begun)),
        }
    }

    /// The trade that this event is of, as it was after it. `None` if it is of none, or of one that
    /// may not be seen. Reads the journal.
    pub fn trade_at(
        &self,
        last: Sequence,
        scope: Scope<'_>,
    ) -> Result<Option<TradeView>, ReadError> {
        match self.event(last)? {
            Some(recorded) if trade_of(&recorded).is_some() => {
                let trade = self.walked(recorded, None)?;
                Ok(Some(trade).filter(|trade| seen(&trade.record, scope)))
            }
            _ => Ok(None),
        }
    }

    /// A trade for the rules: pending or not, with everything up to a sequence in it. Of one that is
    /// pending it reads no journal.
    pub fn past_trade(&self, id: TransactionId) -> Result<Option<PastTrade>, ReadError> {
        let state = self.read();
        let as_of = state.as_of().sequence;
        let pending = state.holds.get(id).cloned();
        let waiting = self.0.ended.waiting_trade(id);
        drop(state);
        if let Some(record) = pending {
            return Ok(Some(PastTrade { record, as_of }));
        }
        let trade = match self.last_of(id, waiting)? {
            Some(last) => Some(self.trade_of(last)?),
            None => self.event(id.0)?.and_then(TradeView::begun),
        };
        Ok(trade.map(|trade| PastTrade { record: trade.record, as_of }))
    }

    /// The last event of a trade that is not pending, if something followed its first: what waits was
    /// looked at before what is written, for it goes from the one to the other.
    fn last_of(
        &self,
        id: TransactionId,
        waiting: [Option<Followed>; 2],
    ) -> Result<Option<Sequence>, ReadError> {
        let [reversal, end] = waiting;
        if let Some(reversal) = reversal {
            return Ok(Some(reversal.last));
        }
        let [reversal, written_end] = self.0.ended.stored_trade(id)?;
        Ok(reversal.or(end).or(written_end).map(|followed| followed.last))
    }

    /// The trade whose later event is at this place.
    pub(crate) fn trade_of(&self, last: Sequence) -> Result<TradeView, ReadError> {
        let recorded = self.0.events.event(last)?.ok_or_else(|| gone(last))?;
        self.walked(recorded, None)
    }

    /// Walks back from an event of a trade to its first, which need not be read if it is given, and
    /// folds forward.
    pub(crate) fn walked(
        &self,
        last: Recorded,
        mut first: Option<Recorded>,
    ) -> Result<TradeView, ReadError> {
        let mut later = vec![last];
        let origin = loop {
            let Some((event, previous)) = later.last().zip(later.last().and_then(previous_of))
            else {
                break later.pop();
            };
            let at = event.envelope.sequence;
            if previous >= at {
                return Err(broken(at, "it names a later event as the one before"));
            }
            let earlier = match first.take_if(|first| first.envelope.sequence == previous) {
                Some(first) => Some(first),
                None => self.0.events.event(previous)?,
            };
            let earlier = earlier.ok_or_else(|| broken(at, "the event before is not there"))?;
            if trade_of(&earlier) != trade_of(event) {
                return Err(broken(at, "the event before is of another trade"));
            }
            later.push(earlier);
        };
        let mut trade = origin
            .and_then(TradeView::begun)
            .ok_or_else(|| broken(Sequence::ZERO, "a trade begins with another event"))?;
        for recorded in later.iter().rev() {
            trade.record.apply(&recorded.envelope, &recorded.event);
        }
        Ok(trade)
    }
}

/// The trade that an event is of.
fn trade_of(recorded: &Recorded) -> Option<TransactionId> {
    match &recorded.event {
        Event::TradeSettled(_) | Event::TradeHeld(_) => {
            Some(TransactionId(recorded.envelope.sequence))
        }
        Event::HoldSettled(settled) => Some(settled.trade),
        Event::TradeVoided(released) | Event::TradeExpired(released) => Some(released.trade),
        Event::TradeReversed(reversed) => Some(reversed.trade),
        _ => None,
    }
}

/// The event of the same trade before this one; `None` of the first.
fn previous_of(recorded: &Recorded) -> Option<Sequence> {
    match &recorded.event {
        Event::HoldSettled(settled) => Some(settled.previous),
        Event::TradeVoided(released) | Event::TradeExpired(released) => Some(released.previous),
        Event::TradeReversed(reversed) => Some(reversed.previous),
        _ => None,
    }
}

/// An event of a trade that the journal should have.
pub(crate) fn gone(at: Sequence) -> ReadError {
    broken(at, "an event of a trade is not there")
}

fn broken(at: Sequence, reason: &str) -> ReadError {
    ReadError { after: Sequence(at.0.saturating_sub(1)), reason: reason.to_owned() }
}
