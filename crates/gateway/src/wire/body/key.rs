//! `POST /api/keys`, and rotation.

use domain::{Accounts, Action, KeyId, KeyRotation, Lifetime, NewKey};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Tail, Wanted};
use crate::limits::{SECRET_KEPT_SECONDS_MAX, SECRET_KEPT_SECONDS_USUAL};
use crate::shape::{Fault, Flaw};
use crate::wire::{Amount, Metadata, Name, RoleWord, Seconds, Time, Words};

/// An API key to be made.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewKey)]
pub(crate) struct KeyBody {
    /// For whom it speaks; created with the first key that names it.
    principal: Name,
    /// What the principal may do; the same for all its keys.
    role: RoleWord,
    /// The traders that it acts for: 1 to 100 for the roles `trader` and `carrier`, none for the
    /// others. The same for all keys of the principal.
    #[schema(max_items = 100)]
    accounts: Option<Vec<Name>>,
    /// When it ends by itself; not before it is revoked if left out.
    expires_in_seconds: Option<Seconds>,
    /// The client's own number for it.
    reference: Option<Words>,
    metadata: Option<Metadata>,
    /// When it happened, if not now.
    at: Option<Time>,
}

impl KeyBody {
    /// `digest` is BLAKE3 of the secret.
    pub(crate) fn wanted(self, digest: [u8; 32]) -> Result<Wanted, Vec<Fault>> {
        let fault =
            |flaw: Flaw, detail: String| vec![Fault::new("/accounts".to_owned(), flaw, detail)];
        let word = self.role.word();
        let accounts = match self.accounts.filter(|accounts| !accounts.is_empty()) {
            Some(_) if !self.role.0.has_accounts() => {
                let detail = format!("the role `{word}` has none");
                return Err(fault(Flaw::UnknownField, detail));
            }
            None if self.role.0.has_accounts() => {
                return Err(fault(
                    Flaw::MissingField,
                    format!("the role `{word}` needs this field"),
                ));
            }
            None => None,
            Some(names) => {
                let names = names.into_iter().map(|Name(name)| name).collect();
                let accounts = Accounts::new(names);
                Some(accounts.map_err(|error| fault(Flaw::LineCount, error.to_string()))?)
            }
        };
        let (principal, role) = (self.principal.0, self.role.0);
        let lifetime = self.expires_in_seconds.and_then(Seconds::lifetime);
        let accounts = accounts.into();
        let key = NewKey { principal, role, digest, accounts, lifetime: lifetime.into() };
        let tail = Tail { reference: self.reference, metadata: self.metadata, at: self.at };
        Ok(tail.with(Action::CreateKey(key)))
    }
}

/// An API key to be made in the place of another.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = KeyRotation)]
pub(crate) struct RotationBody {
    /// When the new key ends by itself; if left out, it is good as long as the old one was to be when
    /// it was made.
    expires_in_seconds: Option<Seconds>,
    /// How many seconds the old key stays good, at most: 0 to 2,592,000; a day if left out.
    keep_old_seconds: Option<Amount>,
    /// The client's own number for it.
    reference: Option<Words>,
    metadata: Option<Metadata>,
    /// When it happened, if not now.
    at: Option<Time>,
}

impl RotationBody {
    /// `digest` is BLAKE3 of the new secret.
    pub(crate) fn wanted(self, key: KeyId, digest: [u8; 32]) -> Result<Wanted, Vec<Fault>> {
        let seconds = self.keep_old_seconds;
        let seconds = seconds.map_or(SECRET_KEPT_SECONDS_USUAL, |amount| amount.quantity().get());
        if seconds > SECRET_KEPT_SECONDS_MAX {
            let detail = format!("must be from 0 to {SECRET_KEPT_SECONDS_MAX}");
            return Err(vec![Fault::new("/keepOldSeconds".to_owned(), Flaw::OutOfRange, detail)]);
        }
        let lifetime = self.expires_in_seconds.and_then(Seconds::lifetime);
        // None of no seconds: it ends at once.
        let grace = u32::try_from(seconds).ok().and_then(|seconds| Lifetime::new(seconds).ok());
        let tail = Tail { reference: self.reference, metadata: self.metadata, at: self.at };
        Ok(tail.with(Action::RotateKey(KeyRotation { key, digest, lifetime, grace })))
    }
}
