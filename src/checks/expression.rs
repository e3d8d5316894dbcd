//! The one place where checks meet the expression language.

use std::{fmt, sync::Arc};

use super::known::{Known, Need};
pub(super) use crate::expr::{Answer, Truth, Work};
use crate::{
    expr::{FigureExpression, NoNumber, RowExpression, Truths},
    model::{Batch, Period, Schema},
    yaml::{Located, Problems},
};

/// A compiled condition over the columns of a row.
#[derive(Clone)]
pub(super) struct Condition {
    text: String,
    compiled: Arc<RowExpression>,
}

impl Condition {
    pub(super) fn compile(text: &Located<String>, schema: &Schema) -> Result<Self, Problems> {
        let compiled = Arc::new(RowExpression::compile(text, schema)?);
        Ok(Self { text: text.value.clone(), compiled })
    }

    /// As the dataset writes it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Positions of the columns that it names.
    pub(super) fn columns(&self) -> &[usize] {
        self.compiled.columns()
    }

    /// What it says of the rows of a batch; `work` goes with this condition and one reader's batches.
    pub(super) fn evaluate_all<'a>(&'a self, batch: &'a Batch, work: &'a mut Work) -> Truths<'a> {
        self.compiled.evaluate_all(batch, work)
    }
}

/// A condition with its work on the batches of one reader, for those who want an answer to every row.
#[derive(Debug)]
pub(super) struct Asking {
    condition: Condition,
    work: Work,
}

impl Asking {
    pub(super) fn new(condition: Condition) -> Self {
        Self { condition, work: Work::default() }
    }

    /// The condition as the dataset writes it.
    pub(super) fn text(&self) -> &str {
        self.condition.text()
    }

    /// The answer to each row of a batch.
    pub(super) fn answers(&mut self, batch: &Batch) -> Vec<Answer> {
        let truths = self.condition.evaluate_all(batch, &mut self.work);
        (0..batch.rows.len()).map(|row| truths.answer(row)).collect()
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Condition").field(&self.text).finish()
    }
}

/// A compiled number over the measures of datasets.
#[derive(Clone)]
pub(super) struct Reckoning {
    text: String,
    compiled: Arc<FigureExpression>,
}

impl Reckoning {
    pub(super) fn compile(text: &Located<String>) -> Result<Self, Problems> {
        let compiled = Arc::new(FigureExpression::compile(text)?);
        Ok(Self { text: text.value.clone(), compiled })
    }

    /// The figures that it asks for.
    pub(super) fn needs(&self) -> impl Iterator<Item = Need> {
        let need = |asks: &crate::expr::Asks| Need {
            dataset: asks.dataset.clone(),
            measure: asks.measure.clone(),
            labels: asks.labels.clone(),
        };
        self.compiled.asks().iter().map(need)
    }

    /// Its number at a period.
    pub(super) fn at(&self, known: &Known, period: Period) -> Result<f64, NoNumber> {
        self.compiled.evaluate(known.histories(), period)
    }
}

impl fmt::Debug for Reckoning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reckoning").field(&self.text).finish()
    }
}
