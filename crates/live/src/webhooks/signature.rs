//! Standard Webhooks: what is signed, and with what.
//!
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use thiserror::Error;

/// How every secret begins as text.
const PREFIX: &str = "whsec_";
/// Bytes of a secret, as the standard asks.
const BYTES_MIN: usize = 24;
const BYTES_MAX: usize = 64;
/// Bytes of one that is made here.
const BYTES_MADE: usize = 32;

/// What the deliveries of a subscription are signed with. Shown once; logs never hold it.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(Vec<u8>);

/// Bytes or a text that are no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be {PREFIX} and {BYTES_MIN} to {BYTES_MAX} bytes in base64")]
pub struct SecretError;

impl SigningSecret {
    /// A new one: 256 random bits.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = vec![0; BYTES_MADE];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// Takes the bytes of one.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, SecretError> {
        let right = (BYTES_MIN..=BYTES_MAX).contains(&bytes.len());
        if right { Ok(Self(bytes)) } else { Err(SecretError) }
    }

    /// Reads one as [`Self::to_text`] writes it.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let encoded = text.strip_prefix(PREFIX).ok_or(SecretError)?;
        Self::from_bytes(STANDARD.decode(encoded).map_err(|_| SecretError)?)
    }

    /// As receivers configure it.
    pub fn to_text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

/// The `webhook-signature` header: one signature for each secret, so that a receiver may change from
/// one to the next at its own time. `at` is in seconds since 1970, as in `webhook-timestamp`.
pub fn signatures<'a>(
    secrets: impl IntoIterator<Item = &'a SigningSecret>,
    message: &str,
    at: i64,
    body: &[u8],
) -> String {
    let mut header = String::new();
    for secret in secrets {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.bytes());
        let mut signing = hmac::Context::with_key(&key);
        signing.update(format!("{message}.{at}.").as_bytes());
        signing.update(body);
        if !header.is_empty() {
            header.push(' ');
        }
        header.push_str("v1,");
        STANDARD.encode_string(signing.sign(), &mut header);
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that the reference libraries test themselves with.
    #[test]
    fn it_signs_as_the_reference_libraries_do() {
        let secret = SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = |secrets: &[SigningSecret]| {
            let message = "msg_p5jXN8AQM9LWM0D4loKWxJek";
            signatures(secrets, message, 1_614_265_330, br#"{"test": 2432232314}"#)
        };
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signed(std::slice::from_ref(&secret)), expected);
        let both = signed(&[SigningSecret::random().unwrap(), secret]);
        let (first, second) = both.split_once(' ').unwrap();
        assert!(first.starts_with("v1,") && first.len() == second.len());
        assert_eq!(second, expected);
    }

    #[test]
    fn secrets_are_long_random_and_never_shown_by_chance() {
        let secret = SigningSecret::random().unwrap();
        assert_eq!(SigningSecret::parse(&secret.to_text()).as_ref(), Ok(&secret));
        assert_ne!(SigningSecret::random().unwrap(), secret);
        assert_eq!(format!("{secret:?}"), "SigningSecret(…)");
        let long = format!("{PREFIX}{}", STANDARD.encode([0; BYTES_MAX + 1]));
        let bare = STANDARD.encode([0; BYTES_MIN]);
        for wrong in ["", "whsec_", "whsec_c2hvcnQ=", "whsec_!", &long, &bare] {
            assert_eq!(SigningSecret::parse(wrong), Err(SecretError), "{wrong}");
        }
    }
}
