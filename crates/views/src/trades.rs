//! Finding trades: by what never changes of them, and by their status.

use std::collections::BTreeMap;

use domain::{
    CommodityId, Event, ReadError, Recorded, Scope, Sequence, StationId, Text, Timestamp,
    TradeLine, TradeRecord, TradeStatus, TradeTerms, TraderId, TransactionId,
};

use crate::ended::Followed;
use crate::trade_queries::TradeView;
use crate::{AsOf, Page, Views};

/// Events that one page looks at, found or not: some ten milliseconds of reading. Until there is an
/// index of the past, a rare trade takes several pages to find.
const EVENTS_EXAMINED_MAX: u64 = 20_000;
/// Events read at once: a page that fills early has not read much more than it needs.
const CHUNK_EVENTS: u64 = 1_000;
/// Later events of trades that one page reads: some ten milliseconds. A page looks at one trade at
/// least, whatever its number of events.
const FOLLOWED_READ_MAX: usize = 512;
/// Pending trades that one page looks at: less than a millisecond, and a read of the journal for
/// each that is found.
const PENDING_EXAMINED_MAX: usize = 4_096;

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

/// What never changes of a trade, as its first event says it.
struct Beginning<'a> {
    station: StationId,
    buyer: TraderId,
    seller: TraderId,
    lines: &'a [TradeLine],
    terms: Option<&'a TradeTerms>,
}

impl<'a> Beginning<'a> {
    fn of(event: &'a Event) -> Option<Self> {
        let (station, buyer, seller, lines, terms) = match event {
            Event::TradeSettled(made) => {
                (made.station, made.buyer, made.seller, &made.lines, &made.terms)
            }
            Event::TradeHeld(held) => {
                (held.station, held.buyer, held.seller, &held.lines, &held.terms)
            }
            _ => return None,
        };
        Some(Self { station, buyer, seller, lines, terms: terms.as_deref() })
    }
}

/// Whether a trade of these parties may be seen: whoever is part of it, or of a charge, sees it.
fn seen_by(
    buyer: TraderId,
    seller: TraderId,
    terms: Option<&TradeTerms>,
    scope: Scope<'_>,
) -> bool {
    let charges = terms.map_or(&[] as &[_], |terms| &terms.charges);
    scope.sees_any(&[buyer, seller])
        || charges.iter().any(|charge| scope.sees_any(&[charge.payer, charge.to]))
}

/// Whether a trade may be seen.
pub(crate) fn seen(trade: &TradeRecord, scope: Scope<'_>) -> bool {
    seen_by(trade.buyer, trade.seller, trade.terms.as_deref(), scope)
}

impl TradeFilter {
    /// Whether an event begins a trade that passes but for its status.
    fn admits(&self, recorded: &Recorded, scope: Scope<'_>) -> bool {
        let Some(trade) = Beginning::of(&recorded.event) else {
            return false;
        };
        let Beginning { station, buyer, seller, lines, terms } = trade;
        self.station.is_none_or(|only| only == station)
            && self.trader.is_none_or(|only| only == buyer || only == seller)
            && self.commodity.is_none_or(|only| lines.iter().any(|line| line.commodity == only))
            && seen_by(buyer, seller, terms, scope)
            && self.admits_envelope(recorded)
    }

    fn admits_envelope(&self, recorded: &Recorded) -> bool {
        let at = recorded.envelope.occurred_at();
        let note = recorded.envelope.note.as_ref();
        let reference = note.and_then(|note| note.reference.as_ref());
        self.from.is_none_or(|from| at >= from)
            && self.to.is_none_or(|to| at < to)
            && (self.reference.is_none() || self.reference.as_ref() == reference)
    }

    /// Whether a pending trade passes but for what its first event alone says.
    fn admits_pending(&self, trade: &TradeRecord, scope: Scope<'_>) -> bool {
        self.station.is_none_or(|only| only == trade.station)
            && self.trader.is_none_or(|only| only == trade.buyer || only == trade.seller)
            && self
                .commodity
                .is_none_or(|only| trade.lines.iter().any(|line| line.commodity == only))
            && seen(trade, scope)
    }
}

/// How far a trade of a page has come.
enum Progress {
    /// No later event.
    Begun,
    /// Pending, after some events.
    Pending(Box<TradeRecord>),
    /// Ended, or moved back.
    Followed(Followed),
}

impl Views {
    /// Trades before `before`, newest first, at most `limit`. Reads the journal backwards: a page
    /// looks at a bounded number of events and says where the next one begins.
    pub fn find_trades(
        &self,
        filter: &TradeFilter,
        before: Option<Sequence>,
        limit: usize,
        scope: Scope<'_>,
    ) -> Result<Page<TradeView>, ReadError> {
        if filter.status == Some(TradeStatus::Pending) {
            return self.find_pending(filter, before, limit, scope);
        }
        let as_of = self.read().as_of();
        let head = as_of.sequence.next();
        let mut before = before.map_or(head, |before| before.min(head));
        let floor = before.0.saturating_sub(EVENTS_EXAMINED_MAX).max(1);
        let (mut items, mut reads) = (Vec::new(), 0);
        let mut is_full = false;
        while before.0 > floor && !is_full {
            let first = before.0.saturating_sub(CHUNK_EVENTS).max(floor);
            let mut chunk = self.range(Sequence(first), before)?;
            chunk.retain(|recorded| filter.admits(recorded, scope));
            let mut progress = self.progress(&chunk, (first, before.0))?;
            before = Sequence(first);
            for recorded in chunk.into_iter().rev() {
                let at = recorded.envelope.sequence;
                let progress = progress.remove(&at.0).unwrap_or(Progress::Begun);
                let Some(trade) = self.viewed(filter, recorded, progress, &mut reads)? else {
                    continue;
                };
                items.push(trade);
                is_full = items.len() >= limit.max(1) || reads >= FOLLOWED_READ_MAX;
                if is_full {
                    before = at;
                    break;
                }
            }
        }
        Ok(Page { items, next: (before.0 > 1).then_some(before), as_of })
    }

    /// How far those of these trades have come that something followed.
    fn progress(
        &self,
        begun: &[Recorded],
        (first, end): (u64, u64),
    ) -> Result<BTreeMap<u64, Progress>, ReadError> {
        let mut progress = BTreeMap::new();
        if begun.is_empty() {
            return Ok(progress);
        }
        let state = self.read();
        let ids = begun.iter().map(|recorded| recorded.envelope.sequence);
        for id in ids {
            if let Some(hold) = state.holds.get(TransactionId(id)) {
                progress.insert(id.0, Progress::Pending(Box::new(hold.clone())));
            }
        }
        let waiting = self.0.ended.waiting_trades(first, end);
        drop(state);
        // After what waits: whatever leaves the one has come to the other. A reversal comes after the
        // end of the hold in both, and what waits is newer than what is written.
        let written = self.0.ended.stored_trades(first, end)?;
        for followed in written.into_iter().chain(waiting) {
            let id = followed.trade.0.0;
            let known = progress.get(&id);
            let is_newer = match known {
                Some(Progress::Pending(_)) => false,
                Some(Progress::Followed(known)) => known.last < followed.last,
                Some(Progress::Begun) | None => true,
            };
            if is_newer {
                progress.insert(id, Progress::Followed(followed));
            }
        }
        Ok(progress)
    }

    /// The trade, if its status passes; counts the later events that it reads.
    fn viewed(
        &self,
        filter: &TradeFilter,
        origin: Recorded,
        progress: Progress,
        reads: &mut usize,
    ) -> Result<Option<TradeView>, ReadError> {
        let wanted = |status| filter.status.is_none_or(|only| only == status);
        match progress {
            Progress::Begun => Ok(TradeView::begun(origin).filter(|it| wanted(it.record.status))),
            Progress::Pending(record) => {
                Ok(wanted(record.status).then_some(TradeView { record: *record, origin }))
            }
            Progress::Followed(Followed { status, .. }) if !wanted(status) => Ok(None),
            Progress::Followed(Followed { last, .. }) => {
                let trade = self.trade_of(last)?;
                *reads += trade.record.event_count as usize - 1;
                Ok(Some(trade))
            }
        }
    }

    fn find_pending(
        &self,
        filter: &TradeFilter,
        before: Option<Sequence>,
        limit: usize,
        scope: Scope<'_>,
    ) -> Result<Page<TradeView>, ReadError> {
        let mut found = Vec::new();
        let before = before.unwrap_or(Sequence(u64::MAX));
        let state = self.read();
        let as_of: AsOf = state.as_of();
        let mut holds = state.holds.before(before.0);
        let (mut examined, mut next) = (0, None);
        while let Some(hold) = holds.next() {
            examined += 1;
            if filter.admits_pending(hold, scope) {
                found.push(hold.clone());
            }
            if found.len() >= limit.max(1) || examined >= PENDING_EXAMINED_MAX {
                next = holds.next().map(|_| hold.id.0);
                break;
            }
        }
        drop(holds);
        drop(state);
        let mut items = Vec::with_capacity(found.len());
        for record in found {
            let origin = self.0.events.event(record.id.0)?;
            let origin = origin.ok_or_else(|| crate::trade_queries::gone(record.id.0))?;
            if filter.admits_envelope(&origin) {
                items.push(TradeView { record, origin });
            }
        }
        Ok(Page { items, next, as_of })
    }

    /// Events behind `after`, oldest first, at most `limit`, up to what the state has seen. None for
    /// whoever may not see the whole network.
    pub fn events(
        &self,
        after: Sequence,
        limit: usize,
        scope: Scope<'_>,
    ) -> Result<Vec<Recorded>, ReadError> {
        let shown = self.read().last_shown().0.saturating_sub(after.0);
        let limit = usize::try_from(shown).unwrap_or(usize::MAX).min(limit);
        if limit == 0 || !scope.is_network() {
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
