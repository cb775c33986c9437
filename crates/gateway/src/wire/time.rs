//! Times as RFC 3339 writes them (section 5.6), in UTC.

use std::fmt;

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

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.write(&mut [0; WRITTEN_BYTES]))
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

/// Days since 1970-01-01, if the calendar has such a day: `days_from_civil` of the same document.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = 365 * year_of_era + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    // A 30th of February would be another day.
    (civil(days) == (year, month, day)).then_some(days)
}

/// Whether each byte is the one of the form, or a digit where that has `0`.
fn has_form(bytes: &[u8], form: &[u8]) -> bool {
    let shape = |byte: &u8| if byte.is_ascii_digit() { b'0' } else { *byte };
    bytes.iter().map(shape).eq(form.iter().copied())
}

/// The number that decimal digits write.
fn number(digits: &[u8]) -> i64 {
    digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'))
}

/// Seconds since 1970 of `2200-01-01T00:00:00`. A second 60 is refused: the network's clock has no
/// leap seconds.
fn seconds(date_time: &[u8]) -> Option<i64> {
    if !has_form(date_time, b"0000-00-00T00:00:00") {
        return None;
    }
    let days = days(number(&date_time[..4]), number(&date_time[5..7]), number(&date_time[8..10]))?;
    let clock = second_of_day(&date_time[11..16])?;
    let second = number(&date_time[17..]);
    (second < 60).then_some(days * SECONDS_OF_DAY + clock + second)
}

/// Seconds since midnight of `23:59`.
fn second_of_day(clock: &[u8]) -> Option<i64> {
    if !has_form(clock, b"00:00") {
        return None;
    }
    let (hour, minute) = (number(&clock[..2]), number(&clock[3..]));
    (hour < 24 && minute < 60).then_some(hour * 3_600 + minute * 60)
}

/// Microseconds of a fraction with at most nanoseconds, which are cut off, and what is behind it.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let Some(fraction) = rest.strip_prefix(b".") else {
        return Some((0, rest));
    };
    let count = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=9).contains(&count) {
        return None;
    }
    let (digits, zone) = fraction.split_at(count);
    let mut micros = *b"000000";
    for (place, digit) in micros.iter_mut().zip(digits) {
        *place = *digit;
    }
    Some((number(&micros), zone))
}

/// Seconds by which the zone is ahead of UTC.
fn offset(zone: &[u8]) -> Option<i64> {
    match zone {
        b"Z" => Some(0),
        [b'+', clock @ ..] => second_of_day(clock),
        [b'-', clock @ ..] => second_of_day(clock).map(|seconds| -seconds),
        _ => None,
    }
}

impl TextScalar for Time {
    const WHAT: &'static str = "a time as in RFC 3339, such as 2200-01-01T00:00:00Z";

    fn read(text: &str) -> Option<Self> {
        let (date_time, rest) = text.as_bytes().split_at_checked(19)?;
        let (micros, zone) = fraction(rest)?;
        let seconds = seconds(date_time)? - offset(zone)?;
        Timestamp::new(seconds * MICROS + micros).map(Self)
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
    fn times_are_read_to_the_ends_of_the_calendar() {
        for (text, micros) in [
            ("0001-01-01T00:00:00Z", Timestamp::MIN.0),
            ("0000-12-31T23:00:00-01:00", Timestamp::MIN.0),
            ("1969-12-31T23:59:59.9999999Z", -1),
            ("1970-01-01T00:00:00.1Z", 100_000),
            ("1970-01-01T23:59:00+23:59", 0),
            ("1969-12-31T00:01:00-23:59", 0),
            ("2000-02-29T00:00:00Z", 951_782_400_000_000),
            ("9999-12-30T22:00:01Z", Timestamp::MAX.0 - 93_598_999_999),
            ("9999-12-31T23:59:59Z", Timestamp::MAX.0 - 999_999),
            ("9999-12-31T23:59:59.999999Z", Timestamp::MAX.0),
            ("9999-12-31T23:59:59.999999999Z", Timestamp::MAX.0),
        ] {
            assert_eq!(Time::read(text), Some(Time(Timestamp(micros))), "{text}");
        }
        assert_eq!(written(Timestamp::MAX.0), "9999-12-31T23:59:59.999999Z");
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
            "2100-02-29T00:00:00Z",
            "2200-00-01T00:00:00Z",
            "2200-01-00T00:00:00Z",
            "2200-99-99T00:00:00Z",
            "2200-01-01T24:00:00Z",
            "2200-01-01T25:00:00Z",
            "2200-01-01T00:60:00Z",
            "2200-01-01T23:59:60Z",
            "2200-01-01T00:00:00+24:00",
            "2200-01-01T00:00:00+25:00",
            "2200-01-01T00:00:00+00:60",
            "2200-01-01T00:00:00+00:00Z",
            "2200-01-01t00:00:00z",
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
