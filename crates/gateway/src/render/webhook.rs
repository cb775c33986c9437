//! Webhooks and their deliveries.

use live::webhooks::{Attempt, Outcome, Status, Webhook};
use serde_json::value::RawValue;

use super::Render;
use crate::wire::answer::{DeliveryAnswer, SecretItem, Shown, WebhookAnswer};
use crate::wire::{Time, WebhookState, WebhookStateWord};

impl<'a> Render<'a> {
    /// Without its newest secret: whoever has just made that adds it.
    pub(crate) fn webhook(self, webhook: &'a Webhook) -> WebhookAnswer<'a> {
        let settings = &webhook.settings;
        let (state, disabled) = match webhook.status {
            Status::Active => (WebhookState::Active, None),
            Status::Paused => (WebhookState::Paused, None),
            Status::Disabled(reason, at) => (WebhookState::Disabled, Some((reason.word(), at))),
        };
        let secrets = webhook.secrets.iter().map(|kept| SecretItem {
            created_at: Time(kept.created_at),
            expires_at: kept.expires_at.map(Time),
        });
        let description = Some(settings.description.as_str()).filter(|text| !text.is_empty());
        WebhookAnswer {
            webhook_id: webhook.id.to_string(),
            url: &settings.url,
            description,
            // It was written by us, as JSON.
            filter: serde_json::from_str(&settings.filter).unwrap_or(RawValue::NULL),
            status: WebhookStateWord(state),
            disabled_reason: disabled.map(|(reason, _)| reason),
            disabled_at: disabled.map(|(_, at)| Time(at)),
            principal: self.principal(webhook.principal),
            key_id: webhook.key.0,
            created_at: Time(webhook.created_at),
            after: webhook.cursor.after.0,
            attempts: webhook.cursor.attempts,
            failing_since: webhook.cursor.failing_since.map(Time),
            next_attempt_at: webhook.cursor.next_at.map(Time),
            secrets: secrets.collect(),
            secret: Shown::Hidden,
        }
    }

    pub(crate) fn delivery(self, attempt: &Attempt) -> DeliveryAnswer {
        let (status, error) = match attempt.outcome {
            Outcome::Answered(status) => (Some(status), None),
            Outcome::Failed(failure) => (None, Some(failure.word())),
        };
        DeliveryAnswer {
            message_id: attempt.message.clone(),
            r#type: attempt.kind.clone(),
            event: attempt.event.map(|event| self.identity.event_id(event)),
            attempt: attempt.attempt,
            at: Time(attempt.at),
            duration_millis: u64::try_from(attempt.duration.as_millis()).unwrap_or(u64::MAX),
            accepted: attempt.outcome.is_accepted(),
            status,
            error,
        }
    }
}
