//! A second, naive ledger beside the real one: random commands, and after each the same.
//!
//! [`network`] and [`shipment`] are the naive ledger; [`wish`] makes commands near the edge of what
//! is allowed; [`run`] gives them to both. `ITN_MODEL_CASES=2000` runs more; what a failure prints
//! says how to run it again.

mod compare;
mod network;
mod run;
mod shipment;
mod size;
mod wish;
