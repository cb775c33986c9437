use super::*;

/// A settled trade of ore at station 1 in system 7, of traders 2 and 3.
fn trade() -> Subject {
    Subject {
        kind: EventKind::TradeSettled,
        is_public: false,
        facets: Box::new([
            Facet::Trade(TransactionId(domain::Sequence(9))),
            Facet::Station(StationId(1)),
            Facet::Trader(TraderId(2)),
            Facet::Trader(TraderId(3)),
            Facet::Commodity(CommodityId(4)),
        ]),
        systems: Box::new([System(7)]),
    }
}

fn alert(severity: Severity) -> Subject {
    let facets = Box::new([Facet::Severity(severity), Facet::Station(StationId(1))]);
    Subject { kind: EventKind::AlertFired, is_public: false, facets, systems: Box::new([]) }
}

#[test]
fn fields_narrow_and_of_several_values_any_will_do() {
    let check = |set: fn(&mut Filter), expected: bool| {
        let mut filter = Filter::default();
        set(&mut filter);
        assert_eq!(filter.admits(&trade()), expected, "{filter:?}");
    };
    check(|_| {}, true);
    check(|it| it.kinds = [EventKind::TradeSettled].into_iter().collect(), true);
    check(|it| it.kinds = [EventKind::TradeHeld].into_iter().collect(), false);
    check(|it| it.kinds = Kinds::NONE, false);
    check(|it| it.stations = vec![StationId(5), StationId(1)], true);
    check(|it| it.stations = vec![StationId(2)], false);
    check(|it| it.systems = vec![System(7)], true);
    check(|it| it.systems = vec![System(8)], false);
    check(|it| it.commodities = vec![CommodityId(4)], true);
    check(|it| it.commodities = vec![CommodityId(1)], false);
    check(|it| it.traders = vec![TraderId(3)], true);
    check(|it| it.traders = vec![TraderId(4)], false);
    check(|it| it.vessels = vec![VesselId(0)], false);
    check(|it| it.shipments = vec![ShipmentId(domain::Sequence(9))], false);
    check(|it| it.trades = vec![TransactionId(domain::Sequence(9))], true);
    check(|it| (it.stations, it.traders) = (vec![StationId(1)], vec![TraderId(3)]), true);
    check(|it| (it.stations, it.traders) = (vec![StationId(1)], vec![TraderId(4)]), false);
}

#[test]
fn severity_holds_back_lesser_alerts_and_nothing_else() {
    let least = Filter { severity: Some(Severity::Warning), ..Filter::default() };
    assert!(least.admits(&trade()));
    assert!(!least.admits(&alert(Severity::Info)));
    assert!(least.admits(&alert(Severity::Warning)));
    assert!(least.admits(&alert(Severity::Critical)));
}

#[test]
fn accounts_see_what_they_are_part_of_and_what_is_public() {
    let of = |accounts: &[TraderId]| Interest::new(Filter::default(), Scope::Accounts(accounts));
    assert!(of(&[TraderId(2)]).admits(&trade()));
    assert!(!of(&[TraderId(1), TraderId(4)]).admits(&trade()));
    assert!(!of(&[]).admits(&trade()));
    assert!(of(&[]).admits(&Subject { is_public: true, ..trade() }));
    assert!(!of(&[TraderId(2)]).is_everything());
    let network = Interest::new(Filter::default(), Scope::Network);
    assert!(network.is_everything() && network.admits(&trade()));
    let station = Filter { stations: vec![StationId(2)], ..Filter::default() };
    let both = Interest::new(station, Scope::Accounts(&[TraderId(2)]));
    assert!(!both.admits(&trade()));
}
