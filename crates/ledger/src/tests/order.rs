//! The order of the checks is the order of `Rejection`'s variants: a command that could be refused
//! for several reasons is refused for the first.

use domain::{
    AMOUNT_MAX, Action, CommodityId, Credits, Identifier, NetworkDetails, PrincipalId, PutStation,
    Quantity, Rejection, Role, Sequence, ShipmentActionKind, ShipmentId, ShipmentStatus, StationId,
    Timestamp, TraderId,
};

use super::asks::{
    adjust, arrived, book, commodity, counted, damaged, departed, issue, key, name, produced,
    received, report, retire, revoke, station, trade,
};
use super::story::{ADMIN, OPERATOR, Story, VIEWER, given};

/// One of each, in the order of the checks.
fn each() -> [Rejection; 16] {
    let id = || Identifier::new("x").unwrap();
    let (quantity, line, commodity) = (Quantity::ZERO, 0, CommodityId(0));
    [
        Rejection::NotPermitted { role: Role::Viewer },
        Rejection::SameParty,
        Rejection::UnknownShipment { shipment: ShipmentId(Sequence(1)) },
        Rejection::UnknownKey,
        Rejection::InvalidTransition {
            from: ShipmentStatus::Booked,
            report: ShipmentActionKind::Arrived,
        },
        Rejection::UnknownStation { station: id(), field: "x" },
        Rejection::UnknownTrader { trader: id(), field: "x" },
        Rejection::UnknownCommodity { commodity: id(), line },
        Rejection::AlreadyExists { id: id(), kind: "x" },
        Rejection::NotInShipment { commodity, line },
        Rejection::CountStale { line, expected: quantity, actual: quantity },
        Rejection::AmountOverflow { line: None },
        Rejection::OverReceipt { commodity, line, outstanding: quantity, received: quantity },
        Rejection::InsufficientStock {
            line,
            station: StationId(0),
            owner: TraderId(0),
            commodity,
            requested: quantity,
            available: quantity,
        },
        Rejection::InsufficientCredits {
            trader: TraderId(0),
            requested: Credits::ZERO,
            available: Credits::ZERO,
        },
        Rejection::LimitReached { limit: "x", maximum: 0 },
    ]
}

/// The codes in the order of the checks.
pub(super) fn codes() -> [&'static str; 16] {
    each().map(|rejection| rejection.code())
}

#[test]
fn the_variants_stand_in_the_order_of_the_checks() {
    // The language has no list of an enum's variants; its source has.
    let source = include_str!("../../../domain/src/rejection.rs");
    let (_, body) = source.split_once("pub enum Rejection {\n").unwrap();
    let (body, _) = body.split_once("\n}\n").unwrap();
    let lines = body.lines().filter_map(|line| line.strip_prefix("    "));
    let variants = lines.filter(|line| line.starts_with(|first: char| first.is_uppercase()));
    let word = |line: &str| {
        let end = line.find(|letter: char| !letter.is_alphanumeric());
        line[..end.unwrap_or(line.len())].to_owned()
    };
    let written = variants.map(word).collect::<Vec<_>>();
    let expected = each().map(|rejection| word(&format!("{rejection:?}")));
    assert_eq!(written, expected);
}

/// Tries commands that each have a fault less than the one before, the first to be found first.
fn faults(world: fn() -> Story, cases: Vec<(PrincipalId, Action, &str)>) {
    let codes = codes();
    let mut before = None;
    for (actor, action, expected) in cases {
        let outcome = world().by(actor).outcome(action.clone());
        let code = outcome.split(' ').next().unwrap();
        assert_eq!(code, expected, "{action:?}");
        let position = codes.iter().position(|known| *known == code);
        assert!(position.is_none() || position > before, "{code} is out of order");
        before = position.or(before);
    }
}

/// Belt has ten of everything and acme a hundred credits; nobody has any fog.
fn world() -> Story {
    given()
        .check(Action::PutCommodity(commodity("gas")), "commodity.created")
        .check(Action::PutCommodity(commodity("fog")), "commodity.created")
        .stock("ceres belt ice", 10)
        .stock("ceres belt ore", 10)
        .stock("ceres belt gas", AMOUNT_MAX)
        .credits("acme", 100)
}

#[test]
fn of_a_trade() {
    // The later the line, the earlier its fault is to be found.
    let poor = || trade().line("ice", 10, 11);
    let scarce = || poor().line("ore", 11, 1);
    let huge = || scarce().line("gas", AMOUNT_MAX, 2);
    let unknown = || huge().line("dust", 1, 1);
    faults(
        world,
        vec![
            (VIEWER, unknown().at("nowhere").buyer("x").seller("x").into(), "not_permitted"),
            (OPERATOR, unknown().at("nowhere").buyer("x").seller("x").into(), "same_party"),
            (OPERATOR, unknown().at("nowhere").seller("x").into(), "unknown_station"),
            (OPERATOR, unknown().seller("x").into(), "unknown_trader"),
            (OPERATOR, unknown().into(), "unknown_commodity"),
            (OPERATOR, huge().into(), "amount_overflow"),
            (OPERATOR, scarce().into(), "insufficient_stock"),
            (OPERATOR, poor().into(), "insufficient_credits"),
            (OPERATOR, trade().line("ice", 10, 10).into(), "trade.settled"),
        ],
    );
}

#[test]
fn of_an_adjustment() {
    let scarce = || adjust().line("ice", damaged(11));
    let huge = || scarce().line("gas", produced(1));
    let stale = || huge().line("ore", counted(9, 9));
    let unknown = || stale().line("dust", produced(1));
    faults(
        world,
        vec![
            (VIEWER, unknown().at("nowhere").owner("x").into(), "not_permitted"),
            (OPERATOR, unknown().at("nowhere").owner("x").into(), "unknown_station"),
            (OPERATOR, unknown().owner("x").into(), "unknown_trader"),
            (OPERATOR, unknown().into(), "unknown_commodity"),
            (OPERATOR, stale().into(), "count_stale"),
            (OPERATOR, huge().into(), "amount_overflow"),
            (OPERATOR, scarce().into(), "insufficient_stock"),
            (OPERATOR, adjust().line("ice", damaged(10)).into(), "stock.adjusted"),
        ],
    );
}

#[test]
fn of_a_booking() {
    let scarce = || book().line("ice", 11);
    let unknown = || scarce().line("dust", 1);
    let lost = || unknown().from("nowhere").carrier("x");
    faults(
        world,
        vec![
            (VIEWER, lost().to("nowhere").into(), "not_permitted"),
            (OPERATOR, lost().to("nowhere").into(), "same_party"),
            (OPERATOR, lost().into(), "unknown_station"),
            (OPERATOR, unknown().carrier("x").into(), "unknown_trader"),
            (OPERATOR, unknown().into(), "unknown_commodity"),
            (OPERATOR, scarce().into(), "insufficient_stock"),
            (OPERATOR, book().line("ice", 10).into(), "shipment.booked"),
        ],
    );
}

#[test]
fn of_a_receipt() {
    /// Ten ice and ten ore of which none is counted.
    fn there() -> Story {
        world()
            .check(book().line("ice", 10).line("ore", 10), "shipment.booked")
            .report(departed(), "shipment.departed")
            .report(arrived(), "shipment.arrived")
    }
    fn under_way() -> Story {
        world()
            .check(book().line("ice", 10).line("ore", 10), "shipment.booked")
            .report(departed(), "shipment.departed")
    }
    let id = there().booked();
    let nothing = ShipmentId(Sequence(1));
    let over = ("ice", 11, 0);
    let huge = ("ore", AMOUNT_MAX, 1);
    let (stranger, unknown) = (("fog", 1, 0), ("dust", 1, 0));
    let all = || received(&[over, huge, stranger, unknown]);
    faults(
        under_way,
        vec![
            (VIEWER, report(nothing, all()), "not_permitted"),
            (OPERATOR, report(nothing, all()), "unknown_shipment"),
            (OPERATOR, report(id, all()), "invalid_transition"),
        ],
    );
    faults(
        there,
        vec![
            (OPERATOR, report(id, all()), "unknown_commodity"),
            (OPERATOR, report(id, received(&[over, huge, stranger])), "not_in_shipment"),
            (OPERATOR, report(id, received(&[over, huge])), "amount_overflow"),
            (OPERATOR, report(id, received(&[over])), "over_receipt"),
            (OPERATOR, report(id, received(&[("ice", 10, 0)])), "shipment.received"),
        ],
    );
}

#[test]
fn of_everything_else() {
    let owned = |id: &str, owner: &str| {
        let owner = Some(name(owner));
        Action::PutStation(PutStation { owner, ..station(id) })
    };
    faults(
        world,
        vec![
            (VIEWER, owned("acme", "x"), "not_permitted"),
            (OPERATOR, owned("acme", "x"), "unknown_trader"),
            (OPERATOR, owned("acme", "belt"), "already_exists"),
            (OPERATOR, owned("new", "belt"), "station.created"),
        ],
    );
    faults(
        world,
        vec![
            (OPERATOR, issue("x", AMOUNT_MAX), "not_permitted"),
            (ADMIN, issue("x", AMOUNT_MAX), "unknown_trader"),
            (ADMIN, issue("belt", AMOUNT_MAX), "amount_overflow"),
            (ADMIN, retire("belt", 1), "insufficient_credits"),
            (ADMIN, issue("belt", 1), "credits.issued"),
        ],
    );
    faults(
        world,
        vec![
            (OPERATOR, revoke(9), "not_permitted"),
            (ADMIN, revoke(9), "unknown_key"),
            (ADMIN, key("boss", Role::Viewer), "already_exists"),
            (ADMIN, key("boss", Role::Admin), "key.created"),
        ],
    );
    let again =
        Action::CreateNetwork(NetworkDetails { wall: Timestamp(0), epoch: Timestamp(0), speed: 1 });
    faults(
        world,
        vec![
            (ADMIN, again.clone(), "not_permitted"),
            (PrincipalId::NETWORK, again, "already_exists"),
        ],
    );
}

#[test]
fn of_two_lines_the_first() {
    world()
        .check(
            trade().line("ice", 11, 1).line("ore", 11, 1),
            "insufficient_stock 11 of 10 ice of belt at ceres in line 0",
        )
        .check(
            trade().line("ore", 11, 1).line("ice", 11, 1),
            "insufficient_stock 11 of 10 ore of belt at ceres in line 0",
        )
        .check(
            adjust().line("ore", counted(1, 1)).line("ice", counted(2, 2)),
            "count_stale expected 1, actual 10 in line 0",
        );
}
