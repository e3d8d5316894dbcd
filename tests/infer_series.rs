//! `bellwether infer` on one file of a series: what the definition makes of the files that follow.
#![expect(clippy::expect_used, reason = "a test ends where what it needs is not there")]

use std::{fs, path::Path};

use bellwether::{
    app::{
        examine::{Examined, examine},
        home::{self, Home},
    },
    config::Config,
    model::{Severity, Verdict},
    tables::{Limits, Steward, infer},
};

const TEAM: &str = "performance-team";

/// A home with the definition that is proposed for a file alone.
fn home_of(name: &str, sample: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    home::init(&Home::at(folder.path()).expect("a home")).expect("made");
    for part in ["config/datasets", "rules"].map(|part| folder.path().join(part)) {
        fs::remove_dir_all(&part).expect("removed");
        fs::create_dir_all(&part).expect("made");
    }
    let groups = format!(
        "groups:\n  {TEAM}:\n    name: The team\n    channels:\n      - email: {{ to: [team@example.org] }}\n\
         route:\n  to: [{TEAM}]\n"
    );
    fs::write(folder.path().join("config/groups.yaml"), groups).expect("written");
    let path = folder.path().join(name);
    fs::write(&path, sample).expect("written");
    let steward = Steward { group: TEAM.to_owned(), is_known: true };
    let proposal = infer(&path, &steward, None, &Limits::default()).expect("a proposal").remove(0);
    fs::write(folder.path().join("config/datasets/series.yaml"), proposal.yaml).expect("written");
    folder
}

fn judge(home: &Path, name: &str, text: &str) -> Examined {
    let config = Config::load(home).map_err(|problems| problems.sorted().len()).expect("in order");
    let path = home.join(name);
    fs::write(&path, text).expect("written");
    examine(&config, &path, name).remove(0)
}

/// What is worse than a note, by the checks' names.
fn said(examined: &Examined) -> Vec<&str> {
    let findings = examined.findings.iter().filter(|finding| finding.severity != Severity::Note);
    findings.map(|finding| finding.check.as_str()).collect()
}

/// A quarter of a return whose rows say its last month and its financial year, and a title both.
fn beds(title: &str, year: &str, month: &str) -> String {
    let sites = [("Abbey", 120, 108), ("Bridge", 80, 77), ("Castle", 45, 40), ("Down", 200, 188), ("Elm", 64, 51)];
    let rows = sites.map(|(site, open, taken)| format!("{year},{month},{site},{open},{taken}\n"));
    format!("Beds open overnight,,,,\nPeriod: {title},,,,\n,,,,\nYear,Period,Site,Open,Taken\n{}", rows.concat())
}

#[test]
fn a_quarter_in_the_name_is_another_in_the_next_file_and_a_title_of_another_month_is_found() {
    let home = home_of("beds-Q1-2024-25.csv", &beds("April to June 2024", "2024-25", "June"));
    for (name, title, year, month, expected) in [
        ("beds-Q2-2024-25.csv", "July to September 2024", "2024-25", "September", &[][..]),
        ("beds-Q4-2024-25.csv", "January to March 2025", "2024-25", "March", &[]),
        ("beds-Q1-2025-26.csv", "April to June 2025", "2025-26", "June", &[]),
        ("beds-Q3-2024-25.csv", "July to September 2024", "2024-25", "December", &["title-says-the-month"]),
        ("beds-Q3-2025-26.csv", "", "2025-26", "December", &[]),
    ] {
        let examined = judge(home.path(), name, &beds(title, year, month));
        assert_eq!(said(&examined), expected, "{name}: {:#?}", examined.findings);
    }
}

#[test]
fn a_month_that_name_and_title_say_is_held_against_both() {
    let visits = |title: &str| format!("Visits in {title},\nSite,Visits\nAbbey,120\nBridge,80\nCastle,45\n");
    let home = home_of("visits-2025-04.csv", &visits("April 2025"));
    assert_eq!(said(&judge(home.path(), "visits-2025-05.csv", &visits("May 2025"))), [""; 0]);
    let wrong = judge(home.path(), "visits-2025-06.csv", &visits("May 2025"));
    assert!(!said(&wrong).is_empty(), "{:#?}", wrong.findings);
}

/// Referrals of thirty practices; numbers below five are withheld, and with a single one its total, but for the practice of
/// which it is said to be printed.
fn referrals(disclosed: Option<usize>) -> String {
    let row = |practice: usize| {
        let counts = [6 + practice % 7, practice % 9, 11 + practice % 4];
        let is_small = |count: &usize| (1..5).contains(count);
        let mut cells = counts.map(|count| if is_small(&count) { "*".to_owned() } else { count.to_string() }).to_vec();
        let hidden = counts.iter().filter(|count| is_small(count)).count() == 1 && disclosed != Some(practice);
        cells.push(if hidden { "*".to_owned() } else { counts.iter().sum::<usize>().to_string() });
        format!("P{practice:03},{}\n", cells.join(","))
    };
    format!("Practice,Urgent,Routine,Others,Total\n{}", (0..30).map(row).collect::<String>())
}

#[test]
fn a_total_that_gives_a_withheld_number_away_holds_the_file_back() {
    let home = home_of("referrals-2025-04.csv", &referrals(None));
    let good = judge(home.path(), "referrals-2025-05.csv", &referrals(None));
    assert_eq!(good.verdict, Verdict::Published, "{:#?}", good.findings);
    // Practice 11 has 2 routine referrals.
    let away = judge(home.path(), "referrals-2025-06.csv", &referrals(Some(11)));
    assert_eq!((said(&away), away.verdict), (vec!["total-discloses-none"], Verdict::Quarantined));
}

#[test]
fn a_single_blank_figure_is_a_warning_and_many_hold_the_file_back() {
    let share = |blank: usize| {
        let rows = (0..150).map(|at| match (at < blank, at % 5) {
            (true, _) => format!("P{at:03},,\n"),
            (false, part) => format!("P{at:03},{},{}\n", 10 + at, 20 + part),
        });
        format!("Practice,Seen,Seen percent\n{}", rows.collect::<String>())
    };
    let home = home_of("seen-2025-04.csv", &share(0));
    let verdicts = [0, 1, 3].map(|blank| {
        let name = format!("seen-2025-{:02}.csv", blank + 5);
        judge(home.path(), &name, &share(blank)).verdict
    });
    assert_eq!(verdicts, [Verdict::Published, Verdict::PublishedWithWarnings, Verdict::Quarantined]);
}

#[test]
fn a_percentage_without_a_sign_is_held_against_its_two_figures() {
    let beds = |wrong: Option<usize>| {
        let row = |at: usize| {
            let (staffed, taken) = (400 + 17 * at, 310 + 13 * at);
            let taken_as_printed = if wrong == Some(at) { taken + 90 } else { taken };
            format!("H{at:03},{staffed},{taken_as_printed},{:.4}\n", 100.0 * taken as f64 / staffed as f64)
        };
        format!("Hospital,Staffed,Taken,PercentageTaken\n{}", (0..12).map(row).collect::<String>())
    };
    let home = home_of("beds-2025-04.csv", &beds(None));
    assert_eq!(said(&judge(home.path(), "beds-2025-05.csv", &beds(None))), [""; 0]);
    let wrong = judge(home.path(), "beds-2025-06.csv", &beds(Some(7)));
    assert_eq!(said(&wrong), ["percentagetaken-is-the-share"], "{:#?}", wrong.findings);
}

/// A quarter of boards whose codes stand beside their names, and whose rows say the quarter as the file's name does.
fn boards(quarter: &str, beds: &[(&str, &str, &str)]) -> String {
    let rows: Vec<String> = beds.iter().map(|(name, code, beds)| format!("{quarter},{name},{code},{beds}\n")).collect();
    format!("Quarter,Board,Code,Beds\n{}", rows.concat())
}

#[test]
fn a_code_that_stands_twice_a_part_of_a_bed_and_another_quarter_than_the_names_are_found() {
    let names =
        ["Ayr", "Borders", "Clyde", "Dumfries", "Esk", "Forth", "Grampian", "Highland", "Islay", "Jura", "Kyle"];
    let codes: Vec<String> = (0..names.len()).map(|at| format!("S0800{:02}", 11 + 7 * at)).collect();
    let figures: Vec<String> = (0..names.len()).map(|at| (412 + 53 * at).to_string()).collect();
    let good: Vec<(&str, &str, &str)> = names
        .iter()
        .zip(codes.iter().zip(&figures))
        .map(|(name, (code, beds))| (*name, code.as_str(), beds.as_str()))
        .collect();
    let home = home_of("beds-2020Q4.csv", &boards("2020Q4", &good));
    let judged = |quarter: &str, beds: &[(&str, &str, &str)]| {
        let examined = judge(home.path(), "beds-2021Q1.csv", &boards(quarter, beds));
        said(&examined).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(judged("2021Q1", &good), [""; 0]);
    assert_eq!(judged("2020Q4", &good), ["name-says-it"]);
    let mut twice = good.clone();
    twice.push(("Kyle and Lochalsh", twice[10].1, "77"));
    assert_eq!(judged("2021Q1", &twice), ["once-each-code"]);
    let mut thousands = good.clone();
    thousands[3].2 = "0.571";
    assert_eq!(judged("2021Q1", &thousands), ["beds-is-whole"]);
}
