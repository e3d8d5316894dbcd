//! The gate's decision, for the steward: why a file was held back, row by row, and what to do.

use serde::Serialize;

use super::{
    alert::{LABEL, MESSAGE},
    clean,
    findings::{self, FindingView},
    words,
};
use crate::model::{GateReport, Notice, Severity, Verdict};

/// A phone shows about this many characters of a subject.
const SUBJECT: usize = 70;
/// A file's name is not cut shorter than this.
const FILE: usize = 24;
/// How many periods are named before they become "and 5 more".
const PERIODS: usize = 3;

/// All that the templates need; `group` and the notice are absent from the report that lies beside the file.
#[derive(Debug, Serialize)]
pub(super) struct GateView {
    pub(super) subject: String,
    pub(super) headline: String,
    group: Option<String>,
    verdict: &'static str,
    title: String,
    placed: String,
    advice: &'static str,
    findings: Vec<FindingView>,
    small_print: Vec<String>,
}

impl GateView {
    pub(super) fn of(report: &GateReport, notice: Option<&Notice>) -> Self {
        let delivery = format!("Delivery {}", report.delivery);
        Self {
            subject: subject(report),
            headline: headline(report),
            group: notice.map(|notice| clean::line(&notice.group_name, LABEL)),
            verdict: report.verdict.code(),
            title: title(report),
            placed: clean::line(&report.placed, MESSAGE),
            advice: advice(report.verdict),
            findings: findings::sorted(&report.findings).into_iter().map(FindingView::of).collect(),
            small_print: std::iter::once(delivery)
                .chain(notice.map(|notice| format!("Notice {}", notice.id)))
                .collect(),
        }
    }
}

/// `Held back: les-activity-2025-10.csv – 2 errors (14 rows)`.
fn subject(report: &GateReport) -> String {
    let (verdict, tally) = match report.verdict {
        Verdict::Quarantined => ("Held back: ", findings::tally(&report.findings, &[Severity::Error])),
        Verdict::PublishedWithWarnings => {
            ("Published with warnings: ", findings::tally(&report.findings, &[Severity::Warning]))
        }
        Verdict::Published => ("Published: ", findings::tally(&report.findings, &[Severity::Note])),
        Verdict::Duplicate => ("Known before: ", String::new()),
        Verdict::Released => ("Released: ", findings::tally(&report.findings, &[Severity::Error, Severity::Warning])),
        Verdict::Withdrawn => ("Withdrawn: ", String::new()),
    };
    let tally = if tally.is_empty() { tally } else { format!(" – {tally}") };
    let room = SUBJECT.saturating_sub(clean::columns(verdict) + clean::columns(&tally)).max(FILE);
    format!("{verdict}{}{tally}", clean::file(&report.file, report.table.as_deref(), room))
}

/// `Local Enhanced Services activity, October 2025`, as far as it is known.
fn title(report: &GateReport) -> String {
    let dataset = report.dataset_title.as_deref().map_or("no dataset recognised it", |title| title);
    let mut periods: Vec<String> = report.periods.iter().take(PERIODS).map(|period| period.label()).collect();
    let more = report.periods.len() - periods.len();
    if more > 0 {
        periods.push(format!("{} more", words::number(more as f64)));
    }
    let dataset = clean::line(dataset, LABEL);
    if periods.is_empty() { dataset } else { format!("{dataset}, {}", words::list(&periods)) }
}

fn headline(report: &GateReport) -> String {
    let file = clean::file(&report.file, report.table.as_deref(), LABEL);
    let all = [Severity::Error, Severity::Warning, Severity::Note];
    let tally = match findings::tally(&report.findings, &all) {
        tally if tally.is_empty() => "no findings".to_owned(),
        tally => tally,
    };
    match report.verdict {
        Verdict::Quarantined => format!("{file} was held back: {tally}."),
        Verdict::PublishedWithWarnings => format!("{file} was published with warnings: {tally}."),
        Verdict::Published => format!("{file} was published: {tally}."),
        Verdict::Released => format!("{file} was held back, and released: {tally}."),
        Verdict::Withdrawn => format!("{file} was published, and withdrawn."),
        Verdict::Duplicate => {
            format!("{file} has the same content as a file that was decided before: nothing changes.")
        }
    }
}

fn advice(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Quarantined => {
            "None of its figures is used until this is put right. Correct what is listed here, then drop the file again."
        }
        Verdict::PublishedWithWarnings => {
            "Its figures are in use. Look at what is listed here; if a figure is wrong, drop a corrected file and it \
             replaces this one."
        }
        Verdict::Published => "Its figures are in use. There is nothing to do.",
        Verdict::Released => {
            "Its figures are in use, and every report that rests on them says that they are not assured. A corrected file \
             replaces them."
        }
        Verdict::Withdrawn => {
            "Its figures are not used any more; those of the revision before it are, where there is one. Drop a corrected \
             file to replace them."
        }
        Verdict::Duplicate => "There is nothing to do. If it should have been another file, drop that one.",
    }
}
