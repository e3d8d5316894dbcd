//! Series, texts with places and scripts for the tests of this room.

use std::sync::Arc;

use super::{Limits, Names, Scripts, SeriesExpression, Setting, Template, Truth, View};
use crate::{
    model::{Better, Figure, Missing, Period, Series, SeriesKey, Value},
    yaml::{Located, Place, Problems, SourceFile},
};

/// A text as the whole of `rule.yaml`.
pub(super) fn located(text: &str) -> Located<String> {
    let file = Arc::new(SourceFile { path: "rule.yaml".into(), text: text.to_owned() });
    let place = Place { span: 0..text.len(), ..Place::start_of(&file) };
    Located { value: text.to_owned(), place }
}

pub(super) fn period(text: &str) -> Period {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// Dementia from April 2025 on, with a plan of 100 each month: `None` is suppressed.
pub(super) fn series(figures: &[Option<f64>]) -> Series {
    let labels = [("contract", "Dementia"), ("contract_type", "cost-and-volume")].into_iter().collect();
    let mut series = Series::new(SeriesKey { measure: "activity".to_owned(), labels }, Better::Higher);
    for (n, figure) in (0..).zip(figures) {
        let value = figure.map_or(Value::missing(Missing::Suppressed), Value::number);
        series.insert(period("2025-04").minus(-n), Figure { value, plan: Value::Number(100.0), unit: None });
    }
    series
}

pub(super) fn names() -> Names {
    let settings = [
        ("share", Setting::Number(0.6)),
        ("base", Setting::Text("previous".to_owned())),
        ("strict", Setting::Bool(true)),
    ];
    Names {
        labels: vec!["contract".to_owned(), "contract_type".to_owned()],
        has_plan: true,
        settings: settings.into_iter().map(|(name, setting)| (name.to_owned(), setting)).collect(),
        ..Names::default()
    }
}

/// Scripts of the files `0.rhai`, `1.rhai`, …
pub(super) fn compile_scripts(files: &[&str], limits: Limits) -> Result<Scripts, Problems> {
    let file = |(n, text): (usize, &&str)| SourceFile { path: format!("{n}.rhai").into(), text: (*text).to_owned() };
    Scripts::compile(files.iter().enumerate().map(file).map(Arc::new), limits)
}

pub(super) fn scripts(text: &str) -> Scripts {
    compile_scripts(&[text], Limits::default()).unwrap_or_else(|problems| panic!("{problems}"))
}

pub(super) fn problems(text: &str) -> Vec<String> {
    let problems = SeriesExpression::compile(&located(text), &names(), &scripts("")).expect_err(text);
    problems.into_iter().map(|problem| problem.to_string()).collect()
}

/// A condition at the month that `at` names, with the functions of one `.rhai` file.
pub(super) fn evaluate(script: &str, text: &str, figures: &[Option<f64>], at: &str) -> Truth {
    let expression = SeriesExpression::compile(&located(text), &names(), &scripts(script));
    expression
        .unwrap_or_else(|problems| panic!("{text}: {problems}"))
        .evaluate(View::alone(&series(figures), period(at)))
}

pub(super) fn render(text: &str, figures: &[Option<f64>], at: &str) -> String {
    let template = Template::compile(&located(text), &names(), &scripts(""));
    template.unwrap_or_else(|problems| panic!("{text}: {problems}")).render(View::alone(&series(figures), period(at)))
}
