//! Who asks: an API key by its digest, or, where the operator allows it, anybody who only reads.

use std::fmt;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use domain::{Role, Scope};
use views::{Access, State};

use crate::gateway::App;
use crate::problem::{Code, Problem};

/// The first characters of every key, so that one that leaked can be searched for.
const KEY_PREFIX: &str = "itn_";

/// Whoever asks, with or without a key.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// What the key gives; `None` if anybody may read.
    pub(crate) access: Option<Access>,
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

    pub(crate) fn of(app: &App, headers: &HeaderMap) -> Result<Self, Problem> {
        let views = &app.ready()?.views;
        match secret(headers)? {
            Some(secret) => {
                let digest = digest(secret);
                let access = views.read().key_by_digest(&digest);
                let unknown =
                    || Problem::unauthenticated("there is no such key, or it was revoked");
                Ok(Self { access: Some(access.ok_or_else(unknown)?) })
            }
            None if app.options().anonymous => {
                require_loopback(headers)?;
                Ok(Self { access: None })
            }
            None => Err(Problem::unauthenticated("an API key is required")),
        }
    }

    /// Whether the key is still good.
    pub(crate) fn is_good(&self, state: &State) -> bool {
        let good = |access: &Access| {
            let key = state.keys_from(access.key.index()).next();
            key.is_some_and(|key| key.revoked.is_none())
        };
        self.access.as_ref().is_none_or(good)
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Self::of(app, &parts.headers)
    }
}

/// Whether a page of another site asks: browsers say so of a WebSocket, which no other rule keeps
/// them from opening.
pub(crate) fn is_of_foreign_page(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(ORIGIN) else {
        return false;
    };
    let place = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    match (place, host) {
        (Some((_, place)), Some(host)) => !place.eq_ignore_ascii_case(host),
        _ => true,
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
