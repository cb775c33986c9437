//! How fast the story is told.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::supply::Minutes;
use crate::client::NetworkClock;

/// The slowest: a run takes two minutes of ours. On a network that is slower than that, a minute of
/// the story is less than one of the network's.
const MINUTE_MAX: Duration = Duration::from_nanos(33_333_333);

/// When a run began, and how long its minutes are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tempo {
    began: Instant,
    began_at: Timestamp,
    /// A minute of the story in our time, and in network time.
    minute: Duration,
    network_minute: SignedDuration,
}

impl Tempo {
    /// A run that begins now, when the clock was read.
    pub(super) fn from_now(clock: &NetworkClock) -> Self {
        let speed = clock.speed().max(1);
        let minute = (Duration::from_mins(1) / speed).min(MINUTE_MAX);
        let network_minute =
            SignedDuration::try_from(minute * speed).unwrap_or(SignedDuration::MAX);
        let began_at = clock.after(Duration::ZERO);
        Self { began: Instant::now(), began_at, minute, network_minute }
    }

    /// When a time of the story comes.
    pub(super) fn due(&self, at: Minutes) -> Instant {
        self.began + self.minute * at
    }

    /// That time in network time.
    pub(super) fn network(&self, at: Minutes) -> Timestamp {
        self.began_at.saturating_add(self.lasting(at)).unwrap_or(self.began_at)
    }

    /// So many minutes of the story in network time.
    pub(super) fn lasting(&self, minutes: Minutes) -> SignedDuration {
        self.network_minute.saturating_mul(i32::try_from(minutes).unwrap_or(i32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_one_of_the_network_unless_that_is_too_long_to_watch() {
        let start: Timestamp = "2200-01-01T00:00:00Z".parse().unwrap();
        for (speed, wall, network) in [
            (3_600, Duration::from_mins(1), SignedDuration::from_hours(60)),
            (36_000, Duration::from_secs(6), SignedDuration::from_hours(60)),
            (1_800, Duration::from_mins(2), SignedDuration::from_hours(60)),
            (1, Duration::from_mins(2), SignedDuration::from_mins(2)),
        ] {
            let tempo = Tempo::from_now(&NetworkClock::new(start, speed));
            let near = Duration::from_millis(1);
            assert!((tempo.due(3_600) - tempo.began).abs_diff(wall) < near, "{speed}");
            let lasts = tempo.network(3_600).duration_since(start);
            let off = (lasts - network).abs();
            assert!(off <= SignedDuration::from_millis(i64::from(speed)), "{speed}: {lasts:?}");
        }
    }
}
