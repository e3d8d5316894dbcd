//! A lowered condition at one period of a series: what its numbers and texts are.

use std::borrow::Cow;

use super::{
    history::{self, Question},
    lowered::{self, LONGEST_TEXT, Leaves, Named, Program, Vocabulary},
    series::Names,
};
use crate::model::{Figure, Period, Series, Value};

/// What stands in the slots of a condition over a series.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Slot {
    Value,
    Plan,
    Period,
    Label(String),
    Past(Question),
}

impl Vocabulary for Names {
    type Slot = Slot;

    fn variable(&self, name: &str) -> Option<Named<Slot>> {
        match name {
            "value" => Some(Named::Number(Slot::Value)),
            "plan" => Some(Named::Number(Slot::Plan)),
            "period" => Some(Named::Text(Slot::Period)),
            _ => self.settings.get(name).cloned().map(Named::Constant),
        }
    }

    fn member(&self, of: &str, name: &str) -> Option<Named<Slot>> {
        (of == "labels").then(|| Named::Text(Slot::Label(name.to_owned())))
    }

    fn function(&self, name: &str, arguments: &[f64]) -> Option<Named<Slot>> {
        history::question(name, arguments)?.ok().map(Slot::Past).map(Named::Number)
    }
}

/// The answer of a condition at a period; none where the interpreter would stop.
pub(super) fn answer(program: &Program<Slot>, series: &Series, period: Period, figure: Figure) -> Option<bool> {
    lowered::answer(program, &Reading { program, series, period, figure })
}

struct Reading<'a> {
    program: &'a Program<Slot>,
    series: &'a Series,
    period: Period,
    figure: Figure,
}

impl Leaves for Reading<'_> {
    fn number(&self, slot: usize) -> f64 {
        let value = match self.program.numbers.get(slot) {
            Some(Slot::Value) => self.figure.value,
            Some(Slot::Plan) => self.figure.plan,
            Some(Slot::Past(question)) => {
                return question.answer(self.period, |period| self.series.at(period)).unwrap_or(f64::NAN);
            }
            Some(Slot::Period | Slot::Label(_)) | None => Value::ABSENT,
        };
        if let Value::Number(number) = value { number } else { f64::NAN }
    }

    fn text(&self, slot: usize) -> Option<Cow<'_, str>> {
        match self.program.texts.get(slot)? {
            Slot::Period => Some(Cow::Owned(self.period.to_string())),
            Slot::Label(name) => {
                let label = self.series.key.labels.get(name).filter(|label| label.len() <= LONGEST_TEXT);
                label.map(Cow::Borrowed)
            }
            Slot::Value | Slot::Plan | Slot::Past(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        expr::{
            SeriesExpression, Truth,
            agreement::written,
            fixture::{located, names, period, scripts},
        },
        model::{Better, Missing, SeriesKey},
    };

    fn condition() -> BoxedStrategy<String> {
        let numbers = [
            "value",
            "value",
            "plan",
            "share",
            "previous()",
            "ago(0)",
            "ago(2)",
            "previous_plan()",
            "plan_ago(3)",
            "same_period_last_year()",
            "mean(3)",
            "mean(1)",
            "sum_ytd()",
            "ago(0.5)",
            "ago(value)",
            "mean(0)",
        ];
        let texts = ["period", "base", "labels.contract", "labels[\"contract\"]", "labels.contract_type"];
        written(&numbers, &texts, &["strict", "value < share * plan", "value < previous()", "scripted(value)"])
            .condition
    }

    fn value() -> impl Strategy<Value = Value> {
        let known = [0.0, 10.0, 60.0, 61.0, 100.0, -3.5, 1e308, -1e308, 5e-324].map(Value::Number);
        let missing = [Missing::Blank, Missing::Suppressed, Missing::Absent].map(Value::missing);
        prop_oneof![12 => prop::sample::select(known.to_vec()), 1 => prop::sample::select(missing.to_vec())]
    }

    fn series() -> impl Strategy<Value = Series> {
        let points = prop::collection::vec((value(), value(), prop::bool::weighted(0.9)), 1..30);
        (points, prop::sample::select(vec!["Dementia", "dem", "ß", "x"]), any::<bool>()).prop_map(
            |(points, contract, typed)| {
                let labels =
                    [("contract", contract), ("contract_type", "Dementia")].into_iter().take(1 + usize::from(typed));
                let key = SeriesKey { measure: "activity".to_owned(), labels: labels.collect() };
                let mut series = Series::new(key, Better::Higher);
                for (n, (value, plan, there)) in (0..).zip(points) {
                    if there {
                        series.insert(period("2024-06").minus(-n), Figure { value, plan, unit: None });
                    }
                }
                series
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_500))]

        #[test]
        fn a_lowered_condition_answers_as_the_interpreter_does(text in condition(), series in series()) {
            let scripts = scripts("fn scripted(x) { x > 1 }");
            let Ok(expression) = SeriesExpression::compile(&located(&text), &names(), &scripts) else { return Ok(()) };
            for n in 0..30 {
                let at = period("2024-06").minus(-n);
                prop_assert_eq!(expression.evaluate(&series, at), expression.interpret(&series, at), "{}", at);
            }
        }
    }

    #[test]
    fn what_is_plain_is_lowered() {
        for (text, is_lowered) in [
            ("value < share * plan", true),
            ("value < 60 && labels.contract == \"Dementia\"", true),
            ("labels[\"contract_type\"].starts_with(\"cap\") || period >= base", true),
            ("value > mean(3) && value / previous() > 1.2 && strict", true),
            ("sum_ytd() < same_period_last_year() + plan_ago(2)", true),
            ("value < ago(value)", false),
            ("scripted(value)", false),
        ] {
            let scripts = scripts("fn scripted(x) { x > 1 }");
            let expression = SeriesExpression::compile(&located(text), &names(), &scripts);
            let expression = expression.unwrap_or_else(|problems| panic!("{text}: {problems}"));
            assert_eq!(expression.program().is_some(), is_lowered, "{text}");
        }
    }

    #[test]
    fn a_division_by_nought_is_said_with_its_place() {
        let series = crate::expr::fixture::series(&[Some(0.0), Some(5.0)]);
        let expression =
            SeriesExpression::compile(&located("value / previous() > 1"), &names(), &scripts("")).expect("valid");
        let words = "division by zero (rule.yaml:1:7)".to_owned();
        assert_eq!(expression.evaluate(&series, period("2025-05")), Truth::Failed(words));
    }
}
