//! The table of stations: CSV with the columns `system`, `station`, `x_ly`, `y_ly` and
//! `z_ly`, in any order.

use std::path::Path;

use super::super::ImportError;
use super::super::report::{Findings, Input, SkipReason};

/// A station as the table gives it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct StationRow {
    pub(super) line: u64,
    pub(super) system: String,
    pub(super) station: String,
    /// Light-years, to the thousandth that the network keeps.
    pub(super) position: [f64; 3],
}

/// The farthest a coordinate may be: what the network takes, in light-years.
const COORDINATE_MAX: f64 = 1e9;

const COLUMNS: [&str; 5] = ["system", "station", "x_ly", "y_ly", "z_ly"];

/// Reads the table. A row that cannot be used is reported and skipped.
pub(super) fn read(path: &Path, findings: &mut Findings) -> Result<Vec<StationRow>, ImportError> {
    let file = std::fs::File::open(path)
        .map_err(|error| ImportError::File { path: path.to_owned(), error })?;
    parse(file, findings).map_err(|why| ImportError::NotStations { path: path.to_owned(), why })
}

fn parse(input: impl std::io::Read, findings: &mut Findings) -> Result<Vec<StationRow>, String> {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(input);
    let header = reader.byte_headers().map_err(|error| error.to_string())?;
    let mut places = [0; COLUMNS.len()];
    for (place, column) in places.iter_mut().zip(COLUMNS) {
        *place = header
            .iter()
            .position(|name| name.trim_ascii() == column.as_bytes())
            .ok_or_else(|| format!("it has no column {column:?}"))?;
    }
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(rows),
            Ok(true) => {
                let line = record.position().map_or(line, csv::Position::line);
                match row(line, &record, places) {
                    Ok(row) => rows.push(row),
                    Err(why) => findings.skip(Input::Stations, line, SkipReason::WrongShape, &why),
                }
            }
            Err(error) if error.is_io_error() => return Err(error.to_string()),
            Err(error) => {
                let line = error.position().map_or(line, csv::Position::line);
                let why = error.to_string();
                findings.skip(Input::Stations, line, SkipReason::WrongShape, &why);
            }
        }
    }
}

fn row(line: u64, record: &csv::StringRecord, places: [usize; 5]) -> Result<StationRow, String> {
    let field = |column: usize| {
        let text = record.get(places[column]).unwrap_or_default();
        (!text.is_empty()).then_some(text).ok_or_else(|| format!("{} is empty", COLUMNS[column]))
    };
    let coordinate = |column: usize| {
        let text = field(column)?;
        text.parse::<f64>()
            .ok()
            .filter(|light_years| light_years.abs() <= COORDINATE_MAX)
            .map(|light_years| (light_years * 1000.0).round() / 1000.0)
            .ok_or_else(|| format!("{} is no coordinate: {text:?}", COLUMNS[column]))
    };
    Ok(StationRow {
        line,
        system: field(0)?.to_owned(),
        station: field(1)?.to_owned(),
        position: [coordinate(2)?, coordinate(3)?, coordinate(4)?],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_rows_are_kept_and_bad_ones_named_by_line() {
        let table = "station,system,x_ly,y_ly,z_ly\n\
            Szulkin Mines,LFT 992,-7.5625,42.59375,0.6875\n\
            ,LFT 992,1,2,3\n\
            \"Hope, the\",TILIAN,1,nan,3\n\
            \"Maunder's Hope, upper\",TILIAN,1,2,-3.0004\n\
            Short,TILIAN\n";
        let mut findings = Findings::default();
        let rows = parse(table.as_bytes(), &mut findings).unwrap();
        let kept: Vec<_> = rows.iter().map(|row| (row.line, row.station.as_str())).collect();
        assert_eq!(kept, [(2, "Szulkin Mines"), (5, "Maunder's Hope, upper")]);
        assert_eq!(format!("{:?}", rows[0].position), "[-7.563, 42.594, 0.688]");
        assert_eq!(format!("{:?}", rows[1].position), "[1.0, 2.0, -3.0]");
        let lines = findings.take_lines();
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(lines[0].starts_with("stations line 3: skipped: "), "{lines:?}");
        assert!(lines[1].contains("y_ly is no coordinate"), "{lines:?}");
    }

    #[test]
    fn a_table_without_its_columns_is_no_table_of_stations() {
        let error = parse("a,b\n1,2\n".as_bytes(), &mut Findings::default()).unwrap_err();
        assert!(error.contains("no column \"system\""), "{error}");
    }
}
