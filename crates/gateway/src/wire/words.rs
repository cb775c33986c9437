//! The words of a closed set, each read and written in one place.

use std::borrow::Cow;

use domain::{
    ChargeKind, DelayReason, OfferStatus, Role, ShipmentActionKind, ShipmentStatus, Side,
    StationKind, TradeStatus,
};
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use views::Order;

use super::scalar::{TextScalar, component, read_from_text};

/// Defines a scalar that is one of some words. serde's own enums would take `{"word": null}`, too.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident($inner:ty) as $component:literal: $what:literal {
        $($variant:path => $word:literal,)*
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) struct $name(pub(crate) $inner);

        impl $name {
            /// The word.
            pub(crate) const fn word(self) -> &'static str {
                match self.0 {
                    $($variant => $word,)*
                }
            }
        }

        impl TextScalar for $name {
            const WHAT: &'static str = $what;

            fn read(text: &str) -> Option<Self> {
                match text {
                    $($word => Some(Self($variant)),)*
                    _ => None,
                }
            }
        }

        read_from_text!($name);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }

        component!(
            $name,
            $component,
            ObjectBuilder::new()
                .schema_type(Type::String)
                .enum_values(Some([$($word),*]))
                .build()
        );
    };
}

pub(crate) mod access;
pub(crate) mod alert;
pub(crate) mod cargo;
pub(crate) mod filter;
pub(crate) mod webhook;

words! {
    /// What kind of place a station is.
    StationKindWord(StationKind) as "StationKind": "planet, station, outpost or gate" {
        StationKind::Planet => "planet",
        StationKind::Station => "station",
        StationKind::Outpost => "outpost",
        StationKind::Gate => "gate",
    }
}

words! {
    /// What a principal may do.
    RoleWord(Role) as "Role": "admin, operator, viewer, trader or carrier" {
        Role::Admin => "admin",
        Role::Operator => "operator",
        Role::Viewer => "viewer",
        Role::Trader => "trader",
        Role::Carrier => "carrier",
    }
}

words! {
    /// Where a trade is in its life.
    TradeStatusWord(TradeStatus) as "TradeStatus": "the status of a trade" {
        TradeStatus::Pending => "pending",
        TradeStatus::Settled => "settled",
        TradeStatus::Voided => "voided",
        TradeStatus::Expired => "expired",
        TradeStatus::Reversed => "reversed",
    }
}

words! {
    /// From which end a list begins.
    OrderWord(Order) as "Order": "newest or oldest" {
        Order::Newest => "newest",
        Order::Oldest => "oldest",
    }
}

words! {
    /// What a charge is for.
    ChargeWord(ChargeKind) as "ChargeKind": "tax, docking, freight, insurance or other" {
        ChargeKind::Tax => "tax",
        ChargeKind::Docking => "docking",
        ChargeKind::Freight => "freight",
        ChargeKind::Insurance => "insurance",
        ChargeKind::Other => "other",
    }
}

words! {
    /// What an offer is to do.
    SideWord(Side) as "OfferSide": "sell or buy" {
        Side::Sell => "sell",
        Side::Buy => "buy",
    }
}

words! {
    /// A side of a trade.
    PartyWord(Side) as "TradeParty": "buyer or seller" {
        Side::Sell => "seller",
        Side::Buy => "buyer",
    }
}

words! {
    /// How an offer is doing.
    OfferStatusWord(OfferStatus) as "OfferStatus": "the status of an offer" {
        OfferStatus::Open => "open",
        OfferStatus::Filled => "filled",
        OfferStatus::Withdrawn => "withdrawn",
        OfferStatus::Expired => "expired",
    }
}

words! {
    /// Where a shipment is in its life.
    StatusWord(ShipmentStatus) as "ShipmentStatus": "the status of a shipment" {
        ShipmentStatus::Booked => "booked",
        ShipmentStatus::Loading => "loading",
        ShipmentStatus::InTransit => "in_transit",
        ShipmentStatus::Arrived => "arrived",
        ShipmentStatus::PartiallyReceived => "partially_received",
        ShipmentStatus::Received => "received",
        ShipmentStatus::Cancelled => "cancelled",
        ShipmentStatus::Lost => "lost",
        ShipmentStatus::Returned => "returned",
    }
}

words! {
    /// Why a shipment is late.
    DelayWord(DelayReason) as "DelayReason": "estimate or overdue" {
        DelayReason::Estimate => "estimate",
        DelayReason::Overdue => "overdue",
    }
}

words! {
    /// What is reported of a shipment.
    ReportType(ShipmentActionKind) as "ShipmentReportType": "the type of a shipment's event" {
        ShipmentActionKind::Loaded => "loaded",
        ShipmentActionKind::Departed => "departed",
        ShipmentActionKind::Position => "position",
        ShipmentActionKind::Estimated => "estimated",
        ShipmentActionKind::Arrived => "arrived",
        ShipmentActionKind::Received => "received",
        ShipmentActionKind::Lost => "lost",
        ShipmentActionKind::Cancelled => "cancelled",
        ShipmentActionKind::Held => "held",
        ShipmentActionKind::Released => "released",
        ShipmentActionKind::Found => "found",
        ShipmentActionKind::Returned => "returned",
    }
}

/// Why credits change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Credit {
    Issued,
    Retired,
}

words! {
    /// Why credits change.
    CreditReason(Credit) as "CreditReason": "issued or retired" {
        Credit::Issued => "issued",
        Credit::Retired => "retired",
    }
}

/// Why stock changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    Produced,
    Found,
    Consumed,
    Lost,
    Expired,
    Stolen,
    Damaged,
    Repaired,
    Counted,
}

words! {
    /// Why stock changes outside trades.
    ChangeReason(Why) as "StockChangeReason": "a reason for a change of stock" {
        Why::Produced => "produced",
        Why::Found => "found",
        Why::Consumed => "consumed",
        Why::Lost => "lost",
        Why::Expired => "expired",
        Why::Stolen => "stolen",
        Why::Damaged => "damaged",
        Why::Repaired => "repaired",
        Why::Counted => "counted",
    }
}

/// What a line of bulk asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bulk {
    Trade,
    Shipment,
    ShipmentEvent,
    Adjustment,
    Station,
    Commodity,
    Trader,
    Vessel,
    AlertRule,
    Credits,
    Offer,
    OfferWithdrawal,
    Transfer,
    Settlement,
    Void,
    Reversal,
}

words! {
    /// What a line of bulk asks for.
    BulkType(Bulk) as "BulkType": "the type of a line" {
        Bulk::Trade => "trade",
        Bulk::Shipment => "shipment",
        Bulk::ShipmentEvent => "shipment_event",
        Bulk::Adjustment => "adjustment",
        Bulk::Station => "station",
        Bulk::Commodity => "commodity",
        Bulk::Trader => "trader",
        Bulk::Vessel => "vessel",
        Bulk::AlertRule => "alert_rule",
        Bulk::Credits => "credits",
        Bulk::Offer => "offer",
        Bulk::OfferWithdrawal => "offer_withdraw",
        Bulk::Transfer => "transfer",
        Bulk::Settlement => "settle",
        Bulk::Void => "void",
        Bulk::Reversal => "reverse",
    }
}
