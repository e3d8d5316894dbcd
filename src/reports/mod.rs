//! A notice as it is read: a page for a committee chair on a phone, the same in plain text, and JSON for machines; the
//! exception report that a committee tables, on paper and as a workbook; the report of findings that lies beside a file; and
//! a picture of all series over all periods.
//!
//! Whatever comes from data is harmless here: escaped in HTML and SVG, and in every rendering for people free of control
//! characters and of marks that turn the direction of text. What is long is cut with `…`; what is left out of a list is
//! counted. JSON carries names and values as they were delivered.
//!
//! The body of a webhook is `{"type": "bellwether.exceptions" | "bellwether.gate" | "bellwether.operator" | "bellwether.silence"
//! | "bellwether.escalation" | "bellwether.three_as" | "bellwether.digest", "timestamp": RFC 3339, "data": {…}}`; `config/schemas/webhook.json` is its
//! JSON Schema. `data` always holds `version` (1), `notice` and `group {id, name}`, where people can act on it `link` (and each
//! alert its own), and by type:
//!
//! - exceptions: `dataset {id, title}`, `period`, `delivery`, `file`, `revision`, `verdict`, `cause`, `first_load`,
//!   `series_judged`, `firing`, `counts {new, worsened, withdrawn, amended, continuing, resolved}`, `alerts [{id, rule,
//!   severity, state, change, labels, since, periods, period, value, plan, previous, unit, message, rule_summary, chart,
//!   handling}]` (`chart`, of rules about control charts: `points [{period, value, plan, lines [lower, mean, upper], mark}]`,
//!   `rebases`, `suggested_rebase`, `variation`, `assurance`: the icons of its newest point; `handling`, where anybody did anything: `acknowledged {by, at, period, comment}`, `lapsed`
//!   (the same, `ended`, `until`), `assignee`, `review`, `comment [by, text]`),
//!   `muted` (alerts that fire and are not told of, each with `by`), `looked_after` (alerts that go on and are acknowledged),
//!   `changed_rules [{rule, was, now}]`, `flapping` (alerts that have begun to fire and end again and again, each with `words`),
//!   `cannot_tell` and `failed` `[{rule, labels, period, reason, firing_since}]`, `findings`, `not_assured [{dataset,
//!   dataset_title, measures, period, due, state, reason}]`; `delivery` is null where `cause` is `due`: the alerts of rule
//!   `late-delivery` say what did not arrive, each with a label `dataset`
//! - gate: `delivery`, `dataset_title`, `file`, `periods`, `verdict`, `placed`, `withheld`, `failing_rows`, `counts {errors, warnings, notes}`,
//!   `findings [{check, severity, message, count, looked_at, share, rows [{row, sheet, cell, column, value, masked}],
//!   owner}]`, `checks [{check, outcome}]` (`passed`, `note`, `warning`, `error`, `left_out`), `tables [{member, sheet,
//!   header_row, rows, columns [{name, header, by_tolerance}], unexpected}]`
//! - operator and silence: `title`, `paragraphs`
//! - escalation: `role`, `copy_of` (the group that was told, where this is the copy for the group whose alerts they are),
//!   `alerts`, each as above with `dataset_title`, `told_group`, `told`, `unattended`, `why`, `earlier [{to, at}]`, `next
//!   {to, at}`
//!
//! - `three_as`: `period`, `series`, `answers {clear, all, unjudged}`, `below` (the groups summed up), `matters [{alert, rule,
//!   three_a (alert, advise, assure), standing, severity, group_name, message, since, handling}]`, `not_assured`
//!
//! - `digest`: `papers_due`, `attached`, `period`, `date`, `summary` (three sentences), `counts` and `not_assured` as in the
//!   JSON of `bellwether report`, `matters` as in `three_as`, `decisions` (sentences: what waits for one)
//!
//! A figure is a number or `{"missing": reason}`, a plan also `{"at_least": n, "at_most": n}` with one of the two or both;
//! `unit` says of what: `percent` (0.567 is 56.7%), `duration` (seconds),
//! `GBP`, `EUR`, `USD`, what is counted (`appointments`), or `number`. Periods are written as everywhere: `2025-10`.

mod act_page;
mod alert;
mod alertmanager;
mod chart;
mod chat;
mod clean;
mod committee;
mod digest;
mod disclosure;
mod escalation;
mod exceptions;
mod findings;
#[cfg(test)]
mod fixtures;
mod flapping;
mod fonts;
mod gate;
mod looked_after;
mod mail;
mod muted;
mod not_assured;
mod operator;
mod overview;
mod paper;
mod parts;
mod payload;
mod reading;
mod sample;
mod subject;
mod table;
mod template;
mod template_set;
#[cfg(test)]
mod tests;
mod text;
mod three_as;
mod trend;
mod unknown;
mod words;

pub use act_page::{ACT_SHOWN, ACT_STYLE, Acting, Doing, Filled, Standing, Word, act_page, plain_page};
pub use alertmanager::{alertmanager_alerts, alertmanager_webhook};
pub use chat::{Link, Mentioned, cards, slack};
pub use committee::committee;
pub use digest::papers;
pub use disclosure::{Least, Thresholds, disclosed, disclosed_report};
pub use mail::{Mail, MailFile, mail};
pub use overview::{CellState, Overview, OverviewCell, OverviewRow, TextStyle, overview, overview_text};
pub use sample::sample;
pub use table::neutral;
pub use template::RenderError;
pub use template_set::TemplateSet;

use crate::model::{Content, GateReport, Notice};

/// One notice in every form that a channel may need; [`mail`] makes the page that mail programs show.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// One line without control characters, at most about 110 columns, its figures within the first 70.
    pub subject: String,
    /// A complete page: styles inline, charts drawn in it, no scripts, nothing fetched from elsewhere.
    pub html: String,
    /// The same in plain text, at most 76 columns wide.
    pub text: String,
    /// The body of a webhook; the module's documentation names its fields.
    pub json: serde_json::Value,
}

/// The subject of a notice, in every channel that has subjects.
#[must_use]
pub fn subject(notice: &Notice) -> String {
    match &notice.content {
        Content::Exceptions(content) => subject::of_exceptions(content),
        Content::Gate(content) => gate::subject(content),
        Content::Operator(content) | Content::Silence(content) => operator::subject(content),
        Content::Escalation(content) => escalation::subject(content),
        Content::ThreeAs(content) => three_as::subject(content),
        Content::Digest(content) => digest::subject(content),
    }
}

/// Renders a notice. The same notice always gives the same result.
pub fn render(notice: &Notice) -> Result<Rendered, RenderError> {
    render_by(notice, &TemplateSet::default())
}

/// The same, by the templates of its group.
pub fn render_by(notice: &Notice, templates: &TemplateSet) -> Result<Rendered, RenderError> {
    let (subject, html, text) = match &notice.content {
        Content::Exceptions(content) => {
            let mut view = exceptions::ExceptionsView::of(notice, content, &mut exceptions::Browser);
            view.subject = templates.subject(&view).unwrap_or(view.subject);
            let (html, text) = (templates.fill("exceptions.html", &view)?, templates.fill("exceptions.txt", &view)?);
            (view.subject, html, text)
        }
        Content::Gate(content) => {
            let view = gate::GatePage::of(content, Some(notice));
            let (html, text) = (templates.fill("gate.html", &view)?, templates.fill("gate.txt", &view)?);
            (view.subject, html, text)
        }
        Content::Operator(content) | Content::Silence(content) => {
            let view = operator::OperatorView::of(notice, content);
            let (html, text) = (templates.fill("operator.html", &view)?, templates.fill("operator.txt", &view)?);
            (view.subject, html, text)
        }
        Content::Escalation(content) => {
            let view = escalation::EscalationView::of(notice, content, &mut exceptions::Browser);
            let (html, text) = (templates.fill("escalation.html", &view)?, templates.fill("escalation.txt", &view)?);
            (view.subject, html, text)
        }
        Content::ThreeAs(content) => {
            let view = three_as::ThreeAsView::of(notice, content);
            let (html, text) = (templates.fill("three_as.html", &view)?, templates.fill("three_as.txt", &view)?);
            (view.subject, html, text)
        }
        Content::Digest(content) => {
            let view = digest::DigestView::of(notice, content);
            let (html, text) = (templates.fill("digest.html", &view)?, templates.fill("digest.txt", &view)?);
            (view.subject, html, text)
        }
    };
    Ok(Rendered { subject, html, text, json: payload::of(notice) })
}

/// A notice as data, for who takes JSON and nothing else: several bodies where it is too long for one.
#[must_use]
pub fn json_parts(notice: &Notice) -> Vec<serde_json::Value> {
    parts::dealt(payload::of(notice), parts::ROOM)
}

/// What templates may use of a notice.
pub fn variables(notice: &Notice) -> Result<serde_json::Value, RenderError> {
    let view = match &notice.content {
        Content::Exceptions(content) => {
            serde_json::to_value(exceptions::ExceptionsView::of(notice, content, &mut exceptions::Browser))
        }
        Content::Gate(content) => serde_json::to_value(gate::GatePage::of(content, Some(notice))),
        Content::Operator(content) | Content::Silence(content) => {
            serde_json::to_value(operator::OperatorView::of(notice, content))
        }
        Content::Escalation(content) => {
            serde_json::to_value(escalation::EscalationView::of(notice, content, &mut exceptions::Browser))
        }
        Content::ThreeAs(content) => serde_json::to_value(three_as::ThreeAsView::of(notice, content)),
        Content::Digest(content) => serde_json::to_value(digest::DigestView::of(notice, content)),
    };
    view.map_err(|error| RenderError::Json(error.to_string()))
}

/// The report of findings as the files that are laid beside a delivery in `published/` and `quarantine/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateFiles {
    /// For machines: the `data` of a gate notice, indented, without notice and group.
    pub json: String,
    /// For people, at most 76 columns wide.
    pub text: String,
    /// For people, a page to open in a browser or to print: nothing in it is fetched from elsewhere.
    pub html: String,
}

/// Writes the report of findings.
pub fn gate_report(report: &GateReport) -> Result<GateFiles, RenderError> {
    let json = serde_json::to_string_pretty(&payload::of_gate(report))
        .map_err(|error| RenderError::Json(error.to_string()))?;
    let view = gate::GatePage::of(report, None);
    let (text, html) = (template::fill("gate.txt", &view)?, template::fill("gate.html", &view)?);
    Ok(GateFiles { json: json + "\n", text, html })
}

/// A page of what the gate makes of files that were only tried: reports that are placed nowhere.
pub fn trial_page(reports: &[GateReport]) -> Result<String, RenderError> {
    template::fill("gate.html", &gate::GatePage::of_trial(reports))
}
