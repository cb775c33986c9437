//! API keys of the second ledger: how long they are good, and what takes their place.

use domain::{KeyId, KeyRotation, Lifetime, NewKey, Role, TokenGrant};

use super::network::{Moment, Network, Reasons, names, one_if};
use super::roles::Principal;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) principal: String,
    /// Revoked or expired.
    pub(super) ended: bool,
    /// When it expires.
    pub(super) deadline: Option<i64>,
    /// How many seconds it was to be good.
    pub(super) seconds: Option<i64>,
    pub(super) replaced: bool,
}

impl Network {
    pub(super) fn is_good_key(&self, key: KeyId) -> bool {
        self.keys.get(key.index()).is_some_and(|key| !key.ended)
    }

    pub(super) fn reasons_of_revocation(&self, key: KeyId) -> Reasons {
        let Some(known) = self.keys.get(key.index()) else {
            return one_if(true, "unknown_key");
        };
        one_if(!known.ended && self.is_last_of_admins(key), "last_admin_key")
    }

    pub(super) fn reasons_of_rotation(&self, rotation: &KeyRotation) -> Reasons {
        let Some(old) = self.keys.get(rotation.key.index()) else {
            return one_if(true, "unknown_key");
        };
        let mut reasons = one_if(old.ended, "key_ended");
        reasons.extend(one_if(old.replaced, "already_rotated"));
        let of_tokens = self.principals[&old.principal].token.is_some();
        reasons.extend(one_if(of_tokens, "token_key"));
        let ends = rotation.lifetime.is_some() || old.seconds.is_some();
        let slips = ends || rotation.grace.is_none();
        reasons.extend(one_if(slips && self.is_last_of_admins(rotation.key), "last_admin_key"));
        reasons
    }

    /// Whether no other key of an administrator is good for ever.
    fn is_last_of_admins(&self, key: KeyId) -> bool {
        let lasting = self.keys.iter().enumerate().filter(|(_, known)| {
            let principal = &self.principals[&known.principal];
            let administers = principal.role == Role::Admin && principal.token.is_none();
            administers && !known.ended && known.deadline.is_none()
        });
        lasting.map(|(place, _)| place).collect::<Vec<_>>() == [key.index()]
    }

    pub(super) fn reasons_of_accounts(&self, accounts: &[String]) -> Reasons {
        one_if(accounts.iter().any(|account| !self.is_trader(account)), "unknown_trader")
    }

    pub(super) fn reasons_of_grant(&self, grant: &TokenGrant) -> Reasons {
        let name = grant.principal.as_str();
        let accounts = names(grant.accounts.as_ref());
        let mut reasons = self.reasons_of_accounts(&accounts);
        let Some(known) = self.principals.get(name) else { return reasons };
        let Some((_, issued)) = known.token.filter(|token| token.0 == grant.digest) else {
            reasons.insert("already_exists");
            return reasons;
        };
        let ended = self.keys.iter().any(|key| key.principal == name && key.ended);
        reasons.extend(one_if(ended, "key_ended"));
        let differs = known.role != grant.role || known.accounts != accounts;
        reasons.extend(one_if(differs && grant.issued_at.0 <= issued, "token_outdated"));
        reasons
    }

    /// The first token makes a key without an end; a later one counts if it says something new.
    pub(super) fn grant(&mut self, moment: Moment, grant: &TokenGrant) -> bool {
        let name = grant.principal.as_str().to_owned();
        let token = Some((grant.digest, grant.issued_at.0));
        let (role, accounts) = (grant.role, names(grant.accounts.as_ref()));
        let Some(known) = self.principals.get_mut(&name) else {
            let number = u32::try_from(self.principals.len()).unwrap() + 1;
            self.principals.insert(name.clone(), Principal { number, role, accounts, token });
            self.push_key(moment, name, None);
            return true;
        };
        if known.role == role && known.accounts == accounts {
            return false;
        }
        *known = Principal { number: known.number, role, accounts, token };
        true
    }

    pub(super) fn keep_key(&mut self, moment: Moment, new: &NewKey) {
        let seconds = new.lifetime.get().map(|lifetime| seconds(*lifetime));
        self.push_key(moment, new.principal.as_str().to_owned(), seconds);
    }

    pub(super) fn rotate_key(&mut self, moment: Moment, rotation: &KeyRotation) {
        let old = &mut self.keys[rotation.key.index()];
        old.replaced = true;
        match rotation.grace {
            None => old.ended = true,
            Some(grace) => {
                let end = moment.recorded + seconds(grace) * 1_000_000;
                old.deadline = Some(old.deadline.map_or(end, |before| before.min(end)));
            }
        }
        let principal = old.principal.clone();
        let seconds = rotation.lifetime.map(seconds).or(old.seconds);
        self.push_key(moment, principal, seconds);
    }

    fn push_key(&mut self, moment: Moment, principal: String, seconds: Option<i64>) {
        let deadline = seconds.map(|seconds| moment.recorded + seconds * 1_000_000);
        self.keys.push(Key { principal, ended: false, deadline, seconds, replaced: false });
    }

    /// When keys expire.
    pub(super) fn key_deadlines(&self) -> impl Iterator<Item = (i64, &'static str, u64)> {
        (0..)
            .zip(&self.keys)
            .filter_map(|(number, key)| Some((key.deadline.filter(|_| !key.ended)?, "key", number)))
    }
}

fn seconds(lifetime: Lifetime) -> i64 {
    lifetime.seconds().into()
}
