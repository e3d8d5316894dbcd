//! The names that an expression uses, compared with those that there are.

use std::collections::BTreeSet;

use rhai::{AST, ASTFlags, ASTNode, Expr, FnCallExpr, Position, Stmt};

use super::{
    engine::Arities,
    origin::Origin,
    questions::{self, OF_FUNNELS, OF_OTHERS},
};
use crate::{
    spc,
    yaml::{Problem, Problems, nearest},
};

/// What may be named.
pub(super) struct Known<'a> {
    /// What a variable is called in messages: "column".
    pub(super) what: &'static str,
    /// Every variable; none inside a function, whose variables the parser knows.
    pub(super) variables: Option<BTreeSet<&'a str>>,
    /// The labels of `labels`.
    pub(super) labels: Option<&'a [String]>,
    /// Variables and functions that ask for a plan, where there is none.
    pub(super) absent: &'a [&'static str],
    /// The other measures; none where they are not known yet, as inside a function.
    pub(super) measures: Option<&'a BTreeSet<String>>,
    /// Functions built in.
    pub(super) native: &'a Arities,
    /// Functions of the `.rhai` files.
    pub(super) scripts: &'a Arities,
}

/// What is named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Used {
    pub(super) variables: BTreeSet<String>,
    pub(super) functions: BTreeSet<String>,
    /// Measures that are asked for by name.
    pub(super) measures: BTreeSet<String>,
    /// Labels whose values are compared apart.
    pub(super) labels: BTreeSet<String>,
}

const OPERATORS: [&str; 18] =
    ["+", "-", "*", "/", "%", "**", "<", "<=", ">", ">=", "==", "!=", "!", "&", "|", "^", "..", "..="];

/// Looks at every node of a syntax tree.
pub(super) struct Walk<'a> {
    known: &'a Known<'a>,
    origin: &'a Origin,
    pub(super) used: Used,
    pub(super) problems: Problems,
}

impl<'a> Walk<'a> {
    pub(super) fn new(known: &'a Known<'a>, origin: &'a Origin) -> Self {
        Self { known, origin, used: Used::default(), problems: Problems::default() }
    }

    /// Notes what a tree and its functions name, and what is wrong with it.
    pub(super) fn tree(&mut self, ast: &AST) {
        ast.walk(&mut |path: &[ASTNode<'_>]| {
            match path.last() {
                Some(ASTNode::Expr(node)) => self.expression(node),
                Some(ASTNode::Stmt(node)) => self.statement(node),
                _ => {}
            }
            true
        });
    }

    fn expression(&mut self, node: &Expr) {
        match node {
            Expr::Variable(variable, short, position) => {
                self.variable(&variable.1, short.is_some() || variable.0.is_some(), *position);
            }
            Expr::FnCall(call, position) => self.call(call, call.args.len(), *position),
            Expr::MethodCall(call, position) => self.method(call, *position),
            Expr::Dot(pair, flags, position) => {
                if flags.contains(ASTFlags::NEGATED) {
                    self.refuse(*position, "`?.` is not available here");
                }
                self.label(&pair.lhs, &pair.rhs);
            }
            Expr::Index(pair, ..) => self.label(&pair.lhs, &pair.rhs),
            Expr::FloatConstant(number, position) if !number.is_finite() => {
                self.refuse(*position, "this number is too large");
            }
            Expr::CharConstant(_, position) => self.refuse(*position, "text is written in double quotes"),
            Expr::Coalesce(_, position) => {
                self.refuse(
                    *position,
                    "`??` is not available here: a figure that is not there answers \"cannot tell\"",
                );
            }
            Expr::ThisPtr(position) => self.refuse(*position, "`this` is not available here"),
            _ => {}
        }
    }

    fn statement(&mut self, node: &Stmt) {
        match node {
            Stmt::FnCall(call, position) => self.call(call, call.args.len(), *position),
            Stmt::TryCatch(_, position) => {
                self.refuse(*position, "`try` is not available here: what goes wrong must be seen to go wrong");
            }
            // The interpreter looks at the size of the part only, so that the whole could grow without limit.
            Stmt::Assignment(parts) if matches!(parts.1.lhs, Expr::Index(..) | Expr::Dot(..)) => {
                let message = "a part of a list or map cannot be set here: make a new one, or `push` to a list";
                self.refuse(parts.0.position(), message);
            }
            Stmt::For(parts, position) if parts.1.is_some() => {
                self.refuse(*position, "`for` with a counter is not available here: count in a variable of your own");
            }
            _ => {}
        }
    }

    fn variable(&mut self, name: &str, is_local: bool, position: Position) {
        self.used.variables.insert(name.to_owned());
        let place = || self.origin.at(position, name);
        if self.known.absent.contains(&name) {
            return self.refuse_at(position, name, "this measure has no plan");
        }
        match &self.known.variables {
            Some(known) if !known.contains(name) => {
                self.problems.push(Problem::unknown(place(), self.known.what, name, known.iter().copied()));
            }
            None if !is_local => {
                let problem = Problem::new(place(), format!("there is no variable `{name}` in this function"));
                self.problems.push(problem.hint("a function sees its parameters only: pass what it needs"));
            }
            _ => {}
        }
    }

    fn call(&mut self, call: &FnCallExpr, count: usize, position: Position) {
        let name = call.name.as_str();
        // `!in` is an operator that calls the function `contains`.
        if call.op_token.is_some() && name != rhai::OP_CONTAINS {
            if !OPERATORS.contains(&name) {
                self.refuse(position, &format!("there is no operator `{name}` here"));
            }
            return;
        }
        if self.known.absent.contains(&name) {
            return self.refuse_at(position, name, "this measure has no plan");
        }
        if questions::is_of_target(name) && call.args.is_empty() && self.known.absent.contains(&"plan") {
            let message = format!("this measure has no plan: name the target, as in `{name}(95)`");
            return self.refuse_at(position, name, &message);
        }
        self.used.functions.insert(name.to_owned());
        if questions::asks_chart(name) {
            self.tests(call);
        }
        if OF_OTHERS.contains(&name) || OF_FUNNELS.contains(&name) {
            self.measure(call, position);
        }
        if let Some(Expr::StringConstant(label, at)) = questions::label_among(name, &call.args) {
            self.compared_apart(label, *at);
        }
        let (native, scripts) = (self.known.native.get(name), self.known.scripts.get(name));
        let arities: BTreeSet<usize> = native.into_iter().chain(scripts).flatten().copied().collect();
        if arities.is_empty() {
            let names = self.known.native.keys().chain(self.known.scripts.keys()).map(String::as_str);
            let names: Vec<&str> = names.filter(|name| rhai::is_valid_identifier(name)).collect();
            let place = self.origin.at(position, name);
            let mut problem = Problem::new(place, format!("there is no function `{name}`"));
            if let Some(near) = nearest(name, names.iter().copied()) {
                problem = problem.hint(format!("did you mean `{near}`?"));
            }
            self.problems.push(problem);
        } else if !arities.contains(&count) {
            let takes = arities.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
            self.refuse_at(position, name, &format!("`{name}` takes {takes} {}, not {count}", arguments(&takes)));
        }
    }

    /// The tests of a control chart that `spc_concern("trend, shift")` names.
    fn tests(&mut self, call: &FnCallExpr) {
        let Some(Expr::StringConstant(tests, at)) = call.args.first() else { return };
        for name in questions::unknown_tests(tests) {
            let known = spc::Test::ALL.iter().map(|test| test.code());
            self.problems.push(Problem::unknown(self.origin.at(*at, tests), "test of a chart", name, known));
        }
    }

    /// The measure that `other("cost")` names.
    fn measure(&mut self, call: &FnCallExpr, position: Position) {
        match call.args.first() {
            Some(Expr::StringConstant(measure, at)) => {
                if let Some(known) = self.known.measures.filter(|known| !known.contains(measure.as_str())) {
                    let place = self.origin.at(*at, measure);
                    let known = known.iter().map(String::as_str);
                    self.problems.push(Problem::unknown(place, "measure", measure, known));
                }
                self.used.measures.insert(measure.to_string());
            }
            // What a rule rests on must be seen when it is loaded.
            Some(_) => self.refuse(position, "the measure is named here, in quotes: `other(\"cost\")`"),
            None => {}
        }
    }

    /// The label that `rank("sub_icb")` names.
    fn compared_apart(&mut self, label: &str, at: Position) {
        if let Some(known) = self.known.labels.filter(|known| !known.iter().any(|known| known == label)) {
            let place = self.origin.at(at, label);
            self.problems.push(Problem::unknown(place, "label", label, known.iter().map(String::as_str)));
        }
        self.used.labels.insert(label.to_owned());
    }

    /// `labels.contract.starts_with("D")` is `starts_with(labels.contract, "D")`, for functions that are built in.
    fn method(&mut self, call: &FnCallExpr, position: Position) {
        let name = call.name.as_str();
        if self.known.scripts.contains_key(name) {
            self.refuse_at(position, name, &format!("write `{name}(…)`: functions of .rhai files are not methods"));
        } else {
            self.call(call, call.args.len() + 1, position);
        }
    }

    /// The label that `labels.contract` or `labels["contract"]` names.
    fn label(&mut self, of: &Expr, what: &Expr) {
        let (Expr::Variable(variable, ..), Some(known)) = (of, self.known.labels) else { return };
        if variable.1 != "labels" {
            return;
        }
        let first = match what {
            Expr::Dot(pair, ..) | Expr::Index(pair, ..) => &pair.lhs,
            other => other,
        };
        let (name, position) = match first {
            Expr::Property(property, position) => (property.2.as_str(), *position),
            Expr::StringConstant(name, position) => (name.as_str(), *position),
            other => return self.refuse(other.position(), "a label is named as in `labels.contract`"),
        };
        if !known.iter().any(|label| label == name) {
            let place = self.origin.at(position, name);
            self.problems.push(Problem::unknown(place, "label", name, known.iter().map(String::as_str)));
        }
    }

    fn refuse(&mut self, position: Position, message: &str) {
        self.refuse_at(position, "", message);
    }

    fn refuse_at(&mut self, position: Position, name: &str, message: &str) {
        self.problems.push(Problem::new(self.origin.at(position, name), message));
    }
}

fn arguments(takes: &str) -> &'static str {
    if takes == "1" { "argument" } else { "arguments" }
}

/// What an expression names, if all of it is known.
pub(super) fn names_of(ast: &AST, known: &Known<'_>, origin: &Origin) -> Result<Used, Problems> {
    let mut walk = Walk::new(known, origin);
    walk.tree(ast);
    walk.problems.into_result()?;
    Ok(walk.used)
}

/// Refuses what can be seen not to answer true or false.
pub(super) fn condition(ast: &AST, origin: &Origin) -> Result<(), Problem> {
    match ast.statements() {
        [Stmt::Expr(expression)] if is_no_condition(expression) => {
            let place = origin.at(expression.start_position(), "");
            Err(Problem::new(place, "this does not answer true or false").hint("compare it, as in `delivered > 0`"))
        }
        _ => Ok(()),
    }
}

/// An expression whose outermost operation can be seen not to answer true or false.
fn is_no_condition(expression: &Expr) -> bool {
    match expression {
        Expr::FnCall(call, _) => matches!(call.name.as_str(), "+" | "-" | "*" | "/" | "%" | "**" | ".." | "..="),
        Expr::Unit(..) | Expr::Array(..) | Expr::Map(..) | Expr::InterpolatedString(..) => true,
        constant => matches!(constant, Expr::FloatConstant(..) | Expr::StringConstant(..)),
    }
}
