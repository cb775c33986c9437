//! Which addresses a delivery may go to: public ones, and those that the operator allows.
//!
//! A subscription's URL is anybody's who has a key, and the server stands where they do not: what
//! listens on its own machine, in its own network, or at the metadata address of its cloud is none of
//! their business. So the rule is about the address that is connected to, never about a name.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A range of addresses, such as `10.0.0.0/8` or `::1/128`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Net {
    first: IpAddr,
    prefix: u8,
}

/// A text that is no range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an address, or an address, a slash and the length of the prefix: 10.0.0.0/8")]
pub struct NetError;

impl Net {
    /// Whether the address lies in it. IPv4 addresses mapped to IPv6 count as what they are.
    pub fn has(&self, address: IpAddr) -> bool {
        match (self.first, address.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(address)) => v4(first, self.prefix, address),
            (IpAddr::V6(first), IpAddr::V6(address)) => v6(first, self.prefix, address),
            _ => false,
        }
    }
}

impl FromStr for Net {
    type Err = NetError;

    fn from_str(text: &str) -> Result<Self, NetError> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let first: IpAddr = address.parse().map_err(|_| NetError)?;
        let bits = if first.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => bits,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().map_err(|_| NetError)?
            }
            Some(_) => return Err(NetError),
        };
        if prefix > bits { Err(NetError) } else { Ok(Self { first, prefix }) }
    }
}

impl fmt::Display for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix)
    }
}

/// Where deliveries may go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Addresses {
    /// What is allowed besides public addresses over TLS; there also without TLS.
    pub allowed: Vec<Net>,
}

impl Addresses {
    /// Whether a connection to this address is allowed.
    pub fn admit(&self, address: IpAddr, has_tls: bool) -> bool {
        self.allowed.iter().any(|net| net.has(address)) || has_tls && is_public(address)
    }
}

/// IPv4 addresses that are not on the public Internet (the IANA registry of special-purpose
/// addresses), or are the cloud's own on it.
const NOT_PUBLIC_V4: [(Ipv4Addr, u8); 17] = [
    // "This network".
    (Ipv4Addr::UNSPECIFIED, 8),
    // Private (RFC 1918).
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    // Shared by the customers of a carrier (RFC 6598); also a cloud's metadata.
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    // This machine.
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // Link-local; most clouds' metadata.
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    // Protocol assignments; also a cloud's metadata.
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    // Documentation.
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    // Relays to IPv6.
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    // Benchmarks.
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    // Multicast.
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    // Reserved, and broadcast.
    (Ipv4Addr::new(240, 0, 0, 0), 4),
    // Azure's host, by an address that looks public.
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    // Name servers without a name: AS112, which answers for private ranges.
    (Ipv4Addr::new(192, 175, 48, 0), 24),
];

/// All that is public of IPv6 is in here; what is not in here is loopback, local to a link or a site,
/// multicast or not given out.
const GLOBAL_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What of that is not.
const NOT_PUBLIC_V6: [(Ipv6Addr, u8); 5] = [
    // Protocol assignments: Teredo, ORCHID, benchmarks.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    // Documentation.
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
    // 6to4: any IPv4 address is inside.
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    // AS112, as above.
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48),
];

/// Translated to the IPv4 address in its last four bytes (NAT64, RFC 6052).
const NAT64: (Ipv6Addr, u8) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// Whether the address is on the public Internet. What is not known to be is not.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => !NOT_PUBLIC_V4.iter().any(|(first, to)| v4(*first, *to, address)),
        IpAddr::V6(address) if v6(NAT64.0, NAT64.1, address) => {
            let [.., a, b, c, d] = address.octets();
            is_public(IpAddr::V4(Ipv4Addr::new(a, b, c, d)))
        }
        IpAddr::V6(address) => {
            v6(GLOBAL_V6.0, GLOBAL_V6.1, address)
                && !NOT_PUBLIC_V6.iter().any(|(first, to)| v6(*first, *to, address))
        }
    }
}

fn v4(first: Ipv4Addr, prefix: u8, address: Ipv4Addr) -> bool {
    let differs = (first.to_bits() ^ address.to_bits()).leading_zeros();
    differs >= u32::from(prefix)
}

fn v6(first: Ipv6Addr, prefix: u8, address: Ipv6Addr) -> bool {
    let differs = (first.to_bits() ^ address.to_bits()).leading_zeros();
    differs >= u32::from(prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_public_addresses_are_public() {
        let public = [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2a00:1450:4001:81b::200e",
            "2001:4860:4860::8888",
            "64:ff9b::808:808",
            "::ffff:8.8.8.8",
        ];
        for text in public {
            assert!(is_public(address(text)), "{text} is public");
        }
        let others = [
            // This machine, and no address at all.
            "127.0.0.1",
            "127.255.255.254",
            "0.0.0.0",
            "0.1.2.3",
            "::1",
            "::",
            // Private, of a link, of a carrier.
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd12:3456::1",
            // Metadata of clouds.
            "169.254.169.254",
            "169.254.170.2",
            "100.100.100.200",
            "192.0.0.192",
            "168.63.129.16",
            "fd00:ec2::254",
            // To many, documentation, benchmarks, reserved.
            "224.0.0.1",
            "239.255.255.255",
            "255.255.255.255",
            "240.0.0.1",
            "ff02::1",
            "192.0.2.1",
            "198.51.100.1",
            "203.0.113.1",
            "2001:db8::1",
            "3fff::1",
            "198.18.0.1",
            "198.19.255.255",
            "2001:2::1",
            // Others inside: mapped, translated, tunnelled.
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::808:808",
            "2002:7f00:1::",
            "2002:808:808::1",
            "2001::1",
            // Not given out.
            "4000::1",
            "100::1",
            "5f00::1",
        ];
        for text in others {
            assert!(!is_public(address(text)), "{text} is not public");
        }
    }

    #[test]
    fn what_the_operator_allows_is_allowed_and_nothing_else() {
        let allowed = ["127.0.0.0/8", "10.1.2.3", "fd00::/8"].map(|net| net.parse().unwrap());
        let addresses = Addresses { allowed: allowed.to_vec() };
        let check = |text: &str, has_tls, expected| {
            assert_eq!(addresses.admit(address(text), has_tls), expected, "{text} {has_tls}");
        };
        for has_tls in [false, true] {
            check("127.0.0.1", has_tls, true);
            check("::ffff:127.0.0.1", has_tls, true);
            check("10.1.2.3", has_tls, true);
            check("fd12::1", has_tls, true);
            check("10.1.2.4", has_tls, false);
            check("::1", has_tls, false);
            check("192.168.0.1", has_tls, false);
        }
        check("1.1.1.1", true, true);
        check("1.1.1.1", false, false);
        assert!(!Addresses::default().admit(address("127.0.0.1"), true));
    }

    #[test]
    fn ranges_are_read_as_they_are_written() {
        for text in ["127.0.0.0/8", "0.0.0.0/0", "::/0", "fd00::/8", "10.1.2.3/32"] {
            assert_eq!(text.parse::<Net>().unwrap().to_string(), text);
        }
        assert_eq!("::1".parse::<Net>().unwrap().to_string(), "::1/128");
        for wrong in ["", "localhost", "10.0.0.0/33", "::/129", "10.0.0.0/", "10/8", "10.0.0.0/+8"]
        {
            assert_eq!(wrong.parse::<Net>(), Err(NetError), "{wrong}");
        }
    }
}
