//! How much room is left for the journal.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::FreeSpace;

/// How old an answer may be. In a second at most some hundred megabytes are written, which is what
/// the default floor leaves.
const FRESH: Duration = Duration::from_secs(1);

/// Asks the file system, at most once a second.
#[derive(Debug)]
pub(super) struct Space {
    folder: PathBuf,
    floor_bytes: u64,
    asked: Mutex<Option<(Instant, Option<FreeSpace>)>>,
}

impl Space {
    pub(super) fn new(folder: PathBuf, floor_bytes: u64) -> Self {
        Self { folder, floor_bytes, asked: Mutex::new(None) }
    }

    /// `None` if the file system does not say.
    pub(super) fn free(&self) -> Option<FreeSpace> {
        let mut asked = self.asked.lock();
        let now = Instant::now();
        match *asked {
            Some((at, free)) if now.duration_since(at) < FRESH => free,
            _ => {
                let free = self.ask();
                *asked = Some((now, free));
                free
            }
        }
    }

    fn ask(&self) -> Option<FreeSpace> {
        match rustix::fs::statvfs(&self.folder) {
            Ok(stat) => Some(FreeSpace {
                free_bytes: stat.f_bavail.saturating_mul(stat.f_frsize),
                floor_bytes: self.floor_bytes,
            }),
            Err(error) => {
                let folder = self.folder.display();
                tracing::warn!(%folder, %error, "asking for free space failed");
                None
            }
        }
    }
}
