//! `/api/session`: a browser gives its key once, and gets a cookie that stands for it.
//!
//! The cookie is a random token that means nothing elsewhere, and what it stands for is in memory
//! alone, so that signing out, revoking the key and a restart each end it for certain. Rejected: a
//! signed cookie, which nobody can take back before it is over and whose secret would have to be
//! kept, and the key itself, which would be in every copy of the browser's profile for ever.
//!
//! Keys are not guessed here more easily than in any `Authorization` header: they are 160 random bits
//! and looked up by their digest, so that neither patience nor a clock helps whoever tries.

pub(crate) mod create;
pub(crate) mod delete;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::header::{COOKIE, ORIGIN};
use axum::http::{HeaderMap, HeaderValue};
use tokio::time::Instant;

use crate::auth::{Caller, Secret};
use crate::limits::{SESSION_IDLE_MAX, SESSIONS_MAX, SESSIONS_OF_KEY_MAX};

/// The cookie's name.
pub(crate) const COOKIE_NAME: &str = "itn_session";

/// The digest of a session's token.
pub(crate) type SessionId = [u8; 32];

/// The sessions of all browsers.
#[derive(Clone, Default)]
pub(crate) struct Sessions(Arc<Mutex<HashMap<SessionId, Session>>>);

struct Session {
    /// Who signed in.
    caller: Caller,
    used_at: Instant,
}

impl Session {
    fn is_over(&self, now: Instant) -> bool {
        now.duration_since(self.used_at) >= SESSION_IDLE_MAX
    }
}

impl Sessions {
    /// Begins a session with this token; where there are too many, the one that was not used for
    /// longest is over: whoever signs in is there now.
    fn begin(&self, token: &Secret, caller: &Caller) {
        let now = Instant::now();
        let mut sessions = self.lock();
        sessions.retain(|_, session| !session.is_over(now));
        let of_key = |session: &Session| session.caller.key() == caller.key();
        if sessions.values().filter(|session| of_key(session)).count() >= SESSIONS_OF_KEY_MAX {
            end_longest_unused(&mut sessions, of_key);
        }
        if sessions.len() >= SESSIONS_MAX {
            end_longest_unused(&mut sessions, |_| true);
        }
        let id = token.digest();
        let caller = Caller { session: Some(id), ..caller.clone() };
        sessions.insert(id, Session { caller, used_at: now });
    }

    /// Who began the session that a request's cookie names, which is used by that.
    pub(crate) fn find(&self, headers: &HeaderMap) -> Option<Caller> {
        tokens(headers).find_map(|token| self.use_of(token.digest()))
    }

    /// Uses a session, if it is not over.
    pub(crate) fn use_of(&self, id: SessionId) -> Option<Caller> {
        let now = Instant::now();
        let mut sessions = self.lock();
        let session = sessions.get_mut(&id)?;
        if session.is_over(now) {
            sessions.remove(&id);
            return None;
        }
        session.used_at = now;
        Some(session.caller.clone())
    }

    /// Ends the sessions that a request's cookies name.
    fn end(&self, headers: &HeaderMap) {
        let mut sessions = self.lock();
        for token in tokens(headers) {
            sessions.remove(&token.digest());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn end_longest_unused(
    sessions: &mut HashMap<SessionId, Session>,
    which: impl Fn(&Session) -> bool,
) {
    let found = sessions.iter().filter(|(_, session)| which(session));
    let oldest = found.min_by_key(|(_, session)| session.used_at).map(|(id, _)| *id);
    if let Some(id) = oldest {
        sessions.remove(&id);
    }
}

/// Whether a request has a cookie of ours, good or not.
pub(crate) fn has_cookie(headers: &HeaderMap) -> bool {
    cookies(headers).next().is_some()
}

/// The values of our cookie (RFC 6265, section 5.4): another host of the same domain may have set one
/// of the same name, and which comes first is not said.
fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.filter(|(name, _)| name.trim() == COOKIE_NAME).map(|(_, value)| value.trim())
}

fn tokens(headers: &HeaderMap) -> impl Iterator<Item = Secret> {
    cookies(headers).filter_map(Secret::parse)
}

/// The header that gives the cookie, or takes it back. `Secure` if the page came by TLS, which we do
/// not speak: a proxy does, and the browser says so of every page that signs in.
fn set_cookie(headers: &HeaderMap, token: Option<&Secret>) -> HeaderValue {
    let value = token.map_or("", Secret::as_str);
    let mut cookie = format!("{COOKIE_NAME}={value}; HttpOnly; SameSite=Strict; Path=/");
    if token.is_none() {
        cookie.push_str("; Max-Age=0");
    }
    if headers.get(ORIGIN).is_some_and(|origin| origin.as_bytes().starts_with(b"https://")) {
        cookie.push_str("; Secure");
    }
    // Letters of a secret's alphabet and our own.
    HeaderValue::try_from(cookie).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use domain::{KeyId, PrincipalId, Role};
    use views::Access;

    use super::*;

    fn caller(key: u32) -> Caller {
        let accounts = Arc::from([]);
        let access = Access {
            key: KeyId(key),
            principal: PrincipalId(1),
            role: Role::Viewer,
            accounts,
            expires_at: None,
        };
        Caller { access: Some(access), session: None, token: None }
    }

    fn begun(sessions: &Sessions, key: u32) -> SessionId {
        let token = Secret::random().unwrap();
        sessions.begin(&token, &caller(key));
        token.digest()
    }

    async fn later() {
        tokio::time::advance(std::time::Duration::from_millis(1)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_unused_session_of_a_key_gives_way() {
        let sessions = Sessions::default();
        let first = begun(&sessions, 1);
        later().await;
        let second = begun(&sessions, 1);
        let other = begun(&sessions, 2);
        for _ in 2..SESSIONS_OF_KEY_MAX {
            later().await;
            begun(&sessions, 1);
        }
        assert!(sessions.use_of(first).is_some(), "as many as there may be");
        begun(&sessions, 1);
        assert!(sessions.use_of(first).is_some() && sessions.use_of(other).is_some());
        assert!(sessions.use_of(second).is_none(), "not used for longest");
    }

    #[tokio::test(start_paused = true)]
    async fn there_are_never_more_than_the_maximum() {
        let sessions = Sessions::default();
        let first = begun(&sessions, 0);
        for key in 1..SESSIONS_MAX {
            let session =
                Session { caller: caller(u32::try_from(key).unwrap()), used_at: Instant::now() };
            sessions.lock().insert(Secret::random().unwrap().digest(), session);
        }
        later().await;
        assert!(sessions.use_of(first).is_some());
        begun(&sessions, u32::MAX);
        assert_eq!(sessions.lock().len(), SESSIONS_MAX);
        assert!(sessions.use_of(first).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_is_over_when_nobody_uses_it() {
        let sessions = Sessions::default();
        let id = begun(&sessions, 1);
        for _ in 0..3 {
            tokio::time::advance(SESSION_IDLE_MAX / 2).await;
            assert!(sessions.use_of(id).is_some());
        }
        tokio::time::advance(SESSION_IDLE_MAX).await;
        assert!(sessions.use_of(id).is_none());
        assert!(sessions.lock().is_empty());
    }
}
