//! Events as `CloudEvents`.

use domain::{Event, KeyId, Recorded, ShipmentId, TransactionId};

use super::{NAMELESS, Render};
use crate::wire::answer::{CloudEvent, Data, KeyAnswer, NetworkData, Shown};
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

    fn subject(self, recorded: &Recorded) -> String {
        match &recorded.event {
            Event::NetworkCreated(_) => self.identity.journal.clone(),
            Event::KeyCreated { key, .. } | Event::KeyRevoked { key } => key.0.to_string(),
            Event::StationCreated { station, .. } | Event::StationUpdated { station, .. } => {
                self.station(*station).to_owned()
            }
            Event::CommodityCreated { commodity, .. }
            | Event::CommodityUpdated { commodity, .. } => self.commodity(*commodity).to_owned(),
            Event::TraderCreated { trader, .. }
            | Event::TraderUpdated { trader, .. }
            | Event::CreditsIssued { trader, .. }
            | Event::CreditsRetired { trader, .. } => self.trader(*trader).to_owned(),
            Event::StockAdjusted(adjusted) => self.station(adjusted.station).to_owned(),
            Event::TradeSettled(_) => TransactionId(recorded.envelope.sequence).to_string(),
            Event::ShipmentBooked(_) => ShipmentId(recorded.envelope.sequence).to_string(),
            Event::ShipmentChanged(changed) => changed.shipment.to_string(),
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
            Event::KeyRevoked { key } => Data::Key(self.revoked_key(recorded, *key)),
            Event::StationCreated { station, details, .. }
            | Event::StationUpdated { station, details } => {
                Data::Station(self.station_then(envelope, *station, details))
            }
            Event::CommodityCreated { commodity, details, .. }
            | Event::CommodityUpdated { commodity, details } => {
                Data::Commodity(self.commodity_then(envelope, *commodity, details))
            }
            Event::TraderCreated { trader, details, .. }
            | Event::TraderUpdated { trader, details } => {
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
            Event::ShipmentBooked(booked) => Data::Booked(self.booked_data(envelope, booked)),
            Event::ShipmentChanged(changed) => {
                Data::Shipment(Box::new(self.shipment_data(envelope, changed)))
            }
        }
    }

    /// A key that was ended; whose it was is in the views.
    pub(crate) fn revoked_key(self, recorded: &'a Recorded, key: KeyId) -> KeyAnswer<'a> {
        let known = self.state.keys_from(key.index()).next();
        KeyAnswer {
            key_id: key.0,
            principal: known.map_or(NAMELESS, |known| self.principal(known.principal)),
            role: RoleWord(known.map_or(domain::Role::Viewer, |known| known.role)),
            key: Shown::Hidden,
            envelope: self.envelope(&recorded.envelope),
        }
    }
}
