//! The dashboard in a real browser: its shell, its sign-in, its stream. What each view shows is looked
//! at elsewhere.

use std::time::Duration;

use itn_tests::browser::{self, Browser};
use itn_tests::server::ADMIN_KEY;
use itn_tests::skip::skip;
use itn_tests::{Client, Folder, Server, bodies, given, wait};
use serde_json::{Value, json};

/// From what is done to what the page shows of it.
const LIMIT: Duration = Duration::from_secs(20);

/// The page's addresses and the views that they show.
const VIEWS: [(&str, &str); 9] = [
    ("/", "map"),
    ("/stations", "stations"),
    ("/ships", "ships"),
    ("/trades", "trades"),
    ("/markets", "markets"),
    ("/rankings", "rankings"),
    ("/lanes", "lanes"),
    ("/feed", "feed"),
    ("/wall", "wall"),
];

/// A browser, where this machine has one.
fn browser(test: &str) -> Option<Browser> {
    let program = browser::program();
    if program.is_none() {
        skip(test, "there is no chromium on this machine");
    }
    program.as_deref().map(Browser::start)
}

/// A server whose market anybody may read.
fn open_market(folder: &Folder) -> Server {
    let server = Server::options(&folder.data()).env("ITN_ANONYMOUS", "true").start();
    given::market(&mut server.client());
    server
}

/// Waits until an expression on the page is true.
#[track_caller]
fn until(browser: &mut Browser, expression: &str) {
    let mut seen = Value::Null;
    let found = wait::within(LIMIT, || {
        seen = browser.evaluate(expression);
        (seen == true).then_some(())
    });
    let state = browser.evaluate(
        "JSON.stringify({ ...document.body.dataset, text: document.body.innerText.slice(0, 500) })",
    );
    assert!(
        found.is_some(),
        "waited {LIMIT:?} for {expression}, which is {seen}, on {state}; {:?}",
        browser.complaints()
    );
}

/// Waits until the page shows this view, live.
#[track_caller]
fn shows(browser: &mut Browser, view: &str) {
    let shown = format!(
        "document.body.dataset.connection === 'live' && document.body.dataset.view === '{view}' \
         && document.querySelector('main').children.length > 0 \
         && !document.querySelector('main > .message[role=alert]')"
    );
    until(browser, &shown);
}

/// Waits until the page is in this state with the server.
#[track_caller]
fn is(browser: &mut Browser, state: &str) {
    until(browser, &format!("document.body.dataset.connection === '{state}'"));
}

/// What the page complained of, but for what a test means to bring about.
fn complaints(browser: &Browser, meant: &[&str]) -> Vec<String> {
    let is_meant = |complaint: &&String| !meant.iter().any(|word| complaint.contains(word));
    browser.complaints().iter().filter(is_meant).cloned().collect()
}

const NO_COMPLAINTS: [String; 0] = [];

/// What browsers say of requests to a server that is killed, is gone, or begins.
const OF_A_KILL: [&str; 5] = [
    "ERR_CONNECTION_RESET",
    "ERR_CONNECTION_REFUSED",
    "ERR_EMPTY_RESPONSE",
    "ERR_INCOMPLETE_CHUNKED",
    "503 (Service Unavailable)",
];

#[test]
fn every_address_shows_its_view_and_asks_nobody_else() {
    let Some(mut browser) = browser("the page's addresses") else { return };
    let server = Server::demo().start();
    let url = server.url();
    for (path, view) in VIEWS {
        browser.open(&format!("{url}{path}"));
        shows(&mut browser, view);
        browser.reload();
        shows(&mut browser, view);
        let title = browser.evaluate("document.title");
        assert!(title.as_str().unwrap().ends_with("Intergalactic Trade Network"), "{title}");
    }
    // Links do not load the page anew, and the way back leads where one was.
    browser.open(&format!("{url}/stations"));
    shows(&mut browser, "stations");
    browser.evaluate("window.isTheSame = true");
    for (path, view) in [("/trades", "trades"), ("/feed", "feed")] {
        browser.evaluate(&format!("document.querySelector('nav a[href=\"{path}\"]').click()"));
        shows(&mut browser, view);
    }
    for view in ["trades", "stations"] {
        browser.evaluate("history.back()");
        shows(&mut browser, view);
    }
    browser.evaluate("history.forward()");
    shows(&mut browser, "trades");
    assert_eq!(browser.evaluate("window.isTheSame"), true);

    assert_eq!(complaints(&browser, &[]), NO_COMPLAINTS, "the page complains");
    let requests = browser.requests();
    let of_server = |at: &&String| at.starts_with(&format!("{url}/"));
    let elsewhere: Vec<_> = requests.iter().filter(|at| !of_server(at)).collect();
    assert!(elsewhere.iter().all(|at| at.starts_with("blob:")), "{elsewhere:?}");
    // The worker's requests are among them.
    assert!(requests.iter().any(|at| at.contains("/api/updates/real-time?snapshot=")));
}

/// Types a key into the dialog that asks for it.
fn sign_in(browser: &mut Browser, key: &str) {
    is(browser, "signed-out");
    until(browser, "document.activeElement?.closest('dialog[open]') !== null");
    browser.evaluate("document.activeElement.select()");
    browser.type_text(key);
    browser.press("Enter");
}

#[test]
fn one_signs_in_by_a_key_that_no_script_can_read() {
    let Some(mut browser) = browser("signing in") else { return };
    let folder = Folder::new();
    let mut server = Server::start(&folder.data());
    given::market(&mut server.client());
    let (address, url) = (server.address().to_string(), server.url());
    browser.open(&url);
    sign_in(&mut browser, "itn_ffffffffffffffffffffffffffffffff");
    until(&mut browser, "document.querySelector('dialog [role=alert]').textContent !== ''");
    assert!(browser.cookies(&url).is_empty());
    sign_in(&mut browser, ADMIN_KEY);
    is(&mut browser, "live");
    until(&mut browser, "!document.querySelector('dialog[open]')");

    let cookies = browser.cookies(&url);
    let [cookie] = &cookies[..] else { panic!("{cookies:?}") };
    assert_eq!(
        (&cookie["name"], &cookie["httpOnly"], &cookie["sameSite"], &cookie["session"]),
        (&json!("itn_session"), &json!(true), &json!("Strict"), &json!(true))
    );
    let readable = "document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage })";
    assert_eq!(browser.evaluate(readable), "{}");
    assert!(!cookie.to_string().contains(ADMIN_KEY));
    let page = browser.evaluate("document.documentElement.outerHTML + location.href");
    assert!(!page.as_str().unwrap().contains(ADMIN_KEY));
    // What the key may, the page may.
    let put = "fetch('/api/traders/by-page', { method: 'PUT', body: JSON.stringify({ name: 'P' }), \
               headers: { 'content-type': 'application/json' } }).then((answer) => answer.status)";
    assert_eq!(browser.evaluate(put), 201);

    // All of the page is there.
    until(&mut browser, "document.querySelector('.map-labels span') !== null");
    // A server that was away knows nobody; what happened meanwhile is all there afterwards.
    server.kill();
    server = Server::options(&folder.data()).listen(&address).start();
    server.client().post("/api/trades", &bodies::trade()).expect(201);
    sign_in(&mut browser, ADMIN_KEY);
    is(&mut browser, "live");
    is_told(&mut browser, &mut server.client());

    browser.evaluate(
        "fetch('/api/session', { method: 'DELETE' }).then(() => itn.connection.restart())",
    );
    is(&mut browser, "signed-out");
    assert!(browser.cookies(&url).is_empty());
    let meant = [&OF_A_KILL[..], &["401 (Unauthorized)"]].concat();
    assert_eq!(complaints(&browser, &meant), NO_COMPLAINTS, "the page complains");
}

/// Another port is of the same site, so its pages send the cookie along.
#[test]
fn the_pages_of_another_port_get_nothing_by_the_cookie() {
    let Some(mut browser) = browser("pages of another port") else { return };
    let folders = [Folder::new(), Folder::new()];
    let [server, other] = [0, 1].map(|which: usize| Server::start(&folders[which].data()));
    given::market(&mut server.client());
    browser.open(&server.url());
    sign_in(&mut browser, ADMIN_KEY);
    is(&mut browser, "live");
    let opens = |browser: &mut Browser| {
        let expression = format!(
            "new Promise((resolve) => {{
                const socket = new WebSocket('ws://{}/api/updates/real-time?topic=trade');
                socket.onopen = () => {{ socket.close(); resolve(true); }};
                socket.onerror = () => resolve(false);
            }})",
            server.address()
        );
        browser.evaluate(&expression) == true
    };
    let asked = |browser: &mut Browser, options: &str| {
        let path = format!("{}/api/stream-tokens", server.url());
        let expression =
            format!("fetch('{path}', {options}).then((answer) => answer.status, () => 'refused')");
        browser.evaluate(&expression)
    };
    let post = "{ method: 'POST', credentials: 'include' }";
    assert!(opens(&mut browser));
    assert_eq!(asked(&mut browser, post), 201);

    browser.open(&other.url());
    is(&mut browser, "signed-out");
    assert!(!opens(&mut browser));
    assert_eq!(asked(&mut browser, post), "refused");
    assert_eq!(asked(&mut browser, "{ credentials: 'include' }"), "refused");
}

#[test]
fn a_trade_that_is_posted_appears_in_the_feed() {
    let Some(mut browser) = browser("the feed") else { return };
    let folder = Folder::new();
    let server = open_market(&folder);
    browser.open(&format!("{}/feed", server.url()));
    shows(&mut browser, "feed");
    let is_shown = "/\\b7\\D?919\\b/.test(document.querySelector('main').innerText)";
    assert_eq!(browser.evaluate(is_shown), false);
    let trade = bodies::with(bodies::trade(), &json!({ "lines": [bodies::line(7_919)] }));
    server.client().post("/api/trades", &trade).expect(201);
    until(&mut browser, is_shown);
    assert_eq!(complaints(&browser, &[]), NO_COMPLAINTS, "the page complains");
}

#[test]
fn the_map_of_the_demo_has_ships_that_move() {
    let Some(mut browser) = browser("the map") else { return };
    let server = Server::demo().start();
    browser.open(&server.url());
    shows(&mut browser, "map");
    until(&mut browser, "itn.model.stations.size > 0 && itn.model.shipments.size > 0");
    let map = "document.querySelector('main canvas')";
    until(&mut browser, &format!("{map} !== null && {map}.width > 0 && {map}.height > 0"));
    // Names are written beside what is drawn.
    until(&mut browser, "document.querySelector('.map-labels span') !== null");
    // What a person sees of it, and sees change.
    let frame = format!(
        "(({{ x, y, width, height }}) => ({{ x, y, width, height }}))\
                         ({map}.getBoundingClientRect())"
    );
    let frame = browser.evaluate(&frame);
    let first = browser.screenshot(Some(&frame));
    wait::until("a map that moves", LIMIT, || {
        (browser.screenshot(Some(&frame)) != first).then_some(())
    });
    let picture = browser.screenshot(Some(&frame));
    assert_eq!(complaints(&browser, &[]), NO_COMPLAINTS, "the page complains");
    browser.open("about:blank");
    let colours = browser.evaluate(&format!("({COLOURS_OF_PICTURE})('{picture}')"));
    assert!(colours.as_u64() >= Some(8), "{colours} colours in the picture");
}

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

/// What the page has counted, from the state that it began with and every event since.
const COUNTED: &str = "(() => {
    const { sequence, counts, shipments, stations } = itn.model;
    const counted = NAMES.map((name) => counts[name]);
    const statuses = [...shipments.values()].map(({ id, status }) => [id, status]).sort();
    return { sequence, counted, statuses, stations: [...stations.keys()].sort() };
})()";

/// The numbers that events change by themselves.
const NAMES: [&str; 10] = [
    "events",
    "tradesSettled",
    "tradedValue",
    "openShipments",
    "shipments",
    "openAlerts",
    "stations",
    "commodities",
    "traders",
    "vessels",
];

/// What the page should have counted, by the journal.
fn counted(client: &mut Client) -> Value {
    let network = client.get("/api/network").expect(200).json();
    let counted = NAMES.map(|name| network["counts"][name].clone());
    let items = |client: &mut Client, path: &str| {
        let list = client.get(path).expect(200).json();
        assert_eq!(list["nextCursor"], Value::Null, "{path}: more than a page");
        list["items"].as_array().unwrap().clone()
    };
    let shipments = items(client, "/api/cargo?limit=1000");
    let mut statuses: Vec<_> = shipments
        .iter()
        .map(|item| [item["shipmentId"].as_str().unwrap(), item["status"].as_str().unwrap()])
        .collect();
    statuses.sort_unstable();
    let stations = items(client, "/api/stations?limit=1000");
    let mut stations: Vec<_> = stations.iter().map(|item| item["id"].as_str().unwrap()).collect();
    stations.sort_unstable();
    json!({
        "sequence": network["sequence"], "counted": counted, "statuses": statuses,
        "stations": stations
    })
}

/// Waits until the page has everything, and holds it against the journal.
#[track_caller]
fn is_told(browser: &mut Browser, client: &mut Client) {
    let expected = counted(client);
    until(browser, &format!("itn.model.sequence >= {}", expected["sequence"]));
    let names = format!("{NAMES:?}");
    assert_eq!(browser.evaluate(&COUNTED.replace("NAMES", &names)), expected);
}

/// Trades, and shipments that leave.
fn happen(client: &mut Client, times: usize) {
    for _ in 0..times {
        client.post("/api/trades", &bodies::trade()).expect(201);
        let booked = client.post("/api/cargo", &bodies::shipment()).expect(201).json();
        let path = format!("/api/cargo/{}/events", booked["shipmentId"].as_str().unwrap());
        client.post(&path, &json!({ "type": "departed" })).expect(201);
    }
}

#[test]
fn a_page_whose_server_was_killed_resumes_with_nothing_missed() {
    let Some(mut browser) = browser("resuming") else { return };
    let folder = Folder::new();
    let mut server = open_market(&folder);
    let address = server.address().to_string();
    happen(&mut server.client(), 3);
    browser.open(&format!("{}/feed", server.url()));
    is(&mut browser, "live");
    is_told(&mut browser, &mut server.client());
    for _ in 0..2 {
        happen(&mut server.client(), 10);
        // Whatever of it has arrived, the rest is not lost.
        server.kill();
        is(&mut browser, "reconnecting");
        let options = Server::options(&folder.data()).env("ITN_ANONYMOUS", "true");
        server = options.listen(&address).start();
        let mut client = server.client();
        let sequence = given::sequence(&mut client);
        given::station(&mut client, &format!("station-{sequence}"));
        happen(&mut client, 10);
        is(&mut browser, "live");
        is_told(&mut browser, &mut client);
    }
    // It followed the events, and did not begin anew.
    let begun = browser.requests().iter().filter(|at| at.contains("snapshot="));
    assert_eq!(begun.count(), 1);
    assert_eq!(complaints(&browser, &OF_A_KILL), NO_COMPLAINTS, "the page complains");
}

#[test]
fn the_tabs_of_a_browser_share_one_stream() {
    let Some(mut browser) = browser("tabs") else { return };
    let folder = Folder::new();
    let server = open_market(&folder);
    let mut client = server.client();
    let readers = |client: &mut Client, expected: u64| {
        wait::until(&format!("{expected} readers"), LIMIT, || {
            let network = client.get("/api/network").expect(200).json();
            (network["counts"]["readers"] == expected).then_some(())
        });
    };
    browser.open(&server.url());
    is(&mut browser, "live");
    for path in ["/trades", "/feed"] {
        browser.open_tab();
        browser.open(&format!("{}{path}", server.url()));
        is(&mut browser, "live");
    }
    happen(&mut client, 3);
    for tab in 0..3 {
        browser.switch(tab);
        is_told(&mut browser, &mut client);
    }
    readers(&mut client, 1);
    // The stream outlives the tab that began it, and no tab that is left.
    browser.open_tab();
    browser.switch(0);
    browser.close_tab();
    readers(&mut client, 1);
    happen(&mut client, 3);
    browser.switch(1);
    is_told(&mut browser, &mut client);
    browser.close_tab();
    browser.switch(2);
    is_told(&mut browser, &mut client);
    readers(&mut client, 1);
    browser.close_tab();
    readers(&mut client, 0);
    assert_eq!(complaints(&browser, &[]), NO_COMPLAINTS, "the page complains");
}
