//! The one sequence, and the server-made identifiers that are made of it.

use std::fmt;

/// A place in the journal's gap-free sequence of events; the first event has 1, 0 is "nothing yet".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Sequence(pub u64);

impl Sequence {
    /// Before the first event.
    pub const ZERO: Self = Self(0);

    /// The place after this one.
    #[inline]
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Base 32 with extended hex alphabet (RFC 4648, section 7), lower case: texts sort as numbers do.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";
/// 11 digits of 5 bits hold every sequence a JSON number can (53 bits).
const DIGITS: usize = 11;

fn write_id(f: &mut fmt::Formatter<'_>, prefix: &str, sequence: Sequence) -> fmt::Result {
    f.write_str(prefix)?;
    (0..DIGITS).rev().try_for_each(|digit| {
        let five_bits = (sequence.0 >> (5 * digit)) & 31;
        let letter = usize::try_from(five_bits).ok().and_then(|at| ALPHABET.get(at));
        fmt::Write::write_char(f, char::from(*letter.ok_or(fmt::Error)?))
    })
}

fn parse_id(prefix: &str, text: &str) -> Option<Sequence> {
    let digits = text.strip_prefix(prefix)?.as_bytes();
    if digits.len() != DIGITS {
        return None;
    }
    let value = digits.iter().try_fold(0_u64, |value, byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'v' => byte - b'a' + 10,
            _ => return None,
        };
        Some((value << 5) | u64::from(digit))
    })?;
    (value > 0 && value <= crate::AMOUNT_MAX).then_some(Sequence(value))
}

macro_rules! server_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Sequence);

        impl $name {
            /// Reads what `Display` writes; anything else is `None`.
            pub fn parse(text: &str) -> Option<Self> {
                parse_id($prefix, text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_id(f, $prefix, self.0)
            }
        }
    };
}

server_id! {
    /// A trade: the sequence of the event that made it. Written `t-` and eleven digits.
    TransactionId, "t-"
}
server_id! {
    /// A shipment: the sequence of its booking. Written `s-` and eleven digits.
    ShipmentId, "s-"
}

server_id! {
    /// An offer: the sequence of its posting. Written `o-` and eleven digits.
    OfferId, "o-"
}
server_id! {
    /// An alert: the sequence of the event that fired it. Written `a-` and eleven digits.
    AlertId, "a-"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_made_identifiers_sort_as_their_sequences_and_read_back() {
        let sequences = [1, 31, 32, 4711, u64::from(u32::MAX), crate::AMOUNT_MAX];
        let texts = sequences.map(|value| TransactionId(Sequence(value)).to_string());
        assert!(texts.is_sorted());
        for (text, value) in texts.iter().zip(sequences) {
            assert_eq!(TransactionId::parse(text), Some(TransactionId(Sequence(value))));
        }
        assert_eq!(texts[3], "t-000000004j7");
    }

    #[test]
    fn what_no_server_made_is_no_identifier() {
        for text in
            ["", "t-", "t-0", "t-00000000000", "t-vvvvvvvvvvv", "s-000000004j7", "t-00000000W01"]
        {
            assert_eq!(TransactionId::parse(text), None, "{text}");
        }
    }
}
