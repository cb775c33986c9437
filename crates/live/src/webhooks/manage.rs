//! What an owner changes: checked, then stored, then in force.

use std::sync::Arc;
use std::time::Duration;

use domain::{KeyId, PrincipalId, Sequence, Timestamp};
use tracing::Instrument;

use super::entry::Entry;
use super::record::{Creation, Cursor, KeptSecret, Settings, Status, Webhook, WebhookId};
use super::service::{WebhookError, Webhooks};
use super::signature::SigningSecret;
use super::store::StoreError;
use super::target::Target;

/// A subscription that is wanted.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    /// Whose it is to be.
    pub principal: PrincipalId,
    /// By which key.
    pub key: KeyId,
    /// What it is set to.
    pub settings: Settings,
    /// What its deliveries are signed with.
    pub secret: SigningSecret,
    /// Behind which event it begins; behind the last one if not given.
    pub after: Option<Sequence>,
    /// By what a retry is known.
    pub creation: Option<Creation>,
}

/// What became of a wanted subscription.
#[derive(Debug, Clone)]
pub enum Created {
    /// It is made.
    Now(Webhook),
    /// It was made before, by the same request.
    Before(Webhook),
}

/// What is to be changed of a subscription.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Where deliveries go.
    pub url: Option<String>,
    /// The owner's words.
    pub description: Option<String>,
    /// Which events are wanted.
    pub filter: Option<String>,
    /// Whether it delivers.
    pub active: Option<bool>,
    /// Whose key it is to deliver by if it is to deliver: that of whoever asks, if it is the owner's.
    pub key: Option<KeyId>,
}

impl Webhooks {
    /// Makes a subscription, durably.
    pub async fn create(&self, new: NewWebhook) -> Result<Created, WebhookError> {
        let this = self.clone();
        whole(async move { this.create_now(new).await }).await
    }

    async fn create_now(&self, new: NewWebhook) -> Result<Created, WebhookError> {
        let shared = &self.shared;
        Target::new(&new.settings.url, &shared.options.addresses)?;
        let last = shared.feed.last();
        let after = new.after.unwrap_or(last);
        if after > last {
            return Err(WebhookError::UnknownPosition(last));
        }
        let _creating = shared.creating.lock().await;
        if let Some(creation) = new.creation
            && let Some(known) = shared.made_by(new.principal, creation.key)
        {
            return if known.creation == Some(creation) {
                Ok(Created::Before(known))
            } else {
                Err(WebhookError::KeyReused)
            };
        }
        let (options, key) = (&shared.options, new.key);
        if shared.entries.read().len() >= options.webhooks_max {
            return Err(WebhookError::TooMany(options.webhooks_max));
        }
        if shared.count_of(key) >= options.webhooks_per_key_max {
            return Err(WebhookError::TooManyOfKey(options.webhooks_per_key_max));
        }
        let now = shared.clock.now();
        let mut webhook = Webhook {
            id: WebhookId(0),
            principal: new.principal,
            key,
            settings: new.settings,
            status: Status::Active,
            created_at: now,
            secrets: vec![KeptSecret { secret: new.secret, created_at: now, expires_at: None }],
            creation: new.creation,
            cursor: Cursor::after(after),
        };
        let stored = webhook.clone();
        webhook.id = shared.stored(move |store| store.create(&stored)).await?;
        let entry = Arc::new(Entry::new(webhook.clone()));
        shared.entries.write().insert(webhook.id, Arc::clone(&entry));
        shared.begin(&entry);
        Ok(Created::Now(webhook))
    }

    /// Changes a subscription, durably. What failed is tried again at once; so is what is under way,
    /// even if it was accepted: it was sent as the subscription was before.
    pub async fn change(&self, id: WebhookId, change: Change) -> Result<Webhook, WebhookError> {
        if let Some(url) = &change.url {
            Target::new(url, &self.shared.options.addresses)?;
        }
        let this = self.clone();
        whole(async move { this.change_now(id, change).await }).await
    }

    async fn change_now(&self, id: WebhookId, change: Change) -> Result<Webhook, WebhookError> {
        let shared = &self.shared;
        // Whoever counts the subscriptions of a key and adds one does so alone.
        let _creating = match change.key {
            Some(_) => Some(shared.creating.lock().await),
            None => None,
        };
        self.update_now(id, true, |webhook, _| {
            let settings = &mut webhook.settings;
            settings.url = change.url.unwrap_or_else(|| std::mem::take(&mut settings.url));
            settings.filter = change.filter.unwrap_or_else(|| std::mem::take(&mut settings.filter));
            if let Some(description) = change.description {
                settings.description = description;
            }
            match change.active {
                Some(true) => {
                    let key = change.key.unwrap_or(webhook.key);
                    if !shared.content.is_good(key) {
                        return Err(WebhookError::KeyRevoked);
                    }
                    let max = shared.options.webhooks_per_key_max;
                    if key != webhook.key && shared.count_of(key) >= max {
                        return Err(WebhookError::TooManyOfKey(max));
                    }
                    webhook.key = key;
                    webhook.status = Status::Active;
                }
                Some(false) => webhook.status = Status::Paused,
                None => {}
            }
            webhook.cursor = Cursor::after(webhook.cursor.after);
            Ok(())
        })
        .await
    }

    /// Adds a secret, durably; those before it are good for so long yet.
    pub async fn add_secret(
        &self,
        id: WebhookId,
        secret: SigningSecret,
        keep_others: Duration,
    ) -> Result<Webhook, WebhookError> {
        let maximum = self.shared.options.secrets_max.max(1);
        self.update(id, false, move |webhook, now| {
            let keep = i64::try_from(keep_others.as_micros()).unwrap_or(i64::MAX);
            let end = Timestamp(now.0.saturating_add(keep).min(Timestamp::MAX.0));
            for kept in &mut webhook.secrets {
                kept.expires_at = Some(kept.expires_at.map_or(end, |earlier| earlier.min(end)));
            }
            webhook.secrets.retain(|kept| kept.is_good(now));
            if webhook.secrets.len() >= maximum {
                return Err(WebhookError::TooManySecrets(maximum));
            }
            webhook.secrets.push(KeptSecret { secret, created_at: now, expires_at: None });
            Ok(())
        })
        .await
    }

    /// Moves a subscription behind this event, durably: everything from there on is delivered, again
    /// or, if it was not yet there, without what it passes over.
    pub async fn replay(&self, id: WebhookId, after: Sequence) -> Result<Webhook, WebhookError> {
        let last = self.shared.feed.last();
        if after > last {
            return Err(WebhookError::UnknownPosition(last));
        }
        self.update(id, true, move |webhook, _| {
            webhook.cursor = Cursor::after(after);
            Ok(())
        })
        .await
    }

    /// Deletes a subscription with its log, durably; what it was.
    pub async fn remove(&self, id: WebhookId) -> Result<Webhook, WebhookError> {
        let this = self.clone();
        whole(async move { this.remove_now(id).await }).await
    }

    async fn remove_now(&self, id: WebhookId) -> Result<Webhook, WebhookError> {
        let shared = &self.shared;
        let entry = shared.entry(id)?;
        let _turn = entry.turn.lock().await;
        if entry.look().removed {
            return Err(WebhookError::Unknown);
        }
        shared.stored(move |store| store.remove(id)).await?;
        entry.set_removed();
        shared.entries.write().remove(&id);
        Ok(entry.webhook())
    }

    async fn update(
        &self,
        id: WebhookId,
        moves: bool,
        act: impl FnOnce(&mut Webhook, Timestamp) -> Result<(), WebhookError> + Send + 'static,
    ) -> Result<Webhook, WebhookError> {
        let this = self.clone();
        whole(async move { this.update_now(id, moves, act).await }).await
    }

    async fn update_now(
        &self,
        id: WebhookId,
        moves: bool,
        act: impl FnOnce(&mut Webhook, Timestamp) -> Result<(), WebhookError> + Send,
    ) -> Result<Webhook, WebhookError> {
        let entry = self.shared.entry(id)?;
        let _turn = entry.turn.lock().await;
        let kept = entry.look();
        if kept.removed {
            return Err(WebhookError::Unknown);
        }
        let (mut webhook, now) = (kept.webhook, self.shared.clock.now());
        webhook.forget_ended(now);
        act(&mut webhook, now)?;
        let stored = webhook.clone();
        self.shared.stored(move |store| store.replace(&stored)).await?;
        entry.set(webhook.clone(), moves);
        Ok(webhook)
    }
}

/// Does it to its end, also when nobody waits for it any more: a request is dropped with its
/// connection, and what is known here would then not be what the store has.
pub(super) async fn whole<T: Send + 'static>(
    act: impl Future<Output = Result<T, WebhookError>> + Send + 'static,
) -> Result<T, WebhookError> {
    let task = tokio::spawn(act.in_current_span());
    task.await.unwrap_or_else(|lost| {
        let doing = "doing what was asked of a webhook".to_owned();
        Err(StoreError::Storage { doing, reason: lost.to_string() }.into())
    })
}
