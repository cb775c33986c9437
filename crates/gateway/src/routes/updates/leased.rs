//! What is held for a client for so long at most, whether it reads or not.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::sleep;

/// A value that is gone after a time. Cloning gives another handle to the same.
pub(super) struct Leased<T>(Arc<Mutex<Option<T>>>);

impl<T> Clone for Leased<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Send + 'static> Leased<T> {
    /// Holds the value, and lets it go after this time: a client that takes little at a time is not
    /// asked until then.
    pub(super) fn new(value: T, time: Duration) -> Self {
        let held = Arc::new(Mutex::new(Some(value)));
        let leased = Arc::downgrade(&held);
        tokio::spawn(async move {
            sleep(time).await;
            if let Some(held) = leased.upgrade() {
                // Whoever uses it just now is waited for, and it may be large.
                tokio::task::spawn_blocking(move || {
                    drop(held.lock().unwrap_or_else(PoisonError::into_inner).take());
                });
            }
        });
        Self(held)
    }

    /// Uses it, if it is there still. Not for a thread of the runtime.
    pub(super) fn with<R>(&self, act: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut().map(act)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_is_gone_after_its_time() {
        let leased = Leased::new(7, Duration::from_mins(1));
        assert_eq!(leased.with(|value| *value), Some(7));
        sleep(Duration::from_secs(61)).await;
        while leased.with(|value| *value).is_some() {
            tokio::task::yield_now().await;
        }
    }
}
