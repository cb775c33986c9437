//! A subscription while the server runs: what is kept of it, and who waits for it to change.

use parking_lot::Mutex;
use tokio::sync::{Mutex as Turns, Notify};

use super::record::{Cursor, Status, Webhook};

/// A subscription.
pub(super) struct Entry {
    /// Held by whoever changes it, from looking at it until the store has it: short, or a wait on a
    /// disk. Taken before [`Self::kept`] is looked at for a change.
    pub(super) turn: Turns<()>,
    kept: Mutex<Kept>,
    /// Wakes its worker.
    pub(super) changed: Notify,
}

/// What is known of it.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) webhook: Webhook,
    /// How often its owner changed it or moved its cursor: what a delivery under way says of its place
    /// and of its end is then old.
    pub(super) moves: u64,
    /// Whether it was deleted.
    pub(super) removed: bool,
}

impl Entry {
    pub(super) fn new(webhook: Webhook) -> Self {
        Self {
            turn: Turns::new(()),
            kept: Mutex::new(Kept { webhook, moves: 0, removed: false }),
            changed: Notify::new(),
        }
    }

    pub(super) fn look(&self) -> Kept {
        self.kept.lock().clone()
    }

    pub(super) fn webhook(&self) -> Webhook {
        self.kept.lock().webhook.clone()
    }

    /// Whether it delivers, and how far it has come.
    pub(super) fn stands(&self) -> (Status, Cursor) {
        let kept = self.kept.lock();
        (kept.webhook.status, kept.webhook.cursor)
    }

    /// Takes over what the store has.
    pub(super) fn set(&self, webhook: Webhook, moved: bool) {
        let mut kept = self.kept.lock();
        kept.webhook = webhook;
        kept.moves += u64::from(moved);
        drop(kept);
        self.changed.notify_one();
    }

    pub(super) fn set_removed(&self) {
        self.kept.lock().removed = true;
        self.changed.notify_one();
    }

    /// Moves the cursor, unless its owner changed or moved it since `moves`; whether it did.
    pub(super) fn advance(&self, moves: u64, cursor: Cursor) -> bool {
        let mut kept = self.kept.lock();
        let is_own = kept.moves == moves && !kept.removed;
        if is_own {
            kept.webhook.cursor = cursor;
        }
        is_own
    }
}
