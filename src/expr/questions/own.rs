//! What a rule can ask about the periods of its own series.

use super::{Argument, Signatures, Takes, Unanswered, View, ahead, end_of};
use crate::{
    expr::{
        failure::{Outcome, wrong},
        functions::whole,
        operators::finite,
    },
    model::{Better, Figure, Granularity, Missing, Period, Value},
};

pub(super) const SIGNATURES: Signatures = &[
    ("previous", &[]),
    ("previous_plan", &[]),
    ("ago", &[Takes::Number]),
    ("plan_ago", &[Takes::Number]),
    ("same_period_last_year", &[]),
    ("mean", &[Takes::Number]),
    ("median", &[Takes::Number]),
    ("trend", &[Takes::Number]),
    ("sum_ytd", &[]),
    ("plan_ytd", &[]),
    ("sum_since", &[Takes::Text]),
    ("plan_since", &[Takes::Text]),
    ("year_plan", &[]),
    ("sum_qtd", &[]),
    ("quarter_plan", &[]),
    ("forecast", &[]),
    ("forecast", &[Takes::Number]),
    ("forecast_by_plan", &[]),
    ("period_of_year", &[]),
    ("periods_of_year", &[]),
    ("highest", &[]),
    ("highest", &[Takes::Number]),
    ("highest_since", &[Takes::Text]),
    ("lowest", &[]),
    ("lowest", &[Takes::Number]),
    ("lowest_since", &[Takes::Text]),
    ("best", &[]),
    ("worst", &[]),
    ("rises", &[]),
    ("falls", &[]),
    ("known", &[]),
    ("known_before", &[]),
    ("missing_for", &[]),
    ("suppressed_for", &[]),
];

/// Those whose answer is a figure of the series, in its unit.
pub(in crate::expr) const FIGURES: &[&str] = &[
    "previous",
    "previous_plan",
    "ago",
    "plan_ago",
    "same_period_last_year",
    "mean",
    "median",
    "sum_ytd",
    "plan_ytd",
    "sum_since",
    "plan_since",
    "year_plan",
    "sum_qtd",
    "quarter_plan",
    "forecast",
    "forecast_by_plan",
    "highest",
    "highest_since",
    "lowest",
    "lowest_since",
    "best",
    "worst",
    "peer_mean",
    "peer_median",
    "spc_centre",
    "spc_lower",
    "spc_upper",
];

/// What asks for a plan: the variable, and functions.
pub(in crate::expr) const ASKS_FOR_PLAN: &[&str] = &[
    "plan",
    "target_missed_by",
    "plan_is_ceiling",
    "plan_is_floor",
    "previous_plan",
    "plan_ago",
    "plan_ytd",
    "plan_since",
    "year_plan",
    "quarter_plan",
    "forecast_by_plan",
    "rag",
];

/// How far back a function can ask, in periods.
pub(super) const FURTHEST: i32 = 5_000;

/// What a function asks about the figures of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::expr) enum OwnQuestion {
    /// The figure `n` periods before this one; `0` is this one.
    Ago(i32),
    /// The plan likewise.
    PlanAgo(i32),
    LastYear,
    /// The mean of the `n` periods before this one, which all must have a figure; this one is left out, so that
    /// `value > mean(3)` compares it with what came before.
    Mean(i32),
    /// The middle of the same; of two in the middle, halfway.
    Median(i32),
    /// By how much the figures of the last `n` periods, this one included, rise a period: the slope of the line that is
    /// nearest to them by least squares.
    Trend(i32),
    /// The sum from the first period of the financial year (April) to this one, which all must have a figure.
    SumYtd,
    /// The plans likewise.
    PlanYtd,
    /// The sum from a period to this one, which all must have a figure.
    SumSince(Period),
    /// The plans likewise.
    PlanSince(Period),
    /// The plans of the whole financial year.
    YearPlan,
    /// The sum from the first month of the quarter to this one, which all must have a figure.
    SumQtd,
    /// The plan of the quarter: that of this month, else of the quarter's last month, else of the quarter as a period.
    QuarterPlan,
    /// What the year comes to if it goes on as since April: the sum so far for each period, for all of them, or for this
    /// many of the year.
    Forecast(Option<i32>),
    /// What the year comes to if it goes on at the share of the plan that was reached so far.
    ForecastByPlan,
    /// 1 for April, or for its first quarter.
    PeriodOfYear,
    /// 12 for months.
    PeriodsOfYear,
    /// The highest or lowest figure before this one, of those that there are.
    Extreme(End, Reach),
    /// For how many periods on end the figures rose (or fell) up to this one.
    Run(End),
    /// How many periods up to this one have a figure.
    Known,
    /// The same without this one.
    KnownBefore,
    /// For how many periods on end up to this one there was no figure.
    MissingFor,
    /// For how many it was suppressed.
    SuppressedFor,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::expr) enum End {
    High,
    Low,
    /// By the direction of the measure that is good.
    Best,
    Worst,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::expr) enum Reach {
    /// As far as the series goes back.
    All,
    /// The periods before this one, this many.
    Last(i32),
    /// From this period on.
    Since(Period),
}

/// What a call asks; none for other functions and other arguments.
pub(super) fn question(name: &str, arguments: &[Argument<'_>]) -> Option<Outcome<OwnQuestion>> {
    use OwnQuestion::{Ago, Extreme, Forecast, Mean, Median, PlanAgo, Run, Trend};
    let back = |n: f64, least: i32| whole(n, least..=FURTHEST);
    Some(match (name, arguments) {
        ("ago", [Argument::Number(n)]) => back(*n, 0).map(Ago),
        ("plan_ago", [Argument::Number(n)]) => back(*n, 0).map(PlanAgo),
        ("mean", [Argument::Number(n)]) => back(*n, 1).map(Mean),
        ("median", [Argument::Number(n)]) => back(*n, 1).map(Median),
        ("trend", [Argument::Number(n)]) => back(*n, 2).map(Trend),
        ("forecast", [Argument::Number(n)]) => back(*n, 1).map(|n| Forecast(Some(n))),
        ("highest", [Argument::Number(n)]) => back(*n, 1).map(|n| Extreme(End::High, Reach::Last(n))),
        ("lowest", [Argument::Number(n)]) => back(*n, 1).map(|n| Extreme(End::Low, Reach::Last(n))),
        ("highest_since", [Argument::Text(from)]) => period(from).map(|from| Extreme(End::High, Reach::Since(from))),
        ("lowest_since", [Argument::Text(from)]) => period(from).map(|from| Extreme(End::Low, Reach::Since(from))),
        ("sum_since", [Argument::Text(from)]) => period(from).map(OwnQuestion::SumSince),
        ("plan_since", [Argument::Text(from)]) => period(from).map(OwnQuestion::PlanSince),
        (_, []) => Ok(match name {
            "previous" => Ago(1),
            "previous_plan" => PlanAgo(1),
            "same_period_last_year" => OwnQuestion::LastYear,
            "sum_ytd" => OwnQuestion::SumYtd,
            "plan_ytd" => OwnQuestion::PlanYtd,
            "year_plan" => OwnQuestion::YearPlan,
            "sum_qtd" => OwnQuestion::SumQtd,
            "quarter_plan" => OwnQuestion::QuarterPlan,
            "forecast" => Forecast(None),
            "forecast_by_plan" => OwnQuestion::ForecastByPlan,
            "period_of_year" => OwnQuestion::PeriodOfYear,
            "periods_of_year" => OwnQuestion::PeriodsOfYear,
            "highest" => Extreme(End::High, Reach::All),
            "lowest" => Extreme(End::Low, Reach::All),
            "best" => Extreme(End::Best, Reach::All),
            "worst" => Extreme(End::Worst, Reach::All),
            "rises" => Run(End::High),
            "falls" => Run(End::Low),
            "known" => OwnQuestion::Known,
            "known_before" => OwnQuestion::KnownBefore,
            "missing_for" => OwnQuestion::MissingFor,
            "suppressed_for" => OwnQuestion::SuppressedFor,
            _ => return None,
        }),
        _ => return None,
    })
}

fn period(text: &str) -> Outcome<Period> {
    text.parse().or_else(|_| wrong(format!("`{text}` is not a period, such as 2025-10 or 2025/26-Q3")))
}

impl OwnQuestion {
    /// The answer, from the figures of the series.
    pub(super) fn answer(self, view: View<'_>) -> Result<f64, Unanswered> {
        let now = view.period;
        match self {
            Self::Ago(n) => value(view, now.minus(n)),
            Self::PlanAgo(n) => plan(view, now.minus(n)),
            Self::LastYear => value(view, now.same_period_last_year()),
            Self::Mean(n) => Ok(sum(view, (1..=n).rev().map(|back| now.minus(back)), value)? / f64::from(n)),
            Self::Median(n) => median(view, n),
            Self::Trend(n) => trend(view, n),
            Self::SumYtd => sum(view, of_year(now).take_while(|period| *period <= now), value),
            Self::PlanYtd => sum(view, of_year(now).take_while(|period| *period <= now), plan),
            Self::SumSince(from) => sum(view, since(from, now)?, value),
            Self::PlanSince(from) => sum(view, since(from, now)?, plan),
            Self::YearPlan => sum(view, of_year(now), plan),
            Self::SumQtd => sum(view, ahead::of_quarter(now).take_while(|period| *period <= now), value),
            Self::QuarterPlan => ahead::quarter_plan(view),
            Self::Forecast(periods) => ahead::forecast(view, periods),
            Self::ForecastByPlan => ahead::forecast_by_plan(view),
            Self::PeriodOfYear => Ok(of_year(now).take_while(|period| *period <= now).count() as f64),
            Self::PeriodsOfYear => Ok(of_year(now).count() as f64),
            Self::Extreme(end, reach) => extreme(view, end, reach),
            Self::Run(end) => run(view, end),
            Self::Known => Ok(known(view, |period| period <= now)),
            Self::KnownBefore => Ok(known(view, |period| period < now)),
            Self::MissingFor => Ok(on_end(view, |value| value.get().is_none())),
            Self::SuppressedFor => Ok(on_end(view, |value| value == Value::missing(Missing::Suppressed))),
        }
    }
}

fn there(name: &'static str, period: Period, value: Value) -> Result<f64, Unanswered> {
    match value {
        Value::Number(number) => Ok(number),
        Value::Missing { missing } => Err(Unanswered::Missing(name, period, missing)),
        Value::Bound(bound) => end_of(bound, name, period),
    }
}

pub(super) fn value(view: View<'_>, period: Period) -> Result<f64, Unanswered> {
    there("figure", period, view.series.at(period).map_or(Value::ABSENT, |figure| figure.value))
}

pub(super) fn plan(view: View<'_>, period: Period) -> Result<f64, Unanswered> {
    there("plan", period, view.series.at(period).map_or(Value::ABSENT, |figure| figure.plan))
}

fn sum(
    view: View<'_>,
    periods: impl Iterator<Item = Period>,
    of: fn(View<'_>, Period) -> Result<f64, Unanswered>,
) -> Result<f64, Unanswered> {
    let mut sum = 0.0;
    for period in periods {
        sum += of(view, period)?;
    }
    finite(sum).map_err(|_| Unanswered::TooLarge)
}

/// The periods of the financial year that one starts in, in their order.
pub(super) fn of_year(now: Period) -> impl Iterator<Item = Period> {
    let first = now.first_of_financial_year();
    // A year's length in its own periods: a leap year has one day more, and a week may begin in one year and end in the next.
    std::iter::successors(Some(first), |period| Some(period.next()))
        .take_while(move |period| *period == first || period.first_of_financial_year() == first)
        .take(if first.granularity() == Granularity::Day { 366 } else { 53 })
}

/// From one period to another, in their order.
fn since(from: Period, now: Period) -> Result<impl Iterator<Item = Period>, Unanswered> {
    let because = |what: &str| Unanswered::Because(format!("{} is {what} {}", now.label(), from.label()));
    let steps = now.since(from).ok_or_else(|| because("another kind of period than"))?;
    if !(0..=FURTHEST).contains(&steps) {
        return Err(because("before"));
    }
    Ok((0..=steps).rev().map(move |back| now.minus(back)))
}

fn median(view: View<'_>, n: i32) -> Result<f64, Unanswered> {
    let mut figures = Vec::new();
    for back in 1..=n {
        figures.push(value(view, view.period.minus(back))?);
    }
    figures.sort_by(f64::total_cmp);
    let middle = |at: usize| figures.get(at).copied().unwrap_or(f64::NAN);
    finite(f64::midpoint(middle((figures.len() - 1) / 2), middle(figures.len() / 2))).map_err(|_| Unanswered::TooLarge)
}

fn trend(view: View<'_>, n: i32) -> Result<f64, Unanswered> {
    let (mut moment, mut square) = (0.0, 0.0);
    for back in (0..n).rev() {
        // How far the period is after the middle of them.
        let place = f64::from(n - 1) / 2.0 - f64::from(back);
        moment += place * value(view, view.period.minus(back))?;
        square += place * place;
    }
    finite(moment / square).map_err(|_| Unanswered::TooLarge)
}

/// The figures of the kind of period that is looked at.
fn same_kind(view: View<'_>) -> impl DoubleEndedIterator<Item = (Period, Figure)> + '_ {
    let kind = view.period.granularity();
    view.series.iter().filter(move |(period, _)| period.granularity() == kind)
}

fn known(view: View<'_>, within: impl Fn(Period) -> bool) -> f64 {
    let there = |(period, figure): &(Period, Figure)| within(*period) && figure.value.get().is_some();
    same_kind(view).filter(there).count() as f64
}

fn extreme(view: View<'_>, end: End, reach: Reach) -> Result<f64, Unanswered> {
    let now = view.period;
    let first = match reach {
        Reach::All => None,
        Reach::Last(n) => Some(now.minus(n)),
        Reach::Since(period) => Some(period),
    };
    let within = |(period, _): &(Period, Figure)| *period < now && first.is_none_or(|first| *period >= first);
    let figures = same_kind(view).filter(within).filter_map(|(_, figure)| figure.value.get());
    let found = match (end, view.series.better) {
        (End::High, _) | (End::Best, Better::Higher) | (End::Worst, Better::Lower) => figures.reduce(f64::max),
        (End::Low, _) | (End::Best, Better::Lower) | (End::Worst, Better::Higher) => figures.reduce(f64::min),
        (End::Best | End::Worst, Better::Neither) => {
            return Err(Unanswered::Because("no direction of this measure is good".to_owned()));
        }
    };
    found.ok_or_else(|| Unanswered::Because(format!("no figure before {} to compare with", now.label())))
}

fn run(view: View<'_>, end: End) -> Result<f64, Unanswered> {
    let mut later = value(view, view.period)?;
    let mut steps = 0;
    for back in 1..=FURTHEST {
        let Ok(earlier) = value(view, view.period.minus(back)) else { break };
        let goes_on = if end == End::High { later > earlier } else { later < earlier };
        if !goes_on {
            break;
        }
        (later, steps) = (earlier, back);
    }
    Ok(f64::from(steps))
}

/// For how many periods on end, back from this one, a figure is so; back to the first that the series has.
fn on_end(view: View<'_>, holds: impl Fn(Value) -> bool) -> f64 {
    let Some((first, _)) = same_kind(view).next() else { return 0.0 };
    let back = std::iter::successors(Some(view.period), |period| Some(period.previous()));
    let so = |period: &Period| holds(view.series.at(*period).map_or(Value::ABSENT, |figure| figure.value));
    back.take_while(|period| *period >= first).take_while(so).count() as f64
}
