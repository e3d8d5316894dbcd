//! `unchanged`: the figures of a period are those of the one before, as when a file is sent again under another name.
//!
//! | setting | meaning |
//! |---|---|
//! | `measure` | the measure that is looked at; all of them unless named |
//! | `above` | the share of the figures above which that is not chance: `50%` unless said |
//!
//! Compared are numbers that both periods have of a series, noughts and shares left out: they repeat by chance. Ten of
//! them at least, or nothing is judged. The period before, and the periods that are looked at, are as in
//! [`against_previous`](super::against_previous).
//!
//! ```yaml
//! - unchanged: { severity: warning }
//! - unchanged: { measure: attendances, above: 20% }
//! ```
//!
//! Findings: ``118 of 120 figures of May 2025 are those of April 2025, more than 50%: was a file sent again?``

use serde::Deserialize;

use super::super::{
    check::{Context, Found, Looks},
    common::Amount,
    failures::grouped,
    figures::{Answer, FigureCheck, FigureKind, Look, measure},
};
use crate::{
    model::{Period, Unit},
    yaml::{Located, Place, Problems},
};

/// Fewer figures may be the same by chance.
const LEAST: u64 = 10;

/// Settings of `unchanged`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unchanged {
    #[serde(default)]
    measure: Option<Located<String>>,
    #[serde(default)]
    above: Option<Amount>,
}

impl FigureKind for Unchanged {
    const LOOKS: Looks = Looks::Delivery;

    fn build(&self, _: &Place, context: Context<'_>) -> Result<Box<dyn FigureCheck>, Problems> {
        if let Some(name) = &self.measure {
            measure(name, context)?;
        }
        let measure = self.measure.as_ref().map(|measure| measure.value.clone());
        Ok(Box::new(Compiled { measure, above: self.above.unwrap_or(Amount::Share(0.5)) }))
    }
}

#[derive(Debug)]
struct Compiled {
    measure: Option<String>,
    above: Amount,
}

impl FigureCheck for Compiled {
    fn examine(&self, look: &Look<'_>) -> Answer {
        Answer::of_periods(look.news(), |period| self.compare(look, period).map(Found::in_file))
    }
}

impl Compiled {
    fn compare(&self, look: &Look<'_>, period: Period) -> Option<String> {
        let before = look.before(period)?;
        let (mut all, mut same) = (0, 0);
        for one in look.of(period) {
            let is_share = one.figure.unit == Some(Unit::Percent);
            let mine = self.measure.as_ref().is_none_or(|measure| *measure == one.key.measure);
            let now = one.figure.value.get().filter(|now| *now != 0.0 && mine && !is_share);
            if let (Some(now), Some(then)) = (now, look.figure(one.key, before).and_then(|figure| figure.value.get())) {
                all += 1;
                same += u64::from(now.to_bits() == then.to_bits());
            }
        }
        let too_many = all >= LEAST && self.above.is_exceeded(same, all);
        too_many.then(|| {
            let (same, all, above) = (grouped(same), grouped(all), self.above);
            let (period, before) = (period.label(), before.label());
            format!(
                "{same} of {all} figures of {period} are those of {before}, more than {above}: was a file sent again?"
            )
        })
    }
}
