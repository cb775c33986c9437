//! Tells one run: does each step at its time, and what is honest instead where it is refused.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::Notes;
use super::audit::unexplained;
use super::beat::{Facts, caption};
use super::cast::{AWAITED, CARRIER, Cast, DIVERTED, OUTBOUND, OXYGEN, TRADER};
use super::plan::{self, Act, RUN, Step};
use super::server::{Marks, Server, Taken, is_refused};
use super::supply::{Minutes, Supply};
use super::tempo::Tempo;
use crate::client::ClientError;

/// More than what the rule of late shipments lets pass, however slow the network is.
const LATE_MIN: SignedDuration = SignedDuration::from_mins(20);
/// Somebody else may change what was just read; not each time.
const TRIES_MAX: u32 = 4;

/// One run and how far it is.
#[derive(Debug)]
pub(super) struct Teller<'a> {
    server: Server<'a>,
    notes: &'a Notes,
    cast: Cast,
    supply: Supply,
    tempo: Tempo,
    /// The shipments, by voyage, from their booking on.
    shipments: Vec<Option<String>>,
    facts: Facts,
}

impl<'a> Teller<'a> {
    pub(super) fn new(
        server: Server<'a>,
        notes: &'a Notes,
        cast: Cast,
        supply: Supply,
        tempo: Tempo,
    ) -> Self {
        let shipments = vec![None; cast.voyages.len()];
        Self { server, notes, cast, supply, tempo, shipments, facts: Facts::default() }
    }

    /// Tells it to its end. A refusal is noted, and the story goes on; without a server it ends.
    pub(super) async fn tell(mut self) -> Result<(), ClientError> {
        for step in plan::steps(&self.cast, self.supply) {
            tokio::time::sleep_until(self.tempo.due(step.at)).await;
            let word = step.beat.word();
            match self.play(&step).await {
                Ok(Some(taken)) if step.tells => {
                    let said = caption(step.beat, &self.cast, self.supply, &self.facts);
                    self.notes.caption(taken.sequence, &said).await;
                }
                Ok(None) if step.tells => {
                    self.notes.trouble(&format!("{word}: left out, there is nothing to do")).await;
                }
                Ok(_) => {}
                Err(error) => match error.refusal() {
                    Some(problem) => {
                        let why = format!("{word}: {:?} was refused: {problem}", step.act);
                        self.notes.trouble(&why).await;
                    }
                    None => return Err(error),
                },
            }
        }
        tokio::time::sleep_until(self.tempo.due(RUN)).await;
        Ok(())
    }

    /// `None` where there is nothing to do.
    async fn play(&mut self, step: &Step) -> Result<Option<Taken>, ClientError> {
        match step.act {
            Act::Buy(voyage) => self.buy(voyage, step).await,
            Act::Book(voyage) => self.book(voyage, step).await,
            Act::Load(voyage) => self.set_out(voyage, &json!({ "type": "loaded" }), step).await,
            Act::Depart(voyage) => self.depart(voyage, step).await,
            Act::Estimate(voyage, arrives) => self.estimate(voyage, arrives, step).await,
            Act::Report(voyage, part) => self.report_position(voyage, part, step).await,
            Act::Return(voyage) => {
                let reason = format!("diverted to {}", self.cast.station.name);
                let body = json!({ "type": "returned", "reason": reason });
                self.report(voyage, body, step).await
            }
            Act::Arrive(voyage) => self.arrive(voyage, step).await,
            Act::Receive(voyage) => {
                let cargo = &self.cast.voyages[voyage];
                let line = json!({ "commodity": cargo.good, "accepted": cargo.quantity });
                self.report(voyage, json!({ "type": "received", "lines": [line] }), step).await
            }
            Act::Draw(left) => self.draw(left, step).await,
            Act::MarketBid => {
                let (market, price) = (self.cast.market.id.clone(), self.cast.market_bid);
                self.post_bid(&market, price, step).await
            }
            Act::Bid(price) => {
                self.facts.bid = price;
                if self.facts.first_bid == 0 {
                    self.facts.first_bid = price;
                }
                let station = self.cast.station.id.clone();
                self.post_bid(&station, price, step).await
            }
            Act::Fill => self.fill(step).await,
            Act::Audit => self.audit(step).await,
        }
    }

    fn marks(&self, step: &Step) -> Marks {
        let told = step.tells.then(|| caption(step.beat, &self.cast, self.supply, &self.facts));
        Marks { beat: step.beat, caption: told }
    }

    /// The place makes what is sold, as places of the simulation do.
    async fn buy(&mut self, voyage: usize, step: &Step) -> Result<Option<Taken>, ClientError> {
        let marks = self.marks(step);
        let voyage = self.cast.voyages[voyage].clone();
        let (from, owner) = (&voyage.from.id, &voyage.owner);
        let made = json!({
            "commodity": voyage.good, "change": voyage.quantity, "reason": "produced",
        });
        let line = json!({
            "commodity": voyage.good, "quantity": voyage.quantity,
            "unitPrice": voyage.unit_price,
        });
        let trade = json!({ "station": from, "buyer": owner, "seller": from, "lines": [line] });
        let mut taken;
        let mut tries = 0;
        // Somebody else may buy what was just made.
        loop {
            self.server.adjust(from, made.clone(), &marks).await?;
            taken = self.server.paid(owner, "/api/trades", trade.clone(), &marks).await;
            tries += 1;
            if tries == TRIES_MAX || !is_refused(&taken, "insufficient_stock") {
                return taken.map(Some);
            }
        }
    }

    async fn book(&mut self, number: usize, step: &Step) -> Result<Option<Taken>, ClientError> {
        let marks = self.marks(step);
        let body = self.booking(number, true);
        let mut taken = self.server.command("/api/cargo", body.clone(), &marks).await;
        if is_refused(&taken, "insufficient_stock") {
            // What should be there is not: as when the ship could not turn. A fresh cargo, then.
            self.buy(number, step).await?;
            taken = self.server.command("/api/cargo", body, &marks).await;
        }
        let taken = taken?;
        self.shipments[number].clone_from(&taken.shipment_id);
        Ok(Some(taken))
    }

    fn booking(&self, number: usize, with_vessel: bool) -> Value {
        let voyage = &self.cast.voyages[number];
        let mut body = json!({
            "origin": voyage.from.id, "destination": voyage.to.id, "owner": voyage.owner,
            "carrier": CARRIER,
            "lines": [{ "commodity": voyage.good, "quantity": voyage.quantity }],
            "plannedDeparture": self.tempo.network(voyage.leaves).to_string(),
            "plannedArrival": self.tempo.network(voyage.due).to_string(),
        });
        if with_vessel {
            body["vessel"] = json!(voyage.vessel);
        }
        body
    }

    async fn report(
        &mut self,
        number: usize,
        body: Value,
        step: &Step,
    ) -> Result<Option<Taken>, ClientError> {
        let Some(shipment) = self.shipments[number].clone() else { return Ok(None) };
        let marks = self.marks(step);
        let path = format!("/api/cargo/{shipment}/events");
        self.server.command(&path, body, &marks).await.map(Some)
    }

    /// Loads or departs. A vessel that still carries something else is not waited for.
    async fn set_out(
        &mut self,
        number: usize,
        body: &Value,
        step: &Step,
    ) -> Result<Option<Taken>, ClientError> {
        let taken = self.report(number, body.clone(), step).await;
        if !is_refused(&taken, "vessel_busy") {
            return taken;
        }
        let silent = Step { tells: false, ..step.clone() };
        let reason = "the vessel carries something else";
        let cancelled = json!({ "type": "cancelled", "reason": reason });
        self.report(number, cancelled, &silent).await?;
        let (marks, booking) = (self.marks(&silent), self.booking(number, false));
        let booked = self.server.command("/api/cargo", booking, &marks).await?;
        self.shipments[number] = booked.shipment_id;
        self.report(number, body.clone(), step).await
    }

    async fn depart(&mut self, number: usize, step: &Step) -> Result<Option<Taken>, ClientError> {
        let voyage = &self.cast.voyages[number];
        if number == AWAITED {
            self.facts.way = self.tempo.lasting(voyage.due - voyage.leaves);
            self.facts.is_awaited = self.shipments[AWAITED].is_some();
        }
        let estimate = self.tempo.network(voyage.due.min(voyage.comes)).to_string();
        let body = json!({ "type": "departed", "estimatedArrival": estimate });
        self.set_out(number, &body, step).await
    }

    async fn estimate(
        &mut self,
        number: usize,
        arrives: Minutes,
        step: &Step,
    ) -> Result<Option<Taken>, ClientError> {
        let voyage = &self.cast.voyages[number];
        let late = self.tempo.lasting(arrives.saturating_sub(voyage.due)).max(LATE_MIN);
        let promised = self.tempo.network(voyage.due);
        let estimate = promised.saturating_add(late).unwrap_or(promised);
        if number == AWAITED {
            self.facts.late = late;
        }
        let body = json!({
            "type": "estimated", "estimatedArrival": estimate.to_string(),
            "delayCode": "weather", "reason": format!("a storm near {}", self.cast.star),
        });
        self.report(number, body, step).await
    }

    async fn report_position(
        &mut self,
        number: usize,
        part: f64,
        step: &Step,
    ) -> Result<Option<Taken>, ClientError> {
        if number == OUTBOUND && step.tells {
            // It looks before it turns.
            let here = self.server.bid(&self.cast.station.id).await?;
            let there = self.server.bid(&self.cast.market.id).await?;
            self.facts.bid = here.map_or(self.facts.bid, |bid| bid.unit_price);
            self.facts.market_bid = there.map_or(0, |bid| bid.unit_price);
        }
        let voyage = &self.cast.voyages[number];
        let at = voyage.from.position.towards(voyage.to.position, part);
        let position = json!({ "x": at.x, "y": at.y, "z": at.z });
        self.report(number, json!({ "type": "position", "position": position }), step).await
    }

    async fn arrive(&mut self, number: usize, step: &Step) -> Result<Option<Taken>, ClientError> {
        let taken = self.report(number, json!({ "type": "arrived" }), step).await?;
        let times =
            taken.as_ref().and_then(|taken| taken.actual_arrival.zip(taken.planned_arrival));
        if let Some((actual, planned)) = times.filter(|_| number == AWAITED) {
            self.facts.late = actual.duration_since(planned);
        }
        Ok(taken)
    }

    /// The station uses up what is above the plan. What tells a beat uses a unit at least, as long
    /// as there is one: somebody else may have bought the rest.
    async fn draw(&mut self, left: u64, step: &Step) -> Result<Option<Taken>, ClientError> {
        let station = self.cast.station.id.clone();
        let mut tries = 0;
        loop {
            let available = self.server.oxygen(&station).await?.available;
            let least = u64::from(step.tells).min(available);
            let used = available.saturating_sub(left).max(least);
            if used == 0 {
                return Ok(None);
            }
            self.facts.left = available - used;
            let change = -i64::try_from(used).unwrap_or(i64::MAX);
            let line = json!({ "commodity": OXYGEN, "change": change, "reason": "consumed" });
            let taken = self.server.adjust(&station, line, &self.marks(step)).await;
            tries += 1;
            if tries == TRIES_MAX || !is_refused(&taken, "insufficient_stock") {
                return taken.map(Some);
            }
        }
    }

    /// A place bids for as much oxygen as the trader has, until the run is over.
    async fn post_bid(
        &mut self,
        place: &str,
        price: u64,
        step: &Step,
    ) -> Result<Option<Taken>, ClientError> {
        let body = json!({
            "station": place, "side": "buy", "commodity": OXYGEN, "unitPrice": price,
            "quantity": self.cast.voyages[DIVERTED].quantity, "replace": true,
            "expiresInSeconds": self.tempo.lasting(RUN).as_secs().max(1),
        });
        let marks = self.marks(step);
        self.server.paid(place, "/api/offers", body, &marks).await.map(Some)
    }

    /// The trader takes the station's bid; where there is none any more, they agree directly.
    async fn fill(&mut self, step: &Step) -> Result<Option<Taken>, ClientError> {
        let station = self.cast.station.id.clone();
        let cargo = self.cast.voyages[DIVERTED].quantity;
        let before = self.server.oxygen(&station).await?.available;
        let bid = self.server.bid(&station).await?.filter(|bid| bid.remaining > 0);
        let trade = |line: Value| json!({ "station": station, "buyer": station, "seller": TRADER, "lines": [line] });
        if let Some(bid) = bid {
            let sold = cargo.min(bid.remaining);
            (self.facts.bid, self.facts.sold) = (bid.unit_price, sold);
            self.facts.left = before + sold;
            let line = json!({
                "commodity": OXYGEN, "quantity": sold, "offer": bid.offer_id,
                "limitPrice": bid.unit_price,
            });
            let marks = self.marks(step);
            let taken = self.server.command("/api/trades", trade(line), &marks).await;
            let gone = ["offer_closed", "offer_exceeded", "price_moved"];
            if !gone.iter().any(|code| is_refused(&taken, code)) {
                return taken.map(Some);
            }
        }
        self.facts.sold = cargo;
        self.facts.left = before + cargo;
        let price = self.facts.bid.max(1);
        let line = json!({ "commodity": OXYGEN, "quantity": cargo, "unitPrice": price });
        let marks = self.marks(step);
        self.server.paid(&station, "/api/trades", trade(line), &marks).await.map(Some)
    }

    /// Reads the books, and has the station count what it has: the count bears the last words.
    async fn audit(&mut self, step: &Step) -> Result<Option<Taken>, ClientError> {
        let audit = self.server.client.audit().await?;
        let unexplained = unexplained(&audit);
        self.facts.unexplained = Some(unexplained);
        self.facts.balanced = audit.balanced && unexplained == 0;
        let station = self.cast.station.id.clone();
        let mut tries = 0;
        loop {
            let units = self.server.oxygen(&station).await?.on_hand;
            let line = json!({
                "commodity": OXYGEN, "count": units, "expected": units, "reason": "counted",
            });
            let taken = self.server.adjust(&station, line, &self.marks(step)).await;
            tries += 1;
            if tries == TRIES_MAX || !is_refused(&taken, "count_stale") {
                return taken.map(Some);
            }
        }
    }
}
