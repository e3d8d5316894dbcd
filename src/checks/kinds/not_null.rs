//! `not_null`: a cell holds no value.
//!
//! | setting | meaning |
//! |---|---|
//! | `columns` | the columns; each is counted, and reported, by itself |
//! | `allow` | reasons that are as good as a value: any of `suppressed` (`*`), `not_available` (`TBC`), `not_applicable` (`-`, `N/A`); none unless named |
//! | `max_share` | the share of rows, 0 to 1, that may hold no value; 0 unless named |
//!
//! A blank cell, or one that a short row does not have, never is a value. A cell that cannot be read is not counted
//! here: [`type`](super::type) reports it.
//!
//! ```yaml
//! - not_null: { columns: [contract, planned] }
//! - not_null: { columns: [delivered], allow: [suppressed], max_share: 0.05, severity: warning }
//! ```
//!
//! Findings: `planned is blank in 2 of 14 rows`; `delivered holds no value in 3 of 14 rows (2 blank, 1 not applicable),
//! more than the 5% allowed`

use serde::Deserialize;

use super::super::{
    check::{Check, Context, Found, Kind, Looks, Start, Tally, same},
    columns::{ColumnNames, Declared, Field},
    common::Amount,
    failures::{Failures, grouped},
    rows::Rows,
};
use crate::{
    model::{Asked, Cell, Missing, value::format_number},
    yaml::{Located, Place, Problem, Problems},
};

/// Settings of `not_null`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotNull {
    columns: ColumnNames,
    #[serde(default)]
    allow: Vec<Reason>,
    #[serde(default)]
    max_share: Option<Located<f64>>,
}

/// Why a cell may hold no figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Reason {
    Suppressed,
    NotAvailable,
    NotApplicable,
}

impl Kind for NotNull {
    const LOOKS: Looks = Looks::Rows;

    fn build(&self, _place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let mut problems = Problems::default();
        let columns = problems.take(Declared::find_all(&self.columns, context.schema)).unwrap_or_default();
        let max_share = self.max_share.as_ref().map_or(0.0, |share| share.value);
        if let Some(share) = &self.max_share
            && !(0.0..=1.0).contains(&max_share)
        {
            let problem = Problem::new(share.place.clone(), format!("{max_share} is not a share of the rows"));
            problems.push(problem.hint("write a number from 0 to 1: 0.05 is 5%"));
        }
        problems.into_result()?;
        Ok(Box::new(Compiled { columns, allow: self.allow.clone(), max_share }))
    }
}

#[derive(Debug)]
struct Compiled {
    columns: Vec<Declared>,
    allow: Vec<Reason>,
    max_share: f64,
}

impl Compiled {
    fn counts(&self, reason: Missing) -> bool {
        let allowed = match reason {
            Missing::Unreadable | Missing::Words | Missing::Range => return false,
            Missing::Blank | Missing::Absent | Missing::Unsure => return true,
            Missing::Suppressed => Reason::Suppressed,
            Missing::NotAvailable => Reason::NotAvailable,
            Missing::NotApplicable => Reason::NotApplicable,
        };
        !self.allow.contains(&allowed)
    }
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        self.columns.iter().map(|column| column.position).collect()
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let reasons = [
            (Missing::Blank, "blank"),
            (Missing::Suppressed, Missing::Suppressed.reason()),
            (Missing::NotAvailable, Missing::NotAvailable.reason()),
            (Missing::NotApplicable, Missing::NotApplicable.reason()),
        ];
        let counted: Vec<_> =
            reasons.into_iter().filter(|(reason, _)| self.counts(*reason)).map(|(r, words)| (r, words, 0)).collect();
        let columns = self.columns.iter().filter_map(|column| column.in_file(file.header));
        let columns = columns.map(|field| {
            let (asked, failures) = (Asked::default(), file.failures());
            Nulls { field, counted: counted.clone(), asked, failures }
        });
        Some(Box::new(NullTally { max_share: self.max_share, columns: columns.collect() }))
    }
}

#[derive(Debug)]
struct NullTally {
    max_share: f64,
    columns: Vec<Nulls>,
}

/// The cells of one column that hold no value.
#[derive(Debug)]
struct Nulls {
    field: Field,
    /// Each reason that counts, in words, and how often it was seen.
    counted: Vec<(Missing, &'static str, u64)>,
    asked: Asked,
    failures: Failures,
}

impl Nulls {
    fn observe(&mut self, rows: &Rows<'_>) {
        let Self { field, counted, asked, failures } = self;
        let reasons: Vec<Missing> = counted.iter().map(|(reason, ..)| *reason).collect();
        let fails = |missing| reasons.contains(&reason(missing));
        field.failing_missing(rows, asked, fails, |spot| {
            if let Cell::Missing(missing) = spot.cell()
                && let Some((.., count)) = counted.iter_mut().find(|(counted, ..)| *counted == reason(missing))
            {
                *count += 1;
            }
            failures.add_cell(spot);
        });
    }

    fn merge(&mut self, other: Self) {
        for ((.., count), (.., more)) in self.counted.iter_mut().zip(other.counted) {
            *count += more;
        }
        self.failures.merge(other.failures);
    }

    fn seen(&self, total: u64) -> String {
        let (title, place) = (self.field.title(), self.failures.place(total));
        let seen: Vec<_> = self.counted.iter().filter(|(.., count)| *count > 0).collect();
        if let [(_, words, _)] = seen[..] {
            return format!("{title} is {words} in {place}");
        }
        let parts: Vec<_> = seen.iter().map(|(_, words, count)| format!("{} {words}", grouped(*count))).collect();
        format!("{title} holds no value in {place} ({})", parts.join(", "))
    }
}

/// Why a cell holds no value. A row that is too short ends before its column: to its reader the cell is blank.
fn reason(missing: Missing) -> Missing {
    if missing == Missing::Absent { Missing::Blank } else { missing }
}

impl Tally for NullTally {
    fn observe(&mut self, rows: &Rows<'_>) {
        for column in &mut self.columns {
            column.observe(rows);
        }
    }

    fn merge(&mut self, other: Box<dyn Tally>) {
        let Some(other) = same::<Self>(other) else { return };
        for (column, other) in self.columns.iter_mut().zip(other.columns) {
            column.merge(other);
        }
    }

    fn finish(self: Box<Self>, total: u64) -> Vec<Found> {
        let tolerated = Amount::Share(self.max_share);
        let allowed = match self.max_share {
            share if share > 0.0 => format!(", more than the {}% allowed", format_number(share * 100.0)),
            _ => String::new(),
        };
        let failing = self.columns.into_iter().filter(|column| tolerated.is_exceeded(column.failures.count(), total));
        failing.map(|column| Found::in_rows(format!("{}{allowed}", column.seen(total)), column.failures)).collect()
    }
}
