//! `leaps`: a figure is many times what it was in the period before, or a small part of it: thousands beside units, a figure
//! that belongs to another row, a digit too many.
//!
//! | setting | meaning |
//! |---|---|
//! | `times` | how many times is too many: `10` unless said; a tenth of it is too little |
//! | `from` | the larger of the two must be so large: small numbers leap by nature. `100` unless said |
//! | `measure` | the measure that is looked at; all of them unless named |
//!
//! Noughts are left out: services open and close. So are shares where no measure is named. The period
//! before, and the periods that are looked at, are as in [`against_previous`](super::against_previous).
//!
//! ```yaml
//! - leaps: { severity: warning }
//! - leaps: { measure: attendances, times: 5, from: 1000, tolerance: 1 }
//! ```
//!
//! Findings: ``1 of 120 figures is 10 times that of the period before or more, or as small a part, first RXX, May 2025: 15,210 →
//! 15.21``

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::{
    check::{Context, Looks},
    failures::grouped,
    figures::{Answer, FigureCheck, FigureKind, Look, columns, measure, written},
};
use crate::{
    model::{Figure, Unit, value::format_number},
    yaml::{Located, Place, Problem, Problems},
};

/// Settings of `leaps`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Leaps {
    #[serde(default)]
    times: Option<Located<f64>>,
    #[serde(default)]
    from: Option<Located<f64>>,
    #[serde(default)]
    measure: Option<Located<String>>,
}

impl FigureKind for Leaps {
    const LOOKS: Looks = Looks::Figures;

    fn build(&self, _: &Place, context: Context<'_>) -> Result<Box<dyn FigureCheck>, Problems> {
        let mut problems = Problems::default();
        if let Some(name) = &self.measure {
            problems.take(measure(name, context).map(|_| ()).map_err(Problems::from));
        }
        if let Some(times) = self.times.as_ref().filter(|times| !(times.is_finite() && times.value > 1.0)) {
            problems.push(Problem::new(times.place.clone(), "how many times is a number above 1"));
        }
        if let Some(from) = self.from.as_ref().filter(|from| !(from.is_finite() && from.value >= 0.0)) {
            problems.push(Problem::new(from.place.clone(), "how large is a number, zero or more"));
        }
        problems.into_result()?;
        Ok(Box::new(Compiled {
            times: self.times.as_ref().map_or(10.0, |times| times.value),
            from: self.from.as_ref().map_or(100.0, |from| from.value),
            measure: self.measure.as_ref().map(|measure| measure.value.clone()),
            columns: columns(context),
        }))
    }
}

#[derive(Debug)]
struct Compiled {
    times: f64,
    from: f64,
    measure: Option<String>,
    columns: BTreeMap<String, String>,
}

impl FigureCheck for Compiled {
    fn examine(&self, look: &Look<'_>) -> Answer {
        let (news, mut failing, mut looked_at) = (look.news(), look.failing(), 0);
        for one in look.delivered.each().filter(|one| news.contains(&one.period)) {
            let mine = match &self.measure {
                Some(measure) => *measure == one.key.measure,
                None => one.figure.unit != Some(Unit::Percent),
            };
            let Some(before) = look.before(one.period).filter(|_| mine) else { continue };
            let Some(was) = look.figure(one.key, before) else { continue };
            looked_at += 1;
            if self.leap(was, one.figure) {
                let column = self.columns.get(&one.key.measure).map_or("", String::as_str);
                failing.add(&one, column, &format!("{} → {}", written(was), written(one.figure)));
            }
        }
        let first = failing.first().unwrap_or_default().to_owned();
        let (count, verb) = (failing.count(), if failing.count() == 1 { "is" } else { "are" });
        let (count, all, times) = (grouped(count), grouped(looked_at), format_number(self.times));
        let seen = format!(
            "{count} of {all} figures {verb} {times} times that of the period before or more, or as small a part, first {first}"
        );
        Answer { looked_at, found: failing.found(seen).into_iter().collect() }
    }
}

impl Compiled {
    fn leap(&self, was: Figure, now: Figure) -> bool {
        let (Some(was), Some(now)) = (was.value.get(), now.value.get()) else { return false };
        let (less, more) = if was.abs() < now.abs() { (was.abs(), now.abs()) } else { (now.abs(), was.abs()) };
        less > 0.0 && more >= self.from && more >= self.times * less
    }
}
