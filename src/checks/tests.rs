//! What the pages of `tests/cases/checks/` cannot show well: many rows, hostile cells, real files.

use std::{fmt::Write as _, fs, path::Path};

use super::{About, Run, fixture::Dataset};
use crate::model::{Batch, Cell, Column, Header, Severity, Verdict, finding::ROWS_KEPT};

fn dataset(yaml: &str) -> Dataset {
    Dataset::read(yaml).unwrap_or_else(|problems| panic!("{problems}"))
}

fn from_repository(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn all_failing_rows_are_counted_and_the_first_are_kept() {
    let dataset = dataset(
        "columns: { key: {}, n: { kind: number } }\nchecks:\n  - range: { column: n, min: 1 }\n  - unique: { columns: [key] }\n",
    );
    let csv = (0..1500).fold("key,n\n".to_owned(), |mut csv, i| {
        writeln!(csv, "{},{}", i % 750, -i).expect("memory");
        csv
    });
    let [range, unique] = &dataset.findings(&csv, 64)[..] else { panic!("two findings") };
    assert_eq!((range.count, range.rows.len()), (1500, ROWS_KEPT));
    assert_eq!(range.message, "n is below 1 in 1,500 of 1,500 rows, first `0` in row 2");
    assert_eq!(range.rows[19].row, 21);
    assert_eq!((unique.count, unique.rows.len()), (1500, ROWS_KEPT));
    assert_eq!(unique.message, "key must be unique: 1,500 of 1,500 rows share 750 keys, first `0` in rows 2 and 752");
}

#[test]
fn checks_are_used_for_file_after_file() {
    let dataset = dataset("columns: { key: {} }\nchecks:\n  - unique: { columns: [key] }\n  - row_count: { max: 2 }\n");
    for _ in 0..3 {
        assert_eq!(dataset.findings("key\na\nb\n", 1), []);
    }
}

#[test]
fn a_run_can_move_to_another_thread() {
    fn is_send(_: &impl Send) {}
    is_send(&dataset("columns: { key: {} }\nchecks: []\n").checks.start(About::default()));
}

#[test]
fn an_expression_that_fails_is_an_error_whatever_its_severity() {
    let dataset = dataset(
        "columns: { a: { kind: number }, b: { kind: number } }\nchecks:\n  - row_expression: { name: ratio, expression: a / b < 2, severity: warning, message: too many }\n",
    );
    let findings = dataset.findings("a,b\n1,1\n1,0\n5,1\n", 2);
    let [failing, broken] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!((failing.severity, failing.message.as_str()), (Severity::Warning, "too many: row 4"));
    assert_eq!((broken.check.as_str(), broken.severity, broken.count), ("ratio", Severity::Error, 1));
    assert!(broken.message.starts_with("`a / b < 2` failed in row 3: "), "{}", broken.message);
    assert_eq!(Verdict::of(&findings), Verdict::Quarantined);
}

#[test]
fn what_is_kept_of_a_cell_is_short_and_harmless() {
    let dataset = dataset(
        "columns: { key: {}, n: { kind: number } }\nchecks:\n  - allowed_values: { column: key, values: [a] }\n",
    );
    let cell = format!("\u{1b}[31m\n{}", "é".repeat(1_000_000));
    let findings = dataset.findings(&format!("key,n\n\"{cell}\",1\n"), 1);
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert!(finding.message.chars().count() < 200 && !finding.message.contains(char::is_control));
    let value = finding.rows[0].value.as_deref().expect("a value");
    assert!(value.starts_with("\u{1b}[31m\néé") && value.ends_with('…') && value.chars().count() == 201);
}

/// The later kinds on a batch whose columns are too short, or not there at all.
#[test]
fn no_kind_is_harmed_by_a_batch_that_is_not_as_declared() {
    let dataset = dataset(
        "columns: { key: {}, n: { kind: number }, m: { kind: number }, period: { kind: period } }
checks:
  - compare: { column: n, is: <=, to: m }
  - aggregate: { column: n, of: sum, by: [key, period], min: 0 }
  - aggregate: { name: distinct, column: key, of: distinct, max: 9 }
  - totals: { total_row: key == \"Total\", columns: [n, m], by: [period] }
  - parts: { total: n, of: [m] }
  - duplicate_rows: {}
  - freshness: { column: period, at_least: 2025-10 }
  - length: { column: key, max: 3 }
  - pattern: { column: key, matches: a }
  - rag: { column: key, actual: n, plan: m, better: lower }
  - suppressed: { columns: [n, m], threshold: 5, total_row: key == \"Total\", by: [period], total: m }
  - patient_identity: {}
  - sql: { columns: [key, n], query: SELECT row FROM rows WHERE key IS NOT NULL }
  - range: { column: n, max: 1, where: m > 1, tolerance: { share: 5%, per: [key] } }
",
    );
    let mut key = Column::default();
    key.push("Total", Cell::Text);
    for columns in [vec![], vec![key]] {
        let short = Batch { sheet: None, rows: vec![2, 3], columns };
        let mut run = dataset.checks.start(About::default());
        run.observe(&short);
        if !run.settle().is_empty() {
            run.see_again(&short);
        }
        assert!(run.finish().iter().any(|finding| finding.check == "freshness"));
    }
}

/// Every kind of check on columns that a reader left out of its header, its batch or both.
#[test]
fn a_batch_that_is_not_as_declared_does_no_harm() {
    let dataset = dataset(
        "columns: { key: {}, n: { kind: number } }\nchecks:\n  - unique: { columns: [key, n] }\n  - range: { column: n, min: 0 }\n  - not_null: { columns: [n] }\n  - allowed_values: { column: key, values: [a] }\n",
    );
    let mut key = Column::default();
    key.push("a", Cell::Text);
    let short = Batch { sheet: None, rows: vec![2, 3], columns: vec![key] };
    let finish = |mut run: Run| {
        run.observe(&short);
        run.finish().into_iter().map(|finding| finding.message).collect::<Vec<_>>()
    };
    assert_eq!(finish(dataset.checks.start(About::default())), ["n is blank in 2 of 2 rows"]);
    let mut empty = dataset.checks.start(About::default());
    empty.header(&Header::default());
    assert_eq!(finish(empty), ["there is no column `key`", "there is no column `n`"], "absences are said once");
}

#[test]
fn a_run_without_any_rows_still_answers() {
    let run = dataset("columns: { key: {} }\nchecks:\n  - row_count: { min: 1 }\n").checks.start(About::default());
    let findings = run.finish();
    assert_eq!(findings.iter().map(|finding| finding.check.as_str()).collect::<Vec<_>>(), ["row_count"]);
}

#[test]
fn the_shipped_checks_find_nothing_in_the_published_months() {
    let dataset = dataset(&from_repository("config/datasets/les-activity.yaml"));
    for month in 4..=10 {
        let csv = from_repository(&format!("tests/data/les-activity/les-activity-2025-{month:02}.csv"));
        assert_eq!(dataset.findings(&csv, 5), [], "month {month}");
    }
}

/// Morecambe Bay is printed with 30 practices and 6 + 2 + 14 + 5 + 2 + 2 = 31 in the bands, the total with 195 and 196.
/// The header covers two rows and a footnote follows: what a reader makes of it is written out here.
#[test]
fn the_published_bands_of_october_do_not_add_up() {
    let dataset = dataset(&from_repository("config/datasets/hha-achievement-bands.yaml"));
    let printed = from_repository("tests/data/hha-bands/hha-achievement-bands-2025-10.csv");
    let data: Vec<_> = printed.lines().skip(3).take_while(|line| !line.starts_with("% of total")).collect();
    let header = "Sub ICB Group,Total Practices,0-10%,11-25%,26-50%,51-75%,76-100%,100% +";
    let findings = dataset.findings(&format!("{header}\n{}\n", data.join("\n")), 4);
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!(finding.check, "bands-add-up");
    assert_eq!(finding.message, "the bands do not add up to the practices of the row: 2 of 9 rows");
    let values: Vec<_> = finding.rows.iter().map(|row| row.value.as_deref().unwrap_or("")).collect();
    assert_eq!(values, ["30 · 6 · 2 · 14 · 5 · 2 · 2", "195 · 16 · 19 · 51 · 45 · 31 · 34"]);
}
