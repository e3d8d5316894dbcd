//! A notice without the small numbers that may not leave.
//!
//! What is withheld is a count from 1 to one less than its measure's threshold. With it goes what it could plainly be worked
//! out from: the rule's own message, which may say the figure, its share or its difference in any words, and a control chart
//! that such a figure is part of. Whether it can be worked out from *other* series (thirteen of fourteen, and their total) is
//! not looked at.

use std::borrow::Cow;

use crate::model::{
    AlertLine, Content, ControlChart, Disclosure, Exceptions, Finding, GateReport, Missing, Notice, Unit, Value,
};

/// What stands in the place of a number inside a text.
const MARK: &str = "*";
/// A number after one of these says where something stands, or what a check asks for.
const PLACES: [&str; 14] = [
    "row",
    "rows",
    "line",
    "column",
    "sheet",
    "table",
    "cell",
    "revision",
    "least",
    "most",
    "than",
    "above",
    "below",
    "threshold",
];
/// A number before one of these counts what is no person, or is the day of a date.
const COUNTED: [&str; 32] = [
    "of",
    "row",
    "rows",
    "column",
    "columns",
    "cell",
    "cells",
    "value",
    "values",
    "figure",
    "figures",
    "period",
    "periods",
    "month",
    "months",
    "day",
    "days",
    "error",
    "errors",
    "more",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The least counts that may leave.
pub struct Thresholds<'a> {
    /// Of the figures of an alert; none where they are no counts of people.
    pub of_line: &'a dyn Fn(&AlertLine) -> Option<u32>,
    /// Of what a rule's message may say, where no figures go with it.
    pub of_rule: &'a dyn Fn(&str) -> Option<u32>,
    /// Of what findings show of a file.
    pub of_file: Option<u32>,
}

/// The notice as it may leave.
#[must_use]
pub fn disclosed<'a>(notice: &'a Notice, how: Disclosure, least: &Thresholds<'_>) -> Cow<'a, Notice> {
    if how == Disclosure::None {
        return Cow::Borrowed(notice);
    }
    let content = match &notice.content {
        Content::Exceptions(exceptions) => Content::Exceptions(of_exceptions(exceptions.clone(), how, least)),
        Content::Gate(report) => {
            Content::Gate(GateReport { findings: of_findings(&report.findings, least.of_file), ..report.clone() })
        }
        Content::Escalation(report) => {
            let mut report = report.clone();
            of_lines(report.cases.iter_mut().map(|case| &mut case.line), how, least);
            Content::Escalation(report)
        }
        Content::ThreeAs(summary) => {
            let mut summary = summary.clone();
            for matter in &mut summary.matters {
                if let Some(below) = (least.of_rule)(&matter.rule) {
                    matter.message = without_small_numbers(&matter.message, below, Text::Sentence);
                }
            }
            Content::ThreeAs(summary)
        }
        Content::Operator(_) | Content::Silence(_) => return Cow::Borrowed(notice),
    };
    Cow::Owned(Notice { content, ..notice.clone() })
}

fn of_exceptions(mut exceptions: Exceptions, how: Disclosure, least: &Thresholds<'_>) -> Exceptions {
    let Exceptions { new, worsened, continuing, resolved, withdrawn, amended, looked_after, muted, flapping, .. } =
        &mut exceptions;
    let lines = [new, worsened, continuing, resolved, withdrawn, amended, looked_after];
    let aside = muted.iter_mut().map(|muted| &mut muted.line).chain(flapping.iter_mut().map(|flaps| &mut flaps.line));
    of_lines(lines.into_iter().flatten().chain(aside), how, least);
    exceptions.findings = of_findings(&exceptions.findings, least.of_file);
    exceptions
}

fn of_lines<'a>(lines: impl Iterator<Item = &'a mut AlertLine>, how: Disclosure, least: &Thresholds<'_>) {
    for line in lines {
        if let Some(below) = (least.of_line)(line).filter(|_| line.unit == Unit::Number) {
            withhold(line, how, below);
        }
    }
}

/// One alert's figures.
fn withhold(line: &mut AlertLine, how: Disclosure, below: u32) {
    let charted = line.chart.iter().flat_map(|chart| &chart.points).filter_map(|point| point.value);
    let trailed = line.trail.iter().map(|(_, value)| *value).chain([line.value, line.previous]);
    let any_small = charted.chain(trailed.filter_map(Value::get)).any(|number| is_small(number, below));
    if is_small_value(line.value, below) {
        let counted = line.counted.as_deref().map(|counted| format!(" {counted}")).unwrap_or_default();
        line.message = format!(
            "fewer than {below}{counted} in {}: below the publication threshold, so that the figure is withheld",
            line.period.label()
        );
    } else if any_small {
        line.message =
            format!("{}. Figures below the publication threshold (fewer than {below}) are withheld", line.rule_summary);
    } else if let Disclosure::RoundTo(to) = how {
        line.message = format!("{}. Figures are rounded to the nearest {to}", line.rule_summary);
    }
    // Limits are worked out of every figure: with all but one of them, they say the last.
    line.chart = line.chart.take().filter(|_| !any_small).map(|chart| rounded_chart(chart, how));
    for value in [&mut line.value, &mut line.previous].into_iter().chain(line.trail.iter_mut().map(|(_, value)| value))
    {
        *value = match value {
            Value::Number(number) if is_small(*number, below) => Value::missing(Missing::Suppressed),
            Value::Number(number) => Value::Number(rounded(*number, how)),
            Value::Missing { .. } => *value,
        };
    }
}

fn is_small_value(value: Value, below: u32) -> bool {
    value.get().is_some_and(|number| is_small(number, below))
}

/// Nothing is no small number.
fn is_small(number: f64, below: u32) -> bool {
    number != 0.0 && number.abs() < f64::from(below)
}

fn rounded(number: f64, how: Disclosure) -> f64 {
    match how {
        Disclosure::RoundTo(to) => (number / f64::from(to.get())).round() * f64::from(to.get()),
        Disclosure::Mask | Disclosure::None => number,
    }
}

fn rounded_chart(mut chart: ControlChart, how: Disclosure) -> ControlChart {
    for point in &mut chart.points {
        point.value = point.value.map(|number| rounded(number, how));
        point.lines = point.lines.map(|lines| lines.map(|number| rounded(number, how)));
    }
    chart
}

fn of_findings(findings: &[Finding], below: Option<u32>) -> Vec<Finding> {
    let Some(below) = below else { return findings.to_vec() };
    let mut findings = findings.to_vec();
    for finding in &mut findings {
        finding.message = without_small_numbers(&finding.message, below, Text::Sentence);
        for row in &mut finding.rows {
            if let Some(value) = &mut row.value {
                let without = without_small_numbers(value, below, Text::Cell);
                row.masked |= without != *value;
                *value = without;
            }
        }
    }
    findings
}

/// Where a number stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    /// Every number is a figure.
    Cell,
    /// Some numbers count rows, or are days.
    Sentence,
}

/// A text of which every whole number from 1 to one less than `below` that stands by itself is a mark.
fn without_small_numbers(text: &str, below: u32, kind: Text) -> String {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | ',' | '-' | '_' | '/' | '%');
    let mut without = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let (before, word_on) = rest.split_at(start);
        let (word, after) = word_on.split_at(word_on.find(|c| !is_part(c)).unwrap_or(word_on.len()));
        without.push_str(before);
        let number = word.trim_matches(['.', ',']);
        let is_figure = number.parse::<f64>().is_ok_and(|n| n.fract() == 0.0 && n > 0.0 && n < f64::from(below))
            && !is_place(&without)
            && !(kind == Text::Sentence && is_counted(after));
        if is_figure {
            without.push_str(&word.replacen(number, MARK, 1));
        } else {
            without.push_str(word);
        }
        rest = after;
    }
    without.push_str(rest);
    without
}

fn is_place(before: &str) -> bool {
    PLACES.contains(&before.split_whitespace().next_back().unwrap_or_default())
}

fn is_counted(after: &str) -> bool {
    let next = after.split_whitespace().next().unwrap_or_default();
    COUNTED.contains(&next.trim_matches(|c: char| !c.is_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{ChartMark, ChartPoint},
        reports::fixtures::{alert, period},
    };

    #[test]
    fn numbers_in_findings_are_told_from_places_and_counts() {
        for (text, without) in [
            ("delivered is 3 in row 4", "delivered is * in row 4"),
            ("3 of 14 rows: `2`", "3 of 14 rows: `*`"),
            ("4 → 12, in 2025-03", "* → 12, in 2025-03"),
            ("must be at least 1: 0, 1.5 and 4.", "must be at least 1: 0, 1.5 and *."),
            ("1,234 and Q1 and 3% of 4 rows", "1,234 and Q1 and 3% of 4 rows"),
            ("by 3 December 2025, 4, 5", "by 3 December 2025, *, 5"),
        ] {
            assert_eq!(without_small_numbers(text, 5, Text::Sentence), without);
        }
        assert_eq!(without_small_numbers("3 of 4 (first in row 2)", 5, Text::Cell), "* of * (first in row 2)");
    }

    #[test]
    fn limits_do_not_give_away_a_figure_among_them() {
        let point = |value| ChartPoint {
            period: period("2025-10"),
            value: Some(value),
            plan: None,
            lines: Some([101.0, 207.0, 313.0]),
            mark: ChartMark::CommonCause,
        };
        let charted = |figures: &[f64]| {
            let points = figures.iter().map(|value| point(*value)).collect();
            let chart =
                ControlChart { points, rebases: Vec::new(), suggested_rebase: None, variation: None, assurance: None };
            let mut line = AlertLine { chart: Some(chart), ..alert("Dementia") };
            withhold(&mut line, Disclosure::Mask, 5);
            line
        };
        let whole = charted(&[210.0, 199.0]);
        assert!(whole.chart.is_some() && whole.message == alert("Dementia").message);
        let without = charted(&[210.0, 4.0]);
        assert!(without.chart.is_none() && without.message.contains("fewer than 5"), "{without:#?}");
    }
}
