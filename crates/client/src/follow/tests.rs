//! What is asked for after what was said: nothing missed, nothing twice.

use super::*;
use crate::Topic;
use crate::scripted::{answer, scripted, silent_after};

fn stream(body: &str) -> String {
    // The wait is short for the tests' sake.
    answer("200 OK", &format!("retry: 50\n\n{body}"))
}

fn refusal(status: &str, code: &str) -> String {
    let retryable = status.starts_with('5');
    let body =
        format!("{{\"status\":{},\"code\":\"{code}\",\"retryable\":{retryable}}}", &status[..3]);
    answer(&format!("{status}\r\nretry-after: 0"), &body)
}

/// What a follower hears of these answers, what was asked for (the path, and behind what), and why it
/// ended.
async fn followed(
    follow: Follow,
    answers: &[String],
) -> (Vec<Heard>, Vec<(String, Option<String>)>, Error) {
    let answers: Vec<_> = answers.iter().map(String::as_str).collect();
    let (client, asked) = scripted(&answers);
    let mut follower = client.follow(follow);
    let mut heard = Vec::new();
    let error = loop {
        match follower.hear().await {
            Ok(word) => heard.push(word),
            Err(error) => break error,
        }
    };
    let asked = asked.lock().unwrap();
    let request = |head: &String| {
        let path = head.split(' ').nth(1).unwrap().to_owned();
        let id = head.lines().find_map(|line| line.strip_prefix("last-event-id: "));
        (path, id.map(str::to_owned))
    };
    (heard, asked.iter().map(request).collect(), error)
}

/// The data of the messages, and the names of the other words.
fn told(heard: &[Heard]) -> Vec<&str> {
    let word = |heard| match heard {
        &Heard::Connected { again: false } => "connected",
        &Heard::Connected { again: true } => "again",
        Heard::Message(message) => &message.data,
        Heard::Progress => "progress",
        Heard::Lagged => "lagged",
        Heard::Lost { .. } => "lost",
        Heard::Anew => "anew",
    };
    heard.iter().map(word).collect()
}

fn after(position: &str) -> Begin {
    Begin::After(position.to_owned())
}

#[tokio::test]
async fn it_goes_on_behind_the_last_position_it_was_told() {
    let filter = FollowEventsQuery { topic: vec![Topic::Trade], ..FollowEventsQuery::default() };
    let (heard, asked, error) = followed(
        Follow { filter, begin: after("3-a") },
        &[
            // An event that is cut off is none.
            stream("id: 4-a\ndata: 4\n\nid: 5-a\ndata: 5"),
            refusal("503 Service Unavailable", "recovering"),
            // Nothing that is wanted happened, and then it was too slow.
            stream("event: progress\nid: 8-a\ndata: {}\n\n"),
            stream("id: 9-a\ndata: 9\n\nevent: lagged\ndata: {\"resumeAfter\":\"9-a\"}\n\n"),
            // What was told is not told again, whatever the server does.
            stream(": heartbeat\n\nid: 9-a\ndata: 9\n\nid: 10-a\ndata: {\ndata: }\n\n"),
            refusal("401 Unauthorized", "unauthenticated"),
        ],
    )
    .await;
    assert_eq!(
        told(&heard),
        [
            "connected",
            "4",
            "lost",
            "lost",
            "again",
            "progress",
            "lost",
            "again",
            "9",
            "lagged",
            "again",
            "{\n}",
            "lost"
        ]
    );
    let ids: Vec<_> = asked.iter().map(|(_, id)| id.as_deref().unwrap()).collect();
    assert_eq!(ids, ["3-a", "4-a", "4-a", "8-a", "9-a", "10-a"]);
    assert!(asked.iter().all(|(path, _)| path == "/api/updates/real-time?topic=trade"));
    assert!(error.is("unauthenticated"), "{error}");
}

#[tokio::test]
async fn a_state_that_was_not_whole_is_asked_for_again_and_one_that_was_is_not() {
    let part = "event: snapshot\ndata: {\"last\":true}\n\n";
    let begin = Begin::Snapshot("alerts".to_owned());
    let (heard, asked, _) = followed(
        Follow { begin, ..Follow::default() },
        &[
            stream(part),
            stream(&format!("{part}event: progress\nid: 7-a\ndata: {{}}\n\n")),
            stream("id: 8-a\ndata: 8\n\n"),
            // Another journal: the state is told anew.
            refusal("409 Conflict", "unknown_position"),
            stream(&format!("{part}event: progress\nid: 2-b\ndata: {{}}\n\n")),
            stream("id: 3-b\ndata: 3\n\n"),
            refusal("403 Forbidden", "not_permitted"),
        ],
    )
    .await;
    let state = "{\"last\":true}";
    assert_eq!(
        told(&heard),
        [
            "connected",
            state,
            "lost",
            "again",
            state,
            "progress",
            "lost",
            "again",
            "8",
            "lost",
            "anew",
            "again",
            state,
            "progress",
            "lost",
            "again",
            "3",
            "lost",
        ]
    );
    let [whole, rest] = ["?snapshot=alerts", ""].map(|query| format!("{PATH}{query}"));
    let expected = [
        (&whole, None),
        (&whole, None),
        (&rest, Some("7-a")),
        (&rest, Some("8-a")),
        (&whole, None),
        (&rest, Some("2-b")),
        (&rest, Some("3-b")),
    ];
    let asked: Vec<_> = asked.iter().map(|(path, id)| (path, id.as_deref())).collect();
    assert_eq!(asked, expected);
}

#[tokio::test]
async fn a_position_is_only_doubted_where_it_is_our_own() {
    let unknown = || refusal("409 Conflict", "unknown_position");
    let follow = Follow { begin: after("3-a"), ..Follow::default() };
    let (_, asked, error) = followed(follow, &[unknown()]).await;
    assert_eq!(asked.len(), 1);
    assert!(error.is("unknown_position"), "{error}");

    // Where it is now is asked first.
    let network = r#"{"sequence":3,"tag":"a","journal":"j","createdAt":"2200-01-01T00:00:00Z",
        "epoch":"2200-01-01T00:00:00Z","time":"2200-01-01T00:00:00Z","speed":1,"limits":{}}"#;
    let answers = [answer("200 OK", network), unknown(), stream("id: 4-a\ndata: 4\n\n"), unknown()];
    let (heard, asked, error) = followed(Follow::default(), &answers).await;
    assert_eq!(told(&heard), ["lost", "connected", "4", "lost"]);
    assert_eq!(asked[0].0, "/api/network");
    assert_eq!(asked[1].1.as_deref(), Some("3-a"));
    assert!(error.is("unknown_position"), "{error}");
}

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";

/// The next word to someone who gives up each second and asks again, and the seconds that it took.
async fn heard_with_a_tick(follower: &mut Follower) -> (Heard, u32) {
    for seconds in 0..120 {
        if let Ok(heard) = tokio::time::timeout(Duration::from_secs(1), follower.hear()).await {
            return (heard.unwrap(), seconds);
        }
    }
    panic!("two minutes passed, and nothing was told");
}

#[tokio::test]
async fn a_silent_connection_is_found_out_by_who_asks_each_second_anew() {
    let (client, _held) =
        silent_after(&[&format!("{HEAD}retry: 15000\n\nid: 4-a\ndata: 4\n\n"), HEAD]);
    let mut follower = client.follow(Follow { begin: after("3-a"), ..Follow::default() });
    assert_eq!(follower.hear().await.unwrap(), Heard::Connected { again: false });
    assert!(matches!(follower.hear().await.unwrap(), Heard::Message(_)));
    tokio::time::pause();
    let (heard, seconds) = heard_with_a_tick(&mut follower).await;
    assert!(matches!(&heard, Heard::Lost { why, .. } if why.contains("35 s")), "{heard:?}");
    assert!((34..=36).contains(&seconds), "{seconds}");
    // The pause is longer than the tick, too; what the network does is waited for in real time.
    let Heard::Lost { wait, .. } = heard else { unreachable!() };
    for _ in 0..wait.as_secs() {
        let heard = tokio::time::timeout(Duration::from_secs(1), follower.hear()).await;
        assert!(heard.is_err(), "{heard:?}");
    }
    tokio::time::resume();
    let (heard, _) = heard_with_a_tick(&mut follower).await;
    assert_eq!(heard, Heard::Connected { again: true });
}

#[tokio::test]
async fn a_connection_that_never_answers_is_given_up_by_who_asks_each_second_anew() {
    let (client, held) = silent_after(&[""]);
    let mut follower = client.follow(Follow { begin: after("3-a"), ..Follow::default() });
    while held.lock().unwrap().is_empty() {
        let heard = tokio::time::timeout(Duration::from_millis(10), follower.hear()).await;
        assert!(heard.is_err(), "{heard:?}");
    }
    tokio::time::pause();
    let (heard, seconds) = heard_with_a_tick(&mut follower).await;
    assert!(matches!(&heard, Heard::Lost { why, .. } if why.contains("20 s")), "{heard:?}");
    assert!((18..=21).contains(&seconds), "{seconds}");
    assert_eq!(held.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_reader_that_was_away_has_missed_nothing() {
    let (client, held) = silent_after(&[HEAD]);
    let mut follower = client.follow(Follow { begin: after("3-a"), ..Follow::default() });
    assert_eq!(follower.hear().await.unwrap(), Heard::Connected { again: false });
    tokio::time::pause();
    tokio::time::advance(Duration::from_mins(2)).await;
    tokio::time::resume();
    std::io::Write::write_all(&mut held.lock().unwrap()[0], b"id: 4-a\ndata: 4\n\n").unwrap();
    let heard = follower.hear().await.unwrap();
    assert!(matches!(&heard, Heard::Message(message) if message.data == "4"), "{heard:?}");
}

#[derive(Deserialize)]
struct Total {
    total: u64,
}

#[tokio::test]
async fn events_are_read_as_types() {
    let event =
        r#"{"specversion":"1.0","id":"4-a","source":"/api/journals/a","type":"trade.settled",
        "subject":"trades/t","time":"2200-01-01T00:00:00Z","datacontenttype":"application/json",
        "sequence":"4","recordedat":"2200-01-01T00:00:01Z","data":{"total":12}}"#
            .replace('\n', "");
    let body = format!(
        "id: 4-a\ndata: {event}\n\nevent: level\nid: 5-a\ndata: {{}}\n\nid: 6-a\ndata: 6\n\n"
    );
    let (client, _) = scripted(&[&stream(&body)]);
    let mut follower = client.follow(Follow { begin: after("3-a"), ..Follow::default() });
    let told = follower.next_event().await.unwrap();
    assert_eq!(
        (told.sequence, told.topic(), told.data::<Total>().unwrap().total),
        (4, "trade", 12)
    );
    assert_eq!(told.json(), event);
    assert!(
        matches!(follower.next().await.unwrap(), Told::Heard(Heard::Message(message)) if message.event == "level")
    );
    // What is no event is not passed over.
    let error = follower.next_event().await.unwrap_err();
    assert!(matches!(error.failure, Failure::NotUnderstood(_)), "{error}");
}
