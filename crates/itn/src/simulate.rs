//! `itn simulate`: traders, ships and places that live on a server, through its public API alone.
//!
//! The play ([`world`]) decides what to ask, connections take turns to ask it, the tally counts.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use thiserror::Error;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::client::{Client, ClientError, ServerOptions};
use crate::commands::whole;
use crate::galaxy::{self, Scale};
use crate::progress::Progress;

mod fleet;
mod orders;
mod pace;
mod setup;
mod ship;
mod stage;
mod tally;
mod world;

use pace::Pace;
pub(crate) use stage::{Coordinates, Part, part_of};
use tally::Tally;
use world::{Outcome, World};

/// How long answers that are out are waited for after the end.
const LAST_ANSWERS_WAIT: Duration = Duration::from_secs(5);
/// How often the live line is drawn anew.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Commands a second that one connection is trusted with: an answer may take 20 ms.
const RATE_PER_CONNECTION: u32 = 50;

/// Options of `itn simulate`.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct SimulateOptions {
    #[command(flatten)]
    pub(crate) server: ServerOptions,
    /// Commands a second
    #[arg(long, default_value_t = 40, value_parser = whole::<u32>(1, 100_000))]
    pub(crate) rate: u32,
    /// Stop after so many seconds; without it, run until ctrl-c
    #[arg(long, value_parser = whole::<u64>(0, u64::MAX))]
    pub(crate) seconds: Option<u64>,
    /// Ships, each a trader of its own; four for each command a second if not given
    #[arg(long, value_parser = whole::<u32>(1, 99_999))]
    pub(crate) traders: Option<u32>,
    /// The same seed plays the same on the same server
    #[arg(long, default_value_t = 1, value_parser = whole::<u64>(0, u64::MAX))]
    pub(crate) seed: u64,
    /// Put a ready-made galaxy on the server first
    #[arg(long, value_enum)]
    pub(crate) galaxy: Option<Scale>,
    /// Shipments that are under way from the start, and stay about so many: ships then take as long
    /// as it takes. The demo's.
    #[arg(skip)]
    pub(crate) under_way: u32,
}

impl SimulateOptions {
    fn traders(&self) -> u32 {
        self.traders.unwrap_or_else(|| self.rate.saturating_mul(4).clamp(16, 2_000))
    }

    fn connections(&self) -> u32 {
        self.rate.div_ceil(RATE_PER_CONNECTION).clamp(4, 128)
    }
}

/// Why a simulation cannot go on.
#[derive(Debug, Error)]
pub(crate) enum SimulateError {
    /// The server could not be asked, or refused the preparations.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// There are no two stations between which anything is made and needed.
    #[error(
        "the server has too few stations and commodities to trade between; give it some, or add \
         --galaxy standard"
    )]
    NothingToTrade,
    /// Not one request was answered.
    #[error("no request was answered")]
    Unanswered,
}

/// A simulation with its stage set, ready to run.
#[derive(Debug)]
pub(crate) struct Simulation {
    world: World,
    client: Client,
    options: SimulateOptions,
}

impl Simulation {
    /// Puts on the server what the play needs.
    pub(crate) async fn prepare(options: SimulateOptions) -> Result<Self, SimulateError> {
        let client = options.server.client()?;
        if let Some(scale) = options.galaxy {
            galaxy::build(scale, options.seed).post(&client).await?;
        }
        let world = setup::world(&client, &options).await?;
        Ok(Self { world, client, options })
    }

    /// Shipments under way now.
    pub(crate) fn under_way(&self) -> usize {
        self.world.under_way()
    }

    /// Runs until the time is over or `stop` turns true; returns the last words. What comes as
    /// `notes` is written above the live line.
    pub(crate) async fn run(
        self,
        stop: watch::Receiver<bool>,
        notes: Option<mpsc::Receiver<String>>,
    ) -> Result<String, SimulateError> {
        let Self { world, client, options } = self;
        let tally = Tally::new().ok_or(SimulateError::Unanswered)?;
        let play = Arc::new(Play {
            client,
            pace: Pace::new(options.rate),
            world: Mutex::new(world),
            tally: Mutex::new(tally),
            started: Instant::now(),
        });
        let (end, ended) = watch::channel(false);
        let mut connections = JoinSet::new();
        for _ in 0..options.connections() {
            connections.spawn(Arc::clone(&play).take_turns(ended.clone()));
        }
        play.show_until_over(options.seconds.map(Duration::from_secs), stop, notes).await;
        // No more turns. Answers that are out are waited for a little; dropping the set ends the
        // rest.
        end.send_replace(true);
        let all_answered = async { while connections.join_next().await.is_some() {} };
        tokio::time::timeout(LAST_ANSWERS_WAIT, all_answered).await.ok();
        let tally = locked(&play.tally);
        if tally.is_hopeless() {
            return Err(SimulateError::Unanswered);
        }
        Ok(tally.to_string())
    }
}

/// A run, shared by its connections.
#[derive(Debug)]
struct Play {
    client: Client,
    pace: Pace,
    world: Mutex<World>,
    tally: Mutex<Tally>,
    started: Instant,
}

impl Play {
    /// One connection's part: a turn, an order, its answer, and again.
    async fn take_turns(self: Arc<Self>, mut ended: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                biased;
                _ = ended.wait_for(|ended| *ended) => return,
                () = self.pace.turn() => {}
            }
            self.take_turn().await;
        }
    }

    async fn take_turn(&self) {
        let order = locked(&self.world).next(self.started.elapsed());
        let asked = Instant::now();
        let answer = self.client.send(&order.request).await;
        let latency = asked.elapsed();
        let now = self.started.elapsed();
        match answer {
            Ok(answer) if answer.is_success() => {
                locked(&self.tally).accepted(latency);
                locked(&self.world).done(order, &Outcome::Accepted(&answer.body), now);
            }
            Ok(answer) => {
                let problem = answer.problem();
                locked(&self.tally).refused(&problem.code, latency);
                locked(&self.world).done(order, &Outcome::Refused(&problem), now);
            }
            Err(error) => {
                locked(&self.tally).unanswered(error.to_string());
                locked(&self.world).done(order, &Outcome::Unknown, now);
            }
        }
    }

    /// Keeps the live line fresh until the time is over or someone says stop.
    async fn show_until_over(
        &self,
        time: Option<Duration>,
        mut stop: watch::Receiver<bool>,
        mut notes: Option<mpsc::Receiver<String>>,
    ) {
        let progress = Progress::line();
        let mut looks = tokio::time::interval(LOOK_EVERY);
        while time.is_none_or(|time| self.started.elapsed() < time) {
            tokio::select! {
                _ = stop.wait_for(|stopped| *stopped) => return,
                line = noted(&mut notes) => progress.note(&line),
                _ = looks.tick() => {
                    let under_way = locked(&self.world).under_way();
                    progress.show(locked(&self.tally).line(under_way));
                }
            }
        }
    }
}

/// The next note; none ever comes when nobody writes any.
async fn noted(notes: &mut Option<mpsc::Receiver<String>>) -> String {
    let line = match notes {
        Some(notes) => notes.recv().await,
        None => None,
    };
    match line {
        Some(line) => line,
        None => std::future::pending().await,
    }
}

/// A lock is only held to look or to note: a panic elsewhere leaves nothing half done in it.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
