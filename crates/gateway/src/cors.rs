//! Which pages of other origins may read answers (the Fetch standard, section 3.2): those that are
//! configured, by a key that they hold themselves. Credentials that a browser adds are never allowed.

use std::fmt;
use std::str::FromStr;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
    VARY,
};
use axum::http::uri::{Authority, Scheme, Uri};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");
const SENT: HeaderValue = HeaderValue::from_static(
    "Authorization, Content-Type, Content-Encoding, Idempotency-Key, If-None-Match, \
     Last-Event-ID, traceparent, X-Request-Id",
);
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "ETag, Location, Link, Idempotency-Replayed, Retry-After, RateLimit, RateLimit-Policy, \
     X-Request-Id",
);
/// How long a browser may remember what it may send: ten minutes.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");
const VARY_PREFLIGHT: HeaderValue = HeaderValue::from_static(
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
);
const VARY_ORIGIN: HeaderValue = HeaderValue::from_static("Origin");

/// Scheme, host and port of a page, as browsers send them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(HeaderValue);

/// A text that is no origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OriginError;

impl fmt::Display for OriginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "must be http or https, a host and, where it is not the usual one, a port: \
             https://map.example.org or http://localhost:3000",
        )
    }
}

impl std::error::Error for OriginError {}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let uri: Uri = text.parse().map_err(|_| OriginError)?;
        let scheme = uri.scheme().ok_or(OriginError)?;
        let authority = uri.authority().ok_or(OriginError)?;
        let usual = if *scheme == Scheme::HTTPS { 443 } else { 80 };
        let is_web = *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS;
        let is_bare = uri.path() == "/" && uri.query().is_none() && !text.ends_with(['/', '?']);
        // What a browser would never send would match nothing, in silence.
        let is_sent = |authority: &Authority| {
            let is_lower = !authority.as_str().bytes().any(|byte| byte.is_ascii_uppercase());
            let has_user = authority.as_str().contains('@');
            is_lower && !has_user && authority.port_u16() != Some(usual)
        };
        if is_web && is_bare && !text.contains('#') && is_sent(authority) {
            HeaderValue::from_str(text).map(Self).map_err(|_| OriginError)
        } else {
            Err(OriginError)
        }
    }
}

/// What a request's page may read.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// Its origin, if that is one of those configured.
    allowed: Option<HeaderValue>,
}

impl Page {
    /// `None` where no other page may read anything.
    pub(crate) fn of(origins: &[Origin], headers: &HeaderMap) -> Option<Self> {
        if origins.is_empty() {
            return None;
        }
        let origin = headers.get(ORIGIN);
        let allowed = origin.filter(|origin| origins.iter().any(|known| known.0 == *origin));
        Some(Self { allowed: allowed.cloned() })
    }

    /// The answer to a browser that asks before it sends what forms cannot.
    pub(crate) fn preflight(&self, request: &Request) -> Option<Response> {
        let allowed = self.allowed.as_ref()?;
        let asks = request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        if request.method() != Method::OPTIONS || !asks {
            return None;
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed.clone());
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, SENT);
        headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        headers.insert(VARY, VARY_PREFLIGHT);
        Some(response)
    }

    /// Marks an answer as one that the page may read; caches keep it apart from others' either way.
    pub(crate) fn mark(&self, response: &mut Response) {
        let headers = response.headers_mut();
        headers.append(VARY, VARY_ORIGIN);
        // A stream that was opened by a token says itself that any page may.
        if let Some(allowed) = &self.allowed
            && !headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN)
        {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed.clone());
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        for good in ["https://a.example", "http://localhost:3000", "http://[::1]:8080"] {
            assert!(good.parse::<Origin>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "*",
            "null",
            "a.example",
            "https://",
            "https://a.example/",
            "https://a.example/x",
            "https://A.example",
            "https://a.example:443",
            "http://a.example:80",
            "ftp://a.example",
            "https://a.example?x",
            "https://a.example#x",
            "https://u@a.example",
            "https://*.example/",
        ] {
            assert_eq!(bad.parse::<Origin>(), Err(OriginError), "{bad}");
        }
    }
}
