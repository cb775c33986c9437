//! Free text from clients, bounded.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::limits::{METADATA_ENTRIES_MAX, TEXT_BYTES_MAX};

/// Text for people: 1 to 256 bytes of UTF-8 without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Box<str>);

/// A text that is empty, too long, or holds control characters; or too many metadata entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TextError {
    /// Not 1 to 256 bytes without control characters.
    #[error("must be 1 to {TEXT_BYTES_MAX} bytes of text without control characters")]
    Text,
    /// Too many entries.
    #[error("must have at most {METADATA_ENTRIES_MAX} entries")]
    Entries,
}

impl Text {
    /// Checks and takes a text.
    pub fn new(text: &str) -> Result<Self, TextError> {
        if text.is_empty() || text.len() > TEXT_BYTES_MAX || text.chars().any(char::is_control) {
            return Err(TextError::Text);
        }
        Ok(Self(text.into()))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a client wrote on a command for itself; the network only keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Note {
    /// The client's own number for it, such as an order number.
    pub reference: Option<Text>,
    /// Keys and values of the client's.
    pub metadata: BTreeMap<Text, Text>,
}

impl Note {
    /// Checks the number of entries; `None` when there is nothing to keep.
    pub fn new(
        reference: Option<Text>,
        metadata: BTreeMap<Text, Text>,
    ) -> Result<Option<Box<Self>>, TextError> {
        if metadata.len() > METADATA_ENTRIES_MAX {
            return Err(TextError::Entries);
        }
        let empty = reference.is_none() && metadata.is_empty();
        Ok((!empty).then(|| Box::new(Self { reference, metadata })))
    }
}
