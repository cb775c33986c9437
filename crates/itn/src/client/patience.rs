//! How often and how long a client waits before it gives up.

use std::time::Duration;

/// The most tries of one request and the longest wait between two of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    pub(crate) tries_max: u32,
    pub(crate) wait_max: Duration,
}

impl Default for Patience {
    /// About half a minute in all: a restart of the server is waited for, a wrong port is not long.
    fn default() -> Self {
        Self { tries_max: 9, wait_max: Duration::from_secs(8) }
    }
}

impl Patience {
    /// Three seconds, for the first request: a server that starts now is waited for, a wrong port
    /// is soon told.
    pub(super) const FIRST: Self = Self { tries_max: 6, wait_max: Duration::from_secs(2) };

    /// Minutes, for work that is long anyway: a server that restarts and replays is waited for.
    pub(crate) const LONG: Self = Self { tries_max: 60, wait_max: Duration::from_secs(8) };

    pub(super) fn tries(self) -> Tries {
        Tries { patience: self, made: 1 }
    }
}

/// The tries of one request.
pub(super) struct Tries {
    patience: Patience,
    made: u32,
}

impl Tries {
    /// How long to wait before the next try; `None` to give up. The server's own wish wins over
    /// doubling from 100 ms, within the bound.
    pub(super) fn next_wait(&mut self, asked: Option<Duration>) -> Option<Duration> {
        if self.made >= self.patience.tries_max {
            return None;
        }
        let doubled = Duration::from_millis(100) * 2_u32.saturating_pow(self.made.min(16) - 1);
        self.made += 1;
        Some(asked.unwrap_or(doubled).min(self.patience.wait_max))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_bound_and_end() {
        let patience = Patience { tries_max: 5, wait_max: Duration::from_millis(350) };
        let mut tries = patience.tries();
        let waits: Vec<_> = std::iter::from_fn(|| tries.next_wait(None)).collect();
        assert_eq!(waits, [100, 200, 350, 350].map(Duration::from_millis));
        let mut tries = patience.tries();
        assert_eq!(tries.next_wait(Some(Duration::ZERO)), Some(Duration::ZERO));
    }
}
