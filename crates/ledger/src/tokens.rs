//! What tokens of an issuer give their subjects. A subject has a principal and one key that no secret
//! opens, from its first token on; later tokens change what it may do, and revoking the key ends it.
//!
//! Whether a token is good is judged before: the rules know no signature and no wall time.

use domain::limits::{ADMIN_KEYS_RESERVED, KEYS_MAX};
use domain::{
    Envelope, Event, Grant, KeyDetails, KeyId, PrincipalId, Rejection, TokenGrant, TokenSubject,
    TraderId,
};

use crate::access::{next, resolve_accounts};
use crate::state::{Principal, State, TokenRow, find};

/// Gives a subject what its token says: nothing happens if it has that already.
pub(crate) fn grant(state: &State, grant: &TokenGrant) -> Result<Option<Event>, Rejection> {
    let known = find(&state.principals, &grant.principal).map(|slot| state.principals.at(slot));
    let own = known.and_then(|known| {
        let token = known.token.as_ref().filter(|token| token.digest == grant.digest)?;
        Some((known, token))
    });
    if own.is_some_and(|(_, token)| !state.is_good_key(token.key)) {
        return Err(Rejection::KeyEnded);
    }
    let accounts = resolve_accounts(state, grant.accounts.as_ref())?;
    match own {
        Some((known, token)) => change(known, token, grant, accounts),
        // A key has made it, or it is another subject's: nobody inherits what is theirs.
        None if known.is_some() => {
            let id = grant.principal.clone();
            Err(Rejection::AlreadyExists { id, kind: "principal" })
        }
        None => create(state, grant, accounts).map(Some),
    }
}

fn change(
    known: &Principal,
    token: &TokenRow,
    grant: &TokenGrant,
    accounts: Box<[TraderId]>,
) -> Result<Option<Event>, Rejection> {
    if known.role == grant.role && known.accounts == accounts {
        return Ok(None);
    }
    // Else two tokens that are used in turns would change it for ever.
    if grant.issued_at <= token.issued_at {
        return Err(Rejection::TokenOutdated);
    }
    let grant = Grant { role: grant.role, accounts, issued_at: grant.issued_at };
    Ok(Some(Event::GrantUpdated { key: token.key, grant: Box::new(grant) }))
}

fn create(
    state: &State,
    grant: &TokenGrant,
    accounts: Box<[TraderId]>,
) -> Result<Event, Rejection> {
    let principal = PrincipalId(next(state.principals.len(), "principals", KEYS_MAX)?);
    // The reserve is for whoever helps when it is all that is left: an issuer must not use it up,
    // whatever it makes of its subjects.
    let key = KeyId(next(state.keys.len(), "keys", KEYS_MAX - ADMIN_KEYS_RESERVED)?);
    let details = KeyDetails {
        principal,
        name: grant.principal.clone(),
        role: grant.role,
        digest: grant.digest,
        accounts,
        // Each token has an end of its own, in wall time.
        expires_at: None,
        replaces: None,
        token: Some(TokenSubject {
            issuer: grant.issuer.clone(),
            subject: grant.subject.clone(),
            issued_at: grant.issued_at,
        }),
    };
    Ok(Event::KeyCreated { key, details: Box::new(details) })
}

pub(crate) fn apply(state: &mut State, envelope: &Envelope, key: KeyId, grant: &Grant) {
    let principal =
        state.keys.get(key.index()).expect("a key changes after it is created").principal;
    let slot = state.principals.slot(principal.0).expect("a key speaks for a principal");
    let row = state.principals.at_mut(slot);
    row.role = grant.role;
    row.accounts.clone_from(&grant.accounts);
    let token = row.token.as_mut().expect("only tokens change what a principal may do");
    (token.issued_at, token.granted) = (grant.issued_at, envelope.sequence);
}
