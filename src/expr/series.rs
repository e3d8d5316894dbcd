//! Expressions over one period of a series.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rhai::{AST, ASTNode, Dynamic, Engine, EvalAltResult, Expr, Map, Scope};

use super::{
    Setting, Truth,
    engine::{self, text},
    failure::{self, Stopped, truth},
    lowered::{self, Program},
    names::{Known, Used, condition, names_of},
    operators::DIVISION_BY_ZERO,
    origin::Origin,
    possible, questions,
    reading::{self, Slot},
    scripts::Scripts,
    session::Session,
    view::View,
};
use crate::{
    model::{Better, Figure, Missing, Period, Series, Value},
    spc::Charting,
    yaml::{Located, Problem, Problems, SourceFile},
};

/// The variables that every expression over a series has; settings cannot have these names.
///
/// `subject` is the values of the labels: `Dementia · cost-and-volume`.
///
/// `better` is 1 where more is better and -1 where less is: `better * (value - plan) < 0` is worse than the plan.
pub const SERIES_VARIABLES: [&str; 6] = ["value", "plan", "period", "labels", "subject", "better"];

/// What an expression over a series may name, besides the functions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Names {
    /// The labels of the measure's series.
    pub labels: Vec<String>,
    /// Whether the measure has a plan.
    pub has_plan: bool,
    /// The rule's settings.
    pub settings: BTreeMap<String, Setting>,
    /// Counts below this are withheld from 1 on: a suppressed one is some whole number from 1 to one less. None where a
    /// suppressed figure may be anything.
    pub suppressed_below: Option<u32>,
    /// How the control charts of the measure are read.
    pub charting: Arc<Charting>,
    /// The other measures that may be named: `cost` of the same dataset, `les-prices/price` of another.
    pub measures: BTreeSet<String>,
}

/// A condition on one period of a series, compiled: `value < share * plan`.
#[derive(Debug, Clone)]
pub struct SeriesExpression {
    pub(super) code: Code,
    program: Option<Program<Slot>>,
    suppressed_below: Option<u32>,
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
        Ok(Self { code, program, suppressed_below: names.suppressed_below })
    }

    /// Whether it holds for a series at a period. A figure or plan that it names, or that one of its functions asks for,
    /// and that is not there makes the answer "cannot tell": "no figure for September 2025: suppressed".
    ///
    /// A suppressed count of the series itself is an unknown from 1 to one less than the threshold: where every possible
    /// value gives the same answer, that is the answer.
    #[must_use]
    pub fn evaluate(&self, view: View<'_>) -> Truth {
        match self.plainly(view) {
            Truth::CannotTell(reason) => match possible::truth(self, view, self.suppressed_below) {
                Some(holds) => {
                    if holds {
                        Truth::True
                    } else {
                        Truth::False
                    }
                }
                None => Truth::CannotTell(reason),
            },
            answer => answer,
        }
    }

    /// The same, with nothing known of suppressed figures.
    pub(super) fn plainly(&self, view: View<'_>) -> Truth {
        if let Some(program) = &self.program {
            let figure = figure(view);
            if let Err(stopped) = self.code.check_figures(view.series, figure, view.period) {
                return stopped.into();
            }
            if let Some(holds) = reading::answer(program, view) {
                return if holds { Truth::True } else { Truth::False };
            }
        }
        self.interpret(view)
    }

    /// The same in the interpreter, which has the words for what stops it.
    pub(super) fn interpret(&self, view: View<'_>) -> Truth {
        truth(self.code.run(view))
    }

    /// The answers for these views in the interpreter, one after the other; none where [`SeriesExpression::evaluate`] has
    /// the reason why there is none.
    pub(super) fn interpret_all<'s>(
        &self,
        views: impl Iterator<Item = View<'s>>,
    ) -> impl Iterator<Item = Option<bool>> {
        let mut session = Session::new(&self.code);
        views.map(move |view| match truth(session.run(view)) {
            Truth::CannotTell(_) if self.suppressed_below.is_some() || view.series.is_unsure() => {
                session.disturbed();
                possible::truth(self, view, self.suppressed_below)
            }
            answer => answer.holds(),
        })
    }

    /// What it names and cannot do without.
    pub(super) fn needs(&self) -> impl Iterator<Item = Slot> {
        self.code.variables.iter().filter_map(|variable| match variable {
            Variable::Value => Some(Slot::Value),
            Variable::Plan => Some(Slot::Plan),
            Variable::Direction => Some(Slot::Direction),
            Variable::Period | Variable::Labels | Variable::Subject | Variable::Setting(..) => None,
        })
    }

    /// The threshold below which counts are withheld.
    pub(super) fn suppressed_below(&self) -> Option<u32> {
        self.suppressed_below
    }

    /// The other measures that it asks for: `cost`, `les-prices/price`.
    pub fn measures(&self) -> impl Iterator<Item = &str> {
        self.code.measures()
    }

    /// The other datasets that it asks for figures of.
    pub fn datasets(&self) -> impl Iterator<Item = &str> {
        self.code.datasets()
    }

    /// Whether it asks about more than the series itself.
    #[must_use]
    pub fn asks_around(&self) -> bool {
        self.code.asks_around()
    }

    /// Whether it asks about the control chart of the series.
    #[must_use]
    pub fn asks_chart(&self) -> bool {
        self.code.asks_chart()
    }

    /// What is evaluated without the interpreter, if it can be.
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
    asks: bool,
    asks_around: bool,
    /// How control charts are read, if it asks for one.
    charting: Option<Arc<Charting>>,
    /// The other measures that it can come to ask for, as they are named.
    measures: BTreeSet<String>,
}

#[derive(Debug, Clone)]
enum Variable {
    Value,
    Plan,
    Period,
    Labels,
    Subject,
    Direction,
    Setting(String, Dynamic),
}

impl Variable {
    fn name(&self) -> &str {
        match self {
            Self::Value => "value",
            Self::Plan => "plan",
            Self::Period => "period",
            Self::Labels => "labels",
            Self::Direction => "better",
            Self::Subject => "subject",
            Self::Setting(name, _) => name,
        }
    }

    /// Whether the figure that it stands for is there.
    fn check_figure(&self, series: &Series, figure: Figure, period: Period) -> Result<(), Stopped> {
        match self {
            Self::Value => {
                note_if_open(period, figure.value);
                match series.unsure(period).filter(|_| figure.value == Value::missing(Missing::Unsure)) {
                    Some(unsure) => {
                        Err(Stopped::CannotTell(format!("no figure for {}: {}", period.label(), unsure.why)))
                    }
                    None => there("figure", period, figure.value),
                }
            }
            Self::Plan => there("plan", period, figure.plan),
            Self::Direction if direction(series).is_none() => {
                Err(Stopped::CannotTell("no direction of this measure is good".to_owned()))
            }
            Self::Direction | Self::Period | Self::Labels | Self::Subject | Self::Setting(..) => Ok(()),
        }
    }
}

impl Code {
    pub(super) fn compile(text: &str, origin: Origin, names: &Names, scripts: &Scripts) -> Result<Self, Problems> {
        let ast = engine::parse(scripts.engine(), text, &origin)?;
        let used = names_of(&ast, &known(names, scripts), &origin)?;
        let reachable = scripts.reachable(&used.functions);
        let mut measures: BTreeSet<String> = scripts.measures(&reachable).into_iter().cloned().collect();
        let mut problems = Problems::default();
        for measure in measures.difference(&names.measures) {
            let place = origin.at(rhai::Position::NONE, "");
            let what = "measure for a function that this calls, named";
            problems.push(Problem::unknown(place, what, measure, names.measures.iter().map(String::as_str)));
        }
        problems.into_result()?;
        measures.extend(used.measures.iter().cloned());
        Ok(Self {
            measures,
            ast: scripts.with_functions(&ast),
            origin,
            variables: variables(&used, names),
            asks: reachable.iter().any(|name| questions::asks(name)),
            asks_around: reachable.iter().any(|name| questions::asks_around(name)),
            charting: reachable.iter().any(|name| questions::asks_chart(name)).then(|| Arc::clone(&names.charting)),
            reachable,
            scripts: scripts.clone(),
        })
    }

    pub(super) fn run(&self, view: View<'_>) -> Result<Dynamic, Stopped> {
        Session::new(self).run(view)
    }

    /// The value of a part of the expression: only what the part itself names must be there.
    pub(super) fn run_part(&self, part: &Expr, view: View<'_>) -> Result<Dynamic, Stopped> {
        let statement = rhai::Stmt::Expr(Box::new(part.clone()));
        let tree = AST::new([statement], self.ast.shared_lib().clone());
        let mut named = BTreeSet::new();
        part.walk(&mut Vec::new(), &mut |path: &[ASTNode<'_>]| {
            if let Some(ASTNode::Expr(Expr::Variable(variable, ..))) = path.last() {
                named.insert(variable.1.to_string());
            }
            true
        });
        let (mut scope, figure) = (Scope::new(), figure(view));
        if self.asks {
            self.enter(view);
        }
        for variable in self.variables.iter().filter(|variable| named.contains(variable.name())) {
            variable.check_figure(view.series, figure, view.period)?;
        }
        self.push(&mut scope, view, figure);
        let result = self.engine().eval_ast_with_scope::<Dynamic>(&mut scope, &tree);
        result.map_err(|error| self.stopped(&error))
    }

    /// Whether it asks by functions.
    pub(super) fn asks(&self) -> bool {
        self.asks
    }

    /// Makes what is looked at that of which its functions speak.
    pub(super) fn enter(&self, view: View<'_>) {
        questions::enter(view, self.asks_around, self.charting.as_ref());
    }

    pub(super) fn engine(&self) -> &Engine {
        self.scripts.engine()
    }

    /// Adds its variables to a scope.
    pub(super) fn push<'c>(&'c self, scope: &mut Scope<'c>, view: View<'_>, figure: Figure) {
        for variable in &self.variables {
            let (name, value) = match variable {
                Variable::Value => ("value", Dynamic::from_float(figure.value.get().unwrap_or(f64::NAN))),
                Variable::Plan => ("plan", Dynamic::from_float(figure.plan.get().unwrap_or(f64::NAN))),
                Variable::Period => ("period", text(&view.period.to_string())),
                Variable::Labels => ("labels", labels(view.series)),
                Variable::Direction => ("better", Dynamic::from_float(direction(view.series).unwrap_or(f64::NAN))),
                Variable::Subject => ("subject", text(&view.series.key.labels.values())),
                Variable::Setting(name, value) => (name.as_str(), value.clone()),
            };
            scope.push_constant_dynamic(name, value);
        }
    }

    /// Why an evaluation ended, in words.
    pub(super) fn stopped(&self, error: &EvalAltResult) -> Stopped {
        let stopped = failure::stopped(error, |function, position| {
            let place = function.and_then(|function| self.scripts.at(function, position));
            place.unwrap_or_else(|| self.origin.at(position, "")).to_string()
        });
        match stopped {
            // A plan of nought is a matter of the figures: the rule is not wrong for it.
            Stopped::Failed(words) if words.starts_with(DIVISION_BY_ZERO) => {
                Stopped::CannotTell(DIVISION_BY_ZERO.to_owned())
            }
            stopped => stopped,
        }
    }

    pub(super) fn asks_around(&self) -> bool {
        self.asks_around
    }

    /// The other measures that it can come to ask, as they are named.
    pub(super) fn measures(&self) -> impl Iterator<Item = &str> {
        self.measures.iter().map(String::as_str)
    }

    pub(super) fn asks_chart(&self) -> bool {
        self.charting.is_some()
    }

    /// The other datasets that it can come to ask.
    pub(super) fn datasets(&self) -> impl Iterator<Item = &str> {
        self.measures.iter().filter_map(|measure| measure.split_once('/')).map(|(dataset, _)| dataset)
    }

    /// Whether the figures of this period that it names are there.
    pub(super) fn check_figures(&self, series: &Series, figure: Figure, period: Period) -> Result<(), Stopped> {
        questions::note_open(None);
        self.variables.iter().try_for_each(|variable| variable.check_figure(series, figure, period))
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
        absent: if names.has_plan { &[] } else { questions::ASKS_FOR_PLAN },
        measures: Some(&names.measures),
        native: scripts.native(),
        scripts: scripts.arities(),
    }
}

fn variables(used: &Used, names: &Names) -> Vec<Variable> {
    let variable = |name: &String| match name.as_str() {
        "value" => Some(Variable::Value),
        "plan" => Some(Variable::Plan),
        "period" => Some(Variable::Period),
        "labels" => Some(Variable::Labels),
        "subject" => Some(Variable::Subject),
        "better" => Some(Variable::Direction),
        _ => names.settings.get(name).map(|setting| Variable::Setting(name.clone(), setting.dynamic())),
    };
    used.variables.iter().filter_map(variable).collect()
}

pub(super) fn figure(view: View<'_>) -> Figure {
    view.series.at(view.period).unwrap_or(Figure::ABSENT)
}

/// 1 where more is better, -1 where less is.
pub(super) fn direction(series: &Series) -> Option<f64> {
    match series.better {
        Better::Higher => Some(1.0),
        Better::Lower => Some(-1.0),
        Better::Neither => None,
    }
}

fn there(name: &'static str, period: Period, value: Value) -> Result<(), Stopped> {
    match value {
        Value::Number(_) => Ok(()),
        Value::Missing { missing } => Err(Stopped::CannotTell(questions::none(name, period, missing))),
    }
}

fn note_if_open(period: Period, value: Value) {
    if matches!(value, Value::Missing { missing: Missing::Suppressed | Missing::Unsure }) {
        questions::note_open(Some(period));
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
    fn what_is_asked_of_earlier_periods() {
        // April to October: 10 20 60 61 (suppressed) 59 60.
        for text in [
            // Of 10, 20 and 60 the middle; of 10, 20, 60 and 61 halfway between 20 and 60.
            "ago(0) == 61 && median(3) == 20 && median(2) == 40",
            "trend(2) == 1 && highest() == 60 && lowest(2) == 20 && highest_since(\"2025-05\") == 60",
            // Least squares over 10 20 60 61: (-1.5·10 - 0.5·20 + 0.5·60 + 1.5·61) / 5.
            "trend(4) == 19.3",
            // The measure is better when it is higher.
            "best() == 60 && worst() == 10",
            "rises() == 3 && falls() == 0 && known_before() == 3",
            "plan_ytd() == 400 && period_of_year() == 4 && periods_of_year() == 12",
            "missing_for() == 0 && suppressed_for() == 0",
        ] {
            assert_eq!(evaluate("", text, &FIGURES, "2025-07"), Truth::True, "{text}");
        }
        assert_eq!(evaluate("", "missing_for() == 1 && suppressed_for() == 1", &FIGURES, "2025-08"), Truth::True);
        assert_eq!(evaluate("", "missing_for() == 2 && suppressed_for() == 0", &FIGURES, "2025-12"), Truth::True);
        assert_eq!(evaluate("", "falls() == 0 && rises() == 0", &FIGURES, "2025-09"), Truth::True);
        let reason = "no figure before April 2025 to compare with";
        assert_eq!(evaluate("", "value > highest()", &FIGURES, "2025-04"), cannot_tell(reason));
        let reason = "no plan for November 2025: not reported";
        assert_eq!(evaluate("", "value > year_plan()", &FIGURES, "2025-10"), cannot_tell(reason));
    }

    #[test]
    fn a_suppressed_count_answers_where_every_possible_value_does() {
        let names = Names { suppressed_below: Some(5), ..names() };
        let holds = |text: &str, at: &str| {
            let expression = SeriesExpression::compile(&located(text), &names, &scripts("")).expect("valid");
            expression.evaluate(View::alone(&series(&[Some(9.0), None, None, Some(2.0)]), period(at))).holds()
        };
        for (text, at, answer) in [
            // 1 to 4 in May and in June.
            ("value < 5", "2025-05", Some(true)),
            ("value > 4", "2025-05", Some(false)),
            ("value > 3", "2025-05", None),
            ("value < previous()", "2025-05", Some(true)),
            ("value < previous()", "2025-06", None),
            // 9 + 2 + two of 1 to 4: 13 to 19.
            ("sum_ytd() > 12 && sum_ytd() < 20", "2025-07", Some(true)),
            ("sum_ytd() > 18", "2025-07", None),
            ("sum_ytd() > 19", "2025-07", Some(false)),
            // The same count on both sides is the same.
            ("value == ago(0)", "2025-05", Some(true)),
            ("value % 2 == 0 || value % 2 == 1", "2025-05", Some(true)),
        ] {
            assert_eq!(holds(text, at), answer, "{text}");
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
            ("odd()", "base is \"x\" (0.rhai:4:12)"),
            ("value < ago(1.5)", "a whole number from 0 to 5000 is needed here, not 1.5 (rule.yaml:1:9)"),
            ("value < mean(0)", "a whole number from 1 to 5000 is needed here, not 0 (rule.yaml:1:9)"),
            ("nothing() > 1", "nothing cannot be compared with a number (rule.yaml:1:11)"),
        ] {
            assert_eq!(evaluate(script, text, &FIGURES, "2025-10"), Truth::Failed(words.to_owned()), "{text}");
        }
        // A base of nought is a matter of the figures.
        let reason = "division by zero";
        assert_eq!(evaluate(script, "share(value, 0) > 1", &FIGURES, "2025-10"), cannot_tell(reason));
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
            let _ = expression.evaluate(View::alone(&series(&FIGURES), period("2025-07")));
        }
    }
}
