//! The bounds of the fan-out, each with its reason.

use std::time::Duration;

/// What a hub may hold and how it paces its readers. Zeros count as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubOptions {
    /// Events kept in memory for live readers: how far one may stall before it is told to resume.
    pub ring_events_max: usize,
    /// Encoded bytes kept in memory for live readers: large events shorten the ring.
    pub ring_bytes_max: usize,
    /// Readers at a time.
    pub readers_max: usize,
    /// How long a reader hears nothing before it gets a heartbeat, give or take a sixteenth.
    pub heartbeat: Duration,
    /// Events that one slice of a catch-up reads from the journal.
    pub catch_up_events: usize,
    /// Events that one slice looks at for a reader who wants some of them.
    pub filter_events: usize,
    /// Events that a catch-up passes over before it tells how far it is.
    pub progress_events: u64,
    /// Slices that are read from the journal at a time; other readers wait for their turn.
    pub catch_ups_max: usize,
    /// Bytes handed out at a time; a single event may be larger.
    pub update_bytes_max: usize,
    /// Events that a wave of wake-ups is for, from which on it pauses, and for each so many the longer.
    pub wake_pause_events: u64,
    /// The pause between two waves of wake-ups, per reader that was woken.
    pub wake_pause_per_reader: Duration,
    /// The longest pause between two waves of wake-ups.
    pub wake_pause_max: Duration,
}

impl Default for HubOptions {
    fn default() -> Self {
        Self {
            // A minute of 1,000 events a second; about 20 MiB of events.
            ring_events_max: 65_536,
            // The encoded form of that many one-line trades; unread events are never encoded.
            ring_bytes_max: 32 * 1024 * 1024,
            // The reference load is 10,000; at 8 KiB each this many take 128 MiB.
            readers_max: 16_384,
            // Proxies commonly drop a connection that is silent for 30 to 60 s.
            heartbeat: Duration::from_secs(15),
            // With one-line trades about one update; the next slice is read when that is taken.
            catch_up_events: 128,
            // A few milliseconds of reading; then others have their turn.
            filter_events: 1_024,
            // A tenth of a second of reading: whoever is cut off then does not begin anew.
            progress_events: 65_536,
            // Two cores: more would take the processor from trading and gain nothing.
            catch_ups_max: 4,
            // What a socket buffer takes at once.
            update_bytes_max: 64 * 1024,
            // A thousand events a second to a thousand readers, in waves of some 10 ms, are within it.
            wake_pause_events: 32,
            // Leaves two cores 6 µs a reader, about what writing to a socket takes; see `pacer`.
            wake_pause_per_reader: Duration::from_micros(3),
            // A reader notices nothing below this; twice it is within the promised 50 ms.
            wake_pause_max: Duration::from_millis(20),
        }
    }
}
