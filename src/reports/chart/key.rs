//! What the lines and marks of a chart mean: those that are in it, and no others.

use std::fmt::Write as _;

use super::{
    plot::{FIGURES, LIMIT, MEAN, PLAN, shape},
    svg::{Drawing, FONT_SIZE, INK, WIDTH, text, width_of},
};
use crate::{
    model::{ChartMark, ChartPoint},
    reports::{clean, words},
};

const SAMPLE: f64 = 26.0;
const GAP: f64 = 14.0;
const ROW: f64 = FONT_SIZE + 7.0;

/// One entry.
struct Entry {
    sample: Sample,
    words: String,
}

enum Sample {
    Line(&'static str),
    Mark(ChartMark),
}

/// Draws it below `top`, and says where it ends.
pub(super) fn draw(svg: &mut String, drawing: &Drawing<'_>, top: f64) -> f64 {
    let (mut x, mut y) = (0.0, top + ROW - 4.0);
    for Entry { sample, words } in entries(drawing) {
        let width = SAMPLE + width_of(&words);
        if x > 0.0 && x + width > WIDTH {
            (x, y) = (0.0, y + ROW);
        }
        let middle = y - FONT_SIZE * 0.35;
        match sample {
            Sample::Line(style) => {
                // Writing to a string cannot fail.
                let _ = write!(svg, r#"<path d="M{:.1} {middle:.1}h18" fill="none" {style}/>"#, x + 2.0);
            }
            Sample::Mark(mark) => shape(svg, x + 11.0, middle, mark, false),
        }
        text(svg, (x + SAMPLE, y), "start", &format!("fill=\"{INK}\""), &words);
        x += width + GAP;
    }
    y + 8.0
}

fn entries(drawing: &Drawing<'_>) -> Vec<Entry> {
    let has = |of: &dyn Fn(&ChartPoint) -> bool| drawing.points.iter().any(of);
    let marked = |mark| has(&|point: &ChartPoint| point.value.is_some() && point.mark == mark);
    let plan = match drawing.plan {
        Some(plan) => format!("plan {}", clean::line(&words::quantity(plan, drawing.unit), 20)),
        None => "plan".to_owned(),
    };
    let lines = has(&|point| point.lines.is_some());
    [
        (true, Sample::Line(FIGURES), "figures".to_owned()),
        (lines, Sample::Line(MEAN), "mean".to_owned()),
        (lines, Sample::Line(LIMIT), "limits".to_owned()),
        (has(&|point| point.plan.is_some()), Sample::Line(PLAN), plan),
        (marked(ChartMark::Concern), Sample::Mark(ChartMark::Concern), "concern".to_owned()),
        (marked(ChartMark::Improvement), Sample::Mark(ChartMark::Improvement), "improvement".to_owned()),
        (marked(ChartMark::Special), Sample::Mark(ChartMark::Special), "special cause".to_owned()),
    ]
    .into_iter()
    .filter(|(is_in_it, ..)| *is_in_it)
    .map(|(_, sample, words)| Entry { sample, words })
    .collect()
}
