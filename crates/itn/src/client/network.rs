//! The answers every client needs: the network's clock, where it is, and lists page by page.

use std::fmt;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Client, ClientError};

/// A reading of the network's time, which may run faster than ours.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct NetworkClock {
    time: Timestamp,
    /// Network seconds a second of ours.
    #[serde(default = "unhurried")]
    speed: u32,
}

fn unhurried() -> u32 {
    1
}

impl NetworkClock {
    /// A clock that stands at `time` now.
    #[cfg(test)]
    pub(crate) fn new(time: Timestamp, speed: u32) -> Self {
        Self { time, speed }
    }

    /// Reads it from `GET /api/network`: the first thing to ask, which tells a wrong address or key
    /// before anything is sent.
    pub(crate) async fn read(client: &Client) -> Result<Self, ClientError> {
        client.at_first().get("/api/network").await
    }

    /// Network seconds a second of ours.
    pub(crate) fn speed(&self) -> u32 {
        self.speed
    }

    /// Network time when this much of our time has passed since the reading.
    pub(crate) fn after(&self, wall: Duration) -> Timestamp {
        let network = SignedDuration::try_from(wall).unwrap_or(SignedDuration::MAX);
        let network = network.saturating_mul(i32::try_from(self.speed).unwrap_or(i32::MAX));
        self.time.saturating_add(network).unwrap_or(self.time)
    }

    /// Network time this much of our time before the reading.
    pub(crate) fn before(&self, wall: Duration) -> Timestamp {
        let network = self.after(wall).duration_since(self.time);
        self.time.saturating_sub(network).unwrap_or(self.time)
    }
}

/// Where the network is now, as a position in its journal and in no other.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Position {
    sequence: u64,
    tag: String,
}

impl Position {
    /// Reads it, which tells a wrong address or key at once.
    pub(crate) async fn read(client: &Client) -> Result<Self, ClientError> {
        client.at_first().get("/api/network").await
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.sequence, self.tag)
    }
}

#[derive(Deserialize)]
struct Page<T> {
    items: Vec<T>,
    #[serde(rename = "nextCursor")]
    next_cursor: Option<String>,
}

impl Client {
    /// Every item of a list, page by page, up to `items_max`.
    pub(crate) async fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        items_max: usize,
    ) -> Result<Vec<T>, ClientError> {
        let mut items = Vec::new();
        let mut from = String::new();
        loop {
            let joiner = if path.contains('?') { '&' } else { '?' };
            let page: Page<T> = self.get(format!("{path}{joiner}limit=1000{from}")).await?;
            items.extend(page.items);
            match page.next_cursor {
                Some(cursor) if items.len() < items_max => from = format!("&cursor={cursor}"),
                _ => {
                    items.truncate(items_max);
                    return Ok(items);
                }
            }
        }
    }
}
