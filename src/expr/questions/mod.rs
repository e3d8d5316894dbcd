//! What an expression over a series can ask for by a function: figures of other periods, sums and means of them, how the
//! series stands among its peers, other measures of the same labels.
//!
//! A call with constant arguments is a [`Question`], which a lowered condition keeps in a slot and answers by itself. The
//! interpreter calls the same questions as functions. Native functions know only their arguments, and a series is
//! borrowed for one evaluation: so what is looked at is copied into a frame of the thread before an expression that can
//! ask is evaluated. 24 months take about 100 ns.

mod ahead;
mod columns;
mod funnel;
mod others;
mod own;
mod peers;
mod rating;
mod spc;

use std::{cell::RefCell, sync::Arc};

use rhai::{Engine, ImmutableString, Variant};

use super::{
    failure::{Outcome, cannot_tell},
    operators::finite,
    view::{Around, View},
};
use crate::{
    model::{Bound, Missing, Period, Series, SeriesKey},
    spc::Charting,
};

pub(super) use funnel::{FUNCTIONS as OF_FUNNELS, FunnelQuestion};
pub(super) use others::{FUNCTIONS as OF_OTHERS, OtherQuestion};
pub(super) use own::{ASKS_FOR_PLAN, FIGURES, OwnQuestion};
pub(super) use peers::PeerQuestion;
pub(super) use rating::RatingQuestion;
pub(super) use spc::{ChartQuestion, asks_chart, is_of_target, unknown_tests};

/// A question about a series at a period; its answer is a number.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Question {
    /// About the series' own figures.
    Own(OwnQuestion),
    /// About the colour that it has against its plan.
    Rating(RatingQuestion),
    /// About how it stands among the series that the same rule looks at.
    Peers(PeerQuestion),
    /// About another measure.
    Other(OtherQuestion),
    /// About the limits that chance sets.
    Funnel(FunnelQuestion),
    /// About its control chart.
    Chart(ChartQuestion),
}

/// A constant argument of a function.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Argument<'a> {
    Number(f64),
    Text(&'a str),
}

/// The kind of an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Number,
    Text,
}

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Unanswered {
    /// There is no figure (or plan) for a period.
    Missing(&'static str, Period, Missing),
    /// Any other reason why the figures do not allow an answer.
    Because(String),
    /// The sum is beyond all numbers.
    TooLarge,
}

impl Unanswered {
    /// "no figure for September 2025: suppressed".
    fn words(&self) -> Option<String> {
        match self {
            Self::Missing(name, period, missing) => Some(none(name, *period, *missing)),
            Self::Because(reason) => Some(reason.clone()),
            Self::TooLarge => None,
        }
    }
}

/// Names with what each takes; one of several forms stands several times.
type Signatures = &'static [(&'static str, &'static [Takes])];

fn signatures() -> impl Iterator<Item = &'static (&'static str, &'static [Takes])> {
    let own = [own::SIGNATURES, rating::SIGNATURES, spc::SIGNATURES, peers::SIGNATURES];
    own.into_iter().chain([others::SIGNATURES, funnel::SIGNATURES]).flatten()
}

/// Whether a function of this name asks something.
pub(super) fn asks(name: &str) -> bool {
    name == spc::WHY || signatures().any(|(known, _)| *known == name)
}

/// Whether a function of this name asks about more than the series' own figures.
pub(super) fn asks_around(name: &str) -> bool {
    [peers::SIGNATURES, others::SIGNATURES, funnel::SIGNATURES].into_iter().flatten().any(|(known, _)| *known == name)
}

/// The argument that names the label whose values are compared apart, of a function that takes one.
pub(super) fn label_among<'a, T>(name: &str, arguments: &'a [T]) -> Option<&'a T> {
    let first = if funnel::FUNCTIONS.contains(&name) {
        // Before it stand a measure and what it counts.
        2
    } else if peers::SIGNATURES.iter().any(|(known, _)| *known == name) {
        0
    } else {
        return None;
    };
    arguments.get(first..)?.last()
}

/// What a call asks; none for other functions and other arguments. Control charts are read as the measure says.
pub(super) fn question(name: &str, arguments: &[Argument<'_>], charting: &Arc<Charting>) -> Option<Outcome<Question>> {
    let own = own::question(name, arguments).map(|asked| asked.map(Question::Own));
    own.or_else(|| rating::question(name, arguments).map(|asked| asked.map(Question::Rating)))
        .or_else(|| peers::question(name, arguments).map(|asked| asked.map(Question::Peers)))
        .or_else(|| others::question(name, arguments).map(|asked| asked.map(Question::Other)))
        .or_else(|| funnel::question(name, arguments).map(|asked| asked.map(Question::Funnel)))
        .or_else(|| spc::question(name, arguments, charting).map(|asked| asked.map(Question::Chart)))
}

impl Question {
    /// The answer for a series at a period.
    pub(super) fn answer(&self, view: View<'_>) -> Result<f64, Unanswered> {
        match self {
            Self::Own(question) => question.answer(view),
            Self::Rating(question) => question.answer(view),
            Self::Peers(question) => question.answer(view),
            Self::Other(question) => question.answer(view),
            Self::Funnel(question) => question.answer(view),
            Self::Chart(question) => question.answer(view),
        }
    }

    /// Whether the answer is that of the series and the period alone, whatever surrounds it.
    pub(super) fn is_own(&self) -> bool {
        matches!(self, Self::Own(_) | Self::Rating(_) | Self::Chart(_))
    }
}

/// Whether a function of this name answers true or false: 1 or 0 as a question.
pub(super) fn is_truth(name: &str) -> bool {
    spc::is_truth(name) || rating::is_truth(name)
}

pub(super) fn register(engine: &mut Engine) {
    for (name, takes) in signatures().copied() {
        if is_truth(name) {
            function(engine, name, takes, |name, arguments| ask(name, arguments).map(|number| number != 0.0));
        } else {
            function(engine, name, takes, ask);
        }
    }
    function(engine, spc::WHY, &[], why);
    function(engine, spc::WHY, &[Takes::Text], why);
}

fn function<T: Variant + Clone>(
    engine: &mut Engine,
    name: &'static str,
    takes: &[Takes],
    ask: fn(&'static str, &[Argument<'_>]) -> Outcome<T>,
) {
    use Argument::{Number as N, Text as T};
    match takes {
        [] => engine.register_fn(name, move || ask(name, &[])),
        [Takes::Number] => engine.register_fn(name, move |n: f64| ask(name, &[N(n)])),
        [Takes::Text] => engine.register_fn(name, move |t: ImmutableString| ask(name, &[T(&t)])),
        [Takes::Text, Takes::Number] => {
            engine.register_fn(name, move |t: ImmutableString, n: f64| ask(name, &[T(&t), N(n)]))
        }
        [Takes::Number, Takes::Text] => {
            engine.register_fn(name, move |n: f64, t: ImmutableString| ask(name, &[N(n), T(&t)]))
        }
        [Takes::Text, Takes::Text] => {
            engine.register_fn(name, move |t: ImmutableString, u: ImmutableString| ask(name, &[T(&t), T(&u)]))
        }
        [Takes::Text, Takes::Text, Takes::Text] => engine
            .register_fn(name, move |t: ImmutableString, u: ImmutableString, v: ImmutableString| {
                ask(name, &[T(&t), T(&u), T(&v)])
            }),
        [Takes::Text, Takes::Text, Takes::Number] => engine
            .register_fn(name, move |t: ImmutableString, u: ImmutableString, n: f64| ask(name, &[T(&t), T(&u), N(n)])),
        [Takes::Text, Takes::Text, Takes::Number, Takes::Text] => {
            engine.register_fn(name, move |t: ImmutableString, u: ImmutableString, n: f64, v: ImmutableString| {
                ask(name, &[T(&t), T(&u), N(n), T(&v)])
            })
        }
        _ => return,
    };
}

#[derive(Default)]
struct Frame {
    looked_at: Option<(Series, Period, Option<Arc<Around>>)>,
    /// The period whose figure ended the evaluation, where something is known of it: suppressed, or partly known.
    open: Option<Period>,
    charting: Arc<Charting>,
}

thread_local! {
    static FRAME: RefCell<Frame> = RefCell::default();
}

/// Makes what is looked at that of which the functions speak, on this thread, until the next call. What surrounds it, and
/// how its control charts are read, is taken along only where it can be asked for.
pub(super) fn enter(view: View<'_>, with_around: bool, charting: Option<&Arc<Charting>>) {
    FRAME.with_borrow_mut(|frame| {
        frame.open = None;
        let none = || Series::new(SeriesKey::default(), view.series.better);
        let (series, period, around) = frame.looked_at.get_or_insert_with(|| (none(), view.period, None));
        *period = view.period;
        series.clone_figures_from(view.series);
        if with_around || charting.is_some() {
            series.key.clone_from(&view.series.key);
        }
        if with_around {
            *around = Some(Arc::clone(view.around));
        }
        if let Some(charting) = charting {
            frame.charting = Arc::clone(charting);
        }
    });
}

/// The period whose suppressed or partly known figure ended the last evaluation on this thread, if one did.
pub(super) fn open() -> Option<Period> {
    FRAME.with_borrow(|frame| frame.open)
}

/// Goes on to another period of the series that is looked at.
pub(super) fn go_on(period: Period) {
    FRAME.with_borrow_mut(|frame| {
        frame.open = None;
        if let Some((_, at, _)) = &mut frame.looked_at {
            *at = period;
        }
    });
}

/// Notes that an evaluation ended at such a figure of the series itself.
pub(super) fn note_open(period: Option<Period>) {
    FRAME.with_borrow_mut(|frame| frame.open = period);
}

/// A function, called within the frame.
fn ask(name: &'static str, arguments: &[Argument<'_>]) -> Outcome<f64> {
    within(|view, charting| match question(name, arguments, charting) {
        Some(question) => Ok(question?.answer(view)),
        None => cannot_tell("nothing is asked"),
    })
}

/// Why the newest point of the control chart is special.
fn why(_: &'static str, arguments: &[Argument<'_>]) -> Outcome<ImmutableString> {
    let tests = arguments.iter().find_map(|argument| match argument {
        Argument::Text(tests) => Some(*tests),
        Argument::Number(_) => None,
    });
    within(|view, charting| Ok(spc::why(tests, view, charting)?.map(ImmutableString::from)))
}

fn within<T>(answer: impl FnOnce(View<'_>, &Arc<Charting>) -> Outcome<Result<T, Unanswered>>) -> Outcome<T> {
    FRAME.with_borrow_mut(|frame| {
        let Some((series, period, around)) = &frame.looked_at else { return cannot_tell("no series is looked at") };
        let around = around.as_ref().unwrap_or(Around::nothing());
        let answer = answer(View { series, period: *period, around }, &frame.charting)?;
        answer.or_else(|unanswered| {
            frame.open = match &unanswered {
                Unanswered::Missing("figure", period, Missing::Suppressed | Missing::Unsure) => Some(*period),
                _ => None,
            };
            let why = frame.open.and_then(|period| Some((period, series.unsure(period)?)));
            if let Some((period, unsure)) = why {
                return cannot_tell(format!("no figure for {}: {}", period.label(), unsure.why));
            }
            match unanswered.words() {
                Some(words) => cannot_tell(words),
                None => finite(f64::INFINITY).and_then(|_| cannot_tell("too large")),
            }
        })
    })
}

/// The end of a target that has one only.
fn end_of(bound: Bound, name: &'static str, period: Period) -> Result<f64, Unanswered> {
    bound.only_end().ok_or_else(|| Unanswered::Because(no_single_figure(name, period)))
}

/// "the plan for September 2025 is a range: `target` holds figures against it".
pub(super) fn no_single_figure(name: &str, period: Period) -> String {
    format!("the {name} for {} is a range: the kinds `target` and `rag` hold figures against it", period.label())
}

/// "no figure for September 2025: suppressed".
pub(super) fn none(name: &str, period: Period, missing: Missing) -> String {
    format!("no {name} for {}: {}", period.label(), missing.reason())
}
