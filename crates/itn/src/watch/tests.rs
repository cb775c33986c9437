//! What is shown of what was said.

use itn_client::Begin;

use super::*;
use crate::client::scripted::scripted;

fn stream(body: &str) -> String {
    // The wait is short for the tests' sake.
    let hello = "retry: 50\n\n";
    let length = hello.len() + body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{hello}{body}")
}

fn refusal(status: &str, code: &str) -> String {
    let body = format!("{{\"status\":{},\"code\":\"{code}\",\"retryable\":true}}", &status[..3]);
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nretry-after: 0\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

#[tokio::test]
async fn it_shows_each_event_once_on_a_line_of_its_own() {
    let answers = [
        // An event that is cut off is none.
        stream("id: 4-a\ndata: 4\n\nid: 5-a\ndata: 5"),
        refusal("503 Service Unavailable", "recovering"),
        stream("event: progress\nid: 8-a\ndata: {}\n\n"),
        stream("id: 9-a\ndata: 9\n\nevent: lagged\ndata: {\"resumeAfter\":\"9-a\"}\n\n"),
        stream("event: level\nid: 10-a\ndata: {\ndata: }\n\n"),
        refusal("401 Unauthorized", "unauthenticated"),
    ];
    let answers: Vec<_> = answers.iter().map(String::as_str).collect();
    let (client, asked) = scripted(&answers);
    let mut watch = Watch {
        follower: client.follow(Follow { begin: Begin::After("3-a".into()), ..Follow::default() }),
        url: "",
        is_lost: false,
        has_begun: false,
        show: Show::Ndjson,
        out: BufWriter::new(Vec::new()),
    };
    let error = watch.run().await.unwrap_err();
    watch.out.flush().unwrap();
    let shown = String::from_utf8(watch.out.get_ref().clone()).unwrap();
    assert_eq!(shown, "4\n9\n{ }\n");
    assert_eq!(asked.lock().unwrap().len(), 6);
    assert!(error.to_string().contains("give a key with --key"), "{error}");
}
