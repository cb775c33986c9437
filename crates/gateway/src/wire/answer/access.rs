//! Keys, and who one is.

use domain::TokenSubject;
use serde::Serialize;
use utoipa::ToSchema;

use super::EnvelopeFields;
use crate::wire::{KeyStatusWord, RoleWord, Time};

/// A key that was made, or, as an event, that it was.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CreatedKey)]
pub(crate) struct KeyAnswer<'a> {
    pub(crate) key_id: u32,
    pub(crate) principal: &'a str,
    pub(crate) role: RoleWord,
    /// The traders that it acts for; none for a role without accounts.
    pub(crate) accounts: Vec<&'a str>,
    /// When it ends by itself; null if it does not.
    #[schema(required)]
    pub(crate) expires_at: Option<Time>,
    /// The key in whose place it was made, if in one's.
    #[schema(required)]
    pub(crate) replaces: Option<u32>,
    /// Whose tokens speak for it, if it is one of tokens: no secret opens it.
    #[schema(required)]
    pub(crate) token: Option<TokenSubjectAnswer<'a>>,
    /// The secret, in the first answer alone: it is kept nowhere, and a repeat has null.
    #[serde(skip_serializing_if = "Shown::is_hidden")]
    #[schema(value_type = Option<String>)]
    pub(crate) key: Shown<'a>,
    #[serde(flatten)]
    pub(crate) envelope: EnvelopeFields<'a>,
}

/// What is shown of a secret.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Shown<'a> {
    /// All of it, once.
    Secret(&'a str),
    /// That it was shown before.
    Before,
    /// Not even that: events know no secrets.
    Hidden,
}

impl Shown<'_> {
    pub(super) fn is_hidden(&self) -> bool {
        matches!(self, Self::Hidden)
    }
}

/// A key in the list of keys.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Key)]
pub(crate) struct KeyItem<'a> {
    pub(crate) key_id: u32,
    pub(crate) principal: &'a str,
    pub(crate) role: RoleWord,
    /// The traders that it acts for; none for a role without accounts.
    pub(crate) accounts: Vec<&'a str>,
    pub(crate) status: KeyStatusWord,
    pub(crate) created_at: Time,
    /// When it ends by itself; null if it does not.
    #[schema(required)]
    pub(crate) expires_at: Option<Time>,
    /// When somebody ended it; null if nobody did.
    #[schema(required)]
    pub(crate) revoked_at: Option<Time>,
    /// When it was last used, to the minute; null if it never was. After a crash the last minutes
    /// before it may be missing.
    #[schema(required)]
    pub(crate) last_used_at: Option<Time>,
    /// The key in whose place it was made, if in one's.
    #[schema(required)]
    pub(crate) replaces: Option<u32>,
    /// Whose tokens speak for it, if it is one of tokens: no secret opens it.
    #[schema(required)]
    pub(crate) token: Option<TokenSubjectAnswer<'a>>,
    /// The event that last changed it.
    pub(crate) sequence: u64,
}

/// Somebody whom an issuer of tokens knows.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TokenSubject)]
pub(crate) struct TokenSubjectAnswer<'a> {
    /// The claim `iss` of the tokens.
    pub(crate) issuer: &'a str,
    /// The claim `sub` of the tokens.
    pub(crate) subject: &'a str,
}

impl<'a> TokenSubjectAnswer<'a> {
    pub(crate) fn of(token: &'a TokenSubject) -> Self {
        Self { issuer: token.issuer.as_str(), subject: token.subject.as_str() }
    }
}

/// The token that a caller came with.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Token)]
pub(crate) struct TokenAnswer<'a> {
    #[serde(flatten)]
    pub(crate) subject: TokenSubjectAnswer<'a>,
    /// Until when it is taken: wall time, unlike all other times.
    pub(crate) expires_at: Time,
}

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WhoAmI<'a> {
    #[schema(required)]
    pub(crate) principal: Option<&'a str>,
    pub(crate) role: RoleWord,
    /// The traders that the caller acts for, and sees; none for a role that sees everything.
    pub(crate) accounts: Vec<&'a str>,
    #[schema(required)]
    pub(crate) key_id: Option<u32>,
    /// When the key ends by itself; null if it does not, or there is none.
    #[schema(required)]
    pub(crate) expires_at: Option<Time>,
    /// The token of an issuer that was sent instead of a key's secret, or signed in with; null if
    /// none was.
    #[schema(required)]
    pub(crate) token: Option<TokenAnswer<'a>>,
    /// Whether no key was given, and the server lets anybody read.
    pub(crate) anonymous: bool,
}

/// A token that opens one stream. It is shown once.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = StreamToken)]
pub(crate) struct StreamTokenAnswer<'a> {
    /// For `/api/updates/real-time?token=`.
    pub(crate) token: &'a str,
    /// How long it is good.
    pub(crate) expires_in_seconds: u64,
}
