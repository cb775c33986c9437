//! Who may do what, and the keys that say who one is.

use domain::limits::KEYS_MAX;
use domain::{
    Action, Command, Event, Identifier, KeyDetails, KeyId, NetworkDetails, NewKey, PrincipalId,
    Rejection, Role, Side, TraderId,
};

mod own;

use crate::state::{KeyRow, Name, Principal, State, find};

/// The first check of every command.
pub(crate) fn check(state: &State, command: &Command) -> Result<(), Rejection> {
    // A principal that no event created can do nothing.
    let Some(principal) = state.principal(command.actor) else {
        return Err(Rejection::NotPermitted { role: Role::Viewer });
    };
    let role = principal.role;
    let permitted = match role {
        Role::Admin => administers(command),
        Role::Operator => operates(&command.action),
        Role::Viewer => false,
        Role::Trader | Role::Carrier => own::permits(state, principal, command),
    };
    if permitted { Ok(()) } else { Err(Rejection::NotPermitted { role }) }
}

fn administers(command: &Command) -> bool {
    match &command.action {
        Action::CreateNetwork(_) => command.actor == PrincipalId::NETWORK,
        // A role has accounts or it has none: whoever asks.
        Action::CreateKey(key) => key.role.has_accounts() == key.accounts.get().is_some(),
        Action::RevokeKey(_) | Action::ChangeCredits { .. } => true,
        action => operates(action),
    }
}

const fn operates(action: &Action) -> bool {
    match action {
        Action::CreateNetwork(_)
        | Action::CreateKey(_)
        | Action::RevokeKey(_)
        | Action::ChangeCredits { .. } => false,
        Action::PutStation(_)
        | Action::PutCommodity(_)
        | Action::PutTrader(_)
        | Action::PutVessel(_)
        | Action::Adjust(_)
        | Action::Trade(_)
        | Action::PostOffer(_)
        | Action::WithdrawOffer(_)
        | Action::SettleTrade(_)
        | Action::VoidTrade { .. }
        | Action::ReverseTrade { .. }
        | Action::Transfer(_)
        | Action::BookShipment(_)
        | Action::ReportShipment { .. }
        | Action::PutAlertRule(_)
        | Action::DeleteAlertRule(_)
        | Action::AcknowledgeAlert(_) => true,
    }
}

/// The side of a trade that acts for itself: the one whose own key asks, if that key is not of both.
pub(crate) fn own_side(
    state: &State,
    actor: PrincipalId,
    buyer: TraderId,
    seller: TraderId,
) -> Option<Side> {
    let principal = state.principal(actor)?;
    let has = |trader| principal.accounts.contains(&trader);
    match (has(buyer), has(seller)) {
        (true, false) => Some(Side::Buy),
        (false, true) => Some(Side::Sell),
        _ => None,
    }
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

/// The first key that names a principal creates it; later ones must agree on its role and accounts.
pub(crate) fn create_key(state: &State, key: &NewKey) -> Result<Option<Event>, Rejection> {
    let accounts = resolve_accounts(state, key)?;
    let principal = match find(&state.principals, &key.principal) {
        Some(slot) => {
            let (id, known) = (PrincipalId(slot.position()), state.principals.at(slot));
            let agrees = known.role == key.role && known.accounts == accounts;
            if id == PrincipalId::NETWORK || !agrees {
                let id = key.principal.clone();
                return Err(Rejection::AlreadyExists { id, kind: "principal" });
            }
            id
        }
        None => PrincipalId(next(state.principals.len(), "principals", KEYS_MAX)?),
    };
    let number = KeyId(next(state.keys.len(), "keys", KEYS_MAX)?);
    let name = key.principal.clone();
    let details = KeyDetails { principal, name, role: key.role, digest: key.digest, accounts };
    Ok(Some(Event::KeyCreated { key: number, details: Box::new(details) }))
}

/// The accounts, sorted by number.
fn resolve_accounts(state: &State, key: &NewKey) -> Result<Box<[TraderId]>, Rejection> {
    let Some(accounts) = key.accounts.get() else { return Ok(Box::default()) };
    let account = |name: &Identifier| {
        let unknown = || Rejection::UnknownTrader { trader: name.clone(), field: "accounts" };
        state.trader(name).ok_or_else(unknown)
    };
    let mut accounts = accounts.iter().map(account).collect::<Result<Box<[_]>, _>>()?;
    accounts.sort_unstable();
    Ok(accounts)
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
        let row = Principal { role: details.role, accounts: details.accounts.clone() };
        state.principals.insert(Name(details.name.clone()), row);
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
