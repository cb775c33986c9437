//! What things are besides their identifiers: given whole, and never by half.

use crate::{
    Identifier, KeyId, Position, PrincipalId, Quantity, Role, StationKind, Text, Timestamp,
    TraderId,
};

/// What a network is created with, for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NetworkDetails {
    /// Wall time at creation.
    pub wall: Timestamp,
    /// Network time at creation.
    pub epoch: Timestamp,
    /// Seconds of network time a second of wall time, 1 to [`crate::limits::SPEED_MAX`].
    pub speed: u32,
}

/// What an API key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyDetails {
    /// For whom it speaks.
    pub principal: PrincipalId,
    /// That principal's name.
    pub name: Identifier,
    /// What that principal may do.
    pub role: Role,
    /// BLAKE3 of the secret, or of issuer and subject if it is one of tokens; never shown.
    pub digest: [u8; 32],
    /// The traders that principal acts for, sorted; none for a role without accounts.
    pub accounts: Box<[TraderId]>,
    /// When it ends by itself, if it does.
    pub expires_at: Option<Timestamp>,
    /// In whose place it was made, if in one's.
    pub replaces: Option<KeyId>,
    /// Whose tokens speak for it, if it is one of tokens: no secret opens it.
    pub token: Option<TokenSubject>,
}

/// Somebody whom an issuer of tokens knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenSubject {
    /// Who issues the tokens: their claim `iss`.
    pub issuer: Text,
    /// Whom they are of: their claim `sub`.
    pub subject: Text,
    /// Wall time at which the token was issued that last changed what the subject may do.
    pub issued_at: Timestamp,
}

/// What a token gives its subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// What the principal may do.
    pub role: Role,
    /// The traders that the principal acts for, sorted; none for a role without accounts.
    pub accounts: Box<[TraderId]>,
    /// Wall time at which the token was issued.
    pub issued_at: Timestamp,
}

/// What a station is, besides its identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationDetails {
    /// For people.
    pub name: Text,
    /// What kind of place.
    pub kind: StationKind,
    /// The system it lies in.
    pub system: Identifier,
    /// Where it is.
    pub position: Position,
    /// Whose it is.
    pub owner: TraderId,
}

/// What a commodity is, besides its identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommodityDetails {
    /// For people.
    pub name: Text,
    /// For grouping.
    pub category: Option<Identifier>,
    /// Grams a unit.
    pub unit_mass_grams: Option<Quantity>,
    /// Millilitres a unit.
    pub unit_volume_millilitres: Option<Quantity>,
}

/// What a trader is, besides its identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraderDetails {
    /// For people.
    pub name: Text,
}

/// What a vessel is, besides its identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VesselDetails {
    /// For people.
    pub name: Text,
    /// Who flies it.
    pub carrier: TraderId,
    /// Grams it can carry; no bound if not given.
    pub mass_capacity_grams: Option<Quantity>,
    /// Millilitres it can carry; no bound if not given.
    pub volume_capacity_millilitres: Option<Quantity>,
}
