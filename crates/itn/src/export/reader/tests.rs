//! Which pages are asked for, and where a list ends.

use super::*;
use crate::client::scripted::scripted;

fn trade(sequence: u64) -> String {
    format!("{{\"transactionId\":\"{}\"}}", TransactionId(Sequence(sequence)))
}

fn answer(head: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
}

fn trades(sequences: &[u64], as_of: u64, has_more: bool) -> String {
    let items: Vec<_> = sequences.iter().map(|sequence| trade(*sequence)).collect();
    let cursor = if has_more { "\"c1\"" } else { "null" };
    let body = format!(
        "{{\"items\":[{}],\"nextCursor\":{cursor},\"asOf\":{{\"sequence\":{as_of},\"time\":\"\"}}}}",
        items.join(",")
    );
    let link = "200 OK\r\nlink: </api/trades?limit=1000&cursor=c1>; rel=\"next\"";
    answer(if has_more { link } else { "200 OK" }, &body)
}

/// What is read of a list until its end, and what was asked for.
async fn read(answers: &[String]) -> (Vec<u64>, Vec<String>) {
    let answers: Vec<_> = answers.iter().map(String::as_str).collect();
    let (client, asked) = scripted(&answers);
    let mut list = List::new(What::Trades, vec![("station", "a b".to_owned())]);
    let mut places = Vec::new();
    while let Some(batch) = list.next(&client).await.unwrap() {
        places.extend(batch.items.iter().map(|item| list.place(item)));
        let (done, total) = batch.progress.unwrap();
        assert!(done <= total, "{done} of {total}");
    }
    let path = |head: &String| head.split(' ').nth(1).unwrap_or_default().to_owned();
    let asked = asked.lock().unwrap().iter().map(path).collect();
    (places, asked)
}

#[tokio::test]
async fn oldest_first_it_ends_where_the_first_page_had_seen() {
    let first = trades(&[7, 9], 40, true);
    for (more, expected) in [
        (trades(&[38, 39, 40, 41, 45], 50, true), &[7, 9, 38, 39, 40][..]),
        (trades(&[41], 50, true), &[7, 9]),
        (trades(&[12], 50, false), &[7, 9, 12]),
    ] {
        let (read, asked) = read(&[first.clone(), more]).await;
        assert_eq!(read, expected);
        assert_eq!(
            asked,
            ["/api/trades?station=a+b&order=oldest&limit=1000", "/api/trades?limit=1000&cursor=c1",]
        );
    }
}

#[tokio::test]
async fn a_server_without_an_order_is_read_as_it_lists() {
    let refused = answer(
        "422 Unprocessable Content",
        "{\"status\":422,\"errors\":[{\"parameter\":\"order\",\"code\":\"unknown_parameter\"}]}",
    );
    let pages = [refused, trades(&[39, 12], 40, true), trades(&[7], 45, false)];
    let (read, asked) = read(&pages).await;
    assert_eq!(read, [39, 12, 7]);
    assert_eq!(asked[1], "/api/trades?station=a+b&limit=1000");
    assert_eq!(asked.len(), 3);
}

#[tokio::test]
async fn levels_of_a_moment_are_read_from_each_station() {
    let stations = "{\"items\":[{\"id\":\"ceres\"},{\"id\":\"mars\"}],\"nextCursor\":null,\
        \"asOf\":{\"sequence\":9,\"time\":\"\"}}";
    let levels = |levels: &str| {
        let as_of = "{\"sequence\":7,\"time\":\"T\"}";
        let body = format!("{{\"station\":\"x\",\"asOf\":{as_of},\"levels\":[{levels}]}}");
        answer("200 OK", &body)
    };
    let answers = [
        answer("200 OK", stations),
        levels("{\"commodity\":\"ice\",\"onHand\":9007199254740991}"),
        levels(""),
    ];
    let answers: Vec<_> = answers.iter().map(String::as_str).collect();
    let (client, asked) = scripted(&answers);
    let mut levels = Stations::new(vec![("asOf", "7".to_owned()), ("by", "owner".to_owned())]);
    let mut told = Vec::new();
    while let Some(batch) = levels.next(&client).await.unwrap() {
        told.extend(batch.items.iter().map(|item| item.get().to_owned()));
    }
    assert_eq!(
        told,
        ["{\"asOf\":{\"sequence\":7,\"time\":\"T\"},\"station\":\"ceres\",\"commodity\":\"ice\",\
         \"onHand\":9007199254740991}"]
    );
    let asked = asked.lock().unwrap();
    let asked: Vec<_> = asked.iter().map(|head| head.split(' ').nth(1).unwrap()).collect();
    assert_eq!(
        asked,
        [
            "/api/stations?limit=1000",
            "/api/inventory/ceres?asOf=7&by=owner",
            "/api/inventory/mars?asOf=7&by=owner",
        ]
    );
}

#[tokio::test]
async fn a_page_that_breaks_off_is_read_again_and_a_list_that_does_is_told() {
    let whole = trades(&[7], 40, false);
    let half = &whole[..whole.len() - 5];
    let busy = answer("503 Service Unavailable\r\nretry-after: 0", "{}");
    let (places, asked) = read(&[half.to_owned(), busy, whole.clone()]).await;
    assert_eq!((places, asked.len()), (vec![7], 3));

    let no_link = trades(&[7], 40, true).replace("rel=\"next\"", "rel=\"last\"");
    let (client, _) = scripted(&[no_link.as_str()]);
    let mut list = List::new(What::Trades, Vec::new());
    assert!(matches!(list.next(&client).await, Err(ExportError::NoLink)));
}
