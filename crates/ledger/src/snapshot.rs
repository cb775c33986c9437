//! The state as rows, for snapshots and for the state hash. What bytes they become is not known here.
//!
//! Each row describes itself once for writing and reading ([`table::Archive`]). [`FORMAT`] changes
//! with any change of these descriptions: an older snapshot is then passed over and replayed.

use domain::limits::{KEY_WINDOW, REVERSAL_WINDOW};
use domain::{
    CommodityDetails, CommodityId, Credits, Identifier, KeyId, Lifetime, NetworkDetails, Position,
    PrincipalId, Quantity, Role, Sequence, StationDetails, StationId, StationKind, Text, Timestamp,
    TraderDetails, TraderId,
};
use table::{
    Archive, ArchiveError, Frozen, FrozenKeyWindow, Paged, Row, Table, read_key_window, read_paged,
    read_table, through, write_frozen, write_key_window,
};

use crate::alerts::{AlertKey, OpenAlert};
use crate::rules::RuleRow;
use crate::state::{
    Commodity, Hold, HoldKey, KeyRow, Name, OfferKey, OpenOffer, OpenShipment, Principal,
    ShipmentKey, State, Station, StockKey, StockLevel, TokenRow, Trader, Vessel,
};

mod alerts;
mod cargo;
mod trading;

/// The version of the rows.
pub const FORMAT: u32 = 4;

/// A state that no longer changes, and costs little to make: pages are shared until they change.
pub struct FrozenState {
    head: Head,
    principals: Frozen<(Name, Principal)>,
    keys: Frozen<KeyRow>,
    traders: Frozen<(Name, Trader)>,
    stations: Frozen<Station>,
    commodities: Frozen<(Name, Commodity)>,
    stock: Frozen<(StockKey, StockLevel)>,
    shipments: Frozen<(ShipmentKey, OpenShipment)>,
    vessels: Frozen<(Name, Vessel)>,
    rules: Frozen<(Name, RuleRow)>,
    alerts: Frozen<(AlertKey, OpenAlert)>,
    expired: Vec<u64>,
    holds: Frozen<(HoldKey, Hold)>,
    offers: Frozen<(OfferKey, OpenOffer)>,
    reversals: FrozenKeyWindow,
    window: FrozenKeyWindow,
}

#[derive(Clone, Default)]
struct Head {
    last: Sequence,
    recorded_at: Timestamp,
    network: Option<NetworkDetails>,
    issued: Credits,
}

impl State {
    /// Freezes the state in a time that follows the number of pages.
    pub fn freeze(&self) -> FrozenState {
        FrozenState {
            head: Head {
                last: self.last,
                recorded_at: self.recorded_at,
                network: self.network,
                issued: self.issued,
            },
            principals: self.principals.freeze(),
            keys: self.keys.freeze(),
            traders: self.traders.freeze(),
            stations: self.stations.freeze(),
            commodities: self.commodities.freeze(),
            stock: self.stock.freeze(),
            shipments: self.shipments.freeze(),
            vessels: self.vessels.freeze(),
            rules: self.rules.rows.freeze(),
            alerts: self.alerts.open.freeze(),
            expired: self.alerts.expired.iter().map(|trade| trade.0.0).collect(),
            holds: self.holds.freeze(),
            offers: self.offers.freeze(),
            reversals: self.reversals.freeze(),
            window: self.window.freeze(),
        }
    }

    /// Reads what [`FrozenState::write`] wrote.
    pub fn read<A: Archive>(archive: &mut A) -> Result<Self, ArchiveError> {
        let mut head = Head::default();
        head.archive(archive)?;
        let principals: Table<Name, Principal> = read_table(archive)?;
        let keys: Paged<KeyRow> = read_paged(archive)?;
        let traders: Table<Name, Trader> = read_table(archive)?;
        let stations: Paged<Station> = read_paged(archive)?;
        let commodities: Table<Name, Commodity> = read_table(archive)?;
        let stock: Table<StockKey, StockLevel> = read_table(archive)?;
        let shipments: Table<ShipmentKey, OpenShipment> = read_table(archive)?;
        let vessels: Table<Name, Vessel> = read_table(archive)?;
        let rules = alerts::read_rules(archive)?;
        let alerts = alerts::read_alerts(archive)?;
        let holds: Table<HoldKey, Hold> = read_table(archive)?;
        let offers: Table<OfferKey, OpenOffer> = read_table(archive)?;
        let reversals = read_key_window(archive)?;
        let window = read_key_window(archive)?;
        if window.capacity() != KEY_WINDOW || reversals.capacity() != REVERSAL_WINDOW {
            return Err(ArchiveError::Invalid { wanted: "the windows of this network" });
        }
        let Head { last, recorded_at, network, issued } = head;
        let mut state = Self {
            last,
            recorded_at,
            network,
            principals,
            keys,
            traders,
            stations,
            commodities,
            stock,
            shipments,
            vessels,
            rules,
            alerts,
            holds,
            offers,
            reversals,
            window,
            issued,
            ..Self::default()
        };
        state.derive_trading();
        state.derive_lost();
        state.derive_open();
        state.derive_alerts();
        state.derive_timers();
        Ok(state)
    }
}

impl FrozenState {
    /// The last event it holds.
    pub fn last(&self) -> Sequence {
        self.head.last
    }

    /// Writes every row, in an order that follows from the events alone.
    pub fn write<A: Archive>(&self, archive: &mut A) -> Result<(), ArchiveError> {
        self.head.clone().archive(archive)?;
        write_frozen(&self.principals, archive)?;
        write_frozen(&self.keys, archive)?;
        write_frozen(&self.traders, archive)?;
        write_frozen(&self.stations, archive)?;
        write_frozen(&self.commodities, archive)?;
        write_frozen(&self.stock, archive)?;
        write_frozen(&self.shipments, archive)?;
        write_frozen(&self.vessels, archive)?;
        write_frozen(&self.rules, archive)?;
        write_frozen(&self.alerts, archive)?;
        self.expired.clone().archive(archive)?;
        write_frozen(&self.holds, archive)?;
        write_frozen(&self.offers, archive)?;
        write_key_window(&self.reversals, archive)?;
        write_key_window(&self.window, archive)
    }
}

impl Row for Head {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        archive.number(&mut self.last.0)?;
        self.recorded_at.0.archive(archive)?;
        let form =
            |network: &Option<NetworkDetails>| network.map(|it| (it.wall.0, it.epoch.0, it.speed));
        through(archive, &mut self.network, "a network", form, |form: Option<(i64, i64, u32)>| {
            Some(form.map(|(wall, epoch, speed)| NetworkDetails {
                wall: Timestamp(wall),
                epoch: Timestamp(epoch),
                speed,
            }))
        })?;
        credits(archive, &mut self.issued)
    }
}

impl Default for Name {
    fn default() -> Self {
        Self(blank())
    }
}

/// Stands in a row until it is read.
fn blank() -> Identifier {
    Identifier::new("-").expect("a plain name")
}

fn blank_text() -> Text {
    Text::new("-").expect("a plain text")
}

impl Row for Name {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        identifier(archive, &mut self.0)
    }
}

impl Default for Principal {
    fn default() -> Self {
        Self { role: Role::Viewer, accounts: Box::default(), token: None }
    }
}

impl Row for Principal {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        let form = |role: &Role| match role {
            Role::Admin => 0_u32,
            Role::Operator => 1,
            Role::Viewer => 2,
            Role::Trader => 3,
            Role::Carrier => 4,
        };
        through(archive, &mut self.role, "a role", form, |form| match form {
            0 => Some(Role::Admin),
            1 => Some(Role::Operator),
            2 => Some(Role::Viewer),
            3 => Some(Role::Trader),
            4 => Some(Role::Carrier),
            _ => None,
        })?;
        let accounts = std::mem::take(&mut self.accounts);
        let mut numbers = accounts.iter().map(|account| account.0).collect::<Vec<_>>();
        numbers.archive(archive)?;
        self.accounts = numbers.into_iter().map(TraderId).collect();
        self.token.archive(archive)
    }
}

impl Default for TokenRow {
    fn default() -> Self {
        Self { digest: [0; 32], key: KeyId(0), issued_at: Timestamp(0), granted: Sequence(0) }
    }
}

impl Row for TokenRow {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        let mut digest = self.digest.to_vec();
        archive.bytes(&mut digest)?;
        let wrong = |_| ArchiveError::Invalid { wanted: "a digest" };
        self.digest = digest.try_into().map_err(wrong)?;
        self.key.0.archive(archive)?;
        self.issued_at.0.archive(archive)?;
        archive.number(&mut self.granted.0)
    }
}

impl Default for KeyRow {
    fn default() -> Self {
        Self {
            principal: PrincipalId::NETWORK,
            has_ended: false,
            expires_at: None,
            lifetime: None,
            replaced_by: None,
        }
    }
}

impl Row for KeyRow {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        self.principal.0.archive(archive)?;
        self.has_ended.archive(archive)?;
        time(archive, &mut self.expires_at)?;
        let form = |lifetime: &Option<Lifetime>| lifetime.map(Lifetime::seconds);
        through(archive, &mut self.lifetime, "a lifetime", form, |form: Option<u32>| match form {
            None => Some(None),
            Some(seconds) => Lifetime::new(seconds).ok().map(Some),
        })?;
        let form = |key: &Option<KeyId>| key.map(|key| key.0);
        through(archive, &mut self.replaced_by, "a key", form, |form: Option<u32>| {
            Some(form.map(KeyId))
        })
    }
}

impl Default for Trader {
    fn default() -> Self {
        Self { balance: Credits::ZERO, held: Credits::ZERO, station: None, details: None }
    }
}

impl Row for Trader {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        credits(archive, &mut self.balance)?;
        credits(archive, &mut self.held)?;
        let form = |station: &Option<StationId>| station.map(|it| it.0);
        through(archive, &mut self.station, "a station", form, |form: Option<u32>| {
            Some(form.map(StationId))
        })?;
        let form = |details: &Option<TraderDetails>| {
            details.as_ref().map(|it| it.name.as_str().to_owned())
        };
        through(archive, &mut self.details, "a name", form, |form: Option<String>| match form {
            None => Some(None),
            Some(name) => Some(Some(TraderDetails { name: Text::new(&name).ok()? })),
        })
    }
}

impl Default for Station {
    fn default() -> Self {
        let details = StationDetails {
            name: blank_text(),
            kind: StationKind::Station,
            system: blank(),
            position: Position::default(),
            owner: TraderId(0),
        };
        Self { trader: TraderId(0), details }
    }
}

impl Row for Station {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        self.trader.0.archive(archive)?;
        let details = &mut self.details;
        text(archive, &mut details.name)?;
        let form = |kind: &StationKind| match kind {
            StationKind::Planet => 0_u32,
            StationKind::Station => 1,
            StationKind::Outpost => 2,
            StationKind::Gate => 3,
        };
        through(archive, &mut details.kind, "a kind of station", form, |form| match form {
            0 => Some(StationKind::Planet),
            1 => Some(StationKind::Station),
            2 => Some(StationKind::Outpost),
            3 => Some(StationKind::Gate),
            _ => None,
        })?;
        identifier(archive, &mut details.system)?;
        position(archive, &mut details.position)?;
        details.owner.0.archive(archive)
    }
}

impl Default for Commodity {
    fn default() -> Self {
        let details = CommodityDetails {
            name: blank_text(),
            category: None,
            unit_mass_grams: None,
            unit_volume_millilitres: None,
        };
        Self { details, sourced: Quantity::ZERO }
    }
}

impl Row for Commodity {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        text(archive, &mut self.details.name)?;
        let form =
            |category: &Option<Identifier>| category.as_ref().map(|it| it.as_str().to_owned());
        let category = &mut self.details.category;
        through(archive, category, "a category", form, |form: Option<String>| match form {
            None => Some(None),
            Some(category) => Some(Some(Identifier::new(&category).ok()?)),
        })?;
        for amount in [&mut self.details.unit_mass_grams, &mut self.details.unit_volume_millilitres]
        {
            let form = |amount: &Option<Quantity>| amount.map(Quantity::get);
            through(archive, amount, "a quantity", form, |form: Option<u64>| match form {
                None => Some(None),
                Some(amount) => Some(Some(Quantity::new(amount).ok()?)),
            })?;
        }
        quantity(archive, &mut self.sourced)
    }
}

impl Default for StockKey {
    fn default() -> Self {
        Self { station: StationId(0), owner: TraderId(0), commodity: CommodityId(0) }
    }
}

impl Row for StockKey {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        self.station.0.archive(archive)?;
        self.owner.0.archive(archive)?;
        self.commodity.0.archive(archive)
    }
}

impl Row for StockLevel {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        quantity(archive, &mut self.available)?;
        quantity(archive, &mut self.reserved)?;
        quantity(archive, &mut self.unavailable)?;
        quantity(archive, &mut self.incoming)
    }
}

fn identifier<A: Archive>(archive: &mut A, value: &mut Identifier) -> Result<(), ArchiveError> {
    let form = |value: &Identifier| value.as_str().to_owned();
    through(archive, value, "an identifier", form, |form: String| Identifier::new(&form).ok())
}

fn text<A: Archive>(archive: &mut A, value: &mut Text) -> Result<(), ArchiveError> {
    let form = |value: &Text| value.as_str().to_owned();
    through(archive, value, "a text", form, |form: String| Text::new(&form).ok())
}

fn quantity<A: Archive>(archive: &mut A, value: &mut Quantity) -> Result<(), ArchiveError> {
    through(archive, value, "a quantity", |value| value.get(), |form| Quantity::new(form).ok())
}

fn credits<A: Archive>(archive: &mut A, value: &mut Credits) -> Result<(), ArchiveError> {
    through(archive, value, "credits", |value| value.get(), |form| Credits::new(form).ok())
}

fn time<A: Archive>(archive: &mut A, value: &mut Option<Timestamp>) -> Result<(), ArchiveError> {
    let form = |value: &Option<Timestamp>| value.map(|time| time.0);
    through(archive, value, "a time", form, |form: Option<i64>| Some(form.map(Timestamp)))
}

fn position<A: Archive>(archive: &mut A, value: &mut Position) -> Result<(), ArchiveError> {
    value.x.archive(archive)?;
    value.y.archive(archive)?;
    value.z.archive(archive)
}
