//! Who may do what, and the keys that say who one is.

use domain::limits::{ADMIN_KEYS_RESERVED, DEADLINE_SECONDS_MAX, KEYS_MAX};
use domain::{
    Accounts, Action, Command, Envelope, Event, Identifier, KeyDetails, KeyId, KeyRotation,
    Lifetime, NetworkDetails, NewKey, PrincipalId, Rejection, Role, Side, Timestamp, TraderId,
    is_token_principal,
};

mod own;

use crate::state::{KeyRow, Name, Principal, State, TokenRow, find};
use crate::timers::Timer;

/// The first check of every command.
pub(crate) fn check(state: &State, command: &Command) -> Result<(), Rejection> {
    // Whoever let it in may not have known that the key ended meanwhile.
    if command.api_key.is_some_and(|key| !state.is_good_key(key)) {
        return Err(Rejection::Unauthenticated);
    }
    // A principal that no event created can do nothing.
    let Some(principal) = state.principal(command.actor) else {
        return Err(Rejection::NotPermitted { role: Role::Viewer });
    };
    // Else a command that took its time would be decided with what a newer token gives.
    let since = principal.token.as_ref().map(|token| token.granted);
    if command.granted.is_some() && command.granted != since {
        return Err(Rejection::Unauthenticated);
    }
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
        Action::GrantToken(grant) => {
            command.actor == PrincipalId::NETWORK
                && grant.role.has_accounts() == grant.accounts.is_some()
        }
        Action::RevokeKey(_) | Action::RotateKey(_) | Action::ChangeCredits { .. } => true,
        action => operates(action),
    }
}

const fn operates(action: &Action) -> bool {
    match action {
        Action::CreateNetwork(_)
        | Action::CreateKey(_)
        | Action::RevokeKey(_)
        | Action::RotateKey(_)
        | Action::GrantToken(_)
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
pub(crate) fn create_key(
    state: &State,
    at: Timestamp,
    key: &NewKey,
) -> Result<Option<Event>, Rejection> {
    let accounts = resolve_accounts(state, key.accounts.get())?;
    let taken = || {
        let id = key.principal.clone();
        Rejection::AlreadyExists { id, kind: "principal" }
    };
    let principal = match find(&state.principals, &key.principal) {
        Some(slot) => {
            let (id, known) = (PrincipalId(slot.position()), state.principals.at(slot));
            let agrees = known.role == key.role && known.accounts == accounts;
            // What tokens give somebody else, no key keeps for longer than they do.
            if id == PrincipalId::NETWORK || known.token.is_some() || !agrees {
                return Err(taken());
            }
            id
        }
        None if is_token_principal(&key.principal) => return Err(taken()),
        None => PrincipalId(next(state.principals.len(), "principals", KEYS_MAX)?),
    };
    let number = next_key(state, key.role)?;
    let name = key.principal.clone();
    let (role, digest) = (key.role, key.digest);
    let expires_at = key.lifetime.get().map(|lifetime| lifetime.until(at));
    let details = KeyDetails {
        principal,
        name,
        role,
        digest,
        accounts,
        expires_at,
        replaces: None,
        token: None,
    };
    Ok(Some(Event::KeyCreated { key: number, details: Box::new(details) }))
}

/// The number of the next key, of which the last ones are for administrators.
fn next_key(state: &State, role: Role) -> Result<KeyId, Rejection> {
    let reserved = if role == Role::Admin { 0 } else { ADMIN_KEYS_RESERVED };
    next(state.keys.len(), "keys", KEYS_MAX - reserved).map(KeyId)
}

/// The accounts, sorted by number.
pub(crate) fn resolve_accounts(
    state: &State,
    accounts: Option<&Accounts>,
) -> Result<Box<[TraderId]>, Rejection> {
    let Some(accounts) = accounts else { return Ok(Box::default()) };
    let account = |name: &Identifier| {
        let unknown = || Rejection::UnknownTrader { trader: name.clone(), field: "accounts" };
        state.trader(name).ok_or_else(unknown)
    };
    let mut accounts = accounts.iter().map(account).collect::<Result<Box<[_]>, _>>()?;
    accounts.sort_unstable();
    Ok(accounts)
}

/// Revoking twice changes nothing the second time, nor does revoking what has expired.
pub(crate) fn revoke_key(state: &State, key: KeyId) -> Result<Option<Event>, Rejection> {
    let row = state.keys.get(key.index()).ok_or(Rejection::UnknownKey)?;
    if row.has_ended {
        return Ok(None);
    }
    refuse_last_admin_key(state, key)?;
    Ok(Some(Event::KeyRevoked { key }))
}

/// A new key of the same principal, and an end for the old one: both or neither.
pub(crate) fn rotate_key(
    state: &State,
    at: Timestamp,
    rotation: &KeyRotation,
    events: &mut Vec<Event>,
) -> Result<(), Rejection> {
    let old = state.keys.get(rotation.key.index()).ok_or(Rejection::UnknownKey)?;
    if old.has_ended {
        return Err(Rejection::KeyEnded);
    }
    if let Some(by) = old.replaced_by {
        return Err(Rejection::AlreadyRotated { by });
    }
    let slot = state.principals.slot(old.principal.0).ok_or(Rejection::UnknownKey)?;
    let Principal { role, accounts, token } = state.principals.at(slot).clone();
    if token.is_some() {
        return Err(Rejection::TokenKey);
    }
    let lifetime = rotation.lifetime.or(old.lifetime);
    // Without a grace, too: if the answer is lost, the new secret is known to nobody, and the old one
    // cannot ask again. With one, it can.
    if lifetime.is_some() || rotation.grace.is_none() {
        refuse_last_admin_key(state, rotation.key)?;
    }
    let number = next_key(state, role)?;
    let details = KeyDetails {
        principal: old.principal,
        name: state.principals.key_at(slot).0.clone(),
        role,
        digest: rotation.digest,
        accounts,
        expires_at: lifetime.map(|lifetime| lifetime.until(at)),
        replaces: Some(rotation.key),
        token: None,
    };
    events.push(Event::KeyCreated { key: number, details: Box::new(details) });
    let key = rotation.key;
    events.extend(match rotation.grace.map(|grace| grace.until(at)) {
        None => Some(Event::KeyRevoked { key }),
        Some(expires_at) if old.expires_at.is_none_or(|ends_at| expires_at < ends_at) => {
            Some(Event::KeyUpdated { key, expires_at })
        }
        // It ends sooner by itself.
        Some(_) => None,
    });
    Ok(())
}

/// Nobody shall be locked out for good by a slip. One that expires by itself is not enough: it would
/// only put that off. Nor is one of tokens: their issuer may be gone some day.
fn refuse_last_admin_key(state: &State, key: KeyId) -> Result<(), Rejection> {
    let administers = |row: &KeyRow| {
        let lasts = !row.has_ended && row.expires_at.is_none();
        let of_admin = |it: &Principal| it.role == Role::Admin && it.token.is_none();
        lasts && state.principal(row.principal).is_some_and(of_admin)
    };
    let is_one = state.keys.get(key.index()).is_some_and(administers);
    let count = || state.keys.iter().filter(|row| administers(row)).take(2).count();
    if is_one && count() == 1 { Err(Rejection::LastAdminKey) } else { Ok(()) }
}

pub(crate) fn apply_network(state: &mut State, details: NetworkDetails) {
    state.network = Some(details);
}

pub(crate) fn apply_key(state: &mut State, envelope: &Envelope, key: KeyId, details: &KeyDetails) {
    assert_eq!(key.index(), state.keys.len(), "keys are numbered in order");
    state.keys.push(KeyRow {
        principal: details.principal,
        has_ended: false,
        expires_at: details.expires_at,
        lifetime: details.expires_at.map(|expires_at| lifetime(envelope.recorded_at, expires_at)),
        replaced_by: None,
    });
    state.arm(details.expires_at, Timer::Key(key));
    if let Some(old) = details.replaces {
        key_mut(state, old).replaced_by = Some(key);
    }
    if details.principal.index() == state.principals.len() {
        let token = details.token.as_ref().map(|token| {
            let (digest, issued_at) = (details.digest, token.issued_at);
            TokenRow { digest, key, issued_at, granted: envelope.sequence }
        });
        let row = Principal { role: details.role, accounts: details.accounts.clone(), token };
        state.principals.insert(Name(details.name.clone()), row);
    }
}

/// Its time is over, or somebody ended it before that.
pub(crate) fn apply_ended(state: &mut State, key: KeyId) {
    let row = key_mut(state, key);
    row.has_ended = true;
    let expires_at = row.expires_at;
    state.disarm(expires_at, Timer::Key(key));
}

pub(crate) fn apply_expiry(state: &mut State, key: KeyId, expires_at: Timestamp) {
    let before = key_mut(state, key).expires_at.replace(expires_at);
    state.disarm(before, Timer::Key(key));
    state.arm(Some(expires_at), Timer::Key(key));
}

fn key_mut(state: &mut State, key: KeyId) -> &mut KeyRow {
    state.keys.get_mut(key.index()).expect("a key changes after it is created")
}

/// As long as it was to be good: the first event of a command is of the time when it was decided.
fn lifetime(made_at: Timestamp, expires_at: Timestamp) -> Lifetime {
    let seconds = expires_at.0.saturating_sub(made_at.0) / 1_000_000;
    let seconds = u32::try_from(seconds.max(1)).unwrap_or(DEADLINE_SECONDS_MAX);
    Lifetime::new(seconds.min(DEADLINE_SECONDS_MAX)).expect("within the bounds of one")
}

/// The number of the next thing of a kind, within its bound.
pub(crate) fn next(count: usize, limit: &'static str, maximum: usize) -> Result<u32, Rejection> {
    let reached = Rejection::LimitReached { limit, maximum: maximum as u64 };
    if count >= maximum {
        return Err(reached);
    }
    u32::try_from(count).map_err(|_| reached)
}
