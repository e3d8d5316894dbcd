//! What could not be assured, and why.

use super::sources;
use crate::{
    model::{AbsentDataset, CommitteeReport, DueState, NotAssured, Source, UnknownLine, calendar::in_words},
    reports::{
        alert::{LABEL, MESSAGE},
        clean,
        paper::{Block, Column, Point, Table},
        unknown, words,
    },
};

/// How many rows are shown; the rest are counted.
const SHOWN: usize = 100;

/// One thing that could not be assured, in every format.
pub(super) struct Gap<'a> {
    /// A stable code, as JSON has it.
    pub(super) what: &'static str,
    /// The same for people.
    pub(super) words: &'static str,
    pub(super) of: GapOf<'a>,
}

/// What it is about.
pub(super) enum GapOf<'a> {
    Due(&'a NotAssured),
    Absent(&'a AbsentDataset),
    Series(&'a UnknownLine),
    Released(&'a Source),
}

/// Everything that could not be assured, in the order in which it is read.
pub(super) fn gaps(report: &CommitteeReport) -> Vec<Gap<'_>> {
    let mut gaps: Vec<Gap<'_>> = report.missing.iter().map(due).collect();
    gaps.extend(report.absent.iter().map(|one| Gap {
        what: "no_figures",
        words: "No figures",
        of: GapOf::Absent(one),
    }));
    gaps.extend(report.released().map(|source| Gap {
        what: "released",
        words: "Released",
        of: GapOf::Released(source),
    }));
    let series = |line, what, words| Gap { what, words, of: GapOf::Series(line) };
    gaps.extend(report.failed.iter().map(|line| series(line, "failed", "Rule went wrong")));
    gaps.extend(report.cannot_tell.iter().map(|line| series(line, "cannot_tell", "Not judged")));
    gaps
}

fn due(line: &NotAssured) -> Gap<'_> {
    let (what, words) = match line.state {
        DueState::HeldBack => ("held_back", "Held back"),
        _ => ("not_arrived", "Not arrived"),
    };
    Gap { what, words, of: GapOf::Due(line) }
}

impl Gap<'_> {
    /// Why, in words.
    pub(super) fn reason(&self) -> String {
        match self.of {
            GapOf::Due(line) => {
                let due = in_words(line.due);
                clean::line(&format!("{}, due {due}: {}", line.period.label(), line.reason), MESSAGE)
            }
            GapOf::Absent(AbsentDataset { newest: Some(newest), .. }) => {
                format!("the newest figures are of {}", newest.label())
            }
            GapOf::Absent(_) => "nothing was delivered so far".to_owned(),
            GapOf::Series(line) => clean::line(&format!("{}: {}", line.period.label(), line.reason), MESSAGE),
            GapOf::Released(source) => sources::released(source),
        }
    }
}

/// The section that says it.
pub(super) fn section(report: &CommitteeReport) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(1, "Could not be assured".to_owned())];
    if report.is_assured() {
        blocks.push(Block::Text(match report.series {
            0 => "Nothing of this period was judged.".to_owned(),
            _ => "Nothing that was expected is missing, and every series could be judged.".to_owned(),
        }));
        return blocks;
    }
    let mut rows: Vec<Vec<String>> = rows(report).into_iter().map(Vec::from).collect();
    let hidden = rows.len().saturating_sub(SHOWN);
    rows.truncate(SHOWN);
    blocks.push(Block::Table(Table {
        caption: "What is not known, or rests on figures with known issues".to_owned(),
        columns: vec![
            Column::text("Dataset or rule", 26),
            Column::text("What", 14),
            Column::text("Of which", 26),
            Column::text("Why", 34),
        ],
        rows,
    }));
    if hidden > 0 {
        let more = words::number(hidden as f64);
        blocks.push(Block::Text(format!("And {more} more, which this report as a workbook lists.")));
    }
    blocks
}

/// Dataset or rule, what it is, of which measures or series, and why.
fn rows(report: &CommitteeReport) -> Vec<[String; 4]> {
    let mut rows = Vec::new();
    for gap in gaps(report) {
        let (title, measures) = match gap.of {
            GapOf::Due(line) => (&line.dataset_title, measures(&line.measures)),
            GapOf::Absent(one) => (&one.dataset_title, measures(&one.measures)),
            GapOf::Released(source) => (&source.dataset_title, "all measures of the delivery".to_owned()),
            GapOf::Series(_) => continue,
        };
        rows.push([clean::line(title, LABEL), gap.words.to_owned(), measures, gap.reason()]);
    }
    for (lines, what) in [(&report.failed, "Rule went wrong"), (&report.cannot_tell, "Not judged")] {
        let groups = unknown::groups(lines.iter(), "the whole").into_iter();
        rows.extend(groups.map(|group| [group.rule, what.to_owned(), group.names, group.text]));
    }
    rows
}

/// The same as points, at most so many, and how many more there are.
pub(in crate::reports) fn points(report: &CommitteeReport, most: usize) -> Vec<Point> {
    let rows = rows(report);
    let hidden = rows.len().saturating_sub(most);
    let point = |[about, what, which, why]: [String; 4]| Point {
        head: format!("{about}:"),
        text: format!("{} – {which}: {why}.", what.to_lowercase()),
    };
    let mut points: Vec<Point> = rows.into_iter().take(most).map(point).collect();
    if hidden > 0 {
        let text = format!("And {} more, which the report lists.", words::number(hidden as f64));
        points.push(Point { head: String::new(), text });
    }
    points
}

fn measures(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| name.replace('_', " ")).collect();
    clean::line(&words::list(&names), MESSAGE)
}
