//! Trades of any age and status.

use std::collections::BTreeMap;

use domain::{ReadError, Recorded, Scope, Sequence, TradeRecord, TradeStatus, TransactionId};

use super::key::{Begins, Family, Key};
use super::search::{Clause, Search, StatusClause};
use super::status::Statuses;
use super::{EXAMINED_MAX, History, HistoryError, Part};
use crate::ended::Followed;
use crate::trade_queries::TradeView;
use crate::{Page, TradeFilter};

/// Later events of trades that one page reads: some twenty milliseconds. A page looks at one trade
/// at least, whatever its number of events.
const FOLLOWED_READ_MAX: usize = 2_048;
/// Where the trades of a page lie farther apart than this, each is looked up by itself, and
/// not all that lies between.
const GAP_USUAL: u64 = 4;

/// How far a trade of a page has come.
enum Progress {
    /// No later event.
    Begun,
    /// Pending, after some events.
    Pending(Box<TradeRecord>),
    /// Ended, or moved back.
    Followed(Followed),
}

/// What the index is asked for.
fn search(filter: &TradeFilter, scope: Scope<'_>) -> Search {
    let begun = [Begins::DirectTrade, Begins::Hold].map(Key::begins);
    let mut search = Search { all: vec![Clause::any(begun)], ..Search::default() };
    (search.from, search.to) = (filter.from, filter.to);
    if let Some(station) = filter.station {
        search.with(Key::new(Family::Station, u64::from(station.0)));
    }
    if let Some(commodity) = filter.commodity {
        search.with(Key::new(Family::Commodity, u64::from(commodity.0)));
    }
    if let Some(trader) = filter.trader {
        search.with(Key::new(Family::Trader, u64::from(trader.0)));
        search.none.push(Key::new(Family::ChargedOnly, u64::from(trader.0)));
    }
    if let Some(reference) = &filter.reference {
        search.with(Key::reference(reference));
    }
    if let Scope::Accounts(accounts) = scope {
        let keys = accounts.iter().map(|account| Key::new(Family::Trader, u64::from(account.0)));
        search.all.push(Clause::any(keys));
    }
    search.status = filter.status.map(|status| StatusClause {
        wanted: Statuses::of_trades(status),
        or_never: (status == TradeStatus::Settled).then_some(Key::begins(Begins::DirectTrade)),
    });
    search
}

impl History {
    /// Trades of any age. A page that looked at very many in vain may be short, or empty, with more
    /// to come.
    pub fn find_trades(
        &self,
        filter: &TradeFilter,
        part: Part,
        scope: Scope<'_>,
    ) -> Result<Page<TradeView>, HistoryError> {
        if filter.status == Some(TradeStatus::Pending) {
            return Ok(self.0.views.find_pending(filter, part, scope)?);
        }
        let (mut finder, as_of) = self.begin(search(filter, scope), part)?;
        let store = &self.0.index.store;
        let (mut items, mut last) = (Vec::new(), None);
        let (mut examined, mut reads) = (0, 0);
        let limit = part.limit.max(1);
        'page: while items.len() < limit && examined < EXAMINED_MAX.max(limit) {
            let found = finder.take(limit - items.len(), store)?;
            if found.is_empty() {
                break;
            }
            examined += found.len();
            let mut events = self.events(&found)?;
            events.retain(|recorded| filter.admits(recorded, scope));
            let mut progress = self.progress_of(&events)?;
            let mut lasts = self.last_events(filter, &progress)?;
            for recorded in events {
                let at = recorded.envelope.sequence;
                let progress = progress.remove(&at.0).unwrap_or(Progress::Begun);
                let progress = (progress, lasts.remove(&at.0));
                items.extend(self.viewed(filter, recorded, progress, &mut reads)?);
                if reads >= FOLLOWED_READ_MAX {
                    last = Some(at);
                    if found.last() != last.as_ref() {
                        return Ok(Page { items, next: last, as_of });
                    }
                    break 'page;
                }
            }
            last = found.last().copied();
        }
        let next = if finder.peek(store)?.is_some() { last } else { None };
        Ok(Page { items, next, as_of })
    }

    /// How far those of these trades have come that something followed.
    fn progress_of(&self, begun: &[Recorded]) -> Result<BTreeMap<u64, Progress>, ReadError> {
        let mut progress = BTreeMap::new();
        let ids = || begun.iter().map(|recorded| recorded.envelope.sequence);
        let (Some(first), Some(end)) = (ids().min(), ids().max().map(Sequence::next)) else {
            return Ok(progress);
        };
        let ended = &self.0.views.0.ended;
        let state = self.0.views.read();
        for id in ids() {
            if let Some(hold) = state.holds.get(TransactionId(id)) {
                progress.insert(id.0, Progress::Pending(Box::new(hold.clone())));
            }
        }
        let waiting = ended.waiting_trades(first.0, end.0);
        drop(state);
        // After what waits: whatever leaves the one has come to the other. A reversal comes after the
        // end of the hold in both, and what waits is newer than what is written.
        let written = if end.0 - first.0 <= GAP_USUAL * begun.len() as u64 {
            ended.stored_trades(first.0, end.0)?
        } else {
            let ids: Vec<TransactionId> = ids().map(TransactionId).collect();
            ended.stored_trades_of(&ids)?
        };
        for followed in written.into_iter().chain(waiting) {
            let id = followed.trade.0.0;
            let is_newer = match progress.get(&id) {
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

    /// The last events of those trades that were followed and whose status passes, by trade.
    fn last_events(
        &self,
        filter: &TradeFilter,
        progress: &BTreeMap<u64, Progress>,
    ) -> Result<BTreeMap<u64, Recorded>, ReadError> {
        let followed = progress.iter().filter_map(|(id, progress)| match progress {
            Progress::Followed(one) if filter.status.is_none_or(|only| only == one.status) => {
                Some((*id, one.last))
            }
            _ => None,
        });
        let (ids, lasts): (Vec<u64>, Vec<Sequence>) = followed.unzip();
        Ok(ids.into_iter().zip(self.events(&lasts)?).collect())
    }

    /// The trade, by how far it has come and its last event, if its status passes; counts its later
    /// events.
    fn viewed(
        &self,
        filter: &TradeFilter,
        origin: Recorded,
        (progress, last): (Progress, Option<Recorded>),
        reads: &mut usize,
    ) -> Result<Option<TradeView>, ReadError> {
        let wanted = |status| filter.status.is_none_or(|only| only == status);
        match progress {
            Progress::Begun => Ok(TradeView::begun(origin).filter(|it| wanted(it.record.status))),
            Progress::Pending(record) => {
                Ok(wanted(record.status).then_some(TradeView { record: *record, origin }))
            }
            Progress::Followed(_) => {
                let Some(last) = last else { return Ok(None) };
                let trade = self.0.views.walked(last, Some(origin))?;
                *reads += trade.record.event_count as usize - 1;
                Ok(Some(trade))
            }
        }
    }
}
