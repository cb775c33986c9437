//! [`KeyWindow`] against a plain queue.

use std::collections::VecDeque;

use proptest::prelude::*;
use table::{KeyEntry, KeyWindow};

fn entry(hash: u128, sequence: u64) -> KeyEntry {
    KeyEntry { hash, fingerprint: !sequence, sequence }
}

fn check(window: &KeyWindow, model: &VecDeque<KeyEntry>, hashes: impl Iterator<Item = u128>) {
    assert_eq!(window.len(), model.len());
    assert_eq!(window.is_empty(), model.is_empty());
    assert!(window.iter().eq(model));
    for hash in hashes {
        let newest = model.iter().rev().find(|entry| entry.hash == hash).copied();
        assert_eq!(window.get(hash), newest);
    }
}

proptest! {
    /// Few hashes, so that most pushes repeat one that is still in the window.
    #[test]
    fn remembers_the_last_ones_even_if_hashes_repeat(
        capacity in 0..40_u32,
        pushes in prop::collection::vec(0..60_u128, 0..200),
        freeze_at in 0..200_u64,
    ) {
        let mut window = KeyWindow::new(capacity);
        let mut model = VecDeque::new();
        let mut frozen = None;
        for (sequence, hash) in (0..).zip(pushes) {
            let entry = entry(hash, sequence);
            window.push(entry);
            model.push_back(entry);
            if model.len() > capacity as usize {
                model.pop_front();
            }
            check(&window, &model, 0..60);
            if sequence == freeze_at {
                frozen = Some((window.freeze(), model.clone()));
            }
        }
        prop_assert_eq!(window.capacity(), capacity);
        if let Some((frozen, model)) = frozen {
            prop_assert!(frozen.iter().eq(&model));
            prop_assert_eq!(frozen.len(), model.len());
            prop_assert_eq!(frozen.is_empty(), model.is_empty());
            prop_assert_eq!(frozen.capacity(), capacity);
        }
    }
}

#[test]
fn many_keys_go_round() {
    const CAPACITY: u32 = 1000;
    let hash = |sequence: u64| u128::from(sequence) << 64 | u128::from(sequence);
    let mut window = KeyWindow::new(CAPACITY);
    for sequence in 0..10_000 {
        assert_eq!(window.get(hash(sequence)), None);
        window.push(entry(hash(sequence), sequence));
    }
    assert!((0..9_000).all(|sequence| window.get(hash(sequence)).is_none()));
    assert!((9_000..10_000).all(|sequence| window.get(hash(sequence)).is_some()));
    assert!(window.iter().map(|entry| entry.sequence).eq(9_000..10_000));
}

#[test]
fn a_repeated_hash_outlives_its_first_entry() {
    let mut window = KeyWindow::new(3);
    for (hash, sequence) in [(7, 1), (7, 2), (8, 3), (9, 4)] {
        window.push(entry(hash, sequence));
    }
    assert_eq!(window.get(7), Some(entry(7, 2)), "the first was forgotten, the second was not");
    window.push(entry(10, 5));
    assert_eq!(window.get(7), None);
}
