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
    marked_up(path, |name| name.starts_with("xl/worksheets/") || name.ends_with("sharedStrings.xml"))
}

/// What stands in the parts of an office file, without tags and what they say of places and styles.
fn marked_up(path: &std::path::Path, is_text: impl Fn(&str) -> bool) -> String {
    let file = std::fs::File::open(path).expect("a file");
    let mut workbook = zip::ZipArchive::new(file).expect("a workbook");
    let mut text = String::new();
    for at in 0..workbook.len() {
        let mut part = workbook.by_index(at).expect("a part");
        let name = part.name().expect("a name").into_owned();
        if is_text(&name) {
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

/// The report of October in a format, as text.
fn tabled(home: &Home, format: &str, options: &[&str]) -> String {
    let file = home.path(format!("report.{format}"));
    let to = file.display().to_string();
    let asked = ["report", "--group", "performance-team", "--period", "2025-10", "--format", format, "--output", &to];
    home.run(&[&asked[..], options].concat()).ends_with(0);
    match format {
        "pdf" => support::paper("pdf", &to).to_string(),
        // Words for pictures are attributes.
        "docx" => {
            marked_up(&file, |name| name.starts_with("word/") && !name.starts_with("word/media/"))
                + &support::paper("docx", &to)["pictures"].to_string()
        }
        "xlsx" => cells(&file),
        _ => {
            let drawn =
                regex::Regex::new(r#" (d|x|y|cx|cy|r|width|height|viewBox|style)="[^"]*"|<style>[^<]*</style>"#);
            drawn.expect("a pattern").replace_all(&home.read(&format!("report.{format}")), "").into_owned()
        }
    }
}

#[test]
fn a_small_number_stands_in_no_format_of_the_report_of_a_committee() {
    let home = home("      - email: { to: [chair@example.org] }\n");
    take(&home);
    for format in ["html", "pdf", "docx", "md", "xlsx", "json"] {
        let whole = tabled(&home, format, &["--disclosure", "none"]);
        assert!(says(&whole, "89") || says(&whole, "89.0"), "{format}: {whole}");
        assert!(format == "json" || whole.contains("not for publication"), "{format}: {whole}");

        let masked = tabled(&home, format, &[]);
        for number in ["89", "89.0", "151", "37.1%", "62.9%", "0.37"] {
            assert!(!says(&masked, number), "{number} in {format}: {masked}");
        }
        assert!(says(&masked, "4,321") || says(&masked, "4321") || says(&masked, "4321.0"), "{format}: {masked}");
        assert!(format == "json" || masked.contains("below the publication threshold"), "{format}: {masked}");

        let rounded = tabled(&home, format, &["--disclosure", "round_to=50"]);
        assert!(
            !["89", "89.0", "4,321", "4321", "4321.0"].iter().any(|number| says(&rounded, number)),
            "{format}: {rounded}"
        );
    }
    let json = |options: &[&str]| -> serde_json::Value {
        serde_json::from_str(&tabled(&home, "json", options)).expect("JSON")
    };
    assert_eq!(json(&[])["disclosure"], "mask");
    assert_eq!(json(&["--disclosure", "round_to=50"])["disclosure"]["round_to"], 50);
    home.run(&["report", "--group", "performance-team", "--format", "md", "--disclosure", "some"]).ends_with(2);
}

/// A third pathway that falls as well, and the printed total of all three: 4,321 + 1,000 + 89.
#[test]
fn a_total_does_not_say_the_one_part_that_is_withheld() {
    let home =
        home("      - folder: { path: reports/masked }\n      - folder: { path: reports/whole, disclosure: none }\n");
    for (period, one, other, third) in [("2025-09", 240, 9765, 2500), ("2025-10", 89, 4321, 1000)] {
        let rows = [("Shingles", one), ("Sinusitis", other), ("Otitis", third), ("All", one + other + third)];
        let rows: Vec<String> = rows.iter().map(|(name, figure)| format!("{period},{name},{figure}\n")).collect();
        let rows = rows.concat();
        home.take(&format!("pharmacy-first-{period}.csv"), format!("period,pathway,consultations\n{rows}"), 0);
    }
    let (masked, whole) = (left_in(&home, "reports/masked"), left_in(&home, "reports/whole"));
    assert!(says(&whole, "5,410") && says(&whole, "89"), "{whole}");
    assert!(says(&masked, "4,321") && says(&masked, "1,000"), "{masked}");
    for number in ["89", "89.0", "5,410", "5410", "5410.0"] {
        assert!(!says(&masked, number), "{number} in {masked}");
    }
    for format in ["html", "pdf", "docx", "md", "xlsx", "json"] {
        let paper = tabled(&home, format, &[]);
        let given = |number: &str| says(&paper, number);
        assert!(!["5,410", "5410", "5410.0"].into_iter().any(given), "{format}: {paper}");
        assert!(["4,321", "4321", "4321.0"].into_iter().any(given), "{format}: {paper}");
    }
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
