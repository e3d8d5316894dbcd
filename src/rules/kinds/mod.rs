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

use serde::de::{self, VariantAccess};

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
    if measure.has_plan() {
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
