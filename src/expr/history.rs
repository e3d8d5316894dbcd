//! What a rule can ask about the periods of its series.
//!
//! Native functions know only their arguments, and a series is borrowed for one evaluation. So its figures are copied
//! into a frame of the thread before an expression that can ask for them is evaluated: 24 months take about 100 ns.

use std::cell::RefCell;

use rhai::Engine;

use super::{
    failure::{Outcome, cannot_tell},
    functions::whole,
    operators::finite,
};
use crate::model::{Figure, Missing, Period, Series, Value};

/// The functions of this module, by which it is known whether an expression needs a frame.
pub(super) const FUNCTIONS: [&str; 7] =
    ["previous", "previous_plan", "ago", "plan_ago", "same_period_last_year", "mean", "sum_ytd"];

/// Those that ask for a plan.
pub(super) const PLAN_FUNCTIONS: [&str; 2] = ["previous_plan", "plan_ago"];

/// How far back a function can ask, in periods.
const FURTHEST: i32 = 5_000;

#[derive(Default)]
struct Frame {
    now: Option<Period>,
    points: Vec<(Period, Figure)>,
}

thread_local! {
    static FRAME: RefCell<Frame> = RefCell::default();
}

/// Makes a series and a period those that the functions speak of, on this thread, until the next call.
pub(super) fn enter(series: &Series, period: Period) {
    FRAME.with_borrow_mut(|frame| {
        frame.now = Some(period);
        frame.points.clear();
        frame.points.extend(series.iter());
    });
}

pub(super) fn register(engine: &mut Engine) {
    engine
        .register_fn("previous", || ago(1.0, VALUE))
        .register_fn("previous_plan", || ago(1.0, PLAN))
        .register_fn("ago", |n: f64| ago(n, VALUE))
        .register_fn("plan_ago", |n: f64| ago(n, PLAN))
        .register_fn("same_period_last_year", || asked(|now, frame| frame.figure(now.same_period_last_year(), VALUE)))
        .register_fn("mean", mean)
        .register_fn("sum_ytd", sum_ytd);
}

/// The figure (or plan) `n` periods before this one; `ago(0)` is this one.
fn ago(n: f64, side: Side) -> Outcome<f64> {
    let n = whole(n, 0..=FURTHEST)?;
    asked(|now, frame| frame.figure(now.minus(n), side))
}

/// The mean of the `n` periods before this one, which all must have a figure; this one is left out, so that
/// `value > mean(3)` compares it with what came before.
fn mean(n: f64) -> Outcome<f64> {
    let n = whole(n, 1..=FURTHEST)?;
    asked(|now, frame| Ok(frame.sum((1..=n).rev().map(|back| now.minus(back)))? / f64::from(n)))
}

/// The sum from the first period of the financial year (April) to this one, which all must have a figure.
fn sum_ytd() -> Outcome<f64> {
    asked(|now, frame| {
        let back = now.since(now.first_of_financial_year()).unwrap_or(0);
        frame.sum((0..=back).rev().map(|back| now.minus(back)))
    })
}

/// Which of the two numbers of a period, and what it is called.
type Side = (fn(&Figure) -> Value, &'static str);

const VALUE: Side = (|figure| figure.value, "figure");
const PLAN: Side = (|figure| figure.plan, "plan");

fn asked(ask: impl FnOnce(Period, &Frame) -> Outcome<f64>) -> Outcome<f64> {
    FRAME.with_borrow(|frame| match frame.now {
        Some(now) => ask(now, frame),
        None => cannot_tell("no series is looked at"),
    })
}

impl Frame {
    fn figure(&self, period: Period, (side, name): Side) -> Outcome<f64> {
        let found = self.points.binary_search_by_key(&period, |(period, _)| *period).ok();
        let figure = found.and_then(|at| self.points.get(at)).map_or(Value::ABSENT, |(_, figure)| side(figure));
        match figure {
            Value::Number(number) => Ok(number),
            Value::Missing { missing } => cannot_tell(none(name, period, missing)),
        }
    }

    fn sum(&self, periods: impl Iterator<Item = Period>) -> Outcome<f64> {
        let mut sum = 0.0;
        for period in periods {
            sum += self.figure(period, VALUE)?;
        }
        finite(sum)
    }
}

/// "no figure for September 2025: suppressed".
pub(super) fn none(name: &str, period: Period, missing: Missing) -> String {
    format!("no {name} for {}: {}", period.label(), missing.reason())
}
