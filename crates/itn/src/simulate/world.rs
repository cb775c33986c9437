//! The play itself: whose turn it is, what they ask for, and what the answers change.
//!
//! Pure but for its random stream: it is told the time and given the answers, so that a test can
//! play it against anything. It keeps a book of what places have, which is only a guess: others
//! trade on the same server, and a refusal corrects it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Duration;

use itn_client::StockChangeReason;

use super::orders::{Deal, Order, Purpose, adjustment, change, credits};
use super::ship::{Cue, Ship, Step};
use super::stage::Stage;
use crate::client::{NetworkClock, Problem};
use crate::random::Random;

/// The trader that keeps small lots moving between the ships' calls.
pub(super) const EXCHANGE: &str = "sim-exchange";
/// Credits given to whoever cannot pay.
const FUND: u64 = 1_000_000_000;
/// Before a refused step is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// What places have of each good, as far as we know.
#[derive(Debug, Default)]
pub(super) struct Stock {
    places: BTreeMap<(usize, usize), u64>,
}

impl Stock {
    pub(super) fn on_hand(&self, place: usize, good: usize) -> u64 {
        self.places.get(&(place, good)).copied().unwrap_or(0)
    }

    pub(super) fn add(&mut self, place: usize, good: usize, quantity: u64) {
        *self.places.entry((place, good)).or_default() += quantity;
    }

    pub(super) fn take(&mut self, place: usize, good: usize, quantity: u64) {
        let level = self.places.entry((place, good)).or_default();
        *level = level.saturating_sub(quantity);
    }

    fn correct(&mut self, place: usize, good: usize, quantity: u64) {
        self.places.insert((place, good), quantity);
    }
}

/// What became of an order.
#[derive(Debug)]
pub(super) enum Outcome<'a> {
    /// Accepted, with the body of the answer.
    Accepted(&'a [u8]),
    /// Refused by the server.
    Refused(&'a Problem),
    /// No answer: it may or may not have happened.
    Unknown,
}

/// All that plays.
#[derive(Debug)]
pub(super) struct World {
    pub(super) stage: Stage,
    pub(super) clock: NetworkClock,
    pub(super) ships: Vec<Ship>,
    pub(super) stock: Stock,
    random: Random,
    /// What the exchange holds at each place.
    lots: Stock,
    /// When each idle ship is due next; a ship whose order is out is not in here.
    due: BinaryHeap<Reverse<(Duration, usize)>>,
    /// Orders without an answer, to be sent again with the same key.
    unanswered: BTreeMap<usize, Order>,
    unfunded: Vec<String>,
    /// Tells this run's keys from those of every other run.
    run: String,
    orders_count: u64,
}

impl World {
    /// The ships' first turns are `stagger` apart, so that some are soon under way.
    pub(super) fn new(
        stage: Stage,
        clock: NetworkClock,
        ships: Vec<Ship>,
        stagger: Duration,
        run: String,
    ) -> Self {
        let mut world = Self {
            due: BinaryHeap::new(),
            random: Random::named(0, &run),
            stage,
            clock,
            ships,
            stock: Stock::default(),
            lots: Stock::default(),
            unanswered: BTreeMap::new(),
            unfunded: Vec::new(),
            run,
            orders_count: 0,
        };
        world.begin(clock, stagger);
        world
    }

    /// Says what time it is now, and whose turns come when: ships on their way have their times,
    /// the others begin `stagger` apart.
    pub(super) fn begin(&mut self, clock: NetworkClock, stagger: Duration) {
        self.clock = clock;
        let mut turn = 0;
        let dues = self.ships.iter().zip(0..).map(|(ship, number)| {
            if let Step::Flying(trip) = &ship.step {
                return Reverse((trip.next_due(), number));
            }
            turn += 1;
            Reverse((stagger * (turn - 1), number))
        });
        self.due = dues.collect();
    }

    /// What tells this run's keys from those of every other.
    pub(super) fn run(&self) -> &str {
        &self.run
    }

    /// Shipments under way.
    pub(super) fn under_way(&self) -> usize {
        let flying = |ship: &&Ship| matches!(ship.step, Step::Flying(_));
        self.ships.iter().filter(flying).count()
    }

    /// What to send now: there is always something.
    pub(super) fn next(&mut self, now: Duration) -> Order {
        if let Some(trader) = self.unfunded.pop() {
            return self.fund(&trader);
        }
        while let Some(&Reverse((due, number))) = self.due.peek() {
            if due > now {
                break;
            }
            self.due.pop();
            if let Some(order) = self.ship_order(number, now) {
                return order;
            }
            self.due.push(Reverse((now + PAUSE, number)));
        }
        self.place_order()
    }

    fn key(&mut self) -> String {
        self.orders_count += 1;
        format!("simulate/v1/{}/{}", self.run, self.orders_count)
    }

    fn fund(&mut self, trader: &str) -> Order {
        let key = self.key();
        Order::of_place(Purpose::Fund, credits(trader, FUND, key))
    }

    fn ship_order(&mut self, number: usize, now: Duration) -> Option<Order> {
        if let Some(order) = self.unanswered.remove(&number) {
            return Some(order);
        }
        let key = self.key();
        let (ship, mut cue) = self.cue(number, now);
        ship.next_order(number, key, &mut cue)
    }

    fn cue(&mut self, number: usize, now: Duration) -> (&mut Ship, Cue<'_>) {
        let cue = Cue {
            stage: &self.stage,
            clock: &self.clock,
            random: &mut self.random,
            stock: &mut self.stock,
            now,
        };
        (&mut self.ships[number], cue)
    }

    /// What a place does when no ship is due: make, use up, or trade a small lot.
    fn place_order(&mut self) -> Order {
        let roll = self.random.below(100);
        if roll < 40
            && let Some(order) = self.use_up()
        {
            return order;
        }
        let place = self.random.pick(&self.stage.makers).copied().unwrap_or(0);
        let good = self.random.pick(&self.stage.places[place].makes).copied().unwrap_or(0);
        let lot = self.lots.on_hand(place, good);
        let there = self.stock.on_hand(place, good);
        if lot > 0 {
            self.lots.take(place, good, lot);
            let given = Purpose::GiveLot { place, good, quantity: lot };
            return self.lot_order(given, place, good, lot, 96);
        }
        if there < 40 || roll > 85 && there < 2_000 {
            let quantity = self.random.between(100, 800);
            let made = Purpose::Make { place, good, quantity };
            return self.change_order(made, place, good, quantity, StockChangeReason::Produced);
        }
        let quantity = self.random.between(1, 20);
        self.stock.take(place, good, quantity);
        let taken = Purpose::TakeLot { place, good, quantity };
        self.lot_order(taken, place, good, quantity, 100)
    }

    /// A few draws for a place that has what it needs.
    fn use_up(&mut self) -> Option<Order> {
        for _ in 0..6 {
            let place = usize::try_from(self.random.below(self.stage.places.len() as u64)).ok()?;
            let Some(&good) = self.random.pick(self.stage.places[place].needs()) else {
                continue;
            };
            let there = self.stock.on_hand(place, good);
            if there > 0 {
                let quantity = self.random.between(1, there.min(60));
                self.stock.take(place, good, quantity);
                let used = Purpose::UseUp { place, good, quantity };
                return Some(self.change_order(
                    used,
                    place,
                    good,
                    quantity,
                    StockChangeReason::Consumed,
                ));
            }
        }
        None
    }

    fn change_order(
        &mut self,
        purpose: Purpose,
        place: usize,
        good: usize,
        quantity: u64,
        reason: StockChangeReason,
    ) -> Order {
        let key = self.key();
        let units = i64::try_from(quantity).unwrap_or(i64::MAX);
        let units = if reason == StockChangeReason::Consumed { -units } else { units };
        let (station, commodity) = (&self.stage.places[place].id, &self.stage.goods[good].id);
        let request = adjustment(station, station, change(commodity, units, reason), key);
        Order::of_place(purpose, request)
    }

    fn lot_order(
        &mut self,
        purpose: Purpose,
        place: usize,
        good: usize,
        quantity: u64,
        percent: u64,
    ) -> Order {
        let key = self.key();
        let percent = self.random.between(percent - 4, percent + 4);
        let station = self.stage.places[place].id.as_str();
        let takes = matches!(purpose, Purpose::TakeLot { .. });
        let (buyer, seller) = if takes { (EXCHANGE, station) } else { (station, EXCHANGE) };
        let good = &self.stage.goods[good];
        let deal = Deal {
            station,
            buyer,
            seller,
            commodity: &good.id,
            quantity,
            unit_price: (good.price * percent / 100).max(1),
        };
        Order { payer: Some(buyer.to_owned()), ..Order::of_place(purpose, deal.request(key)) }
    }

    /// Takes in an answer.
    pub(super) fn done(&mut self, order: Order, outcome: &Outcome<'_>, now: Duration) {
        match outcome {
            Outcome::Accepted(body) => self.accepted(&order, body, now),
            Outcome::Refused(problem) => self.refused(&order, problem, now),
            Outcome::Unknown => {
                if let Some(number) = order.ship {
                    self.unanswered.insert(number, order);
                    self.due.push(Reverse((now + PAUSE, number)));
                }
            }
        }
    }

    fn accepted(&mut self, order: &Order, body: &[u8], now: Duration) {
        match order.purpose {
            Purpose::TakeLot { place, good, quantity } => self.lots.add(place, good, quantity),
            Purpose::Make { place, good, quantity }
            | Purpose::GiveLot { place, good, quantity } => {
                self.stock.add(place, good, quantity);
            }
            _ => {}
        }
        if let Some(number) = order.ship {
            let (ship, mut cue) = self.cue(number, now);
            let due = ship.accepted(&order.purpose, body, &mut cue);
            self.due.push(Reverse((due, number)));
        }
    }

    fn refused(&mut self, order: &Order, problem: &Problem, now: Duration) {
        let short_of_credits = problem.code == "insufficient_credits";
        if let (true, Some(payer)) = (short_of_credits, &order.payer) {
            self.unfunded.push(payer.clone());
        }
        let taken = match order.purpose {
            Purpose::UseUp { place, good, quantity }
            | Purpose::TakeLot { place, good, quantity } => Some((place, good, quantity)),
            Purpose::Buy { good, quantity } => {
                order.ship.map(|ship| (self.ships[ship].at, good, quantity))
            }
            _ => None,
        };
        if let Some((place, good, quantity)) = taken {
            match problem.available.filter(|_| problem.code == "insufficient_stock") {
                Some(available) => self.stock.correct(place, good, available),
                None => self.stock.add(place, good, quantity),
            }
        }
        if let Some(number) = order.ship {
            if !short_of_credits {
                // Someone else changed what this step stood on: the ship begins anew.
                self.ships[number].step = Step::Idle;
            }
            self.due.push(Reverse((now + PAUSE, number)));
        }
    }
}

#[cfg(test)]
mod tests;
