//! Archives: what is written comes back, and damage is an error.

use proptest::prelude::*;
use table::archive::{FIELD_BYTES_MAX, PART_BYTES_MAX};
use table::{
    Archive, ArchiveError, Key, KeyEntry, KeyWindow, Paged, Reader, Row, Table, Writer,
    read_key_window, read_paged, read_table, through, write_frozen, write_key_window,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Side {
    #[default]
    Sell,
    Buy,
}

/// A row with a field of every kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Everything {
    number: u64,
    small: u32,
    signed: i64,
    wide: u128,
    flag: bool,
    text: String,
    bytes: Vec<u8>,
    maybe: Option<(u32, u64)>,
    many: Vec<(u32, i64, bool)>,
    side: Side,
}

impl Row for Everything {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        archive.number(&mut self.number)?;
        self.small.archive(archive)?;
        self.signed.archive(archive)?;
        archive.wide(&mut self.wide)?;
        self.flag.archive(archive)?;
        self.text.archive(archive)?;
        archive.bytes(&mut self.bytes)?;
        self.maybe.archive(archive)?;
        self.many.archive(archive)?;
        through(
            archive,
            &mut self.side,
            "a side",
            |side| *side as u32,
            |form| match form {
                0 => Some(Side::Sell),
                1 => Some(Side::Buy),
                _ => None,
            },
        )
    }
}

fn everything() -> impl Strategy<Value = Everything> {
    let numbers = (any::<u64>(), 0..64_u32, any::<u32>(), any::<i64>(), any::<u128>());
    let rest = (
        any::<bool>(),
        any::<String>(),
        prop::collection::vec(any::<u8>(), 0..40),
        any::<Option<(u32, u64)>>(),
        prop::collection::vec(any::<(u32, i64, bool)>(), 0..5),
    );
    (numbers, rest).prop_map(|((number, shift, small, signed, wide), rest)| {
        let (flag, text, bytes, maybe, many) = rest;
        let side = if flag { Side::Buy } else { Side::Sell };
        let number = number >> shift;
        Everything { number, small, signed, wide, flag, text, bytes, maybe, many, side }
    })
}

/// An archive that keeps what is written.
type ToParts<'a> = Writer<Box<dyn FnMut(&[u8]) -> Result<(), ArchiveError> + 'a>>;

fn parts_of(write: impl FnOnce(&mut ToParts<'_>) -> Result<(), ArchiveError>) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    let mut writer: ToParts<'_> = Writer::new(Box::new(|part| {
        parts.push(part.to_vec());
        Ok(())
    }));
    write(&mut writer).unwrap();
    let written = writer.finish().unwrap();
    assert_eq!(written, parts.iter().map(|part| part.len() as u64).sum::<u64>());
    parts
}

fn written(write: impl FnOnce(&mut ToParts<'_>) -> Result<(), ArchiveError>) -> Vec<u8> {
    parts_of(write).concat()
}

fn bytes_of<T: Row>(mut row: T) -> Vec<u8> {
    written(|archive| row.archive(archive))
}

fn source(parts: Vec<Vec<u8>>) -> impl FnMut() -> Result<Option<Vec<u8>>, ArchiveError> {
    let mut parts = parts.into_iter();
    move || Ok(parts.next())
}

/// Reads a row that must end where the parts do.
fn read<T: Row + Default>(parts: Vec<Vec<u8>>) -> Result<T, ArchiveError> {
    let mut reader = Reader::new(source(parts));
    assert!(reader.reading());
    let mut row = T::default();
    row.archive(&mut reader)?;
    reader.finish()?;
    Ok(row)
}

fn read_bytes<T: Row + Default>(bytes: &[u8]) -> Result<T, ArchiveError> {
    read(vec![bytes.to_vec()])
}

type FromParts = Reader<Box<dyn FnMut() -> Result<Option<Vec<u8>>, ArchiveError>>>;

fn try_read_whole<T>(
    bytes: &[u8],
    read: impl FnOnce(&mut FromParts) -> Result<T, ArchiveError>,
) -> Result<T, ArchiveError> {
    let parts = bytes.chunks(7).map(<[u8]>::to_vec).collect();
    let mut reader: FromParts = Reader::new(Box::new(source(parts)));
    let whole = read(&mut reader)?;
    assert_eq!(reader.position(), bytes.len() as u64);
    reader.finish()?;
    Ok(whole)
}

fn read_whole<T>(bytes: &[u8], read: impl FnOnce(&mut FromParts) -> Result<T, ArchiveError>) -> T {
    try_read_whole(bytes, read).unwrap()
}

proptest! {
    #[test]
    fn a_row_comes_back_however_its_parts_are_cut(row in everything(), cut in 1..20_usize) {
        let bytes = bytes_of(row.clone());
        prop_assert_eq!(&read_bytes::<Everything>(&bytes).unwrap(), &row);
        let mut parts: Vec<Vec<u8>> = bytes.chunks(cut).map(<[u8]>::to_vec).collect();
        parts.insert(parts.len() / 2, Vec::new());
        prop_assert_eq!(&read::<Everything>(parts).unwrap(), &row);
    }

    #[test]
    fn every_truncation_is_an_error(row in everything()) {
        let bytes = bytes_of(row);
        for end in 0..bytes.len() {
            let error = read_bytes::<Everything>(&bytes[..end]).unwrap_err();
            prop_assert!(matches!(error, ArchiveError::Truncated), "at {}: {:?}", end, error);
        }
    }

    #[test]
    fn a_byte_too_many_is_an_error(row in everything(), byte in any::<u8>()) {
        let mut bytes = bytes_of(row);
        bytes.push(byte);
        let error = read_bytes::<Everything>(&bytes).unwrap_err();
        prop_assert!(matches!(error, ArchiveError::TrailingBytes));
    }

    /// What is read without an error is the one encoding of what it was read as.
    #[test]
    fn damage_is_an_error_or_another_row(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        if let Ok(row) = read_bytes::<Everything>(&bytes) {
            prop_assert_eq!(&bytes_of(row), &bytes);
        }
        if let Ok(row) = read_bytes::<Vec<(u32, i64, bool)>>(&bytes) {
            prop_assert_eq!(&bytes_of(row), &bytes);
        }
    }

    #[test]
    fn a_table_comes_back_in_its_order(
        inserts in prop::collection::vec((0..200_u32, any::<u64>()), 0..300),
        removals in prop::collection::vec(0..200_u32, 0..100),
    ) {
        let mut table = Table::new();
        for (key, value) in inserts {
            table.insert((key, !key), value);
        }
        for key in removals {
            table.remove(&(key, !key));
        }
        let bytes = written(|archive| write_frozen(&table.freeze(), archive));
        let mut again: Table<(u32, u32), u64> = read_whole(&bytes, read_table);
        prop_assert!(again.iter().eq(table.iter()));
        prop_assert!(table.iter().all(|(key, value)| again.get(key) == Some(value)));
        prop_assert_eq!(written(|archive| write_frozen(&again.freeze(), archive)), bytes);
        // They stay alike.
        let first = table.slot(0).map(|slot| *table.key_at(slot)).unwrap_or_default();
        prop_assert_eq!(again.remove(&first), table.remove(&first));
        prop_assert!(again.iter().eq(table.iter()));
    }

    #[test]
    fn a_key_window_comes_back(
        capacity in 0..50_u32,
        hashes in prop::collection::vec(0..40_u128, 0..120),
    ) {
        let mut window = KeyWindow::new(capacity);
        for (sequence, hash) in (0..).zip(hashes) {
            window.push(KeyEntry { hash, fingerprint: sequence * 3, sequence });
        }
        let bytes = written(|archive| write_key_window(&window.freeze(), archive));
        let mut again = read_whole(&bytes, read_key_window);
        prop_assert_eq!(again.capacity(), capacity);
        for sequence in 0..60 {
            prop_assert!(again.iter().eq(window.iter()));
            prop_assert!((0..100).all(|hash| again.get(hash) == window.get(hash)));
            let entry = KeyEntry { hash: 40 + u128::from(sequence), fingerprint: 0, sequence };
            again.push(entry);
            window.push(entry);
        }
    }
}

#[test]
fn the_bytes_are_those_documented() {
    assert_eq!(bytes_of(0_u64), [0]);
    assert_eq!(bytes_of(300_u64), [0xAC, 0x02]);
    assert_eq!(bytes_of(u64::MAX), [&[0xFF; 9][..], &[0x01]].concat());
    assert_eq!(bytes_of(1_u128), [&[1][..], &[0; 15]].concat());
    assert_eq!(bytes_of((0_i64, -1_i64, 1_i64)), [0, 1, 2]);
    assert_eq!(bytes_of(i64::MIN), bytes_of(u64::MAX));
    assert_eq!(bytes_of("ab".to_owned()), [2, b'a', b'b']);
    assert_eq!(bytes_of((Some(5_u32), None::<u32>)), [1, 5, 0]);
    assert_eq!(bytes_of(vec![true, false]), [2, 1, 0]);
}

#[test]
fn damaged_values_are_told_apart() {
    let overlong: [&[u8]; 4] =
        [&[0x80, 0x00], &[0xFF, 0x80, 0x00], &[0xFF; 11], &[&[0xFF; 9][..], &[2]].concat()];
    for bytes in overlong {
        assert!(matches!(read_bytes::<u64>(bytes), Err(ArchiveError::Overlong)), "{bytes:?}");
    }
    let too_large = bytes_of(1_u64 << 32);
    let error = read_bytes::<u32>(&too_large).unwrap_err();
    assert_eq!(error.to_string(), "4294967296 in the archive is not a u32");
    assert!(matches!(read_bytes::<bool>(&[2]), Err(ArchiveError::OutOfRange { value: 2, .. })));
    assert!(matches!(read_bytes::<Option<u32>>(&[2]), Err(ArchiveError::OutOfRange { .. })));
    assert!(matches!(read_bytes::<String>(&[1, 0xFF]), Err(ArchiveError::Invalid { .. })));
    let side = |archive: &mut FromParts| {
        let mut side = Side::Sell;
        through(archive, &mut side, "a side", |_| 0_u32, |_| None)
    };
    assert!(matches!(try_read_whole(&[2], side), Err(ArchiveError::Invalid { wanted: "a side" })));
}

/// None of these may allocate what the count or the length promises.
#[test]
fn promises_of_more_than_there_is_are_errors() {
    let most = bytes_of(u64::MAX);
    assert!(matches!(read_bytes::<Vec<u32>>(&most), Err(ArchiveError::Truncated)));
    assert!(matches!(read_bytes::<String>(&most), Err(ArchiveError::FieldTooLong { .. })));
    let longest = bytes_of(FIELD_BYTES_MAX as u64);
    assert!(matches!(read_bytes::<String>(&longest), Err(ArchiveError::Truncated)));
    let paged = try_read_whole(&most, read_paged::<u32, _>);
    assert!(matches!(paged, Err(ArchiveError::Truncated)));
    let table = try_read_whole(&most, read_table::<u32, u32, _>);
    assert!(matches!(table, Err(ArchiveError::OutOfRange { .. })));
    let window = try_read_whole(&[5, 6], read_key_window);
    assert!(matches!(window, Err(ArchiveError::OutOfRange { value: 6, .. })));
}

#[test]
fn a_key_twice_is_an_error() {
    let rows = bytes_of(vec![(1_u32, 1_u32), (1, 2)]);
    let table = try_read_whole(&rows, read_table::<u32, u32, _>);
    assert!(matches!(table, Err(ArchiveError::DuplicateKey)));
}

#[test]
fn a_field_too_long_is_not_written() {
    let mut writer = Writer::new(|_: &[u8]| Ok(()));
    let error = writer.bytes(&mut vec![0; FIELD_BYTES_MAX + 1]).unwrap_err();
    assert!(matches!(error, ArchiveError::FieldTooLong { .. }));
    assert!(!writer.reading());
}

#[test]
fn parts_are_full_but_for_the_last_and_rows_go_across() {
    let mut paged = Paged::new();
    (0..200_000_u128).for_each(|at| paged.push((at, at.to_string())));
    let frozen = paged.freeze();
    let parts = parts_of(|archive| {
        write_frozen(&frozen, archive)?;
        archive.bytes(&mut vec![7; 3 * PART_BYTES_MAX])
    });
    let (last, full) = parts.split_last().unwrap();
    assert!(full.len() > 5 && full.iter().all(|part| part.len() == PART_BYTES_MAX));
    let written = full.len() * PART_BYTES_MAX + last.len();

    let mut reader = Reader::new(source(parts));
    let again: Paged<(u128, String)> = read_paged(&mut reader).unwrap();
    let mut bytes = Vec::new();
    reader.bytes(&mut bytes).unwrap();
    assert_eq!(bytes, vec![7; 3 * PART_BYTES_MAX]);
    assert_eq!(reader.position(), written as u64);
    reader.finish().unwrap();
    assert!(again.iter().eq(frozen.iter()));
}

#[test]
fn an_empty_archive_has_no_part() {
    assert!(parts_of(|_| Ok(())).is_empty());
    Reader::new(source(Vec::new())).finish().unwrap();
}

#[test]
fn failures_of_the_store_come_through() {
    let mut writer = Writer::new(|_: &[u8]| Err(ArchiveError::part("the disk is full")));
    7_u32.archive(&mut writer).unwrap();
    let error = writer.finish().unwrap_err();
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "the disk is full");
    let mut reader = Reader::new(|| Err(ArchiveError::part("no such part")));
    assert!(matches!(0_u32.archive(&mut reader), Err(ArchiveError::Part(_))));
}

/// A name as users make theirs: a newtype that is both a key and a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Name(String);

impl Key for Name {
    fn hash(&self) -> u64 {
        table::hash_bytes(self.0.as_bytes())
    }
}

impl Row for Name {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        self.0.archive(archive)
    }
}

#[test]
fn a_table_of_names_is_restored_and_searched_by_borrowed_text() {
    let mut table = Table::new();
    for name in ["terra", "luna", "mars"] {
        table.insert(Name(name.into()), 1_u32);
    }
    table.remove(&Name("terra".into()));
    let bytes = written(|archive| write_frozen(&table.freeze(), archive));
    let again: Table<Name, u32> = read_whole(&bytes, read_table);
    assert!(again.iter().map(|(name, _)| name.0.as_str()).eq(["mars", "luna"]));
    let slot = again.find_with(table::hash_bytes(b"luna"), |name| name.0 == "luna").unwrap();
    assert_eq!((slot.position(), again.at(slot)), (1, &1));
}
