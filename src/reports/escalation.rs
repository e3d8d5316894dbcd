//! Alerts that nobody looks after, as those read it whom they are taken to.

use serde::Serialize;

use super::{
    alert::{self, AlertView, Change, ChartView, LABEL, MESSAGE},
    chart::Chart,
    clean,
    exceptions::{CHARTS, Form},
    subject::LONGEST,
    words,
};
use crate::model::{
    AlertSeverity, EscalatedAlert, EscalationReport, Notice, StepTo,
    calendar::{day_in_london, in_words},
};

/// How many alerts are shown; the rest are counted.
const SHOWN: usize = 50;

/// All that the templates need.
#[derive(Debug, Serialize)]
pub(super) struct EscalationView {
    pub(super) subject: String,
    pub(super) headline: String,
    group: String,
    /// Where the reader can act on it.
    link: Option<String>,
    /// What the reader is asked for.
    asked: String,
    copy: bool,
    cases: Vec<CaseView>,
    folded: Option<String>,
    small_print: Vec<String>,
}

/// One alert.
#[derive(Debug, Serialize)]
struct CaseView {
    alert: AlertView,
    /// The rule's message without the label, where it begins with it.
    brief: String,
    dataset: String,
    #[serde(flatten)]
    said: SaidOfCase,
}

impl EscalationView {
    pub(super) fn of(notice: &Notice, report: &EscalationReport, form: &mut dyn Form) -> Self {
        let name = clean::line(&notice.group_name, LABEL);
        let all = report.cases.len();
        let hidden = all.saturating_sub(SHOWN);
        let headline = headline(report);
        Self {
            subject: subject(report),
            headline,
            group: match &report.role {
                Some(role) => format!("{name} ({})", clean::line(&role.replace('_', " "), LABEL)),
                None => name,
            },
            link: notice.link.clone(),
            asked: asked(report),
            copy: report.copy_of.is_some(),
            cases: cases(notice, report, form),
            folded: (hidden > 0).then(|| {
                let hidden = words::number(hidden as f64);
                format!("and {hidden} more, not listed here: “bellwether alerts” lists every alert")
            }),
            small_print: vec![format!("Notice {}", notice.id)],
        }
    }
}

/// The words of an escalation, for what shows it in a form of its own.
pub(super) struct Said {
    pub(super) headline: String,
    pub(super) asked: String,
    /// Of each alert, in their order.
    pub(super) cases: Vec<SaidOfCase>,
}

/// The words of one alert of an escalation.
#[derive(Debug, Serialize)]
pub(super) struct SaidOfCase {
    /// "Primary Care Quality Group was told on 3 December 2025; not acknowledged for 5 working days."
    pub(super) why: String,
    /// "Already taken to the chair on 10 December 2025."
    pub(super) earlier: Option<String>,
    /// "If nobody acts, it goes to Quality & Outcomes Committee on 17 December 2025."
    pub(super) next: Option<String>,
}

impl Said {
    pub(super) fn of(report: &EscalationReport) -> Self {
        let cases = report.cases.iter().map(SaidOfCase::of).collect();
        Self { headline: headline(report), asked: asked(report), cases }
    }
}

/// The alerts that are shown, the first of them with charts; the copy for the group that was told is short.
fn cases(notice: &Notice, report: &EscalationReport, form: &mut dyn Form) -> Vec<CaseView> {
    let mut charts = if report.copy_of.is_none() { CHARTS } else { 0 };
    let mut picture = |chart: &Chart| {
        charts = charts.checked_sub(1)?;
        form.show(chart)
    };
    let shown = report.cases.iter().take(SHOWN);
    let mut cases: Vec<CaseView> = shown.map(|case| CaseView::of(case, &mut picture)).collect();
    // Of one alert the button above says it.
    if cases.len() > 1 {
        for (view, case) in cases.iter_mut().zip(&report.cases) {
            view.alert.link = notice.link_of(&case.line.id);
        }
    }
    cases
}

impl CaseView {
    fn of(case: &EscalatedAlert, picture: &mut dyn FnMut(&Chart) -> Option<ChartView>) -> Self {
        let alert = AlertView::of(&case.line, Change::Continuing, &case.dataset_title, picture);
        Self {
            brief: alert::brief(&alert.label, &alert.message).to_owned(),
            alert,
            dataset: clean::line(&case.dataset_title, LABEL),
            said: SaidOfCase::of(case),
        }
    }
}

impl SaidOfCase {
    fn of(case: &EscalatedAlert) -> Self {
        let to = |step: &StepTo| format!("{} on {}", clean::line(&step.to, LABEL), day(step.at));
        let earlier: Vec<String> = case.earlier.iter().map(to).collect();
        let group = clean::line(&case.group_name, LABEL);
        let lapsed = if case.unattended > case.told {
            format!("; nobody has looked after it since {}", day(case.unattended))
        } else {
            String::new()
        };
        let why = clean::line(&case.why, MESSAGE);
        Self {
            why: format!("{group} was told on {}{lapsed}. Taken further because: {why}.", day(case.told)),
            earlier: (!earlier.is_empty()).then(|| format!("Already taken to {}.", words::list(&earlier))),
            next: case.next.as_ref().map(|next| format!("If nobody acts, it goes to {}.", to(next))),
        }
    }
}

fn day(moment: jiff::Timestamp) -> String {
    in_words(day_in_london(moment))
}

/// The groups that were told and did not act, each once.
fn groups(report: &EscalationReport) -> String {
    let mut names: Vec<String> = report.cases.iter().map(|case| clean::line(&case.group_name, LABEL)).collect();
    names.sort();
    names.dedup();
    words::list(&names)
}

fn critical(report: &EscalationReport) -> String {
    match report.cases.iter().filter(|case| case.line.severity == AlertSeverity::Critical).count() {
        0 => String::new(),
        n => format!(" ({} critical)", words::number(n as f64)),
    }
}

/// "Escalated: Dementia: delivered below 60% of plan – Primary Care Medical Services Group"
pub(super) fn subject(report: &EscalationReport) -> String {
    let to = report.copy_of.as_ref().map_or(String::new(), |to| format!(" to {}", clean::line(to, LABEL)));
    let what = match report.cases.as_slice() {
        [only] => {
            let alert = AlertView::of(&only.line, Change::Continuing, &only.dataset_title, |_| None);
            let flag = if alert.critical { " (critical)" } else { "" };
            format!("{}{flag}: {}", alert.label, alert.rule_summary)
        }
        cases => format!("{}{}", words::count(cases.len(), "alert"), critical(report)),
    };
    let from = if report.copy_of.is_some() { String::new() } else { format!(" – {}", groups(report)) };
    clean::line(&format!("Escalated{to}: {what}{from}"), LONGEST)
}

fn headline(report: &EscalationReport) -> String {
    let count = format!("{}{}", words::count(report.cases.len(), "alert"), critical(report));
    let is = if report.cases.len() == 1 { "is" } else { "are" };
    match &report.copy_of {
        Some(to) => format!("{count} that nobody looks after went to {}.", clean::line(to, LABEL)),
        None => format!("{count} of {} that nobody looks after {is} escalated to you.", groups(report)),
    }
}

fn asked(report: &EscalationReport) -> String {
    let end = "It goes no further once somebody acknowledges it, or when it is over, taken back or silenced.";
    match &report.copy_of {
        Some(_) => format!("You were told of this and nobody has acknowledged it. {end}"),
        None => format!("You are asked to see that somebody looks after this and acknowledges it. {end}"),
    }
}
