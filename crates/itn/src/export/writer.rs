//! Items to rows.

use std::io::{self, Write};

use csv::{Terminator, WriterBuilder};
use serde_json::value::RawValue;

use super::output::{Output, Target};
use super::table::Table;
use super::{ExportError, Format, What};

/// Writes items in a format, and counts them.
pub(super) struct Writer {
    target: Target,
    rows: Rows,
    items_count: u64,
    rows_count: u64,
}

enum Rows {
    Ndjson(Output),
    Csv(Box<Csv>),
}

struct Csv {
    rows: csv::Writer<Output>,
    table: Table,
    guards: bool,
    has_header: bool,
}

impl Writer {
    /// With `guards`, text that a spreadsheet would run as a formula is told to be text.
    pub(super) fn new(output: Output, what: What, format: Format, guards: bool) -> Self {
        let target = output.target();
        let rows = match format {
            Format::Ndjson => Rows::Ndjson(output),
            Format::Csv => {
                // As RFC 4180 has it: quotes where they are needed, and CRLF.
                let rows = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(output);
                let csv = Csv { rows, table: Table::of(what), guards, has_header: false };
                Rows::Csv(Box::new(csv))
            }
        };
        Self { target, rows, items_count: 0, rows_count: 0 }
    }

    /// How many items were written.
    pub(super) fn items_count(&self) -> u64 {
        self.items_count
    }

    /// Writes one item.
    pub(super) fn write(&mut self, item: &RawValue) -> Result<(), ExportError> {
        self.items_count += 1;
        let written = match &mut self.rows {
            Rows::Ndjson(output) => write_line(output, item.get()).map(|()| 1),
            Rows::Csv(csv) => {
                let item = serde_json::from_str(item.get()).map_err(ExportError::NotUnderstood)?;
                csv.write(&item).map_err(cause)
            }
        };
        self.rows_count += written.map_err(|error| self.target.failure(error))?;
        Ok(())
    }

    /// Ends the output; how many items and rows it has.
    pub(super) fn finish(self) -> Result<(u64, u64), ExportError> {
        let Self { target, rows, items_count, rows_count } = self;
        let output = match rows {
            Rows::Ndjson(output) => Ok(output),
            Rows::Csv(csv) => csv.finish(),
        };
        output.and_then(Output::finish).map_err(|error| target.failure(error))?;
        Ok((items_count, rows_count))
    }
}

impl Csv {
    fn write(&mut self, item: &serde_json::Value) -> Result<u64, csv::Error> {
        self.begin()?;
        let mut count = 0;
        for row in self.table.rows(item) {
            self.rows.write_record(row.iter().map(|cell| cell.text(self.guards)))?;
            count += 1;
        }
        Ok(count)
    }

    /// A table has its header, also if it has nothing else; but not before the server has answered.
    fn begin(&mut self) -> Result<(), csv::Error> {
        if !self.has_header {
            self.has_header = true;
            self.rows.write_record(self.table.header())?;
        }
        Ok(())
    }

    fn finish(mut self) -> io::Result<Output> {
        self.begin().map_err(cause)?;
        self.rows.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// Between the members of an item a line may end; within a text it cannot.
fn write_line(output: &mut Output, item: &str) -> io::Result<()> {
    if item.contains(['\n', '\r']) {
        output.write_all(item.replace(['\n', '\r'], " ").as_bytes())?;
    } else {
        output.write_all(item.as_bytes())?;
    }
    output.write_all(b"\n")
}

fn cause(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests;
