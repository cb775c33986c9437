//! From exec to ready: with a snapshot after a clean stop, and by replay without one.

use std::fs;
use std::path::Path;

use crate::client::Client;
use crate::failure::{Doing as _, Failure, Outcome};
use crate::numbers::{float, grouped, per_second, rate, time};
use crate::process::Cpu;
use crate::profile::Profile;
use crate::report::{Findings, Row};
use crate::rows::{Bench, flat};
use crate::server::Server;

const SNAPSHOT_SECONDS: f64 = 2.0;
const REPLAY_RATE: f64 = 1_000_000.0;

pub(super) fn measure(bench: &mut Bench) -> Outcome<Findings> {
    let mut network = flat::take(bench)?;
    let sequence = network.reconnect()?.sequence()?;
    let stopped = network.server.stop()?;

    let server = Server::start(&network.data)?;
    let quick = server.ready_after;
    let quick_cpu = Cpu::since_start(server.id(), quick)?.end()?;
    same(&server, sequence)?;
    server.stop()?;

    let snapshots = network.data.join("snapshots");
    fs::remove_dir_all(&snapshots).doing("removing the snapshots")?;
    let server = Server::start(&network.data)?;
    let slow = server.ready_after;
    let slow_cpu = Cpu::since_start(server.id(), slow)?.end()?;
    same(&server, sequence)?;
    let mut client = Client::connect(server.address)?;
    let said = network.tally.compare(&mut client)?;
    server.stop()?;
    let profile = profile(bench, &network.data)?;
    fs::remove_dir_all(&network.data).doing("removing a data folder")?;

    let replayed = rate(sequence, slow);
    let mut findings = Findings {
        rows: vec![
            Row {
                what: format!("restart with a snapshot, {} events", grouped(sequence)),
                measured: time(quick),
                target: "2 s (1 s) after 10 million".to_owned(),
                ratio: format!("{:.2} of it", quick.as_secs_f64() / SNAPSHOT_SECONDS),
                generator: "idle".to_owned(),
            },
            Row {
                what: "restart by replay, no snapshot".to_owned(),
                measured: format!("{} ({})", per_second(replayed), time(slow)),
                target: "1 million/s (2 million/s)".to_owned(),
                ratio: format!("{:.2} of it", replayed / REPLAY_RATE),
                generator: "idle".to_owned(),
            },
        ],
        notes: Vec::new(),
    };
    findings.note("from exec until the server says that it listens, files in the page cache");
    findings.note(format!("with a snapshot: {}", quick_cpu.threads_line()));
    findings.note(format!("by replay: {}", slow_cpu.threads_line()));
    findings.note(format!("a clean stop, snapshot included, took {}", time(stopped)));
    findings.note(format!(
        "the same network after the replay: {said}; {:.0} ns an event",
        slow.as_secs_f64() * 1e9 / float(sequence.max(1))
    ));
    findings.notes.extend(profile);
    Ok(findings)
}

/// Replays once more while the stacks are sampled, if that is wanted.
fn profile(bench: &Bench, data: &Path) -> Outcome<Vec<String>> {
    if !bench.profile {
        return Ok(Vec::new());
    }
    // Written at the last stop.
    fs::remove_dir_all(data.join("snapshots")).doing("removing the snapshots")?;
    let mut profile = None;
    let launched = |pid| profile = Some(Profile::begin(true, pid, bench.folder()));
    let server = Server::start_watched(data, launched)?;
    let lines = profile.map(Profile::end).unwrap_or_default();
    server.stop()?;
    Ok(lines)
}

/// Nothing may have been lost.
fn same(server: &Server, sequence: u64) -> Outcome<()> {
    let found = Client::connect(server.address)?.sequence()?;
    if found == sequence {
        return Ok(());
    }
    Err(Failure::new("restarting", format!("{found} events where there were {sequence}")))
}
