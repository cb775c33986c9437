//! Two sides under the same load in turns, A B A B, so that whatever the machine does meanwhile
//! meets both.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::console;
use crate::failure::{Failure, Outcome};
use crate::latencies::Latencies;
use crate::load::{Answered, Load, Pacing, Until};
use crate::numbers::{float, median, per_second, time};
use crate::process::{Cpu, CpuShare};
use crate::profile::Profile;
use crate::rows::Bench;
use crate::server::Server;
use crate::template::Template;

/// Connections of the single trades.
pub(super) const CONNECTIONS: usize = 256;
/// Different requests on each.
pub(super) const REQUESTS_EACH: usize = 64;
/// The part of each turn that is not counted.
const WARM_UP: f64 = 0.2;

/// One side and what it did.
#[derive(Debug)]
pub(super) struct Side {
    name: &'static str,
    address: SocketAddr,
    pid: u32,
    /// What is sent to it.
    pub(super) lanes: Vec<Vec<Template>>,
    /// Trades a second in each turn.
    rates: Vec<f64>,
    /// Of all turns together.
    pub(super) latencies: Latencies,
    /// Processor time and trades of all turns: this ratio holds on a busy machine, too.
    used: (Duration, u64),
    /// Of the last turn.
    cpu: Option<CpuShare>,
    profile: Vec<String>,
}

impl Side {
    /// A side that takes single trades.
    pub(super) fn new(bench: &Bench, name: &'static str, server: &Server) -> Outcome<Self> {
        Ok(Self {
            name,
            address: server.address,
            pid: server.id(),
            lanes: Template::singles(bench.scale.economy, CONNECTIONS, REQUESTS_EACH),
            rates: Vec::new(),
            latencies: Latencies::new()?,
            used: (Duration::ZERO, 0),
            cpu: None,
            profile: Vec::new(),
        })
    }

    /// Trades a second: the median of the turns.
    pub(super) fn rate(&self) -> f64 {
        median(&self.rates)
    }

    /// The figure for the table.
    pub(super) fn figure(&self) -> String {
        let (p50, p99) = (self.latencies.p50(), self.latencies.p99());
        format!("{} (p50 {}, p99 {})", per_second(self.rate()), time(p50), time(p99))
    }

    /// The load generator's share, for the table.
    pub(super) fn share(&self) -> String {
        self.cpu.as_ref().map(CpuShare::cell).unwrap_or_default()
    }

    /// What there is to say below the table.
    pub(super) fn notes(&self) -> Vec<String> {
        let turns: Vec<String> = self.rates.iter().copied().map(per_second).collect();
        let mut notes = vec![format!("{}: turns {}", self.name, turns.join(", "))];
        notes.push(format!("{}: {}", self.name, self.latencies.summary()));
        let each = self.used.0.as_secs_f64() * 1e6 / float(self.used.1.max(1));
        notes.push(format!("{}: {each:.1} µs of processor a trade", self.name));
        if let Some(cpu) = &self.cpu {
            notes.push(format!("{}: {}; {}", self.name, cpu.cell(), cpu.threads_line()));
        }
        notes.extend(self.profile.iter().cloned());
        notes
    }

    /// One turn of the run.
    fn turn(&mut self, bench: &Bench, profiled: bool) -> Outcome<()> {
        let length = bench.scale.turn;
        let load = Load {
            address: self.address,
            keys: &bench.keys,
            pacing: Pacing::Closed,
            until: Until::Elapsed(length),
        };
        let began = Instant::now();
        let counted = began + length.mul_f64(WARM_UP)..began + length;
        let (mut count, mut all): (u64, u64) = (0, 0);
        let latencies = &mut self.latencies;
        let mut on_answer = |answered: Answered<'_>| {
            acknowledge(&answered)?;
            answered.template.acknowledged += 1;
            all += 1;
            if counted.contains(&answered.at) {
                count += 1;
                latencies.record(answered.latency);
            }
            Ok(())
        };
        let profile = Profile::begin(profiled, self.pid, bench.folder());
        let cpu = Cpu::begin(self.pid)?;
        load.run(&mut self.lanes, &mut on_answer)?;
        let cpu = cpu.end()?;
        self.used = (self.used.0 + cpu.server, self.used.1 + all);
        self.cpu = Some(cpu);
        self.profile.extend(profile.end());
        let rate = float(count) / (length.as_secs_f64() * (1.0 - WARM_UP));
        console::note(&format!("{}: {}", self.name, per_second(rate)));
        self.rates.push(rate);
        Ok(())
    }
}

/// A trade must have been made.
pub(super) fn acknowledge(answered: &Answered<'_>) -> Outcome<()> {
    if answered.status == 201 {
        return Ok(());
    }
    let answer = String::from_utf8_lossy(answered.body);
    Err(Failure::new("a single trade", format!("{} {answer}", answered.status)))
}

/// Gives each side its turns. If profiles are wanted, each side gets one more turn for that: a
/// profiler takes time itself.
pub(super) fn alternate(bench: &Bench, sides: &mut [&mut Side]) -> Outcome<()> {
    for _ in 0..bench.scale.turns {
        for side in &mut *sides {
            side.turn(bench, false)?;
        }
    }
    for side in sides.iter_mut().filter(|_| bench.profile) {
        let (latencies, used, cpu) = (side.latencies.clone(), side.used, side.cpu.clone());
        side.turn(bench, true)?;
        side.rates.pop();
        (side.latencies, side.used, side.cpu) = (latencies, used, cpu);
    }
    Ok(())
}
