//! The control chart behind what a rule says.

use crate::{
    expr::View,
    model::{ChartMark, ChartPoint, ChartRebase, ControlChart, Period},
    spc::{Chart, Charting, Limits, Variation},
};

/// How many periods a notice shows, at most: three years of months.
const SHOWN: usize = 36;

/// The chart of a series as seen from a period; none without figures up to it, and where periods lie too far apart.
pub(super) fn of(view: View<'_>, charting: &Charting) -> Option<ControlChart> {
    let (series, last) = (view.series, view.period);
    let of_kind = |(period, _): &(Period, _)| period.granularity() == last.granularity() && *period <= last;
    let (first, _) = series.iter().find(of_kind)?;
    let count = usize::try_from(last.since(first)?).ok().filter(|back| *back < 10_000)? + 1;
    let periods: Vec<Period> = std::iter::successors(Some(first), |period| Some(period.next())).take(count).collect();
    let figure = |period: &Period| series.at(*period).and_then(|figure| figure.value.get());
    let figures: Vec<Option<f64>> = periods.iter().map(figure).collect();
    let starts: Vec<usize> = charting.starts(&series.key.labels, first).collect();
    let chart = Chart::of(&figures, &starts, &charting.settings);

    let points = periods.iter().zip(chart.points()).enumerate().map(|(at, (period, point))| ChartPoint {
        period: *period,
        value: point.figure,
        plan: series.at(*period).and_then(|figure| figure.plan.get()),
        lines: chart.limits(at).map(|Limits { lower, centre, upper, .. }| [*lower, *centre, *upper]),
        mark: mark(point.variation(series.better)),
    });
    let latest = chart.latest().filter(|latest| latest.figures >= charting.least_points);
    let target = series.at(last).and_then(|figure| figure.plan.get());
    let left_out = count.saturating_sub(SHOWN);
    let rebases = charting.rebases_of(&series.key.labels).filter(|rebase| rebase.from > first && rebase.from <= last);
    Some(ControlChart {
        points: points.skip(left_out).collect(),
        rebases: rebases
            .map(|rebase| ChartRebase {
                from: rebase.from,
                approved_by: rebase.approved_by.clone(),
                comment: rebase.comment.clone(),
            })
            .collect(),
        suggested_rebase: chart.suggested_rebase().and_then(|at| periods.get(at).copied()),
        variation: latest.map(|latest| latest.variation(series.better)),
        assurance: latest.and_then(|latest| latest.assurance(series.better, target)),
    })
}

fn mark(variation: Variation) -> ChartMark {
    if variation.is_concerning() {
        ChartMark::Concern
    } else if variation.is_improving() {
        ChartMark::Improvement
    } else if variation == Variation::CommonCause {
        ChartMark::CommonCause
    } else {
        ChartMark::Special
    }
}
