//! Runs the cases of `tests/cases/checks/`; its README describes their format.

use std::{collections::BTreeSet, fmt::Write as _, fs, path::PathBuf, sync::Arc};

use super::{
    CheckSettings, Known,
    fixture::{self, Dataset},
};
use crate::model::{Finding, Verdict, finding::ROWS_KEPT};

/// The page of the settings that every kind takes.
const COMMON: &str = "common";

/// A table (unless the case is about a mistake in the settings), columns and checks, and what is to be said of them.
#[derive(Default)]
struct Case {
    title: String,
    csv: Option<String>,
    /// What is known, by dataset.
    known: Vec<(String, String)>,
    yaml: String,
    expected: String,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases/checks")
}

fn pages() -> Vec<(String, String)> {
    let mut pages: Vec<_> = fs::read_dir(folder())
        .expect("the folder of the cases")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "md") && !path.ends_with("README.md"))
        .map(|path| {
            let kind = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (kind, fs::read_to_string(&path).expect("a text"))
        })
        .collect();
    pages.sort();
    pages
}

/// A case ends with its `text` block.
fn cases(page: &str) -> Vec<Case> {
    let (mut cases, mut case, mut open) = (Vec::new(), Case::default(), None::<(&str, String)>);
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => open = Some((language, String::new())),
            (None, None) => {
                if let Some(title) = line.strip_prefix("## ") {
                    title.clone_into(&mut case.title);
                }
            }
            (Some((_, text)), None) => writeln!(text, "{line}").expect("memory"),
            (Some(_), Some(_)) => match open.take().expect("an open block") {
                ("csv", text) => case.csv = Some(text),
                ("yaml", text) => case.yaml = text,
                ("known", text) => case.known.push((fixture::OWN.to_owned(), text)),
                (known, text) if known.starts_with("known of ") => {
                    case.known.push((known.replacen("known of ", "", 1), text));
                }
                ("text", text) => cases.push(Case { expected: text, ..std::mem::take(&mut case) }),
                (other, _) => panic!("a block of `{other}` means nothing here"),
            },
        }
    }
    assert!(open.is_none() && case.yaml.is_empty(), "the page ends within a case");
    cases
}

fn written(findings: &[Finding]) -> String {
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
    let dataset = match Dataset::read(&case.yaml) {
        Ok(dataset) => dataset,
        Err(problems) => {
            let lines: Vec<_> = problems.sorted().iter().map(ToString::to_string).collect();
            return lines.join("\n") + "\n";
        }
    };
    let Some(csv) = &case.csv else { return "no mistake\n".to_owned() };
    let whole = dataset.findings(csv, usize::MAX);
    assert_eq!(whole, dataset.findings(csv, 1), "{}: batches of one row answer otherwise", case.title);
    for (rows, runs, coded) in [(1, 2, false), (2, 3, true), (1, 1, true)] {
        let shared = dataset.shared_findings(csv, rows, runs, coded);
        assert_eq!(whole, shared, "{}: {runs} runs answer otherwise, coded: {coded}", case.title);
    }
    let mut known = Known::default();
    for (of, csv) in &case.known {
        known.set(of, Arc::new(fixture::history(csv)));
    }
    let of_figures = dataset.findings_of_figures(csv, &known);
    for finding in &whole {
        let kept = ROWS_KEPT.min(usize::try_from(finding.count).expect("few rows"));
        assert!(finding.rows.len() == kept || case.yaml.contains("rows_kept:"), "{}: {finding:?}", case.title);
    }
    written(&[whole, of_figures].concat())
}

#[test]
fn every_case_says_what_its_page_says() {
    let mut different = String::new();
    for (kind, page) in pages() {
        let cases = cases(&page);
        assert!(cases.iter().any(|case| case.csv.is_some()), "{kind}.md has no case with a table");
        for case in cases {
            let said = run(&case);
            if said != case.expected {
                let (title, expected) = (&case.title, &case.expected);
                writeln!(different, "{kind}.md, {title}\nexpected:\n{expected}found:\n{said}").expect("memory");
            }
        }
    }
    assert!(different.is_empty(), "{different}");
}

#[test]
fn every_kind_has_a_page_and_every_page_a_kind() {
    let kinds: BTreeSet<_> = CheckSettings::KINDS.iter().copied().chain(["columns_present", "type"]).collect();
    let pages: Vec<_> = pages().into_iter().filter(|(page, _)| page != COMMON).collect();
    assert_eq!(pages.iter().map(|(kind, _)| kind.as_str()).collect::<BTreeSet<_>>(), kinds);
    for (kind, page) in &pages {
        let finds =
            |line: &str| ["error ", "warning "].iter().any(|weight| line.starts_with(&format!("{weight}{kind}:")));
        assert!(page.lines().any(finds), "{kind}.md shows no finding of its kind");
    }
}
