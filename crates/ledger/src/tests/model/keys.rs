//! API keys of the second ledger: how long they are good, and what takes their place.

use domain::{KeyId, KeyRotation, Lifetime, NewKey, Role};

use super::network::{Moment, Network, Reasons, one_if};

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
        let ends = rotation.lifetime.is_some() || old.seconds.is_some();
        let slips = ends || rotation.grace.is_none();
        reasons.extend(one_if(slips && self.is_last_of_admins(rotation.key), "last_admin_key"));
        reasons
    }

    /// Whether no other key of an administrator is good for ever.
    fn is_last_of_admins(&self, key: KeyId) -> bool {
        let lasting = self.keys.iter().enumerate().filter(|(_, known)| {
            let role = self.principals[&known.principal].role;
            role == Role::Admin && !known.ended && known.deadline.is_none()
        });
        lasting.map(|(place, _)| place).collect::<Vec<_>>() == [key.index()]
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
