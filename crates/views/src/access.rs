//! API keys and for whom they speak.

use std::sync::Arc;

use domain::{
    Envelope, Event, Identifier, KeyId, PrincipalId, Role, Scope, Sequence, Timestamp,
    TokenSubject, TraderId,
};
use table::{Frozen, Index, Paged};

/// What a key that has not ended gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The key.
    pub key: KeyId,
    /// For whom it speaks.
    pub principal: PrincipalId,
    /// What that principal may do.
    pub role: Role,
    /// The traders that principal acts for, sorted; none for a role without accounts.
    pub accounts: Arc<[TraderId]>,
    /// When the key ends by itself, if it does: nobody needs to wait for the event that says so.
    pub expires_at: Option<Timestamp>,
}

impl Access {
    /// What that principal may see.
    pub fn scope(&self) -> Scope<'_> {
        self.role.scope(&self.accounts)
    }
}

/// A key that was made, good or not. The secret is known to nobody but its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its number, in the order of creation.
    pub id: KeyId,
    /// For whom it speaks.
    pub principal: PrincipalId,
    /// What that principal may do.
    pub role: Role,
    /// The traders that principal acts for, sorted; none for a role without accounts.
    pub accounts: Arc<[TraderId]>,
    /// BLAKE3 of the secret, or of issuer and subject if it is one of tokens; never shown.
    pub digest: [u8; 32],
    /// The event that made it.
    pub created: Sequence,
    /// When that was recorded.
    pub created_at: Timestamp,
    /// The event that last changed it.
    pub changed: Sequence,
    /// When it ends by itself, if it does.
    pub expires_at: Option<Timestamp>,
    /// Whether its time is over.
    pub has_expired: bool,
    /// When it was ended before that, if it was.
    pub revoked_at: Option<Timestamp>,
    /// In whose place it was made, if in one's.
    pub replaces: Option<KeyId>,
    /// Whose tokens speak for it, if it is one of tokens: no secret opens it.
    pub token: Option<Arc<TokenSubject>>,
}

impl ApiKey {
    /// Whether an event has ended it.
    pub fn has_ended(&self) -> bool {
        self.has_expired || self.revoked_at.is_some()
    }

    /// What it gives, if it is good.
    pub fn access(&self) -> Access {
        Access {
            key: self.id,
            principal: self.principal,
            role: self.role,
            accounts: Arc::clone(&self.accounts),
            expires_at: self.expires_at,
        }
    }

    /// Whether it is neither revoked nor expired at this network time.
    pub fn is_good(&self, now: Timestamp) -> bool {
        !self.has_ended() && self.expires_at.is_none_or(|expires_at| now < expires_at)
    }
}

/// All keys and principals.
#[derive(Debug)]
pub(crate) struct Keys {
    made: Paged<ApiKey>,
    /// Digests are uniform already: their first bytes are the hash.
    by_digest: Index,
    /// By principal; the first is the network itself.
    principals: Paged<Identifier>,
}

impl Default for Keys {
    fn default() -> Self {
        let mut principals = Paged::new();
        principals.push(Identifier::new("network").expect("a plain name"));
        Self { made: Paged::new(), by_digest: Index::new(), principals }
    }
}

impl Keys {
    pub(crate) fn restored(made: Paged<ApiKey>, principals: Paged<Identifier>) -> Self {
        let mut by_digest = Index::with_capacity(made.len());
        for key in made.iter() {
            by_digest.insert(digest_hash(&key.digest), key.id.0);
        }
        Self { made, by_digest, principals }
    }

    pub(crate) fn freeze(&self) -> (Frozen<ApiKey>, Frozen<Identifier>) {
        (self.made.freeze(), self.principals.freeze())
    }

    pub(crate) fn by_digest(&self, digest: &[u8; 32]) -> Option<Access> {
        let found = self.found(digest)?;
        (!found.has_ended() && found.token.is_none()).then(|| found.access())
    }

    pub(crate) fn of_tokens(&self, digest: &[u8; 32]) -> Option<&ApiKey> {
        self.found(digest).filter(|key| key.token.is_some())
    }

    fn found(&self, digest: &[u8; 32]) -> Option<&ApiKey> {
        let key = |position: u32| self.made.get(position as usize);
        let wanted = |position| key(position).is_some_and(|key| key.digest == *digest);
        key(self.by_digest.find(digest_hash(digest), wanted)?)
    }

    pub(crate) fn all(&self) -> &Paged<ApiKey> {
        &self.made
    }

    pub(crate) fn principal(&self, id: PrincipalId) -> Option<&Identifier> {
        self.principals.get(id.index())
    }

    /// They are as few as keys are.
    pub(crate) fn principal_named(&self, name: &str) -> Option<PrincipalId> {
        let place = self.principals.iter().position(|principal| principal.as_str() == name);
        place.and_then(|place| u32::try_from(place).ok()).map(PrincipalId)
    }

    pub(crate) fn fold(&mut self, envelope: &Envelope, event: &Event) {
        match event {
            Event::KeyCreated { key, details } => {
                assert_eq!(
                    key.index(),
                    self.made.len(),
                    "key {} is not numbered in the order of creation",
                    key.0
                );
                if details.principal.index() == self.principals.len() {
                    self.principals.push(details.name.clone());
                }
                self.by_digest.insert(digest_hash(&details.digest), key.0);
                self.made.push(ApiKey {
                    id: *key,
                    principal: details.principal,
                    role: details.role,
                    accounts: details.accounts.iter().copied().collect(),
                    digest: details.digest,
                    created: envelope.sequence,
                    created_at: envelope.recorded_at,
                    changed: envelope.sequence,
                    expires_at: details.expires_at,
                    has_expired: false,
                    revoked_at: None,
                    replaces: details.replaces,
                    token: details.token.clone().map(Arc::new),
                });
            }
            Event::KeyRevoked { key } => {
                self.changed(*key, envelope).revoked_at = Some(envelope.recorded_at);
            }
            Event::KeyExpired { key } => self.changed(*key, envelope).has_expired = true,
            Event::KeyUpdated { key, expires_at } => {
                self.changed(*key, envelope).expires_at = Some(*expires_at);
            }
            Event::GrantUpdated { key, grant } => {
                // The only key of its principal.
                let row = self.changed(*key, envelope);
                row.role = grant.role;
                row.accounts = grant.accounts.iter().copied().collect();
                if let Some(token) = &row.token {
                    let issued_at = grant.issued_at;
                    let token = TokenSubject { issued_at, ..TokenSubject::clone(token) };
                    row.token = Some(Arc::new(token));
                }
            }
            _ => unreachable!("only events of keys come here"),
        }
    }

    fn changed(&mut self, key: KeyId, envelope: &Envelope) -> &mut ApiKey {
        let row = self.made.get_mut(key.index()).expect("a key that changes was made");
        row.changed = envelope.sequence;
        row
    }
}

fn digest_hash(digest: &[u8; 32]) -> u64 {
    let (first, _) = digest.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
    u64::from_be_bytes(*first)
}
