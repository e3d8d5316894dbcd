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
        ("les-prices-2025-26.csv", "les-prices", &["price-is-given", "fee-is-the-one-in-words"]),
        (
            "llr-finance-kpi-2024-m7.csv",
            "llr-finance-kpi",
            &[
                "rating-where-lower-is-better",
                "rating-where-higher-is-better",
                "forecast-rating-where-lower-is-better",
                "forecast-rating-where-higher-is-better",
            ],
        ),
        ("llr-measures-2024-25-stacked.csv", "llr-measures-stacked", &["untitled_block"]),
        ("llr-measures-2024-25-tidy.csv", "llr-measures-tidy", &[]),
        ("llr-priorities-2023-24.csv", "llr-priorities", &["figures-are-given", "period"]),
        ("llr-priorities-2024-25-detail.csv", "llr-priorities-detail", &[]),
        (
            "llr-priorities-2024-25-summary.csv",
            "llr-priorities",
            &["rating-where-lower-is-better", "figures-are-given", "figure-beside-its-plan", "period"],
        ),
        ("llr-talking-therapies-2024-25.csv", "llr-talking-therapies", &[]),
        (
            "nhsof-highest-quartile-2024.csv",
            "nhsof-highest-quartile",
            &["rank-is-given", "arrow-is-that-of-the-figures"],
        ),
        ("nhsof-lowest-quartile-2024.csv", "nhsof-lowest-quartile", &["rank-is-in-the-lowest-quarter"]),
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

/// What the report of January 2025 prints against its own figures: each cell with what it would have to be.
#[test]
fn ratings_and_arrows_that_the_figures_contradict_are_found() {
    let (_folder, config) = config();
    let expected: &[(&str, &[&str])] = &[
        ("llr-priorities-2024-25-summary.csv", &["4: Red · 4303 · 4242, would be amber"]),
        ("llr-priorities-2024-25-detail.csv", &[]),
        (
            "llr-finance-kpi-2024-m7.csv",
            &[
                "3: Amber · 67,490 · 51,679, would be red",
                "6: Amber · 45,304 · 48,484, would be red",
                "3: Amber · 80,000 · 80,000, would be green",
                "4: Amber · 3,286,224 · 3,286,224, would be green",
                "7: Amber · 185,222 · 182,631, would be green",
            ],
        ),
        ("nhsof-highest-quartile-2024.csv", &["11: 161 · 66 · ↗"]),
    ];
    for (file, places) in expected {
        let examined = published(&config, file);
        let told = examined.findings.iter().filter(|finding| {
            finding.severity == Severity::Warning
                && (finding.check.contains("rating") || finding.check.contains("arrow"))
        });
        let rows = told.flat_map(|finding| &finding.rows);
        let found: Vec<_> = rows.map(|row| format!("{}: {}", row.row, row.value.as_deref().unwrap_or(""))).collect();
        assert_eq!(found, *places, "{file}");
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

/// A reference table is read with the configuration, and what changes it may change a verdict.
#[test]
fn a_reference_table_of_the_home_is_part_of_the_configuration() {
    let (folder, without) = config();
    let dataset = folder.path().join("config/datasets/les-activity.yaml");
    let text = fs::read_to_string(&dataset).expect("a definition");
    let check = "checks:\n  - reference: { column: contract, reference: { file: config/reference/contracts.csv, column: contract } }\n";
    fs::write(&dataset, text.replacen("checks:\n", check, 1)).expect("written");
    let load = || Config::load(folder.path());
    let problems = load().expect_err("no table").to_string();
    assert!(problems.contains("`config/reference/contracts.csv` cannot be read"), "{problems}");
    let table = folder.path().join("config/reference/contracts.csv");
    fs::create_dir_all(table.parent().expect("a folder")).expect("made");
    fs::write(&table, "\u{feff}contract,price\nDementia,1\n").expect("written");
    let short = load().expect("a configuration");
    assert_ne!(short.datasets_fingerprint, without.datasets_fingerprint);
    let month = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/les-activity/les-activity-2025-10.csv");
    let verdict = |config: &Config| only(examine(config, &month, "les-activity-2025-10.csv")).verdict;
    assert_eq!(verdict(&short), Verdict::Quarantined);
    let figures = fs::read_to_string(&month).expect("a table");
    let contracts = figures.lines().skip(1).filter_map(|line| line.split(',').nth(1)).collect::<Vec<_>>().join("\n");
    fs::write(&table, format!("contract\n{contracts}\n")).expect("written");
    let whole = load().expect("a configuration");
    assert_eq!(verdict(&whole), Verdict::Published);
    assert_ne!(whole.datasets_fingerprint, short.datasets_fingerprint);
    fs::write(&dataset, text.replacen("checks:\n", &check.replace("config/reference", "../reference"), 1))
        .expect("written");
    let problems = load().expect_err("outside of the home").to_string();
    assert!(problems.contains("name it from the home folder"), "{problems}");
}
