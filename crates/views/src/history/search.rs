//! What is searched for, and the search itself: piece by piece of the sequence, from one end.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use domain::{Sequence, Timestamp};
use roaring::RoaringBitmap;

use super::chunk::{BLOCK_BITS, Chunk, block_of};
use super::key::Key;
use super::layout::Layout;
use super::posting::Posting;
use super::segment::{Plan, Segment};
use super::status::Statuses;
use super::store::{Reading, Store, StoreError};

/// Steps of a search (a segment, a part of one, a window) in one transaction of the store.
const STEPS_AT_ONCE: usize = 32;
/// Events that are made ready at a time: a page and the one behind it. A window of a common key has
/// very many more.
const READY_MAX: usize = 1_024;

/// In which order events are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The last event first.
    #[default]
    Newest,
    /// The first event first.
    Oldest,
}

/// Events that have one of these keys, or are one of these.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Clause {
    pub(crate) keys: Vec<Key>,
    pub(crate) sequences: Vec<u64>,
}

impl Clause {
    pub(crate) fn of(key: Key) -> Self {
        Self { keys: vec![key], sequences: Vec::new() }
    }

    pub(crate) fn any(keys: impl IntoIterator<Item = Key>) -> Self {
        Self { keys: keys.into_iter().collect(), sequences: Vec::new() }
    }

    /// The offsets of its sequences from `start` on, below `end`.
    pub(crate) fn sequences_in(&self, start: u64, end: u32) -> RoaringBitmap {
        let offset = |sequence: &u64| u32::try_from(sequence.checked_sub(start)?).ok();
        self.sequences.iter().filter_map(offset).filter(|offset| *offset < end).collect()
    }
}

/// The last statuses of things that an event begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StatusClause {
    /// Things that came to one of these last.
    pub(crate) wanted: Statuses,
    /// Also those of this key that never came to any.
    pub(crate) or_never: Option<Key>,
}

/// Which events: those that pass all of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Search {
    pub(crate) all: Vec<Clause>,
    pub(crate) none: Vec<Key>,
    pub(crate) status: Option<StatusClause>,
    /// Events that happened from then on. Found is what may have: the event itself is to be asked.
    pub(crate) from: Option<Timestamp>,
    /// Events that happened before.
    pub(crate) to: Option<Timestamp>,
}

impl Search {
    /// Adds that an event has this key.
    pub(crate) fn with(&mut self, key: Key) {
        self.all.push(Clause::of(key));
    }

    /// What is likely rare first.
    pub(crate) fn in_good_order(mut self) -> Self {
        self.all.sort_by_key(|clause| {
            let common = clause.keys.iter().map(|key| key.commonness()).max().unwrap_or_default();
            (common, clause.keys.len())
        });
        self
    }
}

/// A piece of the sequence that is left to be searched.
enum Piece {
    /// In memory: searched when the search began.
    Memory(Current),
    Sealed(Arc<Segment>),
}

/// What was found in a piece or in a part of it, before statuses are asked.
struct Current {
    /// The sequence of offset 0.
    start: u64,
    found: RoaringBitmap,
    /// Those that pass if they never came to a status.
    or_never: RoaringBitmap,
    /// Where it is left to be looked at: first and last sequences, each pair in one block.
    windows: VecDeque<(u64, u64)>,
}

/// A sealed piece that is being searched.
struct Opened {
    start: u64,
    plan: Plan,
    /// What is left of it.
    parts: VecDeque<(u32, std::ops::RangeInclusive<u32>)>,
}

/// Things of a block by what they came to last.
#[derive(Default)]
struct Block {
    number: u64,
    wanted: RoaringBitmap,
    known: RoaringBitmap,
}

/// A search under way. What it goes through does not change: it is as the index was at its start.
pub(crate) struct Finder {
    search: Search,
    order: Order,
    layout: Layout,
    /// The first and the last sequence that may be found.
    bounds: (u64, u64),
    pieces: VecDeque<Piece>,
    opened: Option<Opened>,
    current: Option<Current>,
    /// Those that wait to be taken.
    ready: VecDeque<u64>,
    /// What came to a status in memory, newest first, and in segments, by start.
    memory: Vec<BTreeMap<Key, RoaringBitmap>>,
    segments: Vec<Arc<Segment>>,
    /// Blocks in which anything came to a status that is wanted.
    wanted_blocks: BTreeSet<u64>,
    block: Option<Block>,
}

impl Finder {
    /// Begins a search behind a position in the order, or at its beginning. `chunks` are those in
    /// memory, newest first; `segments` what is sealed, by start.
    pub(crate) fn new(
        layout: Layout,
        search: Search,
        (order, cursor): (Order, Option<Sequence>),
        chunks: &[&Chunk],
        segments: &[Arc<Segment>],
    ) -> Self {
        let search = search.in_good_order();
        let bounds = match (order, cursor) {
            (_, None) => (1, u64::MAX),
            (Order::Newest, Some(before)) => (1, before.0.saturating_sub(1)),
            (Order::Oldest, Some(after)) => (after.0.saturating_add(1), u64::MAX),
        };
        let mut finder = Self {
            search,
            order,
            layout,
            bounds,
            pieces: VecDeque::new(),
            opened: None,
            current: None,
            ready: VecDeque::new(),
            memory: Vec::new(),
            segments: segments.to_vec(),
            wanted_blocks: BTreeSet::new(),
            block: None,
        };
        finder.begin(chunks);
        finder
    }

    fn begin(&mut self, chunks: &[&Chunk]) {
        if let Some(clause) = self.search.status {
            self.memory = chunks.iter().map(|chunk| chunk.statuses.clone()).collect();
            let in_memory = self.memory.iter().flat_map(BTreeMap::keys);
            let sealed = self.segments.iter().flat_map(|segment| &segment.statuses);
            let wanted = in_memory.chain(sealed).filter_map(|key| key.status_parts());
            let wanted = wanted.filter(|(code, _)| clause.wanted.contains(*code));
            self.wanted_blocks = wanted.map(|(_, block)| block).collect();
        }
        for chunk in chunks {
            let end = chunk.start + u64::from(chunk.end);
            // Nothing is in the chunk behind one that was just sealed, nor in a tail of nothing.
            if chunk.end == 0 || end == 0 || !self.may_pass(chunk.start, end - 1) {
                continue;
            }
            let never = self.search.status.and_then(|clause| clause.or_never);
            self.pieces.push_back(Piece::Memory(Current {
                start: chunk.start,
                found: chunk.matches(&self.search),
                or_never: never.map(|key| chunk.posting(key)).unwrap_or_default(),
                windows: self.windows(chunk.start, end - 1),
            }));
        }
        self.pieces.extend(self.segments.iter().rev().cloned().map(Piece::Sealed));
        if self.order == Order::Oldest {
            self.pieces.make_contiguous().reverse();
        }
    }

    /// The next event that may pass, left where it is.
    pub(crate) fn peek(&mut self, store: &Store) -> Result<Option<Sequence>, StoreError> {
        // What finds nothing reads the whole index: not in one transaction, which would keep the one
        // that writes it from ever reusing its write-ahead log.
        while self.ready.is_empty() && store.read(|reading| self.fill(reading))? {}
        Ok(self.ready.front().copied().map(Sequence))
    }

    /// The next events that may pass, at most so many.
    pub(crate) fn take(
        &mut self,
        limit: usize,
        store: &Store,
    ) -> Result<Vec<Sequence>, StoreError> {
        let mut taken = Vec::new();
        while taken.len() < limit && self.peek(store)?.is_some() {
            let some = self.ready.len().min(limit - taken.len());
            taken.extend(self.ready.drain(..some).map(Sequence));
        }
        Ok(taken)
    }

    /// Whether anything of these sequences may pass, so far as bounds and statuses say.
    fn may_pass(&self, first: u64, last: u64) -> bool {
        if first > last || last < self.bounds.0 || first > self.bounds.1 {
            return false;
        }
        match self.search.status {
            Some(StatusClause { or_never: None, .. }) => {
                let blocks = first >> BLOCK_BITS..=last >> BLOCK_BITS;
                self.wanted_blocks.range(blocks).next().is_some()
            }
            Some(_) | None => true,
        }
    }

    /// The blocks of these sequences in which anything may pass, in the order.
    fn windows(&self, first: u64, last: u64) -> VecDeque<(u64, u64)> {
        let (first, last) = (first.max(self.bounds.0), last.min(self.bounds.1));
        let mut windows = VecDeque::new();
        let mut at = first;
        while at <= last {
            let end = (at | ((1 << BLOCK_BITS) - 1)).min(last);
            if self.may_pass(at, end) {
                match self.order {
                    Order::Oldest => windows.push_back((at, end)),
                    Order::Newest => windows.push_front((at, end)),
                }
            }
            at = end + 1;
        }
        windows
    }

    /// Goes on until something is ready, or for so long; says whether there is more to look at.
    fn fill(&mut self, reading: &Reading<'_>) -> Result<bool, StoreError> {
        for _ in 0..STEPS_AT_ONCE {
            if !self.ready.is_empty() {
                return Ok(true);
            }
            if let Some(mut current) = self.current.take() {
                if let Some(window) = current.windows.pop_front() {
                    if let Some(rest) = self.look_at(&current, window, reading)? {
                        current.windows.push_front(rest);
                    }
                    self.current = Some(current);
                }
            } else if let Some(mut opened) = self.opened.take() {
                if let Some((number, range)) = opened.parts.pop_front() {
                    self.current = Some(self.part(&opened, number, range, reading)?);
                    self.opened = Some(opened);
                }
            } else if !self.open_next(reading)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Goes on with the next piece; says whether there is one.
    fn open_next(&mut self, reading: &Reading<'_>) -> Result<bool, StoreError> {
        match self.pieces.pop_front() {
            None => return Ok(false),
            Some(Piece::Memory(current)) => self.current = Some(current),
            Some(Piece::Sealed(segment)) => {
                let span = self.layout.span(segment.level);
                let start = segment.start;
                if !self.may_pass(start, start + span - 1) {
                    return Ok(true);
                }
                let Some(plan) = segment.plan(&self.search, &self.layout, reading)? else {
                    return Ok(true);
                };
                let parts = (1..).zip(self.layout.parts(span));
                let parts = parts.filter(|(_, range)| {
                    let (first, last) = (u64::from(*range.start()), u64::from(*range.end()));
                    self.may_pass(start + first, start + last)
                });
                let mut parts: VecDeque<_> = parts.collect();
                if self.order == Order::Newest {
                    parts.make_contiguous().reverse();
                }
                self.opened = Some(Opened { start, plan, parts });
            }
        }
        Ok(true)
    }

    fn part(
        &self,
        opened: &Opened,
        number: u32,
        range: std::ops::RangeInclusive<u32>,
        reading: &Reading<'_>,
    ) -> Result<Current, StoreError> {
        let Opened { start, plan, .. } = opened;
        let (first, last) = (u64::from(*range.start()), u64::from(*range.end()));
        let found = plan.part(number, &range, reading)?;
        let never = self.search.status.and_then(|clause| clause.or_never);
        let (or_never, windows) = if found.is_empty() {
            (RoaringBitmap::new(), VecDeque::new())
        } else {
            let or_never = match never {
                Some(key) => plan.posting_in(key, number, reading)?,
                None => RoaringBitmap::new(),
            };
            (or_never, self.windows(start + first, start + last))
        };
        Ok(Current { start: *start, found, or_never, windows })
    }

    /// Makes ready what passes in a window, or the first of it; the rest of the window, if some is.
    fn look_at(
        &mut self,
        current: &Current,
        (first, last): (u64, u64),
        reading: &Reading<'_>,
    ) -> Result<Option<(u64, u64)>, StoreError> {
        let offset = |sequence| u32::try_from(sequence - current.start).unwrap_or(u32::MAX);
        let within = offset(first)..=offset(last);
        let found_count = current.found.range_cardinality(within.clone());
        if found_count == 0 {
            return Ok(None);
        }
        let order = self.order;
        let sequence = |offset: u32| current.start + u64::from(offset);
        let found = current.found.range(within);
        self.ready = if let Some(clause) = self.search.status {
            let block = self.block(first >> BLOCK_BITS, clause, reading)?;
            if clause.or_never.is_none() && block.wanted.len() < found_count {
                let base = block.number << BLOCK_BITS;
                let (first, last) = (first - base, last - base);
                let place = |at: u64| u32::try_from(at).unwrap_or(u32::MAX);
                let wanted = block.wanted.range(place(first)..=place(last));
                let wanted = wanted.map(|place| base + u64::from(place));
                first_of(wanted.filter(|id| current.found.contains(offset(*id))), order)
            } else {
                let is_wanted = |offset: &u32| {
                    let (_, place) = block_of(Sequence(sequence(*offset)));
                    block.wanted.contains(place)
                        || (current.or_never.contains(*offset) && !block.known.contains(place))
                };
                first_of(found.filter(is_wanted).map(sequence), order)
            }
        } else {
            first_of(found.map(sequence), order)
        };
        let Some(at) = self.ready.back().filter(|_| self.ready.len() == READY_MAX) else {
            return Ok(None);
        };
        let rest = match order {
            Order::Newest => (first, at - 1),
            Order::Oldest => (at + 1, last),
        };
        Ok((rest.0 <= rest.1).then_some(rest))
    }

    /// What the things of a block came to, from the newest status to the oldest.
    fn block(
        &mut self,
        number: u64,
        clause: StatusClause,
        reading: &Reading<'_>,
    ) -> Result<&Block, StoreError> {
        if self.block.as_ref().is_none_or(|block| block.number != number) {
            let mut block = Block { number, ..Block::default() };
            for statuses in &self.memory {
                let of_block = statuses.iter().filter_map(|(key, things)| {
                    let (code, other) = key.status_parts()?;
                    (other == number).then_some((code, things.clone()))
                });
                block.add_older(of_block.collect(), clause.wanted);
            }
            for segment in self.segments.iter().rev() {
                let mut sets = Vec::new();
                for key in &segment.statuses {
                    let Some((code, other)) = key.status_parts() else { continue };
                    if other != number {
                        continue;
                    }
                    if let Some(Posting::Whole(things)) = reading.posting(segment.id, *key, 0)? {
                        sets.push((code, things));
                    }
                }
                block.add_older(sets, clause.wanted);
            }
            self.block = Some(block);
        }
        Ok(self.block.get_or_insert_default())
    }
}

/// As many of these as are made ready at a time, in the order.
fn first_of(all: impl DoubleEndedIterator<Item = u64>, order: Order) -> VecDeque<u64> {
    match order {
        Order::Newest => all.rev().take(READY_MAX).collect(),
        Order::Oldest => all.take(READY_MAX).collect(),
    }
}

impl Block {
    /// Adds what things came to before all that is added.
    fn add_older(&mut self, sets: Vec<(u8, RoaringBitmap)>, wanted: Statuses) {
        let mut known = RoaringBitmap::new();
        for (code, things) in sets {
            known |= &things;
            if wanted.contains(code) {
                self.wanted |= things - &self.known;
            }
        }
        self.known |= known;
    }
}

#[cfg(test)]
mod tests {
    use domain::TradeStatus;

    use super::*;

    #[test]
    fn an_empty_chunk_at_a_border_of_blocks_has_nothing() {
        let layout = Layout::usual();
        let border = 1_u64 << BLOCK_BITS;
        let mut before = Chunk::new(border - 10, &layout);
        let things = RoaringBitmap::from_iter([7]);
        let code = (0..32).find(|code| Statuses::of_trades(TradeStatus::Voided).contains(*code));
        before.statuses.insert(Key::status(code.unwrap(), 1), things);
        let empty = Chunk::new(border, &layout);
        let wanted = Statuses::of_trades(TradeStatus::Voided);
        let status = Some(StatusClause { wanted, or_never: None });
        for order in [Order::Newest, Order::Oldest] {
            let search = Search { status, ..Search::default() };
            let finder = Finder::new(layout, search, (order, None), &[&empty, &before], &[]);
            assert!(finder.pieces.is_empty());
        }
    }
}
