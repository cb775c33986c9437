//! Trades: nothing is kept of them, for their identifiers are their places in the journal.

use domain::{
    CommodityId, Event, ReadError, Recorded, Scope, Sequence, StationId, Text, Timestamp,
    TradeSettled, TraderId, TransactionId,
};

use crate::{Page, Views};

/// Events that one page looks at, found or not: some ten milliseconds of reading. Until there is an
/// index of the past, a rare trade takes several pages to find.
const EVENTS_EXAMINED_MAX: u64 = 20_000;
/// Events read at once: a page that fills early has not read much more than it needs.
const CHUNK_EVENTS: u64 = 1_000;

/// Where a trade is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TradeStatus {
    /// Goods and credits have changed owner.
    Settled,
}

/// Which trades; each field that is given narrows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TradeFilter {
    /// At this station.
    pub station: Option<StationId>,
    /// Of this commodity, among others.
    pub commodity: Option<CommodityId>,
    /// Bought or sold by this trader.
    pub trader: Option<TraderId>,
    /// Of this status.
    pub status: Option<TradeStatus>,
    /// With this reference of the client's.
    pub reference: Option<Text>,
    /// That happened at this time or after.
    pub from: Option<Timestamp>,
    /// That happened before this time.
    pub to: Option<Timestamp>,
}

impl TradeFilter {
    fn admits(&self, recorded: &Recorded) -> bool {
        let Event::TradeSettled(trade) = &recorded.event else {
            return false;
        };
        let TradeSettled { station, buyer, seller, lines, .. } = trade;
        let at = recorded.envelope.occurred_at();
        let note = recorded.envelope.note.as_ref();
        let reference = note.and_then(|note| note.reference.as_ref());
        self.station.is_none_or(|only| only == *station)
            && self.trader.is_none_or(|only| only == *buyer || only == *seller)
            && self.commodity.is_none_or(|only| lines.iter().any(|line| line.commodity == only))
            && self.status.is_none_or(|only| only == TradeStatus::Settled)
            && self.from.is_none_or(|from| at >= from)
            && self.to.is_none_or(|to| at < to)
            && (self.reference.is_none() || self.reference.as_ref() == reference)
    }
}

impl Views {
    /// A trade, of any age. Reads the journal.
    pub fn trade(&self, id: TransactionId, scope: Scope) -> Result<Option<Recorded>, ReadError> {
        let Scope::Network = scope;
        let found = self.event(id.0)?;
        Ok(found.filter(|recorded| matches!(recorded.event, Event::TradeSettled(_))))
    }

    /// Trades before `before`, newest first, at most `limit`. Reads the journal backwards: a page
    /// looks at a bounded number of events and says where the next one begins.
    pub fn find_trades(
        &self,
        filter: &TradeFilter,
        before: Option<Sequence>,
        limit: usize,
        scope: Scope,
    ) -> Result<Page<Recorded>, ReadError> {
        let Scope::Network = scope;
        let as_of = self.read().as_of();
        let head = as_of.sequence.next();
        let mut before = before.map_or(head, |before| before.min(head));
        let floor = before.0.saturating_sub(EVENTS_EXAMINED_MAX).max(1);
        let mut items = Vec::new();
        while before.0 > floor && items.len() < limit.max(1) {
            let first = before.0.saturating_sub(CHUNK_EVENTS).max(floor);
            for recorded in self.range(Sequence(first), before)?.into_iter().rev() {
                before = recorded.envelope.sequence;
                if filter.admits(&recorded) {
                    items.push(recorded);
                    if items.len() >= limit.max(1) {
                        break;
                    }
                }
            }
        }
        Ok(Page { items, next: (before.0 > 1).then_some(before), as_of })
    }

    /// Events behind `after`, oldest first, at most `limit`, up to what the state has seen.
    pub fn events(
        &self,
        after: Sequence,
        limit: usize,
        scope: Scope,
    ) -> Result<Vec<Recorded>, ReadError> {
        let Scope::Network = scope;
        let shown = self.read().last_shown().0.saturating_sub(after.0);
        let limit = usize::try_from(shown).unwrap_or(usize::MAX).min(limit);
        if limit == 0 {
            return Ok(Vec::new());
        }
        self.0.events.read_after(after, limit)
    }

    /// One event, if the state has seen it.
    pub(crate) fn event(&self, sequence: Sequence) -> Result<Option<Recorded>, ReadError> {
        if sequence == Sequence::ZERO || sequence > self.read().last_shown() {
            return Ok(None);
        }
        self.0.events.event(sequence)
    }

    /// The events from `first` to before `end`, which are there.
    fn range(&self, first: Sequence, end: Sequence) -> Result<Vec<Recorded>, ReadError> {
        let after = Sequence(first.0.saturating_sub(1));
        let wanted = usize::try_from(end.0.saturating_sub(first.0)).unwrap_or(usize::MAX);
        let found = self.0.events.read_after(after, wanted)?;
        if found.len() < wanted {
            return Err(ReadError {
                after,
                reason: format!("{} of {wanted} events are there", found.len()),
            });
        }
        Ok(found)
    }
}
