//! Who may do what, and the keys that say who one is.

use domain::limits::KEYS_MAX;
use domain::{
    Action, Command, Event, Identifier, KeyDetails, KeyId, NetworkDetails, NewKey, PrincipalId,
    Rejection, Role,
};

use crate::state::{KeyRow, Name, Principal, State, find};

/// The first check of every command.
pub(crate) fn check(state: &State, command: &Command) -> Result<(), Rejection> {
    // A principal that no event created can do nothing.
    let role = state.role(command.actor).unwrap_or(Role::Viewer);
    let permitted = match &command.action {
        Action::CreateNetwork(_) => command.actor == PrincipalId::NETWORK,
        Action::CreateKey(_) | Action::RevokeKey(_) | Action::ChangeCredits { .. } => {
            role == Role::Admin
        }
        Action::PutStation(_)
        | Action::PutCommodity(_)
        | Action::PutTrader(_)
        | Action::Adjust(_)
        | Action::Trade(_)
        | Action::BookShipment(_)
        | Action::ReportShipment { .. } => matches!(role, Role::Admin | Role::Operator),
    };
    if permitted { Ok(()) } else { Err(Rejection::NotPermitted { role }) }
}

/// A network is created once.
pub(crate) fn create_network(
    state: &State,
    details: NetworkDetails,
) -> Result<Option<Event>, Rejection> {
    if state.network().is_some() {
        let id = Identifier::new("network").expect("a plain name");
        return Err(Rejection::AlreadyExists { id, kind: "network" });
    }
    Ok(Some(Event::NetworkCreated(details)))
}

/// The first key that names a principal creates it; later ones must agree on its role.
pub(crate) fn create_key(state: &State, key: &NewKey) -> Result<Option<Event>, Rejection> {
    let principal = match find(&state.principals, &key.principal) {
        Some(slot) => {
            let known = PrincipalId(slot.position());
            if known == PrincipalId::NETWORK || state.principals.at(slot).role != key.role {
                let id = key.principal.clone();
                return Err(Rejection::AlreadyExists { id, kind: "principal" });
            }
            known
        }
        None => PrincipalId(next(state.principals.len(), "principals", KEYS_MAX)?),
    };
    let number = KeyId(next(state.keys.len(), "keys", KEYS_MAX)?);
    let name = key.principal.clone();
    let details = KeyDetails { principal, name, role: key.role, digest: key.digest };
    Ok(Some(Event::KeyCreated { key: number, details: Box::new(details) }))
}

/// Revoking twice changes nothing the second time.
pub(crate) fn revoke_key(state: &State, key: KeyId) -> Result<Option<Event>, Rejection> {
    let row = state.keys.get(key.index()).ok_or(Rejection::UnknownKey)?;
    Ok((!row.revoked).then_some(Event::KeyRevoked { key }))
}

pub(crate) fn apply_network(state: &mut State, details: NetworkDetails) {
    state.network = Some(details);
}

pub(crate) fn apply_key(state: &mut State, key: KeyId, details: &KeyDetails) {
    assert_eq!(key.index(), state.keys.len(), "keys are numbered in order");
    state.keys.push(KeyRow { revoked: false });
    if details.principal.index() == state.principals.len() {
        state.principals.insert(Name(details.name.clone()), Principal { role: details.role });
    }
}

pub(crate) fn apply_revoked(state: &mut State, key: KeyId) {
    let row = state.keys.get_mut(key.index()).expect("a key is revoked after it is created");
    row.revoked = true;
}

/// The number of the next thing of a kind, within its bound.
pub(crate) fn next(count: usize, limit: &'static str, maximum: usize) -> Result<u32, Rejection> {
    let reached = Rejection::LimitReached { limit, maximum: maximum as u64 };
    if count >= maximum {
        return Err(reached);
    }
    u32::try_from(count).map_err(|_| reached)
}
