//! Paths and queries, as the API reads them.

use std::fmt::Display;

use form_urlencoded::Serializer;

/// What a list or a read may be asked, as parameters of the address.
pub trait Query {
    /// Adds what is asked.
    fn pairs(&self, pairs: &mut Pairs);
}

/// Nothing.
impl Query for () {
    fn pairs(&self, _: &mut Pairs) {}
}

/// Parameters by name, for what this version has no type of.
impl Query for [(&str, &str)] {
    fn pairs(&self, pairs: &mut Pairs) {
        for (name, value) in self {
            pairs.push(name, value);
        }
    }
}

/// Parameters of an address.
pub struct Pairs(Serializer<'static, String>);

impl Pairs {
    fn push(&mut self, name: &str, value: &str) {
        self.0.append_pair(name, value);
    }

    /// A parameter, if it is given.
    pub fn one<T: Display>(&mut self, name: &str, value: &Option<T>) {
        if let Some(value) = value {
            self.push(name, &value.to_string());
        }
    }

    /// Any of some values, if there are any.
    pub fn all<T: Display>(&mut self, name: &str, values: &[T]) {
        if !values.is_empty() {
            let values: Vec<_> = values.iter().map(ToString::to_string).collect();
            self.push(name, &values.join(","));
        }
    }
}

/// A path with what is asked.
pub fn address<Q: Query + ?Sized>(path: &str, query: &Q) -> String {
    let mut pairs = Pairs(Serializer::new(String::new()));
    query.pairs(&mut pairs);
    let pairs = pairs.0.finish();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{pairs}") }
}

/// A path with identifiers in the places of `{}`, whatever is in them.
pub fn path(template: &str, identifiers: &[&str]) -> String {
    let mut path = String::with_capacity(template.len() + 40);
    let mut parts = template.split("{}");
    path.push_str(parts.next().unwrap_or_default());
    for (part, identifier) in parts.zip(identifiers) {
        for byte in identifier.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-' | b'~' => {
                    path.push(byte.into());
                }
                _ => path.extend(['%', hex(byte >> 4), hex(byte & 15)]),
            }
        }
        path.push_str(part);
    }
    path
}

fn hex(digit: u8) -> char {
    char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FollowEventsQuery, ListTradesQuery, Topic, TradeStatus};

    #[test]
    fn what_is_asked_for_is_written_as_forms_are() {
        let query = ListTradesQuery {
            station: Some("a&b=c d".to_owned()),
            status: Some(TradeStatus::Settled),
            from: Some("2200-01-01T00:00:00Z".parse().unwrap()),
            ..ListTradesQuery::default()
        };
        let asked = address("/api/trades", &query);
        assert_eq!(
            asked,
            "/api/trades?station=a%26b%3Dc+d&status=settled&from=2200-01-01T00%3A00%3A00Z"
        );
        let query = FollowEventsQuery {
            topic: vec![Topic::Trade, Topic::Alert],
            ..FollowEventsQuery::default()
        };
        assert_eq!(address("/s", &query), "/s?topic=trade%2Calert");
        assert_eq!(address("/s", &()), "/s");
        assert_eq!(address("/s", [("asOf", "7")].as_slice()), "/s?asOf=7");
    }

    #[test]
    fn an_identifier_stays_one_segment() {
        assert_eq!(path("/a/{}/b", &["x/../y?ü"]), "/a/x%2F..%2Fy%3F%C3%BC/b");
    }
}
