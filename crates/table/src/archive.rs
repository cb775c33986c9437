//! Rows as bytes, for snapshots and state hashes.
//!
//! One function describes a row for both directions: [`Writer`] and [`Reader`] are both an
//! [`Archive`]. Every value has one encoding, so equal states have equal bytes. A reader must not
//! trust what it reads: damage is an [`ArchiveError`], never a panic, a value cut short or memory
//! allocated on its word.
//!
//! | Field  | Bytes                                                              |
//! |--------|--------------------------------------------------------------------|
//! | number | LEB128: seven bits a byte, the lowest first; 1 to 10 bytes         |
//! | wide   | 16 bytes, the lowest first                                         |
//! | bytes  | their count as a number, at most [`FIELD_BYTES_MAX`]; then they    |
//!
//! There are no field names and no version: whoever stores an archive notes beside it which format
//! it has. The stream of bytes is cut into parts without regard to fields: each part has exactly
//! [`PART_BYTES_MAX`] bytes, the last one 1 to as many, and an empty archive has no part.

use std::error::Error;
use std::fmt;

/// The size of a part: what a snapshot store takes at once (1 MiB).
pub const PART_BYTES_MAX: usize = 1 << 20;

/// The longest byte field: far beyond any row, and a damaged length shows early.
pub const FIELD_BYTES_MAX: usize = 1 << 24;

/// The longest encoding of a number: 64 bits, seven a byte.
const NUMBER_BYTES_MAX: usize = 10;

/// Writes or reads a row's fields in order; one function describes both directions, so they cannot
/// drift.
pub trait Archive {
    /// Writes the number or replaces it by the one read.
    fn number(&mut self, value: &mut u64) -> Result<(), ArchiveError>;

    /// Writes a number of 128 bits, always in full, or replaces it by the one read: for hashes.
    fn wide(&mut self, value: &mut u128) -> Result<(), ArchiveError>;

    /// Writes the bytes or replaces them by those read.
    fn bytes(&mut self, value: &mut Vec<u8>) -> Result<(), ArchiveError>;

    /// Whether values are being replaced. When they are not, they stay as they are.
    fn reading(&self) -> bool;
}

/// Why an archive could not be written or read.
#[derive(Debug)]
pub enum ArchiveError {
    /// The parts ended within a row.
    Truncated,
    /// The parts go on after the last row.
    TrailingBytes,
    /// A number has more than 64 bits, or more bytes than it needs.
    Overlong,
    /// A byte field is longer than [`FIELD_BYTES_MAX`].
    FieldTooLong {
        /// Its length, in bytes.
        bytes: u64,
    },
    /// A number does not fit where it belongs.
    OutOfRange {
        /// What it should have been.
        wanted: &'static str,
        /// What it is.
        value: u64,
    },
    /// A value is none of those allowed.
    Invalid {
        /// What it should have been.
        wanted: &'static str,
    },
    /// Two rows of a table have the same key.
    DuplicateKey,
    /// A part could not be stored or fetched.
    Part(Box<dyn Error + Send + Sync>),
}

impl ArchiveError {
    /// For a sink or a source: the part could not be stored or fetched, and why.
    pub fn part(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Part(error.into())
    }
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => write!(formatter, "the archive ends within a row"),
            Self::TrailingBytes => write!(formatter, "the archive goes on after its last row"),
            Self::Overlong => write!(formatter, "a number in the archive is longer than any"),
            Self::FieldTooLong { bytes } => {
                write!(formatter, "a field of {bytes} bytes, at most {FIELD_BYTES_MAX} are allowed")
            }
            Self::OutOfRange { wanted, value } => {
                write!(formatter, "{value} in the archive is not {wanted}")
            }
            Self::Invalid { wanted } => write!(formatter, "a value in the archive is not {wanted}"),
            Self::DuplicateKey => write!(formatter, "a table in the archive has a key twice"),
            Self::Part(_) => write!(formatter, "a part of the archive was not stored or fetched"),
        }
    }
}

impl Error for ArchiveError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Part(error) => Some(error.as_ref()),
            _ => None,
        }
    }
}

/// Writes rows and hands the bytes over in parts.
///
/// After an error, drop it: what was handed over is not an archive. The same goes for one that was
/// not [`finish`](Self::finish)ed.
pub struct Writer<S> {
    sink: S,
    /// What comes after the parts handed over, never more than a part.
    part: Vec<u8>,
    /// How many bytes were handed over.
    sent: u64,
}

impl<S: FnMut(&[u8]) -> Result<(), ArchiveError>> Writer<S> {
    /// Writes to `sink`, which gets one part after the other and may refuse one with
    /// [`ArchiveError::part`].
    pub fn new(sink: S) -> Self {
        Self { sink, part: Vec::with_capacity(PART_BYTES_MAX), sent: 0 }
    }

    /// Hands the last part over and returns the number of bytes in all parts.
    pub fn finish(mut self) -> Result<u64, ArchiveError> {
        if !self.part.is_empty() {
            self.send()?;
        }
        Ok(self.sent)
    }

    #[inline]
    fn put(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        if self.part.len() + bytes.len() > PART_BYTES_MAX {
            return self.put_across(bytes);
        }
        self.part.extend_from_slice(bytes);
        Ok(())
    }

    #[cold]
    fn put_across(&mut self, mut bytes: &[u8]) -> Result<(), ArchiveError> {
        while !bytes.is_empty() {
            if self.part.len() == PART_BYTES_MAX {
                self.send()?;
            }
            let (fitting, rest) = bytes.split_at(bytes.len().min(PART_BYTES_MAX - self.part.len()));
            self.part.extend_from_slice(fitting);
            bytes = rest;
        }
        Ok(())
    }

    fn send(&mut self) -> Result<(), ArchiveError> {
        (self.sink)(&self.part)?;
        self.sent += self.part.len() as u64;
        self.part.clear();
        Ok(())
    }
}

impl<S: FnMut(&[u8]) -> Result<(), ArchiveError>> Archive for Writer<S> {
    #[inline]
    fn number(&mut self, value: &mut u64) -> Result<(), ArchiveError> {
        let mut bytes = [0; NUMBER_BYTES_MAX];
        let mut count = 0;
        let mut rest = *value;
        while rest > 0x7F {
            bytes[count] = (rest & 0x7F) as u8 | 0x80;
            count += 1;
            rest >>= 7;
        }
        bytes[count] = (rest & 0x7F) as u8;
        self.put(&bytes[..=count])
    }

    #[inline]
    fn wide(&mut self, value: &mut u128) -> Result<(), ArchiveError> {
        self.put(&value.to_le_bytes())
    }

    #[inline]
    fn bytes(&mut self, value: &mut Vec<u8>) -> Result<(), ArchiveError> {
        let mut length = value.len() as u64;
        if value.len() > FIELD_BYTES_MAX {
            return Err(ArchiveError::FieldTooLong { bytes: length });
        }
        self.number(&mut length)?;
        self.put(value)
    }

    #[inline]
    fn reading(&self) -> bool {
        false
    }
}

/// Reads rows from parts.
pub struct Reader<S> {
    source: S,
    part: Vec<u8>,
    /// How much of the part has been read.
    at: usize,
    /// How many bytes there were in the parts before.
    before: u64,
}

impl<S: FnMut() -> Result<Option<Vec<u8>>, ArchiveError>> Reader<S> {
    /// Reads from `source`, which gives one part after the other, then `None`. The parts need not be
    /// cut as they were when written.
    pub fn new(source: S) -> Self {
        Self { source, part: Vec::new(), at: 0, before: 0 }
    }

    /// How many bytes have been read: with an error, about where it is.
    pub fn position(&self) -> u64 {
        self.before + self.at as u64
    }

    /// Makes sure that everything has been read.
    pub fn finish(mut self) -> Result<(), ArchiveError> {
        if self.at < self.part.len() || self.next_part()? {
            return Err(ArchiveError::TrailingBytes);
        }
        Ok(())
    }

    /// What is left of this part or, if that is nothing, the next: one byte at least.
    #[inline]
    fn rest(&mut self) -> Result<&[u8], ArchiveError> {
        if self.at == self.part.len() && !self.next_part()? {
            return Err(ArchiveError::Truncated);
        }
        Ok(&self.part[self.at..])
    }

    /// Fetches the next part that is not empty; `false` if there is none.
    #[cold]
    fn next_part(&mut self) -> Result<bool, ArchiveError> {
        while let Some(part) = (self.source)()? {
            if !part.is_empty() {
                self.before += self.part.len() as u64;
                self.part = part;
                self.at = 0;
                return Ok(true);
            }
        }
        Ok(false)
    }

    #[inline]
    fn byte(&mut self) -> Result<u8, ArchiveError> {
        let byte = self.rest()?[0];
        self.at += 1;
        Ok(byte)
    }
}

impl<S: FnMut() -> Result<Option<Vec<u8>>, ArchiveError>> Archive for Reader<S> {
    #[inline]
    fn number(&mut self, value: &mut u64) -> Result<(), ArchiveError> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7F);
            if (bits << shift) >> shift != bits {
                return Err(ArchiveError::Overlong);
            }
            number |= bits << shift;
            if byte < 0x80 {
                if byte == 0 && shift > 0 {
                    return Err(ArchiveError::Overlong);
                }
                *value = number;
                return Ok(());
            }
        }
        Err(ArchiveError::Overlong)
    }

    #[inline]
    fn wide(&mut self, value: &mut u128) -> Result<(), ArchiveError> {
        let mut bytes = [0; 16];
        if let Some(whole) = self.rest()?.first_chunk::<16>() {
            bytes = *whole;
            self.at += bytes.len();
        } else {
            for byte in &mut bytes {
                *byte = self.byte()?;
            }
        }
        *value = u128::from_le_bytes(bytes);
        Ok(())
    }

    #[inline]
    fn bytes(&mut self, value: &mut Vec<u8>) -> Result<(), ArchiveError> {
        let mut bytes = 0;
        self.number(&mut bytes)?;
        let mut left = usize::try_from(bytes)
            .ok()
            .filter(|&length| length <= FIELD_BYTES_MAX)
            .ok_or(ArchiveError::FieldTooLong { bytes })?;
        value.clear();
        // The value grows by what is there, not by what the length promises.
        while left > 0 {
            let rest = self.rest()?;
            let taken = rest.len().min(left);
            value.extend_from_slice(&rest[..taken]);
            self.at += taken;
            left -= taken;
        }
        Ok(())
    }

    #[inline]
    fn reading(&self) -> bool {
        true
    }
}
