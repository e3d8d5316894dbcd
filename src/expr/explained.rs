//! A condition with the figures of a period filled in: `694 < 0.6 * 1332 = 799.2`.
//!
//! Every variable and every call is replaced by its value, arithmetic is worked out beside what it is compared with, and
//! what stands for what is listed. A call that answers true or false stays, with its arguments filled in. What a condition
//! did not come to ask (the right of `false && …`) is left as it is written.

use rhai::{Dynamic, Expr, FnCallExpr, Stmt};
use serde::Serialize;

use super::{
    SeriesExpression, Truth, View,
    code::Code,
    failure::{self, Stopped},
};

/// A condition at a period, in figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The condition with everything filled in: `694 < 0.6 * 1332 = 799.2`; `?` where there is no figure.
    pub filled: String,
    /// What stands for each name and call, in the order in which they are mentioned, each once.
    pub values: Vec<Named>,
    /// What the condition answers.
    pub answer: Truth,
}

/// What stands for a name: `plan` is `1332`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// As it is written in the condition: `previous()`.
    pub written: String,
    /// Its value (`813`, `"previous"`), or why there is none.
    pub value: String,
}

impl SeriesExpression {
    /// The condition with the figures of a series at a period filled in.
    #[must_use]
    pub fn explain(&self, view: View<'_>) -> Explained {
        let mut filling = Filling { code: &self.code, view, values: Vec::new() };
        let filled = match self.code.ast.statements() {
            [Stmt::Expr(expression)] => filling.truth(expression),
            _ => "…".to_owned(),
        };
        Explained { filled, values: filling.values, answer: self.evaluate(view) }
    }
}

struct Filling<'a> {
    code: &'a Code,
    view: View<'a>,
    values: Vec<Named>,
}

impl Filling<'_> {
    fn run(&self, part: &Expr) -> Result<Dynamic, Stopped> {
        self.code.run_part(part, self.view)
    }

    /// What answers true or false, with the answers of its parts where it has several.
    fn truth(&mut self, expression: &Expr) -> String {
        match expression {
            Expr::And(parts, _) => self.joined(parts, " && ", false),
            Expr::Or(parts, _) => self.joined(parts, " || ", true),
            Expr::FnCall(call, _) if is_comparison(call) => {
                let sides: Vec<String> = call.args.iter().map(|side| self.side(side)).collect();
                sides.join(&format!(" {} ", call.name))
            }
            Expr::FnCall(call, _) if call.name == "!" => match call.args.as_slice() {
                [inner] => format!("!({})", self.truth(inner)),
                _ => written(expression),
            },
            _ => self.fill(expression, LOOSEST),
        }
    }

    /// Parts up to the one that decides; `deciding` is the answer that ends it.
    fn joined(&mut self, parts: &[Expr], between: &str, deciding: bool) -> String {
        let mut decided = false;
        let shown = parts.iter().map(|part| {
            if decided {
                return format!("{} (not asked)", in_brackets(written(part), is_joined(part)));
            }
            let answer = self.run(part).and_then(|value| value.as_bool().map_err(|_| Stopped::Failed(String::new())));
            decided = answer.as_ref().map_or(true, |answer| *answer == deciding);
            let said = match answer {
                Ok(answer) => answer.to_string(),
                Err(Stopped::CannotTell(_)) => "cannot tell".to_owned(),
                Err(Stopped::Failed(_)) => "failed".to_owned(),
            };
            format!("{} ({said})", in_brackets(self.truth(part), is_joined(part)))
        });
        shown.collect::<Vec<_>>().join(between)
    }

    /// One side of a comparison, worked out where it is more than a value.
    fn side(&mut self, side: &Expr) -> String {
        let filled = self.fill(side, LOOSEST);
        match (side, self.run(side)) {
            (Expr::FnCall(call, _), Ok(value)) if self.is_worked_out(call) => format!("{filled} = {}", shown(&value)),
            _ => filled,
        }
    }

    /// An expression with values in the place of names; in brackets if it binds more loosely than what it stands in.
    fn fill(&mut self, expression: &Expr, within: u8) -> String {
        match expression {
            Expr::FnCall(call, _) if is_operator(call) => {
                let own = binding(call);
                let filled = match call.args.as_slice() {
                    [only] => format!("{}{}", call.name, self.fill(only, TIGHTEST)),
                    [left, right] => {
                        format!("{} {} {}", self.fill(left, own), call.name, self.fill(right, own + 1))
                    }
                    _ => written(expression),
                };
                in_brackets(filled, own < within)
            }
            Expr::FnCall(call, _) => self.call(expression, call),
            Expr::And(..) | Expr::Or(..) => in_brackets(self.truth(expression), true),
            Expr::Variable(..) | Expr::Dot(..) | Expr::Index(..) => self.value(expression),
            Expr::Stmt(_) => self.run(expression).map_or_else(|_| "?".to_owned(), |value| shown(&value)),
            constant => written(constant),
        }
    }

    /// A call that answers true or false, or that is made of figures, keeps its name and has its arguments filled in;
    /// another one is its value.
    fn call(&mut self, expression: &Expr, call: &FnCallExpr) -> String {
        let arguments: Vec<String> = call.args.iter().map(|argument| self.fill(argument, LOOSEST)).collect();
        if self.run(expression).is_ok_and(|value| value.is_bool()) {
            return called(&call.name, &arguments);
        }
        let value = self.value(expression);
        if self.is_worked_out(call) { called(&call.name, &arguments) } else { value }
    }

    /// Whether a call is made of figures, so that its value does not say what it is made of.
    fn is_worked_out(&self, call: &FnCallExpr) -> bool {
        if is_operator(call) {
            return call.args.len() > 1;
        }
        let is_figure = |argument: &Expr| !argument.is_constant() && self.run(argument).is_ok_and(|it| it.is_float());
        call.args.iter().any(is_figure)
    }

    /// The value of a name or call, noted.
    fn value(&mut self, expression: &Expr) -> String {
        let (filled, said) = match self.run(expression) {
            Ok(value) => (shown(&value), shown(&value)),
            Err(Stopped::CannotTell(reason) | Stopped::Failed(reason)) => ("?".to_owned(), reason),
        };
        let name = written(expression);
        if self.values.iter().all(|named| named.written != name) {
            self.values.push(Named { written: name, value: said });
        }
        filled
    }
}

const LOOSEST: u8 = 0;
const TIGHTEST: u8 = 200;

fn is_operator(call: &FnCallExpr) -> bool {
    call.op_token.is_some() && call.name != rhai::OP_CONTAINS
}

fn is_comparison(call: &FnCallExpr) -> bool {
    call.args.len() == 2 && matches!(call.name.as_str(), "<" | "<=" | ">" | ">=" | "==" | "!=")
}

fn is_joined(part: &Expr) -> bool {
    matches!(part, Expr::And(..) | Expr::Or(..))
}

/// How tightly an operator holds its sides.
fn binding(call: &FnCallExpr) -> u8 {
    match call.name.as_str() {
        _ if call.args.len() == 1 => TIGHTEST - 1,
        "==" | "!=" => 90,
        "<" | "<=" | ">" | ">=" => 130,
        "+" | "-" => 150,
        "*" | "/" | "%" => 180,
        "**" => 190,
        _ => 100,
    }
}

fn in_brackets(text: String, are_needed: bool) -> String {
    if are_needed { format!("({text})") } else { text }
}

fn called(name: &str, arguments: &[String]) -> String {
    match (name, arguments) {
        (rhai::OP_CONTAINS, [list, item]) if list.starts_with('[') => format!("{item} in {list}"),
        _ => format!("{name}({})", arguments.join(", ")),
    }
}

/// An expression as it is written, near enough: blocks are left out.
fn written(expression: &Expr) -> String {
    let all = |parts: &[Expr]| parts.iter().map(written).collect::<Vec<_>>();
    match expression {
        Expr::BoolConstant(value, _) => value.to_string(),
        Expr::FloatConstant(number, _) => of_number(**number),
        Expr::IntegerConstant(number, _) => number.to_string(),
        Expr::StringConstant(text, _) => format!("{:?}", text.as_str()),
        Expr::Array(items, _) => format!("[{}]", all(items).join(", ")),
        Expr::Variable(variable, ..) => variable.1.to_string(),
        Expr::Property(property, _) => property.2.to_string(),
        Expr::Dot(pair, ..) => format!("{}.{}", written(&pair.lhs), written(&pair.rhs)),
        Expr::Index(pair, ..) => format!("{}[{}]", written(&pair.lhs), written(&pair.rhs)),
        Expr::And(parts, _) => all(parts).join(" && "),
        Expr::Or(parts, _) => all(parts).join(" || "),
        Expr::FnCall(call, _) if is_operator(call) => match call.args.as_slice() {
            [only] => format!("{}{}", call.name, side_written(only, TIGHTEST)),
            [left, right] => {
                let own = binding(call);
                format!("{} {} {}", side_written(left, own), call.name, side_written(right, own + 1))
            }
            _ => "…".to_owned(),
        },
        Expr::FnCall(call, _) | Expr::MethodCall(call, _) => called(&call.name, &all(&call.args)),
        _ => "…".to_owned(),
    }
}

fn side_written(side: &Expr, within: u8) -> String {
    let looser = match side {
        Expr::FnCall(call, _) if is_operator(call) => binding(call) < within,
        other => is_joined(other),
    };
    in_brackets(written(side), looser)
}

fn shown(value: &Dynamic) -> String {
    if let Ok(number) = value.as_float() {
        return of_number(number);
    }
    match value.clone().into_immutable_string() {
        Ok(text) => format!("{:?}", text.as_str()),
        Err(_) if value.is_bool() => value.to_string(),
        Err(_) => failure::kind(value).to_owned(),
    }
}

/// A number as an expression has it: no commas, six significant digits.
fn of_number(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    let size = number.abs().log10().floor();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let decimals = (5.0 - size).clamp(0.0, 12.0) as usize;
    let text = format!("{number:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::fixture::{located, names, period, scripts, series};

    fn explained(script: &str, text: &str, at: &str) -> Explained {
        let figures = [Some(10.0), Some(20.0), Some(60.0), Some(61.0), None, Some(59.0), Some(60.0)];
        let compiled = SeriesExpression::compile(&located(text), &names(), &scripts(script));
        compiled.unwrap_or_else(|problems| panic!("{problems}")).explain(View::alone(&series(&figures), period(at)))
    }

    #[test]
    fn values_stand_for_names_and_calls() {
        for (text, at, filled) in [
            ("value < share * plan", "2025-09", "59 < 0.6 * 100 = 60"),
            ("value / plan < share", "2025-09", "59 / 100 = 0.59 < 0.6"),
            ("(value - previous()) / previous() > 0.01", "2025-07", "(61 - 60) / 60 = 0.0166667 > 0.01"),
            ("value > 2 * (plan - previous())", "2025-07", "61 > 2 * (100 - 60) = 80"),
            ("value - (plan - 1) < -value", "2025-09", "59 - (100 - 1) = -40 < -59"),
            ("value > mean(3)", "2025-07", "61 > 30"),
            ("round(value - 0.5 * previous(), 6) > 0", "2025-07", "round(61 - 0.5 * 60, 6) = 31 > 0"),
            ("2 * max(previous(), ago(2)) < value", "2025-07", "2 * max(60, 20) = 120 < 61"),
            ("!(value > 5)", "2025-09", "!(59 > 5)"),
            ("value > 60 && value < plan", "2025-09", "59 > 60 (false) && value < plan (not asked)"),
            (
                "value < 60 && (plan > 10 || strict)",
                "2025-09",
                "59 < 60 (true) && (100 > 10 (true) || strict (not asked)) (true)",
            ),
            ("labels.contract == \"Dementia\"", "2025-09", "\"Dementia\" == \"Dementia\""),
            ("labels.contract in [\"Dementia\", \"ECGs\"]", "2025-09", "\"Dementia\" in [\"Dementia\", \"ECGs\"]"),
            ("value < share * plan", "2025-08", "? < 0.6 * 100 = 60"),
            ("value < ago(2)", "2025-10", "60 < ?"),
        ] {
            assert_eq!(explained("", text, at).filled, filled, "{text}");
        }
    }

    #[test]
    fn what_stands_for_what_is_listed() {
        let found = explained(
            "fn fell(now, before, by) { now < by * before }",
            "fell(value, previous(), 1 - share)",
            "2025-05",
        );
        assert_eq!(found.filled, "fell(20, 10, 1 - 0.6)");
        let values: Vec<String> = found.values.iter().map(|one| format!("{} = {}", one.written, one.value)).collect();
        assert_eq!(values, ["value = 20", "previous() = 10", "share = 0.6"]);
        assert_eq!(found.answer, Truth::False);
        let missing = explained("", "value < share * previous()", "2025-09");
        let reason = "no figure for August 2025: suppressed";
        let named = Named { written: "previous()".to_owned(), value: reason.to_owned() };
        assert!(missing.values.contains(&named), "{missing:?}");
        assert_eq!((missing.filled.as_str(), missing.answer), ("59 < 0.6 * ?", Truth::CannotTell(reason.to_owned())));
    }
}
