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
    for name in FUNCTIONS {
        if question(name, &[]).is_some() {
            engine.register_fn(name, move || ask(name, &[]));
        } else {
            engine.register_fn(name, move |n: f64| ask(name, &[n]));
        }
    }
}

/// What a function asks about the figures of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    /// The figure `n` periods before this one; `0` is this one.
    Ago(i32),
    /// The plan likewise.
    PlanAgo(i32),
    LastYear,
    /// The mean of the `n` periods before this one, which all must have a figure; this one is left out, so that
    /// `value > mean(3)` compares it with what came before.
    Mean(i32),
    /// The sum from the first period of the financial year (April) to this one, which all must have a figure.
    SumYtd,
}

/// What a call of one of [`FUNCTIONS`] asks; none for other functions and other numbers of arguments.
pub(super) fn question(name: &str, arguments: &[f64]) -> Option<Outcome<Question>> {
    Some(Ok(match (name, arguments) {
        ("previous", []) => Question::Ago(1),
        ("previous_plan", []) => Question::PlanAgo(1),
        ("ago", [n]) => return Some(whole(*n, 0..=FURTHEST).map(Question::Ago)),
        ("plan_ago", [n]) => return Some(whole(*n, 0..=FURTHEST).map(Question::PlanAgo)),
        ("same_period_last_year", []) => Question::LastYear,
        ("mean", [n]) => return Some(whole(*n, 1..=FURTHEST).map(Question::Mean)),
        ("sum_ytd", []) => Question::SumYtd,
        _ => return None,
    }))
}

/// Why a question has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unanswered {
    /// There is no figure (or plan) for a period.
    Missing(&'static str, Period, Missing),
    /// The sum is beyond all numbers.
    TooLarge,
}

impl Question {
    /// The answer at a period, from the figures of the series.
    pub(super) fn answer(self, now: Period, at: impl Fn(Period) -> Option<Figure>) -> Result<f64, Unanswered> {
        let figure = |period| at(period).map_or(Value::ABSENT, |figure| figure.value);
        let value = |period| there("figure", period, figure(period));
        let sum = |mut backs: std::iter::Rev<std::ops::RangeInclusive<i32>>| {
            let sum = backs.try_fold(0.0, |sum, back| Ok(sum + value(now.minus(back))?))?;
            finite(sum).map_err(|_| Unanswered::TooLarge)
        };
        match self {
            Self::Ago(n) => value(now.minus(n)),
            Self::PlanAgo(n) => {
                let period = now.minus(n);
                there("plan", period, at(period).map_or(Value::ABSENT, |figure| figure.plan))
            }
            Self::LastYear => value(now.same_period_last_year()),
            Self::Mean(n) => Ok(sum((1..=n).rev())? / f64::from(n)),
            Self::SumYtd => sum((0..=now.since(now.first_of_financial_year()).unwrap_or(0)).rev()),
        }
    }
}

fn there(name: &'static str, period: Period, value: Value) -> Result<f64, Unanswered> {
    match value {
        Value::Number(number) => Ok(number),
        Value::Missing { missing } => Err(Unanswered::Missing(name, period, missing)),
    }
}

/// A function, called within the frame.
fn ask(name: &str, arguments: &[f64]) -> Outcome<f64> {
    let Some(question) = question(name, arguments) else { return cannot_tell("nothing is asked") };
    let question = question?;
    FRAME.with_borrow(|frame| {
        let Some(now) = frame.now else { return cannot_tell("no series is looked at") };
        let at = |period| {
            let found = frame.points.binary_search_by_key(&period, |(period, _)| *period).ok();
            found.and_then(|at| frame.points.get(at)).map(|(_, figure)| *figure)
        };
        question.answer(now, at).or_else(|unanswered| match unanswered {
            Unanswered::Missing(name, period, missing) => cannot_tell(none(name, period, missing)),
            Unanswered::TooLarge => finite(f64::INFINITY),
        })
    })
}

/// "no figure for September 2025: suppressed".
pub(super) fn none(name: &str, period: Period, missing: Missing) -> String {
    format!("no {name} for {}: {}", period.label(), missing.reason())
}
