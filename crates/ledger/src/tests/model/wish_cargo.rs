//! Wishes for cargo, vessels and alerts.

use domain::{
    Action, AlertId, AlertRuleWanted, Booking, BookingLine, BookingTerms, DelayCode, Identifier,
    Lines, Loss, LossCause, Position, PutAlertRule, PutVessel, ReceiptLineWanted, Schedule,
    Sequence, ShipmentAction, ShipmentId, Timestamp, Timing, Tolerance,
};

use super::network::Network;
use super::shipment::{Cargo, Parts};
use super::size::Size;
use super::wish::Wish;
use crate::tests::asks::{name, text, units};

impl Wish {
    pub(super) fn book(&self, network: &Network, now: i64) -> Action {
        let place = self.place(network);
        let line = |(commodity, available, size, _): (Identifier, u128, Size, Size)| BookingLine {
            commodity,
            quantity: units(size.of(available)),
        };
        let goods = self.goods(network, &place).into_iter();
        let lines = Lines::new(goods.map(line).collect()).unwrap();
        let departure = now + i64::from(self.picks[3]) - 50;
        let arrival = departure + i64::from(self.picks[4]);
        let destination = self.station(5, network);
        let destination = self.another(destination, &place.0, &["ceres", "mars"]);
        let other = |pick: usize| (self.picks[pick] % 4 == 3).then(|| self.trader(pick, network));
        let terms = (self.picks[6] < 160).then(|| self.booking_terms(network, &place.1));
        Action::BookShipment(Booking {
            origin: place.0,
            destination,
            owner: place.1,
            consignee: other(3),
            carrier: other(4),
            lines,
            schedule: Schedule::new(Timestamp(departure), Timestamp(arrival)).unwrap(),
            terms: terms.into(),
        })
    }

    fn booking_terms(&self, network: &Network, owner: &Identifier) -> BookingTerms {
        let vessel = match self.picks[2] {
            0..3 => Some("ghost"),
            3..70 => Some("swift"),
            70..170 => Some("vast"),
            _ => None,
        };
        let tolerance = u16::from(self.picks[1] % 4) * 100;
        BookingTerms {
            vessel: vessel.map(name),
            charges: self.charges(owner, &name("acme"), network),
            tolerance: Tolerance::new(tolerance).unwrap(),
        }
    }

    pub(super) fn report(&self, network: &Network, now: i64) -> Action {
        let open = network.shipments.iter().collect::<Vec<_>>();
        let pick = usize::from(self.picks[0]);
        if open.is_empty() && pick > 50 {
            return self.book(network, now);
        }
        if open.is_empty() || pick < 5 {
            let shipment = ShipmentId(Sequence(u64::from(self.picks[0])));
            let action = ShipmentAction::Loaded;
            return Action::ReportShipment { shipment, action };
        }
        let (id, cargo) = open[pick % open.len()];
        let next = match (cargo.status, self.picks[1] % 6) {
            // Whatever it is, at any time.
            (_, 0) => self.picks[3] % 12,
            (_, 1) if cargo.on_hold.is_some() => 9,
            ("booked", 1) => 0,
            ("booked" | "loading", _) => 1,
            ("in_transit", 1) => 2 + self.picks[3] % 2,
            ("in_transit", _) => 4,
            ("lost", _) => 10,
            (_, 1) if self.picks[3] < 80 => 6,
            _ => 5,
        };
        let shipment = ShipmentId(Sequence(*id));
        Action::ReportShipment { shipment, action: self.report_of(next, network, cargo, now) }
    }

    fn report_of(&self, next: u8, network: &Network, cargo: &Cargo, now: i64) -> ShipmentAction {
        // Near now, and often past any promise by more than the rules of alerts let pass.
        let late = if self.picks[5].is_multiple_of(4) { 1_500_000 } else { 0 };
        let time = Timestamp(now + i64::from(self.picks[2]) - 20 + late);
        let outstanding = |parts: &Parts| parts.outstanding;
        match next {
            0 => ShipmentAction::Loaded,
            1 => {
                ShipmentAction::Departed { estimated_arrival: (self.picks[3] < 64).then_some(time) }
            }
            2 => ShipmentAction::Position(Position { x: i64::from(self.picks[4] % 2), y: 2, z: 3 }),
            3 => ShipmentAction::Estimated {
                departure: (self.picks[4] < 64).then_some(time),
                arrival: (self.picks[4] >= 32).then_some(time),
                reason: None,
                code: self.picks[4].is_multiple_of(2).then_some(DelayCode::Weather).into(),
            },
            4 => ShipmentAction::Arrived,
            5 => ShipmentAction::Received(self.receipt(network, cargo)),
            6 => {
                let lines =
                    self.picks[4].is_multiple_of(2).then(|| self.part(network, cargo, outstanding));
                let stolen = self.picks[2].is_multiple_of(2);
                let cause = if stolen { LossCause::Stolen } else { LossCause::Lost };
                let loss = (lines.is_some() || stolen).then_some(Loss { cause, lines });
                ShipmentAction::Lost { reason: None, loss: loss.into() }
            }
            7 => ShipmentAction::Cancelled { reason: None },
            8 => ShipmentAction::Held { reason: text(self.name(4, &["Customs", "Papers"])) },
            9 => ShipmentAction::Released,
            10 => {
                let gone = |parts: &Parts| parts.written_off;
                let lines =
                    self.picks[4].is_multiple_of(2).then(|| self.part(network, cargo, gone));
                ShipmentAction::Found { lines, reason: None }
            }
            _ => ShipmentAction::Returned { reason: None },
        }
    }

    /// Some of the lines of the shipment, and now and then another.
    fn line_names(&self, network: &Network, cargo: &Cargo) -> Vec<(Identifier, Size, Size)> {
        let mut lines = Vec::<(Identifier, Size, Size)>::new();
        for (pick, size, other) in &self.lines {
            let commodity = if *pick < 12 {
                self.known(5, network.commodities.keys(), "dust")
            } else {
                let names = cargo.lines.keys().collect::<Vec<_>>();
                name(names[usize::from(*pick) % names.len()])
            };
            if !lines.iter().any(|line| line.0 == commodity) {
                lines.push((commodity, *size, *other));
            }
        }
        lines
    }

    fn part(
        &self,
        network: &Network,
        cargo: &Cargo,
        most: impl Fn(&Parts) -> u128,
    ) -> Lines<BookingLine> {
        let line = |(commodity, size, _): (Identifier, Size, Size)| {
            let most = cargo.lines.get(commodity.as_str()).map_or(0, &most);
            BookingLine { commodity, quantity: units(size.of(most)) }
        };
        let lines = self.line_names(network, cargo).into_iter().map(line);
        Lines::new(lines.collect()).unwrap()
    }

    fn receipt(&self, network: &Network, cargo: &Cargo) -> Lines<ReceiptLineWanted> {
        let line = |(commodity, size, other): (Identifier, Size, Size)| {
            let none = Parts::default();
            let parts = cargo.lines.get(commodity.as_str()).unwrap_or(&none);
            let outstanding = parts.outstanding;
            let room = parts.shipped() * cargo.tolerance / 1_000 - parts.found;
            // Now and then all that may be received, or one more.
            let most =
                if self.picks[5].is_multiple_of(4) { outstanding + room } else { outstanding };
            let accepted = size.of(most);
            let rejected = other.of(outstanding.saturating_sub(u128::from(accepted)));
            // A part of what is counted is rejected, or nothing, or all.
            let (accepted, rejected) = match self.picks[4] % 4 {
                0 => (0, accepted),
                1 if accepted < rejected || u128::from(accepted) < outstanding => {
                    (accepted, rejected)
                }
                _ => (accepted, 0),
            };
            let left = outstanding.saturating_sub(u128::from(accepted) + u128::from(rejected));
            let short =
                (self.picks[2].is_multiple_of(3) && left > 0).then(|| units(other.of(left)));
            let (accepted, rejected) = (units(accepted), units(rejected));
            ReceiptLineWanted { commodity, accepted, rejected, short: short.into() }
        };
        let lines = self.line_names(network, cargo).into_iter().map(line);
        Lines::new(lines.collect()).unwrap()
    }

    pub(super) fn vessel(&self) -> Action {
        let carrier = self.name(1, &["hauler", "vesta", "acme", "nobody"]);
        Action::PutVessel(PutVessel {
            id: name(self.name(0, &["swift", "vast", "other"])),
            name: text(self.name(2, &["One", "Other"])),
            carrier: name(carrier),
            mass_capacity_grams: (self.picks[3] < 128).then(|| units(self.picks[4].into())),
            volume_capacity_millilitres: (self.picks[5] < 128).then(|| units(500)),
        })
    }

    /// Of timing with the thresholds of seconds that pass within a sequence, or of stock.
    pub(super) fn rule(&self, network: &Network) -> Action {
        let timing = Timing::ALL[usize::from(self.picks[1] % 4)];
        let stock = name(self.name(1, &["ice", "ore", "gas", "shipment-late"]));
        let of_stock = self.picks[0] < 150;
        if self.picks[2] < 70 {
            let id = if of_stock { stock } else { name(timing.rule_name()) };
            return Action::DeleteAlertRule(id);
        }
        if !of_stock {
            let after_seconds = u32::from(self.picks[3] % 3);
            let critical_after_seconds = after_seconds + u32::from(self.picks[4] % 2);
            let rule = AlertRuleWanted::Timing { timing, after_seconds, critical_after_seconds };
            let id = if self.picks[5] < 10 { stock } else { name(timing.rule_name()) };
            return Action::PutAlertRule(PutAlertRule { id, rule });
        }
        let (station, owner) = self.place(network);
        let commodity = self.known(5, network.commodities.keys(), "dust");
        let available = network.level(station.as_str(), owner.as_str(), commodity.as_str());
        let (_, size, other) = self.lines[0];
        let low = size.of(available.available.min(1_000));
        let low = units(low.min(domain::AMOUNT_MAX - 30_000));
        let clear = units(low.get() + 1 + other.of(20).min(20_000));
        let owner = (self.picks[3] > 40).then_some(owner);
        let rule = AlertRuleWanted::Stock { station, owner, commodity, low, clear };
        Action::PutAlertRule(PutAlertRule { id: stock, rule })
    }

    pub(super) fn acknowledge(&self, network: &Network) -> Action {
        let open = network.alerts.keys().collect::<Vec<_>>();
        let picked = open.get(usize::from(self.picks[0]) % open.len().max(1));
        let alert = picked.filter(|_| self.picks[1] > 20).map_or(1, |alert| **alert);
        Action::AcknowledgeAlert(AlertId(Sequence(alert)))
    }
}
