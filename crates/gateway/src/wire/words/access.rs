//! The words of access.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::wire::scalar::{TextScalar, component, read_from_text};

/// Whether a key is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyStatus {
    Active,
    Expired,
    Revoked,
}

words! {
    /// Whether a key is good, or has ended by itself or by somebody's doing.
    KeyStatusWord(KeyStatus) as "KeyStatus": "active, expired or revoked" {
        KeyStatus::Active => "active",
        KeyStatus::Expired => "expired",
        KeyStatus::Revoked => "revoked",
    }
}
