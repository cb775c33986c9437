//! Alerts and their rules.

use domain::*;
use proptest::prelude::*;
use proptest::sample::select;

use super::{flag, id, identifier, quantity, sequence, trader};

fn terms() -> BoxedStrategy<AlertRule> {
    prop_oneof![
        (select(&Timing::ALL[..]), any::<u32>(), any::<u32>()).prop_map(
            |(timing, after_seconds, critical_after_seconds)| {
                AlertRule::Timing { timing, after_seconds, critical_after_seconds }
            }
        ),
        (id(), trader(), id(), quantity(), quantity()).prop_map(
            |(station, owner, commodity, low, clear)| AlertRule::Stock {
                station: StationId(station),
                owner,
                commodity: CommodityId(commodity),
                low,
                clear,
            }
        ),
    ]
    .boxed()
}

fn cause() -> BoxedStrategy<AlertCause> {
    let shipment = || sequence().prop_map(ShipmentId);
    prop_oneof![
        shipment().prop_map(AlertCause::Overdue),
        shipment().prop_map(AlertCause::Late),
        shipment().prop_map(AlertCause::Silent),
        id().prop_map(|rule| AlertCause::Stock(AlertRuleId(rule))),
        sequence().prop_map(|trade| AlertCause::Hold(TransactionId(trade))),
    ]
    .boxed()
}

fn fired() -> BoxedStrategy<AlertFired> {
    let kind = prop_oneof![
        Just(AlertKind::ShipmentOverdue),
        Just(AlertKind::ShipmentLate),
        Just(AlertKind::ShipmentSilent),
        Just(AlertKind::StockLow),
        Just(AlertKind::StockOut),
        Just(AlertKind::HoldExpired),
    ];
    let severity =
        prop_oneof![Just(Severity::Info), Just(Severity::Warning), Just(Severity::Critical)];
    (cause(), kind, severity)
        .prop_map(|(cause, kind, severity)| AlertFired { cause, kind, severity })
        .boxed()
}

fn changed() -> BoxedStrategy<AlertChanged> {
    (sequence(), sequence(), fired())
        .prop_map(|(alert, previous, AlertFired { cause, kind, severity })| {
            let alert = AlertId(alert);
            AlertChanged { alert, previous, cause, kind, severity }
        })
        .boxed()
}

pub fn event() -> BoxedStrategy<Event> {
    prop_oneof![
        (id(), identifier(), terms(), flag()).prop_map(|(rule, id, terms, created)| {
            let rule = AlertRuleId(rule);
            Event::AlertRuleSet(Box::new(AlertRuleSet { rule, id, terms, created }))
        }),
        id().prop_map(|rule| Event::AlertRuleDeleted { rule: AlertRuleId(rule) }),
        fired().prop_map(Event::AlertFired),
        changed().prop_map(Event::AlertChanged),
        changed().prop_map(Event::AlertAcknowledged),
        changed().prop_map(Event::AlertResolved),
    ]
    .boxed()
}
