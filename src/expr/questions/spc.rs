//! The control chart of a series, as it was seen at each period: limits come from the figures up to then.

use std::sync::Arc;

use super::{Argument, Signatures, Takes, Unanswered, View, end_of};
use crate::{
    expr::failure::{Outcome, wrong},
    model::{Better, Granularity, Period, Series, Value},
    spc::{Assurance, Charting, Latest, Side, SpecialCause, Test, Variation, latest, periods_of},
};

pub(super) const SIGNATURES: Signatures = &[
    ("spc_concern", &[]),
    ("spc_concern", &[Takes::Text]),
    ("spc_improvement", &[]),
    ("spc_improvement", &[Takes::Text]),
    ("spc_special", &[]),
    ("spc_special", &[Takes::Text]),
    ("spc_failing", &[]),
    ("spc_failing", &[Takes::Number]),
    ("spc_passing", &[]),
    ("spc_passing", &[Takes::Number]),
    ("spc_centre", &[]),
    ("spc_lower", &[]),
    ("spc_upper", &[]),
    ("spc_points", &[]),
];

/// Why the newest point is special, in words; the one function of a chart that answers with a text.
pub(super) const WHY: &str = "spc_why";

/// Those that compare the limits with a target.
const OF_TARGET: [&str; 2] = ["spc_failing", "spc_passing"];

/// Whether a function of this name compares the chart's limits with a target, the plan unless it is given one.
pub(in crate::expr) fn is_of_target(name: &str) -> bool {
    OF_TARGET.contains(&name)
}

/// Whether a function of this name answers true or false.
pub(super) fn is_truth(name: &str) -> bool {
    is_of_target(name) || ["spc_concern", "spc_improvement", "spc_special"].contains(&name)
}

/// Whether a function of this name asks about the control chart.
pub(in crate::expr) fn asks_chart(name: &str) -> bool {
    name == WHY || SIGNATURES.iter().any(|(known, _)| *known == name)
}

/// What a function asks about a chart, which is read as the measure says.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::expr) struct ChartQuestion {
    asks: Asks,
    charting: Arc<Charting>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Asks {
    /// Whether one of these tests finds a special cause of this kind.
    Special(Way, Tests),
    /// Whether chance alone will miss (or meet) this target; the plan if none is given.
    Assured(Assurance, Option<f64>),
    Centre,
    Lower,
    Upper,
    /// How many figures there are since the last rebase.
    Points,
}

/// Which special causes count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Concern,
    Improvement,
    Any,
}

/// The tests that count, in the order of [`Test::ALL`].
type Tests = [bool; Test::ALL.len()];

/// What a call asks; none for other functions and other arguments.
pub(super) fn question(
    name: &str,
    arguments: &[Argument<'_>],
    charting: &Arc<Charting>,
) -> Option<Outcome<ChartQuestion>> {
    let special = |way| match arguments {
        [] => Some(Ok(Asks::Special(way, [true; _]))),
        [Argument::Text(tests)] => Some(read(tests).map(|tests| Asks::Special(way, tests))),
        _ => None,
    };
    let assured = |assurance| match arguments {
        [] => Some(Ok(Asks::Assured(assurance, None))),
        [Argument::Number(target)] => Some(Ok(Asks::Assured(assurance, Some(*target)))),
        _ => None,
    };
    let asks = match (name, arguments) {
        ("spc_concern", _) => special(Way::Concern)?,
        ("spc_improvement", _) => special(Way::Improvement)?,
        ("spc_special", _) => special(Way::Any)?,
        ("spc_failing", _) => assured(Assurance::ConsistentlyFailing)?,
        ("spc_passing", _) => assured(Assurance::ConsistentlyPassing)?,
        ("spc_centre", []) => Ok(Asks::Centre),
        ("spc_lower", []) => Ok(Asks::Lower),
        ("spc_upper", []) => Ok(Asks::Upper),
        ("spc_points", []) => Ok(Asks::Points),
        _ => return None,
    };
    Some(asks.map(|asks| ChartQuestion { asks, charting: Arc::clone(charting) }))
}

fn named(tests: &str) -> impl Iterator<Item = &str> {
    tests.split(',').map(str::trim)
}

/// The names among these that are of no test.
pub(in crate::expr) fn unknown_tests(tests: &str) -> impl Iterator<Item = &str> {
    named(tests).filter(|name| Test::from_code(name).is_none())
}

/// "trend, shift"
fn read(tests: &str) -> Outcome<Tests> {
    if let Some(unknown) = unknown_tests(tests).next() {
        return wrong(format!(
            "`{unknown}` is no test of a chart, such as \"beyond_limit, trend, two_of_three, shift\""
        ));
    }
    let mut chosen = [false; Test::ALL.len()];
    for (chosen, test) in chosen.iter_mut().zip(Test::ALL) {
        *chosen = named(tests).any(|name| name == test.code());
    }
    Ok(chosen)
}

/// The figures of a series up to a period, one for each period from its first of the kind on.
pub(in crate::expr) struct Figures {
    pub(in crate::expr) first: Period,
    pub(in crate::expr) figures: Vec<Option<f64>>,
}

impl Figures {
    pub(in crate::expr) fn until(series: &Series, last: Period) -> Option<Self> {
        let kind = last.granularity();
        let mut known = series.iter().filter(|(period, _)| period.granularity() == kind && *period <= last);
        let (first, _) = known.next()?;
        let count = usize::try_from(last.since(first)?).ok()? + 1;
        let figure = |at: usize| {
            let back = i32::try_from(at).ok()?;
            series.at(first.minus(-back)).and_then(|figure| figure.value.get())
        };
        Some(Self { first, figures: (0..count).map(figure).collect() })
    }
}

/// What is known of the newest figure, if there are enough of them.
fn seen(view: View<'_>, charting: &Charting) -> Result<(Figures, Latest), Unanswered> {
    let figures = Figures::until(view.series, view.period);
    let starts: Vec<usize> = figures
        .as_ref()
        .map(|figures| charting.starts(&view.series.key.labels, figures.first).collect())
        .unwrap_or_default();
    let found = figures.and_then(|figures| {
        let latest = latest(&figures.figures, &starts, &charting.settings)?;
        Some((figures, latest))
    });
    enough(found.as_ref().map(|(_, latest)| latest), view, charting)?;
    found.ok_or_else(|| Unanswered::Because("the control chart has no limits".to_owned()))
}

/// Why a chart says nothing.
fn enough(latest: Option<&Latest>, view: View<'_>, charting: &Charting) -> Result<(), Unanswered> {
    let value = view.series.at(view.period).map_or(Value::ABSENT, |figure| figure.value);
    if let Value::Missing { missing } = value {
        return Err(Unanswered::Missing("figure", view.period, missing));
    }
    match latest {
        Some(latest) if latest.figures >= charting.least_points => Ok(()),
        Some(latest) => Err(Unanswered::Because(format!(
            "the control chart has {} figures up to {}, and {} are needed",
            latest.figures,
            view.period.label(),
            charting.least_points
        ))),
        None => Err(Unanswered::Because(format!(
            "the control chart has no limits for {}: too few neighbouring figures",
            view.period.label()
        ))),
    }
}

impl ChartQuestion {
    /// How the chart is read.
    pub(in crate::expr) fn charting(&self) -> &Arc<Charting> {
        &self.charting
    }

    pub(super) fn answer(&self, view: View<'_>) -> Result<f64, Unanswered> {
        let (_, latest) = seen(view, &self.charting)?;
        self.of(&latest, view)
    }

    /// The answer where the chart is known already; NaN where it says nothing.
    pub(in crate::expr) fn number(&self, latest: Option<&Latest>, view: View<'_>) -> f64 {
        let latest = latest.filter(|latest| latest.figures >= self.charting.least_points);
        latest.and_then(|latest| self.of(latest, view).ok()).unwrap_or(f64::NAN)
    }

    fn of(&self, latest: &Latest, view: View<'_>) -> Result<f64, Unanswered> {
        let better = view.series.better;
        let truth = |holds| Ok(f64::from(u8::from(holds)));
        match self.asks {
            Asks::Special(Way::Concern | Way::Improvement, _) | Asks::Assured(..) if better == Better::Neither => {
                Err(Unanswered::Because("no direction of this measure is good".to_owned()))
            }
            Asks::Special(way, tests) => truth(counted(latest, way, tests, better).is_some()),
            Asks::Assured(assurance, target) => {
                let target = match target {
                    Some(target) => target,
                    None => plan(view)?,
                };
                truth(latest.assurance(better, Some(target)) == Some(assurance))
            }
            Asks::Centre => Ok(latest.limits.centre),
            Asks::Lower => Ok(latest.limits.lower),
            Asks::Upper => Ok(latest.limits.upper),
            Asks::Points => Ok(latest.figures as f64),
        }
    }
}

/// The first of the tests that finds a special cause that counts.
fn counted(latest: &Latest, way: Way, tests: Tests, better: Better) -> Option<(Test, Side)> {
    let counts = |test: Test, side: Side| {
        let variation = Variation::of(Some(SpecialCause { test, side }), better);
        match way {
            Way::Concern => variation.is_concerning(),
            Way::Improvement => variation.is_improving(),
            Way::Any => true,
        }
    };
    let chosen = Test::ALL.iter().zip(tests).filter(|(_, chosen)| *chosen);
    chosen.filter_map(|(test, _)| Some((*test, latest.side(*test)?))).find(|(test, side)| counts(*test, *side))
}

fn plan(view: View<'_>) -> Result<f64, Unanswered> {
    match view.series.at(view.period).map_or(Value::ABSENT, |figure| figure.plan) {
        Value::Number(plan) => Ok(plan),
        Value::Missing { missing } => Err(Unanswered::Missing("plan", view.period, missing)),
        Value::Bound(bound) => end_of(bound, "plan", view.period),
    }
}

/// Why the newest point is special, by the first of the tests that finds it so: "seven months below the mean, since April
/// 2025".
pub(super) fn why(tests: Option<&str>, view: View<'_>, charting: &Charting) -> Outcome<Result<String, Unanswered>> {
    let tests = tests.map_or(Ok([true; Test::ALL.len()]), read)?;
    Ok(seen(view, charting).map(|(figures, latest)| {
        let Some((test, side)) = counted(&latest, Way::Any, tests, view.series.better) else {
            return "nothing but chance".to_owned();
        };
        let rebased = charting.starts(&view.series.key.labels, figures.first);
        let start = rebased.filter(|start| *start < figures.figures.len()).max().unwrap_or(0);
        let segment = figures.figures.get(start..).unwrap_or_default();
        said(test, side, periods_of(test, side, segment, &latest.limits), view.period)
    }))
}

fn said(test: Test, side: Side, periods: usize, now: Period) -> String {
    let (above, upper, rising) = match side {
        Side::High => ("above", "upper", "rising"),
        Side::Low => ("below", "lower", "falling"),
    };
    let back = i32::try_from(periods).unwrap_or(i32::MAX).saturating_sub(1);
    let since = || now.minus(back).label();
    match test {
        Test::BeyondLimit if periods == 1 => format!("{above} the {upper} limit"),
        Test::BeyondLimit => format!("{above} the {upper} limit for {}, since {}", counted_in(periods, now), since()),
        Test::Trend => format!("{rising} for {}, since {}", counted_in(periods, now), since()),
        Test::TwoOfThree => format!("two of the last {} near the {upper} limit", counted_in(periods, now)),
        Test::Shift => format!("{} {above} the mean, since {}", counted_in(periods, now), since()),
    }
}

/// "seven months"
fn counted_in(periods: usize, of: Period) -> String {
    const SMALL: [&str; 13] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    let unit = match of.granularity() {
        Granularity::Day => "days",
        Granularity::Week => "weeks",
        Granularity::Month => "months",
        Granularity::Quarter => "quarters",
        Granularity::FinancialYear | Granularity::CalendarYear => "years",
    };
    SMALL.get(periods).map_or_else(|| format!("{periods} {unit}"), |word| format!("{word} {unit}"))
}
