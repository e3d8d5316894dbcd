//! The figures of a measure of one's own.

use std::{collections::BTreeMap, sync::Arc};

use super::derived::{Derived, How};
use crate::{
    expr::{Amount, Around, Formula, Lane, SeriesExpression, View},
    model::{Figure, History, Labels, Missing, Period, Series, SeriesKey, Unsure, Value},
};

/// More values than this that a figure may have are as good as any.
const MOST: usize = 1_000;

/// What the series of a group come to in a period.
#[derive(Debug, Default)]
struct Tally {
    /// Of how many it is known.
    known: usize,
    /// Of how many it is not.
    missing: usize,
    /// The sum of those that are known; of conditions, how many hold.
    sum: f64,
    /// What the others may add: from, to, in whole numbers. None where that may be anything.
    open: Option<(f64, f64)>,
}

/// These histories with the measures of one's own that are worked out of them, each after those that it needs; what is kept
/// of a dataset is not copied.
#[must_use]
pub fn with_derived(
    derived: &[Arc<Derived>],
    mut histories: BTreeMap<String, Arc<History>>,
) -> BTreeMap<String, Arc<History>> {
    for derived in derived {
        let series = derived.work_out(&histories);
        let Some(of) = histories.get_mut(derived.dataset()).filter(|_| !series.is_empty()) else { continue };
        let mut more = History::upon(Arc::clone(of));
        for one in series {
            more.add(one);
        }
        *of = Arc::new(more);
    }
    histories
}

impl Derived {
    /// Its series, worked out of the histories of its own dataset and of the others that it names.
    #[must_use]
    pub fn work_out(&self, histories: &BTreeMap<String, Arc<History>>) -> Vec<Series> {
        let Some(own) = histories.get(self.dataset()) else { return Vec::new() };
        let counts = |series: &&Series| self.settings.only.takes(&series.key.labels);
        let sources: Vec<&Series> = own.of_measure(&self.settings.from).filter(counts).collect();
        let around = Around::new(own, histories, sources.iter().copied());
        match &self.how {
            How::Formula(formula) => sources.into_iter().map(|of| self.each(of, formula, &around)).collect(),
            How::Share(condition) | How::Count(condition) => self.put_together(&sources, own, |of, periods, tell| {
                holds(of, periods, condition, &around, tell);
            }),
            How::Sum(formula) | How::Mean(formula) => self.put_together(&sources, own, |of, periods, tell| {
                for period in periods {
                    tell(*period, formula.evaluate(View { series: of, period: *period, around: &around }));
                }
            }),
        }
        .into_iter()
        .map(|series| self.with_plan(series, &around, own))
        .collect()
    }

    fn series(&self, labels: Labels) -> Series {
        Series::new(SeriesKey { measure: self.name.clone(), labels }, self.entry.better)
    }

    fn figure(&self, value: f64) -> Figure {
        Figure { value: Value::number(value), plan: Value::ABSENT, unit: Some(self.entry.unit) }
    }

    /// A formula of one series.
    fn each(&self, of: &Series, formula: &Formula, around: &Arc<Around>) -> Series {
        let mut worked_out = self.series(of.key.labels.clone());
        if self.settings.better.is_none() {
            worked_out.better = of.better;
        }
        for (period, figure) in of.iter() {
            let unit = Some(self.entry.unit);
            match formula.evaluate(View { series: of, period, around }) {
                Amount::Known(number) => worked_out.insert(period, self.figure(number)),
                // What is not there in the first place is not there either.
                Amount::Unsure(unsure) => match figure.value {
                    Value::Missing { missing } if missing != Missing::Suppressed && missing != Missing::Unsure => {
                        worked_out.insert(period, Figure { value: figure.value, plan: Value::ABSENT, unit });
                    }
                    _ => worked_out.insert_unsure(period, Value::ABSENT, unit, unsure),
                },
            }
        }
        worked_out
    }

    /// The labels of the figure that a series counts for.
    fn group(&self, series: &Series) -> Labels {
        let kept = self.entry.labels.iter().filter_map(|name| Some((name.as_str(), series.key.labels.get(name)?)));
        kept.collect()
    }

    fn put_together(
        &self,
        sources: &[&Series],
        own: &History,
        tell_all: impl Fn(&Series, &[Period], &mut dyn FnMut(Period, Amount)),
    ) -> Vec<Series> {
        let mut groups: BTreeMap<Labels, BTreeMap<Period, Tally>> = BTreeMap::new();
        for series in sources {
            let tallies = groups.entry(self.group(series)).or_default();
            let periods = lifetime(series, own);
            tell_all(series, &periods, &mut |period, amount| tallies.entry(period).or_default().add(amount));
        }
        groups.into_iter().map(|(labels, tallies)| self.of_tallies(labels, tallies)).collect()
    }

    fn of_tallies(&self, labels: Labels, tallies: BTreeMap<Period, Tally>) -> Series {
        let mut series = self.series(labels);
        let speaks = self.settings.known.as_ref().map_or(1.0, |known| known.value.get());
        for (period, tally) in tallies {
            let all = tally.known + tally.missing;
            // A period in which nobody has a figure, and which may be anything, is not reported.
            if tally.known == 0 && tally.open.is_none() {
                continue;
            }
            if tally.known > 0 && tally.known as f64 / all as f64 >= speaks {
                series.insert(period, self.figure(self.of_sum(tally.sum, tally.known)));
                continue;
            }
            let possible = tally.possible().into_iter().map(|sum| self.of_sum(sum, all)).collect();
            let why = format!("known for {} of {all}", tally.known);
            series.insert_unsure(period, Value::ABSENT, Some(self.entry.unit), Unsure { why, possible });
        }
        series
    }

    fn of_sum(&self, sum: f64, parts: usize) -> f64 {
        match self.how {
            How::Share(_) | How::Mean(_) => sum / parts as f64,
            How::Formula(_) | How::Count(_) | How::Sum(_) => sum,
        }
    }

    /// The plans, where all of them are known.
    fn with_plan(&self, mut series: Series, around: &Arc<Around>, own: &History) -> Series {
        let Some(plan) = &self.plan else { return series };
        let of_group: Vec<&Series> = own
            .of_measure(&self.settings.from)
            .filter(|of| self.settings.only.takes(&of.key.labels) && self.group(of) == series.key.labels)
            .collect();
        let periods: Vec<(Period, Figure)> = series.iter().collect();
        for (period, figure) in periods {
            let parts = of_group.iter().filter(|of| of.at(period).is_some());
            let plans: Option<Vec<f64>> = parts
                .map(|of| match plan.evaluate(View { series: of, period, around }) {
                    Amount::Known(number) => Some(number),
                    Amount::Unsure(_) => None,
                })
                .collect();
            let sum = plans.filter(|plans| !plans.is_empty()).map(|plans| self.of_sum(plans.iter().sum(), plans.len()));
            series.insert(period, Figure { plan: sum.map_or(Value::ABSENT, Value::number), ..figure });
        }
        series
    }
}

impl Tally {
    fn add(&mut self, amount: Amount) {
        match amount {
            Amount::Known(number) => {
                self.known += 1;
                self.sum += number;
            }
            Amount::Unsure(Unsure { possible, .. }) => {
                let whole = possible.windows(2).all(|pair| matches!(pair, [a, b] if (b - a).total_cmp(&1.0).is_eq()));
                let ends = possible.first().copied().zip(possible.last().copied()).filter(|_| whole);
                let before = if self.missing == 0 { Some((0.0, 0.0)) } else { self.open };
                self.open = before.zip(ends).map(|((low, high), (from, to))| (low + from, high + to));
                self.missing += 1;
            }
        }
    }

    /// Every sum that there may be; nothing where it may be any.
    fn possible(&self) -> Vec<f64> {
        let Some((low, high)) = self.open.filter(|(low, high)| high - low < MOST as f64) else { return Vec::new() };
        let next = |sum: &f64| Some(sum + 1.0);
        std::iter::successors(Some(low), next).take_while(|sum| *sum <= high).map(|more| self.sum + more).collect()
    }
}

/// The periods in which a series counts: from its first figure to the period after its last, of those that are known.
fn lifetime(series: &Series, own: &History) -> Vec<Period> {
    let Some(last) = series.newest() else { return Vec::new() };
    let Some((first, _)) = series.iter().find(|(period, _)| period.granularity() == last.granularity()) else {
        return Vec::new();
    };
    let end = last.next();
    let periods = std::iter::successors(Some(first), |period| Some(period.next())).take_while(|period| *period <= end);
    periods.filter(|period| own.periods.contains(period)).collect()
}

/// In which periods a condition holds of a series.
fn holds(
    of: &Series,
    periods: &[Period],
    condition: &SeriesExpression,
    around: &Arc<Around>,
    tell: &mut dyn FnMut(Period, Amount),
) {
    let (mut lane, mut answers) = (Lane::new(of, periods), Vec::new());
    condition.evaluate_all(&mut lane, around, &mut answers);
    for (period, answer) in periods.iter().zip(answers) {
        tell(
            *period,
            match answer {
                Some(holds) => Amount::Known(f64::from(u8::from(holds))),
                None => Amount::Unsure(Unsure { why: String::new(), possible: vec![0.0, 1.0] }),
            },
        );
    }
}
