//! Whose tokens are taken, and what their claims give.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use domain::{Role, Text};
use live::fetch::DocumentUrl;
use serde_json::{Map, Value};

use super::Algorithm;
use crate::wire::RoleWord;

/// Whose tokens are taken, and what their claims give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcOptions {
    /// The claim `iss` of a token, to the letter.
    pub issuer: Text,
    /// What the claim `aud` of a token must be or hold.
    pub audience: Text,
    /// Where the issuer's keys are: a JWK Set (RFC 7517).
    pub keys: KeysFrom,
    /// The one algorithm that tokens are signed by.
    pub algorithm: Algorithm,
    /// The claim that gives the role.
    pub role_claim: ClaimPath,
    /// Which value of that claim gives which role.
    pub roles: RoleClaims,
    /// The claim that gives the accounts of a trader or a carrier.
    pub accounts_claim: ClaimPath,
}

/// Where keys are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeysFrom {
    /// In a file, which is looked at again when it has changed.
    File(PathBuf),
    /// At a URL, which is asked again now and then.
    Url(DocumentUrl),
}

impl FromStr for KeysFrom {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once("://") {
            None if text.is_empty() => Err("must be a file or a URL".to_owned()),
            None => Ok(Self::File(PathBuf::from(text))),
            Some(_) => match text.parse() {
                Ok(url) => Ok(Self::Url(url)),
                Err(error) => Err(format!("{error}; http:// is for loopback addresses alone")),
            },
        }
    }
}

impl fmt::Display for KeysFrom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Url(url) => url.fmt(f),
        }
    }
}

/// The name of a claim, or the way to one in others: `realm_access.roles`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimPath(String);

impl ClaimPath {
    /// The value in the claims, if there is one. A claim that has the whole text as its name comes
    /// first: many have a URL as their name.
    pub(super) fn of<'a>(&self, claims: &'a Map<String, Value>) -> Option<&'a Value> {
        if let Some(value) = claims.get(&self.0) {
            return Some(value);
        }
        let mut steps = self.0.split('.');
        let first = claims.get(steps.next()?)?;
        steps.try_fold(first, |value, step| value.get(step))
    }

    /// Whether its words stand in one text between spaces, as those of OAuth do (RFC 6749,
    /// section 3.3).
    pub(super) fn is_scope(&self) -> bool {
        matches!(&*self.0, "scope" | "scp")
    }
}

impl FromStr for ClaimPath {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let wrong = "must be a claim, or the way to one with dots: realm_access.roles";
        if text.is_empty() || text.split('.').any(str::is_empty) {
            Err(wrong)
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

impl fmt::Display for ClaimPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which value of the claim of roles gives which role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleClaims(Vec<(Role, String)>);

/// Roles by how much they do, the most first: of several that a token has, the first counts.
const RANKING: [Role; 5] = [Role::Admin, Role::Operator, Role::Trader, Role::Carrier, Role::Viewer];

impl RoleClaims {
    /// The greatest role that one of these values gives.
    pub(super) fn greatest(&self, values: &[&str]) -> Option<Role> {
        let given = |role: &Role| {
            self.0.iter().any(|(of, value)| of == role && values.contains(&value.as_str()))
        };
        RANKING.into_iter().find(given)
    }
}

impl FromStr for RoleClaims {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let pair = |pair: &str| {
            let (word, value) = pair.split_once('=')?;
            let role = RANKING.into_iter().find(|role| RoleWord(*role).word() == word.trim())?;
            let value = value.trim();
            (!value.is_empty()).then(|| (role, value.to_owned()))
        };
        let pairs: Option<Vec<_>> = text.split(',').map(pair).collect();
        pairs.map(Self).ok_or_else(|| {
            "must be roles and the values that give them: admin=itn-admins,trader=pilots; the roles \
             are admin, operator, trader, carrier and viewer"
                .to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_claim_is_found_by_its_name_or_on_the_way_to_it() {
        let claims = json!({
            "roles": "a", "https://itn.example/roles": "b", "realm_access": { "roles": ["c"] },
            "one.two": "whole", "one": { "two": "by steps" }
        });
        let claims = claims.as_object().unwrap();
        let found = |path: &str| path.parse::<ClaimPath>().unwrap().of(claims).cloned();
        assert_eq!(found("roles"), Some(json!("a")));
        assert_eq!(found("https://itn.example/roles"), Some(json!("b")));
        assert_eq!(found("realm_access.roles"), Some(json!(["c"])));
        assert_eq!(found("one.two"), Some(json!("whole")));
        for path in ["other", "roles.a", "realm_access.roles.0", "realm_access.other"] {
            assert_eq!(found(path), None, "{path}");
        }
        for wrong in ["", ".", "a.", ".a", "a..b"] {
            assert!(wrong.parse::<ClaimPath>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_greatest_role_counts() {
        let roles: RoleClaims = "viewer=all, admin=chiefs,trader=pilots,admin=x=y".parse().unwrap();
        assert_eq!(roles.greatest(&["all", "pilots"]), Some(Role::Trader));
        assert_eq!(roles.greatest(&["all", "x=y", "pilots"]), Some(Role::Admin));
        assert_eq!(roles.greatest(&["all"]), Some(Role::Viewer));
        assert_eq!(roles.greatest(&["admin", "chief", "CHIEFS"]), None);
        assert_eq!(roles.greatest(&[]), None);
        for wrong in ["", "admin", "admin=", "root=x", "admin=a,", "=a"] {
            assert!(wrong.parse::<RoleClaims>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn keys_are_in_a_file_or_at_a_safe_url() {
        let parsed = |text: &str| text.parse::<KeysFrom>();
        assert_eq!(parsed("/etc/keys.json"), Ok(KeysFrom::File("/etc/keys.json".into())));
        assert!(matches!(parsed("https://id.example.org/keys"), Ok(KeysFrom::Url(_))));
        assert!(matches!(parsed("http://127.0.0.1:9/keys"), Ok(KeysFrom::Url(_))));
        for wrong in ["", "http://id.example.org/keys", "ftp://id.example.org/keys", "https://"] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }
}
