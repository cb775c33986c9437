//! Bulk trades: NDJSON of 8,192 lines, every line with a key, durable; and then read back.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client::accepted_of;
use crate::economy::Trade;
use crate::failure::{Failure, Outcome};
use crate::latencies::Latencies;
use crate::load::{Answered, Load, Pacing, Until};
use crate::numbers::{bytes, count, per_second, rate};
use crate::process::{Cpu, CpuShare};
use crate::profile::Profile;
use crate::report::{Findings, Row};
use crate::rows::{Bench, Network};
use crate::template::{Results, Template};

/// Lines of a request.
pub(super) const LINES: usize = 8_192;
/// Connections: enough that one request is read while another is decided and a third is synced.
pub(super) const CONNECTIONS: usize = 4;
/// Different requests on each.
pub(super) const REQUESTS_EACH: usize = 16;
/// Before anything is counted.
const WARM_UP: Duration = Duration::from_secs(2);
/// Acknowledged trades that are read back by their identifiers.
const SAMPLES: usize = 200;

const AT_LEAST: f64 = 450_000.0;

pub(super) fn measure(bench: &mut Bench) -> Outcome<Findings> {
    let mut network = bench.network("bulk")?;
    let counted = Phase::measure(bench, &mut network, Results::Failures, bench.profile)?;
    let listed = Phase::measure(bench, &mut network, Results::All, false)?;
    bench.bulk_rate = Some(counted.rate);
    let mut findings = Findings::default();
    for (phase, answers) in
        [(&counted, "answers of failures and counts"), (&listed, "a line for every line")]
    {
        findings.rows.push(Row {
            what: format!("bulk trades, durable and readable, {LINES} a request; {answers}"),
            measured: format!("{} ({CONNECTIONS} connections)", per_second(phase.rate)),
            target: "450,000/s (600,000/s)".to_owned(),
            ratio: format!("{:.2} of it", phase.rate / AT_LEAST),
            generator: phase.cpu.cell(),
        });
        findings.note(format!("{answers}: {}", phase.cpu.threads_line()));
        findings.note(format!("{answers}: a request takes {}", phase.latencies.summary()));
    }
    findings.notes.extend(counted.profile);
    network.reconnect()?;
    let said = network.tally.compare(&mut network.client)?;
    findings.note(format!("read back: {said}"));
    findings.note(format!("on disk: {}", stored(&network)));
    network.end()?;
    Ok(findings)
}

/// One way of asking for answers.
struct Phase {
    rate: f64,
    latencies: Latencies,
    cpu: CpuShare,
    profile: Vec<String>,
}

impl Phase {
    fn measure(
        bench: &Bench,
        network: &mut Network,
        results: Results,
        profiled: bool,
    ) -> Outcome<Self> {
        let shape = (CONNECTIONS, REQUESTS_EACH);
        let mut lanes = Template::bulks(bench.scale.economy, shape, LINES, results);
        let length = WARM_UP + bench.scale.once;
        let load = Load {
            address: network.server.address,
            keys: &bench.keys,
            pacing: Pacing::Closed,
            until: Until::Elapsed(length),
        };
        let began = Instant::now();
        let window = began + WARM_UP..began + length;
        let mut trades: u64 = 0;
        let mut latencies = Latencies::new()?;
        let mut samples = Vec::new();
        let mut on_answer = |answered: Answered<'_>| {
            acknowledge(&answered, results, &mut samples)?;
            answered.template.acknowledged += 1;
            if window.contains(&answered.at) {
                trades += count(answered.template.trades.len());
                latencies.record(answered.latency);
            }
            Ok(())
        };
        let profile = Profile::begin(profiled, network.server.id(), bench.folder());
        let cpu = Cpu::begin(network.server.id())?;
        load.run(&mut lanes, &mut on_answer)?;
        let cpu = cpu.end()?;
        let profile = profile.end();
        network.tally.take(&mut lanes);
        network.tally.samples.extend(samples);
        let rate = rate(trades, bench.scale.once);
        crate::console::note(&format!("{results:?}: {}", per_second(rate)));
        Ok(Self { rate, latencies, cpu, profile })
    }
}

/// Every line must have been accepted. Some of the trades are kept to be read back.
pub(super) fn acknowledge(
    answered: &Answered<'_>,
    results: Results,
    samples: &mut Vec<(String, Trade)>,
) -> Outcome<()> {
    let lines = answered.template.trades.len();
    let accepted = match results {
        Results::Failures => accepted_of(answered.body),
        // A full answer is searched, not parsed: the generator must not take the server's time.
        Results::All => Some(memchr::memmem::find_iter(answered.body, b"\"status\":201").count()),
    };
    if answered.status != 200 || accepted != Some(lines) {
        let answer = String::from_utf8_lossy(answered.body);
        let start: String = answer.chars().take(600).collect();
        return Err(Failure::new("a bulk request", format!("{} {start}", answered.status)));
    }
    if results == Results::All && samples.len() < SAMPLES {
        samples.extend(sample(answered.body, &answered.template.trades));
    }
    Ok(())
}

/// A few trades of an answer, by their identifiers.
fn sample(answer: &[u8], trades: &[Trade]) -> Vec<(String, Trade)> {
    let every = trades.len().div_ceil(8).max(1);
    let lines = answer.split(|byte| *byte == b'\n').step_by(every);
    let picked = lines.filter_map(|line| {
        let line: Value = serde_json::from_slice(line).ok()?;
        let at = usize::try_from(line["line"].as_u64()?).ok()?.checked_sub(1)?;
        Some((line["id"].as_str()?.to_owned(), *trades.get(at)?))
    });
    picked.collect()
}

/// How much the data folder takes for each trade.
fn stored(network: &Network) -> String {
    let files = std::fs::read_dir(&network.data).into_iter().flatten().flatten();
    let sizes = files.filter_map(|file| {
        let metadata = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
        Some((file.file_name(), metadata.len()))
    });
    let mut sizes: Vec<_> = sizes.collect();
    sizes.sort();
    let parts: Vec<String> =
        sizes.iter().map(|(name, size)| format!("{} {}", name.display(), bytes(*size))).collect();
    let total: u64 = sizes.iter().map(|(_, size)| size).sum();
    let each = total / network.tally.trades.max(1);
    format!("{each} bytes a trade with the network's own events ({})", parts.join(", "))
}
