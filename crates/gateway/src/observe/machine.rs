//! What the process and its machine say of themselves, asked when somebody wants to know.

use std::fmt;
use std::sync::Arc;

/// The process and what is under it; what is not known is left out.
#[derive(Debug, Clone, Default)]
pub struct Machine {
    /// Memory that it has, in bytes.
    pub resident_bytes: Option<u64>,
    /// Processor time that it took, in seconds.
    pub cpu_seconds: Option<f64>,
    /// When it was started, in seconds since 1970.
    pub started_at: Option<f64>,
    /// Files and sockets that it has open.
    pub open_files: Option<u64>,
    /// And how many it may have.
    pub open_files_max: Option<u64>,
    /// What it keeps, by name, in bytes.
    pub storage: Vec<(String, u64)>,
    /// Lines of the log that were lost, because whoever reads it was too slow.
    pub log_lines_lost: u64,
}

/// Who knows. May block for some milliseconds. Nobody, by default.
#[derive(Clone, Default)]
pub struct AskMachine(Option<Arc<dyn Fn() -> Machine + Send + Sync>>);

impl AskMachine {
    /// Asks this.
    pub fn new(ask: impl Fn() -> Machine + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(ask)))
    }

    pub(super) fn ask(&self) -> Machine {
        self.0.as_ref().map(|ask| ask()).unwrap_or_default()
    }
}

impl fmt::Debug for AskMachine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "AskMachine" } else { "AskNobody" })
    }
}

impl PartialEq for AskMachine {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(own), Some(other)) => Arc::ptr_eq(own, other),
            (None, None) => true,
            _ => false,
        }
    }
}

impl Eq for AskMachine {}
