//! Who may do what in the second ledger: the roles as they are described to those who have them.

use domain::{Action, Booking, PrincipalId, Role, ShipmentAction, Trade};

use super::network::Network;
use super::trading::offer_of;

/// Somebody who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Principal {
    /// What commands come with.
    pub(super) number: u32,
    pub(super) role: Role,
    /// The traders it acts for.
    pub(super) accounts: Vec<String>,
    /// If tokens speak for it: whose, and when the last was issued that changed something.
    pub(super) token: Option<([u8; 32], i64)>,
}

impl Network {
    fn principal(&self, actor: PrincipalId) -> Option<&Principal> {
        self.principals.values().find(|principal| principal.number == actor.0)
    }

    /// The accounts that an actor is bound to.
    pub(super) fn accounts(&self, actor: PrincipalId) -> &[String] {
        self.principal(actor).map_or(&[], |principal| &principal.accounts)
    }

    /// Which side of the trade is the actor's own, if one is and not both.
    pub(super) fn own_side(&self, actor: PrincipalId, trade: &Trade) -> Option<&'static str> {
        let own = self.accounts(actor);
        let is_own = |name: &domain::Identifier| own.iter().any(|it| it == name.as_str());
        match (is_own(&trade.buyer), is_own(&trade.seller)) {
            (true, false) => Some("buyer"),
            (false, true) => Some("seller"),
            _ => None,
        }
    }

    pub(super) fn permits(&self, actor: PrincipalId, action: &Action) -> bool {
        if actor.0 == 0 {
            return true;
        }
        let of_admin = matches!(
            action,
            Action::CreateKey(_)
                | Action::RevokeKey(_)
                | Action::RotateKey(_)
                | Action::ChangeCredits { .. }
        );
        let of_network = matches!(action, Action::CreateNetwork(_) | Action::GrantToken(_));
        match self.principal(actor).map(|principal| principal.role) {
            Some(Role::Admin) => !of_network,
            Some(Role::Operator) => !of_network && !of_admin,
            Some(Role::Trader) => self.permits_trader(actor, action),
            Some(Role::Carrier) => self.permits_carrier(actor, action),
            Some(Role::Viewer) | None => false,
        }
    }

    fn permits_trader(&self, actor: PrincipalId, action: &Action) -> bool {
        let own = self.accounts(actor);
        let is_own = |name: &str| own.iter().any(|it| it == name);
        let party = |id: u64| {
            let Some(deal) = self.deals.get(&id) else { return true };
            let (buys, sells) = (is_own(&deal.buyer), is_own(&deal.seller));
            (buys && sells) || (deal.proposed && (buys || sells))
        };
        match action {
            Action::Trade(trade) => self.permits_trade(actor, trade),
            Action::PostOffer(post) => {
                is_own(post.trader.as_ref().unwrap_or(&post.station).as_str())
            }
            Action::WithdrawOffer(offer) => {
                self.offers.get(&offer.0.0).is_none_or(|offer| is_own(&offer.trader))
            }
            Action::SettleTrade(settlement) => {
                let id = settlement.trade.0.0;
                let pending = self.deals.get(&id).filter(|deal| deal.status == "pending");
                let accepts = pending.is_none_or(|deal| match deal.awaiting {
                    Some("buyer") => is_own(&deal.buyer),
                    Some(_) => is_own(&deal.seller),
                    None => true,
                });
                let whole = pending.is_none_or(|deal| {
                    let both = is_own(&deal.buyer) && is_own(&deal.seller);
                    deal.charges.is_empty() || settlement.lines.is_none() || both
                });
                accepts && whole && party(id)
            }
            Action::VoidTrade { trade, .. } => party(trade.0.0),
            Action::Transfer(transfer) => is_own(transfer.from.as_str()),
            Action::BookShipment(booking) => {
                let terms = booking.terms.get();
                let mut charges = terms.into_iter().flat_map(|terms| &terms.charges);
                is_own(booking.owner.as_str())
                    && charges.all(|charge| is_own(charge.payer.as_str()))
                    && terms.is_none_or(|terms| terms.tolerance.permille() == 0)
                    && self.may_fill(own, booking)
            }
            Action::ReportShipment { shipment, action } => {
                let Some(cargo) = self.shipments.get(&shipment.0.0) else { return true };
                match action {
                    ShipmentAction::Received(_) => is_own(&cargo.consignee),
                    ShipmentAction::Found { .. } => false,
                    _ => is_own(&cargo.carrier) || is_own(&cargo.owner),
                }
            }
            _ => false,
        }
    }

    /// On a vessel of somebody else's, that somebody is the carrier.
    fn may_fill(&self, own: &[String], booking: &Booking) -> bool {
        let vessel = booking.terms.get().and_then(|terms| terms.vessel.as_ref());
        let Some(vessel) = vessel.and_then(|vessel| self.vessels.get(vessel.as_str())) else {
            return true;
        };
        let named = booking.carrier.as_ref();
        own.contains(&vessel.carrier) || named.is_none_or(|it| it.as_str() == vessel.carrier)
    }

    fn permits_trade(&self, actor: PrincipalId, trade: &Trade) -> bool {
        let own = self.accounts(actor);
        let is_own = |name: &domain::Identifier| own.iter().any(|it| it == name.as_str());
        let terms = trade.terms.get();
        let mut charges = terms.into_iter().flat_map(|terms| &terms.charges);
        if !charges.all(|charge| is_own(&charge.payer)) {
            return false;
        }
        if is_own(&trade.buyer) && is_own(&trade.seller) {
            return true;
        }
        let (Some(side), Some(terms)) = (self.own_side(actor, trade), terms) else { return false };
        if terms.offers.is_empty() {
            return terms.hold.is_some();
        }
        (0..trade.lines.len()).all(|line| match offer_of(terms, line) {
            None => false,
            Some(offer) => {
                let offer = self.offers.get(&offer.0.0);
                offer.is_none_or(|offer| offer.selling == (side == "buyer"))
            }
        })
    }

    fn permits_carrier(&self, actor: PrincipalId, action: &Action) -> bool {
        let is_own = |name: &String| self.accounts(actor).contains(name);
        let Action::ReportShipment { shipment, action } = action else { return false };
        let Some(cargo) = self.shipments.get(&shipment.0.0) else { return true };
        match action {
            ShipmentAction::Received(_) => is_own(&cargo.consignee),
            ShipmentAction::Found { .. } => false,
            _ => is_own(&cargo.carrier),
        }
    }
}
