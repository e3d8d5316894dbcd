//! A lowered condition at one period of a series: what its numbers and texts are.

use std::borrow::Cow;

use super::{
    lowered::{self, LONGEST_TEXT, Leaves, Named, Program, Vocabulary},
    questions::{self, Argument, Question},
    series::Names,
    variable::{direction, figure},
    view::View,
};
use crate::model::Value;

/// What stands in the slots of a condition over a series.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Slot {
    Value,
    Plan,
    Period,
    Label(String),
    Subject,
    Direction,
    Asked(Question),
}

impl Vocabulary for Names {
    type Slot = Slot;

    fn variable(&self, name: &str) -> Option<Named<Slot>> {
        match name {
            "value" => Some(Named::Number(Slot::Value)),
            "better" => Some(Named::Number(Slot::Direction)),
            "plan" => Some(Named::Number(Slot::Plan)),
            "period" => Some(Named::Text(Slot::Period)),
            "subject" => Some(Named::Text(Slot::Subject)),
            _ => self.settings.get(name).cloned().map(Named::Constant),
        }
    }

    fn member(&self, of: &str, name: &str) -> Option<Named<Slot>> {
        (of == "labels").then(|| Named::Text(Slot::Label(name.to_owned())))
    }

    fn function(&self, name: &str, arguments: &[Argument<'_>]) -> Option<Named<Slot>> {
        let slot = questions::question(name, arguments, &self.charting)?.ok().map(Slot::Asked)?;
        Some(if questions::is_truth(name) { Named::Truth(slot) } else { Named::Number(slot) })
    }
}

/// The answer of a condition at a period; none where the interpreter would stop.
pub(super) fn answer(program: &Program<Slot>, view: View<'_>) -> Option<bool> {
    lowered::answer(program, &Reading::new(program, view))
}

impl Slot {
    /// Whether what it holds is that of the series and the period alone, whatever surrounds them.
    pub(super) fn is_own(&self) -> bool {
        !matches!(self, Self::Asked(question) if !question.is_own())
    }

    /// The number that it holds; NaN where there is none.
    pub(super) fn number(&self, view: View<'_>) -> f64 {
        let value = match self {
            Self::Value => figure(view).value,
            Self::Plan => figure(view).plan,
            Self::Direction => return direction(view.series).unwrap_or(f64::NAN),
            Self::Asked(question) => return question.answer(view).unwrap_or(f64::NAN),
            Self::Period | Self::Label(_) | Self::Subject => Value::ABSENT,
        };
        value.get().unwrap_or(f64::NAN)
    }
}

/// One period of a series, for a program.
pub(super) struct Reading<'a> {
    program: &'a Program<Slot>,
    view: View<'a>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(program: &'a Program<Slot>, view: View<'a>) -> Self {
        Self { program, view }
    }
}

impl Leaves for Reading<'_> {
    fn number(&self, slot: usize) -> f64 {
        self.program.numbers.get(slot).map_or(f64::NAN, |slot| slot.number(self.view))
    }

    fn text(&self, slot: usize) -> Option<Cow<'_, str>> {
        let series = self.view.series;
        let text = match self.program.texts.get(slot)? {
            Slot::Period => Cow::Owned(self.view.period.to_string()),
            Slot::Label(name) => Cow::Borrowed(series.key.labels.get(name)?),
            Slot::Subject => Cow::Owned(series.key.labels.values()),
            Slot::Value | Slot::Plan | Slot::Direction | Slot::Asked(_) => return None,
        };
        Some(text).filter(|text| text.len() <= LONGEST_TEXT)
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
            lane::Lane,
            view::Around,
        },
        model::{Better, Figure, Missing, Period, Series, SeriesKey},
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
            "median(3)",
            "trend(2)",
            "plan_ytd()",
            "sum_qtd()",
            "quarter_plan()",
            "forecast()",
            "forecast(11)",
            "forecast_by_plan()",
            "rag(\"5%\")",
            "rag(\"5% lower\", 1)",
            "period_of_year()",
            "highest(3)",
            "lowest()",
            "best()",
            "rises()",
            "missing_for()",
            "rank()",
            "peers(2)",
            "better",
            "peer_mean()",
            "periods_before()",
            "known() - known_before()",
            "mean(0)",
            "spc_centre()",
            "spc_lower()",
            "spc_upper()",
            "spc_points()",
        ];
        let texts = ["period", "base", "labels.contract", "labels[\"contract\"]", "labels.contract_type"];
        written(
            &numbers,
            &texts,
            &[
                "strict",
                "value < share * plan",
                "value < previous()",
                "scripted(value)",
                "cannot_tell(\"too early\")",
                "spc_concern()",
                "spc_special(\"trend, shift\")",
                "spc_failing()",
                "spc_passing(40)",
            ],
        )
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
        fn a_lowered_condition_answers_as_the_interpreter_does(
            text in condition(),
            all in prop::collection::vec(series(), 1..4),
        ) {
            let scripts = scripts("fn scripted(x) { x > 1 }");
            let Ok(expression) = SeriesExpression::compile(&located(&text), &names(), &scripts) else { return Ok(()) };
            let periods: Vec<Period> = (0..30).map(|n| period("2024-06").minus(-n)).collect();
            let (mut lane, mut answers) = (Lane::new(&all[0], &periods), Vec::new());
            lane.go_on(&all.iter().collect::<Vec<_>>(), &periods);
            expression.evaluate_all(&mut lane, &std::sync::Arc::new(Around::default()), &mut answers);
            let rows = all.iter().flat_map(|series| periods.iter().map(move |at| View::alone(series, *at)));
            prop_assert_eq!(answers.len(), all.len() * periods.len());
            for (view, answer) in rows.zip(answers) {
                prop_assert_eq!(expression.plainly(view), expression.interpret(view), "{}", view.period);
                prop_assert_eq!(answer, expression.evaluate(view).holds(), "{}", view.period);
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
    fn a_division_by_nought_cannot_be_told() {
        let series = crate::expr::fixture::series(&[Some(0.0), Some(5.0)]);
        let expression =
            SeriesExpression::compile(&located("value / previous() > 1"), &names(), &scripts("")).expect("valid");
        let words = "division by zero".to_owned();
        assert_eq!(expression.evaluate(View::alone(&series, period("2025-05"))), Truth::CannotTell(words));
    }
}
