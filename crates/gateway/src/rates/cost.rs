//! What a request costs before its body is known: reading one thing, or a write, is one.

use axum::http::{Method, Uri};

/// Finding things in the past: some milliseconds of a processor and of the disk.
const SEARCH: u32 = 5;
/// Adding up: what stood in the past, figures of it, proofs.
const FIGURES: u32 = 10;

/// Bulk, until its lines are counted.
pub(super) const BULK: u32 = 1;

/// What it costs to ask this. Whoever looks after the server is never kept from it.
pub(super) fn cost(method: &Method, uri: &Uri) -> u32 {
    let path = uri.path();
    let Some(api) = path.strip_prefix("/api/") else {
        return u32::from(!matches!(path, "/livez" | "/readyz" | "/metrics"));
    };
    if !method.is_safe() {
        return 1;
    }
    // By its name as it is read, however it was encoded.
    let is_of_past = uri.query().is_some_and(|query| {
        form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "asOf")
    });
    match api {
        _ if is_of_past => FIGURES,
        "audit" | "routes" => FIGURES,
        _ if api.starts_with("analytics/") => FIGURES,
        "trades" | "cargo" | "events" => SEARCH,
        _ if api.ends_with("/entries") || api.ends_with("/deliveries") => SEARCH,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_longer_costs_more() {
        let cost = |method: Method, uri: &str| cost(&method, &uri.parse().unwrap());
        for (uri, wanted) in [
            ("/livez", 0),
            ("/metrics", 0),
            ("/", 1),
            ("/api/inventory/ceres", 1),
            ("/api/inventory/ceres?asOf=12", FIGURES),
            ("/api/inventory/ceres?%61sOf=12", FIGURES),
            ("/api/inventory/ceres?owner=acme&as%4Ff=12", FIGURES),
            ("/api/inventory/ceres?owner=asOf%3D", 1),
            ("/api/trades/t-000000004j7", 1),
            ("/api/trades?station=ceres", SEARCH),
            ("/api/traders/acme/entries", SEARCH),
            ("/api/events?limit=1000", SEARCH),
            ("/api/analytics/summary", FIGURES),
            ("/api/audit", FIGURES),
        ] {
            assert_eq!(cost(Method::GET, uri), wanted, "{uri}");
        }
        assert_eq!(cost(Method::POST, "/api/trades"), 1);
        assert_eq!(cost(Method::POST, "/api/events"), 1);
    }
}
