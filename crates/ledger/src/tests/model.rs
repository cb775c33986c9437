//! A second, naive ledger beside the real one: random commands, and after each the same.
//!
//! [`network`], [`keys`], [`shipment`], [`rules`], [`trading`], [`offers`] and [`roles`] are the naive ledger;
//! [`wish`] makes commands near the edge of what is allowed; [`run`] gives them to both. `ITN_MODEL_CASES=2000` runs more; what a failure prints
//! says how to run it again.

mod compare;
mod compare_trading;
mod keys;
mod network;
mod offers;
mod roles;
mod rules;
mod run;
mod shipment;
mod shipment_reasons;
mod size;
mod trading;
mod wish;
mod wish_cargo;
mod wish_trading;
