//! What the kernel says about a process: processor time, threads, memory.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use rustix::param::clock_ticks_per_second;

use crate::failure::{Doing as _, Failure, Outcome};
use crate::numbers::float;

/// Processor time of this process and of the one it drives, since a moment.
#[derive(Debug, Clone)]
pub(crate) struct Cpu {
    pid: u32,
    began: Instant,
    own: Duration,
    server: Duration,
    machine: Duration,
    threads: BTreeMap<String, Thread>,
}

/// A thread: its name and its processor time.
#[derive(Debug, Clone)]
struct Thread {
    name: String,
    time: Duration,
}

/// Who used how much of the machine's processors.
#[derive(Debug, Clone)]
pub(crate) struct CpuShare {
    /// This process's part of what the two used, 0 to 1.
    generator: f64,
    /// This process's part of the machine, 0 to 1.
    generator_of_machine: f64,
    /// The server's part of the machine, 0 to 1.
    server_of_machine: f64,
    /// Everybody else's part of the machine, 0 to 1: where it is not small, the figures are not the
    /// server's alone.
    others_of_machine: f64,
    /// What the server used.
    pub(crate) server: Duration,
    /// Each kind of server thread's part of one processor; the busiest first.
    threads: Vec<(String, f64)>,
}

impl Cpu {
    /// Begins to count.
    pub(crate) fn begin(pid: u32) -> Outcome<Self> {
        Ok(Self {
            pid,
            began: Instant::now(),
            own: time_of("self")?,
            server: time_of(&pid.to_string())?,
            machine: time_of_all()?,
            threads: threads(pid)?,
        })
    }

    /// As if it had been begun when the process was started, so long ago.
    pub(crate) fn since_start(pid: u32, elapsed: Duration) -> Outcome<Self> {
        let began = Instant::now().checked_sub(elapsed).unwrap_or_else(Instant::now);
        let (own, machine) = (time_of("self")?, time_of_all()?);
        Ok(Self { pid, began, own, server: Duration::ZERO, machine, threads: BTreeMap::new() })
    }

    /// What was used since.
    pub(crate) fn end(self) -> Outcome<CpuShare> {
        let elapsed = self.began.elapsed().as_secs_f64().max(1e-9);
        let own = time_of("self")?.saturating_sub(self.own).as_secs_f64();
        let server = time_of(&self.pid.to_string())?.saturating_sub(self.server).as_secs_f64();
        let busy = time_of_all()?.saturating_sub(self.machine).as_secs_f64();
        let machine = elapsed * float(processors());
        let mut by_name: BTreeMap<String, f64> = BTreeMap::new();
        let mut living = 0.0;
        for (number, Thread { name, time }) in threads(self.pid)? {
            let before = self.threads.get(&number).map_or(Duration::ZERO, |thread| thread.time);
            let used = time.saturating_sub(before).as_secs_f64();
            living += used;
            *by_name.entry(name).or_default() += used / elapsed;
        }
        let ended = (server - living).max(0.0) / elapsed;
        by_name.insert("threads that have ended".to_owned(), ended);
        let mut threads: Vec<(String, f64)> = by_name.into_iter().collect();
        threads.sort_by(|a, b| b.1.total_cmp(&a.1));
        Ok(CpuShare {
            generator: own / (own + server).max(1e-9),
            generator_of_machine: own / machine,
            server_of_machine: server / machine,
            server: Duration::from_secs_f64(server),
            others_of_machine: (busy - own - server).max(0.0) / machine,
            threads,
        })
    }
}

impl CpuShare {
    /// For the table's last column.
    pub(crate) fn cell(&self) -> String {
        format!(
            "{:.0} % (generator {:.0} %, server {:.0} %, others {:.0} % of the machine)",
            self.generator * 100.0,
            self.generator_of_machine * 100.0,
            self.server_of_machine * 100.0,
            self.others_of_machine * 100.0
        )
    }

    /// The server's threads, the idle ones left out.
    pub(crate) fn threads_line(&self) -> String {
        let busy = self.threads.iter().filter(|(_, share)| *share >= 0.01);
        let parts: Vec<String> =
            busy.map(|(name, share)| format!("{name} {:.0} %", share * 100.0)).collect();
        format!("server threads, of one processor each: {}", parts.join(", "))
    }
}

/// Processors of this machine.
pub(crate) fn processors() -> u64 {
    std::thread::available_parallelism().map_or(1, |count| count.get() as u64)
}

/// Time that all processors were not idle, from the first line of `/proc/stat`.
fn time_of_all() -> Outcome<Duration> {
    let path = "/proc/stat";
    let text = fs::read_to_string(path).doing(path)?;
    let fields = text.lines().next().unwrap_or_default().split_ascii_whitespace().skip(1);
    let times: Vec<u64> = fields.filter_map(|field| field.parse().ok()).collect();
    // user nice system idle iowait irq softirq steal; what follows is within user and nice.
    let idle = |place: &usize| matches!(place, 3 | 4);
    let busy = times.iter().take(8).enumerate().filter(|(place, _)| !idle(place));
    let ticks: u64 = busy.map(|(_, time)| time).sum();
    Ok(Duration::from_secs_f64(float(ticks) / float(clock_ticks_per_second())))
}

/// User and system time of a process, from `/proc/<pid>/stat`.
fn time_of(process: &str) -> Outcome<Duration> {
    let path = format!("/proc/{process}/stat");
    let text = fs::read_to_string(&path).doing(&path)?;
    // The name in parentheses may hold anything; what follows its end is fields from the third on.
    let fields = text.rsplit_once(')').map_or("", |(_, fields)| fields);
    let mut times = fields.split_ascii_whitespace().skip(11).map(str::parse::<u64>);
    let (Some(Ok(user)), Some(Ok(system))) = (times.next(), times.next()) else {
        return Err(Failure::new(path, "has no times"));
    };
    let ticks = float(user + system) / float(clock_ticks_per_second());
    Ok(Duration::from_secs_f64(ticks))
}

/// Processor time by thread number, from `/proc/<pid>/task/*/schedstat`, which counts nanoseconds.
fn threads(pid: u32) -> Outcome<BTreeMap<String, Thread>> {
    let folder = format!("/proc/{pid}/task");
    let mut threads = BTreeMap::new();
    for task in fs::read_dir(&folder).doing(&folder)? {
        let task = task.doing(&folder)?;
        let path = task.path();
        // A thread may end while it is looked at.
        let (Ok(name), Ok(stat)) =
            (fs::read_to_string(path.join("comm")), fs::read_to_string(path.join("schedstat")))
        else {
            continue;
        };
        let nanos = stat.split_ascii_whitespace().next().and_then(|text| text.parse().ok());
        let time = Duration::from_nanos(nanos.unwrap_or(0));
        let number = task.file_name().to_string_lossy().into_owned();
        threads.insert(number, Thread { name: name.trim_end().to_owned(), time });
    }
    Ok(threads)
}

/// Memory of a process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    /// Resident bytes now.
    pub(crate) resident_bytes: u64,
    /// Resident bytes at the most so far.
    pub(crate) peak_bytes: u64,
}

/// From `/proc/<pid>/status`.
pub(crate) fn memory(pid: u32) -> Outcome<Memory> {
    let path = format!("/proc/{pid}/status");
    let text = fs::read_to_string(&path).doing(&path)?;
    let kib = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let value = line.and_then(|line| line.split_ascii_whitespace().next());
        value.and_then(|value| value.parse::<u64>().ok()).map(|kib| kib * 1024)
    };
    match (kib("VmRSS:"), kib("VmHWM:")) {
        (Some(resident_bytes), Some(peak_bytes)) => Ok(Memory { resident_bytes, peak_bytes }),
        _ => Err(Failure::new(path, "has no VmRSS or VmHWM")),
    }
}

/// Bytes that the kernel holds for itself, from `/proc/meminfo`: sockets are in there, and in no
/// process.
pub(crate) fn kernel_bytes() -> u64 {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let slabs = text.lines().find_map(|line| line.strip_prefix("SUnreclaim:"));
    let kib = slabs.and_then(|slabs| slabs.split_ascii_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_tells_about_this_process() {
        let pid = std::process::id();
        assert!(memory(pid).unwrap().resident_bytes > 0);
        let cpu = Cpu::begin(pid).unwrap();
        let share = cpu.end().unwrap();
        assert!(share.generator_of_machine >= 0.0);
        assert!(share.threads.len() > 1, "{share:?}");
    }
}
