//! Many series of one parent that fire the same rule: `roll_up: { by: sub_icb, from: 5 }`.

use std::num::NonZeroU32;

use serde::{Deserialize, Deserializer, de};

use super::{MeasureEntry, share::Share};
use crate::yaml::{Located, Problem, Problems};

/// When alerts of one parent become one: the group hears one line that names them, and each stays an alert of its own.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RollUp {
    /// The label whose value is the parent.
    pub by: Located<String>,
    /// From how many that fire on.
    pub from: From,
}

/// So many series (`5`), or a share of those that have a figure (`20%`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum From {
    /// So many.
    Count(NonZeroU32),
    /// A share.
    Share(f64),
}

impl From {
    /// Whether so many of all are enough.
    #[must_use]
    pub fn holds(self, firing: usize, all: usize) -> bool {
        match self {
            Self::Count(count) => firing >= count.get() as usize,
            Self::Share(share) => firing > 0 && firing as f64 / all.max(firing) as f64 >= share,
        }
    }
}

impl<'de> Deserialize<'de> for From {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || {
            de::Error::invalid_value(
                de::Unexpected::Str(&text),
                &"a number of series such as 5, or a share such as 20%",
            )
        };
        match text.parse() {
            Ok(count) => Ok(Self::Count(count)),
            Err(_) => Share::written(&text).map(|share| Self::Share(share.get())).ok_or_else(wrong),
        }
    }
}

crate::model::written_as! { From, {
    "anyOf": [{ "type": "integer", "minimum": 1 }, { "type": "string", "pattern": "^[0-9.]+ *%$" }],
    "description": "A number of series (5) or a share of them (20%)"
} }

/// The parent must be a label, and leave another one that tells its children apart.
pub(super) fn check(roll_up: &RollUp, measure: &MeasureEntry) -> Result<(), Problems> {
    if !measure.labels.contains(&roll_up.by.value) {
        let known = measure.labels.iter().map(String::as_str);
        return Err(Problem::unknown(roll_up.by.place.clone(), "label", &roll_up.by, known).into());
    }
    if measure.labels.len() < 2 {
        let message = format!("`{}` is the only label: there is nothing below it", roll_up.by.value);
        return Err(Problem::new(roll_up.by.place.clone(), message).into());
    }
    Ok(())
}
