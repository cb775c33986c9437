//! Goods that pending holds promise, by who promises them: what waits for a shipment or a stock.
//!
//! A proposal that the seller has yet to accept promises none of them, and none either when a part of
//! it is settled: whoever proposes must not tell in the seller's alerts what is at risk.

use std::collections::BTreeSet;

use domain::{CommodityId, Event, Sequence, Side, StationId, TradeRecord, TraderId, TransactionId};

use crate::holds::Holds;

/// Station, commodity, seller, hold.
type Place = (u32, u32, u32, u64);

/// What all pending holds promise.
#[derive(Debug, Default)]
pub(crate) struct Promises(BTreeSet<Place>);

impl Promises {
    pub(crate) fn of_holds<'a>(holds: impl Iterator<Item = &'a TradeRecord>) -> Self {
        let promising = holds.filter(|hold| is_promised(hold.unreserved));
        let places = promising.flat_map(|hold| {
            let left = hold.lines.iter().filter(|line| !line.left().is_zero());
            left.map(|line| place(hold, line.commodity))
        });
        Self(places.collect())
    }

    /// Holds of this seller's goods, oldest first.
    pub(crate) fn of(
        &self,
        station: StationId,
        commodity: CommodityId,
        seller: TraderId,
    ) -> impl Iterator<Item = TransactionId> {
        let (first, second, third) = (station.0, commodity.0, seller.0);
        let range = (first, second, third, 0)..=(first, second, third, u64::MAX);
        self.0.range(range).map(|(.., hold)| TransactionId(Sequence(*hold)))
    }

    /// Follows the holds by one event, which they have not followed yet; any other changes nothing.
    #[inline]
    pub(crate) fn fold(&mut self, at: Sequence, event: &Event, holds: &Holds) {
        let ended = match event {
            Event::TradeHeld(held) => {
                if !is_promised(held.unreserved) {
                    return;
                }
                let (station, seller) = (held.station.0, held.seller.0);
                let lines = held.lines.iter();
                self.0.extend(lines.map(|line| (station, line.commodity.0, seller, at.0)));
                return;
            }
            Event::HoldSettled(settled) if settled.rest.is_none() => {
                let Some(hold) = promised(holds, settled.trade) else { return };
                for part in &settled.lines {
                    let line = hold.lines.iter().find(|line| line.commodity == part.commodity);
                    if line.is_some_and(|line| line.left() <= part.quantity) {
                        self.0.remove(&place(hold, part.commodity));
                    }
                }
                return;
            }
            Event::HoldSettled(settled) => settled.trade,
            Event::TradeVoided(released) | Event::TradeExpired(released) => released.trade,
            _ => return,
        };
        let Some(hold) = promised(holds, ended) else { return };
        for line in &hold.lines {
            self.0.remove(&place(hold, line.commodity));
        }
    }
}

/// Whether the seller has reserved the goods.
fn is_promised(unreserved: Option<Side>) -> bool {
    unreserved != Some(Side::Sell)
}

fn promised(holds: &Holds, hold: TransactionId) -> Option<&TradeRecord> {
    holds.get(hold).filter(|hold| is_promised(hold.unreserved))
}

fn place(hold: &TradeRecord, commodity: CommodityId) -> Place {
    (hold.station.0, commodity.0, hold.seller.0, hold.id.0.0)
}
