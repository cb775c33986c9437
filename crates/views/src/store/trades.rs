//! The tables of trades that something followed.

use domain::{Sequence, TradeStatus, TransactionId};
use rusqlite::{OptionalExtension, Row, Transaction};

use super::{Store, integer, number};
use crate::ended::{Followed, TradeEnd};

pub(super) const SCHEMA: &str = "
    CREATE TABLE ended_holds (trade INTEGER PRIMARY KEY, last INTEGER NOT NULL,
        status INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE reversed_trades (trade INTEGER PRIMARY KEY, last INTEGER NOT NULL,
        status INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX reversed_trades_by_last ON reversed_trades (last);";

pub(super) const DROP: &str = "DROP TABLE ended_holds; DROP TABLE reversed_trades;";

const ENDS: [TradeEnd; 2] = [TradeEnd::Hold, TradeEnd::Reversal];

/// A statement for the table of what ended, whose name stands for `@`.
fn of(end: TradeEnd, statement: &str) -> String {
    let table = match end {
        TradeEnd::Hold => "ended_holds",
        TradeEnd::Reversal => "reversed_trades",
    };
    statement.replace('@', table)
}

/// The statuses that the store has; the places must never change.
const STATUSES: [TradeStatus; 4] =
    [TradeStatus::Settled, TradeStatus::Voided, TradeStatus::Expired, TradeStatus::Reversed];

fn status_number(status: TradeStatus) -> i64 {
    let place = (0..).zip(STATUSES).find(|(_, one)| *one == status);
    // What is pending has not ended, and is not stored.
    place.map_or(-1, |(place, _)| place)
}

fn followed(end: TradeEnd, row: &Row<'_>) -> rusqlite::Result<Followed> {
    let status: i64 = row.get(2)?;
    let known = usize::try_from(status).ok().and_then(|place| STATUSES.get(place));
    Ok(Followed {
        end,
        trade: TransactionId(Sequence(number(row, 0)?)),
        last: Sequence(number(row, 1)?),
        status: *known.ok_or(rusqlite::Error::IntegralValueOutOfRange(2, status))?,
    })
}

/// Goes back to an earlier position, as [`Store::rewind`] does: `open` are the holds that had not
/// ended then.
pub(super) fn rewind(
    transaction: &Transaction<'_>,
    position: u64,
    open: impl Iterator<Item = u64>,
) -> rusqlite::Result<()> {
    for end in ENDS {
        transaction.execute(&of(end, "DELETE FROM @ WHERE trade > ?1"), [integer(position)])?;
    }
    let later = of(TradeEnd::Reversal, "DELETE FROM @ WHERE last > ?1");
    transaction.execute(&later, [integer(position)])?;
    let delete = of(TradeEnd::Hold, "DELETE FROM @ WHERE trade = ?1");
    let mut delete = transaction.prepare_cached(&delete)?;
    for hold in open {
        delete.execute([integer(hold)])?;
    }
    Ok(())
}

pub(super) fn write(transaction: &Transaction<'_>, rows: &[Followed]) -> rusqlite::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    for end in ENDS {
        let insert = of(end, "INSERT OR REPLACE INTO @ VALUES (?1, ?2, ?3)");
        let mut insert = transaction.prepare_cached(&insert)?;
        for row in rows.iter().filter(|row| row.end == end) {
            let status = status_number(row.status);
            insert.execute([integer(row.trade.0.0), integer(row.last.0), status])?;
        }
    }
    Ok(())
}

impl Store {
    /// Fails if the tables are not as we make them.
    pub(super) fn has_trades(&self) -> rusqlite::Result<()> {
        let none = TransactionId(Sequence::ZERO);
        ENDS.iter().try_for_each(|end| self.trade(*end, none).map(|_| ()))
    }

    /// What ended of a trade.
    pub(crate) fn trade(
        &self,
        end: TradeEnd,
        id: TransactionId,
    ) -> rusqlite::Result<Option<Followed>> {
        let select = of(end, "SELECT trade, last, status FROM @ WHERE trade = ?1");
        let mut select = self.connection.prepare_cached(&select)?;
        select.query_row([integer(id.0.0)], |row| followed(end, row)).optional()
    }

    /// What ended of these trades, in one transaction: its locks cost more than looking one up. For
    /// few of them: others wait meanwhile.
    pub(crate) fn trades_of(&self, ids: &[TransactionId]) -> rusqlite::Result<Vec<Followed>> {
        let transaction = self.connection.unchecked_transaction()?;
        let mut found = Vec::new();
        for end in ENDS {
            let select = of(end, "SELECT trade, last, status FROM @ WHERE trade = ?1");
            let mut select = transaction.prepare_cached(&select)?;
            for id in ids {
                let row = select.query_row([integer(id.0.0)], |row| followed(end, row));
                found.extend(row.optional()?);
            }
        }
        transaction.commit()?;
        Ok(found)
    }

    /// What ended of the trades from one identifier to before another.
    pub(crate) fn trades(&self, first: u64, before: u64) -> rusqlite::Result<Vec<Followed>> {
        let mut found = Vec::new();
        for end in ENDS {
            let select = "SELECT trade, last, status FROM @ WHERE trade >= ?1 AND trade < ?2";
            let mut select = self.connection.prepare_cached(&of(end, select))?;
            let range = [integer(first), integer(before)];
            for row in select.query_map(range, |row| followed(end, row))? {
                found.push(row?);
            }
        }
        Ok(found)
    }
}
