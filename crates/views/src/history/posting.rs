//! Where a key occurs in a segment: offsets, as bytes of the store.
//!
//! | First byte | The rest |
//! |---|---|
//! | 1 | the offsets, ascending, each as its distance from the one before, in LEB128 |
//! | 2 | a bitmap in the portable format of Roaring bitmaps |
//! | 3 | nothing: the posting is in parts of [`Layout::part_events`], numbered from 1 |

use roaring::RoaringBitmap;
use thiserror::Error;

use super::layout::Layout;

/// More offsets than this are a bitmap: below, distances are smaller and quicker to read.
const DELTAS_MAX: u64 = 4_096;
const DELTAS: u8 = 1;
const BITMAP: u8 = 2;
const SPLIT: u8 = 3;

/// Bytes that are no posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a posting of the index is damaged")]
pub(crate) struct PostingError;

/// A posting as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Posting {
    /// All of it.
    Whole(RoaringBitmap),
    /// It is in parts.
    Split,
}

/// Adds the offsets of a posting that is not in parts to `found`, moved by `shift`; they are greater
/// than all that are there.
pub(crate) fn append(
    bytes: &[u8],
    shift: u32,
    found: &mut RoaringBitmap,
) -> Result<(), PostingError> {
    match decode(bytes)? {
        Posting::Whole(offsets) if shift == 0 && found.is_empty() => *found = offsets,
        Posting::Whole(offsets) => {
            let moved = offsets.iter().map(|offset| offset + shift);
            found.append(moved).map_err(|_| PostingError)?;
        }
        Posting::Split => return Err(PostingError),
    }
    Ok(())
}

/// Reads what [`encode`] wrote.
pub(crate) fn decode(bytes: &[u8]) -> Result<Posting, PostingError> {
    match bytes.split_first() {
        Some((&DELTAS, deltas)) => read_deltas(deltas).map(Posting::Whole),
        Some((&BITMAP, bitmap)) => {
            let read = RoaringBitmap::deserialize_from(bitmap);
            read.map(Posting::Whole).map_err(|_| PostingError)
        }
        Some((&SPLIT, [])) => Ok(Posting::Split),
        _ => Err(PostingError),
    }
}

/// The offsets of a posting, or of a part of one, that are among some others.
pub(crate) fn decode_among(
    bytes: &[u8],
    others: &RoaringBitmap,
) -> Result<RoaringBitmap, PostingError> {
    if let Some((&DELTAS, deltas)) = bytes.split_first() {
        let mut both = RoaringBitmap::new();
        let mut others = others.iter().peekable();
        each_of_deltas(deltas, |offset| {
            while others.next_if(|other| *other < offset).is_some() {}
            if others.next_if_eq(&offset).is_some() {
                both.try_push(offset).map_err(|_| PostingError)?;
            }
            Ok(())
        })?;
        return Ok(both);
    }
    match decode(bytes)? {
        Posting::Whole(offsets) => Ok(offsets & others),
        Posting::Split => Err(PostingError),
    }
}

/// The rows of a posting: part and bytes. Offsets are below `span`.
pub(crate) fn encode(
    mut offsets: RoaringBitmap,
    span: u64,
    layout: &Layout,
) -> Vec<(u32, Vec<u8>)> {
    offsets.optimize();
    if span <= layout.part_events || offsets.serialized_size() <= layout.split_bytes {
        return vec![(0, bytes_of(&offsets))];
    }
    let mut rows = vec![(0, vec![SPLIT])];
    for (part, range) in (1..).zip(layout.parts(span)) {
        let (first, last) = (*range.start(), *range.end());
        let within = offsets.range(first..=last);
        let Ok(mut within) = RoaringBitmap::from_sorted_iter(within) else { break };
        if !within.is_empty() {
            within.optimize();
            rows.push((part, bytes_of(&within)));
        }
    }
    rows
}

/// A posting that is not in parts, whatever its size.
pub(crate) fn encode_whole(mut offsets: RoaringBitmap) -> Vec<u8> {
    offsets.optimize();
    bytes_of(&offsets)
}

/// A posting of a chunk.
pub(crate) fn encode_list(offsets: &[u16]) -> Vec<u8> {
    if offsets.len() as u64 <= DELTAS_MAX {
        return deltas_of(offsets.iter().copied().map(u32::from));
    }
    let Ok(mut bitmap) = RoaringBitmap::from_sorted_iter(offsets.iter().copied().map(u32::from))
    else {
        unreachable!("offsets are noted in ascending order");
    };
    bitmap.optimize();
    bytes_of(&bitmap)
}

fn bytes_of(offsets: &RoaringBitmap) -> Vec<u8> {
    if offsets.len() <= DELTAS_MAX {
        let deltas = deltas_of(offsets.iter());
        if deltas.len() <= offsets.serialized_size() {
            return deltas;
        }
    }
    let mut bytes = Vec::with_capacity(offsets.serialized_size() + 1);
    bytes.push(BITMAP);
    // Writing to memory does not fail.
    let _ = offsets.serialize_into(&mut bytes);
    bytes
}

fn deltas_of(offsets: impl Iterator<Item = u32>) -> Vec<u8> {
    let mut bytes = vec![DELTAS];
    let mut next = 0;
    for offset in offsets {
        let mut rest = offset - next;
        next = offset + 1;
        loop {
            let low = u8::try_from(rest & 0x7f).unwrap_or_default();
            rest >>= 7;
            if rest == 0 {
                bytes.push(low);
                break;
            }
            bytes.push(low | 0x80);
        }
    }
    bytes
}

fn read_deltas(bytes: &[u8]) -> Result<RoaringBitmap, PostingError> {
    let mut offsets = RoaringBitmap::new();
    each_of_deltas(bytes, |offset| offsets.try_push(offset).map_err(|_| PostingError))?;
    Ok(offsets)
}

/// Visits offsets in ascending order.
fn each_of_deltas(
    bytes: &[u8],
    mut visit: impl FnMut(u32) -> Result<(), PostingError>,
) -> Result<(), PostingError> {
    let (mut next, mut delta, mut shift) = (0_u32, 0_u64, 0);
    for byte in bytes {
        if shift > 28 {
            return Err(PostingError);
        }
        delta |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 != 0 {
            shift += 7;
            continue;
        }
        let delta_u32 = u32::try_from(delta).map_err(|_| PostingError)?;
        let offset = next.checked_add(delta_u32).ok_or(PostingError)?;
        visit(offset)?;
        next = offset.checked_add(1).ok_or(PostingError)?;
        (delta, shift) = (0, 0);
    }
    if shift == 0 { Ok(()) } else { Err(PostingError) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(offsets: impl IntoIterator<Item = u32>, span: u64) -> usize {
        let offsets: RoaringBitmap = offsets.into_iter().collect();
        let layout = Layout::usual();
        let rows = encode(offsets.clone(), span, &layout);
        let mut found = RoaringBitmap::new();
        let first = decode(&rows[0].1).unwrap();
        match first {
            Posting::Whole(whole) => found = whole,
            Posting::Split => {
                for (part, bytes) in &rows[1..] {
                    let mut some = RoaringBitmap::new();
                    append(bytes, 0, &mut some).unwrap();
                    assert!(some.iter().all(|at| (at >> 20) + 1 == *part));
                    found |= some;
                }
            }
        }
        assert_eq!(found, offsets);
        rows.len()
    }

    #[test]
    fn what_is_written_reads_back() {
        assert_eq!(check([], 65_536), 1);
        assert_eq!(check([0, 1, 127, 128, 300, 65_535], 65_536), 1);
        assert_eq!(check(0..65_536, 65_536), 1);
        assert_eq!(check((0..65_536).step_by(3), 65_536), 1);
        assert_eq!(check(0..1 << 24, 1 << 24), 1);
        assert_eq!(check((0..1 << 24).step_by(5_000), 1 << 24), 1);
        assert_eq!(check((0..1 << 24).step_by(83), 1 << 24), 17);
        assert_eq!(check((0..1 << 21).step_by(7), 1 << 24), 3);
    }

    #[test]
    fn what_is_among_others_is_what_both_have() {
        let others: RoaringBitmap = (5..900_000).step_by(7).chain([999_999]).collect();
        for step in [1, 3, 500, 9_000] {
            let offsets: RoaringBitmap = (5..=999_999).step_by(step).collect();
            let bytes = encode_whole(offsets.clone());
            assert_eq!(bytes.first(), Some(if step < 500 { &BITMAP } else { &DELTAS }));
            assert_eq!(decode_among(&bytes, &others).unwrap(), &offsets & &others);
            assert_eq!(decode_among(&bytes, &RoaringBitmap::new()).unwrap().len(), 0);
        }
        assert!(decode_among(&[SPLIT], &others).is_err());
    }

    #[test]
    fn a_list_is_as_its_bitmap() {
        for step in [1_usize, 5, 40, 9_000] {
            let list: Vec<u16> = (0..=u16::MAX).step_by(step).collect();
            let wanted: RoaringBitmap = list.iter().copied().map(u32::from).collect();
            assert_eq!(decode(&encode_list(&list)).unwrap(), Posting::Whole(wanted));
        }
    }

    #[test]
    fn what_is_no_posting_is_told() {
        let cases: [&[u8]; 7] =
            [&[], &[4], &[1, 0x80], &[1, 0xff, 0xff, 0xff, 0xff, 0x7f], &[2], &[2, 1], &[3, 0]];
        for bytes in cases {
            assert!(decode(bytes).is_err(), "{bytes:?}");
            assert!(decode_among(bytes, &RoaringBitmap::full()).is_err(), "{bytes:?}");
        }
    }
}
