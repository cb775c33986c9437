//! Stream tokens: for browsers, whose `EventSource` and `WebSocket` cannot send a key, on pages of
//! other sites. Held in memory alone: they are good for less than a restart takes to notice.

pub(crate) mod create;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::auth::{Caller, Secret};
use crate::gateway::App;
use crate::limits::{STREAM_TOKEN_TIME, STREAM_TOKENS_MAX, STREAM_TOKENS_OF_KEY_MAX};
use crate::problem::{Code, Problem};

/// The tokens that are not used yet, by the digest of their secret.
#[derive(Clone, Default)]
pub(crate) struct StreamTokens(Arc<Mutex<HashMap<[u8; 32], Token>>>);

struct Token {
    /// Who made it.
    caller: Caller,
    ends_at: Instant,
    /// Whether a stream is being opened with it.
    is_in_use: bool,
}

/// A token that a stream is being opened with: used up when this is dropped.
pub(crate) struct Redeemed {
    tokens: StreamTokens,
    digest: [u8; 32],
}

impl StreamTokens {
    /// Keeps a token of this key.
    fn keep(&self, secret: &Secret, caller: &Caller) -> Result<(), Problem> {
        let now = Instant::now();
        let mut tokens = self.lock();
        tokens.retain(|_, token| token.ends_at > now);
        let of_key = tokens.values().filter(|token| token.caller.key() == caller.key()).count();
        for (count, maximum, whose) in [
            (tokens.len(), STREAM_TOKENS_MAX, "there are"),
            (of_key, STREAM_TOKENS_OF_KEY_MAX, "the key has"),
        ] {
            if count >= maximum {
                let detail =
                    format!("{whose} {maximum} unused stream tokens, which is the maximum");
                return Err(Problem::new(Code::TooManyTokens, detail).with("maximum", maximum));
            }
        }
        let ends_at = now + STREAM_TOKEN_TIME;
        let caller = Caller { session: None, ..caller.clone() };
        let token = Token { caller, ends_at, is_in_use: false };
        tokens.insert(secret.digest(), token);
        Ok(())
    }

    /// Uses a token: who made it, if its key is still good.
    pub(crate) fn redeem(&self, app: &App, secret: &str) -> Result<(Caller, Redeemed), Problem> {
        let unknown = || {
            Problem::unauthenticated("there is no such stream token, or it was used, or it is over")
        };
        let secret = Secret::parse(secret).ok_or_else(unknown)?;
        let digest = secret.digest();
        let caller = {
            let mut tokens = self.lock();
            let token = tokens.get_mut(&digest);
            let token = token.filter(|token| !token.is_in_use && token.ends_at > Instant::now());
            let token = token.ok_or_else(unknown)?;
            token.is_in_use = true;
            token.caller.clone()
        };
        let redeemed = Redeemed { tokens: self.clone(), digest };
        if caller.is_good(app)? { Ok((caller, redeemed)) } else { Err(unknown()) }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], Token>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Redeemed {
    /// Puts the token back, until it ends, where it is worth trying again.
    pub(crate) fn refused(self, problem: &Problem) {
        if problem.is_retryable()
            && let Some(token) = self.tokens.lock().get_mut(&self.digest)
        {
            token.is_in_use = false;
        }
    }
}

impl Drop for Redeemed {
    fn drop(&mut self) {
        let mut tokens = self.tokens.lock();
        if tokens.get(&self.digest).is_some_and(|token| token.is_in_use) {
            tokens.remove(&self.digest);
        }
    }
}
