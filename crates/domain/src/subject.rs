//! What an event is about: by what it is found and filtered, and who may see it.
//!
//! One function for the index of the past, the filters of live readers and the rights of both, so
//! that they cannot come to differ.

use crate::{
    AlertCause, AlertId, AlertRule, AlertRuleId, AlertRuleSet, Charge, CommodityId, Event,
    GoodsLine, OfferId, Recorded, Route, Sequence, Severity, ShipmentBooked, ShipmentId, StationId,
    TradeLine, TradeTerms, TraderId, TransactionId, VesselId,
};

/// One thing that an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    /// A place; of a shipment, both its ends.
    Station(StationId),
    /// A good.
    Commodity(CommodityId),
    /// A party: who may see the event, if it is not public.
    Trader(TraderId),
    /// What carries.
    Vessel(VesselId),
    /// The shipment it is of.
    Shipment(ShipmentId),
    /// The trade it is of.
    Trade(TransactionId),
    /// An offer it is of.
    Offer(OfferId),
    /// The alert it is of.
    Alert(AlertId),
    /// How bad the alert is with it.
    Severity(Severity),
}

/// Where the rest is said of what an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// By this earlier event: the booking, the hold, the posting.
    Event(Sequence),
    /// By what this rule said when the event was recorded, and of an alert that fired before, since
    /// then: who was not its owner all along is not told whose it was.
    Rule(AlertRuleId, Option<AlertId>),
}

/// Tells what an event itself says it is about; a facet may come twice. Where [`origin`] names
/// something, that tells the rest: all facets of an event are its own and, step by step, its origin's.
pub fn facets(recorded: &Recorded, tell: &mut impl FnMut(Facet)) {
    let own = recorded.envelope.sequence;
    match &recorded.event {
        Event::NetworkCreated(_)
        | Event::KeyCreated { .. }
        | Event::KeyRevoked { .. }
        | Event::KeyExpired { .. }
        | Event::KeyUpdated { .. }
        | Event::GrantUpdated { .. }
        | Event::AlertRuleDeleted { .. } => {}
        Event::StationCreated { station, trader, .. } => {
            tell(Facet::Station(*station));
            tell(Facet::Trader(*trader));
        }
        Event::StationUpdated { station, .. } => tell(Facet::Station(*station)),
        Event::CommodityCreated { commodity, .. } | Event::CommodityUpdated { commodity, .. } => {
            tell(Facet::Commodity(*commodity));
        }
        Event::TraderCreated { trader, .. }
        | Event::TraderUpdated { trader, .. }
        | Event::CreditsIssued { trader, .. }
        | Event::CreditsRetired { trader, .. } => tell(Facet::Trader(*trader)),
        Event::VesselCreated { vessel, .. } | Event::VesselUpdated { vessel, .. } => {
            tell(Facet::Vessel(*vessel));
        }
        Event::CreditsTransferred(given) => parties([given.from, given.to], tell),
        Event::StockTransferred(given) => {
            tell(Facet::Station(given.station));
            parties([given.from, given.to], tell);
            goods(&given.lines, tell);
        }
        Event::StockAdjusted(adjusted) => {
            tell(Facet::Station(adjusted.station));
            tell(Facet::Trader(adjusted.owner));
            adjusted.lines.iter().for_each(|(commodity, _)| tell(Facet::Commodity(*commodity)));
        }
        Event::TradeSettled(trade) => {
            trade_of(own, trade.station, [trade.buyer, trade.seller], tell);
            traded(&trade.lines, trade.terms.as_deref(), tell);
        }
        Event::TradeHeld(trade) => {
            trade_of(own, trade.station, [trade.buyer, trade.seller], tell);
            traded(&trade.lines, trade.terms.as_deref(), tell);
        }
        Event::HoldSettled(settled) => {
            trade_of(settled.trade.0, settled.station, [settled.buyer, settled.seller], tell);
        }
        Event::TradeVoided(released) | Event::TradeExpired(released) => {
            trade_of(released.trade.0, released.station, [released.buyer, released.seller], tell);
        }
        Event::TradeReversed(reversed) => {
            trade_of(reversed.trade.0, reversed.station, [reversed.buyer, reversed.seller], tell);
        }
        Event::ShipmentBooked(booked) => {
            tell(Facet::Shipment(ShipmentId(own)));
            booking(booked, tell);
        }
        Event::ShipmentChanged(changed) => {
            tell(Facet::Shipment(changed.shipment));
            route(changed.route, tell);
        }
        Event::OfferOpened(opened) => {
            tell(Facet::Offer(OfferId(own)));
            offer(opened.station, opened.trader, opened.commodity, tell);
            opened.replaced.iter().for_each(|rest| tell(Facet::Offer(rest.offer)));
        }
        Event::OfferFilled { offer, trade } => {
            tell(Facet::Offer(*offer));
            tell(Facet::Trade(*trade));
        }
        Event::OffersWithdrawn(withdrawn) => {
            for rest in withdrawn {
                tell(Facet::Offer(rest.offer));
                offer(rest.station, rest.trader, rest.commodity, tell);
            }
        }
        Event::OfferExpired(rest) => {
            tell(Facet::Offer(rest.offer));
            offer(rest.station, rest.trader, rest.commodity, tell);
        }
        Event::AlertRuleSet(set) => {
            let AlertRuleSet { terms, .. } = &**set;
            rule_facets(terms, tell);
        }
        Event::AlertFired(fired) => alert(AlertId(own), fired.severity, fired.cause, tell),
        Event::AlertChanged(changed)
        | Event::AlertAcknowledged(changed)
        | Event::AlertResolved(changed) => {
            alert(changed.alert, changed.severity, changed.cause, tell);
        }
    }
}

/// Where the rest is said of what an event is about; `None` if it says all of it.
pub fn origin(event: &Event) -> Option<Origin> {
    match event {
        Event::HoldSettled(settled) => Some(Origin::Event(settled.trade.0)),
        Event::TradeVoided(released) | Event::TradeExpired(released) => {
            Some(Origin::Event(released.trade.0))
        }
        Event::TradeReversed(reversed) => Some(Origin::Event(reversed.trade.0)),
        Event::ShipmentChanged(changed) => Some(Origin::Event(changed.shipment.0)),
        Event::OfferFilled { offer, .. } => Some(Origin::Event(offer.0)),
        Event::AlertRuleDeleted { rule } => Some(Origin::Rule(*rule, None)),
        Event::AlertFired(fired) => Some(cause_origin(fired.cause, None)),
        Event::AlertChanged(changed)
        | Event::AlertAcknowledged(changed)
        | Event::AlertResolved(changed) => Some(cause_origin(changed.cause, Some(changed.alert))),
        Event::NetworkCreated(_)
        | Event::KeyCreated { .. }
        | Event::KeyRevoked { .. }
        | Event::KeyExpired { .. }
        | Event::KeyUpdated { .. }
        | Event::GrantUpdated { .. }
        | Event::StationCreated { .. }
        | Event::StationUpdated { .. }
        | Event::CommodityCreated { .. }
        | Event::CommodityUpdated { .. }
        | Event::TraderCreated { .. }
        | Event::TraderUpdated { .. }
        | Event::VesselCreated { .. }
        | Event::VesselUpdated { .. }
        | Event::CreditsIssued { .. }
        | Event::CreditsRetired { .. }
        | Event::CreditsTransferred(_)
        | Event::StockTransferred(_)
        | Event::StockAdjusted(_)
        | Event::TradeSettled(_)
        | Event::TradeHeld(_)
        | Event::ShipmentBooked(_)
        | Event::OfferOpened(_)
        | Event::OffersWithdrawn(_)
        | Event::OfferExpired(_)
        | Event::AlertRuleSet(_) => None,
    }
}

/// What a rule of alerts is about.
pub fn rule_facets(rule: &AlertRule, tell: &mut impl FnMut(Facet)) {
    match rule {
        AlertRule::Timing { .. } => {}
        AlertRule::Stock { station, owner, commodity, .. } => {
            offer(*station, *owner, *commodity, tell);
        }
    }
}

/// Whether everybody with a key may see the event: places, goods, names and posted prices. Any other
/// is seen by the whole network's keys, and by the keys whose accounts are among its traders.
pub const fn is_public(event: &Event) -> bool {
    match event {
        Event::NetworkCreated(_)
        | Event::StationCreated { .. }
        | Event::StationUpdated { .. }
        | Event::CommodityCreated { .. }
        | Event::CommodityUpdated { .. }
        | Event::TraderCreated { .. }
        | Event::TraderUpdated { .. }
        | Event::VesselCreated { .. }
        | Event::VesselUpdated { .. }
        | Event::OfferOpened(_)
        | Event::OffersWithdrawn(_)
        | Event::OfferExpired(_) => true,
        // Which names a trade of two.
        Event::OfferFilled { .. }
        | Event::KeyCreated { .. }
        | Event::KeyRevoked { .. }
        | Event::KeyExpired { .. }
        | Event::KeyUpdated { .. }
        | Event::GrantUpdated { .. }
        | Event::CreditsIssued { .. }
        | Event::CreditsRetired { .. }
        | Event::CreditsTransferred(_)
        | Event::StockTransferred(_)
        | Event::StockAdjusted(_)
        | Event::TradeSettled(_)
        | Event::TradeHeld(_)
        | Event::HoldSettled(_)
        | Event::TradeVoided(_)
        | Event::TradeExpired(_)
        | Event::TradeReversed(_)
        | Event::ShipmentBooked(_)
        | Event::ShipmentChanged(_)
        | Event::AlertRuleSet(_)
        | Event::AlertRuleDeleted { .. }
        | Event::AlertFired(_)
        | Event::AlertChanged(_)
        | Event::AlertAcknowledged(_)
        | Event::AlertResolved(_) => false,
    }
}

fn parties(pair: [TraderId; 2], tell: &mut impl FnMut(Facet)) {
    for trader in pair {
        tell(Facet::Trader(trader));
    }
}

fn goods(lines: &[GoodsLine], tell: &mut impl FnMut(Facet)) {
    for line in lines {
        tell(Facet::Commodity(line.commodity));
    }
}

fn charged(charges: &[Charge], tell: &mut impl FnMut(Facet)) {
    for charge in charges {
        parties([charge.payer, charge.to], tell);
    }
}

fn trade_of(
    trade: Sequence,
    station: StationId,
    pair: [TraderId; 2],
    tell: &mut impl FnMut(Facet),
) {
    tell(Facet::Trade(TransactionId(trade)));
    tell(Facet::Station(station));
    parties(pair, tell);
}

fn traded(lines: &[TradeLine], terms: Option<&TradeTerms>, tell: &mut impl FnMut(Facet)) {
    for line in lines {
        tell(Facet::Commodity(line.commodity));
    }
    if let Some(terms) = terms {
        terms.offers.iter().for_each(|taken| tell(Facet::Offer(taken.offer)));
        charged(&terms.charges, tell);
    }
}

fn route(route: Route, tell: &mut impl FnMut(Facet)) {
    tell(Facet::Station(route.origin));
    tell(Facet::Station(route.destination));
    tell(Facet::Trader(route.owner));
}

fn booking(booked: &ShipmentBooked, tell: &mut impl FnMut(Facet)) {
    route(booked.route, tell);
    parties([booked.consignee, booked.carrier], tell);
    goods(&booked.lines, tell);
    charged(&booked.charges, tell);
    booked.vessel.into_iter().for_each(|vessel| tell(Facet::Vessel(vessel)));
}

fn offer(
    station: StationId,
    trader: TraderId,
    commodity: CommodityId,
    tell: &mut impl FnMut(Facet),
) {
    tell(Facet::Station(station));
    tell(Facet::Trader(trader));
    tell(Facet::Commodity(commodity));
}

fn alert(alert: AlertId, severity: Severity, cause: AlertCause, tell: &mut impl FnMut(Facet)) {
    tell(Facet::Alert(alert));
    tell(Facet::Severity(severity));
    match cause {
        AlertCause::Overdue(shipment)
        | AlertCause::Late(shipment)
        | AlertCause::Silent(shipment) => {
            tell(Facet::Shipment(shipment));
        }
        AlertCause::Hold(trade) => tell(Facet::Trade(trade)),
        AlertCause::Stock(_) => {}
    }
}

fn cause_origin(cause: AlertCause, alert: Option<AlertId>) -> Origin {
    match cause {
        AlertCause::Overdue(shipment)
        | AlertCause::Late(shipment)
        | AlertCause::Silent(shipment) => Origin::Event(shipment.0),
        AlertCause::Hold(trade) => Origin::Event(trade.0),
        AlertCause::Stock(rule) => Origin::Rule(rule, alert),
    }
}
