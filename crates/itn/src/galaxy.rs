//! A galaxy to live in: real nearby stars at the core, made-up arms around them, and what is
//! traded there. The same seed gives the same galaxy.

use itn_client::{Command, NewPosition, PutCommodity, PutStation};

use crate::client::{Client, ClientError, LINES_MAX, Line, LineOutcome, post_lines};
use crate::names::slug;
use crate::progress::Progress;
use crate::random::Random;

mod goods;
mod places;
mod stars;

pub(crate) use goods::{Economy, GOODS};

use places::Namer;

/// How large a galaxy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Scale {
    /// About a hundred stations, near Sol
    Small,
    /// A few hundred stations: fits a screen
    Standard,
    /// About 5,000 stations
    Large,
}

impl Scale {
    /// Real stars, the nearest first.
    const fn charted(self) -> usize {
        match self {
            Self::Small => 30,
            Self::Standard | Self::Large => stars::STARS.len(),
        }
    }

    /// Made-up stars around the real ones, and the radius in light-years that they fill.
    const fn beyond(self) -> (u32, f64) {
        match self {
            Self::Small => (0, CORE_RADIUS),
            Self::Standard => (64, 62.0),
            Self::Large => (1_940, 400.0),
        }
    }
}

/// A station of the galaxy.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Place {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) system: String,
    /// Light-years.
    pub(crate) position: [f64; 3],
}

/// A galaxy, not yet on any server.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Galaxy {
    pub(crate) places: Vec<Place>,
    seed: u64,
}

/// Light-years within which the real stars are, about.
const CORE_RADIUS: f64 = 21.0;

/// Makes the galaxy of a seed.
pub(crate) fn build(scale: Scale, seed: u64) -> Galaxy {
    let mut random = Random::named(seed, "galaxy");
    let mut namer = Namer::default();
    let mut all = places::of_sol(&mut namer);
    for star in stars::STARS.iter().take(scale.charted()).skip(1) {
        let position = star.position();
        all.extend(places::around(star.0, position, 3, &mut namer, &mut random));
    }
    let (star_count, radius) = scale.beyond();
    for number in 0..star_count {
        let position = on_an_arm(number, star_count, radius, &mut random);
        let star = namer.star(&mut random);
        all.extend(places::around(&star, position, 3, &mut namer, &mut random));
    }
    let places = all.into_iter().map(|place| Place {
        position: place.position.map(|part| (part * 1000.0).round() / 1000.0),
        ..place
    });
    Galaxy { places: places.collect(), seed }
}

/// The name of a system's star: the catalogue's, or the identifier's words.
pub(crate) fn star_name(system: &str) -> String {
    let known = stars::STARS.iter().find(|star| slug(star.0) == system);
    known.map_or_else(|| titled(system), |star| star.0.to_owned())
}

fn titled(identifier: &str) -> String {
    let words = identifier.split('-').filter_map(|word| {
        let mut letters = word.chars();
        let first = letters.next()?.to_ascii_uppercase();
        Some(format!("{first}{}", letters.as_str()))
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A place on one of three logarithmic spirals, thicker towards the core.
fn on_an_arm(number: u32, count: u32, radius: f64, random: &mut Random) -> [f64; 3] {
    let out = f64::from(number) / f64::from(count.max(1));
    let distance = CORE_RADIUS + (radius - CORE_RADIUS) * out.powf(0.8);
    let arm = f64::from(number % 3) * std::f64::consts::TAU / 3.0;
    let turn = (distance / CORE_RADIUS).ln() * 1.9;
    let mut scatter = |width: f64| (random.fraction() + random.fraction() - 1.0) * width;
    let angle = arm + turn + scatter(0.2);
    let distance = distance + scatter(2.5);
    [distance * angle.cos(), scatter(6.0), distance * angle.sin()]
}

impl Galaxy {
    /// The commands that make it, for `POST /api/events`.
    pub(crate) fn lines(&self) -> Result<Vec<Line>, ClientError> {
        let line = |kind: &str, id: &str, command: Command| {
            Ok(Line::new(&command, &format!("galaxy/v1/{}/{kind}/{id}", self.seed))?)
        };
        let goods = GOODS.iter().map(|good| {
            let data = PutCommodity {
                name: good.name.to_owned(),
                category: Some(good.category.to_owned()),
                unit_mass_grams: Some(good.unit_mass_grams),
                unit_volume_millilitres: Some(good.unit_volume_millilitres),
                ..PutCommodity::default()
            };
            line("commodity", good.id, Command::Commodity { id: good.id.to_owned(), data })
        });
        let stations = self.places.iter().map(|place| {
            let [x, y, z] = place.position;
            let data = PutStation {
                name: place.name.clone(),
                kind: place.kind.into(),
                system: place.system.clone(),
                position: NewPosition { x, y, z },
                ..PutStation::default()
            };
            line("station", &place.id, Command::Station { id: place.id.clone(), data })
        });
        goods.chain(stations).collect()
    }

    /// Puts it on a server. On one that has it already nothing changes.
    pub(crate) async fn post(&self, client: &Client) -> Result<(), ClientError> {
        post_all(client, &self.lines()?, "making the galaxy").await
    }
}

/// Refusals told one by one: what is wrong with one line is most often wrong with all.
const REFUSALS_SHOWN_MAX: u64 = 5;

/// Posts lines that a server should take, in chunks.
pub(crate) async fn post_all(
    client: &Client,
    lines: &[Line],
    what: &'static str,
) -> Result<(), ClientError> {
    let progress = Progress::bar(lines.len() as u64, what);
    let (mut done, mut refused) = (0, 0);
    for chunk in lines.chunks(LINES_MAX) {
        let outcomes = post_lines(client, chunk).await?;
        for (line, outcome) in chunk.iter().zip(outcomes) {
            if let LineOutcome::Refused(why) = outcome {
                refused += 1;
                if refused <= REFUSALS_SHOWN_MAX {
                    progress.note(&format!("{what}: refused: {why}: {}", line.as_str()));
                }
            }
        }
        done += chunk.len() as u64;
        progress.at(done);
    }
    if refused > REFUSALS_SHOWN_MAX {
        progress.note(&format!("{what}: {refused} lines were refused in all"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn a_seed_makes_one_galaxy_of_the_size_asked() {
        let galaxy = build(Scale::Standard, 7);
        assert_eq!(galaxy, build(Scale::Standard, 7));
        assert_ne!(galaxy, build(Scale::Standard, 8));
        assert!((250..500).contains(&galaxy.places.len()), "{}", galaxy.places.len());
        let small = build(Scale::Small, 7).places.len();
        assert!((60..140).contains(&small), "{small}");
        let large = build(Scale::Large, 7).places.len();
        assert!((5_000..5_500).contains(&large), "{large}");
    }

    #[test]
    fn every_place_has_a_name_of_its_own_and_kinds_are_mixed() {
        for scale in [Scale::Standard, Scale::Large] {
            let galaxy = build(scale, 1);
            let ids: BTreeSet<_> = galaxy.places.iter().map(|place| &place.id).collect();
            assert_eq!(ids.len(), galaxy.places.len());
            assert!(ids.iter().all(|id| domain::Identifier::new(id).is_ok()));
            let mut kinds = BTreeMap::new();
            for place in &galaxy.places {
                *kinds.entry(place.kind).or_insert(0) += 1;
                assert!(place.position.iter().all(|part| part.is_finite()));
            }
            assert!(kinds.len() == 4 && kinds.values().all(|count| *count > 20), "{kinds:?}");
        }
    }
}
