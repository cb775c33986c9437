//! One of each event of holds, offers, gifts, vessels and alerts, each field given at least once.

use domain::*;

use super::{START, credits, name, quantity, text};

const SOON: Timestamp = Timestamp(START + 3_600_000_000);
const PREVIOUS: Sequence = Sequence(4_709);

pub fn samples() -> Vec<Event> {
    let mut samples = keys_and_vessels();
    samples.extend(trades());
    samples.extend(offers());
    samples.extend(gifts());
    samples.extend(shipments());
    samples.extend(alerts());
    samples
}

fn keys_and_vessels() -> Vec<Event> {
    let key = |role, accounts: &[TraderId]| {
        Box::new(KeyDetails {
            principal: PrincipalId(2),
            name: name("acme-desk"),
            role,
            digest: [0xcd; 32],
            accounts: accounts.into(),
            expires_at: None,
            replaces: None,
            token: None,
        })
    };
    let ends = key(Role::Viewer, &[]);
    let ends = KeyDetails { expires_at: Some(SOON), replaces: Some(KeyId(4)), ..*ends };
    let token = TokenSubject {
        issuer: text("https://id.example.org/"),
        subject: text("auth0|5f7c8ec7c33c6c004bbafe82"),
        issued_at: Timestamp(1_767_225_600_000_000),
    };
    let of_tokens = KeyDetails { token: Some(token), ..*key(Role::Trader, &[TraderId(1)]) };
    let grant = |role, accounts: &[TraderId]| {
        let issued_at = Timestamp(1_767_225_700_500_000);
        Box::new(Grant { role, accounts: accounts.into(), issued_at })
    };
    let vessel = VesselDetails {
        name: text("Long Haul"),
        carrier: TraderId(4),
        mass_capacity_grams: Some(quantity(2_000_000_000)),
        volume_capacity_millilitres: None,
    };
    vec![
        Event::KeyCreated {
            key: KeyId(1),
            details: key(Role::Trader, &[TraderId(0), TraderId(1), TraderId(u32::MAX)]),
        },
        Event::KeyCreated { key: KeyId(2), details: key(Role::Carrier, &[TraderId(4)]) },
        Event::KeyCreated { key: KeyId(3), details: key(Role::Operator, &[]) },
        Event::KeyCreated { key: KeyId(4), details: key(Role::Viewer, &[]) },
        Event::KeyCreated { key: KeyId(5), details: Box::new(ends) },
        Event::KeyUpdated { key: KeyId(4), expires_at: SOON },
        Event::KeyExpired { key: KeyId(4) },
        Event::KeyCreated { key: KeyId(6), details: Box::new(of_tokens) },
        Event::GrantUpdated { key: KeyId(6), grant: grant(Role::Carrier, &[TraderId(1)]) },
        Event::GrantUpdated { key: KeyId(6), grant: grant(Role::Admin, &[]) },
        Event::VesselCreated {
            vessel: VesselId(0),
            id: name("long-haul"),
            details: Box::new(vessel.clone()),
        },
        Event::VesselUpdated {
            vessel: VesselId(0),
            details: Box::new(VesselDetails {
                mass_capacity_grams: None,
                volume_capacity_millilitres: Some(quantity(9_000)),
                ..vessel
            }),
        },
    ]
}

/// One charge of each kind.
fn charges() -> Box<[Charge]> {
    let kinds = [
        ChargeKind::Tax,
        ChargeKind::Docking,
        ChargeKind::Freight,
        ChargeKind::Insurance,
        ChargeKind::Other,
    ];
    let charge = |(kind, amount)| Charge {
        payer: TraderId(1),
        to: TraderId(0),
        amount: credits(amount),
        kind,
    };
    kinds.into_iter().zip(1..).map(charge).collect()
}

fn lines() -> Box<[TradeLine]> {
    let line = |at| TradeLine {
        commodity: CommodityId(at),
        quantity: quantity(100),
        unit_price: credits(12),
    };
    (0..3).map(line).collect()
}

fn goods() -> Box<[GoodsLine]> {
    [GoodsLine { commodity: CommodityId(2), quantity: quantity(60) }].into()
}

fn terms() -> TradeTerms {
    let taken = |line, side| OfferTaken {
        line,
        offer: OfferId(Sequence(4_700 + u64::from(line))),
        side,
        previous: PREVIOUS,
    };
    let offers = [taken(0, Side::Sell), taken(2, Side::Buy)].into();
    TradeTerms { offers, charges: charges() }
}

fn trades() -> Vec<Event> {
    let (station, buyer, seller) = (StationId(0), TraderId(1), TraderId(2));
    let (trade, total) = (TransactionId(Sequence(4_711)), credits(3_600));
    let held = |terms, proposed_by, unreserved| {
        let expires_at = SOON;
        let lines = lines();
        let held = TradeHeld {
            station,
            buyer,
            seller,
            lines,
            total,
            terms,
            expires_at,
            proposed_by,
            unreserved,
        };
        Event::TradeHeld(Box::new(held))
    };
    let settled = |unreserved, rest| {
        let previous = PREVIOUS;
        let lines = lines();
        let settled =
            HoldSettled { trade, previous, station, buyer, seller, unreserved, lines, total, rest };
        Event::HoldSettled(Box::new(settled))
    };
    let rest = HoldRest { goods: goods(), credits: credits(720), charges: charges() };
    let released = |rest, reason| {
        let previous = PREVIOUS;
        Box::new(HoldReleased { trade, previous, station, buyer, seller, rest, reason })
    };
    vec![
        Event::TradeSettled(TradeSettled {
            station,
            buyer,
            seller,
            lines: lines(),
            total,
            terms: Some(terms().into()),
        }),
        held(Some(terms().into()), None, None),
        held(None, Some(Side::Sell), Some(Side::Buy)),
        held(None, Some(Side::Buy), Some(Side::Sell)),
        settled(None, None),
        settled(Some(Side::Sell), Some(rest.clone())),
        settled(Some(Side::Buy), Some(HoldRest::default())),
        Event::TradeVoided(released(rest.clone(), Some(text("wrong grade")))),
        Event::TradeVoided(released(HoldRest::default(), None)),
        Event::TradeExpired(released(rest, None)),
        Event::TradeReversed(Box::new(TradeReversed {
            trade,
            previous: PREVIOUS,
            station,
            buyer,
            seller,
            lines: lines(),
            total,
            charges: charges(),
            reason: text("posted twice"),
        })),
    ]
}

fn offers() -> Vec<Event> {
    let rest = |offer, side| OfferRest {
        offer: OfferId(Sequence(offer)),
        previous: PREVIOUS,
        station: StationId(0),
        trader: TraderId(1),
        side,
        commodity: CommodityId(2),
        unit_price: credits(12),
        quantity: quantity(40),
    };
    let opened = |side, expires_at, replaced: &[OfferRest]| {
        Event::OfferOpened(Box::new(OfferOpened {
            station: StationId(0),
            trader: TraderId(1),
            side,
            commodity: CommodityId(2),
            unit_price: credits(13),
            quantity: quantity(500),
            expires_at,
            replaced: replaced.into(),
        }))
    };
    let (one, other) = (rest(4_700, Side::Sell), rest(4_702, Side::Buy));
    vec![
        opened(Side::Sell, Some(SOON), &[one, rest(4_701, Side::Sell)]),
        opened(Side::Buy, None, &[]),
        Event::OfferFilled {
            offer: OfferId(Sequence(4_700)),
            trade: TransactionId(Sequence(4_711)),
        },
        Event::OffersWithdrawn([one, other].into()),
        Event::OfferExpired(Box::new(other)),
    ]
}

fn gifts() -> Vec<Event> {
    let (from, to) = (TraderId(1), TraderId(2));
    let (amount, reason) = (credits(50), Some(text("for the dock crew")));
    let (station, lines) = (StationId(0), goods());
    vec![
        Event::CreditsTransferred(Box::new(CreditsTransferred { from, to, amount, reason })),
        Event::StockTransferred(Box::new(StockTransferred {
            station,
            from,
            to,
            lines: lines.clone(),
            reason: Some(text("for the tea")),
        })),
        Event::StockTransferred(Box::new(StockTransferred {
            station,
            from,
            to,
            lines,
            reason: None,
        })),
    ]
}

fn shipments() -> Vec<Event> {
    let route = Route { origin: StationId(0), destination: StationId(2), owner: TraderId(1) };
    let mut events = vec![Event::ShipmentBooked(Box::new(ShipmentBooked {
        route,
        consignee: TraderId(3),
        carrier: TraderId(4),
        lines: goods(),
        schedule: Schedule::new(Timestamp(START), SOON).unwrap(),
        vessel: Some(VesselId(0)),
        charges: charges(),
        tolerance: Tolerance::new(25).unwrap(),
    }))];
    let receipt = ReceiptLine {
        commodity: CommodityId(2),
        accepted: quantity(0),
        rejected: quantity(0),
        found: quantity(2),
        short: quantity(3),
    };
    let (lines, reason) = (goods(), Some(text("adrift")));
    let mut reports = vec![
        ShipmentChange::Received { lines: Box::new([receipt]), complete: false },
        ShipmentChange::Held { reason: text("customs") },
        ShipmentChange::Released,
        ShipmentChange::Found { lines: lines.clone(), reason: reason.clone() },
    ];
    let codes = [
        DelayCode::Congestion,
        DelayCode::Weather,
        DelayCode::Mechanical,
        DelayCode::Customs,
        DelayCode::Security,
        DelayCode::Crew,
        DelayCode::Loading,
        DelayCode::Other,
    ];
    reports.extend(codes.map(|code| ShipmentChange::Estimated {
        departure: None,
        arrival: Some(SOON),
        reason: None,
        code: Some(code),
    }));
    let with = |change, charges| {
        let shipment = ShipmentId(Sequence(15));
        let changed = ShipmentChanged { shipment, previous: PREVIOUS, route, change, charges };
        Event::ShipmentChanged(Box::new(changed))
    };
    events.extend(reports.into_iter().map(|change| with(change, ChargesEnd::None)));
    let stolen = ShipmentChange::Lost { lines: goods(), cause: LossCause::Stolen, reason: None };
    events.push(with(stolen, ChargesEnd::Released(charges())));
    let returned = ShipmentChange::Returned { lines, reason };
    events.push(with(returned, ChargesEnd::Paid(charges())));
    events
}

fn alerts() -> Vec<Event> {
    let rule = |rule, id, terms, created| {
        Event::AlertRuleSet(Box::new(AlertRuleSet {
            rule: AlertRuleId(rule),
            id: name(id),
            terms,
            created,
        }))
    };
    let stock = AlertRule::Stock {
        station: StationId(0),
        owner: TraderId(1),
        commodity: CommodityId(2),
        low: quantity(100),
        clear: quantity(250),
    };
    let mut events: Vec<_> = Timing::ALL
        .map(|timing| rule(timing as u32, timing.rule_name(), timing.rule_from_the_start(), false))
        .into();
    let four = rule(4, "tea-low", stock, true);
    events.extend([four, Event::AlertRuleDeleted { rule: AlertRuleId(4) }]);
    let (shipment, trade) = (ShipmentId(Sequence(15)), TransactionId(Sequence(4_711)));
    let said = [
        (AlertCause::Overdue(shipment), AlertKind::ShipmentOverdue, Severity::Critical),
        (AlertCause::Late(shipment), AlertKind::ShipmentLate, Severity::Warning),
        (AlertCause::Silent(shipment), AlertKind::ShipmentSilent, Severity::Info),
        (AlertCause::Stock(AlertRuleId(4)), AlertKind::StockLow, Severity::Warning),
        (AlertCause::Stock(AlertRuleId(0)), AlertKind::StockOut, Severity::Critical),
        (AlertCause::Hold(trade), AlertKind::HoldExpired, Severity::Warning),
    ];
    let fired = |(cause, kind, severity)| Event::AlertFired(AlertFired { cause, kind, severity });
    events.extend(said.map(fired));
    let (cause, kind, severity) = said[4];
    let alert = AlertId(Sequence(4_720));
    let changed = AlertChanged { alert, previous: PREVIOUS, cause, kind, severity };
    events.extend([
        Event::AlertChanged(changed),
        Event::AlertAcknowledged(changed),
        Event::AlertResolved(changed),
    ]);
    events
}
