//! What is known of a subscription: what its owner set, how far it has come, and what became of its
//! deliveries. All times here are the wall clock's, not network time: receivers live by that.

use std::fmt;
use std::time::Duration;

use domain::{KeyId, PrincipalId, Sequence, Timestamp};

use super::signature::SigningSecret;

/// A subscription's number; never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebhookId(pub u64);

impl WebhookId {
    /// Reads one as it is written.
    pub fn parse(text: &str) -> Option<Self> {
        let id = Self(text.strip_prefix("w-")?.parse().ok()?);
        // Only what was written is read: no signs, no leading zeros.
        Some(id).filter(|id| id.to_string() == text)
    }
}

impl fmt::Display for WebhookId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "w-{}", self.0)
    }
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Which one; given by the store.
    pub id: WebhookId,
    /// Whose it is.
    pub principal: PrincipalId,
    /// By which key it was made, or resumed last: it gets what that key may see, while it is good.
    pub key: KeyId,
    /// What its owner set.
    pub settings: Settings,
    /// Whether it delivers.
    pub status: Status,
    /// When it was made.
    pub created_at: Timestamp,
    /// What deliveries are signed with, oldest first; at least one that has not ended.
    pub secrets: Vec<KeptSecret>,
    /// By what a retry of its creation is known.
    pub creation: Option<Creation>,
    /// How far it has come.
    pub cursor: Cursor,
}

impl Webhook {
    /// Without the secrets that nothing is signed with any more.
    pub(crate) fn forget_ended(&mut self, now: Timestamp) {
        self.secrets.retain(|kept| kept.is_good(now));
    }
}

/// What the owner of a subscription sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where deliveries go; a URL that `Target` takes.
    pub url: String,
    /// The owner's own words on it; may be empty.
    pub description: String,
    /// Which events are wanted, in the words of whoever reads them (`Content::interest`).
    pub filter: String,
}

/// Whether a subscription delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It does.
    Active,
    /// Its owner wants it to wait.
    Paused,
    /// It was ended by the server, until its owner resumes it.
    Disabled(DisabledReason, Timestamp),
}

/// Why the server ended a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisabledReason {
    /// The receiver answered 410: it wants no more.
    Gone,
    /// A delivery was not accepted, however often it was tried.
    Failing,
    /// The key that it was made with was revoked.
    KeyRevoked,
    /// What it was set to is not understood any more.
    Invalid,
}

impl DisabledReason {
    /// All of them, and the word that each is stored and shown by.
    pub const WORDS: [(Self, &'static str); 4] = [
        (Self::Gone, "gone"),
        (Self::Failing, "failing"),
        (Self::KeyRevoked, "key_revoked"),
        (Self::Invalid, "invalid"),
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(reason, _)| *reason == self).map_or("", |(_, word)| word)
    }
}

/// A secret, and how long deliveries are signed with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSecret {
    /// The secret.
    pub secret: SigningSecret,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is not used; `None` for the newest.
    pub expires_at: Option<Timestamp>,
}

impl KeptSecret {
    /// Whether deliveries are signed with it at this time.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// By what a retry of a creation is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Creation {
    /// Hash of the principal and its idempotency key.
    pub key: u128,
    /// Digest of what was asked.
    pub fingerprint: u128,
}

/// How far a subscription has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cursor {
    /// Every event up to here was accepted, or is none for it.
    pub after: Sequence,
    /// How often the next one was tried, and not accepted.
    pub attempts: u32,
    /// When it was first not accepted.
    pub failing_since: Option<Timestamp>,
    /// When it is tried again.
    pub next_at: Option<Timestamp>,
}

impl Cursor {
    /// A cursor behind this event, with nothing tried.
    pub fn after(after: Sequence) -> Self {
        Self { after, ..Self::default() }
    }
}

/// One attempt to deliver something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The `webhook-id` that it was sent with.
    pub message: String,
    /// The event; `None` for a test.
    pub event: Option<Sequence>,
    /// The type of the event.
    pub kind: String,
    /// The how manieth of this event it was.
    pub attempt: u32,
    /// When it began.
    pub at: Timestamp,
    /// How long it took.
    pub duration: Duration,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of an attempt. Of the receiver's answer only the status is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver answered with this status.
    Answered(u16),
    /// There was no answer.
    Failed(Failure),
}

impl Outcome {
    /// Whether the receiver has it now.
    pub const fn is_accepted(self) -> bool {
        matches!(self, Self::Answered(200..=299))
    }

    /// Whether the receiver wants no more.
    pub const fn is_gone(self) -> bool {
        matches!(self, Self::Answered(410))
    }
}

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The host's name has no address.
    Resolve,
    /// The host has an address that nothing is sent to.
    AddressRefused,
    /// Nobody took the connection.
    Connect,
    /// The receiver's certificate is not trusted, or the handshake failed.
    Tls,
    /// It took too long.
    Timeout,
    /// The connection ended, or what came was no answer.
    Interrupted,
}

impl Failure {
    /// All of them, and the word that each is stored and shown by.
    pub const WORDS: [(Self, &'static str); 6] = [
        (Self::Resolve, "resolve"),
        (Self::AddressRefused, "address_refused"),
        (Self::Connect, "connect"),
        (Self::Tls, "tls"),
        (Self::Timeout, "timeout"),
        (Self::Interrupted, "interrupted"),
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(failure, _)| *failure == self).map_or("", |(_, word)| word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_read_as_they_are_written() {
        assert_eq!(WebhookId(12).to_string(), "w-12");
        assert_eq!(WebhookId::parse("w-12"), Some(WebhookId(12)));
        for wrong in ["", "w-", "12", "w-012", "w-+1", "w--1", "w-99999999999999999999"] {
            assert_eq!(WebhookId::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_what_the_receiver_took_is_accepted() {
        for status in [200, 202, 204, 299] {
            assert!(Outcome::Answered(status).is_accepted(), "{status}");
        }
        for status in [100, 199, 300, 301, 304, 307, 400, 404, 410, 429, 500, 503] {
            assert!(!Outcome::Answered(status).is_accepted(), "{status}");
        }
        assert!(Outcome::Answered(410).is_gone() && !Outcome::Answered(404).is_gone());
        assert!(!Outcome::Failed(Failure::Timeout).is_accepted());
    }

    #[test]
    fn every_reason_has_a_word_of_its_own() {
        let reasons = DisabledReason::WORDS.map(|(reason, _)| reason.word());
        let failures = Failure::WORDS.map(|(failure, _)| failure.word());
        assert_eq!(reasons, ["gone", "failing", "key_revoked", "invalid"]);
        assert_eq!(failures.iter().filter(|word| word.is_empty()).count(), 0);
    }
}
