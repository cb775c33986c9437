//! What is asked of the ledger, in as few words as a test needs. Everything has a default, so that
//! what a test sets means something.

use domain::{
    Accounts, Action, Added, Adjustment, Booking, BookingLine, BookingTerms, ChargeKind,
    ChargeWanted, Charges, CreditChange, Credits, Identifier, KeyId, KeyRotation, Lifetime, Lines,
    NewKey, OfferId, Position, PutCommodity, PutStation, PutTrader, Quantity, ReceiptLineWanted,
    Role, Schedule, ShipmentAction, ShipmentId, Sink, Source, StationKind, StockChange, StockLine,
    Text, Timestamp, TokenGrant, Tolerance, Trade, TradeLineWanted, TradeTermsWanted,
};

pub(super) fn name(text: &str) -> Identifier {
    Identifier::new(text).unwrap()
}

pub(super) fn units(count: u64) -> Quantity {
    Quantity::new(count).unwrap()
}

pub(super) fn credits(count: u64) -> Credits {
    Credits::new(count).unwrap()
}

pub(super) fn text(words: &str) -> Text {
    Text::new(words).unwrap()
}

/// Acme buys from belt at ceres; the lines are for the test to say.
pub(super) fn trade() -> TradeAsk {
    TradeAsk { station: "ceres", buyer: "acme", seller: "belt", lines: Vec::new(), terms: None }
}

#[derive(Clone)]
pub(super) struct TradeAsk {
    station: &'static str,
    buyer: &'static str,
    seller: &'static str,
    lines: Vec<TradeLineWanted>,
    terms: Option<TradeTermsWanted>,
}

impl TradeAsk {
    pub(super) fn at(mut self, station: &'static str) -> Self {
        self.station = station;
        self
    }

    pub(super) fn buyer(mut self, trader: &'static str) -> Self {
        self.buyer = trader;
        self
    }

    pub(super) fn seller(mut self, trader: &'static str) -> Self {
        self.seller = trader;
        self
    }

    pub(super) fn line(mut self, commodity: &str, quantity: u64, unit_price: u64) -> Self {
        self.lines.push(TradeLineWanted {
            commodity: name(commodity),
            quantity: units(quantity),
            unit_price: credits(unit_price),
        });
        self
    }

    /// A line that takes an offer, at this price at the worst.
    pub(super) fn taking(
        mut self,
        offer: OfferId,
        commodity: &str,
        quantity: u64,
        limit: u64,
    ) -> Self {
        let line = u32::try_from(self.lines.len()).unwrap();
        let terms = self.terms.get_or_insert_default();
        terms.offers = [&*terms.offers, &[(line, offer)]].concat().into();
        self.line(commodity, quantity, limit)
    }

    /// Reserved now, settled later.
    pub(super) fn hold(mut self, seconds: u32) -> Self {
        self.terms.get_or_insert_default().hold = Some(Lifetime::new(seconds).unwrap());
        self
    }

    pub(super) fn charge(mut self, payer: &str, to: &str, amount: u64) -> Self {
        let terms = self.terms.get_or_insert_default();
        let charges = terms.charges.iter().cloned().chain([charge(payer, to, amount)]);
        terms.charges = Charges::new(charges.collect()).unwrap();
        self
    }
}

pub(super) fn charge(payer: &str, to: &str, amount: u64) -> ChargeWanted {
    let (payer, to, amount) = (name(payer), name(to), credits(amount));
    ChargeWanted { payer, to, amount, kind: ChargeKind::Tax }
}

impl From<TradeAsk> for Action {
    fn from(ask: TradeAsk) -> Self {
        Self::Trade(Trade {
            station: name(ask.station),
            buyer: name(ask.buyer),
            seller: name(ask.seller),
            lines: Lines::new(ask.lines).unwrap(),
            terms: ask.terms.into(),
        })
    }
}

/// Changes belt's stock at ceres; the lines are for the test to say.
pub(super) fn adjust() -> AdjustAsk {
    AdjustAsk { station: "ceres".to_owned(), owner: Some("belt".to_owned()), lines: Vec::new() }
}

#[derive(Clone)]
pub(super) struct AdjustAsk {
    station: String,
    owner: Option<String>,
    lines: Vec<StockLine>,
}

impl AdjustAsk {
    pub(super) fn at(mut self, station: &str) -> Self {
        station.clone_into(&mut self.station);
        self
    }

    pub(super) fn owner(mut self, trader: &str) -> Self {
        self.owner = Some(trader.to_owned());
        self
    }

    pub(super) fn no_owner(mut self) -> Self {
        self.owner = None;
        self
    }

    pub(super) fn line(mut self, commodity: &str, change: StockChange) -> Self {
        let commodity = name(commodity);
        self.lines.push(StockLine { commodity, change });
        self
    }
}

impl From<AdjustAsk> for Action {
    fn from(ask: AdjustAsk) -> Self {
        Self::Adjust(Adjustment {
            station: name(&ask.station),
            owner: ask.owner.as_deref().map(name),
            lines: Lines::new(ask.lines).unwrap(),
        })
    }
}

pub(super) fn produced(count: u64) -> StockChange {
    StockChange::In(Source::Produced, units(count))
}

pub(super) fn found(count: u64) -> StockChange {
    StockChange::In(Source::Found, units(count))
}

pub(super) fn out(sink: Sink, count: u64) -> StockChange {
    StockChange::Out(sink, units(count))
}

pub(super) fn damaged(count: u64) -> StockChange {
    StockChange::Damaged(units(count))
}

pub(super) fn repaired(count: u64) -> StockChange {
    StockChange::Repaired(units(count))
}

pub(super) fn counted(expected: u64, count: u64) -> StockChange {
    StockChange::Counted { expected: units(expected), count: units(count) }
}

/// When the default booking is planned to leave and to be there.
pub(super) const DEPARTURE: i64 = 10_000;
pub(super) const ARRIVAL: i64 = 20_000;

/// Belt ships from ceres to mars; the lines are for the test to say.
pub(super) fn book() -> BookAsk {
    BookAsk {
        origin: "ceres",
        destination: "mars",
        owner: "belt",
        consignee: None,
        carrier: None,
        lines: Vec::new(),
        planned: (DEPARTURE, ARRIVAL),
        terms: None,
    }
}

#[derive(Clone)]
pub(super) struct BookAsk {
    origin: &'static str,
    destination: &'static str,
    owner: &'static str,
    consignee: Option<&'static str>,
    carrier: Option<&'static str>,
    lines: Vec<BookingLine>,
    planned: (i64, i64),
    terms: Option<BookingTerms>,
}

impl BookAsk {
    pub(super) fn from(mut self, station: &'static str) -> Self {
        self.origin = station;
        self
    }

    pub(super) fn to(mut self, station: &'static str) -> Self {
        self.destination = station;
        self
    }

    pub(super) fn owner(mut self, trader: &'static str) -> Self {
        self.owner = trader;
        self
    }

    pub(super) fn consignee(mut self, trader: &'static str) -> Self {
        self.consignee = Some(trader);
        self
    }

    pub(super) fn carrier(mut self, trader: &'static str) -> Self {
        self.carrier = Some(trader);
        self
    }

    pub(super) fn line(mut self, commodity: &str, quantity: u64) -> Self {
        let (commodity, quantity) = (name(commodity), units(quantity));
        self.lines.push(BookingLine { commodity, quantity });
        self
    }

    pub(super) fn planned(mut self, departure: i64, arrival: i64) -> Self {
        self.planned = (departure, arrival);
        self
    }

    pub(super) fn charge(mut self, payer: &str, to: &str, amount: u64) -> Self {
        let terms = self.terms.get_or_insert_default();
        let charges = terms.charges.iter().cloned().chain([charge(payer, to, amount)]);
        terms.charges = Charges::new(charges.collect()).unwrap();
        self
    }

    pub(super) fn vessel(mut self, vessel: &str) -> Self {
        self.terms.get_or_insert_default().vessel = Some(name(vessel));
        self
    }

    /// How much more than shipped may be received, in thousandths.
    pub(super) fn tolerance(mut self, permille: u16) -> Self {
        self.terms.get_or_insert_default().tolerance = Tolerance::new(permille).unwrap();
        self
    }
}

impl From<BookAsk> for Action {
    fn from(ask: BookAsk) -> Self {
        let (departure, arrival) = ask.planned;
        Self::BookShipment(Booking {
            origin: name(ask.origin),
            destination: name(ask.destination),
            owner: name(ask.owner),
            consignee: ask.consignee.map(name),
            carrier: ask.carrier.map(name),
            lines: Lines::new(ask.lines).unwrap(),
            schedule: Schedule::new(Timestamp(departure), Timestamp(arrival)).unwrap(),
            terms: ask.terms.into(),
        })
    }
}

pub(super) fn report(shipment: ShipmentId, action: ShipmentAction) -> Action {
    Action::ReportShipment { shipment, action }
}

pub(super) const fn loaded() -> ShipmentAction {
    ShipmentAction::Loaded
}

pub(super) const fn departed() -> ShipmentAction {
    ShipmentAction::Departed { estimated_arrival: None }
}

pub(super) const fn departed_for(arrival: i64) -> ShipmentAction {
    ShipmentAction::Departed { estimated_arrival: Some(Timestamp(arrival)) }
}

pub(super) const fn seen() -> ShipmentAction {
    ShipmentAction::Position(Position { x: 1, y: -2, z: 3 })
}

pub(super) fn estimated(arrival: i64) -> ShipmentAction {
    let (departure, arrival) = (None, Some(Timestamp(arrival)));
    ShipmentAction::Estimated { departure, arrival, reason: None, code: Added::default() }
}

pub(super) const fn arrived() -> ShipmentAction {
    ShipmentAction::Arrived
}

/// Counted, by commodity: how much is good, how much is not.
pub(super) fn received(lines: &[(&str, u64, u64)]) -> ShipmentAction {
    let line = |(commodity, accepted, rejected): &(&str, u64, u64)| ReceiptLineWanted {
        commodity: name(commodity),
        accepted: units(*accepted),
        rejected: units(*rejected),
        short: Added::default(),
    };
    ShipmentAction::Received(Lines::new(lines.iter().map(line).collect()).unwrap())
}

pub(super) fn lost() -> ShipmentAction {
    ShipmentAction::Lost { reason: None, loss: Added::default() }
}

pub(super) const fn cancelled() -> ShipmentAction {
    ShipmentAction::Cancelled { reason: None }
}

pub(super) fn issue(trader: &str, amount: u64) -> Action {
    Action::ChangeCredits { trader: name(trader), change: CreditChange::Issue(credits(amount)) }
}

pub(super) fn retire(trader: &str, amount: u64) -> Action {
    Action::ChangeCredits { trader: name(trader), change: CreditChange::Retire(credits(amount)) }
}

pub(super) fn station(id: &str) -> PutStation {
    PutStation {
        id: name(id),
        name: text(id),
        kind: StationKind::Station,
        system: name("sol"),
        position: Position::default(),
        owner: None,
    }
}

pub(super) fn commodity(id: &str) -> PutCommodity {
    PutCommodity {
        id: name(id),
        name: text(id),
        category: None,
        unit_mass_grams: None,
        unit_volume_millilitres: None,
    }
}

pub(super) fn trader(id: &str) -> PutTrader {
    PutTrader { id: name(id), name: text(id) }
}

pub(super) fn key(principal: &str, role: Role) -> Action {
    let digest = [7; 32];
    let accounts = Added::default();
    let lifetime = Added::default();
    Action::CreateKey(NewKey { principal: name(principal), role, digest, accounts, lifetime })
}

/// A key that is bound to accounts.
pub(super) fn bound_key(principal: &str, role: Role, accounts: &[&str]) -> Action {
    let names = accounts.iter().map(|account| name(account)).collect();
    let accounts = Accounts::new(names).unwrap().into();
    let (digest, lifetime) = ([7; 32], Added::default());
    Action::CreateKey(NewKey { principal: name(principal), role, digest, accounts, lifetime })
}

/// A key that expires.
pub(super) fn key_for(principal: &str, role: Role, seconds: u32) -> Action {
    let Action::CreateKey(key) = key(principal, role) else { unreachable!() };
    Action::CreateKey(NewKey { lifetime: lifetime(seconds).unwrap().into(), ..key })
}

/// Another key in the place of one, which stays good for so many seconds; the new one as long as the
/// old one was to be, or for so many seconds.
pub(super) fn rotate(key: u32, seconds: Option<u32>, grace: u32) -> Action {
    Action::RotateKey(KeyRotation {
        key: KeyId(key),
        digest: [8; 32],
        lifetime: seconds.and_then(lifetime),
        grace: lifetime(grace),
    })
}

fn lifetime(seconds: u32) -> Option<Lifetime> {
    Lifetime::new(seconds).ok()
}

/// What a token gives its subject, who is known by the principal's name.
pub(super) fn grant(principal: &str, role: Role, accounts: &[&str], issued_at: i64) -> Action {
    let names = accounts.iter().map(|account| name(account)).collect();
    let mut digest = [9; 32];
    for (byte, letter) in digest.iter_mut().zip(principal.bytes()) {
        *byte = letter;
    }
    Action::GrantToken(TokenGrant {
        principal: name(principal),
        issuer: text("https://id.example.org"),
        subject: text(principal),
        digest,
        role,
        accounts: Accounts::new(names).ok(),
        issued_at: Timestamp(issued_at),
    })
}

/// The same name, but of another issuer.
pub(super) fn foreign(grant: Action) -> Action {
    let Action::GrantToken(grant) = grant else { unreachable!() };
    Action::GrantToken(TokenGrant { digest: [1; 32], ..grant })
}

pub(super) fn revoke(key: u32) -> Action {
    Action::RevokeKey(KeyId(key))
}
