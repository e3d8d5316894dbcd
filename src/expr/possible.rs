//! Three-valued answers: a suppressed count is not nothing, and not anything either.

use super::{Truth, View, questions, series::SeriesExpression};
use crate::model::{Period, Series, Value};

/// How many ways of filling in suppressed figures are tried, at most; beyond it, it cannot be told.
const MOST: u32 = 4_096;

/// The answer that every possible value of the suppressed figures gives; none where they give different ones, or where
/// something else than a suppressed figure of the series stops some of them. The last evaluation must have been of this
/// view.
pub(super) fn truth(expression: &SeriesExpression, view: View<'_>, below: u32) -> Option<bool> {
    let at = questions::suppressed()?;
    let mut trial = Trial { expression, view, below, series: view.series.clone(), left: MOST };
    trial.each(at)
}

struct Trial<'a> {
    expression: &'a SeriesExpression,
    view: View<'a>,
    below: u32,
    /// With values in the place of suppressed figures.
    series: Series,
    left: u32,
}

impl Trial<'_> {
    /// Fills in every possible value at a period.
    fn each(&mut self, at: Period) -> Option<bool> {
        let withheld = self.series.at(at)?;
        let mut agreed = None;
        for count in 1..self.below {
            self.left = self.left.checked_sub(1)?;
            let mut assumed = withheld;
            assumed.value = Value::Number(f64::from(count));
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
            Truth::CannotTell(_) => self.each(questions::suppressed()?),
            Truth::Failed(_) => None,
        }
    }
}
