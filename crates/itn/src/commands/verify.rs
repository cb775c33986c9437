//! `itn verify`: proof from the journal alone.

use std::path::Path;
use std::process::ExitCode;

use domain::{JournalId, Sequence};
use live::webhooks::{OperationsStore, SqliteOperations, StoreError};

use crate::commands::{DataFolder, fail, whole};
use crate::console::{self, counted, grouped};
use crate::progress::Progress;
use crate::server::{OPERATIONS, Store};

/// Replay the journal from nothing and check its chain, its rules, conservation and snapshots, and the
/// webhooks beside it
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    data: DataFolder,
    /// Only up to this event, with the state's hash as it was then
    #[arg(long, value_name = "SEQUENCE",
          value_parser = whole::<u64>(1, i64::MAX.cast_unsigned()))]
    at: Option<u64>,
}

impl Verify {
    pub(crate) fn run(&self) -> ExitCode {
        let folder = match self.data.with_journal() {
            Ok(folder) => folder,
            Err(code) => return code,
        };
        let store = match Store::open_existing(folder, 0, &mut |_, _| {}) {
            Ok(store) => store,
            Err(error) => return fail(&error),
        };
        let at = self.at.map(Sequence);
        let total = at.unwrap_or_else(|| store.journal.reader().last());
        let bar = Progress::bar(total.0, "replaying");
        let mut progress = |at: engine::Progress| bar.at(at.replayed.0);
        let report = match engine::verify(&store.journal, &*store.snapshots, at, &mut progress) {
            Ok(report) => report,
            Err(error) => return fail(&error),
        };
        drop(bar);
        console::say(&format!("sequence {}", report.last));
        console::say(&format!("state hash {}", blake3::Hash::from_bytes(report.state_hash)));
        // Within a batch there is none.
        if let Ok(Some(chain)) = store.journal.chain(report.last) {
            console::say(&format!("chain hash {}", blake3::Hash::from_bytes(chain)));
        }
        let batches = counted(report.batch_count, "batch", "batches");
        console::say(&format!("chain: {batches}, every row follows from the one before"));
        let accounts = grouped(report.account_count as u64);
        console::say(&format!("conservation: {accounts} accounts, none below zero, all balanced"));
        let engine::CreditTotals { issued, retired, available, held } = report.credits;
        console::say(&format!(
            "credits: issued {issued} = retired {retired} + available {available} + held {held}"
        ));
        let goods = report.goods;
        console::say(&format!(
            "goods: produced {} + found {} = available {} + reserved {} + unavailable {} + \
             in transit {} + consumed {} + lost {} + expired {} + stolen {}",
            goods.produced,
            goods.found,
            goods.available,
            goods.reserved,
            goods.unavailable,
            goods.in_transit,
            goods.consumed,
            goods.lost,
            goods.expired,
            goods.stolen
        ));
        let snapshots = counted(report.snapshot_count as u64, "snapshot", "snapshots");
        console::say(&format!("{snapshots} compared with the replay, all the same"));
        match webhook_count(folder, store.journal.id()) {
            Ok(Some(count)) => {
                let webhooks = counted(count, "webhook", "webhooks");
                console::say(&format!("operations: {webhooks}, every row as it was written"));
            }
            Ok(None) => {}
            Err(error) => return fail(&error),
        }
        console::say("ok");
        ExitCode::SUCCESS
    }
}

/// How many webhooks there are, if there ever was a place for any.
fn webhook_count(folder: &Path, journal: JournalId) -> Result<Option<u64>, StoreError> {
    let path = folder.join(OPERATIONS);
    if !path.exists() {
        return Ok(None);
    }
    let webhooks = SqliteOperations::open(&path, journal)?.load()?;
    Ok(Some(webhooks.len() as u64))
}
