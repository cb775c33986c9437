//! What a frame of the page costs its own script, and how much memory it keeps, minute by minute,
//! beside the large demo: `scripts/frames [MINUTES] [RATE]`.
//!
//! The script's time is what `app.js` measures around each frame: events folded, everything drawn,
//! the calls to the graphics processor made. How long the browser then takes to draw is not in it; on
//! a machine without one the pace of frames says how long that is.

use std::error::Error;
use std::io::Write;
use std::time::{Duration, Instant};
use std::{env, io, thread};

use itn_tests::browser::{self, Browser};
use itn_tests::{Server, wait};

const LIMIT: Duration = Duration::from_mins(3);
const SAMPLE_EVERY: Duration = Duration::from_secs(5);
const SAMPLES_A_MINUTE: u32 = 12;
const IS_FULL: &str = "document.body.dataset.connection === 'live'
    && itn.model.stations.size >= 4500 && itn.model.shipments.size >= 19000";
/// Frames and their milliseconds since the last time, the longest, the position, and megabytes.
const SAMPLE: &str = "(() => {
    const { spent, model } = itn;
    const told = [spent.frames, spent.sum, spent.max, model.sequence,
        performance.memory.usedJSHeapSize / 2 ** 20, model.shipments.size];
    Object.assign(spent, { frames: 0, sum: 0, max: 0 });
    return told;
})()";

fn main() -> Result<(), Box<dyn Error>> {
    let mut given = env::args().skip(1);
    let mut number = |default: &str| given.next().unwrap_or_else(|| default.to_owned());
    let (minutes, rate) = (number("10").parse::<u32>()?, number("1000"));
    let program = browser::program().ok_or("there is no chromium on this machine")?;
    let mut options = Server::demo();
    for (name, value) in [
        ("ITN_DEMO_SCALE", "large"),
        ("ITN_DEMO_RATE", rate.as_str()),
        ("ITN_DEMO_QUIET_STORY", "true"),
    ] {
        options = options.env(name, value);
    }
    let server = options.start();
    let mut browser = Browser::start(&program);
    browser.resize(1440, 900);
    browser.open(&server.url());
    wait::until("a full galaxy", LIMIT, || (browser.evaluate(IS_FULL) == true).then_some(()));
    let mut out = io::stdout();
    writeln!(
        out,
        "| minute | events/s | frames/s | script ms a frame | longest | MiB at least | ships |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|")?;
    let mut last = sample(&mut browser)?;
    for minute in 1..=minutes {
        let began = Instant::now();
        let (mut frames, mut spent, mut longest, mut floor) = (0.0, 0.0, 0.0_f64, f64::MAX);
        let before = last[3];
        for _ in 0..SAMPLES_A_MINUTE {
            thread::sleep(SAMPLE_EVERY);
            last = sample(&mut browser)?;
            frames += last[0];
            spent += last[1];
            longest = longest.max(last[2]);
            floor = floor.min(last[4]);
        }
        let seconds = began.elapsed().as_secs_f64();
        writeln!(
            out,
            "| {minute} | {:.0} | {:.1} | {:.2} | {longest:.1} | {floor:.0} | {:.0} |",
            (last[3] - before) / seconds,
            frames / seconds,
            spent / frames,
            last[5],
        )?;
    }
    Ok(())
}

fn sample(browser: &mut Browser) -> Result<Vec<f64>, Box<dyn Error>> {
    let told = browser.evaluate(SAMPLE);
    let numbers = told.as_array().ok_or("the page tells nothing")?.iter();
    numbers.map(|one| one.as_f64().ok_or_else(|| "not a number".into())).collect()
}
