//! [`Index`] against a plain set of pairs, with hashes made to collide.

use std::collections::BTreeSet;

use proptest::prelude::*;
use table::{Index, mix};

#[derive(Debug, Clone)]
enum Step {
    Insert(u64),
    Remove(prop::sample::Index),
    Relocate(prop::sample::Index),
}

/// Few tags, most of them at the ends of the slots, so that probes run long and wrap around.
fn hash() -> impl Strategy<Value = u64> {
    prop_oneof![
        Just(u64::MAX),
        Just(0),
        (0..4_u64).prop_map(|low| 0xFFFF_FFFF_0000_0000 | low),
        (0..40_u64).prop_map(|tag| !(tag << 32)),
        (0..40_u64).prop_map(|tag| tag << 58),
        any::<u64>(),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => hash().prop_map(Step::Insert),
        3 => any::<prop::sample::Index>().prop_map(Step::Remove),
        1 => any::<prop::sample::Index>().prop_map(Step::Relocate),
    ]
}

/// All positions the index offers for a hash.
fn offered(index: &Index, hash: u64) -> BTreeSet<u32> {
    let mut offered = BTreeSet::new();
    let none = index.find(hash, |position| {
        assert!(offered.insert(position), "{position} was offered twice");
        false
    });
    assert_eq!(none, None);
    offered
}

/// The index holds exactly what the model does, and finds all of it.
fn check(index: &Index, model: &BTreeSet<(u64, u32)>) {
    assert_eq!(index.len(), model.len());
    assert_eq!(index.is_empty(), model.is_empty());
    for &(hash, position) in model {
        assert_eq!(index.find(hash, |found| found == position), Some(position));
        let same_tag = model.iter().filter(|(other, _)| other >> 32 == hash >> 32);
        assert_eq!(offered(index, hash), same_tag.map(|&(_, position)| position).collect());
    }
}

proptest! {
    #[test]
    fn holds_what_was_inserted_and_not_removed(
        // The largest has 28 segments from the start.
        capacity in prop_oneof![0..40_usize, Just(100_000)],
        steps in prop::collection::vec(step(), 0..150),
    ) {
        let mut index = Index::with_capacity(capacity);
        let mut model = BTreeSet::new();
        for (position, step) in (0..).zip(steps) {
            let nth = |at: prop::sample::Index| -> Option<(u64, u32)> {
                (!model.is_empty()).then(|| *model.iter().nth(at.index(model.len())).unwrap())
            };
            match step {
                Step::Insert(hash) => {
                    index.insert(hash, position);
                    model.insert((hash, position));
                }
                Step::Remove(at) => if let Some((hash, gone)) = nth(at) {
                    prop_assert!(!index.remove(hash, position), "not this position");
                    prop_assert!(!index.remove(hash ^ 1 << 40, gone), "not this hash");
                    prop_assert!(index.remove(hash, gone));
                    model.remove(&(hash, gone));
                    prop_assert!(!index.remove(hash, gone), "already gone");
                },
                Step::Relocate(at) => if let Some((hash, from)) = nth(at) {
                    prop_assert!(!index.relocate(hash, position, from), "nothing is there");
                    prop_assert!(index.relocate(hash, from, position));
                    model.remove(&(hash, from));
                    model.insert((hash, position));
                },
            }
            check(&index, &model);
        }
    }
}

#[test]
fn an_empty_one_has_nothing() {
    for mut index in [Index::new(), Index::with_capacity(0), Index::with_capacity(9)] {
        assert_eq!(index.find(0, |_| true), None);
        assert!(!index.remove(0, 0));
        assert!(!index.relocate(0, 0, 1));
    }
}

#[test]
fn many_are_found_after_growth_and_none_is_left_after_removal() {
    const COUNT: u32 = 100_000;
    let mut index = Index::new();
    (0..COUNT).for_each(|position| index.insert(mix(u64::from(position)), position));
    let found = |index: &Index, wanted: u32| index.find(mix(u64::from(wanted)), |at| at == wanted);
    assert!((0..COUNT).all(|wanted| found(&index, wanted) == Some(wanted)));
    assert!((COUNT..2 * COUNT).all(|wanted| found(&index, wanted).is_none()));
    assert_eq!(index.len(), COUNT as usize);
    for wanted in 0..COUNT {
        assert!(index.remove(mix(u64::from(wanted)), wanted));
        assert_eq!(found(&index, wanted), None);
    }
    assert!(index.is_empty());
}

#[test]
fn all_may_have_the_same_hash() {
    let mut index = Index::new();
    (0..500).for_each(|position| index.insert(u64::MAX, position));
    assert_eq!(offered(&index, u64::MAX).len(), 500);
    (0..500).rev().for_each(|position| assert!(index.remove(u64::MAX, position)));
    assert_eq!(offered(&index, u64::MAX).len(), 0);
}
