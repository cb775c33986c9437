//! What a key that is bound to accounts may do: only what those accounts have a say in, and of trades
//! only what the other side has consented to or is yet to consent to.

use domain::{
    Action, Booking, BookingTerms, Charges, Command, Identifier, PastTrade, Role, Settlement,
    ShipmentAction, ShipmentId, Side, Tolerance, Trade, TradeRecord, TraderId, TransactionId,
};

use crate::state::{Hold, HoldKey, OfferKey, Principal, ShipmentKey, State};
use crate::terms::offer_of;
use crate::vessels;

/// Whether a trader or a carrier may ask for this. What is not there any more is nobody's: the check
/// that looks for it says so.
pub(super) fn permits(state: &State, principal: &Principal, command: &Command) -> bool {
    let own = Own { state, accounts: &principal.accounts };
    let past = command.past.as_deref();
    match (principal.role, &command.action) {
        (Role::Trader, Action::Trade(trade)) => own.trades(trade),
        (Role::Trader, Action::PostOffer(offer)) => {
            own.named(offer.trader.as_ref().unwrap_or(&offer.station))
        }
        (Role::Trader, Action::WithdrawOffer(offer)) => {
            let open = state.offers.get(&OfferKey(*offer));
            open.is_none_or(|open| own.has(open.0.trader))
        }
        (Role::Trader, Action::SettleTrade(settlement)) => own.accepts(settlement, past),
        (Role::Trader, Action::VoidTrade { trade, .. }) => own.is_party(*trade, past),
        (Role::Trader, Action::Transfer(transfer)) => own.named(&transfer.from),
        (Role::Trader, Action::BookShipment(booking)) => own.books(booking),
        (role, Action::ReportShipment { shipment, action }) => own.reports(role, *shipment, action),
        _ => false,
    }
}

struct Own<'a> {
    state: &'a State,
    /// Sorted.
    accounts: &'a [TraderId],
}

impl Own<'_> {
    fn has(&self, trader: TraderId) -> bool {
        self.accounts.binary_search(&trader).is_ok()
    }

    fn named(&self, name: &Identifier) -> bool {
        self.state.trader(name).is_some_and(|trader| self.has(trader))
    }

    fn pays(&self, charges: &Charges) -> bool {
        charges.iter().all(|charge| self.named(&charge.payer))
    }

    /// Between its own accounts it may do as it likes. Else every line takes an offer of the other
    /// side, or none does and it is a proposal that the other side has yet to accept.
    fn trades(&self, trade: &Trade) -> bool {
        let (buys, sells) = (self.named(&trade.buyer), self.named(&trade.seller));
        let terms = trade.terms.get();
        if !terms.is_none_or(|terms| self.pays(&terms.charges)) {
            return false;
        }
        let own = match (buys, sells) {
            (true, true) => return true,
            (true, false) => Side::Buy,
            (false, true) => Side::Sell,
            (false, false) => return false,
        };
        let Some(terms) = terms else { return false };
        let offered = |line| {
            let offer = offer_of(terms, line)?;
            let open = self.state.offers.get(&OfferKey(offer));
            Some(open.is_none_or(|open| open.0.side == own.other()))
        };
        let mut lines = (0..trade.lines.len()).map(offered);
        let proposes = terms.hold.is_some() && lines.clone().all(|line| line.is_none());
        proposes || lines.all(|line| line == Some(true))
    }

    /// A party of a hold that a key like this made, or both parties of any; one that has yet to be
    /// accepted is for the side that has reserved nothing.
    fn accepts(&self, settlement: &Settlement, past: Option<&PastTrade>) -> bool {
        let trade = settlement.trade;
        let may_accept = match self.state.holds.get(&HoldKey(trade)) {
            Some(Hold(hold)) => {
                let is_side = match hold.unreserved {
                    Some(Side::Buy) => self.has(hold.buyer),
                    Some(Side::Sell) => self.has(hold.seller),
                    None => true,
                };
                is_side && self.settles_whole(hold, settlement)
            }
            None => true,
        };
        may_accept && self.is_party(trade, past)
    }

    /// Charges are agreed for all of it: one side alone cannot have them paid for a part, nor settle
    /// all but a part and call off the rest with them.
    fn settles_whole(&self, hold: &TradeRecord, settlement: &Settlement) -> bool {
        let both = self.has(hold.buyer) && self.has(hold.seller);
        settlement.lines.is_none() || hold.charges().is_empty() || both
    }

    fn is_party(&self, trade: TransactionId, past: Option<&PastTrade>) -> bool {
        let is_party = |trade: &TradeRecord| {
            let (buys, sells) = (self.has(trade.buyer), self.has(trade.seller));
            (buys && sells) || (trade.proposed_by.is_some() && (buys || sells))
        };
        match self.state.holds.get(&HoldKey(trade)) {
            Some(Hold(hold)) => is_party(hold),
            None => past.is_none_or(|past| is_party(&past.record)),
        }
    }

    /// What is counted beyond what was shipped is made of nothing: that takes an operator's word.
    fn books(&self, booking: &Booking) -> bool {
        let may = |terms: &BookingTerms| {
            let measured = terms.tolerance == Tolerance::default();
            self.pays(&terms.charges) && measured && self.fills(booking, terms)
        };
        self.named(&booking.owner) && booking.terms.get().is_none_or(may)
    }

    /// A vessel takes nothing of which its carrier has no say: it would be busy until whoever booked
    /// it pleases.
    fn fills(&self, booking: &Booking, terms: &BookingTerms) -> bool {
        let vessel = terms.vessel.as_ref().and_then(|name| vessels::find(self.state, name).ok());
        let flies = vessel.and_then(|vessel| vessels::carrier(self.state, vessel));
        let named = booking.carrier.as_ref().map(|name| self.state.trader(name));
        flies.is_none_or(|flies| {
            self.has(flies) || named.is_none_or(|carrier| carrier == Some(flies))
        })
    }

    /// Receipts are the consignee's; all else is the carrier's, and of a trader's key the owner's.
    fn reports(&self, role: Role, id: ShipmentId, action: &ShipmentAction) -> bool {
        let Some(open) = self.state.shipments.get(&ShipmentKey(id)) else { return true };
        let shipment = &open.shipment;
        match action {
            ShipmentAction::Received(_) => self.has(shipment.consignee),
            // What is found is made of nothing, and may be lost and found again for ever: that takes
            // an operator's word.
            ShipmentAction::Found { .. } => false,
            _ if self.has(shipment.carrier) => true,
            _ => role == Role::Trader && self.has(shipment.route.owner),
        }
    }
}
