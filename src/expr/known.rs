//! What an expression can ask about the accepted measures of all datasets.
//!
//! As in `questions`: native functions know only their arguments, so the histories, which are shared, are lent to a frame of
//! the thread for one evaluation.

use std::{cell::RefCell, collections::BTreeMap, sync::Arc};

use rhai::{Array, Dynamic, Engine, ImmutableString, Map};

use super::{
    failure::{Outcome, cannot_tell, wrong},
    operators::finite,
    questions::{no_single_figure, none},
};
use crate::model::{Figure, History, Labels, Missing, Period, Series, Value};

/// The functions of this module that name a dataset and a measure, and perhaps labels.
pub(super) const FUNCTIONS: [&str; 9] = [
    "figure",
    "plan",
    "previous",
    "sum",
    "sum_plans",
    "sum_ytd",
    "sum_plans_ytd",
    "shares_of_plan",
    "shares_of_plan_ytd",
];

#[derive(Default)]
struct Frame {
    now: Option<Period>,
    histories: BTreeMap<String, Arc<History>>,
}

thread_local! {
    static FRAME: RefCell<Frame> = RefCell::default();
}

/// Makes histories and a period those that the functions speak of, on this thread, while `evaluate` runs.
pub(super) fn within<T>(histories: &BTreeMap<String, Arc<History>>, period: Period, evaluate: impl FnOnce() -> T) -> T {
    FRAME.set(Frame { now: Some(period), histories: histories.clone() });
    let value = evaluate();
    FRAME.set(Frame::default());
    value
}

pub(super) fn register(engine: &mut Engine) {
    one(engine, "figure", |asked| asked.only(asked.now, VALUE));
    one(engine, "plan", |asked| asked.only(asked.now, PLAN));
    one(engine, "previous", |asked| asked.only(asked.now.previous(), VALUE));
    one(engine, "sum", |asked| asked.sum(asked.now, VALUE));
    one(engine, "sum_plans", |asked| asked.sum(asked.now, PLAN));
    one(engine, "sum_ytd", |asked| asked.sum_ytd(VALUE));
    one(engine, "sum_plans_ytd", |asked| asked.sum_ytd(PLAN));
    list(engine, "shares_of_plan", |asked| asked.each(Asked::share_of_plan));
    list(engine, "shares_of_plan_ytd", |asked| asked.each(Asked::share_of_plan_ytd));
    engine
        .register_fn("lowest", |list: Array| extreme(&list, f64::min))
        .register_fn("highest", |list: Array| extreme(&list, f64::max));
}

fn one(engine: &mut Engine, name: &str, answer: fn(&Asked<'_>) -> Outcome<f64>) {
    engine
        .register_fn(name, move |dataset: ImmutableString, measure: ImmutableString| {
            ask(&dataset, &measure, &Map::new(), answer)
        })
        .register_fn(name, move |dataset: ImmutableString, measure: ImmutableString, labels: Map| {
            ask(&dataset, &measure, &labels, answer)
        });
}

fn list(engine: &mut Engine, name: &str, answer: fn(&Asked<'_>) -> Outcome<Vec<f64>>) {
    let as_list = |numbers: Vec<f64>| numbers.into_iter().map(Dynamic::from_float).collect::<Array>();
    engine
        .register_fn(name, move |dataset: ImmutableString, measure: ImmutableString| {
            ask(&dataset, &measure, &Map::new(), answer).map(as_list)
        })
        .register_fn(name, move |dataset: ImmutableString, measure: ImmutableString, labels: Map| {
            ask(&dataset, &measure, &labels, answer).map(as_list)
        });
}

fn extreme(list: &Array, of: fn(f64, f64) -> f64) -> Outcome<f64> {
    let mut numbers = Vec::with_capacity(list.len());
    for item in list {
        match item.as_float() {
            Ok(number) => numbers.push(number),
            Err(_) => return wrong("a list of numbers is needed here"),
        }
    }
    match numbers.into_iter().reduce(of) {
        Some(number) => Ok(number),
        None => cannot_tell("the list is empty"),
    }
}

/// Which of the two numbers of a period, and what it is called.
type Side = (fn(&Figure) -> Value, &'static str);

const VALUE: Side = (|figure| figure.value, "figure");
const PLAN: Side = (|figure| figure.plan, "plan");

/// The series that a call names, never none.
struct Asked<'a> {
    now: Period,
    series: Vec<&'a Series>,
    /// What was asked for, in words.
    what: String,
}

fn ask<T>(dataset: &str, measure: &str, labels: &Map, answer: fn(&Asked<'_>) -> Outcome<T>) -> Outcome<T> {
    let mut wanted = Labels::new();
    for (name, value) in labels {
        match value.clone().into_string() {
            Ok(value) => wanted.insert(name.as_str(), value),
            Err(_) => return wrong(format!("the label `{name}` must be text")),
        }
    }
    FRAME.with_borrow(|frame| {
        let what = if wanted.is_empty() { measure.to_owned() } else { format!("{measure} of {}", wanted.values()) };
        let what = format!("{what} in {dataset}");
        let Some(now) = frame.now else { return cannot_tell("no period is looked at") };
        let all = frame.histories.get(dataset).into_iter().flat_map(|history| history.series());
        let series: Vec<_> =
            all.filter(|series| series.key.measure == measure && series.key.labels.contains(&wanted)).collect();
        if series.is_empty() {
            return cannot_tell(format!("there is no {what}"));
        }
        answer(&Asked { now, series, what })
    })
}

impl<'a> Asked<'a> {
    fn number(&self, series: &Series, period: Period, (side, name): Side) -> Outcome<f64> {
        match series.at(period).map_or(Value::ABSENT, |figure| side(&figure)) {
            Value::Number(number) => Ok(number),
            Value::Missing { missing } => cannot_tell(format!("{}: {}", self.what, none(name, period, missing))),
            Value::Bound(bound) => match bound.only_end() {
                Some(end) => Ok(end),
                None => cannot_tell(format!("{}: {}", self.what, no_single_figure(name, period))),
            },
        }
    }

    fn only(&self, period: Period, side: Side) -> Outcome<f64> {
        match self.series.as_slice() {
            [only] => self.number(only, period, side),
            several => wrong(format!("{} series are {}: name more labels, or use `sum`", several.len(), self.what)),
        }
    }

    /// A series that has nothing in a period, or a blank, adds nothing; one that is withheld leaves the sum unknown.
    fn add(&self, period: Period, (side, name): Side) -> Outcome<Option<f64>> {
        let mut sum = None;
        for series in &self.series {
            match series.at(period).map_or(Value::ABSENT, |figure| side(&figure)) {
                Value::Number(number) => sum = Some(sum.unwrap_or(0.0) + number),
                Value::Missing { missing: Missing::Absent | Missing::Blank } => {}
                Value::Missing { missing } => {
                    return cannot_tell(format!("{}: {}", self.what, none(name, period, missing)));
                }
                Value::Bound(_) => {
                    return cannot_tell(format!("{}: {}", self.what, no_single_figure(name, period)));
                }
            }
        }
        sum.map(finite).transpose()
    }

    fn sum(&self, period: Period, side: Side) -> Outcome<f64> {
        match self.add(period, side)? {
            Some(sum) => Ok(sum),
            None => cannot_tell(format!("{}: {}", self.what, none(side.1, period, Missing::Absent))),
        }
    }

    /// From April to this period, which must have a figure; a contract may begin later in the year.
    fn sum_ytd(&self, side: Side) -> Outcome<f64> {
        let mut sum = self.sum(self.now, side)?;
        for period in self.year_before() {
            sum += self.add(period, side)?.unwrap_or(0.0);
        }
        finite(sum)
    }

    /// The periods of the financial year before this one.
    fn year_before(&self) -> impl Iterator<Item = Period> {
        let back = self.now.since(self.now.first_of_financial_year()).unwrap_or(0);
        let now = self.now;
        (1..=back).map(move |back| now.minus(back))
    }

    /// The same asked of each series alone.
    fn each(&self, ask: fn(&Self) -> Outcome<f64>) -> Outcome<Vec<f64>> {
        let alone = |series: &&'a Series| {
            let what = format!("{} ({})", self.what, series.key.labels.values());
            ask(&Asked { now: self.now, series: vec![*series], what })
        };
        self.series.iter().map(alone).collect()
    }

    fn share_of_plan(&self) -> Outcome<f64> {
        finite(self.only(self.now, VALUE)? / self.only(self.now, PLAN)?)
    }

    fn share_of_plan_ytd(&self) -> Outcome<f64> {
        finite(self.sum_ytd(VALUE)? / self.sum_ytd(PLAN)?)
    }
}
