//! Times of day in UTC, in microseconds: what answers, logs and the clock are compared by.

use std::time::{SystemTime, UNIX_EPOCH};

const DAY_MICROS: i64 = 24 * 3600 * 1_000_000;

/// The time of day of an RFC 3339 time in UTC, such as `2026-11-22T15:21:43.123456Z`.
pub(crate) fn of_text(text: &str) -> Option<i64> {
    let time = text.split_once('T')?.1;
    let (time, _) = time.split_once('Z')?;
    let (seconds, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut parts = seconds.split(':').map(str::parse::<i64>);
    let (hours, minutes, seconds) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    // Trailing zeros of the fraction may have been dropped; what is below a microsecond is.
    let fraction: i64 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    Some(((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + fraction)
}

/// The time of day now.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros() % u128::from(DAY_MICROS.unsigned_abs())).unwrap_or(0)
}

/// Microseconds from `earlier` to `later`, which are less than half a day apart.
pub(crate) const fn micros_between(earlier: i64, later: i64) -> i64 {
    let between = (later - earlier).rem_euclid(DAY_MICROS);
    if between > DAY_MICROS / 2 { between - DAY_MICROS } else { between }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_are_read() {
        for (text, micros) in [
            ("2026-11-22T00:00:00Z", 0),
            ("2026-11-22T00:00:01.5Z", 1_500_000),
            ("2026-11-22T01:02:03.000004Z", 3_723_000_004),
        ] {
            assert_eq!(of_text(text), Some(micros), "{text}");
        }
        assert_eq!(of_text("yesterday"), None);
    }

    #[test]
    fn midnight_is_no_boundary() {
        assert_eq!(micros_between(DAY_MICROS - 1, 1), 2);
        assert_eq!(micros_between(1, DAY_MICROS - 1), -2);
    }
}
