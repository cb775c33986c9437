//! The demo, as someone sees it who has just typed the first command of the README.

use std::process::Command;
use std::time::{Duration, Instant};

use itn_tests::browser::{self, Browser};
use itn_tests::process;
use itn_tests::skip::skip;
use itn_tests::stream::Stream;
use itn_tests::{Server, wait};

/// From its start to the first trade and shipment.
const LIFE_LIMIT: Duration = Duration::from_secs(10);
/// From opening the page to what it shows.
const PAGE_LIMIT: Duration = Duration::from_secs(20);

#[test]
fn trades_and_shipments_move_within_ten_seconds() {
    let started = Instant::now();
    let server = Server::demo().start();
    // Anyone may look.
    let mut stream = match Stream::open(server.address(), None, "?after=0", None) {
        Ok(stream) => stream,
        Err(response) => panic!("{}", response.text()),
    };
    let mut wanted = vec!["trade.settled", "shipment.booked", "shipment.departed"];
    while !wanted.is_empty() {
        let left = LIFE_LIMIT.saturating_sub(started.elapsed());
        let event = stream
            .event(left)
            .unwrap_or_else(|error| panic!("{error}: no {wanted:?} in {LIFE_LIMIT:?}"));
        let kind = event.data["type"].as_str().unwrap_or_default();
        wanted.retain(|wanted| *wanted != kind);
    }
    server.stop();
}

#[test]
fn what_it_prints_buys_something() {
    let mut server = Server::demo().start();
    let command = wait::until("a curl to paste", LIFE_LIMIT, || {
        paste(&(server.process().stdout() + &server.process().stderr()))
    });
    let ended = process::run(Command::new("bash").args(["-c", &command]), LIFE_LIMIT);
    assert!(ended.stdout.contains("transactionId"), "{command}\n{}", ended.said());
    assert!(ended.stdout.contains("settled"), "{command}\n{}", ended.said());
}

/// The command that begins with `curl`, with the lines it goes on in.
pub(crate) fn paste(said: &str) -> Option<String> {
    let start = said.lines().position(|line| line.trim_start().starts_with("curl "))?;
    let mut command = String::new();
    for line in said.lines().skip(start) {
        command += line.trim_start();
        command += "\n";
        let quotes = command.matches('\'').count();
        if !line.ends_with('\\') && quotes.is_multiple_of(2) {
            return Some(command);
        }
    }
    None
}

#[test]
fn the_page_shows_stations_and_a_feed_that_fills() {
    let Some(program) = browser::program() else {
        skip("the page", "there is no chromium on this machine");
        return;
    };
    let server = Server::demo().start();
    let mut browser = Browser::start(&program);
    browser.open(&server.url());
    assert!(!browser.evaluate("document.title").as_str().unwrap_or_default().is_empty());

    // Stations are drawn: the map is not of one colour.
    let colours = wait::until("a map with something on it", PAGE_LIMIT, || {
        let drawn = browser.evaluate(COLOURS).as_u64().unwrap_or_default();
        (drawn >= 3).then_some(drawn)
    });
    // The feed grows, and the three numbers move.
    let feed = "document.querySelector('#feed').textContent.length > 40";
    wait::until("a feed with something in it", PAGE_LIMIT, || {
        (browser.evaluate(feed) == true).then_some(())
    });
    let first = browser.evaluate("document.querySelector('#feed').textContent");
    wait::until("a feed that moves", PAGE_LIMIT, || {
        (browser.evaluate("document.querySelector('#feed').textContent") != first).then_some(())
    });
    for number in ["trade-rate", "under-way", "value-rate"] {
        let text = format!("document.getElementById('{number}').textContent");
        wait::until("the live numbers", PAGE_LIMIT, || {
            browser
                .evaluate(&text)
                .as_str()
                .filter(|text| text.contains(char::is_numeric))
                .map(drop)
        });
    }
    assert_eq!(browser.complaints(), <[String; 0]>::default(), "the page complains");

    // What a person sees has something on it too, whatever the page says of itself.
    let picture = browser.screenshot();
    browser.open("about:blank");
    let seen = browser.evaluate(&format!("({COLOURS_OF_PICTURE})('{picture}')"));
    assert!(seen.as_u64() >= Some(8), "{seen} colours in the picture, {colours} on the map");
}

/// Colours on the page's map.
const COLOURS: &str = "(() => {
    const map = document.querySelector('canvas');
    if (!map || !map.width || !map.height) return 0;
    const copy = document.createElement('canvas');
    copy.width = map.width;
    copy.height = map.height;
    const context = copy.getContext('2d');
    context.drawImage(map, 0, 0);
    const pixels = new Uint32Array(context.getImageData(0, 0, map.width, map.height).data.buffer);
    return new Set(pixels).size;
})()";

/// Colours of a PNG in base64.
const COLOURS_OF_PICTURE: &str = "async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = document.createElement('canvas');
    canvas.width = image.width;
    canvas.height = image.height;
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const pixels = context.getImageData(0, 0, image.width, image.height).data;
    return new Set(new Uint32Array(pixels.buffer)).size;
}";
