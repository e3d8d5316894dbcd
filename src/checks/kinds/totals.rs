//! `totals`: a printed total row is not the sum of the rows above it, or a printed percentage row not their share.
//!
//! | setting | meaning |
//! |---|---|
//! | `total_row` | a Rhai expression that holds for the rows that print totals |
//! | `columns` | the columns whose totals are checked, each by itself |
//! | `by` | the columns whose values make up the groups that have a total row each; none for one total of the file |
//! | `within` | how far a total may be from its parts, as a difference (`0.5`) or a share (`1%`); nothing unless named |
//! | `percent_row` | a Rhai expression that holds for the rows that print percentages |
//! | `percent_of` | the column whose total is the whole of these percentages |
//! | `percent_within` | how far a percentage may be off, as a share: 0.0005 (half of 0.1%) unless named |
//!
//! Rows that are neither are parts. A blank part, or one that does not apply, adds nothing; where one is withheld, not yet
//! available or unreadable, the total of its column is not checked and a note says so. A percentage is held against the
//! printed totals. For a total *column* see [`parts`](super::parts).
//!
//! Memory: some 100 bytes for each group and column, and for each total row; 100,000 groups at most.
//!
//! ```yaml
//! - totals: { total_row: sub_icb == "Total", columns: [practices, band_0_10] }
//! - totals: { total_row: trust == "England", columns: [attendances], by: [period], within: 0.5 }
//! ```
//!
//! Finding: ``the parts do not add up to the total of band_0_10 in row 12: `16, parts 17` ``

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    super::{
        check::{Check, Context, Found, Kind, Looks, Start, Tally, same},
        columns::{ColumnNames, Declared, Field},
        expression::{Answer, Asking, Condition},
        failures::{Failures, grouped, quoted},
        groups::{Group, Groups},
        keys::KeyHasher,
        rows::Rows,
        sum::ExactSum,
        within::Within,
    },
    parts::addend,
};
use crate::{
    model::{Cell, Severity, value::format_number},
    yaml::{Located, Place, Problem, Problems},
};

/// Half of the last digit of a percentage with one decimal.
const HALF_A_TENTH: f64 = 0.0005;

/// More total rows than this are not kept.
const MOST_TOTALS: usize = 100_000;

/// Settings of `totals`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    total_row: Located<String>,
    columns: ColumnNames,
    #[serde(default)]
    by: Option<ColumnNames>,
    #[serde(default)]
    within: Within,
    #[serde(default)]
    percent_row: Option<Located<String>>,
    #[serde(default)]
    percent_of: Option<Located<String>>,
    #[serde(default)]
    percent_within: Option<Located<f64>>,
}

impl Kind for Totals {
    const LOOKS: Looks = Looks::RowsTogether;

    fn build(&self, place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let mut problems = Problems::default();
        let schema = context.schema;
        let total_row = problems.take(Condition::compile(&self.total_row, schema));
        let columns = problems.take(Declared::find_all_figures(&self.columns, schema));
        let by = self.by.as_ref().map_or(Some(Vec::new()), |by| problems.take(Declared::find_all(by, schema)));
        let percent = problems.take(self.percent(place, context));
        problems.into_result()?;
        let (Some(total_row), Some(columns), Some(by), Some(percent)) = (total_row, columns, by, percent) else {
            return Err(Problems::default());
        };
        let positions = total_row.columns().iter().chain(percent.iter().flat_map(|(row, _)| row.columns()));
        let asked = positions.filter_map(|position| Declared::at(*position, schema)).collect();
        let slack = self.percent_within.as_ref().map_or(HALF_A_TENTH, |within| within.value);
        Ok(Box::new(Compiled {
            total_row,
            columns,
            by,
            percent,
            asked,
            within: self.within,
            slack,
            hasher: KeyHasher::default(),
        }))
    }
}

impl Totals {
    /// The condition of the percentage rows, and where the column of the whole is among the columns.
    fn percent(&self, place: &Place, context: Context<'_>) -> Result<Option<(Condition, usize)>, Problems> {
        let mut problems = Problems::default();
        let of = match (&self.percent_row, &self.percent_of) {
            (None, None) => return Ok(None),
            (Some(row), Some(of)) => (row, of),
            _ => return Err(Problem::new(place.clone(), "`percent_row` and `percent_of` go together").into()),
        };
        let row = problems.take(Condition::compile(of.0, context.schema));
        let whole = self.columns.iter().position(|column| column.value == of.1.value);
        if whole.is_none() {
            let names = self.columns.iter().map(|column| column.value.as_str());
            problems.push(Problem::unknown(of.1.place.clone(), "column among `columns`", of.1, names));
        }
        if let Some(within) = self.percent_within.as_ref().filter(|within| !(0.0..=1.0).contains(&within.value)) {
            let problem = Problem::new(within.place.clone(), format!("{} is not a share", within.value));
            problems.push(problem.hint("write a number from 0 to 1: 0.0005 is half of 0.1%"));
        }
        problems.into_result()?;
        Ok(row.zip(whole))
    }
}

#[derive(Debug)]
struct Compiled {
    total_row: Condition,
    columns: Vec<Declared>,
    by: Vec<Declared>,
    percent: Option<(Condition, usize)>,
    /// The columns that the conditions name.
    asked: Vec<Declared>,
    within: Within,
    slack: f64,
    hasher: KeyHasher,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        self.columns.iter().chain(&self.by).chain(&self.asked).map(|column| column.position).collect()
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        Declared::all_in_file(&self.asked, file.header)?;
        let by = Declared::all_in_file(&self.by, file.header)?;
        Some(Box::new(Reconciled {
            fields: Declared::all_in_file(&self.columns, file.header)?,
            groups: Groups::new(by, self.hasher.clone()),
            total_row: Asking::new(self.total_row.clone()),
            percent: self.percent.clone().map(|(row, whole)| (Asking::new(row), whole)),
            within: self.within,
            slack: self.slack,
            parts: BTreeMap::new(),
            printed: Vec::new(),
            untold: Untold::default(),
            rows_kept: file.rows_kept,
            overflow: false,
        }))
    }
}

/// The parts of a group: of each column the sum, and how many of them are not known.
type Sums = Vec<(ExactSum, u64)>;

/// Rows that may be totals.
#[derive(Debug, Default)]
struct Untold {
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
struct Printed {
    row: u64,
    sheet: Option<String>,
    group: Group,
    is_percent: bool,
    cells: Vec<(Cell, String)>,
}

#[derive(Debug)]
struct Reconciled {
    fields: Vec<Field>,
    groups: Groups,
    total_row: Asking,
    percent: Option<(Asking, usize)>,
    within: Within,
    slack: f64,
    parts: BTreeMap<Group, Sums>,
    printed: Vec<Printed>,
    /// Of how many rows it cannot be told what they are, and the first of them.
    untold: Untold,
    rows_kept: usize,
    overflow: bool,
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
        let sums = self.parts.entry(group).or_insert_with(|| vec![(ExactSum::default(), 0); self.fields.len()]);
        for (field, (sum, unknown)) in self.fields.iter().zip(sums) {
            match addend(field.cell(rows.batch, index)) {
                Some(addend) => sum.add(addend),
                None => *unknown += 1,
            }
        }
    }

    /// Where the printed total of a column is not what its parts come to.
    fn totals(&self, column: usize, field: &Field, failures: &mut Failures) -> u64 {
        let mut unknown = 0;
        for printed in self.printed.iter().filter(|printed| !printed.is_percent) {
            let parts = self.parts.get(&printed.group).and_then(|sums| sums.get(column));
            let (Some((sum, withheld)), Some((cell, text))) = (parts, printed.cells.get(column)) else { continue };
            let Cell::Number(total) = cell else { continue };
            if *withheld > 0 {
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
            if !Within::Absolute(self.slack).equal(said, share) {
                let text = printed.cells.get(column).map_or("", |(_, text)| text);
                let value = || format!("{text}, totals {}%", format_number(share * 100.0));
                failures.add(printed.sheet.as_deref(), printed.row, &field.header, value);
            }
        }
    }
}

impl Tally for Reconciled {
    fn observe(&mut self, rows: &Rows<'_>) {
        self.groups.observe(rows.batch, rows.indices());
        let totals = self.total_row.answers(rows.batch);
        let percents = self.percent.as_mut().map(|(row, _)| row.answers(rows.batch));
        for index in rows.indices() {
            let group = self.groups.of_batch().get(index).copied().unwrap_or_default();
            let answer = |answers: &[Answer]| answers.get(index).copied().unwrap_or(Answer::CannotTell);
            match (answer(&totals), percents.as_deref().map(answer)) {
                (_, Some(Answer::True)) => self.print(rows, index, group, true),
                (Answer::True, _) => self.print(rows, index, group, false),
                (Answer::False, None | Some(Answer::False)) => self.add(rows, index, group),
                _ => self.untold.add(1, Some(rows.row(index))),
            }
        }
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
        self.printed.extend(other.printed);
        self.printed.sort_by_key(|printed| printed.row);
        self.untold.add(other.untold.count, other.untold.first);
        self.overflow |= other.overflow;
    }

    fn finish(self: Box<Self>, total: u64) -> Vec<Found> {
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
        if self.overflow {
            let seen =
                format!("there are more than {} total rows: the rest is not checked", grouped(MOST_TOTALS as u64));
            found.push(Found::in_file(seen).aside(Severity::Error));
        }
        found.extend(self.groups.too_many());
        found
    }
}
