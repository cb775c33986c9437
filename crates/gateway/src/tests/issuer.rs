//! An issuer of tokens: keys in a file, and tokens that are signed with them, well or badly.

use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Text;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RSA_PSS_SHA256, RsaKeyPair,
};
use serde_json::{Value, json};

use crate::{Algorithm, GatewayOptions, KeysFrom, OidcOptions};

/// Made with openssl: a key of 2,048 bits, as PKCS #8. It is no secret of anybody.
const RSA: &[u8] = include_bytes!("issuer/rsa.der");

pub(crate) const ISSUER: &str = "https://id.example.org/realms/sol";
pub(crate) const AUDIENCE: &str = "itn";

pub(crate) fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Wall time in seconds.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

/// A key of the issuer's.
pub(crate) enum Signer {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rsa(Box<RsaKeyPair>, Algorithm),
}

impl Signer {
    pub(crate) fn es256() -> Self {
        let (random, algorithm) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let pair = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        Self::Es256(EcdsaKeyPair::from_pkcs8(algorithm, pair.as_ref(), &random).unwrap())
    }

    pub(crate) fn eddsa() -> Self {
        let pair = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self::EdDsa(Ed25519KeyPair::from_pkcs8(pair.as_ref()).unwrap())
    }

    pub(crate) fn rsa(algorithm: Algorithm) -> Self {
        Self::Rsa(Box::new(RsaKeyPair::from_pkcs8(RSA).unwrap()), algorithm)
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        match self {
            Self::Es256(_) => Algorithm::Es256,
            Self::EdDsa(_) => Algorithm::EdDsa,
            Self::Rsa(_, algorithm) => *algorithm,
        }
    }

    pub(crate) fn jwk(&self, kid: &str) -> Value {
        let mut jwk = match self {
            Self::Es256(pair) => {
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "x": base64(x), "y": base64(y) })
            }
            Self::EdDsa(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": base64(pair.public_key()) })
            }
            Self::Rsa(pair, _) => {
                let public =
                    ring::signature::RsaPublicKeyComponents::<Vec<u8>>::from(pair.public());
                json!({ "kty": "RSA", "n": base64(&public.n), "e": base64(&public.e) })
            }
        };
        jwk["kid"] = json!(kid);
        jwk["use"] = json!("sig");
        jwk
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Es256(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Self::EdDsa(pair) => pair.sign(message).as_ref().to_vec(),
            Self::Rsa(pair, algorithm) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                let padding: &dyn ring::signature::RsaEncoding = match algorithm {
                    Algorithm::Ps256 => &RSA_PSS_SHA256,
                    _ => &RSA_PKCS1_SHA256,
                };
                pair.sign(padding, &random, message, &mut signature).unwrap();
                signature
            }
        }
    }

    /// A token with this header and these claims.
    pub(crate) fn token(&self, header: &Value, claims: &Value) -> String {
        let signed = format!("{}.{}", base64(header.to_string()), base64(claims.to_string()));
        format!("{signed}.{}", base64(self.sign(signed.as_bytes())))
    }
}

/// An issuer with one key, called `one`, in a file.
pub(crate) struct Issuer {
    folder: tempfile::TempDir,
    pub(crate) signer: Signer,
}

impl Issuer {
    pub(crate) fn new() -> Self {
        Self::with(Signer::es256())
    }

    pub(crate) fn with(signer: Signer) -> Self {
        let issuer = Self { folder: tempfile::tempdir().unwrap(), signer };
        issuer.publish(&json!([issuer.signer.jwk("one")]));
        issuer
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("keys.json")
    }

    /// Shows these keys from now on.
    pub(crate) fn publish(&self, keys: &Value) {
        fs::write(self.file(), json!({ "keys": keys }).to_string()).unwrap();
    }

    pub(crate) fn options(&self) -> OidcOptions {
        OidcOptions {
            issuer: Text::new(ISSUER).unwrap(),
            audience: Text::new(AUDIENCE).unwrap(),
            keys: KeysFrom::File(self.file()),
            algorithm: self.signer.algorithm(),
            role_claim: "realm_access.roles".parse().unwrap(),
            roles: "admin=chiefs,operator=hands,viewer=eyes,trader=pilots,carrier=haulers"
                .parse()
                .unwrap(),
            accounts_claim: "accounts".parse().unwrap(),
        }
    }

    /// Has a gateway take the tokens.
    pub(crate) fn set(&self, options: &mut GatewayOptions) {
        options.oidc = Some(self.options());
    }

    pub(crate) fn header(&self) -> Value {
        let (_, name) =
            Algorithm::NAMES.iter().find(|(it, _)| *it == self.signer.algorithm()).unwrap();
        json!({ "alg": name, "kid": "one", "typ": "at+jwt" })
    }

    /// A token of now with these claims, which are changed first.
    pub(crate) fn token_with(&self, claims: &Value, change: impl FnOnce(&mut Value)) -> String {
        let mut claims = claims.clone();
        change(&mut claims);
        self.signer.token(&self.header(), &claims)
    }

    pub(crate) fn token(&self, claims: &Value) -> String {
        self.token_with(claims, |_| {})
    }
}

/// What a good token says that gives this role, and these accounts.
pub(crate) fn claims(subject: &str, role: &str, accounts: &[&str]) -> Value {
    json!({
        "iss": ISSUER, "aud": ["account", AUDIENCE], "sub": subject,
        "iat": now() - 10, "nbf": now() - 10, "exp": now() + 600,
        "realm_access": { "roles": ["offline_access", role] }, "accounts": accounts
    })
}
