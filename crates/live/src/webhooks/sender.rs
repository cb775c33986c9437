//! What carries a delivery to its receiver.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;

use super::record::{Failure, Outcome, WebhookId};
use super::target::Target;

/// What is sent once.
#[derive(Debug, Clone)]
pub struct Message {
    /// For which subscription.
    pub webhook: WebhookId,
    /// Where to.
    pub target: Target,
    /// The `webhook-id` header: the same for each attempt.
    pub id: String,
    /// The `webhook-timestamp` header: when this attempt was made, in seconds since 1970.
    pub at: i64,
    /// The `webhook-signature` header.
    pub signature: String,
    /// The `content-type` header.
    pub content_type: &'static str,
    /// The body.
    pub body: Bytes,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// The answer's status, or why there was none.
    pub outcome: Outcome,
    /// How long the receiver asks to be left alone.
    pub retry_after: Option<Duration>,
}

impl From<Failure> for Sent {
    fn from(failure: Failure) -> Self {
        Self { outcome: Outcome::Failed(failure), retry_after: None }
    }
}

/// A future of [`Sender`].
pub type Sending<'a> = Pin<Box<dyn Future<Output = Sent> + Send + 'a>>;

/// Carries messages.
pub trait Sender: Send + Sync {
    /// Sends a message and tells what the receiver said of it, in bounded time.
    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a>;
}
