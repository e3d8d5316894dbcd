//! The typed tree, and what its operations do with one number or two.

use std::collections::BTreeSet;

/// A number; NaN where the interpreter would stop.
#[derive(Debug, Clone)]
pub(super) enum Number {
    Constant(f64),
    Slot(usize),
    /// How many characters a text has.
    Length(usize),
    Apply(Function, Box<Number>),
    Combine(Operator, Box<(Number, Number)>),
    If(Box<(Condition, Number, Number)>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Function {
    Negate,
    Abs,
    Floor,
    Ceil,
    Round,
    /// To tenths, hundredths, …: the power of ten.
    RoundTo(f64),
    Sqrt,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    Min,
    Max,
}

/// True, false, or stopped.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    Constant(bool),
    Compare(Order, Box<(Number, Number)>),
    Among(Number, Vec<f64>),
    /// A question about texts.
    Test(usize),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    /// Whether two conditions have one answer.
    Same(Box<(Condition, Condition)>),
    If(Box<(Condition, Condition, Condition)>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::expr) enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

/// A text.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::expr) enum Text {
    Constant(String),
    Slot(usize),
    Lower(Box<Text>),
    Upper(Box<Text>),
}

/// A question about texts, which always has an answer.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::expr) enum TextTest {
    Compare(Order, Text, Text),
    /// Whether the first text has the second in it, at its start, at its end.
    Contains(Text, Text),
    StartsWith(Text, Text),
    EndsWith(Text, Text),
    Among(Text, BTreeSet<String>),
}

impl Function {
    #[inline]
    pub(super) fn apply(self, x: f64) -> f64 {
        match self {
            Self::Negate => -x,
            Self::Abs => x.abs(),
            Self::Floor => x.floor(),
            Self::Ceil => x.ceil(),
            Self::Round => x.round(),
            Self::RoundTo(scale) => finite((x * scale).round() / scale),
            Self::Sqrt => x.sqrt(),
        }
    }
}

impl Operator {
    #[inline]
    pub(super) fn apply(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Add => finite(a + b),
            Self::Subtract => finite(a - b),
            Self::Multiply => finite(a * b),
            // Both would be infinite or NaN for a divisor of nought.
            Self::Divide => finite(a / b),
            Self::Remainder => finite(a % b),
            // These would make a number of NaN.
            Self::Power => stopping(a, b, finite(a.powf(b))),
            Self::Min => stopping(a, b, a.min(b)),
            Self::Max => stopping(a, b, a.max(b)),
        }
    }
}

impl Order {
    /// False for NaN, whichever order it is.
    #[inline]
    pub(super) fn holds<T: PartialOrd + ?Sized>(self, a: &T, b: &T) -> bool {
        match self {
            Self::Less => a < b,
            Self::LessOrEqual => a <= b,
            Self::Greater => a > b,
            Self::GreaterOrEqual => a >= b,
            Self::Equal => a == b,
            #[expect(clippy::double_comparisons, reason = "`!=` holds for NaN")]
            Self::NotEqual => a < b || a > b,
        }
    }
}

/// NaN in place of infinity. `x - x` is nought for every number and NaN for the rest; a comparison takes twice as long.
#[inline]
#[expect(clippy::eq_op, reason = "it is not nought for all")]
fn finite(x: f64) -> f64 {
    x - (x - x)
}

#[inline]
fn stopping(a: f64, b: f64, result: f64) -> f64 {
    if a.is_nan() | b.is_nan() { f64::NAN } else { result }
}

impl Text {
    /// Adds the slots that it needs.
    pub(super) fn slots(&self, into: &mut BTreeSet<usize>) {
        match self {
            Self::Constant(_) => {}
            Self::Slot(slot) => {
                into.insert(*slot);
            }
            Self::Lower(text) | Self::Upper(text) => text.slots(into),
        }
    }

    /// The only slot that it needs, if it is one.
    pub(in crate::expr) fn only_slot(&self) -> Option<usize> {
        only(|into| self.slots(into))
    }
}

impl TextTest {
    /// The only slot that it needs, if it is one.
    pub(in crate::expr) fn only_slot(&self) -> Option<usize> {
        only(|into| match self {
            Self::Compare(_, a, b) | Self::Contains(a, b) | Self::StartsWith(a, b) | Self::EndsWith(a, b) => {
                a.slots(into);
                b.slots(into);
            }
            Self::Among(text, _) => text.slots(into),
        })
    }
}

fn only(add: impl FnOnce(&mut BTreeSet<usize>)) -> Option<usize> {
    let mut slots = BTreeSet::new();
    add(&mut slots);
    if slots.len() == 1 { slots.pop_first() } else { None }
}
