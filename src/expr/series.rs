//! Expressions over one period of a series.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Setting, Truth,
    code::Code,
    failure::truth,
    lowered::{self, Program},
    names::condition,
    origin::Origin,
    possible,
    reading::{self, Slot},
    scripts::Scripts,
    session::Session,
    variable::{Variable, figure},
    view::View,
};
use crate::{
    spc::Charting,
    yaml::{Located, Problems, SourceFile},
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
    fn labels_whose_values_are_compared_apart_are_known_at_load() {
        let no_label = "there is no label `contrac` (did you mean `contract`?)";
        let measures = ["patients".to_owned()].into();
        let names = Names { measures, ..names() };
        for (text, column) in [
            ("rank(\"contrac\") == 1", 6),
            ("peers(\"contrac\") > 1", 7),
            ("peers(5, \"contrac\") > 1", 10),
            ("value > peer_mean(\"contrac\")", 19),
            ("value > peer_median(\"contrac\")", 21),
            ("value > peer_quantile(0.9, \"contrac\")", 28),
            ("value > funnel_rate(\"patients\", \"share\", \"contrac\")", 42),
            ("value > funnel_upper(\"patients\", \"share\", 0.95, \"contrac\")", 49),
        ] {
            let problems = SeriesExpression::compile(&located(text), &names, &scripts("")).expect_err(text);
            let said: Vec<String> = problems.into_iter().map(|problem| problem.to_string()).collect();
            assert_eq!(said, [format!("rule.yaml:1:{column}: {no_label}")], "{text}");
        }
        let good = "rank(\"contract\") == 1 || value > funnel_lower(\"patients\", \"share\", 0.95, \"contract\")";
        SeriesExpression::compile(&located(good), &names, &scripts("")).expect("all are known");
        // In a function of a file, the label is that of whichever measure the rule is on.
        let script = "fn first() { place() == 1 } fn place() { rank(\"contrac\") }";
        let found = SeriesExpression::compile(&located("first()"), &names, &scripts(script)).expect_err("unknown");
        let found: Vec<String> = found.into_iter().map(|problem| problem.to_string()).collect();
        assert_eq!(
            found,
            [
                "rule.yaml:1:1: there is no label for a function that this calls, named `contrac` (did you mean `contract`?)"
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
