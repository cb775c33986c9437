//! Files of one JSON object a line: read row by row, a bad one told and left out.

use std::io::{BufRead, BufReader};
use std::path::Path;

use domain::AMOUNT_MAX;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::ImportError;
use super::report::{Findings, Input, SkipReason};

/// Why a row cannot be used.
pub(super) type Unusable = (SkipReason, String);

/// What a file held.
#[derive(Debug)]
pub(super) struct Rows<T> {
    /// The good rows, in the order of the file.
    pub(super) rows: Vec<T>,
    /// All rows, good and bad; blank lines are none.
    pub(super) read_count: u64,
}

/// Reads a file. A row that cannot be used is reported and skipped.
pub(super) fn read<T>(
    path: &Path,
    source: Input,
    findings: &mut Findings,
    row: impl Fn(u64, &[u8]) -> Result<T, Unusable>,
) -> Result<Rows<T>, ImportError> {
    let failed = |error| ImportError::File { path: path.to_owned(), error };
    let file = std::fs::File::open(path).map_err(failed)?;
    parse(BufReader::new(file), source, findings, row).map_err(failed)
}

/// Reads what is in the file; `row` is given each line's number and bytes.
pub(super) fn parse<T>(
    input: impl BufRead,
    source: Input,
    findings: &mut Findings,
    row: impl Fn(u64, &[u8]) -> Result<T, Unusable>,
) -> std::io::Result<Rows<T>> {
    let mut read = Rows { rows: Vec::new(), read_count: 0 };
    for (line, bytes) in (1_u64..).zip(input.split(b'\n')) {
        let bytes = bytes?;
        // Some editors put a byte order mark before the first row.
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        read.read_count += 1;
        match row(line, bytes) {
            Ok(row) => read.rows.push(row),
            Err((reason, why)) => findings.skip(source, line, reason, &why),
        }
    }
    Ok(read)
}

/// A row as its members say.
pub(super) fn shaped<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unusable> {
    serde_json::from_slice(bytes).map_err(|error| {
        let reason = match error.classify() {
            Category::Data => SkipReason::WrongShape,
            Category::Syntax | Category::Eof | Category::Io => SkipReason::NotJson,
        };
        (reason, error.to_string())
    })
}

/// A name must say something.
pub(super) fn named(name: &str, text: &str) -> Result<(), Unusable> {
    if text.trim().is_empty() {
        return Err((SkipReason::WrongShape, format!("{name} is empty")));
    }
    Ok(())
}

/// A number of units or credits that the network can count.
pub(super) fn amount(name: &str, value: i64) -> Result<u64, Unusable> {
    u64::try_from(value)
        .ok()
        .filter(|amount| *amount <= AMOUNT_MAX)
        .ok_or_else(|| (SkipReason::OutOfRange, format!("{name} is {value}")))
}
