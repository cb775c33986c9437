//! What clients ask for, already checked for shape. Names are the clients'; the ledger resolves them.

use crate::{
    Accounts, Added, AlertId, Charges, Credits, Identifier, KeyBinding, KeyId, Lifetime, Line,
    Lines, NetworkDetails, Note, OfferId, PastTrade, Position, PrincipalId, Quantity, Role,
    Schedule, Sequence, ShipmentAction, ShipmentId, Side, StationKind, StockChange, Text,
    Timestamp, Timing, Tolerance, TraceId, TransactionId,
};

/// One request to change the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Who asks.
    pub actor: PrincipalId,
    /// When it happened, if the client says so.
    pub occurred_at: Option<Timestamp>,
    /// What makes a retry safe, if the client gave a key.
    pub key: Option<KeyBinding>,
    /// The trace it belongs to.
    pub trace: Option<TraceId>,
    /// The client's own words on it.
    pub note: Option<Box<Note>>,
    /// What is asked.
    pub action: Action,
    /// The trade it is about, if that is no longer held in memory: loaded from the views, and no
    /// part of what is asked.
    pub past: Option<Box<PastTrade>>,
    /// The API key that it came with, if it came with one: the rules refuse what comes with one that
    /// has ended by then. No part of what is asked either.
    pub api_key: Option<KeyId>,
    /// If it came with a token: the event that gave the token's subject what the token gives. The rules
    /// refuse it if another one did since. No part of what is asked either.
    pub granted: Option<Sequence>,
}

impl Command {
    /// What the network itself asks, which comes with no key and is tried once.
    pub const fn by_network(action: Action) -> Self {
        Self {
            actor: PrincipalId::NETWORK,
            occurred_at: None,
            key: None,
            trace: None,
            note: None,
            action,
            past: None,
            api_key: None,
            granted: None,
        }
    }
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Action {
    /// The first command of every journal; only the network itself may give it.
    CreateNetwork(NetworkDetails),
    /// Make an API key.
    CreateKey(NewKey),
    /// End an API key.
    RevokeKey(KeyId),
    /// Create or replace a station.
    PutStation(PutStation),
    /// Create or replace a commodity.
    PutCommodity(PutCommodity),
    /// Create or replace a trader.
    PutTrader(PutTrader),
    /// Issue or retire credits.
    ChangeCredits {
        /// Whose balance.
        trader: Identifier,
        /// By how much.
        change: CreditChange,
    },
    /// Change stock outside a trade.
    Adjust(Adjustment),
    /// Trade: at once, or as a hold.
    Trade(Trade),
    /// Book cargo.
    BookShipment(Booking),
    /// Report of a shipment.
    ReportShipment {
        /// Which one.
        shipment: ShipmentId,
        /// What happened to it.
        action: ShipmentAction,
    },
    /// Create or replace a vessel.
    PutVessel(PutVessel),
    /// Post a price.
    PostOffer(PostOffer),
    /// Call an open offer off.
    WithdrawOffer(OfferId),
    /// Settle a hold, in whole or in part.
    SettleTrade(Settlement),
    /// Call a hold off.
    VoidTrade {
        /// Which trade.
        trade: TransactionId,
        /// Why, in words.
        reason: Option<Text>,
    },
    /// Move back what a trade moved.
    ReverseTrade {
        /// Which trade.
        trade: TransactionId,
        /// Why, in words.
        reason: Text,
    },
    /// Give credits or goods.
    Transfer(Transfer),
    /// Create or replace a rule of alerts.
    PutAlertRule(PutAlertRule),
    /// Delete a rule of alerts.
    DeleteAlertRule(Identifier),
    /// Say that an open alert has been seen.
    AcknowledgeAlert(AlertId),
    /// Make another API key in the place of one.
    RotateKey(KeyRotation),
    /// Give the subject of a token what the token says; only the network itself may, which has
    /// verified it.
    GrantToken(TokenGrant),
}

impl Action {
    /// The earlier trade that it follows, which may be over.
    pub const fn earlier_trade(&self) -> Option<TransactionId> {
        match self {
            Self::SettleTrade(settlement) => Some(settlement.trade),
            Self::VoidTrade { trade, .. } | Self::ReverseTrade { trade, .. } => Some(*trade),
            _ => None,
        }
    }
}

/// A key to be made. The secret itself never enters a command.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NewKey {
    /// Whom it speaks for; created with the first key that names it.
    pub principal: Identifier,
    /// What the principal may do; the same for all its keys.
    pub role: Role,
    /// BLAKE3 of the secret.
    pub digest: [u8; 32],
    /// The traders it acts for: 1 to [`crate::limits::ACCOUNTS_MAX`] for a role that has accounts, else none. The
    /// same for all keys of the principal.
    pub accounts: Added<Accounts>,
    /// How long it is good; until it is revoked if not given.
    pub lifetime: Added<Lifetime>,
}

/// A key to be made in the place of another, for the same principal. The secret itself never enters
/// a command.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyRotation {
    /// The old one.
    pub key: KeyId,
    /// BLAKE3 of the new one's secret.
    pub digest: [u8; 32],
    /// How long the new one is good; if not given, as long as the old one was to be when it was made.
    pub lifetime: Option<Lifetime>,
    /// How long the old one stays good, at most; it is revoked at once if not given.
    pub grace: Option<Lifetime>,
}

/// What a token gives its subject. The token itself never enters a command.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TokenGrant {
    /// The subject's principal; created with its first token, and of this subject for good.
    pub principal: Identifier,
    /// Who issued the token.
    pub issuer: Text,
    /// Whom it is of.
    pub subject: Text,
    /// BLAKE3 of issuer and subject: who it is.
    pub digest: [u8; 32],
    /// What the principal may do.
    pub role: Role,
    /// The traders it acts for: 1 to [`crate::limits::ACCOUNTS_MAX`] for a role that has accounts, else none.
    pub accounts: Option<Accounts>,
    /// Wall time at which the token was issued: of two that differ, the newer one counts.
    pub issued_at: Timestamp,
}

/// A station as it shall be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PutStation {
    /// Its name among stations and traders.
    pub id: Identifier,
    /// For people.
    pub name: Text,
    /// What kind of place.
    pub kind: StationKind,
    /// The system it lies in.
    pub system: Identifier,
    /// Where it is.
    pub position: Position,
    /// Whose it is; itself if not given.
    pub owner: Option<Identifier>,
}

/// A commodity as it shall be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PutCommodity {
    /// Its name among commodities.
    pub id: Identifier,
    /// For people.
    pub name: Text,
    /// For grouping.
    pub category: Option<Identifier>,
    /// Grams a unit.
    pub unit_mass_grams: Option<Quantity>,
    /// Millilitres a unit.
    pub unit_volume_millilitres: Option<Quantity>,
}

/// A trader as it shall be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PutTrader {
    /// Its name among stations and traders.
    pub id: Identifier,
    /// For people.
    pub name: Text,
}

/// Credits made or unmade; at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CreditChange {
    /// Into a balance, from nothing.
    Issue(Credits),
    /// Out of a balance, to nothing.
    Retire(Credits),
}

/// Stock changes at one station for one owner, all or nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Adjustment {
    /// Where.
    pub station: Identifier,
    /// Whose stock; the station's own if not given.
    pub owner: Option<Identifier>,
    /// What changes.
    pub lines: Lines<StockLine>,
}

/// One stock change.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StockLine {
    /// What.
    pub commodity: Identifier,
    /// How. Quantities other than counts are at least 1.
    pub change: StockChange,
}

impl Line for StockLine {
    fn commodity(&self) -> &Identifier {
        &self.commodity
    }
}

/// A trade, all or nothing: goods change owner at the station, credits the other way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Trade {
    /// Where the goods are and stay.
    pub station: Identifier,
    /// Who pays.
    pub buyer: Identifier,
    /// Who gives.
    pub seller: Identifier,
    /// What.
    pub lines: Lines<TradeLineWanted>,
    /// What only some trades have.
    pub terms: Added<TradeTermsWanted>,
}

/// What only some trades have.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct TradeTermsWanted {
    /// Reserve now, settle later: how long the reservation lasts.
    pub hold: Option<Lifetime>,
    /// What is paid beside the price.
    pub charges: Charges,
    /// The open offers that lines take, by line from 0, in their order. Such a line's unit price is
    /// the limit: the most a buyer pays, the least a seller takes.
    pub offers: Box<[(u32, OfferId)]>,
}

/// What of a hold is settled.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Settlement {
    /// Which trade.
    pub trade: TransactionId,
    /// How much; all that is left if not given.
    pub lines: Option<Lines<BookingLine>>,
    /// Whether what is left after it is released.
    pub is_final: bool,
}

/// A price to be posted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PostOffer {
    /// Where.
    pub station: Identifier,
    /// Whose offer; the station's own if not given.
    pub trader: Option<Identifier>,
    /// To sell or to buy.
    pub side: Side,
    /// What.
    pub commodity: Identifier,
    /// Credits a unit.
    pub unit_price: Credits,
    /// How much; zero only where it replaces, and then it only withdraws.
    pub quantity: Quantity,
    /// How long it lasts; until it is filled or withdrawn if not given.
    pub lifetime: Option<Lifetime>,
    /// Whether it takes the place of the trader's open offers of this side and commodity here.
    pub replace: bool,
}

/// A gift.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Transfer {
    /// Who gives.
    pub from: Identifier,
    /// Who is given; not the giver.
    pub to: Identifier,
    /// What.
    pub what: TransferWanted,
    /// Why, in words.
    pub reason: Option<Text>,
}

/// What is given.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TransferWanted {
    /// Credits, at least 1.
    Credits(Credits),
    /// Goods at a station.
    Goods {
        /// Where they are and stay.
        station: Identifier,
        /// What.
        lines: Lines<BookingLine>,
    },
}

/// A vessel as it shall be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PutVessel {
    /// Its name among vessels.
    pub id: Identifier,
    /// For people.
    pub name: Text,
    /// Who flies it.
    pub carrier: Identifier,
    /// Grams it can carry; no bound if not given.
    pub mass_capacity_grams: Option<Quantity>,
    /// Millilitres it can carry; no bound if not given.
    pub volume_capacity_millilitres: Option<Quantity>,
}

/// A rule of alerts as it shall be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PutAlertRule {
    /// Its name among rules.
    pub id: Identifier,
    /// What it says.
    pub rule: AlertRuleWanted,
}

/// A rule of alerts as a client names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AlertRuleWanted {
    /// A rule of timing; its name must be [`Timing::rule_name`].
    Timing {
        /// What it is about.
        timing: Timing,
        /// Seconds of network time until the alert fires.
        after_seconds: u32,
        /// Seconds of network time until it is critical; not fewer.
        critical_after_seconds: u32,
    },
    /// A rule on what an owner has available of a commodity at a station; its name must not be one
    /// of timing's.
    Stock {
        /// Where.
        station: Identifier,
        /// Whose; the station's own if not given.
        owner: Option<Identifier>,
        /// What.
        commodity: Identifier,
        /// At or below this it is low; at zero it is out.
        low: Quantity,
        /// At or above this it is well again; more than `low`.
        clear: Quantity,
    },
}

/// One line of a trade.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TradeLineWanted {
    /// What.
    pub commodity: Identifier,
    /// How much, at least 1.
    pub quantity: Quantity,
    /// Credits a unit.
    pub unit_price: Credits,
}

impl Line for TradeLineWanted {
    fn commodity(&self) -> &Identifier {
        &self.commodity
    }
}

/// Cargo to be carried.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Booking {
    /// From where.
    pub origin: Identifier,
    /// To where; another station than the origin.
    pub destination: Identifier,
    /// Whose goods.
    pub owner: Identifier,
    /// Who counts them at the destination; the owner if not given.
    pub consignee: Option<Identifier>,
    /// Who carries them; the owner if not given.
    pub carrier: Option<Identifier>,
    /// What; each quantity at least 1.
    pub lines: Lines<BookingLine>,
    /// When.
    pub schedule: Schedule,
    /// What only some bookings have.
    pub terms: Added<BookingTerms>,
}

/// What only some bookings have.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct BookingTerms {
    /// What carries it. The carrier is the vessel's if none is given.
    pub vessel: Option<Identifier>,
    /// What is held now and paid when goods are received.
    pub charges: Charges,
    /// How much more than shipped may be received.
    pub tolerance: Tolerance,
}

/// One line of a booking.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BookingLine {
    /// What.
    pub commodity: Identifier,
    /// How much, at least 1.
    pub quantity: Quantity,
}

impl Line for BookingLine {
    fn commodity(&self) -> &Identifier {
        &self.commodity
    }
}
