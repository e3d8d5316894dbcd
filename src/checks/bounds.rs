//! Between what a figure must lie, as several kinds take it: `min` and `max`, which are allowed themselves, `above` and
//! `below`, which are not.

use crate::{
    model::value::format_number,
    yaml::{Located, Place, Problem, Problems},
};

/// A bound as a dataset writes it, or none.
pub(super) type Setting = Option<Located<f64>>;

/// The four settings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ends<'a> {
    pub(super) min: &'a Setting,
    pub(super) max: &'a Setting,
    pub(super) above: &'a Setting,
    pub(super) below: &'a Setting,
}

/// An end beyond which no figure may lie.
#[derive(Debug, Clone, Copy, PartialEq)]
struct End {
    at: f64,
    /// Whether the end itself is allowed.
    allowed: bool,
}

/// One end or both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bounds {
    low: Option<End>,
    high: Option<End>,
}

impl Ends<'_> {
    /// Whether none of them is set.
    pub(super) fn is_empty(self) -> bool {
        [self.min, self.max, self.above, self.below].into_iter().all(Option::is_none)
    }

    /// The bounds that the settings, which stand at `place`, come to; at least one is set.
    ///
    /// # Errors
    /// A bound is not finite, two of one side are named, or nothing lies between them.
    pub(super) fn build(self, place: &Place) -> Result<Bounds, Problems> {
        let mut problems = Problems::default();
        let Self { min, max, above, below } = self;
        for bound in [min, max, above, below].into_iter().flatten().filter(|bound| !bound.is_finite()) {
            problems.push(Problem::new(bound.place.clone(), "a bound must be a finite number"));
        }
        let low = problems.take(end(("min", min), ("above", above)).map_err(Problems::from)).flatten();
        let high = problems.take(end(("max", max), ("below", below)).map_err(Problems::from)).flatten();
        problems.into_result()?;
        let bounds = Bounds { low, high };
        if bounds.are_empty() {
            let place = min.as_ref().or(above.as_ref()).map_or(place, |bound| &bound.place);
            let problem = Problem::new(place.clone(), format!("no figure is {}", bounds.both_in_words()));
            return Err(problem.hint("`min` is above `max`: exchange them?").into());
        }
        Ok(bounds)
    }
}

/// One side's end, of the setting that allows it or the one that does not.
fn end(allowing: (&str, &Setting), strict: (&str, &Setting)) -> Result<Option<End>, Problem> {
    match (allowing.1, strict.1) {
        (Some(_), Some(strict_at)) => Err(same_side(allowing.0, strict.0, &strict_at.place)),
        (Some(at), None) => Ok(Some(End { at: at.value, allowed: true })),
        (None, Some(at)) => Ok(Some(End { at: at.value, allowed: false })),
        (None, None) => Ok(None),
    }
}

/// That no period stands here, where a setting needs one.
pub(super) fn no_period(place: &Place) -> Problem {
    let problem = Problem::new(place.clone(), "the column holds periods, and this is none");
    problem.hint("write 2025-10 (month), 2025/26-Q3 (quarter), 2025/26, 2025 or 2025-10-06 (day)")
}

/// Two settings that set the same end, the second of which stands here.
pub(super) fn same_side(allowing: &str, strict: &str, place: &Place) -> Problem {
    let message = format!("`{allowing}` and `{strict}` are bounds of the same side");
    Problem::new(place.clone(), message).hint("name one of them")
}

impl Bounds {
    fn are_empty(self) -> bool {
        match (self.low, self.high) {
            (Some(low), Some(high)) => low.at > high.at || (low.at >= high.at && !(low.allowed && high.allowed)),
            _ => false,
        }
    }

    /// The least and the greatest figure that lie within.
    pub(super) fn ends(self) -> (f64, f64) {
        let least = self.low.map_or(f64::NEG_INFINITY, |low| if low.allowed { low.at } else { low.at.next_up() });
        let greatest = self.high.map_or(f64::INFINITY, |high| if high.allowed { high.at } else { high.at.next_down() });
        (least, greatest)
    }

    /// Whether a figure lies within.
    pub(super) fn contain(self, figure: f64) -> bool {
        self.low.is_none_or(|low| figure > low.at || (low.allowed && figure >= low.at))
            && self.high.is_none_or(|high| figure < high.at || (high.allowed && figure <= high.at))
    }

    /// Where a figure is that does not lie within: "below 0", "outside 0 to 1", "not above 0".
    pub(super) fn beyond(self) -> String {
        match (self.low, self.high) {
            (Some(low), None) if low.allowed => format!("below {}", low.at),
            (None, Some(high)) if high.allowed => format!("above {}", high.at),
            (Some(low), Some(high)) if low.allowed && high.allowed => format!("outside {} to {}", low.at, high.at),
            _ => format!("not {}", self.both_in_words()),
        }
    }

    /// "at least 5", "0 to 1", "above 0 and at most 1".
    pub(super) fn in_words(self) -> String {
        match (self.low, self.high) {
            (Some(low), Some(high)) if low.allowed && high.allowed => {
                format!("{} to {}", format_number(low.at), format_number(high.at))
            }
            _ => self.both_in_words(),
        }
    }

    fn both_in_words(self) -> String {
        let low = self.low.map(|low| format!("{} {}", if low.allowed { "at least" } else { "above" }, low.number()));
        let high =
            self.high.map(|high| format!("{} {}", if high.allowed { "at most" } else { "below" }, high.number()));
        low.into_iter().chain(high).collect::<Vec<_>>().join(" and ")
    }

    /// The same, where what is held against them was reckoned: a figure that differs from an end only by how a computer
    /// keeps decimals is that end.
    pub(super) fn contain_nearly(self, figure: f64, same: impl Fn(f64, f64) -> bool) -> bool {
        let ends = [self.low, self.high].into_iter().flatten();
        match ends.clone().find(|end| same(figure, end.at)) {
            Some(end) if !end.allowed => false,
            Some(end) => self.contain(end.at),
            None => self.contain(figure),
        }
    }
}

impl End {
    fn number(self) -> String {
        format_number(self.at)
    }
}
