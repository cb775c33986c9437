//! [`Paged`] against a plain vector, with freezes in between.

use proptest::prelude::*;
use table::{Frozen, PAGE_ITEMS, Paged};

#[derive(Debug, Clone)]
enum Step {
    Push(u32),
    /// Many at once, so that runs cross pages.
    Fill(u32),
    Pop,
    Set(prop::sample::Index, u32),
    SwapRemove(prop::sample::Index),
    Freeze,
    DropFrozen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => any::<u32>().prop_map(Step::Push),
        1 => (1..300_u32).prop_map(Step::Fill),
        4 => Just(Step::Pop),
        6 => (any::<prop::sample::Index>(), any::<u32>()).prop_map(|(at, to)| Step::Set(at, to)),
        6 => any::<prop::sample::Index>().prop_map(Step::SwapRemove),
        3 => Just(Step::Freeze),
        1 => Just(Step::DropFrozen),
    ]
}

fn contents(frozen: &Frozen<u32>) -> Vec<u32> {
    frozen.iter().copied().collect()
}

proptest! {
    #[test]
    fn behaves_as_a_vector_and_frozen_copies_never_change(
        steps in prop::collection::vec(step(), 0..200),
    ) {
        let mut paged = Paged::new();
        let mut model: Vec<u32> = Vec::new();
        let mut frozen: Vec<(Frozen<u32>, Vec<u32>)> = Vec::new();
        for step in steps {
            match step {
                Step::Push(item) => {
                    paged.push(item);
                    model.push(item);
                }
                Step::Fill(count) => (0..count).for_each(|item| {
                    paged.push(item);
                    model.push(item);
                }),
                Step::Pop => prop_assert_eq!(paged.pop(), model.pop()),
                Step::Set(at, to) if !model.is_empty() => {
                    let at = at.index(model.len());
                    *paged.get_mut(at).unwrap() = to;
                    model[at] = to;
                }
                Step::SwapRemove(at) if !model.is_empty() => {
                    let at = at.index(model.len());
                    prop_assert_eq!(paged.swap_remove(at), Some(model.swap_remove(at)));
                }
                Step::Set(..) | Step::SwapRemove(_) => {}
                Step::Freeze => frozen.push((paged.freeze(), model.clone())),
                Step::DropFrozen => drop(frozen.pop()),
            }
            prop_assert_eq!(paged.len(), model.len());
            prop_assert_eq!(paged.get(model.len()), None);
            prop_assert_eq!(paged.get_mut(model.len()), None);
        }
        prop_assert!(paged.iter().eq(&model));
        prop_assert!(paged.iter().rev().eq(model.iter().rev()));
        for (frozen, model) in &frozen {
            prop_assert_eq!(&contents(frozen), model);
            prop_assert_eq!(frozen.len(), model.len());
            prop_assert_eq!(frozen.is_empty(), model.is_empty());
        }
    }

    #[test]
    fn iterates_from_anywhere(len in 0..700_u32, from in 0..900_usize) {
        let mut paged = Paged::with_capacity(10);
        (0..len).for_each(|item| paged.push(item));
        let expected: Vec<u32> = (0..len).skip(from).collect();
        prop_assert!(paged.iter_from(from).eq(&expected));
        prop_assert!(paged.freeze().iter_from(from).eq(&expected));
    }
}

#[test]
fn what_is_not_there_is_none() {
    let mut paged = Paged::<u32>::new();
    assert!(paged.is_empty());
    assert_eq!((paged.pop(), paged.swap_remove(0), paged.get_mut(0)), (None, None, None));
    assert_eq!(paged.get(usize::MAX), None);
    assert_eq!(paged.iter_from(usize::MAX).next(), None);
}

#[test]
fn growing_moves_no_page_even_after_it_was_copied() {
    let mut paged = Paged::new();
    (0..=PAGE_ITEMS).for_each(|item| paged.push(item));
    let frozen = paged.freeze();
    *paged.get_mut(0).unwrap() = 7;
    let place = std::ptr::from_ref(paged.get(0).unwrap());
    assert_ne!(place, std::ptr::from_ref(frozen.get(0).unwrap()), "the page was shared");
    (0..10 * PAGE_ITEMS).for_each(|item| paged.push(item));
    assert_eq!(place, std::ptr::from_ref(paged.get(0).unwrap()));
    assert!(frozen.iter().copied().eq(0..=PAGE_ITEMS));
}

#[test]
fn a_change_copies_its_page_alone_and_once() {
    let mut paged = Paged::new();
    (0..3 * PAGE_ITEMS).for_each(|item| paged.push(item));
    let frozen = paged.freeze();
    *paged.get_mut(0).unwrap() = 7;
    let copied = std::ptr::from_ref(paged.get(1).unwrap());
    *paged.get_mut(1).unwrap() = 7;
    assert_eq!(copied, std::ptr::from_ref(paged.get(1).unwrap()));
    let second = |items: Option<&usize>| std::ptr::from_ref(items.unwrap());
    assert_eq!(second(paged.get(PAGE_ITEMS)), second(frozen.get(PAGE_ITEMS)));
}

#[test]
fn frozen_items_are_read_on_another_thread() {
    let mut paged = Paged::new();
    (0..1000_u64).for_each(|item| paged.push(item));
    let frozen = paged.freeze();
    let sum = std::thread::spawn(move || frozen.iter().sum::<u64>());
    (0..1000).for_each(|at| *paged.get_mut(at).unwrap() = 0);
    assert_eq!(sum.join().unwrap(), 499_500);
}
