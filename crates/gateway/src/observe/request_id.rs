//! What names a request: in its answer, in its problem, in each line of the log.

use std::fmt::Write;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;

use super::current::{Current, Scope};
use crate::idempotency::trace;
use crate::limits::REQUEST_ID_BYTES_MAX;

/// The header that carries it, there and back.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The identifier of a request: letters, digits and `-_.:+/=`, which need no escaping anywhere.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(HeaderValue);

impl RequestId {
    /// The one that the client gave, if it has the form; else that of its trace; else a new one.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        if let Some(given) = headers.get(X_REQUEST_ID)
            && is_formed(given.as_bytes())
        {
            return Self(given.clone());
        }
        match trace(headers) {
            Some(trace) => Self::of_text(&format!("{:032x}", trace.0)),
            None => Self::made(),
        }
    }

    /// One that no other request has: the process by 48 random bits, the request by its number.
    pub(crate) fn made() -> Self {
        static PROCESS: LazyLock<u64> = LazyLock::new(|| {
            // Without randomness requests of two processes may be called alike, and no more.
            getrandom::u64().unwrap_or_else(|_| std::process::id().into()) >> 16
        });
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let mut text = String::with_capacity(12 + 1 + 16);
        // Writing to memory does not fail.
        let _ = write!(text, "{:012x}-{number:x}", *PROCESS);
        Self::of_text(&text)
    }

    fn of_text(text: &str) -> Self {
        Self(HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static("-")))
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or("-")
    }

    /// As the value of the header.
    pub(crate) fn value(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// Names the answer to a request that was not read.
pub(crate) fn named_anew(answer: impl FnOnce() -> Response) -> Response {
    let id = RequestId::made();
    let mut response = {
        let mut current = Some(Current::new(id.clone()));
        let _scope = Scope::enter(&mut current);
        answer()
    };
    response.headers_mut().insert(X_REQUEST_ID, id.value());
    response
}

/// Whether a client may call its request so.
fn is_formed(text: &[u8]) -> bool {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:+/=".contains(byte);
    (1..=REQUEST_ID_BYTES_MAX).contains(&text.len()) && text.iter().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(fields: &[(&'static str, &'static str)]) -> String {
        let field = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        RequestId::of(&fields.iter().map(field).collect()).as_str().to_owned()
    }

    #[test]
    fn a_client_may_give_it_and_else_it_is_the_traces_or_new() {
        let traced = ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        assert_eq!(of(&[("x-request-id", "a-Z_0.9:+/=")]), "a-Z_0.9:+/=");
        assert_eq!(of(&[("x-request-id", "mine"), traced]), "mine");
        assert_eq!(of(&[traced]), "0af7651916cd43dd8448eb211c80319c");
        let long: &'static str = "x".repeat(REQUEST_ID_BYTES_MAX + 1).leak();
        for wrong in ["", "two words", "quo\"te", "new\\line", "semi;colon", long] {
            assert_eq!(of(&[("x-request-id", wrong), traced]), "0af7651916cd43dd8448eb211c80319c");
            assert_ne!(of(&[("x-request-id", wrong)]), wrong);
        }
    }

    #[test]
    fn made_ones_have_the_form_and_are_never_alike() {
        let (one, other) = (of(&[]), of(&[]));
        assert!(is_formed(one.as_bytes()), "{one}");
        assert_ne!(one, other);
        assert_eq!(one.split_once('-').unwrap().0, other.split_once('-').unwrap().0);
    }
}
