//! The books, kept a second time from the events alone, as views and verify keep them.

use std::collections::BTreeMap;

use domain::{
    Bucket, CommodityId, CreditAccount, Event, KeyId, Movement, Recorded, Shipment, ShipmentId,
    ShipmentStatus, Source, StationId, StockAccount, Timestamp, TradeRecord, TraderId,
    TransactionId, movements,
};
use table::{Reader, Writer};

use super::audit_alerts::AlertBook;
use super::audit_trading::Trading;
use crate::timers::Timer;
use crate::{State, StockLevel};

pub(super) type Place = (StationId, TraderId, CommodityId);

/// Every account there is, and every shipment that may still go on.
#[derive(Default)]
pub(super) struct Audit {
    goods: BTreeMap<(CommodityId, StockAccount), i128>,
    credits: BTreeMap<CreditAccount, i128>,
    shipments: BTreeMap<ShipmentId, Shipment>,
    trading: Trading,
    alerts: AlertBook,
    /// When keys that are good expire.
    keys: BTreeMap<KeyId, Timestamp>,
}

impl Audit {
    pub(super) fn follow(&mut self, recorded: &Recorded) {
        movements(&recorded.event, |movement| self.movement(movement));
        self.trading.follow(recorded);
        self.alerts.follow(recorded);
        match &recorded.event {
            Event::ShipmentBooked(booked) => {
                let shipment = Shipment::booked(&recorded.envelope, booked);
                self.shipments.insert(shipment.id, shipment);
            }
            Event::ShipmentChanged(changed) => {
                let shipment = self.shipments.get_mut(&changed.shipment).unwrap();
                assert_eq!(changed.previous, shipment.last, "each event names the last");
                shipment.apply(&recorded.envelope, changed);
            }
            Event::KeyCreated { key, details } => {
                self.keys.extend(details.expires_at.map(|expires_at| (*key, expires_at)));
            }
            Event::KeyUpdated { key, expires_at } => {
                self.keys.insert(*key, *expires_at);
            }
            Event::KeyRevoked { key } | Event::KeyExpired { key } => {
                self.keys.remove(key);
            }
            _ => {}
        }
    }

    fn movement(&mut self, movement: Movement) {
        match movement {
            Movement::Goods { commodity, quantity, from, to } => {
                assert!(from != to && !quantity.is_zero(), "{movement:?}");
                let quantity = i128::from(quantity.get());
                *self.goods.entry((commodity, from)).or_default() -= quantity;
                *self.goods.entry((commodity, to)).or_default() += quantity;
            }
            Movement::Credits { amount, from, to } => {
                assert!(from != to && !amount.is_zero(), "{movement:?}");
                let amount = i128::from(amount.get());
                *self.credits.entry(from).or_default() -= amount;
                *self.credits.entry(to).or_default() += amount;
            }
        }
    }

    /// Holds the state to the books: levels, balances, totals, and the goods of open shipments.
    pub(super) fn check(&mut self, state: &State) {
        self.check_levels(state);
        self.check_conservation(state);
        self.check_credits(state);
        self.check_shipments(state);
        self.trading.check(state);
        self.check_open(state);
        self.shipments.retain(|_, shipment| is_kept(shipment));
    }

    /// How much there is in an account of a commodity.
    pub(super) fn total(&self, commodity: CommodityId, account: StockAccount) -> i128 {
        self.goods.get(&(commodity, account)).copied().unwrap_or_default()
    }

    /// Holds the alerts that fire to those that should, once everything that is due has been told.
    pub(super) fn check_alerts(&mut self, state: &State, now: Timestamp) {
        self.alerts.check(state, self.shipments.values(), now);
    }

    fn check_levels(&self, state: &State) {
        let mut levels = BTreeMap::<Place, [i128; 4]>::new();
        for ((commodity, account), amount) in &self.goods {
            assert!(*amount >= 0 || matches!(account, StockAccount::Source(_)));
            if let StockAccount::Level { station, owner, bucket } = *account
                && *amount != 0
            {
                let level = levels.entry((station, owner, *commodity)).or_default();
                level[bucket as usize] = *amount;
            }
        }
        assert_eq!(levels, real_levels(state), "levels, and no entry is empty");
    }

    /// Produced + found = on hand + in transit + consumed + lost + expired + stolen.
    fn check_conservation(&self, state: &State) {
        let mut there = BTreeMap::<CommodityId, i128>::new();
        for ((_, _, commodity), level) in real_levels(state) {
            *there.entry(commodity).or_default() += level.iter().sum::<i128>();
        }
        for ((commodity, account), amount) in &self.goods {
            if matches!(account, StockAccount::Sink(_)) {
                *there.entry(*commodity).or_default() += amount;
            }
        }
        for (position, (_, row)) in state.commodities.iter().enumerate() {
            let commodity = CommodityId(u32::try_from(position).unwrap());
            let from = |source| {
                let account = (commodity, StockAccount::Source(source));
                -self.goods.get(&account).copied().unwrap_or_default()
            };
            let sourced = from(Source::Produced) + from(Source::Found);
            assert_eq!(sourced, i128::from(row.sourced.get()), "{commodity:?}");
            assert_eq!(sourced, there.remove(&commodity).unwrap_or_default(), "{commodity:?}");
        }
        assert!(there.is_empty(), "goods of no commodity: {there:?}");
    }

    /// Issued - retired = all balances.
    fn check_credits(&self, state: &State) {
        let booked = |account| self.credits.get(&account).copied().unwrap_or_default();
        let mut sum = 0;
        for (position, (_, row)) in state.traders.iter().enumerate() {
            let trader = TraderId(u32::try_from(position).unwrap());
            let balance = i128::from(row.balance.get());
            assert_eq!(balance, booked(CreditAccount::Available(trader)));
            let held = i128::from(row.held.get());
            assert_eq!(held, booked(CreditAccount::Held(trader)));
            sum += balance + held;
        }
        let issued = -booked(CreditAccount::Issued);
        assert_eq!(issued, i128::from(state.issued.get()));
        assert_eq!(issued - booked(CreditAccount::Retired), sum);
    }

    /// What open shipments, holds and offers promise is what is reserved, incoming and held, neither
    /// more nor less; shipments that ended are in memory no more.
    fn check_shipments(&self, state: &State) {
        let open = state.shipments.iter().map(|(key, open)| (key.0, open));
        let open = open.collect::<BTreeMap<_, _>>();
        let mut promised = BTreeMap::<(Place, bool), i128>::new();
        for (id, shipment) in &self.shipments {
            for line in &shipment.lines {
                let parts = [line.accepted, line.rejected, line.written_off];
                let counted = parts.iter().map(|part| part.get()).sum::<u64>();
                assert_eq!(line.shipped.get(), counted + line.outstanding().get());
                assert!(!shipment.status.is_terminal() || line.outstanding().is_zero());
                let route = shipment.route;
                let (reserved, station) = match shipment.status {
                    ShipmentStatus::Booked | ShipmentStatus::Loading => (true, route.origin),
                    _ => (false, route.destination),
                };
                let place = (station, route.owner, line.commodity);
                *promised.entry((place, reserved)).or_default() +=
                    i128::from(line.outstanding().get());
            }
            let held = open.get(id).map(|open| &open.shipment);
            assert_eq!(held, is_kept(shipment).then_some(shipment));
        }
        for (place, amount) in self.trading.reserved() {
            *promised.entry((place, true)).or_default() += amount;
        }
        promised.retain(|_, amount| *amount != 0);
        self.check_held(state);
        let mut held = BTreeMap::new();
        for (place, level) in real_levels(state) {
            held.insert((place, true), level[Bucket::Reserved as usize]);
            held.insert((place, false), level[Bucket::Incoming as usize]);
        }
        held.retain(|_, amount| *amount != 0);
        assert_eq!(promised, held, "reserved (true) and incoming (false)");
        let mut timers = self.trading.timers();
        let armed =
            open.values().filter_map(|open| Some((open.timer?, Timer::Shipment(open.shipment.id))));
        timers.extend(armed);
        timers.extend(self.alerts.timers());
        timers.extend(self.keys.iter().map(|(key, at)| (*at, Timer::Key(*key))));
        assert_eq!(timers, state.timers);
    }

    /// What is counted of holds, offers and shipments is what is open of them, and whose it is.
    fn check_open(&self, state: &State) {
        let mut open = self.trading.open_counts();
        let shipments = self.shipments.values().filter(|shipment| !shipment.status.is_terminal());
        for shipment in shipments {
            open.shipment_lines += shipment.lines.len();
            let share = open.shares.entry(shipment.route.owner).or_default();
            share.shipment_lines += u32::try_from(shipment.lines.len()).unwrap();
        }
        assert_eq!(open, state.open);
    }

    /// What holds, buy offers and charges hold of each trader's credits.
    fn check_held(&self, state: &State) {
        let mut promised = self.trading.held();
        let open = self.shipments.values().filter(|shipment| !shipment.status.is_terminal());
        let charges = open.flat_map(|shipment| &shipment.charges);
        for charge in charges {
            *promised.entry(charge.payer).or_default() += i128::from(charge.amount.get());
        }
        promised.retain(|_, amount| *amount != 0);
        let held = state.traders.iter().enumerate().filter(|(_, (_, row))| !row.held.is_zero());
        let held = held.map(|(position, (_, row))| {
            (TraderId(u32::try_from(position).unwrap()), i128::from(row.held.get()))
        });
        assert_eq!(promised, held.collect());
    }

    /// A trade after its last event, ended ones included.
    pub(super) fn trade(&self, trade: TransactionId) -> Option<&TradeRecord> {
        self.trading.trades.get(&trade)
    }
}

/// Whether the ledger still knows it: it has not ended, or may be found.
fn is_kept(shipment: &Shipment) -> bool {
    !shipment.status.is_terminal() || shipment.status == ShipmentStatus::Lost
}

fn real_levels(state: &State) -> BTreeMap<Place, [i128; 4]> {
    let row = |(key, level): (&crate::state::StockKey, &StockLevel)| {
        let parts = [level.available, level.reserved, level.unavailable, level.incoming];
        let place = (key.station, key.owner, key.commodity);
        (place, parts.map(|part| i128::from(part.get())))
    };
    state.stock.iter().map(row).collect()
}

/// The state as the bytes of its snapshot: equal states have equal bytes.
pub(super) fn bytes(state: &State) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(|part: &[u8]| {
        bytes.extend_from_slice(part);
        Ok(())
    });
    state.freeze().write(&mut writer).unwrap();
    writer.finish().unwrap();
    bytes
}

/// The state that a snapshot's bytes are of.
pub(super) fn read(bytes: &[u8]) -> Result<State, table::ArchiveError> {
    let mut parts = Some(bytes.to_vec()).into_iter();
    let mut reader = Reader::new(|| Ok(parts.next()));
    let state = State::read(&mut reader)?;
    reader.finish()?;
    Ok(state)
}

/// The state that the events make.
pub(super) fn replayed(events: &[Recorded]) -> State {
    let mut state = State::default();
    for recorded in events {
        crate::apply(&mut state, recorded);
    }
    state
}
