//! [`Table`] against a sorted map for its content and a plain vector for its order; the hashes.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use table::{Frozen, Key, Table, hash_bytes, mix};

/// A key whose hashes collide in full half of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Colliding(u32);

impl Key for Colliding {
    fn hash(&self) -> u64 {
        if self.0.is_multiple_of(2) { u64::MAX } else { self.0.hash() }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Insert(u32, u64),
    GetOrInsert(u32, u64),
    Add(u32, u64),
    Remove(u32),
    Freeze,
}

fn step() -> impl Strategy<Value = Step> {
    let key = 0..60_u32;
    prop_oneof![
        3 => (key.clone(), any::<u64>()).prop_map(|(key, value)| Step::Insert(key, value)),
        3 => (key.clone(), any::<u64>()).prop_map(|(key, value)| Step::GetOrInsert(key, value)),
        2 => (key.clone(), any::<u64>()).prop_map(|(key, value)| Step::Add(key, value)),
        4 => key.prop_map(Step::Remove),
        1 => Just(Step::Freeze),
    ]
}

/// The slow and obvious table: rows in a vector, found by looking at each.
#[derive(Debug, Clone, Default)]
struct Model(Vec<(Colliding, u64)>);

impl Model {
    fn position(&self, key: Colliding) -> Option<usize> {
        self.0.iter().position(|row| row.0 == key)
    }

    fn value(&mut self, key: Colliding) -> Option<&mut u64> {
        self.0.iter_mut().find(|row| row.0 == key).map(|row| &mut row.1)
    }
}

fn check(table: &mut Table<Colliding, u64>, model: &mut Model) {
    assert_eq!(table.len(), model.0.len());
    assert_eq!(table.is_empty(), model.0.is_empty());
    assert!(table.iter().eq(model.0.iter().map(|(key, value)| (key, value))));
    let sorted: BTreeMap<_, _> = model.0.iter().copied().collect();
    for key in (0..60).map(Colliding) {
        assert_eq!(table.get(&key), sorted.get(&key));
        assert_eq!(table.get_mut(&key), model.value(key));
        let slot = table.find(&key);
        assert_eq!(slot.map(|slot| slot.position() as usize), model.position(key));
        assert_eq!(table.find_with(key.hash(), |found| *found == key), slot);
        if let Some(slot) = slot {
            assert_eq!(table.slot(slot.position()), Some(slot));
            assert_eq!((table.key_at(slot), table.at(slot)), (&key, &sorted[&key]));
            assert_eq!(*table.at_mut(slot), sorted[&key]);
        }
    }
    assert_eq!(table.slot(u32::try_from(table.len()).unwrap()), None);
}

proptest! {
    #[test]
    fn behaves_as_a_map_in_a_known_order(
        capacity in 0..40_usize,
        steps in prop::collection::vec(step(), 0..120),
    ) {
        let mut table = Table::with_capacity(capacity);
        let mut model = Model::default();
        let mut frozen: Vec<(Frozen<(Colliding, u64)>, Model)> = Vec::new();
        for step in steps {
            match step {
                Step::Insert(key, value) => {
                    let key = Colliding(key);
                    let before = model.value(key).map(|old| std::mem::replace(old, value));
                    if before.is_none() {
                        model.0.push((key, value));
                    }
                    prop_assert_eq!(table.insert(key, value), before);
                }
                Step::GetOrInsert(key, value) => {
                    let key = Colliding(key);
                    if model.value(key).is_none() {
                        model.0.push((key, value));
                    }
                    prop_assert_eq!(Some(table.get_or_insert_with(key, || value)), model.value(key));
                }
                Step::Add(key, value) => {
                    let key = Colliding(key);
                    if let (Some(real), Some(slow)) = (table.get_mut(&key), model.value(key)) {
                        *real = real.wrapping_add(value);
                        *slow = slow.wrapping_add(value);
                    }
                }
                Step::Remove(key) => {
                    let key = Colliding(key);
                    let removed = model.position(key).map(|at| model.0.swap_remove(at).1);
                    prop_assert_eq!(table.remove(&key), removed);
                }
                Step::Freeze => frozen.push((table.freeze(), model.clone())),
            }
            check(&mut table, &mut model);
        }
        for (frozen, model) in &frozen {
            prop_assert!(frozen.iter().eq(&model.0));
        }
    }
}

#[test]
fn a_new_table_is_empty() {
    let mut table = Table::<u32, u32>::new();
    assert_eq!(table.get(&1), None);
    assert_eq!(table.remove(&1), None);
    assert_eq!(table.slot(0), None);
}

/// Changing one of these costs nothing but speed; that they differ between platforms would be news.
#[test]
fn hashes_are_the_same_everywhere() {
    assert_eq!(mix(0), 0xE220_A839_7B1D_CDAF, "the first output of SplitMix64 seeded with 0");
    assert_eq!(7_u32.hash(), 7_u64.hash());
    let hashes = [(1_u32, 2_u32).hash(), (1_u32, 2_u32, 3_u32).hash()];
    assert_eq!(hashes, [0xB370_3AD8_9450_7022, 0x16BC_D815_F36C_35E2]);
    let hashes = [&b""[..], b"a", b"terra-prime", b"sixteen bytes..."].map(hash_bytes);
    assert_eq!(
        hashes,
        [
            0xA706_DD2F_4D19_7E6F,
            0x9627_F567_74FC_7510,
            0x8A45_D306_72CD_6AF2,
            0xB53C_D663_0E96_54CA
        ]
    );
}

#[test]
fn strings_that_are_alike_hash_apart() {
    let texts: [&[u8]; 6] = [b"", b"\0", b"\0\0", b"a", b"a\0", b"aaaaaaaa\0"];
    assert_eq!(texts.map(hash_bytes).into_iter().collect::<BTreeSet<_>>().len(), texts.len());
}

/// As many of the homes are taken as by random numbers: 1 - 1/e of them when there are as many.
#[test]
fn the_top_bits_are_spread_evenly() {
    fn homes(hashes: impl Iterator<Item = u64>) -> usize {
        hashes.map(|hash| hash >> 48).collect::<BTreeSet<_>>().len()
    }
    let names = |at: u32| format!("station-{at}").into_bytes();
    let spread = [
        homes((0..65_536_u32).map(|at| at.hash())),
        homes((0..65_536_u64).map(|at| (at << 40).hash())),
        homes((0..65_536_u32).map(|at| (at / 256, at % 256).hash())),
        homes((0..65_536_u32).map(|at| (at / 4096, at / 64 % 64, at % 64).hash())),
        homes((0..65_536_u32).map(|at| hash_bytes(&names(at)))),
        homes((0..65_536_u32).map(|at| hash_bytes(&at.to_le_bytes()))),
    ];
    for taken in spread {
        assert!((41_000..42_000).contains(&taken), "{taken} of 65,536, expected 41,427");
    }
}
