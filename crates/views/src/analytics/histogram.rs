//! How often which duration: log-like buckets that are the same everywhere, so that they add up.
//!
//! A duration is whole seconds, rounded up. Up to 31 seconds each has a bucket of its own; above,
//! each power of two is cut into 16 equal buckets. A quantile is the greatest second of its bucket:
//! never below the true one, and at most a sixteenth above.

use super::varint::{read_varint, write_varint};

/// Buckets of each power of two, as a power of two.
const SPLIT_BITS: u32 = 4;
const SPLIT: u64 = 1 << SPLIT_BITS;

/// Counts by bucket; only those that are not zero.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Histogram(Vec<(u16, u64)>);

/// The bucket of a duration.
fn place(seconds: u64) -> u16 {
    let shift = (u64::BITS - seconds.leading_zeros()).saturating_sub(SPLIT_BITS + 1);
    let place = u64::from(shift) * SPLIT + (seconds >> shift);
    u16::try_from(place).unwrap_or(u16::MAX)
}

/// The greatest duration of a bucket.
fn greatest(place: u16) -> u64 {
    let place = u64::from(place);
    if place < 2 * SPLIT {
        return place;
    }
    let shift = place / SPLIT - 1;
    let above = u128::from(place - shift * SPLIT + 1) << shift;
    u64::try_from(above - 1).unwrap_or(u64::MAX)
}

impl Histogram {
    pub(super) const NONE: Self = Self(Vec::new());

    /// Counts a duration.
    pub(super) fn count(&mut self, seconds: u64) {
        self.add(place(seconds), 1);
    }

    fn add(&mut self, place: u16, count: u64) {
        match self.0.binary_search_by_key(&place, |(place, _)| *place) {
            Ok(at) => {
                if let Some((_, sum)) = self.0.get_mut(at) {
                    *sum += count;
                }
            }
            Err(at) => self.0.insert(at, (place, count)),
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        other.0.iter().for_each(|(place, count)| self.add(*place, *count));
    }

    /// How many durations were counted.
    pub fn total(&self) -> u64 {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// The greatest duration of each bucket that has any, and how many.
    pub fn buckets(&self) -> impl Iterator<Item = (u64, u64)> {
        self.0.iter().map(|(place, count)| (greatest(*place), *count))
    }

    /// The duration that so many thousandths do not exceed; `None` if there are none.
    pub fn quantile(&self, permille: u64) -> Option<u64> {
        let total = u128::from(self.total());
        let rank = (total * u128::from(permille)).div_ceil(1_000).max(1);
        let mut seen = 0;
        let reached = |(_, count): &(u64, u64)| {
            seen += u128::from(*count);
            seen >= rank
        };
        self.buckets().find(reached).map(|(seconds, _)| seconds)
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        write_varint(out, self.0.len() as u128);
        let mut before = 0;
        for (place, count) in &self.0 {
            write_varint(out, u128::from(place - before));
            write_varint(out, u128::from(*count));
            before = *place;
        }
    }

    pub(super) fn read(bytes: &mut &[u8]) -> Option<Self> {
        let (mut counts, mut place) = (Vec::new(), 0_u16);
        for _ in 0..read_varint(bytes)? {
            place = place.checked_add(u16::try_from(read_varint(bytes)?).ok()?)?;
            counts.push((place, u64::try_from(read_varint(bytes)?).ok()?));
        }
        Some(Self(counts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_duration_is_in_a_bucket_that_is_at_most_a_sixteenth_too_wide() {
        let near = (0..64).flat_map(|bit| {
            let power = 1_u64 << bit;
            [power - 1, power, power + power / 3, power.saturating_add(power / 2)]
        });
        for seconds in (0..5_000).chain(near) {
            let top = greatest(place(seconds));
            assert!(top >= seconds, "{seconds} {top}");
            assert!(top - seconds <= seconds / 16, "{seconds} {top}");
            assert_eq!(place(top), place(seconds), "{seconds}");
        }
    }

    #[test]
    fn quantiles_are_of_the_sorted_durations() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.quantile(500), None);
        for seconds in [0, 0, 0, 5, 9, 9, 20, 31, 1_000, 1_000] {
            histogram.count(seconds);
        }
        assert_eq!(histogram.quantile(0), Some(0));
        assert_eq!(histogram.quantile(300), Some(0));
        assert_eq!(histogram.quantile(301), Some(5));
        assert_eq!(histogram.quantile(500), Some(9));
        assert_eq!(histogram.quantile(800), Some(31));
        assert_eq!(histogram.quantile(1_000), Some(1_023));
        let mut bytes = Vec::new();
        histogram.write(&mut bytes);
        assert_eq!(Histogram::read(&mut bytes.as_slice()), Some(histogram));
    }
}
