//! A damaged journal under the real process: it refuses to start and says where, or nothing was
//! lost. (Every byte of a small journal is tried in `crates/journal`; these are samples of the whole
//! way, from a file to an exit code.)

use std::fs;
use std::path::{Path, PathBuf};

use itn_tests::random::Seed;
use itn_tests::server::{self, Folder};
use itn_tests::{Client, Server, bodies, given};
use serde_json::Value;

/// Trades in the journal, each with a reference that can be found in the file.
const TRADES: usize = 30;
/// Places tried in each file.
const FLIPS: usize = 6;

/// A data folder with some history, and what that history is.
struct History {
    folder: Folder,
    seen: Seen,
}

/// What a reader sees: all events, and the trades as a list, which comes by another way.
#[derive(PartialEq)]
struct Seen {
    events: Vec<Value>,
    trades: Value,
}

impl Seen {
    fn by(client: &mut Client) -> Self {
        let trades = client.get("/api/trades?station=ceres&limit=1000").expect(200).json();
        Self { events: given::events(client, 0), trades: trades["items"].clone() }
    }
}

impl History {
    /// `clean` says whether the server was stopped in an orderly way or killed.
    fn new(clean: bool) -> Self {
        let (server, mut client, folder) = given::open_market();
        for number in 0..TRADES {
            client.post("/api/trades", &bodies::trade_known_as(&mark(number))).expect(201);
        }
        let seen = Seen::by(&mut client);
        assert_eq!(seen.trades.as_array().map(Vec::len), Some(TRADES));
        if clean {
            server.stop();
        } else {
            server.kill();
        }
        Self { folder, seen }
    }

    /// The files that hold it: each by its name, with what is in it.
    fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        collect(&self.folder.data(), &self.folder.data(), &mut files);
        files
            .retain(|(name, bytes)| !bytes.is_empty() && !name.to_string_lossy().ends_with("-shm"));
        assert!(!files.is_empty());
        files
    }

    /// Starts a server on a copy in which one file holds something else; says whether it refused.
    /// If it did not, everything must be there.
    #[track_caller]
    fn refuses_with(&self, file: &Path, bytes: &[u8], what: &str) -> bool {
        let copy = Folder::new();
        for (name, own) in self.files() {
            let target = copy.data().join(&name);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::write(target, if name == file { bytes } else { &own }).unwrap();
        }
        let verified = server::verify(&copy.data());
        let started = Server::options(&copy.data()).try_start();
        let what = format!("{what} in {}", file.display());
        match started {
            Err(ended) => {
                assert!(ended.code() > 0, "{what}: {}", ended.status);
                assert!(says_where(&ended.stderr), "{what}: does not say where: {}", ended.stderr);
                assert!(!ended.stderr.contains("panicked"), "{what}: {}", ended.stderr);
                assert_ne!(verified.code(), 0, "{what}: verifies, but is refused");
                true
            }
            Ok(mut server) => {
                let seen = Seen::by(&mut server.client());
                let lost = seen.events.len() < self.seen.events.len();
                assert!(!lost, "{what}: lost without a word");
                assert!(seen == self.seen, "{what}: changed without a word");
                if verified.code() != 0 {
                    // A snapshot only saves time: the server does without a bad one, but says so.
                    let said = server.process().stderr();
                    let snapshot = file.starts_with("snapshots") && said.contains("snapshot");
                    assert!(snapshot, "{what}: serves what does not verify: {}", verified.said());
                }
                server.stop();
                false
            }
        }
    }
}

fn mark(number: usize) -> String {
    format!("damage-mark-{number:04}")
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            files.push((path.strip_prefix(root).unwrap().into(), fs::read(&path).unwrap()));
        }
    }
}

/// Whether a message names a place: a sequence, a batch, a row or a page with its number, or a file.
fn says_where(message: &str) -> bool {
    let message = message.to_lowercase();
    let words = ["sequence", "batch", "row", "page", "head", "journal", "snapshot", "operations"];
    words.iter().any(|word| message.contains(word))
}

/// Where the last of these bytes are.
fn last_place(bytes: &[u8], wanted: &str) -> Option<usize> {
    bytes.windows(wanted.len()).rposition(|window| window == wanted.as_bytes())
}

#[test]
fn a_flipped_byte_in_a_trade_is_never_silent() {
    for clean in [true, false] {
        let history = History::new(clean);
        let mut found = 0;
        for number in [0, TRADES / 2, TRADES - 1] {
            for (file, mut bytes) in history.files() {
                let Some(place) = last_place(&bytes, &mark(number)) else { continue };
                found += 1;
                bytes[place] ^= 0x20;
                let refused = history.refuses_with(&file, &bytes, &format!("a flip at {place}"));
                assert!(refused, "{}: a flip at {place} went unseen", file.display());
            }
        }
        assert!(found >= 3, "the trades' references are not to be found in any file");
    }
}

#[test]
fn flips_and_truncations_anywhere_lose_nothing_in_silence() {
    let seed = Seed::new();
    let mut random = seed.random(0);
    let mut refused = 0;
    for clean in [true, false] {
        let history = History::new(clean);
        for (file, bytes) in history.files() {
            for _ in 0..FLIPS {
                let (mut flipped, place) = (bytes.clone(), random.index(bytes.len()));
                flipped[place] ^= 1 << random.below(8);
                let what = format!("a flip at {place}");
                refused += usize::from(history.refuses_with(&file, &flipped, &what));
            }
            for length in [0, bytes.len() / 2, bytes.len() - 1, random.index(bytes.len())] {
                let what = format!("a cut at {length}");
                refused += usize::from(history.refuses_with(&file, &bytes[..length], &what));
            }
        }
    }
    assert!(refused > 0, "no damage at all was noticed");
}
