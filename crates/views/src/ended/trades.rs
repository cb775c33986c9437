//! Trades that something followed: the same way from memory to the store as shipments.

use domain::{ReadError, Sequence, TradeStatus, TransactionId};

use super::EndedShipments;

/// What ended of a trade. The store keeps the two apart, so that it can forget the one and keep the
/// other; a hold is written before its reversal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TradeEnd {
    /// It was pending, and is not any more.
    Hold,
    /// What it had moved was moved back.
    Reversal,
}

/// A trade that is no longer as its first event made it, nor pending: its last event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Followed {
    pub(crate) end: TradeEnd,
    pub(crate) trade: TransactionId,
    pub(crate) last: Sequence,
    pub(crate) status: TradeStatus,
}

/// Trades looked up in one transaction: about a millisecond, in which nobody else looks one up.
const IDS_AT_ONCE: usize = 64;

/// What is known of one trade: its reversal, and its end as a hold.
pub(crate) type Ends = [Option<Followed>; 2];

/// By what ended and the trade's identifier.
pub(super) type Place = (TradeEnd, u64);

impl Followed {
    pub(super) fn place(&self) -> Place {
        (self.end, self.trade.0.0)
    }
}

impl EndedShipments {
    /// Takes what ended of trades in a batch, before what ended of shipments.
    pub(crate) fn add_trades(&self, followed: &[Followed]) {
        if followed.is_empty() {
            return;
        }
        let mut queue = self.shared.queue.lock();
        queue.trades.extend(followed.iter().map(|one| (one.place(), *one)));
        drop(queue);
        self.shared.work.notify_one();
    }

    /// What of a trade waits.
    pub(crate) fn waiting_trade(&self, id: TransactionId) -> Ends {
        let queue = self.shared.queue.lock();
        let find = |end| queue.trades.get(&(end, id.0.0)).copied();
        [find(TradeEnd::Reversal), find(TradeEnd::Hold)]
    }

    /// What of a trade is written.
    pub(crate) fn stored_trade(&self, id: TransactionId) -> Result<Ends, ReadError> {
        let find = |end| self.read(|store| store.trade(end, id));
        Ok([find(TradeEnd::Reversal)?.flatten(), find(TradeEnd::Hold)?.flatten()])
    }

    /// What of these trades is written.
    pub(crate) fn stored_trades_of(
        &self,
        ids: &[TransactionId],
    ) -> Result<Vec<Followed>, ReadError> {
        let mut found = Vec::new();
        for ids in ids.chunks(IDS_AT_ONCE) {
            found.extend(self.read(|store| store.trades_of(ids))?.unwrap_or_default());
        }
        Ok(found)
    }

    /// What waits of the trades from one identifier to before another.
    pub(crate) fn waiting_trades(&self, first: u64, end: u64) -> Vec<Followed> {
        let queue = self.shared.queue.lock();
        let of = |kind| queue.trades.range((kind, first)..(kind, end));
        let rows = of(TradeEnd::Hold).chain(of(TradeEnd::Reversal));
        rows.map(|(_, followed)| *followed).collect()
    }

    /// What is written of the trades from one identifier to before another.
    pub(crate) fn stored_trades(&self, first: u64, end: u64) -> Result<Vec<Followed>, ReadError> {
        self.read(|store| store.trades(first, end)).map(Option::unwrap_or_default)
    }
}
