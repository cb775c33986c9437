//! A line of bulk: what it is, what it is about, and the body that the single request would have.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::wire::body::{
    AdjustmentBody, BookingBody, CommodityBody, CreditsBody, ReportBody, StationBody, TradeBody,
    TraderBody,
};
use crate::wire::body::{
    AlertRuleBody, OfferBody, ReversalBody, SettlementBody, TransferBody, VesselBody, VoidBody,
    WithdrawalBody,
};
use crate::wire::{Bulk, BulkType, Name, Object, ShipmentName};

/// A line as serde reads it. When `type` comes before `data`, the body is read in the same pass.
pub(super) struct Line<'a> {
    pub(super) kind: Bulk,
    pub(super) key: Option<Cow<'a, str>>,
    pub(super) id: Option<Name>,
    pub(super) station: Option<Name>,
    pub(super) trader: Option<Name>,
    pub(super) shipment: Option<ShipmentName>,
    pub(super) data: Data,
}

/// The body of a line. Boxed: it is handed on often, and a copy costs more than an allocation.
pub(super) enum Data {
    Trade(Box<TradeBody>),
    Shipment(Box<BookingBody>),
    ShipmentEvent(Box<ReportBody>),
    Adjustment(Box<AdjustmentBody>),
    Station(Box<StationBody>),
    Commodity(Box<CommodityBody>),
    Trader(Box<TraderBody>),
    Vessel(Box<VesselBody>),
    AlertRule(Box<AlertRuleBody>),
    Credits(Box<CreditsBody>),
    Offer(Box<OfferBody>),
    OfferWithdrawal(Box<WithdrawalBody>),
    Transfer(Box<TransferBody>),
    Settlement(Box<SettlementBody>),
    Void(Box<VoidBody>),
    Reversal(Box<ReversalBody>),
}

/// A line, for the document. Beside type and data, `adjustment` has `station`; `shipment_event` has
/// `shipmentId`; `credits` has `trader`; `station`, `commodity`, `trader`, `vessel` and `alert_rule`
/// have `id`; so have `settle`, `void` and `reverse`, which is the trade's, and `offer_withdraw`, which
/// is the offer's.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "describes what `Line` reads")]
pub(crate) struct BulkLine {
    r#type: BulkType,
    /// Makes a retry of this line safe.
    #[schema(min_length = 1, max_length = 255, format = "idempotency-key")]
    idempotency_key: Option<String>,
    /// The body of the single request.
    #[schema(value_type = Object)]
    data: IgnoredAny,
    id: Option<Name>,
    station: Option<Name>,
    trader: Option<Name>,
    shipment_id: Option<ShipmentName>,
}

impl Data {
    /// The name of the body's schema in the document.
    pub(super) fn schema(kind: Bulk) -> Cow<'static, str> {
        match kind {
            Bulk::Trade => TradeBody::name(),
            Bulk::Shipment => BookingBody::name(),
            Bulk::ShipmentEvent => ReportBody::name(),
            Bulk::Adjustment => AdjustmentBody::name(),
            Bulk::Station => StationBody::name(),
            Bulk::Commodity => CommodityBody::name(),
            Bulk::Trader => TraderBody::name(),
            Bulk::Vessel => VesselBody::name(),
            Bulk::AlertRule => AlertRuleBody::name(),
            Bulk::Credits => CreditsBody::name(),
            Bulk::Offer => OfferBody::name(),
            Bulk::OfferWithdrawal => WithdrawalBody::name(),
            Bulk::Transfer => TransferBody::name(),
            Bulk::Settlement => SettlementBody::name(),
            Bulk::Void => VoidBody::name(),
            Bulk::Reversal => ReversalBody::name(),
        }
    }

    fn next<'de, A: MapAccess<'de>>(kind: Bulk, map: &mut A) -> Result<Self, A::Error> {
        fn body<'de, A: MapAccess<'de>, T: Deserialize<'de>>(map: &mut A) -> Result<T, A::Error> {
            map.next_value::<Object<T>>().map(|Object(body)| body)
        }
        Ok(match kind {
            Bulk::Trade => Self::Trade(body(map)?),
            Bulk::Shipment => Self::Shipment(body(map)?),
            Bulk::ShipmentEvent => Self::ShipmentEvent(body(map)?),
            Bulk::Adjustment => Self::Adjustment(body(map)?),
            Bulk::Station => Self::Station(body(map)?),
            Bulk::Commodity => Self::Commodity(body(map)?),
            Bulk::Trader => Self::Trader(body(map)?),
            Bulk::Vessel => Self::Vessel(body(map)?),
            Bulk::AlertRule => Self::AlertRule(body(map)?),
            Bulk::Credits => Self::Credits(body(map)?),
            Bulk::Offer => Self::Offer(body(map)?),
            Bulk::OfferWithdrawal => Self::OfferWithdrawal(body(map)?),
            Bulk::Transfer => Self::Transfer(body(map)?),
            Bulk::Settlement => Self::Settlement(body(map)?),
            Bulk::Void => Self::Void(body(map)?),
            Bulk::Reversal => Self::Reversal(body(map)?),
        })
    }

    fn of_raw(kind: Bulk, raw: &RawValue) -> serde_json::Result<Self> {
        fn body<'de, T: Deserialize<'de>>(raw: &'de RawValue) -> serde_json::Result<T> {
            serde_json::from_str::<Object<T>>(raw.get()).map(|Object(body)| body)
        }
        Ok(match kind {
            Bulk::Trade => Self::Trade(body(raw)?),
            Bulk::Shipment => Self::Shipment(body(raw)?),
            Bulk::ShipmentEvent => Self::ShipmentEvent(body(raw)?),
            Bulk::Adjustment => Self::Adjustment(body(raw)?),
            Bulk::Station => Self::Station(body(raw)?),
            Bulk::Commodity => Self::Commodity(body(raw)?),
            Bulk::Trader => Self::Trader(body(raw)?),
            Bulk::Vessel => Self::Vessel(body(raw)?),
            Bulk::AlertRule => Self::AlertRule(body(raw)?),
            Bulk::Credits => Self::Credits(body(raw)?),
            Bulk::Offer => Self::Offer(body(raw)?),
            Bulk::OfferWithdrawal => Self::OfferWithdrawal(body(raw)?),
            Bulk::Transfer => Self::Transfer(body(raw)?),
            Bulk::Settlement => Self::Settlement(body(raw)?),
            Bulk::Void => Self::Void(body(raw)?),
            Bulk::Reversal => Self::Reversal(body(raw)?),
        })
    }
}

/// The fields of a line.
#[derive(Clone, Copy)]
enum Field {
    Type,
    Key,
    Id,
    Station,
    Trader,
    Shipment,
    Data,
}

struct FieldVisitor;

impl Visitor<'_> for FieldVisitor {
    type Value = Field;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field of a line")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Field, E> {
        Ok(match name {
            "type" => Field::Type,
            "idempotencyKey" => Field::Key,
            "id" => Field::Id,
            "station" => Field::Station,
            "trader" => Field::Trader,
            "shipmentId" => Field::Shipment,
            "data" => Field::Data,
            _ => return Err(E::custom("there is no such field")),
        })
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_identifier(FieldVisitor)
    }
}

struct LineVisitor;

/// A string, borrowed where JSON needed no unescaping.
struct Text<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(TextVisitor)
    }
}

impl<'de> Visitor<'de> for LineVisitor {
    type Value = Line<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a line of bulk")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Line<'de>, A::Error> {
        let mut kind: Option<BulkType> = None;
        let mut key: Option<Option<Text<'de>>> = None;
        let mut id: Option<Option<Name>> = None;
        let mut station: Option<Option<Name>> = None;
        let mut trader: Option<Option<Name>> = None;
        let mut shipment: Option<Option<ShipmentName>> = None;
        let mut data: Option<Data> = None;
        let mut early: Option<&'de RawValue> = None;
        while let Some(field) = map.next_key::<Field>()? {
            match field {
                Field::Type => once(&mut kind, map.next_value()?)?,
                Field::Key => once(&mut key, map.next_value()?)?,
                Field::Id => once(&mut id, map.next_value()?)?,
                Field::Station => once(&mut station, map.next_value()?)?,
                Field::Trader => once(&mut trader, map.next_value()?)?,
                Field::Shipment => once(&mut shipment, map.next_value()?)?,
                Field::Data if early.is_some() => return Err(A::Error::duplicate_field("data")),
                Field::Data => match kind {
                    Some(BulkType(kind)) => once(&mut data, Data::next(kind, &mut map)?)?,
                    None => early = Some(map.next_value()?),
                },
            }
        }
        let BulkType(kind) = kind.ok_or_else(|| A::Error::missing_field("type"))?;
        let data = match (data, early) {
            (Some(data), None) => data,
            (None, Some(raw)) => Data::of_raw(kind, raw).map_err(A::Error::custom)?,
            (Some(_), Some(_)) => return Err(A::Error::duplicate_field("data")),
            (None, None) => return Err(A::Error::missing_field("data")),
        };
        Ok(Line {
            kind,
            key: key.flatten().map(|Text(key)| key),
            id: id.flatten(),
            station: station.flatten(),
            trader: trader.flatten(),
            shipment: shipment.flatten(),
            data,
        })
    }
}

fn once<T, E: Error>(slot: &mut Option<T>, value: T) -> Result<(), E> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(E::custom("a field is given twice")),
    }
}

impl<'de> Deserialize<'de> for Line<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(LineVisitor)
    }
}
