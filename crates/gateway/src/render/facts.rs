//! Answers about what happened once: adjustments, credits, keys.

use domain::{
    CommodityId, Credits, Envelope, KeyDetails, KeyId, Quantity, Sink, Source, StockAdjusted,
    StockChange, TraderId,
};

use super::Render;
use crate::wire::answer::{
    AdjustmentAnswer, AdjustmentLine, CreditsAnswer, KeyAnswer, Shown, TokenSubjectAnswer,
};
use crate::wire::{ChangeReason, Credit, CreditReason, RoleWord, Time, Why};

impl<'a> Render<'a> {
    pub(crate) fn adjustment(
        self,
        envelope: &'a Envelope,
        adjusted: &StockAdjusted,
    ) -> AdjustmentAnswer<'a> {
        let lines = adjusted.lines.iter();
        AdjustmentAnswer {
            station: self.station(adjusted.station),
            owner: self.trader(adjusted.owner),
            lines: lines.map(|(commodity, change)| self.change(*commodity, *change)).collect(),
            envelope: self.envelope(envelope),
        }
    }

    fn change(self, commodity: CommodityId, change: StockChange) -> AdjustmentLine<'a> {
        let signed = |quantity: Quantity| Some(quantity.get().cast_signed());
        let commodity = self.commodity(commodity);
        let (why, change) = match change {
            StockChange::In(Source::Produced, units) => (Why::Produced, signed(units)),
            StockChange::In(Source::Found, units) => (Why::Found, signed(units)),
            StockChange::Out(Sink::Consumed, units) => (Why::Consumed, signed(units).map(|n| -n)),
            StockChange::Out(Sink::Lost, units) => (Why::Lost, signed(units).map(|n| -n)),
            StockChange::Out(Sink::Expired, units) => (Why::Expired, signed(units).map(|n| -n)),
            StockChange::Out(Sink::Stolen, units) => (Why::Stolen, signed(units).map(|n| -n)),
            StockChange::Damaged(units) => (Why::Damaged, signed(units).map(|n| -n)),
            StockChange::Repaired(units) => (Why::Repaired, signed(units)),
            StockChange::Counted { expected, count } => {
                return AdjustmentLine {
                    commodity,
                    change: None,
                    count: Some(count.get()),
                    expected: Some(expected.get()),
                    reason: ChangeReason(Why::Counted),
                };
            }
        };
        AdjustmentLine { commodity, change, count: None, expected: None, reason: ChangeReason(why) }
    }

    pub(crate) fn credits(
        self,
        envelope: &'a Envelope,
        trader: TraderId,
        amount: Credits,
        reason: Credit,
    ) -> CreditsAnswer<'a> {
        let amount = amount.get().cast_signed();
        CreditsAnswer {
            trader: self.trader(trader),
            change: match reason {
                Credit::Issued => amount,
                Credit::Retired => -amount,
            },
            reason: CreditReason(reason),
            envelope: self.envelope(envelope),
        }
    }

    /// Without the secret: whoever has it adds it.
    pub(crate) fn key(
        self,
        envelope: &'a Envelope,
        key: KeyId,
        details: &'a KeyDetails,
    ) -> KeyAnswer<'a> {
        KeyAnswer {
            key_id: key.0,
            principal: details.name.as_str(),
            role: RoleWord(details.role),
            accounts: self.traders(&details.accounts),
            expires_at: details.expires_at.map(Time),
            replaces: details.replaces.map(|key| key.0),
            token: details.token.as_ref().map(TokenSubjectAnswer::of),
            key: Shown::Hidden,
            envelope: self.envelope(envelope),
        }
    }
}
