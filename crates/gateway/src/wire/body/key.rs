//! `POST /api/keys`.

use domain::{Accounts, Action, NewKey};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Tail, Wanted};
use crate::shape::{Fault, Flaw};
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
    /// The traders that it acts for: 1 to 100 for the roles `trader` and `carrier`, none for the
    /// others. The same for all keys of the principal.
    #[schema(max_items = 100)]
    accounts: Option<Vec<Name>>,
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
        let key = NewKey { principal, role, digest, accounts: accounts.into() };
        let tail = Tail { reference: self.reference, metadata: self.metadata, at: self.at };
        Ok(tail.with(Action::CreateKey(key)))
    }
}
