//! The single writer: it owns the state, decides every command in one order, and answers only when
//! what it decided is durable and every observer has it.
//!
//! ```text
//! handles ─requests─▶ writer ──batch──▶ journal (its own thread, syncs)
//!                       │                  │
//!                       └─pending─▶ publisher ◀─completions
//!                                     │  folds into observers, releases answers
//!                                     └─frozen state─▶ snapshotter
//! ```
//!
//! The gateway holds an [`EngineHandle`]; channels and threads stay in here. There is no timer on
//! the way of a command: batches grow by themselves while the journal syncs.

mod building;
mod engine;
mod handle;
mod meters;
mod publisher;
mod recovery;
mod shared;
mod snapshotter;
mod verify;
mod writer;

pub use engine::{Engine, EngineError, EngineOptions, FirstKey};
pub use handle::{Accepted, Answer, EngineHandle, Refused};
pub use journal::Meters as JournalMeters;
pub use meters::{Commands, Meters};
pub use recovery::Progress;
pub use shared::WallTime;
pub use verify::{CreditTotals, GoodsTotals, Report, VerifyError, state_hash, verify};
