//! What opening checks: every row from the first to the last, and that the journal reaches its head.

use domain::{Branch, Epoch, JournalId, Lineage, Sequence};
use rusqlite::Connection;

use super::connection::{failed, key, unsigned};
use super::head::Head;
use super::{OnProgress, damaged_row};
use crate::row::{Row, Walk, hex};
use crate::{ChainHash, JournalError};

/// Rows between two reports of progress: some megabytes.
const ROWS_PER_REPORT: u32 = 512;

/// The journal's id.
pub(super) fn journal_id(connection: &Connection) -> Result<JournalId, JournalError> {
    let id = connection
        .query_row("SELECT id FROM journal", (), |row| row.get::<_, [u8; 16]>(0))
        .map_err(|error| failed("reading the journal's id", &error))?;
    Ok(JournalId(u128::from_be_bytes(id)))
}

/// Walks all rows in their order. Each is also looked up by its first and its last event, so that
/// the tree's inner nodes are proven, too: a mere scan of the leaves would not notice one that leads
/// astray, until a reader or, worse, an insertion follows it.
pub(super) fn walk(
    connection: &Connection,
    journal: JournalId,
    head: Option<&Head>,
    on_progress: Option<OnProgress<'_>>,
) -> Result<Walk, JournalError> {
    if let Some(head) = head {
        check_journal(head, journal)?;
    }
    walk_from(connection, Walk::from_start(journal), head, on_progress)
}

/// The same for the rows behind `from`, trusting those before.
pub(super) fn walk_from(
    connection: &Connection,
    from: Walk,
    head: Option<&Head>,
    on_progress: Option<OnProgress<'_>>,
) -> Result<Walk, JournalError> {
    // One transaction, so that the WAL's index is not consulted anew for every lookup.
    let transaction =
        connection.unchecked_transaction().map_err(|error| failed("beginning to read", &error))?;
    let (walk, head_chain) = scan(&transaction, from, head, on_progress)?;
    if !walk.between_batches() {
        return Err(damaged_row(walk.last.next(), &"the last batch is not complete"));
    }
    if let Some(head) = head {
        check_head(head, &walk, head_chain)?;
    }
    Ok(walk)
}

/// The walk over all rows, and the chain hash where the head is.
fn scan(
    connection: &Connection,
    mut walk: Walk,
    head: Option<&Head>,
    mut on_progress: Option<OnProgress<'_>>,
) -> Result<(Walk, Option<ChainHash>), JournalError> {
    let newest = connection
        .query_row("SELECT max(first) FROM rows", (), |row| row.get::<_, Option<i64>>(0))
        .map_err(|error| failed("looking for the last row", &error))?
        .map_or(Some(0), unsigned)
        .map(Sequence)
        .unwrap_or_default();
    let mut lookup = Lookup::prepare(connection)?;
    let mut head_chain = head.filter(|head| head.last == walk.last).map(|_| walk.chain);
    let mut rows_count = 0_u32;
    let mut statement = connection
        .prepare("SELECT first, row FROM rows WHERE first > ?1 ORDER BY first")
        .map_err(|error| failed("preparing to read rows", &error))?;
    let mut rows =
        statement.query([key(walk.last)]).map_err(|error| failed("reading rows", &error))?;
    loop {
        let first = walk.last.next();
        let doing = || format!("reading the row of event {first}");
        let Some(found) = rows.next().map_err(|error| failed(doing(), &error))? else { break };
        let stored = found.get::<_, i64>(0).map_err(|error| failed(doing(), &error))?;
        if stored != key(first) {
            return Err(damaged_row(first, &format!("row {stored} is there instead")));
        }
        let bytes = found
            .get_ref(1)
            .and_then(|value| value.as_blob().map_err(rusqlite::Error::from))
            .map_err(|error| failed(doing(), &error))?;
        Row::parse(bytes)
            .and_then(|row| walk.step(&row))
            .map_err(|error| damaged_row(first, &error))?;
        lookup.must_lead_to(first, first)?;
        lookup.must_lead_to(first, walk.last)?;
        if head.is_some_and(|head| head.last == walk.last) {
            head_chain = Some(walk.chain);
        }
        rows_count += 1;
        if let (Some(report), 0) = (&mut on_progress, rows_count % ROWS_PER_REPORT) {
            report(walk.last, newest);
        }
    }
    if newest > walk.last {
        return Err(damaged_row(walk.last.next(), &"it is missing"));
    }
    if rows_count > 0 {
        lookup.must_lead_to(newest, Sequence(u64::MAX))?;
        lookup.must_lead_to(newest, walk.last)?;
    }
    Ok((walk, head_chain))
}

/// Finds rows as readers do.
struct Lookup<'a>(rusqlite::Statement<'a>);

impl<'a> Lookup<'a> {
    fn prepare(connection: &'a Connection) -> Result<Self, JournalError> {
        connection
            .prepare("SELECT max(first) FROM rows WHERE first <= ?1")
            .map(Self)
            .map_err(|error| failed("preparing to look rows up", &error))
    }

    /// Looking for `sequence` must find the row of `first`.
    fn must_lead_to(&mut self, first: Sequence, sequence: Sequence) -> Result<(), JournalError> {
        let found = self
            .0
            .query_row([key(sequence)], |row| row.get::<_, Option<i64>>(0))
            .map_err(|error| failed(format!("looking for event {sequence}"), &error))?;
        if found == Some(key(first)) {
            return Ok(());
        }
        let reason = format!("looking for event {sequence} leads to row {found:?}");
        Err(damaged_row(first, &reason))
    }
}

pub(super) fn check_journal(head: &Head, journal: JournalId) -> Result<(), JournalError> {
    if head.journal == journal {
        return Ok(());
    }
    Err(damaged_end(format!(
        "the database is of journal {:032x}, the head file of journal {:032x}",
        journal.0, head.journal.0
    )))
}

pub(super) fn check_head(
    head: &Head,
    walk: &Walk,
    chain: Option<ChainHash>,
) -> Result<(), JournalError> {
    if walk.last < head.last {
        return Err(damaged_end(format!(
            "the last event found is {}, but {} was durable: the end of the database or of its WAL \
             is lost",
            walk.last, head.last
        )));
    }
    match chain {
        Some(chain) if chain == head.chain => Ok(()),
        Some(chain) => Err(damaged_end(format!(
            "the history up to event {} has hash {}…, but {}… was durable",
            head.last,
            hex(&chain),
            hex(&head.chain)
        ))),
        None => {
            Err(damaged_end(format!("no row ends with event {}, which was durable", head.last)))
        }
    }
}

fn damaged_end(reason: String) -> JournalError {
    JournalError::Damaged { place: "(journal.db against the head file)".to_owned(), reason }
}

/// What the epochs tell of the journal's descent: writers take one after the other, and only a restore
/// leaves some out.
pub(super) fn lineage(connection: &Connection, id: JournalId) -> Result<Lineage, JournalError> {
    let read = || -> rusqlite::Result<Vec<(i64, i64)>> {
        let mut select = connection.prepare("SELECT epoch, after FROM epochs ORDER BY epoch")?;
        select.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    };
    let epochs = read().map_err(|error| failed("reading the epochs", &error))?;
    let mut lineage = Lineage::from(id);
    let mut before = 0;
    for (epoch, after) in epochs {
        if let (Some(number), Some(after), true) =
            (unsigned(epoch), unsigned(after), epoch > before + 1)
        {
            lineage.push(Branch { epoch: Epoch(number), after: Sequence(after) });
        }
        before = epoch;
    }
    Ok(lineage)
}

/// The newest epoch that was claimed; not older than that of the last row.
pub(super) fn newest_epoch(connection: &Connection, walk: &Walk) -> Result<u64, JournalError> {
    let claimed = connection
        .query_row("SELECT max(epoch) FROM epochs", (), |row| row.get::<_, Option<i64>>(0))
        .map_err(|error| failed("reading the epochs", &error))?
        .map_or(Some(0), unsigned);
    let written = walk.batch.map_or(0, |batch| batch.epoch.0);
    match claimed {
        Some(claimed) if claimed >= written => Ok(claimed),
        _ => Err(JournalError::Damaged {
            place: "(in journal.db, table epochs)".to_owned(),
            reason: format!("the last row is of epoch {written}, which was never claimed"),
        }),
    }
}
