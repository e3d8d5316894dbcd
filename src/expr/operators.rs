//! Arithmetic and comparison: Rhai's own would divide by zero, compare text with numbers as "false", and hold numbers
//! that are nearly equal for equal.

use std::cmp::Ordering;

use rhai::{Dynamic, Engine, ImmutableString};

use super::failure::{Outcome, kind, wrong};

/// What is said of it, before its place.
pub(super) const DIVISION_BY_ZERO: &str = "division by zero";

pub(super) fn register(engine: &mut Engine) {
    arithmetic(engine, "+", "+=", |a, b| finite(a + b));
    arithmetic(engine, "-", "-=", |a, b| finite(a - b));
    arithmetic(engine, "*", "*=", |a, b| finite(a * b));
    arithmetic(engine, "/", "/=", |a, b| if b == 0.0 { wrong(DIVISION_BY_ZERO) } else { finite(a / b) });
    arithmetic(engine, "%", "%=", |a, b| if b == 0.0 { wrong(DIVISION_BY_ZERO) } else { finite(a % b) });
    arithmetic(engine, "**", "**=", |a, b| finite(a.powf(b)));
    engine.register_fn("-", |a: f64| -a).register_fn("+", |a: f64| a).register_fn("!", |a: bool| !a);
    ordering(engine, "<", |a, b| a < b, Ordering::is_lt);
    ordering(engine, "<=", |a, b| a <= b, Ordering::is_le);
    ordering(engine, ">", |a, b| a > b, Ordering::is_gt);
    ordering(engine, ">=", |a, b| a >= b, Ordering::is_ge);
    equality(engine);
}

/// A number, or an error where it is infinite or none.
pub(super) fn finite(number: f64) -> Outcome<f64> {
    if number.is_finite() { Ok(number) } else { wrong("the result is too large, or no number at all") }
}

fn arithmetic(engine: &mut Engine, name: &'static str, assign: &'static str, apply: fn(f64, f64) -> Outcome<f64>) {
    engine.register_fn(name, move |a: f64, b: f64| apply(a, b));
    engine.register_fn(name, move |a: Dynamic, b: Dynamic| mixed(name, &a, &b, apply));
    engine.register_fn(assign, move |a: &mut Dynamic, b: Dynamic| -> Outcome<()> {
        *a = mixed(name, a, &b, apply)?;
        Ok(())
    });
}

fn mixed(name: &str, a: &Dynamic, b: &Dynamic, apply: fn(f64, f64) -> Outcome<f64>) -> Outcome<Dynamic> {
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return apply(a, b).map(Dynamic::from_float);
    }
    match (text(a), text(b)) {
        (Some(a), Some(b)) if name == "+" => Ok((a + b).into()),
        _ => wrong(format!("`{name}` does not work on {} and {}", kind(a), kind(b))),
    }
}

/// The interpreter's counters are whole numbers; all other numbers are floats.
fn number(value: &Dynamic) -> Option<f64> {
    value.as_float().ok().or_else(|| value.as_int().ok().map(|whole| whole as f64))
}

fn text(value: &Dynamic) -> Option<ImmutableString> {
    value.clone().into_immutable_string().ok()
}

fn ordering(engine: &mut Engine, name: &'static str, exact: fn(f64, f64) -> bool, holds: fn(Ordering) -> bool) {
    engine.register_fn(name, exact);
    engine.register_fn(name, move |a: Dynamic, b: Dynamic| -> Outcome<bool> {
        if let (Some(a), Some(b)) = (number(&a), number(&b)) {
            return Ok(exact(a, b));
        }
        match (text(&a), text(&b)) {
            (Some(a), Some(b)) => Ok(holds(a.as_str().cmp(b.as_str()))),
            _ => incomparable(&a, &b),
        }
    });
}

fn equality(engine: &mut Engine) {
    engine.register_fn("==", same_number).register_fn("!=", |a: f64, b: f64| !same_number(a, b));
    engine.register_fn("==", |a: Dynamic, b: Dynamic| equal(&a, &b));
    engine.register_fn("!=", |a: Dynamic, b: Dynamic| equal(&a, &b).map(|equal| !equal));
}

#[expect(clippy::float_cmp, reason = "comparison is exact here: rules say themselves what is near enough")]
fn same_number(a: f64, b: f64) -> bool {
    a == b
}

/// Whether two values of one kind are equal; of different kinds they cannot be compared.
pub(super) fn equal(a: &Dynamic, b: &Dynamic) -> Outcome<bool> {
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return Ok(same_number(a, b));
    }
    if let (Some(a), Some(b)) = (text(a), text(b)) {
        return Ok(a == b);
    }
    match (a.as_bool(), b.as_bool()) {
        (Ok(a), Ok(b)) => Ok(a == b),
        _ => incomparable(a, b),
    }
}

fn incomparable<T>(a: &Dynamic, b: &Dynamic) -> Outcome<T> {
    wrong(format!("{} cannot be compared with {}", kind(a), kind(b)))
}
