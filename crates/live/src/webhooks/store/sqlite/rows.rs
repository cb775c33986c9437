//! Rows from and to what they hold, with their checksums.

use std::time::Duration;

use domain::{KeyId, PrincipalId, Sequence, Timestamp};
use ring::digest::{Context, SHA256};
use rusqlite::types::{Type, Value};
use rusqlite::{Connection, Row, params, params_from_iter};

use crate::webhooks::record::{
    Attempt, Creation, Cursor, DisabledReason, Failure, KeptSecret, Outcome, Settings, Status,
    Webhook, WebhookId,
};
use crate::webhooks::signature::SigningSecret;

const ACTIVE: &str = "active";
const PAUSED: &str = "paused";

/// A row whose values are not those that were written.
#[derive(Debug, thiserror::Error)]
#[error("the {0} of webhook {1} are not what was written")]
struct Wrong(&'static str, i64);

fn wrong(what: &'static str, webhook: i64) -> rusqlite::Error {
    let wrong = Wrong(what, webhook);
    rusqlite::Error::FromSqlConversionFailure(0, Type::Null, Box::new(wrong))
}

/// A digest of a row's values: each with its kind and its length, so that none can pass for another.
fn sum(table: &str, values: &[Value]) -> i64 {
    let mut digest = Context::new(&SHA256);
    let mut add = |kind: u8, bytes: &[u8]| {
        digest.update(&[kind]);
        digest.update(&(bytes.len() as u64).to_be_bytes());
        digest.update(bytes);
    };
    add(0, table.as_bytes());
    for value in values {
        match value {
            Value::Null => add(1, &[]),
            Value::Integer(number) => add(2, &number.to_be_bytes()),
            Value::Real(number) => add(3, &number.to_be_bytes()),
            Value::Text(text) => add(4, text.as_bytes()),
            Value::Blob(bytes) => add(5, bytes),
        }
    }
    let digest = digest.finish();
    let (first, _) = digest.as_ref().split_first_chunk().unwrap_or((&[0; 8], &[]));
    i64::from_be_bytes(*first)
}

/// Inserts a row of these values and their checksum.
fn insert(
    connection: &Connection,
    table: &'static str,
    mut values: Vec<Value>,
) -> rusqlite::Result<()> {
    values.push(Value::Integer(sum(table, &values)));
    let places = vec!["?"; values.len()].join(", ");
    let sql = format!("INSERT OR REPLACE INTO {table} VALUES ({places})");
    connection.prepare_cached(&sql)?.execute(params_from_iter(values))?;
    Ok(())
}

/// Refuses a row whose last value is not the checksum of the others.
fn verify(row: &Row<'_>, table: &'static str) -> rusqlite::Result<()> {
    let count = row.as_ref().column_count();
    let values: Vec<Value> = (0..count).map(|at| row.get(at)).collect::<rusqlite::Result<_>>()?;
    let (kept, values) = values.split_last().ok_or_else(|| wrong(table, 0))?;
    let webhook = row.get(0)?;
    if *kept == Value::Integer(sum(table, values)) { Ok(()) } else { Err(wrong(table, webhook)) }
}

fn micros(time: Option<Timestamp>) -> Value {
    time.map_or(Value::Null, |time| Value::Integer(time.0))
}

fn bytes(number: Option<u128>) -> Value {
    number.map_or(Value::Null, |number| Value::Blob(number.to_be_bytes().to_vec()))
}

/// Whether there is such a subscription.
pub(super) fn is_there(connection: &Connection, id: WebhookId) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM webhooks WHERE webhook = ?1")?
        .exists([id.0.cast_signed()])
}

/// Puts all of a subscription in the place of what was there.
pub(super) fn put(connection: &Connection, webhook: &Webhook) -> rusqlite::Result<()> {
    let id = webhook.id.0.cast_signed();
    let (status, status_at) = match webhook.status {
        Status::Active => (ACTIVE, 0),
        Status::Paused => (PAUSED, 0),
        Status::Disabled(reason, at) => (reason.word(), at.0),
    };
    let settings = &webhook.settings;
    let row = vec![
        Value::Integer(id),
        Value::Integer(webhook.principal.0.into()),
        Value::Integer(webhook.key.0.into()),
        Value::Text(settings.url.clone()),
        Value::Text(settings.description.clone()),
        Value::Text(settings.filter.clone()),
        Value::Text(status.to_owned()),
        Value::Integer(status_at),
        Value::Integer(webhook.created_at.0),
        bytes(webhook.creation.map(|creation| creation.key)),
        bytes(webhook.creation.map(|creation| creation.fingerprint)),
    ];
    insert(connection, "webhooks", row)?;
    connection.execute("DELETE FROM secrets WHERE webhook = ?1", [id])?;
    for (kept, place) in webhook.secrets.iter().zip(0..) {
        let row = vec![
            Value::Integer(id),
            Value::Integer(place),
            Value::Blob(kept.secret.bytes().to_vec()),
            Value::Integer(kept.created_at.0),
            micros(kept.expires_at),
        ];
        insert(connection, "secrets", row)?;
    }
    put_cursor(connection, webhook.id, &webhook.cursor)
}

/// Puts a cursor in the place of the one that was there.
pub(super) fn put_cursor(
    connection: &Connection,
    id: WebhookId,
    cursor: &Cursor,
) -> rusqlite::Result<()> {
    let row = vec![
        Value::Integer(id.0.cast_signed()),
        Value::Integer(cursor.after.0.cast_signed()),
        Value::Integer(cursor.attempts.into()),
        micros(cursor.failing_since),
        micros(cursor.next_at),
    ];
    insert(connection, "cursors", row)
}

/// Adds an attempt; its number.
pub(super) fn add_attempt(
    connection: &Connection,
    id: WebhookId,
    attempt: &Attempt,
) -> rusqlite::Result<i64> {
    let id = id.0.cast_signed();
    let number: i64 = connection
        .prepare_cached("SELECT coalesce(max(number), 0) + 1 FROM attempts WHERE webhook = ?1")?
        .query_row([id], |row| row.get(0))?;
    let (status, failure) = match attempt.outcome {
        Outcome::Answered(status) => (Some(status), None),
        Outcome::Failed(failure) => (None, Some(failure.word())),
    };
    connection
        .prepare_cached("INSERT INTO attempts VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?
        .execute(params![
            id,
            number,
            attempt.message,
            attempt.event.map(|event| event.0.cast_signed()),
            attempt.kind,
            attempt.attempt,
            attempt.at.0,
            i64::try_from(attempt.duration.as_micros()).unwrap_or(i64::MAX),
            status,
            failure,
        ])?;
    Ok(number)
}

/// Attempts before this number, newest first.
pub(super) fn attempts(
    connection: &Connection,
    id: WebhookId,
    before: Option<u64>,
    limit: usize,
) -> rusqlite::Result<Vec<(u64, Attempt)>> {
    let before = before.and_then(|before| i64::try_from(before).ok()).unwrap_or(i64::MAX);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(
        "SELECT number, message, event, kind, attempt, at, duration_us, status, failure
         FROM attempts WHERE webhook = ?1 AND number < ?2 ORDER BY number DESC LIMIT ?3",
    )?;
    let rows = statement.query_map(params![id.0.cast_signed(), before, limit], |row| {
        let failure: Option<String> = row.get(8)?;
        let failed = |word: &str| Failure::WORDS.iter().find(|(_, known)| *known == word);
        let outcome = match (row.get::<_, Option<u16>>(7)?, failure) {
            (Some(status), None) => Outcome::Answered(status),
            (None, Some(word)) => failed(&word)
                .map(|(failure, _)| Outcome::Failed(*failure))
                .ok_or_else(|| wrong("attempts", id.0.cast_signed()))?,
            _ => return Err(wrong("attempts", id.0.cast_signed())),
        };
        let duration: i64 = row.get(6)?;
        let event: Option<i64> = row.get(2)?;
        let attempt = Attempt {
            message: row.get(1)?,
            event: event.map(|event| Sequence(event.cast_unsigned())),
            kind: row.get(3)?,
            attempt: row.get(4)?,
            at: Timestamp(row.get(5)?),
            duration: Duration::from_micros(duration.unsigned_abs()),
            outcome,
        };
        Ok((row.get::<_, i64>(0)?.cast_unsigned(), attempt))
    })?;
    rows.collect()
}

/// All subscriptions, by number.
pub(super) fn webhooks(connection: &Connection) -> rusqlite::Result<Vec<Webhook>> {
    let mut statement = connection.prepare("SELECT * FROM webhooks ORDER BY webhook")?;
    let rows = statement.query_map((), |row| {
        verify(row, "webhooks")?;
        webhook(connection, row)
    })?;
    rows.collect()
}

fn webhook(connection: &Connection, row: &Row<'_>) -> rusqlite::Result<Webhook> {
    let id: i64 = row.get(0)?;
    let unread = || wrong("settings", id);
    let number = |at| -> rusqlite::Result<Option<u128>> {
        let bytes: Option<Vec<u8>> = row.get(at)?;
        let read = |bytes: Vec<u8>| bytes.try_into().map(u128::from_be_bytes).map_err(|_| unread());
        bytes.map(read).transpose()
    };
    let creation = match (number(9)?, number(10)?) {
        (Some(key), Some(fingerprint)) => Some(Creation { key, fingerprint }),
        _ => None,
    };
    let status: String = row.get(6)?;
    let status = match status.as_str() {
        ACTIVE => Status::Active,
        PAUSED => Status::Paused,
        word => {
            let known = DisabledReason::WORDS.iter().find(|(_, known)| *known == word);
            let (reason, _) = known.ok_or_else(unread)?;
            Status::Disabled(*reason, Timestamp(row.get(7)?))
        }
    };
    Ok(Webhook {
        id: WebhookId(id.cast_unsigned()),
        principal: PrincipalId(row.get(1)?),
        key: KeyId(row.get(2)?),
        settings: Settings { url: row.get(3)?, description: row.get(4)?, filter: row.get(5)? },
        status,
        created_at: Timestamp(row.get(8)?),
        secrets: secrets(connection, id)?,
        creation,
        cursor: cursor(connection, id)?,
    })
}

fn secrets(connection: &Connection, id: i64) -> rusqlite::Result<Vec<KeptSecret>> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM secrets WHERE webhook = ?1 ORDER BY place")?;
    let rows = statement.query_map([id], |row| {
        verify(row, "secrets")?;
        let secret = SigningSecret::from_bytes(row.get(2)?);
        let expires_at: Option<i64> = row.get(4)?;
        Ok(KeptSecret {
            secret: secret.map_err(|_| wrong("secrets", id))?,
            created_at: Timestamp(row.get(3)?),
            expires_at: expires_at.map(Timestamp),
        })
    })?;
    rows.collect()
}

fn cursor(connection: &Connection, id: i64) -> rusqlite::Result<Cursor> {
    let mut statement = connection.prepare_cached("SELECT * FROM cursors WHERE webhook = ?1")?;
    statement.query_row([id], |row| {
        verify(row, "cursors")?;
        let after: i64 = row.get(1)?;
        let time = |at| row.get::<_, Option<i64>>(at).map(|time| time.map(Timestamp));
        Ok(Cursor {
            after: Sequence(after.cast_unsigned()),
            attempts: row.get(2)?,
            failing_since: time(3)?,
            next_at: time(4)?,
        })
    })
}
