//! Rows: a batch in pieces of at most 16 KiB, each of them checked and linked to the one before.
//!
//! A row holds whole events; one larger than a row has a row of its own. The offset table finds an
//! old event without decoding its neighbours. Integers are little-endian.
//!
//! ```text
//!  byte   0    1    2         4         6         8
//!       ┌────┬────┬─────────┬─────────┬─────────┬───────────────────┐
//!     0 │fmt │last│ row     │ event   │ zero    │ epoch             │
//!       │ 1  │    │ index   │ count n │         │                   │
//!       ├────┴────┴─────────┴─────────┴─────────┼───────────────────┤
//!    16 │ batch number                          │ first sequence    │
//!       ├───────────────────────────────────────┼───────────────────┤
//!    32 │ time of the first event, µs           │ journal id        │
//!       ├───────────────────────────────────────┼───────────────────┤
//!    48 │ journal id, continued                 │ chain hash of the │
//!       ├───────────────────────────────────────┘ row before, 32 B  │
//!    64 │                                       ┌───────────────────┤
//!    80 │                                       │ n starts, u16     │
//!       ├───────────────────────────────────────┴───────────────────┤
//!       │ n events, `Recorded` of schema/events.proto, back to back │
//!       ├───────────────────────────────────────────────────────────┤
//!       │ chain hash of this row, 32 B                              │
//!       └───────────────────────────────────────────────────────────┘
//! ```
//!
//! `last` is 1 in the last row of its batch, else 0; the row index counts from 0 within the batch.
//! A start is counted from the first event, whose own is 0. The chain hash is BLAKE3 of everything
//! before it, the hash of the row before included, so that a row alone can be checked and no row
//! can be exchanged, left out or put elsewhere; before the first row it is BLAKE3 of the journal's
//! id (16 bytes, big-endian, as it is stored).
//!
//! | Format | Written by | Read by |
//! |--------|------------|---------|
//! | 1      | 0.1        | 0.1     |

mod read;
mod seal;
mod walk;

use domain::JournalId;
use domain::limits::BATCH_BYTES_MAX;

use crate::ChainHash;

pub use read::{Row, RowError};
pub use seal::{SealError, SealedRow, seal};
pub use walk::Walk;

/// The row format that is written.
const FORMAT: u8 = 1;
/// Bytes before the offset table.
const HEADER_BYTES: usize = 88;
/// Bytes of a chain hash.
const CHAIN_BYTES: usize = size_of::<ChainHash>();
/// Bytes of a row that are neither events nor their offsets.
const OVERHEAD_BYTES: usize = HEADER_BYTES + CHAIN_BYTES;
/// Bytes of an entry in the offset table.
const OFFSET_BYTES: usize = size_of::<u16>();

/// What the bounds of a batch's events ([`encoding::encoded_len_bound`]) may add up to. The rest is
/// for the rows: two neighbours are never both half empty, so a batch has 66 at most.
pub const BATCH_EVENTS_BYTES_MAX: usize = BATCH_BYTES_MAX - 66 * OVERHEAD_BYTES;

/// The chain hash before the first row.
pub fn first_chain(journal: JournalId) -> ChainHash {
    *blake3::hash(&journal.0.to_be_bytes()).as_bytes()
}

/// The first bytes of a hash, for people.
pub(crate) fn hex(hash: &ChainHash) -> String {
    use std::fmt::Write as _;
    hash.iter().take(8).fold(String::new(), |mut text, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
