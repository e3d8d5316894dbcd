//! The picture of the whole: every series of a measure over its periods, and what a rule said of each.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    alerts::{Judged, live},
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
    let unit = series.unit();
    let life = live(
        evaluate::policy(rule),
        judged.iter().map(|(period, signal)| Judged {
            period: *period,
            value: crate::model::Value::ABSENT,
            plan: crate::model::Value::ABSENT,
            unit,
            signal: signal.clone().unwrap_or_else(|| Signal::CannotTell(String::new())),
        }),
    );
    let firing: BTreeSet<Period> = life
        .episodes
        .iter()
        .filter_map(|episode| Some((episode.fired?, episode.resolved.as_ref().map(|reading| reading.period))))
        .flat_map(|(fired, resolved)| {
            periods.iter().copied().filter(move |period| *period >= fired && resolved.is_none_or(|end| *period < end))
        })
        .collect();
    judged
        .into_iter()
        .map(|(period, signal)| {
            let figure = series.at(period)?;
            let state = match signal? {
                Signal::Breach(_) if firing.contains(&period) => CellState::Firing,
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
