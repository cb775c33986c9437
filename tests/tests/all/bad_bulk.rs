//! Bad input in bulk: each line is answered by itself, and the whole is bounded.

use itn_tests::bodies::{self, with};
use itn_tests::client::Request;
use itn_tests::given;
use serde_json::{Value, json};

#[test]
fn one_bad_line_of_a_bulk_request_spoils_no_other() {
    let (_server, mut client, _folder) = given::open_market();
    let good = |n: u32| json!({ "type": "trade", "data": bodies::trade_known_as(&n.to_string()) });
    let trade = |fields: Value| json!({ "type": "trade", "data": with(bodies::trade(), &fields) });
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let lines: Vec<(Vec<u8>, u64, &str)> = vec![
        (good(1).to_string().into(), 201, ""),
        (b"{\"type\": \"trade\"".to_vec(), 400, "malformed_json"),
        (b"{\"type\": \"tra\xff\xfede\"}".to_vec(), 400, "malformed_json"),
        (deep.into_bytes(), 400, "malformed_json"),
        (good(2).to_string().into(), 201, ""),
        (trade(json!({ "colour": "red" })).to_string().into(), 422, "invalid_request"),
        (json!({ "type": "nonsense", "data": {} }).to_string().into(), 422, "invalid_request"),
        (json!({ "type": "trade" }).to_string().into(), 422, "invalid_request"),
        (with(good(9), &json!({ "idempotencyKey": 5 })).to_string().into(), 422, "invalid_request"),
        (trade(json!({ "station": "nowhere" })).to_string().into(), 422, "unknown_station"),
        (
            trade(json!({ "lines": [bodies::line(2_000_000)] })).to_string().into(),
            409,
            "insufficient_stock",
        ),
        (good(3).to_string().into(), 201, ""),
    ];
    let body: Vec<u8> =
        lines.iter().flat_map(|(line, ..)| line.iter().chain(b"\n")).copied().collect();
    let before = given::sequence(&mut client);
    let bulk = |query: &str| {
        Request::new("POST", &format!("/api/events{query}"))
            .header("content-type", "application/x-ndjson")
    };
    let response = client.send(&bulk("").body(body.clone())).expect(200);
    assert_eq!(response.header("content-type"), Some("application/x-ndjson"));
    let answers = response.json_lines();
    assert_eq!(answers.len(), lines.len(), "{}", response.text());
    for (at, (answer, (_, status, code))) in answers.iter().zip(&lines).enumerate() {
        assert_eq!(answer["line"], at as u64 + 1, "{answer}");
        assert_eq!(answer["status"], *status, "{answer}");
        assert_eq!(answer["code"].as_str().unwrap_or_default(), *code, "{answer}");
    }
    assert_eq!(given::sequence(&mut client), before + 3);

    // Answers for failures and counts only.
    let answers = client.send(&bulk("?results=failures").body(body)).expect(200).json_lines();
    let (counts, failures) = answers.split_last().unwrap();
    assert_eq!(failures.len(), 9, "{failures:?}");
    assert!(failures.iter().all(|failure| failure["status"].as_u64() >= Some(400)), "{failures:?}");
    let expected =
        json!({ "lines": 12, "accepted": 3, "replayed": 0, "unchanged": 0, "failed": 9 });
    assert_eq!(*counts, expected);

    // Bounds of the whole.
    for body in [&b""[..], b"\n\n"] {
        let response = client.send(&bulk("").body(body.to_vec()));
        let status = response.status();
        assert!(status == 200 || (400..500).contains(&status), "{}", response.text());
    }
    let before = given::sequence(&mut client);
    let many = client.send(&bulk("").body(b"{}\n".repeat(16_385)));
    assert!((400..500).contains(&many.status()), "{} {}", many.status(), many.code());
    let long = format!("{{\"type\":\"{}\"}}\n", "x".repeat(70_000)).into_bytes();
    let long = client.send(&bulk("").body(long));
    let refused = long.status() == 200 && long.json_lines()[0]["status"].as_u64() >= Some(400);
    assert!(refused || (400..500).contains(&long.status()), "{}", long.text());
    assert_eq!(given::sequence(&mut client), before);
}
