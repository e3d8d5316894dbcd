//! Which series a rule looks at, by their labels.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

use crate::{model::Labels, yaml::Entries};

/// `where` of a rule: what each of the labels that it names must be.
pub type Only = Entries<Matcher>;

/// What a label must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matcher {
    /// One of these values: `Dementia`, or `[Dementia, Diabetes]`.
    OneOf(Vec<String>),
    /// None of them: `{ not: Total }`, or `{ not: [Total, England] }`.
    NoneOf(Vec<String>),
}

impl Matcher {
    fn takes(&self, value: Option<&str>) -> bool {
        let among = |values: &[String]| value.is_some_and(|value| values.iter().any(|known| known == value));
        match self {
            Self::OneOf(values) => among(values),
            Self::NoneOf(values) => !among(values),
        }
    }

    /// In one word for a fingerprint, no two alike.
    #[must_use]
    pub fn written(&self) -> String {
        let (word, values) = match self {
            Self::OneOf(values) => ("one of", values),
            Self::NoneOf(values) => ("none of", values),
        };
        format!("{word} {values:?}")
    }
}

impl Only {
    /// Whether a series with these labels is one of those.
    #[must_use]
    pub fn takes(&self, labels: &Labels) -> bool {
        self.iter().all(|(name, matcher)| matcher.takes(labels.get(&name.value)))
    }
}

impl<'de> Deserialize<'de> for Matcher {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = Matcher;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value, a list of values, or `{ not: … }`")
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Matcher, E> {
                Ok(Matcher::OneOf(vec![value.to_owned()]))
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Matcher, E> {
                Ok(Matcher::OneOf(vec![value.to_string()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Matcher, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = list.next_element()? {
                    values.push(value);
                }
                Ok(Matcher::OneOf(values))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Matcher, A::Error> {
                let Not { not } = Not::deserialize(MapAccessDeserializer::new(map))?;
                match not {
                    Matcher::OneOf(values) => Ok(Matcher::NoneOf(values)),
                    Matcher::NoneOf(_) => Err(de::Error::custom("`not` stands here twice")),
                }
            }
        }
        deserializer.deserialize_any(Written)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Not {
    not: Matcher,
}
