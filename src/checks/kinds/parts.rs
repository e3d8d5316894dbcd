//! `parts`: the parts of a row do not add up to the total that is printed beside them.
//!
//! | setting | meaning |
//! |---|---|
//! | `total` | the column of the printed total |
//! | `of` | the columns of its parts |
//! | `within` | how far apart they may be, as a difference (`0.5`) or a share of the total (`1%`); nothing unless named |
//!
//! A blank part, or one that does not apply, adds nothing. Where a part is withheld, not yet available or unreadable, or the
//! total holds no figure, it cannot be told whether they agree: a note says in how many rows. For a total *row* see
//! [`totals`](super::totals).
//!
//! ```yaml
//! - parts: { total: practices, of: [band_0_10, band_11_25, band_26_50] }
//! ```
//!
//! Finding: ``the parts do not add up to practices in row 10: `30, parts 31` ``

use serde::Deserialize;

use super::super::{
    check::{Check, Context, Found, Kind, Looks, Start, Tally, same},
    columns::{ColumnNames, Declared, Field},
    failures::Failures,
    rows::Rows,
    sum::ExactSum,
};
use crate::{
    model::{Cell, Missing, Severity, Tolerance, value::format_number},
    yaml::{Located, Place, Problem, Problems},
};

/// Settings of `parts`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parts {
    total: Located<String>,
    of: ColumnNames,
    #[serde(default)]
    within: Tolerance,
}

impl Kind for Parts {
    const LOOKS: Looks = Looks::Rows;

    fn build(&self, _place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let mut problems = Problems::default();
        let total = problems.take(Declared::find_figures(&self.total, context.schema).map_err(Problems::from));
        let parts = problems.take(Declared::find_all_figures(&self.of, context.schema));
        if let Some(twice) = self.of.iter().find(|part| part.value == self.total.value) {
            problems.push(Problem::new(twice.place.clone(), "a total cannot be a part of itself"));
        }
        problems.into_result()?;
        let (Some(total), Some(parts)) = (total, parts) else { return Err(Problems::default()) };
        Ok(Box::new(Compiled { total, parts, within: self.within }))
    }
}

#[derive(Debug)]
struct Compiled {
    total: Declared,
    parts: Vec<Declared>,
    within: Tolerance,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        [&self.total].into_iter().chain(&self.parts).map(|column| column.position).collect()
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let total = self.total.in_file(file.header)?;
        let parts = Declared::all_in_file(&self.parts, file.header)?;
        let (failures, untold) = (file.failures(), file.failures());
        Some(Box::new(Sums { total, parts, within: self.within, failures, untold }))
    }
}

#[derive(Debug)]
struct Sums {
    total: Field,
    parts: Vec<Field>,
    within: Tolerance,
    failures: Failures,
    /// Rows of which it cannot be told.
    untold: Failures,
}

/// What a cell adds to a sum; none where that is not known.
pub(super) fn addend(cell: Cell) -> Option<f64> {
    match cell {
        Cell::Number(number) => Some(number),
        Cell::Missing(Missing::Blank | Missing::Absent | Missing::NotApplicable) => Some(0.0),
        _ => None,
    }
}

impl Tally for Sums {
    fn observe(&mut self, rows: &Rows<'_>) {
        let Self { total, parts, within, failures, untold } = self;
        for index in rows.indices() {
            let mut sum = ExactSum::default();
            let known =
                parts.iter().try_for_each(|part| addend(part.cell(rows.batch, index)).map(|part| sum.add(part)));
            let printed = total.text(rows.batch, index);
            let (Some(()), Cell::Number(figure)) = (known, total.cell(rows.batch, index)) else {
                untold.add_row(rows, index, &total.header, || printed.to_owned());
                continue;
            };
            if !within.equal(sum.total(), figure) {
                let value = || format!("{printed}, parts {}", format_number(sum.total()));
                failures.add_row(rows, index, &total.header, value);
            }
        }
    }

    fn merge(&mut self, other: Box<dyn Tally>) {
        let Some(other) = same::<Self>(other) else { return };
        self.failures.merge(other.failures);
        self.untold.merge(other.untold);
    }

    fn finish(self: Box<Self>, total: u64) -> Vec<Found> {
        let mut found = Vec::new();
        let title = self.total.title();
        if !self.failures.is_empty() {
            let seen = format!("the parts do not add up to {title} in {}", self.failures.place_and_value(total));
            found.push(Found::in_rows(seen, self.failures));
        }
        if !self.untold.is_empty() {
            let place = self.untold.place(total);
            let seen = format!("whether the parts add up to {title} cannot be told in {place}: a cell holds no figure");
            found.push(Found::in_rows(seen, self.untold).aside(Severity::Note));
        }
        found
    }
}
