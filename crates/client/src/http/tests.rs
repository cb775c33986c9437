//! What is retried, with what, and what is said.

use super::*;
use crate::scripted::{answer, scripted, silent_after};
use crate::{ListTradesQuery, PutTrader, WebhookReplay};

const BUSY: &str = "HTTP/1.1 503 Service Unavailable\r\nretry-after: 0\r\ncontent-length: 2\r\n\
    connection: close\r\n\r\n{}";

fn trader() -> PutTrader {
    PutTrader { name: "Acme".to_owned(), ..PutTrader::default() }
}

fn created() -> String {
    let body = r#"{"id":"acme","name":"Acme","station":false,"balance":0,"held":0,"available":0,
        "createdAt":"2200-01-01T00:00:00Z","changedAt":"2200-01-01T00:00:00Z","sequence":7,
        "whatIsNew":[1]}"#;
    answer("201 Created\r\nidempotency-replayed: true", body)
}

fn refusal(status: &str, code: &str, retryable: bool) -> String {
    let body = format!(
        "{{\"status\":{},\"code\":\"{code}\",\"detail\":\"only 3 are\",\"available\":3,\
         \"retryable\":{retryable},\"from\":\"x\"}}",
        &status[..3]
    );
    answer(&format!("{status}\r\nretry-after: 0"), &body)
}

#[tokio::test]
async fn a_busy_server_and_a_broken_connection_are_retried_with_the_same_key() {
    let created = created();
    let half = &created[..created.len() - 9];
    for lost in
        ["", "HTTP/1.1 2", half, BUSY, &refusal("504 Gateway Timeout", "outcome_unknown", true)]
    {
        let (client, seen) = scripted(&[BUSY, lost, &created]);
        let written = client.put_trader("acme", &trader()).send().await.unwrap();
        assert_eq!((written.value.sequence, written.is_replayed, written.status), (7, true, 201));
        let seen = seen.lock().unwrap();
        assert_eq!(seen.len(), 3);
        assert!(seen.iter().all(|sent| sent == &seen[0]), "{seen:?}");
        assert!(seen[0].starts_with("PUT /api/traders/acme HTTP/1.1"), "{}", seen[0]);
        assert!(seen[0].contains("authorization: Bearer k"));
        let key = seen[0].lines().find_map(|line| line.strip_prefix("idempotency-key: ")).unwrap();
        assert_eq!(key.len(), 32);
    }
}

#[tokio::test]
async fn a_key_of_the_callers_is_the_one_that_goes_out() {
    let (client, seen) = scripted(&["", &created()]);
    client.put_trader("acme", &trader()).key("key-1").await.unwrap();
    assert!(seen.lock().unwrap().iter().all(|sent| sent.contains("idempotency-key: key-1\r\n")));
}

#[tokio::test]
async fn a_refusal_stands_and_says_what_was_asked() {
    let (client, seen) = scripted(&[&refusal("409 Conflict", "insufficient_stock", false)]);
    let error = client.put_trader("acme", &trader()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the server refused: 409 insufficient_stock: only 3 are (PUT /api/traders/acme)"
    );
    let problem = error.problem().unwrap();
    assert_eq!((problem.available, &problem.more["from"]), (Some(3), &"x".into()));
    assert_eq!(seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_refusal_that_says_it_will_not_pass_is_not_tried_again() {
    let (client, seen) = scripted(&[&refusal("503 Service Unavailable", "away", false)]);
    assert!(client.put_trader("acme", &trader()).await.unwrap_err().is("away"));
    assert_eq!(seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn it_gives_up_and_says_how_often_it_tried() {
    let (client, seen) = scripted(&[BUSY, BUSY, BUSY]);
    let error = client.list_trades(&ListTradesQuery::default()).next().await.unwrap_err();
    assert!(error.to_string().ends_with("(GET /api/trades, tried 3 times)"), "{error}");
    assert_eq!(seen.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn what_takes_no_key_is_sent_again_only_where_nothing_was_sent() {
    for lost in ["", BUSY] {
        let (client, seen) = scripted(&[lost, &created()]);
        client.replay_webhook("w", &WebhookReplay::default()).await.unwrap_err();
        let seen = seen.lock().unwrap();
        assert_eq!(seen.len(), 1);
        assert!(!seen[0].contains("idempotency-key"));
    }
    // Nobody listens there.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let retry = Retry { attempts_max: 2, wait_first: Duration::ZERO, ..Retry::default() };
    let options = ClientOptions { retry, ..ClientOptions::new(format!("http://{nobody}")) };
    let client = Client::new(&options).unwrap();
    let error = client.replay_webhook("w", &WebhookReplay::default()).await.unwrap_err();
    assert_eq!(error.attempts, 2);
    assert!(error.to_string().contains(&format!("no answer from http://{nobody}: ")), "{error}");
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer_timeout = Duration::from_millis(30);
    let options = ClientOptions { answer_timeout, retry: Retry::NEVER, ..ClientOptions::new(url) };
    let client = Client::new(&options).unwrap();
    let error = client.read_network().await.unwrap_err();
    assert!(matches!(error.failure, Failure::Silent(_)), "{error}");
}

#[tokio::test]
async fn a_connection_that_falls_silent_is_tried_again_by_default() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let options = ClientOptions::new(format!("http://{}", listener.local_addr().unwrap()));
    let client = Client::new(&options).unwrap();
    // The first connection is held and never answered; the time that it takes is not waited for.
    let asked = tokio::spawn(async move { client.read_network().await });
    let (_held, _) = listener.accept().await.unwrap();
    tokio::time::pause();
    let error = asked.await.unwrap().unwrap_err();
    assert!(error.failure.is_passing() && error.attempts >= 3, "{error}");
}

#[tokio::test]
async fn an_answer_that_stops_in_the_middle_is_given_up() {
    let (client, _held) = silent_after(&["HTTP/1.1 503 Unavailable\r\ncontent-length: 9\r\n\r\n{"]);
    let client = Client { answer_timeout: Duration::from_millis(30), ..client };
    let client = client.with_retry(Retry::NEVER);
    let error = client.read_network().await.unwrap_err();
    assert!(matches!(error.failure, Failure::Silent(_)), "{error}");
    let line = crate::Line::raw("{}").unwrap();
    let error = client.post_lines(&[line]).await.unwrap_err();
    assert!(matches!(error.failure, Failure::Silent(_)), "{error}");
}

#[test]
fn a_large_body_has_its_time() {
    assert_eq!(sending_time(500), Duration::ZERO);
    // The most that bulk takes.
    assert_eq!(sending_time(16 * 1024 * 1024), Duration::from_secs(256));
}

#[tokio::test]
async fn a_list_goes_on_by_its_links() {
    let page = |items: &str, more: bool| {
        let cursor = if more { "\"c1\"" } else { "null" };
        let as_of = "{\"sequence\":9,\"time\":\"2200-01-01T00:00:00Z\"}";
        let body = format!("{{\"items\":[{items}],\"nextCursor\":{cursor},\"asOf\":{as_of}}}");
        let link = "200 OK\r\nlink: </api/numbers?x=y&cursor=c1>; rel=\"next\"";
        answer(if more { link } else { "200 OK" }, &body)
    };
    let (client, seen) = scripted(&[&page("1,2", true), &page("", true), BUSY, &page("3", false)]);
    let numbers: Vec<u64> =
        client.pages("/api/numbers", [("x", "y")].as_slice()).collect(9).await.unwrap();
    assert_eq!(numbers, [1, 2, 3]);
    assert!(seen.lock().unwrap()[3].starts_with("GET /api/numbers?x=y&cursor=c1 "));

    let no_link = page("1", true).replace("rel=\"next\"", "rel=\"last\"");
    let (client, _) = scripted(&[&no_link]);
    let error = client.pages::<u64>("/api/numbers", &()).next().await.unwrap_err();
    assert!(error.to_string().contains("where its next page is"), "{error}");
}

#[test]
fn addresses_are_checked_in_words() {
    for (url, word) in [
        ("ftp://itn.example", "begin with http://"),
        ("localhost:8080", "begin with http://"),
        ("http://localhost:8080/api", "end after the port"),
        ("http://me:secret@localhost:8080", "name no user"),
    ] {
        let error = Client::new(&ClientOptions::new(url)).unwrap_err().to_string();
        assert!(error.contains(word), "{url}: {error}");
    }
    assert_eq!(checked_base("http://[::1]:80/").unwrap(), ("http://[::1]:80".to_owned(), false));
    assert_eq!(
        checked_base("https://itn.example").unwrap(),
        ("https://itn.example".to_owned(), true)
    );
    let key = Some("a\nb".to_owned());
    let error = Client::new(&ClientOptions { key, ..ClientOptions::new("http://h") }).unwrap_err();
    assert!(error.to_string().contains("the key is no header"), "{error}");
}
