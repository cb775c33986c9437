//! Where a subscription's deliveries go: a URL, taken apart once.

use std::fmt;
use std::net::IpAddr;

use hyper::Uri;
use thiserror::Error;

use super::address::Addresses;

/// Bytes of a URL at most: more is nobody's endpoint.
pub const URL_BYTES_MAX: usize = 2_048;

/// A URL that deliveries may be sent to, as far as can be said without looking its host up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    text: String,
    has_tls: bool,
    host: String,
    port: u16,
    path: String,
}

/// Why a URL is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TargetError {
    /// It does not parse as an absolute URL with a host, or is too long.
    #[error("must be an absolute URL with a host, of at most {URL_BYTES_MAX} characters")]
    Form,
    /// It is neither `https` nor `http`.
    #[error("must begin with https://")]
    Scheme,
    /// It is `http`, which is allowed to addresses alone that the operator named.
    #[error("must begin with https://; this server sends nothing unencrypted")]
    Unencrypted,
    /// It has a user name or a password, which would be stored and shown.
    #[error("must have no user name and no password")]
    Credentials,
    /// It has a fragment, which is never sent.
    #[error("must have no fragment")]
    Fragment,
    /// Its host is an address that nothing is sent to.
    #[error("must not lead to an address that is not public")]
    Address,
}

impl Target {
    /// Takes a URL apart, and refuses what no delivery could be sent to.
    pub fn new(text: &str, addresses: &Addresses) -> Result<Self, TargetError> {
        let target = Self::parse(text)?;
        if !target.has_tls && addresses.allowed.is_empty() {
            return Err(TargetError::Unencrypted);
        }
        match target.host.parse::<IpAddr>() {
            Ok(address) if !addresses.admit(address, target.has_tls) => Err(TargetError::Address),
            _ => Ok(target),
        }
    }

    /// Takes a URL apart that was allowed before, perhaps by another operator.
    pub(crate) fn parse(text: &str) -> Result<Self, TargetError> {
        if text.len() > URL_BYTES_MAX || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(TargetError::Form);
        }
        if text.contains('#') {
            return Err(TargetError::Fragment);
        }
        let uri: Uri = text.parse().map_err(|_| TargetError::Form)?;
        let has_tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            Some(_) => return Err(TargetError::Scheme),
            None => return Err(TargetError::Form),
        };
        let authority = uri.authority().ok_or(TargetError::Form)?;
        if authority.as_str().contains('@') {
            return Err(TargetError::Credentials);
        }
        let bare = |host: &str| {
            let inside = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            inside.map_or_else(|| host.to_owned(), ToOwned::to_owned)
        };
        let host = bare(authority.host());
        let port = match authority.port() {
            Some(port) => port.as_u16(),
            // An empty or impossible port parses as none.
            None if authority.as_str().len() != authority.host().len() => {
                return Err(TargetError::Form);
            }
            None if has_tls => 443,
            None => 80,
        };
        if host.is_empty() || port == 0 {
            return Err(TargetError::Form);
        }
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        // A request has a path, also where the URL goes on with its query at once.
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Ok(Self { text: text.to_owned(), has_tls, host, port, path })
    }

    /// The URL as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is sent to over TLS.
    pub(crate) fn has_tls(&self) -> bool {
        self.has_tls
    }

    /// The host: a name, or an address without brackets.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Path and query, as they are sent.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The `Host` header.
    pub(crate) fn host_header(&self) -> String {
        let usual = if self.has_tls { 443 } else { 80 };
        let host =
            if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        if self.port == usual { host } else { format!("{host}:{}", self.port) }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_apart() {
        let check = |text: &str, has_tls, host: &str, port, path: &str, header: &str| {
            let target = Target::parse(text).unwrap();
            let found = (target.has_tls(), target.host(), target.port(), target.path());
            assert_eq!(found, (has_tls, host, port, path), "{text}");
            assert_eq!(target.host_header(), header, "{text}");
        };
        check("https://example.com", true, "example.com", 443, "/", "example.com");
        check(
            "https://example.com:8443/a?b=c",
            true,
            "example.com",
            8443,
            "/a?b=c",
            "example.com:8443",
        );
        check("https://example.com?b=c", true, "example.com", 443, "/?b=c", "example.com");
        check("https://example.com?", true, "example.com", 443, "/?", "example.com");
        check("http://[::1]:80/x", false, "::1", 80, "/x", "[::1]");
        check("https://1.1.1.1/", true, "1.1.1.1", 443, "/", "1.1.1.1");
    }

    #[test]
    fn what_no_delivery_could_be_sent_to_is_refused() {
        use TargetError::{Address, Credentials, Form, Fragment, Scheme, Unencrypted};
        let none = Addresses::default();
        let check = |text: &str, error| assert_eq!(Target::new(text, &none), Err(error), "{text}");
        check("", Form);
        check("/path", Form);
        check("example.com", Form);
        check("https://", Form);
        check("https:///path", Form);
        check("https://example.com:0/", Form);
        check("https://example.com:/", Form);
        check("https://example.com:99999/", Form);
        check("https://exa mple.com/", Form);
        check("https://exämple.com/", Form);
        check(&format!("https://example.com/{}", "a".repeat(URL_BYTES_MAX)), Form);
        check("ftp://example.com/", Scheme);
        check("http://example.com/", Unencrypted);
        check("https://user:password@example.com/", Credentials);
        check("https://user@example.com/", Credentials);
        check("https://example.com/#part", Fragment);
        check("https://127.0.0.1/", Address);
        check("https://[::1]/", Address);
        check("https://[::ffff:10.0.0.1]/", Address);
        check("https://169.254.169.254/latest/meta-data", Address);

        let loopback = Addresses { allowed: vec!["127.0.0.0/8".parse().unwrap()] };
        assert!(Target::new("http://127.0.0.1:9/", &loopback).is_ok());
        // A name is looked up when it is sent to.
        assert!(Target::new("http://localhost/", &loopback).is_ok());
        assert_eq!(Target::new("http://10.0.0.1/", &loopback), Err(Address));
        assert_eq!(Target::new("http://1.1.1.1/", &loopback), Err(Address));
    }
}
