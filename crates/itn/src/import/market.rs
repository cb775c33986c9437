//! `itn import market`: reads the files, plans their commands, tells what came of them.

use super::report::{Findings, Input, SkipReason};
use super::sender::Sender;
use super::{ImportError, MarketOptions};

mod catalogue;
mod observation;
mod plan;
mod report;
mod stations;

use catalogue::{Commodities, Stations};
use observation::Observation;
use plan::Planner;
pub(crate) use report::MarketReport;

/// Imports, and returns when the last line is answered. Lines about single rows go to standard
/// error on the way.
pub(crate) async fn market(options: &MarketOptions) -> Result<MarketReport, ImportError> {
    let mut findings = Findings::default();
    let stations = Stations::new(stations::read(&options.stations, &mut findings)?, &mut findings);
    let observations = observation::read(&options.observations, &mut findings)?;
    let (rows, commodities) = recognised(observations.rows, &stations, &mut findings);

    let mut sender = Sender::new(&options.server, rows.len() as u64, findings).await?;
    let mut planner = Planner::new(&stations, &commodities);
    sender.waiting = planner.reference_lines();
    for (done, row) in (0_u64..).zip(&rows) {
        let commodity = &commodities.all[row.commodity].id;
        let Sender { findings, waiting, .. } = &mut sender;
        planner.plan(row.station, commodity, &row.observation, findings, waiting);
        sender.send_full(done).await?;
    }
    let (findings, tally) = sender.finish().await?;
    Ok(MarketReport {
        observations_read: observations.read_count,
        prices_unpromised: planner.prices_unpromised(),
        findings,
        tally,
    })
}

/// An observation whose station and commodity are known.
struct Recognised {
    station: usize,
    commodity: usize,
    observation: Observation,
}

fn recognised(
    rows: Vec<Observation>,
    stations: &Stations,
    findings: &mut Findings,
) -> (Vec<Recognised>, Commodities) {
    let mut commodities = Commodities::default();
    let mut known = Vec::with_capacity(rows.len());
    for observation in rows {
        let Some(station) = stations.find(&observation) else {
            let why = format!("{} in {}", observation.station, observation.system);
            let reason = SkipReason::UnknownStation;
            findings.skip(Input::Observations, observation.line, reason, &why);
            continue;
        };
        let commodity = commodities.find_or_add(&observation, findings);
        known.push(Recognised { station, commodity, observation });
    }
    (known, commodities)
}
