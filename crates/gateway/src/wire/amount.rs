//! Numbers: amounts are JSON integers without fraction or exponent, exact in every JSON client.

use std::borrow::Cow;
use std::fmt;

use domain::limits::DEADLINE_SECONDS_MAX;
use domain::{AMOUNT_MAX, Credits, Lifetime, Position, Quantity};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::scalar::component;

/// The greatest amount, signed.
const MOST: i64 = AMOUNT_MAX.cast_signed();
/// The longest deadline.
const SECONDS_MOST: i64 = DEADLINE_SECONDS_MAX as i64;

/// A JSON integer from `least` to `most`.
struct WholeVisitor {
    least: i64,
    most: i64,
}

impl Visitor<'_> for WholeVisitor {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from {} to {}", self.least, self.most)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<i64, E> {
        // What does not fit i64 is as far out of range as its maximum.
        self.visit_i64(i64::try_from(value).unwrap_or(i64::MAX))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<i64, E> {
        if (self.least..=self.most).contains(&value) {
            Ok(value)
        } else {
            Err(E::custom("out of range"))
        }
    }
}

fn whole(least: i64, most: i64, description: &str) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(least))
        .maximum(Some(most))
        .description(Some(description))
        .build()
}

macro_rules! amount {
    ($(#[doc = $doc:literal])* $name:ident, from $least:expr, to $most:expr) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy)]
        pub(crate) struct $name(i64);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_i64(WholeVisitor { least: $least, most: $most }).map(Self)
            }
        }

        component!($name, stringify!($name), whole($least, $most, concat!($($doc),*).trim()));
    };
}

amount! {
    /// A whole number from 0 to 2^53-1.
    Amount, from 0, to MOST
}
amount! {
    /// A whole number from 1 to 2^53-1.
    Positive, from 1, to MOST
}
amount! {
    /// A whole number other than 0, from -(2^53-1) to 2^53-1.
    Change, from -MOST, to MOST
}
amount! {
    /// Seconds of network time, from 1 to 315,360,000: ten years.
    Seconds, from 1, to SECONDS_MOST
}

impl Amount {
    pub(crate) const ZERO: Self = Self(0);

    /// As goods.
    pub(crate) fn quantity(self) -> Quantity {
        Quantity::new(self.0.unsigned_abs()).unwrap_or_default()
    }

    /// As credits.
    pub(crate) fn credits(self) -> Credits {
        Credits::new(self.0.unsigned_abs()).unwrap_or_default()
    }
}

impl Seconds {
    /// How many.
    pub(crate) fn get(self) -> u32 {
        // Within its bounds, so always the number itself.
        u32::try_from(self.0).unwrap_or(DEADLINE_SECONDS_MAX)
    }

    /// As the time until a deadline; within its bounds, so always there.
    pub(crate) fn lifetime(self) -> Option<Lifetime> {
        u32::try_from(self.0).ok().and_then(|seconds| Lifetime::new(seconds).ok())
    }
}

impl Positive {
    /// As goods.
    pub(crate) fn quantity(self) -> Quantity {
        Quantity::new(self.0.unsigned_abs()).unwrap_or_default()
    }

    /// As credits.
    pub(crate) fn credits(self) -> Credits {
        Credits::new(self.0.unsigned_abs()).unwrap_or_default()
    }
}

impl Change {
    /// The sign: -1, 0 or 1.
    pub(crate) fn sign(self) -> i64 {
        self.0.signum()
    }

    /// As goods, without the sign.
    pub(crate) fn quantity(self) -> Quantity {
        Quantity::new(self.0.unsigned_abs()).unwrap_or_default()
    }

    /// As credits, without the sign.
    pub(crate) fn credits(self) -> Credits {
        Credits::new(self.0.unsigned_abs()).unwrap_or_default()
    }
}

/// A coordinate: light-years outside, thousandths of them inside.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Coordinate(pub(crate) i64);

/// Thousandths in a light-year.
const THOUSANDTHS: i64 = 1_000;

impl Coordinate {
    /// Reads light-years; `None` if they are too many, or finer than a thousandth.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::float_cmp,
        reason = "within the bound both are exact, and only what reads back as itself is taken"
    )]
    pub(crate) fn read(light_years: f64) -> Option<Self> {
        let most = (Position::COORDINATE_MAX / THOUSANDTHS) as f64;
        if !(-most..=most).contains(&light_years) {
            return None;
        }
        let thousandths = (light_years * THOUSANDTHS as f64).round();
        (thousandths / THOUSANDTHS as f64 == light_years).then_some(Self(thousandths as i64))
    }
}

struct CoordinateVisitor;

impl Visitor<'_> for CoordinateVisitor {
    type Value = Coordinate;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of light-years")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Coordinate, E> {
        Coordinate::read(value).ok_or_else(|| E::custom("out of range"))
    }

    #[expect(clippy::cast_precision_loss, reason = "what is not exact is out of range")]
    fn visit_u64<E: Error>(self, value: u64) -> Result<Coordinate, E> {
        self.visit_f64(value as f64)
    }

    #[expect(clippy::cast_precision_loss, reason = "what is not exact is out of range")]
    fn visit_i64<E: Error>(self, value: i64) -> Result<Coordinate, E> {
        self.visit_f64(value as f64)
    }
}

impl<'de> Deserialize<'de> for Coordinate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_f64(CoordinateVisitor)
    }
}

impl Serialize for Coordinate {
    #[expect(clippy::cast_precision_loss, reason = "exact within the bound of a coordinate")]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % THOUSANDTHS == 0 {
            serializer.serialize_i64(self.0 / THOUSANDTHS)
        } else {
            serializer.serialize_f64(self.0 as f64 / THOUSANDTHS as f64)
        }
    }
}

component!(
    Coordinate,
    "Coordinate",
    ObjectBuilder::new()
        .schema_type(Type::Number)
        .format(Some(SchemaFormat::Custom("light-years".to_owned())))
        .minimum(Some(-Position::COORDINATE_MAX / THOUSANDTHS))
        .maximum(Some(Position::COORDINATE_MAX / THOUSANDTHS))
        .description(Some("Light-years, to the thousandth."))
        .build()
);

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
        serde_json::from_str(text).ok()
    }

    #[test]
    fn amounts_are_integers_in_range_and_nothing_else() {
        for (text, expected) in [
            ("0", Some(0)),
            ("9007199254740991", Some(AMOUNT_MAX)),
            ("9007199254740992", None),
            ("18446744073709551615", None),
            ("18446744073709551616", None),
            ("-1", None),
            ("-0", None),
            ("1.0", None),
            ("1e3", None),
            ("\"1\"", None),
            ("null", None),
            ("true", None),
            ("[1]", None),
        ] {
            let read = read::<Amount>(text).map(|amount| amount.quantity().get());
            assert_eq!(read, expected, "{text}");
        }
        assert!(read::<Positive>("0").is_none());
        assert_eq!(read::<Change>("-9007199254740991").map(Change::sign), Some(-1));
        assert!(read::<Change>("-9007199254740992").is_none());
    }

    #[test]
    fn coordinates_are_exact_to_the_thousandth_or_refused() {
        for (text, expected) in [
            ("0", Some(0)),
            ("-0.0", Some(0)),
            ("1.301", Some(1_301)),
            ("-4.2", Some(-4_200)),
            ("1e3", Some(1_000_000)),
            ("999999999.999", Some(999_999_999_999)),
            ("1000000000", Some(1_000_000_000_000)),
            ("1000000000.001", None),
            ("0.0001", None),
            ("1e300", None),
            ("\"1\"", None),
        ] {
            let read = read::<Coordinate>(text).map(|coordinate| coordinate.0);
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn coordinates_are_written_as_they_were_read() {
        for text in ["0", "1.301", "-4.2", "1000", "-999999999.999"] {
            let coordinate: Coordinate = read(text).unwrap();
            assert_eq!(serde_json::to_string(&coordinate).unwrap(), text);
        }
    }
}
