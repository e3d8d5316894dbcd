//! Runs the cases of `tests/cases/checks/`; its README describes their format.

use std::{collections::BTreeSet, fmt::Write as _, sync::Arc};

use super::{
    CheckSettings, Known,
    fixture::{self, Dataset},
};
use crate::{
    model::{Finding, Verdict, finding::ROWS_KEPT},
    yaml::literate::{Case, assert_said, cases, pages, written},
};

/// The page of the settings that every kind takes.
const COMMON: &str = "common";

/// The kinds of block that a case is made of: a table (unless the case is about a mistake in the settings), what is known,
/// by dataset, and columns and checks.
const BLOCKS: [&str; 3] = ["csv", "known", "yaml"];

fn found(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        writeln!(text, "{} {}: {}", finding.severity, finding.check, finding.message).expect("memory");
        for row in &finding.rows {
            let (column, value) = (row.column.as_deref().unwrap_or("?"), row.value.as_deref().unwrap_or("?"));
            writeln!(text, "  row {}, {column}: {value:?}", row.row).expect("memory");
        }
    }
    let verdict = format!("{:?}", Verdict::of(findings));
    let words = verdict.chars().flat_map(|c| c.is_uppercase().then_some(' ').into_iter().chain(c.to_lowercase()));
    writeln!(text, "{}", words.collect::<String>().trim_start()).expect("memory");
    text
}

fn run(case: &Case) -> String {
    let settings = case.block("yaml").expect("settings");
    let dataset = match Dataset::read(settings) {
        Ok(dataset) => dataset,
        Err(problems) => return written(problems),
    };
    let Some(csv) = case.block("csv") else { return "no mistake\n".to_owned() };
    let whole = dataset.findings(csv, usize::MAX);
    assert_eq!(whole, dataset.findings(csv, 1), "{}: batches of one row answer otherwise", case.title);
    for (rows, runs, coded) in [(1, 2, false), (2, 3, true), (1, 1, true)] {
        let shared = dataset.shared_findings(csv, rows, runs, coded);
        assert_eq!(whole, shared, "{}: {runs} runs answer otherwise, coded: {coded}", case.title);
    }
    let mut known = Known::default();
    for (of, csv) in case.blocks("known") {
        known.set(of.unwrap_or(fixture::OWN), Arc::new(fixture::history(csv)));
    }
    let of_figures = dataset.findings_of_figures(csv, &known);
    for finding in &whole {
        let kept = ROWS_KEPT.min(usize::try_from(finding.count).expect("few rows"));
        assert!(finding.rows.len() == kept || settings.contains("rows_kept:"), "{}: {finding:?}", case.title);
    }
    found(&[whole, of_figures].concat())
}

#[test]
fn every_case_says_what_its_page_says() {
    let pages = pages("checks");
    for (kind, page) in &pages {
        assert!(
            cases(page, &BLOCKS).iter().any(|case| case.block("csv").is_some()),
            "{kind}.md has no case with a table"
        );
    }
    assert_said(&pages, &BLOCKS, run);
}

#[test]
fn every_kind_has_a_page_and_every_page_a_kind() {
    let kinds: BTreeSet<_> = CheckSettings::KINDS.iter().copied().chain(["columns_present", "type"]).collect();
    let pages: Vec<_> = pages("checks").into_iter().filter(|(page, _)| page != COMMON).collect();
    assert_eq!(pages.iter().map(|(kind, _)| kind.as_str()).collect::<BTreeSet<_>>(), kinds);
    for (kind, page) in &pages {
        let finds =
            |line: &str| ["error ", "warning "].iter().any(|weight| line.starts_with(&format!("{weight}{kind}:")));
        assert!(page.lines().any(finds), "{kind}.md shows no finding of its kind");
    }
}
