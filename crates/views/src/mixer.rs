//! A hash for numbers of our own making, which no stranger chooses. No order depends on it.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Mixes the numbers it is given.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = table::mix(self.0 ^ table::hash_bytes(bytes));
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(value.into());
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = table::mix(self.0.rotate_left(29) ^ value);
    }

    fn write_i64(&mut self, value: i64) {
        self.write_u64(value.cast_unsigned());
    }
}

/// A map by such numbers.
pub(crate) type MixedMap<K, V> = HashMap<K, V, BuildHasherDefault<Mixer>>;
