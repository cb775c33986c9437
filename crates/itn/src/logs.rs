//! The log: lines on standard error, written by a thread of its own.
//!
//! Whoever says something never waits for whoever reads it: past a bound lines are lost, which is
//! counted and told as soon as there is room again. A pipe that nobody reads so costs lines of the
//! log, and neither trades nor memory.

mod format;

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{self, Write};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use domain::meter::Counter;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::console;
pub(crate) use format::LogFormat;
use format::{Json, Readable};

/// Lines that wait to be written: some MiB at most, and a second of the busiest log.
const LINES_MAX: usize = 8_192;
/// How long the end of the program waits for its last lines to be read.
const FLUSH_TIME: Duration = Duration::from_secs(1);
/// How often it looks whether there is room to ask for that.
const FLUSH_LOOK_EVERY: Duration = Duration::from_millis(5);

static QUEUE: OnceLock<SyncSender<Said>> = OnceLock::new();
static LOST: OnceLock<Counter> = OnceLock::new();

/// What goes to the thread that writes.
enum Said {
    Line(Box<[u8]>),
    /// Everything before it is to be written.
    Flush(SyncSender<()>),
}

/// Writes what is left when it is dropped.
pub(crate) struct Logs;

impl Drop for Logs {
    fn drop(&mut self) {
        flush();
    }
}

/// Begins the log, which also takes the words of panics: standard error may block.
pub(crate) fn begin(filter: &str, format: LogFormat) -> io::Result<Logs> {
    let (queue, said) = sync_channel(LINES_MAX);
    thread::Builder::new().name("log".to_owned()).spawn(move || write(&said, format))?;
    let _ = QUEUE.set(queue);
    let log = tracing_subscriber::fmt()
        .with_writer(Lines)
        .with_env_filter(EnvFilter::new(filter))
        .with_ansi(console::is_watched() && format == LogFormat::Readable);
    match format {
        LogFormat::Readable => log.event_format(Readable).init(),
        LogFormat::Json => log.event_format(Json).init(),
    }
    std::panic::set_hook(Box::new(|panic| {
        let backtrace = Backtrace::capture();
        let backtrace =
            (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string());
        let thread = thread::current();
        let (thread, place) =
            (thread.name().unwrap_or("?"), panic.location().map(ToString::to_string));
        let words = panic.payload_as_str().unwrap_or("?");
        tracing::error!(thread, place, backtrace, words, "a thread panicked");
    }));
    Ok(Logs)
}

/// Waits until what was said is written; not for long, if nobody reads it.
pub(crate) fn flush() {
    let Some(queue) = QUEUE.get() else { return };
    let until = Instant::now() + FLUSH_TIME;
    let (done, written) = sync_channel(1);
    let mut flush = Said::Flush(done);
    while let Err(TrySendError::Full(back)) = queue.try_send(flush) {
        if Instant::now() >= until {
            return;
        }
        flush = back;
        thread::sleep(FLUSH_LOOK_EVERY);
    }
    let _ = written.recv_timeout(until.saturating_duration_since(Instant::now()));
}

/// Says a line that is no line of the log, in its place among them.
pub(crate) fn say(line: &str) {
    match QUEUE.get() {
        Some(_) => drop(Lines.write(format!("{line}\n").as_bytes())),
        None => console::note(line),
    }
}

/// How many lines were lost.
pub(crate) fn lost_count() -> u64 {
    lost().get()
}

fn lost() -> &'static Counter {
    LOST.get_or_init(Counter::default)
}

/// The thread that writes, until the end of the program.
fn write(said: &Receiver<Said>, format: LogFormat) {
    let mut told_lost = 0;
    while let Ok(said) = said.recv() {
        // A standard error that is gone is no reason to stop.
        let mut error = io::stderr();
        match said {
            Said::Line(line) => drop(error.write_all(&line)),
            Said::Flush(done) => drop(done.try_send(())),
        }
        let lost = lost_count();
        if lost > told_lost {
            let _ = error.write_all(format.lost(lost - told_lost).as_bytes());
            told_lost = lost;
        }
    }
}

/// Each write is a whole line.
#[derive(Clone, Copy)]
struct Lines;

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let sent = QUEUE.get().map(|queue| queue.try_send(Said::Line(line.into())));
        if !matches!(sent, Some(Ok(()))) {
            lost().add(1);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        *self
    }
}
