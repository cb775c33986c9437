//! The flags of `itn serve` that say whose tokens are taken beside keys.

use domain::Text;
use gateway::{Algorithm, ClaimPath, KeysFrom, OidcOptions, RoleClaims};

/// Tokens of an `OpenID` Connect issuer; see docs/access.md.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_field_names, reason = "their flags' names, among all flags of `serve`")]
#[command(next_help_heading = "Tokens of an OpenID Connect issuer")]
pub(crate) struct OidcArguments {
    /// Take the tokens of this issuer, as their claim iss has it to the letter; together with
    /// --oidc-audience and --oidc-keys. No tokens are taken if not given
    #[arg(long, env = "ITN_OIDC_ISSUER", value_name = "URL", value_parser = text,
          requires_all = ["oidc_audience", "oidc_keys"])]
    oidc_issuer: Option<Text>,
    /// What the claim aud of a token must be, or have among others
    #[arg(long, env = "ITN_OIDC_AUDIENCE", value_name = "AUDIENCE", value_parser = text,
          requires_all = ["oidc_issuer", "oidc_keys"])]
    oidc_audience: Option<Text>,
    /// The issuer's keys, a JSON Web Key Set: a file, or an https:// URL
    #[arg(long, env = "ITN_OIDC_KEYS", value_name = "FILE or URL",
          requires_all = ["oidc_issuer", "oidc_audience"])]
    oidc_keys: Option<KeysFrom>,
    /// What tokens are signed by, and nothing else is: RS256, PS256, ES256 or `EdDSA`
    #[arg(long, env = "ITN_OIDC_ALGORITHM", default_value = "RS256", value_name = "ALGORITHM")]
    oidc_algorithm: Algorithm,
    /// The claim that gives the role, a text or a list; in others by dots, such as
    /// `realm_access.roles`
    #[arg(long, env = "ITN_OIDC_ROLE_CLAIM", default_value = "roles", value_name = "CLAIM")]
    oidc_role_claim: ClaimPath,
    /// Which values of that claim give which role; of several, the role that may do most
    #[arg(
        long,
        env = "ITN_OIDC_ROLES",
        value_name = "ROLES",
        default_value = "admin=itn-admin,operator=itn-operator,trader=itn-trader,\
                           carrier=itn-carrier,viewer=itn-viewer"
    )]
    oidc_roles: RoleClaims,
    /// The claim that gives the accounts of a trader or a carrier: an id of a trader, or a list
    #[arg(
        long,
        env = "ITN_OIDC_ACCOUNTS_CLAIM",
        default_value = "itn_accounts",
        value_name = "CLAIM"
    )]
    oidc_accounts_claim: ClaimPath,
}

impl OidcArguments {
    /// As the gateway takes them: nothing if no tokens are taken.
    pub(crate) fn options(self) -> Option<OidcOptions> {
        Some(OidcOptions {
            issuer: self.oidc_issuer?,
            audience: self.oidc_audience?,
            keys: self.oidc_keys?,
            algorithm: self.oidc_algorithm,
            role_claim: self.oidc_role_claim,
            roles: self.oidc_roles,
            accounts_claim: self.oidc_accounts_claim,
        })
    }
}

fn text(text: &str) -> Result<Text, String> {
    Text::new(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Program {
        #[command(flatten)]
        oidc: OidcArguments,
    }

    const GOOD: [&str; 6] = [
        "--oidc-issuer",
        "https://id.example.org/",
        "--oidc-audience",
        "itn",
        "--oidc-keys",
        "https://id.example.org/keys",
    ];

    fn parsed(arguments: &[&str]) -> Result<Option<OidcOptions>, String> {
        let program = Program::try_parse_from(["itn"].iter().chain(arguments));
        program.map(|program| program.oidc.options()).map_err(|error| error.to_string())
    }

    #[test]
    fn issuer_audience_and_keys_go_together() {
        assert_eq!(parsed(&[]), Ok(None));
        let options = parsed(&GOOD).unwrap().unwrap();
        assert_eq!(options.algorithm, Algorithm::Rs256);
        assert!(matches!(options.keys, KeysFrom::Url(_)));
        for missing in [0, 2, 4] {
            let mut some = GOOD.to_vec();
            some.drain(missing..missing + 2);
            let error = parsed(&some).unwrap_err();
            assert!(error.contains(GOOD[missing]), "{error}");
        }
    }

    #[test]
    fn what_cannot_be_is_refused_and_says_what_can() {
        for (flag, bad, said) in [
            ("--oidc-algorithm", "HS256", "RS256, PS256, ES256 or EdDSA"),
            ("--oidc-algorithm", "none", "RS256"),
            ("--oidc-keys", "http://id.example.org/keys", "loopback"),
            ("--oidc-keys", "", "a file or a URL"),
            ("--oidc-roles", "root=chiefs", "admin, operator, trader"),
            ("--oidc-roles", "admin", "admin=itn-admins"),
            ("--oidc-role-claim", "a..b", "realm_access.roles"),
            ("--oidc-issuer", "", "256 bytes"),
        ] {
            let error = parsed(&[flag, bad]).unwrap_err();
            assert!(error.contains(flag) && error.contains(said), "{error}");
        }
    }
}
