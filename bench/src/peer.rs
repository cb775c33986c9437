//! The peers: this program as another server, with the gateway's own code and another executor.
//!
//! A peer begins as a real server whose journal is in memory, and is filled as the real one is, so
//! that it parses, authenticates and finds the same names. Its first bulk request of trades is the
//! rehearsal: from then on single trades are answered with what the ledger answered there, so that
//! an answer is rendered as the real one is, and nothing was done for it.

mod echo;
mod postgres;

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use domain::{CommitObserver, Identifier, JournalId, NetworkDetails, Timestamp};
use engine::{Engine, EngineOptions, FirstKey, WallTime};
use gateway::{Execute, Gateway, GatewayOptions, Secret, Services};
use journal::{Journal as _, MemoryJournal, MemorySnapshots};
use live::webhooks::{
    HttpSender, MemoryOperations, SystemClock, WebhookOptions, WebhookParts, Webhooks,
};
use live::{Hub, HubOptions};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::block_in_place;
use views::{Past, Views};

use crate::console;
use crate::failure::{Doing as _, Failure, Outcome};
use crate::peer::echo::Echo;
use crate::peer::postgres::Postgres;
use crate::server::KEY;

/// How long answers under way may take to be sent at the end.
const DRAIN: Duration = Duration::from_secs(1);
/// Of no journal that there is.
const JOURNAL: JournalId = JournalId(1);

/// What a peer is started with.
#[derive(Debug, clap::Args)]
pub(crate) struct PeerArguments {
    /// Makes trades by a function of this database, instead of not at all
    #[arg(long, value_name = "CONFIG")]
    postgres: Option<String>,
    /// Stations, by which the database numbers its parties
    #[arg(long)]
    stations: u32,
}

/// Serves until told to stop.
pub(crate) fn run(arguments: &PeerArguments) -> Outcome<()> {
    // As the real binary does: a worker for each core.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.doing("starting the runtime")?.block_on(serve(arguments))
}

async fn serve(arguments: &PeerArguments) -> Outcome<()> {
    let journal = MemoryJournal::new(JOURNAL);
    let (views, fold) = Views::open(None, journal.reader()).doing("opening the views")?;
    let encoder = gateway::stream_encoder(&views, JOURNAL);
    let known = gateway::surroundings(&views, journal.reader());
    let (hub, hub_fold) = Hub::new(HubOptions::default(), journal.reader(), encoder, known);
    // Nobody subscribes here, and what is committed is told to nobody.
    let (webhooks, _) = Webhooks::open(WebhookParts {
        options: WebhookOptions::default(),
        store: Arc::<MemoryOperations>::default(),
        events: journal.reader(),
        subjects: hub.subjects().clone(),
        content: gateway::webhook_content(&views, JOURNAL),
        sender: Arc::new(HttpSender::new(&WebhookOptions::default()).doing("setting up TLS")?),
        clock: Arc::new(SystemClock),
    })
    .doing("opening the webhooks")?;
    let past = Past::open(None, JOURNAL, &views, &journal.reader()).doing("opening the past")?;
    let mut observers: Vec<Box<dyn CommitObserver>> = vec![Box::new(fold), Box::new(hub_fold)];
    observers.extend(past.1);
    let engine = start_engine(journal, observers)?;
    let echo = Echo::new(engine.handle());
    let executor: Arc<dyn Execute> = match &arguments.postgres {
        Some(config) => Arc::new(Postgres::connect(config, arguments.stations, echo).await?),
        None => Arc::new(echo),
    };
    let gateway = Gateway::new(
        GatewayOptions::new(JOURNAL),
        Services {
            executor: executor.into(),
            views,
            past: past.0,
            hub,
            webhooks,
            key_uses: Arc::<live::MemoryKeyUses>::default(),
        },
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.doing("listening")?;
    let address = listener.local_addr().doing("listening")?;
    let mut terminate = signal(SignalKind::terminate()).doing("waiting for signals")?;
    console::say(&format!("listening on http://{address}"));
    let told = async move {
        terminate.recv().await;
        DRAIN
    };
    gateway.serve(listener, told).await;
    block_in_place(|| engine.stop()).doing("stopping the peer")
}

fn start_engine(
    journal: MemoryJournal,
    observers: Vec<Box<dyn CommitObserver>>,
) -> Outcome<Engine> {
    let doing = "starting the peer's engine";
    let secret = Secret::parse(KEY).ok_or_else(|| Failure::new(doing, Secret::FORM))?;
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let wall = Timestamp(i64::try_from(wall.as_micros()).doing(doing)?);
    let options = EngineOptions {
        wall: WallTime { time: wall, read: Instant::now() },
        network: NetworkDetails { wall, epoch: wall, speed: 1 },
        first_key: FirstKey {
            principal: Identifier::new("admin").doing(doing)?,
            digest: secret.digest(),
        },
        snapshot_events_min: u64::MAX,
    };
    let (journal, snapshots) = (Arc::new(journal), Arc::new(MemorySnapshots::default()));
    let started =
        block_in_place(|| Engine::start(options, journal, snapshots, observers, &mut |_| {}));
    started.doing(doing)
}
