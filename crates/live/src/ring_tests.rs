//! What the ring keeps, shows and lets go.

use domain::{BatchId, Envelope, Epoch, Event, JournalId, KeyId, PrincipalId, Recorded, Timestamp};

use super::*;
use crate::inbox::Inbox;

struct Numbers;

impl Encode for Numbers {
    fn encode(&self, recorded: &Recorded, out: &mut Vec<u8>) {
        out.extend(format!("{};", recorded.envelope.sequence).bytes());
    }
}

fn batch(first: u64, last: u64) -> Arc<Batch> {
    let events = (first..=last).map(|sequence| Recorded {
        envelope: Envelope {
            sequence: Sequence(sequence),
            recorded_at: Timestamp(0),
            occurred_at: None,
            actor: PrincipalId::NETWORK,
            key: None,
            trace: None,
            note: None,
        },
        event: Event::KeyRevoked { key: KeyId(0) },
    });
    let id = BatchId { journal: JournalId(0), epoch: Epoch(1), number: 1 };
    Arc::new(Batch { id, events: events.collect() })
}

/// Takes in batches together, each given by its first and last event.
fn take_in(ring: &mut Ring, batches: &[(u64, u64)]) {
    let batches = batches.iter().map(|&(first, last)| batch(first, last));
    drop(ring.take_in(batches));
}

/// What a reader gets behind `after`, at most `bytes_max` at a time.
fn check_reads(ring: &mut Ring, after: u64, bytes_max: usize, expected: &[&str]) {
    let mut cursor = Sequence(after);
    for text in expected {
        let Place::In(chunk) = ring.find(cursor) else {
            panic!("{text} is expected behind {cursor}");
        };
        let (frames, encoded_now) = chunk.frames(&Numbers);
        let (bytes, last) = frames.after(cursor, bytes_max);
        assert_eq!(bytes, text.as_bytes());
        cursor = last;
        if encoded_now {
            drop(ring.encoded(&chunk));
        }
    }
    assert!(matches!(ring.find(cursor), Place::AtHead));
}

#[test]
fn what_is_taken_in_together_is_one_and_is_entered_at_any_event() {
    let mut ring = Ring::new(Sequence(7), 100, 1_000);
    check_reads(&mut ring, 7, 100, &[]);
    take_in(&mut ring, &[(8, 9), (10, 10)]);
    assert_eq!(ring.last(), Sequence(10));
    check_reads(&mut ring, 7, 100, &["8;9;10;"]);
    check_reads(&mut ring, 8, 100, &["9;10;"]);
    check_reads(&mut ring, 7, 4, &["8;9;", "10;"]);
    check_reads(&mut ring, 7, 0, &["8;", "9;", "10;"]);
    assert!(matches!(ring.find(Sequence(6)), Place::Behind));
    take_in(&mut ring, &[(11, 11)]);
    check_reads(&mut ring, 8, 100, &["9;10;", "11;"]);
}

#[test]
fn events_of_the_first_batch_may_be_history() {
    let mut ring = Ring::new(Sequence(7), 100, 1_000);
    take_in(&mut ring, &[(5, 9)]);
    check_reads(&mut ring, 7, 100, &["8;9;"]);
}

#[test]
fn missing_batches_empty_it() {
    let mut ring = Ring::new(Sequence(7), 100, 1_000);
    take_in(&mut ring, &[(8, 9)]);
    check_reads(&mut ring, 7, 100, &["8;9;"]);
    take_in(&mut ring, &[(20, 21), (22, 23)]);
    assert!(matches!(ring.find(Sequence(9)), Place::Behind));
    assert!(matches!(ring.find(Sequence(18)), Place::Behind));
    check_reads(&mut ring, 19, 100, &["20;21;22;23;"]);
    assert_eq!(ring.encoded_bytes, "20;21;22;23;".len());
}

#[test]
fn large_batches_are_cut_and_the_oldest_chunks_go() {
    let chunk = CHUNK_EVENTS_MAX as u64;
    let mut ring = Ring::new(Sequence::ZERO, 2 * CHUNK_EVENTS_MAX, usize::MAX);
    take_in(&mut ring, &[(1, 2), (3, 4 * chunk + 1)]);
    assert_eq!(ring.last(), Sequence(4 * chunk + 1));
    assert!(matches!(ring.find(Sequence(3 * chunk - 1)), Place::Behind));
    assert!(matches!(ring.find(Sequence(3 * chunk)), Place::In(_)));
    assert!(ring.chunks.iter().all(|held| held.last.0 - held.before.0 <= chunk));
}

#[test]
fn encoded_bytes_are_bounded_and_the_newest_chunk_stays() {
    let mut ring = Ring::new(Sequence::ZERO, 100, 5);
    take_in(&mut ring, &[(1, 2)]);
    take_in(&mut ring, &[(3, 4)]);
    check_reads(&mut ring, 0, 100, &["1;2;", "3;4;"]);
    assert!(matches!(ring.find(Sequence(0)), Place::Behind));
    take_in(&mut ring, &[(5, 8)]);
    check_reads(&mut ring, 2, 100, &["3;4;", "5;6;7;8;"]);
    assert!(matches!(ring.find(Sequence(2)), Place::Behind));
    check_reads(&mut ring, 4, 100, &["5;6;7;8;"]);
}

#[test]
fn the_inbox_passes_over_what_it_had_and_lets_the_oldest_go() {
    let mut inbox = Inbox::new(Sequence(7), 4);
    assert_eq!(inbox.put(&batch(5, 7)), Sequence(7));
    assert_eq!(inbox.put(&batch(8, 9)), Sequence(9));
    assert_eq!(inbox.put(&batch(8, 9)), Sequence(9));
    assert_eq!(inbox.put(&batch(10, 11)), Sequence(11));
    assert_eq!(inbox.put(&batch(12, 12)), Sequence(12));
    let taken: Vec<_> = inbox.take().iter().map(|batch| batch.first().0).collect();
    assert_eq!(taken, [10, 12]);
    assert!(inbox.take().is_empty());
}

#[test]
#[should_panic(expected = "a batch beginning with 9 follows event 7")]
fn a_gap_in_what_is_committed_is_a_bug() {
    Inbox::new(Sequence(7), 4).put(&batch(9, 9));
}
