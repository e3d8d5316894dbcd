//! A lowered condition answered once, asking only for what it needs on the way.

use std::borrow::Cow;

use super::{
    Program,
    tree::{Condition, Number, Text, TextTest},
};

/// What the slots of a program hold.
pub(in crate::expr) trait Leaves {
    /// A number; NaN where there is none.
    fn number(&self, slot: usize) -> f64;
    /// A text of at most [`super::LONGEST_TEXT`] bytes; none where there is none.
    fn text(&self, slot: usize) -> Option<Cow<'_, str>>;
}

/// The answer; none where the interpreter would stop.
pub(in crate::expr) fn answer<S>(program: &Program<S>, leaves: &impl Leaves) -> Option<bool> {
    Single { program, leaves }.condition(&program.condition)
}

/// The answer to a question about texts; none where one of them is not there.
pub(in crate::expr) fn test(test: &TextTest, leaves: &impl Leaves) -> Option<bool> {
    Some(match test {
        TextTest::Compare(order, a, b) => order.holds(&*text(a, leaves)?, &*text(b, leaves)?),
        TextTest::Contains(a, b) => text(a, leaves)?.contains(&*text(b, leaves)?),
        TextTest::StartsWith(a, b) => text(a, leaves)?.starts_with(&*text(b, leaves)?),
        TextTest::EndsWith(a, b) => text(a, leaves)?.ends_with(&*text(b, leaves)?),
        TextTest::Among(one, all) => all.contains(&*text(one, leaves)?),
    })
}

/// How many characters a text has; NaN where it is not there.
pub(in crate::expr) fn length(of: &Text, leaves: &impl Leaves) -> f64 {
    text(of, leaves).map_or(f64::NAN, |text| text.chars().count() as f64)
}

fn text<'a>(text_of: &'a Text, leaves: &'a impl Leaves) -> Option<Cow<'a, str>> {
    Some(match text_of {
        Text::Constant(constant) => Cow::Borrowed(constant),
        Text::Slot(slot) => leaves.text(*slot)?,
        Text::Lower(of) => Cow::Owned(text(of, leaves)?.to_lowercase()),
        Text::Upper(of) => Cow::Owned(text(of, leaves)?.to_uppercase()),
    })
}

struct Single<'a, S, L> {
    program: &'a Program<S>,
    leaves: &'a L,
}

impl<S, L: Leaves> Single<'_, S, L> {
    fn condition(&self, condition: &Condition) -> Option<bool> {
        match condition {
            Condition::Constant(value) => Some(*value),
            Condition::Compare(order, pair) => {
                let (a, b) = (there(self.number(&pair.0))?, there(self.number(&pair.1))?);
                Some(order.holds(&a, &b))
            }
            Condition::Among(number, all) => there(self.number(number)).map(|number| all.contains(&number)),
            Condition::Test(which) => test(self.program.tests.get(*which)?, self.leaves),
            Condition::Not(condition) => self.condition(condition).map(|holds| !holds),
            Condition::All(parts) => self.until(parts, false),
            Condition::Any(parts) => self.until(parts, true),
            Condition::Same(pair) => Some(self.condition(&pair.0)? == self.condition(&pair.1)?),
            Condition::If(parts) => {
                let chosen = if self.condition(&parts.0)? { &parts.1 } else { &parts.2 };
                self.condition(chosen)
            }
        }
    }

    /// The first answer that decides ends it.
    fn until(&self, parts: &[Condition], decides: bool) -> Option<bool> {
        for part in parts {
            if self.condition(part)? == decides {
                return Some(decides);
            }
        }
        Some(!decides)
    }

    fn number(&self, number: &Number) -> f64 {
        match number {
            Number::Constant(constant) => *constant,
            Number::Slot(slot) => self.leaves.number(*slot),
            Number::Length(which) => {
                self.program.lengths.get(*which).map_or(f64::NAN, |text| length(text, self.leaves))
            }
            Number::Apply(function, of) => function.apply(self.number(of)),
            Number::Combine(operator, pair) => operator.apply(self.number(&pair.0), self.number(&pair.1)),
            Number::If(parts) => match self.condition(&parts.0) {
                Some(true) => self.number(&parts.1),
                Some(false) => self.number(&parts.2),
                None => f64::NAN,
            },
        }
    }
}

fn there(number: f64) -> Option<f64> {
    (!number.is_nan()).then_some(number)
}
