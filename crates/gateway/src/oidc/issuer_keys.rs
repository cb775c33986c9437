//! The issuer's keys, kept up to date: read at the start, again when they are old, and when a token
//! names one that is not known.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use live::fetch::fetch;
use parking_lot::Mutex;
use tokio::time::Instant;

use super::jwk::KeySet;
use super::jws::Token;
use super::{Algorithm, KeysFrom};
use crate::limits::{
    ISSUER_FILE_LOOK_EVERY, ISSUER_KEYS_AGE, ISSUER_KEYS_AGE_MAX, ISSUER_KEYS_BYTES_MAX,
    ISSUER_KEYS_PATIENCE, ISSUER_KEYS_RETRY, ISSUER_KEYS_RETRY_WITHOUT,
};
use crate::problem::{Code, Problem};

/// The keys, and where they come from.
pub(super) struct IssuerKeys {
    from: KeysFrom,
    algorithm: Algorithm,
    held: Mutex<Option<Held>>,
    /// Whoever has it reads; all others wait for them.
    turn: tokio::sync::Mutex<Tried>,
}

/// Keys that were read.
#[derive(Clone)]
struct Held {
    keys: Arc<KeySet>,
    digest: blake3::Hash,
    read_at: Instant,
}

impl Held {
    /// Whether they are not too old.
    fn is_believed(&self) -> bool {
        self.read_at.elapsed() < ISSUER_KEYS_AGE_MAX
    }
}

/// By what a token was verified.
#[derive(Debug, Clone, Copy)]
pub(super) struct Verified {
    /// What tells the keys of then from others.
    pub(super) generation: blake3::Hash,
    /// The digest of the one that has signed it.
    pub(super) signer: blake3::Hash,
}

#[derive(Default)]
struct Tried {
    at: Option<Instant>,
    /// Why it failed the last time: said once.
    failure: Option<String>,
}

impl IssuerKeys {
    pub(super) fn new(from: KeysFrom, algorithm: Algorithm) -> Self {
        Self { from, algorithm, held: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }

    /// Which of the keys has signed the token, and which keys these were; reads the keys anew if that
    /// may help.
    pub(super) async fn verify(self: &Arc<Self>, token: &Token<'_>) -> Result<Verified, Problem> {
        let kid = token.header.kid.as_deref();
        if self.current().is_none_or(|held| !held.keys.has(kid)) {
            // A task of its own: whoever hangs up in the middle of it does not have it begun again.
            let own = Arc::clone(self);
            let _ = tokio::spawn(async move { own.read(own.retry()).await }).await;
        }
        let held = self.current().ok_or_else(|| Problem::plain(Code::IssuerUnavailable))?;
        let signer = held.keys.verify(token).map_err(Problem::bad_token)?;
        Ok(Verified { generation: held.digest, signer })
    }

    /// Whether a key of this digest is still the issuer's.
    pub(super) fn has_signer(&self, signer: blake3::Hash) -> bool {
        let held = self.held.lock();
        let believed = held.as_ref().filter(|held| held.is_believed());
        believed.is_some_and(|held| held.keys.has_digest(signer))
    }

    /// The keys, if there are any that are not too old to be believed.
    fn current(&self) -> Option<Held> {
        let held = self.held.lock();
        held.as_ref().filter(|held| held.is_believed()).cloned()
    }

    /// How long nobody tries again.
    fn retry(&self) -> Duration {
        match self.current() {
            Some(_) => ISSUER_KEYS_RETRY,
            None => ISSUER_KEYS_RETRY_WITHOUT,
        }
    }

    /// Reads the keys anew if they are old, or none; says when to look again.
    pub(super) async fn look(&self) -> Duration {
        match &self.from {
            // It is small, and near. When it was changed says less than what it holds: a clock may be
            // set, and a file put in its place with the time of another.
            KeysFrom::File(_) => {
                self.read(Duration::ZERO).await;
                ISSUER_FILE_LOOK_EVERY
            }
            KeysFrom::Url(_) => {
                let read_at = self.held.lock().as_ref().map(|held| held.read_at);
                let is_old = |at: Instant| at.elapsed() >= ISSUER_KEYS_AGE;
                if read_at.is_none_or(is_old) {
                    self.read(Duration::ZERO).await;
                }
                let read_at = self.held.lock().as_ref().map(|held| held.read_at);
                let left = read_at.map(|at| ISSUER_KEYS_AGE.saturating_sub(at.elapsed()));
                left.filter(|left| !left.is_zero()).unwrap_or_else(|| self.retry())
            }
        }
    }

    /// Holds what is held for longer, if that is what was read.
    fn touch(&self, digest: blake3::Hash) -> bool {
        let mut held = self.held.lock();
        let Some(held) = held.as_mut().filter(|held| held.digest == digest) else { return false };
        held.read_at = Instant::now();
        true
    }

    /// Reads the keys, unless somebody did so, or tried to, within this time.
    async fn read(&self, unless_within: Duration) {
        let mut tried = self.turn.lock().await;
        if tried.at.is_some_and(|at| at.elapsed() < unless_within) {
            return;
        }
        let found = document(&self.from).await;
        tried.at = Some(Instant::now());
        let held = found.and_then(|document| {
            let digest = blake3::hash(&document);
            if !self.touch(digest) {
                self.hold(KeySet::parse(&document, self.algorithm)?, digest);
            }
            Ok(())
        });
        match held {
            Ok(()) => tried.failure = None,
            Err(reason) => {
                if tried.failure.as_ref() != Some(&reason) {
                    let (from, has_some) = (&self.from, self.current().is_some());
                    tracing::error!(%from, reason, has_some, "the keys of the issuer cannot be read");
                }
                tried.failure = Some(reason);
            }
        }
    }

    fn hold(&self, keys: KeySet, digest: blake3::Hash) {
        let (from, count) = (&self.from, keys.len());
        if count > 0 {
            tracing::info!(%from, count, "the keys of the issuer were read");
        } else {
            tracing::error!(%from, "the issuer shows no key that tokens may be signed with");
        }
        *self.held.lock() = Some(Held { keys: Arc::new(keys), digest, read_at: Instant::now() });
    }

    /// What tells the keys of now from others.
    pub(super) fn generation(&self) -> Option<blake3::Hash> {
        self.current().map(|held| held.digest)
    }
}

/// How many keys there are that tokens of this algorithm may be signed with, or why they cannot be had.
pub async fn count_issuer_keys(from: &KeysFrom, algorithm: Algorithm) -> Result<usize, String> {
    match KeySet::parse(&document(from).await?, algorithm)?.len() {
        0 => Err(format!("none of its keys is one that {} is verified with", algorithm.name())),
        count => Ok(count),
    }
}

/// Reads it whole within the time for that: a disk of a network may be away, too.
async fn document(from: &KeysFrom) -> Result<Vec<u8>, String> {
    let read = async {
        match from {
            KeysFrom::File(path) => read_file(path).await,
            KeysFrom::Url(url) => {
                let fetched = fetch(url, ISSUER_KEYS_BYTES_MAX, ISSUER_KEYS_PATIENCE).await;
                fetched.map(|document| document.to_vec()).map_err(|error| error.to_string())
            }
        }
    };
    let late = |_| format!("it was not read within {} s", ISSUER_KEYS_PATIENCE.as_secs());
    tokio::time::timeout(ISSUER_KEYS_PATIENCE, read).await.map_err(late)?
}

async fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    use std::io::Read;

    let path = path.to_owned();
    let read = tokio::task::spawn_blocking(move || {
        let mut document = Vec::new();
        let most = ISSUER_KEYS_BYTES_MAX as u64;
        // A pipe would have us wait for whoever writes to it.
        if !std::fs::metadata(&path)?.is_file() {
            return Err(std::io::Error::other("it is no regular file"));
        }
        let file = std::fs::File::open(path)?;
        file.take(most + 1).read_to_end(&mut document)?;
        Ok(document)
    });
    let read: std::io::Result<Vec<u8>> = read.await.map_err(|error| error.to_string())?;
    let document = read.map_err(|error| error.to_string())?;
    if document.len() > ISSUER_KEYS_BYTES_MAX {
        return Err(format!("it is longer than {ISSUER_KEYS_BYTES_MAX} bytes"));
    }
    Ok(document)
}
