//! The tests for special causes.

use super::{Limits, Settings, Side};
use crate::model::coded;

coded! {
    /// The tests for special causes, the one that comes first in the order of priority first: where several hold of a
    /// point, this one names it.
    pub enum Test {
        /// A point strictly beyond a process limit.
        BeyondLimit = "beyond_limit",
        /// Seven (or six) points, each above the one before, or each below it. Equal neighbours end a trend. All are marked,
        /// whichever side of the centre they lie on.
        Trend = "trend",
        /// Of three points in a row on one side of the centre two or three lie between near limit and process limit: those
        /// are marked. A point beyond the process limit is not one of the two, and may be the third.
        TwoOfThree = "two_of_three",
        /// Seven (or six) points in a row on one side of the centre. A point exactly on it ends a shift.
        Shift = "shift",
    }
}

/// Why a point is not of common cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpecialCause {
    /// The test that found it.
    pub test: Test,
    /// For a trend its direction, for the others the side of the centre.
    pub side: Side,
}

/// The tests that hold at the newest of the points seen, of all the points that they take together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub beyond: Option<Side>,
    pub trend: Option<Side>,
    /// Of the newest three points, unless [`Found::of_newest`]; which of these are marked says [`Limits::is_near`].
    pub two_of_three: Option<Side>,
    pub shift: Option<Side>,
}

/// Goes along the points of one segment.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    limits: &'a Limits,
    /// How many differences make a trend, how many points a shift.
    needed: (usize, usize),
    before: Option<f64>,
    differences: Run,
    sides: Run,
    /// The two points before the newest: side, and whether near.
    two: [Option<(Side, bool)>; 2],
}

/// How long the same side has lasted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Run {
    side: Option<Side>,
    pub length: usize,
}

impl Run {
    pub(super) fn extend(&mut self, side: Option<Side>) {
        self.length = match side {
            None => 0,
            same if same == self.side => self.length + 1,
            _ => 1,
        };
        self.side = side;
    }

    pub(super) fn reached(&self, needed: usize) -> Option<Side> {
        self.side.filter(|_| self.length >= needed)
    }
}

impl<'a> Walk<'a> {
    pub(super) fn new(limits: &'a Limits, settings: &Settings) -> Self {
        let needed = (settings.trend.points() - 1, settings.shift.points());
        Self { limits, needed, before: None, differences: Run::default(), sides: Run::default(), two: [None; 2] }
    }

    /// Takes the next period; `None` is a gap, which nothing crosses.
    pub(super) fn step(&mut self, figure: Option<f64>) -> Found {
        let difference = match (self.before, figure) {
            (Some(before), Some(now)) if now > before => Some(Side::High),
            (Some(before), Some(now)) if now < before => Some(Side::Low),
            _ => None,
        };
        let side = figure.and_then(|figure| self.limits.side(figure));
        let near = figure.is_some_and(|figure| self.limits.is_near(figure));
        self.before = figure;
        self.differences.extend(difference);
        self.sides.extend(side);
        let now = side.map(|side| (side, near));
        let two_of_three = two_of_three([self.two[0], self.two[1], now]);
        self.two = [self.two[1], now];
        Found {
            beyond: figure.and_then(|figure| self.limits.beyond(figure)),
            trend: self.differences.reached(self.needed.0),
            two_of_three,
            shift: self.sides.reached(self.needed.1),
        }
    }
}

impl Found {
    /// What holds of the newest point itself: of two out of three it may be the third.
    pub(super) fn of_newest(self, figure: f64, limits: &Limits) -> Self {
        Self { two_of_three: self.two_of_three.filter(|_| limits.is_near(figure)), ..self }
    }

    pub(super) fn side(self, test: Test) -> Option<Side> {
        match test {
            Test::BeyondLimit => self.beyond,
            Test::Trend => self.trend,
            Test::TwoOfThree => self.two_of_three,
            Test::Shift => self.shift,
        }
    }

    /// The test that names the point.
    pub(super) fn named(self) -> Option<SpecialCause> {
        Test::ALL.iter().find_map(|test| self.side(*test).map(|side| SpecialCause { test: *test, side }))
    }
}

fn two_of_three(three: [Option<(Side, bool)>; 3]) -> Option<Side> {
    let [Some((first, a)), Some((second, b)), Some((third, c))] = three else { return None };
    let near = [a, b, c].into_iter().filter(|near| *near).count();
    (first == second && second == third && near >= 2).then_some(first)
}
