//! Times as RFC 3339 writes them (section 5.6), in UTC.

use domain::Timestamp;
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::scalar::TextScalar;

/// A time, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Time(pub(crate) Timestamp);

/// `2200-01-01T00:00:00.000000Z`
const WRITTEN_BYTES: usize = 27;
const SECONDS_OF_DAY: i64 = 86_400;
const MICROS: i64 = 1_000_000;

impl Time {
    /// Writes the time; the fraction is left out when it is zero.
    fn write(self, buffer: &mut [u8; WRITTEN_BYTES]) -> &str {
        let seconds = self.0.0.div_euclid(MICROS);
        let micros = self.0.0.rem_euclid(MICROS);
        let (year, month, day) = civil(seconds.div_euclid(SECONDS_OF_DAY));
        let second_of_day = seconds.rem_euclid(SECONDS_OF_DAY);
        buffer.copy_from_slice(b"0000-00-00T00:00:00.000000Z");
        digits(&mut buffer[0..4], year);
        digits(&mut buffer[5..7], month);
        digits(&mut buffer[8..10], day);
        digits(&mut buffer[11..13], second_of_day / 3_600);
        digits(&mut buffer[14..16], second_of_day / 60 % 60);
        digits(&mut buffer[17..19], second_of_day % 60);
        let written = if micros == 0 {
            buffer[19] = b'Z';
            &buffer[..20]
        } else {
            digits(&mut buffer[20..26], micros);
            &buffer[..]
        };
        std::str::from_utf8(written).unwrap_or_default()
    }
}

/// Fills the slice with the last decimal digits of a number that is not negative.
fn digits(into: &mut [u8], mut value: i64) {
    for place in into.iter_mut().rev() {
        *place = b'0' + u8::try_from(value % 10).unwrap_or(0);
        value /= 10;
    }
}

/// Year, month and day of the proleptic Gregorian calendar, from days since 1970-01-01: Howard
/// Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// Whether the text has the form of RFC 3339 with at most nanoseconds; jiff, which reads it, would
/// take more forms than that.
fn has_form(text: &str) -> bool {
    let bytes = text.as_bytes();
    let shape = |byte: &u8| if byte.is_ascii_digit() { b'0' } else { *byte };
    let (Some(start), Some(rest)) = (bytes.get(..19), bytes.get(19..)) else {
        return false;
    };
    if !start.iter().map(shape).eq(*b"0000-00-00T00:00:00") {
        return false;
    }
    let zone = match rest.strip_prefix(b".") {
        None => rest,
        Some(fraction) => {
            let count = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if !(1..=9).contains(&count) {
                return false;
            }
            fraction.get(count..).unwrap_or_default()
        }
    };
    match zone {
        b"Z" => true,
        [b'+' | b'-', offset @ ..] => offset.iter().map(shape).eq(*b"00:00"),
        _ => false,
    }
}

impl TextScalar for Time {
    const WHAT: &'static str = "a time as in RFC 3339, such as 2200-01-01T00:00:00Z";

    fn read(text: &str) -> Option<Self> {
        if !has_form(text) {
            return None;
        }
        let time: jiff::Timestamp = text.parse().ok()?;
        // Nanoseconds are cut off, downwards also before 1970.
        let micros = time.as_nanosecond().div_euclid(1_000);
        Timestamp::new(i64::try_from(micros).ok()?).map(Self)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.write(&mut [0; WRITTEN_BYTES]))
    }
}

impl PartialSchema for Time {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some(
                "RFC 3339. Answers are in UTC with up to microseconds; finer fractions are cut off.",
            ))
            .examples(["2200-01-01T00:00:00Z"])
            .into()
    }
}

impl ToSchema for Time {
    fn name() -> std::borrow::Cow<'static, str> {
        "Time".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(micros: i64) -> String {
        Time(Timestamp(micros)).write(&mut [0; WRITTEN_BYTES]).to_owned()
    }

    #[test]
    fn times_are_written_as_jiff_writes_them() {
        let step = 86_399_999_971_i64 * 1_009;
        let mut micros = Timestamp::MIN.0;
        while micros < Timestamp::MAX.0 {
            let ours = written(micros);
            let theirs = jiff::Timestamp::from_microsecond(micros).unwrap();
            assert_eq!(ours.parse::<jiff::Timestamp>().unwrap(), theirs, "{ours}");
            assert_eq!(Time::read(&ours), Some(Time(Timestamp(micros))));
            micros += step;
        }
        assert_eq!(written(0), "1970-01-01T00:00:00Z");
        assert_eq!(written(1), "1970-01-01T00:00:00.000001Z");
        assert_eq!(written(-1), "1969-12-31T23:59:59.999999Z");
        assert_eq!(written(Timestamp::MIN.0), "0001-01-01T00:00:00Z");
        assert_eq!(written(Timestamp::MAX.0), "9999-12-31T23:59:59.999999Z");
    }

    #[test]
    fn offsets_are_taken_and_turned_into_utc() {
        let noon = Time::read("2200-01-01T12:00:00Z");
        assert!(noon.is_some());
        assert_eq!(Time::read("2200-01-01T14:00:00+02:00"), noon);
        assert_eq!(Time::read("2200-01-01T12:00:00.0000009Z"), noon);
    }

    #[test]
    fn what_is_no_rfc_3339_is_no_time() {
        for text in [
            "",
            "2200-01-01",
            "2200-01-01T00:00:00",
            "2200-01-01 00:00:00Z",
            "2200-01-01T00:00Z",
            "2200-13-01T00:00:00Z",
            "2200-02-30T00:00:00Z",
            "2200-01-01T25:00:00Z",
            "2200-01-01T00:00:00.Z",
            "2200-01-01T00:00:00.0000000001Z",
            "2200-01-01T00:00:00+0200",
            "2200-01-01T00:00:00Z[UTC]",
            "+002200-01-01T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59-23:59",
            "2200-01-01T00:00:00é",
        ] {
            assert_eq!(Time::read(text), None, "{text}");
        }
    }
}
