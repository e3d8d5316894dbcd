//! The one place where checks meet the expression language.

use std::{fmt, sync::Arc};

use crate::{
    expr::{RowExpression, Truth},
    model::{Batch, Schema},
    yaml::{Located, Problems},
};

/// A compiled condition over the columns of a row.
#[derive(Clone)]
pub(super) struct Condition {
    text: String,
    compiled: Arc<RowExpression>,
}

/// What a condition says of a row.
pub(super) enum Outcome {
    Holds,
    Fails,
    /// A cell that it needs holds no value.
    CannotTell,
    /// It could not be evaluated, and why.
    Broken(String),
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

    pub(super) fn evaluate(&self, batch: &Batch, index: usize) -> Outcome {
        match self.compiled.evaluate(batch, index) {
            Truth::True => Outcome::Holds,
            Truth::False => Outcome::Fails,
            Truth::CannotTell(_) => Outcome::CannotTell,
            Truth::Failed(why) => Outcome::Broken(why),
        }
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Condition").field(&self.text).finish()
    }
}
