//! Small numbers in what leaves, through the real program.

#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use std::io::Read;

use support::Home;

/// Consultations of two pathways: one of them falls to 89 of fewer than a hundred, from 240; the other falls to 4,321.
const MONTHS: [(&str, u32, u32); 3] = [("2025-08", 231, 9876), ("2025-09", 240, 9765), ("2025-10", 89, 4321)];

const RULE: &str = r#"
rules:
  consultations-halved:
    summary: Consultations have more than halved
    dataset: pharmacy-first
    measure: consultations
    severity: warning
    when: value < 0.5 * previous()
    message: "{subject}: {value} consultations, {value / previous()} of the {previous()} before"
    tests: []
"#;

fn home(channels: &str) -> Home {
    let home = Home::new();
    home.edit("config/datasets/pharmacy-first.yaml", "suppressed_below: 5", "suppressed_below: 100");
    for rules in home.files("rules") {
        if std::path::Path::new(&rules).extension().is_some_and(|ending| ending == "yaml") {
            std::fs::remove_file(home.path(format!("rules/{rules}"))).expect("removed");
        }
    }
    home.write("rules/pharmacy.yaml", RULE);
    let groups = format!(
        "groups:\n  performance-team:\n    name: Performance team\n    channels:\n{channels}route: {{ to: [performance-team] }}\n"
    );
    home.write("config/groups.yaml", groups);
    home
}

/// Takes the months; the last one makes both pathways fire.
fn take(home: &Home) {
    for (period, one, other) in MONTHS {
        let content = format!("period,pathway,consultations\n{period},Shingles,{one}\n{period},Sinusitis,{other}\n");
        home.take(&format!("pharmacy-first-{period}.csv"), content, 0);
    }
}

/// The numbers that stand by themselves in a text: no parts of ids, times or lengths.
fn says(text: &str, number: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | ':' | '_');
    text.match_indices(number).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + number.len()..].chars().next();
        !before.is_some_and(|c| is_part(c) || c == '.') && !after.is_some_and(is_part)
    })
}

/// Every text of the files in a folder, one after another, without where lines are drawn; of a workbook what its cells hold.
fn left_in(home: &Home, folder: &str) -> String {
    let drawn = regex::Regex::new(r#" (d|x|y|cx|cy|r|width|height|viewBox|style)="[^"]*""#).expect("a pattern");
    let text = |name: &String| match name.rsplit('.').next() {
        Some("html" | "txt" | "json" | "csv") => home.read(&format!("{folder}/{name}")),
        Some("xlsx") => cells(&home.path(format!("{folder}/{name}"))),
        _ => String::new(),
    };
    home.files(folder).iter().map(|name| drawn.replace_all(&text(name), "").into_owned()).collect()
}

fn cells(path: &std::path::Path) -> String {
    let file = std::fs::File::open(path).expect("a file");
    let mut workbook = zip::ZipArchive::new(file).expect("a workbook");
    let mut text = String::new();
    for at in 0..workbook.len() {
        let mut part = workbook.by_index(at).expect("a part");
        let name = part.name().expect("a name").into_owned();
        if name.starts_with("xl/worksheets/") || name.ends_with("sharedStrings.xml") {
            part.read_to_string(&mut text).expect("text");
        }
    }
    // Places of cells, styles and widths are no figures.
    regex::Regex::new("<[^>]*>").expect("a pattern").replace_all(&text, " ").into_owned()
}

#[test]
fn a_small_number_leaves_by_no_channel_that_does_not_say_so() {
    let channels = "      - email: { to: [chair@example.org] }
      - folder: { path: reports/masked }
      - folder: { path: reports/rounded, disclosure: { round_to: 50 } }
      - folder: { path: reports/whole, disclosure: none }\n";
    let home = home(channels);
    take(&home);

    // The control: it is there where it may be, and in every form.
    let whole = left_in(&home, "reports/whole");
    assert!(says(&whole, "89") && says(&whole, "4,321") && says(&whole, "89.0"), "{whole}");
    assert!(whole.contains("89 consultations, 0.37 of the 240 before"), "{whole}");

    let masked = left_in(&home, "reports/masked");
    assert!(!says(&masked, "89") && !says(&masked, "89.0") && !masked.contains("0.37 of"), "{masked}");
    // 240 − 89 = 151, 37.1% of 240: what it could be worked out from.
    assert!(!says(&masked, "151") && !masked.contains("37.1%") && !masked.contains("62.9%"), "{masked}");
    assert!(masked.contains("fewer than 100 consultations in October 2025"), "{masked}");
    assert!(says(&masked, "4,321"), "{masked}");

    let rounded = left_in(&home, "reports/rounded");
    assert!(!says(&rounded, "89") && !says(&rounded, "4,321") && !says(&rounded, "4321.0"), "{rounded}");
    assert!(says(&rounded, "4,300") && !says(&rounded, "240.0") && says(&rounded, "250.0"), "{rounded}");

    let told = home.notices().pop().expect("a notice");
    let mail = home.mail(&told);
    assert!(!says(&mail, "89") && says(&mail, "4,321"), "{mail}");
    // The same email with what is attached to it.
    let output = home.path("previewed").display().to_string();
    home.run(&["preview", "--group", "performance-team", "--channel", "email", "--output", &output]).ends_with(0);
    let email = left_in(&home, "previewed");
    assert!(!says(&email, "89") && says(&email, "4321"), "{email}");
    assert!(
        home.files("previewed")
            .iter()
            .any(|name| std::path::Path::new(name).extension().is_some_and(|ending| ending == "xlsx")),
        "{:?}",
        home.files("previewed")
    );
}

#[test]
fn the_month_after_does_not_say_what_the_month_before_was() {
    let home = home("      - folder: { path: reports/masked }\n");
    take(&home);
    let content = "period,pathway,consultations\n2025-11,Shingles,333\n2025-11,Sinusitis,4400\n";
    home.take("pharmacy-first-2025-11.csv", content, 0);
    let masked = left_in(&home, "reports/masked");
    // 333 − 89 = 244.
    assert!(says(&masked, "333") && !says(&masked, "89") && !says(&masked, "244"), "{masked}");
}

#[test]
fn findings_show_no_small_numbers_of_a_file() {
    let home = home("      - folder: { path: reports/masked }\n");
    home.edit("config/datasets/pharmacy-first.yaml", "column: consultations, min: 0", "column: consultations, min: 95");
    let content = "period,pathway,consultations\n2025-10,Shingles,89\n2025-10,Sinusitis,4321\n";
    home.take("pharmacy-first-2025-10.csv", content, 1);
    let masked = left_in(&home, "reports/masked");
    assert!(masked.contains("range") && !says(&masked, "89"), "{masked}");
    let local = left_in(&home, "quarantine");
    assert!(says(&local, "89"), "what stays says it: {local}");
}

#[test]
fn what_cannot_be_is_refused_where_it_stands() {
    let home = home("      - email: { to: [chair@example.org], disclosure: { round_to: 0 } }\n");
    let said = home.run(&["check"]).ends_with(2);
    assert!(said.err.contains("groups.yaml:5:67"), "{}", said.err);
}
