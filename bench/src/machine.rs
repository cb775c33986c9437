//! What the machine is: a figure without it says nothing.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::disk;
use crate::failure::Outcome;
use crate::numbers::bytes;
use crate::process::processors;

/// Bytes of one write of the disk's own figure: a page.
const BLOCK_BYTES: usize = 4096;

/// The lines that stand above the table.
pub(crate) fn facts(folder: &Path, disk_time: Duration) -> Outcome<Vec<String>> {
    let syncs = disk::bare_sync(folder, BLOCK_BYTES, None, disk_time)?;
    Ok(vec![
        format!(
            "{} cores of {}, {} of memory, Linux {}",
            processors(),
            model(),
            memory(),
            read("/proc/sys/kernel/osrelease")
        ),
        format!("data on {}", file_system(folder)),
        format!("bare write+fdatasync of {} in place: {}", bytes(4096), syncs.summary()),
        format!("{} at {}", package(), revision(folder)),
    ])
}

fn package() -> String {
    format!("itn-bench {}", env!("CARGO_PKG_VERSION"))
}

/// The commit that is checked out; the binaries may be older than that, never newer.
fn revision(folder: &Path) -> String {
    let mut git = std::process::Command::new("git");
    let output = git.args(["describe", "--always", "--dirty"]).current_dir(folder).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.ok().filter(|text| !text.is_empty()).unwrap_or_else(|| "an unknown commit".to_owned())
}

fn model() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = info.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let name = field("model name").unwrap_or_else(|| "an unknown processor".to_owned());
    match (field("cpu family"), field("model\t")) {
        (Some(family), Some(model)) => format!("{name} (family {family}, model {model})"),
        _ => name,
    }
}

fn memory() -> String {
    let info = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = info.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kib = total.and_then(|text| text.split_ascii_whitespace().next()?.parse::<u64>().ok());
    kib.map_or_else(|| "an unknown amount".to_owned(), |kib| bytes(kib * 1024))
}

/// Kind and device of the file system that a folder is on: that of the longest mount point.
fn file_system(folder: &Path) -> String {
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let mounts = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ');
        let (device, point, kind) = (fields.next()?, fields.next()?, fields.next()?);
        folder.starts_with(point).then(|| (point.len(), format!("{kind} on {device}")))
    });
    mounts.max().map_or_else(|| "an unknown file system".to_owned(), |(_, name)| name)
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default().trim().to_owned()
}
