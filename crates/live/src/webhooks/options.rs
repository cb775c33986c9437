//! The bounds of webhooks, each with its reason.

use std::time::Duration;

use super::address::Addresses;
use super::schedule::Schedule;

/// What webhooks may take, and where they may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookOptions {
    /// Where deliveries may go.
    pub addresses: Addresses,
    /// When they are tried again.
    pub schedule: Schedule,
    /// Subscriptions in all. Each has one delivery under way at most and keeps one connection at most,
    /// so that a receiver which does not answer holds up nobody else.
    pub webhooks_max: usize,
    /// Subscriptions made by one key.
    pub webhooks_per_key_max: usize,
    /// Secrets of a subscription that deliveries are signed with: each is a signature in a header.
    pub secrets_max: usize,
    /// Tests and single events sent by request at a time, besides the deliveries.
    pub requested_max: usize,
    /// Of these, so many to webhooks of one principal.
    pub requested_per_principal_max: usize,
    /// How long a connection may take, to each of a host's addresses.
    pub connect_timeout: Duration,
    /// How long an attempt may take, from the lookup of the name to the answer's status.
    pub attempt_timeout: Duration,
}

impl Default for WebhookOptions {
    fn default() -> Self {
        Self {
            addresses: Addresses::default(),
            schedule: Schedule::default(),
            // Each may scan every event, on one thread for all: 256 of them take in 1,000 events/s.
            webhooks_max: 256,
            // A trader's tools are a handful.
            webhooks_per_key_max: 32,
            // Two changes in the time that a receiver needs for one.
            secrets_max: 4,
            // By hand; more would be a way to use the server for sending.
            requested_max: 8,
            // Receivers that do not answer take all their time: one caller's leave room for others'.
            requested_per_principal_max: 2,
            // A connection around the world takes a third of a second, three lost packets 3 s.
            connect_timeout: Duration::from_secs(5),
            // Standard Webhooks asks for 15 to 30 s.
            attempt_timeout: Duration::from_secs(15),
        }
    }
}

/// Bytes of an answer's head that are read: more is not an answer to a delivery.
pub(crate) const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Bytes of an answer's body that are read, and thrown away, to use the connection again.
pub(crate) const BODY_BYTES_MAX: usize = 16 * 1024;
/// How long such a body may take.
pub(crate) const BODY_TIMEOUT: Duration = Duration::from_secs(1);
/// Addresses of a host that are tried.
pub(crate) const ADDRESSES_TRIED_MAX: usize = 4;
/// How long a connection is kept without a delivery: receivers close theirs after as long or longer.
pub(crate) const IDLE_MAX: Duration = Duration::from_secs(20);
/// Events that are looked at together.
pub(crate) const SLICE_EVENTS: u64 = 256;
/// Slices kept for the other subscriptions: about 10 MiB of one-line trades.
pub(crate) const SLICES_KEPT: usize = 64;
/// The pause between two looks at what was committed meanwhile: every subscription looks.
pub(crate) const LOOK_PAUSE: Duration = Duration::from_millis(10);
/// A cursor that passed over so many events that nobody wanted is written.
pub(crate) const UNSAVED_EVENTS_MAX: u64 = 4_096;
/// How long a cursor that moved stays unwritten.
pub(crate) const UNSAVED_MAX: Duration = Duration::from_secs(5);
/// How long a subscription waits after the journal could not be read.
pub(crate) const READ_PAUSE: Duration = Duration::from_secs(5);
