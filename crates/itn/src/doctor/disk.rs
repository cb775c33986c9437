//! The data folder and the disk under it.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use journal::{BackupSource, JournalError};

use super::{Finding, Level};
use crate::console::grouped;

/// What a small commit writes: a page of the WAL.
const APPEND_BYTES: usize = 4096;
/// How long appends are measured, and how many of them at the most.
const MEASURED: Duration = Duration::from_secs(2);
const APPENDS_MAX: usize = 4_000;
/// No disk has it on flash sooner: what answers so fast has it in memory alone.
const HONEST_MIN: Duration = Duration::from_micros(12);
/// A trade waits for one to two syncs: at this one it takes what a person notices.
const SLOW: Duration = Duration::from_millis(10);
const STALLS: Duration = Duration::from_millis(100);
/// Bytes on disk that a trade takes in all stores together: bench/README.md, row `bulk`.
const TRADE_BYTES: u64 = 110;

/// Whether it can be written, and by whom else.
pub(super) fn folder(data: &Path, there: &Path) -> Finding {
    const CHECK: &str = "folder";
    let (shown, is_there) = (data.display(), data.is_dir());
    if data.exists() && !is_there {
        return Finding::of(CHECK, Level::Wrong, format!("{shown} is no folder"), "name another");
    }
    let probe = probe(there);
    if let Err(error) = File::create_new(&probe).and_then(|_| fs::remove_file(&probe)) {
        let found = format!("{} cannot be written: {error}", there.display());
        let advice = "give it to the user that the server runs as (chown), or name another";
        return Finding::of(CHECK, Level::Wrong, found, advice);
    }
    if !is_there {
        return Finding::well(CHECK, format!("{shown} is not there yet and can be made"));
    }
    let mode = fs::metadata(data).map_or(0, |found| found.permissions().mode());
    if mode & 0o022 != 0 {
        let found = format!("{shown} can be written by others (mode {:03o})", mode & 0o777);
        return Finding::of(CHECK, Level::Warning, found, format!("chmod go-w {shown}"));
    }
    Finding::well(CHECK, format!("{shown} can be written, by its owner alone"))
}

/// A name that no other run and no server uses.
fn probe(folder: &Path) -> PathBuf {
    folder.join(format!(".itn-doctor-{}", std::process::id()))
}

/// Kinds of file systems by their number (statfs(2)), and what is to be said of them.
const KINDS: [(u64, &str, Level); 15] = [
    (0xef53, "ext4", Level::Well),
    (0x5846_5342, "xfs", Level::Well),
    (0x9123_683e, "btrfs", Level::Well),
    (0x2fc1_2fc1, "zfs", Level::Well),
    (0xf2f5_2010, "f2fs", Level::Well),
    (0x0102_1994, "tmpfs", Level::Wrong),
    (0x8584_58f6, "ramfs", Level::Wrong),
    (0x6969, "nfs", Level::Wrong),
    (0xff53_4d42, "cifs", Level::Wrong),
    (0xfe53_4d42, "smb2", Level::Wrong),
    (0x517b, "smb", Level::Wrong),
    (0x00c3_6400, "ceph", Level::Wrong),
    (0x0102_1997, "9p", Level::Wrong),
    (0x794c_7630, "overlayfs", Level::Warning),
    (0x6573_5546, "fuse", Level::Warning),
];

pub(super) fn file_system(folder: &Path) -> Finding {
    const CHECK: &str = "file system";
    let Ok(stat) = rustix::fs::statfs(folder) else {
        return Finding::of(CHECK, Level::Unknown, "the system does not tell", "use ext4 or xfs");
    };
    // Some systems have it signed, and some in 32 bits.
    let number = u64::try_from(stat.f_type).unwrap_or_default() & 0xffff_ffff;
    judged_kind(number)
}

fn judged_kind(number: u64) -> Finding {
    const CHECK: &str = "file system";
    let Some((_, name, level)) = KINDS.iter().find(|(known, ..)| *known == number) else {
        let found = format!("of a kind that is not known here (0x{number:x})");
        return Finding::of(CHECK, Level::Unknown, found, "use ext4 or xfs on a local disk");
    };
    let advice = match (*name, level) {
        (_, Level::Well) => return Finding::well(CHECK, *name),
        ("tmpfs" | "ramfs", _) => "it is memory, and gone with the power: use a folder on a disk",
        ("overlayfs", _) => "it goes with its container: mount a volume there",
        ("fuse", _) => "whether it syncs is up to who serves it: use ext4 or xfs on a local disk",
        _ => "locks and shared memory do not hold over a network: use a local disk",
    };
    Finding::of(CHECK, *level, *name, advice)
}

/// Whether a server, or another command, has the folder open.
pub(super) fn holder(data: &Path) -> Finding {
    const CHECK: &str = "in use";
    let Ok(lock) = File::options().write(true).open(data.join("lock")) else {
        return Finding::well(CHECK, "by nobody");
    };
    match lock.try_lock() {
        Err(TryLockError::WouldBlock) => Finding::well(CHECK, "by a server or another command"),
        Err(TryLockError::Error(error)) => {
            let advice = "locks do not work here: use a local disk";
            Finding::of(CHECK, Level::Wrong, error.to_string(), advice)
        }
        Ok(()) => Finding::well(CHECK, "by nobody"),
    }
}

/// Whether this program can read what is stored.
pub(super) fn schema(data: &Path) -> Finding {
    const CHECK: &str = "schema";
    if !data.join("journal.db").is_file() {
        return Finding::well(CHECK, "no journal yet");
    }
    match BackupSource::open(data) {
        Ok(source) if source.pending() == 0 => {
            Finding::well(CHECK, format!("{}, the newest", source.schema()))
        }
        Ok(source) => {
            let found = format!("{}, and this program has a newer one", source.schema());
            let advice = "itn serve migrates it at its start; back it up before: older programs \
                          will refuse it";
            Finding::of(CHECK, Level::Warning, found, advice)
        }
        Err(error @ JournalError::TooNew { .. }) => {
            Finding::of(CHECK, Level::Wrong, error.to_string(), "install the newer program")
        }
        Err(error) => {
            let advice = "itn verify says what is damaged; restore a backup (docs/operations.md)";
            Finding::of(CHECK, Level::Wrong, error.to_string(), advice)
        }
    }
}

/// How long small appends take to be on disk.
pub(super) fn sync_speed(folder: &Path) -> Finding {
    let probe = probe(folder);
    let measured = appends(&probe);
    // Of no use to anybody, also when it could not be written to its end.
    let _ = fs::remove_file(&probe);
    match measured {
        Ok(mut times) if !times.is_empty() => {
            times.sort_unstable();
            judged_sync(&times)
        }
        Ok(_) => Finding::of("disk sync", Level::Unknown, "nothing was measured", "run it again"),
        Err(error) => {
            let advice = "the disk is full or broken: dmesg says more";
            Finding::of("disk sync", Level::Wrong, error.to_string(), advice)
        }
    }
}

fn appends(path: &Path) -> io::Result<Vec<Duration>> {
    let mut file = File::create_new(path)?;
    let (page, begun, mut times) = ([0x5a; APPEND_BYTES], Instant::now(), Vec::new());
    while begun.elapsed() < MEASURED && times.len() < APPENDS_MAX {
        let one = Instant::now();
        file.write_all(&page)?;
        file.sync_data()?;
        times.push(one.elapsed());
    }
    Ok(times)
}

fn judged_sync(sorted: &[Duration]) -> Finding {
    const CHECK: &str = "disk sync";
    let at = |share: usize| {
        let place = (sorted.len() * share).div_ceil(1000).saturating_sub(1);
        sorted.get(place).copied().unwrap_or_default()
    };
    let (p50, p99, max) = (at(500), at(990), at(1000));
    let count = grouped(sorted.len() as u64);
    let found = format!("p50 {p50:.1?}, p99 {p99:.1?}, max {max:.1?} of {count} appends of 4 KiB");
    if p50 < HONEST_MIN {
        let advice = "no disk is so fast: it says that it has what it has not, and a power failure \
                      would lose acknowledged trades. Turn its write cache off, or the host's (cache \
                      mode none or writethrough), or do without libeatmydata";
        return Finding::of(CHECK, Level::Warning, found, advice);
    }
    if p50 >= STALLS {
        let advice = "a trade waits for one to two of these: use a local SSD";
        return Finding::of(CHECK, Level::Wrong, found, advice);
    }
    if p50 >= SLOW || p99 >= STALLS {
        let advice = "a trade waits for one to two of these: a local SSD has less than 1 ms. Bulk \
                      requests share them";
        return Finding::of(CHECK, Level::Warning, found, advice);
    }
    Finding::well(CHECK, found)
}

pub(super) fn space(folder: &Path, free_bytes_min: u64) -> Finding {
    match rustix::fs::statvfs(folder) {
        Ok(stat) => judged_space(stat.f_bavail.saturating_mul(stat.f_frsize), free_bytes_min),
        Err(error) => Finding::of("free space", Level::Unknown, error.to_string(), "watch df"),
    }
}

fn judged_space(free: u64, floor: u64) -> Finding {
    const CHECK: &str = "free space";
    let mebibytes = |bytes: u64| grouped(bytes >> 20);
    let (free_mib, floor_mib) = (mebibytes(free), mebibytes(floor));
    if free < floor {
        let found =
            format!("{free_mib} MiB, below the floor of {floor_mib} MiB: writes are refused");
        return Finding::of(CHECK, Level::Wrong, found, "make room, or lower --free-space-min");
    }
    let trades = (free - floor) / TRADE_BYTES / 1_000_000;
    let found = format!(
        "{free_mib} MiB; about {} million more trades until the floor of {floor_mib} MiB",
        grouped(trades)
    );
    if trades < 10 {
        let advice = "make room before it is needed: docs/operations.md says what grows how fast";
        return Finding::of(CHECK, Level::Warning, found, advice);
    }
    Finding::well(CHECK, found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_judged_by_what_a_trade_waits_for() {
        let level = |micros: u64| judged_sync(&[Duration::from_micros(micros); 100]).level;
        assert_eq!(level(2), Level::Warning, "memory");
        assert_eq!(level(120), Level::Well);
        assert_eq!(level(12_000), Level::Warning);
        assert_eq!(level(200_000), Level::Wrong);
        let mut rare = vec![Duration::from_micros(200); 98];
        rare.extend([Duration::from_millis(300); 2]);
        let finding = judged_sync(&rare);
        assert_eq!(finding.level, Level::Warning);
        assert!(finding.found.contains("p50 200.0µs, p99 300.0ms"), "{}", finding.found);
    }

    #[test]
    fn space_is_judged_by_what_fits_into_it() {
        let floor = 256 << 20;
        assert_eq!(judged_space(floor - 1, floor).level, Level::Wrong);
        assert_eq!(judged_space(floor + 1, floor).level, Level::Warning);
        let roomy = judged_space(floor + 11_000_000_000, floor);
        assert_eq!(roomy.level, Level::Well);
        assert!(roomy.found.contains("about 100 million"), "{}", roomy.found);
    }

    #[test]
    fn memory_and_networks_are_no_disks() {
        for (number, level) in
            [(0xef53, Level::Well), (0x0102_1994, Level::Wrong), (0x6969, Level::Wrong)]
        {
            assert_eq!(judged_kind(number).level, level);
        }
        assert_eq!(judged_kind(0x1234).level, Level::Unknown);
        assert_eq!(judged_kind(0x794c_7630).level, Level::Warning);
    }

    #[test]
    fn a_folder_is_examined_and_left_as_it_was() {
        let root = tempfile::tempdir().unwrap();
        let data = root.path().join("data");
        assert_eq!(folder(&data, root.path()).level, Level::Well);
        fs::create_dir(&data).unwrap();
        fs::set_permissions(&data, fs::Permissions::from_mode(0o777)).unwrap();
        assert_eq!(folder(&data, &data).level, Level::Warning);
        let file = root.path().join("file");
        fs::write(&file, b"x").unwrap();
        assert_eq!(folder(&file, root.path()).level, Level::Wrong);
        assert_eq!(schema(&data).level, Level::Well);
        fs::write(data.join("journal.db"), b"not a database").unwrap();
        assert_eq!(schema(&data).level, Level::Wrong);
        assert_eq!(holder(&data).found, "by nobody");
        let lock = File::create(data.join("lock")).unwrap();
        lock.try_lock().unwrap();
        assert_eq!(holder(&data).found, "by a server or another command");
        assert!(!sync_speed(&data).found.is_empty());
        let mut names: Vec<_> =
            fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["journal.db", "lock"]);
    }
}
