//! The words of webhooks.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::wire::scalar::{TextScalar, component, read_from_text};

/// Whether a webhook delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WebhookState {
    Active,
    Paused,
    Disabled,
}

words! {
    /// Whether a webhook delivers, rests by its owner's wish, or was ended by the server.
    WebhookStateWord(WebhookState) as "WebhookStatus": "active, paused or disabled" {
        WebhookState::Active => "active",
        WebhookState::Paused => "paused",
        WebhookState::Disabled => "disabled",
    }
}

/// What an owner may want of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WebhookWish {
    Active,
    Paused,
}

words! {
    /// Whether a webhook is to deliver.
    WebhookWishWord(WebhookWish) as "WebhookWish": "active or paused" {
        WebhookWish::Active => "active",
        WebhookWish::Paused => "paused",
    }
}
