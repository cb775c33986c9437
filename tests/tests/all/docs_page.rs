//! The reference of the API at `/docs`, in a real browser: drawn of the document that the server has, under the
//! policy that forbids whatever is not the server's own.

use std::time::Duration;

use itn_tests::browser::{self, Browser};
use itn_tests::skip::skip;
use itn_tests::{Folder, Server, wait};
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_secs(20);

fn browser() -> Option<Browser> {
    let program = browser::program();
    if program.is_none() {
        skip("the reference page", "there is no chromium on this machine");
    }
    program.as_deref().map(Browser::start)
}

/// Waits until an expression on the page has this value.
#[track_caller]
fn is(browser: &mut Browser, expression: &str, expected: impl Into<Value>) {
    let (expected, mut seen) = (expected.into(), Value::Null);
    let found = wait::within(LIMIT, || {
        seen = browser.evaluate(expression);
        (seen == expected).then_some(())
    });
    assert!(found.is_some(), "{expression} is {seen}; {:?}", browser.complaints());
}

const SHOWN: &str = "document.body.dataset.shown";

#[test]
fn the_reference_shows_every_operation_and_asks_nobody_else() {
    let Some(mut browser) = browser() else { return };
    let folder = Folder::new();
    let server = Server::start(&folder.data());
    let url = server.url();
    browser.open(&format!("{url}/docs"));
    is(&mut browser, SHOWN, "overview");

    // Each has a page that says its method, path, answers and a request to copy.
    let document = server.client().get("/openapi.json").expect(200).json();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            browser.evaluate(&format!("location.hash = '{id}'"));
            is(&mut browser, SHOWN, id);
            let route = browser.evaluate("document.querySelector('.route').textContent");
            assert_eq!(route, format!("{}{path}", method.to_uppercase()), "{id}");
            let text = browser.evaluate("document.querySelector('main').textContent");
            let text = text.as_str().unwrap();
            assert!(text.contains("curl -sS") && text.contains("Answers"), "{id}: {text}");
            assert!(!text.contains("[object") && !text.contains("undefined"), "{id}: {text}");
            let has_body = operation.get("requestBody").is_some();
            assert_eq!(has_body, text.contains("Content-Type"), "{id}");
        }
    }
    browser.evaluate("location.hash = 'problems'");
    is(&mut browser, SHOWN, "problems");
    let codes = document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"].clone();
    let shown =
        browser.evaluate("[...document.querySelectorAll('tbody th')].map((at) => at.textContent)");
    let of_no_operation = ["method_not_allowed"];
    let codes: Vec<_> = codes
        .as_array()
        .unwrap()
        .iter()
        .filter(|code| !of_no_operation.contains(&code.as_str().unwrap()))
        .collect();
    assert_eq!(shown, json!(codes));

    assert!(browser.complaints().is_empty(), "{:?}", browser.complaints());
    let elsewhere: Vec<_> =
        browser.requests().iter().filter(|at| !at.starts_with(&format!("{url}/"))).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
}

#[test]
fn the_reference_is_found_through_by_link_word_and_key() {
    let Some(mut browser) = browser() else { return };
    let folder = Folder::new();
    let server = Server::start(&folder.data());
    // A link leads to an operation, and the way back to where one was.
    browser.open(&format!("{}/docs#createTrade", server.url()));
    is(&mut browser, SHOWN, "createTrade");
    is(&mut browser, "document.title.startsWith('Create trade · ')", true);
    browser.evaluate("document.querySelector('.crumb a').click()");
    is(&mut browser, SHOWN, "trades");
    browser.evaluate("history.back()");
    is(&mut browser, SHOWN, "createTrade");
    // A word finds what has it anywhere, codes of problems included; the keys lead there.
    browser.evaluate("document.querySelector('#search').focus()");
    browser.type_text("count_stale");
    let links = "[...document.querySelectorAll('#index li a')].map((a) => a.hash)";
    is(&mut browser, links, json!(["#adjustInventory"]));
    browser.press("Enter");
    is(&mut browser, SHOWN, "adjustInventory");
    // As small as a telephone nothing is wider than the screen, and the list is behind a button.
    browser.resize(390, 844);
    is(&mut browser, "document.documentElement.scrollWidth <= 390", true);
    is(&mut browser, "getComputedStyle(document.querySelector('#side')).display", "none");
    browser.evaluate("document.querySelector('#menu').click()");
    is(&mut browser, "getComputedStyle(document.querySelector('#side')).display", "block");
    for scheme in ["light", "dark"] {
        browser.prefer(scheme);
        is(&mut browser, "getComputedStyle(document.body).colorScheme", scheme);
    }
    assert!(browser.complaints().is_empty(), "{:?}", browser.complaints());
}
