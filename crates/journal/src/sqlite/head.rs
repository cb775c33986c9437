//! The head file: how far the journal must reach.
//!
//! SQLite drops a damaged end of its WAL without a word. So after each commit the writer notes here
//! what is last, and a journal that ends before it, or has another history there, is refused. The
//! note is not synced: it costs the writer microseconds, survives the process, and after a power
//! loss may be older than the journal, which is harmless. It is never newer, since it is written
//! when the commit is durable.
//!
//! Two slots in sectors of their own are written in turn, so that one torn write leaves the other.
//!
//! ```text
//!  byte   0                   8         12        16
//!       ┌───────────────────┬─────────┬─────────┬───────────────────┐
//!     0 │ "itn-head"        │ format 1│ zero    │ journal id        │  integers are
//!       ├───────────────────┼─────────┴─────────┼───────────────────┤  little-endian, the
//!    24 │ journal id, cont. │ last sequence     │ chain hash there, │  id big-endian
//!       ├───────────────────┘                   └───────────────────┤
//!    48 │ 32 bytes                              ┌───────────────────┤
//!       ├───────────────────────────────────────┘ BLAKE3 of bytes   │
//!    72 │ 0 to 72, 32 bytes                                         │
//!       └───────────────────────────────────────────────────────────┘
//!   512   the other slot, the same
//! ```
//!
//! | Format | Written by | Read by |
//! |--------|------------|---------|
//! | 1      | 0.1        | 0.1     |

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use domain::{JournalId, Sequence};

use crate::{ChainHash, JournalError};

const MAGIC: &[u8; 8] = b"itn-head";
const FORMAT: u32 = 1;
/// Where the slots begin; a sector each, the smallest that a disk writes at once.
const SLOTS: [u64; 2] = [0, 512];
/// Bytes that the checksum covers.
const NOTED_BYTES: usize = 72;
const SLOT_BYTES: usize = NOTED_BYTES + blake3::OUT_LEN;
/// How often a reader looks that finds nothing intact: each slot may just have been written when it
/// was read, but not time after time.
const READS_MAX: usize = 10;

/// What a slot says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) journal: JournalId,
    pub(super) last: Sequence,
    pub(super) chain: ChainHash,
}

/// The open file.
#[derive(Debug)]
pub(super) struct HeadFile {
    file: File,
    /// The slot to be written next: never the one that holds the newest note.
    next: usize,
}

impl HeadFile {
    /// Opens or makes it, and reads the newest intact note.
    pub(super) fn open(path: &Path) -> Result<(Self, Option<Head>), JournalError> {
        let failed = |error: io::Error| JournalError::Storage {
            doing: format!("opening {}", path.display()),
            reason: error.to_string(),
        };
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(failed)?;
        let newest = newest(&file).map_err(failed)?;
        let next = newest.map_or(0, |(slot, _)| 1 - slot);
        Ok((Self { file, next }, newest.map(|(_, head)| head)))
    }

    /// Notes what is last, without a sync.
    pub(super) fn write(&mut self, head: &Head) -> io::Result<()> {
        let offset = SLOTS.get(self.next).copied().unwrap_or_default();
        self.file.write_all_at(&head.to_bytes(), offset)?;
        self.next = 1 - self.next;
        Ok(())
    }
}

impl Head {
    fn to_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(SLOT_BYTES);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&FORMAT.to_le_bytes());
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend_from_slice(&self.journal.0.to_be_bytes());
        bytes.extend_from_slice(&self.last.0.to_le_bytes());
        bytes.extend_from_slice(&self.chain);
        let checksum = blake3::hash(&bytes);
        bytes.extend_from_slice(checksum.as_bytes());
        bytes
    }

    /// `None` for anything that [`Head::to_bytes`] does not write.
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (noted, checksum) = bytes.split_last_chunk::<{ blake3::OUT_LEN }>()?;
        if noted.len() != NOTED_BYTES || blake3::hash(noted).as_bytes() != checksum {
            return None;
        }
        let (magic, rest) = noted.split_first_chunk::<8>()?;
        let (format, rest) = rest.split_first_chunk::<4>()?;
        let (_, rest) = rest.split_first_chunk::<4>()?;
        let (journal, rest) = rest.split_first_chunk::<16>()?;
        let (last, chain) = rest.split_first_chunk::<8>()?;
        (magic == MAGIC && u32::from_le_bytes(*format) == FORMAT).then_some(())?;
        Some(Self {
            journal: JournalId(u128::from_be_bytes(*journal)),
            last: Sequence(u64::from_le_bytes(*last)),
            chain: chain.try_into().ok()?,
        })
    }
}

/// Reads the newest intact note while somebody may be writing the next one. Changes nothing; `None` if
/// there is no file, or nothing intact in it.
pub(super) fn read(path: &Path) -> Result<Option<Head>, JournalError> {
    let failed = |error: io::Error| JournalError::Storage {
        doing: format!("reading {}", path.display()),
        reason: error.to_string(),
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    for _ in 0..READS_MAX {
        if let Some((_, head)) = newest(&file).map_err(failed)? {
            return Ok(Some(head));
        }
    }
    Ok(None)
}

/// The newest intact note, and its slot.
fn newest(file: &File) -> io::Result<Option<(usize, Head)>> {
    let mut newest: Option<(usize, Head)> = None;
    for (slot, offset) in SLOTS.into_iter().enumerate() {
        let Some(head) = read_slot(file, offset)? else { continue };
        if newest.is_none_or(|(_, other)| other.last <= head.last) {
            newest = Some((slot, head));
        }
    }
    Ok(newest)
}

fn read_slot(file: &File, offset: u64) -> io::Result<Option<Head>> {
    let mut bytes = [0; SLOT_BYTES];
    match file.read_exact_at(&mut bytes, offset) {
        Ok(()) => Ok(Head::from_bytes(&bytes)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(last: u64) -> Head {
        Head { journal: JournalId(7), last: Sequence(last), chain: [9; 32] }
    }

    #[test]
    fn whoever_only_reads_makes_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("head");
        assert_eq!(read(&path).unwrap(), None);
        assert!(!path.exists());
        std::fs::write(&path, "short").unwrap();
        assert_eq!(read(&path).unwrap(), None);
        let (mut file, _) = HeadFile::open(&path).unwrap();
        for last in 1..=3 {
            file.write(&head(last)).unwrap();
            assert_eq!(read(&path).unwrap(), Some(head(last)));
        }
    }

    #[test]
    fn the_newest_intact_slot_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("head");
        let (mut file, found) = HeadFile::open(&path).unwrap();
        assert_eq!(found, None);
        for last in 1..=3 {
            file.write(&head(last)).unwrap();
            assert_eq!(HeadFile::open(&path).unwrap().1, Some(head(last)));
        }
        // The third is in the first slot again; without it the second is the newest.
        file.file.write_all_at(b"x", 20).unwrap();
        let (mut file, found) = HeadFile::open(&path).unwrap();
        assert_eq!(found, Some(head(2)));
        file.write(&head(4)).unwrap();
        assert_eq!(HeadFile::open(&path).unwrap().1, Some(head(4)));
    }
}
