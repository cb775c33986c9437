//! Whose request it is: the other end of the connection, or whom a proxy that we trust names.
//!
//! Anybody may write into a header what they like, so nothing is believed but what a configured proxy
//! added itself, and only in the one header that it is said to add to.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{Extensions, HeaderMap, HeaderName};
use live::webhooks::Net;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED: HeaderName = axum::http::header::FORWARDED;

/// The address of a request's client, in the request's extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ClientAddress(IpAddr);

impl ClientAddress {
    /// Who asks, on a connection from `peer`.
    pub(crate) fn of(peer: IpAddr, headers: &HeaderMap, proxies: &Proxies) -> Self {
        let peer = peer.to_canonical();
        Self(if proxies.has(peer) { proxies.named(peer, headers) } else { peer })
    }

    /// Who asks; called in process, nobody but this machine does.
    pub(crate) fn in_extensions(extensions: &Extensions) -> Self {
        let this = Self(IpAddr::V6(Ipv6Addr::LOCALHOST));
        extensions.get().copied().unwrap_or(this)
    }

    /// What counts as one client: of IPv6 the 64 bits that a provider gives to each.
    pub(crate) fn block(self) -> u128 {
        block(self.0)
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What counts as one client, as a number.
pub(crate) fn block(address: IpAddr) -> u128 {
    match address.to_canonical() {
        // As IPv6 writes it, whole: no network of 64 bits has these bits.
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits() >> 64 << 64,
    }
}

/// The proxies in front of us.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// Where they are.
    pub networks: Vec<Net>,
    /// Where they say who asked them.
    pub header: ProxyHeader,
}

/// The header that a proxy names its client in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ProxyHeader {
    /// `X-Forwarded-For`, which nearly all proxies add to.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl Proxies {
    /// Whether this is one of them.
    pub(crate) fn has(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.has(address))
    }

    /// From the right, where the nearest proxy wrote: the first that is none of them. What cannot be
    /// read was written by nobody that we know, so that whoever let it through is who asks.
    fn named(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let name = match self.header {
            ProxyHeader::XForwardedFor => X_FORWARDED_FOR,
            ProxyHeader::Forwarded => FORWARDED,
        };
        let mut client = peer;
        for line in headers.get_all(name).into_iter().rev() {
            let line = line.to_str().unwrap_or_default();
            let hops = match self.header {
                ProxyHeader::XForwardedFor => forwarded_for(line),
                ProxyHeader::Forwarded => forwarded(line),
            };
            for hop in hops.into_iter().rev() {
                match hop {
                    Some(hop) => client = hop,
                    None => return client,
                }
                if !self.has(client) {
                    return client;
                }
            }
        }
        client
    }
}

fn forwarded_for(line: &str) -> Vec<Option<IpAddr>> {
    line.split(',').map(|hop| address(hop.trim())).collect()
}

/// The `for` of each element (RFC 7239, section 4).
fn forwarded(line: &str) -> Vec<Option<IpAddr>> {
    // A quote that a client leaves open takes in what the proxy wrote behind it: nothing is to be
    // believed then.
    let Some(elements) = outside_quotes(line, ',') else { return vec![None] };
    let node = |element: &str| {
        let pairs = outside_quotes(element, ';')?.into_iter();
        let mut pairs = pairs.filter_map(|pair| pair.split_once('='));
        let (_, node) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
        let node = node.trim();
        let quoted = node.strip_prefix('"').and_then(|node| node.strip_suffix('"'));
        address(quoted.unwrap_or(node))
    };
    elements.into_iter().map(node).collect()
}

/// The parts between separators that are in no quoted string; `None` if one does not end.
fn outside_quotes(text: &str, separator: char) -> Option<Vec<&str>> {
    let (mut quoted, mut escaped) = (false, false);
    let parts = text.split(|letter: char| {
        if escaped {
            escaped = false;
        } else if quoted && letter == '\\' {
            escaped = true;
        } else if letter == '"' {
            quoted = !quoted;
        }
        !quoted && letter == separator
    });
    let parts = parts.collect();
    (!quoted).then_some(parts)
}

/// An address, with or without a port; IPv6 in brackets or not.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse::<IpAddr>().ok();
    let address = address.or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()));
    address.map(|address| address.to_canonical())
}

/// The header's value as the flag names it.
impl TryFrom<&str> for ProxyHeader {
    type Error = String;

    fn try_from(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "x-forwarded-for" => Ok(Self::XForwardedFor),
            "forwarded" => Ok(Self::Forwarded),
            _ => Err("must be x-forwarded-for or forwarded".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn proxies(header: ProxyHeader) -> Proxies {
        let networks = ["10.0.0.0/8", "fd00::/8"];
        let networks = networks.iter().map(|network| network.parse().unwrap()).collect();
        Proxies { networks, header }
    }

    #[track_caller]
    fn check(header: ProxyHeader, peer: &str, lines: &[(&str, &str)], client: &str) {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let name: HeaderName = name.parse().unwrap();
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        let found = ClientAddress::of(peer.parse().unwrap(), &headers, &proxies(header));
        assert_eq!(found.to_string(), client, "{peer} {lines:?}");
    }

    #[test]
    fn the_nearest_that_is_no_proxy_is_the_client() {
        let check = |peer, lines: &[&str], client| {
            let lines: Vec<_> = lines.iter().map(|line| ("x-forwarded-for", *line)).collect();
            check(ProxyHeader::XForwardedFor, peer, &lines, client);
        };
        check("10.0.0.1", &["192.0.2.7"], "192.0.2.7");
        check("::ffff:10.0.0.1", &["192.0.2.7"], "192.0.2.7");
        check("10.0.0.1", &["192.0.2.7, 10.0.0.2"], "192.0.2.7");
        check("10.0.0.1", &["192.0.2.7", "10.0.0.2 ,fd00::1"], "192.0.2.7");
        check("fd00::1", &["[2001:db8::7]:4711"], "2001:db8::7");
        check("10.0.0.1", &["192.0.2.7:80"], "192.0.2.7");
        // What stands further left, the client wrote.
        check("10.0.0.1", &["203.0.113.1, 192.0.2.7"], "192.0.2.7");
        check("10.0.0.1", &["203.0.113.1", "192.0.2.7"], "192.0.2.7");
        check("10.0.0.1", &["10.0.0.3, 192.0.2.7"], "192.0.2.7");
        // No names, no nonsense.
        check("10.0.0.1", &["192.0.2.7, unknown"], "10.0.0.1");
        check("10.0.0.1", &["192.0.2.7, x, 10.0.0.2"], "10.0.0.2");
        check("10.0.0.1", &[""], "10.0.0.1");
        check("10.0.0.1", &[], "10.0.0.1");
        check("10.0.0.1", &["10.0.0.2"], "10.0.0.2");
    }

    #[test]
    fn nobody_else_is_believed() {
        let claims = [("x-forwarded-for", "192.0.2.7"), ("forwarded", "for=192.0.2.8")];
        check(ProxyHeader::XForwardedFor, "203.0.113.1", &claims, "203.0.113.1");
        check(ProxyHeader::Forwarded, "203.0.113.1", &claims, "203.0.113.1");
        // A proxy passes on what its client says in the header that it does not add to.
        check(ProxyHeader::XForwardedFor, "10.0.0.1", &claims, "192.0.2.7");
        check(ProxyHeader::Forwarded, "10.0.0.1", &claims, "192.0.2.8");
        check(ProxyHeader::Forwarded, "10.0.0.1", &claims[..1], "10.0.0.1");
    }

    #[test]
    fn the_standard_header_has_elements_and_quotes() {
        let check = |line: &str, client: &str| {
            check(ProxyHeader::Forwarded, "10.0.0.1", &[("forwarded", line)], client);
        };
        check("for=192.0.2.7", "192.0.2.7");
        check("For=\"[2001:db8::7]:4711\";proto=https;by=10.0.0.1", "2001:db8::7");
        check("for=203.0.113.1, for=192.0.2.7;host=\"a,b;for=192.0.2.9\"", "192.0.2.7");
        check("for=192.0.2.7, proto=https;for=10.0.0.2", "192.0.2.7");
        for nobody in ["for=_hidden", "for=unknown", "proto=https", "for=203.0.113.1, x=\"y"] {
            check(nobody, "10.0.0.1");
        }
        // Quotes that the client leaves open.
        for open in ["for=203.0.113.1;x=\"", "for=203.0.113.1;x=\"\\", "x=\""] {
            for added in ["for=192.0.2.7", "for=\"192.0.2.7\"", "for=\"192.0.2.7\";by=\"x\""] {
                check(&format!("{open}, {added}"), "10.0.0.1");
            }
        }
    }

    #[test]
    fn an_ipv6_network_of_64_bits_is_one_client() {
        let block = |text: &str| block(text.parse().unwrap());
        assert_eq!(block("2001:db8:1:2::1"), block("2001:db8:1:2:ffff::2"));
        assert_ne!(block("2001:db8:1:2::1"), block("2001:db8:1:3::1"));
        assert_ne!(block("192.0.2.1"), block("192.0.2.2"));
        assert_eq!(block("192.0.2.1"), block("::ffff:192.0.2.1"));
    }
}
