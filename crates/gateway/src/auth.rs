//! Who asks: an API key by its digest, a token of the issuer (`oidc`), a session by its cookie, or, where
//! the operator allows it, anybody who only reads.

use std::fmt;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{Extensions, HeaderMap, HeaderValue};
use domain::{KeyId, Role, Scope, Timestamp};
use views::{Access, ApiKey};

use crate::gateway::App;
use crate::oidc::TokenHold;
use crate::problem::{Code, Problem};
use crate::rates::is_guess;
use crate::routes::{SessionId, has_cookie};

/// The first characters of every key, so that one that leaked can be searched for.
const KEY_PREFIX: &str = "itn_";
/// Whether a page of the same origin asks (Fetch Metadata Request Headers, section 2.3).
const SEC_FETCH_SITE: &str = "sec-fetch-site";

/// Whoever asks, with or without a key.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// What the key gives; `None` if anybody may read.
    pub(crate) access: Option<Access>,
    /// The session, if the key itself was not sent.
    pub(crate) session: Option<SessionId>,
    /// If a token was sent, or signed in with, instead of a key: how long it stands.
    pub(crate) token: Option<TokenHold>,
}

/// Whom a request says that it is of.
enum Found<'a> {
    Caller(Caller),
    /// Whoever this token is of: it has to be judged.
    Token(&'a str),
}

impl Caller {
    /// What the caller may do.
    pub(crate) fn role(&self) -> Role {
        self.access.as_ref().map_or(Role::Viewer, |access| access.role)
    }

    /// What the caller may see.
    pub(crate) fn scope(&self) -> Scope<'_> {
        self.access.as_ref().map_or(Scope::Network, Access::scope)
    }

    /// The key, if there is one.
    pub(crate) fn key(&self) -> Option<KeyId> {
        self.access.as_ref().map(|access| access.key)
    }

    /// The key's access: whoever changes something must have one.
    pub(crate) fn with_key(&self) -> Result<&Access, Problem> {
        let access = self.access.as_ref();
        access.ok_or_else(|| Problem::unauthenticated("without a key one may only read"))
    }

    /// Refuses whoever is no administrator.
    pub(crate) fn require_admin(&self) -> Result<(), Problem> {
        match self.role() {
            Role::Admin => Ok(()),
            Role::Operator | Role::Viewer | Role::Trader | Role::Carrier => {
                Err(self.not_permitted())
            }
        }
    }

    /// Refuses whoever sees some accounts alone.
    pub(crate) fn require_network(&self) -> Result<(), Problem> {
        if self.scope().is_network() { Ok(()) } else { Err(self.not_permitted()) }
    }

    fn not_permitted(&self) -> Problem {
        let role = crate::wire::RoleWord(self.role()).word();
        let detail = format!("the role {role} may not do this");
        Problem::new(Code::NotPermitted, detail).with("role", role)
    }

    /// Who asks: by the key or the token that is sent, else by the cookie of a session, which
    /// browsers send by themselves; else anybody, where anybody may read.
    pub(crate) async fn of(app: &App, parts: &Parts) -> Result<Self, Problem> {
        let is_guess = is_guess(&parts.headers);
        let found = match Self::found(app, parts) {
            Ok(Found::Caller(caller)) => Ok(caller),
            Ok(Found::Token(token)) => Self::of_token(app, &parts.extensions, token).await,
            Err(problem) => Err(problem),
        };
        app.rates().admit((&parts.extensions, is_guess), found)
    }

    fn found<'a>(app: &App, parts: &'a Parts) -> Result<Found<'a>, Problem> {
        let headers = &parts.headers;
        if let Some(secret) = secret(headers)? {
            if is_token(app, secret) {
                return Ok(Found::Token(secret));
            }
            return Self::of_key(app, secret).map(Found::Caller);
        }
        if let Some(caller) = Self::of_session(app, headers)? {
            if parts.method.is_safe() {
                refuse_foreign_page(headers)?;
            } else {
                require_own_page(headers)?;
            }
            return Ok(Found::Caller(caller));
        }
        if app.options().anonymous {
            require_loopback(headers)?;
            return Ok(Found::Caller(Self { access: None, session: None, token: None }));
        }
        Err(Problem::unauthenticated(if has_cookie(headers) {
            "the session is over: sign in again, or send an API key"
        } else {
            "an API key is required"
        }))
    }

    /// Whoever has this key or token.
    pub(crate) async fn of_secret(
        app: &App,
        extensions: &Extensions,
        secret: &str,
    ) -> Result<Self, Problem> {
        if is_token(app, secret) {
            return Self::of_token(app, extensions, secret).await;
        }
        Self::of_key(app, secret)
    }

    async fn of_token(app: &App, extensions: &Extensions, token: &str) -> Result<Self, Problem> {
        match app.oidc() {
            Some(oidc) => oidc.caller(app, extensions, token).await,
            None => Self::of_key(app, token),
        }
    }

    /// Whose key this is.
    fn of_key(app: &App, secret: &str) -> Result<Self, Problem> {
        let ready = app.ready()?;
        let access = ready.views.read().key_by_digest(&digest(secret));
        // The event that says so may be on its way, or have no room on the disk.
        let is_past = |end: Timestamp| end <= ready.executor.now();
        let access = access.filter(|access| !access.expires_at.is_some_and(is_past));
        let unknown = "there is no such key, or it was revoked, or it has expired";
        let access = access.ok_or_else(|| Problem::unauthenticated(unknown))?;
        app.last_uses().mark(access.key);
        Ok(Self { access: Some(access), session: None, token: None })
    }

    /// Who signed in, if they still are.
    fn of_session(app: &App, headers: &HeaderMap) -> Result<Option<Self>, Problem> {
        app.ready()?;
        match app.sessions().find(headers) {
            Some(caller) if caller.has_key(app)? => Ok(Some(caller)),
            _ => Ok(None),
        }
    }

    /// Whether the key is still good, and the token behind it, and the session is not over, which is
    /// used by that.
    pub(crate) fn is_good(&self, app: &App) -> Result<bool, Problem> {
        let is_in = |id| app.sessions().use_of(id).is_some();
        Ok(self.has_key(app)? && self.session.is_none_or(is_in))
    }

    /// Refuses a token that is over, or gives something else, by the time that the body is there: it
    /// may have taken long, and what a newer token gives meanwhile is not this one's. For keys, which
    /// keep their rights and at whose end the rules look, there is nothing to do.
    pub(crate) fn require_same(&self, app: &App) -> Result<(), Problem> {
        if self.token.is_none() || self.is_good(app)? {
            return Ok(());
        }
        Err(Problem::bad_token("the token, or what it gives, ended while the body was read"))
    }

    fn has_key(&self, app: &App) -> Result<bool, Problem> {
        let Some(access) = &self.access else { return Ok(true) };
        let ready = app.ready()?;
        let now = ready.executor.now();
        let is_good = {
            let state = ready.views.read();
            let key = state.keys_from(access.key.index()).next();
            key.is_some_and(|key| key.is_good(now) && !self.is_outdated(app, key))
        };
        if is_good {
            app.last_uses().mark(access.key);
        }
        Ok(is_good)
    }

    /// Whether a token is behind the caller and has ended, or gives something else since.
    fn is_outdated(&self, app: &App, key: &ApiKey) -> bool {
        let over = |hold| app.oidc().is_none_or(|oidc| oidc.is_over(hold, key));
        self.token.is_some_and(over)
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Self::of(app, parts).await
    }
}

/// Which page asks, as the browser says of it: no page can say otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    Own,
    Foreign,
    /// None is named: a person typed the address, or it is no browser.
    Unsaid,
}

impl Page {
    fn of(headers: &HeaderMap) -> Self {
        // Knows of the scheme, too, and of a proxy in between that gives us another Host.
        match headers.get(SEC_FETCH_SITE).map(HeaderValue::as_bytes) {
            Some(b"same-origin") => return Self::Own,
            // Browsers say nothing to hosts without TLS, but of this machine.
            Some(b"none") | None => {}
            Some(_) => return Self::Foreign,
        }
        let Some(origin) = headers.get(ORIGIN) else {
            return Self::Unsaid;
        };
        let place = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        match (place, host) {
            (Some((_, place)), Some(host)) if place.eq_ignore_ascii_case(host) => Self::Own,
            _ => Self::Foreign,
        }
    }
}

/// Whether a page of another site asks: browsers say so of a WebSocket, which no other rule keeps
/// them from opening.
pub(crate) fn is_of_foreign_page(headers: &HeaderMap) -> bool {
    Page::of(headers) == Page::Foreign
}

/// Refuses a page of another origin. `SameSite` alone does not: other ports of a host are of its site.
pub(crate) fn refuse_foreign_page(headers: &HeaderMap) -> Result<(), Problem> {
    match Page::of(headers) {
        Page::Own | Page::Unsaid => Ok(()),
        Page::Foreign => {
            let detail = "a page of another origin may not use the session of this one: it needs an \
                          API key or a stream token";
            Err(Problem::new(Code::ForeignOrigin, detail))
        }
    }
}

/// Refuses whatever does not say that it is a page of ours.
pub(crate) fn require_own_page(headers: &HeaderMap) -> Result<(), Problem> {
    match Page::of(headers) {
        Page::Own => Ok(()),
        Page::Foreign => refuse_foreign_page(headers),
        Page::Unsaid => {
            let detail = "what changes something by a session's cookie must say by Origin or \
                          Sec-Fetch-Site that a page of this server asks, as browsers do; other \
                          clients send an API key";
            Err(Problem::new(Code::ForeignOrigin, detail))
        }
    }
}

/// Refuses whoever reached us by a name that is not this machine's own: a page of a foreign site may
/// have its own name lead here (DNS rebinding), and would read with its visitor's rights.
fn require_loopback(headers: &HeaderMap) -> Result<(), Problem> {
    let host = headers.get(HOST).and_then(|host| Authority::try_from(host.as_bytes()).ok());
    let is_loopback = host.is_some_and(|authority| {
        let name = authority.host();
        let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
        let address = address.unwrap_or(name).parse::<IpAddr>();
        name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
    });
    if is_loopback {
        return Ok(());
    }
    let detail = "without a key one may only read by a loopback name: the Host header must be \
                  localhost, 127.0.0.1 or [::1], with any port";
    Err(Problem::new(Code::NotPermitted, detail))
}

/// The secret of `Authorization: Bearer` (RFC 6750, section 2.1); the scheme's case is free.
fn secret(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get(AUTHORIZATION) else {
        return Ok(None);
    };
    let credentials = value.to_str().ok().and_then(|text| text.split_once(' '));
    match credentials {
        Some((scheme, secret)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(secret.trim())),
        _ => Err(Problem::unauthenticated("the Authorization header must be: Bearer and a key")),
    }
}

/// The secret of an API key: shown once, kept nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// What a secret must be, in words.
    pub const FORM: &'static str =
        "a key must be itn_ and 20 to 128 of the letters A-Z, a-z, the digits 0-9, '_' and '-'";

    /// A new one: 160 random bits.
    pub fn random() -> Result<Self, getrandom::Error> {
        const ALPHABET: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";
        let mut random = [0_u8; 32];
        getrandom::fill(&mut random)?;
        let letters = random.iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 31)));
        Ok(Self(KEY_PREFIX.chars().chain(letters.map(|letter| char::from(*letter))).collect()))
    }

    /// As [`Self::random`], for a request.
    pub(crate) fn made() -> Result<Self, Problem> {
        Self::random().map_err(|error| {
            tracing::error!(%error, "the system gives no random bytes");
            Problem::plain(Code::Internal)
        })
    }

    /// Takes one that somebody else made; `None` if it does not have the form.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(KEY_PREFIX)?;
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let formed = (20..=128).contains(&rest.len()) && rest.bytes().all(allowed);
        formed.then(|| Self(text.to_owned()))
    }

    /// What is kept of it.
    pub fn digest(&self) -> [u8; 32] {
        digest(&self.0)
    }

    /// The secret itself, to be shown or sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Logs must not hold it.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Whether it is a token, where such are taken, and not a key.
fn is_token(app: &App, secret: &str) -> bool {
    app.oidc().is_some() && !secret.starts_with(KEY_PREFIX)
}

/// BLAKE3: a secret is too random to be guessed, so that a slow hash would only cost every request.
fn digest(secret: &str) -> [u8; 32] {
    *blake3::hash(secret.as_bytes()).as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_and_plain_and_never_twice_the_same() {
        let secret = Secret::random().unwrap();
        assert_eq!(Secret::parse(secret.as_str()).as_ref(), Some(&secret));
        assert_ne!(Secret::random().unwrap(), secret);
        for bad in
            ["", "itn_", "itn_tooshort", "abc_0123456789012345678901", "itn_0123456789 0123456789"]
        {
            assert_eq!(Secret::parse(bad), None, "{bad}");
        }
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }
}
