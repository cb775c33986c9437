//! The stream over a WebSocket: what is said there, and who may open one.

use std::time::{Duration, Instant};

use itn_tests::client::Request;
use itn_tests::server::ADMIN_KEY;
use itn_tests::stream::Stream;
use itn_tests::websocket::{Said, WebSocket};
use itn_tests::{Client, Folder, Server, bodies, given};
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_secs(30);

fn open(server: &Server, query: &str) -> WebSocket {
    let opened = WebSocket::open(server.address(), Some(ADMIN_KEY), query, &[]);
    opened.unwrap_or_else(|refused| panic!("{query}: {}", refused.text()))
}

fn trade(client: &mut Client) -> Value {
    client.post("/api/trades", &bodies::trade()).expect(201).json()
}

#[test]
fn a_client_subscribes_changes_its_filter_and_resumes() {
    let (server, mut client, _folder) = given::open_market();
    let head = given::sequence(&mut client);
    let mut socket = open(&server, "");
    let filter = json!({ "topic": ["trade"] });
    socket.send(&json!({ "type": "subscribe", "filter": filter })).unwrap();
    let subscribed = socket.message(LIMIT).unwrap();
    assert_eq!(subscribed["kind"], "subscribed");
    assert!(subscribed["position"].as_str().unwrap().starts_with(&format!("{head}-")));
    let made = trade(&mut client);
    let told = socket.message(LIMIT).unwrap();
    assert_eq!((&told["kind"], &told["event"]["data"]), (&json!("event"), &made));
    assert_eq!(told["id"], told["event"]["id"]);

    // Another filter holds from here on.
    socket.send(&json!({ "type": "subscribe", "filter": { "topic": ["stock"] } })).unwrap();
    assert_eq!(socket.message(LIMIT).unwrap()["kind"], "subscribed");
    trade(&mut client);
    given::stock(&mut client, bodies::SELLER, 5);
    assert_eq!(socket.message(LIMIT).unwrap()["event"]["type"], "stock.adjusted");

    // A position begins anew, and the end of catching up is told.
    socket
        .send(&json!({ "type": "subscribe", "filter": filter, "after": head.to_string() }))
        .unwrap();
    assert_eq!(socket.message(LIMIT).unwrap()["kind"], "subscribed");
    for _ in 0..2 {
        assert_eq!(socket.message(LIMIT).unwrap()["event"]["type"], "trade.settled");
    }
    let progress = socket.message(LIMIT).unwrap();
    assert_eq!(progress["kind"], "progress");
    assert!(progress["id"].as_str().unwrap().starts_with(&format!("{}-", head + 3)), "{progress}");
}

#[test]
fn a_snapshot_comes_over_a_websocket_too() {
    let (server, mut client, _folder) = given::open_market();
    let mut socket = open(&server, "?snapshot=inventory,summary&station=ceres");
    assert_eq!(socket.message(LIMIT).unwrap()["kind"], "subscribed");
    let part = socket.message(LIMIT).unwrap();
    assert_eq!(
        (&part["kind"], &part["snapshot"]["kind"]),
        (&json!("snapshot"), &json!("inventory"))
    );
    let list = client.get("/api/inventory").expect(200).json();
    assert_eq!(part["snapshot"]["items"], list["items"]);
    assert_eq!(socket.message(LIMIT).unwrap()["snapshot"]["kind"], "summary");
    assert_eq!(socket.message(LIMIT).unwrap()["kind"], "progress");
    let made = trade(&mut client);
    assert_eq!(socket.message(LIMIT).unwrap()["event"]["data"], made);
}

/// The role walk of the gateway's tests, over a real WebSocket: what each key's list has, and no more.
#[test]
fn a_socket_has_what_the_list_of_its_key_has() {
    let (server, mut client, _folder) = given::open_market();
    given::trader(&mut client, "stranger");
    trade(&mut client);
    let head = given::sequence(&mut client);
    for (role, accounts) in [
        ("viewer", None),
        ("trader", Some(bodies::SELLER)),
        ("carrier", Some(bodies::BUYER)),
        ("trader", Some("stranger")),
    ] {
        let principal = format!("{role}-of-{}", accounts.unwrap_or("none"));
        let mut key = json!({ "principal": principal, "role": role });
        if let Some(account) = accounts {
            key["accounts"] = json!([account]);
        }
        let key = client.post("/api/keys", &key).expect(201).json();
        let key = key["key"].as_str().unwrap();
        let listed = Client::new(server.address(), Some(key))
            .get("/api/events?limit=1000")
            .expect(200)
            .json();
        let mut listed = listed["items"].as_array().unwrap().clone();
        let at = |event: &Value| event["sequence"].as_str().unwrap().parse::<u64>().unwrap();
        listed.retain(|event| at(event) <= head);
        let mut socket =
            WebSocket::open(server.address(), Some(key), "?after=0", &[]).expect("it opens");
        assert_eq!(socket.message(LIMIT).unwrap()["kind"], "subscribed");
        let mut told = Vec::new();
        loop {
            let message = socket.message(LIMIT).unwrap();
            let position = message["id"].as_str().unwrap().split('-').next().unwrap();
            let position: u64 = position.parse().unwrap();
            if message["kind"] == "event" && position <= head {
                told.push(message["event"].clone());
            }
            if position >= head {
                break;
            }
        }
        assert_eq!(told, listed, "{principal}");
        let sees_trade = told.iter().any(|event| event["type"] == "trade.settled");
        assert_eq!(sees_trade, accounts != Some("stranger"), "{principal}");
    }
}

fn viewer(client: &mut Client, principal: &str) -> (String, Value) {
    let key = json!({ "principal": principal, "role": "viewer" });
    let made = client.post("/api/keys", &key).expect(201).json();
    (made["key"].as_str().unwrap().to_owned(), made["keyId"].clone())
}

/// Whoever subscribes anew is looked at then, whoever never subscribes is looked at now and then,
/// however much is said meanwhile.
#[test]
fn a_socket_whose_key_is_revoked_gets_nothing_however_it_asks() {
    let (server, mut client, _folder) = given::open_market();
    let (key, id) = viewer(&mut client, "eyes");
    let open = |query: &str| WebSocket::open(server.address(), Some(&key), query, &[]).unwrap();
    let mut reading = open("?topic=trade");
    assert_eq!(reading.message(LIMIT).unwrap()["kind"], "subscribed");
    let mut waiting = open("");
    let mut talking = open("");
    client.send(&Request::new("DELETE", &format!("/api/keys/{id}"))).expect(200);
    for (socket, message) in [
        (&mut reading, json!({ "type": "subscribe", "after": "0" })),
        (&mut waiting, json!({ "type": "subscribe", "snapshot": ["inventory"] })),
    ] {
        socket.send(&message).unwrap();
        assert!(matches!(socket.said(LIMIT).unwrap(), Said::Close(1008, _)), "{message}");
    }
    let began = Instant::now();
    loop {
        // It may be gone in between; what it said last is there to be read all the same.
        let _ = talking.send_frame(9, b"still there?");
        match talking.said(LIMIT).unwrap() {
            Said::Pong => assert!(began.elapsed() < LIMIT, "it is never looked at"),
            said => break assert!(matches!(said, Said::Close(1008, _)), "{said:?}"),
        }
    }
}

/// What is asked on a socket is paid for like the request that opened it.
#[test]
fn messages_cost_what_requests_cost() {
    let folder = Folder::new();
    let options = Server::options(&folder.data()).arg("--rate-streams").arg("1/4");
    let server = options.arg("--rate-per-key").arg("1/30").start();
    let mut client = server.client();
    let (streams, _) = viewer(&mut client, "streams");
    let (messages, _) = viewer(&mut client, "messages");
    let refused_after = |key: &str, message: &Value| {
        let mut socket = WebSocket::open(server.address(), Some(key), "", &[]).unwrap();
        for count in 0..60 {
            socket.send(message).unwrap();
            let said = socket.message(LIMIT).unwrap();
            if said["kind"] == "subscribed" {
                continue;
            }
            assert_eq!(said["problem"]["code"], "rate_limited", "{said}");
            assert!(matches!(socket.said(LIMIT).unwrap(), Said::Close(1008, _)));
            return count;
        }
        panic!("{message} is never refused");
    };
    // To begin anew is a stream each time; to change the filter is a request.
    let anew = json!({ "type": "subscribe", "filter": { "topic": ["levels"] } });
    let count = refused_after(&streams, &anew);
    assert!((3..20).contains(&count), "{count}");
    let narrower = json!({ "type": "subscribe", "filter": { "topic": ["trade"] } });
    let count = refused_after(&messages, &narrower);
    assert!((20..60).contains(&count), "{count}");
}

#[test]
fn what_is_not_understood_is_refused_with_words_and_a_code() {
    let (server, _client, _folder) = given::open_market();
    for (message, code) in [
        (json!({ "type": "shout" }), "invalid_request"),
        (json!({ "type": "subscribe", "filter": { "colour": ["red"] } }), "invalid_request"),
        (json!({ "type": "subscribe", "filter": { "station": ["nowhere"] } }), "unknown_station"),
        (json!({ "type": "subscribe", "after": "999999" }), "unknown_position"),
        (json!({ "type": "subscribe", "after": "1", "snapshot": ["summary"] }), "invalid_request"),
        (json!("words"), "invalid_request"),
    ] {
        let mut socket = open(&server, "");
        socket.send(&message).unwrap();
        let refused = socket.message(LIMIT).unwrap();
        assert_eq!(refused["kind"], "error", "{message}");
        assert_eq!(refused["problem"]["code"], code, "{message} {refused}");
        assert!(matches!(socket.said(LIMIT).unwrap(), Said::Close(1008, _)), "{message}");
    }
    let mut socket = open(&server, "");
    socket.send_frame(1, &vec![b' '; 65 * 1024]).unwrap();
    assert!(matches!(socket.said(LIMIT).unwrap(), Said::Close(1009, _)));
    let refused = WebSocket::open(server.address(), Some(ADMIN_KEY), "?station=nowhere", &[]);
    assert_eq!(refused.unwrap_err().code(), "unknown_station");
}

#[test]
fn a_dead_client_is_let_go_and_a_server_that_stops_says_so() {
    let (server, mut client, _folder) = given::open_market();
    let mut silent = open(&server, "?topic=trade");
    let mut waiting = open(&server, "");
    assert_eq!(silent.message(LIMIT).unwrap()["kind"], "subscribed");
    let readers = |client: &mut Client| {
        client.get("/api/network").expect(200).json()["counts"]["readers"].clone()
    };
    assert_eq!(readers(&mut client), 1);
    // It never answers a ping.
    let began = Instant::now();
    let closed = loop {
        match silent.said(Duration::from_secs(70)).unwrap() {
            Said::Ping => assert!(began.elapsed() < Duration::from_mins(1)),
            Said::Close(code, _) => break code,
            Said::Pong | Said::Message(_) => {}
        }
    };
    assert_eq!(closed, 1008);
    assert_eq!(readers(&mut client), 0);
    // One that has not subscribed is pinged, and told of the end.
    assert_eq!(waiting.said(LIMIT).unwrap(), Said::Ping);
    drop(waiting);
    let mut waiting = open(&server, "");
    let mut reading = open(&server, "?topic=trade");
    let ends = std::thread::spawn(move || {
        let ends = [&mut waiting, &mut reading].map(|socket| {
            loop {
                match socket.said(LIMIT).unwrap() {
                    Said::Close(code, _) => break code,
                    Said::Ping | Said::Pong | Said::Message(_) => {}
                }
            }
        });
        assert_eq!(ends, [1001, 1001]);
    });
    server.stop();
    ends.join().unwrap();
}

#[test]
fn pages_of_other_sites_need_a_token() {
    let folder = Folder::new();
    let server = Server::options(&folder.data()).arg("--anonymous").start();
    let own = format!("http://{}", server.address());
    let ask = |query: &str, origin: &str| {
        WebSocket::open(server.address(), None, query, &[("origin", origin)])
    };
    for foreign in ["https://evil.example", "null", "http://127.0.0.1:1"] {
        let refused = ask("?topic=trade", foreign).unwrap_err();
        assert_eq!(
            (refused.status(), refused.code().as_str()),
            (403, "not_permitted"),
            "{foreign}"
        );
    }
    ask("?topic=trade", &own).unwrap();
    let mut client = server.client();
    let mut token = || {
        let made = client.post("/api/stream-tokens", &json!({})).expect(201);
        assert_eq!(made.header("cache-control"), Some("no-store"));
        made.json()["token"].as_str().unwrap().to_owned()
    };
    let first = token();
    ask(&format!("?topic=trade&token={first}"), "https://good.example").unwrap();
    // Once.
    let again = ask(&format!("?topic=trade&token={first}"), "https://good.example").unwrap_err();
    assert_eq!(again.status(), 401);
    assert_eq!(again.header("access-control-allow-origin"), Some("*"));
    let query = format!("?token={}", token());
    let stream = Stream::open(server.address(), None, &query, None).unwrap();
    let allowed = |headers: &[(String, String)]| {
        headers.iter().any(|(name, value)| name == "access-control-allow-origin" && value == "*")
    };
    assert!(allowed(&stream.headers));
    let stream = Stream::open(server.address(), None, "", None).unwrap();
    assert!(!allowed(&stream.headers));
    // Whoever has no key makes none.
    server.anonymous().post("/api/stream-tokens", &json!({})).expect(401);
}
