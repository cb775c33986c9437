//! What each event moves, one by one; and that every movement balances.

mod trading;

use super::*;
use crate::{
    AMOUNT_MAX, ChargeKind, CommodityDetails, DelayReason, GoodsLine, Grant, Identifier,
    KeyDetails, KeyId, NetworkDetails, Position, PrincipalId, ReceiptLine, Role, Schedule,
    Sequence, ShipmentId, StationDetails, StationKind, Text, Timestamp, Tolerance, TradeLine,
    TraderDetails,
};

const ICE: CommodityId = CommodityId(0);
const ORE: CommodityId = CommodityId(1);
const CERES: StationId = StationId(0);
const MARS: StationId = StationId(1);
const ACME: TraderId = TraderId(2);
const BELT: TraderId = TraderId(3);

fn units(count: u64) -> Quantity {
    Quantity::new(count).unwrap()
}

fn money(count: u64) -> Credits {
    Credits::new(count).unwrap()
}

/// A line for each movement: what, out of where, into where.
fn told(event: &Event) -> Vec<String> {
    let mut told = Vec::new();
    movements(event, |movement| match movement {
        Movement::Goods { commodity, quantity, from, to } => {
            assert!(from != to && !quantity.is_zero(), "{movement:?}");
            let commodity = if commodity == ICE { "ice" } else { "ore" };
            told.push(format!("{quantity} {commodity}: {} > {}", stock(from), stock(to)));
        }
        Movement::Credits { amount, from, to } => {
            assert!(from != to && !amount.is_zero(), "{movement:?}");
            told.push(format!("{amount} credits: {} > {}", account(from), account(to)));
        }
    });
    told
}

fn stock(account: StockAccount) -> String {
    match account {
        StockAccount::Source(source) => format!("{source:?}"),
        StockAccount::Sink(sink) => format!("{sink:?}"),
        StockAccount::Level { station, owner, bucket } => {
            let station = if station == CERES { "ceres" } else { "mars" };
            format!("{station}/{}/{bucket:?}", trader(owner))
        }
    }
}

fn account(account: CreditAccount) -> String {
    match account {
        CreditAccount::Available(owner) => trader(owner).to_owned(),
        CreditAccount::Held(owner) => format!("{}'s held", trader(owner)),
        other => format!("{other:?}"),
    }
}

fn trader(trader: TraderId) -> &'static str {
    match trader {
        ACME => "acme",
        BELT => "belt",
        _ => "mars",
    }
}

fn trade(lines: &[(CommodityId, u64, u64)], total: u64) -> Event {
    let line = |(commodity, quantity, price): &(CommodityId, u64, u64)| TradeLine {
        commodity: *commodity,
        quantity: units(*quantity),
        unit_price: money(*price),
    };
    Event::TradeSettled(TradeSettled {
        station: CERES,
        buyer: ACME,
        seller: BELT,
        lines: lines.iter().map(line).collect(),
        total: money(total),
        terms: None,
    })
}

fn adjusted(changes: &[(CommodityId, StockChange)]) -> Event {
    Event::StockAdjusted(StockAdjusted { station: CERES, owner: BELT, lines: changes.into() })
}

const ROUTE: Route = Route { origin: CERES, destination: MARS, owner: BELT };

fn goods_lines() -> Box<[GoodsLine]> {
    let line = |(commodity, count)| GoodsLine { commodity, quantity: units(count) };
    [(ICE, 40), (ORE, 1)].map(line).into()
}

fn booked() -> Event {
    Event::ShipmentBooked(Box::new(ShipmentBooked {
        route: ROUTE,
        consignee: ACME,
        carrier: ACME,
        lines: goods_lines(),
        schedule: Schedule::new(Timestamp(1), Timestamp(2)).unwrap(),
        vessel: None,
        charges: charges(),
        tolerance: Tolerance::default(),
    }))
}

/// Belt owes acme nine credits for the freight.
fn charges() -> Box<[Charge]> {
    [Charge { payer: BELT, to: ACME, amount: money(9), kind: ChargeKind::Freight }].into()
}

fn changed(change: ShipmentChange) -> Event {
    ended(change, ChargesEnd::None)
}

fn ended(change: ShipmentChange, charges: ChargesEnd) -> Event {
    Event::ShipmentChanged(Box::new(ShipmentChanged {
        shipment: ShipmentId(Sequence(1)),
        previous: Sequence(1),
        route: ROUTE,
        change,
        charges,
    }))
}

fn received(counts: &[(CommodityId, u64, u64)]) -> Event {
    let line = |(commodity, accepted, rejected): &(CommodityId, u64, u64)| ReceiptLine {
        commodity: *commodity,
        accepted: units(*accepted),
        rejected: units(*rejected),
        ..ReceiptLine::default()
    };
    changed(ShipmentChange::Received { lines: counts.iter().map(line).collect(), complete: false })
}

fn check(cases: &[(Event, &[&str])]) {
    for (event, expected) in cases {
        assert_eq!(told(event), *expected, "{event:?}");
    }
}

#[test]
fn trades_move_goods_one_way_and_credits_the_other() {
    check(&[
        (
            trade(&[(ICE, 40, 12), (ORE, 1, 5)], 485),
            &[
                "40 ice: ceres/belt/Available > ceres/acme/Available",
                "1 ore: ceres/belt/Available > ceres/acme/Available",
                "485 credits: acme > belt",
            ],
        ),
        (trade(&[(ICE, 40, 0)], 0), &["40 ice: ceres/belt/Available > ceres/acme/Available"]),
    ]);
}

#[test]
fn credits_come_and_go_by_name() {
    let (trader, amount) = (BELT, money(AMOUNT_MAX));
    check(&[
        (Event::CreditsIssued { trader, amount }, &["9007199254740991 credits: Issued > belt"]),
        (Event::CreditsRetired { trader, amount }, &["9007199254740991 credits: belt > Retired"]),
    ]);
}

#[test]
fn each_reason_to_adjust_has_its_own_accounts() {
    let counted =
        |expected, count| StockChange::Counted { expected: units(expected), count: units(count) };
    let table: [(StockChange, &[&str]); 11] = [
        (StockChange::In(Source::Produced, units(7)), &["7 ice: Produced > ceres/belt/Available"]),
        (StockChange::In(Source::Found, units(7)), &["7 ice: Found > ceres/belt/Available"]),
        (StockChange::Out(Sink::Consumed, units(7)), &["7 ice: ceres/belt/Available > Consumed"]),
        (StockChange::Out(Sink::Lost, units(7)), &["7 ice: ceres/belt/Available > Lost"]),
        (StockChange::Out(Sink::Expired, units(7)), &["7 ice: ceres/belt/Available > Expired"]),
        (StockChange::Out(Sink::Stolen, units(7)), &["7 ice: ceres/belt/Available > Stolen"]),
        (StockChange::Damaged(units(7)), &["7 ice: ceres/belt/Available > ceres/belt/Unavailable"]),
        (
            StockChange::Repaired(units(7)),
            &["7 ice: ceres/belt/Unavailable > ceres/belt/Available"],
        ),
        (counted(1_000, 1_001), &["1 ice: Found > ceres/belt/Available"]),
        (counted(1_000, 990), &["10 ice: ceres/belt/Available > Lost"]),
        (counted(1_000, 1_000), &[]),
    ];
    for (change, expected) in table {
        check(&[(adjusted(&[(ICE, change)]), expected)]);
    }
    let both =
        [(ORE, StockChange::In(Source::Produced, units(1))), (ICE, StockChange::Damaged(units(2)))];
    check(&[(
        adjusted(&both),
        &[
            "1 ore: Produced > ceres/belt/Available",
            "2 ice: ceres/belt/Available > ceres/belt/Unavailable",
        ],
    )]);
}

#[test]
fn cargo_passes_from_account_to_account_and_never_changes_owner() {
    let lines = goods_lines;
    check(&[
        (
            booked(),
            &[
                "40 ice: ceres/belt/Available > ceres/belt/Reserved",
                "1 ore: ceres/belt/Available > ceres/belt/Reserved",
                "9 credits: belt > belt's held",
            ],
        ),
        (
            changed(ShipmentChange::Departed { lines: lines(), estimated_arrival: None }),
            &[
                "40 ice: ceres/belt/Reserved > mars/belt/Incoming",
                "1 ore: ceres/belt/Reserved > mars/belt/Incoming",
            ],
        ),
        (
            received(&[(ICE, 30, 5), (ORE, 0, 1)]),
            &[
                "30 ice: mars/belt/Incoming > mars/belt/Available",
                "5 ice: mars/belt/Incoming > mars/belt/Unavailable",
                "1 ore: mars/belt/Incoming > mars/belt/Unavailable",
            ],
        ),
        (
            changed(lost(LossCause::Lost)),
            &["40 ice: mars/belt/Incoming > Lost", "1 ore: mars/belt/Incoming > Lost"],
        ),
        (
            changed(lost(LossCause::Stolen)),
            &["40 ice: mars/belt/Incoming > Stolen", "1 ore: mars/belt/Incoming > Stolen"],
        ),
        (
            changed(ShipmentChange::Found { lines: lines(), reason: None }),
            &["40 ice: Found > mars/belt/Incoming", "1 ore: Found > mars/belt/Incoming"],
        ),
        (
            changed(ShipmentChange::Returned { lines: lines(), reason: None }),
            &[
                "40 ice: mars/belt/Incoming > ceres/belt/Available",
                "1 ore: mars/belt/Incoming > ceres/belt/Available",
            ],
        ),
        (
            changed(ShipmentChange::Cancelled { lines: lines(), reason: None }),
            &[
                "40 ice: ceres/belt/Reserved > ceres/belt/Available",
                "1 ore: ceres/belt/Reserved > ceres/belt/Available",
            ],
        ),
    ]);
}

fn lost(cause: LossCause) -> ShipmentChange {
    ShipmentChange::Lost { lines: goods_lines(), cause, reason: None }
}

#[test]
fn goods_beyond_what_was_shipped_are_found_and_what_is_short_moves_nothing() {
    let line = ReceiptLine {
        commodity: ICE,
        accepted: units(3),
        rejected: units(2),
        found: units(1),
        short: units(5),
    };
    check(&[(
        changed(ShipmentChange::Received { lines: [line].into(), complete: false }),
        &[
            "3 ice: mars/belt/Incoming > mars/belt/Available",
            "2 ice: mars/belt/Incoming > mars/belt/Unavailable",
            "1 ice: Found > mars/belt/Available",
        ],
    )]);
}

#[test]
fn what_a_shipment_owes_is_held_and_then_paid_or_released() {
    let paid = || ChargesEnd::Paid(charges());
    let returned = || ShipmentChange::Returned { lines: Box::default(), reason: None };
    check(&[
        (ended(returned(), paid()), &["9 credits: belt's held > acme"]),
        (ended(returned(), ChargesEnd::Released(charges())), &["9 credits: belt's held > belt"]),
    ]);
}

#[test]
fn what_only_tells_moves_nothing() {
    let position = Position::default();
    let still = [
        ShipmentChange::Loaded,
        ShipmentChange::Position(position),
        ShipmentChange::Estimated {
            departure: None,
            arrival: Some(Timestamp(9)),
            reason: None,
            code: None,
        },
        ShipmentChange::Delayed { reason: DelayReason::Overdue },
        ShipmentChange::Held { reason: Text::new("x").unwrap() },
        ShipmentChange::Released,
        ShipmentChange::Arrived,
    ];
    for change in still {
        check(&[(changed(change), &[])]);
    }
    for event in of_reference() {
        check(&[(event, &[])]);
    }
}

/// The events of keys, stations, commodities and traders.
fn of_reference() -> Vec<Event> {
    let id = || Identifier::new("x").unwrap();
    let name = || Text::new("x").unwrap();
    let commodity = || {
        Box::new(CommodityDetails {
            name: name(),
            category: None,
            unit_mass_grams: Some(units(5)),
            unit_volume_millilitres: None,
        })
    };
    let station = || {
        Box::new(StationDetails {
            name: name(),
            kind: StationKind::Planet,
            system: id(),
            position: Position::default(),
            owner: BELT,
        })
    };
    let details = Box::new(KeyDetails {
        principal: PrincipalId(1),
        name: id(),
        role: Role::Admin,
        digest: [0; 32],
        accounts: Box::default(),
        expires_at: None,
        replaces: None,
        token: None,
    });
    let key = KeyId(0);
    let grant = Grant { role: Role::Admin, accounts: Box::default(), issued_at: Timestamp(7) };
    vec![
        Event::NetworkCreated(NetworkDetails { wall: Timestamp(0), epoch: Timestamp(0), speed: 1 }),
        Event::KeyCreated { key, details },
        Event::KeyRevoked { key },
        Event::KeyExpired { key },
        Event::KeyUpdated { key, expires_at: Timestamp(7) },
        Event::GrantUpdated { key, grant: Box::new(grant) },
        Event::StationCreated { station: CERES, trader: BELT, id: id(), details: station() },
        Event::StationUpdated { station: CERES, details: station() },
        Event::CommodityCreated { commodity: ICE, id: id(), details: commodity() },
        Event::CommodityUpdated { commodity: ICE, details: commodity() },
        Event::TraderCreated { trader: ACME, id: id(), details: TraderDetails { name: name() } },
        Event::TraderUpdated { trader: ACME, details: TraderDetails { name: name() } },
    ]
}
