//! Webhooks and what became of their deliveries. Their times are the wall clock's.

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::Shown;
use crate::wire::body::FilterBody;
use crate::wire::{Time, WebhookStateWord};

/// A webhook. Its times are the wall clock's, not network time.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Webhook)]
pub(crate) struct WebhookAnswer<'a> {
    pub(crate) webhook_id: String,
    /// Where deliveries go.
    pub(crate) url: &'a str,
    #[schema(required)]
    pub(crate) description: Option<&'a str>,
    /// Which events are wanted, of those that the key may see.
    #[schema(value_type = FilterBody)]
    pub(crate) filter: &'a RawValue,
    pub(crate) status: WebhookStateWord,
    /// Why the server ended it: `gone` (the receiver answered 410), `failing` (a delivery was tried
    /// for days), `key_revoked`, `invalid`; null if it did not.
    #[schema(required)]
    pub(crate) disabled_reason: Option<&'static str>,
    #[schema(required)]
    pub(crate) disabled_at: Option<Time>,
    /// Whose it is.
    pub(crate) principal: &'a str,
    /// By which key it delivers: what that may see, while it is good.
    pub(crate) key_id: u32,
    pub(crate) created_at: Time,
    /// Every event up to this sequence was accepted by the receiver, or is none for it.
    pub(crate) after: u64,
    /// How often the next event was tried, and not accepted.
    pub(crate) attempts: u32,
    /// Since when; null while all is well.
    #[schema(required)]
    pub(crate) failing_since: Option<Time>,
    /// When it is tried again; null if nothing waits for that.
    #[schema(required)]
    pub(crate) next_attempt_at: Option<Time>,
    /// What deliveries are signed with, oldest first; the secrets themselves are never shown again.
    pub(crate) secrets: Vec<SecretItem>,
    /// The secret, `whsec_` and base64, in the answer to its making alone; a repeat of that has null.
    #[serde(skip_serializing_if = "Shown::is_hidden")]
    #[schema(value_type = Option<String>)]
    pub(crate) secret: Shown<'a>,
}

/// A secret, without itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookSecret)]
pub(crate) struct SecretItem {
    pub(crate) created_at: Time,
    /// From when on nothing is signed with it; null for the newest.
    #[schema(required)]
    pub(crate) expires_at: Option<Time>,
}

/// One attempt to deliver something. Of the receiver's answer only the status is kept.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Delivery)]
pub(crate) struct DeliveryAnswer {
    /// The `webhook-id` header: the same for each attempt.
    pub(crate) message_id: String,
    /// The event's type, or `webhook.test`.
    pub(crate) r#type: String,
    /// The event's id; null for a test.
    #[schema(required)]
    pub(crate) event: Option<String>,
    /// The how manieth of this event it was.
    pub(crate) attempt: u32,
    /// When it began, by the wall clock.
    pub(crate) at: Time,
    pub(crate) duration_millis: u64,
    /// Whether the receiver has it now.
    pub(crate) accepted: bool,
    /// The status that the receiver answered with; null if it did not.
    #[schema(required)]
    pub(crate) status: Option<u16>,
    /// Why there was no answer: `resolve`, `address_refused`, `connect`, `tls`, `timeout` or
    /// `interrupted`; null if there was one.
    #[schema(required)]
    pub(crate) error: Option<&'static str>,
}

/// What was sent again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookReplayed)]
pub(crate) struct ReplayAnswer<'a> {
    /// The webhook, as it is now.
    pub(crate) webhook: WebhookAnswer<'a>,
    /// What became of the single event; null if everything from one on is delivered again.
    #[schema(required)]
    pub(crate) delivery: Option<DeliveryAnswer>,
}
