//! Acknowledged latency at half load against a bare write and fdatasync of the same bytes.
//!
//! The load is open: trades are due at half the rate that the server can take, whatever it does.
//! The peer writes as many bytes as the events of an average batch took, as often as there was a
//! batch, on the same disk; a latency of it is that of one write and its sync alone, without the
//! wait of a trade for the sync before its own.

use std::path::Path;
use std::time::{Duration, Instant};

use domain::Sequence;
use journal::{Journal as _, OpenOptions, SqliteJournal, encoded_len_bound};

use crate::disk::bare_sync;
use crate::failure::{Doing as _, Failure, Outcome};
use crate::latencies::Latencies;
use crate::load::{Answered, Load, Pacing, Until};
use crate::numbers::{bytes, count, float, per_second, rate, time};
use crate::process::{Cpu, CpuShare};
use crate::profile::Profile;
use crate::report::{Findings, Row};
use crate::rows::versus::{self, CONNECTIONS, REQUESTS_EACH};
use crate::rows::{Bench, Network};
use crate::template::Template;

pub(super) fn measure(bench: &mut Bench) -> Outcome<Findings> {
    let mut network = bench.network("latency")?;
    let full = match bench.single_rate {
        Some(rate) => rate,
        None => saturate(bench, &mut network)?,
    };
    let (half, length) = (full / 2.0, bench.scale.once);
    let before = network.reconnect()?.sequence()?;
    let profile = Profile::begin(bench.profile, network.server.id(), bench.folder());
    let (latencies, cpu) = paced(bench, &mut network, half, length)?;
    let profile = profile.end();
    let after = network.reconnect()?.sequence()?;
    network.server.stop()?;
    let batches = Batches::count(&network.data, before, after)?;
    std::fs::remove_dir_all(&network.data).doing("removing a data folder")?;

    let cadence = rate(batches.count, length);
    let block = batches.bytes / batches.count.max(1);
    let block = usize::try_from(block).doing("sizing a batch")?;
    let bare = bare_sync(bench.folder(), block, Some(cadence), length)?;
    let over = |ours: Duration, bare: Duration| ours.as_secs_f64() / bare.as_secs_f64().max(1e-9);
    let mut findings = Findings::row(Row {
        what: "acknowledged latency at half load ÷ a bare write+fdatasync: p50; p99".to_owned(),
        measured: format!(
            "{} ÷ {}; {} ÷ {}",
            time(latencies.p50()),
            time(bare.p50()),
            time(latencies.p99()),
            time(bare.p99())
        ),
        target: "2; 5 (1.5; 3)".to_owned(),
        ratio: format!(
            "{:.1}; {:.1}",
            over(latencies.p50(), bare.p50()),
            over(latencies.p99(), bare.p99())
        ),
        generator: cpu.cell(),
    });
    findings.note(format!(
        "{} over {CONNECTIONS} connections, half of {}: {}",
        per_second(half),
        per_second(full),
        latencies.summary()
    ));
    findings.note(format!(
        "{} batches a second of {:.1} events and {} each; bare: {}",
        per_second(cadence),
        float(batches.events) / float(batches.count.max(1)),
        bytes(count(block)),
        bare.summary()
    ));
    findings.note(
        "a trade that comes while a sync is under way waits for its end and then for its own: with \
         syncs back to back that is 1.5 bare syncs on average before anything else",
    );
    findings.note(cpu.threads_line());
    findings.notes.extend(profile);
    Ok(findings)
}

/// What the server can take when it is all that is asked of it.
fn saturate(bench: &Bench, network: &mut Network) -> Outcome<f64> {
    let length = bench.scale.turn;
    let mut lanes = Template::singles(bench.scale.economy, CONNECTIONS, REQUESTS_EACH);
    let mut count = 0;
    let load = Load {
        address: network.server.address,
        keys: &bench.keys,
        pacing: Pacing::Closed,
        until: Until::Elapsed(length),
    };
    let elapsed = load.run(&mut lanes, &mut |answered| {
        count += 1;
        versus::acknowledge(&answered)
    })?;
    Ok(rate(count, elapsed))
}

/// Trades due at a fixed rate; the first tenth is not counted.
fn paced(
    bench: &Bench,
    network: &mut Network,
    rate: f64,
    length: Duration,
) -> Outcome<(Latencies, CpuShare)> {
    let mut lanes = Template::singles(bench.scale.economy, CONNECTIONS, REQUESTS_EACH);
    let load = Load {
        address: network.server.address,
        keys: &bench.keys,
        pacing: Pacing::Open(rate),
        until: Until::Elapsed(length),
    };
    let mut latencies = Latencies::new()?;
    let counted = Instant::now() + length / 10;
    let cpu = Cpu::begin(network.server.id())?;
    load.run(&mut lanes, &mut |answered: Answered<'_>| {
        versus::acknowledge(&answered)?;
        if answered.at >= counted {
            latencies.record(answered.latency);
        }
        Ok(())
    })?;
    Ok((latencies, cpu.end()?))
}

/// The batches of a stretch of the journal.
#[derive(Debug, Default)]
struct Batches {
    count: u64,
    events: u64,
    bytes: u64,
}

impl Batches {
    /// Reads them from the folder of a server that has ended.
    fn count(data: &Path, after: u64, until: u64) -> Outcome<Self> {
        let doing = "counting batches";
        let journal = SqliteJournal::open(data, OpenOptions::default()).doing(doing)?;
        if journal.reader().last() < Sequence(until) {
            return Err(Failure::new(doing, "the journal ends before what was acknowledged"));
        }
        let mut found = Self::default();
        for batch in journal.batches(Sequence(after)).doing(doing)? {
            let batch = batch.doing(doing)?;
            if batch.first() > Sequence(until) {
                break;
            }
            found.count += 1;
            found.events += count(batch.events.len());
            found.bytes += batch.events.iter().map(encoded_len_bound).map(count).sum::<u64>();
        }
        Ok(found)
    }
}
