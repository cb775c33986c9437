//! Power loss, failing syncs and full disks. A kill leaves the page cache as it was, so only a disk
//! that forgets what was not synced shows whether an acknowledgement waits for its sync.

use std::fs;
use std::os::unix::fs::FileExt;
use std::thread;
use std::time::Duration;

use itn_tests::client::Request;
use itn_tests::disk::{Disk, Fault, Syncs};
use itn_tests::load::{self, Attempt, Load, Outcome, Weight};
use itn_tests::random::Seed;
use itn_tests::{Server, bodies, given, server, wait};
use serde_json::json;

/// Power losses in a row, each on what the one before left.
const POWER_LOSSES: u64 = 6;
/// A log of this length has been copied in part: a step is due every 4 MiB.
const COPIED_BYTES: u64 = 10 * 1024 * 1024;
/// For the log to grow to its 64 MiB, on a busy machine.
const GROWTH_LIMIT: Duration = Duration::from_mins(2);
/// A server that must end by itself is given this long.
const END_LIMIT: Duration = Duration::from_secs(20);

/// Runs a server under load on a disk with these syncs until the power fails, at a random moment, then
/// starts it on what the disk has, and says whether everything acknowledged is there.
fn lose_power(seed: &Seed, disk: &Disk, syncs: Syncs, round: u64) -> Result<(), String> {
    // Not a wait for anything: this is the random moment.
    let moment = || thread::sleep(Duration::from_millis(100 + seed.random(round).below(400)));
    lose_power_at(seed, disk, syncs, round, Weight::Light, moment)
}

/// The same, with commands of this weight, at a moment of the caller's.
fn lose_power_at(
    seed: &Seed,
    disk: &Disk,
    syncs: Syncs,
    round: u64,
    weight: Weight,
    moment: impl FnOnce(),
) -> Result<(), String> {
    let running = disk.power_loss_server(syncs).start();
    if round == 0 {
        given::market(&mut running.client());
    }
    let load = Load::start(
        4,
        &format!("p{round}"),
        weight,
        || running.client(),
        |writer| seed.random(1_000 + round * 10 + writer),
    );
    load.until_acknowledged();
    moment();
    running.kill();
    let mut attempts = load.finish();
    let acknowledged = |a: &&Attempt| matches!(a.outcome, Outcome::Acknowledged { .. });
    assert!(attempts.iter().filter(acknowledged).count() > 0, "the load did nothing");

    // What the disk has is now what there is; the process's view of it is gone with the power.
    fs::remove_dir_all(disk.data()).unwrap();
    copy(&disk.image(), &disk.data());
    let restarted = disk.plain_server().try_start();
    let restarted = restarted.map_err(|ended| format!("does not start again: {}", ended.said()))?;
    let mut client = restarted.client();
    let alive = client.get("/api/stations/ceres").status();
    if alive != 200 {
        return Err(format!("the network itself is gone: {alive}"));
    }
    load::retry_unanswered(&mut client, &mut attempts);
    load::check(&mut client, &format!("p{round}-"), &attempts)?;
    given::assert_balanced(&mut restarted.client());
    restarted.stop();
    // The next power loss begins from here: all of it is on the disk.
    fs::remove_dir_all(disk.image()).unwrap();
    copy(&disk.data(), &disk.image());
    server::state_hash(&disk.data());
    Ok(())
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn power_loss_takes_nothing_acknowledged() {
    let seed = Seed::new();
    let disk = Disk::new();
    for round in 0..POWER_LOSSES {
        lose_power(&seed, &disk, Syncs::Honest, round)
            .unwrap_or_else(|wrong| panic!("power loss {round}: {wrong}"));
    }
}

/// The write-ahead log is copied into the database as it grows, and starts again from its beginning
/// when it is long: two moments at which what is where changes.
#[test]
fn power_loss_while_the_log_is_copied_and_begun_again_takes_nothing() {
    let seed = Seed::new();
    let disk = Disk::new();
    let wal = disk.data().join("journal.db-wal");
    // The salt in the log's header is another each time it begins (SQLite's file format, 4.1).
    let salt = || {
        let mut salt = [0; 8];
        fs::File::open(&wal).unwrap().read_exact_at(&mut salt, 16).unwrap();
        salt
    };
    let length = || fs::metadata(&wal).map_or(0, |file| file.len());
    let copied = || {
        wait::until("the log to grow", GROWTH_LIMIT, || (length() > COPIED_BYTES).then_some(()));
    };
    let begun = || {
        wait::until("the log to grow", GROWTH_LIMIT, || (length() > COPIED_BYTES).then_some(()));
        let first = salt();
        wait::until("the log to begin again", GROWTH_LIMIT, || (salt() != first).then_some(()));
        // Not a wait for anything: some of the new log, or none.
        thread::sleep(Duration::from_millis(seed.random(9).below(30)));
    };
    lose_power_at(&seed, &disk, Syncs::Honest, 0, Weight::Heavy, copied)
        .unwrap_or_else(|wrong| panic!("while copied: {wrong}"));
    lose_power_at(&seed, &disk, Syncs::Honest, 1, Weight::Heavy, begun)
        .unwrap_or_else(|wrong| panic!("when begun again: {wrong}"));
}

/// A killed server can leave commits that were never synced. Whoever opens the journal next says what
/// is in it, and notes how far it goes: so it must be on the disk first, also while a reader keeps the
/// log from being copied.
#[test]
fn what_a_killed_server_left_is_synced_before_it_is_shown() {
    let disk = Disk::new();
    let founded = disk.power_loss_server(Syncs::Honest).start();
    given::market(&mut founded.client());
    founded.stop();
    // On what is in the database itself: so none of the log can be copied over it.
    let reader = rusqlite::Connection::open(disk.data().join("journal.db")).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    let tables = "SELECT count(*) FROM sqlite_schema";
    assert!(reader.query_row(tables, (), |row| row.get::<_, i64>(0)).unwrap() > 0);

    let killed = disk.power_loss_server(Syncs::LostInWal).start();
    let mut client = killed.client();
    let trade = client.post("/api/trades", &bodies::trade()).expect(201).json();
    killed.kill();
    let mut verify = disk.power_loss_verify();
    wait::until("verify to say what there is", GROWTH_LIMIT, || {
        (verify.has_ended() || verify.stdout().contains("state hash")).then_some(())
    });
    let shown = verify.kill().stdout;
    assert!(shown.contains("state hash"), "{shown}");
    drop(reader);

    fs::remove_dir_all(disk.data()).unwrap();
    copy(&disk.image(), &disk.data());
    let after = server::verify(&disk.data()).stdout;
    let hash =
        |said: &str| said.lines().find(|line| line.contains("state hash")).map(str::to_owned);
    assert_eq!(hash(&after), hash(&shown), "verify showed what the disk does not have");
    let restarted = disk.plain_server().start();
    let path = format!("/api/trades/{}", trade["transactionId"].as_str().unwrap());
    restarted.client().get(&path).expect(200);
    restarted.stop();
}

/// The control: were the syncs left out, the test above would say so.
#[test]
fn power_loss_without_syncs_is_noticed() {
    let seed = Seed::new();
    for syncs in [Syncs::Lost, Syncs::LostInWal] {
        let disk = Disk::new();
        // What was there before is on the disk; it is the second life that is lost.
        lose_power(&seed, &disk, Syncs::Honest, 0).unwrap_or_else(|wrong| panic!("{wrong}"));
        let lost = lose_power(&seed, &disk, syncs, 1);
        assert!(lost.is_err(), "{syncs:?}: acknowledged changes survived without a sync");
    }
}

/// Writes until the disk goes wrong and the server has ended by itself; then everything
/// acknowledged is there on a disk that works.
#[track_caller]
fn fails_stop(fault: Fault, words: &[&str]) {
    let seed = Seed::new();
    let disk = Disk::new();
    let mut running = disk.failing_server(fault).start();
    given::market(&mut running.client());
    let load =
        Load::start(4, "f", Weight::Light, || running.client(), |writer| seed.random(writer));
    let mut client = running.client();
    let start = given::sequence(&mut client);
    wait::until("the load to be under way", END_LIMIT, || {
        (given::sequence(&mut client) > start + 20).then_some(())
    });
    disk.trip();
    wait::until("the server to end by itself", END_LIMIT, || {
        running.process().has_ended().then_some(())
    });
    wait::until("the writers to notice", END_LIMIT, || load.has_ended().then_some(()));
    let mut attempts = load.finish();
    let ended = running.wait(END_LIMIT);
    assert!(
        ended.status.code().is_some_and(|code| code != 0),
        "{}: {}",
        ended.status,
        ended.stderr
    );
    let said = ended.stderr.to_lowercase();
    assert!(words.iter().any(|word| said.contains(word)), "none of {words:?} in: {}", ended.stderr);

    let restarted = disk.plain_server().start();
    let mut client = restarted.client();
    load::retry_unanswered(&mut client, &mut attempts);
    load::check(&mut client, "f-", &attempts).unwrap_or_else(|wrong| panic!("{wrong}"));
    given::assert_balanced(&mut client);
    restarted.stop();
    server::state_hash(&disk.data());
}

#[test]
fn a_failed_sync_stops_the_server() {
    fails_stop(Fault::Sync, &["sync", "i/o error", "input/output error"]);
}

#[test]
fn a_full_disk_stops_the_server() {
    fails_stop(Fault::Full, &["full", "no space", "short write"]);
}

#[test]
fn a_sync_that_fails_at_any_point_of_the_first_start_is_fatal_and_harms_nothing() {
    let mut fatal_count = 0;
    for number in 1..=14 {
        let disk = Disk::new();
        let mut acknowledged = Vec::new();
        match disk.server_failing_at_sync(number).try_start() {
            Err(ended) => {
                assert!(ended.code() > 0, "sync {number}: {}", ended.status);
                assert!(!ended.stderr.is_empty(), "sync {number}: ended without a word");
                fatal_count += 1;
            }
            Ok(mut running) => {
                let refused;
                (acknowledged, refused) = stations_until_refused(&mut running);
                if refused {
                    let ended = running.wait(END_LIMIT);
                    assert!(ended.code() > 0, "sync {number}: {}", ended.status);
                    fatal_count += 1;
                } else {
                    // It was of the views' store, which is only a cache: nothing may be lost by it.
                    running.kill();
                }
            }
        }
        let restarted = disk.plain_server().start();
        for id in acknowledged {
            restarted.client().get(&format!("/api/stations/{id}")).expect(200);
        }
        restarted.stop();
        server::state_hash(&disk.data());
    }
    assert!(fatal_count >= 10, "only {fatal_count} of these syncs were the journal's");
}

/// Makes up to a hundred stations, until the server stops answering; returns those it acknowledged,
/// and whether it stopped.
fn stations_until_refused(running: &mut Server) -> (Vec<String>, bool) {
    let mut client = running.client();
    let mut acknowledged = Vec::new();
    for number in 0..100 {
        let id = format!("s{number}");
        let path = format!("/api/stations/{id}");
        let request = Request::json("PUT", &path, &bodies::station(&id));
        match client.try_send(&request).map(|response| response.status()) {
            Ok(201) => acknowledged.push(id),
            Ok(status) => assert!(status >= 500, "{status}"),
            Err(_) => return (acknowledged, true),
        }
    }
    (acknowledged, false)
}

#[test]
fn below_the_floor_of_free_space_writes_are_refused_and_reads_go_on() {
    // A floor that no disk reaches stands for a disk that is nearly full.
    const FLOOR: &str = "1000000000000000";
    let (server, mut client, folder) = given::open_market();
    let trade = client.post("/api/trades", &bodies::trade()).expect(201).json();
    let before = given::sequence(&mut client);
    server.stop();

    let server = Server::options(&folder.data()).env("ITN_FREE_SPACE_MIN", FLOOR).start();
    let mut client = server.client();
    let bulk = json!({ "type": "trade", "data": bodies::trade() });
    let writes = [
        Request::json("POST", "/api/trades", &bodies::trade()),
        Request::json("POST", "/api/cargo", &bodies::shipment()),
        Request::json("PUT", "/api/stations/new", &bodies::station("new")),
    ];
    for request in writes {
        let refusal = client.send(&request).expect(503);
        assert_eq!(refusal.code(), "low_space");
        assert!(refusal.header("retry-after").is_some());
    }
    let answer = client.send(&Request::lines("/api/events", &[bulk]));
    let line = answer.text();
    assert!(line.contains("low_space"), "{} {line}", answer.status());
    let trade = format!("/api/trades/{}", trade["transactionId"].as_str().unwrap());
    let reads =
        ["/api/inventory/ceres", "/api/trades", "/api/events?after=0", "/api/audit", &trade];
    for path in reads {
        client.get(path).expect(200);
    }
    assert_eq!(given::sequence(&mut client), before);
    server.stop();

    let server = Server::start(&folder.data());
    server.client().post("/api/trades", &bodies::trade()).expect(201);
}
