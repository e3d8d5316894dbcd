//! Series as columns of numbers, so that what is asked of earlier periods is arithmetic on places.

use crate::model::{Granularity, Missing, Period, Series, Value};

/// The figures of a series, one for each period from its first of a kind on; NaN where there is none.
#[derive(Debug, Clone, Default)]
pub(super) struct Grid {
    pub(super) values: Vec<f64>,
    pub(super) plans: Vec<f64>,
    /// How many periods of the calendar its first one lies before the first that is looked at.
    start: i32,
    /// Whether a figure is suppressed.
    pub(super) suppressed: bool,
}

/// The periods that are looked at, and what they are to the year.
#[derive(Debug, Clone, Default)]
pub(super) struct Steps {
    /// How far each is from the first.
    from_first: Vec<i32>,
    /// For each, how many periods of its financial year there are up to it; none for weeks and days, whose years differ.
    pub(super) of_year: Option<Vec<i32>>,
    pub(super) in_year: i32,
}

/// More periods than a century of days has, from the first figure to the last, are looked at one by one.
const LONGEST: usize = 40_000;

impl Steps {
    /// None unless they are of one kind.
    pub(super) fn of(periods: &[Period]) -> Option<Self> {
        let first = *periods.first()?;
        let from_first = periods.iter().map(|period| period.since(first)).collect::<Option<Vec<_>>>()?;
        let in_year = match first.granularity() {
            Granularity::Month => 12,
            Granularity::Quarter => 4,
            Granularity::FinancialYear | Granularity::CalendarYear => 1,
            Granularity::Week | Granularity::Day => 0,
        };
        let of_year = |period: &Period| Some(period.since(period.first_of_financial_year())? + 1);
        let of_year = if in_year > 0 { periods.iter().map(of_year).collect() } else { None };
        Some(Self { from_first, of_year, in_year })
    }

    /// The places of the periods in a grid.
    pub(super) fn places(&self, grid: &Grid) -> impl Iterator<Item = i32> {
        let start = grid.start;
        self.from_first.iter().map(move |step| start.saturating_add(*step))
    }
}

impl Grid {
    /// Takes the figures of a series, for periods of the kind of `first`, the first that is looked at. False if they lie
    /// too far apart.
    pub(super) fn fill(&mut self, series: &Series, first: Period) -> bool {
        self.values.clear();
        self.plans.clear();
        (self.start, self.suppressed) = (0, false);
        let mut begin = None;
        for (period, figure) in series.iter() {
            self.suppressed |= figure.value == Value::missing(Missing::Suppressed);
            let Some(after) = period.since(first) else { continue };
            let begin = *begin.get_or_insert(after);
            let Some(place) = usize::try_from(after.saturating_sub(begin)).ok().filter(|place| *place < LONGEST) else {
                return false;
            };
            self.values.resize(place, f64::NAN);
            self.plans.resize(place, f64::NAN);
            self.values.push(figure.value.get().unwrap_or(f64::NAN));
            self.plans.push(figure.plan.get().unwrap_or(f64::NAN));
        }
        self.start = begin.unwrap_or(0).saturating_neg();
        true
    }
}

/// The number at a place; NaN beyond both ends.
#[inline]
pub(super) fn at(numbers: &[f64], place: i32) -> f64 {
    usize::try_from(place).ok().and_then(|place| numbers.get(place)).copied().unwrap_or(f64::NAN)
}

/// The numbers of places that lie within a range; those beyond both ends are left out.
pub(super) fn within(numbers: &[f64], from: i32, to: i32) -> &[f64] {
    let place = |place: i32| usize::try_from(place.max(0)).unwrap_or(0).min(numbers.len());
    numbers.get(place(from)..place(to)).unwrap_or_default()
}
