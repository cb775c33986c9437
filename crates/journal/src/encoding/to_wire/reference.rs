//! Keys, stations, commodities, traders, vessels: what is created once and then named.

use domain::{
    CommodityDetails, CommodityId, Grant, Identifier, KeyDetails, KeyId, Quantity, Role,
    StationDetails, StationId, StationKind, Timestamp, TokenSubject, TraderDetails, TraderId,
    VesselDetails, VesselId,
};

use super::{Encoded, position, time, time_if};
use crate::encoding::{check_accounts, wire};

pub(super) fn key_created(key: KeyId, details: &KeyDetails) -> Encoded<wire::KeyCreated> {
    check_accounts(details.role, &details.accounts)?;
    Ok(wire::KeyCreated {
        key: key.0,
        principal: details.principal.0,
        name: details.name.as_str().to_owned(),
        role: role(details.role).into(),
        digest: details.digest.to_vec(),
        accounts: details.accounts.iter().map(|account| account.0).collect(),
        expires_at: time_if(details.expires_at, "the end of a key")?,
        replaces: details.replaces.map(|key| key.0),
        token: details.token.as_ref().map(token).transpose()?,
    })
}

fn token(token: &TokenSubject) -> Encoded<wire::TokenSubject> {
    Ok(wire::TokenSubject {
        issuer: token.issuer.as_str().to_owned(),
        subject: token.subject.as_str().to_owned(),
        issued_at: time(token.issued_at, "when a token was issued")?,
    })
}

pub(super) fn grant_updated(key: KeyId, grant: &Grant) -> Encoded<wire::GrantUpdated> {
    check_accounts(grant.role, &grant.accounts)?;
    Ok(wire::GrantUpdated {
        key: key.0,
        role: role(grant.role).into(),
        accounts: grant.accounts.iter().map(|account| account.0).collect(),
        issued_at: time(grant.issued_at, "when a token was issued")?,
    })
}

pub(super) fn key_updated(key: KeyId, expires_at: Timestamp) -> Encoded<wire::KeyUpdated> {
    Ok(wire::KeyUpdated { key: key.0, expires_at: time(expires_at, "the end of a key")? })
}

fn role(role: Role) -> wire::Role {
    match role {
        Role::Admin => wire::Role::Admin,
        Role::Operator => wire::Role::Operator,
        Role::Viewer => wire::Role::Viewer,
        Role::Trader => wire::Role::Trader,
        Role::Carrier => wire::Role::Carrier,
    }
}

pub(super) fn station_created(
    station: StationId,
    trader: TraderId,
    id: &Identifier,
    details: &StationDetails,
) -> Encoded<wire::StationCreated> {
    Ok(wire::StationCreated {
        station: station.0,
        trader: trader.0,
        id: id.as_str().to_owned(),
        details: Some(station_details(details)?),
    })
}

pub(super) fn station_updated(
    station: StationId,
    details: &StationDetails,
) -> Encoded<wire::StationUpdated> {
    let details = Some(station_details(details)?);
    Ok(wire::StationUpdated { station: station.0, details })
}

fn station_details(details: &StationDetails) -> Encoded<wire::StationDetails> {
    let kind = match details.kind {
        StationKind::Planet => wire::StationKind::Planet,
        StationKind::Station => wire::StationKind::Station,
        StationKind::Outpost => wire::StationKind::Outpost,
        StationKind::Gate => wire::StationKind::Gate,
    };
    Ok(wire::StationDetails {
        name: details.name.as_str().to_owned(),
        kind: kind.into(),
        system: details.system.as_str().to_owned(),
        position: Some(position(details.position)?),
        owner: details.owner.0,
    })
}

pub(super) fn commodity_created(
    commodity: CommodityId,
    id: &Identifier,
    details: &CommodityDetails,
) -> wire::CommodityCreated {
    wire::CommodityCreated {
        commodity: commodity.0,
        id: id.as_str().to_owned(),
        details: Some(commodity_details(details)),
    }
}

pub(super) fn commodity_updated(
    commodity: CommodityId,
    details: &CommodityDetails,
) -> wire::CommodityUpdated {
    let details = Some(commodity_details(details));
    wire::CommodityUpdated { commodity: commodity.0, details }
}

fn commodity_details(details: &CommodityDetails) -> wire::CommodityDetails {
    wire::CommodityDetails {
        name: details.name.as_str().to_owned(),
        category: details.category.as_ref().map(|category| category.as_str().to_owned()),
        unit_mass_grams: details.unit_mass_grams.map(Quantity::get),
        unit_volume_millilitres: details.unit_volume_millilitres.map(Quantity::get),
    }
}

pub(super) fn trader_created(
    trader: TraderId,
    id: &Identifier,
    details: &TraderDetails,
) -> wire::TraderCreated {
    wire::TraderCreated {
        trader: trader.0,
        id: id.as_str().to_owned(),
        name: details.name.as_str().to_owned(),
    }
}

pub(super) fn trader_updated(trader: TraderId, details: &TraderDetails) -> wire::TraderUpdated {
    wire::TraderUpdated { trader: trader.0, name: details.name.as_str().to_owned() }
}

pub(super) fn vessel_created(
    vessel: VesselId,
    id: &Identifier,
    details: &VesselDetails,
) -> wire::VesselCreated {
    wire::VesselCreated {
        vessel: vessel.0,
        id: id.as_str().to_owned(),
        details: Some(vessel_details(details)),
    }
}

pub(super) fn vessel_updated(vessel: VesselId, details: &VesselDetails) -> wire::VesselUpdated {
    wire::VesselUpdated { vessel: vessel.0, details: Some(vessel_details(details)) }
}

fn vessel_details(details: &VesselDetails) -> wire::VesselDetails {
    wire::VesselDetails {
        name: details.name.as_str().to_owned(),
        carrier: details.carrier.0,
        mass_capacity_grams: details.mass_capacity_grams.map(Quantity::get),
        volume_capacity_millilitres: details.volume_capacity_millilitres.map(Quantity::get),
    }
}
