//! Waiting for a condition: by asking again, never by sleeping for luck.

use std::thread;
use std::time::{Duration, Instant};

/// Between two questions: short against what is waited for, long against the cost of asking.
const PAUSE: Duration = Duration::from_millis(3);

/// Asks until there is an answer, and panics with `what` once `limit` has passed without one.
#[track_caller]
pub fn until<T>(what: &str, limit: Duration, probe: impl FnMut() -> Option<T>) -> T {
    if let Some(answer) = within(limit, probe) {
        return answer;
    }
    panic!("waited {limit:?} for {what}");
}

/// Asks until there is an answer, or `limit` has passed.
pub fn within<T>(limit: Duration, mut probe: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(answer) = probe() {
            return Some(answer);
        }
        if Instant::now() >= deadline {
            return None;
        }
        thread::sleep(PAUSE);
    }
}
