//! The longest pause: single trades due every millisecond, whatever the server does, beside bulk
//! trades that make it checkpoint and snapshot.
//!
//! Twice: beside bulk at half of what the server can take, in requests of 1,024 lines, so that a
//! late trade was held up by something and not merely queued; that is the row. And beside all the
//! bulk that it can take, in requests of 8,192 lines, each of which a trade may have to wait for;
//! that is a note.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::clock;
use crate::failure::{Failure, Outcome};
use crate::latencies::Latencies;
use crate::load::{Answered, Load, Pacing, Until};
use crate::numbers::{count, float, per_second, rate, time};
use crate::process::{Cpu, CpuShare};
use crate::profile::Profile;
use crate::report::{Findings, Row};
use crate::rows::bulk::{self, CONNECTIONS, LINES, REQUESTS_EACH};
use crate::rows::{Bench, Network, versus};
use crate::template::{Results, Template};

const PROBES_PER_SECOND: f64 = 1_000.0;
/// Connections of the probe: a pause of a second still finds one free.
const PROBE_CONNECTIONS: usize = 1_024;
const SMALL_LINES: usize = 1_024;
/// Half of what the row of bulk must reach, where that row was not measured.
const HALF_BULK: f64 = 225_000.0;
/// Late trades that are told one by one.
const WORST: usize = 5;

const AT_MOST: Duration = Duration::from_millis(50);

pub(super) fn measure(bench: &mut Bench) -> Outcome<Findings> {
    let mut network = bench.network("pause")?;
    let half = bench.bulk_rate.map_or(HALF_BULK, |rate| rate / 2.0);
    let beside_half = Probe::run(bench, &mut network, SMALL_LINES, Pacing::Open(half), true)?;
    let beside_full = Probe::run(bench, &mut network, LINES, Pacing::Closed, false)?;
    let mut findings = Findings::row(Row {
        what: "longest pause across checkpoints and snapshots, beside bulk at half load".to_owned(),
        measured: format!(
            "{} (p99.9 {})",
            time(beside_half.latencies.max()),
            time(beside_half.latencies.at(99.9))
        ),
        target: "50 ms (10 ms)".to_owned(),
        ratio: format!(
            "{:.2} of it",
            beside_half.latencies.max().as_secs_f64() / AT_MOST.as_secs_f64()
        ),
        generator: beside_half.cpu.cell(),
    });
    for (name, probe) in [("half load", &beside_half), ("full load", &beside_full)] {
        findings.note(format!(
            "{name}: probes {} beside {} of bulk",
            probe.latencies.summary(),
            per_second(probe.bulk_rate)
        ));
        findings.note(format!("{name}: {}", probe.happened));
        findings.note(format!("{name}: the latest probes: {}", probe.worst.join(", ")));
        findings.note(format!("{name}: {}", probe.cpu.threads_line()));
    }
    findings.notes.extend(beside_half.profile);
    network.reconnect()?;
    findings.note(format!("read back: {}", network.tally.compare(&mut network.client)?));
    network.end()?;
    Ok(findings)
}

/// What a probe beside bulk saw.
struct Probe {
    latencies: Latencies,
    /// The latest ones, with when they came.
    worst: Vec<String>,
    bulk_rate: f64,
    cpu: CpuShare,
    /// Checkpoints and snapshots meanwhile, from the server's log.
    happened: String,
    profile: Vec<String>,
}

impl Probe {
    fn run(
        bench: &Bench,
        network: &mut Network,
        lines: usize,
        pacing: Pacing,
        profiled: bool,
    ) -> Outcome<Self> {
        let economy = bench.scale.economy;
        let mut singles = Template::singles(economy, PROBE_CONNECTIONS, 4);
        let shape = (CONNECTIONS, REQUESTS_EACH);
        let mut bulks = Template::bulks(economy, shape, lines, Results::Failures);
        let pacing = match pacing {
            Pacing::Open(trades) => Pacing::Open(trades / float(count(lines))),
            Pacing::Closed => Pacing::Closed,
        };
        let length = bench.scale.once * 2;
        let log_before = network.server.log().len();
        let over = AtomicBool::new(false);
        let (began, began_at) = (Instant::now(), clock::now());
        let mut latencies = Latencies::new()?;
        let mut worst: Vec<(Duration, Duration)> = Vec::new();
        let profile =
            Profile::begin(profiled && bench.profile, network.server.id(), bench.folder());
        let cpu = Cpu::begin(network.server.id())?;
        let load = |pacing, until| Load {
            address: network.server.address,
            keys: &bench.keys,
            pacing,
            until,
        };
        let (bulk_load, single_load) = (
            load(pacing, Until::Told(&over)),
            load(Pacing::Open(PROBES_PER_SECOND), Until::Elapsed(length)),
        );
        let bulk_elapsed = thread::scope(|scope| {
            let bulk = scope.spawn(|| drive_bulk(&bulk_load, &mut bulks));
            let probed = single_load.run(&mut singles, &mut |answered: Answered<'_>| {
                versus::acknowledge(&answered)?;
                answered.template.acknowledged += 1;
                latencies.record(answered.latency);
                note_worst(&mut worst, answered.latency, answered.at - began);
                Ok(())
            });
            over.store(true, Ordering::Relaxed);
            let driven = bulk.join();
            probed?;
            driven.unwrap_or_else(|_| Err(Failure::new("driving bulk", "its thread panicked")))
        })?;
        let cpu = cpu.end()?;
        let profile = profile.end();
        let trades: u64 = bulks.iter().flatten().map(|bulk| bulk.acknowledged * count(lines)).sum();
        network.tally.take(&mut bulks);
        network.tally.take(&mut singles);
        let log = network.server.log();
        Ok(Self {
            latencies,
            worst: worst
                .iter()
                .map(|(late, at)| format!("{} at {}", time(*late), time(*at)))
                .collect(),
            bulk_rate: rate(trades, bulk_elapsed),
            cpu,
            happened: happened(log.get(log_before..).unwrap_or_default(), began_at),
            profile,
        })
    }
}

fn drive_bulk(load: &Load<'_>, bulks: &mut [Vec<Template>]) -> Outcome<Duration> {
    load.run(bulks, &mut |answered: Answered<'_>| {
        bulk::acknowledge(&answered, Results::Failures, &mut Vec::new())?;
        answered.template.acknowledged += 1;
        Ok(())
    })
}

/// Keeps the latest ones, at most one for each tenth of a second: one pause makes many probes late.
fn note_worst(worst: &mut Vec<(Duration, Duration)>, late: Duration, at: Duration) {
    let near = Duration::from_millis(100);
    if let Some(known) = worst.iter_mut().find(|(_, known)| at.abs_diff(*known) < near) {
        if late > known.0 {
            *known = (late, at);
        }
    } else {
        worst.push((late, at));
    }
    worst.sort_by(|a, b| b.cmp(a));
    worst.truncate(WORST);
}

/// Checkpoints and snapshots, from a stretch of the server's log.
fn happened(log: &str, began_at: i64) -> String {
    let mut snapshots = Vec::new();
    let mut checkpoints = 0;
    let mut pauses: Vec<&str> = Vec::new();
    for line in log.lines() {
        let at = line.split_ascii_whitespace().next().and_then(clock::of_text);
        let at = at.map_or(0, |at| clock::micros_between(began_at, at).max(0));
        let at = Duration::from_micros(at.unsigned_abs());
        if line.contains("finished a checkpoint") {
            checkpoints += 1;
            pauses.extend(line.split("pause=").nth(1).and_then(|rest| rest.split(' ').next()));
        } else if line.contains(" snapshot at=") {
            snapshots.push(time(at));
        }
    }
    pauses.sort_by(|a, b| span(b).total_cmp(&span(a)));
    let longest = pauses.first().copied().unwrap_or("nothing");
    format!(
        "{checkpoints} checkpoints that the writer finished, holding it up for {longest} at the \
         most; {} snapshots, done at {}",
        snapshots.len(),
        if snapshots.is_empty() { "no time".to_owned() } else { snapshots.join(", ") }
    )
}

/// Seconds of a time as the log shows it, such as `1.25ms`.
fn span(text: &str) -> f64 {
    let digits = text.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let scale = match text.get(digits.len()..) {
        Some("ns") => 1e-9,
        Some("µs") => 1e-6,
        Some("ms") => 1e-3,
        _ => 1.0,
    };
    digits.parse::<f64>().unwrap_or(0.0) * scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_tells_what_happened() {
        let log = "\
2026-11-22T00:00:01.000000Z DEBUG the writer finished a checkpoint pause=850µs progress=None
2026-11-22T00:00:02.000000Z  INFO snapshot at=12
2026-11-22T00:00:03.000000Z DEBUG the writer finished a checkpoint pause=1.25ms progress=None
";
        assert_eq!(
            happened(log, 0),
            "2 checkpoints that the writer finished, holding it up for 1.25ms at the most; \
             1 snapshots, done at 2.00 s"
        );
    }

    #[test]
    fn one_pause_is_told_once() {
        let mut worst = Vec::new();
        for at in 0..1_000 {
            let late = if at == 500 { 50 } else { 1 };
            note_worst(&mut worst, Duration::from_millis(late), Duration::from_millis(at));
        }
        assert_eq!(worst.len(), WORST);
        assert_eq!(worst.first().unwrap().0, Duration::from_millis(50));
        assert!(worst.iter().skip(1).all(|(late, _)| *late == Duration::from_millis(1)));
    }
}
