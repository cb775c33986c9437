//! A token's three parts (RFC 7515, compact serialization), and its header.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::limits::TOKEN_BYTES_MAX;

/// A token taken apart; nothing in it is to be believed yet.
#[derive(Debug)]
pub(super) struct Token<'a> {
    pub(super) header: Header,
    /// Header and payload as they were signed.
    pub(super) signed: &'a [u8],
    pub(super) payload: Vec<u8>,
    pub(super) signature: Vec<u8>,
}

/// What a token says of itself.
#[derive(Debug, Deserialize)]
pub(super) struct Header {
    pub(super) alg: String,
    pub(super) kid: Option<String>,
    typ: Option<String>,
    /// What must be understood, and is not (section 4.1.11).
    crit: Option<IgnoredAny>,
}

impl<'a> Token<'a> {
    /// Takes a token apart, or says why it is none.
    pub(super) fn parse(text: &'a str) -> Result<Self, &'static str> {
        if text.len() > TOKEN_BYTES_MAX {
            return Err("the token is longer than 8,192 characters");
        }
        let mut parts = text.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(
                "this is neither an API key, which begins with itn_, nor a signed token of \
                        three parts between dots",
            );
        };
        let signed = &text.as_bytes()[..header.len() + 1 + payload.len()];
        let bytes = |part: &str| {
            URL_SAFE_NO_PAD.decode(part).map_err(|_| "a part of the token is not base64url")
        };
        let header: Header = serde_json::from_slice(&bytes(header)?)
            .map_err(|_| "the token's header is not what a signed token has")?;
        let is_known = |typ: &str| {
            ["jwt", "at+jwt", "application/jwt", "application/at+jwt"]
                .iter()
                .any(|known| typ.eq_ignore_ascii_case(known))
        };
        if !header.typ.as_deref().is_none_or(is_known) {
            return Err("the token's typ is neither JWT nor at+jwt");
        }
        if header.crit.is_some() {
            return Err("the token's header has a crit, of which nothing is understood");
        }
        Ok(Self { header, signed, payload: bytes(payload)?, signature: bytes(signature)? })
    }
}
