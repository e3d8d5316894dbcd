//! The summary of a period for a committee: alert, advise, assure.

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::{
    alert::{LABEL, MESSAGE},
    clean,
    not_assured::{self, NotAssuredView},
    subject::LONGEST,
    words,
};
use crate::model::{AlertSeverity, Matter, Notice, Standing, ThreeA, ThreeAs};

/// How many points of one kind are shown; the rest are counted.
pub(super) const SHOWN: usize = 20;

/// All that the templates need.
#[derive(Debug, Serialize)]
pub(super) struct ThreeAsView {
    pub(super) subject: String,
    pub(super) headline: String,
    group: String,
    pub(super) below: Option<String>,
    pub(super) sections: Vec<Section<MatterView>>,
    /// What was judged and is clear, never more than that.
    pub(super) assured: String,
    missing: Vec<NotAssuredView>,
    pub(super) unjudged: Option<String>,
    small_print: Vec<String>,
}

/// What a committee is to do one thing with.
#[derive(Debug, Serialize)]
pub(super) struct Section<T> {
    pub(super) kind: &'static str,
    pub(super) title: &'static str,
    pub(super) count: String,
    /// What is said where there is nothing.
    pub(super) note: Option<&'static str>,
    pub(super) points: Vec<T>,
    pub(super) folded: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct MatterView {
    pub(super) group: String,
    pub(super) message: String,
    /// "New since October 2025, critical. Acknowledged by …"
    pub(super) how: String,
    rule: String,
    id: String,
}

impl ThreeAsView {
    pub(super) fn of(notice: &Notice, content: &ThreeAs) -> Self {
        let (clear, all) = content.clear;
        let number = |n: usize| words::number(n as f64);
        let below: Vec<String> = content.below.iter().map(|name| clean::line(name, LABEL)).collect();
        Self {
            subject: subject(content),
            headline: headline(content),
            group: clean::line(&notice.group_name, LABEL),
            below: (!below.is_empty()).then(|| format!("With what concerns {}.", words::list(&below))),
            sections: ThreeA::ALL.iter().map(|&what| section(content, what)).collect(),
            assured: format!(
                "{} series {} judged; {} of {} answers of rules {} clear.",
                number(content.series),
                if content.series == 1 { "was" } else { "were" },
                number(clear),
                number(all),
                if clear == 1 { "is" } else { "are" },
            ),
            missing: not_assured::views(&content.missing),
            unjudged: (content.unjudged > 0).then(|| {
                format!("{} could not be judged: nothing is assured of them.", words::count(content.unjudged, "answer"))
            }),
            small_print: vec![format!("Notice {}", notice.id)],
        }
    }
}

impl<T> Section<T> {
    /// The first of the points, of which `count` are counted; `elsewhere` ends "and 12 more, ".
    pub(super) fn of(what: ThreeA, count: usize, points: impl ExactSizeIterator<Item = T>, elsewhere: &str) -> Self {
        let (kind, title) = match what {
            ThreeA::Alert => ("new", "Alert"),
            ThreeA::Advise => ("continuing", "Advise"),
            ThreeA::Assure => ("resolved", "Assure"),
        };
        let hidden = points.len().saturating_sub(SHOWN);
        let folded = || format!("and {} more, {elsewhere}", words::number(hidden as f64));
        Self {
            kind,
            title,
            count: words::number(count as f64),
            note: None,
            points: points.take(SHOWN).collect(),
            folded: (hidden > 0).then(folded),
        }
    }
}

/// The matters of a kind.
fn section(content: &ThreeAs, what: ThreeA) -> Section<MatterView> {
    let matters: Vec<&Matter> = content.of(what).collect();
    let elsewhere = "not listed here: “bellwether report” lists every alert";
    Section::of(what, matters.len(), matters.into_iter().map(MatterView::of), elsewhere)
}

impl MatterView {
    fn of(matter: &Matter) -> Self {
        let since = matter.since.label();
        let how = match matter.standing {
            Standing::New => format!("New, since {since}"),
            Standing::Worsened => format!("Worsened; in breach since {since}"),
            Standing::Continuing => format!("Continuing since {since}"),
            Standing::Pending => format!("Pending since {since}"),
            Standing::Resolved => format!("Resolved; it was in breach since {since}"),
        };
        let critical = if matter.severity == AlertSeverity::Critical { ", critical" } else { "" };
        let handling = words::sentence(&clean::line(&matter.handling, MESSAGE));
        let handling = if handling.is_empty() { handling } else { format!(" {handling}") };
        Self {
            group: clean::line(&matter.group_name, LABEL),
            message: clean::line(&matter.message, MESSAGE),
            how: format!("{how}{critical}.{handling}"),
            rule: clean::line(&matter.rule, LABEL),
            id: clean::line(&matter.alert.0, LABEL),
        }
    }
}

fn counts(content: &ThreeAs) -> [usize; 3] {
    [ThreeA::Alert, ThreeA::Advise, ThreeA::Assure].map(|what| content.of(what).count())
}

/// "October 2025: alert 2, advise 3, assure 1"
pub(super) fn subject(content: &ThreeAs) -> String {
    let [alert, advise, assure] = counts(content);
    let missing = match content.missing.len() {
        0 => String::new(),
        n => format!(", {} missing", words::count(n, "delivery").replace("deliverys", "deliveries")),
    };
    let subject = format!("{}: alert {alert}, advise {advise}, assure {assure}{missing}", content.period.label());
    clean::line(&subject, LONGEST)
}

fn headline(content: &ThreeAs) -> String {
    let [alert, advise, assure] = counts(content);
    let (period, matters) = (content.period.label(), words::count(alert, "matter"));
    format!("{period}: {matters} to alert the committee to, {advise} to advise it of, {assure} to assure it about.")
}

/// The `data` of a summary.
pub(super) fn json(content: &ThreeAs) -> Json {
    json!({
        "period": content.period,
        "series": content.series,
        "answers": { "clear": content.clear.0, "all": content.clear.1, "unjudged": content.unjudged },
        "below": content.below,
        "matters": content.matters,
        "not_assured": content.missing,
    })
}
