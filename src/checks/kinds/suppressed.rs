//! `suppressed`: a small number is printed that should be withheld (`*`), or can be worked out from what is printed.
//!
//! | setting | meaning |
//! |---|---|
//! | `columns` | the columns of counts |
//! | `threshold` | the least number that may be printed, such as 5 or 8: 1 up to one less must be `*`. Nought may be printed |
//! | `multiple_of` | what printed numbers must be multiples of, where they are rounded |
//! | `total_row` | a Rhai expression that holds for the rows that print totals |
//! | `by` | the columns whose values make up the groups that have a total row each |
//! | `total` | the column that prints the total of `columns` in each row |
//!
//! Where a total is printed and only one of its parts is withheld, that one is the rest: it must not be the only one. Total
//! rows are looked at for small numbers as well.
//!
//! Memory: some 100 bytes for each group and column, of which there may be 100,000.
//!
//! ```yaml
//! - suppressed: { columns: [admissions], threshold: 8, multiple_of: 5, total_row: trust == "England", by: [period] }
//! ```
//!
//! Findings: ``admissions prints numbers from 1 to 7 in row 4: `3` ``; ``admissions withholds a single number of a printed total
//! in row 9: `*, total 48` ``

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::{
    check::{Check, Context, Found, Kind, Looks, Start, Tally, same},
    columns::{ColumnNames, Declared, Field, Spot},
    expression::{Answer, Asking, Condition},
    failures::Failures,
    groups::{Group, Groups},
    keys::KeyHasher,
    rows::Rows,
    within::Within,
};
use crate::{
    model::{Asked, Cell, Missing},
    yaml::{Located, Place, Problem, Problems},
};

/// Settings of `suppressed`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suppressed {
    columns: ColumnNames,
    threshold: Located<u32>,
    #[serde(default)]
    multiple_of: Option<Located<u32>>,
    #[serde(default)]
    total_row: Option<Located<String>>,
    #[serde(default)]
    by: Option<ColumnNames>,
    #[serde(default)]
    total: Option<Located<String>>,
}

impl Kind for Suppressed {
    const LOOKS: Looks = Looks::RowsTogether;

    fn build(&self, _place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let (mut problems, schema) = (Problems::default(), context.schema);
        let columns = problems.take(Declared::find_all_figures(&self.columns, schema)).unwrap_or_default();
        if self.threshold.value < 2 {
            let problem = Problem::new(self.threshold.place.clone(), "no number would be withheld");
            problems.push(problem.hint("the threshold is the least number that may be printed, such as 5"));
        }
        if let Some(multiple) = self.multiple_of.as_ref().filter(|multiple| multiple.value < 2) {
            problems.push(Problem::new(multiple.place.clone(), "numbers are rounded to multiples of 2 or more"));
        }
        let compiled = self.total_row.as_ref().map(|row| Condition::compile(row, schema));
        let total_row = compiled.and_then(|compiled| problems.take(compiled));
        let by = self.by.as_ref().map_or(Some(Vec::new()), |by| problems.take(Declared::find_all(by, schema)));
        if let (Some(by), None) = (&self.by, &self.total_row) {
            problems.push(Problem::new(by.place.clone(), "`by` goes with a `total_row`"));
        }
        let found = self.total.as_ref().map(|total| Declared::find_figures(total, schema).map_err(Problems::from));
        let total = found.and_then(|found| problems.take(found));
        problems.into_result()?;
        let asked = total_row.iter().flat_map(Condition::columns).filter_map(|at| Declared::at(*at, schema)).collect();
        let rule = Rule {
            threshold: f64::from(self.threshold.value),
            multiple: self.multiple_of.as_ref().map(|multiple| f64::from(multiple.value)),
        };
        let by = by.unwrap_or_default();
        Ok(Box::new(Compiled { columns, rule, total_row, asked, by, total, hasher: KeyHasher::default() }))
    }
}

/// Which numbers may be printed.
#[derive(Debug, Clone, Copy)]
struct Rule {
    threshold: f64,
    multiple: Option<f64>,
}

impl Rule {
    fn is_small(self, number: f64) -> bool {
        number > 0.0 && number < self.threshold
    }

    fn is_not_rounded(self, number: f64) -> bool {
        self.multiple.is_some_and(|multiple| {
            let nearest = (number / multiple).round() * multiple;
            !self.is_small(number) && !Within::default().equal(number, nearest)
        })
    }
}

#[derive(Debug)]
struct Compiled {
    columns: Vec<Declared>,
    rule: Rule,
    total_row: Option<Condition>,
    /// The columns that the condition names.
    asked: Vec<Declared>,
    by: Vec<Declared>,
    total: Option<Declared>,
    hasher: KeyHasher,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        let columns = self.columns.iter().chain(&self.asked).chain(&self.by).chain(&self.total);
        columns.map(|column| column.position).collect()
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        Declared::all_in_file(&self.asked, file.header)?;
        let total = match &self.total {
            None => None,
            Some(total) => Some(total.in_file(file.header)?),
        };
        let fields = Declared::all_in_file(&self.columns, file.header)?;
        let column = |field: Field| Counts {
            field,
            asked: [Asked::default(), Asked::default()],
            small: file.failures(),
            rough: file.failures(),
            alone: file.failures(),
            groups: BTreeMap::new(),
        };
        Some(Box::new(Printed {
            columns: fields.into_iter().map(column).collect(),
            rule: self.rule,
            total_row: self.total_row.clone().map(Asking::new),
            groups: Groups::new(Declared::all_in_file(&self.by, file.header)?, self.hasher.clone()),
            total,
        }))
    }
}

#[derive(Debug)]
struct Printed {
    columns: Vec<Counts>,
    rule: Rule,
    total_row: Option<Asking>,
    groups: Groups,
    total: Option<Field>,
}

/// What is known of one column.
#[derive(Debug)]
struct Counts {
    field: Field,
    asked: [Asked; 2],
    small: Failures,
    rough: Failures,
    /// Numbers that are withheld, and could be worked out.
    alone: Failures,
    groups: BTreeMap<Group, Withheld>,
}

/// What is withheld of the parts of a total row.
#[derive(Debug, Clone, Default)]
struct Withheld {
    count: u64,
    /// The first: row, sheet, header and the cell.
    first: Option<(u64, Option<String>, String, String)>,
    /// The total as printed.
    total: Option<String>,
}

impl Counts {
    fn observe(&mut self, rows: &Rows<'_>, rule: Rule) {
        let Self { field, asked: [small_asked, rough_asked], small, rough, .. } = self;
        let is_small = |cell| matches!(cell, Cell::Number(number) if rule.is_small(number));
        field.failing_cells(rows, small_asked, is_small, |spot| small.add_cell(spot));
        if rule.multiple.is_some() {
            let is_rough = |cell| matches!(cell, Cell::Number(number) if rule.is_not_rounded(number));
            field.failing_cells(rows, rough_asked, is_rough, |spot| rough.add_cell(spot));
        }
    }

    /// Remembers what a row says of the total of its group.
    fn add(&mut self, rows: &Rows<'_>, index: usize, group: Group, is_total: bool) {
        let spot = self.field.spot(rows, index);
        match spot.cell() {
            Cell::Number(_) if is_total => self.groups.entry(group).or_default().total = Some(spot.text().to_owned()),
            Cell::Missing(Missing::Suppressed) if !is_total => {
                let withheld = self.groups.entry(group).or_default();
                withheld.count += 1;
                withheld.first.get_or_insert_with(|| place(spot));
            }
            _ => {}
        }
    }

    fn merge(&mut self, other: Self) {
        self.small.merge(other.small);
        self.rough.merge(other.rough);
        self.alone.merge(other.alone);
        for (group, other) in other.groups {
            let withheld = self.groups.entry(group).or_default();
            withheld.count += other.count;
            withheld.first = withheld.first.take().into_iter().chain(other.first).min();
            withheld.total = withheld.total.take().or(other.total);
        }
    }

    fn finish(mut self, total: u64, rule: Rule) -> Vec<Found> {
        let title = self.field.title();
        for withheld in self.groups.into_values() {
            if let (1, Some((row, sheet, header, text)), Some(printed)) =
                (withheld.count, withheld.first, withheld.total)
            {
                self.alone.add(sheet.as_deref(), row, &header, || format!("{text}, total {printed}"));
            }
        }
        let most = (rule.threshold - 1.0).to_string();
        let multiple = rule.multiple.unwrap_or(0.0);
        let said = [
            (self.small, format!("{title} prints numbers from 1 to {most}")),
            (self.rough, format!("{title} prints numbers that are no multiples of {multiple}")),
            (self.alone, format!("{title} withholds a single number of a printed total")),
        ];
        let said = said.into_iter().filter(|(failures, _)| !failures.is_empty());
        said.map(|(failures, seen)| Found::in_rows(format!("{seen} in {}", failures.place_and_value(total)), failures))
            .collect()
    }
}

fn place(spot: Spot<'_>) -> (u64, Option<String>, String, String) {
    (spot.row(), spot.rows.sheet().map(str::to_owned), spot.header().to_owned(), spot.text().to_owned())
}

impl Printed {
    /// The one cell of a row that is withheld beside the row's own total.
    fn alone_in_row(&mut self, rows: &Rows<'_>, index: usize) {
        let Some(total) = &self.total else { return };
        if !matches!(total.cell(rows.batch, index), Cell::Number(_)) {
            return;
        }
        let withheld =
            |column: &&mut Counts| column.field.cell(rows.batch, index) == Cell::Missing(Missing::Suppressed);
        let mut withheld = self.columns.iter_mut().filter(withheld);
        if let (Some(Counts { field, alone, .. }), None) = (withheld.next(), withheld.next()) {
            let spot = field.spot(rows, index);
            alone.add_cell_as(spot, || format!("{}, total {}", spot.text(), total.text(rows.batch, index)));
        }
    }
}

impl Tally for Printed {
    fn observe(&mut self, rows: &Rows<'_>) {
        for column in &mut self.columns {
            column.observe(rows, self.rule);
        }
        if self.total.is_some() {
            rows.indices().for_each(|index| self.alone_in_row(rows, index));
        }
        let Some(total_row) = &mut self.total_row else { return };
        let totals = total_row.answers(rows.batch);
        self.groups.observe(rows.batch, rows.indices());
        for index in rows.indices() {
            let group = self.groups.of_batch().get(index).copied().unwrap_or_default();
            let is_total = totals.get(index) == Some(&Answer::True);
            for column in &mut self.columns {
                column.add(rows, index, group, is_total);
            }
        }
    }

    fn merge(&mut self, other: Box<dyn Tally>) {
        let Some(other) = same::<Self>(other) else { return };
        self.groups.merge(other.groups);
        for (column, other) in self.columns.iter_mut().zip(other.columns) {
            column.merge(other);
        }
    }

    fn finish(self: Box<Self>, total: u64) -> Vec<Found> {
        let rule = self.rule;
        let found = self.columns.into_iter().flat_map(|column| column.finish(total, rule));
        found.chain(self.groups.too_many()).collect()
    }
}
