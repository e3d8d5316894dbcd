//! The whole in three sentences, and what a committee is to do: alert, advise, assure.

use super::{label, owner, said};
use crate::{
    model::{AlertSeverity, CommitteeReport, JudgedRule, Missing, Standing, TabledAlert, ThreeA, Value},
    reports::{
        alert::{LABEL, MESSAGE},
        clean,
        paper::{Block, Point},
        words,
    },
};

/// How many points of a list are shown; the rest are counted.
const SHOWN: usize = 30;

/// What was judged and how it stands; the gravest; what could not be assured.
pub(in crate::reports) fn sentences(report: &CommitteeReport) -> [String; 3] {
    [standing(report), gravest(report), not_assured(report)]
}

fn standing(report: &CommitteeReport) -> String {
    let period = report.period.label();
    let rules = report.judged.iter().filter(|judged| judged.is_current).count();
    let judged = match report.series {
        0 => "no series was judged".to_owned(),
        n => format!(
            "{} series {} judged by {}",
            words::number(n as f64),
            if n == 1 { "was" } else { "were" },
            words::count(rules, "rule")
        ),
    };
    let counts = [
        (count(report, Standing::New), "new"),
        (count(report, Standing::Worsened), "worsened"),
        (count(report, Standing::Continuing), "continuing"),
    ];
    let mut parts = Vec::new();
    let firing = report.firing().count();
    if firing > 0 {
        let critical = report.firing().filter(|alert| alert.line.severity == AlertSeverity::Critical).count();
        let critical = (critical > 0).then(|| format!("{} critical", words::number(critical as f64)));
        let kinds =
            counts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{} {word}", words::number(*n as f64)));
        let kinds: Vec<String> = critical.into_iter().chain(kinds).collect();
        let verb = if firing == 1 { "fires" } else { "fire" };
        parts.push(format!("{} {verb} ({})", words::count(firing, "alert"), kinds.join(", ")));
    }
    for (n, word) in [(count(report, Standing::Pending), "pending"), (count(report, Standing::Resolved), "resolved")] {
        if n > 0 {
            let what = if parts.is_empty() { words::count(n, "alert") } else { words::number(n as f64) };
            parts.push(format!("{what} {} {word}", if n == 1 { "is" } else { "are" }));
        }
    }
    if !report.corrected.is_empty() {
        parts.push(format!("{} withdrawn or amended", words::number(report.corrected.len() as f64)));
    }
    if parts.is_empty() {
        let breach = if report.series == 0 { "" } else { ", and none is in breach" };
        return format!("Nothing is to be tabled for {period}: {judged}{breach}.");
    }
    format!("For {period}, {judged}: {}.", words::list(&parts))
}

fn gravest(report: &CommitteeReport) -> String {
    let Some(worst) = worst(report) else {
        return "No alert fires.".to_owned();
    };
    let line = &worst.line;
    let against = words::against_plan(line.value, line.plan, line.unit);
    let figure = words::figure_of(line.value, line.unit, line.period);
    let plan = match line.plan.get() {
        Some(plan) => format!(" against a plan of {}", words::quantity(plan, line.unit)),
        None => String::new(),
    };
    let against = against.map_or_else(String::new, |against| format!(" ({against})"));
    format!(
        "The gravest is {}: {figure}{plan}{against}, in breach {}.",
        label(worst),
        words::how_long(line.periods, line.since)
    )
}

/// Of the most severe, the one that is furthest from its plan; where none has one, the longest.
fn worst(report: &CommitteeReport) -> Option<&TabledAlert> {
    let severity = report.firing().map(|alert| alert.line.severity).max()?;
    let gravest = || report.firing().filter(|alert| alert.line.severity == severity);
    let apart = |alert: &TabledAlert| {
        // What is withheld for being small is nearly nothing of a plan.
        let value =
            if alert.line.value == Value::missing(Missing::Suppressed) { 0.0 } else { alert.line.value.get()? };
        let plan = alert.line.plan.get()?;
        let apart = ((value - plan) / plan).abs();
        apart.is_finite().then_some(apart)
    };
    let mut worst: Option<(f64, &TabledAlert)> = None;
    for (apart, alert) in gravest().filter_map(|alert| Some((apart(alert)?, alert))) {
        // Of those alike, the first: they stand in the order of urgency.
        if worst.is_none_or(|(known, _)| apart > known) {
            worst = Some((apart, alert));
        }
    }
    worst.map(|(_, alert)| alert).or_else(|| gravest().next())
}

fn not_assured(report: &CommitteeReport) -> String {
    let held = report.missing.iter().filter(|line| line.state == crate::model::DueState::HeldBack).count();
    let (late, absent) = (report.missing.len() - held, report.absent.len());
    let (unknown, failed) = (report.cannot_tell.len(), report.failed.len());
    let plural =
        |n: usize, one: &str, many: &str| format!("{} {}", words::number(n as f64), if n == 1 { one } else { many });
    let parts: Vec<String> = [
        (late, plural(late, "delivery has not arrived", "deliveries have not arrived")),
        (held, plural(held, "delivery was held back", "deliveries were held back")),
        (absent, plural(absent, "dataset has no figures of the period", "datasets have no figures of the period")),
        (unknown, plural(unknown, "series could not be judged by a rule", "series could not be judged by a rule")),
        (failed, plural(failed, "series saw a rule go wrong", "series saw a rule go wrong")),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(_, words)| words)
    .chain(report.released().map(|source| {
        format!("{} was released with {}", clean::name(&source.file, LABEL), words::count(source.issues, "known issue"))
    }))
    .collect();
    if parts.is_empty() {
        return match report.series {
            0 => "Nothing can be assured: no figures of the period are there.".to_owned(),
            _ => "Nothing that was expected is missing, and every series could be judged.".to_owned(),
        };
    }
    format!("Not assured: {}.", words::list(&parts))
}

fn count(report: &CommitteeReport, standing: Standing) -> usize {
    report.standing(standing).count()
}

/// The three lists.
pub(super) fn three_as(report: &CommitteeReport) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(1, "Alert, advise, assure".to_owned())];
    for (three_a, title) in
        [(ThreeA::Alert, "Alert: needs the committee now"), (ThreeA::Advise, "Advise: goes on, or is being acted on")]
    {
        blocks.push(Block::Heading(2, title.to_owned()));
        let points = points(report, three_a);
        if points.is_empty() {
            blocks.push(Block::Text(none(three_a).to_owned()));
        } else {
            blocks.push(Block::List(cut(points)));
        }
    }
    blocks.push(Block::Heading(2, "Assure: over, or judged and clear".to_owned()));
    let mut assured = cut(points(report, ThreeA::Assure));
    assured.extend(clear(report));
    if assured.is_empty() {
        blocks.push(Block::Text(none(ThreeA::Assure).to_owned()));
    } else {
        blocks.push(Block::List(assured));
    }
    blocks
}

/// What is said where there is nothing of a kind.
pub(in crate::reports) fn none(three_a: ThreeA) -> &'static str {
    match three_a {
        ThreeA::Alert => "Nothing needs the committee now.",
        ThreeA::Advise => "Nothing goes on, and nothing is pending.",
        ThreeA::Assure => "Nothing was judged, so nothing can be assured.",
    }
}

/// The alerts with which a committee is to do one thing.
pub(in crate::reports) fn points(report: &CommitteeReport, three_a: ThreeA) -> Vec<Point> {
    report.alerts.iter().filter(|alert| alert.three_a == three_a).map(|alert| point(alert, report)).collect()
}

/// What rules found clear.
pub(in crate::reports) fn clear(report: &CommitteeReport) -> Vec<Point> {
    report.judged.iter().map(clear_of).collect()
}

fn cut(mut points: Vec<Point>) -> Vec<Point> {
    let hidden = points.len().saturating_sub(SHOWN);
    if hidden > 0 {
        points.truncate(SHOWN);
        let text = format!("and {} more, which the sections below set out", words::number(hidden as f64));
        points.push(Point { head: String::new(), text });
    }
    points
}

fn point(alert: &TabledAlert, report: &CommitteeReport) -> Point {
    let line = &alert.line;
    let since = line.since.label();
    let standing = match alert.standing {
        Standing::New => format!("new, {}", words::how_long(line.periods, line.since)),
        Standing::Worsened => format!("worse than before, in breach {}", words::how_long(line.periods, line.since)),
        Standing::Continuing => format!("in breach {}", words::how_long(line.periods, line.since)),
        Standing::Pending => {
            format!("in breach {}, not yet long enough to alert", words::how_long(line.periods, line.since))
        }
        Standing::Resolved => format!("no longer in breach; it had been since {since}"),
    };
    let critical = if line.severity == AlertSeverity::Critical && alert.standing != Standing::Resolved {
        "critical, "
    } else {
        ""
    };
    let known = match (&alert.line.handling.acknowledged, alert.is_firing()) {
        (Some(known), _) => format!("; looked after by {}", clean::line(&known.by, LABEL)),
        (None, true) => "; acknowledged by nobody".to_owned(),
        (None, false) => String::new(),
    };
    // Whose it is goes without saying where nobody reports to the group.
    let owner = if report.below.is_empty() { String::new() } else { format!("; {}", owner(alert)) };
    let message = said(alert);
    Point { head: format!("{}:", label(alert)), text: format!("{message}; {critical}{standing}{owner}{known}.") }
}

/// What a rule found clear, and of how many.
fn clear_of(judged: &JudgedRule) -> Point {
    let measure = clean::line(&judged.measure.replace('_', " "), LABEL);
    let title = clean::line(&judged.dataset_title, LABEL);
    let scope =
        if judged.is_current { judged.period.label() } else { format!("as last judged for {}", judged.period.label()) };
    let rest: Vec<String> = [(judged.firing, "fire"), (judged.pending, "pending"), (judged.cannot_tell, "not judged")]
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{} {word}", words::number(n as f64)))
        .collect();
    let rest = if rest.is_empty() { String::new() } else { format!("; {}", rest.join(", ")) };
    Point {
        head: format!("{measure} ({title}), {scope}:"),
        text: format!(
            "{} of {} series clear of “{}”{rest}.",
            words::number(judged.clear as f64),
            words::number(judged.series as f64),
            clean::line(&judged.rule_summary, MESSAGE)
        ),
    }
}
