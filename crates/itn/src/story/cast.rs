//! Who plays: the station whose oxygen runs out, where its relief comes from, the ships and their
//! names. Chosen by the seed and the number of the run, from the places that the server has.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::supply::{Minutes, Supply};
use crate::galaxy::{self, GOODS};
use crate::random::Random;
use crate::simulate::{Coordinates, Part, part_of};

/// What runs out.
pub(super) const OXYGEN: &str = "oxygen";
/// Who flies all ships of the story, so that what an earlier run left behind can be found.
pub(super) const CARRIER: &str = "story-lines";
/// Who diverts.
pub(super) const TRADER: &str = "story-trader";

/// Light-years from Sol within which it plays: where the real stars are.
const CORE_RADIUS: f64 = 21.0;
/// Stations that are considered for a part, the nearest first.
const NEAREST: usize = 6;

/// What the storm holds up besides oxygen.
const OTHER_GOODS: [&str; 6] =
    ["machine-parts", "grain", "antibiotics", "titanium", "sensors", "protein"];

/// Not those of the simulated ships, so that each can be told from them.
const SHIP_NAMES: [&str; 30] = [
    "Meridian",
    "Halcyon",
    "Perseverance",
    "Asphodel",
    "Long Haul",
    "Second Wind",
    "Marguerite",
    "Patience",
    "Evening Tide",
    "Corvina",
    "Solace",
    "Bright Margin",
    "Ondine",
    "Fair Copy",
    "Tamarisk",
    "Open Ledger",
    "Clementine",
    "Distant Bell",
    "Verity",
    "Amaranth",
    "Slow Comet",
    "Winter Wheat",
    "Juniper",
    "Half Light",
    "Celandine",
    "Plain Dealing",
    "Tern Island",
    "Anchorite",
    "Northing",
    "Saltmarsh",
];

/// A station as the server lists it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Listed {
    id: String,
    name: String,
    kind: String,
    system: String,
    position: Coordinates,
}

/// A place of the story.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spot {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) position: Coordinates,
}

/// A shipment of the story, and when it is where.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Voyage {
    /// The ship's name, and what it is on the server.
    pub(super) ship: String,
    pub(super) vessel: String,
    pub(super) from: Spot,
    pub(super) to: Spot,
    pub(super) owner: String,
    pub(super) good: &'static str,
    pub(super) quantity: u64,
    /// What a unit costs its owner.
    pub(super) unit_price: u64,
    pub(super) leaves: Minutes,
    /// Its planned arrival.
    pub(super) due: Minutes,
    /// When it comes, if it does.
    pub(super) comes: Minutes,
}

/// The ship that the station waits for.
pub(super) const AWAITED: usize = 0;
/// The ships that the storm holds up; the first is the awaited one.
pub(super) const HELD_UP: usize = 4;
/// The trader's ship on its way to the market.
pub(super) const OUTBOUND: usize = 4;
/// The same ship on its way to the station.
pub(super) const DIVERTED: usize = 5;

/// Everybody.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cast {
    /// Where oxygen runs out.
    pub(super) station: Spot,
    /// The star near which the storm is.
    pub(super) star: String,
    /// Where the trader was bound, and what is bid for oxygen there.
    pub(super) market: Spot,
    pub(super) market_bid: u64,
    /// The station's bids, each higher than the one before.
    pub(super) bids: [u64; 3],
    /// By [`AWAITED`], [`OUTBOUND`] and [`DIVERTED`].
    pub(super) voyages: Vec<Voyage>,
}

const fn hours(hours: Minutes) -> Minutes {
    hours * 60
}

/// How many runs apart two runs must be to play at the same station, at most.
pub(super) fn stations_of(places: &[Listed], seed: u64) -> Vec<&Listed> {
    let mut stations: Vec<&Listed> = places
        .iter()
        .filter(|place| is_near(place) && place.system != "sol" && place.kind != "gate")
        // The simulation neither makes nor needs oxygen there, so it is the story's alone.
        .filter(|place| part(place) == Part::None)
        .collect();
    shuffle(&mut stations, &mut Random::named(seed, "story/stations"));
    stations
}

fn is_near(place: &Listed) -> bool {
    place.position.distance(Coordinates { x: 0.0, y: 0.0, z: 0.0 }) < CORE_RADIUS
}

fn part(place: &Listed) -> Part {
    part_of(&place.id, &place.kind, OXYGEN, "life-support")
}

fn shuffle<T>(items: &mut [T], random: &mut Random) {
    for last in (1..items.len()).rev() {
        let other = usize::try_from(random.below(last as u64 + 1)).unwrap_or(0);
        items.swap(last, other);
    }
}

/// Where one run plays, before it is known what the station has.
#[derive(Debug)]
pub(super) struct Scene<'a> {
    places: &'a [Listed],
    station: &'a Listed,
    random: Random,
    ships: Vec<&'static str>,
}

impl<'a> Scene<'a> {
    /// The scene of a run, counted from 1; `None` on a network that has no such station.
    pub(super) fn of(places: &'a [Listed], seed: u64, run: u64) -> Option<Self> {
        let stations = stations_of(places, seed);
        let turn = run.saturating_sub(1);
        let at = usize::try_from(turn % (stations.len() as u64).max(1)).ok()?;
        let mut names = SHIP_NAMES;
        shuffle(&mut names, &mut Random::named(seed, "story/ships"));
        let first = usize::try_from(turn * 5 % names.len() as u64).ok()?;
        Some(Self {
            places,
            station: stations.get(at)?,
            random: Random::named(seed, &format!("story/{run}")),
            ships: names.iter().cycle().skip(first).take(5).copied().collect(),
        })
    }

    pub(super) fn station(&self) -> &str {
        &self.station.id
    }

    /// A stock that is not the same everywhere.
    pub(super) fn start(&mut self) -> u64 {
        self.random.between(super::supply::START_MIN, 1_500)
    }

    /// Casts the parts.
    pub(super) fn cast(mut self, supply: Supply) -> Option<Cast> {
        let near = |from: &Listed| {
            let mut near: Vec<&Listed> =
                self.places.iter().filter(|place| place.system != from.system).collect();
            let from = from.position;
            near.sort_by(|one, other| {
                from.distance(one.position).total_cmp(&from.distance(other.position))
            });
            near
        };
        let around = near(self.station);
        let makers: Vec<&Listed> =
            around.iter().copied().filter(|place| part(place) == Part::Makes).collect();
        let maker = *self.random.pick(&makers[..makers.len().min(NEAREST)])?;
        let others: Vec<&Listed> =
            makers.into_iter().filter(|other| other.id != maker.id).take(NEAREST).collect();
        let sender = *self.random.pick(&others)?;
        let market = market(&near(maker), maker, self.station, &mut self.random)?;
        let price = GOODS.iter().find(|good| good.id == OXYGEN)?.price;
        let bids = [125, 190, 290]
            .map(|percent| (price * self.random.between(percent, percent + 15) / 100).max(1));

        let mut voyages = vec![Voyage {
            good: OXYGEN,
            quantity: supply.ordered(),
            unit_price: price,
            leaves: hours(1),
            due: hours(22),
            comes: hours(51),
            ..self.voyage(0, sender, self.station)
        }];
        voyages.extend(self.held_up(&around)?);
        let outbound = Voyage {
            owner: TRADER.to_owned(),
            good: OXYGEN,
            quantity: supply.relief(),
            unit_price: (price * 9 / 10).max(1),
            leaves: hours(22),
            due: hours(40),
            comes: hours(40),
            ..self.voyage(4, maker, market)
        };
        let diverted = Voyage {
            to: spot(self.station),
            leaves: hours(35),
            due: hours(47),
            comes: hours(46),
            ..outbound.clone()
        };
        voyages.extend([outbound, diverted]);
        Some(Cast {
            station: spot(self.station),
            star: galaxy::star_name(&self.station.system),
            market: spot(market),
            market_bid: price * 11 / 10,
            bids,
            voyages,
        })
    }

    /// Three ships to the station's neighbours.
    fn held_up(&mut self, around: &[&Listed]) -> Option<Vec<Voyage>> {
        let mut goods = OTHER_GOODS;
        shuffle(&mut goods, &mut self.random);
        let mut taken: BTreeSet<&str> = BTreeSet::from([self.station.id.as_str()]);
        let mut voyages = Vec::new();
        for (number, good) in (1_u32..).zip(goods.into_iter().take(HELD_UP - 1)) {
            let free: Vec<&Listed> =
                around.iter().copied().filter(|place| !taken.contains(&*place.id)).collect();
            let to = *self.random.pick(&free[..free.len().min(NEAREST)])?;
            taken.insert(&to.id);
            let from: Vec<&Listed> =
                free.into_iter().filter(|place| place.system != to.system).collect();
            let from = *self.random.pick(&from[..from.len().min(4 * NEAREST)])?;
            let due = hours(13 + 2 * number);
            let late = u32::try_from(self.random.between(5, 9)).unwrap_or(5);
            voyages.push(Voyage {
                good,
                quantity: self.random.between(40, 160),
                unit_price: GOODS.iter().find(|known| known.id == good)?.price,
                leaves: 10 * number,
                due,
                comes: due + hours(late),
                ..self.voyage(usize::try_from(number).ok()?, from, to)
            });
        }
        Some(voyages)
    }

    /// A voyage of a ship for whoever it goes to; the rest is left open.
    fn voyage(&self, ship: usize, from: &Listed, to: &Listed) -> Voyage {
        let name = self.ships[ship % self.ships.len()];
        Voyage {
            ship: name.to_owned(),
            vessel: format!("story-{}", crate::names::slug(name)),
            from: spot(from),
            to: spot(to),
            owner: to.id.clone(),
            good: OXYGEN,
            quantity: 0,
            unit_price: 0,
            leaves: 0,
            due: 0,
            comes: 0,
        }
    }
}

fn spot(place: &Listed) -> Spot {
    Spot { id: place.id.clone(), name: place.name.clone(), position: place.position }
}

/// Where the trader is bound at first: near the maker and away from the station, so that one sees
/// the ship turn.
fn market<'a>(
    near: &[&'a Listed],
    maker: &Listed,
    station: &Listed,
    random: &mut Random,
) -> Option<&'a Listed> {
    let way = station.position.minus(maker.position);
    let aside = |place: &Listed| {
        let other = place.position.minus(maker.position);
        other.dot(way) / (other.dot(other).sqrt() * way.dot(way).sqrt()).max(f64::MIN_POSITIVE)
    };
    let mut near: Vec<&Listed> =
        near.iter().copied().filter(|place| place.id != station.id).take(5 * NEAREST).collect();
    near.sort_by(|one, other| aside(one).total_cmp(&aside(other)));
    random.pick(&near[..near.len().min(3)]).copied()
}

#[cfg(test)]
pub(super) mod tests;
