//! Expressions over rows and series, messages, and `.rhai` files.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bellwether::{
    expr::{Limits, Names, RowExpression, Scripts, SeriesExpression, Setting, Template, Truth, View},
    model::{
        Batch, Better, Cell, Column, ColumnDef, ColumnKind, Figure, Labels, Missing, Period, Schema, Series, SeriesKey,
        Value,
    },
    yaml::{Located, Problems, SourceFile, decode, parse},
};

use super::sections::{sections, text};

/// So many operations end in good time; the clock never decides, so that every evaluation ends alike.
const LIMITS: Limits = Limits { operations: 20_000, time: Duration::from_hours(1) };

/// The sections `script`, `row`, `series` and `template`; a text without any is an expression over a series.
pub fn expressions(bytes: &[u8]) {
    let mut given = sections(bytes);
    if given.is_empty() {
        given.push(("series".to_owned(), bytes));
    }
    let mut scripts = Scripts::compile([], LIMITS).unwrap();
    for (name, content) in given {
        let content = text(content);
        match name.as_str() {
            "script" => {
                let file = Arc::new(SourceFile { path: "t.rhai".into(), text: content });
                match Scripts::compile([file], LIMITS) {
                    Ok(compiled) => scripts = compiled,
                    Err(problems) => tell(problems),
                }
            }
            "row" => row(&content),
            "template" => template(&content, &scripts),
            _ => series(&content, &scripts),
        }
    }
}

fn tell(problems: Problems) {
    assert!(!problems.is_empty(), "refused without a word");
    for problem in problems.sorted() {
        assert!(!problem.render(false).is_empty());
    }
}

/// A text as it stands in a YAML file, in quotation marks.
fn located(text: &str) -> Option<Located<String>> {
    let quoted = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t");
    let file = Arc::new(SourceFile { path: "t.yaml".into(), text: format!("\"{quoted}\"\n") });
    parse(&file).and_then(|node| decode(&node)).ok()
}

fn row(expression: &str) {
    let Some(expression) = located(expression) else { return };
    let kinds = [("name", ColumnKind::Text), ("count", ColumnKind::Number), ("period", ColumnKind::Period)];
    let column = |(name, kind): (&str, ColumnKind)| ColumnDef { name: name.to_owned(), kind, required: true };
    let schema = Schema { columns: kinds.into_iter().map(column).collect() };
    let compiled = match RowExpression::compile(&expression, &schema) {
        Ok(compiled) => compiled,
        Err(problems) => return tell(problems),
    };
    let (mut names, mut counts, mut periods) = (Column::default(), Column::default(), Column::default());
    for (name, count) in [("", 0.0), ("été \u{0}\"", -1.5), (&"x".repeat(60_000), f64::MAX), ("a", 5e-324)] {
        names.push(name, Cell::Text);
        counts.push("", Cell::Number(count));
        periods.push("2025-10", Cell::Period(october()));
    }
    names.push("b", Cell::Text);
    counts.push("*", Cell::Missing(Missing::Suppressed));
    periods.push("", Cell::Missing(Missing::Blank));
    let batch = Batch { sheet: None, rows: (1..=5).collect(), columns: vec![names, counts, periods] };
    for at in 0..5 {
        certain(|| compiled.evaluate(&batch, at));
    }
}

fn series(expression: &str, scripts: &Scripts) {
    let Some(expression) = located(expression) else { return };
    match SeriesExpression::compile(&expression, &names(), scripts) {
        Ok(compiled) => {
            let series = figures();
            for period in [october(), october().minus(40), october().previous(), october().next()] {
                certain(|| compiled.evaluate(View::alone(&series, period)));
            }
        }
        Err(problems) => tell(problems),
    }
}

fn template(message: &str, scripts: &Scripts) {
    let Some(message) = located(message) else { return };
    match Template::compile(&message, &names(), scripts) {
        Ok(compiled) => {
            let (series, period) = (figures(), october());
            assert_eq!(compiled.render(View::alone(&series, period)), compiled.render(View::alone(&series, period)));
        }
        Err(problems) => tell(problems),
    }
}

/// An answer comes twice alike, and a failure in words.
fn certain(evaluate: impl Fn() -> Truth) {
    let truth = evaluate();
    if let Truth::CannotTell(words) | Truth::Failed(words) = &truth {
        assert!(!words.is_empty());
    }
    assert_eq!(truth, evaluate());
}

fn names() -> Names {
    let settings =
        [("share", Setting::Number(0.5)), ("word", Setting::Text("a".to_owned())), ("yes", Setting::Bool(true))];
    let settings: BTreeMap<_, _> = settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Names { labels: vec!["contract".to_owned(), "area".to_owned()], has_plan: true, settings, ..Names::default() }
}

fn october() -> Period {
    Period::month(2025, 10).unwrap()
}

/// Thirty months; some figures and plans are not there.
fn figures() -> Series {
    let labels: Labels = [("contract", "ECG"), ("area", "Rutland")]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut series = Series::new(SeriesKey { measure: "activity".to_owned(), labels }, Better::Higher);
    for back in 0..30 {
        let number = |there: bool| {
            if there { Value::Number(f64::from(back) * 10.5) } else { Value::missing(Missing::Suppressed) }
        };
        let figure = Figure { value: number(back % 7 != 5), plan: number(back % 5 != 3), unit: None };
        series.insert(october().minus(back), figure);
    }
    series
}
