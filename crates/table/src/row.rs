//! What can be archived: rows, their fields, and whole tables of them.
//!
//! A table is written frozen, so that its owner goes on meanwhile, and read back live. It must come
//! back the same to the last bit of its behaviour: the order of its rows included.

use crate::{
    Archive, ArchiveError, Frozen, FrozenKeyWindow, Key, KeyEntry, KeyWindow, Paged, Table,
};

/// A value whose fields an [`Archive`] writes or reads.
///
/// It describes itself in at least one byte, or else a damaged count could ask for rows without end.
/// While writing it must not change; while reading it is overwritten, whatever it was before.
pub trait Row {
    /// Passes each field to `archive`, always the same ones in the same order for the same value.
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError>;
}

/// Archives a value in the form of another: for newtypes, for enumerations, and for types of crates
/// that do not know this one. `wanted` says in an error what `from_form` could not make.
///
/// ```
/// # use table::{Archive, ArchiveError, Row, through};
/// #[derive(Clone, Copy)]
/// enum Side { Sell, Buy }
///
/// fn side<A: Archive>(archive: &mut A, value: &mut Side) -> Result<(), ArchiveError> {
///     through(archive, value, "a side", |side| *side as u32, |form| match form {
///         0 => Some(Side::Sell),
///         1 => Some(Side::Buy),
///         _ => None,
///     })
/// }
/// ```
#[inline]
pub fn through<A: Archive, T, F: Row + Default>(
    archive: &mut A,
    value: &mut T,
    wanted: &'static str,
    to_form: impl FnOnce(&T) -> F,
    from_form: impl FnOnce(F) -> Option<T>,
) -> Result<(), ArchiveError> {
    if archive.reading() {
        let mut form = F::default();
        form.archive(archive)?;
        *value = from_form(form).ok_or(ArchiveError::Invalid { wanted })?;
        return Ok(());
    }
    to_form(value).archive(archive)
}

impl Row for u64 {
    #[inline]
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        archive.number(self)
    }
}

impl Row for u128 {
    #[inline]
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        archive.wide(self)
    }
}

impl Row for u32 {
    #[inline]
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        let mut number = u64::from(*self);
        archive.number(&mut number)?;
        *self = u32::try_from(number)
            .map_err(|_| ArchiveError::OutOfRange { wanted: "a u32", value: number })?;
        Ok(())
    }
}

impl Row for bool {
    #[inline]
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        let mut number = u64::from(*self);
        archive.number(&mut number)?;
        *self = match number {
            0 => false,
            1 => true,
            value => {
                return Err(ArchiveError::OutOfRange { wanted: "a bool", value });
            }
        };
        Ok(())
    }
}

/// Zigzag: 0, -1, 1, -2, … are the numbers 0, 1, 2, 3, …, so that small ones stay short.
impl Row for i64 {
    #[inline]
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        let mut number = ((*self << 1) ^ (*self >> 63)).cast_unsigned();
        archive.number(&mut number)?;
        *self = (number >> 1).cast_signed() ^ -(number & 1).cast_signed();
        Ok(())
    }
}

/// Its bytes, which must be UTF-8.
impl Row for String {
    #[inline]
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        let mut bytes = std::mem::take(self).into_bytes();
        archive.bytes(&mut bytes)?;
        *self =
            String::from_utf8(bytes).map_err(|_| ArchiveError::Invalid { wanted: "UTF-8 text" })?;
        Ok(())
    }
}

/// Whether there is one, then that.
impl<T: Row + Default> Row for Option<T> {
    #[inline]
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        let mut is_some = self.is_some();
        is_some.archive(archive)?;
        if archive.reading() {
            *self = is_some.then(T::default);
        }
        self.as_mut().map_or(Ok(()), |value| value.archive(archive))
    }
}

/// Their count, then each. For bytes, use [`Archive::bytes`].
impl<T: Row + Default> Row for Vec<T> {
    #[inline]
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        let mut count = self.len() as u64;
        archive.number(&mut count)?;
        if !archive.reading() {
            return self.iter_mut().try_for_each(|item| item.archive(archive));
        }
        self.clear();
        // The vector grows by what is there, not by what the count promises.
        for _ in 0..count {
            self.push(read_row(archive)?);
        }
        Ok(())
    }
}

impl<T: Row, U: Row> Row for (T, U) {
    #[inline]
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        self.0.archive(archive)?;
        self.1.archive(archive)
    }
}

impl<T: Row, U: Row, V: Row> Row for (T, U, V) {
    #[inline]
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        self.0.archive(archive)?;
        self.1.archive(archive)?;
        self.2.archive(archive)
    }
}

impl Row for KeyEntry {
    #[inline]
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        archive.wide(&mut self.hash)?;
        archive.number(&mut self.fingerprint)?;
        archive.number(&mut self.sequence)
    }
}

/// Writes the count of the rows, then each; of a frozen [`Paged`] or [`Table`] alike.
///
/// A row is cloned to be written, because a row that is read is changed and the description is the
/// same. That is cheap for rows of numbers and an allocation for each string in it.
pub fn write_frozen<T: Row + Clone, A: Archive>(
    frozen: &Frozen<T>,
    archive: &mut A,
) -> Result<(), ArchiveError> {
    write_rows(frozen.len(), frozen.iter(), archive)
}

/// Reads what [`write_frozen`] wrote.
pub fn read_paged<T: Row + Default + Clone, A: Archive>(
    archive: &mut A,
) -> Result<Paged<T>, ArchiveError> {
    let mut paged = Paged::new();
    for _ in 0..read_count(archive)? {
        paged.push(read_row(archive)?);
    }
    Ok(paged)
}

/// Rows that room is made for before they are read, at most: a damaged count must not ask for more.
const EXPECTED_MAX: u32 = 1 << 22;

/// Reads what [`write_frozen`] wrote of a table; its rows are in the same order as before.
pub fn read_table<K: Key + Row + Default, V: Row + Default + Clone, A: Archive>(
    archive: &mut A,
) -> Result<Table<K, V>, ArchiveError> {
    let count = read_count(archive)?;
    if count >= u64::from(u32::MAX) {
        return Err(ArchiveError::OutOfRange { wanted: "a count of rows", value: count });
    }
    let expected = u32::try_from(count).unwrap_or(EXPECTED_MAX).min(EXPECTED_MAX);
    let mut table = Table::with_capacity(expected as usize);
    for _ in 0..count {
        let (key, value) = read_row(archive)?;
        if table.insert(key, value).is_some() {
            return Err(ArchiveError::DuplicateKey);
        }
    }
    Ok(table)
}

/// Writes the capacity of a window and the count of its entries, then each, the oldest first.
pub fn write_key_window<A: Archive>(
    frozen: &FrozenKeyWindow,
    archive: &mut A,
) -> Result<(), ArchiveError> {
    frozen.capacity().archive(archive)?;
    write_rows(frozen.len(), frozen.iter(), archive)
}

/// Reads what [`write_key_window`] wrote.
pub fn read_key_window<A: Archive>(archive: &mut A) -> Result<KeyWindow, ArchiveError> {
    let capacity: u32 = read_row(archive)?;
    let count = read_count(archive)?;
    if count > u64::from(capacity) {
        return Err(ArchiveError::OutOfRange { wanted: "within the window", value: count });
    }
    let expected = u32::try_from(count).unwrap_or(capacity).min(EXPECTED_MAX);
    let mut window = KeyWindow::expecting(capacity, expected);
    for _ in 0..count {
        window.push(read_row(archive)?);
    }
    Ok(window)
}

fn write_rows<'a, T: Row + Clone + 'a, A: Archive>(
    count: usize,
    rows: impl Iterator<Item = &'a T>,
    archive: &mut A,
) -> Result<(), ArchiveError> {
    debug_assert!(!archive.reading(), "what is frozen cannot be read into");
    (count as u64).archive(archive)?;
    for row in rows {
        row.clone().archive(archive)?;
    }
    Ok(())
}

fn read_count<A: Archive>(archive: &mut A) -> Result<u64, ArchiveError> {
    read_row(archive)
}

#[inline]
fn read_row<T: Row + Default, A: Archive>(archive: &mut A) -> Result<T, ArchiveError> {
    let mut row = T::default();
    row.archive(archive)?;
    Ok(row)
}
