//! `itn watch`: the live stream, in words for a person or as NDJSON for a program.
//!
//! Whatever happens to the connection or to the server, each event is shown once: the stream is taken
//! up again behind the last one that was shown.

use std::fmt;
use std::io::{self, BufWriter, Write};
use std::time::Duration;

use thiserror::Error;

use crate::client::stream::{EventStream, Opening};
use crate::client::{Client, ClientError, Filters, Position, Problem, ServerOptions, query};
use crate::console;

mod line;
mod pause;
mod words;

use line::Painter;
use pause::Pause;

const EXAMPLES: &str = "\
Examples:
  itn watch
  itn watch --topic alert,shipment --station ceres
  itn watch --after 0 --ndjson | jq -c '.data.total? // empty'
  itn watch --snapshot inventory,shipments --ndjson > state-and-events.ndjson";

/// The stream's path.
const PATH: &str = "/api/updates/real-time";
/// How often a position that the server has just told may be unknown to its stream: the two hear of a
/// commit one after the other.
const BEGINNINGS_MAX: u32 = 10;

/// Follow what happens: a line an event, in words or as NDJSON
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct WatchOptions {
    #[command(flatten)]
    server: ServerOptions,
    /// Begin behind this position, an event's id or its sequence; 0 is the beginning, and now is what
    /// it is without this
    #[arg(long, value_name = "POSITION", conflicts_with = "snapshot")]
    after: Option<String>,
    /// Begin with the state of these, then every event since: inventory, shipments, alerts, summary
    #[arg(long, value_name = "PARTS")]
    snapshot: Option<String>,
    /// Write the events as the API has them, one a line, for other programs
    #[arg(long)]
    ndjson: bool,
    /// Whether words are in colour; auto: on a screen, unless `NO_COLOR` is set
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Colour::Auto)]
    color: Colour,
    #[command(flatten)]
    filters: Filters,
}

/// Whether words are in colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Colour {
    Auto,
    Always,
    Never,
}

impl Colour {
    fn is_wanted(self) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            // https://no-color.org: set and not empty, whatever it is.
            Self::Auto => {
                let says_no = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
                let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
                console::is_terminal() && !says_no && !is_dumb
            }
        }
    }
}

/// Why there is nothing more to see.
#[derive(Debug, Error)]
pub(crate) enum WatchError {
    /// The server cannot be used, or has refused.
    #[error("{0}")]
    Server(#[from] ClientError),
    /// Standard output cannot be written.
    #[error("cannot write to standard output: {0}")]
    Stdout(io::Error),
}

impl WatchError {
    /// Whether whoever read standard output has had enough.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Stdout(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// Follows until something is final.
pub(crate) async fn watch(options: &WatchOptions) -> Result<(), WatchError> {
    let client = Client::new(&options.server)?;
    let now = Position::read(&client).await?;
    let begin = match (&options.after, &options.snapshot) {
        (Some(after), _) => Some(after.clone()),
        (None, Some(_)) => None,
        // By its number, so that a connection lost before the first event costs none.
        (None, None) => Some(now.to_string()),
    };
    let own_beginnings = if options.after.is_none() { BEGINNINGS_MAX } else { 0 };
    let show = if options.ndjson {
        Show::Ndjson
    } else {
        Show::Words(Painter::new(options.color.is_wanted()))
    };
    let out = BufWriter::new(console::results());
    let (at, has_begun) = (begin, false);
    let mut watch = Watch { client, options, at, own_beginnings, has_begun, show, out };
    watch.run().await
}

struct Watch<'a, W: Write> {
    client: Client,
    options: &'a WatchOptions,
    /// Behind what to go on: the last position that was told; none before a snapshot.
    at: Option<String>,
    /// How often a position of our own finding may still be refused.
    own_beginnings: u32,
    /// Whether there was a connection.
    has_begun: bool,
    show: Show,
    out: BufWriter<W>,
}

enum Show {
    Ndjson,
    Words(Painter),
}

/// Why a connection is to be made anew.
enum Lost {
    /// It could not be made, or broke.
    Broken { why: String, asked_wait: Option<Duration> },
    /// The server let go of a reader that was too slow.
    Lagged,
}

impl<W: Write> Watch<'_, W> {
    async fn run(&mut self) -> Result<(), WatchError> {
        let mut pause = Pause::default();
        let mut is_lost = false;
        loop {
            let lost = match self.open().await? {
                Err(lost) => lost,
                Ok(mut stream) => {
                    self.say_connected();
                    is_lost = false;
                    let lost = self.read(&mut stream, &mut pause).await?;
                    pause.hint(stream.retry());
                    lost
                }
            };
            let asked_wait = match lost {
                Lost::Lagged => {
                    console::note(&format!("itn watch: too slow; going on {}", self.place()));
                    None
                }
                Lost::Broken { why, asked_wait } => {
                    if !is_lost {
                        is_lost = true;
                        let what = if self.has_begun { "disconnected" } else { "not connected" };
                        console::note(&format!("itn watch: {what}: {why}; trying again"));
                    }
                    asked_wait
                }
            };
            tokio::time::sleep(pause.next(asked_wait)).await;
        }
    }

    /// A connection, or why there is none yet; an error if there will be none.
    async fn open(&mut self) -> Result<Result<EventStream, Lost>, WatchError> {
        let snapshot = self.options.snapshot.as_deref().filter(|_| self.at.is_none());
        let snapshot = snapshot.map(|parts| ("snapshot", parts));
        let path = query(PATH, self.options.filters.given().chain(snapshot));
        let broken = |why: String, asked_wait| Ok(Err(Lost::Broken { why, asked_wait }));
        match self.client.open_stream(path, self.at.as_deref()).await {
            Ok(Opening::Stream(stream)) => {
                self.own_beginnings = 0;
                Ok(Ok(stream))
            }
            Ok(Opening::Refused(answer)) => {
                let problem = Problem::of(&answer);
                if answer.is_worth_a_retry() || answer.status.is_server_error() {
                    return broken(problem.to_string(), answer.retry_after());
                }
                if problem.code == "unknown_position" && self.own_beginnings > 0 {
                    self.own_beginnings -= 1;
                    return broken(problem.to_string(), None);
                }
                Err(ClientError::Refused(Box::new(problem)).into())
            }
            Err(error) if error.is_worth_a_retry() => broken(error.to_string(), None),
            Err(error) => Err(error.into()),
        }
    }

    /// Shows what comes until the connection is over.
    async fn read(
        &mut self,
        stream: &mut EventStream,
        pause: &mut Pause,
    ) -> Result<Lost, WatchError> {
        loop {
            let message = match stream.next().await {
                Ok(Some(message)) => message,
                Ok(None) => return Ok(broken("the server ended the stream".to_owned())),
                Err(error) if error.is_worth_a_retry() => return Ok(broken(error.to_string())),
                Err(error) => return Err(error.into()),
            };
            pause.reset();
            match message.event.as_str() {
                "progress" => {}
                "lagged" => {
                    let told: Lagged =
                        serde_json::from_str(&message.data).map_err(ClientError::NotUnderstood)?;
                    self.at = told.resume_after.or(self.at.take());
                    return Ok(Lost::Lagged);
                }
                kind => {
                    self.show(kind, &message.data).map_err(WatchError::Stdout)?;
                    if !stream.has_more() {
                        self.out.flush().map_err(WatchError::Stdout)?;
                    }
                }
            }
            // What was shown is not asked for again.
            if !message.last_event_id.is_empty() {
                self.at = Some(message.last_event_id);
            }
        }
    }

    fn show(&mut self, kind: &str, data: &str) -> io::Result<()> {
        match &self.show {
            // Between the members of an object a line may end; within a text it cannot.
            Show::Ndjson => writeln!(self.out, "{}", data.replace(['\n', '\r'], " ")),
            Show::Words(painter) => writeln!(self.out, "{}", painter.line(kind, data)),
        }
    }

    fn say_connected(&mut self) {
        let again = std::mem::replace(&mut self.has_begun, true);
        let (url, place) = (&self.options.server.url, self.place());
        if again {
            console::note(&format!("itn watch: connected again, going on {place}"));
        } else {
            console::note(&format!("itn watch: following {url} {place}"));
        }
    }

    fn place(&self) -> Place<'_> {
        Place(self.at.as_deref())
    }
}

/// The server's word to a reader that was too slow.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lagged {
    resume_after: Option<String>,
}

fn broken(why: String) -> Lost {
    Lost::Broken { why, asked_wait: None }
}

/// Where a stream begins, in words.
struct Place<'a>(Option<&'a str>);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("from the state now"),
            Some(position) => {
                let sequence = position.split_once('-').map_or(position, |(digits, _)| digits);
                write!(f, "after {sequence}")
            }
        }
    }
}

#[cfg(test)]
mod tests;
