//! The dashboard's files, embedded and compressed at build time, and the addresses of its page.

mod encoding;

use std::future::ready;
use std::sync::LazyLock;

use axum::Router;
use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::get;

use crate::gateway::App;
use crate::reply::is_known;
use encoding::{Encoding, Wanted};

/// A file of the dashboard, as the build embeds it.
struct File {
    name: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

/// Every file of the dashboard.
const FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/dashboard.rs"));

/// The page itself.
const PAGE: &str = "index.html";

/// The reference of the API, a page of its own.
const DOCS: &str = "docs/index.html";

/// The page's views: addresses of the page, which draws them itself.
const VIEWS: [&str; 8] =
    ["stations", "ships", "trades", "markets", "rankings", "lanes", "feed", "wall"];
/// Those that may name one thing, too.
const VIEWS_OF_THINGS: [&str; 4] = ["stations", "ships", "trades", "markets"];

/// What every file is sent with. Nothing is taken from another host and nothing in the page itself is
/// a script or a style, so that what found its way into it as text does nothing.
const HEADERS: [(HeaderName, &str); 7] = [
    // Asked for again each time, and not sent again unless it changed: names stay, contents do not,
    // and modules of two versions do not fit together.
    (CACHE_CONTROL, "no-cache"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
         img-src 'self'; connect-src 'self'; worker-src 'self'; object-src 'none'; \
         frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), midi=(), \
         payment=(), serial=(), usb=()",
    ),
];

/// A route for each file; the page is at `/` and at the addresses of its views, the reference at `/docs`.
pub(crate) fn router() -> Router<App> {
    static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| FILES.iter().map(Asset::of).collect());
    ASSETS.iter().fold(Router::new(), |router, asset| {
        let answer = move |headers: HeaderMap| ready(asset.answer(&headers));
        let at = |router: Router<App>, path: String| router.route(&path, get(answer));
        if asset.name == DOCS {
            return at(router, "/docs".to_owned());
        }
        if asset.name != PAGE {
            return at(router, format!("/{}", asset.name));
        }
        let views = VIEWS.iter().map(|view| format!("/{view}"));
        let things = VIEWS_OF_THINGS.iter().map(|view| format!("/{view}/{{thing}}"));
        views.chain(things).fold(at(router, "/".to_owned()), at)
    })
}

/// A file, ready to be sent.
struct Asset {
    name: &'static str,
    media_type: &'static str,
    plain: Form,
    brotli: Option<Form>,
    gzip: Option<Form>,
}

/// One form of it. Each has its own tag: a strong one names the very bytes.
struct Form {
    bytes: &'static [u8],
    tag: String,
}

impl Asset {
    fn of(file: &File) -> Self {
        Self {
            name: file.name,
            media_type: media_type(file.name),
            plain: Form::of(file.plain),
            brotli: file.brotli.map(Form::of),
            gzip: file.gzip.map(Form::of),
        }
    }

    fn answer(&self, headers: &HeaderMap) -> Response {
        let forms = [(Encoding::Brotli, &self.brotli), (Encoding::Gzip, &self.gzip)];
        let mut has = forms.iter().filter_map(|(encoding, form)| Some((*encoding, form.as_ref()?)));
        let varies = has.clone().next().is_some();
        let wanted = Wanted::of(headers).best(has.clone().map(|(encoding, _)| encoding));
        let chosen = wanted.and_then(|wanted| has.find(|(encoding, _)| *encoding == wanted));
        let (encoding, form) = match chosen {
            Some((encoding, form)) => (Some(encoding), form),
            None => (None, &self.plain),
        };
        let mut response = if is_known(headers, &form.tag) {
            let mut response = Response::default();
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        } else {
            let mut response = Response::new(Body::from(form.bytes));
            let own = response.headers_mut();
            own.insert(CONTENT_TYPE, HeaderValue::from_static(self.media_type));
            if let Some(encoding) = encoding {
                own.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
            }
            response
        };
        let own = response.headers_mut();
        for (name, value) in HEADERS {
            own.insert(name, HeaderValue::from_static(value));
        }
        if varies {
            own.insert(VARY, ACCEPT_ENCODING.into());
        }
        if let Ok(tag) = HeaderValue::try_from(&form.tag) {
            own.insert(ETAG, tag);
        }
        response
    }
}

impl Form {
    fn of(bytes: &'static [u8]) -> Self {
        let hash = blake3::hash(bytes).to_hex();
        Self { bytes, tag: format!("\"{}\"", hash.get(..16).unwrap_or_default()) }
    }
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
        // Licences.
        _ => "text/plain; charset=utf-8",
    }
}
