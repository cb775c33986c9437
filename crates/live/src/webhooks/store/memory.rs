//! An operations store that ends with the process: for tests.

use std::collections::{BTreeMap, VecDeque};

use parking_lot::Mutex;

use super::{ATTEMPTS_KEPT, OperationsStore, StoreError};
use crate::webhooks::record::{Attempt, Cursor, Webhook, WebhookId};

/// An operations store in memory.
#[derive(Debug, Default)]
pub struct MemoryOperations {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    last: u64,
    webhooks: BTreeMap<WebhookId, (Webhook, Log)>,
}

#[derive(Debug, Default)]
struct Log {
    last: u64,
    attempts: VecDeque<(u64, Attempt)>,
}

impl OperationsStore for MemoryOperations {
    fn load(&self) -> Result<Vec<Webhook>, StoreError> {
        let kept = self.kept.lock();
        Ok(kept.webhooks.values().map(|(webhook, _)| webhook.clone()).collect())
    }

    fn create(&self, new: &Webhook) -> Result<WebhookId, StoreError> {
        let mut kept = self.kept.lock();
        kept.last += 1;
        let id = WebhookId(kept.last);
        kept.webhooks.insert(id, (Webhook { id, ..new.clone() }, Log::default()));
        Ok(id)
    }

    fn replace(&self, webhook: &Webhook) -> Result<(), StoreError> {
        if let Some((kept, _)) = self.kept.lock().webhooks.get_mut(&webhook.id) {
            kept.clone_from(webhook);
        }
        Ok(())
    }

    fn remove(&self, id: WebhookId) -> Result<(), StoreError> {
        self.kept.lock().webhooks.remove(&id);
        Ok(())
    }

    fn advance(
        &self,
        id: WebhookId,
        cursor: &Cursor,
        attempt: Option<&Attempt>,
    ) -> Result<(), StoreError> {
        let mut kept = self.kept.lock();
        let Some((webhook, log)) = kept.webhooks.get_mut(&id) else {
            return Ok(());
        };
        webhook.cursor = *cursor;
        if let Some(attempt) = attempt {
            log.last += 1;
            log.attempts.push_front((log.last, attempt.clone()));
            log.attempts.truncate(usize::try_from(ATTEMPTS_KEPT).unwrap_or(usize::MAX));
        }
        Ok(())
    }

    fn attempts(
        &self,
        id: WebhookId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<(u64, Attempt)>, StoreError> {
        let kept = self.kept.lock();
        let log = kept.webhooks.get(&id).map(|(_, log)| log.attempts.iter());
        let earlier = |entry: &&(u64, Attempt)| before.is_none_or(|before| entry.0 < before);
        Ok(log.into_iter().flatten().filter(earlier).take(limit).cloned().collect())
    }
}
