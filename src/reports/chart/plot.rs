//! Lines and points over the periods.

use std::fmt::Write as _;

use super::{
    scale::Scale,
    svg::{Drawing, FONT_SIZE, INK, WIDTH, text, width_of},
};
use crate::{
    model::{ChartMark, ChartPoint, Period},
    reports::{clean, words},
};

/// Room for a point at the edge.
const MARGIN: f64 = 8.0;
/// The widest number at the side, in characters.
const NUMBER: usize = 12;

/// The look of each line, as attributes.
pub(super) const LIMIT: &str = r##"stroke="#4d5a66" stroke-width="1.3" stroke-dasharray="6 4""##;
pub(super) const MEAN: &str = r##"stroke="#17222d" stroke-width="1.3""##;
pub(super) const PLAN: &str =
    r##"stroke="#b3122a" stroke-width="2.4" stroke-dasharray="0.1 5" stroke-linecap="round""##;
pub(super) const FIGURES: &str = r##"stroke="#5b6873" stroke-width="1.8" stroke-linejoin="round""##;

/// The plot of a drawing, laid out.
pub(super) struct Plot<'a> {
    drawing: &'a Drawing<'a>,
    scale: &'a Scale,
    numbers: Vec<(f64, String)>,
    left: f64,
    top: f64,
    height: f64,
}

impl<'a> Plot<'a> {
    pub(super) fn new(drawing: &'a Drawing<'a>, scale: &'a Scale, top: f64, height: f64) -> Self {
        let number = |tick: f64| clean::line(&words::quantity(tick, drawing.unit), NUMBER);
        let numbers: Vec<(f64, String)> = scale.ticks().into_iter().map(|tick| (tick, number(tick))).collect();
        let widest = numbers.iter().map(|(_, number)| width_of(number)).fold(0.0, f64::max);
        Self { drawing, scale, numbers, left: widest + 8.0, top: top + MARGIN, height }
    }

    /// Draws it, and says where it ends.
    pub(super) fn draw(&self, svg: &mut String) -> f64 {
        self.grid(svg);
        let (points, breaks) = (self.drawing.points, self.drawing.breaks);
        let line = |which: usize| move |point: &ChartPoint| point.lines.and_then(|lines| lines.get(which).copied());
        self.path(svg, &line(0), breaks, LIMIT);
        self.path(svg, &line(2), breaks, LIMIT);
        self.path(svg, &line(1), breaks, MEAN);
        self.path(svg, &|point| point.plan, &[], PLAN);
        self.path(svg, &|point| point.value, &[], FIGURES);
        for (at, point) in points.iter().enumerate() {
            if let Some(value) = point.value {
                shape(svg, self.x(at), self.y(value), point.mark, at + 1 == points.len());
            }
        }
        self.top + self.height + FONT_SIZE + 10.0
    }

    fn x(&self, at: usize) -> f64 {
        let step = (WIDTH - MARGIN - (self.left + MARGIN)) / (self.drawing.points.len() - 1).max(1) as f64;
        self.left + MARGIN + at as f64 * step
    }

    fn y(&self, figure: f64) -> f64 {
        self.top + (1.0 - self.scale.share(figure)) * self.height
    }

    /// Round numbers at the side, the first and the last period below, and a small line for each.
    fn grid(&self, svg: &mut String) {
        for (tick, number) in &self.numbers {
            let (y, colour) = (self.y(*tick), if *tick == 0.0 { INK } else { "#d3dae0" });
            let _ =
                write!(svg, r#"<path d="M{:.1} {y:.1}H{WIDTH}" stroke="{colour}" stroke-width="1"/>"#, self.left + 2.0);
            text(svg, (self.left - 4.0, y + FONT_SIZE * 0.35), "end", &format!("fill=\"{INK}\""), number);
        }
        let base = self.top + self.height;
        for at in 0..self.drawing.points.len() {
            let _ = write!(svg, r##"<path d="M{:.1} {base:.1}v4" stroke="#5b6873" stroke-width="1"/>"##, self.x(at));
        }
        if let [first, .., last] = self.drawing.points {
            let (y, style) = (base + FONT_SIZE + 6.0, format!("fill=\"{INK}\""));
            text(svg, (self.left, y), "start", &style, &first.period.label());
            text(svg, (WIDTH - 1.0, y), "end", &style, &last.period.label());
        }
    }

    /// A line through the points that have this number; it ends at gaps, and where it begins anew.
    fn path(&self, svg: &mut String, of: &dyn Fn(&ChartPoint) -> Option<f64>, breaks: &[Period], style: &str) {
        let (mut d, mut joined) = (String::new(), false);
        for (at, point) in self.drawing.points.iter().enumerate() {
            let Some(number) = of(point) else {
                joined = false;
                continue;
            };
            let letter = if joined && !breaks.contains(&point.period) { 'L' } else { 'M' };
            let _ = write!(d, "{letter}{:.1} {:.1}", self.x(at), self.y(number));
            joined = true;
        }
        if !d.is_empty() {
            let _ = write!(svg, r#"<path d="{d}" fill="none" {style}/>"#);
        }
    }
}

/// A point. The newest is larger.
pub(super) fn shape(svg: &mut String, x: f64, y: f64, mark: ChartMark, newest: bool) {
    let s = if newest { 1.4 } else { 1.0 };
    let _ = match mark {
        ChartMark::CommonCause => {
            let (r, fill) = (3.2 * s, if newest { INK } else { "#a6a6a6" });
            write!(
                svg,
                r##"<circle cx="{x:.1}" cy="{y:.1}" r="{r:.1}" fill="{fill}" stroke="#4d5a66" stroke-width="1"/>"##
            )
        }
        ChartMark::Concern => {
            let (top, base, left, right) = (y - 5.0 * s, y + 4.0 * s, x - 5.0 * s, x + 5.0 * s);
            write!(
                svg,
                r##"<path d="M{x:.1} {top:.1}L{right:.1} {base:.1}L{left:.1} {base:.1}Z" fill="#e46c0a" stroke="#17222d" stroke-width="1"/>"##
            )
        }
        ChartMark::Improvement => {
            let (top, base, left, right) = (y - 5.0 * s, y + 5.0 * s, x - 5.0 * s, x + 5.0 * s);
            write!(
                svg,
                r##"<path d="M{x:.1} {top:.1}L{right:.1} {y:.1}L{x:.1} {base:.1}L{left:.1} {y:.1}Z" fill="#ffffff" stroke="#0087b8" stroke-width="2"/>"##
            )
        }
        ChartMark::Special => {
            let (top, left, side) = (y - 4.0 * s, x - 4.0 * s, 8.0 * s);
            write!(
                svg,
                r##"<rect x="{left:.1}" y="{top:.1}" width="{side:.1}" height="{side:.1}" fill="#ffffff" stroke="#490092" stroke-width="2"/>"##
            )
        }
    };
}
