//! What the page costs its browser beside the large demo, minute by minute, and how soon it is there:
//! `scripts/frames [MINUTES] [RATE] [SELECTED]`. With `station`, its busiest station is selected all the time.
//!
//! A frame's script is what `app.js` measures around each frame: everything drawn, the calls to the
//! graphics processor made. Events are folded between frames, as they come: that is measured apart
//! (`connection.js`), and so is the worker that reads the stream (`hub.js`). Beside both stands the
//! time of all script of the page as the browser itself counts it, which leaves nothing out. How long
//! the browser then takes to draw is in none of them; on a machine without a graphics processor the
//! pace of frames says how long that is.

use std::error::Error;
use std::io::Write;
use std::time::{Duration, Instant};
use std::{env, io, thread};

use itn_tests::browser::{self, Browser};
use itn_tests::{Server, wait};
use serde_json::Value;

const LIMIT: Duration = Duration::from_mins(3);
const SAMPLE_EVERY: Duration = Duration::from_secs(5);
const SAMPLES_A_MINUTE: u32 = 12;
const LOADS: usize = 7;
const IS_FULL: &str = "document.body.dataset.connection === 'live'
    && itn.model.stations.size >= 4500 && itn.model.shipments.size >= 19000";
/// Frames and their milliseconds since the last time, the longest; the same of what is folded
/// between them; the position, megabytes and ships.
const SAMPLE: &str = "(() => {
    const { spent, model, connection } = itn;
    const fold = connection.spent;
    const told = [spent.frames, spent.sum, spent.max, fold.sum, fold.max, model.sequence,
        performance.memory.usedJSHeapSize / 2 ** 20, model.shipments.size];
    Object.assign(spent, { frames: 0, sum: 0, max: 0 });
    Object.assign(fold, { tasks: 0, sum: 0, max: 0 });
    return told;
})()";
/// Milliseconds of the worker since the last time.
const WORKER_SAMPLE: &str = "(() => {
    const { sum } = hub.spent;
    hub.spent.sum = 0;
    return sum;
})()";
/// Milliseconds from the navigation to the first text or picture.
const FIRST_PAINT: &str = "new Promise((resolve) => new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) {
        if (name === 'first-contentful-paint') resolve(startTime);
    }
}).observe({ type: 'paint', buffered: true }))";

/// The address at which the station is selected that most ships leave or make for.
const BUSIEST: &str = "(() => {
    const counts = new Map();
    for (const { origin, destination } of itn.model.shipments.values()) {
        for (const id of [origin, destination]) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    const [busiest] = [...counts].sort(([, one], [, other]) => other - one);
    return busiest ? `?station=${busiest[0]}` : null;
})()";

fn main() -> Result<(), Box<dyn Error>> {
    let mut given = env::args().skip(1);
    let mut number = |default: &str| given.next().unwrap_or_else(|| default.to_owned());
    let (minutes, rate) = (number("10").parse::<u32>()?, number("1000"));
    let selects = match number("nothing").as_str() {
        "nothing" => false,
        "station" => true,
        other => return Err(format!("`{other}`: nothing or station can be selected").into()),
    };
    let program = browser::program().ok_or("there is no chromium on this machine")?;
    let mut out = io::stdout();
    {
        let server = Server::demo().start();
        let mut browser = Browser::start(&program);
        writeln!(out, "first paint, standard demo: {}", first_paint(&mut browser, &server.url())?)?;
    }
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
    writeln!(out, "first paint, large demo: {}", first_paint(&mut browser, &server.url())?)?;
    wait::until("a full galaxy", LIMIT, || (browser.evaluate(IS_FULL) == true).then_some(()));
    if selects {
        let selected = browser.evaluate(BUSIEST);
        let selected = selected.as_str().ok_or("no ship is under way")?;
        writeln!(out, "selected: {selected}")?;
        browser.open(&format!("{}/{selected}", server.url()));
        wait::until("a full galaxy", LIMIT, || (browser.evaluate(IS_FULL) == true).then_some(()));
    }
    writeln!(
        out,
        "\n| minute | events/s | frames/s | ms a frame | longest | folding ms/s | longest \
         | all script ms/s | worker ms/s | MiB at least | ships |"
    )?;
    writeln!(out, "|{}", "---|".repeat(11))?;
    let (mut last, _) = sample(&mut browser)?;
    for minute in 1..=minutes {
        let began = Instant::now();
        let mut sums = [0.0; 4];
        let (mut longest, mut floor) = ([0.0_f64; 2], f64::MAX);
        let before = (last[5], script_seconds(&mut browser));
        for _ in 0..SAMPLES_A_MINUTE {
            thread::sleep(SAMPLE_EVERY);
            let worker;
            (last, worker) = sample(&mut browser)?;
            for (sum, value) in sums.iter_mut().zip([last[0], last[1], last[3], worker]) {
                *sum += value;
            }
            longest = [longest[0].max(last[2]), longest[1].max(last[4])];
            floor = floor.min(last[6]);
        }
        let seconds = began.elapsed().as_secs_f64();
        let script = (script_seconds(&mut browser) - before.1) * 1e3 / seconds;
        let [frames, drawing, folding, worker] = sums;
        writeln!(
            out,
            "| {minute} | {:.0} | {:.1} | {:.2} | {:.1} | {:.1} | {:.1} | {script:.1} | {:.1} \
             | {floor:.0} | {:.0} |",
            (last[5] - before.0) / seconds,
            frames / seconds,
            drawing / frames,
            longest[0],
            folding / seconds,
            longest[1],
            worker / seconds,
            last[7],
        )?;
    }
    Ok(())
}

/// Of the page as it is after some time, and what the worker spent meanwhile.
fn sample(browser: &mut Browser) -> Result<(Vec<f64>, f64), Box<dyn Error>> {
    let told = browser.evaluate(SAMPLE);
    let numbers = told.as_array().ok_or("the page tells nothing")?.iter();
    let number = |one: &Value| one.as_f64().ok_or("not a number");
    let numbers = numbers.map(number).collect::<Result<_, _>>()?;
    Ok((numbers, number(&browser.evaluate_in_worker(WORKER_SAMPLE))?))
}

/// Seconds of script that the page ran so far, by the browser's count.
fn script_seconds(browser: &mut Browser) -> f64 {
    browser.measures()["ScriptDuration"]
}

/// Loads a page some times, each time with nothing of it kept, and says when something was seen.
fn first_paint(browser: &mut Browser, url: &str) -> Result<String, Box<dyn Error>> {
    let mut took = Vec::new();
    for _ in 0..LOADS {
        // The stream of the page before ends with its worker.
        browser.open("about:blank");
        browser.clear_cache();
        browser.open(url);
        took.push(browser.evaluate(FIRST_PAINT).as_f64().ok_or("nothing was painted")?);
    }
    took.sort_by(f64::total_cmp);
    let [first, .., last] = took[..] else { return Err("no loads".into()) };
    Ok(format!("{first:.0} to {last:.0} ms, half within {:.0} ms", took[LOADS / 2]))
}
