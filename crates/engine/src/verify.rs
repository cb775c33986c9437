//! Proof from the journal alone: replay from nothing, with a second set of books beside the ledger.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use domain::{
    Bucket, CommodityId, CreditAccount, Movement, Recorded, Sequence, Sink, Source, StockAccount,
    movements,
};
use journal::{Journal, JournalError, SnapshotId, SnapshotStore};
use ledger::State;
use table::Writer;
use thiserror::Error;

use crate::recovery::Progress;
use crate::snapshotter::LEDGER;

/// What a journal was found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its last event.
    pub last: Sequence,
    /// How many batches it has.
    pub batch_count: u64,
    /// The hash of the state after its last event.
    pub state_hash: [u8; 32],
    /// How many snapshots were compared with the replay, and found to be the same.
    pub snapshot_count: usize,
    /// How many accounts of goods and credits were followed.
    pub account_count: usize,
    /// Units of all commodities together, by class of account.
    pub goods: GoodsTotals,
    /// Credits by class of account.
    pub credits: CreditTotals,
}

/// Units of all commodities together, by class of account. Always: produced + found is all the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "each is the account of the same name")]
pub struct GoodsTotals {
    pub produced: i128,
    pub found: i128,
    pub available: i128,
    pub reserved: i128,
    pub unavailable: i128,
    pub in_transit: i128,
    pub consumed: i128,
    pub lost: i128,
    pub expired: i128,
    pub stolen: i128,
}

/// Credits by class of account. Always: issued is all the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "each is the account of the same name")]
pub struct CreditTotals {
    pub issued: i128,
    pub retired: i128,
    pub available: i128,
    pub held: i128,
}

/// What is wrong with a journal.
#[derive(Debug, Error)]
pub enum VerifyError {
    /// It cannot be read, or its chain is broken.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// It holds what the rules cannot have decided.
    #[error("event {0} is not one that the rules can have decided")]
    Rules(Sequence),
    /// Events move what is not there.
    #[error("event {0} takes more out of an account than is in it")]
    Conservation(Sequence),
    /// It does not reach as far as was asked.
    #[error("the journal ends with event {last}, before {at}")]
    Short {
        /// Where it ends.
        last: Sequence,
        /// What was asked for.
        at: Sequence,
    },
    /// A snapshot differs from the replay.
    #[error("the snapshot at {0} is not the state that replaying gives: remove it")]
    Snapshot(Sequence),
}

/// The hash of a state: BLAKE3 of its rows.
pub fn state_hash(state: &State) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    let mut writer = Writer::new(|part: &[u8]| {
        hasher.update(part);
        Ok(())
    });
    let written = state.freeze().write(&mut writer).and_then(|()| writer.finish());
    written.expect("hashing stores nothing that could fail");
    *hasher.finalize().as_bytes()
}

/// Replays a journal from nothing, checking its chain, every event against the rules' invariants,
/// conservation against books of its own, and every snapshot against the replay. Up to event `at`, or
/// to its end.
pub fn verify(
    journal: &Arc<dyn Journal>,
    snapshots: &dyn SnapshotStore,
    at: Option<Sequence>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report, VerifyError> {
    let mut snapshot_ids = ours(&**journal, snapshots)?;
    let mut report = Report {
        last: Sequence::ZERO,
        batch_count: 0,
        state_hash: [0; 32],
        snapshot_count: 0,
        account_count: 0,
        goods: GoodsTotals::default(),
        credits: CreditTotals::default(),
    };
    let last = journal.reader().last();
    let total = at.unwrap_or(last);
    if total > last {
        return Err(VerifyError::Short { last, at: total });
    }
    let (mut state, mut books) = (State::default(), Books::default());
    for batch in journal.batches(Sequence::ZERO)? {
        if state.last() >= total {
            break;
        }
        let batch = batch?;
        for recorded in &batch.events {
            let sequence = recorded.envelope.sequence;
            if sequence > total {
                break;
            }
            books.follow(recorded).ok_or(VerifyError::Conservation(sequence))?;
            let applied = catch_unwind(AssertUnwindSafe(|| ledger::apply(&mut state, recorded)));
            applied.map_err(|_| VerifyError::Rules(sequence))?;
        }
        report.batch_count += 1;
        if let Some(id) = snapshot_ids.remove(&state.last()) {
            if hash_of(snapshots, &id)? != state_hash(&state) {
                return Err(VerifyError::Snapshot(id.sequence));
            }
            report.snapshot_count += 1;
        }
        progress(Progress { replayed: state.last(), total });
    }
    report.last = state.last();
    report.state_hash = state_hash(&state);
    report.account_count = books.goods.len() + books.credits.len();
    (report.goods, report.credits) = (books.goods_totals(), books.credit_totals());
    Ok(report)
}

/// Snapshots of this journal and format; others are passed over at the start, too.
fn ours(
    journal: &dyn Journal,
    snapshots: &dyn SnapshotStore,
) -> Result<BTreeMap<Sequence, SnapshotId>, JournalError> {
    let ids = snapshots.list(LEDGER)?.into_iter();
    let ours = ids.filter(|id| id.journal == journal.id() && id.format == ledger::FORMAT);
    Ok(ours.map(|id| (id.sequence, id)).collect())
}

fn hash_of(snapshots: &dyn SnapshotStore, id: &SnapshotId) -> Result<[u8; 32], JournalError> {
    let mut hasher = blake3::Hasher::new();
    for part in snapshots.open(LEDGER, id)? {
        hasher.update(&part?);
    }
    Ok(*hasher.finalize().as_bytes())
}

/// What is in every account, by name and not by rule. Sources go below zero: they give what they
/// never got.
#[derive(Default)]
struct Books {
    goods: BTreeMap<(CommodityId, StockAccount), i128>,
    credits: BTreeMap<CreditAccount, i128>,
}

impl Books {
    /// `None` if an account that is not a source would go below zero.
    fn follow(&mut self, recorded: &Recorded) -> Option<()> {
        let mut sound = true;
        movements(&recorded.event, |movement| match movement {
            Movement::Goods { commodity, quantity, from, to } => {
                let amount = i128::from(quantity.get());
                let left = self.goods.entry((commodity, from)).or_default();
                *left -= amount;
                sound &= *left >= 0 || matches!(from, StockAccount::Source(_));
                *self.goods.entry((commodity, to)).or_default() += amount;
            }
            Movement::Credits { amount, from, to } => {
                let amount = i128::from(amount.get());
                let left = self.credits.entry(from).or_default();
                *left -= amount;
                sound &= *left >= 0 || from == CreditAccount::Issued;
                *self.credits.entry(to).or_default() += amount;
            }
        });
        sound.then_some(())
    }

    /// What sources gave is told as what it is for everybody else: above zero.
    fn goods_totals(&self) -> GoodsTotals {
        let mut totals = GoodsTotals::default();
        for ((_, account), amount) in &self.goods {
            let total = match account {
                StockAccount::Source(Source::Produced) => &mut totals.produced,
                StockAccount::Source(Source::Found) => &mut totals.found,
                StockAccount::Sink(Sink::Consumed) => &mut totals.consumed,
                StockAccount::Sink(Sink::Lost) => &mut totals.lost,
                StockAccount::Sink(Sink::Expired) => &mut totals.expired,
                StockAccount::Sink(Sink::Stolen) => &mut totals.stolen,
                StockAccount::Level { bucket, .. } => match bucket {
                    Bucket::Available => &mut totals.available,
                    Bucket::Reserved => &mut totals.reserved,
                    Bucket::Unavailable => &mut totals.unavailable,
                    Bucket::Incoming => &mut totals.in_transit,
                },
            };
            *total += amount.abs();
        }
        totals
    }

    fn credit_totals(&self) -> CreditTotals {
        let mut totals = CreditTotals::default();
        for (account, amount) in &self.credits {
            let total = match account {
                CreditAccount::Issued => &mut totals.issued,
                CreditAccount::Retired => &mut totals.retired,
                CreditAccount::Available(_) => &mut totals.available,
                CreditAccount::Held(_) => &mut totals.held,
            };
            *total += amount.abs();
        }
        totals
    }
}
