//! The exception report of a group, as a committee tables it, in every format.
//!
//! HTML, PDF, Word and Markdown say the same in the same order: they are written of one [`Paper`]. The workbook and JSON hold
//! every alert with its figures as numbers.
//!
//! # The JSON
//!
//! `config/schemas/report.json` is its JSON Schema. Fields may be added; those named here stay as they are. Periods are written as everywhere (`2025-10`), days as
//! `2025-12-03`, moments in RFC 3339, figures as numbers or `{"missing": reason}` in the unit that `unit` names.
//!
//! - `type`: `bellwether.committee`; `version`: 1; `group {id, name, below}`, `period`, `date`
//! - `disclosure`: how small numbers stand in it: `mask` (withheld), `{"round_to": n}`, `none` (as they are), or null where no
//!   measure of it has a threshold
//! - `summary`: the three sentences; `series_judged`; `counts {firing, critical, new, worsened, continuing, pending, resolved,
//!   withdrawn, amended, alert, advise, assure, not_assured}`
//! - `alerts [{id, rule, rule_summary, dataset_title, severity, standing, three_a, labels, message, since, periods, period,
//!   value, plan, previous, unit, owner, acknowledged {by, at, period, comment}, lapsed (the same, ended, until), action {by, comment},
//!   review, muted, cannot_tell, points [{period, value, plan, lines [lower, mean, upper], mark}]}]`
//! - `corrected [{alert, rule, labels, dataset_title, kind, cause, since, period, said, now, message, found}]`
//! - `judged [{rule, rule_summary, dataset, dataset_title, measure, period, is_current, series, clear, firing, pending,
//!   cannot_tell}]`
//! - `not_assured [{what, dataset, dataset_title, rule, measures, labels, period, reason}]`; `what` is `not_arrived`,
//!   `held_back`, `no_figures`, `cannot_tell`, `failed` or `released`
//! - `sources [{dataset, dataset_title, delivery, file, table, periods, revision, verdict, received, issues, decisions
//!   [{action, reason, by, at}]}]`

mod assured;
mod decisions;
mod json;
mod matters;
mod sources;
mod summary;
mod workbook;

pub(super) use assured::points as gap_points;
pub(super) use decisions::{DECISIONS, decisions};
pub(super) use json::value;
pub(super) use summary::{clear, none, points, sentences};

use super::{
    RenderError,
    alert::{self, LABEL, MESSAGE},
    clean,
    paper::{self, Block, Fact, Paper},
};
use crate::model::{CommitteeReport, Disclosure, PaperFormat, TabledAlert, calendar::in_words};

/// Writes the report; the same report gives the same bytes.
pub fn committee(report: &CommitteeReport, format: PaperFormat) -> Result<Vec<u8>, RenderError> {
    match format {
        PaperFormat::Html => Ok(paper::html(&paper_of(report)).into_bytes()),
        PaperFormat::Markdown => Ok(paper::markdown(&paper_of(report)).into_bytes()),
        PaperFormat::Pdf => Ok(paper::pdf(&paper_of(report))?),
        PaperFormat::Docx => paper::docx(&paper_of(report)),
        PaperFormat::Xlsx => workbook::write(report),
        PaperFormat::Json => json::write(report),
    }
}

/// The report as it is read from the top to the bottom.
fn paper_of(report: &CommitteeReport) -> Paper {
    let (group, period) = (clean::line(&report.group_name, LABEL), report.period.label());
    let mut blocks: Vec<Block> = Vec::new();
    blocks.push(Block::Heading(1, "Summary".to_owned()));
    blocks.push(Block::Lead(summary::sentences(report).join(" ")));
    blocks.extend(summary::three_as(report));
    blocks.extend(decisions::section(report));
    blocks.extend(matters::sections(report));
    blocks.extend(assured::section(report));
    blocks.extend(sources::section(report));
    Paper {
        title: "Exception report".to_owned(),
        subtitle: format!("{group}, {period}"),
        facts: facts(report, &group, &period),
        blocks,
        foot: format!("{group}: exception report, {period}"),
        date: report.date,
    }
}

fn facts(report: &CommitteeReport, group: &str, period: &str) -> Vec<Fact> {
    let mut facts = vec![
        Fact { name: "Group", text: group.to_owned() },
        Fact { name: "Period", text: period.to_owned() },
        Fact { name: "Date", text: in_words(report.date) },
    ];
    if !report.below.is_empty() {
        let names: Vec<String> = report.below.iter().map(|name| clean::line(name, LABEL)).collect();
        facts.push(Fact { name: "With", text: format!("{}, which report to it", super::words::list(&names)) });
    }
    facts.push(Fact { name: "Figures", text: sources::newest(report) });
    facts.extend(report.disclosure.map(|how| Fact { name: "Small numbers", text: small_numbers(how) }));
    facts
}

/// The same below a message.
pub(super) fn small_print(report: &CommitteeReport) -> Option<String> {
    report.disclosure.map(|how| format!("Small numbers: {}.", small_numbers(how)))
}

/// What a reader must know of figures that are not there, or that are and may not be passed on.
fn small_numbers(how: Disclosure) -> String {
    let withheld = "counts below the publication threshold of their measure are withheld (“suppressed”)";
    match how {
        Disclosure::Mask => format!("{withheld}, with what they could be worked out from"),
        Disclosure::RoundTo(to) => format!("{withheld}, and all others are rounded to the nearest {to}"),
        Disclosure::None => "shown as they are: this paper is not for publication".to_owned(),
    }
}

/// What an alert is about, for people: its labels, or the title of its dataset.
fn label(alert: &TabledAlert) -> String {
    alert::label(&alert.line.labels.values(), &alert.dataset_title)
}

/// The rule's message, without the name that stands before it already; where it has none, what the rule is about.
fn said(alert: &TabledAlert) -> String {
    let message = clean::line(&alert.line.message, MESSAGE);
    match alert::brief(&label(alert), &message).trim_end_matches('.') {
        "" => clean::line(&alert.line.rule_summary, MESSAGE),
        message => message.to_owned(),
    }
}

/// Whose it is: the person that it was given to, of the group that looks after it.
fn owner(alert: &TabledAlert) -> String {
    let group = clean::line(&alert.group_name, LABEL);
    match &alert.line.handling.assignee {
        Some(person) => format!("{} ({group})", clean::line(person, LABEL)),
        None => group,
    }
}
