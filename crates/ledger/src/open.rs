//! How much is open: how many lines holds and shipments have, and what of all this is whose.
//!
//! It is counted and bounded because the numbers of holds, shipments and offers bound neither their
//! memory nor what one party may take of them. It follows from the tables: no snapshot has it.

use std::collections::BTreeMap;

use domain::limits::{
    HOLD_LINES_OPEN_MAX, HOLDS_OPEN_MAX, OFFERS_ALIKE_MAX, OFFERS_OF_TRADER_MAX, OFFERS_OPEN_MAX,
    PROPOSALS_OF_TRADER_MAX, SHIPMENT_LINES_OF_OWNER_MAX, SHIPMENT_LINES_OPEN_MAX,
    SHIPMENTS_OPEN_MAX,
};
use domain::{Offer, Rejection, Shipment, Side, TradeRecord, TraderId};

use crate::cargo::open_count;
use crate::state::State;

/// What is counted of all that is open.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Open {
    /// Lines of holds.
    pub(crate) hold_lines: usize,
    /// Lines of shipments; those that are lost are not open.
    pub(crate) shipment_lines: usize,
    /// What each trader has of it; traders that have nothing open are not here.
    pub(crate) shares: BTreeMap<TraderId, Share>,
}

/// What one trader has open.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    /// Holds that it proposes and the other side has yet to accept.
    pub(crate) proposals: u32,
    /// Its offers.
    pub(crate) offers: u32,
    /// Lines of shipments of its goods.
    pub(crate) shipment_lines: u32,
}

/// Whether one more hold of so many lines may be open, and be a proposal of somebody.
pub(crate) fn check_hold(
    state: &State,
    lines: usize,
    proposer: Option<TraderId>,
) -> Result<(), Rejection> {
    check("open_holds", state.holds.len() + 1, HOLDS_OPEN_MAX)?;
    check("open_hold_lines", state.open.hold_lines + lines, HOLD_LINES_OPEN_MAX)?;
    let Some(proposer) = proposer else { return Ok(()) };
    let proposals = state.open.share(proposer).proposals as usize;
    check("open_proposals", proposals + 1, PROPOSALS_OF_TRADER_MAX)
}

/// Whether one more offer of the trader may be open, of which there are so many alike, when so many
/// of these are replaced.
pub(crate) fn check_offer(
    state: &State,
    trader: TraderId,
    alike: usize,
    replaced: usize,
) -> Result<(), Rejection> {
    let own = state.open.share(trader).offers as usize;
    check("open_offers", state.offers.len() - replaced + 1, OFFERS_OPEN_MAX)?;
    check("offers_of_trader", own - replaced + 1, OFFERS_OF_TRADER_MAX)?;
    check("offers_alike", alike - replaced + 1, OFFERS_ALIKE_MAX)
}

/// Whether one more shipment of so many lines of this owner's goods may be open.
pub(crate) fn check_shipment(
    state: &State,
    owner: TraderId,
    lines: usize,
) -> Result<(), Rejection> {
    let own = state.open.share(owner).shipment_lines as usize;
    check("open_shipments", open_count(state) + 1, SHIPMENTS_OPEN_MAX)?;
    check("open_shipment_lines", state.open.shipment_lines + lines, SHIPMENT_LINES_OPEN_MAX)?;
    check("shipment_lines_of_owner", own + lines, SHIPMENT_LINES_OF_OWNER_MAX)
}

fn check(limit: &'static str, count: usize, maximum: usize) -> Result<(), Rejection> {
    if count <= maximum {
        return Ok(());
    }
    Err(Rejection::LimitReached { limit, maximum: maximum as u64 })
}

impl Open {
    fn share(&self, trader: TraderId) -> Share {
        self.shares.get(&trader).copied().unwrap_or_default()
    }

    pub(crate) fn add_hold(&mut self, hold: &TradeRecord) {
        self.hold_lines += hold.lines.len();
        if let Some(proposer) = proposer(hold.unreserved, hold.buyer, hold.seller) {
            self.change(proposer, |share| share.proposals += 1);
        }
    }

    pub(crate) fn remove_hold(&mut self, hold: &TradeRecord) {
        self.hold_lines -= hold.lines.len();
        if let Some(proposer) = proposer(hold.unreserved, hold.buyer, hold.seller) {
            self.change(proposer, |share| share.proposals -= 1);
        }
    }

    pub(crate) fn add_offer(&mut self, offer: &Offer) {
        self.change(offer.trader, |share| share.offers += 1);
    }

    pub(crate) fn remove_offer(&mut self, offer: &Offer) {
        self.change(offer.trader, |share| share.offers -= 1);
    }

    pub(crate) fn add_shipment(&mut self, shipment: &Shipment) {
        self.shipment_lines += shipment.lines.len();
        let lines = line_count(shipment);
        self.change(shipment.route.owner, |share| share.shipment_lines += lines);
    }

    pub(crate) fn remove_shipment(&mut self, shipment: &Shipment) {
        self.shipment_lines -= shipment.lines.len();
        let lines = line_count(shipment);
        self.change(shipment.route.owner, |share| share.shipment_lines -= lines);
    }

    fn change(&mut self, trader: TraderId, change: impl FnOnce(&mut Share)) {
        let share = self.shares.entry(trader).or_default();
        change(share);
        if *share == Share::default() {
            self.shares.remove(&trader);
        }
    }
}

/// Who proposes a hold, if the other side, which reserves nothing, has yet to accept it. It stays a
/// proposal when a part of it is settled: the rest has yet to be accepted.
pub(crate) fn proposer(
    unreserved: Option<Side>,
    buyer: TraderId,
    seller: TraderId,
) -> Option<TraderId> {
    Some(match unreserved? {
        Side::Buy => seller,
        Side::Sell => buyer,
    })
}

fn line_count(shipment: &Shipment) -> u32 {
    u32::try_from(shipment.lines.len()).expect("a shipment has at most 100 lines")
}

impl State {
    /// What the rows of holds, offers and shipments add up to: for a state that was read from a
    /// snapshot.
    pub(crate) fn derive_open(&mut self) {
        let mut open = Open::default();
        self.holds.iter().for_each(|(_, hold)| open.add_hold(&hold.0));
        self.offers.iter().for_each(|(_, offer)| open.add_offer(&offer.0));
        let shipments = self.shipments.iter().map(|(_, row)| &row.shipment);
        let shipments = shipments.filter(|shipment| !shipment.status.is_terminal());
        shipments.for_each(|shipment| open.add_shipment(shipment));
        self.open = open;
    }
}
