//! The machine around the disk: clock, files, memory, network.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

use rustix::process::{Resource, getrlimit};

use super::{Finding, Level};
use crate::console::grouped;
use crate::server::FILES_RESERVED;

/// The wall clock against one that only runs: within this, they agree.
const STEP_MAX: Duration = Duration::from_millis(100);
/// 2025-01-01: no machine that runs this has an earlier time.
const EARLIEST: Duration = Duration::from_hours(482_136);
/// A network of the size that is promised for: DESIGN.md, section 9.
const MEMORY_WANTED: u64 = 1_536 << 20;
/// Below this there is no room for a small one beside the system.
const MEMORY_MIN: u64 = 256 << 20;
/// Connections that wait to be accepted: what the server asks for.
const BACKLOG_WANTED: u64 = 1_024;

/// Both clocks at one moment.
pub(super) struct Clocks {
    running: Instant,
    wall: SystemTime,
}

impl Clocks {
    pub(super) fn read() -> Self {
        Self { running: Instant::now(), wall: SystemTime::now() }
    }
}

/// Whether the wall clock ran as time did since then.
pub(super) fn clock_steps(then: &Clocks) -> Finding {
    const CHECK: &str = "clock";
    let now = Clocks::read();
    if now.wall.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default() < EARLIEST {
        let advice = "set it: a network begins with the wall clock's time, and never goes back";
        return Finding::of(CHECK, Level::Wrong, "it is years behind", advice);
    }
    let ran = now.running.duration_since(then.running);
    let wall = now.wall.duration_since(then.wall).unwrap_or_default();
    let step = wall.abs_diff(ran);
    let found = format!("the wall clock is {step:.1?} off after {ran:.1?}");
    if step > STEP_MAX {
        let advice = "something sets it in steps: let a time service slew it (chrony, timesyncd)";
        return Finding::of(CHECK, Level::Warning, found, advice);
    }
    Finding::well(CHECK, found)
}

/// Whether somebody keeps the clock right, as far as that can be told.
pub(super) fn clock_source() -> Finding {
    const CHECK: &str = "time service";
    if fs::exists("/run/systemd/timesync/synchronized").unwrap_or(false) {
        return Finding::well(CHECK, "synchronized (systemd-timesyncd)");
    }
    let told =
        Command::new("timedatectl").args(["show", "-p", "NTPSynchronized", "--value"]).output();
    let told = told.ok().filter(|told| told.status.success());
    match told.map(|told| told.stdout).as_deref().map(<[u8]>::trim_ascii) {
        Some(b"yes") => Finding::well(CHECK, "synchronized"),
        Some(b"no") => Finding::of(
            CHECK,
            Level::Warning,
            "the clock is not synchronized",
            "timedatectl set-ntp true, or install chrony",
        ),
        _ => Finding::of(
            CHECK,
            Level::Unknown,
            "nobody here says whether the clock is kept right",
            "see that the host's is: a container has its clock",
        ),
    }
}

pub(super) fn descriptors(connections: u64) -> Finding {
    judged_descriptors(getrlimit(Resource::Nofile).maximum, connections + FILES_RESERVED as u64)
}

fn judged_descriptors(limit: Option<u64>, wanted: u64) -> Finding {
    const CHECK: &str = "open files";
    let Some(limit) = limit else { return Finding::well(CHECK, "no limit") };
    let found = format!("{} at the most, and {} may be used", grouped(limit), grouped(wanted));
    if limit >= wanted {
        return Finding::well(CHECK, found);
    }
    let advice = format!(
        "LimitNOFILE={wanted} in the service's unit, or `ulimit -n {wanted}` before; with fewer, a \
         server takes fewer connections"
    );
    Finding::of(CHECK, Level::Warning, found, advice)
}

pub(super) fn memory() -> Finding {
    let info = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let limit = fs::read_to_string("/sys/fs/cgroup/memory.max").unwrap_or_default();
    judged_memory(available(&info), limit.trim().parse().ok())
}

/// Bytes that can be used without swapping, as the kernel reckons.
fn available(info: &str) -> Option<u64> {
    let line = info.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib << 10)
}

fn judged_memory(available: Option<u64>, limit: Option<u64>) -> Finding {
    const CHECK: &str = "memory";
    let Some(bytes) = available.into_iter().chain(limit).min() else {
        return Finding::of(CHECK, Level::Unknown, "the system does not tell", "watch the process");
    };
    let found = format!("{} MiB to be had", grouped(bytes >> 20));
    let (level, advice) = if bytes < MEMORY_MIN {
        (Level::Wrong, "a server would be killed: give it 512 MiB at least")
    } else if bytes < MEMORY_WANTED {
        (Level::Warning, "enough for a small network; 1.5 GiB for the largest that is promised")
    } else {
        return Finding::well(CHECK, found);
    };
    Finding::of(CHECK, level, found, advice)
}

pub(super) fn backlog() -> Finding {
    const CHECK: &str = "backlog";
    let read = |name: &str| -> Option<u64> {
        fs::read_to_string(format!("/proc/sys/net/{name}")).ok()?.trim().parse().ok()
    };
    let limits = ["core/somaxconn", "ipv4/tcp_max_syn_backlog"].map(|name| (name, read(name)));
    let low = limits.iter().find_map(|(name, limit)| {
        let limit = (*limit)?;
        (limit < BACKLOG_WANTED).then_some((*name, limit))
    });
    if let Some((name, limit)) = low {
        let name = name.replace('/', ".");
        let found = format!("net.{name} is {limit}");
        let advice = format!(
            "sysctl -w net.{name}={BACKLOG_WANTED}: more than so many that connect \
                              at once are turned away"
        );
        return Finding::of(CHECK, Level::Warning, found, advice);
    }
    match limits[0].1 {
        Some(limit) => Finding::well(CHECK, format!("{} may wait", grouped(limit))),
        None => Finding::of(CHECK, Level::Unknown, "the system does not tell", "see somaxconn"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_judged_by_what_is_wanted() {
        assert_eq!(judged_descriptors(None, 1).level, Level::Well);
        assert_eq!(judged_descriptors(Some(100), 100).level, Level::Well);
        let few = judged_descriptors(Some(1_024), 16_736);
        assert_eq!(few.level, Level::Warning);
        assert!(few.advice.unwrap().contains("LimitNOFILE=16736"));
    }

    #[test]
    fn a_containers_limit_counts_where_it_is_less() {
        assert_eq!(available("MemTotal: 9 kB\nMemAvailable:    2048 kB\n"), Some(2 << 20));
        assert_eq!(available("nothing"), None);
        assert_eq!(judged_memory(None, None).level, Level::Unknown);
        assert_eq!(judged_memory(Some(8 << 30), None).level, Level::Well);
        assert_eq!(judged_memory(Some(8 << 30), Some(1 << 30)).level, Level::Warning);
        assert_eq!(judged_memory(Some(8 << 30), Some(64 << 20)).level, Level::Wrong);
    }

    #[test]
    fn a_clock_that_steps_is_noticed() {
        let then = Clocks::read();
        assert_eq!(clock_steps(&then).level, Level::Well);
        let stepped = Clocks { wall: then.wall - Duration::from_secs(3), ..then };
        assert_eq!(clock_steps(&stepped).level, Level::Warning);
    }
}
