//! Publications in layouts of their own, through the gate with the dataset that is shipped for them. Those that may not be
//! copied are found as in `shared_layouts.rs`, and are built small where it must be sure that they read.

#![expect(clippy::expect_used, reason = "a test that fails says why")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use bellwether::{
    app::{
        examine::{Examined, examine},
        home::{self, Home},
    },
    config::Config,
    model::{Finding, Missing, Severity, Value, Verdict},
};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

/// The shipped configuration with this dataset alone: others take files of the same name, for other sheets of them.
fn only(dataset: &str) -> (tempfile::TempDir, Config) {
    let folder = tempfile::tempdir().expect("a folder");
    let home = Home::at(folder.path()).expect("a home");
    home::init(&home).expect("the shipped configuration");
    let mut config = Config::load(home.root()).expect("a configuration without mistakes");
    config.datasets.retain(|id, _| id == dataset);
    (folder, config)
}

fn name_of(path: &Path) -> String {
    path.file_name().expect("a name").to_str().expect("UTF-8").to_owned()
}

fn judged(dataset: &str, path: &Path) -> Examined {
    let (_folder, config) = only(dataset);
    let mut examined = examine(&config, path, &name_of(path));
    assert_eq!(examined.len(), 1, "{examined:#?}");
    examined.remove(0)
}

/// Published, and the findings above a note.
fn published(dataset: &str, path: &Path) -> (Examined, Vec<Finding>) {
    let examined = judged(dataset, path);
    assert!(examined.verdict.is_published(), "{}: {:#?}", path.display(), examined.findings);
    let told = examined.findings.iter().filter(|finding| finding.severity > Severity::Note).cloned().collect();
    (examined, told)
}

/// Every figure as "measure|period|label|…" with its value.
fn figures(examined: &Examined) -> BTreeMap<String, Value> {
    let line = |((key, period), figure): (&(_, _), &bellwether::model::Figure)| {
        let key: &bellwether::model::SeriesKey = key;
        let period: &bellwether::model::Period = period;
        let labels: Vec<&str> = key.labels.iter().map(|(_, value)| value).collect();
        (format!("{}|{period}|{}", key.measure, labels.join("|")), figure.value)
    };
    examined.figures.figures.iter().map(line).collect()
}

fn shared(folder: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let root = std::env::var_os("BELLWETHER_SHARED_DATA").map_or(beside, PathBuf::from);
    let folder = root.join(folder);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: there is no {}; BELLWETHER_SHARED_DATA says where the collections are", folder.display());
    None
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

/// The total row of a measure by its label, and the sum of the others.
fn total_and_parts(figures: &BTreeMap<String, Value>, measure: &str, total: &str) -> (f64, f64) {
    let of = figures.iter().filter(|(key, _)| key.split('|').next() == Some(measure));
    let (totals, parts): (Vec<_>, Vec<_>) = of.partition(|(key, _)| key.rsplit('|').next() == Some(total));
    let sum = |figures: Vec<(&String, &Value)>| figures.iter().filter_map(|(_, value)| value.get()).sum();
    (sum(totals), sum(parts))
}

#[test]
fn attendances_of_nine_months_read_from_their_workbooks() {
    let Some(folder) = shared("nhs-ae/workbooks") else { return };
    // As another program (xlrd) reads the England row, and counts the rows below it.
    let england = BTreeMap::from([
        ("2019-04", (2_112_165.0, 535_226.0, 442.0, 235)),
        ("2019-05", (2_172_006.0, 547_382.0, 416.0, 232)),
        ("2019-06", (2_107_987.0, 528_801.0, 462.0, 233)),
        ("2019-07", (2_265_050.0, 554_069.0, 452.0, 232)),
        ("2019-08", (2_125_435.0, 529_231.0, 371.0, 233)),
        ("2019-09", (2_123_345.0, 529_903.0, 458.0, 233)),
        ("2022-04", (2_028_796.0, 479_779.0, 24_179.0, 204)),
        ("2022-05", (2_233_053.0, 517_711.0, 19_657.0, 205)),
        ("2022-06", (2_191_691.0, 503_048.0, 22_017.0, 205)),
    ]);
    let files = files(&folder);
    assert_eq!(files.len(), england.len());
    for file in files {
        let (providers, told) = published("ae-providers", &file);
        assert_eq!(told, [], "{}", file.display());
        let month = providers.periods().first().expect("a month").to_string();
        let (attendances, admissions, waits, count) = england[month.as_str()];
        let figures = figures(&providers);
        assert_eq!(figures.len(), 5 * (count + 1), "{month}");
        assert_eq!(total_and_parts(&figures, "attendances", "-"), (attendances, attendances), "{month}");
        assert_eq!(total_and_parts(&figures, "emergency_admissions", "-"), (admissions, admissions), "{month}");
        assert_eq!(total_and_parts(&figures, "waits_over_12h", "-"), (waits, waits), "{month}");

        let (systems, told) = published("ae-systems", &file);
        assert_eq!(told, [], "{}", file.display());
        assert_eq!(systems.periods(), providers.periods());
        let figures = self::figures(&systems);
        assert_eq!((figures.len(), total_and_parts(&figures, "attendances", "-").1), (5 * 42, attendances), "{month}");
    }
}

#[test]
fn figures_of_attendances_stand_where_another_program_finds_them() {
    let Some(folder) = shared("nhs-ae/workbooks") else { return };
    let read = |file: &str, dataset: &str| figures(&published(dataset, &folder.join(file)).0);
    let april = read("Monthly-AE-April-2019-revised-220720-632O5.xls", "ae-providers");
    assert_eq!(april["attendances|2019-04|RC1"], Value::Number(7293.0));
    assert_eq!(april["within_4h|2019-04|RC1"], Value::Number(0.817_084_875_908_405_3));
    assert_eq!(april["within_4h_type_1|2019-04|RC1"], Value::Number(0.789_888_171_365_569_4));
    assert_eq!(april["within_4h_type_1|2019-04|AXG"], Value::missing(Missing::NotApplicable));
    assert_eq!(april["emergency_admissions|2019-04|RA4"], Value::Number(1975.0));
    let june = read("June-2022-AE-by-provider-dfTKt-revised-110523.xls", "ae-providers");
    assert_eq!(june["within_4h|2022-06|RC9"], Value::missing(Missing::NotApplicable), "in a trial of other standards");
    assert_eq!(june["waits_over_12h|2022-06|RK9"], Value::Number(475.0));
    let may = read("May-2022-AE-by-provider-revised-110523-OZPOx.xls", "ae-systems");
    assert_eq!(may["attendances|2022-05|QOX"], Value::Number(28_288.0));
    assert_eq!(may["within_4h|2022-05|QUA"], Value::Number(0.774_588_484_804_665_8));
}

/// A workbook as NHS England publishes them: sheets of the same columns in any order, one of them hidden; a title block; a
/// header over two rows whose groups are merged; England in a row of its own; a label of the system that has no header.
fn attendances_workbook(path: &Path, first: &str, second: &str) {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("STP Mapping").expect("a name").set_hidden(true);
    for sheet in [first, second] {
        let figures = if sheet == "Provider Level Data" { [40.0, 10.0, 30.0] } else { [4.0, 1.0, 3.0] };
        let sheet = book.add_worksheet().set_name(sheet).expect("a name");
        write_attendances(sheet, figures).expect("written");
    }
    book.save(path).expect("saved");
}

fn write_attendances(sheet: &mut Worksheet, total_and_parts: [f64; 3]) -> Result<(), XlsxError> {
    let plain = Format::new();
    for (row, label, text) in
        [(1, "Title:", "A&E Attendances"), (5, "Period:", "October 2025"), (6, "Basis:", "Provider")]
    {
        sheet.write_string(row, 1, label)?;
        sheet.write_string(row, 2, text)?;
    }
    sheet.write_string(13, 1, "Provider Level Data")?;
    let less = "A&E attendances less than 4 hours from arrival to admission, transfer or discharge";
    let greater = "A&E attendances greater than 4 hours from arrival to admission, transfer or discharge";
    for (column, last, group) in [
        (4, 7, "A&E attendances"),
        (8, 11, less),
        (12, 15, greater),
        (16, 19, "Percentage of attendances within 4 hours"),
        (20, 27, "Emergency Admissions"),
    ] {
        sheet.merge_range(14, column, 14, last, group, &plain)?;
    }
    let departments = [
        "Type 1 Departments - Major A&E ",
        "Type 2 Departments - Single Specialty",
        "Type 3 Departments - Other A&E/Minor Injury Unit",
    ];
    let totals = ["Total attendances", "Total Attendances < 4 hours", "Total Attendances > 4 hours"];
    let counted = totals.iter().flat_map(|total| departments.iter().chain([total])).copied();
    let others = [
        "Percentage in 4 hours or less (all)",
        "Percentage in 4 hours or less (type 1)",
        "Percentage in 4 hours or less (type 2)",
        "Percentage in 4 hours or less (type 3)",
        "Emergency Admissions via Type 1 A&E",
        "Emergency Admissions via Type 2 A&E",
        "Emergency Admissions via Type 3 and 4 A&E",
        "Total Emergency Admissions via A&E",
        "Other Emergency admissions (i.e not via A&E)",
        "Total Emergency Admissions",
        "Number of patients spending >4 hours from decision to admit to admission",
        "Number of patients spending >12 hours from decision to admit to admission",
    ];
    for (column, text) in (1..).zip(["Code", "Region", "Name"].into_iter().chain(counted).chain(others)) {
        sheet.write_string(15, column, text)?;
    }
    let rows =
        [("-", "-", "England"), ("RAA", "NHS England North ", "Ay Trust "), ("RBB", "NHS England North ", "Bee Trust")];
    for ((row, (code, region, name)), n) in [16, 18, 19].into_iter().zip(rows).zip(total_and_parts) {
        for (column, text) in (1..).zip([code, region, name]) {
            sheet.write_string(row, column, text)?;
        }
        // Half of them at departments of type 1 and half of type 3; nine in ten within four hours.
        let (half, within, over) = (n / 2.0, n * 0.9, n * 0.1);
        let shown =
            [half, 0.0, half, n, within / 2.0, 0.0, within / 2.0, within, over / 2.0, 0.0, over / 2.0, over, 0.9, 0.9];
        for (column, number) in (4..).zip(shown) {
            sheet.write_number(row, column, number)?;
        }
        sheet.write_string(row, 18, "-")?;
        for (column, number) in (19..).zip([0.9, n, 0.0, 0.0, n, 0.0, n, 2.0, 1.0]) {
            sheet.write_number(row, column, number)?;
        }
        if code != "-" {
            sheet.write_string(row, 28, "Northern STP")?;
        }
    }
    Ok(())
}

#[test]
fn the_sheet_is_found_by_its_name_wherever_it_stands() {
    let folder = tempfile::tempdir().expect("a folder");
    for (first, second) in [("Provider Level Data", "Non-Booked Data"), ("Non-Booked Data", "Provider Level Data")] {
        let path = folder.path().join("Monthly-AE-October-2025.xlsx");
        attendances_workbook(&path, first, second);
        let (examined, told) = published("ae-providers", &path);
        assert_eq!(told, [], "{first} first");
        let figures = figures(&examined);
        assert_eq!(figures["attendances|2025-10|-"], Value::Number(40.0));
        assert_eq!(figures["attendances|2025-10|RBB"], Value::Number(30.0));
        assert_eq!(figures["within_4h_type_1|2025-10|RAA"], Value::Number(0.9));
        assert_eq!(figures.len(), 5 * 3);
        // The label of the system stands under no header.
        let unnamed = examined.findings.iter().find(|finding| finding.check == "unnamed_column");
        assert_eq!(unnamed.map(|finding| (finding.severity, finding.count)), Some((Severity::Note, 2)));
    }
}

#[test]
fn a_workbook_named_after_another_month_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("Monthly-AE-December-2025.xlsx");
    attendances_workbook(&path, "Provider Level Data", "Non-Booked Data");
    let severity = |path: &Path| {
        let found = judged("ae-providers", path).findings.into_iter().find(|finding| finding.check == "file_name");
        found.map(|finding| finding.severity)
    };
    assert_eq!(severity(&path), Some(Severity::Note), "December may be when October was published");
    let before = folder.path().join("Monthly-AE-September-2025-revised-121225.xlsx");
    fs::copy(&path, &before).expect("copied");
    assert_eq!(severity(&before), Some(Severity::Warning));
    let right = folder.path().join("October-2025-AE-by-provider-revised-121225.xlsx");
    fs::copy(&path, &right).expect("copied");
    assert_eq!(severity(&right), None);
}

#[test]
fn two_months_of_attendances_as_csv_are_one_measure() {
    let Some(folder) = shared("nhs-ae/csv") else { return };
    for (file, month, count, attendances, share) in
        [("April-2025-AE.csv", "2025-04", 198, 24_959.0, 0.735), ("May-2025-AE.csv", "2025-05", 200, 25_704.0, 0.76)]
    {
        let (examined, told) = published("ae-providers-csv", &folder.join(file));
        assert_eq!(told, [], "{file}");
        let figures = figures(&examined);
        assert_eq!(figures.len(), 5 * count, "{file}");
        assert_eq!(figures[&format!("attendances|{month}|RC9")], Value::Number(attendances));
        assert_eq!(figures[&format!("within_4h|{month}|RC9")], Value::Number(share));
        let shares = figures.iter().filter(|(key, _)| key.starts_with("within_4h"));
        assert!(shares.filter_map(|(_, value)| value.get()).all(|share| (0.0..=1.0).contains(&share)), "{file}");
    }
}

/// One month as it was written first, and the same figures as they were written later.
fn attendances_csv(dash: &str, numbers: &[&str]) -> String {
    let departments = [
        format!("Type 1 Departments {dash} Major A&E"),
        format!("Type 2 Departments {dash} Single Specialty"),
        format!("Type 3 Departments {dash} Other A&E/Minor Injury Unit"),
    ]
    .join(",");
    let header = format!(
        "Code,Region,Name,{departments},Total attendances,{departments},Total Attendances < 4 hours,{departments},\
         Total Attendances > 4 hours,Percentage in 4 hours or less (all),Percentage in 4 hours or less (type 1),\
         Percentage in 4 hours or less (type 2),Percentage in 4 hours or less (type 3),\
         Emergency Admissions via Type 1 A&E,Emergency Admissions via Type 2 A&E,\
         Emergency Admissions via Type 3 and 4 A&E,Total Emergency Admissions via A&E,\
         Other Emergency admissions (i.e not via A&E),Total Emergency Admissions,\
         Number of patients spending >4 hours from decision to admit to admission,\
         Number of patients spending >12 hours from decision to admit to admission"
    );
    let cells: Vec<String> = numbers.iter().map(|text| format!("\"{text}\"")).collect();
    let row = |code: &str| format!("{code},{}", cells.join(","));
    format!("{header}\n{}\n{}\n", row("RAA"), row("RBB"))
}

#[test]
fn a_change_of_notation_changes_no_figure() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = [
        "North ", "Ay", "1200", "0", "800", "2000", "700", "0", "780", "1480", "500", "0", "20", "520", "74.0", "58.3",
        "0.0", "97.5", "300", "0", "0", "300", "50", "350", "9", "4",
    ];
    let later = [
        "North ", "Ay", "1,200", "0", "800", "2,000", "700", "0", "780", "1,480", "500", "0", "20", "520", "74.00%",
        "58.30%", "-", "97.50%", "300", "0", "0", "300", "50", "350", "9", "4",
    ];
    for (file, month, dash, numbers) in
        [("April-2025-AE.csv", "2025-04", "0", first), ("May-2025-AE.csv", "2025-05", "-", later)]
    {
        let path = folder.path().join(file);
        fs::write(&path, attendances_csv(dash, &numbers)).expect("written");
        let (examined, told) = published("ae-providers-csv", &path);
        assert_eq!(told, [], "{file}");
        let figures = figures(&examined);
        assert_eq!(figures[&format!("within_4h|{month}|RAA")], Value::Number(0.74), "{file}");
        assert_eq!(figures[&format!("within_4h_type_1|{month}|RBB")], Value::Number(0.583), "{file}");
        assert_eq!(figures[&format!("attendances|{month}|RAA")], Value::Number(2000.0), "{file}");
    }
    // One of the columns that go by the same name is gone: which, is not known.
    let path = folder.path().join("June-2025-AE.csv");
    let table = attendances_csv("-", &later).replacen("Type 1 Departments - Major A&E,", "Type 1,", 1);
    fs::write(&path, table).expect("written");
    let examined = judged("ae-providers-csv", &path);
    let absent = examined.findings.iter().filter(|finding| finding.check == "columns_present");
    assert_eq!((examined.verdict, absent.count()), (Verdict::Quarantined, 3));
}

#[test]
fn the_welsh_totals_are_the_sums_of_their_weeks() {
    let Some(folder) = shared("wales-rtt") else { return };
    let mut april = BTreeSet::new();
    for (file, months, newest, all) in [
        ("waiting lists for Wales - raw data - June 2021.csv", 116, "2021-04", 595_272.0),
        ("waiting lists for Wales - raw data - July 2021.csv", 118, "2021-06", 624_909.0),
    ] {
        let (examined, told) = published("wales-waiting-times", &folder.join(file));
        assert_eq!(told, [], "{file}");
        assert_eq!(
            (examined.periods().len(), examined.periods().last().expect("months").to_string().as_str()),
            (months, newest)
        );
        let figures = figures(&examined);
        assert_eq!(figures.len(), months * 62, "{file}");
        assert_eq!(figures[&format!("waiting|{newest}|All|All")], Value::Number(all), "{file}");
        for month in examined.periods() {
            let of = |group: &str, weeks: &str| {
                figures[&format!("waiting|{month}|{group}|{weeks}")].get().expect("a number")
            };
            let sum_of = |group: &str| -> f64 {
                let begins = format!("waiting|{month}|{group}|");
                figures.iter().filter(|(key, _)| key.starts_with(&begins)).filter_map(|(_, value)| value.get()).sum()
            };
            let groups = ["Up to 26 weeks", "26 to 36 weeks", "Over 36 weeks"];
            for group in groups {
                assert!((sum_of(group) - of("All", group)).abs() < 0.5, "{file} {month} {group}");
            }
            assert!(
                (groups.iter().map(|group| of("All", group)).sum::<f64>() - of("All", "All")).abs() < 0.5,
                "{month}"
            );
        }
        april.insert(figures["waiting|2021-04|All|All"].to_string());
    }
    // The later vintage restates April.
    assert_eq!(april, BTreeSet::from(["595,272".to_owned(), "596,014".to_owned()]));
}

#[test]
fn a_matrix_of_three_levels_becomes_series() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("Waiting lists for Wales - May 2025.csv");
    let header = "\"\",\"All \",,,,,\"All \"\n,\"Up to 26 weeks \",.,\"Up to 26 weeks \",\"Over 36 weeks \",\"Over 36 weeks \",.\n\
                  ,\"Over 0 weeks and up to 1 week \",\"Over 1 week and up to 2 weeks \",.,\"Over 105 weeks \",.,.\n";
    let months: Vec<String> = (1..=3)
        .map(|month| {
            format!("\"{}-2025 (1)\",{month},2,{},.,0,{}\n", ["Jan", "Feb", "Mar"][month - 1], month + 2, month + 2)
        })
        .collect();
    fs::write(&path, format!("{header}{}", months.concat())).expect("written");
    let (examined, told) = published("wales-waiting-times", &path);
    // This file has no column of the middle group, neither of weeks nor of their total.
    assert_eq!(
        told.iter().map(|finding| finding.check.as_str()).collect::<Vec<_>>(),
        ["across_columns", "across_columns"]
    );
    let figures = figures(&examined);
    assert_eq!(figures.len(), 3 * 6);
    for (series, value) in [
        ("Up to 26 weeks|Over 0 weeks and up to 1 week", Value::Number(2.0)),
        ("Up to 26 weeks|Over 1 week and up to 2 weeks", Value::Number(2.0)),
        ("All|Up to 26 weeks", Value::Number(4.0)),
        ("Over 36 weeks|Over 105 weeks", Value::missing(Missing::NotApplicable)),
        ("All|Over 36 weeks", Value::Number(0.0)),
        ("All|All", Value::Number(4.0)),
    ] {
        assert_eq!(figures[&format!("waiting|2025-02|{series}")], value, "{series}");
    }
}

const COVERAGE: &str = "SUB_ICB_LOCATION_CODE,ICB_ONS_CODE,REGION_CODE,Appointment_Month,Included Practices,Open Practices,\
                        Patients registered at included practices,Patients registered at open practices\n";

#[test]
fn a_name_that_contradicts_the_rows_is_told_and_the_rows_count() {
    let folder = tempfile::tempdir().expect("a folder");
    let rows = "00L,E54000050,E40000012,01AUG2020,40,40,329182,329182\n00L,E54000050,E40000012,01JAN2023,39,40,319989,329887\n";
    for (name, severity) in [
        ("APPOINTMENTS_GP_COVERAGE aug 2021- jan 2023.csv", Some(Severity::Warning)),
        ("APPOINTMENTS_GP_COVERAGE 2025-10.csv", Some(Severity::Warning)),
        ("APPOINTMENTS_GP_COVERAGE Aug 2020 - Jan 2023.csv", None),
        ("APPOINTMENTS_GP_COVERAGE_Feb_2023.csv", Some(Severity::Note)),
        ("APPOINTMENTS_GP_COVERAGE v3 E54000050 2023-02-28.csv", None),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, format!("{COVERAGE}{rows}")).expect("written");
        let (examined, _) = published("gp-appointments-coverage", &path);
        let found = examined.findings.iter().find(|finding| finding.check == "file_name");
        assert_eq!(found.map(|finding| finding.severity), severity, "{name}");
        assert_eq!(examined.periods().iter().map(ToString::to_string).collect::<Vec<_>>(), ["2020-08", "2023-01"]);
    }
    let Some(folder) = shared("gp-coverage") else { return };
    let (examined, told) =
        published("gp-appointments-coverage", &folder.join("APPOINTMENTS_GP_COVERAGE aug 2021- jan 2023.csv"));
    assert_eq!(told.iter().map(|finding| finding.check.as_str()).collect::<Vec<_>>(), ["file_name"]);
    assert_eq!((examined.figures.figures.len(), examined.periods().len()), (2 * 3180, 30));
}

#[test]
fn the_sheets_of_the_performance_workbooks_give_the_figures_of_the_monthly_files() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut monthly = BTreeMap::new();
    for month in 4..=10 {
        let file = data.join(format!("les-activity/les-activity-2025-{month:02}.csv"));
        monthly.extend(published("les-activity", &file).0.figures.figures.clone());
        let workbook = data.join(format!("les-performance/les-performance-2025-{month:02}.xlsx"));
        let mut found = BTreeMap::new();
        for dataset in ["les-cost-and-volume", "les-capitated"] {
            let (examined, told) = published(dataset, &workbook);
            assert_eq!(told, [], "{dataset} {month}");
            found.extend(examined.figures.figures.clone());
        }
        assert_eq!(found, monthly, "{month}");
    }
    assert_eq!(monthly.len(), 3 + 6 * 14);
}

#[test]
fn the_bands_of_the_workbook_are_those_of_the_printed_table() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let (workbook, told) =
        published("hha-achievement-bands", &data.join("les-performance/les-performance-2025-10.xlsx"));
    let (printed, expected) =
        published("hha-achievement-bands", &data.join("hha-bands/hha-achievement-bands-2025-10.csv"));
    assert_eq!(workbook.figures.figures, printed.figures.figures);
    assert_eq!(figures(&workbook)["low_achievers|2025-10|Total"], Value::Number(16.0));
    let checks = |findings: &[Finding]| {
        findings.iter().map(|finding| (finding.check.clone(), finding.count)).collect::<Vec<_>>()
    };
    assert_eq!(checks(&told), checks(&expected));
    // Months before October have no such sheet.
    let earlier = judged("hha-achievement-bands", &data.join("les-performance/les-performance-2025-09.xlsx"));
    assert_eq!(earlier.verdict, Verdict::Quarantined);
    assert!(earlier.findings[0].message.contains("has no sheet `HHA bands`"), "{:?}", earlier.findings);
}
