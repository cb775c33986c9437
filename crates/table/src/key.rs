//! Keys and their hashes: fixed functions, the same in every run and on every platform.
//!
//! The order of a table does not depend on these hashes, so a change to them changes no snapshot
//! and no state hash. They must not be used where an outsider picks the keys freely and the table is
//! large: they have no secret, so keys that collide can be made. There, let the key's own
//! [`Key::hash`] be a keyed hash; that, too, leaves the order as it is.

/// What a [`crate::Table`] finds its rows by.
pub trait Key: Clone + Eq {
    /// A hash whose **top 32 bits** are spread well, for they are all that the index keeps of it.
    /// Equal keys have equal hashes.
    fn hash(&self) -> u64;
}

impl Key for u32 {
    #[inline]
    fn hash(&self) -> u64 {
        mix(u64::from(*self))
    }
}

impl Key for u64 {
    #[inline]
    fn hash(&self) -> u64 {
        mix(*self)
    }
}

impl Key for (u32, u32) {
    #[inline]
    fn hash(&self) -> u64 {
        mix(u64::from(self.0) << 32 | u64::from(self.1))
    }
}

impl Key for (u32, u32, u32) {
    #[inline]
    fn hash(&self) -> u64 {
        mix((self.0, self.1).hash() ^ u64::from(self.2))
    }
}

/// Spreads every bit of a number over all bits of the result: a step of `SplitMix64` (Steele, Lea
/// and Flood 2014), with the constants of its reference implementation. No two numbers have the
/// same result.
#[inline]
pub fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// Hashes a name or another short string of bytes: a folded multiplication for each eight of them,
/// as in wyhash, and [`mix`] at the end.
#[inline]
pub fn hash_bytes(bytes: &[u8]) -> u64 {
    // The length goes in first, so that the zeroes which fill up the last word count for nothing.
    let mut state = mix(bytes.len() as u64);
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        state = fold(state ^ u64::from_le_bytes(*word));
    }
    if !rest.is_empty() {
        let mut word = [0; 8];
        word[..rest.len()].copy_from_slice(rest);
        state = fold(state ^ u64::from_le_bytes(word));
    }
    mix(state)
}

/// Both halves of a product with a constant, one upon the other.
#[inline]
fn fold(value: u64) -> u64 {
    fold_halves(u128::from(value) * 0xA076_1D64_78BD_642F)
}

/// One half of a number upon the other.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
pub(crate) fn fold_halves(wide: u128) -> u64 {
    (wide >> 64) as u64 ^ wide as u64
}
