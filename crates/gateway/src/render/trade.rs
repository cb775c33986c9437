//! Answers about trades, and what happened to them.

use domain::{
    Charge, Credits, Envelope, GoodsLine, HoldReleased, HoldRest, HoldSettled, OfferTaken, Text,
    TradeHeld, TradeLine, TradeRecord, TradeReversed, TradeSettled, TradeStatus, TradeTerms,
    TransactionId,
};
use views::TradeView;

use super::Render;
use crate::wire::answer::{
    ChargeAnswer, EnvelopeFields, GoodsAnswer, MovedLine, Released, TradeAnswer, TradeFollowUp,
    TradeLineAnswer,
};
use crate::wire::{ChargeWord, PartyWord, Time, TradeStatusWord};

/// The offers that the lines of a trade took, asked for line by line.
struct Offers<'t>(&'t [OfferTaken]);

impl<'t> Offers<'t> {
    fn of(terms: Option<&'t TradeTerms>) -> Self {
        Self(terms.map_or(&[], |terms| &terms.offers))
    }

    /// The offer of the next line; most trades took none.
    fn next(&mut self, line: usize) -> Option<String> {
        let (taken, rest) = self.0.split_first()?;
        if taken.line as usize != line {
            return None;
        }
        self.0 = rest;
        Some(taken.offer.to_string())
    }
}

impl<'a> Render<'a> {
    /// A direct trade: the hot path.
    pub(crate) fn trade(self, envelope: &'a Envelope, trade: &TradeSettled) -> TradeAnswer<'a> {
        let terms = trade.terms.as_deref();
        let mut offers = Offers::of(terms);
        let line = |(at, line): (usize, &TradeLine)| TradeLineAnswer {
            commodity: self.commodity(line.commodity),
            quantity: line.quantity.get(),
            unit_price: line.unit_price.get(),
            total: line.total().get(),
            settled_quantity: line.quantity.get(),
            offer: offers.next(at),
        };
        TradeAnswer {
            transaction_id: TransactionId(envelope.sequence).to_string(),
            status: TradeStatusWord(TradeStatus::Settled),
            station: self.station(trade.station),
            buyer: self.trader(trade.buyer),
            seller: self.trader(trade.seller),
            lines: trade.lines.iter().enumerate().map(line).collect(),
            total: trade.total.get(),
            charges: self.charges(terms.map_or(&[], |terms| &terms.charges)),
            settled_at: Some(Time(envelope.recorded_at)),
            expires_at: None,
            proposed_by: None,
            awaiting: None,
            reason: None,
            envelope: self.envelope(envelope),
        }
    }

    /// A trade as its last event left it.
    pub(crate) fn trade_now(self, trade: &'a TradeView) -> TradeAnswer<'a> {
        let reason = trade.record.reason.as_ref().map(Text::as_str);
        self.trade_record(&trade.origin.envelope, &trade.record, reason)
    }

    /// A hold just made.
    pub(crate) fn held(self, envelope: &'a Envelope, held: &TradeHeld) -> TradeAnswer<'a> {
        self.trade_record(envelope, &TradeRecord::held(envelope, held), None)
    }

    fn trade_record(
        self,
        envelope: &'a Envelope,
        trade: &TradeRecord,
        reason: Option<&'a str>,
    ) -> TradeAnswer<'a> {
        let mut offers = Offers::of(trade.terms.as_deref());
        let line = |(at, line): (usize, &domain::TradeRecordLine)| TradeLineAnswer {
            commodity: self.commodity(line.commodity),
            quantity: line.quantity.get(),
            unit_price: line.unit_price.get(),
            // The ledger has refused what would not fit.
            total: line.unit_price.times(line.quantity).unwrap_or(Credits::MAX).get(),
            settled_quantity: line.settled.get(),
            offer: offers.next(at),
        };
        TradeAnswer {
            transaction_id: trade.id.to_string(),
            status: TradeStatusWord(trade.status),
            station: self.station(trade.station),
            buyer: self.trader(trade.buyer),
            seller: self.trader(trade.seller),
            lines: trade.lines.iter().enumerate().map(line).collect(),
            total: trade.total.get(),
            charges: self.charges(trade.charges()),
            settled_at: trade.settled_at.map(Time),
            expires_at: trade.expires_at.map(Time),
            proposed_by: trade.proposed_by.map(PartyWord),
            awaiting: trade.unreserved.map(PartyWord),
            reason,
            envelope: EnvelopeFields { sequence: trade.last.0, ..self.envelope(envelope) },
        }
    }

    pub(super) fn charges(self, charges: &[Charge]) -> Vec<ChargeAnswer<'a>> {
        let charge = |charge: &Charge| ChargeAnswer {
            payer: self.trader(charge.payer),
            to: self.trader(charge.to),
            amount: charge.amount.get(),
            kind: ChargeWord(charge.kind),
        };
        charges.iter().map(charge).collect()
    }

    pub(super) fn goods_lines(self, lines: &[GoodsLine]) -> Vec<GoodsAnswer<'a>> {
        let line = |line: &GoodsLine| GoodsAnswer {
            commodity: self.commodity(line.commodity),
            quantity: line.quantity.get(),
        };
        lines.iter().map(line).collect()
    }

    fn moved(self, lines: &[TradeLine]) -> Vec<MovedLine<'a>> {
        let line = |line: &TradeLine| MovedLine {
            commodity: self.commodity(line.commodity),
            quantity: line.quantity.get(),
            unit_price: line.unit_price.get(),
            total: line.total().get(),
        };
        lines.iter().map(line).collect()
    }

    /// What a hold had reserved: goods and credits, and the charges that will not be paid.
    fn released(self, rest: &HoldRest, charges: &[Charge]) -> Released<'a> {
        Released {
            lines: self.goods_lines(&rest.goods),
            credits: rest.credits.get(),
            charges: self.charges(charges),
        }
    }

    /// A settlement, as an event.
    pub(super) fn settlement(
        self,
        envelope: &'a Envelope,
        settled: &HoldSettled,
    ) -> TradeFollowUp<'a> {
        let rest = settled.rest.as_ref();
        let status = if rest.is_some() { TradeStatus::Settled } else { TradeStatus::Pending };
        TradeFollowUp {
            transaction_id: settled.trade.to_string(),
            status: TradeStatusWord(status),
            station: self.station(settled.station),
            buyer: self.trader(settled.buyer),
            seller: self.trader(settled.seller),
            lines: self.moved(&settled.lines),
            total: settled.total.get(),
            charges: self.charges(rest.map_or(&[], |rest| &rest.charges)),
            released: rest.map(|rest| self.released(rest, &[])),
            reason: None,
            previous: settled.previous.0,
            envelope: self.envelope(envelope),
        }
    }

    /// The end of a hold that was not settled, as an event.
    pub(super) fn release(
        self,
        envelope: &'a Envelope,
        released: &'a HoldReleased,
        status: TradeStatus,
    ) -> TradeFollowUp<'a> {
        TradeFollowUp {
            transaction_id: released.trade.to_string(),
            status: TradeStatusWord(status),
            station: self.station(released.station),
            buyer: self.trader(released.buyer),
            seller: self.trader(released.seller),
            lines: Vec::new(),
            total: 0,
            charges: Vec::new(),
            released: Some(self.released(&released.rest, &released.rest.charges)),
            reason: released.reason.as_ref().map(Text::as_str),
            previous: released.previous.0,
            envelope: self.envelope(envelope),
        }
    }

    /// A reversal, as an event.
    pub(super) fn reversal(
        self,
        envelope: &'a Envelope,
        reversed: &'a TradeReversed,
    ) -> TradeFollowUp<'a> {
        TradeFollowUp {
            transaction_id: reversed.trade.to_string(),
            status: TradeStatusWord(TradeStatus::Reversed),
            station: self.station(reversed.station),
            buyer: self.trader(reversed.buyer),
            seller: self.trader(reversed.seller),
            lines: self.moved(&reversed.lines),
            total: reversed.total.get(),
            charges: self.charges(&reversed.charges),
            released: None,
            reason: Some(reversed.reason.as_str()),
            previous: reversed.previous.0,
            envelope: self.envelope(envelope),
        }
    }
}
