//! Ships that are under way when a run begins: those of an earlier run, and those that are put there.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use domain::limits::DEADLINE_SECONDS_MAX;
use domain::{AlertRule, Timing};
use itn_client::{
    AlertRuleKind, Command, ListShipmentsQuery, NewBooking, NewShipmentEvent, PutAlertRule,
    Shipment, ShipmentReportType, ShipmentStatus, StockChangeReason,
};
use jiff::Timestamp;

use super::SimulateError;
use super::orders::{Booking, change, changes, report};
use super::ship::requests::{CARGO_MAX, CARGO_MIN};
use super::ship::{Cargo, Fate, LATE_MAX, ON_TIME_MAX, REPORTS, Ship, Step, Trip};
use super::stage::{Stage, TRAVEL_MAX};
use super::world::World;
use crate::client::{Client, ClientError, LINES_MAX, Line, LineOutcome, NetworkClock, post_lines};
use crate::galaxy;
use crate::progress::Progress;
use crate::random::Random;

/// Shipments of an earlier run that are taken up again, of each status.
const ADOPTED_MAX: usize = 50_000;
/// Thousandths of its way that a ship has behind it when it is put there, at most.
const BEHIND_MAX: u64 = 950;

/// Where in their lists places, goods and ships are.
struct Index {
    places: BTreeMap<String, usize>,
    goods: BTreeMap<String, usize>,
    ships: BTreeMap<String, usize>,
}

/// Takes up what an earlier run of the same traders left under way, so that it does not stay
/// overdue for ever. A ship takes up one; what is left over stays as it is.
pub(super) async fn adopt(client: &Client, world: &mut World) -> Result<(), ClientError> {
    let of = |names: Vec<&String>| names.into_iter().cloned().zip(0..).collect();
    let index = Index {
        places: of(world.stage.places.iter().map(|place| &place.id).collect()),
        goods: of(world.stage.goods.iter().map(|good| &good.id).collect()),
        ships: of(world.ships.iter().map(|ship| &ship.trader).collect()),
    };
    for status in [
        ShipmentStatus::InTransit,
        ShipmentStatus::Arrived,
        ShipmentStatus::PartiallyReceived,
        ShipmentStatus::Loading,
        ShipmentStatus::Booked,
    ] {
        let query = ListShipmentsQuery {
            status: Some(status.clone()),
            limit: Some(1_000),
            ..ListShipmentsQuery::default()
        };
        for shipment in client.list_shipments(&query).collect(ADOPTED_MAX).await? {
            adopt_one(world, &index, &status, &shipment);
        }
    }
    Ok(())
}

fn adopt_one(
    world: &mut World,
    index: &Index,
    status: &ShipmentStatus,
    shipment: &Shipment,
) -> Option<()> {
    let place = |id: &str| index.places.get(id).copied();
    let (from, to) = (place(&shipment.origin)?, place(&shipment.destination)?);
    let [line] = shipment.lines.as_slice() else {
        return None;
    };
    let good = *index.goods.get(&line.commodity)?;
    let ship = &mut world.ships[*index.ships.get(&shipment.owner)?];
    if !matches!(ship.step, Step::Idle) {
        return None;
    }
    let trip = Trip {
        shipment: shipment.shipment_id.clone(),
        to,
        cargo: Cargo { good, quantity: line.quantity },
        accepted: line.accepted,
        rejected: line.rejected,
        fate: Fate::OnTime,
        percent: 90,
        departed: Duration::ZERO,
        flown: Duration::ZERO,
        arrives: world.stage.travel(from, to) / 2,
        reports: u32::MAX,
    };
    let under_way = shipment.actual_departure.is_some();
    ship.at = if under_way && *status != ShipmentStatus::InTransit { to } else { from };
    ship.step = match status {
        ShipmentStatus::Booked => Step::Booked(trip),
        ShipmentStatus::Loading => Step::Loading(Trip { reports: 0, ..trip }),
        ShipmentStatus::InTransit => Step::Flying(trip),
        _ => Step::Arrived(trip),
    };
    Some(())
}

/// Rules for a network whose ships are long under way: news that come as seldom as theirs are no
/// silence, and what is late is critical only if it is so for a good part of its way. None where the
/// rules that are there from the start will do.
pub(super) fn rules(world: &World) -> Vec<Command> {
    let stretch = world.stage.stretch;
    if stretch <= 1 {
        return Vec::new();
    }
    let longest = TRAVEL_MAX * stretch * LATE_MAX / 100;
    // A quarter more than the longest time between two reports, for a server that is busy.
    let silence = longest / (REPORTS + 1) * 5 / 4;
    let silence = silence.as_secs().saturating_mul(u64::from(world.clock.speed()));
    let from_the_start = |timing: Timing| match timing.rule_from_the_start() {
        AlertRule::Timing { after_seconds, critical_after_seconds, .. } => {
            (u64::from(after_seconds), u64::from(critical_after_seconds) * u64::from(stretch))
        }
        AlertRule::Stock { .. } => (0, 0),
    };
    let (late, overdue) =
        (from_the_start(Timing::ShipmentLate), from_the_start(Timing::ShipmentOverdue));
    let rules = [
        (
            Timing::ShipmentSilent,
            AlertRuleKind::ShipmentSilent,
            (silence, silence.saturating_mul(3)),
        ),
        (Timing::ShipmentLate, AlertRuleKind::ShipmentLate, late),
        (Timing::ShipmentOverdue, AlertRuleKind::ShipmentOverdue, overdue),
    ];
    let rules = rules.map(|(timing, kind, (after, critical_after))| {
        let bounded = |seconds: u64| seconds.min(u64::from(DEADLINE_SECONDS_MAX));
        let data = PutAlertRule {
            kind,
            after_seconds: Some(bounded(after)),
            critical_after_seconds: Some(bounded(critical_after)),
            ..PutAlertRule::default()
        };
        Command::AlertRule { id: timing.rule_name().to_string(), data }
    });
    rules.into()
}

/// A ship that is to be put on its way.
struct Placing {
    ship: usize,
    from: usize,
    trip: Trip,
    planned: Duration,
}

/// Puts ships on their ways until so many are under way, each somewhere on its own.
///
/// Their goods are made where they come from, and their departures lie in the past, so that they
/// arrive one after the other as if they had been playing all along.
pub(super) async fn place(
    client: &Client,
    world: &mut World,
    under_way: u32,
    seed: u64,
) -> Result<(), SimulateError> {
    let wanted = usize::try_from(under_way).unwrap_or(usize::MAX);
    let missing = wanted.saturating_sub(world.under_way());
    let mut placings = drawn(world, missing, &mut Random::named(seed, "under way"));
    // Setting the stage took its time, on a large network.
    world.clock = NetworkClock::read(client).await?;
    let begun = Instant::now();
    let stock = lines(world, &placings, "stock", stock)?;
    galaxy::post_all(client, &stock, "loading ships").await?;
    let bookings = lines(world, &placings, "booking", booking)?;
    let progress = Progress::bar(bookings.len() as u64, "booking ships");
    let mut booked = 0;
    for chunk in bookings.chunks(LINES_MAX) {
        for outcome in post_lines(client, chunk).await? {
            if let LineOutcome::Accepted { id: Some(id), .. }
            | LineOutcome::Replayed { id: Some(id) } = outcome
            {
                placings[booked].trip.shipment = id;
            }
            booked += 1;
        }
        progress.at(booked as u64);
    }
    drop(progress);
    // What was refused stays where it is.
    placings.retain(|placing| !placing.trip.shipment.is_empty());
    let departures = lines(world, &placings, "departure", departure)?;
    galaxy::post_all(client, &departures, "sending ships off").await?;
    // Meanwhile time has passed for them, too.
    let lag = begun.elapsed();
    for placing in placings {
        let mut trip = placing.trip;
        trip.flown += lag;
        trip.arrives = trip.arrives.saturating_sub(lag);
        let ship = &mut world.ships[placing.ship];
        ship.at = placing.from;
        ship.step = Step::Flying(trip);
    }
    Ok(())
}

fn drawn(world: &World, count: usize, random: &mut Random) -> Vec<Placing> {
    let is_idle = |ship: &Ship| matches!(ship.step, Step::Idle);
    let idle = (0..world.ships.len()).filter(|ship| is_idle(&world.ships[*ship]));
    idle.filter_map(|ship| placing(world, ship, random)).take(count).collect()
}

/// From a maker of a good to one who needs it.
pub(super) struct Way {
    from: usize,
    to: usize,
    good: usize,
    /// How long it takes by plan.
    pub(super) time: Duration,
}

/// A way such as ships take.
pub(super) fn way(stage: &Stage, random: &mut Random) -> Option<Way> {
    let from = *random.pick(&stage.makers)?;
    let good = *random.pick(&stage.places[from].makes)?;
    let to = stage.taker(good, from, random)?;
    Some(Way { from, to, good, time: stage.travel(from, to) })
}

fn placing(world: &World, ship: usize, random: &mut Random) -> Option<Placing> {
    let Way { from, to, good, time: planned } = way(&world.stage, random)?;
    let fate = match Fate::drawn(random) {
        Fate::Cancelled => Fate::OnTime,
        fate => fate,
    };
    let percent = fate.percent(random);
    let whole = planned * percent / 100;
    let behind = u32::try_from(random.below(BEHIND_MAX)).unwrap_or(0);
    let flown = whole * behind / 1_000;
    let trip = Trip {
        shipment: String::new(),
        to,
        cargo: Cargo { good, quantity: random.between(CARGO_MIN, CARGO_MAX) },
        accepted: 0,
        rejected: 0,
        fate,
        percent,
        departed: Duration::ZERO,
        flown,
        arrives: whole.saturating_sub(flown),
        reports: behind * (REPORTS + 1) / 1_000,
    };
    Some(Placing { ship, from, trip, planned })
}

/// A line for each, with a key of its own.
fn lines(
    world: &World,
    placings: &[Placing],
    what: &str,
    command: fn(&World, &Placing) -> Command,
) -> Result<Vec<Line>, ClientError> {
    let line = |placing: &Placing| {
        let key = format!("simulate/v1/{}/placed/{}/{what}", world.run(), placing.ship);
        Ok(Line::new(&command(world, placing), &key)?)
    };
    placings.iter().map(line).collect()
}

fn stock(world: &World, placing: &Placing) -> Command {
    let Cargo { good, quantity } = placing.trip.cargo;
    let units = i64::try_from(quantity).unwrap_or(i64::MAX);
    let made = change(&world.stage.goods[good].id, units, StockChangeReason::Produced);
    let station = &world.stage.places[placing.from].id;
    changes(station, &world.ships[placing.ship].trader, vec![made])
}

fn booking(world: &World, placing: &Placing) -> Command {
    let (ship, trip) = (&world.ships[placing.ship], &placing.trip);
    let place = |place: usize| world.stage.places[place].id.as_str();
    let departure = at(world, placing, Duration::ZERO);
    let booking = Booking {
        origin: place(placing.from),
        destination: place(trip.to),
        owner: &ship.trader,
        carrier: &ship.carrier,
        vessel: &ship.vessel,
        commodity: &world.stage.goods[trip.cargo.good].id,
        quantity: trip.cargo.quantity,
        departure,
        arrival: at(world, placing, placing.planned),
    };
    Command::Shipment { data: NewBooking { at: Some(departure), ..booking.body() } }
}

/// Network time this much of our time after its departure.
fn at(world: &World, placing: &Placing, after: Duration) -> Timestamp {
    match after.checked_sub(placing.trip.flown) {
        Some(ahead) => world.clock.after(ahead),
        None => world.clock.before(placing.trip.flown.saturating_sub(after)),
    }
}

fn departure(world: &World, placing: &Placing) -> Command {
    let trip = &placing.trip;
    // Who is late says so on the way: past the second report it has.
    let says = if trip.fate == Fate::Late && trip.reports > 1 {
        trip.percent
    } else {
        trip.percent.min(ON_TIME_MAX)
    };
    let data = NewShipmentEvent {
        at: Some(at(world, placing, Duration::ZERO)),
        estimated_arrival: Some(at(world, placing, placing.planned * says / 100)),
        ..report(ShipmentReportType::Departed)
    };
    Command::ShipmentEvent { shipment_id: trip.shipment.clone(), data }
}
