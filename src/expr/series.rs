//! Expressions over one period of a series.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rhai::{AST, Dynamic, Map, Scope};

use super::{
    Setting, Truth,
    engine::{self, text},
    failure::{self, Stopped, truth},
    history,
    lowered::{self, Program},
    names::{Known, Used, condition, names_of},
    origin::Origin,
    reading::{self, Slot},
    scripts::Scripts,
};
use crate::{
    model::{Figure, Period, Series, Value},
    yaml::{Located, Problems, SourceFile},
};

/// The variables that every expression over a series has; settings cannot have these names.
pub const SERIES_VARIABLES: [&str; 4] = ["value", "plan", "period", "labels"];

/// What an expression over a series may name, besides the functions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Names {
    /// The labels of the measure's series.
    pub labels: Vec<String>,
    /// Whether the measure has a plan.
    pub has_plan: bool,
    /// The rule's settings.
    pub settings: BTreeMap<String, Setting>,
}

/// A condition on one period of a series, compiled: `value < share * plan`.
#[derive(Debug, Clone)]
pub struct SeriesExpression {
    code: Code,
    program: Option<Program<Slot>>,
}

impl SeriesExpression {
    /// Compiles a condition.
    ///
    /// # Errors
    /// What is not an expression, and every variable, label and function that is not there.
    pub fn compile(text: &Located<String>, names: &Names, scripts: &Scripts) -> Result<Self, Problems> {
        let code = Code::compile(text, Origin::of(text), names, scripts)?;
        condition(&code.ast, &code.origin)?;
        let program = lowered::lower(&code.ast, names);
        Ok(Self { code, program })
    }

    /// Whether it holds for a series at a period. A figure or plan that it names, or that one of its functions asks for,
    /// and that is not there makes the answer "cannot tell": "no figure for September 2025: suppressed".
    #[must_use]
    pub fn evaluate(&self, series: &Series, period: Period) -> Truth {
        if let Some(program) = &self.program {
            let figure = figure(series, period);
            if let Err(stopped) = self.code.check_figures(figure, period) {
                return stopped.into();
            }
            if let Some(holds) = reading::answer(program, series, period, figure) {
                return if holds { Truth::True } else { Truth::False };
            }
        }
        self.interpret(series, period)
    }

    /// The same in the interpreter, which has the words for what stops it.
    pub(super) fn interpret(&self, series: &Series, period: Period) -> Truth {
        truth(self.code.run(series, period))
    }

    /// What is evaluated without the interpreter, if it can be.
    #[cfg(test)]
    pub(super) fn program(&self) -> Option<&Program<Slot>> {
        self.program.as_ref()
    }

    /// The `.rhai` files whose functions it can come to call.
    #[must_use]
    pub fn scripts(&self) -> Vec<&Arc<SourceFile>> {
        self.code.files()
    }
}

/// A compiled expression of any kind of value.
#[derive(Debug, Clone)]
pub(super) struct Code {
    scripts: Scripts,
    pub(super) ast: AST,
    pub(super) origin: Origin,
    variables: Vec<Variable>,
    reachable: BTreeSet<String>,
    asks_history: bool,
}

#[derive(Debug, Clone)]
enum Variable {
    Value,
    Plan,
    Period,
    Labels,
    Setting(String, Dynamic),
}

impl Code {
    pub(super) fn compile(text: &str, origin: Origin, names: &Names, scripts: &Scripts) -> Result<Self, Problems> {
        let ast = engine::parse(scripts.engine(), text, &origin)?;
        let used = names_of(&ast, &known(names, scripts), &origin)?;
        let reachable = scripts.reachable(&used.functions);
        Ok(Self {
            ast: scripts.with_functions(&ast),
            origin,
            variables: variables(&used, names),
            asks_history: history::FUNCTIONS.iter().any(|name| reachable.contains(*name)),
            reachable,
            scripts: scripts.clone(),
        })
    }

    pub(super) fn run(&self, series: &Series, period: Period) -> Result<Dynamic, Stopped> {
        let mut scope = Scope::new();
        let figure = figure(series, period);
        for variable in &self.variables {
            let (name, value) = match variable {
                Variable::Value => ("value", number("figure", period, figure.value)?),
                Variable::Plan => ("plan", number("plan", period, figure.plan)?),
                Variable::Period => ("period", text(&period.to_string())),
                Variable::Labels => ("labels", labels(series)),
                Variable::Setting(name, value) => (name.as_str(), value.clone()),
            };
            scope.push_constant_dynamic(name, value);
        }
        if self.asks_history {
            history::enter(series, period);
        }
        let result = self.scripts.engine().eval_ast_with_scope::<Dynamic>(&mut scope, &self.ast);
        result.map_err(|error| {
            failure::stopped(&error, |function, position| {
                let place = function.and_then(|function| self.scripts.at(function, position));
                place.unwrap_or_else(|| self.origin.at(position, "")).to_string()
            })
        })
    }

    /// Whether the figures of this period that it names are there.
    fn check_figures(&self, figure: Figure, period: Period) -> Result<(), Stopped> {
        self.variables.iter().try_for_each(|variable| match variable {
            Variable::Value => number("figure", period, figure.value).map(drop),
            Variable::Plan => number("plan", period, figure.plan).map(drop),
            Variable::Period | Variable::Labels | Variable::Setting(..) => Ok(()),
        })
    }

    pub(super) fn files(&self) -> Vec<&Arc<SourceFile>> {
        self.scripts.files(&self.reachable)
    }
}

fn known<'a>(names: &'a Names, scripts: &'a Scripts) -> Known<'a> {
    let fixed = SERIES_VARIABLES.into_iter().filter(|name| names.has_plan || *name != "plan");
    Known {
        what: "variable",
        variables: Some(fixed.chain(names.settings.keys().map(String::as_str)).collect()),
        labels: Some(&names.labels),
        absent: if names.has_plan { &[] } else { &NO_PLAN },
        native: scripts.native(),
        scripts: scripts.arities(),
    }
}

/// What asks for a plan that the measure does not have.
const NO_PLAN: [&str; 3] = ["plan", history::PLAN_FUNCTIONS[0], history::PLAN_FUNCTIONS[1]];

fn variables(used: &Used, names: &Names) -> Vec<Variable> {
    let variable = |name: &String| match name.as_str() {
        "value" => Some(Variable::Value),
        "plan" => Some(Variable::Plan),
        "period" => Some(Variable::Period),
        "labels" => Some(Variable::Labels),
        _ => names.settings.get(name).map(|setting| Variable::Setting(name.clone(), setting.dynamic())),
    };
    used.variables.iter().filter_map(variable).collect()
}

fn figure(series: &Series, period: Period) -> Figure {
    series.at(period).unwrap_or(Figure { value: Value::ABSENT, plan: Value::ABSENT, unit: None })
}

fn number(name: &str, period: Period, value: Value) -> Result<Dynamic, Stopped> {
    match value {
        Value::Number(number) => Ok(Dynamic::from_float(number)),
        Value::Missing { missing } => Err(Stopped::CannotTell(history::none(name, period, missing))),
    }
}

fn labels(series: &Series) -> Dynamic {
    let labels = series.key.labels.iter();
    Dynamic::from_map(labels.map(|(name, value)| (name.into(), text(value))).collect::<Map>())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::expr::{
        Limits,
        fixture::{evaluate, located, names, period, problems, scripts, series},
    };

    const FIGURES: [Option<f64>; 7] = [Some(10.0), Some(20.0), Some(60.0), Some(61.0), None, Some(59.0), Some(60.0)];

    fn cannot_tell(reason: &str) -> Truth {
        Truth::CannotTell(reason.to_owned())
    }

    #[test]
    fn conditions_over_figures_labels_and_settings() {
        for (text, at, truth) in [
            ("value < share * plan", "2025-09", true),
            ("value < share * plan", "2025-10", false),
            ("value < 60 && labels.contract == \"Dementia\"", "2025-09", true),
            ("labels[\"contract_type\"].starts_with(\"cap\")", "2025-09", false),
            ("period == \"2025-09\" && strict && base == \"previous\"", "2025-09", true),
            ("value > previous()", "2025-07", true),
            ("previous() == 60 && ago(0) == 61 && ago(2) == 20 && plan_ago(3) == 100", "2025-07", true),
            // (10 + 20 + 60) / 3, July's own 61 left out.
            ("mean(3) == 30 && value > mean(3)", "2025-07", true),
            // 10 + 20 + 60 + 61
            ("sum_ytd() == 151", "2025-07", true),
            ("previous_plan() == 100", "2025-05", true),
        ] {
            assert_eq!(evaluate("", text, &FIGURES, at), if truth { Truth::True } else { Truth::False }, "{text}");
        }
    }

    #[test]
    fn the_year_before_is_the_same_month() {
        let figures: Vec<_> = (1..=13).map(|n| Some(f64::from(n))).collect();
        assert_eq!(evaluate("", "same_period_last_year() == 1 && value == 13", &figures, "2026-04"), Truth::True);
        // April begins a new financial year.
        assert_eq!(evaluate("", "sum_ytd() == 13", &figures, "2026-04"), Truth::True);
        assert_eq!(evaluate("", "sum_ytd() == 78", &figures, "2026-03"), Truth::True);
    }

    #[test]
    fn what_is_not_there_cannot_be_told() {
        for (text, at, reason) in [
            ("value < 60", "2025-08", "no figure for August 2025: suppressed"),
            ("value < 60", "2025-12", "no figure for December 2025: not reported"),
            ("plan > 60", "2025-12", "no plan for December 2025: not reported"),
            ("value < previous()", "2025-09", "no figure for August 2025: suppressed"),
            ("value < previous()", "2025-04", "no figure for March 2025: not reported"),
            ("value < ago(2)", "2025-10", "no figure for August 2025: suppressed"),
            ("value < plan_ago(1)", "2025-04", "no plan for March 2025: not reported"),
            ("value < mean(3)", "2025-10", "no figure for August 2025: suppressed"),
            ("value < sum_ytd()", "2025-10", "no figure for August 2025: suppressed"),
            ("value < same_period_last_year()", "2025-10", "no figure for October 2024: not reported"),
            ("previous() >= 0", "1900-01", "no figure for December 1899: not reported"),
        ] {
            assert_eq!(evaluate("", text, &FIGURES, at), cannot_tell(reason), "{text}");
        }
        // What a condition need not ask is not asked.
        assert_eq!(evaluate("", "value > 1000 && value < previous()", &FIGURES, "2025-09"), Truth::False);
    }

    #[test]
    fn functions_of_scripts_ask_too() {
        let script = "fn base() { previous() }\nfn fell(value) { value < base() }\n\
                      fn steady(n) { let sum = 0; for back in 1..=n { sum += ago(back); } sum / n }\n\
                      fn refuse() { cannot_tell(\"the plan was changed\"); }";
        assert_eq!(evaluate(script, "fell(value)", &FIGURES, "2025-10"), Truth::False);
        let reason = "no figure for August 2025: suppressed";
        assert_eq!(evaluate(script, "fell(value)", &FIGURES, "2025-09"), cannot_tell(reason));
        assert_eq!(evaluate(script, "steady(3) == 30", &FIGURES, "2025-07"), Truth::True);
        assert_eq!(evaluate(script, "refuse()", &FIGURES, "2025-07"), cannot_tell("the plan was changed"));
    }

    #[test]
    fn what_goes_wrong_in_a_script_is_said_with_its_place() {
        let script =
            "fn share(value, base) {\n    value / base\n}\nfn odd() { throw `base is \"x\"` }\nfn nothing() {}";
        for (text, words) in [
            ("share(value, 0) > 1", "division by zero (0.rhai:2:11)"),
            ("odd()", "base is \"x\" (0.rhai:4:12)"),
            ("value < ago(1.5)", "a whole number from 0 to 5000 is needed here, not 1.5 (rule.yaml:1:9)"),
            ("value < mean(0)", "a whole number from 1 to 5000 is needed here, not 0 (rule.yaml:1:9)"),
            ("nothing() > 1", "nothing cannot be compared with a number (rule.yaml:1:11)"),
        ] {
            assert_eq!(evaluate(script, text, &FIGURES, "2025-10"), Truth::Failed(words.to_owned()), "{text}");
        }
        let words = "true or false is needed, and this is nothing";
        assert_eq!(evaluate(script, "nothing()", &FIGURES, "2025-10"), Truth::Failed(words.to_owned()));
    }

    #[test]
    fn names_are_known_at_load() {
        assert_eq!(
            problems("valu < shares * plan && labels.contrac == period && previos() > ago()"),
            [
                "rule.yaml:1:1: there is no variable `valu` (did you mean `value`?)",
                "rule.yaml:1:8: there is no variable `shares` (did you mean `share`?)",
                "rule.yaml:1:32: there is no label `contrac` (did you mean `contract`?)",
                "rule.yaml:1:53: there is no function `previos` (did you mean `previous`?)",
                "rule.yaml:1:65: `ago` takes 1 argument, not 0",
            ]
        );
    }

    #[test]
    fn a_measure_without_a_plan_has_none_to_name() {
        let names = Names { has_plan: false, ..names() };
        for text in ["value < plan", "value < plan_ago(1)", "value < previous_plan()"] {
            let problems = SeriesExpression::compile(&located(text), &names, &scripts("")).expect_err(text);
            assert_eq!(problems.to_string(), "rule.yaml:1:9: this measure has no plan");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,60}") {
            let _ = SeriesExpression::compile(&located(&text), &names(), &scripts(""));
        }

        #[test]
        fn no_script_panics(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "fn", "f", "(", ")", "x", ",", "{", "}", "let", "=", "1", "0", ";", "+", "-", "*", "/", "+=", "/=", "<",
                    "if", "else", "switch", "=>", "_", "for", "in", "..", "..=", "loop", "while", "break", "return", "throw",
                    "previous", "()", "ago", "mean", "[", "]", "#{", ".", "\"a\"", "`", "${", "this", "private", "const",
                    "try", "catch", "import", "export", "global", "::", "|", "||", "\n", "//", "/*", "do", "until",
                ]),
                0..24,
            )
        ) {
            let text = format!("fn f(x) {{ {} }}", parts.join(" "));
            let limits = Limits { operations: 2_000, ..Limits::default() };
            let Ok(scripts) = crate::expr::fixture::compile_scripts(&[&text], limits) else { return Ok(()) };
            let expression = SeriesExpression::compile(&located("f(value) > 0"), &names(), &scripts).expect("valid");
            let _ = expression.evaluate(&series(&FIGURES), period("2025-07"));
        }
    }
}
