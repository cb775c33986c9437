//! Ten times as much as the server can take, against the most that it takes.
//!
//! Connections that each send when they have their answer keep it busy; ten and forty times as many
//! ask so many times as much at once. What is past the bounds is to be refused, what is taken to be
//! about as much as before, in bounded memory. Then the first load again: nothing may be left of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Instant;

use crate::console;
use crate::failure::{Failure, Outcome};
use crate::latencies::Latencies;
use crate::load::{Answered, Load, Pacing, Until};
use crate::numbers::{bytes, count, grouped, per_second, rate, time};
use crate::process::{Cpu, CpuShare, Memory, memory};
use crate::report::{Findings, Row};
use crate::rows::versus::CONNECTIONS;
use crate::rows::{Bench, Network};
use crate::template::Template;

/// How many times the connections that keep the server busy.
const TIMES: [usize; 2] = [10, 40];
/// Different requests on each connection.
const REQUESTS_EACH: usize = 4;
/// What the server says to those it does not take.
const REFUSALS: [u16; 2] = [429, 503];
/// A load is this many turns of a comparison long; the first of them is not counted.
const TURNS: u32 = 3;

pub(super) fn measure(bench: &mut Bench) -> Outcome<Findings> {
    let mut network = bench.network("overload")?;
    let best = Crowd::measure(bench, &mut network, 1)?;
    let mut over = Vec::new();
    for times in TIMES {
        over.push(Crowd::measure(bench, &mut network, times)?);
    }
    let after = Crowd::measure(bench, &mut network, 1)?;
    network.reconnect()?;
    let said = network.tally.compare(&mut network.client)?;

    let mut findings = Findings::default();
    for (what, crowd) in over.iter().map(|crowd| ("", crowd)).chain([(", afterwards", &after)]) {
        let connections = grouped(count(crowd.connections));
        findings.rows.push(Row {
            what: format!(
                "overload: trades taken of {connections} connections{what} ÷ of {CONNECTIONS}"
            ),
            measured: format!("{} ÷ {}", per_second(crowd.rate), per_second(best.rate)),
            target: "near 1".to_owned(),
            ratio: format!("{:.2}", crowd.rate / best.rate),
            generator: crowd.cpu.cell(),
        });
    }
    for crowd in [&best].into_iter().chain(&over).chain([&after]) {
        findings.note(crowd.summary());
    }
    findings.note(format!("read back: {said}"));
    network.end()?;
    Ok(findings)
}

/// So many clients at once, and what they got.
struct Crowd {
    connections: usize,
    /// Trades made, a second.
    rate: f64,
    taken: Latencies,
    refused: BTreeMap<u16, Latencies>,
    memory: Memory,
    cpu: CpuShare,
}

impl Crowd {
    fn measure(bench: &Bench, network: &mut Network, times: usize) -> Outcome<Self> {
        let connections = CONNECTIONS * times;
        let mut lanes = Template::singles(bench.scale.economy, connections, REQUESTS_EACH);
        let length = bench.scale.turn * TURNS;
        let load = Load {
            address: network.server.address,
            keys: &bench.keys,
            pacing: Pacing::Closed,
            until: Until::Elapsed(length),
        };
        let began = Instant::now();
        let window = began + bench.scale.turn..began + length;
        let mut taken = Latencies::new()?;
        let mut refused = BTreeMap::new();
        for status in REFUSALS {
            refused.insert(status, Latencies::new()?);
        }
        let mut on_answer = |answered: Answered<'_>| {
            let latencies = if answered.status == 201 {
                answered.template.acknowledged += 1;
                &mut taken
            } else if let Some(latencies) = refused.get_mut(&answered.status) {
                latencies
            } else {
                let answer = String::from_utf8_lossy(answered.body);
                let cause = format!("{} {answer}", answered.status);
                return Err(Failure::new("a trade too many", cause));
            };
            if window.contains(&answered.at) {
                latencies.record(answered.latency);
            }
            Ok(())
        };
        let cpu = Cpu::begin(network.server.id())?;
        load.run(&mut lanes, &mut on_answer)?;
        let cpu = cpu.end()?;
        network.tally.take(&mut lanes);
        let rate = rate(taken.count(), bench.scale.turn * (TURNS - 1));
        console::note(&format!("{connections} connections: {}", per_second(rate)));
        let memory = memory(network.server.id())?;
        Ok(Self { connections, rate, taken, refused, memory, cpu })
    }

    fn summary(&self) -> String {
        let mut said = format!(
            "{} connections: {} taken, p50 {}, p99 {}",
            grouped(count(self.connections)),
            per_second(self.rate),
            time(self.taken.p50()),
            time(self.taken.p99())
        );
        // Writing to a string cannot fail.
        for (status, latencies) in self.refused.iter().filter(|(_, them)| them.count() > 0) {
            let (times, p50, p99) = (latencies.count(), latencies.p50(), latencies.p99());
            let (times, p50, p99) = (grouped(times), time(p50), time(p99));
            let _ = write!(said, "; {times} refused with {status}, p50 {p50}, p99 {p99}");
        }
        let Memory { resident_bytes, peak_bytes } = self.memory;
        let (now, most) = (bytes(resident_bytes), bytes(peak_bytes));
        let _ = write!(said, "; {now} of memory ({most} at the most)");
        said
    }
}
