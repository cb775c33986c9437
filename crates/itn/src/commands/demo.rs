//! `itn demo`: a server on a ready-made galaxy, with simulated traders and ships on its public API.

use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use domain::Timestamp;
use gateway::{LimitOptions, Secret};
use itn_client::{
    Command, CreditReason, NewAdjustment, NewAdjustmentLine, NewCreditChange, PutTrader,
    StockChangeReason,
};
use live::webhooks::WebhookOptions;
use serde_json::json;
use tokio::sync::{mpsc, watch};
use views::analytics::Retention;

use crate::client::{self, ClientError, Line};
use crate::commands::serve::{run_until, told_to_stop};
use crate::commands::{address, fail, whole};
use crate::console;
use crate::galaxy::{self, Scale};
use crate::observe::ObserveSettings;
use crate::server::{Server, ServerOptions};
use crate::simulate::{SimulateOptions, Simulation};
use crate::story::{self, Notes, StoryOptions};

/// 2200-01-01T00:00:00Z, when the demo's network begins.
const EPOCH: Timestamp = Timestamp(7_258_118_400_000_000);

/// Whom the printed command buys for, where, and what.
const VISITOR: &str = "visitor";
const STATION: &str = "earth";
const GOOD: &str = "water-ice";

/// Run a server on a galaxy that lives: real nearby stars, traders and ships
#[derive(Debug, clap::Args)]
pub(crate) struct Demo {
    /// Address and port to listen on; port 0 takes any free one
    #[arg(long, env = "ITN_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR",
          value_parser = address)]
    listen: SocketAddr,
    /// Keep the network in this folder; without it, it is gone when the demo ends
    #[arg(long, env = "ITN_DEMO_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// How large a new network is
    #[arg(long, env = "ITN_DEMO_SCALE", value_enum, default_value_t = Scale::Standard,
          value_name = "SCALE")]
    scale: Scale,
    /// How much happens beside the story: commands a second; 40, or 400 on the large scale, if not
    /// given
    #[arg(long, env = "ITN_DEMO_RATE", value_name = "RATE",
          value_parser = whole::<u32>(1, 100_000))]
    rate: Option<u32>,
    /// Shipments under way from the start, which then stay about so many; 20,000 on the large scale
    /// if not given, else as many as the rate brings about
    #[arg(long, env = "ITN_DEMO_SHIPMENTS", value_name = "COUNT",
          value_parser = whole::<u32>(1, 50_000))]
    shipments: Option<u32>,
    /// Seconds of network time a second of wall time, for a new network
    #[arg(long, env = "ITN_DEMO_SPEED", default_value_t = 3600, value_name = "FACTOR",
          value_parser = whole::<u32>(1, 100_000))]
    speed: u32,
    /// The same seed makes the same galaxy, and tells the same stories
    #[arg(long, env = "ITN_DEMO_SEED", default_value_t = 1, value_name = "NUMBER",
          value_parser = whole::<u64>(0, u64::MAX))]
    seed: u64,
    /// Tell no story beside the simulation
    #[arg(long, env = "ITN_DEMO_NO_STORY")]
    no_story: bool,
    /// Tell the story to those who follow the events, and not on the console
    #[arg(long, env = "ITN_DEMO_QUIET_STORY")]
    quiet_story: bool,
}

/// Commands a second, if not given: what a screen can show; on the large scale what keeps its
/// shipments moving.
const RATE: u32 = 40;
const RATE_LARGE: u32 = 400;
/// Shipments under way on the large scale, if not given.
const SHIPMENTS_LARGE: u32 = 20_000;
/// Captions that wait to be printed.
const NOTES_MAX: usize = 16;

impl Demo {
    pub(crate) async fn run(self) -> ExitCode {
        let told = match told_to_stop() {
            Ok(told) => told,
            Err(error) => return fail(&error),
        };
        // Removed when it is dropped, at the end of the demo.
        let (temporary, data) = match self.data.clone() {
            Some(data) => (None, data),
            None => match tempfile::tempdir() {
                Ok(folder) => {
                    let path = folder.path().to_owned();
                    (Some(folder), path)
                }
                Err(error) => return fail(&error),
            },
        };
        let key = match key_of(&data) {
            Ok(key) => key,
            Err(error) => return fail(&error),
        };
        let options = ServerOptions {
            data,
            listen: self.listen,
            anonymous: true,
            admin_key: Some(key.clone()),
            epoch: Some(EPOCH),
            speed: self.speed,
            free_bytes_min: 64 * 1024 * 1024,
            webhooks: WebhookOptions::default(),
            limits: LimitOptions::default(),
            oidc: None,
            retention: Retention::default(),
            connections_max: 4_096,
            observe: ObserveSettings::default(),
        };
        let server = match Server::start(options).await {
            Ok(server) => server,
            Err(error) => return fail(&error),
        };
        let simulation = self.simulation(&server, &key);
        if let Err(error) = self.furnish(&simulation).await {
            return fail(&error);
        }
        self.introduce(&server, &key);
        let (stop, stopped) = watch::channel(false);
        let (to_console, noted) = mpsc::channel(NOTES_MAX);
        let story = (!self.no_story).then(|| {
            let options = StoryOptions { server: simulation.server.clone(), seed: self.seed };
            (options, Notes::new(to_console, self.quiet_story))
        });
        let simulated = tokio::spawn(play(simulation, story, noted, stopped));
        let code = run_until(server, async move {
            told.await;
            stop.send_replace(true);
            // Its last answers come before the server ends.
            drop(simulated.await);
        })
        .await;
        drop(temporary);
        code
    }

    fn simulation(&self, server: &Server, key: &Secret) -> SimulateOptions {
        let is_large = self.scale == Scale::Large;
        let rate = self.rate.unwrap_or(if is_large { RATE_LARGE } else { RATE });
        let under_way = self.shipments.or(is_large.then_some(SHIPMENTS_LARGE));
        SimulateOptions {
            server: client::ServerOptions {
                url: format!("http://{}", server.address),
                key: Some(key.as_str().to_owned()),
            },
            rate,
            seconds: None,
            // A few more than are under way: some are always in port.
            traders: under_way.map(|count| count + count.div_ceil(100)),
            seed: self.seed,
            galaxy: None,
            under_way: under_way.unwrap_or(0),
        }
    }

    /// Puts the galaxy there, and in it what the visitor's trade needs.
    async fn furnish(&self, simulation: &SimulateOptions) -> Result<(), ClientError> {
        let client = simulation.server.client()?;
        galaxy::build(self.scale, self.seed).post(&client).await?;
        galaxy::post_all(&client, &visitor_lines()?, "making room for a visitor").await
    }

    /// What a visitor needs: where it is, and one command that buys something.
    fn introduce(&self, server: &Server, key: &Secret) {
        let address = server.address;
        let key = key.as_str();
        console::say(&format!("listening on http://{address}"));
        console::say(&format!("key: {key}"));
        console::say("");
        console::say("Open the address in a browser. Buy something, and watch it appear:");
        console::say("");
        console::say(&format!(
            "curl -sS http://{address}/api/trades -H 'Authorization: Bearer {key}' \\\n  \
             -H 'Content-Type: application/json' -d '{}'",
            visitor_trade()
        ));
        console::say("");
        let hours = f64::from(self.speed) / 3600.0;
        console::say(&format!("A second is {hours} h of network time. Ctrl-c ends the demo."));
    }
}

/// A trader with credits, and stock to spend them on. With keys: a demo that is kept has them once.
fn visitor_lines() -> Result<Vec<Line>, ClientError> {
    let data = PutTrader { name: "Visitor".to_owned(), ..PutTrader::default() };
    let visitor = Command::Trader { id: VISITOR.to_owned(), data };
    let (change, reason) = (1_000_000, CreditReason::Issued);
    let data = NewCreditChange { change, reason, ..NewCreditChange::default() };
    let credits = Command::Credits { trader: VISITOR.to_owned(), data };
    let made = NewAdjustmentLine {
        commodity: GOOD.to_owned(),
        change: Some(100_000),
        reason: StockChangeReason::Produced,
        ..NewAdjustmentLine::default()
    };
    let data = NewAdjustment { lines: vec![made], ..NewAdjustment::default() };
    let stock = Command::Adjustment { station: STATION.to_owned(), data };
    let lines = [(visitor, "name"), (credits, "credits"), (stock, "stock")];
    let line = |(command, what)| Line::new(&command, &format!("demo/v1/visitor/{what}"));
    Ok(lines.map(line).into_iter().collect::<Result<_, _>>()?)
}

fn visitor_trade() -> serde_json::Value {
    json!({
        "station": STATION, "buyer": VISITOR, "seller": STATION,
        "lines": [{ "commodity": GOOD, "quantity": 25, "unitPrice": 12 }],
    })
}

/// Sets the stage, then plays and tells until stopped. Without one there is still the other, and a
/// server to look at: what went wrong is said, and no more.
async fn play(
    options: SimulateOptions,
    story: Option<(StoryOptions, Notes)>,
    noted: mpsc::Receiver<String>,
    mut stopped: watch::Receiver<bool>,
) {
    let (stop, begun, is_filled) = (stopped.clone(), Instant::now(), options.under_way > 0);
    let prepared = tokio::select! {
        prepared = Simulation::prepare(options) => prepared,
        _ = stopped.wait_for(|stopped| *stopped) => return,
    };
    let simulate = async {
        let ran = match prepared {
            Ok(simulation) => {
                if is_filled {
                    let count =
                        console::counted(simulation.under_way() as u64, "shipment", "shipments");
                    let seconds = begun.elapsed().as_secs();
                    console::note(&format!("{count} under way, after {seconds} s"));
                }
                simulation.run(stop.clone(), Some(noted)).await
            }
            Err(error) => {
                // Captions go straight to the console then.
                drop(noted);
                Err(error)
            }
        };
        if let Err(error) = ran {
            console::note(&format!("itn demo: {error}"));
        }
    };
    let tell = async {
        if let Some((options, notes)) = &story {
            story::run(options, notes, stop.clone()).await;
        }
    };
    tokio::join!(simulate, tell);
}

/// A demo that is kept has its key beside the journal, so that its next start can use it.
fn key_of(data: &std::path::Path) -> std::io::Result<Secret> {
    let file = data.join("demo-key");
    if let Ok(text) = std::fs::read_to_string(&file)
        && let Some(key) = Secret::parse(text.trim())
    {
        return Ok(key);
    }
    let key = Secret::random().map_err(std::io::Error::other)?;
    std::fs::create_dir_all(data)?;
    let mut options = std::fs::OpenOptions::new();
    // Whoever has it may do everything: nobody else may read it.
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(file)?;
    file.write_all(key.as_str().as_bytes())?;
    Ok(key)
}
