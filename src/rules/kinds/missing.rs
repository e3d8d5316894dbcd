//! `missing`: a series has had no figure, or only withheld ones, for so many periods.
//!
//! | setting | meaning |
//! |---|---|
//! | `periods` | for how many periods on end, 1 unless named |
//! | `reason` | `any`, which it is unless named: no figure, whatever the reason. `suppressed`: withheld as too small |
//!
//! ```yaml
//! when: { missing: { periods: 2 } }
//! when: { missing: { periods: 6, reason: suppressed } }
//! ```
//!
//! They stand for `missing_for() >= 2` and `suppressed_for() >= 6`. A series is looked at in every period that its dataset
//! reports, so one that is left out of a file is missing; what never had a row is not known of. A dataset of which no
//! file came is no matter of rules: it is late by its `due`.

use serde::Deserialize;

use super::{super::terms::Periods, Kind, Said};
use crate::{
    rules::MeasureEntry,
    yaml::{Place, Problems},
};

/// Settings of `missing`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    #[serde(default = "once")]
    periods: Periods,
    #[serde(default)]
    reason: Reason,
}

fn once() -> Periods {
    Periods(1)
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Reason {
    #[default]
    Any,
    Suppressed,
}

impl Kind for Missing {
    fn say(&self, _place: &Place, _measure: &MeasureEntry) -> Result<Said, Problems> {
        let (count, words) = match self.reason {
            Reason::Any => ("missing_for()", "no figure"),
            Reason::Suppressed => ("suppressed_for()", "suppressed"),
        };
        let periods = format!("{{if {count} == 1 {{ \"period\" }} else {{ \"periods\" }}}}");
        Ok(Said {
            condition: format!("{count} >= {}", self.periods),
            message: format!("{{subject}}: {words} for {{{count}}} {periods} running"),
        })
    }
}
