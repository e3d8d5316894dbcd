//! What a rule asks about its own series, for all periods at once.

use super::own::{End, OwnQuestion, Reach};
use crate::{
    expr::grid::{Grid, Steps, at, within},
    model::Better,
};

impl OwnQuestion {
    /// Adds the answers for all periods that are looked at, NaN where there is none. False, with nothing added, where that
    /// is left to [`OwnQuestion::answer`].
    pub(in crate::expr) fn answer_all(self, grid: &Grid, steps: &Steps, better: Better, into: &mut Vec<f64>) -> bool {
        let (values, plans) = (grid.values.as_slice(), grid.plans.as_slice());
        match self {
            Self::Ago(n) => into.extend(steps.places(grid).map(|place| at(values, place.saturating_sub(n)))),
            Self::PlanAgo(n) => into.extend(steps.places(grid).map(|place| at(plans, place.saturating_sub(n)))),
            Self::LastYear if steps.in_year > 0 => {
                into.extend(steps.places(grid).map(|place| at(values, place - steps.in_year)));
            }
            Self::Mean(n) => into.extend(steps.places(grid).map(|place| sum(values, place - n, place) / f64::from(n))),
            Self::Trend(n) => into.extend(steps.places(grid).map(|place| slope(values, place, n))),
            Self::SumYtd | Self::PlanYtd | Self::YearPlan | Self::PeriodOfYear => {
                let Some(of_year) = &steps.of_year else { return false };
                let places = steps.places(grid).zip(of_year);
                into.extend(places.map(|(place, of_year)| match self {
                    Self::SumYtd => sum(values, place + 1 - of_year, place + 1),
                    Self::PlanYtd => sum(plans, place + 1 - of_year, place + 1),
                    Self::YearPlan => sum(plans, place + 1 - of_year, place + 1 - of_year + steps.in_year),
                    _ => f64::from(*of_year),
                }));
            }
            Self::Extreme(end, reach @ (Reach::All | Reach::Last(_))) => {
                let high = match (end, better) {
                    (End::High, _) | (End::Best, Better::Higher) | (End::Worst, Better::Lower) => true,
                    (End::Low, _) | (End::Best, Better::Lower) | (End::Worst, Better::Higher) => false,
                    (End::Best | End::Worst, Better::Neither) => return false,
                };
                into.extend(steps.places(grid).map(|place| {
                    let from = if let Reach::Last(n) = reach { place - n } else { 0 };
                    let known = within(values, from, place).iter().copied().filter(|value| !value.is_nan());
                    known.reduce(if high { f64::max } else { f64::min }).unwrap_or(f64::NAN)
                }));
            }
            Self::Run(end) => into.extend(steps.places(grid).map(|place| run(values, place, end == End::High))),
            _ => return false,
        }
        true
    }
}

/// The sum of the places from one up to another, which all must have a number.
fn sum(numbers: &[f64], from: i32, to: i32) -> f64 {
    let there = within(numbers, from, to);
    let all = usize::try_from(to.saturating_sub(from)).is_ok_and(|count| count == there.len());
    let sum = there.iter().fold(0.0, |sum, number| sum + number);
    if all && sum.is_finite() { sum } else { f64::NAN }
}

fn slope(numbers: &[f64], place: i32, n: i32) -> f64 {
    let (mut moment, mut square) = (0.0, 0.0);
    for back in (0..n).rev() {
        let from_middle = f64::from(n - 1) / 2.0 - f64::from(back);
        moment += from_middle * at(numbers, place - back);
        square += from_middle * from_middle;
    }
    let slope: f64 = moment / square;
    if slope.is_finite() { slope } else { f64::NAN }
}

fn run(numbers: &[f64], place: i32, rises: bool) -> f64 {
    let mut later = at(numbers, place);
    if later.is_nan() {
        return f64::NAN;
    }
    let mut steps = 0;
    while steps < super::own::FURTHEST {
        let earlier = at(numbers, place - steps - 1);
        let goes_on = if rises { later > earlier } else { later < earlier };
        if !goes_on {
            break;
        }
        (later, steps) = (earlier, steps + 1);
    }
    f64::from(steps)
}
