//! Expressions over one period of a series whose answer is a number.

use std::sync::Arc;

use super::{
    Names, Scripts, View, code::Code, failure::Stopped, origin::Origin, possible, questions, variable::figure,
};
use crate::{
    model::{Unsure, Value},
    yaml::{Located, Problems, SourceFile},
};

/// A number worked out of a series at a period, compiled: `value * other("les-prices/price")`.
#[derive(Debug, Clone)]
pub struct Formula {
    code: Code,
    plain: Option<Plain>,
    suppressed_below: Option<u32>,
}

/// What needs no interpreter.
#[derive(Debug, Clone, Copy)]
enum Plain {
    Value,
    Plan,
}

/// What a formula comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Amount {
    /// A number.
    Known(f64),
    /// Not known: why, and what it may be.
    Unsure(Unsure),
}

impl Formula {
    /// Compiles a formula.
    ///
    /// # Errors
    /// What is not an expression, and every variable, label, function and measure that is not there.
    pub fn compile(text: &Located<String>, names: &Names, scripts: &Scripts) -> Result<Self, Problems> {
        let code = Code::compile(text, Origin::of(text), names, scripts)?;
        let plain = match text.trim() {
            "value" => Some(Plain::Value),
            "plan" => Some(Plain::Plan),
            _ => None,
        };
        Ok(Self { code, plain, suppressed_below: names.suppressed_below })
    }

    /// What it comes to for a series at a period. A suppressed count of the series itself leaves what every possible value
    /// of it gives.
    #[must_use]
    pub fn evaluate(&self, view: View<'_>) -> Amount {
        let plain = self.plain.map(|plain| match plain {
            Plain::Value => figure(view).value,
            Plain::Plan => figure(view).plan,
        });
        if let Some(Value::Number(number)) = plain {
            return Amount::Known(number);
        }
        let why = match self.run(view) {
            Ok(number) => return Amount::Known(number),
            Err(why) => why,
        };
        let open =
            questions::open().and_then(|at| Some((at, possible::values(view.series, at, self.suppressed_below)?)));
        let tried = open.and_then(|(at, values)| {
            let (mut series, withheld) = (view.series.clone(), view.series.at(at)?);
            let each = values.into_iter().map(|value| {
                series.insert(at, crate::model::Figure { value: Value::Number(value), ..withheld });
                self.run(View { series: &series, ..view }).ok()
            });
            each.collect::<Option<Vec<f64>>>()
        });
        let mut possible = tried.unwrap_or_default();
        possible.sort_by(f64::total_cmp);
        possible.dedup();
        match possible[..] {
            [only] => Amount::Known(only),
            _ => Amount::Unsure(Unsure { why, possible }),
        }
    }

    /// The number, or in words why there is none.
    fn run(&self, view: View<'_>) -> Result<f64, String> {
        match self.code.run(view) {
            Ok(value) => value.as_float().map_err(|kind| format!("the formula answers {kind}, not a number")),
            // The words for a missing figure are said again with the period by whoever asks for this one.
            Err(Stopped::CannotTell(reason) | Stopped::Failed(reason)) => Err(reason),
        }
    }

    /// The other datasets that it asks for figures of.
    pub fn datasets(&self) -> impl Iterator<Item = &str> {
        self.code.datasets()
    }

    /// The other measures that it asks for: `cost`, `les-prices/price`.
    pub fn measures(&self) -> impl Iterator<Item = &str> {
        self.code.measures()
    }

    /// The `.rhai` files whose functions it can come to call.
    #[must_use]
    pub fn scripts(&self) -> Vec<&Arc<SourceFile>> {
        self.code.files()
    }
}
