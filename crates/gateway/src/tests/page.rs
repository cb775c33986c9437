//! The page and its files: at which addresses, in which form, with which headers.

use std::path::Path;
use std::{fs, io};

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode};
use http_body_util::BodyExt;

use super::support::Network;

/// Something that any version of the page has, and that compresses well.
const SCRIPT: &str = "/app.js";

async fn get(network: &Network, path: &str, headers: &[(&str, &str)]) -> (HeaderMap, Bytes) {
    let (status, headers, body) = ask(network, Method::GET, path, headers).await;
    assert_eq!(status, 200, "{path}");
    (headers, body)
}

async fn ask(
    network: &Network,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
) -> (StatusCode, HeaderMap, Bytes) {
    let ask = network.ask(method, path).without("authorization");
    let ask = headers.iter().fold(ask, |ask, (name, value)| ask.header(name, value));
    let (parts, body) = ask.open().await.into_parts();
    (parts.status, parts.headers, body.collect().await.unwrap().to_bytes())
}

fn file(path: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dashboard");
    fs::read(root.join(path.trim_start_matches('/'))).unwrap()
}

fn unpacked(encoding: &str, bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    let mut packed: Box<dyn io::Read> = match encoding {
        "br" => Box::new(brotli::Decompressor::new(bytes, 4096)),
        "gzip" => Box::new(flate2::read::GzDecoder::new(bytes)),
        _ => Box::new(bytes),
    };
    packed.read_to_end(&mut whole).unwrap();
    whole
}

#[tokio::test]
async fn each_form_is_the_file_and_has_a_tag_of_its_own() {
    let network = Network::new();
    let mut tags = Vec::new();
    for (accepted, encoding) in [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("identity", ""),
        ("br;q=0, gzip;q=0.5", "gzip"),
    ] {
        let (headers, body) = get(&network, SCRIPT, &[("accept-encoding", accepted)]).await;
        let of = |name| headers.get(name).map_or("", |value| value.to_str().unwrap());
        assert_eq!(of("content-encoding"), encoding, "{accepted}");
        assert_eq!(of("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(of("vary"), "accept-encoding");
        assert_eq!(of("cache-control"), "no-cache");
        assert!(unpacked(encoding, &body) == file(SCRIPT), "{accepted}");
        assert!(encoding.is_empty() || body.len() < file(SCRIPT).len() / 2);
        tags.push(of("etag").to_owned());
        // Of this very form, in any list, also when it was weakened on the way.
        for (known, status) in [
            (of("etag").to_owned(), 304),
            (format!("\"x\", W/{}", of("etag")), 304),
            ("*".to_owned(), 304),
            ("\"x\"".to_owned(), 200),
        ] {
            let sent = [("accept-encoding", accepted), ("if-none-match", &known)];
            let (answered, again, body) = ask(&network, Method::GET, SCRIPT, &sent).await;
            assert_eq!(answered, status, "{accepted} {known}");
            assert_eq!((status == 304, again.get("etag")), (body.is_empty(), headers.get("etag")));
            assert_eq!(again.get("vary"), headers.get("vary"));
        }
    }
    assert!(tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2] && tags[1] == tags[3]);
    let plain = [("if-none-match", &*tags[0])];
    let (status, ..) = ask(&network, Method::GET, SCRIPT, &plain).await;
    assert_eq!(status, 200, "whoever takes no brotli does not have this form");
}

#[tokio::test]
async fn head_tells_what_get_would() {
    let network = Network::new();
    for accepted in ["br", "identity"] {
        let sent = [("accept-encoding", accepted)];
        let (got, body) = get(&network, SCRIPT, &sent).await;
        let (status, head, nothing) = ask(&network, Method::HEAD, SCRIPT, &sent).await;
        assert!(status == 200 && nothing.is_empty());
        assert_eq!(head.get("content-length").unwrap(), &body.len().to_string());
        for name in ["etag", "content-type", "content-encoding", "vary"] {
            assert_eq!(head.get(name), got.get(name), "{name}");
        }
    }
    let (status, ..) = ask(&network, Method::POST, SCRIPT, &[]).await;
    assert_eq!(status, 405);
}

#[tokio::test]
async fn every_address_of_the_page_answers_the_page() {
    let network = Network::new();
    let page = file("index.html");
    let text = std::str::from_utf8(&page).unwrap();
    let hrefs = text.split("<a ").skip(1).filter_map(|anchor| {
        let tag = anchor.split('>').next()?;
        tag.split("href=\"").nth(1)?.split('"').next()
    });
    // Those that the page itself leads to, and those of one thing.
    let mut views: Vec<_> =
        hrefs.filter(|href| href.starts_with('/') && !href.contains('.')).collect();
    assert!(views.len() >= 9, "{views:?}");
    views.extend(["/stations/ceres", "/stations/a.b", "/ships/7", "/trades/7", "/markets/ore"]);
    for view in views {
        let (headers, body) = get(&network, view, &[]).await;
        assert_eq!(headers.get("content-type").unwrap(), "text/html; charset=utf-8", "{view}");
        assert!(body == page, "{view}");
    }
    for unknown in ["/nothing", "/stations/", "/stations/a/b", "/wall/x", "/index.html", "/app.map"]
    {
        let refused = network.ask(Method::GET, unknown).without("authorization").send().await;
        refused.expect_problem(404, "unknown_route");
    }
    // What is asked for at `/stations/ceres` must not be looked for beside it.
    for attribute in ["src=\"", "href=\""] {
        for place in text.split(attribute).skip(1) {
            assert!(place.starts_with(['/', '#']), "{}", &place[..20.min(place.len())]);
        }
    }
}

#[tokio::test]
async fn the_policy_lets_nothing_in_from_elsewhere_and_nothing_inline() {
    let network = Network::new();
    for path in ["/", "/wall", SCRIPT] {
        let (headers, _) = get(&network, path, &[]).await;
        let of = |name| headers.get(name).map_or("", |value| value.to_str().unwrap());
        let policy: Vec<_> = of("content-security-policy").split("; ").collect();
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "font-src 'self'",
            "connect-src 'self'",
            "worker-src 'self'",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ] {
            assert!(policy.contains(&part), "{part} is not in {policy:?}");
        }
        assert!(!policy.iter().any(|part| part.contains("unsafe") || part.contains('*')));
        assert_eq!(of("x-content-type-options"), "nosniff");
        assert_eq!(of("referrer-policy"), "no-referrer");
        assert_eq!(of("cross-origin-opener-policy"), "same-origin");
        assert_eq!(of("cross-origin-resource-policy"), "same-origin");
        assert!(of("permissions-policy").contains("geolocation=()"));
    }
}

/// Every file of the folder that a browser may ask for, and nothing else of it.
#[tokio::test]
async fn the_files_are_those_of_the_folder() {
    let network = Network::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dashboard");
    let (mut folders, mut served, mut dense) = (vec![root.clone()], 0, 0);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                folders.extend((name != "node_modules").then_some(path));
                continue;
            }
            let is_kept = ["html", "js", "css", "svg", "woff2", "LICENSE"]
                .iter()
                .any(|end| name.ends_with(end) && !name.starts_with("tests/"));
            if !is_kept || name == "index.html" || name == "docs/index.html" {
                let (status, ..) = ask(&network, Method::GET, &format!("/{name}"), &[]).await;
                assert_eq!(status, 404, "{name}");
                continue;
            }
            let (headers, body) =
                get(&network, &format!("/{name}"), &[("accept-encoding", "br, gzip")]).await;
            let encoding =
                headers.get("content-encoding").map_or("", |value| value.to_str().unwrap());
            assert!(unpacked(encoding, &body) == file(&name), "{name}");
            let is_dense = name.ends_with("woff2");
            assert!(!is_dense || encoding.is_empty() && !headers.contains_key("vary"), "{name}");
            (served, dense) = (served + 1, dense + usize::from(is_dense));
        }
    }
    assert!(served > 20 && dense > 0, "{served} {dense}");
}
