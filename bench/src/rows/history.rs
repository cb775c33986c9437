//! Finding past trades while trades arrive: the first page and the ten thousandth, everything, what
//! is rare and what is not there.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::client::Client;
use crate::console;
use crate::economy::{self, Economy};
use crate::failure::{Doing as _, Failure, Outcome};
use crate::latencies::Latencies;
use crate::load::{Answered, Load, Pacing, Until};
use crate::numbers::{bytes, grouped, per_second, rate, time};
use crate::process::{Cpu, memory};
use crate::random::Random;
use crate::report::{Findings, Row};
use crate::rows::bulk::{self, CONNECTIONS, LINES, REQUESTS_EACH};
use crate::rows::{Bench, Network};
use crate::server::KEY;
use crate::template::{Results, Template};

/// Single trades a second that arrive meanwhile.
const TRADES_A_SECOND: f64 = 500.0;
/// Connections that they come on.
const WRITERS: usize = 16;
/// Questions of each kind with 50 items, and with 1,000: enough that the 99th percentile is not the
/// single slowest of them.
const QUESTIONS: [(usize, usize); 2] = [(50, 1_000), (1_000, 200)];
/// Questions of each kind about earlier times.
const PAST_QUESTIONS: usize = 300;
/// The page that is asked for besides the first.
const PAGE: u64 = 10_000;
/// How long the index may take to catch up with what was written.
const PATIENCE: Duration = Duration::from_mins(30);

/// What is asked: a name, and the path with its parameters, from random numbers.
type Kind = (&'static str, fn(Economy, &mut Random) -> String);

const KINDS: [Kind; 15] = [
    ("all", |_, _| trades("")),
    ("station", |all, random| trades(&format!("&station={}", some_station(all, random)))),
    ("commodity", |all, random| trades(&format!("&commodity={}", some_commodity(all, random)))),
    ("trader", |all, random| trades(&format!("&trader={}", some_trader(all, random)))),
    ("station and commodity", |all, random| {
        let (station, commodity) = (some_station(all, random), some_commodity(all, random));
        trades(&format!("&station={station}&commodity={commodity}"))
    }),
    ("trader and commodity", |all, random| {
        let (trader, commodity) = (some_trader(all, random), some_commodity(all, random));
        trades(&format!("&trader={trader}&commodity={commodity}"))
    }),
    ("trader of a time", |all, random| {
        trades(&format!("&from=2020-01-01T00:00:00Z&trader={}", some_trader(all, random)))
    }),
    ("time: none", |_, _| trades("&to=2020-01-01T00:00:00Z")),
    ("settled", |_, _| trades("&status=settled")),
    ("reversed: none", |_, _| trades("&status=reversed")),
    ("reference: none", |_, random| trades(&format!("&reference=PO-{}", random.below(1_000_000)))),
    ("oldest first", |all, random| {
        trades(&format!("&order=oldest&commodity={}", some_commodity(all, random)))
    }),
    ("events of a station", |all, random| {
        format!("/api/events?order=newest&station={}", some_station(all, random))
    }),
    ("events of a trader and type", |all, random| {
        let trader = some_trader(all, random);
        format!("/api/events?order=newest&type=trade.settled&trader={trader}")
    }),
    ("cargo of a carrier: none", |all, random| {
        format!("/api/cargo?carrier={}", some_trader(all, random))
    }),
];

fn trades(parameters: &str) -> String {
    format!("/api/trades?{parameters}")
}

fn some_station(all: Economy, random: &mut Random) -> String {
    economy::station(random.below(all.stations))
}

fn some_commodity(all: Economy, random: &mut Random) -> String {
    economy::commodity(random.below(all.commodities))
}

fn some_trader(all: Economy, random: &mut Random) -> String {
    economy::trader(random.below(all.traders))
}

pub(super) fn measure(bench: &mut Bench) -> Outcome<Findings> {
    let mut network = bench.network("history")?;
    let (written, indexed) = fill(bench, &mut network)?;
    let over = AtomicBool::new(false);
    let mut singles = Template::singles(bench.scale.economy, WRITERS, 64);
    let load = Load {
        address: network.server.address,
        keys: &bench.keys,
        pacing: Pacing::Open(TRADES_A_SECOND),
        until: Until::Told(&over),
    };
    let cpu = Cpu::begin(network.server.id())?;
    let address = network.server.address;
    let (economy, trades_count) = (bench.scale.economy, bench.scale.history_trades);
    let asked = thread::scope(|scope| {
        let writing = scope.spawn(|| {
            load.run(&mut singles, &mut |answered: Answered<'_>| match answered.status {
                201 => {
                    answered.template.acknowledged += 1;
                    Ok(())
                }
                status => Err(Failure::new("a trade beside the questions", status)),
            })
        });
        let asked = ask(address, economy)
            .and_then(|asked| Ok((asked, ask_past(address, economy, trades_count)?)));
        over.store(true, Ordering::Relaxed);
        let written = writing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        written.and(asked)
    });
    let (asked, past) = asked?;
    let cpu = cpu.end()?;
    let mut findings = Findings::default();
    let trades = grouped(bench.scale.history_trades);
    let targets = ["p99 5 ms (2 ms)", "p99 40 ms (20 ms)"];
    for ((limit, _), target) in QUESTIONS.iter().zip(targets) {
        let of_limit = asked.iter().filter(|one| one.limit == *limit);
        let worst = of_limit.max_by_key(|one| one.latencies.p99());
        let Some(worst) = worst else { continue };
        findings.rows.push(Row {
            what: format!("history, any filter, {trades} trades, {limit} items"),
            measured: format!(
                "p99 {} of the slowest kind: {}",
                time(worst.latencies.p99()),
                worst.name
            ),
            target: target.to_owned(),
            ratio: String::new(),
            generator: cpu.cell(),
        });
    }
    let slowest = past.iter().max_by_key(|one| one.latencies.p99());
    if let Some(slowest) = slowest {
        findings.rows.push(Row {
            what: format!("as of an earlier sequence, {trades} trades"),
            measured: format!("p99 {}: {}", time(slowest.latencies.p99()), slowest.name),
            target: "50 ms".to_owned(),
            ratio: String::new(),
            generator: cpu.cell(),
        });
    }
    for one in &past {
        findings.note(format!("{}: {}", one.name, one.latencies.summary()));
    }
    for one in &asked {
        findings.note(format!("{}, {} items: {}", one.name, one.limit, one.latencies.summary()));
    }
    let memory = memory(network.server.id())?;
    findings.note(format!(
        "{} written in {} and indexed {} later ({}); {} resident; meanwhile {} trades arrived at {}",
        trades,
        time(written),
        time(indexed),
        per_second(rate(bench.scale.history_trades, written + indexed)),
        bytes(memory.resident_bytes),
        grouped(singles.iter().flatten().map(|one| one.acknowledged).sum()),
        per_second(TRADES_A_SECOND),
    ));
    let stored = std::fs::metadata(network.data.join("history.db")).doing("reading history.db")?;
    findings.note(format!(
        "history.db: {}, {} bytes a trade",
        bytes(stored.len()),
        stored.len() / bench.scale.history_trades.max(1)
    ));
    findings.note(cpu.threads_line());
    network.tally.take(&mut singles);
    network.reconnect()?;
    findings.note(format!("read back: {}", network.tally.compare(&mut network.client)?));
    network.end()?;
    Ok(findings)
}

/// Writes the past in bulk and waits until it is indexed; how long each took.
fn fill(bench: &Bench, network: &mut Network) -> Outcome<(Duration, Duration)> {
    let shape = (CONNECTIONS, REQUESTS_EACH);
    let mut lanes = Template::bulks(bench.scale.economy, shape, LINES, Results::Failures);
    let requests = bench.scale.history_trades.div_ceil(LINES as u64);
    let load = Load {
        address: network.server.address,
        keys: &bench.keys,
        pacing: Pacing::Closed,
        until: Until::Requests(requests),
    };
    let written = load.run(&mut lanes, &mut |answered: Answered<'_>| {
        bulk::acknowledge(&answered, Results::Failures, &mut Vec::new())?;
        answered.template.acknowledged += 1;
        Ok(())
    })?;
    network.tally.take(&mut lanes);
    let began = Instant::now();
    let client = network.reconnect()?;
    let trader = economy::trader(0);
    let paths =
        ["/api/trades?limit=1".to_owned(), format!("/api/traders/{trader}/entries?limit=1")];
    while began.elapsed() < PATIENCE {
        let mut is_there = true;
        for path in &paths {
            is_there &= client.send(get(path).as_bytes())?.0 == 200;
        }
        if is_there {
            let indexed = began.elapsed();
            console::note(&format!("indexed {} after the last trade", time(indexed)));
            return Ok((written, indexed));
        }
        thread::sleep(Duration::from_millis(100));
    }
    Err(Failure::new("waiting for the index", format!("not there after {PATIENCE:?}")))
}

fn limited(path: &str, limit: usize) -> String {
    format!("{path}&limit={limit}").replace("?&", "?")
}

/// How long questions of a kind took.
struct Asked {
    name: String,
    limit: usize,
    latencies: Latencies,
}

fn ask(address: std::net::SocketAddr, economy: Economy) -> Outcome<Vec<Asked>> {
    let mut client = Client::connect(address)?;
    let mut random = Random::new(3);
    let mut all = Vec::new();
    for (limit, count) in QUESTIONS {
        for (name, parameters) in KINDS {
            let mut first = Latencies::new()?;
            for _ in 0..count {
                let path = limited(&parameters(economy, &mut random), limit);
                first.record(timed(&mut client, &path)?);
            }
            all.push(Asked { name: format!("{name}, page 1"), limit, latencies: first });
            // Cursors are sequences: the page so far back begins there, whatever is on it.
            let mut far = Latencies::new()?;
            for _ in 0..count {
                let path = limited(&parameters(economy, &mut random), limit);
                let path = format!("{path}&cursor={}", cursor(&mut client, limit)?);
                far.record(timed(&mut client, &path)?);
            }
            all.push(Asked { name: format!("{name}, page {PAGE}"), limit, latencies: far });
        }
        console::note(&format!("asked for {limit} items"));
    }
    Ok(all)
}

/// What stations and traders stood at, at random sequences, and statements.
fn ask_past(
    address: std::net::SocketAddr,
    economy: Economy,
    trades_count: u64,
) -> Outcome<Vec<Asked>> {
    let mut client = Client::connect(address)?;
    let mut random = Random::new(5);
    let last = client.sequence()?;
    let span = u32::try_from(trades_count.min(last)).unwrap_or(u32::MAX);
    let mut all = Vec::new();
    let names = ["stock of a station as of", "credits of a trader as of", "a statement of 50"];
    for (kind, name) in names.into_iter().enumerate() {
        let mut latencies = Latencies::new()?;
        for _ in 0..PAST_QUESTIONS {
            let at = last - u64::from(random.below(span));
            let path = match kind {
                0 => format!("/api/inventory/{}?asOf={at}", some_station(economy, &mut random)),
                1 => format!("/api/traders/{}?asOf={at}", some_trader(economy, &mut random)),
                _ => {
                    let trader = some_trader(economy, &mut random);
                    format!("/api/traders/{trader}/entries?limit=50&cursor=c{at:x}")
                }
            };
            latencies.record(timed(&mut client, &path)?);
        }
        all.push(Asked { name: name.to_owned(), limit: 50, latencies });
    }
    console::note("asked for earlier times");
    Ok(all)
}

/// A cursor about ten thousand pages of everything back, or half of what there is.
fn cursor(client: &mut Client, limit: usize) -> Outcome<String> {
    let last = client.sequence()?;
    let back = (PAGE * limit as u64).min(last / 2);
    Ok(format!("c{:x}", last - back))
}

/// How long an answer took; it is looked at after the clock has stopped, and not parsed.
fn timed(client: &mut Client, path: &str) -> Outcome<Duration> {
    let request = get(path);
    let began = Instant::now();
    let (status, body) = client.send(request.as_bytes())?;
    let elapsed = began.elapsed();
    if status == 200 && body.starts_with(b"{\"") {
        return Ok(elapsed);
    }
    Err(Failure::new(path.to_owned(), format!("{status} {}", String::from_utf8_lossy(&body))))
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {KEY}\r\n\r\n")
}
