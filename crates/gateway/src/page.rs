//! The dashboard's files, embedded at build time.

use std::future::ready;

use axum::Router;
use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::get;

use crate::gateway::App;

/// Every file of the dashboard by its path.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/dashboard.rs"));

/// A route for each file; `index.html` is the page at `/`.
pub(crate) fn router() -> Router<App> {
    FILES.iter().fold(Router::new(), |router, (name, bytes)| {
        let path = match *name {
            "index.html" => "/".to_owned(),
            name => format!("/{name}"),
        };
        let file = File { media_type: media_type(name), tag: tag(bytes), bytes };
        router.route(&path, get(move |headers: HeaderMap| ready(file.answer(&headers))))
    })
}

#[derive(Clone)]
struct File {
    media_type: &'static str,
    tag: HeaderValue,
    bytes: &'static [u8],
}

impl File {
    fn answer(&self, headers: &HeaderMap) -> Response {
        let mut response = Response::new(Body::from(self.bytes));
        if headers.get(IF_NONE_MATCH) == Some(&self.tag) {
            response = Response::default();
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let fixed = [
            (CONTENT_TYPE, self.media_type),
            // Asked for again each time, and not sent again unless it changed.
            (CACHE_CONTROL, "no-cache"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (REFERRER_POLICY, "no-referrer"),
            (
                CONTENT_SECURITY_POLICY,
                "default-src 'self'; connect-src 'self'; img-src 'self' data:; \
                 frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
            ),
        ];
        let own = response.headers_mut();
        for (name, value) in fixed {
            own.insert(name, HeaderValue::from_static(value));
        }
        own.insert(ETAG, self.tag.clone());
        response
    }
}

fn tag(bytes: &[u8]) -> HeaderValue {
    let hash = blake3::hash(bytes).to_hex();
    let tag = format!("\"{}\"", hash.get(..16).unwrap_or_default());
    HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("\"\""))
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
