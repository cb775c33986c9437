//! How often, how long and how far apart a request is tried.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// The bounds of trying again.
///
/// Waits double from `wait_first` to `wait_max`, and of each a random half is left out, so that clients that
/// lost the same server do not come back as one. What the server asks for in `Retry-After` is waited for in
/// full. When the tries or the time are over, the last outcome is the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// The most tries of one request, the first among them.
    pub attempts_max: u32,
    /// The first wait.
    pub wait_first: Duration,
    /// The longest wait that grows by itself.
    pub wait_max: Duration,
    /// No try begins later than this after the first; in bulk, after the first loss.
    pub time_max: Duration,
}

impl Default for Retry {
    /// About half a minute: a restart of the server is waited for, a wrong port is not for long.
    fn default() -> Self {
        Self {
            attempts_max: 10,
            wait_first: Duration::from_millis(100),
            wait_max: Duration::from_secs(8),
            time_max: Duration::from_mins(1),
        }
    }
}

impl Retry {
    /// Seconds, for the first request to a server that may not be there: one that starts is waited
    /// for, a wrong port is soon told.
    pub const SHORT: Self = Self {
        attempts_max: 6,
        wait_first: Duration::from_millis(100),
        wait_max: Duration::from_secs(2),
        time_max: Duration::from_secs(10),
    };

    /// Minutes, for work that is long anyway: a server that restarts and replays is waited for.
    pub const LONG: Self = Self {
        attempts_max: 100,
        wait_first: Duration::from_millis(100),
        wait_max: Duration::from_secs(8),
        time_max: Duration::from_mins(10),
    };

    /// Once, and no more.
    pub const NEVER: Self = Self {
        attempts_max: 1,
        wait_first: Duration::ZERO,
        wait_max: Duration::ZERO,
        time_max: Duration::ZERO,
    };

    pub(crate) fn begin(self) -> Attempts {
        Attempts { begun: Some(Instant::now()), ..self.begin_at_loss() }
    }

    /// For work that may go well for long: its time begins with the first loss.
    pub(crate) fn begin_at_loss(self) -> Attempts {
        Attempts { retry: self, made: 1, begun: None }
    }
}

/// The tries of one request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempts {
    retry: Retry,
    /// How many were made, with the one that is being made.
    pub(crate) made: u32,
    /// From when the time counts; from the first loss on, if there is nothing.
    begun: Option<Instant>,
}

impl Attempts {
    /// How long to wait before the next try; nothing to give up.
    pub(crate) fn next_wait(&mut self, asked: Option<Duration>) -> Option<Duration> {
        if self.made >= self.retry.attempts_max {
            return None;
        }
        let doubled =
            self.retry.wait_first.saturating_mul(2_u32.saturating_pow(self.made.min(16) - 1));
        let own = spread(doubled.min(self.retry.wait_max));
        // Those who are told the same time must not all come at it.
        let wait = asked.map_or(own, |asked| asked.saturating_add(own.min(asked / 10)));
        let begun = *self.begun.get_or_insert_with(Instant::now);
        if begun.elapsed().saturating_add(wait) > self.retry.time_max {
            return None;
        }
        self.made += 1;
        Some(wait)
    }

    /// Something came of it: what is lost from now on is another loss.
    pub(crate) fn renew(&mut self) {
        *self = self.retry.begin_at_loss();
    }
}

/// Between a half and all of a wait.
pub(crate) fn spread(wait: Duration) -> Duration {
    // Without randomness all of it is waited for.
    let random = getrandom::u32().unwrap_or(u32::MAX);
    wait / 2 + wait.mul_f64(f64::from(random) / f64::from(u32::MAX) / 2.0)
}

/// `Retry-After`: seconds, or a date.
pub(crate) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    Some(until.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRY: Retry = Retry {
        attempts_max: 5,
        wait_first: Duration::from_millis(100),
        wait_max: Duration::from_millis(350),
        time_max: Duration::from_secs(10),
    };

    #[tokio::test(start_paused = true)]
    async fn waits_double_up_to_the_bound_and_end() {
        let mut attempts = RETRY.begin();
        let waits: Vec<_> = std::iter::from_fn(|| attempts.next_wait(None)).collect();
        assert_eq!(waits.len(), 4);
        for (wait, most) in waits.into_iter().zip([100, 200, 350, 350]) {
            let most = Duration::from_millis(most);
            assert!(wait >= most / 2 && wait <= most, "{wait:?} of {most:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_server_asks_for_is_waited_for_or_not_waited_for_at_all() {
        let mut attempts = RETRY.begin();
        let wait = attempts.next_wait(Some(Duration::from_secs(3))).unwrap();
        assert!(wait >= Duration::from_secs(3) && wait < Duration::from_millis(3_301), "{wait:?}");
        tokio::time::advance(Duration::from_secs(4)).await;
        assert_eq!(attempts.next_wait(Some(Duration::from_secs(7))), None);
        assert_eq!(attempts.next_wait(Some(Duration::ZERO)), Some(Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_server_asks_for_may_be_more_than_there_is_time() {
        let mut attempts = RETRY.begin();
        tokio::time::advance(Duration::from_secs(1)).await;
        let asked = retry_after(&u64::MAX.to_string(), SystemTime::now());
        assert_eq!(asked, Some(Duration::from_secs(u64::MAX)));
        assert_eq!(attempts.next_wait(asked), None);
        assert_eq!(attempts.next_wait(Some(Duration::MAX)), None);
    }

    #[tokio::test(start_paused = true)]
    async fn time_that_went_well_does_not_count() {
        let mut attempts = RETRY.begin_at_loss();
        tokio::time::advance(RETRY.time_max * 2).await;
        assert!(attempts.next_wait(None).is_some());
        attempts.renew();
        tokio::time::advance(RETRY.time_max * 2).await;
        assert!(attempts.next_wait(None).is_some());
        tokio::time::advance(RETRY.time_max).await;
        assert_eq!(attempts.next_wait(None), None);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:30 GMT").unwrap();
        assert_eq!(retry_after("7", now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
    }
}
