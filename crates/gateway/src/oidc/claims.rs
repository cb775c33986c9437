//! What a token says (RFC 7519, `OpenID` Connect Core, RFC 9068), judged: whose it is, until when, and
//! what it gives.

use domain::{Accounts, Identifier, Role, Text, Timestamp};
use serde_json::{Map, Value};

use super::OidcOptions;
use crate::problem::{Code, Problem};

/// How far the issuer's clock and ours may differ, in microseconds: half a minute.
pub(super) const LEEWAY_MICROS: i64 = 30_000_000;

/// What a token says that is this issuer's, for us, and of now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claims {
    pub(super) subject: Text,
    pub(super) issued_at: Timestamp,
    pub(super) expires_at: Timestamp,
    pub(super) role: Role,
    pub(super) accounts: Option<Accounts>,
}

/// What comes of a token that is this issuer's, for us, and of now.
#[derive(Debug)]
pub(super) enum Judged {
    Gives(Claims),
    /// Its claims give its subject nothing here, and why.
    Nothing {
        subject: Text,
        issued_at: Timestamp,
        why: Problem,
    },
}

impl Judged {
    /// Judges the payload of a token whose signature is good.
    pub(super) fn of(
        payload: &[u8],
        options: &OidcOptions,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let claims: Map<String, Value> = serde_json::from_slice(payload)
            .map_err(|_| Problem::bad_token("the token's claims are not a JSON object"))?;
        let (subject, issued_at, expires_at) =
            identity(&claims, options, now).map_err(Problem::bad_token)?;
        Ok(match rights(&claims, options) {
            Ok((role, accounts)) => {
                Self::Gives(Claims { subject, issued_at, expires_at, role, accounts })
            }
            Err(why) => Self::Nothing { subject, issued_at, why },
        })
    }
}

/// What the claims give.
fn rights(
    claims: &Map<String, Value>,
    options: &OidcOptions,
) -> Result<(Role, Option<Accounts>), Problem> {
    let role = role(claims, options).ok_or_else(|| {
        let claim = &options.role_claim;
        let detail = format!("the token's claim {claim} has no value that gives a role here");
        Problem::new(Code::NoAccess, detail)
    })?;
    let accounts = role.has_accounts().then(|| accounts(claims, options)).transpose()?;
    Ok((role, accounts))
}

/// Whose it is and when it was issued and ends, if it is to be believed at all.
fn identity(
    claims: &Map<String, Value>,
    options: &OidcOptions,
    now: Timestamp,
) -> Result<(Text, Timestamp, Timestamp), &'static str> {
    if claims.get("iss").and_then(Value::as_str) != Some(options.issuer.as_str()) {
        return Err("the token is of another issuer, or of none (iss)");
    }
    let audience = options.audience.as_str();
    let is_ours = match claims.get("aud") {
        Some(Value::String(one)) => one == audience,
        Some(Value::Array(several)) => several.iter().any(|one| one == audience),
        _ => false,
    };
    if !is_ours {
        return Err("the token is for another audience, or for none (aud)");
    }
    let subject = claims.get("sub").and_then(Value::as_str).and_then(|text| Text::new(text).ok());
    let subject = subject.ok_or("the token has no subject of 1 to 256 bytes (sub)")?;
    let time = |name| claims.get(name).map(instant);
    let expires_at = time("exp").flatten().ok_or("the token has no time at which it ends (exp)")?;
    let issued_at =
        time("iat").flatten().ok_or("the token has no time at which it was issued (iat)")?;
    if expires_at.0.saturating_add(LEEWAY_MICROS) <= now.0 {
        return Err("the token has expired");
    }
    let soon = now.0.saturating_add(LEEWAY_MICROS);
    let begins_at = match time("nbf") {
        None => None,
        Some(at) => Some(at.ok_or("the token's nbf is no time")?),
    };
    if begins_at.is_some_and(|at| at.0 > soon) {
        return Err("the token is not good yet (nbf)");
    }
    if issued_at.0 > soon {
        // It would count as newer than all that are issued until then.
        return Err("the token was issued in the future (iat): the clocks differ");
    }
    Ok((subject, issued_at, expires_at))
}

/// A `NumericDate` (RFC 7519, section 2): seconds since 1970, whole or not.
fn instant(value: &Value) -> Option<Timestamp> {
    let micros = match value.as_i64() {
        Some(seconds) => seconds.checked_mul(1_000_000)?,
        None => micros(value.as_f64()?)?,
    };
    Timestamp::new(micros)
}

#[expect(clippy::cast_possible_truncation, reason = "it is within the bounds, and cut to the µs")]
fn micros(seconds: f64) -> Option<i64> {
    // Some 31,000 years: more than a time may be, less than would be cut.
    (seconds.abs() < 1e12).then_some((seconds * 1e6) as i64)
}

fn role(claims: &Map<String, Value>, options: &OidcOptions) -> Option<Role> {
    let values: Vec<&str> = match options.role_claim.of(claims)? {
        Value::String(text) if options.role_claim.is_scope() => text.split(' ').collect(),
        Value::String(text) => vec![text],
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    options.roles.greatest(&values)
}

fn accounts(claims: &Map<String, Value>, options: &OidcOptions) -> Result<Accounts, Problem> {
    let wrong = || {
        let claim = &options.accounts_claim;
        let detail = format!(
            "the token gives a role with accounts, and its claim {claim} must be 1 to 100 of them, \
             each a trader's id"
        );
        Problem::new(Code::NoAccess, detail)
    };
    let name = |value: &Value| Identifier::new(value.as_str()?).ok();
    let names: Option<Vec<_>> = match options.accounts_claim.of(claims) {
        Some(Value::Array(values)) => values.iter().map(name).collect(),
        Some(value) => name(value).map(|name| vec![name]),
        None => None,
    };
    Accounts::new(names.ok_or_else(wrong)?).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::oidc::{Algorithm, KeysFrom};

    fn options(role_claim: &str) -> OidcOptions {
        OidcOptions {
            issuer: Text::new("https://id.example.org").unwrap(),
            audience: Text::new("itn").unwrap(),
            keys: KeysFrom::File("keys.json".into()),
            algorithm: Algorithm::Rs256,
            role_claim: role_claim.parse().unwrap(),
            roles: "admin=itn:admin,viewer=itn:read".parse().unwrap(),
            accounts_claim: "accounts".parse().unwrap(),
        }
    }

    #[test]
    fn scopes_are_words_in_one_text_and_other_texts_are_one() {
        let of = |claim: &str, value: Value| {
            let claims = json!({ claim: value });
            role(claims.as_object().unwrap(), &options(claim))
        };
        assert_eq!(of("scope", json!("openid itn:read")), Some(Role::Viewer));
        assert_eq!(of("scp", json!("itn:read itn:admin")), Some(Role::Admin));
        assert_eq!(of("scp", json!(["openid", "itn:read"])), Some(Role::Viewer));
        assert_eq!(of("scope", json!("openid itn:reader")), None);
        assert_eq!(of("group", json!("itn:read")), Some(Role::Viewer));
        // Words that somebody wrote into their own name give nothing.
        assert_eq!(of("group", json!("not itn:admin")), None);
        assert_eq!(of("group", json!([["itn:admin"], 7, null])), None);
    }

    #[test]
    fn times_are_seconds_whole_or_not_and_never_beyond_the_calendar() {
        let micros = |value: Value| instant(&value).map(|time| time.0);
        assert_eq!(micros(json!(1_300_819_380)), Some(1_300_819_380_000_000));
        assert_eq!(micros(json!(1_300_819_380.5)), Some(1_300_819_380_500_000));
        assert_eq!(micros(json!(0)), Some(0));
        for wrong in [
            json!("1300819380"),
            json!(null),
            json!([1]),
            json!(i64::MAX),
            json!(1e13),
            json!(u64::MAX),
        ] {
            assert_eq!(micros(wrong.clone()), None, "{wrong}");
        }
    }

    #[test]
    fn a_token_is_judged_by_its_times_with_some_leeway() {
        let now = Timestamp(1_800_000_000_000_000);
        let judged = |change: Value| {
            let mut claims = json!({
                "iss": "https://id.example.org", "aud": "itn", "sub": "ann", "iat": 1_800_000_000,
                "exp": 1_800_000_000, "scope": "itn:read"
            });
            claims.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            Judged::of(claims.to_string().as_bytes(), &options("scope"), now)
        };
        let Ok(Judged::Gives(claims)) = judged(json!({})) else { panic!("it gives something") };
        let known = (claims.subject.as_str(), claims.issued_at, claims.expires_at, claims.role);
        assert_eq!(known, ("ann", now, now, Role::Viewer));
        for good in [
            json!({ "exp": 1_799_999_970.5 }),
            json!({ "nbf": 1_800_000_030 }),
            json!({ "iat": 1_800_000_030 }),
            json!({ "iat": 1 }),
        ] {
            assert!(matches!(judged(good.clone()), Ok(Judged::Gives(_))), "{good}");
        }
        for bad in [
            json!({ "exp": 1_799_999_970 }),
            json!({ "nbf": 1_800_000_031 }),
            json!({ "iat": 1_800_000_031 }),
        ] {
            assert_eq!(judged(bad.clone()).unwrap_err().code(), Code::Unauthenticated, "{bad}");
        }
    }
}
