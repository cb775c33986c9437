//! The operations store in SQLite: `operations.db`.
//!
//! What an owner was answered for is synced; how far deliveries have come is only written, because
//! losing the last of it repeats some. The rows of subscriptions, secrets and cursors carry a checksum:
//! a cursor that was read wrong would skip events without a word.

mod copy;
mod file;
mod rows;

use std::path::Path;

use domain::{JournalId, KeyId, Sequence, Timestamp};
use parking_lot::Mutex;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::{ATTEMPTS_KEPT, OperationsStore, StoreError};
use crate::KeyUseStore;
use crate::webhooks::record::{Attempt, Cursor, Webhook, WebhookId};

/// An operations store in a file.
#[derive(Debug)]
pub struct SqliteOperations {
    connection: Mutex<Connection>,
    file: String,
}

/// Whether a write must be on disk before it is answered.
#[derive(Debug, Clone, Copy)]
enum Durability {
    /// Yes.
    Synced,
    /// It is enough that it outlives the process.
    Written,
}

impl SqliteOperations {
    /// Opens the store of this journal's network, or makes it. Whoever opens it must hold the data
    /// folder's lock.
    pub fn open(path: &Path, journal: JournalId) -> Result<Self, StoreError> {
        let file = path.display().to_string();
        let connection = file::open(path, journal)?;
        Ok(Self { connection: Mutex::new(connection), file })
    }

    /// Copies the store as it is at one moment, while its owner writes it; the copy is checked, synced
    /// and has its name when it is whole. Tells how many webhooks there are, and the event that the
    /// farthest has come to.
    pub fn copy(
        from: &Path,
        to: &Path,
        journal: JournalId,
    ) -> Result<(usize, Sequence), StoreError> {
        copy::copy(from, to, journal)
    }

    fn write<T>(
        &self,
        doing: &'static str,
        durability: Durability,
        act: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let mut connection = self.connection.lock();
        let run = || {
            let synchronous = match durability {
                Durability::Synced => "FULL",
                Durability::Written => "NORMAL",
            };
            connection.pragma_update(None, "synchronous", synchronous)?;
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = act(&transaction)?;
            transaction.commit()?;
            if matches!(durability, Durability::Synced) {
                // SQLite drops a damaged end of its log without a word; what an owner was answered
                // for is in the file itself, which is checked. Owners change things by hand. Whoever
                // reads meanwhile, as a backup does, keeps it in the log, synced, until the next time.
                connection.busy_timeout(file::READERS)?;
                let emptied =
                    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()));
                connection.busy_timeout(file::BUSY)?;
                emptied?;
            }
            Ok(done)
        };
        run().map_err(|error| file::failed(&self.file, doing, &error))
    }

    fn read<T>(
        &self,
        doing: &'static str,
        act: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        act(&self.connection.lock()).map_err(|error| file::failed(&self.file, doing, &error))
    }
}

impl OperationsStore for SqliteOperations {
    fn load(&self) -> Result<Vec<Webhook>, StoreError> {
        self.read("reading the webhooks", rows::webhooks)
    }

    fn create(&self, new: &Webhook) -> Result<WebhookId, StoreError> {
        self.write("keeping a new webhook", Durability::Synced, |transaction| {
            let last: Option<i64> = transaction
                .query_row("SELECT last FROM numbers", (), |row| row.get(0))
                .optional()?;
            let next = last.unwrap_or(0) + 1;
            transaction.execute("DELETE FROM numbers", ())?;
            transaction.execute("INSERT INTO numbers (last) VALUES (?1)", [next])?;
            let id = WebhookId(next.cast_unsigned());
            rows::put(transaction, &Webhook { id, ..new.clone() })?;
            Ok(id)
        })
    }

    fn replace(&self, webhook: &Webhook) -> Result<(), StoreError> {
        self.write("keeping a webhook", Durability::Synced, |transaction| {
            if rows::is_there(transaction, webhook.id)? {
                rows::put(transaction, webhook)?;
            }
            Ok(())
        })
    }

    fn remove(&self, id: WebhookId) -> Result<(), StoreError> {
        self.write("forgetting a webhook", Durability::Synced, |transaction| {
            let id = id.0.cast_signed();
            for table in ["webhooks", "secrets", "cursors", "attempts"] {
                transaction.execute(&format!("DELETE FROM {table} WHERE webhook = ?1"), [id])?;
            }
            Ok(())
        })
    }

    fn advance(
        &self,
        id: WebhookId,
        cursor: &Cursor,
        attempt: Option<&Attempt>,
    ) -> Result<(), StoreError> {
        self.write("keeping how far a webhook is", Durability::Written, |transaction| {
            if !rows::is_there(transaction, id)? {
                return Ok(());
            }
            rows::put_cursor(transaction, id, cursor)?;
            let Some(attempt) = attempt else {
                return Ok(());
            };
            let number = rows::add_attempt(transaction, id, attempt)?;
            let oldest = number - ATTEMPTS_KEPT.cast_signed();
            transaction
                .prepare_cached("DELETE FROM attempts WHERE webhook = ?1 AND number <= ?2")?
                .execute(params![id.0.cast_signed(), oldest])?;
            Ok(())
        })
    }

    fn attempts(
        &self,
        id: WebhookId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<(u64, Attempt)>, StoreError> {
        self.read("reading deliveries", |connection| rows::attempts(connection, id, before, limit))
    }
}

impl KeyUseStore for SqliteOperations {
    fn load(&self) -> Result<Vec<(KeyId, Timestamp)>, StoreError> {
        self.read("reading when keys were used", |connection| {
            let mut statement =
                connection.prepare("SELECT key, used_at FROM key_uses ORDER BY key")?;
            let rows =
                statement.query_map((), |row| Ok((KeyId(row.get(0)?), Timestamp(row.get(1)?))))?;
            rows.collect()
        })
    }

    fn save(&self, uses: &[(KeyId, Timestamp)]) -> Result<(), StoreError> {
        self.write("keeping when keys were used", Durability::Written, |transaction| {
            let mut statement =
                transaction.prepare_cached("INSERT OR REPLACE INTO key_uses VALUES (?1, ?2)")?;
            for (key, at) in uses {
                statement.execute(params![key.0, at.0])?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
#[path = "sqlite/tests.rs"]
mod tests;
