//! Values that a rule names in its `settings`.

use std::fmt;

use rhai::Dynamic;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, Visitor},
};

/// One value of a rule's `settings`, a constant in its expressions.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Setting {
    /// Finite.
    Number(f64),
    /// `true` or `false`.
    Bool(bool),
    /// Anything else.
    Text(String),
}

impl Setting {
    pub(super) fn dynamic(&self) -> Dynamic {
        match self {
            Self::Number(number) => Dynamic::from_float(*number),
            Self::Bool(value) => Dynamic::from_bool(*value),
            Self::Text(text) => Dynamic::from(text.clone()),
        }
    }
}

impl<'de> Deserialize<'de> for Setting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl Visitor<'_> for Any {
            type Value = Setting;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, text, true or false")
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Setting, E> {
                Ok(Setting::Bool(value))
            }

            fn visit_i64<E: de::Error>(self, whole: i64) -> Result<Setting, E> {
                Ok(Setting::Number(whole as f64))
            }

            fn visit_u64<E: de::Error>(self, whole: u64) -> Result<Setting, E> {
                Ok(Setting::Number(whole as f64))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Setting, E> {
                if number.is_finite() {
                    Ok(Setting::Number(number))
                } else {
                    Err(E::custom("this number is too large"))
                }
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Setting, E> {
                Ok(Setting::Text(text.to_owned()))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

crate::model::written_as! { Setting, { "type": ["number", "string", "boolean"] } }
