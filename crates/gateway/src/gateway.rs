//! The component: its options, its handle, and what every handler shares.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::{Duration, Instant};

use axum::Router;
use domain::{JournalId, KeyId, Lineage, Sequence};
use live::Hub;
use live::KeyUseStore;
use live::webhooks::Webhooks;
use tokio::net::TcpListener;
#[cfg(test)]
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::Semaphore;
use views::{Past, Views};

use crate::connections;
use crate::executor::Executor;
use crate::last_use::LastUses;
use crate::levels::Levels;
use crate::limit_options::LimitOptions;
use crate::limits::{
    CONNECTIONS_USUAL, JOURNAL_READS_MAX, METRICS_CONNECTIONS_MAX, SNAPSHOTS_MAX,
    SNAPSHOTS_OF_KEY_MAX, UNPACKING_MAX,
};
use crate::observe::{Gates, Meters, ObserveOptions, carried};
use crate::oidc::{Oidc, OidcOptions};
use crate::problem::{Code, Problem};
use crate::rates::{AtOnce, Rates, Turn};
use crate::render::{Identity, Render};
use crate::request::{BodyRoom, Moment};
use crate::routes::{self, Places, Sessions, StreamTokens};

/// What a gateway is made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayOptions {
    /// Whose events are shown; [`Gateway::identify`] says so later where it is not known yet.
    pub journal: Option<Lineage>,
    /// Whether anybody may read without a key. For loopback alone: whoever listens elsewhere must
    /// not set it.
    pub anonymous: bool,
    /// Connections at a time.
    pub connections_max: usize,
    /// How it is observed.
    pub observe: ObserveOptions,
    /// How much, how long and from where.
    pub limits: LimitOptions,
    /// Whose tokens are taken, if any are.
    pub oidc: Option<OidcOptions>,
}

impl GatewayOptions {
    /// The usual, for this journal.
    pub fn new(journal: impl Into<Lineage>) -> Self {
        Self { journal: Some(journal.into()), ..Self::unidentified() }
    }

    /// The usual, for a journal that is not opened yet.
    pub fn unidentified() -> Self {
        Self {
            journal: None,
            anonymous: false,
            connections_max: CONNECTIONS_USUAL,
            observe: ObserveOptions::default(),
            limits: LimitOptions::default(),
            oidc: None,
        }
    }
}

/// What is behind the gateway once the network is recovered.
pub struct Services {
    /// Decides commands.
    pub executor: Executor,
    /// What is so now.
    pub views: Views,
    /// What was so, what happened, and figures of it.
    pub past: Past,
    /// Where live readers subscribe.
    pub hub: Hub,
    /// Who is sent what is committed.
    pub webhooks: Webhooks,
    /// Where it is kept when keys were last used.
    pub key_uses: Arc<dyn KeyUseStore>,
}

/// The HTTP side of a network. Cloning one gives another handle to the same.
#[derive(Clone)]
pub struct Gateway {
    app: App,
}

impl Gateway {
    /// Takes all turns at reading the journal: what reads it is at work until they are given back.
    #[cfg(test)]
    pub(crate) fn hold_journal_reads(&self) -> OwnedSemaphorePermit {
        let all = u32::try_from(JOURNAL_READS_MAX).unwrap();
        Arc::clone(&self.app.0.journal_reads).try_acquire_many_owned(all).unwrap()
    }

    /// Puts the clock forward that tokens are judged by.
    #[cfg(test)]
    pub(crate) fn advance_wall(&self, seconds: i64) {
        self.app.oidc().unwrap().advance(seconds);
    }

    /// Looks at the keys of the issuer, as is done now and then.
    #[cfg(test)]
    pub(crate) async fn look_at_issuer(&self) {
        self.app.oidc().unwrap().look().await;
    }

    /// A gateway in front of a network that is ready.
    pub fn new(options: GatewayOptions, services: Services) -> Self {
        let gateway = Self::recovering(options);
        gateway.open(services);
        gateway
    }

    /// A gateway that says, of all but its own health, that the server is starting; until
    /// [`Self::open`].
    pub fn recovering(options: GatewayOptions) -> Self {
        let shared = Shared {
            rates: Rates::new(&options.limits),
            identity: options
                .journal
                .as_ref()
                .map(Identity::of)
                .map_or_else(OnceLock::new, OnceLock::from),
            is_replaying: AtomicBool::new(options.journal.is_some()),
            oidc: options.oidc.clone().map(Oidc::new),
            options,
            ready: OnceLock::new(),
            replayed: AtomicU64::new(0),
            total: AtomicU64::new(0),
            began: Instant::now(),
            recovered: OnceLock::new(),
            meters: Meters::new(routes::paths()),
            gates: Gates::default(),
            leaving: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            body_room: BodyRoom::new(),
            unpacking: Arc::new(Semaphore::new(UNPACKING_MAX)),
            journal_reads: Arc::new(Semaphore::new(JOURNAL_READS_MAX)),
            places: Places::default(),
            levels: Levels::default(),
            tokens: StreamTokens::default(),
            sessions: Sessions::default(),
            last_uses: LastUses::default(),
            snapshots: Arc::new(AtOnce::new(SNAPSHOTS_MAX, SNAPSHOTS_OF_KEY_MAX)),
        };
        Self { app: App(Arc::new(shared)) }
    }

    /// Says whose events will be shown, now that the journal is open and checked: what follows is the
    /// replay.
    pub fn identify(&self, journal: &Lineage) {
        let _ = self.app.0.identity.set(Identity::of(journal));
        self.app.0.is_replaying.store(true, Ordering::Relaxed);
        self.progress(Sequence::ZERO, Sequence::ZERO);
    }

    /// Tells how far the recovery is: the check of the journal, or, since [`Self::identify`], the
    /// replay.
    pub fn progress(&self, replayed: Sequence, total: Sequence) {
        self.app.0.replayed.store(replayed.0, Ordering::Relaxed);
        self.app.0.total.store(total.0, Ordering::Relaxed);
    }

    /// Opens to requests. A gateway is opened once; a second time changes nothing.
    pub fn open(&self, services: Services) {
        // Who used what is told for people's eyes alone: without it everything else goes on.
        match services.key_uses.load() {
            Ok(known) => self.app.0.last_uses.restore(known),
            Err(error) => tracing::error!(%error, "when keys were last used cannot be read"),
        }
        let _ = self.app.0.ready.set(services);
        let _ = self.app.0.recovered.set(self.app.0.began.elapsed());
    }

    /// Says from now on that it is not ready, and asks whoever is answered to come again elsewhere,
    /// but goes on: whoever shares requests out among servers has time to notice.
    pub fn leave(&self) {
        self.app.0.leaving.store(true, Ordering::Relaxed);
    }

    /// All routes, to be served, or called in process.
    pub fn router(&self) -> Router {
        routes::router(self.app.clone())
    }

    /// What the listener of its own for `/metrics` serves.
    pub(crate) fn metrics_router(&self) -> Router {
        routes::metrics_router(self.app.clone())
    }

    /// Serves connections until `shutdown` completes: then takes no more, ends the streams, and
    /// returns when the answers under way are given, or after as long as `shutdown` says.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = Duration>) {
        let shared = &self.app.0;
        let shutdown = async {
            let grace = shutdown.await;
            self.leave();
            shared.stopping.store(true, Ordering::Relaxed);
            if let Some(ready) = shared.ready.get() {
                // A stream would never end by itself.
                ready.hub.stop();
            }
            grace
        };
        let serving = connections::Serving {
            router: self.router(),
            options: &shared.options,
            meters: Arc::clone(&shared.meters.connections),
        };
        let keeping = tokio::spawn(self.app.clone().keep_last_uses());
        let keys = tokio::spawn(self.app.clone().keep_issuer_keys());
        connections::serve(listener, serving, shutdown).await;
        keeping.abort();
        keys.abort();
        self.app.save_last_uses().await;
    }

    /// Serves `/metrics` and its health, and nothing else, to whoever reaches the listener, until
    /// `shutdown` completes.
    pub async fn serve_metrics(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        let options = GatewayOptions {
            connections_max: METRICS_CONNECTIONS_MAX,
            ..self.app.0.options.clone()
        };
        let serving = connections::Serving {
            router: self.metrics_router(),
            options: &options,
            meters: Arc::default(),
        };
        let shutdown = async {
            shutdown.await;
            Duration::ZERO
        };
        connections::serve(listener, serving, shutdown).await;
    }
}

/// What every handler shares.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

struct Shared {
    options: GatewayOptions,
    oidc: Option<Oidc>,
    rates: Rates,
    identity: OnceLock<Identity>,
    /// Whether the journal is checked, and what is in it is being replayed.
    is_replaying: AtomicBool,
    ready: OnceLock<Services>,
    replayed: AtomicU64,
    total: AtomicU64,
    /// Since when it recovers.
    began: Instant,
    /// And how long that took.
    recovered: OnceLock<Duration>,
    meters: Meters,
    gates: Gates,
    /// No longer ready; `stopping` follows.
    leaving: AtomicBool,
    stopping: AtomicBool,
    body_room: BodyRoom,
    unpacking: Arc<Semaphore>,
    journal_reads: Arc<Semaphore>,
    places: Places,
    levels: Levels,
    tokens: StreamTokens,
    sessions: Sessions,
    last_uses: LastUses,
    snapshots: Arc<AtOnce>,
}

impl App {
    /// The network, once it is recovered.
    pub(crate) fn ready(&self) -> Result<&Services, Problem> {
        self.0.ready.get().ok_or_else(|| {
            let (replayed, total) = self.recovery();
            Problem::plain(Code::Recovering).with("replayed", replayed).with("total", total)
        })
    }

    /// How many events are replayed, and of how many.
    pub(crate) fn recovery(&self) -> (u64, u64) {
        (self.0.replayed.load(Ordering::Relaxed), self.0.total.load(Ordering::Relaxed))
    }

    /// How long recovering took, or has taken so far.
    pub(crate) fn recovery_time(&self) -> Duration {
        self.0.recovered.get().copied().unwrap_or_else(|| self.0.began.elapsed())
    }

    /// `recovering`, `ready` or `stopping`.
    pub(crate) fn status(&self) -> &'static str {
        match self.0.ready.get() {
            _ if self.is_leaving() => "stopping",
            Some(_) => "ready",
            None => "recovering",
        }
    }

    /// What it measures of itself.
    pub(crate) fn meters(&self) -> &Meters {
        &self.0.meters
    }

    /// What may be told to the log.
    pub(crate) fn gates(&self) -> &Gates {
        &self.0.gates
    }

    pub(crate) fn options(&self) -> &GatewayOptions {
        &self.0.options
    }

    /// The budgets of keys and addresses.
    pub(crate) fn rates(&self) -> &Rates {
        &self.0.rates
    }

    pub(crate) fn identity(&self) -> &Identity {
        // Nothing is shown before it is known.
        static UNKNOWN: LazyLock<Identity> = LazyLock::new(|| Identity::of(&JournalId(0).into()));
        self.0.identity.get().unwrap_or(&UNKNOWN)
    }

    /// What recovering is about right now.
    pub(crate) fn recovery_phase(&self) -> &'static str {
        if self.0.is_replaying.load(Ordering::Relaxed) { "replaying" } else { "checking" }
    }

    /// Room for large bodies.
    pub(crate) fn body_room(&self) -> &BodyRoom {
        &self.0.body_room
    }

    /// Turns at unpacking large bodies.
    pub(crate) fn unpacking(&self) -> &Arc<Semaphore> {
        &self.0.unpacking
    }

    /// The places of live readers.
    pub(crate) fn places(&self) -> &Places {
        &self.0.places
    }

    /// The stream tokens that are not used yet.
    pub(crate) fn tokens(&self) -> &StreamTokens {
        &self.0.tokens
    }

    /// The issuer whose tokens are taken, if there is one.
    pub(crate) fn oidc(&self) -> Option<&Oidc> {
        self.0.oidc.as_ref()
    }

    /// The browsers that are signed in.
    pub(crate) fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    /// When keys were last used.
    pub(crate) fn last_uses(&self) -> &LastUses {
        &self.0.last_uses
    }

    /// Where readers of levels subscribe.
    pub(crate) fn levels(&self) -> &Levels {
        &self.0.levels
    }

    /// A turn at a snapshot, for as long as it keeps rows still.
    pub(crate) fn snapshot_turn(&self, key: Option<KeyId>) -> Result<Turn, Problem> {
        self.0.snapshots.take(key).map_err(|full| full.problem("snapshots", "under way"))
    }

    /// Whether it is to be stopped, though it may go on for a while.
    pub(crate) fn is_leaving(&self) -> bool {
        self.0.leaving.load(Ordering::Relaxed)
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.0.stopping.load(Ordering::Relaxed)
    }

    /// Renders with the names of now. Short: the views' lock is held meanwhile.
    pub(crate) fn render<T>(&self, act: impl FnOnce(Render<'_>) -> T) -> Result<T, Problem> {
        let state = self.ready()?.views.read();
        Ok(act(Render { state: &state, identity: self.identity() }))
    }

    /// The sequence of a place in the past. Reads the journal.
    pub(crate) fn sequence_of(&self, moment: Moment) -> Result<Sequence, Problem> {
        match moment {
            Moment::Sequence(sequence) => Ok(sequence),
            Moment::Time(time) => Ok(self.ready()?.past.books.sequence_at(time)?),
        }
    }

    /// Does what reads the journal, beside the threads of the runtime.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Self, &Views) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        // Only fails when closed, which it never is.
        let turn = Arc::clone(&self.0.journal_reads).acquire_owned().await;
        let app = self.clone();
        let task = tokio::task::spawn_blocking(carried(move || {
            // Held by the read and not by its client, who may go away in the midst of it.
            let _turn = turn;
            act(&app, &app.ready()?.views)
        }));
        task.await.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(Problem::plain(Code::Stopping)),
        })
    }
}
