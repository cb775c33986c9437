//! Tokens of an `OpenID` Connect issuer: who sends one is whom the issuer says, with the role and the
//! accounts that its claims give.
//!
//! A token is judged here and nowhere else: its signature by one algorithm that the operator pinned,
//! its claims, its time. Whom it is of then has a key of the ledger that no secret opens, so that all
//! that is so of keys is so of them: events name them, lists show them, `DELETE` ends them. Wall time
//! is known here alone; the ledger sees when a token was issued, as data, to tell which of two is newer.
//!
//! A token is no log's, no event's and no answer's: what is remembered of a good one is its digest.

mod claims;
mod grant;
mod issuer_keys;
mod jwk;
mod jws;
mod known;
mod marks;
mod options;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use domain::{Sequence, Timestamp};
use views::ApiKey;

use crate::gateway::App;
use issuer_keys::IssuerKeys;
use known::Known;
use marks::Marks;

pub use issuer_keys::count_issuer_keys;
pub use jwk::Algorithm;
pub use options::{ClaimPath, KeysFrom, OidcOptions, RoleClaims};

/// What a token opened ends a day after it was verified, in microseconds, if the token does not end
/// before: an issuer that writes the year 9999 would open it for ever.
const HOLD_MICROS_MAX: i64 = 24 * 60 * 60 * 1_000_000;

/// What is so of a caller for as long as a token stands behind them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TokenHold {
    /// When the token ends, or is to be shown again, in wall time.
    pub(crate) expires_at: Timestamp,
    /// The digest of the issuer's key that has signed it.
    signer: blake3::Hash,
    /// When it was issued, in wall time.
    issued_at: Timestamp,
    /// The event that gave its subject what it gives: another one gives something else.
    pub(crate) granted: Sequence,
}

/// The issuer whose tokens are taken.
pub(crate) struct Oidc {
    options: OidcOptions,
    keys: Arc<IssuerKeys>,
    known: Known,
    marks: Marks,
    wall: Wall,
}

impl Oidc {
    pub(crate) fn new(options: OidcOptions) -> Self {
        let keys = IssuerKeys::new(options.keys.clone(), options.algorithm);
        Self {
            options,
            keys: Arc::new(keys),
            known: Known::default(),
            marks: Marks::default(),
            wall: Wall::default(),
        }
    }

    /// Whether the token behind a caller is over, or the key that it was signed with is, or its subject
    /// was given something else since, or nothing.
    pub(crate) fn is_over(&self, hold: TokenHold, key: &ApiKey) -> bool {
        hold.granted != key.changed
            || self.marks.has_ended(key.id, hold.issued_at)
            || self.has_ended(hold.expires_at)
            || !self.keys.has_signer(hold.signer)
    }

    /// Until when a token opens something that ends then.
    fn hold_until(&self, expires_at: Timestamp) -> Timestamp {
        let most = self.wall.now().0.saturating_add(HOLD_MICROS_MAX);
        expires_at.min(Timestamp(most))
    }

    /// Whether what ends then has ended: clocks differ.
    fn has_ended(&self, expires_at: Timestamp) -> bool {
        expires_at.0.saturating_add(claims::LEEWAY_MICROS) <= self.wall.now().0
    }

    /// Looks at the issuer's keys, and says when to look again.
    pub(crate) async fn look(&self) -> Duration {
        self.keys.look().await
    }

    /// Puts the clock forward.
    #[cfg(test)]
    pub(crate) fn advance(&self, seconds: i64) {
        self.wall.ahead.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }
}

impl App {
    /// Keeps the keys of the issuer, if tokens are taken, for ever.
    pub(crate) async fn keep_issuer_keys(self) {
        let Some(oidc) = self.oidc() else { return };
        loop {
            let pause = oidc.look().await;
            tokio::time::sleep(pause).await;
        }
    }
}

/// Wall time.
#[derive(Default)]
struct Wall {
    /// Microseconds that it is put forward, as tests do.
    ahead: AtomicI64,
}

impl Wall {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let now = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
        Timestamp(now.saturating_add(self.ahead.load(Ordering::Relaxed)))
    }
}
