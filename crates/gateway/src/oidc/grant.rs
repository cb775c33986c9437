//! Who sends a token: the key of its subject, which the first token of a subject makes and a newer one
//! changes.

use axum::http::Extensions;
use domain::{
    Action, Command, Identifier, KeyId, Rejection, Sequence, TOKEN_PRINCIPAL, Text, Timestamp,
    TokenGrant,
};
use engine::{Answer, Refused};
use views::{Access, ApiKey, State};

use super::claims::{Claims, Judged};
use super::jws::Token;
use super::known::Remembered;
use super::{Oidc, TokenHold};
use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::{Code, Problem};

/// How often a token is looked at again when its subject was given something else meanwhile.
const LOOKS: usize = 3;
/// What tells digests of subjects from all other digests, those of secrets above all: no text that is
/// sent as a key has the digest of a subject.
const SUBJECTS: &str = "itn 2026-11-23 issuer and subject of tokens";
/// Letters of a digest in the name of a principal: 120 bits.
const LETTERS: usize = 24;

impl Oidc {
    /// Whose token this is.
    pub(crate) async fn caller(
        &self,
        app: &App,
        extensions: &Extensions,
        token: &str,
    ) -> Result<Caller, Problem> {
        app.ready()?;
        let digest = *blake3::hash(token.as_bytes()).as_bytes();
        if let Some(caller) = self.remembered(app, &digest)? {
            return Ok(caller);
        }
        // Else whoever has no token would have us verify signatures for nothing.
        app.rates().refuse_guesser(extensions)?;
        // On the heap, so that the requests of all others stay small.
        Box::pin(self.judged(app, digest, token)).await
    }

    /// Whoever sent this token before, if what it gave still stands.
    fn remembered(&self, app: &App, digest: &[u8; 32]) -> Result<Option<Caller>, Problem> {
        let Some(known) = self.known.get(digest, self.keys.generation()) else { return Ok(None) };
        let state = app.ready()?.views.read();
        let key = state.keys_from(known.key.index()).next();
        let key = key.filter(|key| !key.has_ended() && !self.is_over(known.hold, key));
        Ok(key.map(|key| caller(app, key.access(), known.hold)))
    }

    async fn judged(&self, app: &App, digest: [u8; 32], token: &str) -> Result<Caller, Problem> {
        let token = Token::parse(token).map_err(Problem::bad_token)?;
        let verified = self.keys.verify(&token).await?;
        let claims = match Judged::of(&token.payload, &self.options, self.wall.now())? {
            Judged::Gives(claims) => claims,
            Judged::Nothing { subject, issued_at, why } => {
                self.end_older(app, &self.digest_of(&subject), issued_at)?;
                return Err(why);
            }
        };
        let subject = self.digest_of(&claims.subject);
        for _ in 0..LOOKS {
            let standing = standing(&app.ready()?.views.read(), &subject, &claims)?;
            // Before the ledger is asked: a newer token that changes nothing is no event of it.
            if let Some(key) = standing.key() {
                let is_other = matches!(standing, Standing::Other { .. });
                if !self.marks.admit(key, claims.issued_at, is_other) {
                    return Err(Problem::token_outdated());
                }
            }
            let name = match standing {
                Standing::Given(access, granted) => {
                    let expires_at = self.hold_until(claims.expires_at);
                    let (signer, issued_at) = (verified.signer, claims.issued_at);
                    let hold = TokenHold { expires_at, signer, issued_at, granted };
                    let found = Remembered { key: access.key, hold };
                    self.known.put(digest, Some(verified.generation), found);
                    return Ok(caller(app, access, hold));
                }
                Standing::Other { name, .. } => name,
            };
            self.give(app, name, subject, &claims).await?;
        }
        Err(Problem::token_outdated())
    }

    /// A token of a subject gives nothing: older ones of it are over.
    fn end_older(
        &self,
        app: &App,
        subject: &[u8; 32],
        issued_at: Timestamp,
    ) -> Result<(), Problem> {
        let key = app.ready()?.views.read().key_of_tokens(subject).map(|key| key.id);
        if let Some(key) = key {
            self.marks.end_older(key, issued_at);
        }
        Ok(())
    }

    /// Who it is: another issuer's subject of the same name is somebody else.
    fn digest_of(&self, subject: &Text) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key(SUBJECTS);
        for part in [self.options.issuer.as_str(), subject.as_str()] {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
        }
        *hasher.finalize().as_bytes()
    }

    /// Has the ledger give the subject what the token says.
    async fn give(
        &self,
        app: &App,
        principal: Identifier,
        digest: [u8; 32],
        claims: &Claims,
    ) -> Result<(), Problem> {
        let command = Command::by_network(Action::GrantToken(TokenGrant {
            principal,
            issuer: self.options.issuer.clone(),
            subject: claims.subject.clone(),
            digest,
            role: claims.role,
            accounts: claims.accounts.clone(),
            issued_at: claims.issued_at,
        }));
        match app.ready()?.executor.execute(command).await {
            Ok(Answer::Accepted(_) | Answer::Unchanged) => Ok(()),
            Ok(Answer::Rejected(rejection)) => {
                if matches!(rejection, Rejection::UnknownTrader { .. }) {
                    self.end_older(app, &digest, claims.issued_at)?;
                }
                refused(&rejection)
            }
            Ok(_) => Err(Problem::plain(Code::Internal)),
            // What a token gives may be given again: nothing is in doubt for whoever tries again.
            Err(Refused::OutcomeUnknown) => Err(Problem::plain(Code::Stopping)),
            Err(refused) => Err(refused.into()),
        }
    }
}

fn caller(app: &App, access: Access, hold: TokenHold) -> Caller {
    app.last_uses().mark(access.key);
    Caller { access: Some(access), session: None, token: Some(hold) }
}

/// What a subject has.
enum Standing {
    /// What the token says, since this event.
    Given(Access, Sequence),
    /// Something else by this key, or nothing yet; its principal is called so.
    Other { name: Identifier, key: Option<KeyId> },
}

impl Standing {
    /// The subject's key, if it has one.
    fn key(&self) -> Option<KeyId> {
        match self {
            Self::Given(access, _) => Some(access.key),
            Self::Other { key, .. } => *key,
        }
    }
}

fn standing(state: &State, subject: &[u8; 32], claims: &Claims) -> Result<Standing, Problem> {
    let Some(key) = state.key_of_tokens(subject) else {
        return Ok(Standing::Other { name: free_name(state, subject, claims), key: None });
    };
    if key.has_ended() {
        return Err(ended());
    }
    if key.role == claims.role && has_accounts(state, key, claims) {
        return Ok(Standing::Given(key.access(), key.changed));
    }
    let name = state.principal_name(key.principal).cloned();
    let other = |name| Standing::Other { name, key: Some(key.id) };
    name.map(other).ok_or_else(|| Problem::plain(Code::Internal))
}

fn has_accounts(state: &State, key: &ApiKey, claims: &Claims) -> bool {
    let names = claims.accounts.iter().flatten();
    let mut wanted: Vec<_> = names.map(|name| state.trader_id(name.as_str())).collect();
    wanted.sort_unstable();
    wanted.iter().copied().eq(key.accounts.iter().copied().map(Some))
}

/// The subject itself where it may be a name and is nobody's yet, else letters of who it is.
fn free_name(state: &State, subject: &[u8; 32], claims: &Claims) -> Identifier {
    let plain = Identifier::new(&format!("{TOKEN_PRINCIPAL}.{}", claims.subject.as_str())).ok();
    let plain = plain.filter(|name| state.principal_named(name.as_str()).is_none());
    plain.unwrap_or_else(|| {
        const ALPHABET: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";
        let letter = |byte: &u8| char::from(ALPHABET[usize::from(byte & 31)]);
        let letters: String = subject.iter().take(LETTERS).map(letter).collect();
        Identifier::new(&format!("{TOKEN_PRINCIPAL}-{letters}")).expect("plain letters")
    })
}

/// Why the ledger gives nothing; nothing at all if it is worth looking again.
fn refused(rejection: &Rejection) -> Result<(), Problem> {
    match rejection {
        Rejection::KeyEnded => Err(ended()),
        Rejection::TokenOutdated => Err(Problem::token_outdated()),
        Rejection::UnknownTrader { trader, .. } => {
            let detail =
                format!("the token names the account {trader}, and there is no such trader");
            Err(Problem::new(Code::NoAccess, detail))
        }
        Rejection::LimitReached { maximum, limit } => {
            let detail = format!("the network has had {maximum} {limit}, which is the maximum");
            Err(Problem::new(Code::NoAccess, detail))
        }
        // Somebody else got the name in this moment: the subject gets another.
        Rejection::AlreadyExists { .. } => Ok(()),
        other => {
            tracing::error!(rejection = other.code(), "what a token says could not be given");
            Err(Problem::plain(Code::Internal))
        }
    }
}

fn ended() -> Problem {
    Problem::bad_token("the access of the token's subject was ended here, for good")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_has_the_digest_of_a_subject() {
        let text = "itn_0123456789abcdefghijklmnopqrstuv";
        let mut hasher = blake3::Hasher::new_derive_key(SUBJECTS);
        hasher.update(text.as_bytes());
        assert_ne!(hasher.finalize(), blake3::hash(text.as_bytes()));
    }
}
