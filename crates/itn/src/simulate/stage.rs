//! The stage a simulation plays on: the places and goods a server has, and who needs what.

use std::time::Duration;

use serde::Deserialize;

use crate::galaxy::{Economy, GOODS};
use crate::random::Random;

/// A station as the server lists it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct ListedStation {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) position: Coordinates,
}

/// A place in light-years.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub(crate) struct Coordinates {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) z: f64,
}

impl Coordinates {
    /// The way from another place to this one.
    pub(crate) fn minus(self, other: Self) -> Self {
        Self { x: self.x - other.x, y: self.y - other.y, z: self.z - other.z }
    }

    pub(crate) fn dot(self, other: Self) -> f64 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    /// Light-years to another place.
    pub(crate) fn distance(self, other: Self) -> f64 {
        let way = self.minus(other);
        way.dot(way).sqrt()
    }

    /// Where one is who has this part of the way to another place behind, to the thousandth.
    pub(crate) fn towards(self, other: Self, part: f64) -> Self {
        let between = |from: f64, to: f64| {
            ((from + (to - from) * part.clamp(0.0, 1.0)) * 1000.0).round() / 1000.0
        };
        Self {
            x: between(self.x, other.x),
            y: between(self.y, other.y),
            z: between(self.z, other.z),
        }
    }
}

/// A commodity as the server lists it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct ListedCommodity {
    pub(super) id: String,
    #[serde(default)]
    pub(super) category: Option<String>,
}

/// A station and its part in the play; goods by their place in [`Stage::goods`].
#[derive(Debug)]
pub(super) struct Place {
    pub(super) id: String,
    pub(super) position: Coordinates,
    pub(super) makes: Vec<usize>,
    needs: Vec<usize>,
}

/// A commodity and about what a unit costs.
#[derive(Debug)]
pub(super) struct Good {
    pub(super) id: String,
    pub(super) price: u64,
}

/// All places and goods.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) places: Vec<Place>,
    pub(super) goods: Vec<Good>,
    /// Places that make something.
    pub(super) makers: Vec<usize>,
    /// For each good the places that need it.
    takers: Vec<Vec<usize>>,
    /// How many times as long as usual a way takes.
    pub(super) stretch: u32,
}

/// No way takes longer, in our time and not stretched.
pub(super) const TRAVEL_MAX: Duration = Duration::from_secs(110);

impl Stage {
    /// Casts the parts. Each is a matter of the names alone, so that every run plays the same
    /// economy; on a server without our galaxy's categories, chance by name decides.
    pub(super) fn new(stations: Vec<ListedStation>, commodities: &[ListedCommodity]) -> Self {
        let goods: Vec<Good> = commodities.iter().map(good).collect();
        let places: Vec<Place> =
            stations.into_iter().map(|station| place(station, commodities)).collect();
        let mut takers = vec![Vec::new(); goods.len()];
        for (number, place) in places.iter().enumerate() {
            for &good in &place.needs {
                takers[good].push(number);
            }
        }
        let makers = (0..places.len()).filter(|place| !places[*place].makes.is_empty()).collect();
        Self { places, goods, makers, takers, stretch: 1 }
    }

    /// Whether there is anything to trade between any two places.
    pub(super) fn is_playable(&self) -> bool {
        self.places.len() >= 2
            && self.makers.iter().any(|maker| {
                self.places[*maker]
                    .makes
                    .iter()
                    .any(|good| self.takers[*good].iter().any(|taker| taker != maker))
            })
    }

    /// A place that needs the good, near rather than far: the nearest of a few drawn.
    pub(super) fn taker(&self, good: usize, from: usize, random: &mut Random) -> Option<usize> {
        (0..4)
            .filter_map(|_| random.pick(&self.takers[good]).copied())
            .filter(|taker| *taker != from)
            .min_by(|one, other| self.distance(from, *one).total_cmp(&self.distance(from, *other)))
    }

    /// Light-years between two places.
    fn distance(&self, from: usize, to: usize) -> f64 {
        self.places[from].position.distance(self.places[to].position)
    }

    /// How long a ship takes, in our time: a hop within a system is seen, an arm's length is not
    /// waited for.
    pub(super) fn travel(&self, from: usize, to: usize) -> Duration {
        let usual = Duration::from_secs_f64(14.0 + 1.6 * self.distance(from, to));
        usual.min(TRAVEL_MAX) * self.stretch
    }

    /// Where a ship is that has this part of its way behind it, to the thousandth.
    pub(super) fn on_the_way(&self, from: usize, to: usize, part: f64) -> Coordinates {
        self.places[from].position.towards(self.places[to].position, part)
    }
}

fn good(listed: &ListedCommodity) -> Good {
    let known = GOODS.iter().find(|good| good.id == listed.id);
    let price =
        known.map_or_else(|| Random::named(0, &listed.id).between(10, 900), |good| good.price);
    Good { id: listed.id.clone(), price }
}

/// What a commodity is to a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Makes,
    Needs,
    None,
}

fn economy(station: &str, kind: &str) -> Economy {
    let economies = Economy::of_kind(kind);
    Random::named(0, station).pick(economies).copied().unwrap_or(Economy::Transit)
}

/// What a commodity is to a place, by its names alone.
pub(crate) fn part_of(station: &str, kind: &str, commodity: &str, category: &str) -> Part {
    part_in(economy(station, kind), station, commodity, category)
}

fn part_in(economy: Economy, station: &str, commodity: &str, category: &str) -> Part {
    let is_ours = GOODS.iter().any(|good| good.category == category);
    // Drawn for each commodity, so that one more on the list changes no other's part.
    let draw = Random::named(0, &format!("{station}/{commodity}")).below(100);
    let (makes_it, needs_it) = if is_ours {
        let is_in = |categories: &[&str]| categories.contains(&category) && draw < 70;
        (is_in(economy.makes()), is_in(economy.needs()))
    } else {
        (draw < 20, (20..50).contains(&draw))
    };
    match (makes_it, needs_it) {
        (true, _) => Part::Makes,
        (false, true) => Part::Needs,
        (false, false) => Part::None,
    }
}

fn place(station: ListedStation, commodities: &[ListedCommodity]) -> Place {
    let economy = economy(&station.id, &station.kind);
    let (mut makes, mut needs) = (Vec::new(), Vec::new());
    for (number, commodity) in commodities.iter().enumerate() {
        let category = commodity.category.as_deref().unwrap_or_default();
        match part_in(economy, &station.id, &commodity.id, category) {
            Part::Makes => makes.push(number),
            Part::Needs => needs.push(number),
            Part::None => {}
        }
    }
    Place { id: station.id, position: station.position, makes, needs }
}

impl Place {
    /// The goods it needs.
    pub(super) fn needs(&self) -> &[usize] {
        &self.needs
    }
}
