//! Snapshots as files `snapshots/<name>-<sequence>.snapshot` of the data folder.
//!
//! A file is written under another name and renamed when it is finished, so one that has its name
//! is complete, unless the disk lost it since: each part is checked as it is read. Dirty pages are
//! synced as they come, so that they never pile up in front of the journal's own sync.
//!
//! ```text
//!  header   "itn-snap" 8 │ file format u32 │ contents' format u32 │ journal id 16 │
//!           sequence u64 │ chain hash 32   │ hash 32
//!  part     length u32   │ bytes           │ hash 32                            (any number)
//!  footer   2^32-1 u32   │ part count u64  │ hash 32
//! ```
//!
//! Integers are little-endian, the id big-endian. A hash is BLAKE3 of the hash before it (of nothing
//! in the header) and of the bytes since, so that parts can be neither exchanged nor left out.
//!
//! | Format | Written by | Read by |
//! |--------|------------|---------|
//! | 1      | 0.1        | 0.1     |

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use domain::limits::SNAPSHOT_PART_BYTES_MAX;
use domain::{JournalId, Sequence};

use super::check_part;
use crate::sqlite::{file_failed, sync_folder};
use crate::{JournalError, PartIterator, SnapshotId, SnapshotStore, SnapshotWriter};

const MAGIC: &[u8; 8] = b"itn-snap";
const FORMAT: u32 = 1;
const SUFFIX: &str = ".snapshot";
const UNFINISHED_SUFFIX: &str = ".unfinished";
const HASH_BYTES: usize = blake3::OUT_LEN;
/// Header without its hash.
const HEADER_BYTES: usize = 8 + 4 + 4 + 16 + 8 + 32;
/// Stands where a part's length would.
const FOOTER: u32 = u32::MAX;
/// Written without a sync, at most: a millisecond or two of the disk's time.
const UNSYNCED_BYTES_MAX: usize = 1024 * 1024;

type Hash = [u8; HASH_BYTES];

/// Snapshots in a folder.
#[derive(Debug, Clone)]
pub struct FileSnapshots {
    folder: PathBuf,
}

impl FileSnapshots {
    /// In the folder `snapshots` of the data folder, which the journal's lock protects. Removes what
    /// was left unfinished.
    pub fn open(data_folder: &Path) -> Result<Self, JournalError> {
        let folder = data_folder.join("snapshots");
        if !folder.is_dir() {
            fs::create_dir_all(&folder).map_err(|error| file_failed("making", &folder, &error))?;
            sync_folder(data_folder)?;
        }
        let store = Self { folder };
        for name in store.names()? {
            if name.ends_with(UNFINISHED_SUFFIX) {
                store.remove(&name)?;
            }
        }
        Ok(store)
    }

    fn names(&self) -> Result<Vec<String>, JournalError> {
        let read = || -> io::Result<Vec<String>> {
            let entries = fs::read_dir(&self.folder)?;
            let names = entries.map(|entry| Ok(entry?.file_name().into_string().ok()));
            Ok(names.collect::<io::Result<Vec<_>>>()?.into_iter().flatten().collect())
        };
        read().map_err(|error| file_failed("reading", &self.folder, &error))
    }

    /// The files of `name` with their sequences, newest first.
    fn files_of(&self, name: &str) -> Result<Vec<(Sequence, String)>, JournalError> {
        let sequence = |file: &str| {
            let (of, sequence) = file.strip_suffix(SUFFIX)?.rsplit_once('-')?;
            let sequence = sequence.parse().ok()?;
            (of == name).then_some(Sequence(sequence))
        };
        let names = self.names()?.into_iter();
        let mut files: Vec<_> = names.filter_map(|file| Some((sequence(&file)?, file))).collect();
        files.sort_by(|a, b| b.cmp(a));
        Ok(files)
    }

    fn remove(&self, name: &str) -> Result<(), JournalError> {
        let path = self.folder.join(name);
        fs::remove_file(&path).map_err(|error| file_failed("removing", &path, &error))
    }

    /// Zeros in front, so that a listing of the folder is in order.
    fn path(&self, name: &str, sequence: Sequence) -> PathBuf {
        self.folder.join(format!("{name}-{:020}{SUFFIX}", sequence.0))
    }
}

impl SnapshotStore for FileSnapshots {
    fn begin(&self, name: &str, id: SnapshotId) -> Result<Box<dyn SnapshotWriter>, JournalError> {
        let path = self.path(name, id.sequence);
        let mut unfinished = path.clone().into_os_string();
        unfinished.push(UNFINISHED_SUFFIX);
        let unfinished = PathBuf::from(unfinished);
        let file = File::create(&unfinished)
            .map_err(|error| file_failed("making", &unfinished, &error))?;
        let mut writer = FileWriter {
            file,
            path,
            unfinished,
            folder: self.folder.clone(),
            hash: [0; HASH_BYTES],
            parts_count: 0,
            unsynced_bytes: 0,
            finished: false,
        };
        writer.write_hashed(None, &[&header(&id)])?;
        Ok(Box::new(writer))
    }

    fn list(&self, name: &str) -> Result<Vec<SnapshotId>, JournalError> {
        let mut ids = Vec::new();
        for (sequence, file) in self.files_of(name)? {
            match FileParts::open(&self.folder.join(&file)) {
                Ok((id, _)) if id.sequence == sequence => ids.push(id),
                Ok((id, _)) => {
                    let found = id.sequence.0;
                    tracing::warn!(file, found, "a snapshot of another event is passed over");
                }
                Err(error) => tracing::warn!(file, %error, "a damaged snapshot is passed over"),
            }
        }
        Ok(ids)
    }

    fn open(&self, name: &str, id: &SnapshotId) -> Result<PartIterator, JournalError> {
        let path = self.path(name, id.sequence);
        let (found, parts) = FileParts::open(&path)?;
        if found != *id {
            return Err(damaged(&path, format!("it is {found:?} and should be {id:?}")));
        }
        Ok(Box::new(parts))
    }

    fn keep(&self, name: &str, count: usize) -> Result<(), JournalError> {
        let files = self.files_of(name)?;
        files.iter().skip(count).try_for_each(|(_, file)| self.remove(file))
    }
}

fn header(id: &SnapshotId) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&FORMAT.to_le_bytes());
    bytes.extend_from_slice(&id.format.to_le_bytes());
    bytes.extend_from_slice(&id.journal.0.to_be_bytes());
    bytes.extend_from_slice(&id.sequence.0.to_le_bytes());
    bytes.extend_from_slice(&id.chain);
    bytes
}

fn hash_of(before: Option<&Hash>, pieces: &[&[u8]]) -> Hash {
    let mut hasher = blake3::Hasher::new();
    if let Some(before) = before {
        hasher.update(before);
    }
    for piece in pieces {
        hasher.update(piece);
    }
    *hasher.finalize().as_bytes()
}

fn damaged(path: &Path, reason: impl Into<String>) -> JournalError {
    JournalError::Damaged { place: format!("(in {})", path.display()), reason: reason.into() }
}

struct FileWriter {
    file: File,
    path: PathBuf,
    unfinished: PathBuf,
    folder: PathBuf,
    hash: Hash,
    parts_count: u64,
    unsynced_bytes: usize,
    finished: bool,
}

impl FileWriter {
    fn write_hashed(
        &mut self,
        before: Option<&Hash>,
        pieces: &[&[u8]],
    ) -> Result<(), JournalError> {
        self.hash = hash_of(before, pieces);
        let hash = self.hash;
        for piece in pieces.iter().copied().chain([hash.as_slice()]) {
            self.file
                .write_all(piece)
                .map_err(|error| file_failed("writing", &self.unfinished, &error))?;
            self.unsynced_bytes += piece.len();
        }
        if self.unsynced_bytes >= UNSYNCED_BYTES_MAX { self.sync() } else { Ok(()) }
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        self.unsynced_bytes = 0;
        self.file.sync_data().map_err(|error| file_failed("syncing", &self.unfinished, &error))
    }
}

impl SnapshotWriter for FileWriter {
    fn part(&mut self, bytes: &[u8]) -> Result<(), JournalError> {
        check_part(bytes)?;
        let length = u32::try_from(bytes.len()).unwrap_or(FOOTER).to_le_bytes();
        let before = self.hash;
        self.parts_count += 1;
        self.write_hashed(Some(&before), &[&length, bytes])
    }

    fn finish(mut self: Box<Self>) -> Result<(), JournalError> {
        let before = self.hash;
        let count = self.parts_count.to_le_bytes();
        self.write_hashed(Some(&before), &[&FOOTER.to_le_bytes(), &count])?;
        self.sync()?;
        fs::rename(&self.unfinished, &self.path)
            .map_err(|error| file_failed("renaming", &self.unfinished, &error))?;
        self.finished = true;
        sync_folder(&self.folder)
    }
}

impl Drop for FileWriter {
    fn drop(&mut self) {
        if !self.finished
            && let Err(error) = fs::remove_file(&self.unfinished)
        {
            let file = self.unfinished.display();
            tracing::warn!(%file, %error, "an unfinished snapshot stays until the next start");
        }
    }
}

/// Reads parts, checking each.
struct FileParts {
    file: BufReader<File>,
    path: PathBuf,
    hash: Hash,
    parts_count: u64,
    ended: bool,
}

impl FileParts {
    fn open(path: &Path) -> Result<(SnapshotId, Self), JournalError> {
        let file = File::open(path).map_err(|error| file_failed("opening", path, &error))?;
        let (file, path) = (BufReader::new(file), path.to_owned());
        let mut parts = Self { file, path, hash: [0; HASH_BYTES], parts_count: 0, ended: false };
        let header: [u8; HEADER_BYTES] = parts.array()?;
        parts.check_hash(None, &[&header])?;
        let id = parse_header(&header)
            .ok_or_else(|| damaged(&parts.path, "it is of a format that is not known here"))?;
        Ok((id, parts))
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], JournalError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), JournalError> {
        self.file.read_exact(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => damaged(&self.path, "it is cut short"),
            _ => file_failed("reading", &self.path, &error),
        })
    }

    fn check_hash(&mut self, before: Option<&Hash>, pieces: &[&[u8]]) -> Result<(), JournalError> {
        let expected = hash_of(before, pieces);
        if self.array::<HASH_BYTES>()? != expected {
            let part = self.parts_count;
            return Err(damaged(&self.path, format!("the bytes behind part {part} changed")));
        }
        self.hash = expected;
        Ok(())
    }

    /// The next part, or `None` behind the last.
    fn read(&mut self) -> Result<Option<Vec<u8>>, JournalError> {
        let before = self.hash;
        let length = self.array::<4>()?;
        let count = u32::from_le_bytes(length);
        if count == FOOTER {
            let written: [u8; 8] = self.array()?;
            self.check_hash(Some(&before), &[&length, &written])?;
            if u64::from_le_bytes(written) != self.parts_count {
                return Err(damaged(&self.path, "the number of parts is not that of its footer"));
            }
            return Ok(None);
        }
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        if count > SNAPSHOT_PART_BYTES_MAX {
            return Err(damaged(&self.path, format!("a part of {count} bytes")));
        }
        let mut bytes = vec![0; count];
        self.fill(&mut bytes)?;
        self.check_hash(Some(&before), &[&length, &bytes])?;
        self.parts_count += 1;
        Ok(Some(bytes))
    }
}

impl Iterator for FileParts {
    type Item = Result<Vec<u8>, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let part = self.read().transpose();
        self.ended = !matches!(part, Some(Ok(_)));
        part
    }
}

fn parse_header(header: &[u8]) -> Option<SnapshotId> {
    let (magic, rest) = header.split_first_chunk::<8>()?;
    let (file_format, rest) = rest.split_first_chunk::<4>()?;
    let (format, rest) = rest.split_first_chunk::<4>()?;
    let (journal, rest) = rest.split_first_chunk::<16>()?;
    let (sequence, chain) = rest.split_first_chunk::<8>()?;
    (magic == MAGIC && u32::from_le_bytes(*file_format) == FORMAT).then_some(())?;
    Some(SnapshotId {
        journal: JournalId(u128::from_be_bytes(*journal)),
        sequence: Sequence(u64::from_le_bytes(*sequence)),
        chain: chain.try_into().ok()?,
        format: u32::from_le_bytes(*format),
    })
}
