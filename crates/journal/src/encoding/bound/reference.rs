//! Keys, stations, commodities, vessels.

use domain::{
    CommodityDetails, Grant, KeyDetails, Quantity, StationDetails, TokenSubject, TraderId,
    VesselDetails,
};

use super::{
    CHOICE, TAG, VARINT_MAX, bytes, id, identifier, nested, position, present, signed, text, varint,
};

pub(super) fn key(details: &KeyDetails) -> usize {
    let role_and_digest = CHOICE + bytes(details.digest.len());
    let accounts = accounts(&details.accounts);
    let life = details.expires_at.map_or(0, |_| TAG + VARINT_MAX)
        + details.replaces.map_or(0, |key| present(u64::from(key.0)));
    let token = details.token.as_ref().map_or(0, token);
    id(details.principal.0) + identifier(&details.name) + role_and_digest + accounts + life + token
}

fn token(token: &TokenSubject) -> usize {
    nested(text(&token.issuer) + text(&token.subject) + signed(token.issued_at.0))
}

pub(super) fn grant(grant: &Grant) -> usize {
    CHOICE + accounts(&grant.accounts) + signed(grant.issued_at.0)
}

fn accounts(accounts: &[TraderId]) -> usize {
    nested(accounts.iter().map(|account| varint(u64::from(account.0))).sum())
}

pub(super) fn station(details: &StationDetails) -> usize {
    let place = CHOICE + identifier(&details.system) + position(details.position);
    nested(text(&details.name) + place + id(details.owner.0))
}

pub(super) fn commodity(details: &CommodityDetails) -> usize {
    let category = details.category.as_ref().map_or(0, identifier);
    let amounts = [details.unit_mass_grams, details.unit_volume_millilitres];
    nested(text(&details.name) + category + quantities_if(amounts))
}

pub(super) fn vessel(details: &VesselDetails) -> usize {
    let capacities = [details.mass_capacity_grams, details.volume_capacity_millilitres];
    nested(text(&details.name) + id(details.carrier.0) + quantities_if(capacities))
}

fn quantities_if(quantities: [Option<Quantity>; 2]) -> usize {
    quantities.into_iter().flatten().map(|quantity| present(quantity.get())).sum()
}
