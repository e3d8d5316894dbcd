//! A series as a picture and in words: a run chart, or a control chart (XmR) as the NHS reads it.
//!
//! One way to draw for every page, mail and paper: SVG, and from it PNG where SVG is not shown. Nothing in a picture is told
//! by colour alone: points have shapes (a filled circle for chance, a filled triangle for concern, a hollow diamond for
//! improvement, a hollow square where neither direction is good), lines have dashes (mean full, limits dashed, plan dotted),
//! and the icons of variation and assurance have letters. The colours are those of Making Data Count.

mod icons;
mod key;
mod picture;
mod plot;
mod scale;
mod svg;
mod words;

pub(super) use picture::{Drawn, PictureError};

use super::trend;
use crate::model::{AlertLine, ChartMark, ChartPoint, ControlChart, Period, Unit, Value};

/// A chart, drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chart {
    /// An `<svg>` element that needs nothing else; its text asks for the font that pictures have built in.
    pub(super) svg: String,
    /// All that it shows that matters, in sentences: its alternative text.
    pub(super) words: Vec<String>,
}

impl Chart {
    /// The chart of an alert: the control chart if its rule asks for one, or else a run chart of its last figures. What was
    /// `withdrawn` has a run chart: the control chart spoke of figures that are no longer true.
    pub(super) fn of(line: &AlertLine, withdrawn: bool) -> Option<Self> {
        match line.chart.as_ref().filter(|_| !withdrawn) {
            Some(chart) => Self::control(chart, line.unit),
            None => Self::run(&line.trail, line.plan, line.unit),
        }
    }

    /// None with fewer than two periods, or numbers that cannot be drawn.
    pub(super) fn control(chart: &ControlChart, unit: Unit) -> Option<Self> {
        let breaks: Vec<Period> = chart.rebases.iter().map(|rebase| rebase.from).collect();
        let icons = icons::Icons { variation: chart.variation, assurance: chart.assurance };
        let words = words::of_control(chart, unit);
        let drawing = svg::Drawing { points: &chart.points, breaks: &breaks, icons, unit, plan: None };
        Some(Self { svg: drawing.svg(&words.join(" "))?, words })
    }

    /// The control chart where there are limits, and otherwise a run chart in which each figure has its own plan.
    pub(super) fn followed(chart: &ControlChart, unit: Unit) -> Option<Self> {
        if chart.points.iter().any(|point| point.lines.is_some()) {
            return Self::control(chart, unit);
        }
        let words = words::of_run(&chart.points, unit)?;
        let icons = icons::Icons::default();
        let drawing = svg::Drawing { points: &chart.points, breaks: &[], icons, unit, plan: None };
        Some(Self { svg: drawing.svg(&words.join(" "))?, words })
    }

    /// The same for figures without limits, oldest first, at most the last 13 periods; `plan` is that of the newest.
    pub(super) fn run(trail: &[(Period, Value)], plan: Value, unit: Unit) -> Option<Self> {
        let point = |(period, value): (Period, Value)| ChartPoint {
            period,
            value: value.get(),
            plan: plan.get(),
            lines: None,
            mark: ChartMark::CommonCause,
        };
        let points: Vec<ChartPoint> = trend::without_gaps(trail).into_iter().map(point).collect();
        let words = words::of_run(&points, unit)?;
        let drawing =
            svg::Drawing { points: &points, breaks: &[], icons: icons::Icons::default(), unit, plan: plan.get() };
        Some(Self { svg: drawing.svg(&words.join(" "))?, words })
    }

    /// The drawing for a page whose policy allows no style but its own.
    pub(super) fn unstyled(&self) -> String {
        self.svg.replacen(svg::FITS, "", 1)
    }

    /// The picture as lines and areas, for papers.
    pub(super) fn drawn(&self) -> Result<Drawn, PictureError> {
        picture::drawn(&self.svg)
    }

    /// The picture as PNG, 960 pixels wide: sharp at 480 on a screen of twice the density.
    pub(super) fn png(&self) -> Result<Vec<u8>, PictureError> {
        picture::png(&self.svg)
    }
}

#[cfg(test)]
mod tests;
