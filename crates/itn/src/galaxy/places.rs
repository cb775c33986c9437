//! Names and places: what is built around a star, and the stars beyond the charted ones.

use std::collections::BTreeSet;

use super::Place;
use crate::names::slug;
use crate::random::Random;

/// People who looked up, for the places named after them.
const SURNAMES: [&str; 96] = [
    "Abell",
    "Adams",
    "Airy",
    "Alfven",
    "Anning",
    "Arp",
    "Babcock",
    "Banneker",
    "Bell Burnell",
    "Bessel",
    "Bode",
    "Bok",
    "Bowen",
    "Bradley",
    "Brahe",
    "Burbidge",
    "Cannon",
    "Cassini",
    "Chandra",
    "Clairaut",
    "Clerke",
    "Copernicus",
    "Cunitz",
    "Curtis",
    "De Sitter",
    "Dicke",
    "Drake",
    "Draper",
    "Eddington",
    "Encke",
    "Eratosthenes",
    "Fizeau",
    "Flamsteed",
    "Fleming",
    "Fowler",
    "Fraunhofer",
    "Galileo",
    "Gamow",
    "Gauss",
    "Goddard",
    "Hale",
    "Halley",
    "Hertz",
    "Herschel",
    "Hevelius",
    "Hipparchus",
    "Hoffleit",
    "Hubble",
    "Huggins",
    "Humason",
    "Hypatia",
    "Jansky",
    "Jeans",
    "Johnson",
    "Kant",
    "Kepler",
    "Kirch",
    "Kuiper",
    "Lagrange",
    "Laplace",
    "Leavitt",
    "Lemaitre",
    "Lepaute",
    "Lovell",
    "Maury",
    "Mayer",
    "Messier",
    "Mitchell",
    "Newton",
    "Noether",
    "Olbers",
    "Oort",
    "Payne",
    "Penzias",
    "Piazzi",
    "Pond",
    "Ptolemy",
    "Purcell",
    "Reber",
    "Roemer",
    "Roman",
    "Rosse",
    "Rubin",
    "Russell",
    "Sagan",
    "Sandage",
    "Secchi",
    "Shapley",
    "Slipher",
    "Somerville",
    "Struve",
    "Swope",
    "Tinsley",
    "Tsiolkovsky",
    "Wilson",
    "Zwicky",
];

const STATION_WORDS: [&str; 8] =
    ["Station", "Yard", "Exchange", "Dock", "Market", "Terminal", "Harbour", "Works"];
const OUTPOST_WORDS: [&str; 6] = ["Outpost", "Mine", "Camp", "Depot", "Survey", "Claim"];
const BEGINNINGS: [&str; 16] = [
    "Al", "Bel", "Cor", "Dra", "El", "Fen", "Hal", "Ka", "Lo", "Mir", "Nor", "Os", "Par", "Sar",
    "Tel", "Ve",
];
const MIDDLES: [&str; 12] = ["a", "an", "ar", "e", "eth", "i", "il", "o", "or", "u", "un", "yr"];
const ENDINGS: [&str; 12] =
    ["bora", "dis", "gast", "kel", "lune", "mere", "nax", "phon", "ra", "sted", "tis", "vane"];

/// Gives each place and each far star a name of its own.
#[derive(Debug, Default)]
pub(super) struct Namer {
    taken: BTreeSet<String>,
}

impl Namer {
    /// A name for a star that no catalogue has.
    pub(super) fn star(&mut self, random: &mut Random) -> String {
        self.fresh(random, |random| {
            let part = |random: &mut Random, parts: &[&'static str]| {
                random.pick(parts).copied().unwrap_or_default()
            };
            let (one, two) = (part(random, &BEGINNINGS), part(random, &MIDDLES));
            format!("{one}{two}{}", part(random, &ENDINGS))
        })
    }

    fn named_after(&mut self, random: &mut Random, words: &[&str]) -> String {
        self.fresh(random, |random| {
            let surname = random.pick(&SURNAMES).copied().unwrap_or_default();
            let word = random.pick(words).copied().unwrap_or_default();
            format!("{surname} {word}")
        })
    }

    /// Tries until a name is free; in a crowded galaxy it gets a number.
    fn fresh(&mut self, random: &mut Random, name: impl Fn(&mut Random) -> String) -> String {
        for _ in 0..20 {
            let name = name(random);
            if self.take(&name) {
                return name;
            }
        }
        let base = name(random);
        let mut number = 2;
        while !self.take(&format!("{base} {number}")) {
            number += 1;
        }
        format!("{base} {number}")
    }

    fn take(&mut self, name: &str) -> bool {
        self.taken.insert(slug(name))
    }
}

/// The four best known places of Sol, so that a newcomer finds something to hold on to.
pub(super) fn of_sol(namer: &mut Namer) -> Vec<Place> {
    let places = [
        ("Earth", "planet", [0.0, 0.0, 0.0]),
        ("Mars Port", "planet", [0.001, 0.0, 0.0]),
        ("Ceres Station", "station", [0.0, 0.0, 0.001]),
        ("Europa Depot", "outpost", [-0.001, 0.0, 0.0]),
        ("Titan Works", "station", [0.0, 0.0, -0.001]),
        ("Sol Gate", "gate", [0.002, 0.0, 0.001]),
    ];
    let places = places.into_iter().map(|(name, kind, position)| {
        namer.take(name);
        Place { id: slug(name), name: name.to_owned(), kind, system: "sol".to_owned(), position }
    });
    places.collect()
}

/// Two to six places around a star; the farther out, the fewer.
pub(super) fn around(
    star: &str,
    centre: [f64; 3],
    places_max: u64,
    namer: &mut Namer,
    random: &mut Random,
) -> Vec<Place> {
    let count = random.between(2, places_max.max(2));
    let mut places = Vec::new();
    for number in 0..count {
        let planet = ["b", "c", "d", "e", "f"][places.len() % 5];
        let draw = random.below(10);
        let (name, kind) = if number == 0 || draw < 2 {
            (format!("{star} {planet}"), "planet")
        } else if number == 1 && draw < 4 {
            (format!("{star} Gate"), "gate")
        } else if draw < 7 {
            (namer.named_after(random, &STATION_WORDS), "station")
        } else {
            (namer.named_after(random, &OUTPOST_WORDS), "outpost")
        };
        namer.take(&name);
        // A few hundred astronomical units apart: as near as a thousandth of a light-year can say.
        let mut nearby = |part: f64| part + (random.fraction() - 0.5) * 0.008;
        places.push(Place {
            id: slug(&name),
            name,
            kind,
            system: slug(star),
            position: centre.map(&mut nearby),
        });
    }
    places
}
