//! How long a station's oxygen lasts: what is used up when, and when that crosses the threshold.
//!
//! Plain numbers: the alert is to fire by its rule and not by luck.

/// Minutes of the story; what one is in network time is the tempo's to say.
pub(super) type Minutes = u32;

/// Before the story, a station has at least so much.
pub(super) const START_MIN: u64 = 900;
/// Hours that what there is at the start lasts, at most.
const LASTS_HOURS: u64 = 24;
/// Between two times that something is used up.
const DRAW_EVERY: Minutes = 120;

/// A station's oxygen, the rule that watches it, and how fast it is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Supply {
    /// Units available at the start.
    pub(super) start: u64,
    /// At or below this it is low.
    pub(super) low: u64,
    /// At or above this it is well again.
    pub(super) clear: u64,
    pub(super) use_per_hour: u64,
}

impl Supply {
    /// A supply that begins with `start` units, is low after three fifths of a day and out within a
    /// day.
    pub(super) fn of(start: u64) -> Self {
        let start = start.max(START_MIN);
        Self {
            start,
            low: start * 2 / 5,
            clear: start / 2,
            use_per_hour: start.div_ceil(LASTS_HOURS),
        }
    }

    /// What is under way to the station. With [`Self::relief`] it is no more than what there was,
    /// so that a station that the story comes back to has not grown.
    pub(super) fn ordered(self) -> u64 {
        self.start * 3 / 8
    }

    /// What clears the alert, and a little more.
    pub(super) fn relief(self) -> u64 {
        self.clear + self.start / 10
    }

    /// What is left at this time.
    pub(super) fn left_at(self, at: Minutes) -> u64 {
        self.start.saturating_sub(self.use_per_hour * u64::from(at) / 60)
    }

    /// The first minute at which it is low.
    pub(super) fn low_at(self) -> Minutes {
        self.minutes_to_use(self.start - self.low)
    }

    /// The first minute at which nothing is left.
    pub(super) fn out_at(self) -> Minutes {
        self.minutes_to_use(self.start)
    }

    fn minutes_to_use(self, units: u64) -> Minutes {
        let minutes = (units * 60).div_ceil(self.use_per_hour.max(1));
        Minutes::try_from(minutes).unwrap_or(Minutes::MAX)
    }

    /// When something is used up, and what is then left: every two hours, and at the two times that
    /// matter.
    pub(super) fn draws(self) -> Vec<(Minutes, u64)> {
        let out = self.out_at();
        let turns = (1..out.div_ceil(DRAW_EVERY)).map(|turn| turn * DRAW_EVERY);
        let mut times: Vec<Minutes> = turns.chain([self.low_at(), out]).collect();
        times.sort_unstable();
        times.dedup();
        times.into_iter().map(|at| (at, self.left_at(at))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_stock_and_use_it_is_low_and_out_when_the_plan_says() {
        for (start, low, clear, use_per_hour, low_at, out_at) in [
            (900, 360, 450, 38, 853, 1_422),
            (1_000, 400, 500, 42, 858, 1_429),
            (1_200, 480, 600, 50, 864, 1_440),
            (1_201, 480, 600, 51, 849, 1_413),
            (1_000_000, 400_000, 500_000, 41_667, 864, 1_440),
        ] {
            let supply = Supply::of(start);
            assert_eq!(supply, Supply { start, low, clear, use_per_hour });
            assert_eq!((supply.low_at(), supply.out_at()), (low_at, out_at), "{start}");
        }
        assert_eq!(Supply::of(3), Supply::of(START_MIN));
    }

    #[test]
    fn the_threshold_is_crossed_at_its_minute_and_not_before() {
        for start in START_MIN..3_000 {
            let supply = Supply::of(start);
            let (low, out) = (supply.low_at(), supply.out_at());
            assert!(supply.left_at(low - 1) > supply.low && supply.left_at(low) <= supply.low);
            assert!(supply.left_at(out - 1) > 0 && supply.left_at(out) == 0);
            // The relief alone ends the alert, and nothing grows from run to run.
            assert!(supply.relief() >= supply.clear && supply.clear > supply.low);
            assert!(supply.relief() + supply.ordered() <= supply.start);
            let draws = supply.draws();
            assert!(draws.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 > pair[1].1));
            assert!(draws.contains(&(low, supply.left_at(low))));
            assert_eq!(draws.last(), Some(&(out, 0)));
        }
    }
}
