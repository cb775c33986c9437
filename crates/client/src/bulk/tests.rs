//! A result for each line, whatever becomes of the connection.

use super::*;
use crate::NewTrade;
use crate::scripted::{answer, scripted};

fn lines(count: usize) -> Vec<Line> {
    let line = |number| Line::raw(format!("{{\"idempotencyKey\":\"k{number}\"}}")).unwrap();
    (1..=count).map(line).collect()
}

fn accepted(line: usize) -> String {
    format!("{{\"line\":{line},\"status\":201,\"id\":\"t{line}\",\"sequence\":{line}}}\n")
}

fn sent(seen: &[String]) -> Vec<&str> {
    seen.iter().map(|sent| sent.split_once("\r\n\r\n").unwrap().1).collect()
}

#[tokio::test]
async fn lines_without_a_result_go_out_again_and_the_others_do_not() {
    let whole = answer("200 OK", &[1, 2, 3].map(accepted).concat());
    // Cut after the second line, and in the middle of the first of the next answer.
    let two = whole.find("\"line\":3").unwrap();
    let none = whole.find("201,").unwrap();
    let last = "{\"line\":1,\"status\":201,\"id\":\"t3\",\"sequence\":3,\"replayed\":true}\n";
    let (client, seen) = scripted(&[&whole[..two], &whole[..none], "", &answer("200 OK", last)]);
    let client = client.with_retry(crate::Retry { attempts_max: 4, ..client.retry() });
    let outcomes = client.post_lines(&lines(3)).await.unwrap();
    let id = |number| Some(format!("t{number}"));
    assert_eq!(
        outcomes,
        [
            LineOutcome::Accepted { id: id(1), sequence: 1 },
            LineOutcome::Accepted { id: id(2), sequence: 2 },
            LineOutcome::Replayed { id: id(3) },
        ]
    );
    let seen = seen.lock().unwrap();
    let [first, rest] = [1..=3, 3..=3].map(|numbers| {
        let lines: Vec<_> =
            numbers.map(|number| format!("{{\"idempotencyKey\":\"k{number}\"}}\n")).collect();
        lines.concat()
    });
    assert_eq!(sent(&seen), [&*first, &*rest, &*rest, &*rest]);
}

#[tokio::test]
async fn what_passes_is_no_result_and_what_stands_is() {
    let busy = "{\"line\":2,\"status\":503,\"code\":\"overloaded\",\"retryable\":true}\n";
    let refused = "{\"line\":1,\"status\":409,\"code\":\"offer_closed\",\"retryable\":false}\n";
    let first = answer("200 OK", &format!("{}{busy}", accepted(1)));
    let again = answer("200 OK", &format!("{refused}{{\"line\":2,\"status\":200}}\n"));
    let (client, seen) = scripted(&[&first, &again]);
    let outcomes = client.post_lines(&lines(3)).await.unwrap();
    assert!(
        matches!(&outcomes[1], LineOutcome::Refused(problem) if problem.code == "offer_closed")
    );
    assert_eq!(outcomes[2], LineOutcome::Unchanged);
    assert_eq!(sent(&seen.lock().unwrap())[1].lines().count(), 2);
}

#[tokio::test]
async fn it_gives_up_and_says_how_far_it_came() {
    let busy = "{\"line\":1,\"status\":503,\"code\":\"overloaded\",\"retryable\":true}\n";
    let first = answer("200 OK", &format!("{}{}", accepted(1), busy.replace(":1,", ":2,")));
    let busy = answer("200 OK", busy);
    let (client, seen) = scripted(&[&first, &busy, &busy]);
    let mut bulk = client.bulk(&lines(2));
    assert!(bulk.next().await.unwrap().is_some());
    let error = bulk.next().await.unwrap_err();
    assert_eq!((error.attempts, bulk.done(), error.is("overloaded")), (3, 1, true));
    assert_eq!(seen.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn a_loss_after_long_work_is_made_good() {
    let last = "{\"line\":1,\"status\":201,\"id\":\"t2\",\"sequence\":2}\n";
    let whole = answer("200 OK", &[1, 2].map(accepted).concat());
    let cut = &whole[..whole.find("\"line\":2").unwrap()];
    let (client, seen) = scripted(&[cut, &answer("200 OK", last)]);
    let mut bulk = client.bulk(&lines(2));
    assert!(bulk.next().await.unwrap().is_some());
    // Whoever reads the results may take its time, too.
    tokio::time::pause();
    tokio::time::advance(client.retry().time_max * 2).await;
    tokio::time::resume();
    assert!(bulk.next().await.unwrap().is_some());
    assert_eq!(sent(&seen.lock().unwrap())[1].lines().count(), 1);
}

#[tokio::test]
async fn an_answer_to_other_lines_is_not_believed() {
    let (client, _) = scripted(&[&answer("200 OK", &accepted(2))]);
    let error = client.post_lines(&lines(2)).await.unwrap_err();
    assert!(matches!(error.failure, Failure::NotUnderstood(_)), "{error}");
}

#[test]
fn every_line_has_a_key_and_is_one_line() {
    let command = Command::Settle { id: "t1".to_owned(), data: NewSettlement::default() };
    let line = Line::new(&command, "k").unwrap();
    assert_eq!(line.as_str(), r#"{"type":"settle","idempotencyKey":"k","id":"t1","data":{}}"#);
    let command = Command::ShipmentEvent {
        shipment_id: "s1".to_owned(),
        data: NewShipmentEvent {
            kind: crate::ShipmentReportType::Arrived,
            ..NewShipmentEvent::default()
        },
    };
    let line = Line::new(&command, "k").unwrap();
    let expected = r#"{"type":"shipment_event","idempotencyKey":"k","shipmentId":"s1","data":{"type":"arrived"}}"#;
    assert_eq!(line.as_str(), expected);

    let raw = Line::raw(r#"{"type":"trade"}"#).unwrap();
    assert!(
        raw.as_str().starts_with("{\"idempotencyKey\":\"")
            && raw.as_str().ends_with("\",\"type\":\"trade\"}")
    );
    assert!(Line::raw("{}").unwrap().as_str().ends_with("\"}"));
    let raw = Line::raw(r#"{"type": "trade", "idempotencyKey" : null , "id":null}"#).unwrap();
    let (before, rest) = raw.as_str().split_once("\"idempotencyKey\" : \"").unwrap();
    assert_eq!((before, &rest[32..]), ("{\"type\": \"trade\", ", "\" , \"id\":null}"));
    assert!(Line::raw("{\n\"type\":\"trade\"}").is_err());
    // A key in the data is none of the line's; what is no JSON is the server's to refuse.
    let raw = Line::raw(r#"{"data":{"idempotencyKey":"x"}}"#).unwrap();
    assert_eq!(raw.as_str().matches("idempotencyKey").count(), 2);
    assert_eq!(Line::raw("nonsense").unwrap().as_str(), "nonsense");
    assert!(Line::raw("{\"idempotencyKey\":\n\"x\"}").is_err());
}

#[test]
fn a_command_alone_goes_where_its_line_would() {
    let command = Command::Trade { data: NewTrade::default() };
    let request = command.request("k").unwrap();
    assert_eq!((request.method, &*request.path), ("POST", "/api/trades"));
    assert_eq!(request.idempotency_key.as_deref(), Some("k"));
    let command = Command::OfferWithdraw { id: "a/b".to_owned(), data: NewWithdrawal::default() };
    assert_eq!(command.request("k").unwrap().path, "/api/offers/a%2Fb");
}
