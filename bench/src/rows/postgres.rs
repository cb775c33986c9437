//! The same trade as a Postgres function behind the same HTTP stack.

use crate::cluster::{self, Cluster};
use crate::failure::{Failure, Outcome};
use crate::report::{Findings, Row};
use crate::rows::versus::{self, Side};
use crate::rows::{Bench, single};

const WHAT: &str = "single durable trades ÷ a Postgres function behind the same HTTP stack";
const TARGET: &str = "15 (20)";

pub(super) fn measure(bench: &mut Bench) -> Outcome<Findings> {
    let Some(programs) = cluster::programs() else {
        return Ok(Findings::row(Row {
            what: WHAT.to_owned(),
            measured: "skipped: PostgreSQL is not installed (apt-get install postgresql)"
                .to_owned(),
            target: TARGET.to_owned(),
            ..Row::default()
        }));
    };
    let economy = bench.scale.economy;
    let cluster = Cluster::start(programs, &bench.folder().join("postgres"), economy)?;
    let version = cluster.run("SHOW server_version")?;
    let network = bench.network("single")?;
    let peer = single::peer(bench, "postgres-peer", Some(&cluster.config()))?;
    let mut ours = Side::new(bench, "itn", &network.server)?;
    let mut theirs = Side::new(bench, "Postgres", &peer)?;
    versus::alternate(bench, &mut [&mut ours, &mut theirs])?;
    peer.stop()?;
    let made = cluster.run("SELECT count(*) FROM trades")?;
    let acknowledged: u64 =
        theirs.lanes.iter().flatten().map(|template| template.acknowledged).sum();
    if made != acknowledged.to_string() {
        let cause = format!("{made} trades in Postgres, {acknowledged} acknowledged");
        return Err(Failure::new("reading back", cause));
    }
    let mut findings = Findings::row(Row {
        what: WHAT.to_owned(),
        measured: format!("{} ÷ {}", ours.figure(), theirs.figure()),
        target: TARGET.to_owned(),
        ratio: format!("{:.1}", ours.rate() / theirs.rate()),
        generator: ours.share(),
    });
    findings.notes.extend(ours.notes());
    findings.notes.extend(theirs.notes());
    findings.note(format!(
        "PostgreSQL {version}, fsync and synchronous_commit on, 64 connections; the processor share \
         of its own processes is not in the peer's; {made} trades in it, as acknowledged"
    ));
    findings.note(format!("read back: {}", single::read_back(network, &mut ours)?));
    Ok(findings)
}
