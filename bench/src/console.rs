//! What the benchmark says: the one place of this crate that prints.
//!
//! The table goes to standard output, everything about the way there to standard error, so that the
//! table can be piped.

/// Writes a line of results to standard output.
#[expect(clippy::print_stdout, reason = "the one way to standard output")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// Writes a line about the way there to standard error.
#[expect(clippy::print_stderr, reason = "the one way to standard error")]
pub(crate) fn note(line: &str) {
    eprintln!("{line}");
}
