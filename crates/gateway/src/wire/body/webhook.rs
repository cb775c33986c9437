//! `/api/webhooks`: what clients send.

use std::time::Duration;

use serde::Deserialize;
use utoipa::ToSchema;

use super::FilterBody;
use crate::limits::{FILTER_VALUES_MAX, SECRET_KEPT_SECONDS_MAX, SECRET_KEPT_SECONDS_USUAL};
use crate::shape::{Fault, Flaw};
use crate::wire::{Amount, Url, WebhookWishWord, Words};

/// A webhook to be made.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewWebhook)]
pub(crate) struct NewWebhookBody {
    /// Where deliveries go: `https`, and a public address, unless the operator allows others.
    pub(crate) url: Url,
    /// Which events are wanted, of those that the key may see; all of them if left out.
    pub(crate) filter: Option<FilterBody>,
    /// The owner's own words on it.
    pub(crate) description: Option<Words>,
    /// A position to begin behind: an event's id, or its sequence in digits. From now on if left out;
    /// `0` delivers all that ever happened first.
    pub(crate) after: Option<Words>,
}

/// What is to change of a webhook; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = WebhookChange)]
pub(crate) struct WebhookBody {
    /// Where deliveries go.
    pub(crate) url: Option<Url>,
    /// Which events are wanted: takes the place of the whole filter; `{}` wants all.
    pub(crate) filter: Option<FilterBody>,
    /// The owner's own words on it.
    pub(crate) description: Option<Words>,
    /// `paused` holds the deliveries; `active` goes on where they were, also after the server ended
    /// them, by the key of whoever asks, if that is the owner's.
    pub(crate) status: Option<WebhookWishWord>,
}

/// A secret to be made.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewWebhookSecret)]
pub(crate) struct SecretBody {
    /// How many seconds deliveries are signed with the older secrets, too: 0 to 2,592,000; a day if
    /// left out.
    keep_old_seconds: Option<Amount>,
}

/// What is to be sent again: one of the two.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = WebhookReplay)]
pub(crate) struct ReplayBody {
    /// The first event from which on everything is delivered, again or, if it is ahead, without what
    /// is passed over: an event's id, or its sequence in digits.
    from: Option<Words>,
    /// A single event, sent once and at once: an event's id, or its sequence in digits.
    event: Option<Words>,
}

/// What is to be sent again.
pub(crate) enum Replay {
    From(Words),
    Event(Words),
}

impl NewWebhookBody {
    pub(crate) fn check(&self) -> Result<(), Vec<Fault>> {
        check_filter(self.filter.as_ref())
    }
}

impl WebhookBody {
    pub(crate) fn check(&self) -> Result<(), Vec<Fault>> {
        check_filter(self.filter.as_ref())
    }
}

/// What the schema of a filter cannot say.
fn check_filter(filter: Option<&FilterBody>) -> Result<(), Vec<Fault>> {
    let Some(filter) = filter else {
        return Ok(());
    };
    if let Some(field) = filter.too_long() {
        let detail = format!("must have at most {FILTER_VALUES_MAX} values");
        return Err(vec![Fault::new(format!("/filter/{field}"), Flaw::OutOfRange, detail)]);
    }
    if filter.wants_levels() {
        let detail = "levels are states and no events: webhooks deliver events";
        return Err(vec![Fault::new("/filter/topic".to_owned(), Flaw::InvalidValue, detail)]);
    }
    Ok(())
}

impl SecretBody {
    /// How long the older secrets are good for.
    pub(crate) fn keep_old(self) -> Result<Duration, Vec<Fault>> {
        let seconds = self.keep_old_seconds;
        let seconds = seconds.map_or(SECRET_KEPT_SECONDS_USUAL, |amount| amount.quantity().get());
        if seconds > SECRET_KEPT_SECONDS_MAX {
            let detail = format!("must be from 0 to {SECRET_KEPT_SECONDS_MAX}");
            return Err(vec![Fault::new("/keepOldSeconds".to_owned(), Flaw::OutOfRange, detail)]);
        }
        Ok(Duration::from_secs(seconds))
    }
}

impl ReplayBody {
    pub(crate) fn replay(self) -> Result<Replay, Vec<Fault>> {
        let wrong =
            |field: &str, flaw, detail| Err(vec![Fault::new(format!("/{field}"), flaw, detail)]);
        match (self.from, self.event) {
            (Some(from), None) => Ok(Replay::From(from)),
            (None, Some(event)) => Ok(Replay::Event(event)),
            (None, None) => {
                wrong("from", Flaw::MissingField, "the field is required, or `event` instead")
            }
            (Some(_), Some(_)) => {
                wrong("event", Flaw::UnknownField, "does not go with `from`: give one of the two")
            }
        }
    }
}
