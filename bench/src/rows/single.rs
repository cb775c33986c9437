//! Durable single trades against the same stack with no ledger behind.
//!
//! The peer is this program serving the gateway's own routes with a stand-in for the engine that
//! answers at once (see `peer`): it parses, authenticates and renders the same. What is between the
//! two is the ledger, the journal, the views, the readers' ring, and the threads they are on.

use crate::client::{Client, accepted_of};
use crate::failure::{Failure, Outcome};
use crate::report::{Findings, Row};
use crate::rows::versus::{self, Side};
use crate::rows::{Bench, Network};
use crate::server::Server;
use crate::template::{Results, Template};

/// Trades whose answers the peer gives in turn.
const REHEARSED: usize = 8_192;

const AT_LEAST: f64 = 0.75;

pub(super) fn measure(bench: &mut Bench) -> Outcome<Findings> {
    let network = bench.network("single")?;
    let peer = peer(bench, "no-ledger", None)?;
    let mut ours = Side::new(bench, "itn", &network.server)?;
    let mut theirs = Side::new(bench, "no ledger", &peer)?;
    versus::alternate(bench, &mut [&mut ours, &mut theirs])?;
    peer.stop()?;
    bench.single_rate = Some(ours.rate());
    let ratio = ours.rate() / theirs.rate();
    let mut findings = Findings::row(Row {
        what: "single durable trades, 256 connections ÷ the same stack with no ledger".to_owned(),
        measured: format!("{} ÷ {}", ours.figure(), theirs.figure()),
        target: format!("{AT_LEAST} (0.85)"),
        ratio: format!("{ratio:.2}"),
        generator: ours.share(),
    });
    findings.notes.extend(ours.notes());
    findings.notes.extend(theirs.notes());
    findings.note(format!("read back: {}", read_back(network, &mut ours)?));
    Ok(findings)
}

/// Starts a peer, fills it as the server is filled, and lets it rehearse some trades.
pub(super) fn peer(bench: &Bench, name: &str, postgres: Option<&str>) -> Outcome<Server> {
    let economy = bench.scale.economy;
    let mut arguments = vec!["--stations".to_owned(), economy.stations.to_string()];
    arguments
        .extend(postgres.into_iter().flat_map(|config| ["--postgres", config].map(str::to_owned)));
    let peer = Server::peer(&bench.folder().join(format!("{name}.log")), &arguments)?;
    let mut client = Client::connect(peer.address)?;
    client.fill(economy)?;
    let mut trades = Template::bulks(economy, (1, 1), REHEARSED, Results::Failures);
    for trades in trades.iter_mut().flatten() {
        trades.renew(&bench.keys);
        let (status, answer) = client.send(trades.bytes())?;
        if status != 200 || accepted_of(&answer) != Some(REHEARSED) {
            let answer = String::from_utf8_lossy(&answer);
            return Err(Failure::new("rehearsing trades", format!("{status} {answer}")));
        }
    }
    Ok(peer)
}

/// Compares what was acknowledged with what is there, and ends the server.
pub(super) fn read_back(mut network: Network, side: &mut Side) -> Outcome<String> {
    network.tally.take(&mut side.lanes);
    network.reconnect()?;
    let said = network.tally.compare(&mut network.client)?;
    network.end()?;
    Ok(said)
}
