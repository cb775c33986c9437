//! Everything the read models hold in memory, at one sequence.

use domain::{
    CommodityId, Credits, Event, Identifier, Movement, NetworkDetails, PrincipalId, Recorded,
    Scope, Sequence, Shipment, ShipmentId, StationId, StockAccount, TraderId, movements,
};

use crate::access::Keys;
use crate::accounts::Accounts;
use crate::audit::Sums;
use crate::directory::Directory;
use crate::inventory::Inventory;
use crate::shipments::{Ended, Shipments};
use crate::{Access, ApiKey, AsOf, Commodity, ShipmentCounts, Station, Trader};

/// The current state of the network, as its readers see it: all of it at one sequence.
#[derive(Debug, Default)]
pub struct State {
    pub(crate) as_of: AsOf,
    pub(crate) directory: Directory,
    pub(crate) keys: Keys,
    pub(crate) accounts: Accounts,
    pub(crate) inventory: Inventory,
    pub(crate) shipments: Shipments,
    pub(crate) sums: Sums,
    pub(crate) traded: Traded,
}

/// How much was ever traded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Traded {
    pub(crate) trades_settled: u64,
    pub(crate) value: u128,
}

/// How much there is of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Stations.
    pub stations: usize,
    /// Commodities.
    pub commodities: usize,
    /// Traders, stations included.
    pub traders: usize,
    /// Stock entries (station, owner, commodity) that hold something.
    pub stock_entries: usize,
    /// Shipments that have not ended.
    pub open_shipments: usize,
    /// API keys ever made.
    pub keys: usize,
    /// Trades ever settled.
    pub trades_settled: u64,
    /// Credits ever paid for them.
    pub traded_value: u128,
    /// Events ever recorded.
    pub events: u64,
}

/// Reading. Nothing here blocks or leaves memory.
impl State {
    /// How far it has seen.
    pub fn as_of(&self) -> AsOf {
        self.as_of
    }

    /// What the network was created with; `None` before it was.
    pub fn network(&self) -> Option<&NetworkDetails> {
        self.directory.network.as_ref()
    }

    /// The station of this name.
    pub fn station_id(&self, name: &str) -> Option<StationId> {
        self.directory.station_named(name)
    }

    /// The station of this number.
    pub fn station(&self, id: StationId) -> Option<&Station> {
        self.directory.stations().get(id.index())
    }

    /// All stations in the order of creation.
    pub fn stations(&self) -> impl Iterator<Item = &Station> {
        self.stations_from(0)
    }

    /// The stations numbered from `index` on, in the order of creation. Skipping costs nothing.
    pub fn stations_from(&self, index: usize) -> impl Iterator<Item = &Station> {
        self.directory.stations().iter_from(index)
    }

    /// The commodity of this name.
    pub fn commodity_id(&self, name: &str) -> Option<CommodityId> {
        self.directory.commodity_named(name)
    }

    /// The commodity of this number.
    pub fn commodity(&self, id: CommodityId) -> Option<&Commodity> {
        self.directory.commodities().get(id.index())
    }

    /// All commodities in the order of creation.
    pub fn commodities(&self) -> impl Iterator<Item = &Commodity> {
        self.commodities_from(0)
    }

    /// The commodities numbered from `index` on, in the order of creation.
    pub fn commodities_from(&self, index: usize) -> impl Iterator<Item = &Commodity> {
        self.directory.commodities().iter_from(index)
    }

    /// The trader of this name, or the trader that the station of this name is.
    pub fn trader_id(&self, name: &str) -> Option<TraderId> {
        self.directory.trader_named(name)
    }

    /// The trader of this number.
    pub fn trader(&self, id: TraderId) -> Option<&Trader> {
        self.directory.traders().get(id.index())
    }

    /// All traders in the order of creation, stations included.
    pub fn traders(&self) -> impl Iterator<Item = &Trader> {
        self.traders_from(0)
    }

    /// The traders numbered from `index` on, in the order of creation, stations included.
    pub fn traders_from(&self, index: usize) -> impl Iterator<Item = &Trader> {
        self.directory.traders().iter_from(index)
    }

    /// A trader's credits; `None` if there is no such trader or it may not be seen.
    pub fn balance(&self, trader: TraderId, scope: Scope) -> Option<Credits> {
        let Scope::Network = scope;
        self.accounts.balance(trader)
    }

    /// A shipment that has not ended.
    pub fn open_shipment(&self, id: ShipmentId, scope: Scope) -> Option<&Shipment> {
        let Scope::Network = scope;
        self.shipments.get(id)
    }

    /// How many shipments there are of each status.
    pub fn shipment_counts(&self) -> ShipmentCounts {
        self.shipments.counts()
    }

    /// What the key with this digest gives; `None` if there is none or it was revoked.
    pub fn key_by_digest(&self, digest: &[u8; 32]) -> Option<Access> {
        self.keys.by_digest(digest)
    }

    /// All keys in the order of creation, revoked ones included.
    pub fn keys(&self) -> impl Iterator<Item = &ApiKey> {
        self.keys_from(0)
    }

    /// The keys numbered from `index` on, in the order of creation, revoked ones included.
    pub fn keys_from(&self, index: usize) -> impl Iterator<Item = &ApiKey> {
        self.keys.all().iter_from(index)
    }

    /// The name of a principal; `network` is the network itself.
    pub fn principal_name(&self, id: PrincipalId) -> Option<&Identifier> {
        self.keys.principal(id)
    }

    /// How much there is of everything.
    pub fn counts(&self) -> Counts {
        Counts {
            stations: self.directory.stations().len(),
            commodities: self.directory.commodities().len(),
            traders: self.directory.traders().len(),
            stock_entries: self.inventory.entry_count(),
            open_shipments: self.shipments.len(),
            keys: self.keys.all().len(),
            trades_settled: self.traded.trades_settled,
            traded_value: self.traded.value,
            events: self.as_of.sequence.0,
        }
    }
}

/// Folding.
impl State {
    /// Brings the stock that these events will move into the processor's cache: all at once, which
    /// is cheaper than waiting for it piece by piece.
    pub(crate) fn warm(&self, events: &[Recorded]) {
        let mut places = Vec::with_capacity(2 * events.len());
        for recorded in events {
            movements(&recorded.event, |movement| {
                let Movement::Goods { commodity, from, to, .. } = movement else {
                    return;
                };
                for account in [from, to] {
                    if let StockAccount::Level { station, owner, .. } = account {
                        places.push((station.0, owner.0, commodity.0));
                    }
                }
            });
        }
        self.inventory.warm(&places);
    }

    /// Follows the network by one event, which must be the next; says which shipment it ended.
    pub(crate) fn fold(&mut self, recorded: &Recorded) -> Option<Ended> {
        let Recorded { envelope, event } = recorded;
        let next = self.as_of.sequence.next();
        assert_eq!(
            envelope.sequence, next,
            "the committed events have a gap: {} came where {next} was due",
            envelope.sequence
        );
        let ended = self.follow(recorded);
        movements(event, |movement| match movement {
            Movement::Goods { commodity, quantity, from, to } => {
                self.inventory.fold(envelope, commodity, quantity, from, to);
                self.sums.fold(commodity, quantity, from, to);
            }
            Movement::Credits { amount, from, to } => self.accounts.fold(amount, from, to),
        });
        self.as_of = AsOf { sequence: envelope.sequence, time: envelope.recorded_at };
        ended
    }

    /// Whatever an event does besides moving goods and credits.
    fn follow(&mut self, recorded: &Recorded) -> Option<Ended> {
        let Recorded { envelope, event } = recorded;
        match event {
            Event::TradeSettled(trade) => {
                self.traded.trades_settled += 1;
                self.traded.value += u128::from(trade.total.get());
            }
            Event::StockAdjusted(_)
            | Event::CreditsIssued { .. }
            | Event::CreditsRetired { .. } => {}
            Event::ShipmentBooked(booked) => self.shipments.book(envelope, booked),
            Event::ShipmentChanged(changed) => return self.shipments.change(envelope, changed),
            Event::KeyCreated { .. } | Event::KeyRevoked { .. } => self.keys.fold(envelope, event),
            Event::StationCreated { .. } => {
                self.directory.fold(envelope, event);
                self.inventory.open_shelf();
                self.open_trader();
            }
            Event::TraderCreated { .. } => {
                self.directory.fold(envelope, event);
                self.open_trader();
            }
            Event::CommodityCreated { .. } => {
                self.directory.fold(envelope, event);
                self.sums.open();
            }
            Event::NetworkCreated(_)
            | Event::StationUpdated { .. }
            | Event::CommodityUpdated { .. }
            | Event::TraderUpdated { .. } => self.directory.fold(envelope, event),
        }
        None
    }

    fn open_trader(&mut self) {
        self.accounts.open();
        self.inventory.open_holding();
    }

    /// The last event that readers of the journal may be shown: behind it are names that the
    /// directory does not know yet.
    pub(crate) fn last_shown(&self) -> Sequence {
        self.as_of.sequence
    }
}
