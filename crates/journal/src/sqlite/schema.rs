//! The tables, and the numbered migrations that make them.
//!
//! A migration is never changed once it is released; the next one is added. Also an addition to
//! `schema/events.proto` gets one, even if it changes no table: its number tells an older program
//! that the journal holds what it cannot read.

use rusqlite::{Connection, TransactionBehavior};

use super::connection::failed;
use crate::{JournalError, PendingMigration};

/// A step from one schema to the next.
struct Migration {
    name: &'static str,
    sql: &'static str,
}

/// In order; the first has number 1.
const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "journal",
        sql: "
        CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
        CREATE TABLE journal (id BLOB NOT NULL) STRICT;
        CREATE TABLE epochs (epoch INTEGER PRIMARY KEY, after INTEGER NOT NULL) STRICT;
        CREATE TABLE rows (first INTEGER PRIMARY KEY, row BLOB NOT NULL) STRICT;
    ",
    },
    // Holds, offers, gifts, vessels, alerts: events and fields only.
    Migration { name: "trading", sql: "" },
    // Keys that expire and are rotated: events and fields only.
    Migration { name: "access", sql: "" },
    // Keys of tokens: events and fields only.
    Migration { name: "tokens", sql: "" },
];

/// The newest schema that this program knows.
fn known() -> u32 {
    u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
}

/// The migrations that have not been applied. Refuses a schema that is newer than this program, or
/// that its own migrations do not make.
pub(super) fn pending(connection: &Connection) -> Result<Vec<PendingMigration>, JournalError> {
    let applied = applied(connection).map_err(|error| failed("reading the migrations", &error))?;
    let mut done = 0;
    for ((number, name), expected) in applied.iter().zip(1..) {
        if *number != expected {
            return Err(damaged(format!("migration {expected} is missing, but {number} is there")));
        }
        let known = usize::try_from(expected - 1).ok().and_then(|at| MIGRATIONS.get(at));
        if known.is_some_and(|known| known.name != name) {
            return Err(damaged(format!("migration {number} is called {name}")));
        }
        done = expected;
    }
    let found = u32::try_from(done).unwrap_or(u32::MAX);
    if found > known() {
        return Err(JournalError::TooNew { found, known: known() });
    }
    check_tables(connection, found)?;
    let behind = MIGRATIONS.iter().zip(1..).skip(applied.len());
    Ok(behind
        .map(|(migration, number)| PendingMigration { number, name: migration.name })
        .collect())
}

/// The number of the last migration that was applied. Refuses what [`pending`] refuses.
pub(super) fn version(connection: &Connection) -> Result<u32, JournalError> {
    let pending = pending(connection)?;
    Ok(pending.first().map_or(known(), |first| first.number - 1))
}

/// Applies the migrations that are pending, each in a transaction of its own.
pub(super) fn apply(
    connection: &mut Connection,
    pending: &[PendingMigration],
) -> Result<(), JournalError> {
    for migration in pending {
        apply_one(connection, migration).map_err(|error| {
            failed(format!("applying migration {} ({})", migration.number, migration.name), &error)
        })?;
        tracing::info!(number = migration.number, name = migration.name, "migration applied");
    }
    Ok(())
}

/// All of them, for a new database.
pub(super) fn all() -> Vec<PendingMigration> {
    let numbered = MIGRATIONS.iter().zip(1..);
    numbered.map(|(migration, number)| PendingMigration { number, name: migration.name }).collect()
}

fn apply_one(connection: &mut Connection, pending: &PendingMigration) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for (migration, number) in MIGRATIONS.iter().zip(1..) {
        if number == pending.number {
            transaction.execute_batch(migration.sql)?;
        }
    }
    transaction.execute(
        "INSERT INTO migrations (number, name) VALUES (?1, ?2)",
        (pending.number, pending.name),
    )?;
    transaction.commit()
}

fn applied(connection: &Connection) -> rusqlite::Result<Vec<(i64, String)>> {
    let mut statement =
        connection.prepare("SELECT number, name FROM migrations ORDER BY number")?;
    let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// The schema must be to the letter what the migrations up to `version` make: a damaged one may
/// still be a schema, only of other tables.
fn check_tables(connection: &Connection, version: u32) -> Result<(), JournalError> {
    let make = || -> rusqlite::Result<Vec<String>> {
        let made = Connection::open_in_memory()?;
        for (migration, number) in MIGRATIONS.iter().zip(1..) {
            if number <= version {
                made.execute_batch(migration.sql)?;
            }
        }
        tables(&made)
    };
    let expected = make().map_err(|error| JournalError::Storage {
        doing: "making the schema to compare with".to_owned(),
        reason: error.to_string(),
    })?;
    let found = tables(connection).map_err(|error| failed("reading the schema", &error))?;
    if found != expected {
        return Err(damaged(format!("the tables are not those of schema {version}: {found:?}")));
    }
    Ok(())
}

fn tables(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection
        .prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name")?;
    let rows = statement.query_map((), |row| {
        let (kind, name, table): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let sql: Option<String> = row.get(3)?;
        Ok(format!("{kind} {name} of {table}: {}", sql.unwrap_or_default()))
    })?;
    rows.collect()
}

fn damaged(reason: String) -> JournalError {
    JournalError::Damaged { place: "(in journal.db, in its schema)".to_owned(), reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_database_has_nothing_pending() {
        let mut connection = Connection::open_in_memory().unwrap();
        apply(&mut connection, &all()).unwrap();
        assert_eq!(pending(&connection).unwrap(), []);
    }

    #[test]
    fn a_later_schema_is_refused_as_too_new() {
        let mut connection = Connection::open_in_memory().unwrap();
        apply(&mut connection, &all()).unwrap();
        let next = known() + 1;
        connection.execute("INSERT INTO migrations VALUES (?1, 'later')", [next]).unwrap();
        match pending(&connection) {
            Err(JournalError::TooNew { found, known }) => {
                assert_eq!((found, known), (next, next - 1));
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_gap_in_the_migrations_or_another_table_is_damage() {
        let mut connection = Connection::open_in_memory().unwrap();
        apply(&mut connection, &all()).unwrap();
        connection.execute("INSERT INTO migrations VALUES (?1, 'later')", [known() + 2]).unwrap();
        assert!(matches!(pending(&connection), Err(JournalError::Damaged { .. })));

        let mut connection = Connection::open_in_memory().unwrap();
        apply(&mut connection, &all()).unwrap();
        connection.execute_batch("ALTER TABLE rows RENAME TO rowz").unwrap();
        assert!(matches!(pending(&connection), Err(JournalError::Damaged { .. })));
    }
}
