//! Public collections that are too large, or not ours, to be copied: found through `BELLWETHER_SHARED_DATA` or in
//! `../shared/data` beside the project. A test whose files are absent says so and is skipped.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that fails says why")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use bellwether::{
    model::{Cell, Finding, Missing, Period},
    tables::{ColumnSettings, Limits, Table, TableSettings, TableSpec},
    yaml::{Entries, SourceFile, decode, parse},
};
use serde::Deserialize;

/// A file of the collections.
fn shared(path: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let root = std::env::var_os("BELLWETHER_SHARED_DATA").map_or(beside, PathBuf::from);
    let file = root.join(path);
    if !file.is_file() {
        eprintln!("skipped: {} is not there; BELLWETHER_SHARED_DATA says where the collections are", file.display());
        return None;
    }
    Some(file)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Definition {
    #[serde(default)]
    table: TableSettings,
    columns: Entries<ColumnSettings>,
}

fn spec(yaml: &str) -> TableSpec {
    let file = Arc::new(SourceFile { path: "dataset.yaml".into(), text: yaml.to_owned() });
    let read = parse(&file).and_then(|node| decode::<Definition>(&node));
    let Definition { table, columns } = read.unwrap_or_else(|problems| panic!("{problems}"));
    let spec = TableSpec { table, columns };
    spec.check().unwrap_or_else(|problems| panic!("{problems}"));
    spec
}

/// The cells of each column: their texts, and what they were read as.
type Columns = BTreeMap<String, Vec<(String, Cell)>>;

/// Every cell by column, and the findings.
fn read(path: &Path, spec: &TableSpec) -> (Columns, Vec<Finding>) {
    let mut table = Table::open(path, spec, &Limits::default()).unwrap_or_else(|error| panic!("{error}"));
    let mut columns = Columns::new();
    while let Some(batch) = table.next_batch().expect("rows") {
        for (name, column) in spec.columns.keys().zip(&batch.columns) {
            let cells = column.iter().map(|(text, cell)| (text.to_owned(), cell));
            columns.entry(name.value.clone()).or_default().extend(cells);
        }
    }
    (columns, table.findings())
}

fn row_of(columns: &Columns, column: &str, text: &str) -> usize {
    columns[column].iter().position(|(found, _)| found == text).expect(text)
}

/// Three columns go by one name, so places tell them apart; the dash of the header drifts between the months.
const ATTENDANCES: &str = "
columns:
  code: { header: Code }
  region: { header: Region }
  name: { header: Name }
  type_1: { position: 4, kind: number }
  total: { header: Total attendances, kind: number }
  within_4_hours: { header: Percentage in 4 hours or less (all), kind: percent, percent: points }
  within_4_hours_type_2: { header: Percentage in 4 hours or less (type 2), kind: percent, percent: points }
";

#[test]
fn two_months_of_attendances_are_of_one_unit() {
    let spec = spec(ATTENDANCES);
    for (file, rows, total, share, type_2) in [
        ("nhs-ae/csv/April-2025-AE.csv", 198, 24_959.0, 0.735, Cell::Number(0.0)),
        ("nhs-ae/csv/May-2025-AE.csv", 200, 25_704.0, 0.76, Cell::Missing(Missing::NotApplicable)),
    ] {
        let Some(path) = shared(file) else { return };
        let (columns, findings) = read(&path, &spec);
        assert_eq!(findings, [], "{file}");
        assert_eq!(columns["code"].len(), rows, "{file}");
        let row = row_of(&columns, "name", "Bedfordshire Hospitals NHS Foundation Trust");
        assert_eq!(columns["region"][row].0, "NHS England East Of England");
        assert_eq!(columns["total"][row].1, Cell::Number(total));
        assert_eq!(columns["within_4_hours"][row].1, Cell::Number(share));
        assert_eq!(columns["within_4_hours_type_2"][row].1, type_2);
        for (text, cell) in &columns["within_4_hours"] {
            let plausible = match cell {
                Cell::Number(share) => (0.0..=1.0).contains(share),
                Cell::Missing(missing) => *missing == Missing::NotApplicable,
                _ => false,
            };
            assert!(plausible, "{file}: {text}");
        }
    }
}

#[test]
fn one_setting_for_both_months_or_a_question() {
    let Some(april) = shared("nhs-ae/csv/April-2025-AE.csv") else { return };
    let without = spec(&ATTENDANCES.replace(", percent: points", ""));
    let (columns, _) = read(&april, &without);
    let unreadable = columns["within_4_hours"].iter().filter(|(_, cell)| *cell == Cell::Missing(Missing::Unreadable));
    assert!(unreadable.count() > 100, "73.5 is no share by itself, and is never made 7,350%");
    let (_, findings) = read(&april, &spec(&ATTENDANCES.replace("points", "auto")));
    assert!(findings.iter().all(|finding| finding.check == "ambiguous_percent"), "{findings:?}");
}

#[test]
fn coverage_counts_every_place_and_month() {
    let Some(path) = shared("gp-coverage/APPOINTMENTS_GP_COVERAGE aug 2021- jan 2023.csv") else { return };
    let spec = spec(
        "
columns:
  sub_icb: { header: SUB_ICB_LOCATION_CODE }
  month: { header: Appointment_Month, kind: period }
  included: { header: Included Practices, kind: number }
  registered: { header: Patients registered at open practices, kind: number }
",
    );
    let (columns, findings) = read(&path, &spec);
    assert_eq!((columns["month"].len(), findings.len()), (3180, 0));
    let months: BTreeSet<Period> = columns["month"]
        .iter()
        .map(|(text, cell)| if let Cell::Period(period) = cell { *period } else { panic!("{text}") })
        .collect();
    // The file's name says August 2021; its content begins a year earlier.
    let ends = (months.first().map(ToString::to_string), months.last().map(ToString::to_string));
    assert_eq!((months.len(), ends), (30, (Some("2020-08".to_owned()), Some("2023-01".to_owned()))));
    assert_eq!(columns["registered"][0].1, Cell::Number(329_182.0));
}

#[test]
fn the_welsh_matrix_becomes_a_row_for_each_month_and_band() {
    let spec = spec(
        r"
table:
  header_rows: 3
  across: { columns: ['Over * week* and up to * week*', Over 105 weeks], name: band, value: waiting }
columns:
  # A mark such as `(1)` behind a month refers to a footnote.
  month: { position: 1, kind: period, part: '^(?<value>\w+-\d{4})' }
  band: {}
  waiting: { kind: number }
",
    );
    // The first rows after the header and the last before the notes say which months each vintage holds.
    for (file, months, last) in [
        ("wales-rtt/waiting lists for Wales - raw data - June 2021.csv", 116, "2021-04"),
        ("wales-rtt/waiting lists for Wales - raw data - July 2021.csv", 118, "2021-06"),
    ] {
        let Some(path) = shared(file) else { return };
        let (columns, findings) = read(&path, &spec);
        assert!(findings.iter().all(|finding| finding.check == "footnotes"), "{findings:?}");
        let of = |month: &str, band: &str| {
            let month: Period = month.parse().expect("a month");
            let row = (0..columns["band"].len())
                .find(|row| columns["month"][*row].1 == Cell::Period(month) && columns["band"][*row].0 == band);
            columns["waiting"][row.expect(band)].1
        };
        assert_eq!(of("2011-09", "Over 0 weeks and up to 1 week"), Cell::Number(33_452.0));
        assert_eq!(of("2011-12", "Over 0 weeks and up to 1 week"), Cell::Number(17_979.0));
        assert_eq!(of("2011-09", "Over 26 weeks and up to 27 weeks"), Cell::Number(4_271.0));
        let found = columns["month"].iter().filter_map(|(_, cell)| match cell {
            Cell::Period(period) => Some(*period),
            _ => None,
        });
        let found: BTreeSet<Period> = found.collect();
        let newest = found.last().map(ToString::to_string);
        assert_eq!((found.len(), newest.as_deref()), (months, Some(last)));
    }
}

#[test]
fn prescriptions_of_three_months_add_up() {
    let Some(path) = shared("pharmacy/pca_data.csv") else { return };
    let spec = spec(
        "
columns:
  month: { header: YEAR_MONTH, kind: period }
  icb: { header: ICB_CODE }
  items: { header: ITEMS, kind: number }
",
    );
    let (columns, findings) = read(&path, &spec);
    assert_eq!((columns["items"].len(), findings.len()), (4679, 0));
    let items = columns["items"]
        .iter()
        .map(|(text, cell)| if let Cell::Number(items) = cell { *items } else { panic!("{text}") });
    // As the csv module of Python sums them.
    assert!((items.sum::<f64>() - 329_373.0).abs() < 1e-6);
}

#[test]
fn lookups_and_code_lists_read_without_a_finding() {
    for (file, columns, rows, first, last) in [
        (
            "pharmacy/Sub_ICB_to_ICB_to_Region_July_2022.csv",
            "columns: { sub_icb: { header: SICBL22CD }, code: { header: SICBL22CDH }, region: { header: NHSER22NM } }",
            106,
            // The first header stands behind a byte-order mark.
            ["E38000006", "02P", "North East and Yorkshire"],
            None,
        ),
        (
            "ods/practices.csv",
            "columns: { code: {}, name: {}, opened: { header: open_date, kind: period }, closed: { header: close_date, kind: period }, status: {}, commissioner: {} }",
            14_357,
            ["A81001", "THE DENSHAM SURGERY", "19740401"],
            Some("00K"),
        ),
    ] {
        let Some(path) = shared(file) else { return };
        let spec = spec(columns);
        let (read, findings) = read(&path, &spec);
        assert_eq!(findings, [], "{file}");
        let names: Vec<_> = spec.columns.keys().map(|name| name.value.as_str()).collect();
        assert_eq!(read[names[0]].len(), rows, "{file}");
        let found: Vec<_> = names.iter().take(3).map(|name| read[*name][0].0.as_str()).collect();
        assert_eq!(found, first, "{file}");
        if let Some(last) = last {
            assert_eq!(read["commissioner"][0].0, last);
            // 19740401 is a day, and a practice that is open has no day on which it closed.
            let day = Cell::Period("1974-04-01".parse().expect("a day"));
            assert_eq!((read["opened"][0].1, read["closed"][0].1), (day, Cell::Missing(Missing::Blank)));
        }
    }
}
