//! Everything the read models hold in memory, at one sequence.

use domain::{
    CommodityId, CreditAccount, Envelope, Event, Identifier, Movement, NetworkDetails, PrincipalId,
    Recorded, Scope, Sequence, Shipment, ShipmentChanged, ShipmentId, StationId, StockAccount,
    TradeRecord, TraderId, TransactionId, VesselId, movements,
};

use crate::access::Keys;
use crate::accounts::{Accounts, Balance};
use crate::alerts::Alerts;
use crate::audit::Sums;
use crate::directory::Directory;
use crate::holds::Holds;
use crate::inventory::{Inventory, place};
use crate::offers::Offers;
use crate::promises::Promises;
use crate::quotes::Quotes;
use crate::shipments::{Shipments, Turn};
use crate::{Access, ApiKey, AsOf, Commodity, ShipmentCounts, Station, Trader, Vessel};

/// The current state of the network, as its readers see it: all of it at one sequence.
#[derive(Debug, Default)]
pub struct State {
    pub(crate) as_of: AsOf,
    pub(crate) directory: Directory,
    pub(crate) keys: Keys,
    pub(crate) accounts: Accounts,
    pub(crate) inventory: Inventory,
    pub(crate) shipments: Shipments,
    pub(crate) holds: Holds,
    pub(crate) offers: Offers,
    pub(crate) alerts: Alerts,
    pub(crate) promises: Promises,
    pub(crate) quotes: Quotes,
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
    /// Trades that are pending.
    pub open_holds: usize,
    /// Offers that are open.
    pub open_offers: usize,
    /// Vessels.
    pub vessels: usize,
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

    /// Whether a station lies in the system of this name now.
    pub fn has_system(&self, name: &str) -> bool {
        self.directory.has_system(name)
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

    /// The vessel of this name.
    pub fn vessel_id(&self, name: &str) -> Option<VesselId> {
        self.directory.vessel_named(name)
    }

    /// The vessel of this number.
    pub fn vessel(&self, id: VesselId) -> Option<&Vessel> {
        self.directory.vessels().get(id.index())
    }

    /// The vessels numbered from `index` on, in the order of creation.
    pub fn vessels_from(&self, index: usize) -> impl Iterator<Item = &Vessel> {
        self.directory.vessels().iter_from(index)
    }

    /// The shipment that a vessel carries, if it carries one that may be seen.
    pub fn carrying(&self, vessel: VesselId, scope: Scope<'_>) -> Option<ShipmentId> {
        let carried = self.vessel(vessel)?.carrying?;
        self.open_shipment(carried, scope).map(|shipment| shipment.id)
    }

    /// A trader's credits; `None` if there is no such trader or it may not be seen.
    pub fn balance(&self, trader: TraderId, scope: Scope<'_>) -> Option<Balance> {
        if scope.sees(trader) { self.accounts.balance(trader) } else { None }
    }

    /// A shipment that has not ended; `None` if it may not be seen.
    pub fn open_shipment(&self, id: ShipmentId, scope: Scope<'_>) -> Option<&Shipment> {
        self.shipments.get(id).filter(|shipment| crate::shipments::seen(shipment, scope))
    }

    /// A trade that is pending; `None` if it may not be seen.
    pub fn open_hold(&self, id: TransactionId, scope: Scope<'_>) -> Option<&TradeRecord> {
        self.holds.get(id).filter(|trade| crate::trades::seen(trade, scope))
    }

    /// How many shipments there are of each status.
    pub fn shipment_counts(&self) -> ShipmentCounts {
        self.shipments.counts()
    }

    /// What the key gives whose secret has this digest; `None` if there is none or it was revoked.
    pub fn key_by_digest(&self, digest: &[u8; 32]) -> Option<Access> {
        self.keys.by_digest(digest)
    }

    /// The key of tokens whose issuer and subject have this digest, ended or not.
    pub fn key_of_tokens(&self, digest: &[u8; 32]) -> Option<&ApiKey> {
        self.keys.of_tokens(digest)
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

    /// The principal of this name.
    pub fn principal_named(&self, name: &str) -> Option<PrincipalId> {
        self.keys.principal_named(name)
    }

    /// How much there is of everything.
    pub fn counts(&self) -> Counts {
        Counts {
            stations: self.directory.stations().len(),
            commodities: self.directory.commodities().len(),
            traders: self.directory.traders().len(),
            stock_entries: self.inventory.entry_count(),
            open_shipments: self.shipments.len(),
            open_holds: self.holds.len(),
            open_offers: self.offers.len(),
            vessels: self.directory.vessels().len(),
            keys: self.keys.all().len(),
            trades_settled: self.traded.trades_settled,
            traded_value: self.traded.value,
            events: self.as_of.sequence.0,
        }
    }
}

/// Folding.
impl State {
    /// Brings what these events will change into the processor's cache: all at once, which
    /// is cheaper than waiting for it piece by piece.
    pub(crate) fn warm(&self, events: &[Recorded]) {
        let mut places = Vec::with_capacity(2 * events.len());
        let mut quoted = Vec::with_capacity(events.len());
        let mut traders = Vec::with_capacity(2 * events.len());
        for recorded in events {
            movements(&recorded.event, |movement| match movement {
                Movement::Goods { commodity, from, to, .. } => {
                    let mut before = None;
                    for account in [from, to] {
                        if let StockAccount::Level { station, owner, .. } = account {
                            places.push((station.0, owner.0, commodity.0));
                            if before.replace(station) != Some(station) {
                                quoted.push((station.0, commodity.0));
                            }
                        }
                    }
                }
                Movement::Credits { from, to, .. } => {
                    for account in [from, to] {
                        if let CreditAccount::Available(trader) | CreditAccount::Held(trader) =
                            account
                        {
                            traders.push(trader);
                        }
                    }
                }
            });
        }
        self.quotes.warm(&quoted);
        self.accounts.warm(&traders);
        self.inventory.warm(&places);
    }

    /// Follows the network by one event, which must be the next; says which shipment it ended
    /// or brought back.
    pub(crate) fn fold(&mut self, recorded: &Recorded) -> Option<Turn> {
        let Recorded { envelope, event } = recorded;
        let next = self.as_of.sequence.next();
        assert_eq!(
            envelope.sequence, next,
            "the committed events have a gap: {} came where {next} was due",
            envelope.sequence
        );
        self.promises.fold(envelope.sequence, event, &self.holds);
        let ended = self.follow(recorded);
        movements(event, |movement| match movement {
            Movement::Goods { commodity, quantity, from, to } => {
                self.inventory.fold(envelope, commodity, quantity, from, to);
                let (source, target) = (place(from), place(to));
                // What only changes its owner changes no sum; its price is of the trade.
                if source != target {
                    for (station, _) in [source, target].into_iter().flatten() {
                        self.quotes.touch(envelope.sequence, station, commodity);
                    }
                }
                self.sums.fold(commodity, quantity, from, to);
            }
            Movement::Credits { amount, from, to } => self.accounts.fold(amount, from, to),
        });
        self.as_of = AsOf { sequence: envelope.sequence, time: envelope.recorded_at };
        ended
    }

    /// Whatever an event does besides moving goods and credits.
    fn follow(&mut self, recorded: &Recorded) -> Option<Turn> {
        let Recorded { envelope, event } = recorded;
        match event {
            Event::TradeSettled(trade) => {
                self.traded.trades_settled += 1;
                self.traded.value += u128::from(trade.total.get());
                self.quotes.trade(envelope.sequence, trade.station, &trade.lines);
                if let Some(terms) = &trade.terms {
                    self.offers.take(envelope, &terms.offers, &trade.lines);
                }
            }
            Event::StockAdjusted(_)
            | Event::CreditsIssued { .. }
            | Event::CreditsRetired { .. }
            | Event::CreditsTransferred(_)
            | Event::StockTransferred(_) => {}
            Event::TradeHeld(_)
            | Event::HoldSettled(_)
            | Event::TradeVoided(_)
            | Event::TradeReversed(_) => self.follow_hold(envelope, event),
            Event::TradeExpired(_) => {
                self.follow_hold(envelope, event);
                self.alerts.fold(envelope, event, &self.shipments);
            }
            Event::OfferOpened(_)
            | Event::OfferFilled { .. }
            | Event::OffersWithdrawn(_)
            | Event::OfferExpired(_) => self.follow_offer(envelope, event),
            Event::ShipmentBooked(booked) => self.shipments.book(envelope, booked),
            Event::ShipmentChanged(changed) => return self.follow_shipment(envelope, changed),
            Event::KeyCreated { .. }
            | Event::KeyRevoked { .. }
            | Event::KeyExpired { .. }
            | Event::KeyUpdated { .. }
            | Event::GrantUpdated { .. } => self.keys.fold(envelope, event),
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
            Event::NetworkCreated(_) => {
                self.directory.fold(envelope, event);
                self.alerts.fold(envelope, event, &self.shipments);
            }
            Event::StationUpdated { .. }
            | Event::CommodityUpdated { .. }
            | Event::TraderUpdated { .. }
            | Event::VesselCreated { .. }
            | Event::VesselUpdated { .. } => self.directory.fold(envelope, event),
            Event::AlertRuleSet(_)
            | Event::AlertRuleDeleted { .. }
            | Event::AlertFired(_)
            | Event::AlertChanged(_)
            | Event::AlertAcknowledged(_)
            | Event::AlertResolved(_) => self.alerts.fold(envelope, event, &self.shipments),
        }
        None
    }

    fn follow_shipment(&mut self, envelope: &Envelope, changed: &ShipmentChanged) -> Option<Turn> {
        let vessel = self.shipments.get(changed.shipment).and_then(|shipment| shipment.vessel);
        let turn = self.shipments.change(envelope, changed);
        if let Some(vessel) = vessel {
            self.directory.carry(vessel, changed, matches!(turn, Some(Turn::Ended(_))));
        }
        turn
    }

    /// A trade that does not settle at once, or is moved back.
    fn follow_hold(&mut self, envelope: &Envelope, event: &Event) {
        let (trade, previous) = match event {
            Event::TradeHeld(held) => {
                if let Some(terms) = &held.terms {
                    self.offers.take(envelope, &terms.offers, &held.lines);
                }
                return self.holds.hold(envelope, held);
            }
            Event::HoldSettled(settled) => {
                self.traded.trades_settled += u64::from(settled.rest.is_some());
                self.traded.value += u128::from(settled.total.get());
                self.quotes.trade(envelope.sequence, settled.station, &settled.lines);
                (settled.trade, settled.previous)
            }
            Event::TradeVoided(released) | Event::TradeExpired(released) => {
                (released.trade, released.previous)
            }
            Event::TradeReversed(reversed) => return self.holds.reverse(envelope, reversed),
            _ => return,
        };
        self.holds.follow(envelope, event, (trade, previous));
    }

    fn follow_offer(&mut self, envelope: &Envelope, event: &Event) {
        let at = envelope.sequence;
        match event {
            Event::OfferOpened(opened) => self.offers.post(envelope, opened),
            Event::OfferFilled { offer, .. } => self.offers.fill(at, *offer),
            Event::OffersWithdrawn(rests) => {
                rests.iter().for_each(|rest| self.offers.end(at, rest));
            }
            Event::OfferExpired(rest) => self.offers.end(at, rest),
            _ => {}
        }
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
