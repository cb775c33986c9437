//! How many streams each key has open: none may take the places of all others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::KeyId;

use crate::auth::Caller;
use crate::limits::{READERS_OF_ACCOUNTS_MAX, READERS_OF_NETWORK_MAX};
use crate::problem::{Code, Problem};

/// The streams that are open, by key; `None` are those without a key.
#[derive(Clone, Default)]
pub(crate) struct Places(Arc<Mutex<HashMap<Option<KeyId>, usize>>>);

/// The place of one stream, free again when it is dropped.
pub(crate) struct Place {
    places: Places,
    key: Option<KeyId>,
}

impl Places {
    /// A place for a stream of this caller, if its key has not too many.
    pub(crate) fn take(&self, caller: &Caller) -> Result<Place, Problem> {
        let maximum = if caller.scope().is_network() {
            READERS_OF_NETWORK_MAX
        } else {
            READERS_OF_ACCOUNTS_MAX
        };
        let key = caller.access.as_ref().map(|access| access.key);
        let mut open = self.open();
        let count = open.entry(key).or_default();
        if *count >= maximum {
            let detail = format!("the key has {maximum} live readers, which is its maximum");
            return Err(Problem::new(Code::TooManyReaders, detail).with("maximum", maximum));
        }
        *count += 1;
        Ok(Place { places: self.clone(), key })
    }

    fn open(&self) -> MutexGuard<'_, HashMap<Option<KeyId>, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.places.open();
        if let Some(count) = open.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::{PrincipalId, Role, TraderId};
    use views::Access;

    use super::*;

    #[test]
    fn a_key_has_so_many_places_and_gets_them_back() {
        let accounts = Arc::from([TraderId(1)]);
        let of = |key| Caller {
            access: Some(Access {
                key: KeyId(key),
                principal: PrincipalId(1),
                role: Role::Trader,
                accounts: Arc::clone(&accounts),
                expires_at: None,
            }),
            session: None,
            token: None,
        };
        let places = Places::default();
        let mut taken: Vec<_> =
            (0..READERS_OF_ACCOUNTS_MAX).map(|_| places.take(&of(1)).ok().unwrap()).collect();
        let refused = places.take(&of(1)).err().unwrap();
        assert_eq!((refused.code(), refused.status()), (Code::TooManyReaders, 503));
        // Others have theirs.
        let other = places.take(&of(2)).ok().unwrap();
        taken.pop();
        taken.push(places.take(&of(1)).ok().unwrap());
        drop((taken, other));
        assert!(places.open().is_empty());
    }
}
