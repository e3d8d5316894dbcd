//! What a file reports: its figures, and for which periods.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Figure, Finding, History, Missing, Period, SeriesKey, Severity, Unit, Value};

use super::places::Places;

/// What a file reports.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// Every figure of the periods reported.
    pub figures: BTreeMap<(SeriesKey, Period), Figure>,
    /// The periods that the file reports. Those after the last one for which a figure is given (or said to be suppressed or
    /// not yet available) are not among them, though rows hold their plans; a file about a single period reports that one.
    pub periods: BTreeSet<Period>,
    /// What is wrong with rows: `period`, `mixed_units`, `unit_changed`, `blank_label`, `duplicate_series`, … And what was
    /// left out: `not_reported`.
    pub findings: Vec<Finding>,
    /// The row of each figure, in the order of `figures`.
    rows: Vec<u64>,
}

impl Figures {
    /// Of all figures of a file with their rows: those of the periods that it reports.
    pub(super) fn of(
        read: BTreeMap<(SeriesKey, Period), (Figure, u64)>,
        reported: Reported,
        findings: Vec<Finding>,
    ) -> Self {
        let (periods, mut rows) = (reported.periods, Vec::with_capacity(read.len()));
        let of_reported = read.into_iter().filter(|((_, period), _)| periods.contains(period));
        let without_row = |(key, (figure, row))| {
            rows.push(row);
            (key, figure)
        };
        let mut figures = Self { figures: of_reported.map(without_row).collect(), periods, findings, rows };
        figures.findings.extend(reported.finding);
        if let Some((places, units)) = figures.changes(|_| None) {
            let message =
                format!("a series is in several units, {units}, so its periods cannot be compared; write all alike");
            figures.findings.extend(places.finding("unit_changed", Severity::Error, message));
        }
        figures
    }

    /// The row of each figure in its file, in the order of `figures`.
    #[must_use]
    pub fn rows(&self) -> &[u64] {
        &self.rows
    }

    /// Takes in what another table of the same delivery reports. Both may not hold a figure for the same series and
    /// period; `tables` names the two for people.
    pub fn join(&mut self, other: Self, tables: [&str; 2]) {
        let mut twice = other.figures.keys().filter(|key| self.figures.contains_key(*key));
        if let Some((series, period)) = twice.next() {
            let count = 1 + twice.count();
            let message = format!(
                "`{}` and `{}` both hold figures for the same series and period ({count} in all, such as {} · {period}): \
                 leave one out",
                tables[0],
                tables[1],
                series.labels.values(),
            );
            self.findings.push(Finding::of_file("duplicate_series", Severity::Error, message));
        }
        let both = [std::mem::take(self), other].map(|one| {
            self.periods.extend(one.periods);
            self.findings.extend(one.findings);
            one.figures.into_iter().zip(one.rows)
        });
        let joined: BTreeMap<_, _> =
            both.into_iter().flatten().map(|((key, figure), row)| (key, (figure, row))).collect();
        for (key, (figure, row)) in joined {
            self.figures.insert(key, figure);
            self.rows.push(row);
        }
    }

    /// The finding that series are in another unit than in the periods known before, those that the file itself reports
    /// anew left aside.
    #[must_use]
    pub fn against(&self, before: impl Fn(&SeriesKey) -> Option<Unit>) -> Option<Finding> {
        let (places, units) = self.changes(before)?;
        let message = format!(
            "series are in another unit than before, {units}, so they cannot be compared with what is known; write them as \
             before or, if they are to stay so, follow them under another measure"
        );
        places.finding("unit_changed", Severity::Error, message)
    }

    /// The unit of what a history holds of a series in other periods than those that are reported here.
    #[must_use]
    pub fn unit_before(&self, history: &History, key: &SeriesKey) -> Option<Unit> {
        let others = history.get(key)?.iter().rev().filter(|(period, _)| !self.periods.contains(period));
        others.filter_map(|(_, figure)| figure.unit).reduce(|newer, older| newer.with(older).unwrap_or(newer))
    }

    /// The first figure of each series that is in another unit than what came before it, and which units these are: "a
    /// number where it was a percentage".
    fn changes(&self, before: impl Fn(&SeriesKey) -> Option<Unit>) -> Option<(Places, String)> {
        let (mut places, mut units) = (Places::default(), None);
        let mut last: Option<(&SeriesKey, Option<Unit>)> = None;
        let mut told = false;
        for (((key, _), figure), row) in self.figures.iter().zip(&self.rows) {
            let known = match last {
                Some((of, unit)) if of == key => unit,
                _ => {
                    told = false;
                    before(key)
                }
            };
            let joined = match (known, figure.unit) {
                (Some(known), Some(unit)) => known.with(unit),
                (known, unit) => known.or(unit),
            };
            if let (Some(known), Some(unit), None, false) = (known, figure.unit, joined, told) {
                let name = if key.labels.is_empty() { key.measure.clone() } else { key.labels.values() };
                places.add(*row, None, Some(&name));
                units.get_or_insert_with(|| format!("{} where it was {}", unit.noun(), known.noun()));
                told = true;
            }
            last = Some((key, joined.or(known)));
        }
        Some((places, units?))
    }
}

/// Which periods a file reports, of those that its rows name.
///
/// A file may hold the plans of a whole year and the figures so far: the months to come are no news. So the periods after
/// the last one for which a figure is given are left out until there is one. A figure that is said to be suppressed or not
/// yet available counts as given; a plan alone, a blank or a dash does not. Blank periods *between* others are reported:
/// they say that there is no figure. A file about a single period reports that one, whatever it holds.
#[derive(Debug, Default)]
pub(super) struct Reported {
    periods: BTreeSet<Period>,
    finding: Option<Finding>,
}

impl Reported {
    /// `named` are the periods of all rows, `given` those for which a figure is given.
    pub(super) fn of(named: BTreeSet<Period>, given: &BTreeSet<Period>) -> Self {
        if named.len() <= 1 {
            return Self { periods: named, finding: None };
        }
        // The order of periods is by their kind first: years are not months to come.
        let is_later = |period: &Period| {
            given.iter().rfind(|last| last.granularity() == period.granularity()).is_none_or(|last| period > last)
        };
        let (later, periods): (BTreeSet<Period>, BTreeSet<Period>) = named.into_iter().partition(is_later);
        Self { finding: not_reported(&later, periods.is_empty()), periods }
    }
}

fn not_reported(later: &BTreeSet<Period>, all: bool) -> Option<Finding> {
    let (first, last) = (later.first()?, later.last()?);
    let which = match later.len() {
        1 => first.label(),
        n => format!("{n} periods, {} to {},", first.label(), last.label()),
    };
    let (severity, message) = if all {
        (Severity::Warning, "the file gives no figure for any of its periods, so it changes nothing".to_owned())
    } else {
        (Severity::Note, format!("no figure is given for {which} as yet: left out until there is one"))
    };
    Some(Finding::of_file("not_reported", severity, message))
}

/// Whether something is given as the figure: a number, or words that say why there is none as yet.
pub(super) fn is_given(value: Value) -> bool {
    match value {
        Value::Number(_) | Value::Bound(_) => true,
        Value::Missing { missing } => {
            matches!(
                missing,
                Missing::Suppressed | Missing::NotAvailable | Missing::Words | Missing::Range | Missing::Unreadable
            )
        }
    }
}
