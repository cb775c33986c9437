//! Whether the millionth trade costs what the first did: the last million against the first.

use std::time::Instant;

use crate::console;
use crate::failure::Outcome;
use crate::load::{Answered, Load, Pacing, Until};
use crate::numbers::{count, grouped, per_second, rate};
use crate::process::Cpu;
use crate::report::{Findings, Row};
use crate::rows::bulk::{self, CONNECTIONS, LINES, REQUESTS_EACH};
use crate::rows::{Bench, Network};
use crate::template::{Results, Template};

pub(super) fn measure(bench: &mut Bench) -> Outcome<Findings> {
    let mut network = bench.network("flat")?;
    let cpu = Cpu::begin(network.server.id())?;
    let rates = drive(bench, &mut network)?;
    let cpu = cpu.end()?;
    let (first, last) = (*rates.first().unwrap_or(&0.0), *rates.last().unwrap_or(&0.0));
    let window = grouped(bench.scale.flat_window);
    let mut findings = Findings::row(Row {
        what: format!(
            "flat: the last {window} of {} trades ÷ the first",
            grouped(bench.scale.flat_trades)
        ),
        measured: format!("{} ÷ {}", per_second(last), per_second(first)),
        target: "0.9 (0.95) of 50 million".to_owned(),
        ratio: format!("{:.2}", last / first.max(1.0)),
        generator: cpu.cell(),
    });
    let rates: Vec<String> = rates.iter().copied().map(per_second).collect();
    findings.note(format!("for each {window}: {}", rates.join(", ")));
    findings.note(cpu.threads_line());
    network.reconnect()?;
    findings.note(format!("read back: {}", network.tally.compare(&mut network.client)?));
    bench.marathon = Some(network);
    Ok(findings)
}

/// Sends all trades in bulk; returns the rate of each window.
fn drive(bench: &Bench, network: &mut Network) -> Outcome<Vec<f64>> {
    let shape = (CONNECTIONS, REQUESTS_EACH);
    let mut lanes = Template::bulks(bench.scale.economy, shape, LINES, Results::Failures);
    let requests = bench.scale.flat_trades.div_ceil(count(LINES));
    let load = Load {
        address: network.server.address,
        keys: &bench.keys,
        pacing: Pacing::Closed,
        until: Until::Requests(requests),
    };
    let window = bench.scale.flat_window;
    let mut rates = Vec::new();
    let (mut done, mut boundary) = (0, window);
    let mut since = (0, Instant::now());
    let mut on_answer = |answered: Answered<'_>| {
        bulk::acknowledge(&answered, Results::Failures, &mut Vec::new())?;
        answered.template.acknowledged += 1;
        done += count(answered.template.trades.len());
        if done >= boundary {
            boundary += window;
            let rate = rate(done - since.0, answered.at - since.1);
            console::note(&format!("{} trades: {}", grouped(done), per_second(rate)));
            rates.push(rate);
            since = (done, answered.at);
        }
        Ok(())
    };
    load.run(&mut lanes, &mut on_answer)?;
    network.tally.take(&mut lanes);
    Ok(rates)
}

/// The network that the flat row left, or that it would have left.
pub(super) fn take(bench: &mut Bench) -> Outcome<Network> {
    if let Some(network) = bench.marathon.take() {
        return Ok(network);
    }
    let mut network = bench.network("flat")?;
    drive(bench, &mut network)?;
    network.reconnect()?;
    Ok(network)
}
