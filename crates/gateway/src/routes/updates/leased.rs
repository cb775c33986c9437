//! What is held for a client for so long at most, whether it reads or not.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::sleep;

/// A value that is gone after a time. Cloning gives another handle to the same.
pub(super) struct Leased<T>(Arc<Held<T>>);

struct Held<T> {
    value: Mutex<Option<T>>,
    /// What lets it go after its time.
    timer: AbortHandle,
}

impl<T> Clone for Leased<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Send + 'static> Leased<T> {
    /// Holds the value, and lets it go after this time: a client that takes little at a time is not
    /// asked until then.
    pub(super) fn new(value: T, time: Duration) -> Self {
        Self(Arc::new_cyclic(|held: &Weak<Held<T>>| {
            let held = held.clone();
            let timer = tokio::spawn(async move {
                sleep(time).await;
                if let Some(held) = held.upgrade() {
                    // Whoever uses it just now is waited for, and it may be large.
                    tokio::task::spawn_blocking(move || drop(held.value().take()));
                }
            });
            Held { value: Mutex::new(Some(value)), timer: timer.abort_handle() }
        }))
    }

    /// Uses it, if it is there still. Not for a thread of the runtime.
    pub(super) fn with<R>(&self, act: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.0.value().as_mut().map(act)
    }
}

impl<T> Held<T> {
    fn value(&self) -> MutexGuard<'_, Option<T>> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Drop for Held<T> {
    /// Whoever asks and goes away, again and again, leaves nothing behind that waits.
    fn drop(&mut self) {
        self.timer.abort();
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

    #[tokio::test(start_paused = true)]
    async fn nothing_waits_for_what_nobody_holds() {
        let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
        let before = tasks();
        let leased = Leased::new(7, Duration::from_mins(1));
        let other = leased.clone();
        drop(leased);
        assert_eq!(tasks(), before + 1);
        drop(other);
        while tasks() > before {
            tokio::task::yield_now().await;
        }
    }
}
