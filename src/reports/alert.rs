//! One alert of a report.

use serde::Serialize;

use super::{chart::Chart, clean, trend::Trend, words};
use crate::model::{AlertLine, AlertSeverity, LATE_DELIVERY, Period, Value};

/// The widest that a label of a series, a message and a rule's summary are shown; data decides how long they are.
pub(super) const LABEL: usize = 100;
pub(super) const MESSAGE: usize = 400;
/// The longest account of how an alert stands with people: what they write is theirs.
const HANDLING: usize = 1200;
/// The longest word for what is counted.
const NOUN: usize = 40;

/// How an alert came into the report: it decides what is said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    New,
    Worsened,
    Withdrawn,
    Amended,
    Continuing,
    Resolved,
}

impl Change {
    /// A stable code, as JSON has it.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Worsened => "worsened",
            Self::Withdrawn => "withdrawn",
            Self::Amended => "amended",
            Self::Continuing => "continuing",
            Self::Resolved => "resolved",
        }
    }
}

/// An alert as templates show it.
#[derive(Debug, Serialize)]
pub(super) struct AlertView {
    pub(super) label: String,
    pub(super) critical: bool,
    /// The rule's message; quoted where it is no longer true.
    pub(super) message: String,
    /// None where the figures behind the message are no longer true, and where it speaks of none.
    pub(super) figures: Option<Figures>,
    /// "for 3 months, since August 2025".
    pub(super) since: String,
    /// "Acknowledged by Jo Bell on 3 November 2025: locum found."
    pub(super) handling: Option<String>,
    pub(super) trend: Option<Trend>,
    /// Its picture, where it has one.
    pub(super) chart: Option<ChartView>,
    /// What a control chart shows, in sentences; empty for rules that ask for none.
    pub(super) control: Vec<String>,
    pub(super) rule: String,
    pub(super) rule_summary: String,
    pub(super) id: String,
    /// Where people can act on it.
    pub(super) link: Option<String>,
}

/// A chart as templates show it.
#[derive(Debug, Serialize)]
pub(super) struct ChartView {
    /// What it shows, for those who do not see it.
    pub(super) alternative: String,
    /// The drawing itself; none where the message carries the picture.
    pub(super) svg: Option<String>,
    /// Under which name the message carries the picture.
    pub(super) content_id: Option<String>,
}

/// The figure, what it should have been, and what it was.
#[derive(Debug, Serialize)]
pub(super) struct Figures {
    pub(super) period: String,
    pub(super) figure: String,
    pub(super) plan: Option<String>,
    /// "28.3% of plan", "4.2 pp below plan".
    pub(super) against: Option<String>,
    /// "down 12 (14.3%)".
    pub(super) change: Option<String>,
    /// "84 in September 2025".
    pub(super) before: String,
}

impl AlertView {
    /// `whole` is what an alert without labels is about; `picture` shows its chart.
    pub(super) fn of(
        line: &AlertLine,
        change: Change,
        whole: &str,
        picture: impl FnOnce(&Chart) -> Option<ChartView>,
    ) -> Self {
        let withdrawn = change == Change::Withdrawn;
        let message = clean::line(&line.message, MESSAGE);
        let chart = Chart::of(line, withdrawn);
        let is_control = line.chart.is_some() && !withdrawn;
        Self {
            label: label(&line.labels.values(), whole),
            critical: line.severity == AlertSeverity::Critical,
            message: if withdrawn { format!("We said: “{message}”") } else { message },
            figures: (!withdrawn && has_figures(line)).then(|| Figures::of(line)),
            since: since(line, change),
            handling: Some(clean::line(&line.handling.words(), HANDLING)).filter(|words| !words.is_empty()),
            trend: Trend::of(&line.trail, line.plan, line.unit),
            control: chart.as_ref().filter(|_| is_control).map(|chart| chart.words.clone()).unwrap_or_default(),
            chart: chart.as_ref().and_then(picture),
            rule: clean::line(&line.rule, LABEL),
            rule_summary: clean::line(&line.rule_summary, MESSAGE),
            id: clean::line(&line.id.0, LABEL),
            link: None,
        }
    }
}

/// What speaks of deliveries has no figures.
fn has_figures(line: &AlertLine) -> bool {
    line.value != Value::ABSENT || line.plan != Value::ABSENT || !line.trail.is_empty()
}

impl Figures {
    fn of(line: &AlertLine) -> Self {
        let unit = line.unit;
        let noun = line.counted.as_deref().map(|noun| clean::line(noun, NOUN));
        let counted = |figure| words::counted(figure, unit, noun.as_deref());
        Self {
            period: line.period.label(),
            figure: line.value.get().map_or_else(|| line.value.to_string(), counted),
            plan: line.plan.get().map(counted),
            against: words::against_plan(line.value, line.plan, unit),
            change: words::change(line.value, line.previous, unit),
            before: words::figure_of(line.previous, unit, line.period.previous()),
        }
    }
}

/// The values of the labels; `whole` where there is none.
pub(super) fn label(values: &str, whole: &str) -> String {
    let label = clean::line(values, LABEL);
    if label.is_empty() { clean::line(whole, LABEL) } else { label }
}

/// A message without the name that stands before it already, in the label.
pub(super) fn brief<'a>(label: &str, message: &'a str) -> &'a str {
    match message.split_once(": ") {
        Some((name, rest)) if label.contains(name) => rest,
        _ => message,
    }
}

fn since(line: &AlertLine, change: Change) -> String {
    let since = line.since.label();
    if line.rule == LATE_DELIVERY {
        return match change {
            Change::Resolved => format!("Nothing is outstanding any more; something was since {since}."),
            Change::Withdrawn => format!("We had said that it was outstanding since {since}."),
            _ => format!("Outstanding {}.", words::how_long(line.periods, line.since)),
        };
    }
    match change {
        Change::New | Change::Worsened | Change::Continuing | Change::Amended => {
            let said = line.said_since.map(|said| format!("; we had said since {}", said.label())).unwrap_or_default();
            let since = format!("In breach {}{said}.", words::how_long(line.periods, line.since));
            match line.was {
                Some(was) => format!(
                    "{since} The figure for {} was given as {} and is now {}.",
                    line.period.label(),
                    words::figure(was, line.unit),
                    words::figure(line.value, line.unit)
                ),
                None => since,
            }
        }
        Change::Resolved => format!("No longer in breach; it had been since {since}."),
        Change::Withdrawn => match restated_figure(line) {
            Some(now) => {
                let period = line.period.label();
                format!(
                    "We had said that it was in breach since {since}. The figure for {period} was given as {} and is now {now}.",
                    words::figure(line.value, line.unit)
                )
            }
            None => format!("We had said that it was in breach since {since}."),
        },
    }
}

/// The figure that replaced the one which the alert spoke of, when the trail holds another.
fn restated_figure(line: &AlertLine) -> Option<String> {
    let of = |period: Period| line.trail.iter().rev().find(|(of, _)| *of == period).map(|(_, value)| *value);
    let now: Value = of(line.period)?;
    (now != line.value).then(|| words::figure(now, line.unit))
}
