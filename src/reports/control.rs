//! A control chart as a picture, and in words.
//!
//! The points have the colours of NHS charts and shapes of their own, so that they are told apart in grey: a filled circle
//! for chance, a filled triangle for concern, a hollow diamond for improvement, a hollow square where neither direction is
//! good. Mean and limits are lines, full and dashed; the plan is dotted.

use std::fmt::Write as _;

use serde::Serialize;

use super::{clean, words};
use crate::model::{ChartMark, ChartPoint, ControlChart, Period, Unit};

const STEP: f64 = 14.0;
const HEIGHT: f64 = 130.0;
/// Room for a point at the edge.
const MARGIN: f64 = 8.0;
/// The widest that a name and a comment are shown.
const NAME: usize = 80;
const COMMENT: usize = 200;

/// A chart as templates show it.
#[derive(Debug, Serialize)]
pub(super) struct ControlView {
    /// The picture: shapes only, because mail programs that cannot draw leave the words of a drawing standing.
    pub(super) svg: String,
    /// All that it shows that matters, in sentences.
    pub(super) words: Vec<String>,
}

impl ControlView {
    /// None with fewer than two points, or numbers that cannot be drawn.
    pub(super) fn of(chart: &ControlChart, unit: Unit) -> Option<Self> {
        let words = words(chart, unit);
        let svg = draw(chart, &words.join(" "))?;
        Some(Self { svg, words })
    }
}

/// Alternative text: mean, limits, how the points are marked, where limits were or might be set anew.
fn words(chart: &ControlChart, unit: Unit) -> Vec<String> {
    let mut said = Vec::new();
    if let Some([lower, centre, upper]) = chart.points.last().and_then(|point| point.lines) {
        let [lower, centre, upper] = [lower, centre, upper].map(|line| words::quantity(line, unit));
        said.push(format!("Control chart: mean {centre}, limits {lower} to {upper}."));
    }
    let marked = |mark| chart.points.iter().filter(|point| point.value.is_some() && point.mark == mark).count();
    let counts = [
        (marked(ChartMark::Concern), "of concern (filled triangles)"),
        (marked(ChartMark::Improvement), "of improvement (hollow diamonds)"),
        (marked(ChartMark::Special), "out of the common (hollow squares)"),
    ];
    let counts: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if !counts.is_empty() {
        said.push(format!("Of {} points {}.", chart.points.len(), counts.join(", ")));
    }
    for rebase in &chart.rebases {
        let (name, comment) = (clean::line(&rebase.approved_by, NAME), clean::line(&rebase.comment, COMMENT));
        said.push(format!("Limits set anew from {}, approved by {name}: {comment}.", rebase.from.label()));
    }
    if let Some(from) = chart.suggested_rebase {
        said.push(format!(
            "The level has held since {}: if it is known what changed, the limits could be set anew from there.",
            from.label()
        ));
    }
    let has_plan = chart.points.iter().any(|point| point.plan.is_some());
    said.push(format!("Lines: mean full, limits dashed{}.", if has_plan { ", plan dotted" } else { "" }));
    said
}

struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    fn of(points: &[ChartPoint]) -> Option<Self> {
        let numbers = points.iter().flat_map(|point| {
            let lines = point.lines.into_iter().flatten();
            point.value.into_iter().chain(point.plan).chain(lines)
        });
        let (low, high) = numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        let span = high - low;
        (span.is_finite() && span > 0.0).then_some(Self { low, high })
    }

    fn y(&self, number: f64) -> f64 {
        MARGIN + (self.high - number) / (self.high - self.low) * (HEIGHT - 2.0 * MARGIN)
    }
}

fn x(at: usize) -> f64 {
    MARGIN + at as f64 * STEP
}

fn draw(chart: &ControlChart, alternative: &str) -> Option<String> {
    let points = &chart.points;
    let scale = Scale::of(points).filter(|_| points.len() > 1)?;
    let width = x(points.len() - 1) + MARGIN;
    let mut svg = format!(
        r##"<svg role="img" aria-label="{}" width="{width:.0}" height="{HEIGHT:.0}" viewBox="0 0 {width:.0} {HEIGHT:.0}"><rect width="{width:.0}" height="{HEIGHT:.0}" fill="#ffffff"/>"##,
        escape(alternative)
    );
    let line = |which: usize| move |point: &ChartPoint| point.lines.and_then(|lines| lines.get(which).copied());
    let mut path = |of: &dyn Fn(&ChartPoint) -> Option<f64>, breaks: &[Period], style: &str| {
        let mut d = String::new();
        let mut joined = false;
        for (at, point) in points.iter().enumerate() {
            let Some(number) = of(point) else {
                joined = false;
                continue;
            };
            // Limits that are set anew begin a line of their own.
            let letter = if joined && !breaks.contains(&point.period) { 'L' } else { 'M' };
            // Writing to a string cannot fail.
            let _ = write!(d, "{letter}{:.1} {:.1}", x(at), scale.y(number));
            joined = true;
        }
        if !d.is_empty() {
            let _ = write!(svg, r#"<path d="{d}" fill="none" {style}/>"#);
        }
    };
    let rebased: Vec<Period> = chart.rebases.iter().map(|rebase| rebase.from).collect();
    let dashed = r##"stroke="#6b7780" stroke-width="1.2" stroke-dasharray="5 3""##;
    path(&line(0), &rebased, dashed);
    path(&line(2), &rebased, dashed);
    path(&line(1), &rebased, r##"stroke="#17222d" stroke-width="1.2""##);
    path(&|point| point.plan, &[], r##"stroke="#c8102e" stroke-width="1.4" stroke-dasharray="1.5 2.5""##);
    path(&|point| point.value, &[], r##"stroke="#8895a1" stroke-width="1.4""##);
    for (at, point) in points.iter().enumerate() {
        if let Some(value) = point.value {
            shape(&mut svg, x(at), scale.y(value), point.mark);
        }
    }
    svg.push_str("</svg>");
    Some(svg)
}

/// The colours are those of Making Data Count: grey, orange, blue, purple.
fn shape(svg: &mut String, x: f64, y: f64, mark: ChartMark) {
    let _ = match mark {
        ChartMark::CommonCause => write!(svg, r##"<circle cx="{x:.1}" cy="{y:.1}" r="3" fill="#a6a6a6"/>"##),
        ChartMark::Concern => {
            let (top, base, left, right) = (y - 5.0, y + 4.0, x - 5.0, x + 5.0);
            write!(
                svg,
                r##"<path d="M{x:.1} {top:.1}L{right:.1} {base:.1}L{left:.1} {base:.1}Z" fill="#e46c0a" stroke="#17222d" stroke-width="0.8"/>"##
            )
        }
        ChartMark::Improvement => {
            let (top, base, left, right) = (y - 5.0, y + 5.0, x - 5.0, x + 5.0);
            write!(
                svg,
                r##"<path d="M{x:.1} {top:.1}L{right:.1} {y:.1}L{x:.1} {base:.1}L{left:.1} {y:.1}Z" fill="#ffffff" stroke="#00b0f0" stroke-width="2"/>"##
            )
        }
        ChartMark::Special => {
            let (top, left) = (y - 4.0, x - 4.0);
            write!(
                svg,
                r##"<rect x="{left:.1}" y="{top:.1}" width="8" height="8" fill="#ffffff" stroke="#490092" stroke-width="2"/>"##
            )
        }
    };
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChartRebase;

    /// Mean 10 and limits 2 to 18 over four months; the third is missing, the last of concern.
    fn chart() -> ControlChart {
        let first: Period = "2025-01".parse().expect("a month");
        let figures = [Some(10.0), Some(9.0), None, Some(1.0)];
        let points = (0..).zip(figures).map(|(at, value)| ChartPoint {
            period: first.minus(-at),
            value,
            plan: Some(12.0),
            lines: Some([2.0, 10.0, 18.0]),
            mark: if at == 3 { ChartMark::Concern } else { ChartMark::CommonCause },
        });
        ControlChart { points: points.collect(), rebases: vec![], suggested_rebase: None }
    }

    #[test]
    fn a_point_stands_between_the_lines_where_its_figure_is() {
        let svg = draw(&chart(), "").expect("a picture");
        // From 1 (bottom, 122) to 18 (top, 8): 10 is 8 + 8 / 17 of 114.
        assert!(svg.contains(r#"<circle cx="8.0" cy="61.6" r="3""#), "{svg}");
        assert!(svg.contains(r##"<path d="M50.0 117.0L55.0 126.0L45.0 126.0Z" fill="#e46c0a""##), "{svg}");
        // The line of figures ends before the gap and begins anew after it.
        assert!(svg.contains("M8.0 61.6L22.0 68.4M50.0 122.0"), "{svg}");
    }

    #[test]
    fn words_say_what_the_picture_shows() {
        let first: Period = "2025-01".parse().expect("a month");
        let approved =
            ChartRebase { from: first, approved_by: "Ann <b>".to_owned(), comment: "new\nclinic".to_owned() };
        let chart = ControlChart { rebases: vec![approved], suggested_rebase: Some(first.minus(-1)), ..chart() };
        let view = ControlView::of(&chart, Unit::Number).expect("a view");
        assert_eq!(
            view.words,
            [
                "Control chart: mean 10, limits 2 to 18.",
                "Of 4 points 1 of concern (filled triangles).",
                "Limits set anew from January 2025, approved by Ann <b>: new clinic.",
                "The level has held since February 2025: if it is known what changed, the limits could be set anew from \
                 there.",
                "Lines: mean full, limits dashed, plan dotted.",
            ]
        );
        assert!(view.svg.contains("Ann &lt;b&gt;") && !view.svg.contains("<b>"));
    }

    #[test]
    fn what_cannot_be_drawn_is_not() {
        let one = ControlChart { points: chart().points[..1].to_vec(), ..chart() };
        assert!(ControlView::of(&one, Unit::Number).is_none());
        let mut huge = chart();
        huge.points[0].value = Some(f64::MAX);
        huge.points[1].value = Some(f64::MIN);
        assert!(ControlView::of(&huge, Unit::Number).is_none());
    }
}
