//! Tokens that were good the last time, so that their signature is not verified at each request.

use std::collections::HashMap;
use std::mem;

use domain::KeyId;
use parking_lot::Mutex;

use super::TokenHold;
use crate::limits::KNOWN_TOKENS_MAX;

/// What is remembered of a token, by its digest.
#[derive(Debug, Clone, Copy)]
pub(super) struct Remembered {
    /// Its subject's key.
    pub(super) key: KeyId,
    pub(super) hold: TokenHold,
}

/// Good tokens, those that were used of late among them.
#[derive(Default)]
pub(super) struct Known(Mutex<Tokens>);

#[derive(Default)]
struct Tokens {
    /// The issuer's keys that they are signed with.
    generation: Option<blake3::Hash>,
    young: HashMap<[u8; 32], Remembered>,
    /// Those before them: used once more, they are young again.
    old: HashMap<[u8; 32], Remembered>,
}

impl Known {
    /// What is remembered of a token, if the issuer's keys are still those.
    pub(super) fn get(
        &self,
        digest: &[u8; 32],
        generation: Option<blake3::Hash>,
    ) -> Option<Remembered> {
        let mut tokens = self.0.lock();
        if tokens.generation != generation {
            *tokens = Tokens { generation, ..Tokens::default() };
        }
        if let Some(found) = tokens.young.get(digest) {
            return Some(*found);
        }
        let found = tokens.old.remove(digest)?;
        tokens.keep(*digest, found);
        Some(found)
    }

    /// Remembers a token that these keys have verified.
    pub(super) fn put(
        &self,
        digest: [u8; 32],
        generation: Option<blake3::Hash>,
        found: Remembered,
    ) {
        let mut tokens = self.0.lock();
        if tokens.generation == generation {
            tokens.keep(digest, found);
        }
    }
}

impl Tokens {
    fn keep(&mut self, digest: [u8; 32], found: Remembered) {
        if self.young.len() >= KNOWN_TOKENS_MAX / 2 {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(digest, found);
    }
}

#[cfg(test)]
mod tests {
    use domain::{Sequence, Timestamp};

    use super::*;

    fn digest(number: usize) -> [u8; 32] {
        *blake3::hash(&number.to_le_bytes()).as_bytes()
    }

    #[test]
    fn tokens_are_remembered_within_bounds_and_forgotten_with_the_keys() {
        let known = Known::default();
        let found = |key| Remembered {
            key: KeyId(key),
            hold: TokenHold {
                expires_at: Timestamp(7),
                signer: blake3::hash(b"a key"),
                issued_at: Timestamp(1),
                granted: Sequence(1),
            },
        };
        let first = Some(blake3::hash(b"keys"));
        assert!(known.get(&digest(0), first).is_none());
        known.put(digest(0), first, found(0));
        for number in 1..3 * KNOWN_TOKENS_MAX {
            // Whoever comes again and again stays.
            assert_eq!(known.get(&digest(0), first).map(|known| known.key), Some(KeyId(0)));
            known.put(digest(number), first, found(1));
        }
        let count = |known: &Known| {
            let tokens = known.0.lock();
            tokens.young.len() + tokens.old.len()
        };
        assert!(count(&known) <= KNOWN_TOKENS_MAX, "{}", count(&known));
        assert!(known.get(&digest(1), first).is_none());
        // What other keys verified says nothing of these.
        let second = Some(blake3::hash(b"others"));
        assert!(known.get(&digest(0), second).is_none());
        known.put(digest(5), first, found(5));
        assert_eq!(count(&known), 0);
    }
}
