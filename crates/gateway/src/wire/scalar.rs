//! Scalars that are written as strings. Each is read by one function and described by one schema; the diagnosis
//! of a refused body finds that function again by the schema's `format`.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use domain::limits::{IDENTIFIER_BYTES_MAX, TEXT_BYTES_MAX};
use domain::{Identifier, OfferId, ShipmentId, Text};
use serde::de::{Error, Visitor};
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A scalar that JSON writes as a string.
pub(crate) trait TextScalar: Sized {
    /// What it must be, in words that follow "must be".
    const WHAT: &'static str;

    /// Reads it; `None` if the text is something else.
    fn read(text: &str) -> Option<Self>;
}

pub(super) struct TextVisitor<T>(pub(super) PhantomData<T>);

impl<T: TextScalar> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::WHAT)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        T::read(text).ok_or_else(|| E::custom(T::WHAT))
    }
}

/// Reads a [`TextScalar`] from a JSON string.
macro_rules! read_from_text {
    ($($name:ty),*) => { $(
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str($crate::wire::scalar::TextVisitor(std::marker::PhantomData))
            }
        }
    )* };
}
pub(super) use read_from_text;

/// Describes a scalar as a named component of the document.
macro_rules! component {
    ($name:ty, $component:expr, $schema:expr) => {
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                Schema::Object($schema).into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed($component)
            }
        }
    };
}
pub(super) use component;

read_from_text!(Name, Words, ShipmentName, OfferName, super::Time);

/// A name that a client chose.
#[derive(Debug)]
pub(crate) struct Name(pub(crate) Identifier);

impl TextScalar for Name {
    const WHAT: &'static str = "1 to 64 of the letters A-Z, a-z, the digits 0-9, '.', '_' and '-'";

    fn read(text: &str) -> Option<Self> {
        Identifier::new(text).ok().map(Self)
    }
}

impl serde::Serialize for Name {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

impl serde::Serialize for ShipmentName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

component!(
    Name,
    "Identifier",
    text("identifier", "A name that a client chose.")
        .pattern(Some("^[A-Za-z0-9._-]{1,64}$"))
        .min_length(Some(1))
        .max_length(Some(IDENTIFIER_BYTES_MAX))
        .examples(["ceres"])
        .build()
);

/// Text for people.
#[derive(Debug)]
pub(crate) struct Words(pub(crate) Text);

impl TextScalar for Words {
    const WHAT: &'static str = "1 to 256 bytes of text without control characters";

    fn read(text: &str) -> Option<Self> {
        Text::new(text).ok().map(Self)
    }
}

component!(
    Words,
    "Text",
    text("text", "1 to 256 bytes of UTF-8 without control characters.")
        .min_length(Some(1))
        .max_length(Some(TEXT_BYTES_MAX))
        .build()
);

/// A shipment's identifier.
#[derive(Debug)]
pub(crate) struct ShipmentName(pub(crate) ShipmentId);

impl TextScalar for ShipmentName {
    const WHAT: &'static str = "a shipment's identifier, such as s-000000004j7";

    fn read(text: &str) -> Option<Self> {
        ShipmentId::parse(text).map(Self)
    }
}

component!(
    ShipmentName,
    "ShipmentId",
    text("shipment-id", "Made by the server; sorts by sequence.")
        .examples(["s-000000004j7"])
        .build()
);

/// An offer's identifier.
#[derive(Debug)]
pub(crate) struct OfferName(pub(crate) OfferId);

impl TextScalar for OfferName {
    const WHAT: &'static str = "an offer's identifier, such as o-000000004j7";

    fn read(text: &str) -> Option<Self> {
        OfferId::parse(text).map(Self)
    }
}

component!(
    OfferName,
    "OfferId",
    text("offer-id", "Made by the server; sorts by sequence.").examples(["o-000000004j7"]).build()
);

fn text(format: &str, description: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::Custom(format.to_owned())))
        .description(Some(description))
}
