//! Where a key occurs in a chunk that is still filled.

use roaring::RoaringBitmap;

use super::posting;

/// More offsets than these take less as bits, and no longer than that to be searched.
const LISTED_MAX: usize = BITS_BYTES / size_of::<u16>();
/// A bit for each offset of a chunk.
const BITS_BYTES: usize = (1 << 16) / 8;

/// Offsets for which a posting has room at first: what the least that allocators give has room for.
const FIRST_OFFSETS: usize = 12;

/// Offsets of a chunk, added in ascending order.
#[derive(Debug)]
pub(crate) enum Offsets {
    /// One after the other.
    Listed(Vec<u16>),
    /// A bit for each that there may be, and how many are set.
    Bits(Box<[u8; BITS_BYTES]>, u32),
}

impl Default for Offsets {
    fn default() -> Self {
        Self::Listed(Vec::with_capacity(FIRST_OFFSETS))
    }
}

fn set(bits: &mut [u8; BITS_BYTES], offset: u16) {
    // There is a bit for each offset.
    if let Some(byte) = bits.get_mut(usize::from(offset / 8)) {
        *byte |= 1 << (offset % 8);
    }
}

impl Offsets {
    /// Adds the next.
    pub(crate) fn push(&mut self, offset: u16) {
        match self {
            Self::Listed(listed) if listed.len() < LISTED_MAX => listed.push(offset),
            Self::Listed(listed) => {
                let mut bits = Box::new([0; BITS_BYTES]);
                let count = u32::try_from(listed.len()).unwrap_or(u32::MAX);
                for offset in listed {
                    set(&mut bits, *offset);
                }
                *self = Self::Bits(bits, count);
                self.push(offset);
            }
            Self::Bits(bits, count) => {
                set(bits, offset);
                *count += 1;
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Listed(listed) => listed.len(),
            Self::Bits(_, count) => *count as usize,
        }
    }

    pub(crate) fn contains(&self, offset: u16) -> bool {
        match self {
            Self::Listed(listed) => listed.binary_search(&offset).is_ok(),
            Self::Bits(bits, _) => {
                let byte = bits.get(usize::from(offset / 8)).copied().unwrap_or_default();
                byte & (1 << (offset % 8)) != 0
            }
        }
    }

    /// The same as a bitmap.
    pub(crate) fn bitmap(&self) -> RoaringBitmap {
        match self {
            Self::Listed(listed) => {
                let sorted = listed.iter().copied().map(u32::from);
                // They were added in ascending order.
                RoaringBitmap::from_sorted_iter(sorted).unwrap_or_default()
            }
            Self::Bits(bits, _) => RoaringBitmap::from_lsb0_bytes(0, &bits[..]),
        }
    }

    /// As it is stored.
    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Listed(listed) => posting::encode_list(listed),
            Self::Bits(..) => posting::encode_whole(self.bitmap()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::posting::{Posting, decode};
    use super::*;

    #[test]
    fn a_list_and_bits_are_alike() {
        for step in [1_usize, 15, 16, 17, 9_000] {
            let mut offsets = Offsets::default();
            let wanted: Vec<u16> = (3..=u16::MAX).step_by(step).collect();
            for offset in &wanted {
                offsets.push(*offset);
            }
            assert_eq!(offsets.len(), wanted.len());
            assert_eq!(matches!(offsets, Offsets::Bits(..)), wanted.len() > LISTED_MAX);
            let bitmap: RoaringBitmap = wanted.iter().copied().map(u32::from).collect();
            assert_eq!(offsets.bitmap(), bitmap);
            assert_eq!(decode(&offsets.encode()).unwrap(), Posting::Whole(bitmap.clone()));
            for offset in [0, 2, 3, 4, 18, 19, 20, 9_003, u16::MAX] {
                assert_eq!(offsets.contains(offset), bitmap.contains(offset.into()), "{offset}");
            }
        }
    }
}
