//! The keys of an issuer (JSON Web Key Set, RFC 7517 and 7518), and signatures by them.

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;

use super::jws::Token;
use crate::limits::ISSUER_KEYS_MAX;

/// What tokens are signed by. None of these is a shared secret: whoever can verify cannot sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA with PKCS #1 v1.5 and SHA-256.
    Rs256,
    /// RSA with PSS and SHA-256.
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// All of them, and their names in a token (RFC 7518, section 3.1; RFC 8037, section 3.1).
    pub const NAMES: [(Self, &'static str); 4] = [
        (Self::Rs256, "RS256"),
        (Self::Ps256, "PS256"),
        (Self::Es256, "ES256"),
        (Self::EdDsa, "EdDSA"),
    ];

    /// Its name in a token.
    pub(super) fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(known, _)| *known == self).map_or("", |(_, name)| name)
    }
}

impl FromStr for Algorithm {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let found = Self::NAMES.iter().find(|(_, name)| *name == text);
        found.map(|(known, _)| *known).ok_or("must be RS256, PS256, ES256 or EdDSA")
    }
}

/// Keys of one algorithm.
#[derive(Debug)]
pub(super) struct KeySet {
    algorithm: Algorithm,
    keys: Vec<Key>,
}

#[derive(Debug)]
struct Key {
    id: Option<String>,
    public: Public,
    digest: blake3::Hash,
}

#[derive(Debug)]
enum Public {
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// Of the curve that the algorithm is of.
    Point(Vec<u8>),
}

impl Public {
    /// What tells it from others, whatever it is called.
    fn digest(&self) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new();
        match self {
            Self::Rsa { modulus, exponent } => {
                let length = (modulus.len() as u64).to_le_bytes();
                hasher.update(&length).update(modulus).update(exponent);
            }
            Self::Point(point) => {
                hasher.update(point);
            }
        }
        hasher.finalize()
    }
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<serde_json::Value>,
}

/// A key as the document has it. What is not known of it says nothing here.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    kid: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// Bytes of a coordinate of both curves.
const COORDINATE: usize = 32;
/// Bytes of the smallest modulus that is taken: what is smaller can be broken, or soon.
const MODULUS_MIN: usize = 256;
/// Bytes of the largest.
const MODULUS_MAX: usize = 1_024;

impl KeySet {
    /// Reads the keys that tokens of this algorithm may be signed with; passes over all others. None
    /// at all is what an issuer says, too, that takes its keys back.
    pub(super) fn parse(document: &[u8], algorithm: Algorithm) -> Result<Self, String> {
        let Document { keys: all } = serde_json::from_slice(document)
            .map_err(|error| format!("it is no JSON Web Key Set: {error}"))?;
        if all.len() > ISSUER_KEYS_MAX {
            return Err(format!("it has {} keys, and {ISSUER_KEYS_MAX} are taken", all.len()));
        }
        let read = |value| Key::of(serde_json::from_value(value).ok()?, algorithm);
        Ok(Self { algorithm, keys: all.into_iter().filter_map(read).collect() })
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there may be a key of this name.
    pub(super) fn has(&self, id: Option<&str>) -> bool {
        self.named(id).next().is_some()
    }

    /// Whether a key of this digest is one of them.
    pub(super) fn has_digest(&self, digest: blake3::Hash) -> bool {
        self.keys.iter().any(|key| key.digest == digest)
    }

    /// Which of the keys has signed the token, by its digest.
    pub(super) fn verify(&self, token: &Token<'_>) -> Result<blake3::Hash, &'static str> {
        let header = &token.header;
        // Only ever by what the operator pinned: what the token says is compared, and not followed.
        if header.alg != self.algorithm.name() {
            return Err("the token is signed by another algorithm than this server takes");
        }
        if header.kid.is_none() && self.keys.len() > 1 {
            return Err("the token must name its key by kid: the issuer has several");
        }
        let mut named = self.named(header.kid.as_deref()).peekable();
        if named.peek().is_none() {
            return Err("the issuer has no key of the token's kid");
        }
        let signer = named.find(|key| key.has_signed(self.algorithm, token));
        signer.map(|key| key.digest).ok_or("the token's signature is not the issuer's")
    }

    /// The keys of this name, and those without one.
    fn named<'a>(&'a self, id: Option<&'a str>) -> impl Iterator<Item = &'a Key> {
        self.keys
            .iter()
            .filter(move |key| id.is_none() || key.id.is_none() || key.id.as_deref() == id)
    }
}

impl Key {
    /// The key, if tokens of this algorithm may be signed with it.
    fn of(jwk: Jwk, algorithm: Algorithm) -> Option<Self> {
        let signs = jwk.usage.as_deref().is_none_or(|usage| usage == "sig")
            && jwk.alg.as_deref().is_none_or(|alg| alg == algorithm.name())
            && jwk.key_ops.is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        let bytes = |text: Option<String>| URL_SAFE_NO_PAD.decode(text?).ok();
        let coordinate = |text| bytes(text).filter(|bytes| bytes.len() == COORDINATE);
        let public = match (algorithm, &*jwk.kty, jwk.crv.as_deref()) {
            (Algorithm::Rs256 | Algorithm::Ps256, "RSA", _) => {
                let modulus = bytes(jwk.n)?;
                // Some write a sign byte.
                let modulus = modulus.strip_prefix(&[0]).map(<[u8]>::to_vec).unwrap_or(modulus);
                let fits = (MODULUS_MIN..=MODULUS_MAX).contains(&modulus.len());
                Public::Rsa { modulus: fits.then_some(modulus)?, exponent: bytes(jwk.e)? }
            }
            // Uncompressed (SEC 1, section 2.3.3).
            (Algorithm::Es256, "EC", Some("P-256")) => {
                Public::Point([vec![4], coordinate(jwk.x)?, coordinate(jwk.y)?].concat())
            }
            (Algorithm::EdDsa, "OKP", Some("Ed25519")) => Public::Point(coordinate(jwk.x)?),
            _ => return None,
        };
        let digest = public.digest();
        signs.then_some(Self { id: jwk.kid, public, digest })
    }

    fn has_signed(&self, algorithm: Algorithm, token: &Token<'_>) -> bool {
        let (signed, signature) = (token.signed, &token.signature);
        let verified = match (&self.public, algorithm) {
            (Public::Rsa { modulus, exponent }, Algorithm::Ps256) => {
                let key = RsaPublicKeyComponents { n: modulus, e: exponent };
                key.verify(&RSA_PSS_2048_8192_SHA256, signed, signature)
            }
            (Public::Rsa { modulus, exponent }, _) => {
                let key = RsaPublicKeyComponents { n: modulus, e: exponent };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
            }
            (Public::Point(point), Algorithm::EdDsa) => {
                UnparsedPublicKey::new(&ED25519, point).verify(signed, signature)
            }
            (Public::Point(point), _) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed, signature)
            }
        };
        verified.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn set(keys: &Value, algorithm: Algorithm) -> Result<KeySet, String> {
        KeySet::parse(json!({ "keys": keys }).to_string().as_bytes(), algorithm)
    }

    /// RFC 7515, appendix A.3.
    #[test]
    fn the_token_of_the_standard_is_verified_by_its_key() {
        let key = json!({
            "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
        });
        let token = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt\
                     cGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8IS\
                     lSApmWQxfKTUJqPP3-Kg6NU1Q";
        let keys = set(&json!([key]), Algorithm::Es256).unwrap();
        let mut token = Token::parse(token).unwrap();
        assert!(keys.has_digest(keys.verify(&token).unwrap()));
        token.signature[7] ^= 1;
        assert!(keys.verify(&token).unwrap_err().contains("signature"));
    }

    /// RFC 8037, appendix A.4.
    #[test]
    fn the_edwards_token_of_the_standard_is_verified_by_its_key() {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let key = json!({ "kty": "OKP", "crv": "Ed25519", "x": x });
        let token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09P\
                     GcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        let keys = set(&json!([key]), Algorithm::EdDsa).unwrap();
        let signer = keys.verify(&Token::parse(token).unwrap()).unwrap();
        let other = json!({ "kty": "OKP", "crv": "Ed25519", "x": "A".repeat(43) });
        let others = set(&json!([other]), Algorithm::EdDsa).unwrap();
        assert!(others.verify(&Token::parse(token).unwrap()).is_err());
        assert!(keys.has_digest(signer) && !others.has_digest(signer));
    }

    #[test]
    fn only_keys_that_sign_by_the_algorithm_are_taken() {
        let modulus = |bytes: usize| URL_SAFE_NO_PAD.encode(vec![0xc5; bytes]);
        let rsa = |change: Value| {
            let mut key = json!({ "kty": "RSA", "n": modulus(256), "e": "AQAB", "kid": "one" });
            key.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            key
        };
        let taken = |change| set(&json!([rsa(change)]), Algorithm::Rs256).unwrap().len() == 1;
        let sign_byte = URL_SAFE_NO_PAD.encode([vec![0], vec![0xc5; 256]].concat());
        for good in [
            json!({}),
            json!({ "use": "sig", "alg": "RS256", "key_ops": ["verify"], "x5c": ["…"] }),
            json!({ "n": modulus(512) }),
            json!({ "n": sign_byte }),
        ] {
            assert!(taken(good.clone()), "{good}");
        }
        for bad in [
            json!({ "use": "enc" }),
            json!({ "alg": "PS256" }),
            json!({ "key_ops": ["encrypt"] }),
            json!({ "kty": "oct", "k": "AAAA" }),
            json!({ "n": modulus(128) }),
            json!({ "n": modulus(2_048) }),
            json!({ "n": "not base64!" }),
            json!({ "e": null }),
        ] {
            assert!(!taken(bad.clone()), "{bad}");
        }
        // A shared secret is none of them, whatever it is called.
        let shared = json!({ "kty": "oct", "k": "c2VjcmV0", "alg": "RS256", "kid": "one" });
        let keys = set(&json!([shared, rsa(json!({})), { "kty": 7 }]), Algorithm::Rs256).unwrap();
        assert_eq!(keys.len(), 1);
        let many: Vec<_> = (0..=ISSUER_KEYS_MAX).map(|_| rsa(json!({}))).collect();
        assert!(set(&json!(many), Algorithm::Rs256).unwrap_err().contains("are taken"));
        for (_, name) in Algorithm::NAMES {
            assert_eq!(name.parse::<Algorithm>().unwrap().name(), name);
        }
    }
}
