//! Arithmetic on figures, and how they are shown.
//!
//! Figures are measurements: three digits of them mean something, so floats do.

use std::time::Duration;

/// A count as a float.
#[expect(clippy::cast_precision_loss, reason = "figures are shown with three digits")]
pub(crate) const fn float(count: u64) -> f64 {
    count as f64
}

/// A size as a count.
pub(crate) fn count(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}

/// So many in so long, per second.
pub(crate) fn rate(count: u64, elapsed: Duration) -> f64 {
    float(count) / elapsed.as_secs_f64().max(1e-9)
}

/// The middle one; of an even number, the mean of the two in the middle. 0 of none.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match (sorted.len() % 2, sorted.get(middle), middle.checked_sub(1).and_then(|m| sorted.get(m)))
    {
        (1, Some(value), _) => *value,
        (_, Some(upper), Some(lower)) => f64::midpoint(*lower, *upper),
        _ => 0.0,
    }
}

/// `1234567` as `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A rate as `12,345/s`.
pub(crate) fn per_second(rate: f64) -> String {
    format!("{}/s", grouped(whole(rate)))
}

/// The nearest whole number; 0 for what is below.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rounded and clamped just before"
)]
pub(crate) fn whole(value: f64) -> u64 {
    // The greatest whole number that every float below it can tell from its neighbours.
    value.round().clamp(0.0, 9_007_199_254_740_991.0) as u64
}

/// A time with three digits and the unit that suits it.
pub(crate) fn time(duration: Duration) -> String {
    let micros = duration.as_secs_f64() * 1e6;
    match micros {
        ..1e3 => format!("{micros:.0} µs"),
        1e3..1e4 => format!("{:.2} ms", micros / 1e3),
        1e4..1e6 => format!("{:.1} ms", micros / 1e3),
        _ => format!("{:.2} s", micros / 1e6),
    }
}

/// Bytes with the unit that suits them.
pub(crate) fn bytes(bytes: u64) -> String {
    let kib = float(bytes) / 1024.0;
    match kib {
        ..10.0 => format!("{kib:.2} KiB"),
        10.0..1024.0 => format!("{kib:.0} KiB"),
        1024.0..1_048_576.0 => format!("{:.0} MiB", kib / 1024.0),
        _ => format!("{:.2} GiB", kib / 1_048_576.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_shown_with_their_units() {
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(time(Duration::from_micros(250)), "250 µs");
        assert_eq!(time(Duration::from_micros(1250)), "1.25 ms");
        assert_eq!(time(Duration::from_millis(2500)), "2.50 s");
        assert_eq!(bytes(8 * 1024), "8.00 KiB");
        assert_eq!(bytes(3 * 1024 * 1024 * 1024 / 2), "1.50 GiB");
    }

    #[test]
    fn the_median_is_in_the_middle() {
        for (values, middle) in
            [(vec![], 0.0), (vec![3.0], 3.0), (vec![9.0, 1.0, 2.0], 2.0), (vec![4.0, 2.0], 3.0)]
        {
            assert!((median(&values) - middle).abs() < 1e-9, "{values:?}");
        }
    }
}
