//! Who and what there is: the network itself, stations, commodities, traders, and their names.
//!
//! Reference data only grows or is replaced; nothing is ever removed, so rows are dense by number.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};

use domain::{
    CommodityDetails, CommodityId, Envelope, Event, Identifier, NetworkDetails, Sequence,
    ShipmentChange, ShipmentChanged, ShipmentId, StationDetails, StationId, Timestamp,
    TraderDetails, TraderId, VesselDetails, VesselId,
};
use table::{Frozen, Index, Paged};

/// A place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Station {
    /// Its number, in the order of creation.
    pub id: StationId,
    /// The trader that it is.
    pub trader: TraderId,
    /// Its name among stations and traders.
    pub name: Identifier,
    /// The rest.
    pub details: StationDetails,
    /// The event that created it.
    pub created: Sequence,
    /// When that was recorded.
    pub created_at: Timestamp,
    /// The last event that created or replaced it.
    pub changed: Sequence,
    /// When that was recorded.
    pub changed_at: Timestamp,
}

/// A good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commodity {
    /// Its number, in the order of creation.
    pub id: CommodityId,
    /// Its name among commodities.
    pub name: Identifier,
    /// The rest.
    pub details: CommodityDetails,
    /// The event that created it.
    pub created: Sequence,
    /// When that was recorded.
    pub created_at: Timestamp,
    /// The last event that created or replaced it.
    pub changed: Sequence,
    /// When that was recorded.
    pub changed_at: Timestamp,
}

/// A party. Every station is one, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trader {
    /// Its number, in the order of creation.
    pub id: TraderId,
    /// Its name among stations and traders.
    pub name: Identifier,
    /// The station that it is, if it is one.
    pub station: Option<StationId>,
    /// The rest; of a station, its name for people.
    pub details: TraderDetails,
    /// The event that created it.
    pub created: Sequence,
    /// When that was recorded.
    pub created_at: Timestamp,
    /// The last event that created or replaced it.
    pub changed: Sequence,
    /// When that was recorded.
    pub changed_at: Timestamp,
}

/// What carries shipments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vessel {
    /// Its number, in the order of creation.
    pub id: VesselId,
    /// Its name among vessels.
    pub name: Identifier,
    /// The rest.
    pub details: VesselDetails,
    /// What it carries; whoever may not see that shipment must not be told.
    pub(crate) carrying: Option<ShipmentId>,
    /// The event that created it.
    pub created: Sequence,
    /// When that was recorded.
    pub created_at: Timestamp,
    /// The last event that created or replaced it.
    pub changed: Sequence,
    /// When that was recorded.
    pub changed_at: Timestamp,
}

/// Rows by number and by name.
#[derive(Debug)]
struct Named<T> {
    rows: Paged<T>,
    by_name: Index,
    /// Clients choose the names, so their hashes have a secret; no order depends on it.
    hasher: RandomState,
}

trait HasName {
    fn name(&self) -> &str;
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { rows: Paged::new(), by_name: Index::new(), hasher: RandomState::new() }
    }
}

impl<T: HasName + Clone> Named<T> {
    fn of(rows: Paged<T>) -> Self {
        let mut named =
            Self { by_name: Index::with_capacity(rows.len()), hasher: RandomState::new(), rows };
        for (position, row) in (0..).zip(named.rows.iter()) {
            let hash = named.hasher.hash_one(row.name());
            named.by_name.insert(hash, position);
        }
        named
    }

    fn find(&self, name: &str) -> Option<&T> {
        let row = |position: u32| self.rows.get(position as usize);
        let named = |position| row(position).is_some_and(|row| row.name() == name);
        row(self.by_name.find(self.hasher.hash_one(name), named)?)
    }

    /// Adds a row, which must have the next number.
    fn push(&mut self, number: u32, row: T) {
        assert_eq!(
            number as usize,
            self.rows.len(),
            "{:?} is not numbered in the order of creation",
            row.name()
        );
        self.by_name.insert(self.hasher.hash_one(row.name()), number);
        self.rows.push(row);
    }

    fn change(&mut self, index: usize) -> &mut T {
        self.rows.get_mut(index).expect("what is replaced was created")
    }
}

macro_rules! has_name {
    ($($row:ty),*) => {
        $(impl HasName for $row {
            fn name(&self) -> &str {
                self.name.as_str()
            }
        })*
    };
}
has_name!(Station, Commodity, Trader, Vessel);

/// All reference data.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    pub(crate) network: Option<NetworkDetails>,
    stations: Paged<Station>,
    commodities: Named<Commodity>,
    /// Stations and traders share one namespace, and every station is a trader.
    traders: Named<Trader>,
    vessels: Named<Vessel>,
    /// By commodity: how many commodities have a lesser name. Sorting by a number is cheap.
    ranks: Vec<u32>,
    /// How many stations lie in each system.
    systems: BTreeMap<Identifier, u32>,
}

/// The reference data at one sequence.
pub(crate) struct FrozenDirectory {
    pub(crate) network: Option<NetworkDetails>,
    pub(crate) stations: Frozen<Station>,
    pub(crate) commodities: Frozen<Commodity>,
    pub(crate) traders: Frozen<Trader>,
    pub(crate) vessels: Frozen<Vessel>,
}

impl Directory {
    pub(crate) fn restored(
        network: Option<NetworkDetails>,
        stations: Paged<Station>,
        commodities: Paged<Commodity>,
        traders: Paged<Trader>,
    ) -> Self {
        let mut by_name: Vec<&Commodity> = commodities.iter().collect();
        by_name.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        let mut ranks = vec![0; by_name.len()];
        for (rank, commodity) in (0..).zip(by_name) {
            if let Some(place) = ranks.get_mut(commodity.id.index()) {
                *place = rank;
            }
        }
        let mut directory = Self {
            network,
            stations: Paged::new(),
            commodities: Named::of(commodities),
            traders: Named::of(traders),
            vessels: Named::default(),
            ranks,
            systems: BTreeMap::new(),
        };
        for station in stations.iter() {
            directory.lie_in(&station.details.system);
        }
        directory.stations = stations;
        directory
    }

    /// The same with these vessels.
    pub(crate) fn restore_vessels(&mut self, vessels: Paged<Vessel>) {
        self.vessels = Named::of(vessels);
    }

    pub(crate) fn freeze(&self) -> FrozenDirectory {
        FrozenDirectory {
            network: self.network,
            stations: self.stations.freeze(),
            commodities: self.commodities.rows.freeze(),
            traders: self.traders.rows.freeze(),
            vessels: self.vessels.rows.freeze(),
        }
    }

    pub(crate) fn station_named(&self, name: &str) -> Option<StationId> {
        self.traders.find(name)?.station
    }

    /// Whether a station lies in the system of this name.
    pub(crate) fn has_system(&self, name: &str) -> bool {
        Identifier::new(name).is_ok_and(|name| self.systems.contains_key(&name))
    }

    fn lie_in(&mut self, system: &Identifier) {
        if let Some(count) = self.systems.get_mut(system) {
            *count += 1;
        } else {
            self.systems.insert(system.clone(), 1);
        }
    }

    fn leave(&mut self, system: &Identifier) {
        if let Some(count) = self.systems.get_mut(system) {
            *count -= 1;
            if *count == 0 {
                self.systems.remove(system);
            }
        }
    }

    pub(crate) fn commodity_named(&self, name: &str) -> Option<CommodityId> {
        self.commodities.find(name).map(|commodity| commodity.id)
    }

    pub(crate) fn trader_named(&self, name: &str) -> Option<TraderId> {
        self.traders.find(name).map(|trader| trader.id)
    }

    pub(crate) fn stations(&self) -> &Paged<Station> {
        &self.stations
    }

    pub(crate) fn commodities(&self) -> &Paged<Commodity> {
        &self.commodities.rows
    }

    pub(crate) fn traders(&self) -> &Paged<Trader> {
        &self.traders.rows
    }

    pub(crate) fn vessel_named(&self, name: &str) -> Option<VesselId> {
        self.vessels.find(name).map(|vessel| vessel.id)
    }

    pub(crate) fn vessels(&self) -> &Paged<Vessel> {
        &self.vessels.rows
    }

    /// Where a commodity stands among all in the order of their names.
    pub(crate) fn rank(&self, commodity: CommodityId) -> u32 {
        self.ranks.get(commodity.index()).copied().unwrap_or(u32::MAX)
    }

    pub(crate) fn fold(&mut self, envelope: &Envelope, event: &Event) {
        match event {
            Event::NetworkCreated(details) => self.network = Some(*details),
            Event::StationCreated { station, trader, id, details } => {
                self.create_station(envelope, (*station, *trader), id, details);
            }
            Event::StationUpdated { station, details } => {
                self.update_station(envelope, *station, details);
            }
            Event::CommodityCreated { commodity, id, details } => {
                self.create_commodity(envelope, *commodity, id, details);
            }
            Event::CommodityUpdated { commodity, details } => {
                let row = self.commodities.change(commodity.index());
                row.details = details.as_ref().clone();
                (row.changed, row.changed_at) = (envelope.sequence, envelope.recorded_at);
            }
            Event::TraderCreated { trader, id, details } => {
                self.create_trader(envelope, *trader, id, None, details.clone());
            }
            Event::TraderUpdated { trader, details } => {
                self.update_trader(envelope, *trader, details.clone());
            }
            Event::VesselCreated { vessel, id, details } => {
                self.create_vessel(envelope, *vessel, id, details);
            }
            Event::VesselUpdated { vessel, details } => {
                let row = self.vessels.change(vessel.index());
                row.details = (**details).clone();
                (row.changed, row.changed_at) = (envelope.sequence, envelope.recorded_at);
            }
            _ => unreachable!("only events of reference data come here"),
        }
    }

    fn create_station(
        &mut self,
        envelope: &Envelope,
        (station, trader): (StationId, TraderId),
        name: &Identifier,
        details: &StationDetails,
    ) {
        assert_eq!(
            station.index(),
            self.stations.len(),
            "station {name} is not numbered in the order of creation"
        );
        self.lie_in(&details.system);
        self.stations.push(Station {
            id: station,
            trader,
            name: name.clone(),
            details: details.clone(),
            created: envelope.sequence,
            created_at: envelope.recorded_at,
            changed: envelope.sequence,
            changed_at: envelope.recorded_at,
        });
        let as_trader = TraderDetails { name: details.name.clone() };
        self.create_trader(envelope, trader, name, Some(station), as_trader);
    }

    fn update_station(
        &mut self,
        envelope: &Envelope,
        station: StationId,
        details: &StationDetails,
    ) {
        let row =
            self.stations.get_mut(station.index()).expect("a station that is replaced was created");
        let before = std::mem::replace(&mut row.details, details.clone());
        (row.changed, row.changed_at) = (envelope.sequence, envelope.recorded_at);
        let as_trader = TraderDetails { name: details.name.clone() };
        let trader = row.trader;
        if before.system != details.system {
            self.leave(&before.system);
            self.lie_in(&details.system);
        }
        self.update_trader(envelope, trader, as_trader);
    }

    fn create_commodity(
        &mut self,
        envelope: &Envelope,
        commodity: CommodityId,
        name: &Identifier,
        details: &CommodityDetails,
    ) {
        let mut rank = 0;
        for (other, other_rank) in self.commodities.rows.iter().zip(&mut self.ranks) {
            if other.name < *name {
                rank += 1;
            } else {
                *other_rank += 1;
            }
        }
        self.ranks.push(rank);
        let row = Commodity {
            id: commodity,
            name: name.clone(),
            details: details.clone(),
            created: envelope.sequence,
            created_at: envelope.recorded_at,
            changed: envelope.sequence,
            changed_at: envelope.recorded_at,
        };
        self.commodities.push(commodity.0, row);
    }

    fn create_trader(
        &mut self,
        envelope: &Envelope,
        trader: TraderId,
        name: &Identifier,
        station: Option<StationId>,
        details: TraderDetails,
    ) {
        let row = Trader {
            id: trader,
            name: name.clone(),
            station,
            details,
            created: envelope.sequence,
            created_at: envelope.recorded_at,
            changed: envelope.sequence,
            changed_at: envelope.recorded_at,
        };
        self.traders.push(trader.0, row);
    }

    fn create_vessel(
        &mut self,
        envelope: &Envelope,
        vessel: VesselId,
        name: &Identifier,
        details: &VesselDetails,
    ) {
        let row = Vessel {
            id: vessel,
            name: name.clone(),
            details: details.clone(),
            carrying: None,
            created: envelope.sequence,
            created_at: envelope.recorded_at,
            changed: envelope.sequence,
            changed_at: envelope.recorded_at,
        };
        self.vessels.push(vessel.0, row);
    }

    /// Follows a vessel by what happened to a shipment on it: it carries that from its loading or
    /// departure until it has arrived or ended. What was lost and is found is not on it any more.
    pub(crate) fn carry(&mut self, vessel: VesselId, changed: &ShipmentChanged, ended: bool) {
        let boards =
            matches!(changed.change, ShipmentChange::Loaded | ShipmentChange::Departed { .. });
        let leaves = ended || changed.change == ShipmentChange::Arrived;
        if boards || leaves {
            let carrying = &mut self.vessels.change(vessel.index()).carrying;
            let others = carrying.filter(|carried| *carried != changed.shipment);
            *carrying = if boards { Some(changed.shipment) } else { others };
        }
    }

    fn update_trader(&mut self, envelope: &Envelope, trader: TraderId, details: TraderDetails) {
        let row = self.traders.change(trader.index());
        row.details = details;
        (row.changed, row.changed_at) = (envelope.sequence, envelope.recorded_at);
    }
}
