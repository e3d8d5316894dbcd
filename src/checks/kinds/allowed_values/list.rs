//! Values as a dataset lists them, for a column of texts, figures or periods.

use std::collections::HashSet;

use serde::Deserialize;

use super::super::super::bounds::no_period;
use crate::{
    model::{Cell, ColumnKind, Period, Tolerance, value::format_number},
    yaml::{Located, Problem, Problems},
};

/// A value as a dataset writes it.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub(super) enum Written {
    Number(f64),
    Text(String),
}

/// What is listed.
#[derive(Debug, Clone, Default)]
pub(super) struct List {
    texts: HashSet<String>,
    figures: Vec<f64>,
    periods: Vec<Period>,
    /// All of them as they are told to people, in the order of the dataset.
    pub(super) listed: Vec<String>,
}

impl List {
    /// Those of a text column are texts, those of a period column periods, all others figures.
    ///
    /// # Errors
    /// A value is of another kind than the column.
    pub(super) fn of(values: &[Located<Written>], kind: ColumnKind) -> Result<Self, Problems> {
        let (mut list, mut problems) = (Self::default(), Problems::default());
        for value in values {
            problems.take(list.add(value, kind).map_err(Problems::from));
        }
        problems.into_result().map(|()| list)
    }

    fn add(&mut self, value: &Located<Written>, kind: ColumnKind) -> Result<(), Problem> {
        let listed = match (&value.value, kind) {
            (Written::Text(text), ColumnKind::Text) => {
                self.texts.insert(text.clone());
                text.clone()
            }
            (Written::Number(_), ColumnKind::Text) => {
                let problem = Problem::new(value.place.clone(), "a number stands here, and the column holds text");
                return Err(problem.hint("write it in quotes, as it is printed"));
            }
            (written, ColumnKind::Period) => {
                let period = written.period().ok_or_else(|| no_period(&value.place))?;
                self.periods.push(period);
                period.to_string()
            }
            (Written::Number(figure), _) => {
                self.figures.push(*figure);
                format_number(*figure)
            }
            (Written::Text(_), _) => {
                let message = format!("text stands here, and the column is a {} column", kind.name());
                return Err(Problem::new(value.place.clone(), message).hint("declare the column as text"));
            }
        };
        self.listed.push(listed);
        Ok(())
    }

    pub(super) fn has(&self, text: &str, cell: Cell) -> bool {
        match cell {
            Cell::Number(figure) => self.figures.iter().any(|listed| same(figure, *listed)),
            Cell::Period(period) => self.periods.contains(&period),
            _ => self.texts.contains(text),
        }
    }

    /// The texts on it.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.listed.iter().map(String::as_str).filter(|listed| self.texts.contains(*listed))
    }

    /// Takes off the list what stands in a cell.
    pub(super) fn strike(&mut self, text: &str, cell: Cell) {
        match cell {
            Cell::Missing(_) => {}
            Cell::Number(figure) => self.figures.retain(|listed| !same(figure, *listed)),
            Cell::Period(period) => self.periods.retain(|listed| *listed != period),
            Cell::Text => {
                self.texts.remove(text);
            }
        }
    }

    /// Leaves only what is on both lists.
    pub(super) fn strike_all_but(&mut self, other: &Self) {
        self.texts.retain(|text| other.texts.contains(text));
        self.figures.retain(|figure| other.figures.contains(figure));
        self.periods.retain(|period| other.periods.contains(period));
    }

    /// Whether nothing is left on it.
    pub(super) fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.figures.is_empty() && self.periods.is_empty()
    }

    /// What is left on it, in the order of the dataset.
    pub(super) fn left(&self) -> impl Iterator<Item = &str> {
        let left: HashSet<String> = self
            .texts
            .iter()
            .cloned()
            .chain(self.figures.iter().copied().map(format_number))
            .chain(self.periods.iter().map(Period::to_string))
            .collect();
        self.listed.iter().map(String::as_str).filter(move |listed| left.contains(*listed))
    }
}

impl Written {
    /// The period that it names; a whole number is a calendar year.
    fn period(&self) -> Option<Period> {
        match self {
            Self::Number(year) => year.to_string().parse().ok(),
            Self::Text(text) => text.parse().ok(),
        }
    }
}

/// Figures that differ in the tenth digit are the same.
fn same(figure: f64, listed: f64) -> bool {
    Tolerance::default().equal(figure, listed)
}
