//! Every period of a series, as seen from the newest.

use std::ops::Range;

use super::{
    ENOUGH, Latest, Limits, Settings, Side, SpecialCause, Test, Variation,
    limits::finite,
    rebase,
    special::{Found, Walk},
};
use crate::model::Better;

/// A chart: its points, and the segments that they lie in. [`Chart::fill`] may be called again and again; the buffers stay.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Chart {
    points: Vec<Point>,
    segments: Vec<Segment>,
    settings: Settings,
    /// The tests that hold of the newest point.
    newest: Option<Found>,
}

/// One period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Its figure; `None` is a gap.
    pub figure: Option<f64>,
    /// Why it is not of common cause. `None` if it is, if there is no figure, or if its segment has no limits.
    pub special: Option<SpecialCause>,
    /// Its place in [`Chart::segments`].
    pub segment: usize,
}

/// The periods from one rebase to the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// Its periods, counted from 0 in the whole chart.
    pub periods: Range<usize>,
    /// How many of them have a figure.
    pub figures: usize,
    /// Its lines; `None` if there are too few figures: see [`Limits::of`].
    pub limits: Option<Limits>,
}

impl Segment {
    /// Whether it has fewer than 13 figures, so that its icons mean little.
    #[must_use]
    pub const fn is_short(&self) -> bool {
        self.figures < ENOUGH
    }
}

impl Point {
    /// What the point says of its process, where `better` is good.
    #[must_use]
    pub fn variation(&self, better: Better) -> Variation {
        Variation::of(self.special, better)
    }
}

impl Chart {
    /// A chart of these figures: see [`Chart::fill`].
    #[must_use]
    pub fn of(figures: &[Option<f64>], rebase: &[usize], settings: &Settings) -> Self {
        let mut chart = Self::default();
        chart.fill(figures, rebase, settings);
        chart
    }

    /// Replaces what the chart holds by these figures, read with these settings, in linear time.
    ///
    /// `figures` are those of consecutive periods, oldest first; `None`, and what is not finite, is a gap. `rebase` names
    /// the periods, counted from 0 and in any order, at which a segment starts; 0 and those beyond the end change nothing.
    pub fn fill(&mut self, figures: &[Option<f64>], rebase: &[usize], settings: &Settings) {
        self.points.clear();
        self.segments.clear();
        self.settings = *settings;
        self.newest = None;
        let mut start = 0;
        while start < figures.len() {
            let next = rebase.iter().copied().filter(|next| *next > start).min();
            let end = next.unwrap_or(figures.len()).min(figures.len());
            self.add(start, figures.get(start..end).unwrap_or_default());
            start = end;
        }
    }

    /// Every period, oldest first.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The segments, oldest first. They lie end to end and cover all periods.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The lines at a period; they are drawn through gaps too.
    #[must_use]
    pub fn limits(&self, period: usize) -> Option<&Limits> {
        self.segments.get(self.points.get(period)?.segment)?.limits.as_ref()
    }

    /// What is known of the newest period, exactly as [`latest`](super::latest) has it: `None` if it has no figure, or its
    /// segment no limits.
    #[must_use]
    pub fn latest(&self) -> Option<Latest> {
        let (point, segment) = (self.points.last()?, self.segments.last()?);
        Some(Latest {
            figure: point.figure?,
            limits: segment.limits?,
            special: point.special,
            figures: segment.figures,
            found: self.newest?,
        })
    }

    /// The period at which the newest segment might be rebased, if a shift has established itself since.
    ///
    /// A suggestion, never applied: limits should be set anew only where people know what changed the process. It is given
    /// for the first shift that
    ///
    /// - starts after at least 13 figures of the segment, so that the limits which it left meant something;
    /// - has at least 13 figures from its start on, so that the new limits will: these set the candidate limits;
    /// - has held: against the candidate limits no shift back starts among those 13, nor does one that may yet become it.
    ///
    /// The start, and the wait for new limits, are as `NHSRplotthedots` and Making Data Count advise (revise from the start
    /// of the long run; trial limits until 12 or more points); that a shift back speaks against it is the criterion of the
    /// Stable Shift Algorithm (Woodcock and O'Connor, `autospc`).
    #[must_use]
    pub fn suggested_rebase(&self) -> Option<usize> {
        let segment = self.segments.last()?;
        let points = self.points.get(segment.periods.clone())?;
        let within = rebase::suggested(points, segment.limits.as_ref()?, &self.settings)?;
        Some(segment.periods.start + within)
    }

    fn add(&mut self, start: usize, figures: &[Option<f64>]) {
        let segment = self.segments.len();
        let limits = Limits::of(figures, &self.settings);
        let points = figures.iter().map(|figure| Point { figure: finite(*figure), special: None, segment });
        self.points.extend(points);
        let points = self.points.get_mut(start..).unwrap_or_default();
        if let Some(limits) = &limits {
            self.newest = mark(points, limits, &self.settings);
        }
        let count = points.iter().filter(|point| point.figure.is_some()).count();
        self.segments.push(Segment { periods: start..start + figures.len(), figures: count, limits });
    }
}

/// Marks the points of one segment, and answers what holds of its newest one.
pub(super) fn mark(points: &mut [Point], limits: &Limits, settings: &Settings) -> Option<Found> {
    let mut walk = Walk::new(limits, settings);
    let mut newest_found = None;
    for newest in 0..points.len() {
        let seen = points.get_mut(..=newest)?;
        let figure = seen.last().and_then(|point| point.figure);
        let found = walk.step(figure);
        newest_found = figure.map(|figure| found.of_newest(figure, limits));
        let Found { beyond, trend, two_of_three, shift } = found;
        name(seen, 1, Test::BeyondLimit, beyond, |_| true);
        name(seen, settings.trend.points(), Test::Trend, trend, |_| true);
        name(seen, 3, Test::TwoOfThree, two_of_three, |figure| limits.is_near(figure));
        name(seen, settings.shift.points(), Test::Shift, shift, |_| true);
    }
    newest_found
}

/// Marks the newest `count` points that `takes_part` names, unless a test of higher priority has named them. Of two trends
/// that share a point the later one has it.
fn name(seen: &mut [Point], count: usize, test: Test, side: Option<Side>, takes_part: impl Fn(f64) -> bool) {
    let Some(side) = side else { return };
    for point in seen.iter_mut().rev().take(count) {
        let free = point.special.is_none_or(|special| test <= special.test);
        if free && point.figure.is_some_and(&takes_part) {
            point.special = Some(SpecialCause { test, side });
        }
    }
}
