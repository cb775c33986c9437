//! What a book stands at, and how an event changes it.

use domain::{
    CreditAccount, Credits, Movement, Recorded, Sink, StationId, StockAccount, TraderId, movements,
};
use table::{ArchiveError, Reader, Table, Writer};

use crate::Balance;
use crate::inventory::{Inventory, StationRows};
use crate::saved::{read, write};

/// The stock of a station as bytes.
pub(super) fn encode(inventory: &Inventory, station: StationId) -> Result<Vec<u8>, ArchiveError> {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(|part: &[u8]| {
        bytes.extend_from_slice(part);
        Ok(())
    });
    write(inventory.rows_at(station), &mut writer)?;
    writer.finish()?;
    Ok(bytes)
}

/// The stock of a station from bytes, with room for so many stations and traders.
pub(super) fn decode(
    bytes: &[u8],
    station_count: usize,
    trader_count: usize,
) -> Result<Inventory, ArchiveError> {
    let mut parts = bytes.chunks(table::archive::PART_BYTES_MAX);
    let mut reader = Reader::new(|| Ok(parts.next().map(<[u8]>::to_vec)));
    let (entries, totals): StationRows = read(&mut reader)?;
    reader.finish()?;
    let invalid = || ArchiveError::Invalid { wanted: "the stock of a station" };
    Inventory::restored(table(entries)?, table(totals)?, station_count, trader_count)
        .ok_or_else(invalid)
}

fn table<K: table::Key, V: Clone>(rows: Box<[(K, V)]>) -> Result<Table<K, V>, ArchiveError> {
    let mut table = Table::new();
    for (key, value) in rows {
        if table.insert(key, value).is_some() {
            return Err(ArchiveError::DuplicateKey);
        }
    }
    Ok(table)
}

/// No stock, with room for so many stations and traders.
pub(super) fn nothing(station_count: usize, trader_count: usize) -> Inventory {
    let mut inventory = Inventory::default();
    (0..station_count).for_each(|_| inventory.open_shelf());
    (0..trader_count).for_each(|_| inventory.open_holding());
    inventory
}

/// Follows one station's stock by an event: what moves elsewhere is passed over.
pub(super) fn fold_stock(inventory: &mut Inventory, station: StationId, recorded: &Recorded) {
    // Of the two ends of a movement only what is here is entered into this book.
    let here = |account| match account {
        StockAccount::Level { station: place, .. } if place != station => {
            StockAccount::Sink(Sink::Lost)
        }
        account => account,
    };
    movements(&recorded.event, |movement| {
        if let Movement::Goods { commodity, quantity, from, to } = movement {
            inventory.fold(&recorded.envelope, commodity, quantity, here(from), here(to));
        }
    });
}

/// What an event did to a trader's credits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CreditsMoved {
    /// Into what is free to be spent; in full, also what left it by the same event.
    pub into_available: Credits,
    /// Out of what is free to be spent.
    pub out_of_available: Credits,
    /// Into what is held.
    pub into_held: Credits,
    /// Out of what is held.
    pub out_of_held: Credits,
}

impl CreditsMoved {
    /// What this event did to the credits of this trader.
    pub(super) fn by(recorded: &Recorded, trader: TraderId) -> Self {
        let mut moved = Self::default();
        movements(&recorded.event, |movement| {
            let Movement::Credits { amount, from, to } = movement else {
                return;
            };
            let (mut sum_out, mut sum_in) = (None, None);
            match from {
                CreditAccount::Available(of) if of == trader => {
                    sum_out = Some(&mut moved.out_of_available);
                }
                CreditAccount::Held(of) if of == trader => sum_out = Some(&mut moved.out_of_held),
                _ => {}
            }
            if let Some(sum) = sum_out {
                *sum = sum.checked_add(amount).unwrap_or(Credits::MAX);
            }
            match to {
                CreditAccount::Available(of) if of == trader => {
                    sum_in = Some(&mut moved.into_available);
                }
                CreditAccount::Held(of) if of == trader => sum_in = Some(&mut moved.into_held),
                _ => {}
            }
            if let Some(sum) = sum_in {
                *sum = sum.checked_add(amount).unwrap_or(Credits::MAX);
            }
        });
        moved
    }

    /// The balance behind it; `None` if it cannot follow the one before.
    pub(super) fn after(self, before: Balance) -> Option<Balance> {
        let step = |sum: Credits, gained, lost| sum.checked_add(gained)?.checked_sub(lost);
        Some(Balance {
            available: step(before.available, self.into_available, self.out_of_available)?,
            held: step(before.held, self.into_held, self.out_of_held)?,
        })
    }
}
