//! What happens when: the story as a list of steps in the order of their times, which is all there
//! is to it. Nothing here asks a server anything.

use super::beat::Beat;
use super::cast::{AWAITED, Cast, DIVERTED, HELD_UP, OUTBOUND, Voyage};
use super::supply::{Minutes, Supply};

/// How long a run takes, the pause before the next one included: a minute at the demo's speed.
pub(super) const RUN: Minutes = 60 * 60;
/// The awaited ship's first estimate is this much past its plan; its second is the truth.
const FIRST_DELAY: Minutes = 8 * 60;
/// Between two reports of a ship.
const REPORT_EVERY: Minutes = 4 * 60;
/// From an arrival to the count.
const UNLOADING: Minutes = 36;

/// One command or two, at a time of the story.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    pub(super) at: Minutes,
    pub(super) act: Act,
    /// What part of the story it is.
    pub(super) beat: Beat,
    /// Whether it is the one that tells it.
    pub(super) tells: bool,
}

/// What is done. Voyages are told by their number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Act {
    /// The voyage's owner buys its cargo where it lies.
    Buy(usize),
    Book(usize),
    Load(usize),
    Depart(usize),
    /// An estimate of the arrival.
    Estimate(usize, Minutes),
    /// A position, with this part of the way behind.
    Report(usize, f64),
    /// The cargo is back where it came from.
    Return(usize),
    Arrive(usize),
    Receive(usize),
    /// The station uses oxygen up until so much is left.
    Draw(u64),
    /// The market bids for oxygen.
    MarketBid,
    /// The station bids for oxygen, in place of its bid before.
    Bid(u64),
    /// The trader takes the station's bid.
    Fill,
    /// The books are asked for, and the station's stock is counted.
    Audit,
}

const fn at(hours: Minutes, minutes: Minutes) -> Minutes {
    hours * 60 + minutes
}

/// The steps of a run.
pub(super) fn steps(cast: &Cast, supply: Supply) -> Vec<Step> {
    let mut plan = Plan::default();
    plan.held_up(cast);
    plan.runs_out(cast, supply);
    plan.diverts(cast);
    plan.tell(at(55, 0), Beat::Audit, Act::Audit);
    // Stable: what is planned for one minute happens in the order of the planning.
    plan.steps.sort_by_key(|step| step.at);
    plan.steps
}

#[derive(Default)]
struct Plan {
    steps: Vec<Step>,
}

impl Plan {
    fn add(&mut self, at: Minutes, beat: Beat, act: Act) {
        self.steps.push(Step { at, act, beat, tells: false });
    }

    fn tell(&mut self, at: Minutes, beat: Beat, act: Act) {
        self.steps.push(Step { at, act, beat, tells: true });
    }

    /// Four ships leave in peace, meet the storm, and come late.
    fn held_up(&mut self, cast: &Cast) {
        for (number, voyage) in (0..).zip(&cast.voyages[..HELD_UP]) {
            self.add(0, Beat::Calm, Act::Buy(number));
            self.add(voyage.leaves.saturating_sub(5), Beat::Calm, Act::Book(number));
            let departs = Act::Depart(number);
            let turn = 20 * Minutes::try_from(number).unwrap_or(0);
            let second_estimate = Act::Estimate(number, voyage.comes);
            let (leaves, comes) = (voyage.leaves, voyage.comes);
            if number == AWAITED {
                self.tell(leaves, Beat::Calm, departs);
                self.tell(at(6, 0), Beat::Storm, Act::Estimate(number, voyage.due + FIRST_DELAY));
                self.add(at(18, 0), Beat::Storm, second_estimate);
                self.add(comes, Beat::Over, Act::Arrive(number));
                self.tell(comes + UNLOADING, Beat::Over, Act::Receive(number));
            } else {
                self.add(leaves, Beat::Calm, departs);
                self.add(at(6, 0) + turn, Beat::Storm, second_estimate);
                self.add(comes, Beat::Storm, Act::Arrive(number));
                self.add(comes + UNLOADING, Beat::Storm, Act::Receive(number));
            }
            self.reports(number, voyage, at(3, 0) + turn);
        }
    }

    fn reports(&mut self, number: usize, voyage: &Voyage, first: Minutes) {
        let mut when = first;
        while when + REPORT_EVERY / 2 < voyage.comes {
            let beat = if when < at(6, 0) { Beat::Calm } else { Beat::Storm };
            self.add(when, beat, Act::Report(number, part(voyage, when)));
            when += REPORT_EVERY;
        }
    }

    /// The station uses its oxygen up, and bids for more.
    fn runs_out(&mut self, cast: &Cast, supply: Supply) {
        let (low, out) = (supply.low_at(), supply.out_at());
        for (when, left) in supply.draws() {
            let draw = Act::Draw(left);
            match when {
                _ if when == low => self.tell(when, Beat::Low, draw),
                _ if when == out => self.tell(when, Beat::Out, draw),
                _ => self.add(when, if when < low { Beat::Calm } else { Beat::Low }, draw),
            }
        }
        let [first, second, third] = cast.bids;
        self.add(low + 60, Beat::Low, Act::Bid(first));
        self.add(low + 6 * 60, Beat::Low, Act::Bid(second));
        self.tell(out + 75, Beat::Bid, Act::Bid(third));
    }

    /// A trader under way to a market turns, loads anew, and sells to the station.
    fn diverts(&mut self, cast: &Cast) {
        let (outbound, diverted) = (&cast.voyages[OUTBOUND], &cast.voyages[DIVERTED]);
        let leaves = outbound.leaves;
        self.add(leaves - 90, Beat::Low, Act::MarketBid);
        self.add(leaves - 90, Beat::Low, Act::Buy(OUTBOUND));
        self.add(leaves - 60, Beat::Low, Act::Book(OUTBOUND));
        self.add(leaves, Beat::Low, Act::Depart(OUTBOUND));
        let turns = at(28, 0);
        for away in [4 * 60, 2 * 60] {
            let part = part(outbound, turns - away);
            self.add(turns - away, Beat::Out, Act::Report(OUTBOUND, part));
            // It comes back as it went.
            self.add(turns + away, Beat::Turn, Act::Report(OUTBOUND, part));
        }
        self.tell(turns, Beat::Turn, Act::Report(OUTBOUND, part(outbound, turns)));
        self.add(turns + (turns - leaves), Beat::Turn, Act::Return(OUTBOUND));

        let leaves = diverted.leaves;
        self.add(leaves - 30, Beat::Turn, Act::Book(DIVERTED));
        self.add(leaves - 15, Beat::Turn, Act::Load(DIVERTED));
        self.add(leaves, Beat::Turn, Act::Depart(DIVERTED));
        for when in [leaves + 3 * 60, leaves + 6 * 60, leaves + 9 * 60] {
            self.add(when, Beat::Turn, Act::Report(DIVERTED, part(diverted, when)));
        }
        self.add(diverted.comes, Beat::Received, Act::Arrive(DIVERTED));
        self.tell(diverted.comes + UNLOADING, Beat::Received, Act::Receive(DIVERTED));
        self.tell(diverted.comes + 90, Beat::Filled, Act::Fill);
    }
}

/// The part of its way that a ship has behind it.
fn part(voyage: &Voyage, when: Minutes) -> f64 {
    let whole = f64::from(voyage.comes.saturating_sub(voyage.leaves).max(1));
    f64::from(when.saturating_sub(voyage.leaves)) / whole
}

#[cfg(test)]
mod tests;
