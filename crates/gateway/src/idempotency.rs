//! What makes a retry safe, and what links a command to its trace.

use axum::http::HeaderMap;
use domain::limits::IDEMPOTENCY_KEY_BYTES_MAX;
use domain::{KeyBinding, KeyId, PrincipalId, Sequence, TraceId, fingerprint, key_hash};

use crate::auth::Caller;
use crate::problem::Problem;
use crate::shape::{Fault, Flaw};
use crate::wire::body::Wanted;

/// The header of an idempotency key.
pub(crate) const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// The header that marks a first answer given again.
pub(crate) const REPLAYED: &str = "idempotency-replayed";
/// The header of W3C Trace Context.
const TRACEPARENT: &str = "traceparent";

/// What a key must be, in words.
pub(crate) const KEY_WHAT: &str = "must be 1 to 255 visible ASCII characters";

/// In whose name a command is given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct By {
    pub(crate) principal: PrincipalId,
    /// With which key: the rules look at it once more.
    pub(crate) api_key: Option<KeyId>,
    /// If with a token, since which event its subject has what it gives: the rules look at that, too.
    pub(crate) granted: Option<Sequence>,
}

/// How a command was sent: nothing of what it asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent {
    pub(crate) by: By,
    /// Hash of the idempotency key, if there is one.
    pub(crate) key: Option<u128>,
    pub(crate) trace: Option<TraceId>,
    /// Whether it is only asked what would happen.
    pub(crate) is_dry_run: bool,
}

impl Sent {
    pub(crate) fn of(
        caller: &Caller,
        headers: &HeaderMap,
        is_dry_run: bool,
    ) -> Result<Self, Problem> {
        let access = caller.with_key()?;
        let granted = caller.token.map(|hold| hold.granted);
        let by = By { principal: access.principal, api_key: Some(access.key), granted };
        let key = match headers.get(IDEMPOTENCY_KEY) {
            None => None,
            Some(value) => {
                let text = value.to_str().ok().filter(|text| is_key(text));
                let wrong = || vec![Fault::header("Idempotency-Key", Flaw::OutOfRange, KEY_WHAT)];
                Some(key_hash(by.principal, text.ok_or_else(wrong)?))
            }
        };
        Ok(Self { by, key, trace: trace(headers), is_dry_run })
    }

    /// As a command.
    pub(crate) fn command(self, wanted: Wanted) -> domain::Command {
        let mut command = wanted.command(self.by, None, self.trace);
        command.key = self.key.map(|hash| KeyBinding { hash, fingerprint: fingerprint(&command) });
        command
    }
}

/// Whether the text may be an idempotency key.
pub(crate) fn is_key(text: &str) -> bool {
    (1..=IDEMPOTENCY_KEY_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_graphic())
}

/// The trace of `traceparent` (W3C Trace Context, section 3.2). What does not parse is ignored, as
/// the standard asks.
pub(crate) fn trace(headers: &HeaderMap) -> Option<TraceId> {
    let text = headers.get(TRACEPARENT)?.to_str().ok()?;
    let mut parts = text.split('-');
    let (version, trace, parent, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let hex = |text: &str, digits: usize| {
        let lower = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        text.len() == digits && text.bytes().all(lower)
    };
    let formed = hex(version, 2) && hex(trace, 32) && hex(parent, 16) && hex(flags, 2);
    let ended = version != "00" || parts.next().is_none();
    if !formed || !ended || version == "ff" || parent.bytes().all(|byte| byte == b'0') {
        return None;
    }
    let id = u128::from_str_radix(trace, 16).ok()?;
    (id != 0).then_some(TraceId(id))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn traced(value: &'static str) -> Option<TraceId> {
        let mut headers = HeaderMap::new();
        headers.insert(TRACEPARENT, HeaderValue::from_static(value));
        trace(&headers)
    }

    #[test]
    fn a_trace_is_read_as_the_standard_says() {
        let example = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(traced(example), Some(TraceId(0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c)));
        for wrong in [
            "",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        ] {
            assert_eq!(traced(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn keys_are_visible_and_short() {
        assert!(is_key("a-1") && is_key(&"k".repeat(255)));
        assert!(!is_key("") && !is_key("a b") && !is_key("é") && !is_key(&"k".repeat(256)));
    }
}
