//! Server-Sent Events: bytes to messages.
//!
//! The parser follows the WHATWG standard ("9.2.6 Interpreting an event stream"), for bytes that may
//! be cut anywhere. This module knows nothing of what the messages say.

use std::time::Duration;

/// One message of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its kind; empty where the stream names none.
    pub event: String,
    /// What it says.
    pub data: String,
    /// The last position that the stream has told, with this message or before it; may be empty.
    pub last_event_id: String,
}

/// Bytes to messages.
#[derive(Debug, Default)]
pub(crate) struct Parser {
    /// The line that has begun.
    line: Vec<u8>,
    /// The last line ended in a carriage return: a line feed that follows belongs to it.
    after_return: bool,
    /// The first line, which may begin with a byte order mark, is over.
    begun: bool,
    event: String,
    data: String,
    id: String,
    pub(crate) retry: Option<Duration>,
}

impl Parser {
    /// Takes the next bytes; `found` is given each message that they complete.
    pub(crate) fn feed(&mut self, bytes: &[u8], mut found: impl FnMut(Message)) {
        let mut rest = bytes;
        if self.after_return && !rest.is_empty() {
            self.after_return = false;
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        }
        while let Some(end) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            self.line.extend_from_slice(&rest[..end]);
            let is_return = rest[end] == b'\r';
            rest = &rest[end + 1..];
            if is_return {
                self.after_return = rest.is_empty();
                rest = rest.strip_prefix(b"\n").unwrap_or(rest);
            }
            let mut line = std::mem::take(&mut self.line);
            if let Some(message) = self.take_line(&line) {
                found(message);
            }
            // Its room is used again.
            line.clear();
            self.line = line;
        }
        self.line.extend_from_slice(rest);
    }

    /// How much of an unfinished message is kept.
    pub(crate) fn held_bytes(&self) -> usize {
        self.line.len() + self.data.len()
    }

    fn take_line(&mut self, line: &[u8]) -> Option<Message> {
        let line = if std::mem::replace(&mut self.begun, true) {
            line
        } else {
            line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line)
        };
        if line.is_empty() {
            return self.dispatch();
        }
        let text = String::from_utf8_lossy(line);
        let (field, value) = text.split_once(':').unwrap_or((&text, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event),
            "data" => {
                self.data.push_str(value);
                self.data.push('\n');
            }
            "id" if !value.contains('\0') => value.clone_into(&mut self.id),
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.retry = value.parse().ok().map(Duration::from_millis);
            }
            // Comments have an empty field; others are to be passed over.
            _ => {}
        }
        None
    }

    /// What a blank line does.
    fn dispatch(&mut self) -> Option<Message> {
        let event = std::mem::take(&mut self.event);
        let mut data = std::mem::take(&mut self.data);
        data.pop()?;
        Some(Message { event, data, last_event_id: self.id.clone() })
    }
}

#[cfg(test)]
mod tests;
