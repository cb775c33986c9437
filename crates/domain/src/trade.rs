//! The words of a trade's life, and a trade as its events make it.

use crate::{
    CommodityId, Credits, Envelope, Event, GoodsLine, OfferId, Quantity, Sequence, StationId, Text,
    Timestamp, TraderId, TransactionId,
};

/// One of the two sides of a trade or an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Gives goods for credits.
    Sell,
    /// Gives credits for goods.
    Buy,
}

impl Side {
    /// The one across the table.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Sell => Self::Buy,
            Self::Buy => Self::Sell,
        }
    }
}

/// Where a trade is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TradeStatus {
    /// Held: goods and credits are reserved, or a side has yet to accept.
    Pending,
    /// Goods and credits have changed owner.
    Settled,
    /// The hold was called off; what was left of it is released.
    Voided,
    /// The hold's deadline passed; what was left of it is released.
    Expired,
    /// What was settled has been moved back.
    Reversed,
}

/// What a charge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChargeKind {
    /// Owed to whoever governs the place.
    Tax,
    /// For the use of a dock.
    Docking,
    /// For carrying.
    Freight,
    /// For cover against loss.
    Insurance,
    /// Anything else.
    Other,
}

/// Credits paid beside the price of a trade, or for a shipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Charge {
    /// Who pays.
    pub payer: TraderId,
    /// Who is paid; not the payer.
    pub to: TraderId,
    /// How many credits, at least 1.
    pub amount: Credits,
    /// What for.
    pub kind: ChargeKind,
}

/// A line of a trade that took an open offer: what it moves was reserved by the offer already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OfferTaken {
    /// Which line of the trade, from 0.
    pub line: u32,
    /// Which offer.
    pub offer: OfferId,
    /// The side of the offer: a sell offer had reserved goods, a buy offer had held credits.
    pub side: Side,
    /// The event of this offer before this one.
    pub previous: Sequence,
}

/// What only some trades have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TradeTerms {
    /// The offers that were taken, in the order of the lines.
    pub offers: Box<[OfferTaken]>,
    /// What is paid beside the price.
    pub charges: Box<[Charge]>,
}

/// One line of a trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TradeLine {
    /// What.
    pub commodity: CommodityId,
    /// How much, at least 1.
    pub quantity: Quantity,
    /// Credits a unit.
    pub unit_price: Credits,
}

impl TradeLine {
    /// Quantity times unit price; the ledger has checked that it is in range.
    pub fn total(&self) -> Credits {
        self.unit_price.times(self.quantity).unwrap_or(Credits::MAX)
    }
}

/// Goods and credits changed owner at a station, at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TradeSettled {
    /// Where the goods were and are.
    pub station: StationId,
    /// Who paid.
    pub buyer: TraderId,
    /// Who gave.
    pub seller: TraderId,
    /// What, a commodity once each.
    pub lines: Box<[TradeLine]>,
    /// Credits paid: the sum over the lines of quantity times unit price. Charges are not in it.
    pub total: Credits,
    /// Offers taken and charges paid, if there were any.
    pub terms: Option<Box<TradeTerms>>,
}

/// Goods and credits were reserved for a trade; its identifier is this event's sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TradeHeld {
    /// Where the goods are and stay.
    pub station: StationId,
    /// Who will pay.
    pub buyer: TraderId,
    /// Who will give.
    pub seller: TraderId,
    /// What, a commodity once each.
    pub lines: Box<[TradeLine]>,
    /// The sum over the lines of quantity times unit price. Charges are not in it.
    pub total: Credits,
    /// Offers taken and charges held, if there are any.
    pub terms: Option<Box<TradeTerms>>,
    /// When what is left is released by itself.
    pub expires_at: Timestamp,
    /// The side whose own key made the hold; `None` where an operator named both sides.
    pub proposed_by: Option<Side>,
    /// The side that has reserved nothing, because it has yet to accept.
    pub unreserved: Option<Side>,
}

/// What was still reserved for a hold when it ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HoldRest {
    /// The seller's goods.
    pub goods: Box<[GoodsLine]>,
    /// The buyer's credits, charges not included.
    pub credits: Credits,
    /// Each held by its payer.
    pub charges: Box<[Charge]>,
}

/// Part of a hold, or all of it, was settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldSettled {
    /// Which trade.
    pub trade: TransactionId,
    /// The event of this trade before this one.
    pub previous: Sequence,
    /// Where the goods were and are.
    pub station: StationId,
    /// Who paid.
    pub buyer: TraderId,
    /// Who gave.
    pub seller: TraderId,
    /// The side that had reserved nothing and accepts with this.
    pub unreserved: Option<Side>,
    /// What changed owner now, a commodity once each.
    pub lines: Box<[TradeLine]>,
    /// Credits paid for it now.
    pub total: Credits,
    /// If this ends the hold: goods and credits that are released, and charges that are paid.
    pub rest: Option<HoldRest>,
}

/// A hold was called off or ran out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldReleased {
    /// Which trade.
    pub trade: TransactionId,
    /// The event of this trade before this one.
    pub previous: Sequence,
    /// Where the goods are.
    pub station: StationId,
    /// Who would have paid.
    pub buyer: TraderId,
    /// Who would have given.
    pub seller: TraderId,
    /// What is released, the charges included.
    pub rest: HoldRest,
    /// Why, in words.
    pub reason: Option<Text>,
}

/// What a trade had moved was moved back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TradeReversed {
    /// Which trade.
    pub trade: TransactionId,
    /// The event of this trade before this one.
    pub previous: Sequence,
    /// Where the goods are.
    pub station: StationId,
    /// Who had paid, and gives the goods back.
    pub buyer: TraderId,
    /// Who had given, and pays the credits back.
    pub seller: TraderId,
    /// What had been settled, a commodity once each.
    pub lines: Box<[TradeLine]>,
    /// Credits that had been paid for it.
    pub total: Credits,
    /// Charges that had been paid: each goes back from `to` to `payer`.
    pub charges: Box<[Charge]>,
    /// Why, in words.
    pub reason: Text,
}

/// A trade after its last event: one fold for the ledger that decides and the views that show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TradeRecord {
    /// Which one.
    pub id: TransactionId,
    /// Where.
    pub station: StationId,
    /// Who pays.
    pub buyer: TraderId,
    /// Who gives.
    pub seller: TraderId,
    /// Where it is in its life.
    pub status: TradeStatus,
    /// What, a commodity once each.
    pub lines: Box<[TradeRecordLine]>,
    /// What was agreed: the sum over the lines of quantity times unit price.
    pub total: Credits,
    /// Offers taken and charges agreed, if there are any.
    pub terms: Option<Box<TradeTerms>>,
    /// Whether the charges have been paid (and not been moved back).
    pub charges_paid: bool,
    /// The side whose own key made the hold, if one did.
    pub proposed_by: Option<Side>,
    /// The side that has yet to accept, if one has.
    pub unreserved: Option<Side>,
    /// The deadline of a hold.
    pub expires_at: Option<Timestamp>,
    /// When it was last settled, in whole or in part.
    pub settled_at: Option<Timestamp>,
    /// Why it was voided or reversed.
    pub reason: Option<Text>,
    /// Its last event.
    pub last: Sequence,
    /// How many events it has.
    pub event_count: u32,
}

/// A line of a trade and how much of it is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TradeRecordLine {
    /// What.
    pub commodity: CommodityId,
    /// How much was agreed.
    pub quantity: Quantity,
    /// Credits a unit.
    pub unit_price: Credits,
    /// How much has changed owner.
    pub settled: Quantity,
}

impl TradeRecordLine {
    /// What is agreed and not settled.
    pub fn left(&self) -> Quantity {
        self.quantity.checked_sub(self.settled).unwrap_or_default()
    }
}

impl TradeRecord {
    /// The trade that settles at once.
    pub fn settled(envelope: &Envelope, trade: &TradeSettled) -> Self {
        let line = |line: &TradeLine| TradeRecordLine {
            commodity: line.commodity,
            quantity: line.quantity,
            unit_price: line.unit_price,
            settled: line.quantity,
        };
        Self {
            id: TransactionId(envelope.sequence),
            station: trade.station,
            buyer: trade.buyer,
            seller: trade.seller,
            status: TradeStatus::Settled,
            lines: trade.lines.iter().map(line).collect(),
            total: trade.total,
            terms: trade.terms.clone(),
            charges_paid: true,
            proposed_by: None,
            unreserved: None,
            expires_at: None,
            settled_at: Some(envelope.recorded_at),
            reason: None,
            last: envelope.sequence,
            event_count: 1,
        }
    }

    /// The trade that a hold makes.
    pub fn held(envelope: &Envelope, held: &TradeHeld) -> Self {
        let line = |line: &TradeLine| TradeRecordLine {
            commodity: line.commodity,
            quantity: line.quantity,
            unit_price: line.unit_price,
            settled: Quantity::ZERO,
        };
        Self {
            id: TransactionId(envelope.sequence),
            station: held.station,
            buyer: held.buyer,
            seller: held.seller,
            status: TradeStatus::Pending,
            lines: held.lines.iter().map(line).collect(),
            total: held.total,
            terms: held.terms.clone(),
            charges_paid: false,
            proposed_by: held.proposed_by,
            unreserved: held.unreserved,
            expires_at: Some(held.expires_at),
            settled_at: None,
            reason: None,
            last: envelope.sequence,
            event_count: 1,
        }
    }

    /// The trade that an event begins, if it begins one.
    pub fn begun(envelope: &Envelope, event: &Event) -> Option<Self> {
        match event {
            Event::TradeSettled(trade) => Some(Self::settled(envelope, trade)),
            Event::TradeHeld(held) => Some(Self::held(envelope, held)),
            _ => None,
        }
    }

    /// Follows the trade by one of its later events; any other event changes nothing.
    pub fn apply(&mut self, envelope: &Envelope, event: &Event) {
        match event {
            Event::HoldSettled(settled) => {
                for part in &settled.lines {
                    let line = self.lines.iter_mut().find(|line| line.commodity == part.commodity);
                    let Some(line) = line else { continue };
                    // The ledger has checked that no more is settled than was agreed.
                    line.settled = line.settled.checked_add(part.quantity).unwrap_or(line.quantity);
                }
                self.settled_at = Some(envelope.recorded_at);
                if settled.rest.is_some() {
                    self.status = TradeStatus::Settled;
                    self.charges_paid = true;
                }
            }
            Event::TradeVoided(released) => {
                self.status = TradeStatus::Voided;
                self.reason.clone_from(&released.reason);
            }
            Event::TradeExpired(_) => self.status = TradeStatus::Expired,
            Event::TradeReversed(reversed) => {
                self.status = TradeStatus::Reversed;
                self.charges_paid = false;
                self.reason = Some(reversed.reason.clone());
            }
            _ => return,
        }
        self.last = envelope.sequence;
        self.event_count = self.event_count.saturating_add(1);
    }

    /// The charges that were agreed.
    pub fn charges(&self) -> &[Charge] {
        self.terms.as_ref().map_or(&[], |terms| &*terms.charges)
    }

    /// Whether any of it has changed owner.
    pub fn is_settled_in_part(&self) -> bool {
        self.lines.iter().any(|line| !line.settled.is_zero())
    }

    /// What is reserved for it while it is pending: only of the sides that have reserved.
    pub fn rest(&self) -> HoldRest {
        let goods =
            |line: &TradeRecordLine| GoodsLine { commodity: line.commodity, quantity: line.left() };
        let goods = self.lines.iter().map(goods).filter(|line| !line.quantity.is_zero());
        let credits = self.lines.iter().fold(Credits::ZERO, |sum, line| {
            let left = line.unit_price.times(line.left()).unwrap_or_default();
            sum.checked_add(left).unwrap_or(Credits::MAX)
        });
        HoldRest {
            goods: match self.unreserved {
                Some(Side::Sell) => Box::default(),
                Some(Side::Buy) | None => goods.collect(),
            },
            credits: if self.unreserved == Some(Side::Buy) { Credits::ZERO } else { credits },
            charges: self.charges().into(),
        }
    }
}

/// What the engine loads of a trade that is no longer held in memory, for rules that need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastTrade {
    /// The trade as it was at `as_of`.
    pub record: TradeRecord,
    /// Everything up to here is in it.
    pub as_of: Sequence,
}

#[cfg(test)]
mod tests;
