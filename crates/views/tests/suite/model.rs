//! The same read models, slow and obvious: maps that are scanned for every question. It knows
//! nothing of movements, so that it can disagree with them.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    CommodityId, Event, ReceiptLine, Sequence, ShipmentChange, ShipmentId, ShipmentStatus, Sink,
    Source, StationId, StockChange, TraderId,
};
use views::{LevelFilter, ShipmentFilter, TradeFilter};

use crate::journal::*;

pub(crate) const STATIONS: u32 = 3;
pub(crate) const TRADERS: u32 = 5;
pub(crate) const COMMODITIES: u32 = 3;

/// What a random number generator asks for; most of it is impossible and is passed over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish {
    pub(crate) kind: u8,
    pub(crate) station: u32,
    pub(crate) trader: u32,
    pub(crate) other: u32,
    pub(crate) commodity: u32,
    pub(crate) quantity: u64,
}

#[derive(Debug, Clone)]
struct Cargo {
    origin: u32,
    destination: u32,
    owner: u32,
    commodity: u32,
    outstanding: u64,
    /// Written off; comes back when it is found.
    lost: u64,
    counted: bool,
    arrived: bool,
    status: ShipmentStatus,
    last: u64,
    events: usize,
}

/// Available, reserved, unavailable, incoming.
type Units = [u64; 4];

#[derive(Debug, Clone, Default)]
pub(crate) struct Model {
    stock: BTreeMap<(u32, u32, u32), Units>,
    seen: BTreeSet<(u32, u32)>,
    balances: BTreeMap<u32, u64>,
    issued: u64,
    retired: u64,
    /// Produced, found, consumed, lost, expired, stolen.
    flows: BTreeMap<u32, [u64; 6]>,
    cargo: BTreeMap<u64, Cargo>,
    trades: Vec<u64>,
    last: u64,
}

/// The network of every run, stations first; names are not in the order of numbers.
pub(crate) fn beginning() -> Vec<Event> {
    let mut events = vec![network()];
    events.extend((0..STATIONS).map(|n| station(n, n, &format!("station-{}", 9 - n))));
    events.extend((STATIONS..TRADERS).map(|n| trader(n, &format!("trader-{}", 9 - n))));
    events.extend((0..COMMODITIES).map(|n| commodity(n, &format!("commodity-{}", 9 - n))));
    events
}

impl Model {
    pub(crate) fn new() -> Self {
        Self { last: beginning().len() as u64, ..Self::default() }
    }

    fn units(&mut self, station: u32, owner: u32, commodity: u32) -> &mut Units {
        self.seen.insert((station, commodity));
        self.stock.entry((station, owner, commodity)).or_default()
    }

    fn has(&self, station: u32, owner: u32, commodity: u32) -> Units {
        self.stock.get(&(station, owner, commodity)).copied().unwrap_or_default()
    }

    /// Events were recorded that it knows nothing of.
    pub(crate) fn skip(&mut self, count: u64) {
        self.last += count;
    }

    /// A shipment under way, which the next event only flags: itself, its last event, its way.
    pub(crate) fn flag(&mut self, at: usize) -> Option<(Sequence, Sequence, domain::Route)> {
        let next = self.last + 1;
        let open = self.cargo.iter_mut().filter(|(_, cargo)| !cargo.status.is_terminal());
        let mut open: Vec<_> = open.collect();
        let count = open.len().max(1);
        let (id, cargo) = open.get_mut(at % count)?;
        let way = route(cargo.origin, cargo.destination, cargo.owner);
        let previous = std::mem::replace(&mut cargo.last, next);
        cargo.events += 1;
        Some((Sequence(**id), Sequence(previous), way))
    }

    /// The event that a wish comes to, if it is possible, which has then happened.
    pub(crate) fn grant(&mut self, wish: Wish) -> Option<Event> {
        let event = match wish.kind {
            0..=3 => self.adjust(wish),
            4..=6 => self.trade(wish),
            7 => self.change_credits(wish),
            8 => self.book(wish),
            _ => self.follow(wish),
        }?;
        self.last += 1;
        Some(event)
    }

    fn adjust(&mut self, wish: Wish) -> Option<Event> {
        let Wish { station, trader: owner, commodity, quantity, .. } = wish;
        let [available, _, unavailable, _] = self.has(station, owner, commodity);
        let (change, flow, moved) = match (wish.kind, wish.other) {
            (0, other) => {
                let source = if other == 0 { Source::Found } else { Source::Produced };
                let flow = usize::from(other == 0);
                (StockChange::In(source, units(quantity)), Some(flow), [quantity, 0])
            }
            (1, other) if available >= quantity => {
                let sinks = [Sink::Consumed, Sink::Lost, Sink::Expired, Sink::Stolen];
                let sink = other as usize % sinks.len();
                let change = StockChange::Out(sinks[sink], units(quantity));
                (change, Some(2 + sink), [quantity.wrapping_neg(), 0])
            }
            (2, 0) if unavailable >= quantity => {
                let change = StockChange::Repaired(units(quantity));
                (change, None, [quantity, quantity.wrapping_neg()])
            }
            (2, _) if available >= quantity => {
                let change = StockChange::Damaged(units(quantity));
                (change, None, [quantity.wrapping_neg(), quantity])
            }
            (3, _) if available > 0 => {
                let (expected, count) = (units(available), units(quantity));
                let flow = if quantity > available { 1 } else { 3 };
                let change = StockChange::Counted { expected, count };
                let moved = quantity.wrapping_sub(available);
                self.flows.entry(commodity).or_default()[flow] += quantity.abs_diff(available);
                (change, None, [moved, 0])
            }
            _ => return None,
        };
        if let Some(flow) = flow {
            self.flows.entry(commodity).or_default()[flow] += quantity;
        }
        let held = self.units(station, owner, commodity);
        held[0] = held[0].wrapping_add(moved[0]);
        held[2] = held[2].wrapping_add(moved[1]);
        Some(adjusted(station, owner, commodity, change))
    }

    fn trade(&mut self, wish: Wish) -> Option<Event> {
        let Wish { station, trader: buyer, other: seller, commodity, quantity, .. } = wish;
        let total = quantity * 2;
        let [available, ..] = self.has(station, seller, commodity);
        let paid = self.balances.get(&buyer).copied().unwrap_or_default();
        if buyer == seller || available < quantity || paid < total {
            return None;
        }
        self.units(station, seller, commodity)[0] -= quantity;
        self.units(station, buyer, commodity)[0] += quantity;
        *self.balances.entry(buyer).or_default() -= total;
        *self.balances.entry(seller).or_default() += total;
        self.trades.push(self.last + 1);
        Some(traded(station, (buyer, seller), (commodity, quantity, 2)))
    }

    fn change_credits(&mut self, wish: Wish) -> Option<Event> {
        let Wish { trader, other, quantity, .. } = wish;
        let balance = self.balances.entry(trader).or_default();
        if other > 0 {
            *balance += quantity;
            self.issued += quantity;
            return Some(issued(trader, quantity));
        }
        *balance = balance.checked_sub(quantity)?;
        self.retired += quantity;
        let (trader, amount) = (TraderId(trader), credits(quantity));
        Some(Event::CreditsRetired { trader, amount })
    }

    fn book(&mut self, wish: Wish) -> Option<Event> {
        let Wish { station: origin, trader: owner, commodity, quantity, .. } = wish;
        let [available, ..] = self.has(origin, owner, commodity);
        let destination = (origin + 1) % STATIONS;
        if available < quantity {
            return None;
        }
        let held = self.units(origin, owner, commodity);
        held[0] -= quantity;
        held[1] += quantity;
        let last = self.last + 1;
        let (status, outstanding) = (ShipmentStatus::Booked, quantity);
        let cargo = Cargo {
            origin,
            destination,
            owner,
            commodity,
            outstanding,
            lost: 0,
            counted: false,
            arrived: false,
            status,
            last,
            events: 1,
        };
        self.cargo.insert(last, cargo);
        Some(booked(route(origin, destination, owner), wish.other, goods(commodity, quantity)))
    }

    /// The next event of some shipment.
    fn follow(&mut self, wish: Wish) -> Option<Event> {
        let open = self.cargo.iter().filter(|(_, cargo)| {
            !cargo.status.is_terminal() || cargo.status == ShipmentStatus::Lost
        });
        let open: Vec<u64> = open.map(|(id, _)| *id).collect();
        let id = *open.get(usize::try_from(wish.quantity).unwrap() % open.len().max(1))?;
        let mut cargo = self.cargo.get(&id)?.clone();
        let previous = cargo.last;
        let lines = goods(cargo.commodity, cargo.outstanding);
        let here = (cargo.origin, cargo.owner, cargo.commodity);
        let there = (cargo.destination, cargo.owner, cargo.commodity);
        let left = cargo.outstanding;
        let at_origin = matches!(cargo.status, ShipmentStatus::Booked | ShipmentStatus::Loading);
        let reason = None;
        let (status, change) = match (at_origin, wish.other) {
            _ if cargo.status == ShipmentStatus::Lost => self.find(&mut cargo),
            (true, 0) => {
                let held = self.units(here.0, here.1, here.2);
                held[0] += left;
                held[1] -= left;
                (ShipmentStatus::Cancelled, ShipmentChange::Cancelled { lines, reason })
            }
            (true, 1) => (ShipmentStatus::Loading, ShipmentChange::Loaded),
            (true, _) => {
                self.units(here.0, here.1, here.2)[1] -= left;
                self.units(there.0, there.1, there.2)[3] += left;
                (ShipmentStatus::InTransit, departed(lines))
            }
            (false, 0) => {
                self.units(there.0, there.1, there.2)[3] -= left;
                self.flows.entry(there.2).or_default()[3] += left;
                (cargo.outstanding, cargo.lost) = (0, left);
                let cause = domain::LossCause::Lost;
                let lost = ShipmentStatus::Lost;
                let status = if cargo.counted { ShipmentStatus::Received } else { lost };
                (status, ShipmentChange::Lost { lines, cause, reason })
            }
            (false, 1) => {
                self.units(there.0, there.1, there.2)[3] -= left;
                self.units(here.0, here.1, here.2)[0] += left;
                cargo.outstanding = 0;
                (ShipmentStatus::Returned, ShipmentChange::Returned { lines, reason })
            }
            (false, _) if cargo.status == ShipmentStatus::InTransit => {
                cargo.arrived = true;
                (ShipmentStatus::Arrived, ShipmentChange::Arrived)
            }
            (false, _) => self.receive(&mut cargo, wish),
        };
        cargo.status = status;
        cargo.last = self.last + 1;
        cargo.events += 1;
        let way = route(cargo.origin, cargo.destination, cargo.owner);
        self.cargo.insert(id, cargo);
        Some(changed(Sequence(id), Sequence(previous), way, change))
    }

    fn find(&mut self, cargo: &mut Cargo) -> (ShipmentStatus, ShipmentChange) {
        let found = std::mem::take(&mut cargo.lost);
        cargo.outstanding = found;
        self.units(cargo.destination, cargo.owner, cargo.commodity)[3] += found;
        self.flows.entry(cargo.commodity).or_default()[1] += found;
        let change = ShipmentChange::Found { lines: goods(cargo.commodity, found), reason: None };
        let under_way = ShipmentStatus::InTransit;
        (if cargo.arrived { ShipmentStatus::Arrived } else { under_way }, change)
    }

    fn receive(&mut self, cargo: &mut Cargo, wish: Wish) -> (ShipmentStatus, ShipmentChange) {
        let count = wish.quantity.min(cargo.outstanding);
        let (accepted, rejected) = (count - count / 3, count / 3);
        let held = self.units(cargo.destination, cargo.owner, cargo.commodity);
        held[0] += accepted;
        held[2] += rejected;
        held[3] -= count;
        cargo.outstanding -= count;
        cargo.counted = true;
        let complete = cargo.outstanding == 0;
        let status =
            if complete { ShipmentStatus::Received } else { ShipmentStatus::PartiallyReceived };
        let lines = [ReceiptLine {
            commodity: CommodityId(cargo.commodity),
            accepted: units(accepted),
            rejected: units(rejected),
            found: units(0),
            short: units(0),
        }];
        (status, ShipmentChange::Received { lines: lines.into(), complete })
    }

    /// Asks the views everything, and compares.
    pub(crate) fn check(&self, world: &World) {
        assert_eq!(world.views.read().as_of().sequence, Sequence(self.last));
        self.check_levels(world);
        self.check_everywhere(world);
        self.check_audit(world);
        self.check_shipments(world);
        let found = find_trades(world);
        let wanted: Vec<u64> = self.trades.iter().rev().copied().collect();
        assert_eq!(found, wanted);
        assert_eq!(world.views.read().counts().trades_settled, self.trades.len() as u64);
    }

    fn entries(&self) -> impl Iterator<Item = (&(u32, u32, u32), &Units)> {
        self.stock.iter().filter(|(_, held)| **held != [0; 4])
    }

    fn total(&self, station: u32, commodity: u32) -> Units {
        let mut total = [0; 4];
        for ((at, _, of), held) in &self.stock {
            if (*at, *of) == (station, commodity) {
                total.iter_mut().zip(held).for_each(|(sum, one)| *sum += one);
            }
        }
        total
    }

    fn check_levels(&self, world: &World) {
        let state = world.views.read();
        assert_eq!(state.counts().stock_entries, self.entries().count());
        for station in 0..STATIONS {
            let filter = LevelFilter::default();
            // Names go down as numbers go up; see `beginning`.
            let here = self.entries().filter(|((at, ..), _)| *at == station);
            let mut wanted: Vec<_> = here.map(|((_, o, c), held)| (*c, Some(*o), *held)).collect();
            wanted.sort_by_key(|(commodity, owner, _)| {
                let owner = owner.unwrap();
                let name = state.trader(TraderId(owner)).unwrap().name.to_string();
                (std::cmp::Reverse(*commodity), name)
            });
            let found = state.levels(StationId(station), &filter, true, SCOPE);
            assert_eq!(found.iter().map(plain).collect::<Vec<_>>(), wanted);
            let seen = self.seen.iter().rev().filter(|(at, _)| *at == station);
            let wanted: Vec<_> = seen.map(|(_, c)| (*c, None, self.total(station, *c))).collect();
            let found = state.levels(StationId(station), &filter, false, SCOPE);
            assert_eq!(found.iter().map(plain).collect::<Vec<_>>(), wanted);
        }
    }

    fn check_everywhere(&self, world: &World) {
        let state = world.views.read();
        let find = |filter: LevelFilter| {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let page = state.levels_everywhere(&filter, after, 2, SCOPE);
                found.extend(page.items.iter().map(|level| {
                    let (commodity, owner, held) = plain(level);
                    (level.station.0, commodity, owner, held)
                }));
                after = page.next;
                if after.is_none() {
                    return found;
                }
            }
        };
        let all = self.seen.iter().map(|(s, c)| (*s, *c, None, self.total(*s, *c)));
        let all: Vec<_> = all.collect();
        assert_eq!(find(LevelFilter::default()), all);
        let min = Some(units(5));
        let some: Vec<_> = all.iter().filter(|level| level.3[0] >= 5).copied().collect();
        assert_eq!(find(LevelFilter { min_available: min, ..LevelFilter::default() }), some);
        for commodity in 0..COMMODITIES {
            let only = Some(CommodityId(commodity));
            let some: Vec<_> = all.iter().filter(|level| level.1 == commodity).copied().collect();
            assert_eq!(find(LevelFilter { commodity: only, ..LevelFilter::default() }), some);
        }
        for owner in 0..TRADERS {
            let only = Some(TraderId(owner));
            let theirs = self.entries().filter(|((_, of, _), _)| *of == owner);
            let mut wanted: Vec<_> =
                theirs.map(|((s, o, c), held)| (*s, *c, Some(*o), *held)).collect();
            wanted.sort_unstable();
            assert_eq!(find(LevelFilter { owner: only, ..LevelFilter::default() }), wanted);
        }
    }

    fn check_audit(&self, world: &World) {
        let audit = world.views.audit(SCOPE).unwrap();
        assert!(audit.balanced, "{audit:?}");
        for (commodity, found) in (0..).zip(&audit.commodities) {
            let flows = found.flows;
            let flows = [
                flows.produced,
                flows.found,
                flows.consumed,
                flows.lost,
                flows.expired,
                flows.stolen,
            ];
            let wanted = self.flows.get(&commodity).copied().unwrap_or_default();
            assert_eq!(flows.map(domain::Quantity::get), wanted, "commodity {commodity}");
        }
        let sum: u64 = self.balances.values().sum();
        let found = audit.credits;
        assert_eq!(
            [found.issued, found.retired, found.balances()],
            [self.issued, self.retired, sum].map(u128::from)
        );
        let state = world.views.read();
        for (trader, balance) in &self.balances {
            assert_eq!(state.balance(TraderId(*trader), SCOPE).unwrap().total(), credits(*balance));
        }
    }

    fn check_shipments(&self, world: &World) {
        for status in [None, Some(ShipmentStatus::Lost), Some(ShipmentStatus::InTransit)] {
            let filter = ShipmentFilter { status, ..ShipmentFilter::default() };
            let wanted = self
                .cargo
                .iter()
                .rev()
                .filter(|(_, cargo)| status.is_none_or(|only| only == cargo.status));
            let wanted = wanted.map(|(id, cargo)| (*id, cargo.status, cargo.last));
            assert_eq!(find_shipments(world, &filter), wanted.collect::<Vec<_>>());
        }
        for (id, cargo) in &self.cargo {
            let id = ShipmentId(Sequence(*id));
            let history = world.views.shipment(id, SCOPE).unwrap().unwrap();
            assert_eq!(history.timeline.len(), cargo.events);
            assert_eq!(history.shipment.status, cargo.status);
            let counts = world.views.read().shipment_counts();
            let same = self.cargo.values().filter(|other| other.status == cargo.status);
            assert_eq!(counts.of(cargo.status), same.count() as u64);
            let ended = cargo.status.is_terminal().then_some(cargo.status);
            assert_eq!(world.views.ended_status(id, SCOPE).unwrap(), ended);
        }
    }
}

fn plain(level: &views::Level) -> (u32, Option<u32>, Units) {
    let units = [level.available, level.reserved, level.unavailable, level.incoming];
    let owner = level.owner.map(|owner| owner.0);
    (level.commodity.0, owner, units.map(domain::Quantity::get))
}

fn find_shipments(world: &World, filter: &ShipmentFilter) -> Vec<(u64, ShipmentStatus, u64)> {
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let page = world.history.find_shipments(filter, newest(before, 3), SCOPE).unwrap();
        found.extend(page.items.iter().map(|one| (one.id.0.0, one.status, one.last.0)));
        before = page.next;
        if before.is_none() {
            return found;
        }
    }
}

fn find_trades(world: &World) -> Vec<u64> {
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let any = TradeFilter::default();
        let page = world.history.find_trades(&any, newest(before, 3), SCOPE).unwrap();
        found.extend(page.items.iter().map(|trade| trade.origin.envelope.sequence.0));
        before = page.next;
        if before.is_none() {
            return found;
        }
    }
}
