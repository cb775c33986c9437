//! A sealed part of the index: what is kept of it in memory, and how it is searched.

use std::ops::{Bound, RangeInclusive};

use domain::Timestamp;
use roaring::RoaringBitmap;

use super::chunk::{Zone, zone_offsets};
use super::key::Key;
use super::layout::Layout;
use super::posting::Posting;
use super::search::{Clause, Search};
use super::store::{Reading, StoreError};

/// A sealed part of the index. Its rows never change; it is replaced by one that holds more.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) id: i64,
    /// 0 is a chunk.
    pub(crate) level: u8,
    /// The sequence whose offset is 0.
    pub(crate) start: u64,
    pub(crate) zones: Box<[Zone]>,
    /// The keys of things that came to a status in it, ascending.
    pub(crate) statuses: Box<[Key]>,
}

/// A clause of a search in a segment.
enum Term {
    Whole(RoaringBitmap),
    /// In parts, at least one of its keys: what is whole of it, and the keys that are not.
    Split(RoaringBitmap, Vec<Key>),
}

/// A search in a segment, as far as it is the same for all parts.
pub(crate) struct Plan {
    segment: i64,
    /// What passes all that is whole; `None` if nothing is.
    whole: Option<RoaringBitmap>,
    split: Vec<(RoaringBitmap, Vec<Key>)>,
    none: RoaringBitmap,
    none_split: Vec<Key>,
}

impl Segment {
    /// How a search goes in here; `None` if nothing can pass.
    pub(crate) fn plan(
        &self,
        search: &Search,
        layout: &Layout,
        reading: &Reading<'_>,
    ) -> Result<Option<Plan>, StoreError> {
        let mut whole = match self.within(search.from, search.to, layout) {
            Within::None => return Ok(None),
            Within::All => None,
            Within::Some(offsets) => Some(offsets),
        };
        let mut split = Vec::new();
        for clause in &search.all {
            match self.term(clause, layout, reading)? {
                Term::Whole(found) => {
                    let both = match whole.take() {
                        Some(whole) => whole & found,
                        None => found,
                    };
                    if both.is_empty() {
                        return Ok(None);
                    }
                    whole = Some(both);
                }
                Term::Split(found, keys) => split.push((found, keys)),
            }
        }
        let (mut none, mut none_split) = (RoaringBitmap::new(), Vec::new());
        for key in &search.none {
            match reading.posting(self.id, *key, 0)? {
                Some(Posting::Whole(found)) => none |= found,
                Some(Posting::Split) => none_split.push(*key),
                None => {}
            }
        }
        Ok(Some(Plan { segment: self.id, whole, split, none, none_split }))
    }

    fn term(
        &self,
        clause: &Clause,
        layout: &Layout,
        reading: &Reading<'_>,
    ) -> Result<Term, StoreError> {
        let end = u32::try_from(layout.span(self.level)).unwrap_or(u32::MAX);
        let mut found = clause.sequences_in(self.start, end);
        let mut split = Vec::new();
        for key in &clause.keys {
            match reading.posting(self.id, *key, 0)? {
                Some(Posting::Whole(offsets)) if found.is_empty() => found = offsets,
                Some(Posting::Whole(offsets)) => found |= offsets,
                Some(Posting::Split) => split.push(*key),
                None => {}
            }
        }
        Ok(if split.is_empty() { Term::Whole(found) } else { Term::Split(found, split) })
    }

    fn within(&self, from: Option<Timestamp>, to: Option<Timestamp>, layout: &Layout) -> Within {
        if from.is_none() && to.is_none() {
            return Within::All;
        }
        if !self.zones.iter().any(|zone| zone.meets(from, to)) {
            return Within::None;
        }
        if self.zones.iter().all(|zone| zone.is_within(from, to)) {
            return Within::All;
        }
        Within::Some(zone_offsets(&self.zones, layout.zone_events, from, to))
    }
}

enum Within {
    None,
    Some(RoaringBitmap),
    All,
}

/// So many offsets are gone through one by one; of more, whole containers are taken: offset by
/// offset, a common key's million takes 16 ms.
const GONE_THROUGH_MAX: u64 = 4_096;

/// The offsets in a range.
fn within(all: &RoaringBitmap, range: &RangeInclusive<u32>) -> RoaringBitmap {
    if all.range_cardinality(range.clone()) <= GONE_THROUGH_MAX {
        let few = RoaringBitmap::from_sorted_iter(all.range(range.clone()));
        // A bitmap is in order.
        return few.unwrap_or_default();
    }
    let mut within = all.clone();
    within.remove_range(..range.start());
    within.remove_range((Bound::Excluded(*range.end()), Bound::Unbounded));
    within
}

impl Plan {
    /// The offsets in a part that pass, but for what statuses say.
    pub(crate) fn part(
        &self,
        number: u32,
        range: &RangeInclusive<u32>,
        reading: &Reading<'_>,
    ) -> Result<RoaringBitmap, StoreError> {
        let within = |all: &RoaringBitmap| within(all, range);
        let mut found = self.whole.as_ref().map(within);
        for (whole, keys) in &self.split {
            if found.as_ref().is_some_and(RoaringBitmap::is_empty) {
                break;
            }
            if let (Some(few), [key]) = (&found, &**keys)
                && whole.is_empty()
                && few.len() <= GONE_THROUGH_MAX
            {
                found = Some(reading.posting_among(self.segment, *key, number, few)?);
                continue;
            }
            let mut term = within(whole);
            for key in keys {
                term |= self.part_of(*key, number, reading)?;
            }
            match &mut found {
                Some(found) => *found &= term,
                None => found = Some(term),
            }
        }
        let mut found = found.unwrap_or_else(|| {
            let mut all = RoaringBitmap::new();
            all.insert_range(range.clone());
            all
        });
        if !found.is_empty() {
            found -= &self.none;
            for key in &self.none_split {
                found -= self.part_of(*key, number, reading)?;
            }
        }
        Ok(found)
    }

    /// Where a key occurs, at least in a part.
    pub(crate) fn posting_in(
        &self,
        key: Key,
        number: u32,
        reading: &Reading<'_>,
    ) -> Result<RoaringBitmap, StoreError> {
        match reading.posting(self.segment, key, 0)? {
            Some(Posting::Whole(found)) => Ok(found),
            Some(Posting::Split) => self.part_of(key, number, reading),
            None => Ok(RoaringBitmap::new()),
        }
    }

    fn part_of(
        &self,
        key: Key,
        number: u32,
        reading: &Reading<'_>,
    ) -> Result<RoaringBitmap, StoreError> {
        match reading.posting(self.segment, key, number)? {
            Some(Posting::Whole(found)) => Ok(found),
            Some(Posting::Split) | None => Ok(RoaringBitmap::new()),
        }
    }
}
