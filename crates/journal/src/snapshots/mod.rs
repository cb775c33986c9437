//! Snapshots: parts of at most 1 MiB, each checked, in a file that counts once it is finished.

mod files;
mod memory;

pub use files::FileSnapshots;
pub use memory::MemorySnapshots;

use domain::limits::SNAPSHOT_PART_BYTES_MAX;

use crate::JournalError;

/// Refuses a part that would not fit one message of a replicated log.
fn check_part(bytes: &[u8]) -> Result<(), JournalError> {
    if bytes.len() <= SNAPSHOT_PART_BYTES_MAX {
        return Ok(());
    }
    Err(JournalError::Storage {
        doing: "writing a part of a snapshot".to_owned(),
        reason: format!("it has {} bytes of {SNAPSHOT_PART_BYTES_MAX} at most", bytes.len()),
    })
}
