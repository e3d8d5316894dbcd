//! The kinds of rule, one file each, and their registry. A new kind is a file here, a line in the registry below, and a
//! page of cases in `tests/cases/rules/`.
//!
//! A rule says what it waits for by one of these, or by a Rhai expression of its own:
//!
//! ```yaml
//! when: { against_plan: { below: 60% } }
//! when: value < 0.6 * plan
//! ```
//!
//! A kind has no machinery of its own. It says the Rhai expression that it stands for ([`Said`]), and the words of its
//! message; so there is one way to evaluate a rule, `bellwether explain` can show every rule as an expression, and whoever
//! outgrows a kind goes on from there. What a kind needs of the figures (a mean, a rank, a control chart) is a function of
//! [`crate::expr`].

pub mod across;
pub mod against_plan;
pub mod band;
pub mod category;
pub mod change;
pub mod extreme;
pub mod forecast;
pub mod improving;
pub mod missing;
pub mod money;
pub mod outlier;
pub mod rag;
pub mod rank;
pub mod spc;
pub mod target;

use serde::{
    Deserialize,
    de::{self, VariantAccess},
};

use super::MeasureEntry;
use crate::yaml::{Located, Place, Problem, Problems};

/// What a kind stands for, for one measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The condition in Rhai: true is a breach.
    pub condition: String,
    /// What those who are told read unless the rule says it otherwise, with expressions in braces.
    pub message: String,
}

/// What the settings of a kind come to.
pub(super) trait Kind {
    /// The expression and the message for rules on a measure; `place` is where the settings stand.
    ///
    /// # Errors
    /// What the measure does not have (a plan, a direction that is good), and settings that contradict each other.
    fn say(&self, place: &Place, measure: &MeasureEntry) -> Result<Said, Problems>;
}

/// A measure must have a plan for a kind to mean anything.
fn needs_plan(kind: &str, place: &Place, measure: &MeasureEntry) -> Result<(), Problem> {
    if measure.has_plan {
        return Ok(());
    }
    let problem = Problem::new(place.clone(), format!("`{kind}` needs a plan, and this measure has none"));
    Err(problem.hint("the dataset's `measures` say which column is the `plan`"))
}

/// A label that a kind names must be one of the measure's.
fn needs_label(label: &Located<String>, measure: &MeasureEntry) -> Result<(), Problem> {
    let known = measure.labels.iter().map(String::as_str);
    if measure.labels.contains(&label.value) {
        return Ok(());
    }
    Err(Problem::unknown(label.place.clone(), "label", label, known))
}

/// The figure of another measure, this many periods ago.
fn other(measure: &str, ago: u16) -> String {
    if ago == 0 { format!("other({measure:?})") } else { format!("other({measure:?}, {ago})") }
}

/// A share for people: 2.5% of 0.025.
fn percent(share: f64) -> String {
    format!("{}%", (share * 1e9).round() / 1e7)
}

macro_rules! registry {
    ($($kind:ident => $settings:ident),* $(,)?) => {
        /// The settings of a kind.
        #[derive(Debug, Clone)]
        pub enum KindSettings {
            $(#[doc = concat!("See [`", stringify!($kind), "`].")]
            $settings(Located<$kind::$settings>),)*
        }

        impl KindSettings {
            /// The kinds that a rule can name.
            pub const KINDS: &[&str] = &[$(stringify!($kind)),*];

            /// What it is called.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$settings(_) => stringify!($kind),)*
                }
            }

            /// Where its settings stand.
            pub(super) fn place(&self) -> &Place {
                match self {
                    $(Self::$settings(settings) => &settings.place,)*
                }
            }

            /// Each kind with the schema of its settings.
            pub(super) fn schemas(generator: &mut schemars::SchemaGenerator) -> Vec<(&'static str, schemars::Schema)> {
                vec![$((stringify!($kind), generator.subschema_for::<$kind::$settings>())),*]
            }

            /// Reads the settings of a kind of this name.
            pub(super) fn read<'de, A: VariantAccess<'de>>(name: &str, settings: A) -> Result<Self, A::Error> {
                match name {
                    $(stringify!($kind) => settings.newtype_variant().map(Self::$settings),)*
                    _ => Err(de::Error::unknown_variant(name, Self::KINDS)),
                }
            }

            /// What it stands for, for rules on a measure.
            pub(super) fn say(&self, measure: &MeasureEntry) -> Result<Said, Problems> {
                match self {
                    $(Self::$settings(settings) => settings.value.say(&settings.place, measure),)*
                }
            }
        }
    };
}

registry! {
    across => Across,
    against_plan => AgainstPlan,
    category => Category,
    change => Change,
    extreme => Extreme,
    forecast => Forecast,
    improving => Improving,
    missing => Missing,
    rag => Rag,
    target => Target,
    band => Band,
    money => Money,
    outlier => Outlier,
    rank => Rank,
    spc => Spc,
}

/// A share as people write it: `60%`, or `0.6`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share(f64);

impl Share {
    /// Reads `60%`.
    #[must_use]
    pub fn written(text: &str) -> Option<Self> {
        // "60e-2" is the number that 0.6 is, to the last bit.
        let digits =
            text.trim().strip_suffix('%').map(str::trim_end).filter(|digits| {
                !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
            });
        digits.and_then(|digits| format!("{digits}e-2").parse().ok()).map(Self)
    }

    /// The share as a number: 0.6.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl std::fmt::Display for Share {
    /// As an expression has it: `0.6`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl de::Visitor<'_> for Written {
            type Value = Share;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a share such as 60% or 0.6")
            }

            fn visit_i64<E: de::Error>(self, whole: i64) -> Result<Share, E> {
                self.visit_f64(whole as f64)
            }

            fn visit_u64<E: de::Error>(self, whole: u64) -> Result<Share, E> {
                self.visit_f64(whole as f64)
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Share, E> {
                let plausible = (0.0..=100.0).contains(&number);
                plausible.then_some(Share(number)).ok_or_else(|| E::invalid_value(de::Unexpected::Float(number), &self))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Share, E> {
                Share::written(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(Written)
    }
}

crate::model::written_as! { Share, {
    "anyOf": [{ "type": "number", "minimum": 0, "maximum": 100 }, { "type": "string", "pattern": "^[0-9.]+ *%$" }],
    "description": "A share: 60% or 0.6"
} }
