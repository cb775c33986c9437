//! Live readers: what one costs, how soon each has an event, and that none misses or repeats any.
//!
//! The server's clock and ours are the same machine's. An event's `recordedAt` is when it was
//! decided, before its sync, so the time from there to a reader's socket is more than that from its
//! commit; the time from the poster's acknowledgement, which follows the commit, is less. The row
//! takes the greater.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::clock;
use crate::failure::{Doing as _, Failure, Outcome};
use crate::latencies::Latencies;
use crate::load::{Answered, Load, Pacing, Until};
use crate::numbers::{bytes, count, float, grouped, time};
use crate::process::{Cpu, CpuShare, kernel_bytes, memory};
use crate::profile::Profile;
use crate::readers::Readers;
use crate::report::{Findings, Row};
use crate::rows::{Bench, Network, versus};
use crate::template::Template;

/// Connections that post the events.
const POSTERS: usize = 64;
/// Events a second while memory is measured, and for how long: every reader has had some.
const MEMORY_EVENTS_PER_SECOND: f64 = 20.0;
const MEMORY_TIME: Duration = Duration::from_secs(5);
/// After the last event, for the slowest reader.
const DRAIN: Duration = Duration::from_secs(30);
/// Files besides the readers' sockets.
const FILES_BESIDE: u64 = 2_048;

const MEMORY_AT_MOST_BYTES: u64 = 20 * 1024;

pub(super) fn measure(bench: &mut Bench) -> Outcome<Findings> {
    let files = raise_limit(count(bench.scale.readers) + FILES_BESIDE)?;
    let connections = (bench.scale.readers + 1_000).to_string();
    // All of them come from this machine, which is one address.
    let room = ["--connections-max", &connections, "--connections-per-address", &connections];
    let mut network = bench.network_with("live", &room)?;
    let mut findings = Findings::default();
    findings.note(files);
    measure_memory(bench, &mut network, &mut findings)?;
    for (rate, target, at_most) in [(200.0, "10 ms (5 ms)", 10.0), (1_000.0, "50 ms (20 ms)", 50.0)]
    {
        let delivery = Delivery::measure(bench, &mut network, rate)?;
        let p99 = delivery.from_decision.p99();
        let row = Row {
            what: format!(
                "live: commit to socket, {} readers at {rate} events/s",
                grouped(count(bench.scale.timed_readers))
            ),
            measured: format!("p50 {}, p99 {}", time(delivery.from_decision.p50()), time(p99)),
            target: format!("p99 {target}"),
            ratio: format!("{:.2} of it", p99.as_secs_f64() * 1e3 / at_most),
            generator: delivery.cpu.cell(),
        };
        findings.rows.push(row);
        findings.notes.extend(delivery.notes(rate));
    }
    network.reconnect()?;
    findings.note(format!("read back: {}", network.tally.compare(&mut network.client)?));
    network.end()?;
    Ok(findings)
}

/// Lets this process, and the server that it starts, have so many files open.
fn raise_limit(wanted: u64) -> Outcome<String> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|current| current >= wanted) {
        return Ok(format!("open files: the limit of {current:?} was enough"));
    }
    // Past the hard limit only a privileged user may go.
    let maximum = maximum.map(|maximum| maximum.max(wanted));
    let raised = Rlimit { current: Some(wanted), maximum };
    setrlimit(Resource::Nofile, raised).doing("raising the limit of open files")?;
    Ok(format!("open files: raised the limit from {current:?} to {wanted}"))
}

fn measure_memory(bench: &Bench, network: &mut Network, findings: &mut Findings) -> Outcome<()> {
    let wanted = bench.scale.readers;
    let base = network.reconnect()?.sequence()?;
    let before = memory(network.server.id())?.resident_bytes;
    let kernel_before = kernel_bytes();
    let began = Instant::now();
    let mut readers = Readers::connect(network.server.address, wanted, base)?;
    let connecting = began.elapsed();
    let each = |after: u64| after.saturating_sub(before) / count(wanted).max(1);
    let idle = each(memory(network.server.id())?.resident_bytes);
    let posts = post_and_read(bench, network, &mut readers, MEMORY_EVENTS_PER_SECOND, MEMORY_TIME)?;
    let busy = each(memory(network.server.id())?.resident_bytes);
    let kernel = kernel_bytes().saturating_sub(kernel_before) / count(wanted).max(1);
    check(&readers, base, count(posts.events.len()))?;
    findings.rows.push(Row {
        what: format!("live: memory a reader at {} readers", grouped(count(wanted))),
        measured: format!("{} ({} before the first event)", bytes(busy), bytes(idle)),
        target: "20 KiB (8 KiB)".to_owned(),
        ratio: format!("{:.2} of it", float(busy) / float(MEMORY_AT_MOST_BYTES)),
        generator: posts.cpu.cell(),
    });
    findings.note(format!(
        "memory: growth of the server's VmRSS; {} connected in {}; after {} events to each; beside \
         it the kernel's own memory grew by {} a reader, both ends of the socket",
        grouped(count(wanted)),
        time(connecting),
        posts.events.len(),
        bytes(kernel)
    ));
    Ok(())
}

/// An event that was posted, in µs since the posting began.
#[derive(Debug, Clone, Copy, Default)]
struct Posted {
    recorded: i64,
    acknowledged: i64,
}

/// What was posted while readers read.
struct Posts {
    /// By sequence, the first that after the base.
    events: Vec<Posted>,
    cpu: CpuShare,
    profile: Vec<String>,
}

/// Posts at a fixed rate while the readers read on a thread of their own, until they have it all.
fn post_and_read(
    bench: &Bench,
    network: &mut Network,
    readers: &mut Readers,
    rate: f64,
    length: Duration,
) -> Outcome<Posts> {
    let base = network.reconnect()?.sequence()?;
    let mut lanes = Template::singles(bench.scale.economy, POSTERS, 4);
    let load = Load {
        address: network.server.address,
        keys: &bench.keys,
        pacing: Pacing::Open(rate),
        until: Until::Elapsed(length),
    };
    let (over, target) = (AtomicBool::new(false), AtomicU64::new(u64::MAX));
    let mut events: Vec<Posted> = Vec::new();
    let profile = Profile::begin(bench.profile, network.server.id(), bench.folder());
    let cpu = Cpu::begin(network.server.id())?;
    let (began, began_at) = (Instant::now(), clock::now());
    thread::scope(|scope| {
        let reading = scope.spawn(|| {
            readers.run(began, &over, &|| target.load(Ordering::Acquire), length + DRAIN)
        });
        let posted = load.run(&mut lanes, &mut |answered: Answered<'_>| {
            versus::acknowledge(&answered)?;
            answered.template.acknowledged += 1;
            let acknowledged = (answered.at - began).as_micros();
            let (sequence, recorded_at) = recorded(answered.body)?;
            let at = usize::try_from(sequence.saturating_sub(base + 1)).unwrap_or(0);
            if events.len() <= at {
                events.resize(at + 1, Posted::default());
            }
            if let Some(event) = events.get_mut(at) {
                event.recorded = clock::micros_between(began_at, recorded_at);
                event.acknowledged = i64::try_from(acknowledged).unwrap_or(i64::MAX);
            }
            Ok(())
        });
        target.store(base + count(events.len()), Ordering::Release);
        over.store(true, Ordering::Release);
        let read = reading.join();
        posted?;
        read.unwrap_or_else(|_| Err(Failure::new("reading live", "its thread panicked")))
    })?;
    network.tally.take(&mut lanes);
    Ok(Posts { events, cpu: cpu.end()?, profile: profile.end() })
}

/// Sequence and `recordedAt` of an answer.
fn recorded(answer: &[u8]) -> Outcome<(u64, i64)> {
    let doing = "reading an acknowledgement";
    let answer: serde_json::Value = serde_json::from_slice(answer).doing(doing)?;
    let sequence = answer["sequence"].as_u64();
    let at = answer["recordedAt"].as_str().and_then(clock::of_text);
    sequence.zip(at).ok_or_else(|| Failure::new(doing, answer))
}

/// Every reader must have seen every event once and in order.
fn check(readers: &Readers, base: u64, events: u64) -> Outcome<()> {
    for (number, seen) in readers.seen().enumerate() {
        if seen.astray > 0 || seen.last != base + events {
            let cause = format!(
                "reader {number} has {} out of order and ends at {} instead of {}",
                seen.astray,
                seen.last,
                base + events
            );
            return Err(Failure::new("checking what was delivered", cause));
        }
    }
    Ok(())
}

/// How soon readers had events.
struct Delivery {
    readers: usize,
    from_decision: Latencies,
    from_acknowledgement: Latencies,
    /// Events that a reader had before their poster was told.
    earlier: u64,
    cpu: CpuShare,
    profile: Vec<String>,
}

impl Delivery {
    fn measure(bench: &Bench, network: &mut Network, rate: f64) -> Outcome<Self> {
        let base = network.reconnect()?.sequence()?;
        let wanted = bench.scale.timed_readers;
        let mut readers = Readers::connect(network.server.address, wanted, base)?;
        let posts = post_and_read(bench, network, &mut readers, rate, bench.scale.once)?;
        check(&readers, base, count(posts.events.len()))?;
        let mut delivery = Self {
            readers: wanted,
            from_decision: Latencies::new()?,
            from_acknowledgement: Latencies::new()?,
            earlier: 0,
            cpu: posts.cpu,
            profile: posts.profile,
        };
        // The first tenth warms up.
        let skipped = posts.events.len() / 10;
        for seen in readers.seen() {
            let received = posts.events.iter().zip(&seen.received_micros);
            for (posted, received) in received.skip(skipped) {
                delivery.record(*posted, i64::from(*received));
            }
        }
        Ok(delivery)
    }

    fn record(&mut self, posted: Posted, received: i64) {
        let micros =
            |since: i64| Duration::from_micros(u64::try_from(received - since).unwrap_or(0));
        self.from_decision.record(micros(posted.recorded));
        self.from_acknowledgement.record(micros(posted.acknowledged));
        self.earlier += u64::from(received < posted.acknowledged);
    }

    fn notes(self, rate: f64) -> Vec<String> {
        let name = format!("{rate} events/s");
        let earlier = float(self.earlier) / float(self.from_decision.count().max(1)) * 100.0;
        let mut notes = vec![
            format!(
                "{name}: each of {} readers had every event once and in order, by sequence",
                grouped(count(self.readers))
            ),
            format!("{name}: from recordedAt (decided, not yet synced) to receipt: {}", {
                self.from_decision.summary()
            }),
            format!(
                "{name}: from the poster's acknowledgement to receipt: {}; {earlier:.0} % had it \
                 before the poster was told",
                self.from_acknowledgement.summary()
            ),
            format!("{name}: {}", self.cpu.threads_line()),
        ];
        notes.extend(self.profile);
        notes
    }
}
