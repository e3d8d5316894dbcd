//! Towards the end of the quarter and the year: the plan that stands there, and what the figures so far come to by then.

use super::{
    Unanswered, View,
    own::{OwnQuestion, of_year, plan},
};
use crate::{
    expr::operators::finite,
    model::{Granularity, Missing, Period},
};

/// The months of the quarter that a month lies in; of any other period, itself.
pub(super) fn of_quarter(now: Period) -> impl DoubleEndedIterator<Item = Period> {
    let (place, months) = match now.granularity() {
        Granularity::Month => (now.since(now.first_of_financial_year()).unwrap_or(0) % 3, 3),
        _ => (0, 1),
    };
    (0..months).map(move |month| now.minus(place - month))
}

pub(super) fn quarter_plan(view: View<'_>) -> Result<f64, Unanswered> {
    let now = view.period;
    let last = of_quarter(now).next_back().unwrap_or(now);
    let quarter = Period::containing(Granularity::Quarter, last.end()).unwrap_or(now);
    // A month that has a plan, be it in words, is held against that; a plan that is not there may stand elsewhere.
    let found = [now, last, quarter].into_iter().map(|period| plan(view, period));
    let mut found =
        found.filter(|plan| !matches!(plan, Err(Unanswered::Missing(_, _, Missing::Absent | Missing::Blank))));
    found.next().unwrap_or(Err(Unanswered::Missing("plan", quarter, Missing::Absent)))
}

pub(super) fn forecast(view: View<'_>, periods: Option<i32>) -> Result<f64, Unanswered> {
    let of_year = of_year(view.period).count() as f64;
    let periods = periods.map_or(of_year, f64::from);
    let so_far = OwnQuestion::PeriodOfYear.answer(view)?.min(periods);
    // Multiplied first, so that whole numbers that divide evenly come out whole.
    finite(OwnQuestion::SumYtd.answer(view)? * periods / so_far).map_err(|_| Unanswered::TooLarge)
}

pub(super) fn forecast_by_plan(view: View<'_>) -> Result<f64, Unanswered> {
    let planned = OwnQuestion::PlanYtd.answer(view)?;
    if planned == 0.0 {
        return Err(Unanswered::Because(format!("nothing is planned from April to {}", view.period.label())));
    }
    let (year, so_far) = (OwnQuestion::YearPlan.answer(view)?, OwnQuestion::SumYtd.answer(view)?);
    finite(so_far * year / planned).map_err(|_| Unanswered::TooLarge)
}
