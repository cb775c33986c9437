//! `itn doctor`: whether this machine is one to keep a network on, and what to change.

use std::path::PathBuf;
use std::process::ExitCode;

use gateway::{Algorithm, KeysFrom};
use serde_json::json;

use crate::commands::whole;
use crate::console;
use crate::doctor::{self, Level, Wanted};

/// Check this machine and a data folder: disk, files, clock, space, memory, and the keys of an
/// issuer whose tokens are taken; and say what to change.
/// Ends with 1 if something is wrong
#[derive(Debug, clap::Args)]
pub(crate) struct Doctor {
    /// The folder that holds the journal, or is to
    #[arg(long, env = "ITN_DATA", default_value = "./data", value_name = "DIR")]
    data: PathBuf,
    /// Connections at once that there must be room for
    #[arg(long, env = "ITN_CONNECTIONS_MAX", default_value_t = 16_384, value_name = "COUNT",
          value_parser = whole::<u64>(1, 10_000_000))]
    connections_max: u64,
    /// Bytes of free disk space below which a server refuses writes
    #[arg(long, env = "ITN_FREE_SPACE_MIN", default_value_t = 256 * 1024 * 1024,
          value_name = "BYTES", value_parser = whole::<u64>(0, u64::MAX))]
    free_space_min: u64,
    /// The issuer's keys, a JSON Web Key Set: a file, or an https:// URL; not looked for if not given
    #[arg(long, env = "ITN_OIDC_KEYS", value_name = "FILE or URL")]
    oidc_keys: Option<KeysFrom>,
    /// What tokens are signed by: RS256, PS256, ES256 or `EdDSA`
    #[arg(long, env = "ITN_OIDC_ALGORITHM", default_value = "RS256", value_name = "ALGORITHM")]
    oidc_algorithm: Algorithm,
    /// Write the findings as JSON
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(crate) async fn run(&self) -> ExitCode {
        let wanted = Wanted {
            data: &self.data,
            connections: self.connections_max,
            free_bytes_min: self.free_space_min,
        };
        let mut findings = doctor::examine(&wanted);
        if let Some(keys) = &self.oidc_keys {
            findings.push(doctor::issuer_keys(keys, self.oidc_algorithm).await);
        }
        let is_well = findings.iter().all(|finding| finding.level != Level::Wrong);
        if self.json {
            let findings = findings.iter().map(|finding| {
                json!({
                    "check": finding.check, "level": finding.level.word(),
                    "found": finding.found, "advice": finding.advice,
                })
            });
            let findings: Vec<_> = findings.collect();
            console::say(&json!({ "ok": is_well, "checks": findings }).to_string());
        } else {
            for finding in &findings {
                let (level, check) = (finding.level.word(), finding.check);
                console::say(&format!("{level:7} {check:12} {}", finding.found));
                if let Some(advice) = &finding.advice {
                    console::say(&format!("{:20} -> {advice}", ""));
                }
            }
        }
        if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
