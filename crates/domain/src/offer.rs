//! Offers: posted prices that reserve what they promise.

use crate::{
    CommodityId, Credits, Envelope, OfferId, Quantity, Sequence, Side, StationId, Timestamp,
    TraderId,
};

/// A price was posted; the offer's identifier is this event's sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferOpened {
    /// Where.
    pub station: StationId,
    /// Whose offer.
    pub trader: TraderId,
    /// To sell or to buy.
    pub side: Side,
    /// What.
    pub commodity: CommodityId,
    /// Credits a unit.
    pub unit_price: Credits,
    /// How much, at least 1: goods reserved by a sell offer, credits for them held by a buy offer.
    pub quantity: Quantity,
    /// When it ends by itself, if it does.
    pub expires_at: Option<Timestamp>,
    /// Offers of the same trader, side, commodity and station that this one takes the place of:
    /// released first.
    pub replaced: Box<[OfferRest]>,
}

/// What was left of an offer when it ended, and is released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OfferRest {
    /// Which one.
    pub offer: OfferId,
    /// The event of this offer before this one.
    pub previous: Sequence,
    /// Where.
    pub station: StationId,
    /// Whose offer.
    pub trader: TraderId,
    /// To sell or to buy.
    pub side: Side,
    /// What.
    pub commodity: CommodityId,
    /// Credits a unit.
    pub unit_price: Credits,
    /// How much was left.
    pub quantity: Quantity,
}

/// How an offer is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OfferStatus {
    /// May be taken.
    Open,
    /// All of it was taken.
    Filled,
    /// Called off, or replaced.
    Withdrawn,
    /// Past its time.
    Expired,
}

/// An open offer after its last event: one fold for the ledger that decides and the views that show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// Which one.
    pub id: OfferId,
    /// Where.
    pub station: StationId,
    /// Whose offer.
    pub trader: TraderId,
    /// To sell or to buy.
    pub side: Side,
    /// What.
    pub commodity: CommodityId,
    /// Credits a unit.
    pub unit_price: Credits,
    /// How much was posted.
    pub quantity: Quantity,
    /// How much may still be taken.
    pub remaining: Quantity,
    /// When it ends by itself, if it does.
    pub expires_at: Option<Timestamp>,
    /// When it was posted.
    pub opened_at: Timestamp,
    /// Its last event.
    pub last: Sequence,
}

impl Offer {
    /// The offer that a posting makes.
    pub fn opened(envelope: &Envelope, opened: &OfferOpened) -> Self {
        Self {
            id: OfferId(envelope.sequence),
            station: opened.station,
            trader: opened.trader,
            side: opened.side,
            commodity: opened.commodity,
            unit_price: opened.unit_price,
            quantity: opened.quantity,
            remaining: opened.quantity,
            expires_at: opened.expires_at,
            opened_at: envelope.recorded_at,
            last: envelope.sequence,
        }
    }

    /// Follows the offer by a trade that took so much of it.
    pub fn take(&mut self, envelope: &Envelope, quantity: Quantity) {
        // The ledger has checked that no more is taken than there is.
        self.remaining = self.remaining.checked_sub(quantity).unwrap_or_default();
        self.last = envelope.sequence;
    }

    /// What is released when it ends now.
    pub fn rest(&self) -> OfferRest {
        OfferRest {
            offer: self.id,
            previous: self.last,
            station: self.station,
            trader: self.trader,
            side: self.side,
            commodity: self.commodity,
            unit_price: self.unit_price,
            quantity: self.remaining,
        }
    }
}

#[cfg(test)]
mod tests;
