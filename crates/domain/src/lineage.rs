//! Where a journal's history went on from a restored backup.
//!
//! A backup that is restored goes on as the journal that it was taken from, up to its end; behind that,
//! the same sequences come again for other events. A reader that had seen further must be told so,
//! also when the restored journal has caught up with it.

use crate::{Epoch, JournalId, Sequence};

/// Where a restored backup goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Branch {
    /// The last event of the backup.
    pub after: Sequence,
    /// The epoch that it was given when it was restored, which no other copy of it has.
    pub epoch: Epoch,
}

/// A journal and its branches, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lineage {
    journal: JournalId,
    branches: Vec<Branch>,
}

impl From<JournalId> for Lineage {
    fn from(journal: JournalId) -> Self {
        Self { journal, branches: Vec::new() }
    }
}

impl Lineage {
    /// Which journal.
    pub fn journal(&self) -> JournalId {
        self.journal
    }

    /// Adds the next branch.
    pub fn push(&mut self, branch: Branch) {
        self.branches.push(branch);
    }

    /// The tags of events: each holds for those behind the sequence with it, up to the next one's.
    pub fn tags(&self) -> Vec<(Sequence, String)> {
        let branches = self.branches.iter().map(|branch| {
            // The lower half of a restored journal's epoch is random.
            let mark = u128::from(branch.epoch.0 & u64::from(u32::MAX)) << 96;
            (branch.after, JournalId(self.journal.0 ^ mark).tag())
        });
        std::iter::once((Sequence::ZERO, self.journal.tag())).chain(branches).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_branch_has_a_tag_of_its_own() {
        let journal = JournalId(0x0123_4567 << 96 | 0x59);
        let mut lineage = Lineage::from(journal);
        assert_eq!(lineage.tags(), [(Sequence(0), "01234567".to_owned())]);
        lineage.push(Branch { after: Sequence(7), epoch: Epoch((5 << 32) + 0x1000_0001) });
        let tags = lineage.tags();
        assert_eq!(tags.last(), Some(&(Sequence(7), "11234566".to_owned())));
        assert_eq!(lineage.journal(), journal);
    }
}
