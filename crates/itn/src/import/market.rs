//! `itn import market`: reads the files, sends the plan in chunks, tells what came of it.

use crate::client::bulk::{LINES_MAX, LineOutcome};
use crate::client::{Client, NetworkClock};
use crate::progress::Progress;

use super::catalogue::{Commodities, Stations};
use super::observation::{self, Observation};
use super::plan::{PlannedLine, Planner};
use super::report::{Findings, Input, MarketReport, SkipReason};
use super::{ImportError, MarketOptions, stations};

/// Imports, and returns when the last line is answered. Lines about single rows go to standard
/// error on the way.
pub(crate) async fn market(options: &MarketOptions) -> Result<MarketReport, ImportError> {
    let mut findings = Findings::default();
    let stations = Stations::new(stations::read(&options.stations, &mut findings)?, &mut findings);
    let observations = observation::read(&options.observations, &mut findings)?;
    let (rows, commodities) = recognised(observations.rows, &stations, &mut findings);

    let unsent = |error| ImportError::Server { error, lines_done: 0 };
    let client = Client::new(&options.server).map_err(unsent)?;
    let mut planner = Planner::new(&stations, &commodities);
    let mut import = Import {
        client,
        progress: Progress::bar(rows.len() as u64, "importing"),
        waiting: planner.reference_lines(),
        report: MarketReport {
            observations_read: observations.read_count,
            findings,
            ..MarketReport::default()
        },
    };
    // What is wrong with the files is told whether or not there is a server.
    import.tell();
    NetworkClock::read(&import.client).await.map_err(unsent)?;
    for (done, row) in (0_u64..).zip(&rows) {
        let findings = &mut import.report.findings;
        let (commodity, waiting) = (&commodities.all[row.commodity].id, &mut import.waiting);
        planner.plan(row.station, commodity, &row.observation, findings, waiting);
        if import.waiting.len() >= LINES_MAX {
            import.send().await?;
            import.progress.at(done);
        }
    }
    while !import.waiting.is_empty() {
        import.send().await?;
    }
    import.tell();
    Ok(import.report)
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

/// An import under way.
struct Import {
    client: Client,
    progress: Progress,
    /// Planned and not sent yet; a little more than a chunk at most.
    waiting: Vec<PlannedLine>,
    report: MarketReport,
}

impl Import {
    /// Sends one chunk of what waits and takes in the answers, in order.
    async fn send(&mut self) -> Result<(), ImportError> {
        let chunk_length = self.waiting.len().min(LINES_MAX);
        let chunk: Vec<PlannedLine> = self.waiting.drain(..chunk_length).collect();
        let report = &mut self.report;
        let outcomes = self.client.post_lines(&chunk).await.map_err(|error| {
            let lines_done = report.accepted + report.replayed + report.unchanged;
            ImportError::Server { error, lines_done }
        })?;
        for (line, outcome) in chunk.iter().zip(&outcomes) {
            report.tally(line.effect, outcome);
            if let LineOutcome::Refused { why, .. } = outcome {
                let what = line.effect.to_string();
                report.findings.refused(line.input, line.line, &what, why);
            }
        }
        self.tell();
        Ok(())
    }

    fn tell(&mut self) {
        for line in self.report.findings.take_lines() {
            self.progress.note(&line);
        }
    }
}
