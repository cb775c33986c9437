//! What the disk can do by itself: a bare write and fdatasync, with nothing around it.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::failure::{Doing as _, Outcome};
use crate::latencies::Latencies;
use crate::numbers::{count, float};

/// The file is written round and round, as a write-ahead log is once it has its length: syncing a
/// file that grows also syncs its length, which a log in its steady state need not do.
const FILE_BYTES: usize = 32 * 1024 * 1024;

/// Writes and syncs so many bytes, either back to back or at a fixed cadence, for so long. Each
/// latency is that of one write and its fdatasync alone.
pub(crate) fn bare_sync(
    folder: &Path,
    bytes: usize,
    per_second: Option<f64>,
    limit: Duration,
) -> Outcome<Latencies> {
    let doing = "syncing a bare file";
    let path = folder.join("bare");
    let mut file = File::create(&path).doing(doing)?;
    file.write_all(&vec![0; FILE_BYTES]).doing(doing)?;
    file.sync_all().doing(doing)?;
    let block = vec![0x5a; bytes.clamp(1, FILE_BYTES)];
    let places = FILE_BYTES / block.len();
    let mut latencies = Latencies::new()?;
    let began = Instant::now();
    for number in 0.. {
        if began.elapsed() >= limit {
            break;
        }
        if let Some(rate) = per_second {
            let due = began + Duration::from_secs_f64(float(count(number)) / rate);
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
        }
        let since = Instant::now();
        file.write_all_at(&block, count(number % places * block.len())).doing(doing)?;
        file.sync_data().doing(doing)?;
        latencies.record(since.elapsed());
    }
    drop(file);
    fs::remove_file(&path).doing(doing)?;
    Ok(latencies)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_sync_takes_time() {
        let folder = std::env::temp_dir().join(format!("itn-bench-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let syncs = bare_sync(&folder, 4096, Some(100.0), Duration::from_millis(100)).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert!(syncs.count() > 0 && syncs.count() <= 11, "{}", syncs.count());
        assert!(syncs.max() > Duration::ZERO);
    }
}
