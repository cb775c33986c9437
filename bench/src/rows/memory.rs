//! Memory after many trades, which must follow what is alive and not what is past.

use crate::failure::Outcome;
use crate::numbers::{bytes, float, grouped};
use crate::process::memory;
use crate::report::{Findings, Row};
use crate::rows::{Bench, flat};

const AT_MOST_BYTES: u64 = 3 * 1024 * 1024 * 1024 / 2;

pub(super) fn measure(bench: &mut Bench) -> Outcome<Findings> {
    let network = flat::take(bench)?;
    let memory = memory(network.server.id())?;
    let economy = bench.scale.economy;
    let mut findings = Findings::row(Row {
        what: format!(
            "memory with {} past trades, {} stations, {} commodities, {} traders, {} stock entries",
            grouped(network.tally.trades),
            grouped(economy.stations.into()),
            economy.commodities,
            grouped(economy.traders.into()),
            grouped(economy.entries().into())
        ),
        measured: format!(
            "{} resident ({} at the most)",
            bytes(memory.resident_bytes),
            bytes(memory.peak_bytes)
        ),
        target: "1.5 GiB (1 GiB) with 50 million".to_owned(),
        ratio: format!("{:.2} of it", float(memory.resident_bytes) / float(AT_MOST_BYTES)),
        generator: "idle".to_owned(),
    });
    findings.note("VmRSS and VmHWM of the server, right after its last trade");
    bench.marathon = Some(network);
    Ok(findings)
}
