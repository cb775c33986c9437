//! What cannot be tested on this machine is said aloud, not passed over in silence.

use std::env;
use std::fs::OpenOptions;
use std::io::Write;

/// Says on standard error, past the test runner's capture, that a test did not run and why, and
/// notes it in the file named by `ITN_TEST_SKIPPED`, from which `scripts/test` counts.
pub fn skip(test: &str, why: &str) {
    let line = format!("skipped {test}: {why}\n");
    // Nothing can be done if standard error is gone.
    let _ = std::io::stderr().write_all(line.as_bytes());
    if let Some(path) = env::var_os("ITN_TEST_SKIPPED") {
        let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
        file.write_all(line.as_bytes()).unwrap();
    }
}
