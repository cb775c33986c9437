//! The file: TOML, one setting a line, without tables.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::SettingsError;

/// A setting of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) key: String,
    /// As it would be written behind the flag.
    pub(super) value: String,
    /// Where it stands, from 1.
    pub(super) line: usize,
}

pub(super) fn read(file: &Path) -> Result<Vec<Entry>, SettingsError> {
    let unreadable = |error| SettingsError::Unreadable { file: file.to_owned(), error };
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    parse(&text).map_err(|(at, reason)| {
        let line = line_of(&text, at);
        SettingsError::Line { file: file.to_owned(), line, reason }
    })
}

/// The settings, or where something is wrong and what.
fn parse(text: &str) -> Result<Vec<Entry>, (usize, String)> {
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        (at, error.message().to_owned())
    })?;
    let mut entries = Vec::new();
    for (key, value) in table.get_ref() {
        let (at, key) = (key.span().start, key.get_ref().to_string());
        let value = written(value.get_ref()).ok_or_else(|| {
            (at, format!("{key} is a text, a number, true, false or a list of texts"))
        })?;
        entries.push(Entry { key, value, line: line_of(text, at) });
    }
    entries.sort_by_key(|entry| entry.line);
    Ok(entries)
}

/// A value as it would be written behind its flag: a list with commas.
fn written(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => {
            i128::from_str_radix(number.as_str(), number.radix()).ok().map(|n| n.to_string())
        }
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(yes) => Some(yes.to_string()),
        DeValue::Datetime(time) => Some(time.to_string()),
        DeValue::Array(values) => {
            let values = values.iter().map(|value| match value.get_ref() {
                DeValue::Array(_) => None,
                plain => written(plain),
            });
            values.collect::<Option<Vec<_>>>().map(|values| values.join(","))
        }
        DeValue::Table(_) => None,
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(String, String)>, (usize, String)> {
        parse(text).map(|entries| entries.into_iter().map(|e| (e.key, e.value)).collect())
    }

    #[test]
    fn values_are_read_as_they_would_be_written_behind_a_flag() {
        let text = "listen = \"[::1]:0\" # here\nspeed = 1_000\nanonymous = true\n\
                    epoch = 2200-01-01T00:00:00Z\nwebhook-allow = [\"10.0.0.0/8\", \"::1\"]\n";
        let expected = [
            ("listen", "[::1]:0"),
            ("speed", "1000"),
            ("anonymous", "true"),
            ("epoch", "2200-01-01T00:00:00Z"),
            ("webhook-allow", "10.0.0.0/8,::1"),
        ];
        let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(read(text).unwrap(), expected);
        assert_eq!(parse(text).unwrap()[3].line, 4);
    }

    #[test]
    fn what_is_no_setting_is_refused_with_its_place() {
        for (text, line, word) in [
            ("listen = \"x\"\n[serve]\nspeed = 1\n", 2, "serve"),
            ("listen = \n", 1, ""),
            ("a = [[1]]\n", 1, "list of texts"),
            ("speed = 1\nspeed = 2\n", 2, "duplicate"),
        ] {
            let (at, reason) = read(text).unwrap_err();
            assert_eq!(line_of(text, at), line, "{text}: {reason}");
            assert!(reason.contains(word), "{text}: {reason}");
        }
    }
}
