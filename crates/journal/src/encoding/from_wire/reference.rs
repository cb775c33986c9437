//! Keys, stations, commodities, traders, vessels: what is created once and then named.

use domain::{
    CommodityDetails, CommodityId, Event, Grant, KeyDetails, KeyId, PrincipalId, Role,
    StationDetails, StationId, StationKind, TokenSubject, TraderDetails, TraderId, VesselDetails,
    VesselId,
};

use super::{Decoded, identifier, instant_if, position, quantity, text};
use crate::encoding::{EncodingError, check_accounts, instant, wire};

pub(super) fn key_created(created: &wire::KeyCreated) -> Decoded<Event> {
    let role = role(created.role)?;
    let digest = created.digest.as_slice().try_into();
    let accounts = accounts(role, &created.accounts)?;
    let details = KeyDetails {
        principal: PrincipalId(created.principal),
        name: identifier(&created.name, "a principal's name")?,
        role,
        digest: digest.map_err(|_| EncodingError::OutOfBounds("a key's digest"))?,
        accounts,
        expires_at: instant_if(created.expires_at, "the end of a key")?,
        replaces: created.replaces.map(KeyId),
        token: created.token.as_ref().map(token).transpose()?,
    };
    Ok(Event::KeyCreated { key: KeyId(created.key), details: Box::new(details) })
}

fn token(token: &wire::TokenSubject) -> Decoded<TokenSubject> {
    Ok(TokenSubject {
        issuer: text(&token.issuer, "an issuer")?,
        subject: text(&token.subject, "a subject")?,
        issued_at: instant(token.issued_at, "when a token was issued")?,
    })
}

pub(super) fn grant_updated(updated: &wire::GrantUpdated) -> Decoded<Event> {
    let role = role(updated.role)?;
    let accounts = accounts(role, &updated.accounts)?;
    let issued_at = instant(updated.issued_at, "when a token was issued")?;
    let grant = Box::new(Grant { role, accounts, issued_at });
    Ok(Event::GrantUpdated { key: KeyId(updated.key), grant })
}

fn role(role: i32) -> Decoded<Role> {
    Ok(match wire::Role::try_from(role) {
        Ok(wire::Role::Admin) => Role::Admin,
        Ok(wire::Role::Operator) => Role::Operator,
        Ok(wire::Role::Viewer) => Role::Viewer,
        Ok(wire::Role::Trader) => Role::Trader,
        Ok(wire::Role::Carrier) => Role::Carrier,
        Ok(wire::Role::Unspecified) => return Err(EncodingError::Missing("a key's role")),
        Err(_) => return Err(EncodingError::Newer("this role")),
    })
}

fn accounts(role: Role, numbers: &[u32]) -> Decoded<Box<[TraderId]>> {
    let accounts = numbers.iter().copied().map(TraderId).collect::<Box<[_]>>();
    check_accounts(role, &accounts)?;
    Ok(accounts)
}

pub(super) fn station_created(created: wire::StationCreated) -> Decoded<Event> {
    Ok(Event::StationCreated {
        station: StationId(created.station),
        trader: TraderId(created.trader),
        id: identifier(&created.id, "a station's identifier")?,
        details: Box::new(station_details(created.details)?),
    })
}

pub(super) fn station_updated(updated: wire::StationUpdated) -> Decoded<Event> {
    Ok(Event::StationUpdated {
        station: StationId(updated.station),
        details: Box::new(station_details(updated.details)?),
    })
}

fn station_details(details: Option<wire::StationDetails>) -> Decoded<StationDetails> {
    let details = details.ok_or(EncodingError::Missing("a station's details"))?;
    let kind = match wire::StationKind::try_from(details.kind) {
        Ok(wire::StationKind::Planet) => StationKind::Planet,
        Ok(wire::StationKind::Station) => StationKind::Station,
        Ok(wire::StationKind::Outpost) => StationKind::Outpost,
        Ok(wire::StationKind::Gate) => StationKind::Gate,
        Ok(wire::StationKind::Unspecified) => {
            return Err(EncodingError::Missing("a station's kind"));
        }
        Err(_) => return Err(EncodingError::Newer("this kind of station")),
    };
    let at = details.position.ok_or(EncodingError::Missing("a station's position"))?;
    Ok(StationDetails {
        name: text(&details.name, "a station's name")?,
        kind,
        system: identifier(&details.system, "a system's identifier")?,
        position: position(at)?,
        owner: TraderId(details.owner),
    })
}

pub(super) fn commodity_created(created: wire::CommodityCreated) -> Decoded<Event> {
    Ok(Event::CommodityCreated {
        commodity: CommodityId(created.commodity),
        id: identifier(&created.id, "a commodity's identifier")?,
        details: Box::new(commodity_details(created.details)?),
    })
}

pub(super) fn commodity_updated(updated: wire::CommodityUpdated) -> Decoded<Event> {
    Ok(Event::CommodityUpdated {
        commodity: CommodityId(updated.commodity),
        details: Box::new(commodity_details(updated.details)?),
    })
}

fn commodity_details(details: Option<wire::CommodityDetails>) -> Decoded<CommodityDetails> {
    let details = details.ok_or(EncodingError::Missing("a commodity's details"))?;
    let category = details.category.map(|category| identifier(&category, "a category"));
    Ok(CommodityDetails {
        name: text(&details.name, "a commodity's name")?,
        category: category.transpose()?,
        unit_mass_grams: details.unit_mass_grams.map(quantity).transpose()?,
        unit_volume_millilitres: details.unit_volume_millilitres.map(quantity).transpose()?,
    })
}

pub(super) fn trader_created(created: &wire::TraderCreated) -> Decoded<Event> {
    Ok(Event::TraderCreated {
        trader: TraderId(created.trader),
        id: identifier(&created.id, "a trader's identifier")?,
        details: TraderDetails { name: text(&created.name, "a trader's name")? },
    })
}

pub(super) fn trader_updated(updated: &wire::TraderUpdated) -> Decoded<Event> {
    Ok(Event::TraderUpdated {
        trader: TraderId(updated.trader),
        details: TraderDetails { name: text(&updated.name, "a trader's name")? },
    })
}

pub(super) fn vessel_created(created: wire::VesselCreated) -> Decoded<Event> {
    Ok(Event::VesselCreated {
        vessel: VesselId(created.vessel),
        id: identifier(&created.id, "a vessel's identifier")?,
        details: Box::new(vessel_details(created.details)?),
    })
}

pub(super) fn vessel_updated(updated: wire::VesselUpdated) -> Decoded<Event> {
    Ok(Event::VesselUpdated {
        vessel: VesselId(updated.vessel),
        details: Box::new(vessel_details(updated.details)?),
    })
}

fn vessel_details(details: Option<wire::VesselDetails>) -> Decoded<VesselDetails> {
    let details = details.ok_or(EncodingError::Missing("a vessel's details"))?;
    Ok(VesselDetails {
        name: text(&details.name, "a vessel's name")?,
        carrier: TraderId(details.carrier),
        mass_capacity_grams: details.mass_capacity_grams.map(quantity).transpose()?,
        volume_capacity_millilitres: details
            .volume_capacity_millilitres
            .map(quantity)
            .transpose()?,
    })
}
