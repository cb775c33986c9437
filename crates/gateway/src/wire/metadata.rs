//! Keys and values of the client's own.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use domain::Text;
use domain::limits::METADATA_ENTRIES_MAX;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::scalar::Words;

/// At most 16 texts by name.
#[derive(Debug, Default)]
pub(crate) struct Metadata(pub(crate) BTreeMap<Text, Text>);

struct MetadataVisitor;

impl<'de> Visitor<'de> for MetadataVisitor {
    type Value = Metadata;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Metadata, A::Error> {
        let mut read = BTreeMap::new();
        while let Some((Words(name), Words(value))) = entries.next_entry()? {
            if read.insert(name, value).is_some() {
                return Err(A::Error::custom("an entry is given twice"));
            }
            if read.len() > METADATA_ENTRIES_MAX {
                return Err(A::Error::custom("too many entries"));
            }
        }
        Ok(Metadata(read))
    }
}

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MetadataVisitor)
    }
}

impl PartialSchema for Metadata {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .additional_properties(Some(AdditionalProperties::RefOr(
                Ref::from_schema_name(Words::name()).into(),
            )))
            .max_properties(Some(METADATA_ENTRIES_MAX))
            .description(Some("Up to 16 texts by name, kept and given back as they are."))
            .into()
    }
}

impl ToSchema for Metadata {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Metadata")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Words::name().into_owned(), Words::schema()));
    }
}
