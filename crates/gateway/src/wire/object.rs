//! Objects must be objects: serde's derived structs would take an array of the fields in order, too.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// Reads `T` from a JSON object and from nothing else.
pub(crate) struct Object<T>(pub(crate) T);

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectsVisitor<T, U>(PhantomData<(T, U)>);

impl<'de, T: Deserialize<'de>, U: From<T>> Visitor<'de> for ObjectsVisitor<T, U> {
    type Value = Vec<U>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        // Nearly every trade has one line.
        let mut read = Vec::with_capacity(1);
        while let Some(Object(item)) = items.next_element::<Object<T>>()? {
            read.push(U::from(item));
        }
        Ok(read)
    }
}

/// Reads an array of objects `T`, converting each: for `#[serde(deserialize_with)]`.
pub(crate) fn objects<'de, D, T, U>(deserializer: D) -> Result<Vec<U>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
    U: From<T>,
{
    deserializer.deserialize_seq(ObjectsVisitor::<T, U>(PhantomData))
}

/// Reads an object: for `#[serde(deserialize_with)]`.
pub(crate) fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Object::deserialize(deserializer).map(|Object(value)| value)
}

/// Reads an object or null: for `#[serde(default, deserialize_with)]`.
pub(crate) fn object_or_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Option::<Object<T>>::deserialize(deserializer).map(|read| read.map(|Object(value)| value))
}

/// Reads an array of objects or null: for `#[serde(default, deserialize_with)]`.
pub(crate) fn objects_or_null<'de, D, T, U>(deserializer: D) -> Result<Option<Vec<U>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
    U: From<T>,
{
    struct Items<T, U>(Vec<U>, PhantomData<T>);

    impl<'de, T: Deserialize<'de>, U: From<T>> Deserialize<'de> for Items<T, U> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            objects::<D, T, U>(deserializer).map(|items| Self(items, PhantomData))
        }
    }

    Option::<Items<T, U>>::deserialize(deserializer).map(|read| read.map(|items| items.0))
}
