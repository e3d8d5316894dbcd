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

/// How many matters of one kind are shown; the rest are counted.
const SHOWN: usize = 20;

/// All that the templates need.
#[derive(Debug, Serialize)]
pub(super) struct ThreeAsView {
    pub(super) subject: String,
    pub(super) headline: String,
    group: String,
    pub(super) below: Option<String>,
    pub(super) sections: Vec<Section>,
    /// What was judged and is clear, never more than that.
    pub(super) assured: String,
    missing: Vec<NotAssuredView>,
    pub(super) unjudged: Option<String>,
    small_print: Vec<String>,
}

/// The matters with which the committee is to do one thing.
#[derive(Debug, Serialize)]
pub(super) struct Section {
    kind: &'static str,
    pub(super) title: &'static str,
    pub(super) count: String,
    pub(super) matters: Vec<MatterView>,
    folded: Option<String>,
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
            sections: ThreeA::ALL.iter().map(|&what| Section::of(content, what)).collect(),
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

impl Section {
    fn of(content: &ThreeAs, what: ThreeA) -> Self {
        let (kind, title) = heading(what);
        let matters: Vec<&Matter> = content.of(what).collect();
        let hidden = matters.len().saturating_sub(SHOWN);
        Self {
            kind,
            title,
            count: words::number(matters.len() as f64),
            matters: matters.into_iter().take(SHOWN).map(MatterView::of).collect(),
            folded: (hidden > 0).then(|| {
                let hidden = words::number(hidden as f64);
                format!("and {hidden} more, not listed here: “bellwether report” lists every alert")
            }),
        }
    }
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

/// Which colour and which title a section has.
pub(super) fn heading(what: ThreeA) -> (&'static str, &'static str) {
    match what {
        ThreeA::Alert => ("new", "Alert"),
        ThreeA::Advise => ("continuing", "Advise"),
        ThreeA::Assure => ("resolved", "Assure"),
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
