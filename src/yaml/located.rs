//! Values that know where they are written.

use std::{borrow::Cow, cell::RefCell, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};

use super::Place;

/// A value with the place where it is written.
#[derive(Debug, Clone)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it is written.
    pub place: Place,
}

impl<T> std::ops::Deref for Located<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// The name by which a [`Located`] asks for its place.
pub(super) const LOCATED: &str = "$bellwether::located";

thread_local! {
    /// The place of the value that a [`Located`] is being made of: serde has no way to hand it through.
    static PLACE: RefCell<Option<Place>> = const { RefCell::new(None) };
}

/// Says where the value stands that a [`Located`] is about to be made of.
pub(super) fn stands_at(place: Place) {
    PLACE.set(Some(place));
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Located<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Inner<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Inner<T> {
            type Value = Located<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
                let place = PLACE.take();
                let value = T::deserialize(deserializer)?;
                let place = place.ok_or_else(|| de::Error::custom("a place is known only in YAML"))?;
                Ok(Located { value, place })
            }
        }
        deserializer.deserialize_newtype_struct(LOCATED, Inner(std::marker::PhantomData))
    }
}

/// The place is not written.
impl<T: JsonSchema> JsonSchema for Located<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}
