//! The beats of the story, and the caption of each.

use domain::limits::TEXT_BYTES_MAX;
use jiff::SignedDuration;

use super::cast::{AWAITED, Cast, DIVERTED, HELD_UP, OUTBOUND};
use super::supply::Supply;
use crate::console::grouped;

/// A part of the story, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Beat {
    Calm,
    Storm,
    Low,
    Out,
    Bid,
    Turn,
    Received,
    Filled,
    Over,
    Audit,
}

impl Beat {
    /// The word in the metadata of its events.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Storm => "storm",
            Self::Low => "low",
            Self::Out => "out",
            Self::Bid => "bid",
            Self::Turn => "turn",
            Self::Received => "received",
            Self::Filled => "filled",
            Self::Over => "over",
            Self::Audit => "audit",
        }
    }
}

/// What is known when a caption is written: what the server said, and not what was planned.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Facts {
    /// What will be available at the station.
    pub(super) left: u64,
    /// The station's first bid, and its latest.
    pub(super) first_bid: u64,
    pub(super) bid: u64,
    /// The best bid at the market; 0 if there is none.
    pub(super) market_bid: u64,
    /// How late the awaited ship is, by its latest estimate.
    pub(super) late: SignedDuration,
    /// How long the awaited ship's way is, by plan.
    pub(super) way: SignedDuration,
    /// How much the trader sells.
    pub(super) sold: u64,
    /// What the books do not explain: `None` if they were not read.
    pub(super) unexplained: Option<u128>,
    pub(super) balanced: bool,
    /// Whether the awaited ship, and the trader's, are under way.
    pub(super) is_awaited: bool,
}

/// The caption of a beat.
pub(super) fn caption(beat: Beat, cast: &Cast, supply: Supply, facts: &Facts) -> String {
    let station = &cast.station.name;
    let awaited = &cast.voyages[AWAITED];
    let (ship, trader) = (&awaited.ship, &cast.voyages[OUTBOUND].ship);
    let late = duration(facts.late);
    let text = match beat {
        Beat::Calm => format!(
            "Calm. {ship} leaves {} for {station} with {} t of oxygen, due in {}.",
            awaited.from.name,
            grouped(awaited.quantity),
            duration(facts.way),
        ),
        Beat::Storm => {
            let others: Vec<&str> =
                cast.voyages[AWAITED + 1..HELD_UP].iter().map(|voyage| &*voyage.ship).collect();
            let others = match others.as_slice() {
                [most @ .., last] if !most.is_empty() => format!("{} and {last}", most.join(", ")),
                others => others.concat(),
            };
            format!("A storm near {}: {ship} will be {late} late, and so will {others}.", cast.star)
        }
        Beat::Low if facts.is_awaited => format!(
            "{station} is down to {} t of oxygen, and {ship}, with {} t for it, is {late} late.",
            grouped(facts.left),
            grouped(awaited.quantity),
        ),
        Beat::Low => format!("{station} is down to {} t of oxygen.", grouped(facts.left)),
        Beat::Out if facts.is_awaited => {
            format!("{station} is out of oxygen. {ship} now expects to be {late} late.")
        }
        Beat::Out => format!("{station} is out of oxygen."),
        Beat::Bid => format!(
            "{station} bids {} a tonne for oxygen; its first bid was {}.",
            grouped(facts.bid),
            grouped(facts.first_bid),
        ),
        Beat::Turn if facts.market_bid > 0 => format!(
            "{trader}, with {} t of oxygen for {}, sees {} bid at {station} against {} there, and \
             turns.",
            grouped(cast.voyages[OUTBOUND].quantity),
            cast.market.name,
            grouped(facts.bid),
            grouped(facts.market_bid),
        ),
        Beat::Turn => format!("{trader} sees {} bid at {station}, and turns.", grouped(facts.bid)),
        Beat::Received => format!(
            "{trader} is in at {station}: {} t of oxygen received.",
            grouped(cast.voyages[DIVERTED].quantity)
        ),
        Beat::Filled => {
            let (sold, bid) = (grouped(facts.sold), grouped(facts.bid));
            let ends = if facts.left >= supply.clear { " The alert resolves." } else { "" };
            format!("The trade fills the bid: {sold} t at {bid}.{ends}")
        }
        Beat::Over => format!("{ship} is in at {station} at last, {late} late. The storm is over."),
        Beat::Audit => match facts.unexplained {
            Some(units) if facts.balanced => {
                format!("audit: balanced, {} units unexplained", grouped_wide(units))
            }
            Some(units) => {
                format!("audit: not balanced, {} units unexplained", grouped_wide(units))
            }
            None => "audit: not read".to_owned(),
        },
    };
    clipped(text)
}

fn grouped_wide(units: u128) -> String {
    u64::try_from(units).map_or_else(|_| units.to_string(), grouped)
}

/// In the largest unit that says enough.
fn duration(time: SignedDuration) -> String {
    let minutes = time.as_mins().max(0);
    match minutes {
        0..90 => format!("{minutes} min"),
        90..4_320 => format!("{} h", (minutes + 30) / 60),
        _ => format!("{} days", (minutes + 720) / 1_440),
    }
}

/// What metadata can hold of it: names are as long as their givers liked.
fn clipped(text: String) -> String {
    if text.len() <= TEXT_BYTES_MAX {
        return text;
    }
    let dots = "…";
    let end = (0..=TEXT_BYTES_MAX - dots.len()).rev().find(|end| text.is_char_boundary(*end));
    format!("{}{dots}", &text[..end.unwrap_or(0)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_said_as_people_say_them() {
        for (minutes, text) in [(20, "20 min"), (480, "8 h"), (1_790, "30 h"), (7_200, "5 days")] {
            assert_eq!(duration(SignedDuration::from_mins(minutes)), text);
        }
    }

    #[test]
    fn a_caption_fits_metadata_whatever_names_are_in_it() {
        assert_eq!(clipped("short".to_owned()), "short");
        let long = clipped("\u{e9}".repeat(200));
        assert!(long.len() <= TEXT_BYTES_MAX && long.ends_with('…'), "{long}");
    }
}
