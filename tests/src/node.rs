//! The node of this machine: its version decides what can be run on it.

use std::process::Command;

/// Whether there is one, of this version or a later one.
pub fn is_at_least(major: u32, minor: u32) -> bool {
    let Ok(told) = Command::new("node").arg("--version").output() else { return false };
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let mut numbers = told.trim().trim_start_matches('v').split('.').map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(its_major)), Some(Ok(its_minor))) => (its_major, its_minor) >= (major, minor),
        _ => false,
    }
}
