//! Tokens of an issuer: which are taken, whom they are of, and what ends with them.

use axum::http::Method;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::time::{advance, pause, resume};

use super::issuer::{AUDIENCE, ISSUER, Issuer, Signer, base64, claims, now};
use super::support::{ADMIN, Answer, Ask, Network, trade};
use crate::limits::{ISSUER_KEYS_AGE_MAX, ISSUER_KEYS_RETRY, ISSUER_KEYS_RETRY_WITHOUT};
use crate::routes::KEY_CHECK_EVERY;
use crate::{Algorithm, Quota};

async fn founded(issuer: &Issuer) -> Network {
    Network::founded_with(|options| issuer.set(options)).await
}

async fn whoami(network: &Network, token: &str) -> Answer {
    network.ask(Method::GET, "/api/whoami").key(token).send().await
}

/// The key of the last principal.
async fn last_key(network: &Network) -> Value {
    let keys = network.get("/api/keys").await.expect(200).json;
    keys["items"].as_array().unwrap().last().unwrap().clone()
}

#[tokio::test]
async fn a_token_is_its_subject_with_the_role_and_the_accounts_of_its_claims() {
    let issuer = Issuer::new();
    let network = founded(&issuer).await;
    let mut claims = claims("ann", "pilots", &["acme"]);
    let token = issuer.token(&claims);
    let who = whoami(&network, &token).await.expect(200).json;
    assert_eq!(
        (&who["principal"], &who["role"], &who["accounts"], &who["anonymous"]),
        (&json!("oidc.ann"), &json!("trader"), &json!(["acme"]), &json!(false))
    );
    assert_eq!(
        (&who["token"]["issuer"], &who["token"]["subject"]),
        (&json!(ISSUER), &json!("ann"))
    );
    let end = jiff::Timestamp::from_second(claims["exp"].as_i64().unwrap()).unwrap().to_string();
    assert_eq!(who["token"]["expiresAt"].as_str().unwrap()[..19], end[..19]);
    // A key like any other, without a secret.
    let key = last_key(&network).await;
    assert_eq!(
        (&key["keyId"], &key["principal"], &key["status"]),
        (&who["keyId"], &json!("oidc.ann"), &json!("active"))
    );
    assert_eq!(key["token"], json!({ "issuer": ISSUER, "subject": "ann" }));
    assert!(key["lastUsedAt"].is_string() && key["expiresAt"].is_null(), "{key}");
    // The event that made it is the network's, and every other its own.
    let made = network.get("/api/events?type=key.created&order=newest&limit=1").await.expect(200);
    assert_eq!(made.json["items"][0]["data"]["token"]["subject"], "ann");
    assert_eq!(made.json["items"][0]["data"]["actor"], "network");
    let hold = super::support::hold(5);
    let ask = network.ask(Method::POST, "/api/trades").key(&token).json(&hold);
    assert_eq!(ask.send().await.expect(201).json["actor"], "oidc.ann");
    // And what it may not, it may not.
    let ask = network.ask(Method::POST, "/api/trades").key(&token).json(&trade(1));
    ask.send().await.expect_problem(403, "not_permitted");
    network
        .ask(Method::GET, "/api/keys")
        .key(&token)
        .send()
        .await
        .expect_problem(403, "not_permitted");
    // The same subject has the same key, by whatever token; a string will do for a list.
    let before = network.sequence().await;
    claims["exp"] = json!(now() + 900);
    claims["realm_access"]["roles"] = json!("pilots");
    claims["accounts"] = json!("acme");
    claims["aud"] = json!(AUDIENCE);
    let again = whoami(&network, &issuer.token(&claims)).await.expect(200).json;
    assert_eq!(again["keyId"], who["keyId"]);
    assert_eq!(network.sequence().await, before, "it says nothing new");
    // Keys go on as before.
    network.get("/api/whoami").await.expect(200);
    let refused = whoami(&network, "itn_wrongwrongwrongwrongwrong").await;
    let refused = refused.expect_problem(401, "unauthenticated");
    assert_eq!(refused.header("www-authenticate"), "Bearer");
}

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
async fn a_newer_token_changes_what_its_subject_may_do_and_an_older_one_does_not() {
    let issuer = Issuer::new();
    let network = founded(&issuer).await;
    let today = now();
    let at = |role: &str, accounts: &[&str], ago: i64| {
        let claims = claims("ann", role, accounts);
        issuer.token_with(&claims, |claims| claims["iat"] = json!(today - ago))
    };
    let first = at("chiefs", &[], 300);
    let key = whoami(&network, &first).await.expect(200).json["keyId"].clone();
    let second = at("pilots", &["acme"], 200);
    let who = whoami(&network, &second).await.expect(200).json;
    assert_eq!(
        (&who["keyId"], &who["role"], &who["accounts"]),
        (&key, &json!("trader"), &json!(["acme"]))
    );
    let listed = last_key(&network).await;
    assert_eq!((&listed["role"], &listed["accounts"]), (&json!("trader"), &json!(["acme"])));
    let events = network.get("/api/events?type=key.updated").await.expect(200).json;
    let updated = &events["items"][0]["data"];
    assert_eq!(
        (&updated["role"], &updated["keyId"], &updated["actor"]),
        (&json!("trader"), &key, &json!("network"))
    );
    // The first one says otherwise, remembered or not, and changes nothing however often it is sent.
    let before = network.sequence().await;
    for _ in 0..3 {
        let refused = whoami(&network, &first).await.expect_problem(401, "token_outdated");
        assert_eq!(refused.header("www-authenticate"), "Bearer error=\"invalid_token\"");
        whoami(&network, &second).await.expect(200);
    }
    // Nor does another that was issued at the same time.
    let other = at("hands", &[], 200);
    whoami(&network, &other).await.expect_problem(401, "token_outdated");
    assert_eq!(network.sequence().await, before);
    // Accounts alone are a change, too, and the scope follows.
    let third = at("pilots", &["belt-mining"], 100);
    assert_eq!(whoami(&network, &third).await.expect(200).json["accounts"], json!(["belt-mining"]));
    let scoped = |token: &str, trader: &str| {
        network.ask(Method::GET, &format!("/api/traders/{trader}/entries")).key(token).send()
    };
    scoped(&third, "belt-mining").await.expect(200);
    scoped(&third, "acme").await.expect_problem(404, "unknown_trader");
    scoped(&second, "acme").await.expect_problem(401, "token_outdated");
}

#[tokio::test]
async fn who_is_revoked_stays_out_and_has_no_secret_to_rotate() {
    let issuer = Issuer::new();
    let network = founded(&issuer).await;
    let token = issuer.token(&claims("ann", "chiefs", &[]));
    let key = whoami(&network, &token).await.expect(200).json["keyId"].clone();
    let path = format!("/api/keys/{key}");
    let rotate = network.post(&format!("{path}/rotate"), json!({})).await;
    rotate.expect_problem(409, "token_key");
    // One of tokens is no administrator for ever.
    let first = network.ask(Method::DELETE, "/api/keys/0").send().await;
    first.expect_problem(409, "last_admin_key");
    let cookie = sign_in(&network, &token).await;
    browse(&network, &cookie).send().await.expect(200);
    let revoked = network.ask(Method::DELETE, &path).send().await.expect(200);
    assert_eq!(revoked.json["status"], "revoked");
    browse(&network, &cookie).send().await.expect_problem(401, "unauthenticated");
    let newer =
        issuer.token_with(&claims("ann", "eyes", &[]), |claims| claims["iat"] = json!(now()));
    for token in [&token, &newer] {
        let refused = whoami(&network, token).await.expect_problem(401, "unauthenticated");
        assert!(refused.json["detail"].as_str().unwrap().contains("was ended"), "{}", refused.text);
    }
    // Nor does a key take its name, or that of one to come.
    for principal in ["oidc.ann", "oidc.bob", "oidc-0123"] {
        let key = json!({ "principal": principal, "role": "viewer" });
        let refused = network.post("/api/keys", key).await.expect_problem(409, "already_exists");
        assert!(refused.json["detail"].as_str().unwrap().contains("tokens"), "{}", refused.text);
    }
}

#[tokio::test]
async fn subjects_that_are_no_names_and_subjects_of_others_have_principals_of_their_own() {
    let issuer = Issuer::new();
    let network = founded(&issuer).await;
    let mut names = Vec::new();
    let long = "x".repeat(60);
    for subject in ["auth0|5f7c8ec7", "ann", "Ann", long.as_str(), "ann@example.org", "анна"] {
        let token = issuer.token(&claims(subject, "eyes", &[]));
        let who = whoami(&network, &token).await.expect(200).json;
        assert_eq!(who["token"]["subject"], subject);
        names.push(who["principal"].as_str().unwrap().to_owned());
    }
    assert_eq!((&*names[1], &*names[2]), ("oidc.ann", "oidc.Ann"));
    for at in [0, 3, 4, 5] {
        assert!(names[at].starts_with("oidc-") && names[at].len() == 29, "{names:?}");
    }
    // Another issuer before the same network: its Ann is somebody else.
    let other = Issuer::new();
    let mut options = other.options();
    options.issuer = domain::Text::new("https://other.example.org").unwrap();
    let beside = network.beside(|gateway| gateway.oidc = Some(options));
    let theirs = |role: &str| {
        other.token_with(&claims("ann", role, &[]), |claims| {
            claims["iss"] = json!("https://other.example.org");
        })
    };
    let ask = |token: &str| network.ask(Method::GET, "/api/whoami").of(&beside).key(token).send();
    let who = ask(&theirs("chiefs")).await.expect(200).json;
    let name = who["principal"].as_str().unwrap();
    assert!(name.starts_with("oidc-") && !names.iter().any(|one| one == name), "{who}");
    assert_eq!((&who["role"], ask(&theirs("chiefs")).await.json), (&json!("admin"), who.clone()));
    let ours = whoami(&network, &issuer.token(&claims("ann", "eyes", &[]))).await.expect(200).json;
    assert_eq!((&ours["principal"], &ours["role"]), (&json!("oidc.ann"), &json!("viewer")));
}

/// A request of a page of ours.
fn own(ask: Ask) -> Ask {
    ask.without("authorization").header("sec-fetch-site", "same-origin")
}

async fn sign_in(network: &Network, token: &str) -> String {
    let ask = own(network.ask(Method::POST, "/api/session")).json(&json!({ "key": token }));
    let answer = ask.send().await.expect(200);
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

fn browse(network: &Network, cookie: &str) -> Ask {
    own(network.ask(Method::GET, "/api/whoami")).header("cookie", cookie)
}

#[tokio::test]
async fn what_a_token_opened_ends_with_it() {
    let issuer = Issuer::new();
    let network = founded(&issuer).await;
    let token = issuer.token(&claims("ann", "eyes", &[]));
    let by_token = |method, path: &str| network.ask(method, path).key(&token);
    let cookie = sign_in(&network, &token).await;
    let whoever = browse(&network, &cookie).send().await.expect(200).json;
    assert_eq!(whoever, whoami(&network, &token).await.expect(200).json);
    let made = by_token(Method::POST, "/api/stream-tokens").send().await.expect(201).json;
    let opened = format!("/api/updates/real-time?token={}", made["token"].as_str().unwrap());
    let mut stream = by_token(Method::GET, "/api/updates/real-time").open().await.into_body();

    // Its end is in ten minutes, and half a minute more for clocks that differ.
    network.gateway.advance_wall(625);
    whoami(&network, &token).await.expect(200);
    network.gateway.advance_wall(10);
    whoami(&network, &token).await.expect_problem(401, "unauthenticated");
    browse(&network, &cookie).send().await.expect_problem(401, "unauthenticated");
    let late = network.ask(Method::GET, &opened).without("authorization").send().await;
    late.expect_problem(401, "unauthenticated");
    pause();
    advance(KEY_CHECK_EVERY).await;
    resume();
    network
        .post("/api/traders/acme/credits", json!({ "change": 1, "reason": "issued" }))
        .await
        .expect(201);
    while let Some(frame) = stream.frame().await {
        let frame = frame.unwrap();
        let text = String::from_utf8_lossy(frame.data_ref().unwrap()).into_owned();
        assert!(!text.contains("credits.issued"), "{text}");
    }
}

#[tokio::test]
async fn a_stream_ends_when_a_newer_token_gives_something_else() {
    let issuer = Issuer::new();
    let network = founded(&issuer).await;
    let older =
        issuer.token_with(&claims("ann", "eyes", &[]), |claims| claims["iat"] = json!(now() - 100));
    let stream = network.ask(Method::GET, "/api/updates/real-time").key(&older).open().await;
    let mut stream = stream.into_body();
    let newer = issuer.token(&claims("ann", "pilots", &["belt-mining"]));
    whoami(&network, &newer).await.expect(200);
    pause();
    advance(KEY_CHECK_EVERY).await;
    resume();
    network
        .post("/api/traders/acme/credits", json!({ "change": 1, "reason": "issued" }))
        .await
        .expect(201);
    while let Some(frame) = stream.frame().await {
        let frame = frame.unwrap();
        let text = String::from_utf8_lossy(frame.data_ref().unwrap()).into_owned();
        assert!(!text.contains("credits.issued"), "{text}");
    }
}

#[tokio::test]
async fn a_token_makes_keys_for_an_administrator_and_webhooks_for_nobody() {
    let issuer = Issuer::new();
    let network = founded(&issuer).await;
    let token = issuer.token(&claims("ann", "chiefs", &[]));
    let ask = |path: &str| network.ask(Method::POST, path).key(&token);
    let hook = json!({ "url": "https://example.com/hook" });
    ask("/api/webhooks").json(&hook).send().await.expect_problem(403, "key_required");
    let cookie = sign_in(&network, &token).await;
    let by_cookie = own(network.ask(Method::POST, "/api/webhooks")).header("cookie", &cookie);
    by_cookie.json(&hook).send().await.expect_problem(403, "key_required");
    let made = ask("/api/keys").json(&json!({ "principal": "bot", "role": "viewer" })).send().await;
    let key = made.expect(201).json["key"].as_str().unwrap().to_owned();
    network.ask(Method::POST, "/api/webhooks").key(&key).json(&hook).send().await.expect(201);
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
    for wrong in
        ["", "{}", "[]", r#"{"keys":[]}"#, r#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#]
    {
        std::fs::write(issuer.file(), wrong).unwrap();
        network.gateway.look_at_issuer().await;
        whoami(&network, &by_second).await.expect(200);
    }
    later(ISSUER_KEYS_AGE_MAX).await;
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
    let bad = Signer::es256().token(&issuer.header(), &claims("ann", "eyes", &[]));
    for _ in 0..3 {
        whoami(&network, &bad).await.expect_problem(401, "unauthenticated");
    }
    let refused = whoami(&network, &bad).await.expect_problem(429, "too_many_failures");
    assert_eq!(refused.header("connection"), "close");
    network.ask(Method::GET, "/api/whoami").key(ADMIN).send().await.expect(200);
}

#[tokio::test]
async fn without_an_issuer_a_token_is_a_key_that_is_none() {
    let issuer = Issuer::new();
    let network = Network::founded().await;
    let token = issuer.token(&claims("ann", "eyes", &[]));
    whoami(&network, &token).await.expect_problem(401, "unauthenticated");
}
