//! What a rule waits for: `when`, written out in Rhai or named as one of the kinds.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, EnumAccess, VariantAccess, Visitor},
};

use super::kinds::KindSettings;

/// The condition of a rule.
#[derive(Debug, Clone)]
pub enum Condition {
    /// `value < 0.6 * plan`
    Written(String),
    /// `{ against_plan: { below: 60% } }`
    Kind(Box<KindSettings>),
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Condition;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a Rhai expression, or a kind of rule with its settings")
            }

            fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Condition, A::Error> {
                let (name, settings) = access.variant::<Named>()?;
                match name {
                    Named::Kind(name) => KindSettings::read(name, settings).map(Box::new).map(Condition::Kind),
                    Named::Other(text) => match settings.unit_variant() {
                        Ok(()) => Ok(Condition::Written(text)),
                        Err(_) => Err(de::Error::unknown_variant(&text, KindSettings::KINDS)),
                    },
                }
            }
        }
        deserializer.deserialize_enum("Condition", KindSettings::KINDS, Either)
    }
}

/// An expression, or one kind with its settings.
impl schemars::JsonSchema for Condition {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Condition".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut choices = vec![serde_json::json!({
            "type": "string",
            "description": "A Rhai expression that is true where there is a breach: value < 0.6 * plan"
        })];
        for (kind, settings) in KindSettings::schemas(generator) {
            choices.push(serde_json::json!({
                "type": "object",
                "properties": { kind: settings },
                "required": [kind],
                "additionalProperties": false
            }));
        }
        schemars::json_schema!({ "anyOf": choices })
    }
}

/// A kind, or anything else: a text is an expression then.
enum Named {
    Kind(&'static str),
    Other(String),
}

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let kind = KindSettings::KINDS.iter().find(|kind| **kind == text);
        Ok(kind.map_or(Self::Other(text), |kind| Self::Kind(kind)))
    }
}
