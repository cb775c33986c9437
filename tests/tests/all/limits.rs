//! What is too much: floods, bombs, crowds that say nothing; whoever behaves well hardly notices. And
//! that no secret is in the log. The figures are measured by `scripts/attacks`; here it is held that
//! the limits are there.

use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use itn_tests::client::Request;
use itn_tests::server::ADMIN_KEY;
use itn_tests::wire::{Body, Connection};
use itn_tests::{Client, Folder, Server, bodies, given, wait};
use serde_json::{Value, json};

/// Longer than any answer here may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// The memory of a process, in KiB: `VmRSS` now, `VmHWM` at the most.
fn memory_kib(process: u32, field: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    line.trim_start_matches(':').trim().trim_end_matches(" kB").parse().unwrap()
}

fn gzip_of_spaces(bytes: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let block = vec![b' '; 1024 * 1024];
    for _ in 0..bytes / block.len() {
        encoder.write_all(&block).unwrap();
    }
    encoder.finish().unwrap()
}

/// A key of this role.
fn key(client: &mut Client, principal: &str, role: &str) -> String {
    let made = client.post("/api/keys", &json!({ "principal": principal, "role": role }));
    made.expect(201).json()["key"].as_str().unwrap().to_owned()
}

#[test]
fn bombs_cost_no_more_than_a_body_may_have() {
    let (mut server, mut client, _folder) = given::open_market();
    let before = given::sequence(&mut client);
    // A GiB each, in a MiB on the wire.
    let bomb = gzip_of_spaces(1024 * 1024 * 1024);
    assert!(bomb.len() < 2 * 1024 * 1024);
    let memory = memory_kib(server.process().id(), "VmHWM");
    let began = Instant::now();
    let throwers: Vec<_> = (0..8)
        .map(|_| {
            let (address, bomb) = (server.address(), bomb.clone());
            thread::spawn(move || {
                let mut client = Client::new(address, Some(ADMIN_KEY)).patience(PATIENCE);
                let request = Request::new("POST", "/api/events")
                    .header("content-type", "application/x-ndjson")
                    .header("content-encoding", "gzip");
                client.send(&request.body(bomb))
            })
        })
        .collect();
    // Meanwhile others are served.
    client.post("/api/trades", &bodies::trade()).expect(201);
    for thrower in throwers {
        let refused = thrower.join().unwrap().expect(413);
        assert_eq!(refused.code(), "body_too_large");
    }
    assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
    let grown = memory_kib(server.process().id(), "VmHWM") - memory;
    // Eight bodies of 16 MiB, as they came and unpacked, and what the allocator keeps.
    assert!(grown < 8 * 2 * 20 * 1024, "memory grew by {grown} KiB");
    assert_eq!(given::sequence(&mut client), before + 1);
}

#[test]
fn a_flood_by_one_key_is_refused_and_others_are_served() {
    let folder = Folder::new();
    let options = Server::options(&folder.data());
    let options = options.arg("--rate-per-key").arg("50/50").arg("--requests-per-key").arg("8");
    let mut server = options.start();
    let mut client = server.client();
    let good = key(&mut client, "good", "viewer");
    let flooding = key(&mut client, "flood", "viewer");
    let (address, over) = (server.address(), &AtomicBool::new(false));
    let began = Instant::now();
    let (answered, refused) = thread::scope(|scope| {
        let flood = |_| {
            let mut client = Client::new(address, Some(&flooding)).patience(PATIENCE);
            move || {
                let (mut answered, mut refused) = (0_u32, 0_u32);
                // Each goes on to its first refusal, however soon the others are done.
                while refused == 0 || !over.load(Ordering::Relaxed) {
                    assert!(began.elapsed() < PATIENCE, "{answered} answered, {refused} refused");
                    let answer = client.get("/api/stations");
                    match answer.status() {
                        200 => answered += 1,
                        429 => {
                            let code = answer.code();
                            assert!(
                                matches!(&*code, "rate_limited" | "too_many_at_once"),
                                "{code}"
                            );
                            assert!(answer.header("retry-after").is_some());
                            refused += 1;
                        }
                        other => panic!("{other} {}", answer.text()),
                    }
                }
                (answered, refused)
            }
        };
        let floods: Vec<_> = (0..32).map(flood).map(|flood| scope.spawn(flood)).collect();
        // Whoever keeps to their budget is never refused.
        let mut client = Client::new(address, Some(&good)).patience(PATIENCE);
        for _ in 0..50 {
            client.get("/api/whoami").expect(200);
        }
        over.store(true, Ordering::Relaxed);
        let counts = floods.into_iter().map(|flood| flood.join().unwrap());
        counts.fold((0, 0), |(a, r), (answered, refused)| (a + answered, r + refused))
    });
    assert!(refused >= 32, "each of the flood's clients is refused: {answered} {refused}");
    // It recovers at once: the flood's own key is good again as soon as it waited.
    let mut client = Client::new(address, Some(&flooding)).patience(PATIENCE);
    wait::until("an answer for whoever waits", PATIENCE, || {
        let answer = client.get("/api/whoami");
        (answer.status() == 200).then_some(())
    });
    assert!(!server.process().has_ended());
}

#[test]
fn a_crowd_of_one_address_leaves_places_for_others() {
    let folder = Folder::new();
    let options = Server::options(&folder.data()).arg("--connections-per-address").arg("200");
    let server = options.start();
    // This machine has an address for each of us.
    let crowd: Vec<_> =
        (0..200).map(|_| Connection::open(server.address(), PATIENCE).unwrap()).collect();
    let ask = |connection: &mut Connection| {
        let head = Request::new("GET", "/readyz").head(server.address(), None);
        connection.send(head.as_bytes()).unwrap();
        connection.read_head().unwrap().status
    };
    let mut late = Connection::open(server.address(), PATIENCE).unwrap();
    assert_eq!(ask(&mut late), 503);
    let mut other = Connection::open_from("127.0.0.2", server.address(), PATIENCE).unwrap();
    assert_eq!(ask(&mut other), 200);
    drop(crowd);
    wait::until("a place again", PATIENCE, || {
        let mut connection = Connection::open(server.address(), PATIENCE).ok()?;
        (ask(&mut connection) == 200).then_some(())
    });
}

#[test]
fn a_body_that_drips_is_ended_and_holds_up_nobody() {
    let folder = Folder::new();
    let server = Server::options(&folder.data()).arg("--body-rate-min").arg("1000").start();
    let request = Request::json("POST", "/api/trades", &bodies::trade());
    let head = request.head(server.address(), Some(ADMIN_KEY));
    let mut slow: Vec<_> = (0..50)
        .map(|_| {
            let mut connection = Connection::open(server.address(), PATIENCE).unwrap();
            connection.send(head.as_bytes()).unwrap();
            connection.send(b"{").unwrap();
            connection
        })
        .collect();
    let mut client = server.client();
    client.get("/api/whoami").expect(200);
    let began = Instant::now();
    for connection in &mut slow {
        let head = connection.read_head().unwrap();
        assert_eq!(head.status, 408);
    }
    // Their grace is five seconds; a body may take thirty.
    assert!(began.elapsed() < Duration::from_secs(25), "{:?}", began.elapsed());
}

#[test]
fn the_flags_of_limits_are_heard() {
    let folder = Folder::new();
    let options = Server::options(&folder.data())
        .env("ITN_TRUSTED_PROXIES", "127.0.0.1, ::1")
        .env("ITN_RATE_PER_ADDRESS", "1/2")
        .env("ITN_CORS_ORIGINS", "https://map.example");
    let server = options.start();
    let mut proxy = server.anonymous();
    let mut of = |client: &str| {
        let request = Request::new("GET", "/nothing").header("x-forwarded-for", client);
        proxy.send(&request.header("origin", "https://map.example"))
    };
    for client in ["192.0.2.1", "192.0.2.2"] {
        for status in [404, 404, 429] {
            let answer = of(client).expect(status);
            assert_eq!(answer.header("access-control-allow-origin"), Some("https://map.example"));
            assert_eq!(answer.header("ratelimit-policy"), Some("\"address\";q=2;w=2"));
        }
    }
}

#[test]
fn no_secret_is_in_the_log() {
    let folder = Folder::new();
    let options = Server::options(&folder.data()).env("ITN_LOG", "trace");
    let server = options.arg("--webhook-allow").arg("127.0.0.0/8").start();
    let mut client = server.client();
    let mut secrets = vec![ADMIN_KEY.to_owned(), "itn_mistyped-mistyped-mistyped-0".to_owned()];
    let wrong = secrets[1].clone();
    let made = key(&mut client, "somebody", "operator");
    let hook = json!({ "url": format!("http://{}/livez", server.address()) });
    let hook = client.post("/api/webhooks", &hook).expect(201).json();
    let token = client.post("/api/stream-tokens", &json!({})).json();
    let texts = |value: &Value, name: &str| value[name].as_str().map(ToOwned::to_owned);
    secrets.push(texts(&hook, "secret").expect("a webhook's secret is shown once"));
    secrets.push(texts(&token, "token").expect("a stream token"));
    let signed_in = Request::json("POST", "/api/session", &json!({ "key": made }));
    let signed_in = server.anonymous().send(&signed_in.header("sec-fetch-site", "same-origin"));
    let cookie = signed_in.expect(200).header("set-cookie").unwrap().to_owned();
    let session = cookie.split([';', '=']).nth(1).unwrap().to_owned();
    secrets.extend([made.clone(), session.clone()]);
    post_everywhere(&server, &secrets, &wrong);
    let ended = server.stop();
    let said = ended.said();
    assert!(said.contains("TRACE") || said.contains("DEBUG"), "it logs all that there is");
    for secret in secrets {
        // Neither it nor its greater part.
        let part = &secret[secret.len() / 3..];
        assert!(!said.contains(part), "a secret is in the log: {secret}");
    }
}

/// Sends each secret in every place in which one may be, or may be by mistake.
fn post_everywhere(server: &Server, secrets: &[String], wrong: &str) {
    let address = server.address();
    for secret in secrets.iter().map(String::as_str).chain([wrong]) {
        for request in [
            Request::new("GET", "/api/whoami").header("authorization", &format!("Bearer {secret}")),
            Request::new("GET", "/api/whoami").header("authorization", &format!("Basic {secret}")),
            Request::new("GET", "/api/whoami").header("authorization", secret),
            Request::new("GET", "/api/whoami").header("cookie", &format!("itn_session={secret}")),
            Request::new("GET", &format!("/api/stations?token={secret}")),
            Request::new("GET", &format!("/api/nothing/{secret}")),
            Request::json("POST", "/api/session", &json!({ "key": secret })),
            Request::json("POST", "/api/session", &json!({ "key": [secret] })),
            Request::json("POST", "/api/session", &json!({ secret: 1 })),
            Request::json("POST", "/api/trades", &json!({ "reference": secret })),
            Request::new("POST", "/api/events")
                .header("content-type", "application/x-ndjson")
                .header("authorization", &format!("Bearer {ADMIN_KEY}"))
                .body(format!("{{\"type\":\"{secret}\"}}\n{secret}\n").into_bytes()),
            Request::new("POST", "/api/trades")
                .header("content-type", "application/json")
                .header("content-encoding", "gzip")
                .header("authorization", &format!("Bearer {secret}"))
                .header("idempotency-key", secret)
                .body(secret.as_bytes().to_vec()),
        ] {
            let mut client = Client::new(address, None).patience(PATIENCE);
            assert!(client.send(&request).status() < 500);
        }
        // A stream that is opened, or refused.
        let path = format!("/api/updates/real-time?token={secret}");
        let mut stream = Connection::open(address, PATIENCE).unwrap();
        stream.send(Request::new("GET", &path).head(address, None).as_bytes()).unwrap();
        let head = stream.read_head().unwrap();
        assert!(matches!(head.status, 200 | 401 | 429), "{}", head.status);
        // What is no HTTP at all.
        let mut broken = Connection::open(address, PATIENCE).unwrap();
        let bytes = format!("GET / HTTP/1.1\r\nAuthorization Bearer {secret}\r\n\r\n");
        broken.send(bytes.as_bytes()).unwrap();
        assert_eq!(broken.read_head().map_or(400, |head| head.status), 400);
    }
}

/// What is left of an answer is read, so that its connection ends in order.
#[test]
fn a_stream_flood_is_refused_beyond_its_rate() {
    let folder = Folder::new();
    let server = Server::options(&folder.data()).arg("--rate-streams").arg("1/20").start();
    let mut client = server.client();
    let flooding = key(&mut client, "flood", "viewer");
    let open = |key: &str, address: SocketAddr| {
        let mut stream = Connection::open(address, PATIENCE).unwrap();
        let head = Request::new("GET", "/api/updates/real-time").head(address, Some(key));
        stream.send(head.as_bytes()).unwrap();
        let head = stream.read_head().unwrap();
        (head.status, head.body(), stream)
    };
    let streams: Vec<_> = (0..60).map(|_| open(&flooding, server.address())).collect();
    let opened = streams.iter().filter(|(status, ..)| *status == 200).count();
    let refused = streams.iter().filter(|(status, ..)| *status == 429).count();
    assert_eq!(opened + refused, 60);
    assert!((20..60).contains(&opened), "{opened}");
    // Another key has its own, and an event reaches all that are open.
    let (status, ..) = open(ADMIN_KEY, server.address());
    assert_eq!(status, 200);
    given::commodity(&mut client, "ore");
    for (_, mut body, mut stream) in streams.into_iter().filter(|(status, ..)| *status == 200) {
        let mut text = Vec::new();
        while !text.windows(17).any(|part| part == b"commodity.created") {
            stream.read_body(&mut body, &mut text).unwrap();
            assert_ne!(body, Body::Done);
        }
    }
}
