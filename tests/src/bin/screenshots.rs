//! Pictures of every view of the dashboard, in both themes and three sizes, to be looked at:
//! `scripts/screenshots`.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs, io};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use itn_tests::browser::{self, Browser};
use itn_tests::{Folder, Server, process, wait};

/// How long anything may take that is waited for; the demo starts with no ship under way.
const LIMIT: Duration = Duration::from_mins(2);

const SIZES: [(&str, u32, u32); 3] =
    [("desk", 1440, 900), ("wall", 1920, 1080), ("phone", 390, 844)];
const THEMES: [&str; 2] = ["dark", "light"];

/// What the demo is looked at by: a name, an address, and what is done there first.
const OF_THE_DEMO: [(&str, &str, &str); 12] = [
    ("map", "/", ""),
    ("map-flat", "/?flat=1", ""),
    ("station", "/?station=earth&commodity=water-ice", ""),
    ("shipment", "/?shipment=SHIPMENT", ""),
    ("stations", "/stations", ""),
    ("ships", "/ships", ""),
    ("trades", "/trades", ""),
    ("markets", "/markets", ""),
    ("rankings", "/rankings", ""),
    ("lanes", "/lanes", ""),
    ("feed", "/feed", ""),
    ("wall", "/wall", ""),
];
/// Its last moment: the server is gone.
const DISCONNECTED: &str = "disconnected";
/// A network in which nothing is yet, and one that asks who one is.
const EMPTY: &str = "empty";
const SIGNED_OUT: &str = "signed-out";

/// What makes the demo worth looking at.
const IS_LIVELY: &str = "[...itn.model.shipments.values()]
    .filter(({ status }) => status === 'in_transit').length >= 25";
/// The ship whose picture is taken: the first that is under way.
const SHIPMENT: &str = "[...itn.model.shipments.values()]
    .filter(({ status }) => status === 'in_transit').map(({ id }) => id).sort()[0]";
/// Fonts are there, and what is there was drawn.
const IS_DRAWN: &str = "document.fonts.ready.then(() => new Promise((resolve) =>
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)))))";

/// What the view asked for is there: numbers are known, and nothing says that it is waited for.
const IS_FILLED: &str = "itn.model.isLoaded
    && !/Loading|Reading/.test(document.querySelector('main').innerText)
    && document.querySelector('main').children.length > 0
    && (document.body.dataset.view !== 'map'
        || (document.querySelector('.numbers .value')?.textContent ?? '–') !== '–')
    && document.querySelector('[data-view=stations] tbody td:last-child')?.textContent !== '–'";

const HAS_MAP: &str = "document.querySelector('.home-map canvas') !== null";

struct Camera {
    browser: Browser,
    folder: PathBuf,
    /// The names that are wanted; all if there are none.
    names: Vec<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let program = browser::program().ok_or("there is no chromium on this machine")?;
    let folder = process::repository().join("target/screenshots");
    let names: Vec<_> = env::args().skip(1).collect();
    if names.is_empty() && folder.exists() {
        // Pictures of views that are no more would be looked at.
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut camera = Camera { browser: Browser::start(&program), folder, names };
    camera.demo()?;
    camera.rest()
}

impl Camera {
    fn demo(&mut self) -> Result<(), Box<dyn Error>> {
        if !self.wants(DISCONNECTED) && !OF_THE_DEMO.iter().any(|(name, ..)| self.wants(name)) {
            return Ok(());
        }
        let server = Server::demo().start();
        let url = server.url();
        self.browser.open(&url);
        self.until("document.body.dataset.connection === 'live'");
        self.until(IS_LIVELY);
        let shipment = self.browser.evaluate(SHIPMENT);
        let shipment = shipment.as_str().ok_or("no ship is under way")?;
        for (name, path, act) in OF_THE_DEMO {
            let url = format!("{url}{}", path.replace("SHIPMENT", shipment));
            self.take(name, &url, "live", act)?;
        }
        if self.wants(DISCONNECTED) {
            self.browser.open(&url);
            self.until("document.body.dataset.connection === 'live'");
            // What it has not read by now it could not show.
            self.until(IS_FILLED);
            self.until(HAS_MAP);
            server.kill();
            self.until("document.body.dataset.connection === 'reconnecting'");
            self.each_size(DISCONNECTED)?;
        }
        Ok(())
    }

    fn rest(&mut self) -> Result<(), Box<dyn Error>> {
        for (name, anonymous, state) in
            [(EMPTY, "true", "live"), (SIGNED_OUT, "false", "signed-out")]
        {
            if self.wants(name) {
                let folder = Folder::new();
                let server =
                    Server::options(&folder.data()).env("ITN_ANONYMOUS", anonymous).start();
                self.take(name, &server.url(), state, "")?;
            }
        }
        Ok(())
    }

    fn wants(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|wanted| wanted == name)
    }

    /// Pictures of an address, loaded anew for each.
    fn take(&mut self, name: &str, url: &str, state: &str, act: &str) -> io::Result<()> {
        if !self.wants(name) {
            return Ok(());
        }
        for (size, width, height) in SIZES {
            for theme in THEMES {
                self.browser.resize(width, height);
                self.browser.prefer(theme);
                self.browser.open(url);
                self.until(&format!("document.body.dataset.connection === '{state}'"));
                if name != SIGNED_OUT {
                    self.until(IS_FILLED);
                }
                self.browser.evaluate(act);
                self.browser.settle();
                self.keep(&format!("{name}-{size}-{theme}"))?;
            }
        }
        Ok(())
    }

    /// Pictures of the page as it is.
    fn each_size(&mut self, name: &str) -> io::Result<()> {
        for (size, width, height) in SIZES {
            for theme in THEMES {
                self.browser.resize(width, height);
                self.browser.prefer(theme);
                self.keep(&format!("{name}-{size}-{theme}"))?;
            }
        }
        Ok(())
    }

    fn keep(&mut self, name: &str) -> io::Result<()> {
        self.until(IS_DRAWN);
        let picture = self.browser.screenshot(None);
        let bytes = BASE64_STANDARD.decode(picture).map_err(io::Error::other)?;
        let path = self.folder.join(format!("{name}.png"));
        fs::write(&path, bytes)?;
        writeln!(io::stdout(), "{}", path.display())
    }

    fn until(&mut self, expression: &str) {
        wait::until(expression, LIMIT, || {
            (self.browser.evaluate(expression) == true).then_some(())
        });
    }
}
