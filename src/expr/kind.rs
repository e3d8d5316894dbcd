//! Whether the value of an expression is a figure of the series, so that it can be written in the unit of the series.

use rhai::{AST, Expr, FnCallExpr, Stmt};

use super::questions;

/// What an expression comes to, as far as its outermost operations show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A figure, or a plan: `value`, `previous()`, `max(value, plan)`.
    Figure,
    /// How far two figures lie apart: `value - plan`.
    Difference,
    /// Anything else. A figure that is multiplied or divided is a number: it may be a share of another by then, or already
    /// be made a percentage by hand.
    Other,
}

/// The kind of a whole expression.
pub(super) fn of(ast: &AST) -> Kind {
    match ast.statements() {
        [Stmt::Expr(expression)] => of_expression(expression),
        [Stmt::FnCall(call, _)] => of_call(call),
        _ => Kind::Other,
    }
}

/// Whether it is the plan and nothing else.
pub(super) fn is_plan(ast: &AST) -> bool {
    matches!(ast.statements(), [Stmt::Expr(expression)] if matches!(&**expression, Expr::Variable(variable, ..) if variable.1 == "plan"))
}

fn of_expression(expression: &Expr) -> Kind {
    match expression {
        Expr::Variable(variable, ..) if matches!(variable.1.as_str(), "value" | "plan") => Kind::Figure,
        Expr::FnCall(call, _) => of_call(call),
        _ => Kind::Other,
    }
}

fn of_call(call: &FnCallExpr) -> Kind {
    let arguments: Vec<Kind> = call.args.iter().map(of_expression).collect();
    match (call.name.as_str(), arguments.as_slice()) {
        ("-", [Kind::Figure, Kind::Figure]) => Kind::Difference,
        ("+" | "-", [Kind::Figure, Kind::Difference]) | ("+", [Kind::Difference, Kind::Figure]) => Kind::Figure,
        ("abs" | "-", [of]) => *of,
        ("min" | "max", [one, other]) if one == other => *one,
        (name, _) if questions::FIGURES.contains(&name) => Kind::Figure,
        _ => Kind::Other,
    }
}
