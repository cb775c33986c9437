//! The story that `itn demo` tells beside its simulation, run after run, through the public API.
//!
//! A storm holds ships up, a station's oxygen runs out, its bid climbs, a trader diverts, and the
//! books balance. Who plays is chosen by the seed and the run's number ([`cast`]), what happens when
//! is a plan ([`plan`]), and the teller does it ([`teller`]). Each beat's command bears a caption in
//! its metadata, so that whoever follows the events can show it beside its event. Nothing is shown
//! that the server has not taken; what it refuses is noted and left out.

use std::time::Duration;

use serde_json::json;
use thiserror::Error;
use tokio::sync::{mpsc, watch};

use itn_client::{AlertRuleKind, Command, PutAlertRule, PutTrader, PutVessel, ReadTraderQuery};

use crate::client::{
    Client, ClientError, Line, LineOutcome, NetworkClock, ServerOptions, post_lines,
};
use crate::console;

mod audit;
mod beat;
mod cast;
mod leftovers;
mod plan;
mod server;
mod supply;
mod teller;
mod tempo;

use beat::Beat;
use cast::{CARRIER, Cast, Listed, OXYGEN, Scene, TRADER};
use server::{Marks, Server};
use supply::Supply;
use teller::Teller;
use tempo::Tempo;

/// After a run that could not be told.
const PAUSE: Duration = Duration::from_secs(5);
/// On a larger network the first of the list are looked at: the core's come first.
const STATIONS_MAX: usize = 10_000;
/// Whose name tells how many runs have begun: the network is the story's memory.
const STORYTELLER: &str = "storyteller";
const STORYTELLER_NAME: &str = "Storyteller, run ";

/// What the story needs to know.
#[derive(Debug, Clone)]
pub(crate) struct StoryOptions {
    pub(crate) server: ServerOptions,
    pub(crate) seed: u64,
}

/// Where lines for the person at the console go.
#[derive(Debug, Clone)]
pub(crate) struct Notes {
    to: mpsc::Sender<String>,
    /// Whether captions are for the page alone.
    is_quiet: bool,
}

impl Notes {
    pub(crate) fn new(to: mpsc::Sender<String>, is_quiet: bool) -> Self {
        Self { to, is_quiet }
    }

    async fn caption(&self, sequence: u64, text: &str) {
        if !self.is_quiet {
            self.line(format!("#{sequence}  {text}")).await;
        }
    }

    async fn trouble(&self, text: &str) {
        self.line(format!("story: {text}")).await;
    }

    async fn line(&self, line: String) {
        // Without a live line there is nothing that it could tear.
        if let Err(mpsc::error::SendError(line)) = self.to.send(line).await {
            console::note(&line);
        }
    }
}

#[derive(Debug, Error)]
enum StoryError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("this network has no places to tell it at")]
    NoStage,
}

/// Tells the story, again and again, until `stop` turns true.
pub(crate) async fn run(options: &StoryOptions, notes: &Notes, mut stop: watch::Receiver<bool>) {
    tokio::select! {
        _ = stop.wait_for(|stopped| *stopped) => {}
        () = tell_on(options, notes) => {}
    }
}

async fn tell_on(options: &StoryOptions, notes: &Notes) {
    let mut places = Vec::new();
    loop {
        match tell_once(options, notes, &mut places).await {
            Ok(()) => continue,
            Err(StoryError::NoStage) => {
                notes.trouble(&format!("not told: {}", StoryError::NoStage)).await;
                return;
            }
            Err(StoryError::Client(error)) => {
                notes.trouble(&format!("broke off: {error}")).await;
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn tell_once(
    options: &StoryOptions,
    notes: &Notes,
    places: &mut Vec<Listed>,
) -> Result<(), StoryError> {
    let client = options.server.client()?;
    if places.is_empty() {
        let query = [("limit", "1000")];
        let listed = client.pages("/api/stations", query.as_slice()).collect(STATIONS_MAX);
        *places = listed.await.map_err(ClientError::from)?;
    }
    let run = next_run(&client, options.seed).await?;
    let mut server = Server::new(&client, options.seed, run);
    put_parties(&client, notes).await?;
    leftovers::clear(&mut server, notes).await?;

    let mut scene = Scene::of(places, options.seed, run).ok_or(StoryError::NoStage)?;
    let station = scene.station().to_owned();
    let available = server.oxygen(&station).await?.available;
    let supply = Supply::of(available.max(scene.start()));
    let cast = scene.cast(supply).ok_or(StoryError::NoStage)?;
    if supply.start > available {
        let line = json!({
            "commodity": OXYGEN, "change": supply.start - available, "reason": "produced",
        });
        let marks = Marks { beat: Beat::Calm, caption: None };
        server.adjust(&station, line, &marks).await?;
    }
    put_in_place(&mut server, &cast, supply, notes).await?;
    let clock = NetworkClock::read(&client).await?;
    let tempo = Tempo::from_now(&clock);
    Teller::new(server, notes, cast, supply, tempo).tell().await?;
    Ok(())
}

/// Counts the runs in the network itself, so that a kept one goes on where it was.
async fn next_run(client: &Client, seed: u64) -> Result<u64, ClientError> {
    let told = match client.read_trader(STORYTELLER, &ReadTraderQuery::default()).await {
        Ok(told) => told.name.strip_prefix(STORYTELLER_NAME).and_then(|run| run.parse().ok()),
        Err(error) if error.problem().is_some_and(|problem| problem.status == 404) => None,
        Err(error) => return Err(error.into()),
    };
    let run = told.unwrap_or(0_u64).saturating_add(1);
    let begun = PutTrader { name: format!("{STORYTELLER_NAME}{run}"), ..PutTrader::default() };
    client.put_trader(STORYTELLER, &begun).key(format!("story/v1/{seed}/{run}/begun")).await?;
    Ok(run)
}

/// Who plays in every run.
async fn put_parties(client: &Client, notes: &Notes) -> Result<(), ClientError> {
    let parties = [(CARRIER, "Halfway Lines"), (TRADER, "Ondine and Daughters")];
    let put = parties.map(|(id, name)| {
        let data = PutTrader { name: name.to_owned(), ..PutTrader::default() };
        (format!("story/v1/party/{id}"), Command::Trader { id: id.to_owned(), data })
    });
    put_all(client, &put, notes).await
}

/// Puts what is the same each time; a refusal is noted.
async fn put_all(
    client: &Client,
    commands: &[(String, Command)],
    notes: &Notes,
) -> Result<(), ClientError> {
    let lines = commands.iter().map(|(key, command)| Line::new(command, key));
    let lines = lines.collect::<Result<Vec<_>, _>>()?;
    for outcome in post_lines(client, &lines).await? {
        if let LineOutcome::Refused(why) = outcome {
            notes.trouble(&format!("setting the scene: {why}")).await;
        }
    }
    Ok(())
}

/// What a run needs: its ships, and the rule that watches the station.
async fn put_in_place(
    server: &mut Server<'_>,
    cast: &Cast,
    supply: Supply,
    notes: &Notes,
) -> Result<(), ClientError> {
    let station = &cast.station.id;
    let mut vessels = Vec::new();
    for voyage in &cast.voyages {
        let (name, carrier) = (voyage.ship.clone(), CARRIER.to_owned());
        let data = PutVessel { name, carrier, ..PutVessel::default() };
        vessels.push((server.key(), Command::Vessel { id: voyage.vessel.clone(), data }));
    }
    put_all(server.client, &vessels, notes).await?;
    let rule = PutAlertRule {
        kind: AlertRuleKind::Stock,
        station: Some(station.clone()),
        commodity: Some(OXYGEN.to_owned()),
        low: Some(supply.low),
        clear: Some(supply.clear),
        ..PutAlertRule::default()
    };
    let id = format!("{}oxygen-{station}", leftovers::RULES);
    let put = server.client.put_alert_rule(&id, &rule).key(server.key()).await;
    match put.map_err(ClientError::from) {
        Err(error) if error.refusal().is_some() => {
            notes.trouble(&format!("nobody watches {}: {error}", cast.station.name)).await;
            Ok(())
        }
        put => put.map(drop),
    }
}
