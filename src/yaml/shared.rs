//! One mapping that holds two sets of settings: those that every thing of a sort takes, and those of its own kind.

use std::{borrow::Cow, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeSeed, MapAccess, Visitor, value::StrDeserializer},
};

/// How a [`Shared`] mapping is told from a struct's own.
pub(super) const SHARED: &str = "$bellwether::shared";

/// Settings that every thing of a sort takes beside its own.
pub trait CommonKeys: Default {
    /// Their keys.
    const KEYS: &'static [&'static str];

    /// Takes the value of one of [`CommonKeys::KEYS`] from the mapping.
    ///
    /// # Errors
    /// The value is not what the key asks for.
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error>;
}

/// The settings `own`, which refuse keys that they do not know, and in the same mapping the `common` ones.
#[derive(Debug, Clone)]
pub struct Shared<C, T> {
    /// What every thing of the sort takes.
    pub common: C,
    /// What this kind takes.
    pub own: T,
}

impl<'de, C: CommonKeys, T: Deserialize<'de>> Deserialize<'de> for Shared<C, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut common = C::default();
        let own = T::deserialize(Own { deserializer, common: &mut common })?;
        Ok(Self { common, own })
    }
}

/// The own settings with the common ones among them.
impl<C: JsonSchema, T: JsonSchema> JsonSchema for Shared<C, T> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("Shared<{}, {}>", C::schema_id(), T::schema_id()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (mut own, mut common) = (T::json_schema(generator), C::json_schema(generator));
        let properties =
            common.get_mut("properties").and_then(|properties| properties.as_object_mut()).map(std::mem::take);
        let mine = own.ensure_object().entry("properties").or_insert_with(|| serde_json::json!({}));
        if let (Some(mine), Some(properties)) = (mine.as_object_mut(), properties) {
            for (name, property) in properties {
                mine.entry(name).or_insert(property);
            }
        }
        own
    }
}

/// Hands a mapping on without its common keys.
struct Own<'a, D, C> {
    deserializer: D,
    common: &'a mut C,
}

impl<'de, D: Deserializer<'de>, C: CommonKeys> Deserializer<'de> for Own<'_, D, C> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.deserializer.deserialize_struct(SHARED, C::KEYS, OwnVisitor { visitor, common: self.common })
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct OwnVisitor<'a, V, C> {
    visitor: V,
    common: &'a mut C,
}

impl<'de, V: Visitor<'de>, C: CommonKeys> Visitor<'de> for OwnVisitor<'_, V, C> {
    type Value = V::Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(OwnEntries { map, common: self.common })
    }
}

struct OwnEntries<'a, A, C> {
    map: A,
    common: &'a mut C,
}

impl<'de, A: MapAccess<'de>, C: CommonKeys> MapAccess<'de> for OwnEntries<'_, A, C> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        let mut seed = Some(seed);
        loop {
            let next = KeySeed { seed: &mut seed, common: PhantomData::<C> };
            match self.map.next_key_seed(next)? {
                None => return Ok(None),
                Some(Key::Own(key)) => return Ok(Some(key)),
                Some(Key::Common(key)) => self.common.take(&key, &mut self.map)?,
            }
        }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

enum Key<T> {
    Common(String),
    Own(T),
}

struct KeySeed<'a, K, C> {
    /// Used up by the first key that is not common.
    seed: &'a mut Option<K>,
    common: PhantomData<C>,
}

impl<'de, K: DeserializeSeed<'de>, C: CommonKeys> DeserializeSeed<'de> for KeySeed<'_, K, C> {
    type Value = Key<K::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let key = String::deserialize(deserializer)?;
        if C::KEYS.contains(&key.as_str()) {
            return Ok(Key::Common(key));
        }
        let seed = self.seed.take().ok_or_else(|| de::Error::custom("a key was read twice"))?;
        seed.deserialize(StrDeserializer::new(&key)).map(Key::Own)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::yaml::{Located, Problems, SourceFile, decode, parse};

    #[derive(Debug, Default)]
    struct Common {
        severity: Option<Located<u32>>,
    }

    impl CommonKeys for Common {
        const KEYS: &'static [&'static str] = &["severity"];

        fn take<'de, A: MapAccess<'de>>(&mut self, _key: &str, map: &mut A) -> Result<(), A::Error> {
            self.severity = Some(map.next_value()?);
            Ok(())
        }
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Minimum {
        min: Located<u32>,
        #[serde(default)]
        inner: Option<Box<Minimum>>,
    }

    fn read(text: &str) -> Result<Shared<Common, Minimum>, Vec<String>> {
        let file = Arc::new(SourceFile { path: "a.yaml".into(), text: text.to_owned() });
        parse(&file).and_then(|node| decode(&node)).map_err(Problems::lines)
    }

    #[test]
    fn both_are_read_from_one_mapping_with_their_places() {
        for text in ["min: 3\nseverity: 2\n", "severity: 2\nmin: 3\n"] {
            let Shared { common, own } = read(text).expect(text);
            let severity = common.severity.expect(text);
            assert_eq!((severity.value, own.min.value, own.inner.is_none()), (2, 3, true), "{text}");
            assert_eq!((severity.place.line + own.min.place.line, own.min.place.column), (3, 6), "{text}");
        }
    }

    #[test]
    fn a_key_that_neither_knows_has_the_nearest_of_both() {
        assert_eq!(
            read("min: 1\nsevrity: 2\n").expect_err("unknown"),
            ["a.yaml:2:1: there is no setting `sevrity` here (did you mean `severity`?)"]
        );
        assert_eq!(
            read("severity: high\nmax: 1\ninner: { min: 1, sevrity: 2 }\n").expect_err("unknown"),
            [
                "a.yaml:1:1: the setting `min` is missing",
                "a.yaml:1:11: the text `high` found where a whole number, zero or more, is expected",
                "a.yaml:2:1: there is no setting `max` here (known: `min`, `inner`, `severity`)",
                "a.yaml:3:18: there is no setting `sevrity` here (known: `min`, `inner`)",
            ]
        );
    }
}
