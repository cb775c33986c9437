//! What the rules refuse, in words and in the client's names.

use domain::{
    CommodityId, Rejection, StationId, TraderId, TransactionId, VesselId, is_token_principal,
};
use serde_json::json;
use views::State;

use super::{Code, Form, Problem, unknown_shipment};
use crate::wire::{ReportType, RoleWord, StatusWord, Time, TradeStatusWord};

/// The names that an answer shows for numbers; views know every number that a rejection has.
pub(super) struct Names<'a>(pub(super) &'a State);

impl Names<'_> {
    fn station(&self, id: StationId) -> &str {
        self.0.station(id).map_or("?", |station| station.name.as_str())
    }

    fn trader(&self, id: TraderId) -> &str {
        self.0.trader(id).map_or("?", |trader| trader.name.as_str())
    }

    fn commodity(&self, id: CommodityId) -> &str {
        self.0.commodity(id).map_or("?", |commodity| commodity.name.as_str())
    }

    fn vessel(&self, id: VesselId) -> &str {
        self.0.vessel(id).map_or("?", |vessel| vessel.name.as_str())
    }
}

#[expect(clippy::too_many_lines, reason = "one arm for each reason, and nothing else")]
pub(super) fn describe(rejection: &Rejection, form: Form, names: &Names<'_>) -> Problem {
    match rejection {
        Rejection::NotPermitted { role } => {
            let role = RoleWord(*role).word();
            Problem::new(Code::NotPermitted, format!("the role {role} may not do this"))
                .with("role", role)
        }
        Rejection::SameParty => {
            let detail = match form {
                Form::Booking => "origin and destination are the same",
                Form::Transfer => "giver and receiver are the same",
                _ => "buyer and seller are the same",
            };
            Problem::new(Code::SameParty, detail)
        }
        Rejection::UnknownStation { station, field } => {
            let detail = format!("there is no station {station}");
            Problem::new(Code::UnknownStation, detail)
                .with("station", station.as_str())
                .with("field", *field)
        }
        Rejection::UnknownTrader { trader, field } => {
            let detail = format!("there is no trader {trader}");
            Problem::new(Code::UnknownTrader, detail)
                .with("trader", trader.as_str())
                .with("field", *field)
        }
        Rejection::UnknownCommodity { commodity, .. } => {
            let detail = format!("there is no commodity {commodity}");
            Problem::new(Code::UnknownCommodity, detail).with("commodity", commodity.as_str())
        }
        Rejection::UnknownShipment { shipment } => unknown_shipment(*shipment),
        Rejection::UnknownTrade { trade } => {
            let detail = format!("there is no trade {trade}");
            of_trade(Problem::new(Code::UnknownTrade, detail), *trade)
        }
        Rejection::UnknownAlert => Problem::plain(Code::UnknownAlert),
        Rejection::UnknownAlertRule => Problem::plain(Code::UnknownAlertRule),
        Rejection::Unauthenticated => {
            Problem::unauthenticated("the key was revoked, or has expired, in the meantime")
        }
        Rejection::UnknownKey => Problem::plain(Code::UnknownKey),
        Rejection::KeyEnded => {
            let detail = "the key was revoked or has expired: make a new one";
            Problem::new(Code::KeyEnded, detail)
        }
        Rejection::AlreadyRotated { by } => {
            let detail = format!("key {} has taken its place already: rotate that one", by.0);
            Problem::new(Code::AlreadyRotated, detail).with("keyId", by.0)
        }
        Rejection::TokenKey => {
            let detail = "the key is one of an issuer's tokens: it has no secret that another could \
                          take the place of; end it, or have the issuer give no more tokens";
            Problem::new(Code::TokenKey, detail)
        }
        Rejection::TokenOutdated => Problem::token_outdated(),
        Rejection::LastAdminKey => {
            let detail = "no other key of an administrator is good and does not end by itself: \
                          nobody could ever administer the network again. Make another one first, \
                          or rotate this one with `keepOldSeconds` 60, say, and end it with the new one";
            Problem::new(Code::LastAdminKey, detail)
        }
        Rejection::UnknownVessel { vessel } => {
            let detail = format!("there is no vessel {vessel}");
            Problem::new(Code::UnknownVessel, detail).with("vessel", vessel.as_str())
        }
        Rejection::AlreadySettled { trade } => {
            of_trade(Problem::plain(Code::AlreadySettled), *trade)
        }
        Rejection::AlreadyReversed { trade } => {
            of_trade(Problem::plain(Code::AlreadyReversed), *trade)
        }
        Rejection::HoldExpired { trade } => of_trade(Problem::plain(Code::HoldExpired), *trade),
        Rejection::InvalidTradeTransition { from, to } => {
            let (from, to) = (TradeStatusWord(*from).word(), TradeStatusWord(*to).word());
            let detail = format!("a trade that is {from} cannot become {to}");
            Problem::new(Code::InvalidTransition, detail).with("from", from).with("to", to)
        }
        Rejection::OnHold { shipment } => {
            Problem::new(Code::OnHold, "the shipment is stopped: it must be released first")
                .with("shipmentId", shipment.to_string())
        }
        Rejection::AlreadyExists { id, kind } => {
            let thing = if *kind == "alert_rule" { "rule of alerts" } else { *kind };
            let detail = if *kind == "principal" && is_token_principal(id) {
                "names that begin so are of principals whom tokens speak for, and nothing else"
                    .to_owned()
            } else {
                format!("{id} names a {thing} already")
            };
            Problem::new(Code::AlreadyExists, detail).with("id", id.as_str()).with("kind", *kind)
        }
        Rejection::InvalidTransition { from, report, not_before } => {
            let (from, report) = (StatusWord(*from).word(), ReportType(*report).word());
            let detail = match not_before {
                Some(_) => format!("the shipment cannot have {report} at that time"),
                None => format!("a shipment that is {from} cannot be reported as {report}"),
            };
            let problem =
                Problem::new(Code::InvalidTransition, detail).with("from", from).with("to", report);
            match not_before {
                Some(earliest) => problem.with("notBefore", json!(Time(*earliest))),
                None => problem,
            }
        }
        Rejection::NotInShipment { commodity, .. } => {
            let commodity = names.commodity(*commodity);
            let detail = format!("there is no {commodity} in the shipment");
            Problem::new(Code::NotInShipment, detail).with("commodity", commodity)
        }
        Rejection::NotInTrade { commodity, .. } => {
            let commodity = names.commodity(*commodity);
            let detail = format!("there is no {commodity} in the trade");
            Problem::new(Code::NotInTrade, detail).with("commodity", commodity)
        }
        Rejection::OfferClosed { offer, .. } => {
            let detail = format!("there is no open offer {offer}");
            Problem::new(Code::OfferClosed, detail).with("offerId", offer.to_string())
        }
        Rejection::OfferMismatch { offer, field, .. } => {
            let detail = format!("the offer {offer} has another {field} than the trade");
            Problem::new(Code::OfferMismatch, detail)
                .with("offerId", offer.to_string())
                .with("field", *field)
        }
        Rejection::PriceMoved { offer, limit, price, .. } => {
            let detail = format!("the price of {offer} is {price}, the limit is {limit}");
            Problem::new(Code::PriceMoved, detail)
                .with("offerId", offer.to_string())
                .with("limit", limit.get())
                .with("price", price.get())
        }
        Rejection::OfferExceeded { offer, requested, available, .. } => {
            let detail = format!("{requested} are wanted of {offer}, {available} are left");
            Problem::new(Code::OfferExceeded, detail)
                .with("offerId", offer.to_string())
                .with("requested", requested.get())
                .with("available", available.get())
        }
        Rejection::OverSettlement { commodity, requested, left, .. } => {
            let commodity = names.commodity(*commodity);
            let detail = format!("{requested} {commodity} were to be settled, {left} are left");
            Problem::new(Code::OverSettlement, detail)
                .with("commodity", commodity)
                .with("requested", requested.get())
                .with("left", left.get())
        }
        Rejection::OverCapacity { vessel, measure, requested, capacity } => {
            let vessel = names.vessel(*vessel);
            let detail =
                format!("{vessel} has a {measure} capacity of {capacity}, not {requested}");
            Problem::new(Code::OverCapacity, detail)
                .with("vessel", vessel)
                .with("measure", *measure)
                .with("requested", requested.get())
                .with("capacity", capacity.get())
        }
        Rejection::VesselBusy { vessel, shipment } => {
            let vessel = names.vessel(*vessel);
            let detail = format!("{vessel} is carrying {shipment}");
            Problem::new(Code::VesselBusy, detail)
                .with("vessel", vessel)
                .with("shipmentId", shipment.to_string())
        }
        Rejection::OverReceipt { commodity, outstanding, received, .. } => {
            let commodity = names.commodity(*commodity);
            let detail =
                format!("{received} {commodity} were counted, {outstanding} are outstanding");
            Problem::new(Code::OverReceipt, detail)
                .with("commodity", commodity)
                .with("outstanding", outstanding.get())
                .with("received", received.get())
        }
        Rejection::CountStale { expected, actual, .. } => {
            let detail = format!("{actual} are on hand now, not {expected}");
            Problem::new(Code::CountStale, detail)
                .with("expected", expected.get())
                .with("actual", actual.get())
        }
        Rejection::AmountOverflow { .. } => {
            Problem::new(Code::AmountOverflow, "a product, a sum or a total would pass 2^53-1")
        }
        Rejection::InsufficientStock {
            station, owner, commodity, requested, available, ..
        } => {
            let station = names.station(*station);
            let (owner, commodity) = (names.trader(*owner), names.commodity(*commodity));
            let detail = format!(
                "{requested} {commodity} of {owner} are wanted at {station}, {available} are available"
            );
            Problem::new(Code::InsufficientStock, detail)
                .with("station", station)
                .with("owner", owner)
                .with("commodity", commodity)
                .with("requested", requested.get())
                .with("available", available.get())
        }
        Rejection::InsufficientCredits { trader, requested, available } => {
            let trader = names.trader(*trader);
            let detail =
                format!("{requested} credits of {trader} are wanted, there are {available}");
            Problem::new(Code::InsufficientCredits, detail)
                .with("trader", trader)
                .with("requested", requested.get())
                .with("available", available.get())
        }
        Rejection::LimitReached { limit, maximum } => {
            Problem::new(Code::LimitReached, format!("there are {maximum} {limit} already"))
                .with("limit", *limit)
                .with("maximum", *maximum)
        }
    }
}

fn of_trade(problem: Problem, trade: TransactionId) -> Problem {
    problem.with("transactionId", trade.to_string())
}
