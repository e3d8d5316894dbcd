//! The deliveries that a report rests on: revision, verdict, and what people decided.

use crate::{
    model::{
        Action, CommitteeReport, Override, Period, Source, Verdict,
        calendar::{day_in_london, in_words},
    },
    reports::{
        alert::{LABEL, MESSAGE},
        clean,
        paper::{Block, Column, Table},
        words,
    },
};

/// How many deliveries are shown; the rest are counted.
const SHOWN: usize = 60;
/// How many are named below the title.
const NAMED: usize = 2;

/// What the figures rest on, in a line.
pub(super) fn newest(report: &CommitteeReport) -> String {
    let published: Vec<&Source> = report.sources.iter().filter(|source| source.verdict.is_published()).collect();
    match published.as_slice() {
        [] => "none were delivered".to_owned(),
        few if few.len() <= NAMED => words::list(&few.iter().map(|source| one(source)).collect::<Vec<_>>()),
        many => {
            let newest = many.iter().max_by_key(|source| (source.received, source.delivery));
            let newest = newest.map_or_else(String::new, |source| format!(", the newest {}", one(source)));
            format!("{}{newest}", words::count(many.len(), "delivery").replace("deliverys", "deliveries"))
        }
    }
}

/// "Dental activity: revision 2 of October 2025, received 3 December 2025".
fn one(source: &Source) -> String {
    format!(
        "{}: revision {} of {}, received {}",
        clean::line(&source.dataset_title, LABEL),
        source.revision,
        periods(&source.periods),
        in_words(day_in_london(source.received))
    )
}

/// "October 2025", "April 2025 to October 2025".
pub(super) fn periods(periods: &[Period]) -> String {
    match periods {
        [] => "no period".to_owned(),
        [only] => only.label(),
        [first, .., last] => format!("{} to {}", first.label(), last.label()),
    }
}

/// "not assured: released with 3 known issues by Jo Bell on 22 November 2025: late but checked".
pub(super) fn released(source: &Source) -> String {
    let issues = words::count(source.issues, "known issue");
    let decision = source.decisions.iter().rfind(|decision| decision.action == Action::Release);
    let why = decision.map_or_else(String::new, |decision| format!(" {}", by(decision)));
    format!("{}: not assured: released with {issues}{why}", periods(&source.periods))
}

fn by(decision: &Override) -> String {
    let when = in_words(day_in_london(decision.at));
    format!("by {} on {when}: {}", clean::line(&decision.by, LABEL), clean::line(&decision.reason, MESSAGE))
}

fn verdict(source: &Source) -> String {
    let issues = || words::count(source.issues, "finding");
    let words = match source.verdict {
        Verdict::Published => "published".to_owned(),
        Verdict::PublishedWithWarnings => format!("published with warnings: {}", issues()),
        Verdict::Quarantined => format!("held back: {}", issues()),
        Verdict::Released => format!("released with {}", words::count(source.issues, "known issue")),
        Verdict::Withdrawn => "withdrawn".to_owned(),
        Verdict::Duplicate => "known before".to_owned(),
    };
    let decisions = source.decisions.iter().map(|decision| {
        let what = match decision.action {
            Action::Release => "released",
            Action::Withdraw => "withdrawn",
        };
        format!("{what} {}", by(decision))
    });
    std::iter::once(words).chain(decisions).collect::<Vec<_>>().join("; ")
}

/// The section that lists them.
pub(super) fn section(report: &CommitteeReport) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(1, "Sources".to_owned())];
    if report.sources.is_empty() {
        blocks.push(Block::Text("Nothing was delivered that this report could rest on.".to_owned()));
        return blocks;
    }
    let row = |source: &Source| {
        vec![
            clean::line(&source.dataset_title, LABEL),
            clean::file(&source.file, source.table.as_deref(), LABEL),
            periods(&source.periods),
            if source.revision == 0 { "none".to_owned() } else { source.revision.to_string() },
            in_words(day_in_london(source.received)),
            verdict(source),
        ]
    };
    blocks.push(Block::Table(Table {
        caption: "Deliveries with revision and verdict".to_owned(),
        columns: vec![
            Column::text("Dataset", 19),
            Column::text("File", 25),
            Column::text("Period", 14),
            Column::number("Revision", 10),
            Column::text("Received", 14),
            Column::text("Verdict", 18),
        ],
        rows: report.sources.iter().take(SHOWN).map(row).collect(),
    }));
    if report.sources.len() > SHOWN {
        let more = words::number((report.sources.len() - SHOWN) as f64);
        blocks.push(Block::Text(format!("And {more} more, which this report as a workbook lists.")));
    }
    blocks
}
