//! What a chart shows, in sentences, for those who see no picture.

use super::icons;
use crate::{
    model::{ChartMark, ChartPoint, ControlChart, Unit},
    reports::{clean, words},
};

/// The widest that a name and a comment are shown.
const NAME: usize = 80;
const COMMENT: usize = 200;

/// Alternative text: mean, limits, how the points are marked, where limits were or might be set anew.
pub(super) fn of_control(chart: &ControlChart, unit: Unit) -> Vec<String> {
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
    if let Some(variation) = chart.variation {
        said.push(format!("Variation: {}.", icons::words(variation).to_lowercase()));
    }
    if let Some(assurance) = chart.assurance {
        said.push(format!("Assurance: {} against the plan.", icons::assured(assurance).to_lowercase()));
    }
    let has_plan = chart.points.iter().any(|point| point.plan.is_some());
    said.push(format!("Lines: mean full, limits dashed{}.", if has_plan { ", plan dotted" } else { "" }));
    said
}

/// From where to where, the lowest and the highest, and the side of the plan; none with fewer than two periods, or without
/// any figure.
pub(super) fn of_run(points: &[ChartPoint], unit: Unit) -> Option<Vec<String>> {
    let [first, .., last] = points else { return None };
    let figures: Vec<f64> = points.iter().filter_map(|point| point.value).collect();
    let (low, high) = figures.iter().copied().map(|x| (x, x)).reduce(|(a, b), (x, y)| (a.min(x), b.max(y)))?;
    let write = |figure: f64| words::quantity(figure, unit);
    let newest = last.value.map_or_else(|| "no figure".to_owned(), write);
    let mut said = vec![format!(
        "Run chart, {} to {}: lowest {}, highest {}, newest {newest}.",
        first.period.label(),
        last.period.label(),
        write(low),
        write(high),
    )];
    if let Some(plan) = last.plan {
        let below = figures.iter().filter(|figure| **figure < plan).count();
        let noun = last.period.granularity().noun(figures.len());
        let (plan, all) = (write(plan), figures.len());
        said.push(format!("Below the plan of {plan} in {below} of the {all} {noun} with a figure."));
    }
    Some(said)
}
