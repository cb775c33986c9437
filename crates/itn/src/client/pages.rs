//! Pages of lists, with their items as the very bytes that the server sent.

use hyper::header::LINK;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Answer;

/// A part of a list.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Page {
    pub(crate) items: Vec<Box<RawValue>>,
    /// Where the next page begins; none at the end.
    pub(crate) next_cursor: Option<String>,
    pub(crate) as_of: AsOf,
}

/// How far a read has seen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct AsOf {
    pub(crate) sequence: u64,
    pub(crate) time: String,
}

impl Answer {
    /// Where the next page is: the link with the relation `next` (RFC 8288), which has all that was
    /// asked for.
    pub(crate) fn next_page(&self) -> Option<String> {
        let links = self.headers.get_all(LINK).iter().filter_map(|link| link.to_str().ok());
        let next = links.flat_map(|links| links.split(", ")).find(|link| {
            link.split(';').skip(1).any(|parameter| parameter.trim() == "rel=\"next\"")
        })?;
        let (path, _) = next.trim_start().strip_prefix('<')?.split_once('>')?;
        path.starts_with("/api/").then(|| path.to_owned())
    }
}
