//! Answers about what there is: stations, commodities, traders, levels, keys.

use domain::{
    CommodityDetails, CommodityId, Credits, Envelope, Identifier, Scope, StationDetails, StationId,
    Timestamp, TraderDetails, TraderId,
};
use views::{ApiKey, Commodity, Entry, Level, Quote, Station, Trader};

use super::{NAMELESS, Render};
use crate::last_use::LastUses;
use crate::wire::answer::{
    CommodityAnswer, EntryAnswer, KeyItem, LevelAnswer, PricedLevelAnswer, StationAnswer,
    TokenSubjectAnswer, TraderAnswer, TraderData,
};
use crate::wire::{KeyStatus, KeyStatusWord, RoleWord, StationKindWord, Time};

impl<'a> Render<'a> {
    /// A station as it is.
    pub(crate) fn station_now(self, station: &'a Station) -> StationAnswer<'a> {
        let (created, changed) = (station.created_at, station.changed_at);
        let sequence = station.changed.0;
        self.station_as(station.name.as_str(), &station.details, created, changed, sequence)
    }

    /// A station as an event left it.
    pub(crate) fn station_then(
        self,
        envelope: &Envelope,
        id: StationId,
        details: &'a StationDetails,
    ) -> StationAnswer<'a> {
        let changed = envelope.recorded_at;
        let created = self.state.station(id).map_or(changed, |station| station.created_at);
        self.station_as(self.station(id), details, created, changed, envelope.sequence.0)
    }

    /// A station as an event creates it. Of a dry run the views know neither the station nor the
    /// trader that it is.
    pub(super) fn station_created(
        self,
        envelope: &Envelope,
        (id, trader): (&'a Identifier, TraderId),
        details: &'a StationDetails,
    ) -> StationAnswer<'a> {
        let at = envelope.recorded_at;
        let answer = self.station_as(id.as_str(), details, at, at, envelope.sequence.0);
        if details.owner == trader {
            StationAnswer { owner: id.as_str(), ..answer }
        } else {
            answer
        }
    }

    /// A commodity as an event creates it.
    pub(super) fn commodity_created(
        envelope: &Envelope,
        id: &'a Identifier,
        details: &'a CommodityDetails,
    ) -> CommodityAnswer<'a> {
        let at = envelope.recorded_at;
        commodity_as(id.as_str(), details, at, at, envelope.sequence.0)
    }

    /// A trader as an event creates it.
    pub(super) fn trader_created(
        envelope: &Envelope,
        id: &'a Identifier,
        details: &'a TraderDetails,
    ) -> TraderData<'a> {
        let at = Time(envelope.recorded_at);
        TraderData {
            id: id.as_str(),
            name: details.name.as_str(),
            station: false,
            created_at: at,
            changed_at: at,
            sequence: envelope.sequence.0,
        }
    }

    fn station_as(
        self,
        id: &'a str,
        details: &'a StationDetails,
        created: Timestamp,
        changed: Timestamp,
        sequence: u64,
    ) -> StationAnswer<'a> {
        StationAnswer {
            id,
            name: details.name.as_str(),
            kind: StationKindWord(details.kind),
            system: details.system.as_str(),
            position: details.position.into(),
            owner: self.trader(details.owner),
            created_at: Time(created),
            changed_at: Time(changed),
            sequence,
            as_of: None,
        }
    }

    /// A commodity as it is.
    pub(crate) fn commodity_now(commodity: &'a Commodity) -> CommodityAnswer<'a> {
        let (created, changed) = (commodity.created_at, commodity.changed_at);
        let sequence = commodity.changed.0;
        commodity_as(commodity.name.as_str(), &commodity.details, created, changed, sequence)
    }

    /// A commodity as an event left it.
    pub(crate) fn commodity_then(
        self,
        envelope: &Envelope,
        id: CommodityId,
        details: &'a CommodityDetails,
    ) -> CommodityAnswer<'a> {
        let changed = envelope.recorded_at;
        let created = self.state.commodity(id).map_or(changed, |commodity| commodity.created_at);
        commodity_as(self.commodity(id), details, created, changed, envelope.sequence.0)
    }

    /// A trader and its credits, as they are.
    pub(crate) fn trader_now(self, trader: &'a Trader, scope: Scope<'_>) -> TraderAnswer<'a> {
        let data = TraderData {
            id: trader.name.as_str(),
            name: trader.details.name.as_str(),
            station: trader.station.is_some(),
            created_at: Time(trader.created_at),
            changed_at: Time(trader.changed_at),
            sequence: trader.changed.0,
        };
        self.with_balance(trader.id, &data, scope)
    }

    /// An entry of a trader's statement.
    pub(crate) fn statement_entry(self, entry: &'a Entry) -> EntryAnswer<'a> {
        let Entry { recorded, moved, balance } = entry;
        // Amounts have 53 bits.
        let change =
            |gained: Credits, lost: Credits| gained.get().cast_signed() - lost.get().cast_signed();
        let available_change = change(moved.into_available, moved.out_of_available);
        let held_change = change(moved.into_held, moved.out_of_held);
        EntryAnswer {
            r#type: recorded.event.kind(),
            subject: self.subject(recorded),
            change: available_change + held_change,
            available_change,
            held_change,
            balance: balance.total().get(),
            held: balance.held.get(),
            available: balance.available.get(),
            envelope: self.envelope(&recorded.envelope),
        }
    }

    /// Adds the credits that a trader has now.
    pub(crate) fn with_balance(
        self,
        id: TraderId,
        data: &TraderData<'a>,
        scope: Scope<'_>,
    ) -> TraderAnswer<'a> {
        let balance = self.state.balance(id, scope);
        TraderAnswer {
            id: data.id,
            name: data.name,
            station: data.station,
            balance: balance.map(|balance| balance.total().get()),
            held: balance.map(|balance| balance.held.get()),
            available: balance.map(|balance| balance.available.get()),
            created_at: data.created_at,
            changed_at: data.changed_at,
            sequence: data.sequence,
            as_of: None,
        }
    }

    /// A trader as an event left it.
    pub(crate) fn trader_then(
        self,
        envelope: &Envelope,
        id: TraderId,
        details: &'a TraderDetails,
    ) -> TraderData<'a> {
        let changed = envelope.recorded_at;
        let known = self.state.trader(id);
        TraderData {
            id: self.trader(id),
            name: details.name.as_str(),
            station: known.is_some_and(|trader| trader.station.is_some()),
            created_at: Time(known.map_or(changed, |trader| trader.created_at)),
            changed_at: Time(changed),
            sequence: envelope.sequence.0,
        }
    }

    /// A level; with its station where several are listed.
    pub(crate) fn level(self, level: &Level, with_station: bool) -> LevelAnswer<'a> {
        LevelAnswer {
            station: with_station.then(|| self.station(level.station)),
            commodity: self.commodity(level.commodity),
            owner: level.owner.map(|owner| self.trader(owner)),
            on_hand: level.on_hand().get(),
            available: level.available.get(),
            reserved: level.reserved.get(),
            unavailable: level.unavailable.get(),
            incoming: level.incoming.get(),
            changed_at: Time(level.changed_at),
        }
    }

    /// The latest stock and price of a commodity at a station.
    pub(crate) fn quote(self, quote: &Quote) -> PricedLevelAnswer<'a> {
        PricedLevelAnswer {
            level: self.level(&quote.level, true),
            last_price: quote.price.map(|(price, _)| price.get()),
            last_trade_sequence: quote.price.map(|(_, sequence)| sequence.0),
            sequence: quote.changed.0,
        }
    }

    /// A key in the list of keys.
    pub(crate) fn key_item(self, key: &'a ApiKey, uses: &LastUses, now: Timestamp) -> KeyItem<'a> {
        let status = match key {
            _ if key.revoked_at.is_some() => KeyStatus::Revoked,
            _ if key.is_good(now) => KeyStatus::Active,
            _ => KeyStatus::Expired,
        };
        let name = self.state.principal_name(key.principal);
        KeyItem {
            key_id: key.id.0,
            principal: name.map_or(NAMELESS, |name| name.as_str()),
            role: RoleWord(key.role),
            accounts: self.traders(&key.accounts),
            status: KeyStatusWord(status),
            created_at: Time(key.created_at),
            expires_at: key.expires_at.map(Time),
            revoked_at: key.revoked_at.map(Time),
            // What is older was told of another key of this number, before a restore.
            last_used_at: uses.of(key.id).filter(|at| *at >= key.created_at).map(Time),
            replaces: key.replaces.map(|key| key.0),
            token: key.token.as_deref().map(TokenSubjectAnswer::of),
            sequence: key.changed.0,
        }
    }
}

fn commodity_as<'a>(
    id: &'a str,
    details: &'a CommodityDetails,
    created: Timestamp,
    changed: Timestamp,
    sequence: u64,
) -> CommodityAnswer<'a> {
    CommodityAnswer {
        id,
        name: details.name.as_str(),
        category: details.category.as_ref().map(Identifier::as_str),
        unit_mass_grams: details.unit_mass_grams.map(domain::Quantity::get),
        unit_volume_millilitres: details.unit_volume_millilitres.map(domain::Quantity::get),
        created_at: Time(created),
        changed_at: Time(changed),
        sequence,
        as_of: None,
    }
}
