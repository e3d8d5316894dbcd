//! The picture of the whole: every series of a measure over its periods, and what a rule said of each.

use std::sync::Arc;

use crate::{
    alerts::{Answer, stretches},
    config::Dataset,
    expr::View,
    model::{History, Period, Series, Signal},
    reports::{CellState, Overview, OverviewCell, OverviewRow},
    rules::Rule,
};

use super::evaluate;

/// Draws what `rule` says of the history of a dataset.
#[must_use]
pub fn overview(dataset: &Dataset, rule: &Arc<Rule>, history: &History) -> Overview {
    let periods: Vec<Period> = history.periods.iter().copied().collect();
    let rows = history
        .series()
        .filter(|series| rule.applies_to(series))
        .map(|series| OverviewRow {
            label: series.key.labels.iter().next().map_or("", |(_, value)| value).to_owned(),
            cells: cells(rule, series, &periods),
        })
        .collect();
    Overview { title: format!("{}: {}", dataset.title, rule.summary()), periods, rows }
}

fn cells(rule: &Rule, series: &Series, periods: &[Period]) -> Vec<Option<OverviewCell>> {
    let judged: Vec<(Period, Option<Signal>)> = periods
        .iter()
        .map(|&period| (period, series.at(period).map(|_| rule.signal(View::alone(series, period)))))
        .collect();
    let answer = |signal: &Option<Signal>| match signal {
        Some(Signal::Breach(_)) => Answer::Breach,
        Some(Signal::Clear) => Answer::Clear,
        Some(Signal::CannotTell(_) | Signal::Failed(_)) | None => Answer::CannotTell,
    };
    let answers = judged.iter().map(|(period, signal)| (*period, answer(signal)));
    let stretches = stretches(evaluate::policy(rule), answers);
    let fires = |period: Period| {
        stretches.iter().any(|stretch| {
            stretch.fired.is_some_and(|fired| fired <= period) && stretch.resolved.is_none_or(|end| period < end)
        })
    };
    let unit = series.unit();
    judged
        .into_iter()
        .map(|(period, signal)| {
            let figure = series.at(period)?;
            let state = match signal? {
                Signal::Breach(_) if fires(period) => CellState::Firing,
                Signal::Breach(_) => CellState::Pending,
                Signal::Clear => CellState::Clear,
                Signal::CannotTell(_) | Signal::Failed(_) => CellState::Unknown,
            };
            let text = match (figure.value.get(), figure.plan.get()) {
                // A share of a share would be taken for the figure itself.
                (Some(value), Some(plan)) if plan != 0.0 && unit.has_shares() => {
                    format!("{:.0}%", 100.0 * value / plan)
                }
                (Some(value), _) => unit.write_short(value),
                (None, _) => figure.value.to_string(),
            };
            Some(OverviewCell { text, state })
        })
        .collect()
}
