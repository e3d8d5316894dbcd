//! Three-valued answers: a suppressed count is not nothing, and not anything either.

use super::{Truth, View, questions, series::SeriesExpression};
use crate::model::{Missing, Period, Series, Value};

/// How many ways of filling in suppressed figures are tried, at most; beyond it, it cannot be told.
const MOST: u32 = 4_096;

/// The answer that every possible value of suppressed and partly known figures gives; none where they give different ones, or where
/// something else than such a figure of the series stops some of them. The last evaluation must have been of this
/// view.
pub(super) fn truth(expression: &SeriesExpression, view: View<'_>, below: Option<u32>) -> Option<bool> {
    let at = questions::open()?;
    let mut trial = Trial { expression, view, below, series: view.series.clone(), left: MOST };
    trial.each(at)
}

/// Every value that the figure of a period may have, ascending: a suppressed count is from 1 to one less than the
/// threshold. None where it may be anything.
pub(super) fn values(series: &Series, at: Period, below: Option<u32>) -> Option<Vec<f64>> {
    match series.at(at)?.value {
        Value::Missing { missing: Missing::Suppressed } => {
            below.filter(|below| *below <= MOST).map(|below| (1..below).map(f64::from).collect())
        }
        Value::Missing { missing: Missing::Unsure } => {
            series.unsure(at).map(|unsure| unsure.possible.clone()).filter(|possible| !possible.is_empty())
        }
        Value::Missing { .. } | Value::Number(_) | Value::Bound(_) => None,
    }
}

struct Trial<'a> {
    expression: &'a SeriesExpression,
    view: View<'a>,
    below: Option<u32>,
    /// With values in the place of suppressed figures.
    series: Series,
    left: u32,
}

impl Trial<'_> {
    /// Fills in every possible value at a period.
    fn each(&mut self, at: Period) -> Option<bool> {
        let withheld = self.series.at(at)?;
        let mut agreed = None;
        for value in values(&self.series, at, self.below)? {
            self.left = self.left.checked_sub(1)?;
            let mut assumed = withheld;
            assumed.value = Value::Number(value);
            self.series.insert(at, assumed);
            let answer = self.answer()?;
            if *agreed.get_or_insert(answer) != answer {
                return None;
            }
        }
        self.series.insert(at, withheld);
        agreed
    }

    fn answer(&mut self) -> Option<bool> {
        match self.expression.plainly(View { series: &self.series, ..self.view }) {
            Truth::True => Some(true),
            Truth::False => Some(false),
            Truth::CannotTell(_) => self.each(questions::open()?),
            Truth::Failed(_) => None,
        }
    }
}
