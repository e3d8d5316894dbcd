//! Between which days a period must lie.

use jiff::{ToSpan, civil::Date};

use super::{
    super::super::bounds::same_side,
    limit::{Limit, period},
};
use crate::{
    model::Period,
    yaml::{Located, Place, Problem, Problems},
};

/// The days that a period may not begin before and not end after, each with how the dataset says it.
#[derive(Debug, Clone, Default)]
pub(super) struct Span {
    from: Option<(Date, String)>,
    to: Option<(Date, String)>,
}

type Bound = Option<Located<Limit>>;

impl Span {
    /// Of the settings `min`, `max`, `above` and `below`, which stand at `place`.
    ///
    /// # Errors
    /// A bound is no period, two are of one side, or nothing lies between them.
    pub(super) fn build(place: &Place, [min, max, above, below]: [&Bound; 4]) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        for (allowing, strict, [one, other]) in [(min, above, ["min", "above"]), (max, below, ["max", "below"])] {
            if let (Some(_), Some(strict)) = (allowing, strict) {
                problems.push(same_side(one, other, &strict.place));
            }
        }
        let mut read = |bound: &Bound| problems.take(period(bound.as_ref()?).map_err(Problems::from));
        let (min, max, above, below) = (read(min), read(max), read(above), read(below));
        problems.into_result()?;
        let from = min.map(|period| (period.start(), format!("before {period}")));
        let after = above.map(|period| (period.end().saturating_add(1.day()), format!("not after {period}")));
        let to = max.map(|period| (period.end(), format!("after {period}")));
        let before = below.map(|period| (period.start().saturating_sub(1.day()), format!("not before {period}")));
        let span = Self { from: from.or(after), to: to.or(before) };
        match (&span.from, &span.to) {
            (Some((from, _)), Some((to, _))) if from > to => {
                Err(Problem::new(place.clone(), "no period lies between these bounds").into())
            }
            _ => Ok(span),
        }
    }

    /// Whether all days of a period lie within.
    pub(super) fn contains(&self, period: Period) -> bool {
        self.from.as_ref().is_none_or(|(from, _)| period.start() >= *from)
            && self.to.as_ref().is_none_or(|(to, _)| period.end() <= *to)
    }

    /// "before 2024-04", "before 2024-04 or after 2025-03".
    pub(super) fn beyond(&self) -> String {
        let words = [&self.from, &self.to].into_iter().flatten().map(|(_, words)| words.as_str());
        words.collect::<Vec<_>>().join(" or ")
    }
}
