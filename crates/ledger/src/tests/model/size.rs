//! Amounts near the edge of what there is.

use proptest::prelude::*;

use super::network::MOST;

/// How much, in terms of the most there could be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Size {
    One,
    Few(u8),
    Half,
    AllButOne,
    All,
    OneTooMany,
    Huge,
}

/// Mostly a little, and often the edge.
pub(super) fn size() -> impl Strategy<Value = Size> {
    prop_oneof![
        2 => Just(Size::One),
        12 => (2..20_u8).prop_map(Size::Few),
        4 => Just(Size::Half),
        2 => Just(Size::AllButOne),
        6 => Just(Size::All),
        1 => Just(Size::OneTooMany),
        1 => Just(Size::Huge),
    ]
}

impl Size {
    /// The amount, at least 1, when there is at most so much.
    pub(super) fn of(self, most: u128) -> u64 {
        let size = match self {
            Self::One => 1,
            Self::Few(few) => u128::from(few).min(most),
            Self::Half => most / 2,
            Self::AllButOne => most.saturating_sub(1),
            Self::All => most,
            Self::OneTooMany => most + 1,
            Self::Huge => MOST - most / 2,
        };
        u64::try_from(size.clamp(1, MOST)).unwrap()
    }
}
