//! Expressions over the accepted measures of all datasets, at one period.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use rhai::{AST, ASTNode, Dynamic, Engine, Expr, FnCallExpr, Position, Scope, Stmt};

use super::{
    Limits,
    engine::{self, Arities},
    failure::{self, Stopped},
    known,
    names::{Known, names_of},
    origin::Origin,
};
use crate::{
    model::{History, Period},
    yaml::{Located, Problem, Problems},
};

static ENGINE: LazyLock<(Engine, Arities)> = LazyLock::new(|| {
    let engine = engine::for_figures(Limits::default());
    let arities = engine::arities(&engine);
    (engine, arities)
});

/// A number over the measures of datasets, compiled: `sum("les-activity", "activity") / 2`.
#[derive(Debug, Clone)]
pub struct FigureExpression {
    ast: AST,
    origin: Origin,
    asks: Vec<Asks>,
}

/// Figures that an expression asks for.
#[derive(Debug, Clone)]
pub struct Asks {
    /// The dataset's id.
    pub dataset: Located<String>,
    /// Its measure.
    pub measure: Located<String>,
    /// The labels that are named.
    pub labels: Vec<Located<String>>,
}

/// Why an expression has no number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoNumber {
    /// A figure that it needs is not there: "activity of Dementia in les-activity: no figure for October 2025: suppressed".
    CannotTell(String),
    /// It went wrong, how and where.
    Failed(String),
}

impl FigureExpression {
    /// Compiles an expression.
    ///
    /// # Errors
    /// What is not an expression, functions that are not there, and datasets or measures that are not named plainly.
    pub fn compile(text: &Located<String>) -> Result<Self, Problems> {
        let (engine, native) = &*ENGINE;
        let origin = Origin::of(text);
        let ast = engine::parse(engine, text, &origin)?;
        let scripts = Arities::new();
        let variables = Some([].into());
        let known =
            Known { what: "variable", variables, labels: None, absent: &[], measures: None, native, scripts: &scripts };
        names_of(&ast, &known, &origin)?;
        let asks = asked(&ast, &origin)?;
        if asks.is_empty() {
            let problem = Problem::new(text.place.clone(), "this asks for no figure");
            return Err(problem.hint("as in `sum(\"les-activity\", \"activity\")`").into());
        }
        Ok(Self { ast, origin, asks })
    }

    /// The figures that it asks for.
    #[must_use]
    pub fn asks(&self) -> &[Asks] {
        &self.asks
    }

    /// Its number at a period, by what is known of each dataset.
    ///
    /// # Errors
    /// A figure that is not there, or what went wrong.
    pub fn evaluate(&self, known: &BTreeMap<String, Arc<History>>, period: Period) -> Result<f64, NoNumber> {
        let evaluate = || ENGINE.0.eval_ast_with_scope::<Dynamic>(&mut Scope::new(), &self.ast);
        let result = known::within(known, period, evaluate).map_err(|error| {
            match failure::stopped(&error, |_, position| self.origin.at(position, "").to_string()) {
                Stopped::CannotTell(reason) => NoNumber::CannotTell(reason),
                Stopped::Failed(words) => NoNumber::Failed(words),
            }
        })?;
        match result.as_float() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => Err(NoNumber::Failed("a number is needed, and this is none".to_owned())),
        }
    }
}

/// Which figures the calls in a tree ask for.
fn asked(ast: &AST, origin: &Origin) -> Result<Vec<Asks>, Problems> {
    let (mut asks, mut problems) = (Vec::new(), Problems::default());
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        let call = match path.last() {
            Some(ASTNode::Expr(Expr::FnCall(call, position)) | ASTNode::Stmt(Stmt::FnCall(call, position))) => {
                Some((call, *position))
            }
            _ => None,
        };
        if let Some((call, position)) = call.filter(|(call, _)| known::FUNCTIONS.contains(&call.name.as_str())) {
            asks.extend(problems.take(of_call(call, position, origin).map_err(Problems::from)));
        }
        true
    });
    problems.into_result().map(|()| asks)
}

fn of_call(call: &FnCallExpr, position: Position, origin: &Origin) -> Result<Asks, Problem> {
    let plain = |at: usize, what: &str| match call.args.get(at) {
        Some(Expr::StringConstant(name, position)) => {
            Ok(Located { value: name.to_string(), place: origin.at(*position, "") })
        }
        other => {
            let position = other.map_or(position, Expr::start_position);
            let problem = Problem::new(origin.at(position, ""), format!("the {what} is named in double quotes here"));
            Err(problem.hint(format!("as in `{}(\"les-activity\", \"activity\")`", call.name)))
        }
    };
    let labels = match call.args.get(2) {
        Some(Expr::Map(map, _)) => {
            let label = |name: &rhai::Ident| Located { value: name.name.to_string(), place: origin.at(name.pos, "") };
            map.0.iter().map(|(name, _)| label(name)).collect()
        }
        None => Vec::new(),
        Some(other) => {
            let problem = Problem::new(origin.at(other.start_position(), ""), "labels are named here as a map");
            return Err(problem.hint("as in `#{contract: \"Dementia\"}`"));
        }
    };
    Ok(Asks { dataset: plain(0, "dataset")?, measure: plain(1, "measure")?, labels })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        expr::fixture::located,
        model::{Better, Figure, Labels, Missing, SeriesKey, Unit, Value},
    };

    /// Two contracts of the dataset `les`: A from April, B from May 2025; B's June is withheld.
    fn known() -> BTreeMap<String, Arc<History>> {
        let mut history = History::default();
        for (contract, month, value, plan) in [
            ("A", "2025-03", Some(1000.0), 1.0),
            ("A", "2025-04", Some(10.0), 20.0),
            ("A", "2025-05", Some(15.0), 20.0),
            ("A", "2025-06", Some(20.0), 20.0),
            ("B", "2025-05", Some(6.0), 5.0),
            ("B", "2025-06", None, 5.0),
        ] {
            let key = SeriesKey { measure: "activity".to_owned(), labels: Labels::from_iter([("contract", contract)]) };
            let value = value.map_or(Value::missing(Missing::Suppressed), Value::Number);
            let figure = Figure { value, plan: Value::Number(plan), unit: Some(Unit::Number) };
            history.insert(key, Better::Neither, month.parse().expect("a month"), figure);
        }
        BTreeMap::from([("les".to_owned(), Arc::new(history))])
    }

    fn at(text: &str, month: &str) -> Result<f64, NoNumber> {
        let compiled = FigureExpression::compile(&located(text)).unwrap_or_else(|problems| panic!("{problems}"));
        compiled.evaluate(&known(), month.parse().expect("a month"))
    }

    #[test]
    fn figures_of_a_period_of_the_one_before_and_of_the_year_so_far() {
        for (text, number) in [
            ("figure(\"les\", \"activity\", #{contract: \"A\"})", 15.0),
            ("plan(\"les\", \"activity\", #{contract: \"B\"})", 5.0),
            ("previous(\"les\", \"activity\", #{contract: \"A\"})", 10.0),
            ("sum(\"les\", \"activity\") + sum_plans(\"les\", \"activity\")", 21.0 + 25.0),
            // March is of the year before; B has no April.
            ("sum_ytd(\"les\", \"activity\")", 10.0 + 15.0 + 6.0),
            ("sum_plans_ytd(\"les\", \"activity\", #{contract: \"A\"})", 40.0),
            ("lowest(shares_of_plan(\"les\", \"activity\"))", 0.75),
            ("highest(shares_of_plan(\"les\", \"activity\"))", 1.2),
            ("lowest(shares_of_plan_ytd(\"les\", \"activity\"))", 0.625),
        ] {
            assert_eq!(at(text, "2025-05"), Ok(number), "{text}");
        }
    }

    #[test]
    fn what_is_withheld_or_not_there_cannot_be_told() {
        for (text, month, reason) in [
            ("sum(\"les\", \"activity\")", "2025-06", "activity in les: no figure for June 2025: suppressed"),
            ("sum_ytd(\"les\", \"activity\")", "2025-07", "activity in les: no figure for July 2025: not reported"),
            ("figure(\"les\", \"activity\", #{contract: \"C\"})", "2025-06", "there is no activity of C in les"),
            ("figure(\"hha\", \"bands\")", "2025-06", "there is no bands in hha"),
        ] {
            assert_eq!(at(text, month), Err(NoNumber::CannotTell(reason.to_owned())), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,60}") {
            if let Ok(compiled) = FigureExpression::compile(&located(&text)) {
                let _ = compiled.evaluate(&known(), "2025-05".parse().expect("a month"));
            }
        }
    }
}
