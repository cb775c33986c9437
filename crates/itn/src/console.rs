//! What the commands say to a person: the one place of this crate that prints.
//!
//! Results go to standard output, everything about the way there to standard error, so that a
//! command can be piped. It must not decide anything: callers pass finished sentences.

use std::io::{IsTerminal, Write};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

/// Writes a line of results to standard output.
#[expect(clippy::print_stdout, reason = "the one way to standard output")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// Writes a line to standard output that must not be lost: it has left this process, or there is an
/// error.
pub(crate) fn hand_over(line: &str) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{line}")?;
    stdout.flush()
}

/// Writes a line about the way there to standard error.
#[expect(clippy::print_stderr, reason = "the one way to standard error")]
pub(crate) fn note(line: &str) {
    eprintln!("{line}");
}

/// Standard output itself, for results that are more than lines of ours.
pub(crate) fn results() -> impl Write {
    std::io::stdout()
}

/// Waits until whoever reads standard output is gone; forever where nobody can go, as from a file.
///
/// A program that writes now and then would otherwise not hear of it before its next line.
pub(crate) fn wait_until_unread() {
    let stdout = std::io::stdout();
    loop {
        // Nothing is asked for: that the other end is gone is told unasked.
        let mut watched = [PollFd::new(&stdout, PollFlags::empty())];
        match poll(&mut watched, None) {
            Ok(_) if watched[0].revents().intersects(PollFlags::ERR | PollFlags::HUP) => return,
            Err(Errno::INTR) => {}
            // It cannot be known here: then the next line hears of it.
            Ok(_) | Err(_) => std::thread::park(),
        }
    }
}

/// Whether standard output is a screen.
pub(crate) fn is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// Whether a person watches standard error, so that progress may be drawn there.
pub(crate) fn is_watched() -> bool {
    std::io::stderr().is_terminal()
}

/// `1234567` as `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 row`, `2 rows`: a count with its noun.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (22_827_831, "22,827,831")]
        {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(counted(1, "row", "rows"), "1 row");
        assert_eq!(counted(2048, "row", "rows"), "2,048 rows");
    }
}
