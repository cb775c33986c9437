//! The order of the checks is the order of `Rejection`'s variants: a command that could be refused
//! for several reasons is refused for the first.

use domain::{
    AMOUNT_MAX, Action, CommodityId, Credits, Identifier, KeyId, NetworkDetails, OfferId,
    PrincipalId, PutStation, Quantity, Rejection, Role, Sequence, ShipmentActionKind, ShipmentId,
    ShipmentStatus, StationId, Timestamp, TradeStatus, TraderId, TransactionId, VesselId,
};

use super::asks::{
    TradeAsk, adjust, arrived, book, bound_key, commodity, counted, damaged, departed, grant,
    issue, key, name, out, produced, received, report, retire, revoke, station, trade,
};
use super::asks_trading::{buy, give_credits, give_goods, reverse, sell, settle_part};
use super::story::{ADMIN, OPERATOR, Story, VIEWER, given};

/// One of each, in the order of the checks.
fn each() -> Vec<Rejection> {
    let (id, quantity, line) = (|| Identifier::new("x").unwrap(), Quantity::ZERO, 0);
    let (commodity, field, maximum) = (CommodityId(0), "x", 0);
    let (trade, offer) = (TransactionId(Sequence(1)), OfferId(Sequence(1)));
    let shipment = ShipmentId(Sequence(1));
    let report = ShipmentActionKind::Arrived;
    let (vessel, trader, credits) = (VesselId(0), TraderId(0), Credits::ZERO);
    let (requested, available) = (quantity, quantity);
    let (from, to) = (TradeStatus::Voided, TradeStatus::Settled);
    vec![
        Rejection::Unauthenticated,
        Rejection::NotPermitted { role: Role::Viewer },
        Rejection::SameParty,
        Rejection::UnknownTrade { trade },
        Rejection::UnknownShipment { shipment },
        Rejection::UnknownAlert,
        Rejection::UnknownAlertRule,
        Rejection::UnknownKey,
        Rejection::KeyEnded,
        Rejection::AlreadyRotated { by: KeyId(0) },
        Rejection::TokenKey,
        Rejection::LastAdminKey,
        Rejection::AlreadySettled { trade },
        Rejection::AlreadyReversed { trade },
        Rejection::HoldExpired { trade },
        Rejection::InvalidTradeTransition { from, to },
        Rejection::InvalidTransition { from: ShipmentStatus::Booked, report, not_before: None },
        Rejection::OnHold { shipment },
        Rejection::UnknownStation { station: id(), field },
        Rejection::UnknownTrader { trader: id(), field },
        Rejection::UnknownVessel { vessel: id() },
        Rejection::UnknownCommodity { commodity: id(), line },
        Rejection::AlreadyExists { id: id(), kind: "x" },
        Rejection::TokenOutdated,
        Rejection::NotInShipment { commodity, line },
        Rejection::NotInTrade { commodity, line },
        Rejection::OfferClosed { offer, line: None },
        Rejection::OfferMismatch { offer, line, field },
        Rejection::PriceMoved { offer, line, limit: credits, price: credits },
        Rejection::OfferExceeded { offer, line, requested, available },
        Rejection::OverSettlement { commodity, line, requested, left: quantity },
        Rejection::CountStale { line, expected: quantity, actual: quantity },
        Rejection::AmountOverflow { line: None },
        Rejection::OverReceipt { commodity, line, outstanding: quantity, received: quantity },
        Rejection::OverCapacity { vessel, measure: "mass", requested, capacity: quantity },
        Rejection::VesselBusy { vessel, shipment },
        Rejection::InsufficientStock {
            line,
            station: StationId(0),
            owner: trader,
            commodity,
            requested,
            available,
        },
        Rejection::InsufficientCredits { trader, requested: credits, available: credits },
        Rejection::LimitReached { limit: "x", maximum },
    ]
}

/// The codes in the order of the checks.
pub(super) fn codes() -> Vec<&'static str> {
    let mut codes = each().iter().map(Rejection::code).collect::<Vec<_>>();
    // Trades and shipments share the code of a transition.
    codes.dedup();
    codes
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
    let expected = each().into_iter().map(|rejection| word(&format!("{rejection:?}")));
    assert_eq!(written, expected.collect::<Vec<_>>());
}

/// Tries commands that each have a fault less than the one before, the first to be found first.
pub(super) fn faults(world: fn() -> Story, cases: Vec<(PrincipalId, Action, &str)>) {
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
fn of_a_trade_with_terms() {
    /// Belt asks 5 for ten ore and for ten gas; nothing else of theirs is free.
    fn market() -> Story {
        world()
            .stock("ceres belt fog", 10)
            .check(sell("ore", 10, 5), "offer.opened")
            .check(sell("gas", 10, 5), "offer.opened")
            .check(sell("fog", 10, AMOUNT_MAX), "offer.opened")
    }
    let fog = market().posted();
    let ore = OfferId(Sequence(fog.0.0 - 2));
    let gas = OfferId(Sequence(fog.0.0 - 1));
    let gone = OfferId(Sequence(1));
    // The later the line, the earlier its fault is to be found.
    let poor = || trade().line("ice", 10, 10).charge("acme", "mars", 1);
    let scarce = || trade().line("ice", 11, 10).charge("acme", "mars", 1);
    let huge = || scarce().taking(fog, "fog", 2, AMOUNT_MAX);
    let exceeded = || huge().taking(ore, "ore", 11, 5);
    let moved = || exceeded().taking(gas, "gas", 1, 4);
    let with = |ask: TradeAsk| ask.charge("nobody", "acme", 1);
    let closed = |ask: TradeAsk| ask.taking(gone, "spice", 1, 1);
    let spice = || Action::PutCommodity(commodity("spice"));
    let spiced = || market().check(spice(), "commodity.created");
    assert_eq!(spiced().posted(), fog);
    faults(
        market,
        vec![
            (VIEWER, with(closed(moved())).charge("x", "x", 1).into(), "not_permitted"),
            (OPERATOR, with(closed(moved())).charge("x", "x", 1).into(), "same_party"),
            (OPERATOR, with(closed(moved())).at("nowhere").into(), "unknown_station"),
            (OPERATOR, with(closed(moved())).into(), "unknown_trader"),
            (OPERATOR, closed(moved()).into(), "unknown_commodity"),
        ],
    );
    let outcome = spiced().outcome(closed(moved()).into());
    assert_eq!(outcome, "offer_closed in line 4");
    let astray = moved().seller("acme").buyer("belt");
    faults(
        market,
        vec![
            (OPERATOR, astray.into(), "offer_mismatch"),
            (OPERATOR, moved().into(), "price_moved"),
            (OPERATOR, exceeded().into(), "offer_exceeded"),
            (OPERATOR, huge().into(), "amount_overflow"),
            (OPERATOR, scarce().into(), "insufficient_stock"),
            (OPERATOR, poor().into(), "insufficient_credits"),
            (OPERATOR, trade().line("ice", 10, 10).hold(1).into(), "trade.held"),
        ],
    );
}

#[test]
fn of_an_offer() {
    let scarce = || sell("ice", 11, 1);
    faults(
        world,
        vec![
            (VIEWER, sell("dust", 11, 1).at("nowhere").trader("x").into(), "not_permitted"),
            (OPERATOR, sell("dust", 11, 1).at("nowhere").trader("x").into(), "unknown_station"),
            (OPERATOR, sell("dust", 11, 1).trader("x").into(), "unknown_trader"),
            (OPERATOR, sell("dust", 11, 1).into(), "unknown_commodity"),
            (OPERATOR, scarce().into(), "insufficient_stock"),
            (OPERATOR, sell("ice", 10, 1).into(), "offer.opened"),
        ],
    );
    faults(
        world,
        vec![
            (OPERATOR, buy("ice", 2, AMOUNT_MAX).into(), "amount_overflow"),
            (OPERATOR, buy("ice", 2, 51).into(), "insufficient_credits"),
            (OPERATOR, buy("ice", 2, 50).into(), "offer.opened"),
        ],
    );
}

#[test]
fn of_a_settlement() {
    /// A proposal of acme's that belt has yet to accept.
    fn proposed() -> Story {
        world()
            .check(bound_key("skipper", Role::Trader, &["acme"]), "key.created")
            .by(PrincipalId(4))
            .check(trade().line("ice", 11, 1).line("ore", 5, 1).hold(9), "trade.held")
    }
    let id = proposed().traded();
    let nothing = TransactionId(Sequence(1));
    let scarce = [("ice", 11)];
    let over = [("ice", 11), ("ore", 6)];
    let stranger = [("ice", 11), ("ore", 6), ("fog", 1)];
    let unknown = [("ice", 11), ("ore", 6), ("fog", 1), ("dust", 1)];
    faults(
        proposed,
        vec![
            (VIEWER, settle_part(nothing, &unknown), "not_permitted"),
            (OPERATOR, settle_part(nothing, &unknown), "unknown_trade"),
            (OPERATOR, settle_part(id, &unknown), "unknown_commodity"),
            (OPERATOR, settle_part(id, &stranger), "not_in_trade"),
            (OPERATOR, settle_part(id, &over), "over_settlement"),
            (OPERATOR, settle_part(id, &scarce), "insufficient_stock"),
            (OPERATOR, settle_part(id, &[("ice", 10)]), "trade.settled"),
        ],
    );
}

#[test]
fn of_a_gift() {
    let goods = |from, to, commodity| give_goods(from, to, &[(commodity, 11)]);
    faults(
        world,
        vec![
            (VIEWER, goods("x", "x", "dust"), "not_permitted"),
            (OPERATOR, goods("x", "x", "dust"), "same_party"),
            (OPERATOR, goods("x", "belt", "dust"), "unknown_trader"),
            (OPERATOR, goods("belt", "acme", "dust"), "unknown_commodity"),
            (OPERATOR, goods("belt", "acme", "ice"), "insufficient_stock"),
            (OPERATOR, give_credits("belt", "acme", 1), "insufficient_credits"),
        ],
    );
}

#[test]
fn of_a_reversal() {
    /// Acme has nothing any more of what it bought, nor belt of what it earned.
    fn spent() -> Story {
        let used = adjust().owner("acme").line("ice", out(domain::Sink::Consumed, 1));
        world()
            .check(trade().line("ice", 10, 1), "trade.settled")
            .check(used, "stock.adjusted")
            .check(retire("belt", 1), "credits.retired")
    }
    let id = spent().traded();
    faults(
        spent,
        vec![
            (VIEWER, reverse(TransactionId(Sequence(1))), "not_permitted"),
            (OPERATOR, reverse(TransactionId(Sequence(1))), "unknown_trade"),
            (OPERATOR, reverse(id), "insufficient_stock"),
        ],
    );
    let restored = || spent().stock("ceres acme ice", 1);
    assert!(restored().outcome(reverse(id)).starts_with("insufficient_credits"));
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
    faults(
        || {
            world()
                .by(PrincipalId::NETWORK)
                .check(grant("oidc.ann", Role::Viewer, &[], 5), "key.created")
        },
        vec![
            (ADMIN, grant("oidc.bob", Role::Trader, &["x"], 5), "not_permitted"),
            (PrincipalId::NETWORK, grant("boss", Role::Trader, &["x"], 5), "unknown_trader"),
            (PrincipalId::NETWORK, grant("boss", Role::Trader, &["acme"], 5), "already_exists"),
            (PrincipalId::NETWORK, grant("oidc.ann", Role::Trader, &["acme"], 5), "token_outdated"),
            (PrincipalId::NETWORK, grant("oidc.ann", Role::Trader, &["acme"], 6), "key.updated"),
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
