//! The datasets that are shipped, and the published tables that they are for, through the gate as the daemon would.

#![expect(clippy::expect_used, reason = "a test that fails says why")]

use std::{fs, path::Path};

use bellwether::{
    app::{
        examine::{Examined, examine},
        home::{self, Home},
    },
    config::Config,
    model::{Severity, Verdict},
};

fn config() -> (tempfile::TempDir, Config) {
    let folder = tempfile::tempdir().expect("a folder");
    let home = Home::at(folder.path()).expect("a home");
    home::init(&home).expect("the shipped configuration");
    let config = Config::load(home.root()).expect("a configuration without mistakes");
    (folder, config)
}

/// The one delivery that a file makes.
fn only(mut examined: Vec<Examined>) -> Examined {
    assert_eq!(examined.len(), 1, "{examined:#?}");
    examined.remove(0)
}

fn published(config: &Config, file: &str) -> Examined {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/as-published").join(file);
    only(examine(config, &path, file))
}

#[test]
fn each_published_table_belongs_to_one_dataset_and_is_published() {
    let (_folder, config) = config();
    // The findings above a note, by their checks: defects that are in the data.
    let expected: &[(&str, &str, &[&str])] = &[
        ("ipcpr-headline-claims-2025-11.csv", "ipcpr-headline-claims", &[]),
        ("les-capitated-2025-10.csv", "les-capitated", &[]),
        ("les-cost-and-volume-2025-10.csv", "les-cost-and-volume", &[]),
        ("les-prices-2025-26.csv", "les-prices", &["price-is-given"]),
        ("llr-finance-kpi-2024-m7.csv", "llr-finance-kpi", &[]),
        ("llr-measures-2024-25-stacked.csv", "llr-measures-stacked", &["untitled_block"]),
        ("llr-measures-2024-25-tidy.csv", "llr-measures-tidy", &[]),
        ("llr-priorities-2023-24.csv", "llr-priorities", &["figures-are-given", "period"]),
        ("llr-priorities-2024-25-detail.csv", "llr-priorities-detail", &[]),
        ("llr-priorities-2024-25-summary.csv", "llr-priorities", &["figures-are-given", "period"]),
        ("llr-talking-therapies-2024-25.csv", "llr-talking-therapies", &[]),
        ("nhsof-highest-quartile-2024.csv", "nhsof-highest-quartile", &["rank-is-given"]),
        ("nhsof-lowest-quartile-2024.csv", "nhsof-lowest-quartile", &[]),
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/as-published");
    assert_eq!(fs::read_dir(folder).expect("a folder").count(), expected.len(), "every table is listed here");
    for (file, dataset, warnings) in expected {
        let takers: Vec<_> = config.datasets.values().filter(|dataset| dataset.takes_name(file)).collect();
        assert_eq!(takers.iter().map(|taker| taker.id.as_str()).collect::<Vec<_>>(), [*dataset], "{file}");
        let examined = published(&config, file);
        assert!(examined.verdict.is_published(), "{file}: {:?}", examined.findings);
        let told = examined.findings.iter().filter(|finding| finding.severity > Severity::Note);
        assert_eq!(told.map(|finding| finding.check.as_str()).collect::<Vec<_>>(), *warnings, "{file}");
        assert!(!examined.figures.figures.is_empty(), "{file}");
    }
}

#[test]
fn monthly_files_belong_where_they_did() {
    let (_folder, config) = config();
    for (file, dataset) in [
        ("les-activity-2025-10.csv", "les-activity"),
        ("LES-Activity-2025-11.CSV", "les-activity"),
        ("hha-achievement-bands-2025-10.csv", "hha-achievement-bands"),
        ("les-cost-and-volume-2025-11.csv", "les-cost-and-volume"),
        ("llr-priorities-2025-26.csv", "llr-priorities"),
    ] {
        let takers: Vec<_> = config.datasets.values().filter(|dataset| dataset.takes_name(file)).collect();
        assert_eq!(takers.iter().map(|taker| taker.id.as_str()).collect::<Vec<_>>(), [dataset], "{file}");
    }
}

#[test]
fn a_finding_on_a_figure_names_the_cell_that_is_printed() {
    let (_folder, config) = config();
    let file = "les-capitated-2025-10.csv";
    let printed = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/as-published").join(file));
    let mistyped = printed.expect("a table").replacen("\"8,143\"", "8l43", 1);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(file);
    fs::write(&path, mistyped).expect("a file");
    let examined = only(examine(&config, &path, file));
    assert_eq!(examined.verdict, Verdict::Quarantined);
    let finding = examined.findings.first().expect("a finding");
    let place = finding.rows.first().expect("a place");
    // The delivered activity of the first contract stands in the third row of the file, June in its fifth column.
    assert_eq!((finding.check.as_str(), place.row, place.column.as_deref()), ("type", 3, Some("Jun-25")));
    assert_eq!(place.value.as_deref(), Some("8l43"));
}
