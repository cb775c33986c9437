//! Stations, commodities and traders: created or replaced whole. Their names are for good.

use domain::limits::{COMMODITIES_MAX, STATIONS_MAX, TRADERS_MAX};
use domain::{
    CommodityDetails, CommodityId, Credits, Event, Identifier, PutCommodity, PutStation, PutTrader,
    Quantity, Rejection, StationDetails, StationId, TraderDetails, TraderId,
};

use crate::access::next;
use crate::state::{Commodity, Name, State, Station, Trader, find};

pub(crate) fn put_station(state: &State, put: &PutStation) -> Result<Option<Event>, Rejection> {
    let owner = match &put.owner {
        Some(owner) if *owner != put.id => {
            let unknown = || Rejection::UnknownTrader { trader: owner.clone(), field: "owner" };
            Some(state.trader(owner).ok_or_else(unknown)?)
        }
        // Itself, which may not be there yet.
        _ => None,
    };
    let existing = match find(&state.traders, &put.id) {
        None => None,
        Some(slot) => match state.traders.at(slot).station {
            Some(station) => Some((station, TraderId(slot.position()))),
            None => {
                return Err(Rejection::AlreadyExists { id: put.id.clone(), kind: "trader" });
            }
        },
    };
    let (station, trader) = match existing {
        Some(known) => known,
        None => (
            StationId(next(state.stations.len(), "stations", STATIONS_MAX)?),
            TraderId(next(state.traders.len(), "traders", TRADERS_MAX)?),
        ),
    };
    let details = Box::new(StationDetails {
        name: put.name.clone(),
        kind: put.kind,
        system: put.system.clone(),
        position: put.position,
        owner: owner.unwrap_or(trader),
    });
    if existing.is_none() {
        let id = put.id.clone();
        return Ok(Some(Event::StationCreated { station, trader, id, details }));
    }
    let same = state.stations.get(station.index()).is_some_and(|known| known.details == *details);
    Ok((!same).then_some(Event::StationUpdated { station, details }))
}

pub(crate) fn put_commodity(state: &State, put: &PutCommodity) -> Result<Option<Event>, Rejection> {
    let details = CommodityDetails {
        name: put.name.clone(),
        category: put.category.clone(),
        unit_mass_grams: put.unit_mass_grams,
        unit_volume_millilitres: put.unit_volume_millilitres,
    };
    let Some(slot) = find(&state.commodities, &put.id) else {
        let number = next(state.commodities.len(), "commodities", COMMODITIES_MAX)?;
        let (commodity, id) = (CommodityId(number), put.id.clone());
        return Ok(Some(Event::CommodityCreated { commodity, id, details: Box::new(details) }));
    };
    let same = state.commodities.at(slot).details == details;
    let commodity = CommodityId(slot.position());
    Ok((!same).then(|| Event::CommodityUpdated { commodity, details: Box::new(details) }))
}

pub(crate) fn put_trader(state: &State, put: &PutTrader) -> Result<Option<Event>, Rejection> {
    let details = TraderDetails { name: put.name.clone() };
    let Some(slot) = find(&state.traders, &put.id) else {
        let trader = TraderId(next(state.traders.len(), "traders", TRADERS_MAX)?);
        return Ok(Some(Event::TraderCreated { trader, id: put.id.clone(), details }));
    };
    let known = state.traders.at(slot);
    if known.station.is_some() {
        return Err(Rejection::AlreadyExists { id: put.id.clone(), kind: "station" });
    }
    let same = known.details.as_ref() == Some(&details);
    Ok((!same).then_some(Event::TraderUpdated { trader: TraderId(slot.position()), details }))
}

pub(crate) fn apply_station(
    state: &mut State,
    station: StationId,
    trader: TraderId,
    id: &Identifier,
    details: &StationDetails,
) {
    assert_eq!(station.index(), state.stations.len(), "stations are numbered in order");
    add_trader(state, trader, id, Some(station), None);
    state.stations.push(Station { trader, details: details.clone() });
}

pub(crate) fn apply_station_update(
    state: &mut State,
    station: StationId,
    details: &StationDetails,
) {
    let known = state.stations.get_mut(station.index()).expect("the station exists");
    known.details = details.clone();
}

pub(crate) fn apply_commodity(
    state: &mut State,
    commodity: CommodityId,
    id: &Identifier,
    details: &CommodityDetails,
) {
    assert_eq!(commodity.index(), state.commodities.len(), "commodities are numbered in order");
    let row = Commodity { details: details.clone(), sourced: Quantity::ZERO };
    let before = state.commodities.insert(Name(id.clone()), row);
    assert!(before.is_none(), "a commodity is created once");
}

pub(crate) fn apply_commodity_update(
    state: &mut State,
    commodity: CommodityId,
    details: &CommodityDetails,
) {
    let slot = state.commodities.slot(commodity.0).expect("the commodity exists");
    state.commodities.at_mut(slot).details = details.clone();
}

pub(crate) fn apply_trader(
    state: &mut State,
    trader: TraderId,
    id: &Identifier,
    details: &TraderDetails,
) {
    add_trader(state, trader, id, None, Some(details.clone()));
}

pub(crate) fn apply_trader_update(state: &mut State, trader: TraderId, details: &TraderDetails) {
    let slot = state.traders.slot(trader.0).expect("the trader exists");
    state.traders.at_mut(slot).details = Some(details.clone());
}

fn add_trader(
    state: &mut State,
    trader: TraderId,
    id: &Identifier,
    station: Option<StationId>,
    details: Option<TraderDetails>,
) {
    assert_eq!(trader.index(), state.traders.len(), "traders are numbered in order");
    let row = Trader { balance: Credits::ZERO, held: Credits::ZERO, station, details };
    let before = state.traders.insert(Name(id.clone()), row);
    assert!(before.is_none(), "a trader is created once");
}
