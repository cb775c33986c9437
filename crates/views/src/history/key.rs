//! The keys of the index: what an event is found by.
//!
//! | Bits | Field |
//! |---|---|
//! | 63..56 | the family, below 128, so that a key is a positive integer of the store |
//! | 55..0 | the value within it |
//!
//! Family numbers are kept in `history.db`: changing one is another version of that file.

use domain::{EventKind, Text};

/// What kind of thing a key names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(crate) enum Family {
    /// The number of the event's kind.
    Kind = 1,
    /// What the event begins: [`Begins`].
    Begins = 2,
    /// A place that it is about.
    Station = 3,
    /// A good that it is about.
    Commodity = 4,
    /// A party of it, charges included: who may see it.
    Trader = 5,
    /// Of an event that begins a trade, a party of its charges alone.
    ChargedOnly = 6,
    /// What carries.
    Vessel = 7,
    /// Who asked for it.
    Actor = 8,
    /// How bad the alert is with it.
    Severity = 9,
    /// What the alert says, of one that is resolved.
    AlertKind = 10,
    /// The rule that is set, or that the alert is of.
    Rule = 11,
    /// Of a booking, from where.
    Origin = 12,
    /// Of a booking, to where; of a resolved alert, its station.
    Destination = 13,
    /// Of a booking, whose goods; of a resolved alert, each of its parties.
    Owner = 14,
    /// Of a booking, who carries.
    Carrier = 15,
    /// Of a resolved alert, the commodity of its rule.
    Watched = 16,
    /// The earlier event that began the trade, shipment or alert that it is of.
    Thing = 17,
    /// The hash of its reference.
    Reference = 18,
    /// Identifiers of things that came to a status; the last family, since it is merged apart.
    Status = 19,
}

/// What an event begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begins {
    /// A trade that settles at once.
    DirectTrade = 1,
    /// A trade that is pending.
    Hold = 2,
}

const VALUE_BITS: u32 = 56;
const VALUE_MASK: u64 = (1 << VALUE_BITS) - 1;

/// What an event is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(pub(crate) u64);

impl Key {
    pub(crate) const fn new(family: Family, value: u64) -> Self {
        Self(((family as u64) << VALUE_BITS) | (value & VALUE_MASK))
    }

    pub(crate) const fn kind(kind: EventKind) -> Self {
        Self::new(Family::Kind, kind.number() as u64)
    }

    pub(crate) const fn begins(what: Begins) -> Self {
        Self::new(Family::Begins, what as u64)
    }

    /// What is found by it is checked on the event: two references may have one hash.
    pub(crate) fn reference(text: &Text) -> Self {
        Self::new(Family::Reference, domain::name_hash(text.as_str()))
    }

    /// Things of this status whose identifiers lie in this block.
    pub(crate) const fn status(code: u8, block: u64) -> Self {
        Self::new(Family::Status, ((code as u64) << STATUS_BLOCK_BITS) | block)
    }

    /// The code and the block of a key of things of a status.
    pub(crate) fn status_parts(self) -> Option<(u8, u64)> {
        let value = self.0 & VALUE_MASK;
        let is_status = self.0 >> VALUE_BITS == Family::Status as u64;
        let code = u8::try_from(value >> STATUS_BLOCK_BITS).ok()?;
        is_status.then_some((code, value & ((1 << STATUS_BLOCK_BITS) - 1)))
    }

    /// As the store has it.
    pub(crate) fn integer(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }

    /// Lower for what is likely rarer: it is looked up first.
    pub(crate) fn commonness(self) -> u64 {
        const RARE_FIRST: [Family; 18] = [
            Family::Thing,
            Family::Reference,
            Family::Rule,
            Family::Vessel,
            Family::Carrier,
            Family::Owner,
            Family::Origin,
            Family::Destination,
            Family::Trader,
            Family::Station,
            Family::Watched,
            Family::Commodity,
            Family::AlertKind,
            Family::Severity,
            Family::Kind,
            Family::Actor,
            Family::Begins,
            Family::ChargedOnly,
        ];
        let family = self.0 >> VALUE_BITS;
        let place = (0..).zip(RARE_FIRST).find(|(_, one)| *one as u64 == family);
        place.map_or(u64::MAX, |(place, _)| place)
    }
}

/// Bits of a block's number in the key of a status: blocks of 2^16 identifiers of 53 bits.
const STATUS_BLOCK_BITS: u32 = 40;
