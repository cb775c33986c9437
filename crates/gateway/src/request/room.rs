//! Room for large bodies: so much for all, and half of it at the most for one key, so that none can
//! keep the others from sending.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use domain::KeyId;
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use crate::limits::{BODIES_KIB_MAX, BODIES_OF_KEY_KIB_MAX, BODY_ROOM_WAIT};
use crate::problem::{Code, Problem};

/// What is free, in KiB.
pub(crate) struct BodyRoom {
    all: Arc<Semaphore>,
    /// Of the keys that hold some or wait for it; `None` are those without a key.
    of_key: Mutex<HashMap<Option<KeyId>, Weak<Semaphore>>>,
}

/// Room that is taken until it is dropped.
pub(crate) struct Room {
    all: OwnedSemaphorePermit,
    own: OwnedSemaphorePermit,
}

impl BodyRoom {
    pub(crate) fn new() -> Self {
        Self { all: Arc::new(Semaphore::new(BODIES_KIB_MAX)), of_key: Mutex::default() }
    }

    pub(crate) fn free_kib(&self) -> usize {
        self.all.available_permits()
    }

    /// Room for so many bytes, which may have to be waited for.
    pub(super) async fn take(&self, key: Option<KeyId>, bytes: usize) -> Result<Room, Problem> {
        let kib = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
        let deadline = Instant::now() + BODY_ROOM_WAIT;
        let within = async |room: Arc<Semaphore>| {
            timeout_at(deadline, room.acquire_many_owned(kib)).await.ok().and_then(Result::ok)
        };
        // The key's first: while it waits for that, it holds up nobody else.
        let own = within(self.of(key)).await.ok_or_else(|| {
            let detail = "too many large bodies of the key are being read";
            Problem::new(Code::TooManyAtOnce, detail).closing()
        })?;
        let all = within(Arc::clone(&self.all)).await.ok_or_else(|| {
            Problem::new(Code::Overloaded, "too many large bodies are being read").closing()
        })?;
        Ok(Room { all, own })
    }

    /// What this key may take.
    fn of(&self, key: Option<KeyId>) -> Arc<Semaphore> {
        let mut of_key = self.of_key.lock();
        if let Some(own) = of_key.get(&key).and_then(Weak::upgrade) {
            return own;
        }
        if of_key.len() == of_key.capacity() {
            // Before it grows, those that hold nothing are forgotten.
            of_key.retain(|_, own| own.strong_count() > 0);
        }
        let own = Arc::new(Semaphore::new(BODIES_OF_KEY_KIB_MAX));
        of_key.insert(key, Arc::downgrade(&own));
        own
    }
}

impl Room {
    /// Gives back what so many bytes do not need.
    pub(super) fn keep(&mut self, bytes: usize) {
        let kib = bytes.div_ceil(1024);
        for part in [&mut self.all, &mut self.own] {
            drop(part.split(part.num_permits().saturating_sub(kib)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF: usize = BODIES_OF_KEY_KIB_MAX * 1024;

    #[tokio::test(start_paused = true)]
    async fn a_key_has_half_and_gets_it_back() {
        let room = BodyRoom::new();
        let key = |number| Some(KeyId(number));
        let mut first = room.take(key(1), HALF).await.unwrap();
        let refused = room.take(key(1), 1).await.err().unwrap();
        assert_eq!((refused.code(), refused.status()), (Code::TooManyAtOnce, 429));
        let second = room.take(key(2), HALF).await.unwrap();
        let refused = room.take(key(3), 1).await.err().unwrap();
        assert_eq!((refused.code(), refused.status()), (Code::Overloaded, 503));
        first.keep(1);
        let third = room.take(key(3), HALF - 1024).await.unwrap();
        drop((first, second, third));
        assert_eq!(room.free_kib(), BODIES_KIB_MAX);
        assert!(room.take(key(1), HALF).await.is_ok());
    }

    #[tokio::test]
    async fn keys_that_hold_nothing_are_forgotten() {
        let room = BodyRoom::new();
        for key in 0..10_000 {
            drop(room.take(Some(KeyId(key)), 1).await.unwrap());
        }
        assert!(room.of_key.lock().capacity() < 100);
    }
}
