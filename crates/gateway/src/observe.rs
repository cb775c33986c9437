//! What is known of the server from outside: identifiers of requests, what the log is told of them,
//! and what it has counted and timed, for Prometheus.
//!
//! The crates below measure and know nothing of who shows it; here it is shown. On the way of a write
//! lie a few additions and readings of the clock, no lock and no look-up by name.

mod current;
mod exposition;
mod families;
mod gate;
mod layer;
mod machine;
mod meters;
mod request_id;

use std::time::Duration;

pub use current::with_request_id;
pub(crate) use current::{Stage, carried, pass};
pub(crate) use exposition::CONTENT_TYPE as EXPOSITION_TYPE;
pub(crate) use families::exposed;
pub(crate) use gate::Gates;
pub(crate) use layer::Observe;
pub use machine::{AskMachine, Machine};
pub(crate) use meters::{Connections, Held, Meters, OpenOf};
pub(crate) use request_id::named_anew;

use crate::limits::SLOW_USUAL;

/// How a gateway is observed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObserveOptions {
    /// A request that takes so long is told to the log; none, if not given.
    pub slow: Option<Duration>,
    /// What tells of the process and its machine.
    pub machine: AskMachine,
}

impl Default for ObserveOptions {
    fn default() -> Self {
        Self { slow: Some(SLOW_USUAL), machine: AskMachine::default() }
    }
}
