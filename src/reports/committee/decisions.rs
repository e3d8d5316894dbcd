//! What waits for somebody to decide it: alerts that nobody looks after, and deliveries that are held back.

use super::label;
use crate::{
    model::{
        CommitteeReport, Lapsed, Source, TabledAlert, Verdict,
        calendar::{day_in_london, in_words},
    },
    reports::{
        alert::{LABEL, MESSAGE},
        clean,
        paper::{Block, Point},
        words,
    },
};

/// How many alerts are named; the rest are counted.
const NAMED: usize = 12;

/// The title of the section.
pub(in crate::reports) const DECISIONS: &str = "Waiting for a decision";

/// What waits, in the order in which it is read.
pub(in crate::reports) fn decisions(report: &CommitteeReport) -> Vec<Point> {
    let unattended: Vec<&TabledAlert> =
        report.firing().filter(|alert| alert.line.handling.acknowledged.is_none() && alert.muted.is_none()).collect();
    let (lapsed, open): (Vec<&TabledAlert>, Vec<&TabledAlert>) =
        unattended.into_iter().partition(|alert| alert.line.handling.lapsed.is_some());
    let mut points = Vec::new();
    points.extend(who_looks_after(&open));
    points.extend(lapsed.into_iter().filter_map(again));
    points.extend(report.sources.iter().filter(|source| is_undecided(report, source)).map(held_back));
    points
}

fn who_looks_after(alerts: &[&TabledAlert]) -> Option<Point> {
    alerts.first()?;
    let mut names: Vec<String> = Vec::new();
    for name in alerts.iter().map(|alert| label(alert)) {
        // Several rules may speak of one series.
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let (is_one, more) = (names.len() == 1, names.len().saturating_sub(NAMED));
    names.truncate(NAMED);
    if more > 0 {
        names.push(format!("{} more", words::number(more as f64)));
    }
    let (verb, those) = if is_one { ("fires", "it") } else { ("fire", "them") };
    let text = format!("{} {verb}, and nobody has said that they look after {those}.", words::list(&names));
    Some(Point { head: "Who looks after it:".to_owned(), text })
}

/// Somebody did, and it is to be looked at again.
fn again(alert: &TabledAlert) -> Option<Point> {
    let Lapsed { acknowledged, until, .. } = alert.line.handling.lapsed.as_ref()?;
    let (by, until) = (clean::line(&acknowledged.by, LABEL), clean::line(until, MESSAGE));
    Some(Point {
        head: format!("{}:", label(alert)),
        text: format!("looked after by {by} until {until}, and by nobody now."),
    })
}

/// Whether a delivery is held back, and nothing was published of its periods since.
fn is_undecided(report: &CommitteeReport, source: &Source) -> bool {
    let is_published = |other: &Source| {
        other.dataset == source.dataset
            && other.verdict.is_published()
            && source.periods.iter().any(|period| other.periods.contains(period))
    };
    source.verdict == Verdict::Quarantined && !report.sources.iter().any(is_published)
}

fn held_back(source: &Source) -> Point {
    let (title, day) = (clean::line(&source.dataset_title, LABEL), in_words(day_in_london(source.received)));
    let findings = words::count(source.issues, "finding");
    Point {
        head: format!("{}:", clean::file(&source.file, source.table.as_deref(), MESSAGE)),
        text: format!(
            "{title}, held back on {day} with {findings}. It is to be corrected and sent again, released or withdrawn."
        ),
    }
}

/// The section of the paper; none where nothing waits.
pub(super) fn section(report: &CommitteeReport) -> Vec<Block> {
    let points = decisions(report);
    if points.is_empty() {
        return Vec::new();
    }
    vec![Block::Heading(1, DECISIONS.to_owned()), Block::List(points)]
}
