//! The network's clock, and where it is.

use std::time::Duration;

use itn_client::Network;
use jiff::{SignedDuration, Timestamp};

use super::{Client, ClientError, Retry};

/// A reading of the network's time, which may run faster than ours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NetworkClock {
    time: Timestamp,
    /// Network seconds a second of ours.
    speed: u32,
}

impl NetworkClock {
    /// A clock that stands at `time` now.
    #[cfg(test)]
    pub(crate) fn new(time: Timestamp, speed: u32) -> Self {
        Self { time, speed }
    }

    /// Reads it: the first thing to ask, which tells a wrong address or key before anything is sent.
    pub(crate) async fn read(client: &Client) -> Result<Self, ClientError> {
        let network = network(client).await?;
        Ok(Self { time: network.time, speed: u32::try_from(network.speed).unwrap_or(u32::MAX) })
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

/// Where the network is now, as a position in its journal and in no other. Tells a wrong address or
/// key at once.
pub(crate) async fn position(client: &Client) -> Result<String, ClientError> {
    let Network { sequence, tag, .. } = network(client).await?;
    Ok(format!("{sequence}-{tag}"))
}

async fn network(client: &Client) -> Result<Network, ClientError> {
    Ok(client.with_retry(Retry::SHORT).read_network().await?)
}
