//! `totals`: a printed total row is not the sum of the rows above it, or a printed percentage row not their share.
//!
//! | setting | meaning |
//! |---|---|
//! | `total_row` | a Rhai expression that holds for the rows that print totals |
//! | `columns` | the columns whose totals are checked, each by itself |
//! | `by` | the columns whose values make up the groups that have a total row each; none for one total of the file |
//! | `of` | `rows_above`: a total is that of the rows since the total row before it, and has no group |
//! | `within` | how far a total may be from its parts, as a difference (`0.5`) or a share (`1%`); nothing unless named |
//! | `percent_row` | a Rhai expression that holds for the rows that print percentages |
//! | `percent_of` | the column whose total is the whole of these percentages |
//! | `percent_within` | how far a percentage may be off, as a share: 0.0005 (half of 0.1%) unless named |
//!
//! Rows that are neither are parts. A total row may be one that the dataset's `skip_rows` leaves out. A blank part, or one that does not apply, adds nothing; where one is withheld, not yet
//! available or unreadable, the total of its column is not checked and a note says so. A percentage is held against the
//! printed totals; its row may be left out likewise. Of the rows that are left out the first thousand are looked at. For a
//! total *column* see [`parts`](super::parts).
//!
//! Memory: some 100 bytes for each group and column, and for each total row; 100,000 groups at most.
//!
//! ```yaml
//! - totals: { total_row: sub_icb == "Total", columns: [practices, band_0_10] }
//! - totals: { total_row: trust == "England", columns: [attendances], by: [period], within: 0.5 }
//! - totals: { total_row: directorate == "Total", columns: [falls], of: rows_above }
//! ```
//!
//! Finding: ``the parts do not add up to the total of band_0_10 in row 12: `16, parts 17` ``

mod above;
mod reconciled;

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::{
    check::{Check, Context, Kind, Looks, Start, Tally},
    columns::{ColumnNames, Declared},
    expression::{Asking, Condition},
    groups::Groups,
    keys::KeyHasher,
};
use crate::{
    model::Tolerance,
    yaml::{Located, Place, Problem, Problems},
};
use above::Stretches;
use reconciled::{Reconciled, Untold};

/// Half of the last digit of a percentage with one decimal.
const HALF_A_TENTH: f64 = 0.0005;

/// Settings of `totals`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    total_row: Located<String>,
    columns: ColumnNames,
    #[serde(default)]
    by: Option<ColumnNames>,
    #[serde(default)]
    of: Option<Located<Of>>,
    #[serde(default)]
    within: Tolerance,
    #[serde(default)]
    percent_row: Option<Located<String>>,
    #[serde(default)]
    percent_of: Option<Located<String>>,
    #[serde(default)]
    percent_within: Option<Located<f64>>,
}

/// What a total is of, when it is not that of its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Of {
    RowsAbove,
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
        if let Some(of) = self.of.as_ref().filter(|_| self.by.is_some() || self.percent_row.is_some()) {
            let problem = Problem::new(of.place.clone(), "`of: rows_above` goes with neither `by` nor `percent_row`");
            problems.push(problem.hint("a total is that of its group, or that of the rows above it"));
        }
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
            of: self.of.as_ref().map(|of| of.value),
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
    of: Option<Of>,
    percent: Option<(Condition, usize)>,
    /// The columns that the conditions name.
    asked: Vec<Declared>,
    within: Tolerance,
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
            above: self.of.map(|Of::RowsAbove| Stretches::default()),
            printed: Vec::new(),
            untold: Untold::default(),
            rows_kept: file.rows_kept,
            overflow: false,
        }))
    }
}
