//! The periods of a history arriving one after another, as they would have: what rules' tests and backtests are made of.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    model::{Alert, Cause, History, Period},
    rules::{Derived, Rule, with_derived},
};

use super::evaluate::{Evaluation, Matter, evaluate};

/// What is played again.
#[derive(Debug, Clone, Copy)]
pub struct Played<'a> {
    /// The dataset's id.
    pub dataset: &'a str,
    /// Rules on it.
    pub rules: &'a [Arc<Rule>],
    /// All that is known of it.
    pub history: &'a History,
    /// All that is known of the datasets that the rules rest on. At each period they are there as far as their own periods
    /// have begun when it ends: the price list of a year from its first month on.
    pub elsewhere: &'a BTreeMap<String, Arc<History>>,
    /// Measures of one's own, each after those that it needs; one whose figures the history has is not worked out.
    pub derived: &'a [Arc<Derived>],
    /// The first period that is told of.
    pub from: Option<Period>,
    /// The last period that is played, and those of other kinds that end with it or before it.
    pub to: Option<Period>,
}

/// Evaluates rules over a history as it was after each of its periods, and hands each evaluation on with its period.
///
/// The figures are those that the history has now: what was restated since counts as it was restated. Of the periods before
/// `from` only the last is evaluated, so that what fired then is known and not news.
pub fn replay(played: Played<'_>, mut each: impl FnMut(Period, &Evaluation)) {
    let Played { dataset, rules, history, elsewhere, derived, from, to } = played;
    let mut periods: Vec<Period> = history.periods.iter().copied().collect();
    periods.retain(|period| to.is_none_or(|to| period.end() <= to.end()));
    periods.sort_by_key(|period| (period.end(), period.start()));
    let first = from.map_or(0, |from| periods.partition_point(|period| period.end() < from.start()));
    let is_given = |one: &Derived| {
        let of = if one.dataset() == dataset { Some(history) } else { elsewhere.get(one.dataset()).map(Arc::as_ref) };
        of.is_some_and(|history| history.of_measure(one.name()).next().is_some())
    };
    let derived: Vec<Arc<Derived>> = derived.iter().filter(|one| !is_given(one)).cloned().collect();
    let mut known: Vec<Alert> = Vec::new();
    let mut so_far = Arc::new(plans_ahead(history));
    let others = elsewhere.iter().filter(|(id, _)| *id != dataset);
    let mut others: Vec<(&String, &History, Arc<History>)> =
        others.map(|(id, whole)| (id, &**whole, Arc::new(plans_ahead(whole)))).collect();
    for (at, period) in periods.into_iter().enumerate() {
        arrive(&mut so_far, history, period);
        for (_, whole, so_far) in &mut others {
            let begun = whole.periods.iter().filter(|begun| begun.start() <= period.end());
            let new: Vec<Period> = begun.filter(|begun| !so_far.periods.contains(begun)).copied().collect();
            for begun in new {
                arrive(so_far, whole, begun);
            }
        }
        if at + 1 < first {
            continue;
        }
        let mut histories: BTreeMap<String, Arc<History>> =
            others.iter().map(|(id, _, so_far)| ((*id).clone(), Arc::clone(so_far))).collect();
        histories.insert(dataset.to_owned(), Arc::clone(&so_far));
        let elsewhere = with_derived(&derived, histories);
        let history = elsewhere.get(dataset).unwrap_or(&so_far);
        let matter = Matter { dataset, rules, history, elsewhere: &elsewhere, cause: Cause::New, delivery: None };
        let evaluation = evaluate(&matter, &known);
        if at >= first {
            each(period, &evaluation);
        }
        known = evaluation.alerts.into_iter().map(|told| told.alert).collect();
    }
}

/// A period becomes known.
fn arrive(so_far: &mut Arc<History>, whole: &History, period: Period) {
    // Nobody else holds it by now: it is not copied.
    let so_far = Arc::make_mut(so_far);
    so_far.periods.insert(period);
    for series in whole.series() {
        if let Some(figure) = series.at(period) {
            so_far.insert(series.key.clone(), series.better, period, figure);
        }
    }
}

/// What stands in a history for periods that are not reported yet.
fn plans_ahead(history: &History) -> History {
    let mut ahead = History::default();
    for series in history.series() {
        for (period, figure) in series.iter().filter(|(period, _)| !history.periods.contains(period)) {
            ahead.insert(series.key.clone(), series.better, period, figure);
        }
    }
    ahead.periods.clear();
    ahead
}
