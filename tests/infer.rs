//! `bellwether infer`: what it proposes passes `check`, and publishes the sample that it was proposed from.
#![expect(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

use std::{fs, path::Path, process::Command};

use bellwether::{
    app::examine::{Examined, examine},
    config::Config,
    model::{Period, Verdict},
    tables::{InferError, Limits, Proposal, Steward, infer},
};
use proptest::{prelude::*, test_runner::TestCaseError};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

/// A home with no datasets but the one that is proposed.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a folder");
    for folder in ["config/datasets", "rules"] {
        fs::create_dir_all(home.path().join(folder)).expect("made");
    }
    fs::write(home.path().join("config/bellwether.yaml"), "operator: team\n").expect("written");
    let groups = "groups:\n  team:\n    name: The team\n    channels:\n      - email: { to: [team@example.org] }\n\
                  route:\n  to: [team]\n";
    fs::write(home.path().join("config/groups.yaml"), groups).expect("written");
    home
}

/// The one delivery that a file makes.
fn only(mut examined: Vec<Examined>) -> Examined {
    assert_eq!(examined.len(), 1, "{examined:#?}");
    examined.remove(0)
}

fn team() -> Steward {
    Steward { group: "team".to_owned(), is_known: true }
}

/// A sample, the proposal from it, and what the gate makes of the sample under that proposal.
fn propose(name: &str, sample: &[u8]) -> Result<(Proposal, Examined), InferError> {
    let home = home();
    let path = home.path().join(name);
    fs::write(&path, sample).expect("written");
    let proposal = infer(&path, &team(), None, &Limits::default())?.swap_remove(0);
    fs::write(home.path().join(format!("config/datasets/{}.yaml", proposal.id)), &proposal.yaml).expect("written");
    let config = Config::load(home.path()).unwrap_or_else(|problems| {
        let problems: Vec<String> = problems.sorted().iter().map(|problem| problem.render(false)).collect();
        panic!("{}\n{}", problems.join("\n"), proposal.yaml)
    });
    let examined = only(examine(&config, &path, name));
    Ok((proposal, examined))
}

/// As [`propose`]; the sample is published.
#[track_caller]
fn published(name: &str, sample: &[u8]) -> (Proposal, Examined) {
    let (proposal, examined) = propose(name, sample).unwrap_or_else(|error| panic!("{error}"));
    assert_ne!(examined.verdict, Verdict::Quarantined, "{:#?}\n{}", examined.findings, proposal.yaml);
    (proposal, examined)
}

fn data(path: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(path)).expect("a file")
}

#[track_caller]
fn says(proposal: &Proposal, lines: &[&str]) {
    for line in lines {
        assert!(proposal.yaml.lines().any(|there| there.trim() == *line), "{line}\nin\n{}", proposal.yaml);
    }
}

#[test]
fn the_shipped_monthly_file_becomes_the_shipped_definition() {
    let (proposal, examined) = published("les-activity-2025-10.csv", &data("les-activity/les-activity-2025-10.csv"));
    assert_eq!((proposal.id.as_str(), examined.verdict), ("les-activity", Verdict::Published));
    assert_eq!(proposal.questions, [""; 0]);
    assert_eq!(examined.periods(), [Period::month(2025, 10).expect("a month")]);
    says(
        &proposal,
        &[
            "files: [\"les-activity-*.csv\"]",
            r"period: { column: period, file_name: '(?<period>\d{4}[-_]\d{2})' }",
            "contract_type: { kind: text }  # capitated, cost-and-volume",
            "- not_null: { columns: [period, contract, contract_type] }",
            "- not_null: { name: figures-are-given, columns: [planned, delivered], allow: [suppressed, not_available, \
             not_applicable], warn_above: 0, tolerance: 1% }",
            "- unchanged: { severity: warning }",
            "- same_organisations: { name: same-contract, label: contract, severity: warning }",
            "- unique: { columns: [period, contract] }",
            "- allowed_values: { name: known-contract-type, column: contract_type, values: [capitated, cost-and-volume], \
             severity: warning }",
            "- range: { column: delivered, min: 0 }",
            "- row_count: { min: 7, max: 140, severity: warning }",
            "delivered: { value: delivered, plan: planned, labels: [contract] }",
        ],
    );
}

#[test]
fn a_definition_from_one_month_takes_the_other_months() {
    let home = home();
    let months = ["2025-04", "2025-05", "2025-06", "2025-07", "2025-08", "2025-09", "2025-10"];
    let name = |month: &str| format!("les-activity-{month}.csv");
    for month in months {
        fs::write(home.path().join(name(month)), data(&format!("les-activity/{}", name(month)))).expect("written");
    }
    let proposals = infer(&home.path().join(name("2025-10")), &team(), None, &Limits::default());
    let proposal = proposals.expect("a proposal").swap_remove(0);
    fs::write(home.path().join("config/datasets/les-activity.yaml"), proposal.yaml).expect("written");
    let config = Config::load(home.path()).unwrap_or_else(|_| panic!("the configuration is in order"));
    for month in months {
        let examined = only(examine(&config, &home.path().join(name(month)), &name(month)));
        // Four of the months have three rows, of which the proposal warns.
        assert_ne!(examined.verdict, Verdict::Quarantined, "{month}: {:#?}", examined.findings);
    }
}

#[test]
fn files_as_they_were_published_are_taken() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/as-published");
    let files: Vec<_> = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    assert!(files.len() > 10);
    for path in files {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        published(&name, &fs::read(&path).expect("a file"));
    }
}

#[test]
fn kinds_are_those_of_all_cells() {
    let sample = "Practice code;Sub-ICB;Waits (%);Median wait;Seen;Notes;Target seen\n\
                  00123;Leicester;56.3%;01:05:37;1,332;;1400\n\
                  00456;Rutland;*;00:20:00;*;late;-\n\
                  00789;Leicester;0.5;00:21:00;(12);;10\n";
    let (proposal, examined) = published("waits_Oct-2025.csv", sample.as_bytes());
    assert_eq!(examined.periods(), [Period::month(2025, 10).expect("a month")]);
    says(
        &proposal,
        &[
            "files: [\"waits_*.csv\"]",
            "# Seen in the name: 2025-10.",
            "practice_code: { kind: text, header: \"Practice code\" }  # 00123, 00456, 00789",
            "- unique: { columns: [practice_code] }",
            "- range: { column: median_wait, min: 0 }",
            "seen: { value: seen, plan: target_seen, labels: [practice_code] }",
        ],
    );
    let kind = |line: &str| assert!(proposal.yaml.contains(line), "{line}\nin\n{}", proposal.yaml);
    kind("waits_percent: { kind: percent, header: \"Waits (%)\" }");
    kind("median_wait: { kind: duration, ");
    kind("seen: { kind: number, header: \"Seen\" }");
    kind("# 2 of 3 blank; late");
    // A figure that is negative here may be so again.
    assert!(!proposal.yaml.contains("range: { column: seen"), "{}", proposal.yaml);
    assert!(!proposal.yaml.contains("not_null: { columns: [practice_code, sub_icb, waits_percent"));
}

#[test]
fn the_header_is_found_under_titles_and_odd_names_stay_apart() {
    let sample =
        "Urgent care,,,\nProduced in October,,,\n,,,\nSite,Yes,Count,Count\nA,x,1,2\nB,y,3,4\n\nNote: unvalidated,,,\n";
    let (proposal, examined) = published("urgent 2025-10.csv", sample.as_bytes());
    says(
        &proposal,
        &[
            "# Proposed from urgent 2025-10.csv: 2 rows read below the header in row 4.",
            "- row_count: { min: 1, max: 20, severity: warning }",
        ],
    );
    for wanted in [
        "count: { kind: number, position: 3, header: \"Count\" }",
        "count_2: { kind: number, position: 4, header: \"Count\" }",
        "column_2: {",
    ] {
        assert!(proposal.yaml.contains(wanted), "{wanted} in\n{}", proposal.yaml);
    }
    assert_eq!(examined.figures.figures.len(), 4);
}

#[test]
fn a_workbook_names_its_sheet() {
    let mut book = Workbook::new();
    let notes = book.add_worksheet();
    notes.set_name("Read me").expect("a name").write(0, 0, "About these figures").expect("written");
    let sheet = book.add_worksheet();
    sheet.set_name("All \"activity\" figures").expect("a name").write(0, 0, "Community services").expect("written");
    for (column, header) in [(0, "Month"), (1, "Service"), (2, "Contacts"), (3, "Share seen"), (4, "Code")] {
        sheet.write(2, column, header).expect("written");
    }
    let (month, percent) = (Format::new().set_num_format("mmm-yy"), Format::new().set_num_format("0.0%"));
    let code = Format::new().set_num_format("00000");
    for (row, service, contacts) in [(3, "District nursing", 1204.0), (4, "Podiatry", 88.5)] {
        let october = ExcelDateTime::from_ymd(2025, 10, 1).expect("a date");
        sheet.write_datetime_with_format(row, 0, october, &month).expect("written");
        sheet.write(row, 1, service).expect("written");
        sheet.write(row, 2, contacts).expect("written");
        sheet.write_with_format(row, 3, 0.563, &percent).expect("written");
        sheet.write_with_format(row, 4, 123 + row, &code).expect("written");
    }
    let (proposal, examined) = published("community.xlsx", &book.save_to_buffer().expect("a workbook"));
    says(
        &proposal,
        &["files: [\"community*.xlsx\"]", "period: { column: month }", "- unique: { columns: [month, service] }"],
    );
    for wanted in
        ["month: { kind: period,", "contacts: { kind: number,", "share_seen: { kind: percent,", "code: { kind: text,"]
    {
        assert!(proposal.yaml.contains(wanted), "{wanted} in\n{}", proposal.yaml);
    }
    assert_eq!(examined.periods(), [Period::month(2025, 10).expect("a month")]);
    assert_eq!(examined.figures.figures.len(), 4);
}

#[test]
fn a_year_that_may_begin_or_end_is_asked_about() {
    let (proposal, examined) = published("kpi-2024-m7.csv", b"site,beds\nA,1\nB,2\n");
    assert_eq!(examined.periods(), [Period::month(2024, 10).expect("a month")]);
    assert!(proposal.questions.iter().any(|question| question.contains("begin or end")), "{:?}", proposal.questions);
}

#[test]
fn what_is_no_table_is_a_question() {
    for (name, sample) in [("letter.csv", "Dear colleague\n"), ("figures.csv", "1,2\n3,4\n"), ("header.csv", "a,b,c\n")]
    {
        let error = propose(name, sample.as_bytes()).map(|(proposal, _)| proposal).expect_err(name);
        assert!(error.to_string().starts_with(&format!("where is the table in {name}?")), "{error}");
    }
}

/// A month of twelve organisations, with the row that adds them up; `total` is what that row says for its period.
fn with_total(total: &str) -> String {
    let rows: Vec<String> = (1..=12).map(|at| format!("ATT-APRIL-2025,RX{at:02},{},{at}\n", at * 10)).collect();
    // 10 + 20 + … + 120, and 1 + 2 + … + 12.
    format!("Period,Org Code,Attendances,Over 4 hours\n{}{total},{total},780,78\n", rows.concat())
}

#[test]
fn a_total_that_stands_for_its_period_is_checked_and_not_followed() {
    let (proposal, examined) = published("April-2025-revised-120525-ABC456.csv", with_total("TOTAL").as_bytes());
    assert_eq!(proposal.questions, [""; 0]);
    assert_eq!(
        (examined.verdict, examined.periods()),
        (Verdict::Published, vec![Period::month(2025, 4).expect("a month")])
    );
    says(
        &proposal,
        &[
            "files: [\"*.csv\"]",
            "- totals: { total_row: 'lower(org_code) == \"total\"', columns: [attendances, over_4_hours], severity: warning }",
            "- pattern: { name: org-code-is-a-code, column: org_code, matches: '[A-Z][A-Z]\\d\\d', severity: warning, where: \
             'lower(org_code) != \"total\"' }",
        ],
    );
    let left_out = examined.findings.iter().find(|finding| finding.check == "period").expect("a note of the total");
    assert_eq!((left_out.count, left_out.rows[0].row), (1, 14));
    // Another month writes the word otherwise, and one of its figures is wrong.
    let home = home();
    fs::write(home.path().join("config/datasets/ae.yaml"), &proposal.yaml).expect("written");
    let config = Config::load(home.path()).unwrap_or_else(|_| panic!("the configuration is in order"));
    let path = home.path().join("April-2025-revised.csv");
    fs::write(&path, with_total("Total").replace("RX07,70,", "RX07,700,")).expect("written");
    let examined = only(examine(&config, &path, "April-2025-revised.csv"));
    let said: Vec<&str> = examined.findings.iter().map(|finding| finding.check.as_str()).collect();
    assert_eq!(said, ["totals", "period"]);
}

#[test]
fn a_year_and_a_month_in_columns_of_their_own_say_the_period_together() {
    let boards = ["Fife", "Forth Valley", "Grampian", "Highland"];
    let rows =
        ["2024,Nov", "2024,Dec", "2025,Jan"].map(|month| boards.map(|board| format!("{month},{board},17\n")).concat());
    let sample = format!("Year,Month,Board,Waiting\n{}", rows.concat());
    let (proposal, examined) = published("waiting.csv", sample.as_bytes());
    let months = [(2024, 11), (2024, 12), (2025, 1)].map(|(year, month)| Period::month(year, month).expect("a month"));
    assert_eq!(examined.periods(), months);
    says(
        &proposal,
        &[
            "period: { column: period }",
            "- unique: { columns: [period, board] }",
            "waiting: { value: waiting, labels: [board] }",
        ],
    );
    assert!(proposal.yaml.contains("period: { kind: period, joined: [month, year] }"), "{}", proposal.yaml);
}

#[test]
fn dates_beside_a_year_say_the_period_more_closely() {
    let sample = "Year,Date,Published,Trust,Beds\n2024,2024-11-01,2025-02-14,RXA,1\n2024,2024-12-01,2025-02-14,RXA,2\n\
                  2025,2025-01-01,2025-02-14,RXA,3\n";
    let (proposal, examined) = published("beds.csv", sample.as_bytes());
    assert_eq!(examined.periods().len(), 3);
    says(&proposal, &["period: { column: date }"]);
}

#[test]
fn shares_that_may_exceed_one_are_no_points() {
    let table = |shares: &[&str]| -> String {
        let rows = shares.iter().enumerate().map(|(at, share)| format!("2025-01,R{at:02}A,{share}\n"));
        std::iter::once("Month,Trust,Percent occupied\n".to_owned()).chain(rows).collect()
    };
    let fractions: Vec<&str> = [vec!["0.75"; 30], vec!["1.62"]].concat();
    let (proposal, _) = published("occupied.csv", table(&fractions).as_bytes());
    assert!(proposal.yaml.contains("percent: share }"), "{}", proposal.yaml);
    let points: Vec<&str> = [vec!["73.5"; 30], vec!["0.4"]].concat();
    let (proposal, _) = published("occupied.csv", table(&points).as_bytes());
    assert!(proposal.yaml.contains("percent: points }"), "{}", proposal.yaml);
    let either: Vec<&str> = [vec!["0.9"; 20], vec!["2.5"; 10]].concat();
    let (proposal, _) = published("occupied.csv", table(&either).as_bytes());
    assert_eq!(
        proposal.questions,
        [
            "Does 0.5 in `percent_occupied` mean 50% or 0.5%? 10 of 30 numbers are larger than 1.5, the others are not; they are \
          read as they stand until then"
        ]
    );
}

#[test]
fn a_table_without_names_above_it_is_refused_with_what_shows_it() {
    let sample: Vec<String> =
        (10..30).map(|at| format!("\"R{at}\",\"TRUST {at}\",\"Y{at}\",\"202411{at}\"\n")).collect();
    let error = propose("etr.csv", sample.concat().as_bytes()).expect_err("no header");
    let said = error.to_string();
    assert!(
        said.starts_with("what are the columns of etr.csv called? Row 1 looks like data") && said.contains("`Y10`"),
        "{said}"
    );
}

#[test]
fn a_word_below_a_month_does_not_make_it_another_column() {
    let rows: Vec<String> = (10..40).map(|at| format!("E{at},Area {at},{at},1,2\n")).collect();
    let sample = format!("Area,Name,Jan-18,Feb-18,Mar-18\n{}Source: ONS,,Released:,,\n", rows.concat());
    let (proposal, examined) = propose("deaths.csv", sample.as_bytes()).expect("a proposal");
    assert!(proposal.yaml.contains("across: { columns: months"), "{}", proposal.yaml);
    assert!(!proposal.yaml.contains("jan_18"), "{}", proposal.yaml);
    assert_eq!(examined.periods().len(), 3);
}

#[test]
fn a_sheet_of_figures_that_is_no_table_is_asked_about() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Contents").expect("a name");
    for (row, texts) in (0..).zip([["Sheet", "About"], ["Weekly figures", "Deaths by week"], ["Notes", "How"]]) {
        for (column, text) in (0..).zip(texts) {
            sheet.write(row, column, text).expect("written");
        }
    }
    let sheet = book.add_worksheet().set_name("Weekly figures").expect("a name");
    for row in 0..6 {
        for column in 0..8 {
            sheet.write(row, column, f64::from(row * 10) + f64::from(column)).expect("written");
        }
    }
    let (proposal, _) = propose("2016Mortality.xlsx", &book.save_to_buffer().expect("a workbook")).expect("a proposal");
    assert!(
        proposal.questions.iter().any(|question| question.starts_with("Is the sheet \"Weekly figures\" wanted?")),
        "{:#?}",
        proposal.questions
    );
}

/// Thirty organisations' attendances in October 2025.
fn add_monthly_sheet(book: &mut Workbook) {
    let sheet = book.add_worksheet().set_name("Monthly").expect("a name");
    for (column, text) in (0..).zip(["Organisation", "Period", "Attendances"]) {
        sheet.write(0, column, text).expect("written");
    }
    for row in 1..=30 {
        sheet.write(row, 0, format!("R{row}")).expect("written");
        sheet.write(row, 1, "2025-10").expect("written");
        sheet.write(row, 2, row * 3).expect("written");
    }
}

#[test]
fn a_sheet_of_few_figures_that_is_left_out_is_named() {
    let mut book = Workbook::new();
    add_monthly_sheet(&mut book);
    let sheet = book.add_worksheet().set_name("England").expect("a name");
    for (row, (text, figure)) in (0..).zip([("Attendances", 1395), ("Admissions", 212)]) {
        sheet.write(row, 0, text).expect("written");
        sheet.write(row, 1, figure).expect("written");
    }
    book.add_worksheet().set_name("About").expect("a name").write(0, 0, "Published by the trust").expect("written");
    let (proposal, _) = published("activity.xlsx", &book.save_to_buffer().expect("a workbook"));
    let said = proposal.yaml.replace("\n# ", " ");
    assert!(
        said.contains(
            "Left out, as sheets of notes with few figures: \"England\". `bellwether infer FILE --sheet NAME`"
        ),
        "{}",
        proposal.yaml
    );
}

/// A sheet whose columns all go by one name is no table that could be told; the others are proposed for all that.
#[test]
fn a_sheet_that_is_no_table_keeps_nobody_from_the_others() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Lookup").expect("a name");
    for column in 0..3 {
        sheet.write(0, column, "Rate").expect("written");
        for row in 1..=20 {
            sheet.write(row, column, row * 3).expect("written");
        }
    }
    add_monthly_sheet(&mut book);
    let (proposal, _) = published("activity.xlsx", &book.save_to_buffer().expect("a workbook"));
    assert_eq!(proposal.sheet.as_deref(), Some("Monthly"));
    assert!(proposal.questions[0].starts_with("Is the sheet \"Lookup\" wanted?"), "{:?}", proposal.questions);
    let error = propose("rates.csv", b"Rate,Rate\n1,2\n3,4\n5,6\n").expect_err("no names").to_string();
    assert!(error.starts_with("where is the table in rates.csv?"), "{error}");
}

/// pandas writes `NaN`, a database `NULL`, where there is no value.
#[test]
fn what_programs_write_for_no_value_is_none() {
    let row = |at: u32| {
        let (count, share) = match at {
            7 => ("NaN".to_owned(), "nan".to_owned()),
            8 => ("NULL".to_owned(), "12.5%".to_owned()),
            _ => (format!("{}", at * 10), format!("{at}.5%")),
        };
        format!("R{at},2025-10,{count},{share}\n")
    };
    let sample = format!("org,month,count,share\n{}", (1..40).map(row).collect::<String>());
    let (proposal, examined) = published("export.csv", sample.as_bytes());
    assert_eq!(proposal.questions, [""; 0]);
    for wanted in [
        "count: { kind: number, reasons: { not_applicable: [\"NULL\", \"NaN\"] } }  # 2 without a figure (programs",
        "share: { kind: percent, reasons: { not_applicable: [\"nan\"] } }",
    ] {
        assert!(proposal.yaml.contains(wanted), "{wanted} in\n{}", proposal.yaml);
    }
    // Two measures of 39 rows.
    assert_eq!(examined.figures.figures.len(), 78);
    // A person writes `None` for nought.
    let (proposal, _) = propose("people.csv", sample.replace("NaN", "None").as_bytes()).expect("a proposal");
    assert!(proposal.questions.iter().any(|question| question.contains("`None` in row 8")), "{:?}", proposal.questions);
}

#[test]
fn periods_below_no_name_are_called_so() {
    let rows: Vec<String> = (1..=9).map(|month| format!("2025-0{month},{},{}\n", month * 7, month * 11)).collect();
    let (proposal, _) = published("waits.csv", format!(",Attendances,Admissions\n{}", rows.concat()).as_bytes());
    says(&proposal, &["period: { column: period }"]);
    assert!(proposal.yaml.contains("period: { kind: period, position: 1 }"), "{}", proposal.yaml);
}

#[test]
fn a_nameless_column_that_numbers_the_rows_is_not_followed() {
    let rows = |first: u32, step: u32| {
        let row = |month: u32| format!("{},2025-0{month},{}\n", first + step * month, month * 11 % 17);
        let rows: Vec<String> = (1..=9).map(row).collect();
        published("index.csv", format!(",Month,Admissions\n{}", rows.concat()).as_bytes()).0
    };
    for (first, step) in [(0, 1), (1384, 3)] {
        let proposal = rows(first, step);
        says(&proposal, &["measures:", "admissions: { value: admissions }"]);
        assert!(!proposal.yaml.contains("column_1: { value"), "{}", proposal.yaml);
    }
    assert!(rows(7, 0).yaml.contains("column_1: { value"), "figures that stay the same are followed");
}

#[test]
fn the_first_of_a_month_among_other_days_is_a_day() {
    let days: Vec<String> = (1..=28).map(|day| format!("{day:02} Apr 2018,{day}\n")).collect();
    let (proposal, examined) = published("weekly.csv", format!("Date,Attendances\n{}", days.concat()).as_bytes());
    assert_eq!(proposal.questions, [""; 0]);
    assert_eq!(examined.periods().len(), 28);
    assert!(proposal.yaml.contains("date: { kind: period, header: \"Date\", granularity: day }"), "{}", proposal.yaml);
}

/// The thirteenth tells which number is the day; of the others it could not be told.
#[test]
fn the_order_of_dates_is_taken_from_the_column() {
    let days = |dates: &[&str]| {
        let rows: Vec<String> = dates.iter().map(|date| format!("{date},RXA,100\n")).collect();
        format!("Date,Trust,Attendances\n{}", rows.concat()).into_bytes()
    };
    for (dates, setting, periods) in [
        (["05/06/2025", "06/06/2025", "13/06/2025"], "day_first", ["2025-06-05", "2025-06-06", "2025-06-13"]),
        (["06/05/2025", "06/06/2025", "06/13/2025"], "month_first", ["2025-06-05", "2025-06-06", "2025-06-13"]),
    ] {
        let (proposal, examined) = published("days.csv", &days(&dates));
        assert_eq!(proposal.questions, [""; 0], "{setting}");
        assert!(proposal.yaml.contains(&format!("header: \"Date\", dates: {setting} }}")), "{}", proposal.yaml);
        let read: Vec<String> = examined.periods().iter().map(ToString::to_string).collect();
        assert_eq!(read, periods, "{setting}");
    }
    let (proposal, examined) = published("months.csv", &days(&["01/04/2025", "01/04/2025"]));
    let question = "Does the day stand first in `date`, so that `01/04/2025` is 1 April 2025? It is read so";
    assert_eq!(proposal.questions, [question]);
    assert_eq!(examined.periods(), [Period::month(2025, 4).expect("a month")]);
}

#[test]
fn a_column_called_a_period_that_is_none_is_named_in_the_question() {
    let (proposal, _) = propose("beds.csv", b"Quarter,Org,Beds\nQ1,RJ1,12\nQ1,RJ2,13\n").expect("a proposal");
    let asked = proposal.questions.iter().find(|question| question.starts_with("Which period")).expect("a question");
    assert!(asked.contains("(in `quarter`, ") && asked.contains("Q1"), "{asked}");
}

#[test]
fn names_beside_the_figures_do_not_stop_them() {
    let rows: Vec<String> = (10..30).map(|at| format!("R{at},{at},{},1,2,Trust {at}\n", at * 2)).collect();
    let sample = format!("Code,Attendances,Admissions,Deaths,Births\n{}", rows.concat());
    let (proposal, _) = propose("ae-2025-10.csv", sample.as_bytes()).expect("a proposal");
    assert!(
        proposal.questions.iter().any(|question| question.starts_with("What is column 6?")),
        "{:?}",
        proposal.questions
    );
    says(&proposal, &["attendances: { value: attendances, labels: [code] }"]);
}

#[test]
fn a_sheet_of_weeks_across_is_not_taken_for_notes() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Contents").expect("a name");
    for (row, texts) in (0..).zip([["Contents", "Page"], ["Weekly figures", "Deaths by week"], ["Notes", "How"]]) {
        for (column, text) in (0..).zip(texts) {
            sheet.write(row, column, text).expect("written");
        }
    }
    let sheet = book.add_worksheet().set_name("Weekly figures").expect("a name");
    sheet.write(0, 0, "Week ended").expect("written");
    for week in 1..=6_u16 {
        let friday =
            ExcelDateTime::from_ymd(2016, 1, 1).and_then(|day| day.and_hms(0, 0, 0)).expect("a date").to_excel();
        let date = Format::new().set_num_format("dd-mmm-yy");
        sheet.write_with_format(0, week, friday + f64::from(7 * week), &date).expect("written");
        for row in 1..=10 {
            sheet.write(row, 0, format!("Area {row}")).expect("written");
            sheet.write(row, week, row * 7).expect("written");
        }
    }
    let home = home();
    let path = home.path().join("2016Mortality.xlsx");
    fs::write(&path, book.save_to_buffer().expect("a workbook")).expect("written");
    let proposals = infer(&path, &team(), None, &Limits::default()).expect("proposals");
    let sheets: Vec<&str> = proposals.iter().filter_map(|proposal| proposal.sheet.as_deref()).collect();
    let asked = proposals.iter().flat_map(|proposal| &proposal.questions).any(|asked| asked.contains("Weekly figures"));
    assert!(sheets.contains(&"Weekly figures") || asked, "{proposals:#?}");
}

#[test]
fn the_command_prints_the_definition_and_asks_on_standard_error() {
    let home = home();
    let run = |arguments: &[&str], file: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bellwether"));
        command.env_remove("BELLWETHER_HOME").env_remove("RUST_LOG").current_dir(home.path());
        let output = command.arg("infer").args(arguments).arg(file).output().expect("the program starts");
        let text = |bytes| String::from_utf8(bytes).expect("text in UTF-8");
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    fs::write(home.path().join("beds.csv"), "site,beds\nA,1\n").expect("written");
    let (code, out, err) = run(&[], "beds.csv");
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("steward: team\n"), "{out}");
    assert!(err.contains("Which period are the figures for?"), "{err}");
    assert!(run(&["--steward", "beds-group"], "beds.csv").1.contains("steward: beds-group\n"));
    let (_, out, _) = run(&["--home", "/nowhere"], "beds.csv");
    assert!(out.contains("steward: performance-team\n"), "{out}");
    fs::write(home.path().join("letter.csv"), "Dear colleague\n").expect("written");
    let (code, out, err) = run(&[], "letter.csv");
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(err.contains("where is the table in letter.csv?"), "{err}");
    assert_eq!(run(&[], "not-there.csv").0, Some(2));
}

fn cell(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Whatever the cells and headers hold: the proposal is in order, and publishes its sample.
    #[test]
    fn what_is_proposed_takes_its_sample(
        headers in proptest::collection::vec("[A-Za-z][ -~£é’\u{2028}\n]{0,12}", 2..5),
        rows in proptest::collection::vec(
            ("[a-z]{1,3}", "[ -~£é’\\n\u{202e}]{0,8}", -50_000..50_000_i32, "0?[0-9]{1,3}|\\*|", "[0-9]{1,2}\\.[0-9]%"),
            1..40,
        ),
        delimiter in prop::sample::select(vec![",", ";", "\t", "|"]),
        in_column in any::<bool>(),
    ) {
        let mut sample = String::new();
        let mut line = |cells: Vec<String>| {
            sample.push_str(&cells.iter().map(|text| cell(text)).collect::<Vec<_>>().join(delimiter));
            sample.push('\n');
        };
        let period = |text: &str| in_column.then(|| text.to_owned());
        let width = headers.len();
        line(period("period").into_iter().chain(headers).collect());
        for (name, text, number, figure, share) in &rows {
            let cells = [format!("r{name}"), text.clone(), number.to_string(), figure.clone(), share.clone()];
            line(period("Oct-25").into_iter().chain(cells.into_iter().take(width)).collect());
        }
        let name = if in_column { "any [file] {x}.csv" } else { "any-2025-26-2025-10.csv" };
        match propose(name, sample.as_bytes()) {
            Ok((proposal, examined)) => {
                let held_back = examined.verdict == Verdict::Quarantined;
                // A header such as `M1` is a month of a year that nothing says.
                let asks = proposal.questions.iter().any(|question| question.starts_with("Which financial year"));
                prop_assert!(!held_back || asks, "{:#?}\n{}\n{}", examined.findings, proposal.yaml, sample);
            }
            Err(error) => return Err(TestCaseError::fail(format!("{error}\n{sample}"))),
        }
    }
}
