//! When waiting readers are woken: by one task, which for many has help, never by the thread that
//! commits.
//!
//! A wave goes from reader to reader. What is committed meanwhile is shown to those that it has not
//! come to yet; the others have it with the next wave, which follows at once while events are few:
//! each is worth being early. When they are many, waves pause, so that readers take several at a
//! time, which costs less: the pause grows with how many were woken and with how many events they
//! were woken for.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::hub::Shared;
use crate::options::HubOptions;
use crate::waiters::HEARTBEAT_TICKS;
use crate::wave::{Whom, wake};

/// The timer counts milliseconds: a shorter pause would become a longer one.
const PAUSE_MIN: Duration = Duration::from_millis(1);
/// A pause, if one is due, is at least this part of the wave before it, which may have been all
/// writing: so others, and those who read, have their turn.
const REST: u32 = 4;

/// Wakes the readers of a hub until it is stopped.
pub(crate) async fn run(shared: Arc<Shared>) {
    let tick = (shared.options.heartbeat / HEARTBEAT_TICKS).max(PAUSE_MIN);
    let mut next_tick = Instant::now() + tick;
    let mut next_wave = Instant::now();
    let mut woken_to = shared.visible();
    while !shared.is_stopping() {
        let has_readers = shared.waiters.count() > 0;
        let ticked = tokio::select! {
            biased;
            // Nobody connected: nothing to count, and nothing that would wake this task.
            () = sleep_until(next_tick), if has_readers => true,
            () = shared.signal.notified() => false,
        };
        if ticked {
            shared.waiters.tick();
            wake(&shared, Whom::Silent).await;
            next_tick = Instant::now() + tick;
            continue;
        }
        if next_wave.saturating_duration_since(Instant::now()) >= PAUSE_MIN {
            sleep_until(next_wave).await;
        }
        let began = Instant::now();
        let visible = shared.show();
        if visible > woken_to {
            let readers_count = wake(&shared, Whom::Behind).await;
            let events_count = visible.0 - woken_to.0;
            // What the wave showed later, those have that it came to later.
            woken_to = visible;
            let took = began.elapsed();
            shared.meters.wave.took_alone(took);
            next_wave = began + took + pause(&shared.options, took, readers_count, events_count);
        }
    }
}

/// How long after the end of a wave of wake-ups, which took so long, the next may begin.
fn pause(options: &HubOptions, took: Duration, readers_count: u32, events_count: u64) -> Duration {
    let haste = events_count / options.wake_pause_events.max(1);
    if haste == 0 {
        return Duration::ZERO;
    }
    let haste = u32::try_from(haste).unwrap_or(u32::MAX);
    options
        .wake_pause_per_reader
        .saturating_mul(readers_count)
        .saturating_mul(haste.min(4))
        .min(options.wake_pause_max)
        .saturating_sub(took)
        .max(took / REST)
        // A process that was stopped for an hour in mid-wave must not pause for a quarter of it.
        .min(options.wake_pause_max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_with_readers_and_with_events() {
        let options = HubOptions::default();
        let check = |readers, events, micros| {
            let expected = Duration::from_micros(micros);
            let found = pause(&options, Duration::ZERO, readers, events);
            assert_eq!(found, expected, "{readers} {events}");
        };
        check(0, 32, 0);
        check(10, 32, 30);
        check(1_000, 1, 0);
        check(1_000, 31, 0);
        check(1_000, 32, 3_000);
        check(1_000, 63, 3_000);
        check(1_000, 96, 9_000);
        check(1_000, 1_000_000, 12_000);
        check(10_000, 1, 0);
        check(10_000, 32, 20_000);
        check(u32::MAX, u64::MAX, 20_000);
    }

    #[test]
    fn a_wave_that_writes_is_part_of_its_pause() {
        let options = HubOptions::default();
        let check = |took, micros| {
            let took = Duration::from_micros(took);
            assert_eq!(pause(&options, took, 1_000, 32), Duration::from_micros(micros), "{took:?}");
        };
        check(0, 3_000);
        check(1_000, 2_000);
        check(2_800, 700);
        check(8_000, 2_000);
        check(60_000, 15_000);
        check(100_000, 20_000);
        check(3_600_000_000, 20_000);
    }
}
