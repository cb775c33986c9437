//! Which tokens are taken: by what they are signed with, what they say, and whose keys there are.

use axum::http::Method;
use serde_json::{Value, json};
use tokio::time::{advance, pause, resume};

use super::{founded, whoami};
use crate::limits::{ISSUER_KEYS_AGE_MAX, ISSUER_KEYS_RETRY, ISSUER_KEYS_RETRY_WITHOUT};
use crate::tests::issuer::{ISSUER, Issuer, Signer, base64, claims, now};
use crate::tests::support::{ADMIN, Network};
use crate::{Algorithm, Quota};

#[tokio::test]
async fn each_algorithm_will_do_if_it_is_the_one() {
    for signer in [
        Signer::es256(),
        Signer::eddsa(),
        Signer::rsa(Algorithm::Rs256),
        Signer::rsa(Algorithm::Ps256),
    ] {
        let issuer = Issuer::with(signer);
        let network = founded(&issuer).await;
        let claims = claims("ann", "eyes", &[]);
        whoami(&network, &issuer.token(&claims)).await.expect(200);
        // The same key may sign otherwise.
        if issuer.signer.algorithm() == Algorithm::Rs256 {
            let other = Signer::rsa(Algorithm::Ps256);
            for alg in ["RS256", "PS256"] {
                let token = other.token(&json!({ "alg": alg, "kid": "one" }), &claims);
                whoami(&network, &token).await.expect_problem(401, "unauthenticated");
            }
        }
    }
}

/// Each is a good token but for one thing.
#[tokio::test]
async fn a_bad_token_is_refused_and_told_why_and_never_shown() {
    let issuer = Issuer::new();
    let network = founded(&issuer).await;
    let good = claims("ann", "chiefs", &[]);
    let before = network.sequence().await;
    let with = |change: &dyn Fn(&mut Value)| issuer.token_with(&good, change);
    let set = |name: &str, value: Value| with(&|claims| claims[name] = value.clone());
    let without = |name: &str| with(&|claims| drop(claims.as_object_mut().unwrap().remove(name)));
    let under = |header: Value| issuer.signer.token(&header, &good);
    let token = issuer.token(&good);
    let parts: Vec<_> = token.split('.').collect();
    let [header, payload, signature] = parts[..] else { panic!("{token}") };
    let forged = base64(with(&|claims| claims["sub"] = json!("root")));
    // Signed with what everybody knows, as if that were a secret.
    let hmac = |secret: &[u8]| {
        let signed = format!("{}.{payload}", base64(r#"{"alg":"HS256","kid":"one"}"#));
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret);
        format!("{signed}.{}", base64(ring::hmac::sign(&key, signed.as_bytes())))
    };
    let public = issuer.signer.jwk("one");
    let mut flipped = signature.to_owned().into_bytes();
    flipped[0] = if flipped[0] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(flipped).unwrap();
    let stranger = Signer::es256();
    for (bad, why) in [
        ("x".to_owned(), "neither an API key"),
        (format!("{header}.{payload}"), "neither an API key"),
        (format!("{token}.{signature}"), "neither an API key"),
        (format!("{header}.{payload}.!"), "base64url"),
        (format!("{header}.{payload}.{signature}="), "base64url"),
        (format!("{}.{payload}.{signature}", base64("[]")), "header"),
        (format!("{header}.{payload}."), "signature"),
        (format!("{header}.{payload}.{flipped}"), "signature"),
        (format!("{header}.{forged}.{signature}"), "signature"),
        (stranger.token(&issuer.header(), &good), "signature"),
        (under(json!({ "alg": "none", "kid": "one" })), "another algorithm"),
        (format!("{}.{payload}.", base64(r#"{"alg":"none"}"#)), "another algorithm"),
        (hmac(public.to_string().as_bytes()), "another algorithm"),
        (hmac(public["x"].as_str().unwrap().as_bytes()), "another algorithm"),
        (under(json!({ "alg": "RS256", "kid": "one" })), "another algorithm"),
        (under(json!({ "alg": "es256", "kid": "one" })), "another algorithm"),
        (under(json!({ "kid": "one" })), "header"),
        (under(json!({ "alg": "ES256", "kid": "two" })), "kid"),
        (under(json!({ "alg": "ES256", "kid": 1 })), "header"),
        (under(json!({ "alg": "ES256", "kid": "one", "typ": "logout+jwt" })), "typ"),
        (under(json!({ "alg": "ES256", "kid": "one", "crit": ["exp"] })), "crit"),
        (issuer.signer.token(&issuer.header(), &json!(["a list"])), "JSON object"),
        (without("iss"), "iss"),
        (set("iss", json!("https://id.example.org/realms/sol/")), "iss"),
        (set("iss", json!([ISSUER])), "iss"),
        (without("aud"), "aud"),
        (set("aud", json!("other")), "aud"),
        (set("aud", json!(["other", "itn "])), "aud"),
        (without("sub"), "sub"),
        (set("sub", json!("")), "sub"),
        (set("sub", json!(7)), "sub"),
        (set("sub", json!("x".repeat(257))), "sub"),
        (without("exp"), "exp"),
        (set("exp", json!("never")), "exp"),
        (set("exp", json!(1e30)), "exp"),
        (set("exp", json!(now() - 31)), "expired"),
        (without("iat"), "iat"),
        (set("iat", json!(now() + 90)), "in the future"),
        (set("nbf", json!(now() + 90)), "not good yet"),
        (set("nbf", json!("soon")), "nbf"),
        (set("padding", json!("x".repeat(8_192))), "longer than"),
    ] {
        let refused = whoami(&network, &bad).await.expect_problem(401, "unauthenticated");
        let detail = refused.json["detail"].as_str().unwrap();
        assert!(detail.contains(why), "{why}: {detail}");
        assert_eq!(refused.header("www-authenticate"), "Bearer error=\"invalid_token\"");
        let shown = bad.len() > 1 && refused.text.contains(&bad);
        assert!(!shown && !refused.text.contains("ann"), "{}", refused.text);
    }
    assert_eq!(network.sequence().await, before, "nobody got a key");
    // Clocks may differ by half a minute, and times may have a fraction.
    for (name, value) in [
        ("exp", json!(now() - 5)),
        ("nbf", json!(now() + 20)),
        ("iat", json!(now() + 20)),
        ("exp", serde_json::from_str(&format!("{}.75", now() + 60)).unwrap()),
    ] {
        whoami(&network, &set(name, value)).await.expect(200);
    }
    for typ in ["JWT", "jwt", "AT+jwt", "application/at+jwt"] {
        let header = json!({ "alg": "ES256", "kid": "one", "typ": typ });
        whoami(&network, &under(header)).await.expect(200);
    }
    // The only key there is needs no name.
    whoami(&network, &under(json!({ "alg": "ES256" }))).await.expect(200);
}

#[tokio::test]
async fn a_token_that_gives_nothing_here_is_told_so() {
    let issuer = Issuer::new();
    let network = founded(&issuer).await;
    let before = network.sequence().await;
    let many: Vec<String> = (0..101).map(|number| format!("t{number}")).collect();
    for (change, why) in [
        (json!({ "realm_access": { "roles": ["offline_access"] } }), "realm_access.roles"),
        (json!({ "realm_access": { "roles": { "chiefs": true } } }), "realm_access.roles"),
        (json!({ "realm_access": null }), "realm_access.roles"),
        (json!({ "accounts": null }), "accounts"),
        (json!({ "accounts": [] }), "accounts"),
        (json!({ "accounts": ["a b"] }), "accounts"),
        (json!({ "accounts": [7] }), "accounts"),
        (json!({ "accounts": many }), "accounts"),
        (json!({ "accounts": ["acme", "nobody"] }), "nobody"),
    ] {
        let token = issuer.token_with(&claims("ann", "pilots", &["acme"]), |claims| {
            claims.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        });
        let refused = whoami(&network, &token).await.expect_problem(403, "no_access");
        assert!(refused.json["detail"].as_str().unwrap().contains(why), "{}", refused.text);
    }
    assert_eq!(network.sequence().await, before);
    // Of several roles the greatest counts, and others need no accounts.
    let token = issuer.token_with(&claims("ann", "eyes", &[]), |claims| {
        claims["realm_access"]["roles"] = json!(["eyes", "pilots", "hands"]);
    });
    assert_eq!(whoami(&network, &token).await.expect(200).json["role"], "operator");
}

#[tokio::test]
async fn keys_are_read_when_they_are_there_and_again_when_they_change() {
    let issuer = Issuer::new();
    std::fs::remove_file(issuer.file()).unwrap();
    let network = founded(&issuer).await;
    let claims = claims("ann", "eyes", &[]);
    let token = issuer.token(&claims);
    let soon = whoami(&network, &token).await.expect_problem(503, "issuer_unavailable");
    assert_eq!(soon.header("retry-after"), "5");
    network.get("/api/whoami").await.expect(200);
    issuer.publish(&json!([issuer.signer.jwk("one")]));
    // Not before it is time to try again.
    whoami(&network, &token).await.expect_problem(503, "issuer_unavailable");
    let later = async |time| {
        pause();
        advance(time).await;
        resume();
    };
    later(ISSUER_KEYS_RETRY_WITHOUT).await;
    whoami(&network, &token).await.expect(200);
    // A second key, of which no token has told yet.
    let second = Signer::es256();
    issuer.publish(&json!([issuer.signer.jwk("one"), second.jwk("two"), { "kty": "unknown" }]));
    let by_second = second.token(&json!({ "alg": "ES256", "kid": "two" }), &claims);
    whoami(&network, &by_second).await.expect_problem(401, "unauthenticated");
    later(ISSUER_KEYS_RETRY).await;
    whoami(&network, &by_second).await.expect(200);
    whoami(&network, &token).await.expect(200);
    let nameless = second.token(&json!({ "alg": "ES256" }), &claims);
    whoami(&network, &nameless).await.expect_problem(401, "unauthenticated");
    // The first one is taken back; the file is looked at now and then.
    issuer.publish(&json!([second.jwk("two")]));
    network.gateway.look_at_issuer().await;
    whoami(&network, &token).await.expect_problem(401, "unauthenticated");
    whoami(&network, &by_second).await.expect(200);
    // What is no set of keys changes nothing, for a while.
    for wrong in ["", "{}", "[]", r#"{"keys":{}}"#, r#"{"keys":[{"kty""#] {
        std::fs::write(issuer.file(), wrong).unwrap();
        network.gateway.look_at_issuer().await;
        whoami(&network, &by_second).await.expect(200);
    }
    // A set without a key says that there are none.
    for none in [json!([]), json!([{ "kty": "RSA", "n": "AQAB", "e": "AQAB" }])] {
        issuer.publish(&none);
        network.gateway.look_at_issuer().await;
        whoami(&network, &by_second).await.expect_problem(401, "unauthenticated");
        issuer.publish(&json!([second.jwk("two")]));
        network.gateway.look_at_issuer().await;
        whoami(&network, &by_second).await.expect(200);
    }
    // Other keys are seen in a file of the same length and time.
    let written = std::fs::metadata(issuer.file()).unwrap();
    issuer.publish(&json!([Signer::es256().jwk("two")]));
    let file = std::fs::File::options().append(true).open(issuer.file()).unwrap();
    file.set_modified(written.modified().unwrap()).unwrap();
    assert_eq!(file.metadata().unwrap().len(), written.len());
    network.gateway.look_at_issuer().await;
    whoami(&network, &by_second).await.expect_problem(401, "unauthenticated");
    issuer.publish(&json!([second.jwk("two")]));
    network.gateway.look_at_issuer().await;
    whoami(&network, &by_second).await.expect(200);
    // A file that is gone says nothing, for a while, nor does what is none.
    std::fs::remove_file(issuer.file()).unwrap();
    std::fs::create_dir(issuer.file()).unwrap();
    let reason = crate::count_issuer_keys(&issuer.options().keys, Algorithm::Es256).await;
    assert!(reason.unwrap_err().contains("regular"));
    for _ in 0..3 {
        network.gateway.look_at_issuer().await;
        later(ISSUER_KEYS_AGE_MAX / 4).await;
        whoami(&network, &by_second).await.expect(200);
    }
    later(ISSUER_KEYS_AGE_MAX / 4).await;
    network.gateway.look_at_issuer().await;
    whoami(&network, &by_second).await.expect_problem(503, "issuer_unavailable");
}

#[tokio::test]
async fn wrong_tokens_count_as_wrong_keys_before_they_are_verified() {
    let issuer = Issuer::new();
    let network = Network::founded_with(|options| {
        issuer.set(options);
        options.limits.failure_rate = Quota::new(1, 3);
    })
    .await;
    // An older one of a subject is no guess.
    let mine = |role, ago: i64| {
        issuer.token_with(&claims("bob", role, &[]), |claims| claims["iat"] = json!(now() - ago))
    };
    whoami(&network, &mine("eyes", 10)).await.expect(200);
    let older = mine("hands", 20);
    for _ in 0..5 {
        whoami(&network, &older).await.expect_problem(401, "token_outdated");
    }
    let bad = Signer::es256().token(&issuer.header(), &claims("ann", "eyes", &[]));
    for _ in 0..3 {
        whoami(&network, &bad).await.expect_problem(401, "unauthenticated");
    }
    let refused = whoami(&network, &bad).await.expect_problem(429, "too_many_failures");
    assert_eq!(refused.header("connection"), "close");
    network.ask(Method::GET, "/api/whoami").key(ADMIN).send().await.expect(200);
}
