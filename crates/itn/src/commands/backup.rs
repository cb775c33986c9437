//! `itn backup`: a copy of the network, while it runs or not.

use std::num::NonZeroU64;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use crate::backup::{self, How};
use crate::commands::{DataFolder, fail};
use crate::console::{self, counted, grouped};

/// Copy the network to another folder, also while a server runs on it; what an earlier backup there
/// lacks is added to it
#[derive(Debug, clap::Args)]
pub(crate) struct Backup {
    #[command(flatten)]
    data: DataFolder,
    /// The folder for the backup, best on another disk; made if it is not there
    #[arg(long, env = "ITN_BACKUP", value_name = "DIR")]
    to: PathBuf,
    /// Bytes a second at the most, also as 20M or 1G; as fast as it goes if not given
    #[arg(long, env = "ITN_BACKUP_LIMIT_RATE", value_name = "BYTES", value_parser = rate)]
    limit_rate: Option<NonZeroU64>,
    /// Read back only what was added, and not all of the backup
    #[arg(long)]
    trust_old: bool,
}

impl Backup {
    pub(crate) fn run(&self) -> ExitCode {
        let data = match self.data.with_journal() {
            Ok(data) => data,
            Err(code) => return code,
        };
        let begun = Instant::now();
        let how = How { bytes_per_second: self.limit_rate, trust_old: self.trust_old };
        let (copied, webhook_count) = match backup::back_up(data, &self.to, how) {
            Ok(done) => done,
            Err(error) => return fail(&error),
        };
        console::say(&format!("journal {:032x}", copied.journal.0));
        console::say(&format!("sequence {}", copied.last));
        console::say(&format!("chain hash {}", blake3::Hash::from_bytes(copied.chain)));
        let added = counted(copied.last.0 - copied.before.0, "event", "events");
        let webhooks = counted(webhook_count as u64, "webhook", "webhooks");
        console::say(&format!("added {added}; {webhooks}"));
        console::say(&format!("size {} bytes", grouped(copied.bytes)));
        console::note(&format!("took {:.1} s", begun.elapsed().as_secs_f64()));
        console::say("ok");
        ExitCode::SUCCESS
    }
}

fn rate(text: &str) -> Result<NonZeroU64, String> {
    let wrong = || "a number of bytes such as 500000, 20M or 1G, and not 0".to_owned();
    let (digits, unit) = match text.as_bytes().last() {
        Some(b'k' | b'K') => (&text[..text.len() - 1], 1 << 10),
        Some(b'm' | b'M') => (&text[..text.len() - 1], 1 << 20),
        Some(b'g' | b'G') => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1_u64),
    };
    let bytes = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
    bytes.and_then(NonZeroU64::new).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_have_units_or_none() {
        for (text, bytes) in [("1", 1), ("20M", 20 << 20), ("3k", 3 << 10), ("1G", 1 << 30)] {
            assert_eq!(rate(text).map(NonZeroU64::get), Ok(bytes), "{text}");
        }
        for wrong in ["", "0", "M", "-1", "1.5G", "20MB", "99999999999G"] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
    }
}
