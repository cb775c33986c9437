//! A whole server in this process: journal, engine, views, live readers and gateway, wired together.
//!
//! `serve` runs one until it is told to stop; `demo` runs one and drives it through its public API.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use domain::{CommitObserver, Identifier, NetworkDetails, Sequence, Timestamp};
use engine::{Engine, EngineError, EngineOptions, FirstKey, WallTime};
use gateway::{Gateway, GatewayOptions, LimitOptions, OidcOptions, Secret, Services};
use journal::{FileSnapshots, Journal, OpenOptions, SnapshotStore, SqliteJournal};
use live::webhooks::{
    HttpSender, SqliteOperations, StoreError, SystemClock, WebhookOptions, WebhookParts, Webhooks,
    WebhooksFold,
};
use live::{Hub, HubOptions};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::block_in_place;
use views::analytics::Retention;
use views::{Past, PastOpenError, Views};

use crate::console;
use crate::observe::{DRAIN_USUAL, ObserveSettings};
use crate::progress::Progress;

/// A snapshot of a small network is taken after so many events: replaying them takes a second.
const SNAPSHOT_EVENTS_MIN: u64 = 1_000_000;

/// The file in the data folder that holds what is no fact of the economy: webhooks, and when
/// keys were last used.
pub(crate) const OPERATIONS: &str = "operations.db";

/// Files that are not connections: journal, snapshots, readers, the runtime's own; and the
/// connections of webhooks, one each.
pub(crate) const FILES_RESERVED: usize = 96 + 256;

/// What a server is started with.
pub(crate) struct ServerOptions {
    /// The folder that holds the journal.
    pub(crate) data: PathBuf,
    /// Where to listen.
    pub(crate) listen: SocketAddr,
    /// Whether anyone may read without a key.
    pub(crate) anonymous: bool,
    /// The first administrator's key, if the folder is empty; a random one, which is shown on
    /// standard output, if not given.
    pub(crate) admin_key: Option<Secret>,
    /// Network time at the creation of the network; wall time if not given.
    pub(crate) epoch: Option<Timestamp>,
    /// Seconds of network time a second of wall time.
    pub(crate) speed: u32,
    /// Below so much free space writes are refused.
    pub(crate) free_bytes_min: u64,
    /// Connections at once.
    pub(crate) connections_max: usize,
    /// How long figures are kept by the minute and by the hour.
    pub(crate) retention: Retention,
    /// Where webhooks may go, and when they are tried again.
    pub(crate) webhooks: WebhookOptions,
    /// How it is observed, and how it ends.
    pub(crate) observe: ObserveSettings,
    /// How much, how long and from where requests are taken.
    pub(crate) limits: LimitOptions,
    /// Whose tokens are taken beside keys, if anybody's.
    pub(crate) oidc: Option<OidcOptions>,
}

/// A server that could not be started, or stopped by itself.
#[derive(Debug, Error)]
pub(crate) enum ServerError {
    /// It may not listen there.
    #[error("reading without a key is allowed on a loopback address alone, and {0} is none")]
    Anonymous(SocketAddr),
    /// It cannot listen there.
    #[error("listening on {address}: {error}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        error: std::io::Error,
    },
    /// The data folder cannot be made.
    #[error("making the data folder {folder}: {error}")]
    Folder {
        /// Which one.
        folder: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// The journal cannot be opened.
    #[error(transparent)]
    Journal(#[from] journal::JournalError),
    /// The views cannot be opened.
    #[error(transparent)]
    Views(#[from] views::ViewsError),
    /// What is kept of the past cannot be opened.
    #[error(transparent)]
    Past(#[from] PastOpenError),
    /// The engine cannot be started, or stopped by itself.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The webhooks cannot be read.
    #[error(transparent)]
    Operations(#[from] StoreError),
    /// Webhooks cannot speak TLS.
    #[error("setting up TLS for webhooks: {0}")]
    Tls(String),
    /// There is no randomness for a key.
    #[error("making a key: {0}")]
    Key(getrandom::Error),
    /// Nobody would know the key of a new network.
    #[error("showing the first administrator's key: {0}; no network was made")]
    Show(std::io::Error),
}

/// A server that is ready.
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Where metrics are served to whoever reaches it.
    pub(crate) metrics_address: Option<SocketAddr>,
    gateway: Gateway,
    observe: ObserveSettings,
    engine: Engine,
    past: Past,
    webhooks: Webhooks,
    /// With how long answers under way may take.
    stop: oneshot::Sender<Duration>,
    serving: tokio::task::JoinHandle<()>,
    /// Ends the serving of metrics when it is dropped.
    _metrics: oneshot::Sender<()>,
}

impl Server {
    /// Opens what is stored, recovers, and listens. Blocks the calling task while it recovers.
    pub(crate) async fn start(options: ServerOptions) -> Result<Self, ServerError> {
        if options.anonymous && !options.listen.ip().is_loopback() {
            return Err(ServerError::Anonymous(options.listen));
        }
        // Before anything is touched: a port in use must not leave a new folder behind.
        let (listener, address) = bind(options.listen).await?;
        let metrics = match options.observe.metrics_listen {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        let gateway = Gateway::recovering(GatewayOptions {
            anonymous: options.anonymous,
            connections_max: connections_allowed(options.connections_max),
            observe: options.observe.options(&options.data),
            limits: options.limits.clone(),
            oidc: options.oidc.clone(),
            ..GatewayOptions::unidentified()
        });
        let (stop, stopped) = oneshot::channel();
        // Dropped untold when the start fails: then there is nothing to finish.
        let stopped = async { stopped.await.unwrap_or_default() };
        // From here on it says of itself that it is recovering.
        let serving = gateway.clone().serve(listener, stopped);
        let serving = tokio::spawn(serving);
        let (metrics_end, metrics_ended) = oneshot::channel::<()>();
        let metrics_address = metrics.as_ref().map(|(_, address)| *address);
        if let Some((listener, _)) = metrics {
            let ended = async { drop(metrics_ended.await) };
            tokio::spawn(gateway.clone().serve_metrics(listener, ended));
        }
        let store = block_in_place(|| {
            let mut told = |done, total| gateway.progress(done, total);
            Store::open(&options, &mut told)
        })?;
        gateway.identify(&store.journal.lineage());
        let events = store.journal.reader();
        let (views, fold) = Views::open(Some(&options.data.join("views.db")), Arc::clone(&events))?;
        let encoder = gateway::stream_encoder(&views, store.journal.lineage());
        let (past, feeds) = block_in_place(|| {
            let retention = options.retention;
            Past::open_keeping(Some(&options.data), store.journal.id(), &views, &events, retention)
        })?;
        let known = gateway::surroundings(&views, Arc::clone(&events));
        let (hub, hub_fold) = Hub::new(HubOptions::default(), Arc::clone(&events), encoder, known);
        let operations = SqliteOperations::open(&options.data.join(OPERATIONS), store.journal.id());
        let operations = Arc::new(operations?);
        let (webhooks, webhooks_fold) = block_in_place(|| {
            open_webhooks(&options, &store, Arc::clone(&operations), &views, &hub)
        })?;
        let secret = first_secret(&options, store.journal.reader().last())?;
        let mut observers: Vec<Box<dyn CommitObserver>> =
            vec![Box::new(fold), Box::new(hub_fold), Box::new(webhooks_fold)];
        observers.extend(feeds);
        let engine_options = engine_options(&options, &secret);
        let bar = Progress::bar(store.journal.reader().last().0, "replaying");
        let mut progress = |at: engine::Progress| {
            bar.at(at.replayed.0);
            gateway.progress(at.replayed, at.total);
        };
        let Store { journal, snapshots } = store;
        let engine = block_in_place(|| {
            Engine::start(engine_options, journal, snapshots, observers, &mut progress)
        })?;
        drop(bar);
        webhooks.start();
        gateway.open(Services {
            executor: engine.handle().into(),
            views,
            past: past.clone(),
            hub,
            webhooks: webhooks.clone(),
            key_uses: operations,
        });
        Ok(Self {
            address,
            metrics_address,
            gateway,
            observe: options.observe,
            engine,
            past,
            webhooks,
            stop,
            serving,
            _metrics: metrics_end,
        })
    }

    /// Says that it is not ready any more, and goes on for as long as it takes others to notice.
    pub(crate) async fn leave(&self) {
        self.gateway.leave();
        let delay = self.observe.drain_delay;
        if delay.is_zero() {
            return;
        }
        tracing::info!(?delay, "told to stop: not ready any more");
        tokio::select! {
            () = tokio::time::sleep(delay) => {}
            // There is nothing to go on with, which its end will say.
            _ = self.failure() => {}
        }
    }

    /// Completes when the engine fails for good, with the reason.
    pub(crate) fn failure(&self) -> impl Future<Output = String> + Send + 'static {
        let failure = self.engine.failure();
        async move {
            match tokio::task::spawn_blocking(failure).await {
                Ok(Some(reason)) => reason,
                // It was stopped: there is nothing to say, and somebody else says it.
                Ok(None) | Err(_) => std::future::pending().await,
            }
        }
    }

    /// Ends the streams, lets answers and deliveries under way be sent for as long as the operator
    /// said, decides what waits and writes a snapshot.
    pub(crate) async fn stop(self) -> Result<(), ServerError> {
        let drain = self.observe.drain;
        self.stop_within(drain).await
    }

    /// The same when the engine has failed: nothing can be written until another process takes over,
    /// so a long time to finish reading would be one without the network.
    pub(crate) async fn stop_failed(self) -> Result<(), ServerError> {
        let drain = self.observe.drain.min(DRAIN_USUAL);
        self.stop_within(drain).await
    }

    async fn stop_within(self, drain: Duration) -> Result<(), ServerError> {
        // An error says that it has ended serving already.
        let _ = self.stop.send(drain);
        // A panic in there was logged where it happened.
        let (_, ()) = tokio::join!(self.serving, self.webhooks.stop(drain));
        block_in_place(|| {
            let stopped = self.engine.stop();
            // Behind the engine: now it has everything.
            self.past.close();
            stopped
        })?;
        Ok(())
    }
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), ServerError> {
    let failed = |error| ServerError::Listen { address, error };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// What is stored in the data folder.
pub(crate) struct Store {
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) snapshots: Arc<dyn SnapshotStore>,
}

impl Store {
    fn open(
        options: &ServerOptions,
        told: &mut dyn FnMut(Sequence, Sequence),
    ) -> Result<Self, ServerError> {
        let folder = &options.data;
        let failed = |error| ServerError::Folder { folder: folder.clone(), error };
        std::fs::create_dir_all(folder).map_err(failed)?;
        Self::open_existing(folder, options.free_bytes_min, told)
    }

    /// Opens a folder that is there, checking its whole journal and telling how far that is.
    pub(crate) fn open_existing(
        folder: &Path,
        free_bytes_min: u64,
        told: &mut dyn FnMut(Sequence, Sequence),
    ) -> Result<Self, ServerError> {
        let mut bar = None;
        let mut progress = |done: Sequence, total: Sequence| {
            bar.get_or_insert_with(|| Progress::bar(total.0, "checking")).at(done.0);
            told(done, total);
        };
        let options = OpenOptions { free_bytes_min, ..OpenOptions::default() };
        let journal = SqliteJournal::open_with_progress(folder, options, Some(&mut progress))?;
        let snapshots = FileSnapshots::open(folder)?;
        Ok(Self { journal: Arc::new(journal), snapshots: Arc::new(snapshots) })
    }
}

fn open_webhooks(
    options: &ServerOptions,
    store: &Store,
    operations: Arc<SqliteOperations>,
    views: &Views,
    hub: &Hub,
) -> Result<(Webhooks, WebhooksFold), ServerError> {
    let sender =
        HttpSender::new(&options.webhooks).map_err(|error| ServerError::Tls(error.to_string()))?;
    Ok(Webhooks::open(WebhookParts {
        options: options.webhooks.clone(),
        store: operations,
        events: store.journal.reader(),
        subjects: hub.subjects().clone(),
        content: gateway::webhook_content(views, store.journal.lineage()),
        sender: Arc::new(sender),
        clock: Arc::new(SystemClock),
    })?)
}

/// The secret of the first administrator's key, for a network that is still to be made. One that was
/// made up is shown before the network is: a key that was shown and never made opens nothing, and the
/// next start shows another; one that was made and never shown would lock everybody out for good.
fn first_secret(options: &ServerOptions, last: Sequence) -> Result<Secret, ServerError> {
    if let Some(secret) = &options.admin_key {
        return Ok(secret.clone());
    }
    let secret = Secret::random().map_err(ServerError::Key)?;
    if last == Sequence::ZERO {
        let line = format!("admin key: {}", secret.as_str());
        console::hand_over(&line).map_err(ServerError::Show)?;
    }
    Ok(secret)
}

fn engine_options(options: &ServerOptions, secret: &Secret) -> EngineOptions {
    let wall = WallTime { time: wall_time(), read: Instant::now() };
    EngineOptions {
        wall,
        network: NetworkDetails {
            wall: wall.time,
            epoch: options.epoch.unwrap_or(wall.time),
            speed: options.speed,
        },
        first_key: FirstKey {
            principal: Identifier::new("admin").expect("a plain name"),
            digest: secret.digest(),
        },
        snapshot_events_min: SNAPSHOT_EVENTS_MIN,
    }
}

/// Raises the number of files this process may have open as far as it may itself, and keeps the
/// connections below it: one that cannot be accepted would wait without a word.
fn connections_allowed(wanted: usize) -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let raised = Rlimit { current: limit.maximum, ..limit };
        if setrlimit(Resource::Nofile, raised).is_ok() {
            limit = raised;
        }
    }
    let files = limit.current.and_then(|files| usize::try_from(files).ok()).unwrap_or(usize::MAX);
    let allowed = wanted.min(files.saturating_sub(FILES_RESERVED)).max(1);
    if allowed < wanted {
        tracing::warn!(
            wanted,
            allowed,
            files,
            "fewer connections: this process may open no more files"
        );
    }
    allowed
}

fn wall_time() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX)).min(Timestamp::MAX)
}
