//! `claims`: a printed figure is not what the accepted tables come to.
//!
//! | setting | meaning |
//! |---|---|
//! | `measure` | the measure whose figures are claims |
//! | `label` | the label that says which claim it is: its id, or the sentence itself |
//! | `expressions` | for each claim, a Rhai expression over the measures of datasets |
//! | `decimals` | how many decimals were printed; of percentages those of the percentage. Unless said, as many as the claim shows |
//! | `nearest` | by claim, what its figure was rounded to, where it does not show: `1000` for "about 4 thousand", `0.1` for 60.0%. A percentage has it in points |
//!
//! An expression is reckoned for the period of the claim:
//!
//! | | |
//! |---|---|
//! | `figure("dataset", "measure", #{label: "value"})` | the figure of one series; `plan(…)` its plan, `previous(…)` its figure in the period before |
//! | `sum(…)`, `sum_plans(…)` | the same added up over all series that have the labels |
//! | `sum_ytd(…)`, `sum_plans_ytd(…)` | from April to the period |
//! | `shares_of_plan(…)`, `shares_of_plan_ytd(…)` | figure by plan of each series, as a list for `lowest(…)` and `highest(…)` |
//!
//! The labels may be left out. What is reckoned is rounded as the claim is: 56.3% is one decimal, 58% and 4,300 are none. A
//! trailing nought is not seen (60.0% counts as 60%): say `nearest` where that matters. A claim that cannot be reckoned because a figure is
//! not there, and one for which there is no expression, are notes. As with [`agrees_with`](super::agrees_with), claims are
//! looked at again when a dataset that they name gets new figures.
//!
//! ```yaml
//! - claims:
//!     measure: claim
//!     label: statement
//!     expressions:
//!       assessments so far: |
//!         sum_ytd("les-capitated", "activity", #{contract: "LTC LES"})
//! ```
//!
//! The bar after the claim's name is for YAML, which would take ` #` for the beginning of a comment.
//!
//! Findings: ``1 of 8 claims is not what the tables say, first assessments so far, October 2025: 44,698 is printed, 44,608
//! reckoned``

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::{
    check::{Context, Found, Looks},
    expression::Reckoning,
    failures::{grouped, quoted},
    figures::{Answer, FigureCheck, FigureKind, Look, measure, written},
    known::{Delivery, Need},
};
use crate::{
    expr::NoNumber,
    model::{Severity, Unit, value::format_number},
    yaml::{Entries, Located, Place, Problem, Problems},
};

/// More decimals than anybody prints.
const MOST_DECIMALS: u8 = 6;

/// Settings of `claims`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    measure: Located<String>,
    label: Located<String>,
    expressions: Located<Entries<Located<String>>>,
    #[serde(default)]
    decimals: Option<Located<u8>>,
    #[serde(default)]
    nearest: Entries<Located<f64>>,
}

impl FigureKind for Claims {
    const LOOKS: Looks = Looks::Figures;

    fn build(&self, _: &Place, context: Context<'_>) -> Result<Box<dyn FigureCheck>, Problems> {
        let mut problems = Problems::default();
        let own = problems.take(measure(&self.measure, context).map_err(Problems::from));
        if let Some(own) = own.filter(|own| !own.labels.contains(&self.label.value)) {
            let labels = own.labels.iter().map(String::as_str);
            problems.push(Problem::unknown(self.label.place.clone(), "label", &self.label, labels));
        }
        if let Some(decimals) = self.decimals.as_ref().filter(|decimals| decimals.value > MOST_DECIMALS) {
            problems.push(Problem::new(decimals.place.clone(), format!("at most {MOST_DECIMALS} decimals")));
        }
        for (claim, nearest) in self.nearest.iter() {
            if self.expressions.get(claim).is_none() {
                let claims = self.expressions.keys().map(|claim| claim.as_str());
                problems.push(Problem::unknown(claim.place.clone(), "claim", claim, claims));
            }
            if !(nearest.is_finite() && nearest.value > 0.0) {
                let problem = Problem::new(nearest.place.clone(), format!("nothing is rounded to {}", nearest.value));
                problems.push(problem.hint("write a number above 0, such as 1000"));
            }
        }
        let mut expressions = Vec::new();
        for (claim, text) in self.expressions.iter() {
            expressions.extend(problems.take(Reckoning::compile(text)).map(|compiled| (claim.value.clone(), compiled)));
        }
        problems.into_result()?;
        Ok(Box::new(Compiled {
            measure: self.measure.value.clone(),
            label: self.label.value.clone(),
            column: own.map(|own| own.column.clone()).unwrap_or_default(),
            expressions,
            decimals: self.decimals.as_ref().map(|decimals| i32::from(decimals.value)),
            nearest: self.nearest.iter().map(|(claim, nearest)| (claim.value.clone(), nearest.value)).collect(),
        }))
    }
}

#[derive(Debug)]
struct Compiled {
    measure: String,
    label: String,
    column: String,
    expressions: Vec<(String, Reckoning)>,
    decimals: Option<i32>,
    /// By claim, what its figure was rounded to.
    nearest: BTreeMap<String, f64>,
}

impl FigureCheck for Compiled {
    fn needs(&self) -> Vec<Need> {
        self.expressions.iter().flat_map(|(_, expression)| expression.needs()).collect()
    }

    fn examine(&self, look: &Look<'_>) -> Answer {
        let (mut failing, mut reckoned, mut notes, mut unheld) = (look.failing(), 0, Vec::new(), Vec::new());
        for one in look.delivered.each().filter(|one| one.key.measure == self.measure) {
            let Some(printed) = one.figure.value.get() else { continue };
            let claim = one.key.labels.get(&self.label).unwrap_or_default();
            let Some((_, expression)) = self.expressions.iter().find(|(known, _)| known == claim) else {
                unheld.push(claim);
                continue;
            };
            match expression.at(look.known, one.period) {
                Ok(number) => {
                    reckoned += 1;
                    if let Some(wrong) = self.wrong(&one, claim, printed, number) {
                        failing.add(&one, &self.column, &wrong);
                    }
                }
                Err(NoNumber::CannotTell(reason) | NoNumber::Failed(reason)) => {
                    notes.push(format!("{} cannot be held against the tables: {reason}", quoted(claim)));
                }
            }
        }
        if let Some((first, more)) = unheld.split_first() {
            let and = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
            notes.push(format!("there is no expression for {}{and}: not held against the tables", quoted(first)));
        }
        let verb = if failing.count() == 1 { "is" } else { "are" };
        let (count, first) = (grouped(failing.count()), failing.first().unwrap_or_default());
        let seen = format!("{count} of {} claims {verb} not what the tables say, first {first}", grouped(reckoned));
        let notes = notes.into_iter().map(|note| Found::in_file(note).aside(Severity::Note));
        Answer { looked_at: reckoned, found: failing.found(seen).into_iter().chain(notes).collect() }
    }
}

impl Compiled {
    /// What to say of a claim that is not what was reckoned, rounded as it is.
    fn wrong(&self, one: &Delivery<'_>, claim: &str, printed: f64, reckoned: f64) -> Option<String> {
        let unit = one.figure.unit.unwrap_or_default();
        let scale = if unit == Unit::Percent { 100.0 } else { 1.0 };
        let (shown, number) = (printed * scale, reckoned * scale);
        let nearest = self.nearest.get(claim).copied();
        let decimals = match (nearest, self.decimals) {
            (Some(nearest), _) => decimals_of(nearest),
            (None, Some(decimals)) => decimals,
            (None, None) => decimals_of(shown),
        };
        // Halves are rounded up by some and to even by others: both may be printed.
        let step = nearest.unwrap_or_else(|| 10_f64.powi(-decimals));
        if (shown - number).abs() <= step / 2.0 * (1.0 + 1e-9) + shown.abs() * 1e-12 {
            return None;
        }
        let finer = 10_f64.powi(decimals + 2);
        let number = format_number((number * finer).round() / finer);
        let number = match unit {
            Unit::Percent => format!("{number}%"),
            Unit::Number => number,
            other => other.write(reckoned),
        };
        Some(format!("{} is printed, {number} reckoned", written(one.figure)))
    }
}

/// How many decimals a number shows.
fn decimals_of(number: f64) -> i32 {
    let shows = |decimals: &i32| {
        let scaled = number * 10_f64.powi(*decimals);
        (scaled - scaled.round()).abs() <= 1e-9 * scaled.abs().max(1.0)
    };
    (0..i32::from(MOST_DECIMALS)).find(shows).unwrap_or(i32::from(MOST_DECIMALS))
}
