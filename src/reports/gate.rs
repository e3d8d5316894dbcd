//! The gate's decision, for the steward: why a file was held back, row by row, and what to do.

use serde::Serialize;

use super::{
    alert::{LABEL, MESSAGE},
    clean,
    findings::{self, FindingView},
    reading::ReadingView,
    words,
};
use crate::model::{Finding, GateReport, Notice, Severity, Verdict};

/// A phone shows about this many characters of a subject.
const SUBJECT: usize = 70;
/// A file's name is not cut shorter than this.
const FILE: usize = 24;
/// How many periods are named before they become "and 5 more".
const PERIODS: usize = 3;

/// All that the templates need: one delivery, or all that were judged together.
#[derive(Debug, Serialize)]
pub(super) struct GatePage {
    pub(super) subject: String,
    headline: String,
    /// Absent from the report that lies beside the file.
    group: Option<String>,
    /// What is said above several reports.
    summary: Option<String>,
    reports: Vec<GateView>,
    small_print: Vec<String>,
}

/// One delivery.
#[derive(Debug, Serialize)]
struct GateView {
    headline: String,
    verdict: &'static str,
    title: String,
    /// Where the file is; none where it was only tried.
    placed: Option<String>,
    advice: &'static str,
    sections: Vec<Section>,
    reading: Option<ReadingView>,
}

impl GatePage {
    pub(super) fn of(report: &GateReport, notice: Option<&Notice>) -> Self {
        let delivery = format!("Delivery {}", report.delivery);
        Self {
            subject: subject(report),
            headline: headline(report),
            group: notice.map(|notice| clean::line(&notice.group_name, LABEL)),
            summary: None,
            reports: vec![GateView::of(report)],
            small_print: std::iter::once(delivery)
                .chain(notice.map(|notice| format!("Notice {}", notice.id)))
                .collect(),
        }
    }

    /// Of files that were only tried.
    pub(super) fn of_trial(reports: &[GateReport]) -> Self {
        let held_back = reports.iter().filter(|report| report.verdict == Verdict::Quarantined).count();
        let summary = match (reports.len(), held_back) {
            (all, 0) => format!("{}: all would be published", words::count(all, "delivery")),
            (all, held_back) => {
                format!("{}: {} would be held back", words::count(all, "delivery"), words::number(held_back as f64))
            }
        };
        let summary = summary.replace("deliverys", "deliveries");
        Self {
            subject: summary.clone(),
            headline: summary.clone(),
            group: None,
            summary: (reports.len() > 1).then_some(summary),
            reports: reports.iter().map(GateView::of).collect(),
            small_print: vec!["Tried with “bellwether validate”: nothing was changed.".to_owned()],
        }
    }
}

impl GateView {
    fn of(report: &GateReport) -> Self {
        let Said { headline, title, advice, placed } = Said::of(report);
        Self {
            headline,
            verdict: report.verdict.code(),
            title,
            placed,
            advice,
            sections: sections(&report.findings),
            reading: ReadingView::of(report),
        }
    }
}

/// What is said of one delivery above its findings.
pub(super) struct Said {
    pub(super) headline: String,
    pub(super) title: String,
    pub(super) advice: &'static str,
    /// Where the file is; none where it was only tried.
    pub(super) placed: Option<String>,
}

impl Said {
    pub(super) fn of(report: &GateReport) -> Self {
        Self {
            headline: headline(report),
            title: title(report),
            advice: advice(report),
            placed: (!is_trial(report)).then(|| placed(report)),
        }
    }
}

/// Where the file is, and its failing rows.
fn placed(report: &GateReport) -> String {
    let place = clean::line(&report.placed, MESSAGE);
    let placed = match &report.withheld {
        Some(withheld) => format!(
            "The file itself is at {}, because another table in it is held back. Its tables are published in {place} in the \
             home folder.",
            clean::line(withheld, MESSAGE)
        ),
        None => format!("The file is now at {place} in the home folder."),
    };
    match &report.failing_rows {
        Some(name) => {
            let them = if report.withheld.is_some() { "them" } else { "it" };
            format!("{placed} The failing rows are listed beside {them}, in {}.", clean::name(name, MESSAGE))
        }
        None => placed,
    }
}

/// Whether the file was only tried, so that it is placed nowhere.
fn is_trial(report: &GateReport) -> bool {
    report.placed.is_empty()
}

/// The findings of one weight.
#[derive(Debug, Serialize)]
struct Section {
    /// `error`, `warning` or `note`: it chooses the colour.
    kind: &'static str,
    title: &'static str,
    count: String,
    findings: Vec<FindingView>,
}

/// The gravest first.
fn sections(findings: &[Finding]) -> Vec<Section> {
    let titles = [(Severity::Error, "Errors"), (Severity::Warning, "Warnings"), (Severity::Note, "Notes")];
    let section = |(severity, title): (Severity, &'static str)| {
        let of: Vec<_> = findings.iter().filter(|finding| finding.severity == severity).map(FindingView::of).collect();
        let count = words::number(of.len() as f64);
        (!of.is_empty()).then(|| Section { kind: words::finding_noun(severity), title, count, findings: of })
    };
    titles.into_iter().filter_map(section).collect()
}

/// `Held back: les-activity-2025-10.csv – 2 errors (14 rows)`.
pub(super) fn subject(report: &GateReport) -> String {
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
    let was = if is_trial(report) { "would be" } else { "was" };
    match report.verdict {
        Verdict::Quarantined => format!("{file} {was} held back: {tally}."),
        Verdict::PublishedWithWarnings => format!("{file} {was} published with warnings: {tally}."),
        Verdict::Published => format!("{file} {was} published: {tally}."),
        Verdict::Released => format!("{file} was held back, and released: {tally}."),
        Verdict::Withdrawn => format!("{file} was published, and withdrawn."),
        Verdict::Duplicate => {
            format!("{file} has the same content as a file that was decided before: nothing changes.")
        }
    }
}

fn advice(report: &GateReport) -> &'static str {
    match report.verdict {
        Verdict::Quarantined if is_trial(report) => "Correct what is listed here before the file is dropped.",
        Verdict::PublishedWithWarnings if is_trial(report) => {
            "Its figures would be used. Look at what is listed here before the file is dropped."
        }
        Verdict::Published if is_trial(report) => "There is nothing to do but to drop the file.",
        Verdict::Quarantined => {
            "None of its figures is used until this is put right. Correct what is listed here, then drop the file again; or \
             release it as it is with a reason (bellwether deliveries release), and every report says so."
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
