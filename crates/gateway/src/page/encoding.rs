//! Which form of a file a client wants: `Accept-Encoding` (RFC 9110, section 12.5.3).

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_ENCODING;

/// How a file can be encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
}

impl Encoding {
    /// Its name over HTTP.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }
}

/// How much a client wants each encoding: thousandths; nothing if it does not say.
pub(super) struct Wanted<'a>(Vec<(&'a str, u16)>);

impl<'a> Wanted<'a> {
    pub(super) fn of(headers: &'a HeaderMap) -> Self {
        let lines = headers.get_all(ACCEPT_ENCODING).into_iter();
        let lines = lines.filter_map(|line| line.to_str().ok());
        let items = lines.flat_map(|line| line.split(',')).map(|item| {
            let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
            (name.trim(), weight(parameters))
        });
        Self(items.filter(|(name, _)| !name.is_empty()).collect())
    }

    /// The one of these that is wanted most, the first of those that are wanted alike; `None` if the
    /// file itself is wanted more. It is sent also to whoever wants nothing that there is.
    pub(super) fn best(&self, has: impl Iterator<Item = Encoding>) -> Option<Encoding> {
        let plain = self.named("identity").unwrap_or_default();
        let mut best = None;
        for encoding in has {
            let weight = self.named(encoding.name()).or_else(|| self.named("*"));
            let weight = weight.unwrap_or_default();
            if weight > 0 && weight >= plain && best.is_none_or(|(_, most)| weight > most) {
                best = Some((encoding, weight));
            }
        }
        best.map(|(encoding, _)| encoding)
    }

    fn named(&self, wanted: &str) -> Option<u16> {
        let mut named = self.0.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        named.next().map(|(_, weight)| *weight)
    }
}

/// The weight of `;q=0.5`, in thousandths; all of it if none is given, none if it makes no sense.
fn weight(parameters: &str) -> u16 {
    let mut pairs = parameters.split(';').filter_map(|pair| pair.split_once('='));
    let Some((_, value)) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("q")) else {
        return 1_000;
    };
    let (whole, fraction) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
    let digits = fraction.len() <= 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    match (whole, format!("{fraction:0<3}").parse::<u16>()) {
        ("1", Ok(0)) => 1_000,
        ("0", Ok(thousandths)) if digits => thousandths,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn what_is_wanted_most_is_sent() {
        use Encoding::{Brotli, Gzip};
        for (accepted, expected) in [
            ("gzip, deflate, br, zstd", Some(Brotli)),
            ("gzip, deflate", Some(Gzip)),
            ("GZIP;Q=0.5 , BR ; q=0.4", Some(Gzip)),
            ("br;q=0.001", Some(Brotli)),
            ("*", Some(Brotli)),
            ("br;q=0, *", Some(Gzip)),
            ("br;q=0, gzip;q=0", None),
            ("identity", None),
            ("identity, gzip;q=0.9", None),
            ("identity;q=0.5, gzip", Some(Gzip)),
            ("identity;q=0", None),
            ("br;q=2, gzip;q=x", None),
            ("br;q=0.1234, gzip;q=1.000", Some(Gzip)),
            (",, ;q=1", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(accepted));
            let best = Wanted::of(&headers).best([Brotli, Gzip].into_iter());
            assert_eq!(best, expected, "{accepted}");
        }
        let nothing = HeaderMap::new();
        assert_eq!(Wanted::of(&nothing).best([Brotli, Gzip].into_iter()), None);
    }

    #[test]
    fn all_lines_of_the_header_count() {
        let mut headers = HeaderMap::new();
        headers.append(ACCEPT_ENCODING, HeaderValue::from_static("deflate"));
        headers.append(ACCEPT_ENCODING, HeaderValue::from_static("br"));
        let wanted = Wanted::of(&headers);
        assert_eq!(wanted.best([Encoding::Gzip].into_iter()), None);
        let all = [Encoding::Gzip, Encoding::Brotli];
        assert_eq!(wanted.best(all.into_iter()), Some(Encoding::Brotli));
    }
}
