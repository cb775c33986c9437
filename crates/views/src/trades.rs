//! Which trades: what a filter says of a trade's first event; and those that are pending.

use domain::{
    CommodityId, Event, ReadError, Recorded, Scope, Sequence, StationId, Text, Timestamp,
    TradeLine, TradeRecord, TradeStatus, TradeTerms, TraderId,
};

use crate::trade_queries::TradeView;
use crate::{AsOf, Page, Part, Views};

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
    pub(crate) fn admits(&self, recorded: &Recorded, scope: Scope<'_>) -> bool {
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

impl Views {
    /// Pending trades: those are all in memory.
    pub(crate) fn find_pending(
        &self,
        filter: &TradeFilter,
        part: Part,
        scope: Scope<'_>,
    ) -> Result<Page<TradeView>, ReadError> {
        let Part { limit, .. } = part;
        let mut found = Vec::new();
        let state = self.read();
        let as_of: AsOf = state.as_of();
        let mut holds = state.holds.part(part);
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
}
