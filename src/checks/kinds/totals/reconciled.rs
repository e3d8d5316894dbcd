//! What `totals` remembers of a file: the sums of the parts, and what is printed of them.

use std::collections::BTreeMap;

use super::super::{
    super::{
        check::{Found, Tally, same},
        columns::Field,
        expression::{Answer, Asking},
        failures::{Failures, grouped, quoted},
        groups::{Group, Groups},
        rows::Rows,
        sum::ExactSum,
    },
    parts::addend,
};
use super::above::Stretches;
use crate::model::{Cell, Severity, Tolerance, value::format_number};

/// More total rows than this are not kept.
const MOST_TOTALS: usize = 100_000;

/// The parts of a group: of each column the sum, and how many of them are not known.
pub(super) type Sums = Vec<(ExactSum, u64)>;

/// Rows that may be totals.
#[derive(Debug, Default)]
pub(super) struct Untold {
    count: u64,
    first: Option<u64>,
}

impl Untold {
    fn add(&mut self, count: u64, first: Option<u64>) {
        self.count += count;
        self.first = self.first.into_iter().chain(first).min();
    }
}

/// A row that prints totals or percentages.
#[derive(Debug, Clone)]
pub(super) struct Printed {
    pub(super) row: u64,
    pub(super) sheet: Option<String>,
    group: Group,
    is_percent: bool,
    cells: Vec<(Cell, String)>,
}

#[derive(Debug)]
pub(super) struct Reconciled {
    pub(super) fields: Vec<Field>,
    pub(super) groups: Groups,
    pub(super) total_row: Asking,
    pub(super) percent: Option<(Asking, usize)>,
    pub(super) within: Tolerance,
    pub(super) slack: f64,
    pub(super) parts: BTreeMap<Group, Sums>,
    /// The rows between totals, where these are of the rows above them and not of a group.
    pub(super) above: Option<Stretches>,
    pub(super) printed: Vec<Printed>,
    /// Of how many rows it cannot be told what they are, and the first of them.
    pub(super) untold: Untold,
    pub(super) rows_kept: usize,
    pub(super) overflow: bool,
}

impl Reconciled {
    fn print(&mut self, rows: &Rows<'_>, index: usize, group: Group, is_percent: bool) {
        if self.printed.len() >= MOST_TOTALS {
            self.overflow = true;
            return;
        }
        let cell = |field: &Field| (field.cell(rows.batch, index), field.text(rows.batch, index).to_owned());
        let cells = self.fields.iter().map(cell).collect();
        let sheet = rows.sheet().map(str::to_owned);
        self.printed.push(Printed { row: rows.row(index), sheet, group, is_percent, cells });
    }

    fn add(&mut self, rows: &Rows<'_>, index: usize, group: Group) {
        let columns = self.fields.len();
        let sums = match &mut self.above {
            Some(above) => above.sums(rows.sheet(), rows.row(index), columns),
            None => Some(self.parts.entry(group).or_insert_with(|| vec![(ExactSum::default(), 0); columns])),
        };
        let Some(sums) = sums else { return };
        for (field, (sum, unknown)) in self.fields.iter().zip(sums) {
            match addend(field.cell(rows.batch, index)) {
                Some(addend) => sum.add(addend),
                None => *unknown += 1,
            }
        }
    }

    /// As they stand in the file, sheet by sheet.
    fn sort(&mut self) {
        self.printed.sort_by(|a, b| (&a.sheet, a.row).cmp(&(&b.sheet, b.row)));
    }

    /// Where the printed total of a column is not what its parts come to.
    fn totals(&self, column: usize, field: &Field, failures: &mut Failures) -> u64 {
        let (mut unknown, mut before) = (0, None);
        for printed in self.printed.iter().filter(|printed| !printed.is_percent) {
            let parts = match &self.above {
                Some(above) => above.parts(printed, before.replace(printed), column),
                None => self.parts.get(&printed.group).and_then(|sums| sums.get(column)).cloned(),
            };
            let (Some((sum, withheld)), Some((cell, text))) = (parts, printed.cells.get(column)) else { continue };
            let Cell::Number(total) = cell else { continue };
            if withheld > 0 {
                unknown += 1;
            } else if !self.within.equal(sum.total(), *total) {
                let value = || format!("{text}, parts {}", format_number(sum.total()));
                failures.add(printed.sheet.as_deref(), printed.row, &field.header, value);
            }
        }
        unknown
    }

    /// Where the printed percentage of a column is not its total's share of the whole.
    fn percentages(&self, column: usize, whole: usize, field: &Field, failures: &mut Failures) {
        let number = |printed: &Printed, column: usize| match printed.cells.get(column) {
            Some((Cell::Number(number), _)) => Some(*number),
            _ => None,
        };
        for printed in self.printed.iter().filter(|printed| printed.is_percent) {
            let total = self.printed.iter().find(|total| !total.is_percent && total.group == printed.group);
            let share = total.and_then(|total| Some(number(total, column)? / number(total, whole)?));
            let (Some(share), Some(said)) = (share.filter(|share| share.is_finite()), number(printed, column)) else {
                continue;
            };
            if !Tolerance::Absolute(self.slack).equal(said, share) {
                let text = printed.cells.get(column).map_or("", |(_, text)| text);
                let value = || format!("{text}, totals {}%", format_number(share * 100.0));
                failures.add(printed.sheet.as_deref(), printed.row, &field.header, value);
            }
        }
    }
}

impl Tally for Reconciled {
    fn observe(&mut self, rows: &Rows<'_>) {
        self.groups.observe(rows);
        let totals = self.total_row.answers(rows.batch);
        let percents = self.percent.as_mut().map(|(row, _)| row.answers(rows.batch));
        for (group, index) in self.groups.rows().collect::<Vec<_>>() {
            let answer = |answers: &[Answer]| answers.get(index).copied().unwrap_or(Answer::CannotTell);
            match (answer(&totals), percents.as_deref().map(answer)) {
                (_, Some(Answer::True)) => self.print(rows, index, group, true),
                (Answer::True, _) => self.print(rows, index, group, false),
                (Answer::False, None | Some(Answer::False)) => self.add(rows, index, group),
                _ => self.untold.add(1, Some(rows.row(index))),
            }
        }
    }

    fn observe_skipped(&mut self, rows: &Rows<'_>) {
        self.groups.observe(rows);
        let totals = self.total_row.answers(rows.batch).clone();
        let percents = self.percent.as_mut().map(|(row, _)| row.answers(rows.batch).clone());
        for (group, index) in self.groups.rows().collect::<Vec<_>>() {
            let holds = |answers: &[Answer]| answers.get(index) == Some(&Answer::True);
            let is_percent = percents.as_deref().is_some_and(holds);
            if is_percent || holds(&totals) {
                self.print(rows, index, group, is_percent);
            }
        }
        self.sort();
    }

    fn merge(&mut self, other: Box<dyn Tally>) {
        let Some(other) = same::<Self>(other) else { return };
        self.groups.merge(other.groups);
        for (group, others) in other.parts {
            match self.parts.get_mut(&group) {
                None => _ = self.parts.insert(group, others),
                Some(sums) => {
                    for ((sum, unknown), (more, more_unknown)) in sums.iter_mut().zip(others) {
                        sum.merge(&more);
                        *unknown += more_unknown;
                    }
                }
            }
        }
        if let (Some(above), Some(others)) = (&mut self.above, other.above) {
            above.merge(others);
        }
        self.printed.extend(other.printed);
        self.sort();
        self.untold.add(other.untold.count, other.untold.first);
        self.overflow |= other.overflow;
    }

    fn finish(mut self: Box<Self>, total: u64) -> Vec<Found> {
        if let Some(above) = &mut self.above {
            above.sort();
        }
        let mut found = Vec::new();
        for (column, field) in self.fields.iter().enumerate() {
            let title = field.title();
            let mut failures = Failures::keeping(self.rows_kept);
            let unknown = self.totals(column, field, &mut failures);
            if !failures.is_empty() {
                let place = failures.place_and_value(total);
                found.push(Found::in_rows(
                    format!("the parts do not add up to the total of {title} in {place}"),
                    failures,
                ));
            }
            if unknown > 0 {
                let seen = format!("whether the parts of {title} add up cannot be told: one of them holds no figure");
                found.push(Found::in_file(seen).aside(Severity::Note));
            }
            let mut failures = Failures::keeping(self.rows_kept);
            if let Some((_, whole)) = &self.percent {
                self.percentages(column, *whole, field, &mut failures);
            }
            if !failures.is_empty() {
                let place = failures.place_and_value(total);
                found.push(Found::in_rows(
                    format!("the percentage of {title} is not that of its total in {place}"),
                    failures,
                ));
            }
        }
        let condition = quoted(self.total_row.text());
        if !self.printed.iter().any(|printed| !printed.is_percent) {
            found.push(Found::in_file(format!("there is no total row ({condition})")).aside(Severity::Note));
        }
        if let Some(first) = self.untold.first {
            let count = match self.untold.count {
                1 => "1 row".to_owned(),
                rows => format!("{} rows", grouped(rows)),
            };
            let seen = format!("{count} (the first is row {first}) may be a total: {condition} cannot be told");
            found.push(Found::in_file(seen).aside(Severity::Warning));
        }
        if self.overflow || self.above.as_ref().is_some_and(Stretches::overflow) {
            let seen =
                format!("there are more than {} total rows: the rest is not checked", grouped(MOST_TOTALS as u64));
            found.push(Found::in_file(seen).aside(Severity::Error));
        }
        found.extend(self.groups.too_many());
        found
    }
}
