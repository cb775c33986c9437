//! The live stream: from the beginning, from anywhere, across a crash, beside a reader that sleeps.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, atomic::AtomicU64, atomic::Ordering};
use std::thread;
use std::time::{Duration, Instant};

use itn_tests::client::Request;
use itn_tests::load::{Load, Weight};
use itn_tests::random::Seed;
use itn_tests::server::{ADMIN_KEY, Folder};
use itn_tests::stream::{Message, Stream};
use itn_tests::wire::is_closed;
use itn_tests::{Client, Server, bodies, given, wait};
use serde_json::{Value, json};

/// An event that was committed reaches a reader within this time, on a busy machine.
const LIMIT: Duration = Duration::from_secs(20);

#[track_caller]
fn open(server: &Server, query: &str, last_event_id: Option<&str>) -> Stream {
    match Stream::open(server.address(), Some(ADMIN_KEY), query, last_event_id) {
        Ok(stream) => stream,
        Err(response) => panic!("{}: {}", response.status(), response.text()),
    }
}

fn trades(client: &mut Client, count: u32) {
    for _ in 0..count {
        client.post("/api/trades", &bodies::trade()).expect(201);
    }
}

#[test]
fn from_the_beginning_it_is_what_the_pages_say() {
    let (server, mut client, _folder) = given::open_market();
    trades(&mut client, 25);
    client.post("/api/cargo", &bodies::shipment()).expect(201);
    let pages = given::events(&mut client, 0);
    let mut stream = open(&server, "?after=0", None);
    let media_type = stream.headers.iter().find(|(name, _)| name == "content-type").unwrap();
    assert!(media_type.1.starts_with("text/event-stream"), "{}", media_type.1);
    let streamed = stream.events(pages.len(), LIMIT);
    for (message, item) in streamed.iter().zip(&pages) {
        assert_eq!(message.data, *item);
        assert_eq!(message.id.as_deref(), item["id"].as_str());
    }
    // And then it goes on live.
    trades(&mut client, 1);
    assert_eq!(stream.event(LIMIT).unwrap().sequence(), pages.len() as u64 + 1);
}

#[test]
fn small_pages_and_large_pages_are_the_same_events() {
    let (_server, mut client, _folder) = given::open_market();
    trades(&mut client, 10);
    let large = given::events(&mut client, 0);
    let mut small = Vec::new();
    let mut path = "/api/events?after=0&limit=3".to_owned();
    loop {
        let response = client.get(&path).expect(200);
        let page = response.json();
        small.extend(page["items"].as_array().unwrap().iter().cloned());
        assert!(page["asOf"]["sequence"].is_u64(), "{page}");
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        let link = response.header("link").unwrap_or_default();
        assert!(link.contains("rel=\"next\""), "no link to the next page: {link:?}");
        path = format!("/api/events?after={cursor}&limit=3");
    }
    assert_eq!(small, large);
    // An event's id is a position too.
    let id = large[4]["id"].as_str().unwrap();
    let page = client.get(&format!("/api/events?after={id}&limit=1")).expect(200).json();
    assert_eq!(page["items"][0], large[5]);
}

#[test]
fn live_a_trade_arrives_as_it_was_answered() {
    let (server, mut client, _folder) = given::open_market();
    let mut stream = open(&server, "", None);
    assert_eq!(stream.message(LIMIT).unwrap().retry, Some(1000));
    let answer = client.post("/api/trades", &bodies::trade_known_as("live")).expect(201).json();
    let event = stream.event(LIMIT).unwrap();
    assert_eq!(event.sequence(), answer["sequence"].as_u64().unwrap());
    assert_eq!(event.data["data"], answer);
    assert_eq!(event.data["subject"], answer["transactionId"]);
    for (field, value) in [
        ("specversion", json!("1.0")),
        ("type", json!("trade.settled")),
        ("datacontenttype", json!("application/json")),
        ("sequence", json!(answer["sequence"].to_string())),
        ("time", answer["occurredAt"].clone()),
        ("recordedat", answer["recordedAt"].clone()),
    ] {
        assert_eq!(event.data[field], value, "{field}");
    }
    assert!(event.data["source"].as_str().unwrap().starts_with("/api/journals/"));
}

#[test]
fn cut_off_it_resumes_with_nothing_missed_and_nothing_twice() {
    let (server, mut client, _folder) = given::open_market();
    trades(&mut client, 10);
    let head = given::sequence(&mut client);
    let mut stream = open(&server, "?after=0", None);
    let last = stream.events(5, LIMIT).pop().unwrap();
    drop(stream);
    trades(&mut client, 5);
    let id = last.id.unwrap();
    // The header beats the query, and digits alone will do.
    for last_event_id in [id.as_str(), "5"] {
        for query in ["", "?after=1"] {
            let mut stream = open(&server, query, Some(last_event_id));
            let resumed = stream.events(usize::try_from(head).unwrap(), LIMIT);
            assert_eq!(resumed[0].sequence(), 6, "{query} {last_event_id}");
        }
    }
    let mut stream = open(&server, &format!("?after={id}"), None);
    assert_eq!(stream.event(LIMIT).unwrap().sequence(), 6);
}

#[test]
fn positions_that_are_not_of_this_journal_are_refused() {
    let (server, mut client, _folder) = given::open_market();
    let head = given::sequence(&mut client);
    let (past, foreign) = ((head + 1).to_string(), "1-notthisjournal".to_owned());
    for position in [past.clone(), "9007199254740991".into(), foreign.clone()] {
        for (query, id) in [(format!("?after={position}"), None), (String::new(), Some(&position))]
        {
            let id = id.map(String::as_str);
            let refused = Stream::open(server.address(), Some(ADMIN_KEY), &query, id);
            let response = refused.err().unwrap_or_else(|| panic!("{position} was accepted"));
            assert_eq!((response.status(), response.code().as_str()), (409, "unknown_position"));
        }
    }
    for position in [past, foreign] {
        let response = client.get(&format!("/api/events?after={position}"));
        assert_eq!((response.status(), response.code().as_str()), (409, "unknown_position"));
    }
    for nonsense in ["x", "-1", "99999999999999999999999"] {
        let query = format!("?after={nonsense}");
        let refused = Stream::open(server.address(), Some(ADMIN_KEY), &query, None);
        let status = refused.err().unwrap_or_else(|| panic!("{nonsense} was accepted")).status();
        assert!((400..500).contains(&status), "{nonsense}: {status}");
    }
    // The head itself is a position: nothing has happened since.
    let mut stream = open(&server, &format!("?after={head}"), None);
    trades(&mut client, 1);
    assert_eq!(stream.event(LIMIT).unwrap().sequence(), head + 1);
    let refused = Stream::open(server.address(), None, "", None);
    assert_eq!(refused.err().map(|response| response.status()), Some(401));
}

/// Reads from wherever the server is now, resuming whenever the stream ends, until `last` is known
/// and reached. Returns every id and kind it saw, in order.
fn follow(address: &Mutex<SocketAddr>, last: &AtomicU64) -> Vec<(String, Value)> {
    let mut seen: Vec<(String, Value)> = Vec::new();
    let mut at = 0;
    loop {
        let place = *address.lock().unwrap();
        let after = seen.last().map(|(id, _)| id.clone());
        let query = if after.is_none() { "?after=0" } else { "" };
        // The server is down now and then, and so is the panic of a refused connection expected.
        let Ok(Ok(mut stream)) = std::panic::catch_unwind(|| {
            Stream::open(place, Some(ADMIN_KEY), query, after.as_deref())
        }) else {
            thread::sleep(Duration::from_millis(20));
            continue;
        };
        loop {
            if at == last.load(Ordering::Acquire) {
                return seen;
            }
            match stream.event(Duration::from_millis(100)) {
                Ok(event) => {
                    assert_eq!(event.sequence(), at + 1, "missed or repeated: {event:?}");
                    at = event.sequence();
                    seen.push((event.id.unwrap(), event.data));
                }
                Err(error) if error.kind() == std::io::ErrorKind::TimedOut => {}
                Err(_) => break,
            }
        }
    }
}

#[test]
fn under_load_and_across_crashes_nothing_is_missed_or_repeated() {
    let luck = Seed::new();
    let folder = Folder::new();
    let mut server = Server::start(&folder.data());
    given::market(&mut server.client());
    let address = Arc::new(Mutex::new(server.address()));
    let last = Arc::new(AtomicU64::new(u64::MAX));
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let (address, last) = (Arc::clone(&address), Arc::clone(&last));
            thread::spawn(move || follow(&address, &last))
        })
        .collect();
    for round in 0..6 {
        let random = |writer| luck.random(round * 10 + writer);
        let load = Load::start(3, &format!("s{round}"), Weight::Light, || server.client(), random);
        let start = given::sequence(&mut server.client());
        wait::until("some events", LIMIT, || {
            (given::sequence(&mut server.client()) > start + 100).then_some(())
        });
        if round % 2 == 0 {
            server.kill();
        } else {
            server.stop();
        }
        load.finish();
        server = Server::start(&folder.data());
        *address.lock().unwrap() = server.address();
    }
    let events = given::events(&mut server.client(), 0);
    last.store(events.len() as u64, Ordering::Release);
    for reader in readers {
        let seen = reader.join().unwrap();
        assert_eq!(seen.len(), events.len());
        for ((id, data), event) in seen.iter().zip(&events) {
            assert_eq!(event["id"], id.as_str(), "an event changed under a reader's eyes");
            assert_eq!(data, event);
        }
    }
}

#[test]
fn when_nothing_happens_a_heartbeat_says_so() {
    let (server, mut client, _folder) = given::open_market();
    let head = given::sequence(&mut client);
    let mut stream = open(&server, &format!("?after={head}"), None);
    let start = Instant::now();
    let heartbeat = |message: &Message| message.comment.as_deref() == Some("heartbeat");
    // Every 15 s, says the contract.
    while !heartbeat(&stream.message(Duration::from_secs(25)).unwrap()) {}
    assert!(start.elapsed() < Duration::from_secs(25), "{:?}", start.elapsed());
}

/// Many events at once: trades of one unit, in bulk.
fn many(client: &mut Client, count: usize) {
    let line = json!({ "type": "trade", "data": bodies::trade() });
    let request = Request::lines("/api/events?results=failures", &vec![line; count]);
    let answers = client.send(&request).expect(200).json_lines();
    assert_eq!(answers.last().unwrap()["accepted"], count, "{answers:?}");
}

#[test]
fn a_reader_that_does_not_read_harms_no_other() {
    const REQUESTS: usize = 10;
    const LINES: usize = 4_000;
    let (server, mut client, _folder) = given::open_market();
    let head = given::sequence(&mut client);
    let mut sleeper = open(&server, &format!("?after={head}"), None);
    let mut reader = open(&server, &format!("?after={head}"), None);
    let attentive = thread::spawn(move || reader.events(REQUESTS * LINES, LIMIT).len());
    for _ in 0..REQUESTS {
        many(&mut client, LINES);
        let asked = Instant::now();
        client.post("/api/trades/none/nothing", &json!({})).expect(404);
        assert!(asked.elapsed() < Duration::from_secs(5), "others wait {:?}", asked.elapsed());
    }
    assert_eq!(attentive.join().unwrap(), REQUESTS * LINES);

    // Now it wakes. It gets all, in order; or as far as it was kept, and is told where to resume, or
    // was cut off for good after half a minute and resumes from what it has.
    let mut at = head;
    let end = head + (REQUESTS * LINES) as u64;
    while at < end {
        let message = match sleeper.message(LIMIT) {
            Ok(message) => message,
            Err(error) if is_closed(&error) => {
                sleeper = open(&server, "", Some(&at.to_string()));
                continue;
            }
            Err(error) => panic!("{error} at {at}"),
        };
        if message.event.as_deref() == Some("lagged") {
            let resume = message.data["resumeAfter"].as_str().unwrap().to_owned();
            assert_eq!(resume.split('-').next().unwrap(), at.to_string(), "a gap");
            sleeper = open(&server, "", Some(&resume));
        } else if message.data != Value::Null {
            assert_eq!(message.sequence(), at + 1, "a gap or a repeat");
            at += 1;
        }
    }
}

#[test]
fn what_a_socket_did_not_take_comes_when_its_reader_wakes() {
    // Each is told at once to whoever is up to date, and all are more than two sockets' buffers.
    const REQUESTS: usize = 400;
    const LINES: usize = 60;
    let (server, mut client, _folder) = given::open_market();
    let head = given::sequence(&mut client);
    let mut sleeper = open(&server, &format!("?after={head}"), None);
    let mut reader = open(&server, &format!("?after={head}"), None);
    let mut last = head;
    for _ in 0..REQUESTS {
        many(&mut client, LINES);
        for message in reader.events(LINES, LIMIT) {
            last += 1;
            assert_eq!(message.sequence(), last, "a gap or a repeat");
        }
    }
    let messages = sleeper.events(REQUESTS * LINES, LIMIT);
    let sequences = messages.iter().map(Message::sequence);
    assert!(sequences.eq(head + 1..=last), "a gap or a repeat");
}

#[test]
fn a_client_of_an_older_protocol_gets_no_chunks() {
    const EVENTS: u32 = 3;
    let (server, mut client, _folder) = given::open_market();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    let request = format!(
        "GET /api/updates/real-time HTTP/1.0\r\nHost: test\r\nAuthorization: Bearer {ADMIN_KEY}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    assert!(lines.next().unwrap().ends_with("200 OK"));
    assert!(lines.by_ref().take_while(|line| !line.is_empty()).count() > 0);
    assert_eq!(lines.next().unwrap(), "retry: 1000");
    assert_eq!(lines.next().unwrap(), "");
    trades(&mut client, EVENTS);
    for _ in 0..EVENTS {
        assert!(lines.next().unwrap().starts_with("id: "));
        assert!(lines.next().unwrap().starts_with("data: {"));
        assert_eq!(lines.next().unwrap(), "");
    }
}
