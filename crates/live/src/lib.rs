//! Live readers: fan-out of committed events, resumable from any position; and [`webhooks`], which
//! are sent them, with whose client [`fetch`] reads a document.
//!
//! It knows events, sequences and bytes: what an event looks like to a reader is the [`Encode`] it
//! is given. It must not show what is not committed, must not hold up the thread that commits, and
//! must not let a slow reader cost the others, or memory: that one is told where to resume.
//!
//! A committed batch travels so: [`HubFold`] leaves it in the inbox; the pacer moves it to the
//! ring, and a wave wakes the readers that wait, or writes to the [`Outlet`]s that they lent; the
//! first to need it encodes it, the others share those bytes. Who asks for what the ring no longer
//! holds is read to from the journal, slice by slice, until the ring has the rest.

mod catch_up;
pub mod fetch;
mod filter;
mod frames;
mod hub;
mod inbox;
mod key_uses;
mod meters;
mod options;
mod outlet;
mod pacer;
mod ring;
mod subject;
mod subscription;
#[cfg(test)]
mod test_tls;
mod waiters;
mod wave;
pub mod webhooks;

pub use filter::{Filter, Interest, Kinds};
pub use frames::Encode;
pub use hub::{Hub, HubFold, SubscribeError};
pub use key_uses::{KeyUseStore, MemoryKeyUses};
pub use meters::Meters;
pub use options::HubOptions;
pub use outlet::{Outlet, Told};
pub use subject::{Subject, Subjects, Surroundings, System};
pub use subscription::{Subscription, Update};
