//! `POST /api/keys`.

use domain::{Action, NewKey};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Tail, Wanted};
use crate::wire::{Metadata, Name, RoleWord, Time, Words};

/// An API key to be made.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewKey)]
pub(crate) struct KeyBody {
    /// For whom it speaks; created with the first key that names it.
    principal: Name,
    /// What the principal may do; the same for all its keys.
    role: RoleWord,
    /// The client's own number for it.
    reference: Option<Words>,
    metadata: Option<Metadata>,
    /// When it happened, if not now.
    at: Option<Time>,
}

impl KeyBody {
    /// `digest` is BLAKE3 of the secret.
    pub(crate) fn wanted(self, digest: [u8; 32]) -> Wanted {
        let key = NewKey { principal: self.principal.0, role: self.role.0, digest };
        let tail = Tail { reference: self.reference, metadata: self.metadata, at: self.at };
        tail.with(Action::CreateKey(key))
    }
}
