//! What is asked for after what was said: nothing missed, nothing twice.

use clap::Parser;

use super::*;
use crate::client::tests::scripted;

#[derive(Parser)]
struct Only {
    #[command(flatten)]
    options: WatchOptions,
}

fn stream(body: &str) -> String {
    // The wait is short for the tests' sake.
    let hello = "retry: 50\n\n";
    let length = hello.len() + body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{hello}{body}")
}

fn refusal(status: &str, code: &str) -> String {
    let body = format!("{{\"status\":{},\"code\":\"{code}\"}}", &status[..3]);
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nretry-after: 0\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

/// What is shown of these answers, what was asked for (the path, and behind what), and why it ended.
async fn watched(
    arguments: &[&str],
    at: Option<&str>,
    answers: &[String],
) -> (String, Vec<(String, Option<String>)>, String) {
    let answers: Vec<_> = answers.iter().map(String::as_str).collect();
    let (client, asked) = scripted(&answers);
    let arguments = [&["watch", "--ndjson"], arguments].concat();
    let Only { options } = Only::try_parse_from(arguments).unwrap();
    let mut watch = Watch {
        client,
        options: &options,
        at: at.map(str::to_owned),
        own_beginnings: 2,
        has_begun: false,
        show: Show::Ndjson,
        out: BufWriter::new(Vec::new()),
    };
    let error = watch.run().await.unwrap_err();
    watch.out.flush().unwrap();
    let shown = String::from_utf8(watch.out.get_ref().clone()).unwrap();
    let asked = asked.lock().unwrap();
    let request = |head: &String| {
        let path = head.split(' ').nth(1).unwrap().to_owned();
        let id = head.lines().find_map(|line| line.strip_prefix("last-event-id: "));
        (path, id.map(str::to_owned))
    };
    (shown, asked.iter().map(request).collect(), error.to_string())
}

#[tokio::test]
async fn it_goes_on_behind_the_last_position_it_was_told() {
    let (shown, asked, error) = watched(
        &["--topic", "trade"],
        Some("3-a"),
        &[
            // An event that is cut off is none.
            stream("id: 4-a\ndata: 4\n\nid: 5-a\ndata: 5"),
            refusal("503 Service Unavailable", "recovering"),
            // Nothing that is wanted happened, and then it was too slow.
            stream("event: progress\nid: 8-a\ndata: {}\n\n"),
            stream("id: 9-a\ndata: 9\n\nevent: lagged\ndata: {\"resumeAfter\":\"9-a\"}\n\n"),
            stream(": heartbeat\n\nid: 10-a\ndata: {\ndata: }\n\n"),
            refusal("401 Unauthorized", "unauthenticated"),
        ],
    )
    .await;
    assert_eq!(shown, "4\n9\n{ }\n");
    let ids: Vec<_> = asked.iter().map(|(_, id)| id.as_deref().unwrap()).collect();
    assert_eq!(ids, ["3-a", "4-a", "4-a", "8-a", "9-a", "10-a"]);
    assert!(asked.iter().all(|(path, _)| path == "/api/updates/real-time?topic=trade"));
    assert!(error.contains("401 unauthenticated"), "{error}");
}

#[tokio::test]
async fn a_state_that_was_not_whole_is_asked_for_again_and_one_that_was_is_not() {
    let part = "event: snapshot\ndata: {\"last\":true}\n\n";
    let (shown, asked, _) = watched(
        &["--snapshot", "alerts"],
        None,
        &[
            stream(part),
            stream(&format!("{part}event: progress\nid: 7-a\ndata: {{}}\n\n")),
            stream("id: 8-a\ndata: 8\n\n"),
            refusal("403 Forbidden", "not_permitted"),
        ],
    )
    .await;
    assert_eq!(shown, "{\"last\":true}\n{\"last\":true}\n8\n");
    let [whole, rest] = ["?snapshot=alerts", ""].map(|query| format!("{PATH}{query}"));
    let expected = [(&whole, None), (&whole, None), (&rest, Some("7-a")), (&rest, Some("8-a"))];
    let asked: Vec<_> = asked.iter().map(|(path, id)| (path, id.as_deref())).collect();
    assert_eq!(asked, expected);
}

#[tokio::test]
async fn a_position_is_only_doubted_where_it_is_our_own() {
    let unknown = || refusal("409 Conflict", "unknown_position");
    let (_, asked, error) = watched(&[], Some("3-a"), &[unknown(), unknown(), unknown()]).await;
    assert_eq!(asked.len(), 3);
    assert!(error.contains("409 unknown_position"), "{error}");
    let later = [stream("id: 4-a\ndata: 4\n\n"), unknown()];
    let (_, asked, error) = watched(&[], Some("3-a"), &later).await;
    assert_eq!(asked.len(), 2);
    assert!(error.contains("409 unknown_position"), "{error}");
}
