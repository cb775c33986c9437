//! What a run has done, for the live line and the last words.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use crate::console::grouped;

/// Counts and times of answers.
#[derive(Debug)]
pub(super) struct Tally {
    started: Instant,
    accepted: u64,
    refused: BTreeMap<String, u64>,
    unanswered: u64,
    latency_us: Histogram<u64>,
    /// Answers at the latest looks, for the rate of now.
    looks: VecDeque<(Instant, u64)>,
    latest_failure: Option<String>,
}

/// The rate of now is that of so many looks.
const LOOKS_MAX: usize = 10;

impl Tally {
    pub(super) fn new() -> Option<Self> {
        Some(Self {
            started: Instant::now(),
            accepted: 0,
            refused: BTreeMap::new(),
            unanswered: 0,
            // Three digits from a microsecond to two minutes, longer than any request may take.
            latency_us: Histogram::new_with_bounds(1, 120_000_000, 3).ok()?,
            looks: VecDeque::new(),
            latest_failure: None,
        })
    }

    pub(super) fn accepted(&mut self, latency: Duration) {
        self.accepted += 1;
        self.latency(latency);
    }

    pub(super) fn refused(&mut self, code: &str, latency: Duration) {
        *self.refused.entry(code.to_owned()).or_default() += 1;
        self.latency(latency);
    }

    pub(super) fn unanswered(&mut self, why: String) {
        self.unanswered += 1;
        self.latest_failure = Some(why);
    }

    fn latency(&mut self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        self.latency_us.saturating_record(micros);
    }

    /// Whether every try so far failed.
    pub(super) fn is_hopeless(&self) -> bool {
        self.answers() == 0 && self.unanswered > 0
    }

    fn answers(&self) -> u64 {
        self.accepted + self.refused.values().sum::<u64>()
    }

    /// The line shown while it runs.
    pub(super) fn line(&mut self, under_way: usize) -> String {
        let now = Instant::now();
        let answers = self.answers();
        self.looks.push_back((now, answers));
        if self.looks.len() > LOOKS_MAX {
            self.looks.pop_front();
        }
        let (since, before) = self.looks.front().copied().unwrap_or((self.started, 0));
        let rate = per_second(answers - before, now.saturating_duration_since(since));
        format!(
            "{rate}/s  {} accepted  {}  {}  {} under way{}",
            grouped(self.accepted),
            self.refusals(),
            self.latencies(),
            grouped(under_way as u64),
            self.failure(),
        )
    }

    fn refusals(&self) -> String {
        let total: u64 = self.refused.values().sum();
        let by_code = self.refused.iter().map(|(code, count)| format!("{code} {count}"));
        let by_code = by_code.collect::<Vec<_>>().join(", ");
        if total == 0 {
            return "0 refused".to_owned();
        }
        format!("{} refused ({by_code})", grouped(total))
    }

    fn latencies(&self) -> String {
        let at = |quantile| {
            let micros = self.latency_us.value_at_quantile(quantile);
            format!("{}.{} ms", micros / 1000, micros % 1000 / 100)
        };
        format!("p50 {} p99 {}", at(0.5), at(0.99))
    }

    fn failure(&self) -> String {
        let why = self.latest_failure.as_ref();
        why.map(|why| format!("  {} unanswered: {why}", self.unanswered)).unwrap_or_default()
    }
}

/// The last words.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let elapsed = self.started.elapsed();
        let answers = self.answers();
        let rate = per_second(answers, elapsed);
        writeln!(f, "ran         {} s, {rate} commands/s", elapsed.as_secs())?;
        writeln!(f, "accepted    {}", grouped(self.accepted))?;
        writeln!(f, "refused     {}", self.refusals())?;
        if self.unanswered > 0 {
            writeln!(f, "unanswered {}", self.failure())?;
        }
        write!(f, "latency     {}, retries included", self.latencies())
    }
}

fn per_second(count: u64, elapsed: Duration) -> u64 {
    let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
    (count * 1000 + millis / 2) / millis
}
