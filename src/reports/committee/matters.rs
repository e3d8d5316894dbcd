//! The alerts one by one: new, worsened, continuing, resolved; those that are pending; and what had been said and is not true.

use super::{label, owner, said};
use crate::{
    model::{
        AlertSeverity, Cause, CommitteeReport, Correction, Lapsed, Standing, TabledAlert, ThreeA, TransitionKind,
        calendar::{day_in_london, in_words},
    },
    reports::{
        alert::{self, AlertView, Change, LABEL, MESSAGE},
        chart::Chart,
        clean,
        paper::{Block, Column, Fact, Matter, Table},
        words,
    },
};

/// How many alerts of a section are set out; the rest are counted.
const SHOWN: usize = 50;

pub(super) fn sections(report: &CommitteeReport) -> Vec<Block> {
    if report.alerts.is_empty() && report.corrected.is_empty() {
        return Vec::new();
    }
    let mut blocks = Vec::new();
    for (standing, change, title, none) in [
        (Standing::New, Change::New, "New", "No alert is new."),
        (Standing::Worsened, Change::Worsened, "Worsened", "No alert has worsened."),
        (Standing::Continuing, Change::Continuing, "Continuing", "No alert goes on from before."),
        (Standing::Resolved, Change::Resolved, "Resolved", "No alert ended."),
    ] {
        let alerts: Vec<&TabledAlert> = report.standing(standing).collect();
        blocks.push(Block::Heading(1, titled(title, alerts.len())));
        if alerts.is_empty() {
            blocks.push(Block::Text(none.to_owned()));
        }
        blocks.extend(alerts.iter().take(SHOWN).map(|alert| Block::Matter(Box::new(matter(alert, change)))));
        if alerts.len() > SHOWN {
            let more = words::number((alerts.len() - SHOWN) as f64);
            blocks.push(Block::Text(format!("And {more} more, which this report as a workbook lists.")));
        }
    }
    blocks.extend(pending(report));
    blocks.extend(corrected(report));
    blocks
}

fn titled(title: &str, count: usize) -> String {
    if count == 0 { title.to_owned() } else { format!("{title} ({})", words::number(count as f64)) }
}

fn matter(alert: &TabledAlert, change: Change) -> Matter {
    let view = AlertView::of(&alert.line, change, &alert.dataset_title, |_| None);
    let summary = view.rule_summary.trim_end_matches('.');
    let is_grave = alert.line.severity == AlertSeverity::Critical && alert.is_firing();
    Matter {
        tag: tag(alert),
        is_grave,
        text: format!("{summary}: {}.", said(alert)),
        facts: facts(alert, &view),
        chart: Chart::followed(&alert.figures, alert.line.unit),
        title: view.label,
    }
}

fn tag(alert: &TabledAlert) -> String {
    let severity = match alert.line.severity {
        AlertSeverity::Critical => "critical",
        AlertSeverity::Warning => "warning",
        AlertSeverity::Info => "for information",
    };
    match alert.three_a {
        ThreeA::Alert => format!("Alert · {severity}"),
        ThreeA::Advise => format!("Advise · {severity}"),
        ThreeA::Assure => "Assure".to_owned(),
    }
}

fn facts(alert: &TabledAlert, view: &AlertView) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |name: &'static str, text: String| facts.push(Fact { name, text });
    if let Some(figures) = &view.figures {
        let against = figures.against.as_ref().map_or_else(String::new, |against| format!(" ({against})"));
        add("Figure", format!("{} in {}{against}", figures.figure, figures.period));
        add("Plan", figures.plan.clone().unwrap_or_else(|| "none".to_owned()));
        if let Some(change) = &figures.change {
            add("Change", format!("{change} from {}", figures.before));
        }
    }
    add("Breach", view.since.trim_start_matches("In breach ").trim_end_matches('.').to_owned());
    add("Owner", owner(alert));
    if alert.is_firing() {
        handling(alert, &mut add);
    }
    if let Some(muted) = &alert.muted {
        add("Muted", clean::line(muted, MESSAGE));
    }
    if let Some(reason) = &alert.cannot_tell {
        add("Not judged", format!("since then: {}", clean::line(reason, MESSAGE)));
    }
    add("Rule", view.rule.clone());
    facts
}

/// Who looks after it, what was said of it last, and when it is to be looked at again.
fn handling(alert: &TabledAlert, add: &mut dyn FnMut(&'static str, String)) {
    let handling = &alert.line.handling;
    match (&handling.acknowledged, &handling.lapsed) {
        (Some(known), _) => {
            // What was said with it stands under the action, while nothing else was said since.
            let same = |(by, said): &(String, String)| (by, said) == (&known.by, &known.comment);
            let comment = match clean::line(&known.comment, MESSAGE) {
                comment if comment.is_empty() || handling.comment.as_ref().is_some_and(same) => String::new(),
                comment => format!(": {comment}"),
            };
            let by = clean::line(&known.by, LABEL);
            add("Acknowledged", format!("by {by} on {}{comment}", in_words(day_in_london(known.at))));
        }
        (None, Some(Lapsed { acknowledged: known, until, .. })) => {
            let (by, until) = (clean::line(&known.by, LABEL), clean::line(until, MESSAGE));
            add(
                "Acknowledged",
                format!("by nobody; it was by {by} on {}, until {until}", in_words(day_in_london(known.at))),
            );
        }
        (None, None) => add("Acknowledged", "by nobody".to_owned()),
    }
    match &handling.comment {
        Some((by, said)) => add("Action", format!("{} ({})", clean::line(said, MESSAGE), clean::line(by, LABEL))),
        None => add("Action", "none recorded".to_owned()),
    }
    add("Review", handling.review.map_or_else(|| "no date set".to_owned(), in_words));
}

fn pending(report: &CommitteeReport) -> Vec<Block> {
    let alerts: Vec<&TabledAlert> = report.standing(Standing::Pending).collect();
    if alerts.is_empty() {
        return Vec::new();
    }
    let row = |alert: &&TabledAlert| {
        let line = &alert.line;
        vec![
            label(alert),
            clean::line(&line.message, MESSAGE),
            words::figure(line.value, line.unit),
            words::figure(line.plan, line.unit),
            words::how_long(line.periods, line.since),
        ]
    };
    let table = Table {
        caption: "In breach, for fewer periods than the rule asks for".to_owned(),
        columns: vec![
            Column::text("About", 22),
            Column::text("What", 34),
            Column::number("Figure", 12),
            Column::number("Plan", 12),
            Column::text("Breach", 20),
        ],
        rows: alerts.iter().take(SHOWN).map(row).collect(),
    };
    vec![Block::Heading(1, titled("Pending", alerts.len())), Block::Table(table)]
}

fn corrected(report: &CommitteeReport) -> Vec<Block> {
    if report.corrected.is_empty() {
        return Vec::new();
    }
    let row = |one: &Correction| {
        let kind = if one.kind == TransitionKind::Withdrawn { "Withdrawn" } else { "Amended" };
        let unit = one.reading.unit;
        let figures = if one.kind == TransitionKind::Withdrawn && one.now != one.reading.value {
            format!(
                "{}: given as {}, now {}",
                one.reading.period.label(),
                words::figure(one.reading.value, unit),
                words::figure(one.now, unit)
            )
        } else {
            words::figure_of(one.reading.value, unit, one.reading.period)
        };
        vec![
            alert::label(&one.labels.values(), &one.dataset_title),
            kind.to_owned(),
            format!("We had said: “{}”", clean::line(&one.reading.message, MESSAGE)),
            figures,
            format!("{}, {}", because(one.cause), in_words(day_in_london(one.found))),
        ]
    };
    let table = Table {
        caption: "What had been said and no longer holds, or has changed".to_owned(),
        columns: vec![
            Column::text("About", 18),
            Column::text("Now", 12),
            Column::text("What", 30),
            Column::text("Figures", 20),
            Column::text("Why, and when", 20),
        ],
        rows: report.corrected.iter().take(SHOWN).map(row).collect(),
    };
    vec![Block::Heading(1, titled("Withdrawn and amended", report.corrected.len())), Block::Table(table)]
}

fn because(cause: Cause) -> &'static str {
    match cause {
        Cause::New | Cause::Restated => "figures were restated",
        Cause::Late => "figures arrived late",
        Cause::RuleChanged => "the rules changed",
        Cause::Elsewhere => "figures of another dataset changed",
        Cause::TakenBack => "figures were taken back",
        Cause::Due => "due days changed",
        Cause::Review => "it was looked at again",
        Cause::Unmuted => "nothing mutes it any more",
    }
}
