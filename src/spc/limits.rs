//! The lines of a chart: centre, process limits and near limits.

use super::Settings;
use crate::model::coded;

/// From the mean moving range to three sigma: 3 / 1.128, as it is rounded everywhere.
const PROCESS: f64 = 2.66;
/// The near limits lie two thirds of the way.
const NEAR: f64 = 2.0 * (PROCESS / 3.0);
/// The upper limit of moving ranges, in mean moving ranges.
pub(super) const OUTLIER: f64 = 3.267;

coded! {
    /// Which way a figure is out of the common.
    pub enum Side {
        /// Above, or rising.
        High = "high",
        /// Below, or falling.
        Low = "low",
    }
}

/// The lines of one segment, in the measure's own unit. They are not clipped: a percentage's upper limit may lie above 100.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// The mean of the figures of the baseline.
    pub centre: f64,
    /// The mean moving range that the limits come from, after screening.
    pub moving_range: f64,
    /// The lower process limit: `centre - 2.66 * moving_range`.
    pub lower: f64,
    /// The upper process limit.
    pub upper: f64,
    /// Two thirds of the way from the centre to [`Limits::lower`].
    pub near_lower: f64,
    /// Two thirds of the way from the centre to [`Limits::upper`].
    pub near_upper: f64,
}

impl Limits {
    /// The limits of one segment, given the figures of its consecutive periods.
    ///
    /// `None` if no two neighbouring periods of the baseline have figures, or figures are so large that their sum has no
    /// number. What is not finite counts as a gap.
    #[must_use]
    pub fn of(segment: &[Option<f64>], settings: &Settings) -> Option<Self> {
        let base = baseline(segment, settings);
        let all = Means::of(base, None)?;
        let screen = (settings.screen_outliers && all.moving_range > 0.0).then_some(OUTLIER * all.moving_range);
        let Means { centre, moving_range } = if screen.is_some() { Means::of(base, screen)? } else { all };
        Self::around(centre, moving_range)
    }

    /// The limits around a mean; `None` if they have no numbers.
    pub(super) fn around(centre: f64, moving_range: f64) -> Option<Self> {
        let (process, near) = (PROCESS * moving_range, NEAR * moving_range);
        let (lower, upper) = (centre - process, centre + process);
        let limits = Self { centre, moving_range, lower, upper, near_lower: centre - near, near_upper: centre + near };
        (lower.is_finite() && upper.is_finite()).then_some(limits)
    }

    /// The side of the centre on which a figure lies; `None` exactly on it.
    #[must_use]
    pub fn side(&self, figure: f64) -> Option<Side> {
        past(figure, self.centre, self.centre)
    }

    /// The process limit that a figure lies beyond; exactly on it is not beyond.
    #[must_use]
    pub fn beyond(&self, figure: f64) -> Option<Side> {
        past(figure, self.lower, self.upper)
    }

    /// Whether a figure lies beyond a near limit and not beyond the process limit.
    #[must_use]
    pub fn is_near(&self, figure: f64) -> bool {
        past(figure, self.near_lower, self.near_upper).is_some() && self.beyond(figure).is_none()
    }
}

/// A figure that can be reckoned with.
pub(super) fn finite(figure: Option<f64>) -> Option<f64> {
    figure.filter(|figure| figure.is_finite())
}

fn past(figure: f64, lower: f64, upper: f64) -> Option<Side> {
    if figure > upper {
        Some(Side::High)
    } else if figure < lower {
        Some(Side::Low)
    } else {
        None
    }
}

/// The periods up to the last figure of the baseline.
fn baseline<'a>(segment: &'a [Option<f64>], settings: &Settings) -> &'a [Option<f64>] {
    let Some(baseline) = settings.baseline else { return segment };
    let mut figures = 0;
    let mut is_part = |figure: &Option<f64>| {
        figures += usize::from(finite(*figure).is_some());
        figures <= baseline.figures()
    };
    let end = segment.iter().position(|figure| !is_part(figure)).unwrap_or(segment.len());
    segment.get(..end).unwrap_or(segment)
}

/// The means of figures and of moving ranges.
#[derive(Debug, Clone, Copy, Default)]
struct Means {
    centre: f64,
    moving_range: f64,
}

impl Means {
    /// Of these periods, without moving ranges from `screen` up. `None` if there are no moving ranges.
    ///
    /// Means are taken twice, the second time of what the first ones leave over: then the mean of equal figures is that
    /// figure, and none of them lies beside it by an error of rounding.
    fn of(figures: &[Option<f64>], screen: Option<f64>) -> Option<Self> {
        let first = Self::default().corrected(figures, screen)?;
        first.corrected(figures, screen)
    }

    fn corrected(self, figures: &[Option<f64>], screen: Option<f64>) -> Option<Self> {
        let (mut sum, mut count, mut ranges, mut range_count) = (0.0, 0_usize, 0.0, 0_usize);
        let mut before = None;
        for figure in figures.iter().map(|figure| finite(*figure)) {
            let range = figure.zip(before).map(|(now, before)| f64::abs(now - before));
            if let Some(figure) = figure {
                sum += figure - self.centre;
                count += 1;
            }
            if let Some(range) = range.filter(|range| screen.is_none_or(|screen| *range < screen)) {
                ranges += range - self.moving_range;
                range_count += 1;
            }
            before = figure;
        }
        (range_count > 0).then(|| Self {
            centre: self.centre + sum / count as f64,
            moving_range: self.moving_range + ranges / range_count as f64,
        })
    }
}
