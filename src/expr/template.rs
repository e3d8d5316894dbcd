//! Messages with expressions in them.

use std::sync::Arc;

use rhai::Dynamic;

use super::{
    code::Code,
    failure::Stopped,
    kind::{self, Kind},
    origin::Origin,
    possible, questions,
    scripts::Scripts,
    series::Names,
    view::View,
};
use crate::{
    model::{Figure, Unit, Value, value::format_number},
    yaml::{Located, Problem, Problems, SourceFile},
};

/// A message about one period of a series: `{labels.contract}: {value} delivered, {value / plan:percent} of plan`.
///
/// `{expression}` is replaced by its value: numbers as people write them, rounded to two decimals. What is a figure of
/// the series stands in the series' unit, `{value}` as 56.7%, 1:05:37 or £23,269, and a difference of shares in points:
/// `{value - plan}` as −4.2 pp. `{expression:percent}` writes a share as a percentage with one decimal (0.594 as 59.4%);
/// `:0`, `:1` and `:2` write the number that the expression has, with that many decimals. `{value:practice|practices}` is
/// 1 practice or 16 practices. `{{` and `}}` are braces.
#[derive(Debug, Clone)]
pub struct Template {
    parts: Vec<Part>,
    suppressed_below: Option<u32>,
}

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Value(Box<Code>, Format, Kind),
}

#[derive(Debug, Clone)]
enum Format {
    Plain,
    Percent,
    Decimals(usize),
    /// With what is counted: of one, and of any other number.
    Counted(String, String),
}

const FORMATS: [&str; 5] = ["percent", "0", "1", "2", "one|many"];

impl Template {
    /// Compiles a message.
    ///
    /// # Errors
    /// Braces that are not closed, unknown formats, and all that [`super::SeriesExpression::compile`] refuses.
    pub fn compile(text: &Located<String>, names: &Names, scripts: &Scripts) -> Result<Self, Problems> {
        let (mut parts, mut problems, mut at) = (Vec::new(), Problems::default(), 0);
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            at += match rest.strip_prefix('{') {
                None => literal(&mut parts, rest),
                Some(escaped) if escaped.starts_with('{') => push(&mut parts, "{", 2),
                Some(inside) => {
                    let Some(written) = expression(inside) else {
                        let place = Origin::within(text, at).at(rhai::Position::NONE, "{");
                        let problem = Problem::new(place, "this brace is not closed");
                        problems.push(problem.hint("close it with `}`, or write `{{` for a brace"));
                        break;
                    };
                    parts.extend(problems.take(value(text, at + 1, written, names, scripts)));
                    written.len() + 2
                }
            };
        }
        problems.into_result()?;
        Ok(Self { parts, suppressed_below: names.suppressed_below })
    }

    /// The message for a series at a period. What cannot be told stands in it as "n/a" with the reason, and what a
    /// suppressed count leaves open as "1 to 4": an alert is never lost for its message.
    #[must_use]
    pub fn render(&self, view: View<'_>) -> String {
        let parts = self.parts.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Value(code, format, kind) => {
                let unit = view.series.unit();
                let write = |value: &Dynamic| format.write(value, *kind, unit);
                let plan = view.series.at(view.period).map(|figure| figure.plan);
                if let Some(Value::Bound(bound)) = plan.filter(|_| kind::is_plan(&code.ast)) {
                    return bound.write(|end| write(&Dynamic::from_float(end)));
                }
                match code.run(view) {
                    Ok(value) => write(&value),
                    Err(Stopped::CannotTell(reason) | Stopped::Failed(reason)) => {
                        self.span(code, view, write).unwrap_or_else(|| format!("n/a ({reason})"))
                    }
                }
            }
        });
        parts.collect()
    }

    /// What a value may be that a suppressed or partly known figure keeps unknown: "1 to 4".
    fn span(&self, code: &Code, view: View<'_>, write: impl Fn(&Dynamic) -> String) -> Option<String> {
        let at = questions::open()?;
        let possible = possible::values(view.series, at, self.suppressed_below)?;
        let (mut series, withheld) = (view.series.clone(), view.series.at(at)?);
        let mut end = |count: &f64| {
            series.insert(at, Figure { value: Value::Number(*count), ..withheld });
            code.run(View { series: &series, ..view }).ok().map(|value| write(&value))
        };
        let (low, high) = (end(possible.first()?)?, end(possible.last()?)?);
        Some(if low == high { low } else { format!("{low} to {high}") })
    }

    /// The other datasets that it asks for figures of.
    pub fn datasets(&self) -> impl Iterator<Item = &str> {
        self.codes().flat_map(Code::datasets)
    }

    /// The other measures that it asks for: `cost`, `les-prices/price`.
    pub fn measures(&self) -> impl Iterator<Item = &str> {
        self.codes().flat_map(Code::measures)
    }

    /// Whether it asks about more than the series itself.
    #[must_use]
    pub fn asks_around(&self) -> bool {
        self.codes().any(Code::asks_around)
    }

    /// Whether it asks about the control chart of the series.
    #[must_use]
    pub fn asks_chart(&self) -> bool {
        self.codes().any(Code::asks_chart)
    }

    /// The `.rhai` files whose functions it can come to call.
    #[must_use]
    pub fn scripts(&self) -> Vec<&Arc<SourceFile>> {
        self.codes().flat_map(Code::files).collect()
    }

    fn codes(&self) -> impl Iterator<Item = &Code> {
        self.parts.iter().filter_map(|part| match part {
            Part::Value(code, ..) => Some(&**code),
            Part::Text(_) => None,
        })
    }
}

/// Takes text up to the next opening brace, and says how many bytes that were.
fn literal(parts: &mut Vec<Part>, rest: &str) -> usize {
    let end = rest.find('{').unwrap_or(rest.len());
    let text = rest.get(..end).unwrap_or(rest);
    push(parts, &text.replace("}}", "}"), end)
}

fn push(parts: &mut Vec<Part>, text: &str, taken: usize) -> usize {
    match parts.last_mut() {
        Some(Part::Text(before)) => before.push_str(text),
        _ => parts.push(Part::Text(text.to_owned())),
    }
    taken
}

/// What stands before the closing brace, brackets and quoted text within it left whole.
fn expression(inside: &str) -> Option<&str> {
    outermost(inside).find(|(_, c)| *c == '}').and_then(|(at, _)| inside.get(..at))
}

/// The characters that stand in no brackets and no quotes.
fn outermost(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    text.char_indices().filter(move |(_, c)| {
        if let Some(open) = quote {
            if *c == open && !escaped {
                quote = None;
            }
            escaped = *c == '\\' && !escaped;
            return false;
        }
        let outside = depth == 0;
        match c {
            '"' | '`' => quote = Some(*c),
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        outside
    })
}

fn value(text: &Located<String>, at: usize, written: &str, names: &Names, scripts: &Scripts) -> Result<Part, Problems> {
    let colon = outermost(written).filter(|(_, c)| *c == ':').last().map(|(colon, _)| colon);
    let (expression, format) = match colon.and_then(|colon| written.split_at_checked(colon)) {
        Some((expression, format)) => {
            let name = format.trim_start_matches(':').trim();
            let place = || Origin::within(text, at + written.len() - name.len()).at(rhai::Position::NONE, name);
            let unknown = || Problem::unknown(place(), "format", name, FORMATS);
            (expression, Format::parse(name).ok_or_else(unknown)?)
        }
        None => (written, Format::Plain),
    };
    let code = Code::compile(expression, Origin::within(text, at), names, scripts)?;
    let kind = kind::of(&code.ast);
    Ok(Part::Value(Box::new(code), format, kind))
}

impl Format {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "percent" => Some(Self::Percent),
            "0" => Some(Self::Decimals(0)),
            "1" => Some(Self::Decimals(1)),
            "2" => Some(Self::Decimals(2)),
            _ => {
                let (one, many) = name.split_once('|').map(|(one, many)| (one.trim(), many.trim()))?;
                (!one.is_empty() && !many.is_empty()).then(|| Self::Counted(one.to_owned(), many.to_owned()))
            }
        }
    }

    fn write(&self, value: &Dynamic, kind: Kind, unit: Unit) -> String {
        let Ok(number) = value.as_float() else { return value.to_string() };
        match self {
            Self::Plain if kind == Kind::Figure && unit != Unit::Number => unit.write(number),
            Self::Plain if kind == Kind::Difference && unit != Unit::Number => unit.write_difference(number),
            Self::Plain => format_number(format!("{number:.2}").parse().unwrap_or(number)),
            Self::Percent => fixed(number * 100.0, 1) + "%",
            Self::Decimals(decimals) => fixed(number, *decimals),
            Self::Counted(one, many) => {
                let count = Self::Plain.write(value, kind, unit);
                let counted = if count == "1" { one } else { many };
                format!("{count} {counted}")
            }
        }
    }
}

/// A number with this many decimals and with commas between thousands; never "-0".
fn fixed(number: f64, decimals: usize) -> String {
    let rounded = format!("{:.decimals$}", number.abs());
    let (whole, part) = rounded.split_once('.').unwrap_or((&rounded, ""));
    let is_zero = rounded.chars().all(|c| matches!(c, '0' | '.'));
    let sign = if number < 0.0 && !is_zero { "-" } else { "" };
    let point = if part.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{part}", whole.parse().map_or_else(|_| whole.to_owned(), format_number))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::expr::fixture::{located, names, period, render, scripts, series};

    const FIGURES: [Option<f64>; 3] = [Some(1078.0), None, Some(694.0)];

    #[test]
    fn values_are_written_for_people() {
        for (text, message) in [
            ("{labels.contract}: {value} delivered", "Dementia: 694 delivered"),
            ("{ago(2)} in {period}, {value / plan:percent}", "1,078 in 2025-06, 694.0%"),
            ("{value / 7}; {value / 7:0}; {value / 7:1}; {value / 7:2}", "99.14; 99; 99.1; 99.14"),
            ("{ago(2) * 1000:1} {0.0 - 0.001:2} {0.594:percent} {-0.3014:percent}", "1,078,000.0 0.00 59.4% -30.1%"),
            ("{{value}} {strict} {base:percent}", "{value} true previous"),
            ("{if value > 600 { \"over :}\" } else { \"under\" }}!", "over :}!"),
            ("{`${value} of ${plan}`}", "694 of 100"),
            (
                "{value:visit|visits}, {value / 694 : visit | visits }, {0:visit|visits}",
                "694 visits, 1 visit, 0 visits",
            ),
            ("plain", "plain"),
            ("", ""),
        ] {
            assert_eq!(render(text, &FIGURES, "2025-06"), message);
        }
    }

    #[test]
    fn what_cannot_be_told_does_not_lose_the_message() {
        assert_eq!(
            render("{value} against {previous()}, {value / 0:percent}", &FIGURES, "2025-06"),
            "694 against n/a (no figure for May 2025: suppressed), n/a (division by zero)"
        );
    }

    #[test]
    fn mistakes_are_found_at_load_all_of_them() {
        let problems = Template::compile(&located("{valu} of {plan:percnt} {value"), &names(), &scripts(""));
        let problems: Vec<_> = problems.expect_err("wrong").into_iter().map(|problem| problem.to_string()).collect();
        assert_eq!(
            problems,
            [
                "rule.yaml:1:2: there is no variable `valu` (did you mean `value`?)",
                "rule.yaml:1:17: there is no format `percnt` (did you mean `percent`?)",
                "rule.yaml:1:25: this brace is not closed (close it with `}`, or write `{{` for a brace)",
            ]
        );
        for wrong in ["{}", "{value:|s}", "{value:visit|}"] {
            assert!(Template::compile(&located(wrong), &names(), &scripts("")).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[\\PC{}:`\"(\\[\\\\]{0,40}") {
            if let Ok(template) = Template::compile(&located(&text), &names(), &scripts("")) {
                let _ = template.render(View::alone(&series(&FIGURES), period("2025-06")));
            }
        }
    }
}
