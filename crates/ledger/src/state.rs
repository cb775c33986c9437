//! What the rules need to know: balances, stock, open shipments, holds and offers, timers, windows of
//! keys and reversals. No history.
//!
//! Everything that grows is a table of bounded size whose order is part of the state, so that the
//! same events give the same bytes. Only this file changes amounts.

use std::collections::BTreeSet;

use domain::limits::{KEY_WINDOW, REVERSAL_WINDOW};
use domain::{
    Bucket, CommodityDetails, CommodityId, CreditAccount, Credits, Envelope, Identifier, KeyId,
    Lifetime, Movement, NetworkDetails, Offer, OfferId, PrincipalId, Quantity, Role, Sequence,
    Shipment, ShipmentId, Side, StationDetails, StationId, StockAccount, Timestamp, TradeRecord,
    TraderDetails, TraderId, TransactionId, VesselDetails, name_hash,
};
use table::{Key, KeyEntry, KeyWindow, Paged, Slot, Table};

use crate::alerts::Alerts;
use crate::open::Open;
use crate::rules::Rules;
use crate::timers::Timers;

/// The state of a network after its last event.
#[derive(Debug)]
pub struct State {
    pub(crate) last: Sequence,
    pub(crate) recorded_at: Timestamp,
    pub(crate) network: Option<NetworkDetails>,
    pub(crate) principals: Table<Name, Principal>,
    pub(crate) keys: Paged<KeyRow>,
    /// Traders, and the traders that stations are: one namespace, numbered by position.
    pub(crate) traders: Table<Name, Trader>,
    pub(crate) stations: Paged<Station>,
    pub(crate) commodities: Table<Name, Commodity>,
    pub(crate) stock: Table<StockKey, StockLevel>,
    /// Shipments that have not ended, and those that are lost and may still be found.
    pub(crate) shipments: Table<ShipmentKey, OpenShipment>,
    /// Those of `shipments` that are lost, by the event that told it: the oldest are forgotten first.
    pub(crate) lost: BTreeSet<(Sequence, ShipmentId)>,
    pub(crate) vessels: Table<Name, Vessel>,
    pub(crate) rules: Rules,
    pub(crate) alerts: Alerts,
    /// Trades that are pending.
    pub(crate) holds: Table<HoldKey, Hold>,
    pub(crate) offers: Table<OfferKey, OpenOffer>,
    /// The open offers of one station, commodity, side and trader stand together: derived from
    /// `offers`.
    pub(crate) alike: BTreeSet<(StationId, CommodityId, Side, TraderId, OfferId)>,
    /// Stock entries that settlements of open holds may yet make: derived from `holds`.
    pub(crate) promised_entries: usize,
    /// How much of holds, offers and shipments is open, and whose: derived from them.
    pub(crate) open: Open,
    /// Trades that were reversed of late, by [`reversal_hash`].
    pub(crate) reversals: KeyWindow,
    /// When what happens by itself: derived from the tables.
    pub(crate) timers: Timers,
    pub(crate) window: KeyWindow,
    pub(crate) issued: Credits,
}

/// An identifier as a table's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name(pub(crate) Identifier);

impl Key for Name {
    fn hash(&self) -> u64 {
        name_hash(self.0.as_str())
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Principal {
    pub(crate) role: Role,
    /// The traders it acts for, sorted; none for a role without accounts.
    pub(crate) accounts: Box<[TraderId]>,
    /// If tokens speak for it, and nothing else does.
    pub(crate) token: Option<TokenRow>,
}

/// Whose tokens speak for a principal.
#[derive(Debug, Clone)]
pub(crate) struct TokenRow {
    /// BLAKE3 of issuer and subject.
    pub(crate) digest: [u8; 32],
    /// The only key of the principal.
    pub(crate) key: KeyId,
    /// Wall time at which the token was issued that last changed what the principal may do.
    pub(crate) issued_at: Timestamp,
    /// The event that last gave it what it may do.
    pub(crate) granted: Sequence,
}

#[derive(Debug, Clone)]
pub(crate) struct KeyRow {
    /// For whom it speaks.
    pub(crate) principal: PrincipalId,
    /// Revoked or expired.
    pub(crate) has_ended: bool,
    /// When it ends by itself.
    pub(crate) expires_at: Option<Timestamp>,
    /// How long it was to be good when it was made.
    pub(crate) lifetime: Option<Lifetime>,
    /// What has taken its place.
    pub(crate) replaced_by: Option<KeyId>,
}

#[derive(Debug, Clone)]
pub(crate) struct Trader {
    /// Free to be spent.
    pub(crate) balance: Credits,
    /// Promised to holds, buy offers and charges.
    pub(crate) held: Credits,
    /// The station it is; a trader that is none has details of its own.
    pub(crate) station: Option<StationId>,
    pub(crate) details: Option<TraderDetails>,
}

#[derive(Debug, Clone)]
pub(crate) struct Station {
    pub(crate) trader: TraderId,
    pub(crate) details: StationDetails,
}

#[derive(Debug, Clone)]
pub(crate) struct Commodity {
    pub(crate) details: CommodityDetails,
    /// Produced and found, ever: at most 2^53-1, so that no movement can overflow.
    pub(crate) sourced: Quantity,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StockKey {
    pub(crate) station: StationId,
    pub(crate) owner: TraderId,
    pub(crate) commodity: CommodityId,
}

impl Key for StockKey {
    #[inline]
    fn hash(&self) -> u64 {
        (self.station.0, self.owner.0, self.commodity.0).hash()
    }
}

/// What an owner has of a commodity at a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StockLevel {
    /// Free.
    pub available: Quantity,
    /// Promised to booked shipments, to holds and by sell offers.
    pub reserved: Quantity,
    /// There, but not good.
    pub unavailable: Quantity,
    /// Under way to here; not on hand.
    pub incoming: Quantity,
}

impl StockLevel {
    /// Available, reserved and unavailable together.
    pub fn on_hand(&self) -> Quantity {
        let sum = self.available.get() + self.reserved.get() + self.unavailable.get();
        Quantity::new(sum).unwrap_or(Quantity::MAX)
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn bucket(&mut self, bucket: Bucket) -> &mut Quantity {
        match bucket {
            Bucket::Available => &mut self.available,
            Bucket::Reserved => &mut self.reserved,
            Bucket::Unavailable => &mut self.unavailable,
            Bucket::Incoming => &mut self.incoming,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ShipmentKey(pub(crate) ShipmentId);

impl Key for ShipmentKey {
    fn hash(&self) -> u64 {
        Key::hash(&self.0.0.0)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HoldKey(pub(crate) TransactionId);

impl Key for HoldKey {
    fn hash(&self) -> u64 {
        Key::hash(&self.0.0.0)
    }
}

/// A trade that is pending.
#[derive(Debug, Clone)]
pub(crate) struct Hold(pub(crate) TradeRecord);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OfferKey(pub(crate) OfferId);

impl Key for OfferKey {
    fn hash(&self) -> u64 {
        Key::hash(&self.0.0.0)
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct OpenOffer(pub(crate) Offer);

/// What the window of reversals knows a trade by.
pub(crate) fn reversal_hash(trade: TransactionId) -> u128 {
    trade.0.0.into()
}

#[derive(Debug, Clone)]
pub(crate) struct OpenShipment {
    pub(crate) shipment: Shipment,
    /// When loading began, once it has.
    pub(crate) loaded_at: Option<Timestamp>,
    /// When its timer fires, if one is armed: derived from it, its alerts and their rules.
    pub(crate) timer: Option<Timestamp>,
}

#[derive(Debug, Clone)]
pub(crate) struct Vessel {
    pub(crate) details: VesselDetails,
    /// What it carries now.
    pub(crate) carrying: Option<ShipmentId>,
}

impl Default for State {
    fn default() -> Self {
        let network = Name(Identifier::new("network").expect("a plain name"));
        let mut principals = Table::new();
        let itself = Principal { role: Role::Admin, accounts: Box::default(), token: None };
        principals.insert(network, itself);
        Self {
            last: Sequence::ZERO,
            recorded_at: Timestamp::MIN,
            network: None,
            principals,
            keys: Paged::new(),
            traders: Table::new(),
            stations: Paged::new(),
            commodities: Table::new(),
            stock: Table::new(),
            shipments: Table::new(),
            lost: BTreeSet::new(),
            vessels: Table::new(),
            rules: Rules::default(),
            alerts: Alerts::default(),
            holds: Table::new(),
            offers: Table::new(),
            alike: BTreeSet::new(),
            promised_entries: 0,
            open: Open::default(),
            reversals: KeyWindow::new(REVERSAL_WINDOW),
            timers: Timers::new(),
            window: KeyWindow::new(KEY_WINDOW),
            issued: Credits::ZERO,
        }
    }
}

impl State {
    /// The last event that was applied.
    pub fn last(&self) -> Sequence {
        self.last
    }

    /// When the last event was recorded, in network time.
    pub fn recorded_at(&self) -> Timestamp {
        self.recorded_at
    }

    /// What the network was created with, once it is.
    pub fn network(&self) -> Option<&NetworkDetails> {
        self.network.as_ref()
    }

    /// Which event used an idempotency key up, if it is within the window.
    pub fn key(&self, hash: u128) -> Option<KeyEntry> {
        self.window.get(hash)
    }

    /// A hold, while it is open.
    pub fn hold(&self, trade: TransactionId) -> Option<&TradeRecord> {
        self.holds.get(&HoldKey(trade)).map(|Hold(record)| record)
    }

    /// How many rows a snapshot has, about.
    pub fn row_count(&self) -> usize {
        self.traders.len()
            + self.stock.len()
            + self.shipments.len()
            + self.holds.len()
            + self.offers.len()
            + self.window.len()
    }

    pub(crate) fn principal(&self, principal: PrincipalId) -> Option<&Principal> {
        self.principals.slot(principal.0).map(|slot| self.principals.at(slot))
    }

    /// Whether this key may ask for anything.
    pub(crate) fn is_good_key(&self, key: KeyId) -> bool {
        self.keys.get(key.index()).is_some_and(|row| !row.has_ended)
    }

    pub(crate) fn trader(&self, name: &Identifier) -> Option<TraderId> {
        Some(TraderId(find(&self.traders, name)?.position()))
    }

    pub(crate) fn station(&self, name: &Identifier) -> Option<StationId> {
        self.traders.at(find(&self.traders, name)?).station
    }

    pub(crate) fn commodity(&self, name: &Identifier) -> Option<CommodityId> {
        Some(CommodityId(find(&self.commodities, name)?.position()))
    }

    pub(crate) fn level(&self, key: StockKey) -> StockLevel {
        self.stock.get(&key).copied().unwrap_or_default()
    }

    pub(crate) fn shipment(&self, id: ShipmentId) -> Option<&OpenShipment> {
        self.shipments.get(&ShipmentKey(id))
    }

    pub(crate) fn shipment_mut(&mut self, id: ShipmentId) -> &mut OpenShipment {
        self.shipments.get_mut(&ShipmentKey(id)).expect("a shipment that has not ended")
    }

    pub(crate) fn balance(&self, trader: TraderId) -> Credits {
        let slot = self.traders.slot(trader.0);
        slot.map_or(Credits::ZERO, |slot| self.traders.at(slot).balance)
    }

    pub(crate) fn sourced(&self, commodity: CommodityId) -> Quantity {
        let slot = self.commodities.slot(commodity.0);
        slot.map_or(Quantity::ZERO, |slot| self.commodities.at(slot).sourced)
    }

    /// Moves goods or credits. `decide` has checked that they are there and that nothing overflows.
    pub(crate) fn follow(&mut self, movement: Movement) {
        match movement {
            Movement::Goods { commodity, quantity, from, to } => {
                self.take(commodity, quantity, from);
                self.put(commodity, quantity, to);
            }
            Movement::Credits { amount, from, to } => {
                self.pay(amount, from);
                self.receive(amount, to);
            }
        }
    }

    /// After everything else an event does: the key it used up, and its place.
    pub(crate) fn advance(&mut self, envelope: &Envelope) {
        if let Some(key) = envelope.key {
            self.window.push(KeyEntry {
                hash: key.hash,
                fingerprint: key.fingerprint,
                sequence: envelope.sequence.0,
            });
        }
        self.last = envelope.sequence;
        self.recorded_at = envelope.recorded_at;
    }

    fn take(&mut self, commodity: CommodityId, quantity: Quantity, from: StockAccount) {
        match from {
            StockAccount::Level { station, owner, bucket } => {
                let key = StockKey { station, owner, commodity };
                let level = self.stock.get_mut(&key).expect("goods are taken from where they are");
                let held = level.bucket(bucket);
                *held = held.checked_sub(quantity).expect("no more is taken than there is");
                if level.is_empty() {
                    self.stock.remove(&key);
                }
            }
            StockAccount::Source(_) => {
                let slot = self.commodities.slot(commodity.0).expect("the commodity exists");
                let sourced = &mut self.commodities.at_mut(slot).sourced;
                *sourced = sourced.checked_add(quantity).expect("no more is made than can be");
            }
            StockAccount::Sink(_) => unreachable!("nothing comes back out of a sink"),
        }
    }

    fn put(&mut self, commodity: CommodityId, quantity: Quantity, to: StockAccount) {
        match to {
            StockAccount::Level { station, owner, bucket } => {
                let key = StockKey { station, owner, commodity };
                let level = self.stock.get_or_insert_with(key, StockLevel::default);
                let held = level.bucket(bucket);
                *held = held.checked_add(quantity).expect("no more is held than was made");
            }
            // What goes down a sink needs no rule; the views keep the totals.
            StockAccount::Sink(_) => {}
            StockAccount::Source(_) => unreachable!("nothing goes back into a source"),
        }
    }

    fn pay(&mut self, amount: Credits, from: CreditAccount) {
        match from {
            CreditAccount::Available(trader) => {
                let balance = self.balance_mut(trader);
                *balance = balance.checked_sub(amount).expect("no more is paid than there is");
            }
            CreditAccount::Held(trader) => {
                let held = self.held_mut(trader);
                *held = held.checked_sub(amount).expect("no more is released than is held");
            }
            CreditAccount::Issued => {
                self.issued =
                    self.issued.checked_add(amount).expect("no more is issued than can be");
            }
            CreditAccount::Retired => unreachable!("no credits come back once retired"),
        }
    }

    fn receive(&mut self, amount: Credits, to: CreditAccount) {
        match to {
            CreditAccount::Available(trader) => {
                let balance = self.balance_mut(trader);
                *balance = balance.checked_add(amount).expect("no more is held than was issued");
            }
            CreditAccount::Held(trader) => {
                let held = self.held_mut(trader);
                *held = held.checked_add(amount).expect("no more is held than was issued");
            }
            CreditAccount::Retired => {}
            CreditAccount::Issued => unreachable!("issued credits are never unissued"),
        }
    }

    fn balance_mut(&mut self, trader: TraderId) -> &mut Credits {
        let slot = self.traders.slot(trader.0).expect("the trader exists");
        &mut self.traders.at_mut(slot).balance
    }

    fn held_mut(&mut self, trader: TraderId) -> &mut Credits {
        let slot = self.traders.slot(trader.0).expect("the trader exists");
        &mut self.traders.at_mut(slot).held
    }
}

/// Finds a name without cloning it.
pub(crate) fn find<V: Clone>(table: &Table<Name, V>, name: &Identifier) -> Option<Slot> {
    table.find_with(name_hash(name.as_str()), |key| key.0 == *name)
}
