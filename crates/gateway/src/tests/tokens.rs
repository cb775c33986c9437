//! Tokens of an issuer: whom they are of, and what they give.

mod ends;
mod judged;

use axum::http::Method;
use serde_json::{Value, json};

use super::issuer::{AUDIENCE, ISSUER, Issuer, claims, now};
use super::support::{Answer, Network, trade};

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

#[tokio::test]
async fn without_an_issuer_a_token_is_a_key_that_is_none() {
    let issuer = Issuer::new();
    let network = Network::founded().await;
    let token = issuer.token(&claims("ann", "eyes", &[]));
    whoami(&network, &token).await.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn an_older_token_gives_nothing_back_that_a_newer_one_no_longer_gives() {
    let issuer = Issuer::new();
    let network = founded(&issuer).await;
    let today = now();
    for (subject, role, accounts) in [("ann", "nobody", vec![]), ("bob", "pilots", vec!["nobody"])]
    {
        let at = |role: &str, accounts: &[&str], ago: i64| {
            let claims = claims(subject, role, accounts);
            issuer.token_with(&claims, |claims| claims["iat"] = json!(today - ago))
        };
        let first = at("eyes", &[], 300);
        whoami(&network, &first).await.expect(200);
        // The newest says what stands: nothing is recorded, and one between them changes nothing.
        whoami(&network, &at("eyes", &[], 100)).await.expect(200);
        let before = network.sequence().await;
        whoami(&network, &at("chiefs", &[], 200)).await.expect_problem(401, "token_outdated");
        whoami(&network, &first).await.expect(200);
        // One that gives nothing ends what older ones gave.
        let nothing = at(role, &accounts, 50);
        whoami(&network, &nothing).await.expect_problem(403, "no_access");
        for older in [&first, &at("eyes", &[], 60), &at("chiefs", &[], 60)] {
            whoami(&network, older).await.expect_problem(401, "token_outdated");
        }
        assert_eq!(network.sequence().await, before);
        whoami(&network, &at("eyes", &[], 40)).await.expect(200);
        whoami(&network, &first).await.expect_problem(401, "token_outdated");
        assert_eq!(
            whoami(&network, &at("chiefs", &[], 30)).await.expect(200).json["role"],
            "admin"
        );
    }
}
