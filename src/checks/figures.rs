//! The family of checks that look at the figures of a delivery and at what is known, not at single rows.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use super::{
    check::{Context, Found, Looks},
    common::Common,
    failures::Failures,
    known::{Delivered, Delivery, Known, Need},
    weighing::{LookedAt, Weighing},
};
use crate::{
    model::{Figure, Finding, History, Period, Series, SeriesKey, Value},
    yaml::{Located, Place, Problem, Problems},
};

/// The settings of a kind of check of figures: what it takes beside [`Common`].
pub(super) trait FigureKind {
    /// Which of the common settings make sense for it: [`Looks::Figures`] or [`Looks::Delivery`].
    const LOOKS: Looks;

    /// Compiles the settings, which stand at `place`.
    ///
    /// # Errors
    /// Every mistake in them.
    fn build(&self, place: &Place, context: Context<'_>) -> Result<Box<dyn FigureCheck>, Problems>;
}

/// A compiled check of figures, for any number of deliveries.
pub(super) trait FigureCheck: fmt::Debug + Send + Sync {
    /// The figures of other datasets that it asks for.
    fn needs(&self) -> Vec<Need> {
        Vec::new()
    }

    /// Looks at a delivery's figures.
    fn examine(&self, look: &Look<'_>) -> Answer;
}

/// The figures of a delivery period by period, each in the order of series.
#[derive(Debug)]
pub(super) struct ByPeriod<'a>(BTreeMap<Period, Vec<Delivery<'a>>>);

impl<'a> ByPeriod<'a> {
    pub(super) fn of(delivered: Delivered<'a>) -> Self {
        let mut periods: BTreeMap<Period, Vec<Delivery<'a>>> = BTreeMap::new();
        for one in delivered.each() {
            periods.entry(one.period).or_default().push(one);
        }
        Self(periods)
    }
}

/// What a check of figures is given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) delivered: Delivered<'a>,
    pub(super) known: &'a Known,
    by_period: &'a ByPeriod<'a>,
    rows_kept: usize,
}

impl<'a> Look<'a> {
    /// What is known of the delivery's own dataset, without the delivery.
    pub(super) fn own(&self) -> Option<&'a History> {
        self.known.of(self.delivered.dataset)
    }

    /// No failing figures yet.
    pub(super) fn failing(&self) -> Failing {
        Failing { failures: Failures::keeping(self.rows_kept), without_row: 0, first: None }
    }

    /// The periods whose news is judged: those not known before; of a restatement, the newest of each kind of period. So a
    /// file that holds a whole year again is not judged for its old months each time.
    pub(super) fn news(&self) -> Vec<Period> {
        let known = |period: &Period| self.own().is_some_and(|history| history.periods.contains(period));
        let fresh: Vec<_> = self.delivered.periods.iter().copied().filter(|period| !known(period)).collect();
        if fresh.is_empty() { newest_of_each_kind(self.delivered.periods.iter().copied()) } else { fresh }
    }

    /// The newest period before this one of the same kind: delivered with it, or known.
    pub(super) fn before(&self, period: Period) -> Option<Period> {
        let known = self.own().map(|history| &history.periods);
        // Those of one kind are neighbours in their order.
        let before = |periods: &BTreeSet<Period>| periods.range(..period).next_back().copied();
        let newest = before(self.delivered.periods).max(known.and_then(before));
        newest.filter(|newest| newest.granularity() == period.granularity())
    }

    /// The figures that are delivered of a period, in the order of series.
    pub(super) fn of(&self, period: Period) -> &'a [Delivery<'a>] {
        self.by_period.0.get(&period).map_or(&[], Vec::as_slice)
    }

    /// The figures of a period, be it delivered or known.
    pub(super) fn of_any(&self, period: Period) -> Vec<Delivery<'a>> {
        if self.delivered.periods.contains(&period) {
            return self.of(period).to_vec();
        }
        let series = self.own().into_iter().flat_map(History::series);
        let of =
            |series: &'a Series| Some(Delivery { key: &series.key, period, figure: series.at(period)?, row: None });
        series.filter_map(of).collect()
    }

    /// The figure of a series at a period, where it is delivered.
    pub(super) fn delivery(&self, key: &SeriesKey, period: Period) -> Option<&'a Delivery<'a>> {
        let of_period = self.of(period);
        of_period.get(of_period.binary_search_by(|one| one.key.cmp(key)).ok()?)
    }

    /// The figure of a series at a period: delivered with the rest, or known.
    pub(super) fn figure(&self, key: &SeriesKey, period: Period) -> Option<Figure> {
        let delivered = self.delivery(key, period).map(|one| one.figure);
        delivered.or_else(|| self.own()?.get(key)?.at(period))
    }
}

/// The newest of the days, of the weeks, of the months, …
pub(super) fn newest_of_each_kind(periods: impl Iterator<Item = Period>) -> Vec<Period> {
    let mut newest: Vec<Period> = Vec::new();
    for period in periods {
        match newest.iter_mut().find(|other| other.granularity() == period.granularity()) {
            Some(other) => *other = period.max(*other),
            None => newest.push(period),
        }
    }
    newest
}

/// What a check of figures answers.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// How many figures (or claims, organisations) it looked at.
    pub(super) looked_at: u64,
    pub(super) found: Vec<Found>,
}

impl Answer {
    /// What is found of each of these periods.
    pub(super) fn of_periods<F: IntoIterator<Item = Found>>(
        periods: impl IntoIterator<Item = Period>,
        judge: impl Fn(Period) -> F,
    ) -> Self {
        let mut answer = Self::default();
        for period in periods {
            answer.looked_at += 1;
            answer.found.extend(judge(period));
        }
        answer
    }
}

/// Figures that fail a check.
#[derive(Debug)]
pub(super) struct Failing {
    failures: Failures,
    /// Those that stand in no row that could be shown.
    without_row: u64,
    /// The one in the first row, and that row.
    first: Option<(u64, String)>,
}

impl Failing {
    /// Adds a figure; `what` says what is wrong with it, `column` where it stands.
    pub(super) fn add(&mut self, figure: &Delivery<'_>, column: &str, what: &str) {
        match figure.row {
            Some(row) => self.failures.add(None, row, column, || what.to_owned()),
            None => self.without_row += 1,
        }
        let row = figure.row.unwrap_or(u64::MAX);
        if self.first.as_ref().is_none_or(|(first, _)| row < *first) {
            self.first = Some((row, format!("{}: {what}", name(figure.key, figure.period))));
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.failures.count() + self.without_row
    }

    /// The first of them in words.
    pub(super) fn first(&self) -> Option<&str> {
        self.first.as_ref().map(|(_, first)| first.as_str())
    }

    /// What was found, if anything was.
    pub(super) fn found(self, seen: impl Into<String>) -> Option<Found> {
        let count = self.count();
        (count > 0).then(|| Found::in_rows(seen, self.failures.of(count)))
    }
}

/// A series at a period, for people: `Dementia · cost-and-volume, October 2025`.
pub(super) fn name(key: &SeriesKey, period: Period) -> String {
    let labels = if key.labels.is_empty() { key.measure.clone() } else { key.labels.values() };
    format!("{}, {}", super::failures::shortened(&labels, 80), period.label())
}

/// A figure in its own unit, or the reason why there is none.
pub(super) fn written(figure: Figure) -> String {
    value(figure, figure.value)
}

fn value(figure: Figure, value: Value) -> String {
    match value {
        Value::Number(number) => figure.unit.unwrap_or_default().write(number),
        Value::Missing { missing } => missing.reason().to_owned(),
        Value::Bound(bound) => bound.write(|end| figure.unit.unwrap_or_default().write(end)),
    }
}

/// The measure that a setting names.
pub(super) fn measure<'a>(name: &Located<String>, context: Context<'a>) -> Result<&'a super::check::Followed, Problem> {
    let known = || context.measures.iter().map(|measure| measure.name.as_str());
    let found = context.measures.iter().find(|measure| measure.name == name.value);
    found.ok_or_else(|| Problem::unknown(name.place.clone(), "measure", name, known()))
}

/// The column in which the figures of a measure stand.
pub(super) fn columns(context: Context<'_>) -> std::collections::BTreeMap<String, String> {
    context.measures.iter().map(|measure| (measure.name.clone(), measure.column.clone())).collect()
}

/// A check of figures with what the dataset says of it.
#[derive(Debug)]
pub(super) struct FigureDeclaration {
    check: Box<dyn FigureCheck>,
    weighing: Weighing,
}

impl FigureDeclaration {
    /// As [`super::policy::Declaration::build`].
    pub(super) fn build(
        kind: &str,
        looks: Looks,
        check: Result<Box<dyn FigureCheck>, Problems>,
        common: &Common,
    ) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let check = problems.take(check);
        let weighing = problems.take(Weighing::build(kind, looks, common));
        for per in [&common.tolerance, &common.warn_above].into_iter().flatten().filter_map(|t| t.per.as_ref()) {
            problems.push(Problem::new(per.place.clone(), format!("the tolerance of `{kind}` cannot be per group")));
        }
        problems.into_result()?;
        match (check, weighing) {
            (Some(check), Some(weighing)) => Ok(Self { check, weighing }),
            _ => Err(Problems::default()),
        }
    }

    pub(super) fn needs(&self) -> Vec<Need> {
        self.check.needs()
    }

    pub(super) fn id(&self) -> &str {
        &self.weighing.id
    }

    pub(super) fn call(&mut self, name: String) {
        self.weighing.id = name;
    }

    pub(super) fn owner(&self) -> Option<&Located<String>> {
        self.weighing.owner.as_ref()
    }

    /// What it finds.
    pub(super) fn findings(&self, delivered: Delivered<'_>, by_period: &ByPeriod<'_>, known: &Known) -> Vec<Finding> {
        let answer = self.check.examine(&Look { delivered, known, by_period, rows_kept: self.weighing.rows_kept });
        let looked_at = LookedAt { rows: answer.looked_at, values: answer.looked_at };
        let weigh = |found: Found| {
            let is_whole = found.is_whole();
            let finding = self.weighing.weigh(found, looked_at, None, "");
            // What is said of a period as a whole is no share of the periods.
            if is_whole { Finding { looked_at: None, share: None, ..finding } } else { finding }
        };
        answer.found.into_iter().map(weigh).collect()
    }
}
