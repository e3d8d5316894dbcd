//! Which direction of a measure is good, where it is not the same for all of its series.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};

use crate::{
    model::{Better, Labels},
    yaml::{Entries, Located},
};

use super::globs::Glob;

/// `better` of a measure: `higher`, `lower` or `neither`, or by the labels of its series:
///
/// ```yaml
/// better:
///   otherwise: higher
///   lower: { priority: ["*waiting*", "*response times*"] }
/// ```
///
/// A star stands for anything; upper and lower case are the same. A series that several name has the first of `lower`,
/// `higher`, `neither`.
#[derive(Debug, Clone, Default)]
pub struct Directions {
    otherwise: Better,
    named: Vec<(Better, Located<String>, Vec<Glob>)>,
}

impl Directions {
    /// That of a series with these labels.
    #[must_use]
    pub fn of(&self, labels: &Labels) -> Better {
        let is = |label: &str, values: &[Glob]| {
            labels.get(label).is_some_and(|value| values.iter().any(|pattern| pattern.is_match(value)))
        };
        let named = self.named.iter().find(|(_, label, values)| is(label, values));
        named.map_or(self.otherwise, |(better, ..)| *better)
    }

    /// That of all its series, if they have one.
    #[must_use]
    pub fn of_all(&self) -> Option<Better> {
        self.named.is_empty().then_some(self.otherwise)
    }

    /// That of the series that are not named.
    #[must_use]
    pub fn otherwise(&self) -> Better {
        self.otherwise
    }

    /// The labels that are named.
    pub fn labels(&self) -> impl Iterator<Item = &Located<String>> {
        self.named.iter().map(|(_, label, _)| label)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    #[serde(default)]
    otherwise: Better,
    #[serde(default)]
    lower: Entries<Patterns>,
    #[serde(default)]
    higher: Entries<Patterns>,
    #[serde(default)]
    neither: Entries<Patterns>,
}

struct Patterns(Vec<Glob>);

impl<'de> Deserialize<'de> for Patterns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        let patterns: Result<Vec<_>, _> = texts.iter().map(|text| Glob::new(text)).collect();
        patterns.map(Self).map_err(|error| de::Error::custom(error.kind()))
    }
}

impl<'de> Deserialize<'de> for Directions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = Directions;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`higher`, `lower`, `neither`, or `{ otherwise: …, lower: { label: [values] } }`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Directions, E> {
                let otherwise = Better::deserialize(de::value::StrDeserializer::<E>::new(text))?;
                Ok(Directions { otherwise, named: Vec::new() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Directions, A::Error> {
                let Named { otherwise, lower, higher, neither } = Named::deserialize(MapAccessDeserializer::new(map))?;
                let mut named = Vec::new();
                for (better, labels) in [(Better::Lower, lower), (Better::Higher, higher), (Better::Neither, neither)] {
                    named.extend(labels.iter().map(|(label, values)| (better, label.clone(), values.0.clone())));
                }
                Ok(Directions { otherwise, named })
            }
        }
        deserializer.deserialize_any(Written)
    }
}

/// One direction, or those of the series that labels name.
impl schemars::JsonSchema for Directions {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Directions".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let patterns = schemars::json_schema!({
            "type": "object",
            "additionalProperties": { "type": "array", "items": { "type": "string" } },
            "description": "Labels, and patterns of the values that their series have"
        });
        let better = generator.subschema_for::<Better>();
        schemars::json_schema!({
            "anyOf": [
                better,
                {
                    "type": "object",
                    "properties": { "otherwise": better, "lower": patterns, "higher": patterns, "neither": patterns },
                    "additionalProperties": false
                }
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::yaml::{SourceFile, decode, parse};

    fn directions(yaml: &str) -> Result<Directions, String> {
        let file = Arc::new(SourceFile { path: "a.yaml".into(), text: yaml.to_owned() });
        let node = parse(&file).map_err(|problem| problem.to_string())?;
        decode(&node).map_err(|problems| problems.lines().join("\n"))
    }

    #[test]
    fn a_series_has_the_direction_that_its_labels_name() {
        let all = directions("lower").expect("valid");
        assert_eq!((all.of_all(), all.of(&Labels::new())), (Some(Better::Lower), Better::Lower));

        let some = "otherwise: higher\nlower: { priority: [\"*waiting*\"], area: [Ambulances] }\n\
                    neither: { priority: [\"*waiting*\", Population] }";
        let some = directions(some).expect("valid");
        assert_eq!(some.of_all(), None);
        for (label, value, better) in [
            ("priority", "People WAITING over 52 weeks", Better::Lower),
            ("priority", "Population", Better::Neither),
            ("priority", "Activity", Better::Higher),
            ("area", "Ambulances", Better::Lower),
        ] {
            assert_eq!(some.of(&[(label, value)].into_iter().collect()), better, "{value}");
        }
    }

    #[test]
    fn what_is_no_direction_is_refused() {
        assert!(directions("up").expect_err("wrong").starts_with("a.yaml:1:1: "));
        assert!(directions("{ lower: { a: [\"[\"] } }").expect_err("wrong").starts_with("a.yaml:1:"));
        assert!(directions("{ lowr: { a: [b] } }").expect_err("wrong").contains("did you mean `lower`?"));
    }
}
