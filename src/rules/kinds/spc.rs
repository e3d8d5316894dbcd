//! `spc`: the control chart of a measure says that something has changed, or that a target will not be met by chance.
//!
//! | setting | a breach is |
//! |---|---|
//! | `concern` | a special cause in the direction that is not good |
//! | `improvement` | a special cause in the direction that is good |
//! | `special` | a special cause in either direction, also where neither is good |
//! | `failing` | limits that lie on the wrong side of the plan: chance alone will not meet it |
//! | `passing` | limits that lie on the right side of it: chance alone will not miss it |
//!
//! The first three take the tests that count, and the last two a target in place of the plan:
//!
//! ```yaml
//! when: { spc: concern }
//! when: { spc: { concern: [trend, shift] } }
//! when: { spc: { failing: 95% } }
//! ```
//!
//! They stand for `spc_concern()`, `spc_concern("trend, shift")` and `spc_failing(0.95)`. The tests are `beyond_limit`,
//! `trend`, `two_of_three` and `shift`. Every period is judged by the figures up to it; how the chart is read (baseline,
//! points, rebases) is a matter of the measure: `spc` in the dataset's `measures`.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor},
};

use super::{super::share::Share, Kind, Said, needs_plan};
use crate::{
    model::Better,
    rules::MeasureEntry,
    spc::Test,
    yaml::{Place, Problem, Problems},
};

/// Settings of `spc`.
#[derive(Debug, Clone, PartialEq)]
pub enum Spc {
    /// A special cause of one of these tests; of any where none is named.
    Special(Way, Vec<Test>),
    /// The limits against a target; the plan if none is given.
    Assured(Way, Option<f64>),
}

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Getting worse, or consistently failing.
    Bad,
    /// Getting better, or consistently passing.
    Good,
    /// Either.
    Any,
}

const WAYS: &[&str] = &["concern", "improvement", "special", "failing", "passing"];

impl Spc {
    fn plain(way: &str) -> Option<Self> {
        Some(match way {
            "concern" => Self::Special(Way::Bad, Vec::new()),
            "improvement" => Self::Special(Way::Good, Vec::new()),
            "special" => Self::Special(Way::Any, Vec::new()),
            "failing" => Self::Assured(Way::Bad, None),
            "passing" => Self::Assured(Way::Good, None),
            _ => return None,
        })
    }
}

impl<'de> Deserialize<'de> for Spc {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = Spc;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "one of {}", WAYS.join(", "))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Spc, E> {
                Spc::plain(text).ok_or_else(|| E::unknown_variant(text, WAYS))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Spc, A::Error> {
                let Some(way) = map.next_key::<String>()? else {
                    return Err(de::Error::custom("nothing is waited for"));
                };
                let spc = match Spc::plain(&way) {
                    Some(Spc::Special(way, _)) => Spc::Special(way, map.next_value()?),
                    Some(Spc::Assured(way, _)) => Spc::Assured(way, Some(map.next_value::<Target>()?.0)),
                    None => return Err(de::Error::unknown_field(&way, WAYS)),
                };
                match map.next_key::<String>()? {
                    Some(_) => Err(de::Error::custom("one thing is waited for here: make a rule of the other")),
                    None => Ok(spc),
                }
            }
        }
        deserializer.deserialize_any(Written)
    }
}

/// `95%`, or a number in the measure's own unit.
struct Target(f64);

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl Visitor<'_> for Written {
            type Value = Target;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a target such as 95% or 300")
            }

            fn visit_i64<E: de::Error>(self, whole: i64) -> Result<Target, E> {
                Ok(Target(whole as f64))
            }

            fn visit_u64<E: de::Error>(self, whole: u64) -> Result<Target, E> {
                Ok(Target(whole as f64))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Target, E> {
                let number = Some(number).filter(|number| number.is_finite());
                number.map(Target).ok_or_else(|| E::custom("a target is a number"))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Target, E> {
                let share = Share::deserialize(de::value::StrDeserializer::<E>::new(text));
                share.map(|share| Target(share.get())).map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(Written)
    }
}

impl schemars::JsonSchema for Spc {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Spc".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let tests = generator.subschema_for::<Vec<Test>>();
        let target = schemars::json_schema!({
            "anyOf": [{ "type": "number" }, { "type": "string", "pattern": "^[0-9.]+ *%$" }],
            "description": "A target such as 95% or 300"
        });
        schemars::json_schema!({
            "anyOf": [
                { "enum": WAYS },
                {
                    "type": "object",
                    "properties": {
                        "concern": tests, "improvement": tests, "special": tests, "failing": target, "passing": target
                    },
                    "minProperties": 1,
                    "maxProperties": 1,
                    "additionalProperties": false
                }
            ]
        })
    }
}

impl Kind for Spc {
    fn say(&self, place: &Place, measure: &MeasureEntry) -> Result<Said, Problems> {
        let needs_direction = !matches!(self, Self::Special(Way::Any, _));
        if needs_direction && measure.better == Better::Neither && !measure.directions_vary {
            let problem = Problem::new(place.clone(), "no direction of this measure is good, so none is of concern");
            let hint = "say `better: higher` or `better: lower` in the dataset, or wait for `special`";
            return Err(problem.hint(hint).into());
        }
        Ok(match self {
            Self::Special(way, tests) => {
                let name = match way {
                    Way::Bad => "concern",
                    Way::Good => "improvement",
                    Way::Any => "special",
                };
                let tests: Vec<&str> = tests.iter().map(|test| test.code()).collect();
                let tests = if tests.is_empty() { String::new() } else { format!("\"{}\"", tests.join(", ")) };
                Said {
                    condition: format!("spc_{name}({tests})"),
                    message: format!(
                        "{{subject}}: {{value}}, {{spc_why({tests})}} (mean {{spc_centre()}}, limits {{spc_lower()}} to \
                         {{spc_upper()}})"
                    ),
                }
            }
            Self::Assured(way, target) => {
                if target.is_none() {
                    needs_plan("spc", place, measure)?;
                }
                let (name, words) = match way {
                    Way::Bad => ("failing", "chance alone will not meet"),
                    Way::Good | Way::Any => ("passing", "chance alone will not miss"),
                };
                let argument = target.map_or_else(String::new, |target| target.to_string());
                let target = target.map_or_else(|| "{plan}".to_owned(), |target| measure.unit.write(target));
                Said {
                    condition: format!("spc_{name}({argument})"),
                    message: format!(
                        "{{subject}}: {{value}}; as it is, {words} {target} (limits {{spc_lower()}} to {{spc_upper()}})"
                    ),
                }
            }
        })
    }
}
