//! Commands near the edge of what is allowed: a wish is a few random numbers, and becomes a command
//! when the naive ledger says where that edge is just then. A good part is to be accepted, and
//! nearly everything that can be wrong is wrong now and then.

use domain::{
    Action, Added, CreditChange, Identifier, KeyId, KeyRotation, Lifetime, Lines, NewKey,
    PrincipalId, Quantity, Role, Sink, Source, StockChange, Timestamp,
};
use domain::{Adjustment, StockLine};
use domain::{Trade, TradeLineWanted};
use proptest::prelude::*;

use super::network::{MOST, Network};
use super::size::{Size, size};
use crate::tests::asks::{
    bound_key, commodity, credits, foreign, grant, key, name, station, text, trader, units,
};

/// What is wanted, before it is known what there is.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub(super) kind: Kind,
    pub(super) pause: i64,
    /// Choices among what there is, each taken modulo how much there is.
    pub(super) picks: [u8; 8],
    pub(super) lines: Vec<(u8, Size, Size)>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Trade,
    Offer,
    Take,
    Hold,
    End,
    Transfer,
    Adjust,
    Book,
    Report,
    Vessel,
    Rule,
    Acknowledge,
    Credits,
    Station,
    Commodity,
    Trader,
    Key,
    Grant,
    Network,
}

/// Sequences of `count` wishes in the mean.
pub(super) fn wishes(count: usize) -> impl Strategy<Value = Vec<Wish>> {
    let kind = prop_oneof![
        8 => Just(Kind::Trade),
        5 => Just(Kind::Offer),
        6 => Just(Kind::Take),
        5 => Just(Kind::Hold),
        8 => Just(Kind::End),
        2 => Just(Kind::Transfer),
        6 => Just(Kind::Adjust),
        5 => Just(Kind::Book),
        18 => Just(Kind::Report),
        1 => Just(Kind::Vessel),
        2 => Just(Kind::Rule),
        1 => Just(Kind::Acknowledge),
        3 => Just(Kind::Credits),
        1 => Just(Kind::Station),
        1 => Just(Kind::Commodity),
        1 => Just(Kind::Trader),
        3 => Just(Kind::Key),
        2 => Just(Kind::Grant),
        1 => Just(Kind::Network),
    ];
    let lines = prop::collection::vec((any::<u8>(), size(), size()), 1..4);
    let pause = prop_oneof![
        60 => Just(1_i64),
        60 => 2..50_i64,
        20 => 50..500_i64,
        // Holds and offers last for seconds.
        3 => 100_000..2_000_000_i64,
    ];
    let wish = (kind, pause, any::<[u8; 8]>(), lines);
    let wish = wish.prop_map(|(kind, pause, picks, lines)| Wish { kind, pause, picks, lines });
    // A fixed length could not be made smaller when a failure is looked into.
    prop::collection::vec(wish, 1..2 * count)
}

/// A key that expires, if it is to.
fn for_a_time(key: Action, lifetime: Option<Lifetime>) -> Action {
    match key {
        Action::CreateKey(key) => Action::CreateKey(NewKey { lifetime: lifetime.into(), ..key }),
        other => other,
    }
}

impl Wish {
    /// The key that it comes with: mostly none, so that most have a chance.
    pub(super) fn api_key(&self) -> Option<KeyId> {
        let number = u32::from(self.picks[7] % 12);
        (self.picks[6].is_multiple_of(16)).then_some(KeyId(number))
    }

    /// None, or a few seconds.
    fn key_lifetime(&self, pick: usize) -> Option<Lifetime> {
        Lifetime::new(u32::from(self.picks[pick] % 4)).ok()
    }

    /// The command, as things stand.
    pub(super) fn action(&self, network: &Network, now: i64) -> Action {
        match self.kind {
            Kind::Trade => self.trade(network),
            Kind::Offer => self.post(self.actor(), network),
            Kind::Take => self.take(self.actor(), network),
            Kind::Hold => self.hold(self.actor(), network),
            Kind::End => self.end(self.actor(), network),
            Kind::Transfer => self.transfer(self.actor(), network),
            Kind::Adjust => self.adjust(network),
            Kind::Book => self.book(network, now),
            Kind::Report => self.report(network, now),
            Kind::Vessel => self.vessel(),
            Kind::Rule => self.rule(network),
            Kind::Acknowledge => self.acknowledge(network),
            Kind::Credits => self.credits(network),
            Kind::Station => {
                let mut put = station(self.name(0, &["ceres", "mars", "vesta", "juno", "acme"]));
                put.position.x = i64::from(self.picks[1] % 3);
                let owners = ["ceres", "acme", "belt", "nobody"];
                put.owner = (self.picks[2] < 128).then(|| name(self.name(3, &owners)));
                Action::PutStation(put)
            }
            Kind::Commodity => {
                let mut put = commodity(self.name(0, &["ice", "ore", "gas", "fuel", "spice"]));
                put.unit_mass_grams = Quantity::new(u64::from(self.picks[1] % 3)).ok();
                put.unit_volume_millilitres = Quantity::new(u64::from(self.picks[2] % 3)).ok();
                Action::PutCommodity(put)
            }
            Kind::Trader => {
                let mut put = trader(self.name(0, &["acme", "belt", "hauler", "newcomer", "mars"]));
                put.name = text(self.name(1, &["One", "Other"]));
                Action::PutTrader(put)
            }
            Kind::Key if self.picks[0] < 48 => {
                Action::RevokeKey(KeyId(u32::from(self.picks[1] % 12)))
            }
            Kind::Key if self.picks[0] < 128 => Action::RotateKey(KeyRotation {
                key: KeyId(u32::from(self.picks[1] % 12)),
                digest: [8; 32],
                lifetime: self.key_lifetime(2),
                grace: self.key_lifetime(4),
            }),
            Kind::Key if self.picks[3] < 128 => {
                let accounts: &[&str] = if self.picks[4] < 128 {
                    &["acme", "mars"]
                } else {
                    &["belt", self.name(5, &["ceres", "nobody"])]
                };
                let role = if self.picks[2] < 128 { Role::Trader } else { Role::Carrier };
                let of = self.name(1, &["skipper", "digger", "courier", "third"]);
                for_a_time(bound_key(of, role, accounts), self.key_lifetime(6))
            }
            Kind::Key => {
                let principal =
                    self.name(1, &["boss", "clerk", "guest", "second", "network", "oidc.ann"]);
                let roles = [Role::Admin, Role::Operator, Role::Viewer];
                let key = key(principal, roles[usize::from(self.picks[2] % 3)]);
                for_a_time(key, self.key_lifetime(6))
            }
            Kind::Grant => self.grant(),
            Kind::Network => Action::CreateNetwork(domain::NetworkDetails {
                wall: Timestamp(0),
                epoch: Timestamp(0),
                speed: 1,
            }),
        }
    }

    /// What a token gives one of two subjects, seldom of another issuer, or nobody's.
    fn grant(&self) -> Action {
        let principal = self.name(0, &["oidc.ann", "oidc.ann", "oidc.bob", "oidc.bob", "clerk"]);
        let (role, accounts): (_, &[&str]) = match self.picks[1] % 5 {
            0 => (Role::Admin, &[]),
            1 => (Role::Viewer, &[]),
            2 => (Role::Trader, &["acme", "mars"]),
            3 => (Role::Trader, &["belt"]),
            _ => (Role::Carrier, &[self.name(2, &["vesta", "nobody"])]),
        };
        let grant = grant(principal, role, accounts, i64::from(self.picks[3]));
        if self.picks[4] < 16 { foreign(grant) } else { grant }
    }

    /// A random number that is the wish's own.
    pub(super) fn number(&self) -> usize {
        usize::from(self.picks[1]) << 8 | usize::from(self.picks[2])
    }

    /// Nearly always somebody who may ask for it.
    pub(super) fn actor(&self) -> PrincipalId {
        let often = matches!(self.kind, Kind::Offer | Kind::Take | Kind::Hold);
        PrincipalId(match (self.picks[7], often) {
            (5.., _) if matches!(self.kind, Kind::Grant) => 0,
            (0..5, _) => 0,
            (5..15, _) => 2,
            (15..20, _) => 3,
            (20..23, _) => 99,
            // Those bound to accounts: for the most part they ask for what they may.
            (23..30, _) | (30..90, true) => 4,
            (90..97, _) | (97..150, true) => 5,
            (150..153, _) => 6,
            _ => 1,
        })
    }

    /// What the client says when it happened, if it does.
    pub(super) fn occurred_at(&self, now: i64) -> Option<Timestamp> {
        let ago = i64::from(self.picks[6]);
        (self.picks[6] > 200).then_some(Timestamp(now - ago + 225))
    }

    pub(super) fn name(&self, pick: usize, names: &[&'static str]) -> &'static str {
        names[usize::from(self.picks[pick]) % names.len()]
    }

    /// A name that is known, but now and then the other.
    pub(super) fn known<'a>(
        &self,
        pick: usize,
        names: impl Iterator<Item = &'a String>,
        other: &str,
    ) -> Identifier {
        if self.picks[pick] < 3 {
            return name(other);
        }
        let names = names.collect::<Vec<_>>();
        name(names[usize::from(self.picks[pick]) % names.len()])
    }

    pub(super) fn station(&self, pick: usize, network: &Network) -> Identifier {
        self.known(pick, network.stations.keys(), "nowhere")
    }

    pub(super) fn trader(&self, pick: usize, network: &Network) -> Identifier {
        let traders = network.traders.keys().chain(network.stations.keys());
        self.known(pick, traders, "nobody")
    }

    /// Now and then the same as the first, but mostly one of two others.
    pub(super) fn another(
        &self,
        wanted: Identifier,
        first: &Identifier,
        others: &[&str; 2],
    ) -> Identifier {
        if wanted != *first || self.picks[6] < 20 {
            return wanted;
        }
        name(others[usize::from(first.as_str() == others[0])])
    }

    /// Where and whose; mostly where there is something available.
    pub(super) fn place(&self, network: &Network) -> (Identifier, Identifier) {
        let stocked = network.stock.iter().filter(|(_, level)| level.available > 0);
        let stocked = stocked.map(|(place, _)| place).collect::<Vec<_>>();
        if self.picks[0] < 16 || stocked.is_empty() {
            return (self.station(1, network), self.trader(2, network));
        }
        let (station, owner, _) = stocked[usize::from(self.picks[1]) % stocked.len()];
        (name(station), name(owner))
    }

    /// Lines with a commodity once each: mostly those that there are at the place.
    pub(super) fn goods(
        &self,
        network: &Network,
        place: &(Identifier, Identifier),
    ) -> Vec<(Identifier, u128, Size, Size)> {
        let here = network.stock.iter().filter(|((station, owner, _), level)| {
            level.available > 0
                && (station.as_str(), owner.as_str()) == (place.0.as_str(), place.1.as_str())
        });
        let here = here.map(|((_, _, commodity), _)| commodity).collect::<Vec<_>>();
        let mut lines = Vec::<(Identifier, u128, Size, Size)>::new();
        for (pick, size, other) in &self.lines {
            let commodity = match *pick {
                0..3 => name("dust"),
                3..20 => self.known(5, network.commodities.keys(), "dust"),
                _ if here.is_empty() => self.known(5, network.commodities.keys(), "dust"),
                _ => name(here[usize::from(*pick) % here.len()]),
            };
            if lines.iter().any(|line| line.0 == commodity) {
                continue;
            }
            let level = network.level(place.0.as_str(), place.1.as_str(), commodity.as_str());
            lines.push((commodity, level.available, *size, *other));
        }
        lines
    }

    pub(super) fn trade(&self, network: &Network) -> Action {
        let place = self.place(network);
        let buyer = self.another(self.trader(3, network), &place.1, &["acme", "belt"]);
        let goods = self.goods(network, &place);
        // The credits are shared among the lines, so that all of them are at the edge together.
        let share = network.balance(buyer.as_str()) / goods.len() as u128;
        let line = |(commodity, available, size, other): (Identifier, u128, Size, Size)| {
            let quantity = units(size.of(available));
            let affordable = share / u128::from(quantity.get());
            let unit_price = credits(match other {
                Size::One => 0,
                Size::OneTooMany | Size::Huge => other.of(affordable),
                _ if affordable == 0 => 0,
                _ => other.of(affordable),
            });
            TradeLineWanted { commodity, quantity, unit_price }
        };
        Action::Trade(Trade {
            station: place.0,
            buyer,
            seller: place.1,
            lines: Lines::new(goods.into_iter().map(line).collect()).unwrap(),
            terms: Added::default(),
        })
    }

    fn adjust(&self, network: &Network) -> Action {
        let place = self.place(network);
        let line = |(commodity, available, size, other): (Identifier, u128, Size, Size)| {
            let change = self.change(network, &place, &commodity, available, size, other);
            StockLine { commodity, change }
        };
        let goods = self.goods(network, &place).into_iter();
        let lines = Lines::new(goods.map(line).collect()).unwrap();
        let owner = (self.picks[3] > 20).then_some(place.1.clone());
        Action::Adjust(Adjustment { station: place.0, owner, lines })
    }

    fn change(
        &self,
        network: &Network,
        place: &(Identifier, Identifier),
        commodity: &Identifier,
        available: u128,
        size: Size,
        other: Size,
    ) -> StockChange {
        let level = network.level(place.0.as_str(), place.1.as_str(), commodity.as_str());
        let room = MOST - network.sourced(commodity.as_str());
        // Sources run dry at once if all the room is taken: mostly a little is made.
        let made = units(match (size, other) {
            (_, Size::Huge) => size.of(room),
            _ => size.of(1_000.min(room)),
        });
        let taken = units(size.of(available));
        match self.picks[4] % 10 {
            0 => StockChange::In(Source::Produced, made),
            1 => StockChange::In(Source::Found, made),
            2 => StockChange::Out(Sink::Consumed, taken),
            3 => StockChange::Out(Sink::Lost, taken),
            4 => StockChange::Out(Sink::Expired, taken),
            5 => StockChange::Out(Sink::Stolen, taken),
            6 => StockChange::Damaged(taken),
            7 => StockChange::Repaired(units(size.of(level.unavailable))),
            _ => {
                let on_hand = u64::try_from(level.on_hand()).unwrap();
                let stale = u64::from(matches!(other, Size::OneTooMany));
                let count = match size {
                    Size::Huge => made.get(),
                    _ => on_hand.saturating_sub(taken.get()) + u64::from(self.picks[5] % 8),
                };
                StockChange::Counted {
                    expected: Quantity::new(on_hand + stale).unwrap_or(Quantity::MAX),
                    count: Quantity::new(count).unwrap_or(Quantity::MAX),
                }
            }
        }
    }

    fn credits(&self, network: &Network) -> Action {
        let trader = self.trader(0, network);
        let (_, size, other) = self.lines[0];
        let change = if self.picks[1] < 128 {
            let room = MOST - network.issued;
            let most = if matches!(other, Size::Huge) { room } else { room.min(5_000) };
            CreditChange::Issue(credits(size.of(most)))
        } else {
            CreditChange::Retire(credits(size.of(network.balance(trader.as_str()))))
        };
        Action::ChangeCredits { trader, change }
    }
}
