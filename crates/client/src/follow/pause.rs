//! How long to wait before a connection is made anew.

use std::time::Duration;

use crate::retry::spread;

/// The first pause, unless the server asks for another.
const PAUSE_USUAL: Duration = Duration::from_millis(500);
/// The longest that grows by itself: long enough for a server in trouble, short enough for a person.
const PAUSE_MAX: Duration = Duration::from_secs(15);
/// The longest that a server may ask for.
const ASKED_MAX: Duration = Duration::from_mins(1);

/// Pauses that double until something comes, spread so that readers who lost the same server do not
/// come back as one.
#[derive(Debug)]
pub(super) struct Pause {
    first: Duration,
    failures: u32,
}

impl Default for Pause {
    fn default() -> Self {
        Self { first: PAUSE_USUAL, failures: 0 }
    }
}

impl Pause {
    /// What the stream's `retry` says.
    pub(super) fn hint(&mut self, retry: Option<Duration>) {
        self.first = retry.unwrap_or(self.first).clamp(Duration::from_millis(50), PAUSE_MAX);
    }

    /// Something came: the next pause is the first again.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }

    /// The next pause: what the server asks for, or twice the last.
    pub(super) fn next(&mut self, asked: Option<Duration>) -> Duration {
        let doubled = self.first.saturating_mul(2_u32.saturating_pow(self.failures.min(16)));
        self.failures += 1;
        let own = spread(doubled.min(PAUSE_MAX));
        asked.map_or(own, |asked| asked.clamp(own, ASKED_MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_until_something_comes() {
        let mut pause = Pause::default();
        let check = |pause: &mut Pause, most: &[f32]| {
            for most in most {
                let wait = pause.next(None).as_secs_f32();
                assert!(wait >= most / 2.0 && wait <= *most, "{wait} of {most}");
            }
        };
        check(&mut pause, &[0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0]);
        assert_eq!(pause.next(Some(Duration::from_secs(30))).as_secs(), 30);
        assert_eq!(pause.next(Some(Duration::from_hours(1))), ASKED_MAX);
        assert!(pause.next(Some(Duration::ZERO)) >= PAUSE_MAX / 2);
        pause.reset();
        pause.hint(Some(Duration::from_secs(1)));
        check(&mut pause, &[1.0, 2.0]);
    }
}
