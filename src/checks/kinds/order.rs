//! `order`: the rows are not in the order of a column.
//!
//! | setting | meaning |
//! |---|---|
//! | `column` | a column of any kind |
//! | `is` | `rising` or `falling`: how it goes from row to row |
//! | `repeats` | with `fail`, a value that is the one before fails too; with `allow`, as unless named, it does not |
//!
//! A row fails whose value goes the other way from that of the row before it that holds one. Periods are in the order of their
//! first days, texts in that of their characters as printed: digits before capitals, capitals before small letters, `Q10` before
//! `Q2`. A workbook's sheets are looked at each by itself.
//!
//! ```yaml
//! - order: { column: month, is: rising, repeats: fail }
//! ```
//!
//! Finding: ``month does not rise in row 7: `2025-08` ``

use std::{borrow::Cow, cmp::Ordering, collections::BTreeSet, sync::Arc};

use jiff::civil::Date;
use serde::Deserialize;

use super::super::{
    check::{Check, Context, Found, Kind, Looks, Start, Tally, same},
    columns::{Declared, Field},
    failures::Failures,
    rows::Rows,
};
use crate::{
    model::Cell,
    yaml::{Located, Place, Problems},
};

/// Settings of `order`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Order {
    column: Located<String>,
    is: Way,
    #[serde(default)]
    repeats: Repeats,
}

/// How a column goes from row to row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Way {
    Rising,
    Falling,
}

/// What a value is that is the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Repeats {
    #[default]
    Allow,
    Fail,
}

impl Kind for Order {
    const LOOKS: Looks = Looks::RowsTogether;

    fn build(&self, _place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let column = Declared::find(&self.column, context.schema)?;
        Ok(Box::new(Compiled { column, order: Asked { way: self.is, repeats: self.repeats } }))
    }
}

/// What order is asked for.
#[derive(Debug, Clone, Copy)]
struct Asked {
    way: Way,
    repeats: Repeats,
}

impl Asked {
    fn allows(self, before: &Step<'_>, after: &Step<'_>) -> bool {
        match before.cmp(after) {
            None => true,
            Some(Ordering::Equal) => self.repeats == Repeats::Allow,
            Some(Ordering::Less) => self.way == Way::Rising,
            Some(Ordering::Greater) => self.way == Way::Falling,
        }
    }

    fn broken(self) -> &'static str {
        match (self.way, self.repeats) {
            (Way::Rising, Repeats::Allow) => "falls",
            (Way::Rising, Repeats::Fail) => "does not rise",
            (Way::Falling, Repeats::Allow) => "rises",
            (Way::Falling, Repeats::Fail) => "does not fall",
        }
    }
}

/// A value with a place in an order.
#[derive(Debug, Clone)]
enum Step<'a> {
    Figure(f64),
    Day(Date),
    Text(Cow<'a, str>),
}

impl<'a> Step<'a> {
    fn of(text: &'a str, cell: Cell) -> Option<Self> {
        match cell {
            Cell::Number(figure) => Some(Self::Figure(figure)),
            Cell::Period(period) => Some(Self::Day(period.start())),
            Cell::Text => Some(Self::Text(Cow::Borrowed(text))),
            Cell::Missing(_) => None,
        }
    }

    /// The same, beyond its batch.
    fn kept(&self) -> Step<'static> {
        match self {
            Self::Figure(figure) => Step::Figure(*figure),
            Self::Day(day) => Step::Day(*day),
            Self::Text(text) => Step::Text(Cow::Owned(text.clone().into_owned())),
        }
    }

    fn cmp(&self, other: &Step<'_>) -> Option<Ordering> {
        match (self, other) {
            (Self::Figure(one), Step::Figure(other)) => one.partial_cmp(other),
            (Self::Day(one), Step::Day(other)) => Some(one.cmp(other)),
            (Self::Text(one), Step::Text(other)) => Some(one.cmp(other)),
            _ => None,
        }
    }
}

#[derive(Debug)]
struct Compiled {
    column: Declared,
    order: Asked,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        vec![self.column.position]
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let field = self.column.in_file(file.header)?;
        let (order, failures) = (self.order, file.failures());
        Some(Box::new(Walk { field, order, failures, stretches: Vec::new(), wanted: BTreeSet::new() }))
    }
}

/// Where a row stands: its sheet in a workbook, and its number.
type Stands = (Option<Arc<str>>, u64);

/// Rows that were looked at one after the other; those before and after them may be seen by others.
#[derive(Debug)]
struct Stretch {
    starts: Stands,
    first: Step<'static>,
    last: Step<'static>,
}

#[derive(Debug)]
struct Walk {
    field: Field,
    order: Asked,
    failures: Failures,
    stretches: Vec<Stretch>,
    /// The first rows of stretches that go the wrong way from the stretch before.
    wanted: BTreeSet<Stands>,
}

impl Tally for Walk {
    fn observe(&mut self, rows: &Rows<'_>) {
        let Self { field, order, failures, stretches, .. } = self;
        let step = |index: &usize| Step::of(field.text(rows.batch, *index), field.cell(rows.batch, *index));
        let mut steps = rows.indices().filter_map(|index| Some((index, step(&index)?)));
        let Some((start, first)) = steps.next() else { return };
        let mut last = first.clone();
        for (index, step) in steps {
            if !order.allows(&last, &step) {
                failures.add_cell(field.spot(rows, index));
            }
            last = step;
        }
        let starts = (rows.sheet().map(Arc::from), rows.row(start));
        stretches.push(Stretch { starts, first: first.kept(), last: last.kept() });
    }

    fn merge(&mut self, other: Box<dyn Tally>) {
        if let Some(other) = same::<Self>(other) {
            self.failures.merge(other.failures);
            self.stretches.extend(other.stretches);
        }
    }

    fn settle(&mut self) -> Vec<u64> {
        self.stretches.sort_by(|one, other| one.starts.cmp(&other.starts));
        let pairs = self.stretches.iter().zip(self.stretches.iter().skip(1));
        let broken = pairs.filter(|(before, after)| {
            before.starts.0 == after.starts.0 && !self.order.allows(&before.last, &after.first)
        });
        self.wanted = broken.map(|(_, after)| after.starts.clone()).collect();
        self.wanted.iter().map(|(_, row)| *row).collect()
    }

    fn see_again(&mut self, rows: &Rows<'_>) {
        for index in rows.indices() {
            let stands = (rows.sheet().map(Arc::from), rows.row(index));
            if self.wanted.remove(&stands) {
                self.failures.add_cell(self.field.spot(rows, index));
            }
        }
    }

    fn finish(self: Box<Self>, total: u64) -> Vec<Found> {
        if self.failures.is_empty() {
            return Vec::new();
        }
        let failures = self.failures.in_order();
        let place = failures.place_and_value(total);
        vec![Found::in_rows(format!("{} {} in {place}", self.field.title(), self.order.broken()), failures)]
    }
}
