//! Keys, stations, commodities, traders, vessels, and the credits there are.

use domain::*;
use proptest::collection::btree_set;
use proptest::option::of;
use proptest::prelude::*;

use super::{credits, id, identifier, instant, position, quantity, text, trader};

fn station() -> BoxedStrategy<Box<StationDetails>> {
    let kind = prop_oneof![
        Just(StationKind::Planet),
        Just(StationKind::Station),
        Just(StationKind::Outpost),
        Just(StationKind::Gate),
    ];
    (text(), kind, identifier(), position(), id())
        .prop_map(|(name, kind, system, position, owner)| {
            Box::new(StationDetails { name, kind, system, position, owner: TraderId(owner) })
        })
        .boxed()
}

fn commodity() -> BoxedStrategy<Box<CommodityDetails>> {
    (text(), of(identifier()), of(quantity()), of(quantity()))
        .prop_map(|(name, category, unit_mass_grams, unit_volume_millilitres)| {
            Box::new(CommodityDetails { name, category, unit_mass_grams, unit_volume_millilitres })
        })
        .boxed()
}

fn key() -> BoxedStrategy<Box<KeyDetails>> {
    let token = (text(), text(), instant());
    let token =
        token.prop_map(|(issuer, subject, issued_at)| TokenSubject { issuer, subject, issued_at });
    (id(), identifier(), bound(), any::<[u8; 32]>(), (of(instant()), of(id()), of(token)))
        .prop_map(|(principal, name, (role, accounts), digest, (expires_at, replaces, token))| {
            let (principal, replaces) = (PrincipalId(principal), replaces.map(KeyId));
            Box::new(KeyDetails {
                principal,
                name,
                role,
                digest,
                accounts,
                expires_at,
                replaces,
                token,
            })
        })
        .boxed()
}

fn grant() -> BoxedStrategy<Box<Grant>> {
    (bound(), instant())
        .prop_map(|((role, accounts), issued_at)| Box::new(Grant { role, accounts, issued_at }))
        .boxed()
}

/// A role, with accounts if it has them.
fn bound() -> BoxedStrategy<(Role, Box<[TraderId]>)> {
    let without = prop_oneof![Just(Role::Admin), Just(Role::Operator), Just(Role::Viewer)];
    let with = prop_oneof![Just(Role::Trader), Just(Role::Carrier)];
    let accounts = btree_set(trader(), 1..=limits::ACCOUNTS_MAX);
    prop_oneof![
        without.prop_map(|role| (role, Box::default())),
        (with, accounts).prop_map(|(role, accounts)| (role, accounts.into_iter().collect())),
    ]
    .boxed()
}

fn vessel() -> BoxedStrategy<VesselDetails> {
    (text(), trader(), of(quantity()), of(quantity()))
        .prop_map(|(name, carrier, mass_capacity_grams, volume_capacity_millilitres)| {
            VesselDetails { name, carrier, mass_capacity_grams, volume_capacity_millilitres }
        })
        .boxed()
}

pub fn event() -> BoxedStrategy<Event> {
    prop_oneof![
        (instant(), instant(), 1..=limits::SPEED_MAX).prop_map(|(wall, epoch, speed)| {
            Event::NetworkCreated(NetworkDetails { wall, epoch, speed })
        }),
        (id(), key()).prop_map(|(key, details)| Event::KeyCreated { key: KeyId(key), details }),
        id().prop_map(|key| Event::KeyRevoked { key: KeyId(key) }),
        id().prop_map(|key| Event::KeyExpired { key: KeyId(key) }),
        (id(), instant())
            .prop_map(|(key, expires_at)| Event::KeyUpdated { key: KeyId(key), expires_at }),
        (id(), grant()).prop_map(|(key, grant)| Event::GrantUpdated { key: KeyId(key), grant }),
        (id(), id(), identifier(), station()).prop_map(|(station, trader, id, details)| {
            let (station, trader) = (StationId(station), TraderId(trader));
            Event::StationCreated { station, trader, id, details }
        }),
        (id(), station()).prop_map(|(station, details)| Event::StationUpdated {
            station: StationId(station),
            details
        }),
        (id(), identifier(), commodity()).prop_map(|(commodity, id, details)| {
            Event::CommodityCreated { commodity: CommodityId(commodity), id, details }
        }),
        (id(), commodity()).prop_map(|(commodity, details)| Event::CommodityUpdated {
            commodity: CommodityId(commodity),
            details
        }),
        (id(), identifier(), text()).prop_map(|(trader, id, name)| Event::TraderCreated {
            trader: TraderId(trader),
            id,
            details: TraderDetails { name }
        }),
        (id(), text()).prop_map(|(trader, name)| Event::TraderUpdated {
            trader: TraderId(trader),
            details: TraderDetails { name }
        }),
        (id(), identifier(), vessel()).prop_map(|(vessel, id, details)| Event::VesselCreated {
            vessel: VesselId(vessel),
            id,
            details: Box::new(details)
        }),
        (id(), vessel()).prop_map(|(vessel, details)| Event::VesselUpdated {
            vessel: VesselId(vessel),
            details: Box::new(details)
        }),
        (id(), credits())
            .prop_map(|(trader, amount)| Event::CreditsIssued { trader: TraderId(trader), amount }),
        (id(), credits()).prop_map(|(trader, amount)| Event::CreditsRetired {
            trader: TraderId(trader),
            amount
        }),
    ]
    .boxed()
}
