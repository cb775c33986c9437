//! The words of filters: the types of events and their topics.

use std::borrow::Cow;

use domain::{EventKind, TransactionId};
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::wire::scalar::{TextScalar, component, read_from_text};

/// The topic of the latest stock and prices, which are states and no events.
pub(crate) const LEVELS: &str = "levels";

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    /// That of events: the word before the dot.
    Events(&'static str),
    /// That of the latest stock and prices.
    Levels,
}

impl Topic {
    /// The topics of events, each once.
    fn of_events() -> Vec<&'static str> {
        let mut topics = Vec::new();
        // Kinds that came later stand behind all others, whatever their topic.
        for topic in EventKind::ALL.iter().map(|kind| kind.topic()) {
            if !topics.contains(&topic) {
                topics.push(topic);
            }
        }
        topics
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Events(topic) => topic,
            Self::Levels => LEVELS,
        }
    }
}

impl TextScalar for Topic {
    const WHAT: &'static str = "a topic: the word before the dot of an event's type";

    fn read(text: &str) -> Option<Self> {
        if text == LEVELS {
            return Some(Self::Levels);
        }
        EventKind::ALL
            .iter()
            .map(|kind| kind.topic())
            .find(|topic| *topic == text)
            .map(Self::Events)
    }
}

component!(
    Topic,
    "Topic",
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some("What events are about: the word before the dot of their type."))
        .enum_values(Some(Topic::of_events().into_iter().chain([LEVELS])))
        .build()
);

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EventType(pub(crate) EventKind);

impl TextScalar for EventType {
    const WHAT: &'static str = "the type of an event, such as trade.settled";

    fn read(text: &str) -> Option<Self> {
        EventKind::named(text).map(Self)
    }
}

component!(
    EventType,
    "EventType",
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some("The type of an event."))
        .enum_values(Some(EventKind::ALL.iter().map(|kind| kind.name())))
        .build()
);

/// A trade's identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TradeName(pub(crate) TransactionId);

impl TextScalar for TradeName {
    const WHAT: &'static str = "a trade's identifier, such as t-000000004j7";

    fn read(text: &str) -> Option<Self> {
        TransactionId::parse(text).map(Self)
    }
}

component!(
    TradeName,
    "TradeId",
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::Custom("trade-id".to_owned())))
        .description(Some("Made by the server; sorts by sequence."))
        .examples(["t-000000004j7"])
        .build()
);

/// A part of the state that a stream begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SnapshotKind {
    Inventory,
    Shipments,
    Alerts,
    Summary,
}

impl SnapshotKind {
    const ALL: [Self; 4] = [Self::Inventory, Self::Shipments, Self::Alerts, Self::Summary];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Inventory => "inventory",
            Self::Shipments => "shipments",
            Self::Alerts => "alerts",
            Self::Summary => "summary",
        }
    }
}

impl TextScalar for SnapshotKind {
    const WHAT: &'static str = "inventory, shipments, alerts or summary";

    fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == text)
    }
}

component!(
    SnapshotKind,
    "SnapshotKind",
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some("A part of the state that a stream begins with."))
        .enum_values(Some(SnapshotKind::ALL.map(SnapshotKind::word)))
        .build()
);

read_from_text!(Topic, EventType, TradeName, SnapshotKind);

/// Writes a scalar as it is read.
macro_rules! written {
    ($($name:ty: $text:expr),*) => { $(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let text: fn(&Self) -> String = $text;
                serializer.serialize_str(&text(self))
            }
        }
    )* };
}
written!(
    Topic: |topic| topic.word().to_owned(),
    EventType: |of| of.0.name().to_owned(),
    TradeName: |trade| trade.0.to_string()
);
