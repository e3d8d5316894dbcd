//! From Rhai's syntax tree to the typed one.

use std::collections::BTreeSet;

use rhai::{AST, Expr, FnCallExpr, Stmt};

use super::{
    Program,
    tree::{Condition, Function, Number, Operator, Order, Text, TextTest},
};
use crate::expr::{Setting, functions::whole, questions::Argument};

/// What names mean where a condition stands.
pub(in crate::expr) trait Vocabulary {
    /// What a slot holds: a column, a figure.
    type Slot: PartialEq;

    /// A variable.
    fn variable(&self, name: &str) -> Option<Named<Self::Slot>>;

    /// `of.name`
    fn member(&self, _of: &str, _name: &str) -> Option<Named<Self::Slot>> {
        None
    }

    /// A function that only this place has, of constant arguments.
    fn function(&self, _name: &str, _arguments: &[Argument<'_>]) -> Option<Named<Self::Slot>> {
        None
    }
}

/// What a name stands for.
pub(in crate::expr) enum Named<S> {
    Number(S),
    /// True or false: 1 or 0 in a slot of numbers.
    Truth(S),
    Text(S),
    Constant(Setting),
}

/// A condition as a program; none where it is more than the typed tree can say.
pub(in crate::expr) fn lower<V: Vocabulary>(ast: &AST, vocabulary: &V) -> Option<Program<V::Slot>> {
    let mut lowering = Lowering { vocabulary, numbers: vec![], texts: vec![], tests: vec![], lengths: vec![] };
    let Typed::Condition(condition) = lowering.statements(ast.statements())? else { return None };
    let Lowering { numbers, texts, tests, lengths, .. } = lowering;
    Some(Program { condition, numbers, texts, tests, lengths })
}

enum Typed {
    Number(Number),
    Condition(Condition),
    Text(Text),
}

struct Lowering<'v, V: Vocabulary> {
    vocabulary: &'v V,
    numbers: Vec<V::Slot>,
    texts: Vec<V::Slot>,
    tests: Vec<TextTest>,
    lengths: Vec<Text>,
}

/// A list of more entries, or of longer texts, may meet a limit of the interpreter.
const LONGEST_LIST: usize = 500;

impl<V: Vocabulary> Lowering<'_, V> {
    fn expression(&mut self, expression: &Expr) -> Option<Typed> {
        match expression {
            Expr::BoolConstant(value, _) => Some(Typed::Condition(Condition::Constant(*value))),
            Expr::FloatConstant(number, _) => Some(Typed::Number(Number::Constant(**number))),
            Expr::StringConstant(text, _) => text_constant(text).map(Typed::Text),
            Expr::Variable(variable, ..) => self.named(self.vocabulary.variable(&variable.1)?),
            Expr::FnCall(call, _) => self.call(call),
            Expr::Dot(pair, ..) | Expr::Index(pair, ..) => self.chain(&pair.lhs, &pair.rhs),
            Expr::And(parts, _) => self.conditions(parts).map(Condition::All).map(Typed::Condition),
            Expr::Or(parts, _) => self.conditions(parts).map(Condition::Any).map(Typed::Condition),
            Expr::Stmt(block) => self.statements(block.statements()),
            _ => None,
        }
    }

    /// A block of one expression, or of one `if` with an `else`.
    fn statements(&mut self, statements: &[Stmt]) -> Option<Typed> {
        match statements {
            [Stmt::Expr(expression)] => self.expression(expression),
            [Stmt::If(flow, _)] => {
                let Typed::Condition(condition) = self.expression(&flow.expr)? else { return None };
                let (then, otherwise) =
                    (self.statements(flow.body.statements())?, self.statements(flow.branch.statements())?);
                match (then, otherwise) {
                    (Typed::Number(a), Typed::Number(b)) => {
                        Some(Typed::Number(Number::If(Box::new((condition, a, b)))))
                    }
                    (Typed::Condition(a), Typed::Condition(b)) => {
                        Some(Typed::Condition(Condition::If(Box::new((condition, a, b)))))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn conditions(&mut self, parts: &[Expr]) -> Option<Vec<Condition>> {
        let condition = |part| match self.expression(part)? {
            Typed::Condition(condition) => Some(condition),
            _ => None,
        };
        parts.iter().map(condition).collect()
    }

    fn named(&mut self, named: Named<V::Slot>) -> Option<Typed> {
        match named {
            Named::Number(slot) => Some(Typed::Number(Number::Slot(place(&mut self.numbers, slot)))),
            Named::Truth(slot) => {
                let number = Number::Slot(place(&mut self.numbers, slot));
                let pair = Box::new((number, Number::Constant(0.0)));
                Some(Typed::Condition(Condition::Compare(Order::NotEqual, pair)))
            }
            Named::Text(slot) => Some(Typed::Text(Text::Slot(place(&mut self.texts, slot)))),
            Named::Constant(Setting::Number(number)) => Some(Typed::Number(Number::Constant(number))),
            Named::Constant(Setting::Bool(value)) => Some(Typed::Condition(Condition::Constant(value))),
            Named::Constant(Setting::Text(text)) => text_constant(&text).map(Typed::Text),
        }
    }

    /// `labels.contract.lower().starts_with("D")`: what is done to the first part, from left to right.
    fn chain(&mut self, first: &Expr, rest: &Expr) -> Option<Typed> {
        let (next, rest) = link(rest);
        let member = match (first, next) {
            (Expr::Variable(of, ..), Expr::Property(property, _)) => self.vocabulary.member(&of.1, &property.2),
            (Expr::Variable(of, ..), Expr::StringConstant(name, _)) => self.vocabulary.member(&of.1, name),
            _ => None,
        };
        let mut so_far = match (member, next) {
            (Some(member), _) => self.named(member)?,
            (None, Expr::MethodCall(call, _)) => {
                if call.name == "contains" && matches!(first, Expr::Array(..)) {
                    let item = self.arguments(&call.args)?.pop()?;
                    self.among(first, item)?
                } else {
                    let first = self.expression(first)?;
                    self.method(first, call)?
                }
            }
            _ => return None,
        };
        let mut rest = rest;
        while let Some(more) = rest {
            let (next, after) = link(more);
            let Expr::MethodCall(call, _) = next else { return None };
            so_far = self.method(so_far, call)?;
            rest = after;
        }
        Some(so_far)
    }

    fn method(&mut self, first: Typed, call: &FnCallExpr) -> Option<Typed> {
        let mut arguments = vec![first];
        arguments.extend(self.arguments(&call.args)?);
        self.apply(&call.name, arguments)
    }

    fn arguments(&mut self, arguments: &[Expr]) -> Option<Vec<Typed>> {
        arguments.iter().map(|argument| self.expression(argument)).collect()
    }

    fn call(&mut self, call: &FnCallExpr) -> Option<Typed> {
        if call.capture_parent_scope {
            return None;
        }
        if let ("contains", [list @ Expr::Array(..), item]) = (call.name.as_str(), &*call.args) {
            let item = self.expression(item)?;
            return self.among(list, item);
        }
        let arguments = self.arguments(&call.args)?;
        self.apply(&call.name, arguments)
    }

    /// `x in [a, b]`, of constants of the kind of `x`.
    fn among(&mut self, list: &Expr, item: Typed) -> Option<Typed> {
        let Expr::Array(entries, _) = list else { return None };
        let entries = self.arguments(entries).filter(|entries| entries.len() <= LONGEST_LIST)?;
        let condition = match item {
            Typed::Number(number) => {
                let constant = |entry| match entry {
                    Typed::Number(Number::Constant(constant)) if constant.is_finite() => Some(constant),
                    _ => None,
                };
                Condition::Among(number, entries.into_iter().map(constant).collect::<Option<_>>()?)
            }
            Typed::Text(text) => {
                let constant = |entry| match entry {
                    Typed::Text(Text::Constant(constant)) => Some(constant),
                    _ => None,
                };
                let entries = entries.into_iter().map(constant).collect::<Option<BTreeSet<String>>>()?;
                if entries.iter().map(String::len).sum::<usize>() > super::LONGEST_TEXT {
                    return None;
                }
                self.test(TextTest::Among(text, entries))
            }
            Typed::Condition(_) => return None,
        };
        Some(Typed::Condition(condition))
    }

    fn apply(&mut self, name: &str, mut arguments: Vec<Typed>) -> Option<Typed> {
        if let Some(named) = constants(&arguments).and_then(|constants| self.vocabulary.function(name, &constants)) {
            return self.named(named);
        }
        match (arguments.pop(), arguments.pop(), arguments.pop()) {
            (Some(only), None, None) => self.of_one(name, only),
            (Some(second), Some(first), None) => self.of_two(name, first, second),
            _ => None,
        }
    }

    fn of_one(&mut self, name: &str, argument: Typed) -> Option<Typed> {
        match argument {
            // The interpreter stops there too, and has the words.
            Typed::Text(Text::Constant(_)) if name == "cannot_tell" => {
                let nothing = || Number::Constant(f64::NAN);
                Some(Typed::Condition(Condition::Compare(Order::Equal, Box::new((nothing(), nothing())))))
            }
            Typed::Number(number) => match function(name) {
                Some(function) => Some(Typed::Number(applied(function, number))),
                None if name == "+" => Some(Typed::Number(number)),
                None => None,
            },
            Typed::Condition(condition) if name == "!" => Some(Typed::Condition(not(condition))),
            Typed::Condition(_) => None,
            Typed::Text(text) => match name {
                "len" => Some(Typed::Number(Number::Length(place(&mut self.lengths, text)))),
                "lower" => Some(Typed::Text(Text::Lower(Box::new(text)))),
                "upper" => Some(Typed::Text(Text::Upper(Box::new(text)))),
                _ => None,
            },
        }
    }

    fn of_two(&mut self, name: &str, first: Typed, second: Typed) -> Option<Typed> {
        match (first, second) {
            (Typed::Number(a), Typed::Number(b)) => of_numbers(name, a, b),
            (Typed::Text(a), Typed::Text(b)) => {
                let test = match (order(name), name) {
                    (Some(order), _) => TextTest::Compare(order, a, b),
                    (None, "contains") => TextTest::Contains(a, b),
                    (None, "starts_with") => TextTest::StartsWith(a, b),
                    (None, "ends_with") => TextTest::EndsWith(a, b),
                    _ => return None,
                };
                Some(Typed::Condition(self.test(test)))
            }
            (Typed::Condition(a), Typed::Condition(b)) => {
                let same = Condition::Same(Box::new((a, b)));
                match name {
                    "==" => Some(Typed::Condition(same)),
                    "!=" => Some(Typed::Condition(not(same))),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn test(&mut self, test: TextTest) -> Condition {
        Condition::Test(place(&mut self.tests, test))
    }
}

fn constants(arguments: &[Typed]) -> Option<Vec<Argument<'_>>> {
    let constant = |argument| match argument {
        &Typed::Number(Number::Constant(number)) => Some(Argument::Number(number)),
        Typed::Text(Text::Constant(text)) => Some(Argument::Text(text)),
        _ => None,
    };
    arguments.iter().map(constant).collect()
}

/// The next link of a chain, and what follows it.
fn link(chain: &Expr) -> (&Expr, Option<&Expr>) {
    match chain {
        Expr::Dot(pair, ..) | Expr::Index(pair, ..) => (&pair.lhs, Some(&pair.rhs)),
        last => (last, None),
    }
}

fn place<T: PartialEq>(all: &mut Vec<T>, one: T) -> usize {
    all.iter().position(|other| *other == one).unwrap_or_else(|| {
        all.push(one);
        all.len() - 1
    })
}

fn text_constant(text: &str) -> Option<Text> {
    (text.len() <= super::LONGEST_TEXT).then(|| Text::Constant(text.to_owned()))
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

fn of_numbers(name: &str, a: Number, b: Number) -> Option<Typed> {
    if let Some(order) = order(name) {
        return Some(Typed::Condition(Condition::Compare(order, Box::new((a, b)))));
    }
    if let ("round", Number::Constant(decimals)) = (name, &b) {
        let scale = 10_f64.powi(whole(*decimals, 0..=10).ok()?);
        return Some(Typed::Number(applied(Function::RoundTo(scale), a)));
    }
    let operator = operator(name)?;
    Some(Typed::Number(match (a, b) {
        (Number::Constant(a), Number::Constant(b)) => Number::Constant(operator.apply(a, b)),
        (a, b) => Number::Combine(operator, Box::new((a, b))),
    }))
}

fn applied(function: Function, number: Number) -> Number {
    match number {
        Number::Constant(constant) => Number::Constant(function.apply(constant)),
        number => Number::Apply(function, Box::new(number)),
    }
}

fn function(name: &str) -> Option<Function> {
    Some(match name {
        "-" => Function::Negate,
        "abs" => Function::Abs,
        "floor" => Function::Floor,
        "ceil" => Function::Ceil,
        "round" => Function::Round,
        "sqrt" => Function::Sqrt,
        _ => return None,
    })
}

fn operator(name: &str) -> Option<Operator> {
    Some(match name {
        "+" => Operator::Add,
        "-" => Operator::Subtract,
        "*" => Operator::Multiply,
        "/" => Operator::Divide,
        "%" => Operator::Remainder,
        "**" => Operator::Power,
        "min" => Operator::Min,
        "max" => Operator::Max,
        _ => return None,
    })
}

fn order(name: &str) -> Option<Order> {
    Some(match name {
        "<" => Order::Less,
        "<=" => Order::LessOrEqual,
        ">" => Order::Greater,
        ">=" => Order::GreaterOrEqual,
        "==" => Order::Equal,
        "!=" => Order::NotEqual,
        _ => return None,
    })
}
