//! Chance that can be repeated: every random test is drawn from one printed seed.

use std::env;
use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

/// The seed of one test. If the test fails, it says how to run it again the same way.
#[derive(Debug)]
pub struct Seed {
    seed: u64,
}

/// A stream of numbers (splitmix64): small, fast, and the same for ever.
#[derive(Debug, Clone)]
pub struct Random {
    state: u64,
}

impl Seed {
    /// The seed in `ITN_TEST_SEED`, else a new one.
    pub fn new() -> Self {
        let given = env::var("ITN_TEST_SEED").ok().and_then(|text| text.parse().ok());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { seed: given.unwrap_or(u64::from(now.subsec_nanos()) ^ now.as_secs()) }
    }

    /// The numbers of one part of the test, told from other parts by `stream`.
    pub fn random(&self, stream: u64) -> Random {
        let mut random = Random { state: self.seed ^ stream.wrapping_mul(0xA076_1D64_78BD_642F) };
        random.bits();
        random
    }
}

impl Default for Seed {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let seed = self.seed;
            // Nothing can be done if standard error is gone.
            let _ = writeln!(std::io::stderr(), "run it again with ITN_TEST_SEED={seed}");
        }
    }
}

impl Random {
    /// Any 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 to `bound`, `bound` itself excluded.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.bits() % bound
    }

    /// An index of a slice of this length.
    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }
}
