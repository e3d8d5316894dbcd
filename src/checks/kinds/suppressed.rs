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
//! rows are looked at for small numbers as well. Findings name the cell of such a number and do not print it again.
//!
//! Memory: some 100 bytes for each group and column, of which there may be 100,000.
//!
//! ```yaml
//! - suppressed: { columns: [admissions], threshold: 8, multiple_of: 5, total_row: trust == "England", by: [period] }
//! ```
//!
//! Findings: ``admissions prints numbers from 1 to 7 in row 4: `*` ``; ``admissions withholds a single number of a printed total
//! in row 9: `*, total 48` ``

mod printed;

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::{
    check::{Check, Context, Kind, Looks, Start, Tally},
    columns::{ColumnNames, Declared, Field},
    expression::{Asking, Condition},
    groups::Groups,
    keys::KeyHasher,
};
use crate::{
    model::{Asked, Tolerance},
    yaml::{Located, Place, Problem, Problems},
};
use printed::{Counts, Printed};

/// Settings of `suppressed`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
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
            !self.is_small(number) && !Tolerance::default().equal(number, nearest)
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
            small: file.failures().personal(),
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
