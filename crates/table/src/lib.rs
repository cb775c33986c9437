//! Dense, paged, copy-on-write tables: what the ledger's state and the read models are built of.
//!
//! They exist for three properties that the standard collections do not have together:
//!
//! - **Deterministic.** Iteration order follows from the sequence of operations alone: never from a
//!   hash, an address or a random seed. The same commands give the same rows in the same order.
//! - **Bounded pauses.** Growing adds a page, or splits one small segment of an index; it never moves
//!   a row, never fetches one to hash it again, and takes no longer with millions of rows.
//! - **Frozen in passing.** [`Paged::freeze`] clones page pointers. The writer goes on and copies a
//!   page when it first changes it, while another thread writes the frozen rows to a snapshot.
//!
//! [`archive`] turns rows into bytes and back, for snapshots and for state hashes.
//!
//! This crate knows nothing of trading. It must not read a clock, draw a random number, spawn a
//! thread or do I/O: parts of an archive leave and enter through closures of the caller.

pub mod archive;
mod index;
mod key;
mod key_window;
mod paged;
mod row;
mod segment;
mod table;

pub use archive::{Archive, ArchiveError, Reader, Writer};
pub use index::Index;
pub use key::{Key, hash_bytes, mix};
pub use key_window::{FrozenKeyWindow, KeyEntry, KeyWindow};
pub use paged::{Frozen, PAGE_ITEMS, Paged};
pub use row::{
    Row, read_key_window, read_paged, read_table, through, write_frozen, write_key_window,
};
pub use table::{Slot, Table};
