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
pub(super) struct Coordinates {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) z: f64,
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
}

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
        Self { places, goods, makers, takers }
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
        let (from, to) = (self.places[from].position, self.places[to].position);
        let squares = [from.x - to.x, from.y - to.y, from.z - to.z].map(|part| part * part);
        squares.iter().sum::<f64>().sqrt()
    }

    /// How long a ship takes, in our time: a hop within a system is seen, an arm's length is not
    /// waited for.
    pub(super) fn travel(&self, from: usize, to: usize) -> Duration {
        Duration::from_secs_f64((14.0 + 1.6 * self.distance(from, to)).min(110.0))
    }

    /// Where a ship is that has this part of its way behind it, to the thousandth.
    pub(super) fn on_the_way(&self, from: usize, to: usize, part: f64) -> Coordinates {
        let (from, to) = (self.places[from].position, self.places[to].position);
        let between = |from: f64, to: f64| {
            ((from + (to - from) * part.clamp(0.0, 1.0)) * 1000.0).round() / 1000.0
        };
        Coordinates { x: between(from.x, to.x), y: between(from.y, to.y), z: between(from.z, to.z) }
    }
}

fn good(listed: &ListedCommodity) -> Good {
    let known = GOODS.iter().find(|good| good.id == listed.id);
    let price =
        known.map_or_else(|| Random::named(0, &listed.id).between(10, 900), |good| good.price);
    Good { id: listed.id.clone(), price }
}

fn place(station: ListedStation, commodities: &[ListedCommodity]) -> Place {
    let mut random = Random::named(0, &station.id);
    let economies = Economy::of_kind(&station.kind);
    let economy = random.pick(economies).copied().unwrap_or(Economy::Transit);
    let (mut makes, mut needs) = (Vec::new(), Vec::new());
    for (number, commodity) in commodities.iter().enumerate() {
        let category = commodity.category.as_deref().unwrap_or_default();
        let is_ours = GOODS.iter().any(|good| good.category == category);
        // Drawn for every commodity, so that one more on the list changes no other's part.
        let draw = Random::named(0, &format!("{}/{}", station.id, commodity.id)).below(100);
        let (makes_it, needs_it) = if is_ours {
            let is_in = |categories: &[&str]| categories.contains(&category) && draw < 70;
            (is_in(economy.makes()), is_in(economy.needs()))
        } else {
            (draw < 20, (20..50).contains(&draw))
        };
        if makes_it {
            makes.push(number);
        } else if needs_it {
            needs.push(number);
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
