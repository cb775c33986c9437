//! The commands of one observation, each made of what the row says.

use serde_json::{Value, json};

use super::super::observation::Observation;
use super::offers::{Promise, Side};
use super::{Effect, Input, Need, Origin, PREFIX, PlannedLine};

/// One observation with the names the network knows it by.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) observation: &'a Observation,
    pub(super) station: &'a str,
    pub(super) commodity: &'a str,
}

impl Row<'_> {
    pub(super) fn trade(
        self,
        step: &str,
        buyer: &str,
        seller: &str,
        (quantity, price, value): (u64, u64, u64),
    ) -> PlannedLine {
        let data = json!({
            "station": self.station,
            "buyer": buyer,
            "seller": seller,
            "lines": [{ "commodity": self.commodity, "quantity": quantity, "unitPrice": price }],
            "reference": PREFIX,
        });
        self.line(step, Effect::Trade, None, data).worth(value)
    }

    pub(super) fn goods(self, step: &str, owner: &str, quantity: u64, reason: &str) -> PlannedLine {
        // Quantities stay far below i64::MAX: they are checked against AMOUNT_MAX.
        let sign = if reason == "found" { 1 } else { -1 };
        let change = sign * i64::try_from(quantity).unwrap_or(i64::MAX);
        let data = json!({
            "owner": owner,
            "lines": [{ "commodity": self.commodity, "change": change, "reason": reason }],
        });
        self.line(step, Effect::Goods, Some(("station", self.station)), data)
    }

    pub(super) fn count(self, expected: u64, count: u64) -> PlannedLine {
        let line = json!({
            "commodity": self.commodity, "count": count, "expected": expected, "reason": "counted",
        });
        let data = json!({ "lines": [line] });
        self.line("count", Effect::Count, Some(("station", self.station)), data)
    }

    pub(super) fn credits(self, step: &str, trader: &str, issued: u64) -> PlannedLine {
        let data = json!({ "change": issued, "reason": "issued" });
        self.line(step, Effect::Credits, Some(("trader", trader)), data).worth(issued)
    }

    /// Posts what the station promises, in place of what it promised before.
    pub(super) fn post(self, side: Side, promise: Promise) -> PlannedLine {
        let data = json!({
            "station": self.station,
            "side": side.word(),
            "commodity": self.commodity,
            "unitPrice": promise.price,
            "quantity": promise.quantity,
            "replace": true,
        });
        self.line(side.post_step(), Effect::Offer, None, data).giving(self.promises(side))
    }

    /// Withdraws what was promised: that very offer, so that a late try never hits another.
    pub(super) fn withdraw(self, side: Side) -> PlannedLine {
        let need = Need { subject: self.promises(side), member: Some("id"), ends: true };
        self.line(side.withdraw_step(), Effect::Withdrawal, None, json!({})).needing(need)
    }

    fn promises(self, side: Side) -> String {
        format!("{} {} {}", side.word(), self.station, self.commodity)
    }

    fn line(
        self,
        step: &str,
        effect: Effect,
        address: Option<(&str, &str)>,
        mut data: Value,
    ) -> PlannedLine {
        data["at"] = self.observation.at.to_string().into();
        let line = self.observation.line;
        let origin = Origin { prefix: PREFIX, input: Input::Observations, line };
        origin.line(step, &self.facts(), effect, address, data)
    }

    /// What the observation says, whatever line of whatever file it stands in.
    fn facts(self) -> String {
        let Observation { at, pays, asks, demand, stock, .. } = self.observation;
        let (station, commodity) = (self.station, self.commodity);
        format!("{at} {station} {commodity} {pays:?} {asks:?} {demand:?} {stock:?}")
    }
}
