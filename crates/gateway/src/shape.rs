//! What is wrong with a request's shape.
//!
//! A body is read by serde straight into its type. Only when that fails is it read again, as a
//! tree, and compared with the schema that the document gives for it: so all faults are found at
//! once, and what is served as documentation is what refuses.

mod diagnosis;
mod fault;
mod read;
mod tree;

pub(crate) use diagnosis::Schemas;
pub(crate) use fault::{Fault, Flaw, Place};
pub(crate) use read::{BadBody, read};
pub(crate) use tree::Tree;
