//! `itn watch`: the live stream, in words for a person or as NDJSON for a program.
//!
//! Whatever happens to the connection or to the server, each event is shown once: the stream is taken
//! up again behind the last one that was shown.

use std::fmt;
use std::io::{self, BufWriter, Write};

use itn_client::{Begin, Follow, Follower, Heard};
use thiserror::Error;

use crate::client::{ClientError, Filters, ServerOptions, position};
use crate::console;

mod line;
mod words;

use line::Painter;

const EXAMPLES: &str = "\
Examples:
  itn watch
  itn watch --topic alert,shipment --station ceres
  itn watch --after 0 --ndjson | jq -c '.data.total? // empty'
  itn watch --snapshot inventory,shipments --ndjson > state-and-events.ndjson";

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
    #[error(transparent)]
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
    let client = options.server.client()?;
    let now = position(&client).await?;
    let begin = match (&options.after, &options.snapshot) {
        (Some(after), _) => Begin::After(after.clone()),
        (None, Some(parts)) => Begin::Snapshot(parts.clone()),
        (None, None) => Begin::Now,
    };
    let mut follower = client.follow(Follow { filter: options.filters.of_stream(), begin });
    if options.after.is_none() && options.snapshot.is_none() {
        follower.begin_at(now);
    }
    let show = if options.ndjson {
        Show::Ndjson
    } else {
        Show::Words(Painter::new(options.color.is_wanted()))
    };
    let out = BufWriter::new(console::results());
    Watch { follower, url: &options.server.url, is_lost: false, has_begun: false, show, out }
        .run()
        .await
}

struct Watch<'a, W: Write> {
    follower: Follower,
    url: &'a str,
    /// Whether it was said that there is no connection.
    is_lost: bool,
    /// Whether there was one.
    has_begun: bool,
    show: Show,
    out: BufWriter<W>,
}

enum Show {
    Ndjson,
    Words(Painter),
}

impl<W: Write> Watch<'_, W> {
    async fn run(&mut self) -> Result<(), WatchError> {
        loop {
            match self.follower.hear().await.map_err(ClientError::from)? {
                Heard::Message(message) => {
                    self.show(&message.event, &message.data).map_err(WatchError::Stdout)?;
                    if !self.follower.has_more() {
                        self.out.flush().map_err(WatchError::Stdout)?;
                    }
                }
                Heard::Progress => {}
                Heard::Connected { again } => self.say_connected(again),
                Heard::Lagged => say(&format!("too slow; going on {}", self.place())),
                Heard::Anew => say("the server's journal is another; beginning anew"),
                Heard::Lost { why, .. } => {
                    if !std::mem::replace(&mut self.is_lost, true) {
                        let what = if self.has_begun { "disconnected" } else { "not connected" };
                        say(&format!("{what}: {why}; trying again"));
                    }
                }
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

    fn say_connected(&mut self, again: bool) {
        (self.is_lost, self.has_begun) = (false, true);
        let place = self.place();
        if again {
            say(&format!("connected again, going on {place}"));
        } else {
            say(&format!("following {} {place}", self.url));
        }
    }

    fn place(&self) -> Place<'_> {
        Place(self.follower.position())
    }
}

fn say(what: &str) {
    console::note(&format!("itn watch: {what}"));
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
