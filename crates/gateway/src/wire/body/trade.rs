//! `POST /api/trades`.

use std::fmt;

use domain::{Action, ChargeWanted, OfferId, Trade, TradeLineWanted, TradeTermsWanted};
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use utoipa::ToSchema;

use super::charges::{ChargeBody, checked_charges};
use super::{Tail, Wanted, checked_lines};
use crate::shape::{Fault, Flaw};
use crate::wire::{
    Amount, Metadata, Name, Object, OfferName, Positive, Seconds, Time, Words, object_or_null,
    objects_or_null,
};

/// A trade, all or nothing: goods change owner at the station, credits the other way.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewTrade)]
pub(crate) struct TradeBody {
    /// Where the goods are and stay.
    station: Name,
    /// Who pays.
    buyer: Name,
    /// Who gives.
    seller: Name,
    /// What, a commodity once each.
    #[schema(value_type = Vec<TradeLineBody>, min_items = 1, max_items = 100)]
    lines: TradeLines,
    /// Reserve now, and settle later; left out, it settles at once.
    #[serde(default, deserialize_with = "object_or_null")]
    #[schema(value_type = Option<HoldBody>)]
    hold: Option<HoldBody>,
    /// Paid beside the price: with the trade, or with the settlement that ends a hold.
    #[serde(default, deserialize_with = "objects_or_null::<_, ChargeBody, _>")]
    #[schema(value_type = Option<Vec<ChargeBody>>, max_items = 10)]
    charges: Option<Vec<ChargeWanted>>,
    /// The client's own number for it.
    reference: Option<Words>,
    metadata: Option<Metadata>,
    /// When it happened, if not now.
    at: Option<Time>,
}

/// How long a reservation lasts.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewHold)]
pub(crate) struct HoldBody {
    /// When what is left of it is released by itself.
    expires_in_seconds: Seconds,
}

/// One line of a trade: at a `unitPrice`; or of an open `offer` of one of its sides, at the offer's
/// price, if that is no worse than `limitPrice`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewTradeLine)]
pub(crate) struct TradeLineBody {
    commodity: Name,
    quantity: Positive,
    /// Credits a unit.
    unit_price: Option<Amount>,
    /// The open offer that it takes.
    offer: Option<OfferName>,
    /// Credits a unit: the most that is paid for an offer to sell, the least for an offer to buy.
    limit_price: Option<Amount>,
}

/// The lines of a trade, read straight into what is wanted: most take no offer and have no fault, and
/// then neither costs anything.
#[derive(Default)]
struct TradeLines {
    lines: Vec<TradeLineWanted>,
    offers: Vec<(u32, OfferId)>,
    faults: Vec<Fault>,
}

impl TradeLines {
    fn take(&mut self, line: TradeLineBody) {
        let unit_price = match (line.unit_price, &line.offer, line.limit_price) {
            (Some(unit_price), None, None) => unit_price,
            (None, Some(OfferName(offer)), Some(limit)) => {
                // More lines than fit are refused for their number.
                let at = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
                self.offers.push((at, *offer));
                limit
            }
            (unit_price, ..) => {
                self.fault(&line);
                unit_price.or(line.limit_price).unwrap_or(Amount::ZERO)
            }
        };
        self.lines.push(TradeLineWanted {
            commodity: line.commodity.0,
            quantity: line.quantity.quantity(),
            unit_price: unit_price.credits(),
        });
    }

    #[cold]
    fn fault(&mut self, line: &TradeLineBody) {
        let at = self.lines.len();
        let mut fault = |field: &str, flaw: Flaw, detail: &'static str| {
            self.faults.push(Fault::new(format!("/lines/{at}/{field}"), flaw, detail));
        };
        let (missing, unknown) = (Flaw::MissingField, Flaw::UnknownField);
        match (line.unit_price.is_some(), line.offer.is_some(), line.limit_price.is_some()) {
            (true, true, _) => fault("unitPrice", unknown, "a line that takes an offer has none"),
            (true, false, _) => fault("limitPrice", unknown, "goes with `offer`"),
            (false, true, _) => fault("limitPrice", missing, "a line that takes an offer needs it"),
            (false, false, true) => fault("offer", missing, "goes with `limitPrice`"),
            (false, false, false) => fault("unitPrice", missing, "the field is required"),
        }
    }
}

impl<'de> Deserialize<'de> for TradeLines {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LinesVisitor;

        impl<'de> Visitor<'de> for LinesVisitor {
            type Value = TradeLines;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of objects")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<TradeLines, A::Error> {
                // Nearly every trade has one line.
                let mut read = TradeLines { lines: Vec::with_capacity(1), ..TradeLines::default() };
                while let Some(Object(line)) = items.next_element::<Object<TradeLineBody>>()? {
                    read.take(line);
                }
                Ok(read)
            }
        }

        deserializer.deserialize_seq(LinesVisitor)
    }
}

impl TradeBody {
    pub(crate) fn wanted(self) -> Result<Wanted, Vec<Fault>> {
        let TradeLines { lines, offers, mut faults } = self.lines;
        let lines = checked_lines(lines, &mut faults);
        let has_terms = self.hold.is_some() || self.charges.is_some() || !offers.is_empty();
        let terms = has_terms.then(|| TradeTermsWanted {
            hold: self.hold.and_then(|hold| hold.expires_in_seconds.lifetime()),
            charges: checked_charges(self.charges, &mut faults),
            offers: offers.into_boxed_slice(),
        });
        let Some(lines) = lines.filter(|_| faults.is_empty()) else {
            return Err(faults);
        };
        // What says nothing is as if it were left out.
        let terms = terms.filter(|terms| *terms != TradeTermsWanted::default());
        let trade = Trade {
            station: self.station.0,
            buyer: self.buyer.0,
            seller: self.seller.0,
            lines,
            terms: terms.into(),
        };
        let tail = Tail { reference: self.reference, metadata: self.metadata, at: self.at };
        Ok(tail.with(Action::Trade(trade)))
    }
}
