//! Events as `CloudEvents`.

use domain::{AlertId, Event, KeyId, OfferId, Recorded, ShipmentId, TradeStatus, TransactionId};

use super::{NAMELESS, Render};
use crate::wire::answer::{
    CloudEvent, Data, KeyAnswer, NetworkData, RehearsedEvent, Shown, TokenSubjectAnswer,
};
use crate::wire::{Credit, RoleWord, Time};

impl<'a> Render<'a> {
    pub(crate) fn cloud_event(self, recorded: &'a Recorded) -> CloudEvent<'a> {
        let envelope = &recorded.envelope;
        CloudEvent {
            specversion: "1.0",
            id: self.identity.event_id(envelope.sequence),
            source: &self.identity.source,
            r#type: recorded.event.kind(),
            subject: self.subject(recorded),
            time: Time(envelope.occurred_at()),
            datacontenttype: "application/json",
            sequence: envelope.sequence.to_string(),
            recordedat: Time(envelope.recorded_at),
            data: self.data(recorded),
        }
    }

    pub(super) fn subject(self, recorded: &Recorded) -> String {
        match &recorded.event {
            Event::NetworkCreated(_) => self.identity.journal.clone(),
            Event::KeyCreated { key, .. }
            | Event::KeyRevoked { key }
            | Event::KeyExpired { key }
            | Event::KeyUpdated { key, .. }
            | Event::GrantUpdated { key, .. } => key.0.to_string(),
            Event::StationCreated { id, .. }
            | Event::CommodityCreated { id, .. }
            | Event::TraderCreated { id, .. }
            | Event::VesselCreated { id, .. } => id.as_str().to_owned(),
            Event::StationUpdated { station, .. } => self.station(*station).to_owned(),
            Event::CommodityUpdated { commodity, .. } => self.commodity(*commodity).to_owned(),
            Event::TraderUpdated { trader, .. }
            | Event::CreditsIssued { trader, .. }
            | Event::CreditsRetired { trader, .. } => self.trader(*trader).to_owned(),
            Event::StockAdjusted(adjusted) => self.station(adjusted.station).to_owned(),
            Event::TradeSettled(_) | Event::TradeHeld(_) => {
                TransactionId(recorded.envelope.sequence).to_string()
            }
            Event::HoldSettled(settled) => settled.trade.to_string(),
            Event::TradeVoided(released) | Event::TradeExpired(released) => {
                released.trade.to_string()
            }
            Event::TradeReversed(reversed) => reversed.trade.to_string(),
            Event::OfferOpened(_) => OfferId(recorded.envelope.sequence).to_string(),
            Event::OfferFilled { offer, .. } => offer.to_string(),
            Event::OffersWithdrawn(rests) => {
                rests.first().map_or_else(String::new, |rest| rest.offer.to_string())
            }
            Event::OfferExpired(rest) => rest.offer.to_string(),
            Event::CreditsTransferred(given) => self.trader(given.from).to_owned(),
            Event::StockTransferred(given) => self.station(given.station).to_owned(),
            Event::ShipmentBooked(_) => ShipmentId(recorded.envelope.sequence).to_string(),
            Event::ShipmentChanged(changed) => changed.shipment.to_string(),
            Event::VesselUpdated { vessel, .. } => self.vessel(*vessel).to_owned(),
            Event::AlertFired(_) => AlertId(recorded.envelope.sequence).to_string(),
            Event::AlertChanged(changed)
            | Event::AlertAcknowledged(changed)
            | Event::AlertResolved(changed) => changed.alert.to_string(),
            Event::AlertRuleSet(set) => set.id.to_string(),
            Event::AlertRuleDeleted { rule } => self.rule_name(*rule).to_owned(),
        }
    }

    fn data(self, recorded: &'a Recorded) -> Data<'a> {
        let envelope = &recorded.envelope;
        match &recorded.event {
            Event::NetworkCreated(network) => Data::Network(NetworkData {
                epoch: Time(network.epoch),
                speed: network.speed,
                created_at: Time(network.wall),
                envelope: self.envelope(envelope),
            }),
            Event::KeyCreated { key, details } => Data::Key(self.key(envelope, *key, details)),
            Event::KeyRevoked { key }
            | Event::KeyExpired { key }
            | Event::KeyUpdated { key, .. }
            | Event::GrantUpdated { key, .. } => Data::Key(self.changed_key(recorded, *key)),
            Event::StationCreated { trader, id, details, .. } => {
                Data::Station(self.station_created(envelope, (id, *trader), details))
            }
            Event::StationUpdated { station, details } => {
                Data::Station(self.station_then(envelope, *station, details))
            }
            Event::CommodityCreated { id, details, .. } => {
                Data::Commodity(Self::commodity_created(envelope, id, details))
            }
            Event::CommodityUpdated { commodity, details } => {
                Data::Commodity(self.commodity_then(envelope, *commodity, details))
            }
            Event::TraderCreated { id, details, .. } => {
                Data::Trader(Self::trader_created(envelope, id, details))
            }
            Event::TraderUpdated { trader, details } => {
                Data::Trader(self.trader_then(envelope, *trader, details))
            }
            Event::CreditsIssued { trader, amount } => {
                Data::Credits(self.credits(envelope, *trader, *amount, Credit::Issued))
            }
            Event::CreditsRetired { trader, amount } => {
                Data::Credits(self.credits(envelope, *trader, *amount, Credit::Retired))
            }
            Event::StockAdjusted(adjusted) => Data::Adjustment(self.adjustment(envelope, adjusted)),
            Event::TradeSettled(trade) => Data::Trade(self.trade(envelope, trade)),
            Event::TradeHeld(held) => Data::Trade(self.held(envelope, held)),
            Event::HoldSettled(settled) => {
                Data::TradeFollowUp(Box::new(self.settlement(envelope, settled)))
            }
            Event::TradeVoided(released) => {
                let voided = self.release(envelope, released, TradeStatus::Voided);
                Data::TradeFollowUp(Box::new(voided))
            }
            Event::TradeExpired(released) => {
                let expired = self.release(envelope, released, TradeStatus::Expired);
                Data::TradeFollowUp(Box::new(expired))
            }
            Event::TradeReversed(reversed) => {
                Data::TradeFollowUp(Box::new(self.reversal(envelope, reversed)))
            }
            Event::OfferOpened(opened) => {
                Data::OfferOpened(Box::new(self.opened_data(envelope, opened)))
            }
            Event::OfferFilled { offer, trade } => {
                Data::OfferFilled(self.filled_data(envelope, *offer, *trade))
            }
            Event::OffersWithdrawn(rests) => {
                Data::OffersWithdrawn(self.withdrawn_data(envelope, rests))
            }
            Event::OfferExpired(rest) => {
                Data::OfferExpired(Box::new(self.expired_data(envelope, rest)))
            }
            Event::CreditsTransferred(given) => Data::Transfer(self.credits_given(envelope, given)),
            Event::StockTransferred(given) => Data::Transfer(self.goods_given(envelope, given)),
            Event::ShipmentBooked(booked) => Data::Booked(self.booked_data(envelope, booked)),
            Event::ShipmentChanged(changed) => {
                Data::Shipment(Box::new(self.shipment_data(envelope, changed)))
            }
            Event::VesselCreated { id, details, .. } => {
                Data::Vessel(self.vessel_created(envelope, id, details))
            }
            Event::VesselUpdated { vessel, details } => {
                Data::Vessel(self.vessel_then(envelope, *vessel, details))
            }
            Event::AlertFired(fired) => Data::Alert(Box::new(self.fired_data(envelope, *fired))),
            Event::AlertChanged(changed) | Event::AlertAcknowledged(changed) => {
                Data::Alert(Box::new(self.alert_data(envelope, changed, false)))
            }
            Event::AlertResolved(changed) => {
                Data::Alert(Box::new(self.alert_data(envelope, changed, true)))
            }
            Event::AlertRuleSet(set) => Data::AlertRule(Box::new(self.rule_then(envelope, set))),
            Event::AlertRuleDeleted { rule } => {
                Data::AlertRuleDeleted(self.rule_deleted(envelope, *rule))
            }
        }
    }

    /// The same of an event that was not recorded.
    pub(crate) fn rehearsed(self, recorded: &'a Recorded) -> RehearsedEvent<'a> {
        RehearsedEvent {
            r#type: recorded.event.kind(),
            subject: self.subject(recorded),
            data: self.data(recorded),
        }
    }

    /// A key that has changed: ended, or that is to end at another time than before, or that a token
    /// gave something else. Whose it is, is in the views.
    pub(crate) fn changed_key(self, recorded: &'a Recorded, key: KeyId) -> KeyAnswer<'a> {
        let known = self.state.keys_from(key.index()).next();
        let (role, accounts) = match &recorded.event {
            Event::GrantUpdated { grant, .. } => (grant.role, &*grant.accounts),
            _ => known.map_or((domain::Role::Viewer, &[][..]), |key| (key.role, &*key.accounts)),
        };
        KeyAnswer {
            key_id: key.0,
            principal: known.map_or(NAMELESS, |known| self.principal(known.principal)),
            role: RoleWord(role),
            accounts: self.traders(accounts),
            expires_at: match recorded.event {
                Event::KeyUpdated { expires_at, .. } => Some(Time(expires_at)),
                _ => known.and_then(|known| known.expires_at).map(Time),
            },
            replaces: known.and_then(|known| known.replaces).map(|key| key.0),
            token: known.and_then(|known| known.token.as_deref()).map(TokenSubjectAnswer::of),
            key: Shown::Hidden,
            envelope: self.envelope(&recorded.envelope),
        }
    }
}
