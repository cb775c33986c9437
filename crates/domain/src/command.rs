//! What clients ask for, already checked for shape. Names are the clients'; the ledger resolves them.

use crate::{
    Credits, Identifier, KeyBinding, KeyId, Line, Lines, NetworkDetails, Note, Position,
    PrincipalId, Quantity, Role, Schedule, ShipmentAction, ShipmentId, StationKind, StockChange,
    Text, Timestamp, TraceId,
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
    /// Trade at once.
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

/// A direct trade, all or nothing: goods change owner at the station, credits the other way.
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
