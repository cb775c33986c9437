//! `itn import fleet`: reads the log, plans its commands, tells what came of them.

use super::report::Findings;
use super::sender::Sender;
use super::{FleetOptions, ImportError};

mod catalogue;
mod hold;
mod plan;
mod poll;
mod report;
mod trip;

use catalogue::Catalogue;
use plan::Planner;
pub(crate) use report::FleetReport;

/// What the keys begin with.
const PREFIX: &str = "fleet-import/v1";

/// Imports, and returns when the last line is answered. Lines about single rows go to standard
/// error on the way.
pub(crate) async fn fleet(options: &FleetOptions) -> Result<FleetReport, ImportError> {
    let mut findings = Findings::default();
    let navigation = poll::read(&options.navigation, &mut findings)?;
    let cargo = hold::read(&options.cargo, &mut findings)?;
    let catalogue = Catalogue::new(&navigation.rows, &cargo.rows, &mut findings);
    let polls = hold::joined(navigation.rows, cargo.rows, &mut findings);

    let mut sender = Sender::new(&options.server, polls.len() as u64, findings).await?;
    let mut planner = Planner::default();
    sender.waiting = catalogue.reference_lines();
    for (done, poll) in (0_u64..).zip(&polls) {
        let Sender { findings, waiting, .. } = &mut sender;
        planner.plan(poll, findings, waiting);
        sender.send_full(done).await?;
    }
    let (findings, tally) = sender.finish().await?;
    Ok(FleetReport {
        polls_read: navigation.read_count,
        cargo_rows_read: cargo.read_count,
        seen: planner.seen(),
        findings,
        tally,
    })
}
