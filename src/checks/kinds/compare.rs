//! `compare`: a figure, period or text does not stand to that of another column as it should.
//!
//! | setting | meaning |
//! |---|---|
//! | `column` | the column that is looked at |
//! | `is` | `<`, `<=`, `==`, `!=`, `>=` or `>` |
//! | `to` | the column that it is held against |
//! | `within` | for `<=`, `==` and `>=`: how far beyond is near enough, as a difference (`0.5`) or a share of `to` (`2%`) |
//! | `blanks` | with `fail`, a row fails where only one of the two holds a value; with `skip`, as unless named, it is left out |
//!
//! Figures are compared with figures, periods with periods, text with text (`==` and `!=`, as printed). Periods of two lengths,
//! such as a month and a quarter, always fail.
//! Figures that differ in the tenth digit are the same. A row where neither cell holds a value is left out.
//!
//! ```yaml
//! - compare: { column: delivered, is: <=, to: planned, within: 10%, severity: warning }
//! - compare: { column: first_seen, is: <=, to: last_seen }
//! ```
//!
//! Finding: ``delivered is not <= planned (within 10%) in row 5: `3,000 · 254` ``

use std::cmp::Ordering;

use serde::Deserialize;

use super::super::{
    check::{Check, Context, Kind, Looks, Start, Tally},
    columns::{Declared, Field, side_by_side},
    misfits::Misfits,
};
use crate::{
    model::{Batch, Cell, ColumnKind, Tolerance},
    yaml::{Located, Place, Problem, Problems},
};

/// Settings of `compare`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    column: Located<String>,
    is: Located<Relation>,
    to: Located<String>,
    #[serde(default)]
    within: Option<Located<Tolerance>>,
    #[serde(default)]
    blanks: Blanks,
}

/// What a row is in which one cell holds a value and the other does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Blanks {
    #[default]
    Skip,
    Fail,
}

/// How one value stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
enum Relation {
    #[serde(rename = "<")]
    Below,
    #[serde(rename = "<=")]
    AtMost,
    #[serde(rename = "==")]
    Equal,
    #[serde(rename = "!=")]
    Different,
    #[serde(rename = ">=")]
    AtLeast,
    #[serde(rename = ">")]
    Above,
}

impl Relation {
    fn sign(self) -> &'static str {
        match self {
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Equal => "==",
            Self::Different => "!=",
            Self::AtLeast => ">=",
            Self::Above => ">",
        }
    }

    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Below => ordering == Ordering::Less,
            Self::AtMost => ordering != Ordering::Greater,
            Self::Equal => ordering == Ordering::Equal,
            Self::Different => ordering != Ordering::Equal,
            Self::AtLeast => ordering != Ordering::Less,
            Self::Above => ordering == Ordering::Greater,
        }
    }

    fn holds_of_figures(self, one: f64, other: f64, within: Tolerance) -> bool {
        match self {
            Self::AtMost => within.at_most(one, other),
            Self::AtLeast => within.at_least(one, other),
            Self::Equal => within.equal(one, other),
            Self::Different => !Tolerance::default().equal(one, other),
            Self::Below => one < other && !Tolerance::default().equal(one, other),
            Self::Above => one > other && !Tolerance::default().equal(one, other),
        }
    }
}

/// What can be compared with each other.
#[derive(PartialEq, Eq)]
enum Sort {
    Text,
    Period,
    Figure,
}

fn sort(kind: ColumnKind) -> Sort {
    match kind {
        ColumnKind::Text => Sort::Text,
        ColumnKind::Period => Sort::Period,
        _ => Sort::Figure,
    }
}

impl Kind for Compare {
    const LOOKS: Looks = Looks::Rows;

    fn build(&self, _place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let mut problems = Problems::default();
        let column = problems.take(Declared::find(&self.column, context.schema).map_err(Problems::from));
        let to = problems.take(Declared::find(&self.to, context.schema).map_err(Problems::from));
        let (Some(column), Some(to)) = (column, to) else { return Err(problems) };
        let relation = self.is.value;
        if sort(column.kind) != sort(to.kind) {
            let (one, other) = (column.kind.name(), to.kind.name());
            let message = format!("`{}` is a {one} column and `{}` a {other} column", column.name, to.name);
            let problem = Problem::new(self.to.place.clone(), message);
            problems.push(problem.hint("figures are compared with figures, periods with periods, text with text"));
        } else if sort(column.kind) == Sort::Text && !matches!(relation, Relation::Equal | Relation::Different) {
            problems.push(Problem::new(self.is.place.clone(), "text is compared with `==` or `!=`"));
        }
        if let Some(within) = &self.within
            && (sort(column.kind) != Sort::Figure
                || !matches!(relation, Relation::AtMost | Relation::Equal | Relation::AtLeast))
        {
            problems.push(Problem::new(within.place.clone(), "`within` goes with figures and `<=`, `==` or `>=`"));
        }
        problems.into_result()?;
        let within = self.within.as_ref().map_or(Tolerance::default(), |within| within.value);
        Ok(Box::new(Compiled { column, to, relation, within, blanks: self.blanks }))
    }
}

#[derive(Debug)]
struct Compiled {
    column: Declared,
    to: Declared,
    relation: Relation,
    within: Tolerance,
    blanks: Blanks,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        vec![self.column.position, self.to.position]
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let (column, to) = (self.column.in_file(file.header)?, self.to.in_file(file.header)?);
        let header = side_by_side([&column, &to].into_iter().map(|field| field.header.as_str()));
        let (relation, within, blanks) = (self.relation, self.within, self.blanks);
        let said = if within.is_zero() { String::new() } else { format!(" (within {within})") };
        let seen = format!("{} is not {} {}{said}", column.title(), relation.sign(), to.title());
        let pairs = Pairs { column, to, relation, within, blanks };
        Some(Misfits::start(file.failures(), seen, move |rows, failures| {
            for index in rows.indices().filter(|index| pairs.fails(rows.batch, *index)) {
                let fields = [&pairs.column, &pairs.to];
                let cells = || side_by_side(fields.map(|field| field.text(rows.batch, index)).into_iter());
                failures.add_row(rows, index, &header, cells);
            }
        }))
    }
}

#[derive(Debug)]
struct Pairs {
    column: Field,
    to: Field,
    relation: Relation,
    within: Tolerance,
    blanks: Blanks,
}

impl Pairs {
    fn fails(&self, batch: &Batch, index: usize) -> bool {
        let (one, other) = (self.column.cell(batch, index), self.to.cell(batch, index));
        match (one, other) {
            (Cell::Number(one), Cell::Number(other)) => !self.relation.holds_of_figures(one, other, self.within),
            (Cell::Period(one), Cell::Period(other)) => {
                one.granularity() != other.granularity() || !self.relation.holds(one.cmp(&other))
            }
            (Cell::Text, Cell::Text) => {
                !self.relation.holds(self.column.text(batch, index).cmp(self.to.text(batch, index)))
            }
            (Cell::Missing(_), other) | (other, Cell::Missing(_)) => {
                self.blanks == Blanks::Fail && !matches!(other, Cell::Missing(_))
            }
            _ => false,
        }
    }
}
