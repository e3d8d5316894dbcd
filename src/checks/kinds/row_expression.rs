//! `row_expression`: a condition over the columns of a row does not hold.
//!
//! | setting | meaning |
//! |---|---|
//! | `expression` | a Rhai expression over the dataset's columns that is true for every good row |
//!
//! Where a cell that the expression needs holds no value, it cannot be told whether the row is good: that is not a
//! failure, and a note says how many rows it was so for. An expression that fails in a row (a division by zero, a
//! limit) is an error, whatever the severity of the check: a check that was not made must not look like one that passed.
//!
//! ```yaml
//! - row_expression:
//!     name: delivered-is-plausible
//!     expression: delivered <= 10 * planned
//!     severity: warning
//!     message: more than ten times the plan was delivered
//! ```
//!
//! Findings:
//! - `more than ten times the plan was delivered: row 5`, or without a message of the dataset's own
//!   `` `delivered <= 10 * planned` does not hold in row 5``
//! - a note: `` `delivered <= 10 * planned` cannot be told in 2 of 14 rows: a cell holds no value``
//! - an error: `` `delivered / planned <= 10` failed in row 5: division by zero``
//!
//! Column and value of a row are those that the expression names, side by side: `planned · delivered`, `254 · 3000`.

use serde::Deserialize;

use super::super::{
    check::{Check, Context, Found, Kind, Looks, Start, Tally, same},
    columns::{Declared, Field, side_by_side},
    expression::{Answer, Condition, Truth, Work},
    failures::{Failures, quoted},
    rows::Rows,
};
use crate::{
    model::Severity,
    yaml::{Located, Place, Problems},
};

/// Settings of `row_expression`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowExpression {
    expression: Located<String>,
}

impl Kind for RowExpression {
    const LOOKS: Looks = Looks::Rows;

    fn build(&self, _place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let condition = Condition::compile(&self.expression, context.schema)?;
        let named = Declared::all(context.schema).filter(|column| condition.columns().contains(&column.position));
        let columns = named.collect();
        Ok(Box::new(Compiled { condition, columns }))
    }
}

#[derive(Debug)]
struct Compiled {
    condition: Condition,
    columns: Vec<Declared>,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        self.condition.columns().to_vec()
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let fields = Declared::all_in_file(&self.columns, file.header)?;
        Some(Box::new(Judged {
            condition: self.condition.clone(),
            header: side_by_side(fields.iter().map(|field| field.header.as_str())),
            fields,
            failing: file.failures(),
            untold: file.failures(),
            broken: file.failures(),
            why_broken: None,
            work: Work::default(),
        }))
    }
}

#[derive(Debug)]
struct Judged {
    condition: Condition,
    fields: Vec<Field>,
    /// The headers of the fields, side by side.
    header: String,
    failing: Failures,
    untold: Failures,
    broken: Failures,
    /// The first row where the expression failed, and what went wrong there.
    why_broken: Option<(u64, String)>,
    work: Work,
}

impl Tally for Judged {
    fn observe(&mut self, rows: &Rows<'_>) {
        let truths = self.condition.evaluate_all(rows.batch, &mut self.work);
        for (index, answer) in truths.others().filter(|(index, _)| rows.has(*index)) {
            let failures = match answer {
                Answer::True => continue,
                Answer::False => &mut self.failing,
                Answer::CannotTell => &mut self.untold,
                Answer::Failed => &mut self.broken,
            };
            if let (Answer::Failed, None) = (answer, &self.why_broken)
                && let Truth::Failed(why) = truths.truth(index)
            {
                self.why_broken = Some((rows.row(index), why));
            }
            let fields = &self.fields;
            failures.add_row(rows, index, &self.header, || {
                side_by_side(fields.iter().map(|field| field.text(rows.batch, index)))
            });
        }
    }

    fn merge(&mut self, other: Box<dyn Tally>) {
        let Some(other) = same::<Self>(other) else { return };
        self.failing.merge(other.failing);
        self.untold.merge(other.untold);
        self.broken.merge(other.broken);
        self.why_broken = self.why_broken.take().into_iter().chain(other.why_broken).min();
    }

    fn finish(self: Box<Self>, total: u64) -> Vec<Found> {
        let Self { condition, failing, untold, broken, why_broken, .. } = *self;
        let expression = quoted(condition.text());
        let mut found = Vec::new();
        if !failing.is_empty() {
            let place = failing.place(total);
            let seen = format!("{expression} does not hold in {place}");
            found.push(Found::in_rows(seen, failing).after_message(place));
        }
        // What follows is about the expression, not about what the dataset's message says.
        if let Some((_, why)) = why_broken {
            let seen = format!("{expression} failed in {}: {why}", broken.place(total));
            found.push(Found::in_rows(seen, broken).aside(Severity::Error));
        }
        if !untold.is_empty() {
            let place = untold.place(total);
            let seen = format!("{expression} cannot be told in {place}: a cell holds no value");
            found.push(Found::in_rows(seen, untold).aside(Severity::Note));
        }
        found
    }
}
