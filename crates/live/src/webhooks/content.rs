//! What only those know who know JSON, names and keys.

use domain::{KeyId, Recorded, Sequence};

use crate::filter::Interest;

/// Why a subscription has nothing to get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoInterest {
    /// Its key was revoked.
    KeyRevoked,
    /// Its filter is not understood.
    Filter,
}

/// Tells what deliveries are made of.
pub trait Content: Send + Sync {
    /// What a subscription of this key gets: what its filter wants of what the key may see; without a
    /// filter, all that it may see.
    fn interest(&self, key: KeyId, filter: Option<&str>) -> Result<Interest, NoInterest>;

    /// Whether the key is still good.
    fn is_good(&self, key: KeyId) -> bool;

    /// What every reader knows an event by.
    fn event_id(&self, sequence: Sequence) -> String;

    /// The body of an event's delivery.
    fn write(&self, recorded: &Recorded, out: &mut Vec<u8>);

    /// The media type of the bodies.
    fn content_type(&self) -> &'static str;
}
