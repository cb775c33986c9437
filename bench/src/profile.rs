//! Where a server's time goes, from samples of its stacks: `perf record`, where it is there.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

/// Samples a second; a prime, so that it does not fall in step with anything periodic.
const FREQUENCY: &str = "397";
/// Symbols shown.
const TOP: usize = 25;

/// Samples being taken. Nothing is measured any less for a profile that fails: it says so instead.
#[derive(Debug)]
pub(crate) struct Profile {
    recorder: Option<(Child, PathBuf)>,
}

impl Profile {
    /// Begins to sample a process, if that is wanted.
    pub(crate) fn begin(wanted: bool, pid: u32, folder: &Path) -> Self {
        if !wanted {
            return Self { recorder: None };
        }
        let file = folder.join(format!("perf-{pid}.data"));
        let mut perf = Command::new("perf");
        perf.args(["record", "--quiet", "-g", "-F", FREQUENCY, "-p", &pid.to_string(), "-o"]);
        perf.arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self { recorder: perf.spawn().ok().map(|child| (child, file)) }
    }

    /// Ends, and says which functions of which threads the samples fell in.
    pub(crate) fn end(self) -> Vec<String> {
        let Some((mut child, file)) = self.recorder else { return Vec::new() };
        if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
            // It may have ended by itself: then there is nobody to tell.
            let _ = kill_process(pid, Signal::INT);
        }
        let _ = child.wait();
        let mut perf = Command::new("perf");
        perf.args(["report", "--stdio", "--no-inline", "--no-children", "-g", "none"]);
        perf.args(["--percent-limit", "0.5", "--sort", "comm,symbol", "-i"]).arg(&file);
        match perf.stderr(Stdio::null()).output() {
            Ok(output) => {
                let text = String::from_utf8_lossy(&output.stdout);
                let lines = text.lines().filter(|line| !line.starts_with('#'));
                // Padded columns, and two that are empty without a call graph.
                let squeezed = lines.map(|line| {
                    line.split_ascii_whitespace().filter(|word| *word != "-").collect::<Vec<_>>()
                });
                let squeezed = squeezed.filter(|words| !words.is_empty()).take(TOP);
                let mut lines: Vec<String> =
                    squeezed.map(|words| format!("`{}`", words.join(" "))).collect();
                lines.insert(0, "samples by thread and function:".to_owned());
                lines
            }
            Err(error) => vec![format!("no profile: perf report: {error}")],
        }
    }
}
