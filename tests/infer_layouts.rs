//! `bellwether infer` on printed tables: what it proposes reads the same figures as the shipped definition of the same
//! file, or asks. Files that are not in this repository are found as in `tests/shared_data.rs`, and passed over without.
#![expect(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use bellwether::{
    app::{
        examine::{Examined, examine},
        home::{self, Home},
    },
    config::Config,
    model::{Figure, Period, Verdict},
    tables::{InferError, Limits, Proposal, Steward, infer},
};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

const TEAM: &str = "performance-team";

/// A home as `bellwether init` makes it, with its datasets and rules or without.
fn new_home(shipped: bool) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    home::init(&Home::at(folder.path()).expect("a home")).expect("made");
    if !shipped {
        for folder in ["config/datasets", "rules"].map(|part| folder.path().join(part)) {
            fs::remove_dir_all(&folder).expect("removed");
            fs::create_dir_all(&folder).expect("made");
        }
        let groups = format!(
            "groups:\n  {TEAM}:\n    name: The team\n    channels:\n      - email: {{ to: [team@example.org] }}\n\
             route:\n  to: [{TEAM}]\n"
        );
        fs::write(folder.path().join("config/groups.yaml"), groups).expect("written");
    }
    folder
}

fn load(home: &Path) -> Config {
    Config::load(home).unwrap_or_else(|problems| {
        let problems: Vec<String> = problems.sorted().iter().map(|problem| problem.render(false)).collect();
        panic!("{}", problems.join("\n"))
    })
}

fn name_of(path: &Path) -> String {
    path.file_name().expect("a name").to_string_lossy().into_owned()
}

fn proposals(path: &Path) -> Result<Vec<Proposal>, InferError> {
    let steward = Steward { group: TEAM.to_owned(), is_known: true };
    infer(path, &steward, None, &Limits::default())
}

/// The one delivery that a file makes.
fn only(mut examined: Vec<Examined>) -> Examined {
    assert_eq!(examined.len(), 1, "{examined:#?}");
    examined.remove(0)
}

/// What the gate makes of a file under a proposal alone; beside the shipped datasets, the proposal is in order too.
fn under(proposal: &Proposal, path: &Path, shipped: &Path) -> Examined {
    let beside = shipped.join(format!("config/datasets/proposed-{}.yaml", proposal.id));
    fs::write(&beside, &proposal.yaml).expect("written");
    load(shipped);
    fs::remove_file(beside).expect("removed");
    let alone = new_home(false);
    fs::write(alone.path().join(format!("config/datasets/{}.yaml", proposal.id)), &proposal.yaml).expect("written");
    only(examine(&load(alone.path()), path, &name_of(path)))
}

type Points = BTreeMap<(BTreeSet<String>, Period), Figure>;

/// The figures of each measure, by the texts of their labels.
fn points(examined: &Examined) -> BTreeMap<String, Points> {
    let mut measures: BTreeMap<String, Points> = BTreeMap::new();
    for ((key, period), figure) in &examined.figures.figures {
        let labels = key.labels.iter().map(|(_, text)| text.to_owned()).collect();
        measures.entry(key.measure.clone()).or_default().insert((labels, *period), *figure);
    }
    measures
}

/// Whether each figure of one measure stands in another, whose labels may be fewer, and none besides.
fn alike(shipped: &Points, proposed: &Points, with_plans: bool) -> bool {
    let same = |ours: &Figure, theirs: &Figure| ours.value == theirs.value && (!with_plans || ours.plan == theirs.plan);
    let stands = |((labels, period), figure): (&(BTreeSet<String>, Period), &Figure)| {
        proposed.iter().any(|((few, at), ours)| at == period && few.is_subset(labels) && same(ours, figure))
    };
    shipped.len() == proposed.len() && shipped.iter().all(stands)
}

fn data(folder: &str) -> Vec<PathBuf> {
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(folder))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { files.extend(self::files(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

/// What is asked of a file whose figures the shipped definition reads otherwise, by the measure.
fn asked(file: &str, measure: &str) -> Option<&'static str> {
    match (file, measure) {
        // Two lists under one another, of which the second has its heading among the prices.
        ("les-prices-2025-26.csv", "price") => Some("`£` in row 10"),
        // The header stands one column too far to the left.
        ("nhsof-highest-quartile-2024.csv", _) => Some("What is column 11?"),
        ("nhsof-lowest-quartile-2024.csv", "rank") => Some("a place among 42?"),
        ("nhsof-lowest-quartile-2024.csv", "latest") => Some("the asterisk in `target_nat_ave`"),
        _ => None,
    }
}

#[test]
fn the_figures_are_those_of_the_shipped_definitions_or_there_is_a_question() {
    let shipped = new_home(true);
    let config = load(shipped.path());
    let paths: Vec<PathBuf> = ["as-published", "hha-bands", "les-activity"].into_iter().flat_map(data).collect();
    assert!(paths.len() > 20);
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "csv")) {
        let file = name_of(path);
        let expected = points(&only(examine(&config, path, &file)));
        let found = proposals(path).unwrap_or_else(|error| panic!("{error}"));
        let [proposal] = found.as_slice() else { panic!("{file}: one table") };
        let examined = under(proposal, path, shipped.path());
        assert_ne!(examined.verdict, Verdict::Quarantined, "{file}: {:#?}\n{}", examined.findings, proposal.yaml);
        let read = points(&examined);
        for (measure, figures) in &expected {
            let question = asked(&file, measure);
            let is_read = read.values().any(|ours| alike(figures, ours, true));
            assert_eq!(is_read, question.is_none(), "{file}: {measure}\n{}", proposal.yaml);
            let Some(question) = question else { continue };
            assert!(
                proposal.questions.iter().any(|asked| asked.contains(question)),
                "{file}: {:?}",
                proposal.questions
            );
            let comments: Vec<&str> =
                proposal.yaml.lines().filter_map(|line| line.strip_prefix('#')).map(str::trim).collect();
            assert!(comments.join(" ").contains(question), "{file}: {question}\n{}", proposal.yaml);
            // Nothing is read in its place; of the last, the figures without their plan.
            let without_plan = read.values().any(|ours| alike(figures, ours, false));
            assert_eq!(without_plan, measure == "latest" && file.contains("lowest"), "{file}: {measure}");
            assert!(read.is_empty() || file.contains("lowest"), "{file}: {measure}");
        }
    }
}

/// A sample in a file of this name, its one proposal, and what the gate makes of the sample under it.
fn propose(name: &str, sample: &str) -> (Proposal, Examined) {
    let folder = new_home(true);
    let path = folder.path().join(name);
    fs::write(&path, sample).expect("written");
    let proposal = proposals(&path).unwrap_or_else(|error| panic!("{error}")).swap_remove(0);
    let examined = under(&proposal, &path, folder.path());
    (proposal, examined)
}

fn values(examined: &Examined) -> Vec<String> {
    let figure = |((key, period), figure): (&(bellwether::model::SeriesKey, Period), &Figure)| {
        format!("{period} {} {}", key.labels.values(), figure.value.get().unwrap_or(f64::NAN))
    };
    examined.figures.figures.iter().map(figure).collect()
}

#[test]
fn months_across_become_rows_and_their_total_is_left_out() {
    let (proposal, examined) = propose("beds-2025-26.csv", "site,Apr-25,May-25,Jun-25,Total\nA,1,2,3,6\nB,4,,5,9\n");
    assert_eq!(values(&examined), ["2025-04 A 1", "2025-05 A 2", "2025-06 A 3", "2025-04 B 4", "2025-06 B 5"]);
    assert!(proposal.yaml.contains("figures of no one period: `Total`."), "{}", proposal.yaml);
}

#[test]
fn totals_below_merged_labels_are_left_out_and_small_numbers_are_withheld() {
    let falls = "Ward falls,,,,,\n\nDirectorate,Ward,Month,Falls,Falls with harm,Bed days\n\
                 Medicine,Ward 1,Apr-25,12,*,812\n,Ward 2,Apr-25,7,0,640\nSurgery,Ward 5,Apr-25,6,<5,700\n,Ward 6,Apr-25,5,7,300\n\
                 Total,,,30,,2452\n\
                 Medicine,Ward 1,May-25,11,<5,840\n,Ward 2,May-25,9,0,655\nSurgery,Ward 5,May-25,3,6,710\n,Ward 6,May-25,2,0,300\n\
                 Total,,,25,,2505\n* Small numbers are withheld\n";
    let (proposal, examined) = propose("falls.csv", falls);
    assert_eq!(proposal.questions, Vec::<String>::new(), "{}", proposal.yaml);
    assert_ne!(examined.verdict, Verdict::Quarantined, "{:#?}\n{}", examined.findings, proposal.yaml);
    let harmed = "falls_with_harm: { value: falls_with_harm, labels: [ward], suppressed_below: 5 }";
    assert!(proposal.yaml.contains(harmed), "{}", proposal.yaml);
    let adds_up = "totals: { total_row: 'directorate == \"Total\"', columns: [falls, bed_days], of: rows_above, severity: warning }";
    assert!(proposal.yaml.contains(adds_up), "{}", proposal.yaml);
    let read = values(&examined);
    // Three measures of four wards and two months.
    assert_eq!(read.len(), 24, "{read:#?}");
    assert!(read.contains(&"2025-05 Ward 2 9".to_owned()), "{read:#?}");
    assert!(!read.iter().any(|figure| figure.contains("Total")), "{read:#?}");

    // Of the rows that are left out, the totals are still looked at.
    let wrong = new_home(true);
    let path = wrong.path().join("falls.csv");
    fs::write(&path, falls.replace("Total,,,25", "Total,,,35")).expect("written");
    let findings = under(&proposal, &path, wrong.path()).findings;
    let seen = "the parts do not add up to the total of falls in row 13: `35, parts 25`";
    assert!(findings.iter().any(|finding| finding.message.contains(seen)), "{findings:#?}");
}

#[test]
fn months_without_a_year_take_it_from_the_title_or_are_a_question() {
    let table = "site,Apr,May\nA,1,2\nB,4,5\n";
    let (_, examined) = propose("beds.csv", &format!("Beds in 2024/25,,\n{table}"));
    assert_eq!(values(&examined), ["2024-04 A 1", "2024-05 A 2", "2024-04 B 4", "2024-05 B 5"]);
    let (proposal, examined) = propose("beds.csv", table);
    assert_eq!(examined.figures.figures.len(), 0);
    assert!(proposal.questions.iter().any(|asked| asked.contains("Which financial year")), "{:?}", proposal.questions);
    assert!(proposal.yaml.contains("#     financial_year: { fixed: 2025/26 }"), "{}", proposal.yaml);
}

#[test]
fn a_month_in_the_title_is_the_period_unless_the_name_says_another() {
    let sample = "Community beds: October 2025,\nsite,beds\nA,1\nB,4\n";
    let (_, examined) = propose("beds.csv", sample);
    assert_eq!(values(&examined), ["2025-10 A 1", "2025-10 B 4"]);
    let (proposal, examined) = propose("beds-2025-11.csv", sample);
    assert_eq!(examined.figures.figures.len(), 0, "{}", proposal.yaml);
    assert!(proposal.questions.iter().any(|asked| asked.contains("which period")), "{:?}", proposal.questions);
}

#[test]
fn groups_above_a_header_tell_columns_of_one_name_apart() {
    let sample = "Site,Emergency,,Planned,\n,Seen,Waiting,Seen,Waiting\nA,1,2,3,4\nB,5,6,7,8\n";
    let (proposal, examined) = propose("care 2025-10.csv", sample);
    assert!(
        proposal.yaml.contains("planned_waiting: { kind: number, header: \"Planned Waiting\" }"),
        "{}",
        proposal.yaml
    );
    assert_eq!(examined.figures.figures.len(), 8);
}

#[test]
fn shares_and_money_are_read_in_the_unit_of_their_header() {
    let sample = "Site,Percentage seen,Cost (£'000),0-10%\nA,73.5,12,3\nB,59,-4,8\n";
    let (_, examined) = propose("units 2025-10.csv", sample);
    let numbers: BTreeSet<String> = values(&examined).into_iter().collect();
    for expected in ["2025-10 A 0.735", "2025-10 B 0.59", "2025-10 A 12000", "2025-10 B -4000", "2025-10 A 3"] {
        assert!(numbers.contains(expected), "{expected} in {numbers:?}");
    }
}

#[test]
fn json_is_a_table_like_others() {
    let sample = r#"[{"month":"2025-09","site":"A","beds":1},{"month":"2025-10","site":"A","beds":2}]"#;
    assert_eq!(values(&propose("beds.json", sample).1), ["2025-09 A 1", "2025-10 A 2"]);
}

/// A sheet in a workbook of this name, its one proposal, and what the gate makes of the workbook under it.
fn propose_sheet(name: &str, fill: impl Fn(&mut Worksheet) -> Result<(), XlsxError>) -> (Proposal, Examined) {
    let folder = new_home(true);
    let mut book = Workbook::new();
    fill(book.add_worksheet()).expect("written");
    let path = folder.path().join(name);
    book.save(&path).expect("saved");
    let proposal = proposals(&path).unwrap_or_else(|error| panic!("{error}")).swap_remove(0);
    let examined = under(&proposal, &path, folder.path());
    (proposal, examined)
}

#[test]
fn every_column_right_of_a_group_that_is_not_merged_is_read() {
    let (proposal, examined) = propose_sheet("care 2025-10.xlsx", |sheet| {
        sheet.merge_range(1, 2, 1, 3, "Attended", &Format::new())?;
        // Above helper columns at the right end; it is not merged with the cells beside it.
        sheet.write(1, 6, "Attended in time")?;
        for (column, name) in (1..).zip(["Site", "Adults", "Children", "Share", "", "Adults", "Children", "All"]) {
            sheet.write(2, column, name)?;
        }
        for (row, site) in (3..).zip(["Ash", "Birch", "Cedar"]) {
            sheet.write(row, 1, site)?;
            for (column, figure) in (2..).zip([30, 20, 50, 0, 25, 15, 40]).filter(|(column, _)| *column != 5) {
                sheet.write(row, column, figure + row)?;
            }
        }
        Ok(())
    });
    // Six figures of each of three sites.
    assert_eq!(values(&examined).len(), 18, "{}\n{:#?}", proposal.yaml, examined.findings);
    for expected in ["2025-10 Ash 28", "2025-10 Birch 19", "2025-10 Cedar 45"] {
        assert!(values(&examined).contains(&expected.to_owned()), "{expected}: {:?}", values(&examined));
    }
}

#[test]
fn figures_without_a_name_above_them_are_counted_and_can_be_named() {
    let rows: Vec<String> = (1..=6).map(|at| format!("Site {at},{at},{},{}\n", at * 2, at * 3)).collect();
    let (proposal, _) = propose("beds 2025-10.csv", &format!("site,beds\n{}", rows.concat()));
    let asked = "What are columns 3, 4? They hold texts or figures and nothing stands above, so a header to the left may be \
                 one column out of place; 12 figures there are not read as it stands";
    assert!(proposal.questions.iter().any(|question| question.starts_with(asked)), "{:?}", proposal.questions);
    assert!(proposal.yaml.contains("#     column_4: { kind: number, position: 4 }"), "{}", proposal.yaml);
}

#[test]
fn a_matrix_of_three_levels_has_a_header_of_three_rows() {
    let matrix = "\"\",\"All \",\"\",\"\",\"\",\"\",\"All \"\n\
                  \"\",\"Short \",\".\",\"Short \",\"Long \",\"Long \",\".\"\n\
                  \"\",\"Up to 1 week \",\"Over 1 week \",\".\",\"Over 26 weeks \",\".\",\".\"\n\
                  \"Sep-2025 \",\"1\",\"2\",\"3\",\"4\",\"4\",\"7\"\n\
                  \"Oct-2025 (1)\",\"5\",\"6\",\"11\",\"8\",\"8\",\"19\"\n\
                  \"Nov-2025\",\"9\",\".\",\"9\",\"10\",\"10\",\"19\"\n";
    let (proposal, examined) = propose("waits.csv", matrix);
    assert!(proposal.yaml.contains("header_rows: 3"), "{}", proposal.yaml);
    assert_eq!(proposal.questions, Vec::<String>::new());
    let read = points(&examined);
    let of = |measure: &str, month: &str| {
        let (_, points) = read.iter().find(|(name, _)| *name == measure).expect(measure);
        let point = points.iter().find(|((_, period), _)| period.to_string() == month);
        point.and_then(|(_, figure)| figure.value.get())
    };
    assert_eq!((of("all_short", "2025-10"), of("all", "2025-10")), (Some(11.0), Some(19.0)), "{read:#?}");
    // A full stop below the header is no figure.
    assert_eq!((of("over_1_week", "2025-09"), of("over_1_week", "2025-11")), (Some(2.0), None));
}

#[test]
fn years_across_are_a_header() {
    let (_, examined) = propose("persons.csv", "Area,2011,2021,2022\nW01,711,2020,690\nW02,2534,2600,2612\n");
    let expected = ["2011 W01 711", "2021 W01 2020", "2022 W01 690", "2011 W02 2534", "2021 W02 2600", "2022 W02 2612"];
    assert_eq!(values(&examined), expected);
}

#[test]
fn a_column_without_a_header_in_stacked_tables_is_found_by_its_place() {
    let stacked =
        "Ward 1,,\nMonth,,Beds\n2025-09,x,1\n2025-10,y,2\n,,\nWard 2,,\nMonth,Note,\n2025-09,x,\n2025-10,y,\n";
    let (proposal, examined) = propose("beds.csv", stacked);
    assert!(proposal.yaml.contains("blocks:") && !proposal.yaml.contains("aliases"), "{}", proposal.yaml);
    let read: Vec<String> = values(&examined).into_iter().filter(|figure| figure.contains("Ward 1")).collect();
    assert_eq!(read, ["2025-09 Ward 1 1", "2025-10 Ward 1 2"], "{}", proposal.yaml);
}

#[test]
fn figures_above_the_header_are_said_not_to_be_read() {
    let sample = "Beds,10,12\nStaff,20,22\n,,\nsite,month,beds\nA,2025-09,3\nB,2025-09,4\n";
    let (proposal, examined) = propose("beds.csv", sample);
    assert_eq!(values(&examined), ["2025-09 A 3", "2025-09 B 4"]);
    let said = "# Above the header 4 figures stand in rows 1 to 2; they are not read.";
    assert!(proposal.yaml.contains(said), "{}", proposal.yaml);
}

#[test]
fn notes_under_a_table_do_not_make_texts_of_its_columns() {
    let table = "Month,Site,Beds\n2025-08,A,11\n2025-09,A,12\n2025-10,A,9\n2025-11,A,10\n";
    for notes in [
        "\nNote,Beds are counted at midnight,see annex\n",
        "\nSource: bed return,,NHS England\n1. Provisional,,\n",
        "\n,In order to protect patients small\n,numbers were swapped\n,\n\n",
        "Source: bed return,as at,December\n",
    ] {
        let (proposal, examined) = propose("beds.csv", &format!("{table}{notes}"));
        assert_eq!(proposal.questions, Vec::<String>::new(), "{}", proposal.yaml);
        let expected = ["2025-08 A 11", "2025-09 A 12", "2025-10 A 9", "2025-11 A 10"];
        assert_eq!(values(&examined), expected, "{notes}\n{}", proposal.yaml);
        assert!(examined.findings.iter().any(|finding| finding.check == "skipped_rows"), "{:#?}", examined.findings);
    }
    // A row that says why it has no figure is data, after a blank row too.
    let (proposal, _) = propose("beds.csv", &format!("{table}\n2025-12,A,TBC\n"));
    assert!(!proposal.yaml.contains("skip_rows"), "{}", proposal.yaml);
}

#[test]
fn notes_stand_under_the_first_column_wherever_a_sheet_begins() {
    let (proposal, examined) = propose_sheet("beds.xlsx", |sheet| {
        sheet.write(0, 2, "Month")?.write(0, 3, "Beds")?;
        for (row, (month, beds)) in (1..).zip([("2025-08", 11), ("2025-09", 12), ("2025-10", 9)]) {
            sheet.write(row, 2, month)?.write(row, 3, beds)?;
        }
        sheet.write(5, 2, "1. Beds are counted at midnight")?;
        sheet.write(6, 1, "Source: bed return").map(drop)
    });
    assert_eq!(proposal.questions.iter().filter(|asked| asked.contains("midnight")).count(), 0, "{}", proposal.yaml);
    let rows =
        |check: &str| examined.findings.iter().find(|finding| finding.check == check).map(|finding| finding.count);
    assert_eq!((rows("footnotes"), rows("unreadable")), (Some(2), None), "{:#?}", examined.findings);
    assert_eq!(values(&examined), ["2025-08  11", "2025-09  12", "2025-10  9"]);
}

#[test]
fn each_sheet_with_a_table_has_a_definition_of_its_own() {
    let folder = new_home(true);
    let mut book = Workbook::new();
    for (name, text) in
        [("Notes", ["About these", "Figures are final"]), ("Beds", ["site", "A"]), ("Old", ["site", "A"])]
    {
        let sheet = book.add_worksheet();
        sheet.set_name(name).expect("a name");
        for (row, text) in (0..).zip(text) {
            sheet.write(row, 0, text).expect("written");
        }
        if name != "Notes" {
            sheet.write(0, 1, "count").expect("written").write(1, 1, 3).expect("written");
        }
    }
    let waits = book.add_worksheet();
    waits
        .set_name("Waits")
        .expect("a name")
        .write(0, 0, "site")
        .expect("written")
        .write(0, 1, "weeks")
        .expect("written");
    waits.write(1, 0, "A").expect("written").write(1, 1, 18).expect("written");
    book.worksheet_from_name("Old").expect("a sheet").set_hidden(true);
    book.save(folder.path().join("care-2025-10.xlsx")).expect("saved");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bellwether"));
        command.env_remove("BELLWETHER_HOME").env_remove("RUST_LOG").current_dir(folder.path());
        let output = command.args(["infer", "care-2025-10.xlsx"]).args(arguments).output().expect("the program starts");
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let (code, said) = run(&[]);
    assert!(code == Some(1) && said.contains("`Beds`, `Waits`"), "{said}");
    let (code, said) = run(&["--sheet", "Waits"]);
    assert!(code == Some(0) && said.contains("sheet: \"Waits\"") && said.contains("weeks:"), "{said}");
    assert_eq!(run(&["--sheet", "Nowhere"]).0, Some(1));
    assert_eq!(run(&["--output", "new"]).0, Some(0));
    let written: Vec<String> = files(&folder.path().join("new")).iter().map(|path| name_of(path)).collect();
    assert_eq!(written, ["care-beds.yaml", "care-waits.yaml"]);
    // What was written before, and may have been changed since, is left alone.
    assert_eq!(run(&["--output", "new"]).0, Some(2));
}

/// The folder with others' files, or a word that there is none.
fn shared() -> Option<PathBuf> {
    let named = std::env::var_os("BELLWETHER_SHARED_DATA").map(PathBuf::from);
    let path = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"));
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("skipped: there is no {}; name the folder in BELLWETHER_SHARED_DATA", path.display());
    None
}

#[test]
fn files_of_others_are_read_or_asked_about() {
    let Some(folder) = shared() else { return };
    let shipped = new_home(true);
    for part in ["nhs-ae", "wales-rtt", "gp-coverage", "ods", "calendars", "workbooks", "odd/messy", "odd/csv-spectrum"]
    {
        for path in files(&folder.join(part)) {
            let file = name_of(&path);
            let Ok(found) = proposals(&path).inspect_err(|error| println!("{file}: {error}")) else { continue };
            for proposal in found {
                let examined = under(&proposal, &path, shipped.path());
                let asks = !proposal.questions.is_empty();
                assert!(asks || examined.verdict != Verdict::Quarantined, "{file}: {:#?}", examined.findings);
                assert!(asks || !examined.figures.figures.is_empty(), "{file}: neither figures nor a question");
            }
        }
    }
}

#[test]
fn every_sheet_of_a_workbook_reads_the_figures_of_its_table() {
    let Some(folder) = shared() else { return };
    let (shipped, path) = (new_home(true), folder.join("workbooks/les-performance-2025-10.xlsx"));
    let config = load(shipped.path());
    let found = proposals(&path).unwrap_or_else(|error| panic!("{error}"));
    let published = |file: &str| {
        let path = data(file.split_once('/').expect("a folder").0).into_iter().find(|path| path.ends_with(file));
        points(&only(examine(&config, &path.expect("a file"), file.rsplit('/').next().expect("a name"))))
    };
    for (proposal, file) in found.iter().zip([
        "as-published/les-cost-and-volume-2025-10.csv",
        "as-published/les-capitated-2025-10.csv",
        "hha-bands/hha-achievement-bands-2025-10.csv",
    ]) {
        let read = points(&under(proposal, &path, shipped.path()));
        for (measure, figures) in published(file) {
            assert!(read.values().any(|ours| alike(&figures, ours, true)), "{file}: {measure}\n{}", proposal.yaml);
        }
    }
    assert_eq!(found.len(), 3);
}
