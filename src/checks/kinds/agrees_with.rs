//! `agrees_with`: figures are not those that another dataset has for the same labels and period.
//!
//! | setting | meaning |
//! |---|---|
//! | `measure` | the measure of this dataset |
//! | `dataset` | the other dataset |
//! | `other` | its measure; of the same name unless said |
//! | `labels` | what tells the series apart: label here, label there; all labels of the measure under the same names unless said |
//! | `values` | where the values of a label are spelt otherwise there: by label, the value here and the value there |
//! | `only` | which figures of this dataset are held against the other: by label, the values that it may have; all of them unless said |
//! | `scale` | what figures here are multiplied by to be in the unit there: `1000` where thousands are printed here and pounds there. Then the units need not be alike |
//! | `same_end` | with `true`, a month here also agrees with a quarter there that ends with it, and so on, where the other has nothing for the month itself |
//! | `within` | how far the two may lie apart: `0.5%` of the other, or `2`; not at all unless said |
//! | `decimals` | how many decimals both are rounded to before; of percentages those of the percentage |
//!
//! Only where both have a number are they compared: a figure that only one of them prints is no disagreement. When the
//! other dataset has nothing for these periods, a note says so; once it arrives, this check is made again with this
//! dataset's figures as they are known, and what it finds is said of the delivery that came later, to this dataset's steward
//! too. So it need stand in one of the two only; and where it is an error, it holds back whichever of the two comes later,
//! since nobody knows which of them is wrong.
//!
//! ```yaml
//! - agrees_with: { measure: performance, dataset: llr-priorities-detail, severity: warning }
//! - agrees_with:
//!     { measure: cost, dataset: ledger, other: amount, only: { kind: [drugs, devices] }, scale: 1000, within: 500 }
//! ```
//!
//! Findings: ``1 of 23 figures is not that of llr-priorities-detail, first stage 1 and 2, July 2024: 51.4% in
//! llr-priorities, 38.1% in llr-priorities-detail``

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use super::super::{
    check::{Context, Followed, Found, Looks},
    failures::grouped,
    figures::{Answer, FigureCheck, FigureKind, Look, measure, written},
    known::{Arriving, Delivery, Need},
};
use crate::{
    model::{Figure, History, Labels, Period, SeriesKey, Severity, Tolerance, Unit, value::format_number},
    yaml::{Entries, Located, Place, Problem, Problems},
};

/// More decimals than any table prints.
const MOST_DECIMALS: u8 = 10;

/// Settings of `agrees_with`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreesWith {
    measure: Located<String>,
    dataset: Located<String>,
    #[serde(default)]
    other: Option<Located<String>>,
    #[serde(default)]
    labels: Option<Entries<Located<String>>>,
    #[serde(default)]
    values: Entries<Entries<String>>,
    #[serde(default)]
    only: Entries<Vec<String>>,
    #[serde(default)]
    scale: Option<Located<f64>>,
    #[serde(default)]
    same_end: bool,
    #[serde(default)]
    within: Option<Tolerance>,
    #[serde(default)]
    decimals: Option<Located<u8>>,
}

impl FigureKind for AgreesWith {
    const LOOKS: Looks = Looks::Figures;

    fn build(&self, _: &Place, context: Context<'_>) -> Result<Box<dyn FigureCheck>, Problems> {
        let mut problems = Problems::default();
        let own = problems.take(measure(&self.measure, context).map_err(Problems::from));
        if let Some(decimals) = self.decimals.as_ref().filter(|decimals| decimals.value > MOST_DECIMALS) {
            problems.push(Problem::new(decimals.place.clone(), format!("at most {MOST_DECIMALS} decimals")));
        }
        let Some(own) = own else { return Err(problems) };
        let labels = self.mapped(own);
        if let Some(scale) = self.scale.as_ref().filter(|scale| !(scale.is_finite() && scale.value > 0.0)) {
            let problem = Problem::new(scale.place.clone(), format!("{} is no scale", scale.value));
            problems.push(problem.hint("write a number above 0, such as 1000"));
        }
        let named = self.labels.iter().flat_map(Entries::keys).chain(self.values.keys()).chain(self.only.keys());
        for name in named.filter(|name| !own.labels.contains(&name.value)) {
            problems.push(Problem::unknown(name.place.clone(), "label", name, own.labels.iter().map(String::as_str)));
        }
        problems.into_result()?;
        let value = |(own, other): (&Located<String>, &String)| (own.value.clone(), other.clone());
        let values =
            self.values.iter().map(|(label, values)| (label.value.clone(), values.iter().map(value).collect()));
        Ok(Box::new(Compiled {
            measure: self.measure.value.clone(),
            column: own.column.clone(),
            need: Need {
                dataset: self.dataset.clone(),
                measure: self.other.clone().unwrap_or_else(|| self.measure.clone()),
                labels: labels.iter().map(|(_, other)| other.clone()).collect(),
            },
            labels: labels.into_iter().map(|(own, other)| (own, other.value)).collect(),
            values: values.collect(),
            only: self.only.iter().map(|(label, values)| (label.value.clone(), values.clone())).collect(),
            scale: self.scale.as_ref().map(|scale| scale.value),
            same_end: self.same_end,
            within: self.within.unwrap_or_default(),
            decimals: self.decimals.as_ref().map(|decimals| i32::from(decimals.value)),
        }))
    }
}

impl AgreesWith {
    /// Each label here with the one there.
    fn mapped(&self, own: &Followed) -> Vec<(String, Located<String>)> {
        if let Some(labels) = &self.labels {
            return labels.iter().map(|(own, other)| (own.value.clone(), other.clone())).collect();
        }
        let same = |label: &String| Located { value: label.clone(), place: self.measure.place.clone() };
        own.labels.iter().map(|label| (label.clone(), same(label))).collect()
    }
}

#[derive(Debug)]
struct Compiled {
    measure: String,
    column: String,
    need: Need,
    /// Each label here with the one there.
    labels: Vec<(String, String)>,
    /// By label, each value here with the one there.
    values: BTreeMap<String, BTreeMap<String, String>>,
    /// By label, the values of the figures that are compared.
    only: Vec<(String, Vec<String>)>,
    scale: Option<f64>,
    same_end: bool,
    within: Tolerance,
    decimals: Option<i32>,
}

/// Figures of the other measure, by the values of the labels that are compared and the last day of their period.
type There<'a> = BTreeMap<(Vec<String>, Date), Vec<Other<'a>>>;

/// A figure of the other measure.
#[derive(Debug, Clone, Copy)]
struct Other<'a> {
    key: &'a SeriesKey,
    period: Period,
    figure: Figure,
}

impl FigureCheck for Compiled {
    fn needs(&self) -> Vec<Need> {
        vec![self.need.clone()]
    }

    fn examine(&self, look: &Look<'_>) -> Answer {
        let other = look.known.of(&self.need.dataset).map(|history| self.there(history)).unwrap_or_default();
        let arriving = look.delivered.arriving.map(Arriving::places).unwrap_or_default();
        let (mut failing, mut compared, mut unclear) = (look.failing(), 0, 0);
        let asked = |one: &Delivery<'_>| one.key.measure == self.measure && one.figure.value.get().is_some();
        for one in look.delivered.each().filter(asked).filter(|one| self.is_compared(&one.key.labels)) {
            let Some(labels) = self.labels_there(&one.key.labels) else { continue };
            match self.of_period(&other, labels, one.period).as_slice() {
                [] => {}
                [there] => {
                    compared += 1;
                    if !self.agree(one.figure, there.figure) {
                        let what = self.differ(look, &one, there.figure);
                        // What arrives is the other dataset's, where this one was published before.
                        match arriving.get(&(there.key, there.period)) {
                            Some((row, column)) => failing.add(&Delivery { row: Some(*row), ..one }, column, &what),
                            None => failing.add(&one, &self.column, &what),
                        }
                    }
                }
                _ => unclear += 1,
            }
        }
        let dataset = &self.need.dataset.value;
        let note = |note: String| Found::in_file(note).aside(Severity::Note);
        let nothing = (compared == 0 && unclear == 0)
            .then(|| note(format!("not made as yet: {dataset} has no figures for the same labels and periods")));
        let unclear = (unclear > 0).then(|| {
            let how_many = grouped(unclear);
            note(format!("{how_many} figures are not compared: {dataset} has several for their labels and period"))
        });
        let verb = if failing.count() == 1 { "is not that" } else { "are not those" };
        let (count, total) = (grouped(failing.count()), grouped(compared));
        let first = failing.first().unwrap_or_default();
        let seen = format!("{count} of {total} figures {verb} of {dataset}, first {first}");
        Answer { looked_at: compared, found: [failing.found(seen), nothing, unclear].into_iter().flatten().collect() }
    }
}

impl Compiled {
    /// Whether the figures of these labels are those that are asked about.
    fn is_compared(&self, labels: &Labels) -> bool {
        self.only
            .iter()
            .all(|(label, values)| labels.get(label).is_some_and(|value| values.iter().any(|allowed| allowed == value)))
    }

    fn differ(&self, look: &Look<'_>, one: &Delivery<'_>, there: Figure) -> String {
        let scaled = self.scale.map_or_else(String::new, |scale| format!(" × {}", format_number(scale)));
        let (here, there) = (written(one.figure), written(there));
        format!("{here}{scaled} in {}, {there} in {}", look.delivered.dataset, self.need.dataset.value)
    }

    /// The numbers of the other measure.
    fn there<'a>(&self, history: &'a History) -> There<'a> {
        let mut numbers = There::new();
        for series in history.series().filter(|series| series.key.measure == self.need.measure.value) {
            let value = |(_, there): &(String, String)| series.key.labels.get(there).map(str::to_owned);
            let Some(labels) = self.labels.iter().map(value).collect::<Option<Vec<_>>>() else { continue };
            for (period, figure) in series.iter().filter(|(_, figure)| figure.value.get().is_some()) {
                let other = Other { key: &series.key, period, figure };
                numbers.entry((labels.clone(), period.end())).or_default().push(other);
            }
        }
        numbers
    }

    /// Those of them that a figure of this period is held against.
    fn of_period<'a>(&self, there: &There<'a>, labels: Vec<String>, period: Period) -> Vec<Other<'a>> {
        let ending: &[Other<'a>] = there.get(&(labels, period.end())).map_or(&[], Vec::as_slice);
        let same: Vec<Other<'a>> = ending.iter().filter(|other| other.period == period).copied().collect();
        if same.is_empty() && self.same_end { ending.to_vec() } else { same }
    }

    /// The values that the labels have there.
    fn labels_there(&self, labels: &Labels) -> Option<Vec<String>> {
        let there = |(own, _): &(String, String)| {
            let value = labels.get(own)?;
            let spelt = self.values.get(own).and_then(|values| values.get(value));
            Some(spelt.map_or_else(|| value.to_owned(), Clone::clone))
        };
        self.labels.iter().map(there).collect()
    }

    fn agree(&self, here: Figure, there: Figure) -> bool {
        let (Some(own), Some(other)) = (here.value.get(), there.value.get()) else { return true };
        let own = own * self.scale.unwrap_or(1.0);
        if let (Some(one), Some(two), None) = (here.unit, there.unit, self.scale)
            && one.with(two).is_none()
        {
            return false;
        }
        let points = if there.unit.or(here.unit) == Some(Unit::Percent) { 2 } else { 0 };
        let rounded = |number: f64| match self.decimals {
            None => number,
            Some(decimals) => {
                let scale = 10_f64.powi(decimals + points);
                // 0.5125 × 1000 is 512.4999999999999 to a computer, and people round it up.
                (number * scale * (1.0 + 1e-12)).round() / scale
            }
        };
        self.within.equal(rounded(own), rounded(other))
    }
}
