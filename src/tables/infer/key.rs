//! Which columns tell the rows of a sample apart, and which plan belongs to which figure.

use std::collections::HashSet;

use crate::model::ColumnKind;

use super::{columns::Column, sample::Source};

/// So many columns make a key, the period included.
const MOST_COLUMNS: usize = 3;
/// So many columns, from the left, are tried.
const MOST_TRIED: usize = 16;

/// The smallest set of text columns without blanks that, with the period, stands in no two rows; of equals the leftmost.
pub(super) fn labels(all: &[Column], period: Option<usize>) -> Option<Vec<usize>> {
    let said = |column: &Column| {
        all.iter()
            .any(|other| matches!(&other.printed.source, Source::Joined(parts) if parts.contains(&column.printed.name)))
    };
    let texts: Vec<usize> = all
        .iter()
        .enumerate()
        .filter(|(_, column)| column.kind == ColumnKind::Text && column.is_full() && !said(column))
        .map(|(at, _)| at)
        .collect();
    let tried: Vec<usize> = texts.iter().copied().take(MOST_TRIED).collect();
    // A sample of one row for each period says little of the next: a label is taken where there is one.
    let least = usize::from(period.is_none() || !tried.is_empty());
    let most = MOST_COLUMNS - usize::from(period.is_some());
    let small = (least..=most).flat_map(|size| sets(&tried, size)).find(|set| is_key(all, period, set));
    // All of them together are better than no key.
    small.or_else(|| (texts.len() > most && is_key(all, period, &texts)).then_some(texts))
}

/// Every set of so many of these, in order.
fn sets(of: &[usize], size: usize) -> Vec<Vec<usize>> {
    if size == 0 {
        return vec![Vec::new()];
    }
    let mut found = Vec::new();
    for (at, first) in of.iter().enumerate() {
        for rest in sets(of.get(at + 1..).unwrap_or_default(), size - 1) {
            found.push([vec![*first], rest].concat());
        }
    }
    found
}

fn is_key(all: &[Column], period: Option<usize>, set: &[usize]) -> bool {
    let periods = period.and_then(|at| all.get(at)).map(|column| column.reading.periods.as_slice());
    let texts: Vec<&[String]> = set.iter().filter_map(|at| all.get(*at)).map(|c| c.printed.texts.as_slice()).collect();
    let rows = all.iter().map(|column| column.printed.texts.len()).max().unwrap_or(0);
    let mut seen = HashSet::with_capacity(rows);
    (0..rows).all(|row| {
        let parts = periods.iter().copied().chain(texts.iter().copied());
        seen.insert(parts.map(|texts| texts.get(row).map_or("", String::as_str)).collect::<Vec<_>>())
    })
}

/// The figures that are followed, each with the column of its plan.
pub(super) fn measures(all: &[Column]) -> Vec<(&Column, Option<&Column>)> {
    let figures = || all.iter().filter(|column| column.is_figure() && !column.counts_rows());
    let plans: Vec<&Column> = figures().filter(|column| is_plan(column)).collect();
    // A file of nothing but plans follows them.
    let followed: Vec<&Column> = figures().filter(|column| !is_plan(column)).collect();
    if followed.is_empty() {
        return plans.into_iter().map(|plan| (plan, None)).collect();
    }
    let named = |figure: &Column| {
        plans.iter().copied().find(|plan| comparable(plan, figure) && subject(plan) == subject(figure))
    };
    let bare = plans.iter().copied().find(|plan| subject(plan).is_empty());
    let only = |figure: &Column| {
        let alone = followed.iter().filter(|other| other.kind == figure.kind && named(other).is_none()).count() == 1;
        bare.filter(|plan| alone && comparable(plan, figure))
    };
    let mut pairs: Vec<_> = followed.iter().map(|figure| (*figure, named(figure).or_else(|| only(figure)))).collect();
    // Planned care is no plan: what no figure is held against is followed by itself.
    let taken: Vec<&str> = pairs.iter().filter_map(|(_, plan)| plan.map(|plan| plan.printed.name.as_str())).collect();
    let alone = |plan: &&Column| plan.kind != ColumnKind::Target && !taken.contains(&plan.printed.name.as_str());
    let alone: Vec<_> = plans.into_iter().filter(alone).map(|plan| (plan, None)).collect();
    pairs.extend(alone);
    pairs
}

/// Words of a plan …
pub(super) const PLANS: [&str; 6] = ["plan", "planned", "target", "trajectory", "tariff", "budget"];
/// … and of what became of it.
pub(super) const ACTUALS: [&str; 8] =
    ["actual", "actuals", "delivered", "achieved", "value", "performance", "outturn", "fot"];

/// A plan is of the kind of its figure; one with words among its figures goes with figures of any kind.
fn comparable(plan: &Column, figure: &Column) -> bool {
    plan.kind == figure.kind || plan.kind == ColumnKind::Target
}

/// Whether a column holds plans.
pub(super) fn is_plan(column: &Column) -> bool {
    column.printed.name.split('_').any(|word| PLANS.contains(&word))
}

/// What a figure or its plan is about: the words of its name that say neither.
fn subject(column: &Column) -> Vec<&str> {
    let words = column.printed.name.split('_');
    words.filter(|word| !PLANS.contains(word) && !ACTUALS.contains(word)).collect()
}
