//! The functions that every expression has. They are all there is: nothing of Rhai's own packages is loaded.

use rhai::{Array, Dynamic, Engine, ImmutableString};

use super::{
    failure::{Outcome, cannot_tell, wrong},
    operators::{equal, finite},
};
use crate::model::value::format_number;

pub(super) fn register(engine: &mut Engine) {
    numbers(engine);
    texts(engine);
    lists(engine);
    engine.register_fn("cannot_tell", |reason: ImmutableString| -> Outcome<()> { cannot_tell(reason) });
    // What a script prints is for whoever looks for a mistake in it.
    engine.register_fn("print", |value: Dynamic| shown(&value)).register_fn("debug", |value: Dynamic| shown(&value));
    engine.on_print(|text| tracing::debug!(script = text));
    engine.on_debug(|text, _, position| tracing::debug!(script = text, %position));
}

fn numbers(engine: &mut Engine) {
    engine
        .register_fn("abs", f64::abs)
        .register_fn("floor", f64::floor)
        .register_fn("ceil", f64::ceil)
        .register_fn("round", f64::round)
        .register_fn("round", |x: f64, decimals: f64| round(x, decimals))
        .register_fn("min", |a: f64, b: f64| a.min(b))
        .register_fn("max", |a: f64, b: f64| a.max(b))
        .register_fn(
            "sqrt",
            |x: f64| if x < 0.0 { wrong("the square root of a negative number") } else { Ok(x.sqrt()) },
        );
}

/// Halves are rounded away from zero.
fn round(x: f64, decimals: f64) -> Outcome<f64> {
    let decimals = whole(decimals, 0..=10)?;
    let scale = 10_f64.powi(decimals);
    finite((x * scale).round() / scale)
}

/// A whole number within bounds, as counts of periods and decimals are.
pub(super) fn whole(number: f64, bounds: std::ops::RangeInclusive<i32>) -> Outcome<i32> {
    let (low, high) = (f64::from(*bounds.start()), f64::from(*bounds.end()));
    if number.fract() != 0.0 || number < low || number > high {
        return wrong(format!("a whole number from {low} to {high} is needed here, not {number}"));
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole, and within the bounds of an i32")]
    Ok(number as i32)
}

fn texts(engine: &mut Engine) {
    engine
        .register_fn("len", |text: ImmutableString| text.chars().count() as f64)
        .register_fn("contains", |text: ImmutableString, part: ImmutableString| text.contains(part.as_str()))
        .register_fn("starts_with", |text: ImmutableString, part: ImmutableString| text.starts_with(part.as_str()))
        .register_fn("ends_with", |text: ImmutableString, part: ImmutableString| text.ends_with(part.as_str()))
        .register_fn("lower", |text: ImmutableString| text.to_lowercase())
        .register_fn("upper", |text: ImmutableString| text.to_uppercase())
        .register_fn("to_string", |value: Dynamic| shown(&value));
}

fn shown(value: &Dynamic) -> ImmutableString {
    value.as_float().map_or_else(|_| value.to_string().into(), |number| format_number(number).into())
}

/// `x in [a, b]` is `contains`; ranges are what `for` runs over.
fn lists(engine: &mut Engine) {
    engine
        .register_fn("len", |list: Array| list.len() as f64)
        .register_fn("push", |list: &mut Array, item: Dynamic| list.push(item))
        .register_fn("contains", |list: Array, item: Dynamic| -> Outcome<bool> {
            list.iter().try_fold(false, |found, other| Ok(found || equal(other, &item)?))
        })
        .register_fn("..", |from: f64, to: f64| range(from, to, false))
        .register_fn("..=", |from: f64, to: f64| range(from, to, true))
        .register_iterator::<Array>()
        .register_iterator::<Range>();
}

/// The whole steps from one number to another.
#[derive(Debug, Clone)]
struct Range {
    next: f64,
    end: f64,
    inclusive: bool,
}

impl Iterator for Range {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        let now = self.next;
        let more = if self.inclusive { now <= self.end } else { now < self.end };
        self.next += 1.0;
        more.then_some(now)
    }
}

/// Both ends are whole, so that every step is.
fn range(from: f64, to: f64, inclusive: bool) -> Outcome<Range> {
    let bounds = -1_000_000..=1_000_000;
    let (next, end) = (f64::from(whole(from, bounds.clone())?), f64::from(whole(to, bounds)?));
    Ok(Range { next, end, inclusive })
}
