//! The story that `itn demo` tells beside its simulation, run after run, through the public API.
//!
//! A storm holds ships up, a station's oxygen runs out, its bid climbs, a trader diverts, and the
//! books balance. Who plays is chosen by the seed and the run's number ([`cast`]), what happens when
//! is a plan ([`plan`]), and the teller does it ([`teller`]). Each beat's command bears a caption in
//! its metadata, so that whoever follows the events can show it beside its event. Nothing is shown
//! that the server has not taken; what it refuses is noted and left out.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use thiserror::Error;
use tokio::sync::{mpsc, watch};

use crate::client::bulk::LineOutcome;
use crate::client::{Client, ClientError, NetworkClock, Request, ServerOptions};
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
    let client = Client::new(&options.server)?;
    if places.is_empty() {
        *places = client.list("/api/stations", STATIONS_MAX).await?;
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

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// Counts the runs in the network itself, so that a kept one goes on where it was.
async fn next_run(client: &Client, seed: u64) -> Result<u64, ClientError> {
    let path = format!("/api/traders/{STORYTELLER}");
    let told = match client.get::<Named>(&path).await {
        Ok(Named { name }) => name.strip_prefix(STORYTELLER_NAME).and_then(|run| run.parse().ok()),
        Err(error) if server::refusal(&error).is_some_and(|problem| problem.status == 404) => None,
        Err(error) => return Err(error),
    };
    let run = told.unwrap_or(0_u64).saturating_add(1);
    let body = json!({ "name": format!("{STORYTELLER_NAME}{run}") });
    client.accepted(&Request::put(path, &body, format!("story/v1/{seed}/{run}/begun"))).await?;
    Ok(run)
}

/// Who plays in every run.
async fn put_parties(client: &Client, notes: &Notes) -> Result<(), ClientError> {
    let parties = [(CARRIER, "Halfway Lines"), (TRADER, "Ondine and Daughters")];
    let line = |(id, name)| json!({ "type": "trader", "id": id, "data": { "name": name } });
    put_all(client, &parties.map(|party| line(party).to_string()), notes).await
}

/// Puts what is the same each time; a refusal is noted.
async fn put_all(client: &Client, lines: &[String], notes: &Notes) -> Result<(), ClientError> {
    for outcome in client.post_lines(lines).await? {
        if let LineOutcome::Refused { why, .. } = outcome {
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
    let vessels = cast.voyages.iter().map(|voyage| {
        let data = json!({ "name": voyage.ship, "carrier": CARRIER });
        json!({ "type": "vessel", "id": voyage.vessel, "data": data }).to_string()
    });
    put_all(server.client, &vessels.collect::<Vec<_>>(), notes).await?;
    let rule = json!({
        "kind": "stock", "station": station, "commodity": OXYGEN, "low": supply.low,
        "clear": supply.clear,
    });
    let path = format!("/api/alert-rules/{}oxygen-{station}", leftovers::RULES);
    let put = server.client.accepted(&Request::put(path, &rule, server.key())).await;
    match put {
        Err(error) if server::refusal(&error).is_some() => {
            notes.trouble(&format!("nobody watches {}: {error}", cast.station.name)).await;
            Ok(())
        }
        put => put.map(drop),
    }
}
