//! Before the play: what the server has is read, and what the players need is put there.

use std::time::Duration;

use itn_client::{AlertRuleKind, Command, PutAlertRule, PutTrader, PutVessel, StockChangeReason};

use super::fleet;
use super::orders::{change, changes, issued};
use super::ship::Ship;
use super::stage::{ListedCommodity, ListedStation, Stage};
use super::world::{EXCHANGE, World};
use super::{SimulateError, SimulateOptions};
use crate::client::{Client, ClientError, Line, NetworkClock};
use crate::galaxy;
use crate::random::Random;

/// Stations that take part; on a larger network the first of the list do.
const STATIONS_MAX: usize = 10_000;
const COMMODITIES_MAX: usize = 1_000;
/// Items of a page: the most that there may be.
const PAGE: &[(&str, &str)] = &[("limit", "1000")];

/// Places whose first good is watched.
const RULES_MAX: usize = 40;
/// A ship takes up to 400 units: below this, the next but one goes without.
const STOCK_LOW: u64 = 60;
/// Enough for another ship.
const STOCK_CLEAR: u64 = 200;

/// Commands of a trip, from buying to selling, and half as many again for what places do meanwhile.
const TRIP_COMMANDS: u64 = 15;
/// Ways from which the usual one is told.
const WAYS_DRAWN: u32 = 500;

/// Credits of a trader and of a station to begin with.
const TRADER_CREDITS: u64 = 5_000_000;
const STATION_CREDITS: u64 = 500_000_000;

const CARRIERS: [(&str, &str); 4] = [
    ("red-star-lines", "Red Star Lines"),
    ("outer-arm-freight", "Outer Arm Freight"),
    ("sol-couriers", "Sol Couriers"),
    ("deep-haul", "Deep Haul"),
];

const SHIP_NAMES: [&str; 40] = [
    "Kestrel",
    "Wren",
    "Heron",
    "Petrel",
    "Plover",
    "Swift",
    "Tern",
    "Merlin",
    "Osprey",
    "Curlew",
    "Avocet",
    "Bittern",
    "Dipper",
    "Dunlin",
    "Fulmar",
    "Gannet",
    "Godwit",
    "Harrier",
    "Jackdaw",
    "Kite",
    "Lapwing",
    "Linnet",
    "Martin",
    "Nightjar",
    "Oriole",
    "Pintail",
    "Quail",
    "Raven",
    "Redstart",
    "Rook",
    "Sandpiper",
    "Shearwater",
    "Shrike",
    "Skua",
    "Skylark",
    "Teal",
    "Thrush",
    "Turnstone",
    "Whimbrel",
    "Whinchat",
];

/// Reads the stage and makes the players; afterwards everyone can pay and every maker has stock.
pub(super) async fn world(
    client: &Client,
    options: &SimulateOptions,
) -> Result<World, SimulateError> {
    let clock = NetworkClock::read(client).await?;
    let stations: Vec<ListedStation> = client
        .pages("/api/stations", PAGE)
        .collect(STATIONS_MAX)
        .await
        .map_err(ClientError::from)?;
    let commodities: Vec<ListedCommodity> = client
        .pages("/api/commodities", PAGE)
        .collect(COMMODITIES_MAX)
        .await
        .map_err(ClientError::from)?;
    let mut stage = Stage::new(stations, &commodities);
    if !stage.is_playable() {
        return Err(SimulateError::NothingToTrade);
    }
    if options.under_way > 0 {
        stage.stretch = stretch(&stage, options);
    }
    // Network time only grows: the same seed on the same server still gives each run its own keys.
    let run = blake3::hash(format!("{}/{}", options.seed, clock.after(Duration::ZERO)).as_bytes());
    let run = run.to_hex()[..12].to_owned();

    let ships = ships(&stage, options);
    let rate = options.rate.max(1);
    let stagger = Duration::from_secs(6) / rate;
    let mut world = World::new(stage, clock, ships, stagger, run);
    let lines = opening_lines(&mut world, options.seed)?;
    galaxy::post_all(client, &lines, "setting the stage").await?;
    fleet::adopt(client, &mut world).await?;
    fleet::place(client, &mut world, options.under_way, options.seed).await?;
    // The play begins now, and on a large network that took its time.
    world.begin(NetworkClock::read(client).await?, stagger);
    Ok(world)
}

/// How many times as long as usual ways must take for the rate to keep all ships moving.
fn stretch(stage: &Stage, options: &SimulateOptions) -> u32 {
    let mut random = Random::named(options.seed, "ways");
    let ways: Vec<Duration> = (0..WAYS_DRAWN)
        .filter_map(|_| fleet::way(stage, &mut random))
        .map(|way| way.time)
        .collect();
    let count = u32::try_from(ways.len()).unwrap_or(1).max(1);
    let usual = (ways.iter().sum::<Duration>() / count).as_secs().max(1);
    let commands = u64::from(options.traders()) * TRIP_COMMANDS;
    let stretch = commands.div_ceil(u64::from(options.rate.max(1)) * usual);
    u32::try_from(stretch).unwrap_or(u32::MAX).max(1)
}

fn ships(stage: &Stage, options: &SimulateOptions) -> Vec<Ship> {
    let mut random = Random::named(options.seed, "ships");
    let ships = (1..=options.traders()).map(|number| {
        let at = random.pick(&stage.makers).copied().unwrap_or(0);
        let carrier = random.pick(&CARRIERS).map_or(CARRIERS[0].0, |carrier| carrier.0);
        let trader = format!("sim-{number:04}");
        let vessel = format!("{trader}-vessel");
        Ship::new(trader, carrier.to_owned(), vessel, at)
    });
    ships.collect()
}

fn ship_name(number: usize) -> String {
    let name = SHIP_NAMES[number % SHIP_NAMES.len()];
    match number / SHIP_NAMES.len() {
        0 => name.to_owned(),
        round => format!("{name} {}", round + 1),
    }
}

/// Traders, credits and first stock. Credits have keys of their own for all runs, so that running
/// again does not issue them again; stock is made anew, as the last run's was traded away.
fn opening_lines(world: &mut World, seed: u64) -> Result<Vec<Line>, ClientError> {
    let mut lines = Vec::new();
    let mut line = |key: &str, command: &Command| {
        lines.push(Line::new(command, key)?);
        Ok::<_, ClientError>(())
    };
    let run = world.run().to_owned();
    // What is put says what is so, in each run anew.
    let put = |id: &str| format!("simulate/v1/{run}/put/{id}");
    let credits = |id: &str| format!("simulate/v1/credits/{id}");
    let mut traders: Vec<_> = CARRIERS.map(|(id, name)| (id.to_owned(), name.to_owned(), 1)).into();
    traders.push((EXCHANGE.to_owned(), "Lot exchange".to_owned(), STATION_CREDITS));
    let ships = world.ships.iter().enumerate();
    traders.extend(ships.map(|(n, ship)| (ship.trader.clone(), ship_name(n), TRADER_CREDITS)));
    for (id, name, amount) in traders {
        let data = PutTrader { name, ..PutTrader::default() };
        line(&put(&id), &Command::Trader { id: id.clone(), data })?;
        line(&credits(&id), &issued(&id, amount))?;
    }
    for (number, ship) in world.ships.iter().enumerate() {
        line(&put(&ship.vessel), &vessel(number, ship))?;
    }
    for place in &world.stage.places {
        line(&credits(&place.id), &issued(&place.id, STATION_CREDITS))?;
    }
    let mut random = Random::named(seed, "stock");
    for &maker in &world.stage.makers {
        let place = &world.stage.places[maker];
        let mut made = Vec::new();
        for &good in place.makes.iter().take(domain::limits::LINES_MAX) {
            let units = random.between(150, 1_500);
            world.stock.add(maker, good, units);
            let units = i64::try_from(units).unwrap_or(i64::MAX);
            made.push(change(&world.stage.goods[good].id, units, StockChangeReason::Produced));
        }
        let key = format!("simulate/v1/{run}/stock/{}", place.id);
        line(&key, &changes(&place.id, &place.id, made))?;
    }
    let mut rules = fleet::rules(world);
    rules.extend(world.stage.makers.iter().take(RULES_MAX).filter_map(|maker| {
        let place = &world.stage.places[*maker];
        Some(rule(&place.id, &world.stage.goods[*place.makes.first()?].id))
    }));
    for (number, rule) in rules.iter().enumerate() {
        line(&put(&format!("rule/{number}")), rule)?;
    }
    Ok(lines)
}

/// Without bounds: what a ship carries is a matter of the play.
fn vessel(number: usize, ship: &Ship) -> Command {
    let (name, carrier) = (ship_name(number), ship.carrier.clone());
    let data = PutVessel { name, carrier, ..PutVessel::default() };
    Command::Vessel { id: ship.vessel.clone(), data }
}

/// A maker that runs low of what it makes is worth an alert.
fn rule(place: &str, good: &str) -> Command {
    let data = PutAlertRule {
        kind: AlertRuleKind::Stock,
        station: Some(place.to_owned()),
        commodity: Some(good.to_owned()),
        low: Some(STOCK_LOW),
        clear: Some(STOCK_CLEAR),
        ..PutAlertRule::default()
    };
    Command::AlertRule { id: format!("sim-{place}"), data }
}
