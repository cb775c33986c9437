//! How the index is parted.

use std::ops::RangeInclusive;

/// The sizes of the index. Each is part of what is stored: another layout is another index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Events in a chunk, at most 65,536: what is indexed in memory, and again after a restart.
    pub(crate) chunk_events: u64,
    /// Neighbouring events of which one least and one greatest time is kept; a chunk has some.
    pub(crate) zone_events: u32,
    /// Segments of a level that make one of the next.
    pub(crate) fan: usize,
    /// The level that is merged no more.
    pub(crate) top_level: u8,
    /// Offsets in a part of a common key's posting: what a query reads of it at once.
    pub(crate) part_events: u64,
    /// A posting larger than this is kept in parts, where the segment has several: a query that
    /// finds enough in the first need not read the others.
    pub(crate) split_bytes: usize,
    /// A longer row lies in a table of its own: in the tree of keys some would fill a page, so that a
    /// look-up would go through seven pages and not through three.
    pub(crate) short_bytes: usize,
}

impl Layout {
    /// 65,536 events, merged to 2^20 and to 2^24 of them: 50 million events are at most some 35
    /// segments.
    pub(crate) const fn usual() -> Self {
        Self {
            chunk_events: 1 << 16,
            zone_events: 1 << 10,
            fan: 16,
            top_level: 2,
            part_events: 1 << 20,
            split_bytes: 32 * 1024,
            short_bytes: 128,
        }
    }

    /// Offsets in a segment of a level.
    pub(crate) fn span(&self, level: u8) -> u64 {
        self.chunk_events * (self.fan as u64).pow(u32::from(level))
    }

    /// The parts of so many offsets.
    pub(crate) fn parts(&self, span: u64) -> impl DoubleEndedIterator<Item = RangeInclusive<u32>> {
        let (part, count) = (self.part_events, span.div_ceil(self.part_events));
        (0..count).map(move |number| {
            let first = u32::try_from(number * part).unwrap_or(u32::MAX);
            let last = ((number + 1) * part).min(span) - 1;
            let last = u32::try_from(last).unwrap_or(u32::MAX);
            first..=last
        })
    }
}
