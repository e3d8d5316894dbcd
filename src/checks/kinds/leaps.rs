//! `leaps`: a figure is many times what it was in the period before, or a small part of it: thousands beside units, a figure
//! that belongs to another row, a digit too many.
//!
//! | setting | meaning |
//! |---|---|
//! | `of` | `each` (the default): each figure by itself; `columns`: the figures of a measure together, by the middle one of the times that they grew |
//! | `times` | how many times is too many: `10` of each, `5` of columns unless said; the same part of it is too little |
//! | `from` | the larger of the two must be so large: small numbers leap by nature. `100` of each, any of columns unless said |
//! | `measure` | the measure that is looked at; all of them unless named |
//!
//! Noughts are left out: services open and close. So are shares where each figure is looked at and no measure is named. The
//! period before, and the periods that are looked at, are as in [`against_previous`](super::against_previous).
//!
//! A single figure may leap in a good month, and a column never does: with `of: columns` a column ten times too large is
//! found, or one whose shares are printed as points. Five series that have figures in both periods are needed.
//!
//! ```yaml
//! - leaps: { severity: warning }
//! - leaps: { measure: attendances, times: 5, from: 1000, tolerance: 1 }
//! - leaps: { of: columns, severity: warning }
//! ```
//!
//! Findings: ``1 of 120 figures is 10 times that of the period before or more, or as small a part, first RXX, May 2025: 15,210 →
//! 15.21``; ``the 198 figures of attendances in May 2025 are 10 times those of April 2025, by the middle one of them: is the
//! column in another unit?``

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::{
    check::{Context, Found, Looks},
    failures::grouped,
    figures::{Answer, FigureCheck, FigureKind, Look, columns, measure, written},
};
use crate::{
    model::{Figure, Period, Unit, value::format_number},
    yaml::{Located, Place, Problem, Problems},
};

/// Settings of `leaps`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Leaps {
    #[serde(default)]
    of: Of,
    #[serde(default)]
    times: Option<Located<f64>>,
    #[serde(default)]
    from: Option<Located<f64>>,
    #[serde(default)]
    measure: Option<Located<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Of {
    #[default]
    Each,
    Columns,
}

/// Fewer series are no column.
const LEAST: usize = 5;

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
        let (times, from) = if self.of == Of::Each { (10.0, 100.0) } else { (5.0, 0.0) };
        Ok(Box::new(Compiled {
            of: self.of,
            times: self.times.as_ref().map_or(times, |times| times.value),
            from: self.from.as_ref().map_or(from, |from| from.value),
            measure: self.measure.as_ref().map(|measure| measure.value.clone()),
            columns: columns(context),
        }))
    }
}

#[derive(Debug)]
struct Compiled {
    of: Of,
    times: f64,
    from: f64,
    measure: Option<String>,
    columns: BTreeMap<String, String>,
}

impl FigureCheck for Compiled {
    fn examine(&self, look: &Look<'_>) -> Answer {
        match self.of {
            Of::Each => self.each(look),
            Of::Columns => Answer::of_periods(look.news(), |period| self.columns_of(look, period)),
        }
    }
}

impl Compiled {
    fn each(&self, look: &Look<'_>) -> Answer {
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
    /// What leaps as a whole in a period.
    fn columns_of(&self, look: &Look<'_>, period: Period) -> Vec<Found> {
        let Some(before) = look.before(period) else { return Vec::new() };
        let mut grown: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        for one in look.of(period) {
            let mine = self.measure.as_ref().is_none_or(|measure| *measure == one.key.measure);
            let Some(was) = look.figure(one.key, before).filter(|_| mine) else { continue };
            grown.entry(one.key.measure.as_str()).or_default().extend(self.times_grown(was, one.figure));
        }
        grown.into_iter().filter_map(|(measure, grown)| self.column(measure, grown, period, before)).collect()
    }

    fn column(&self, measure: &str, mut grown: Vec<f64>, period: Period, before: Period) -> Option<Found> {
        grown.sort_by(f64::total_cmp);
        let middle = *grown.get(grown.len() / 2).filter(|_| grown.len() >= LEAST)?;
        let (times, of) = if middle >= self.times {
            (middle, "times those")
        } else if middle <= self.times.recip() {
            (middle.recip(), "times less than those")
        } else {
            return None;
        };
        let (count, times) = (grouped(grown.len() as u64), format_number((times * 10.0).round() / 10.0));
        let (period, before) = (period.label(), before.label());
        Some(Found::in_file(format!(
            "the {count} figures of {measure} in {period} are {times} {of} of {before}, by the middle one of them: is the \
             column in another unit?"
        )))
    }

    /// How many times a figure is that of the period before; none where one of them is nought, or both are small.
    fn times_grown(&self, was: Figure, now: Figure) -> Option<f64> {
        let (was, now) = (was.value.get()?.abs(), now.value.get()?.abs());
        (was > 0.0 && now > 0.0 && was.max(now) >= self.from).then(|| now / was)
    }

    fn leap(&self, was: Figure, now: Figure) -> bool {
        let (Some(was), Some(now)) = (was.value.get(), now.value.get()) else { return false };
        let (less, more) = if was.abs() < now.abs() { (was.abs(), now.abs()) } else { (now.abs(), was.abs()) };
        less > 0.0 && more >= self.from && more >= self.times * less
    }
}
