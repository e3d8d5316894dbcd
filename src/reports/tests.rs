//! What a reader sees of whole notices.

use std::collections::BTreeSet;

use serde_json::json;

use super::{
    GateFiles, Rendered, clean,
    fixtures::{alert, below_plan, empty, held_back, notice, october, period, unknown},
    gate_report, render, trial_page,
};
use crate::model::{
    AlertLine, AlertSeverity, Cause, ChartMark, ChartPoint, ChartRebase, Content, ControlChart, Exceptions, FailingRow,
    Finding, GateReport, Labels, Missing, OperatorReport, Severity, Value, Verdict,
};

fn rendered(exceptions: Exceptions) -> Rendered {
    render(&notice(Content::Exceptions(exceptions))).expect("a rendering")
}

/// Text and page, white space evened out, so that both can be asked the same questions.
fn both(rendered: &Rendered) -> [String; 2] {
    // The template engine escapes slashes as well.
    let html = rendered.html.replace("&#x2f;", "/");
    [&rendered.text, &html].map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Every section filled, with one alert or line each.
fn full() -> Exceptions {
    Exceptions {
        cause: Cause::Restated,
        revision: 2,
        verdict: Verdict::PublishedWithWarnings,
        findings: vec![Finding::of_file("freshness", Severity::Warning, "it came nine days late")],
        new: vec![alert("New contract")],
        worsened: vec![alert("Worse contract")],
        withdrawn: vec![alert("Withdrawn contract")],
        amended: vec![alert("Amended contract")],
        continuing: vec![below_plan(
            "Post Bariatric Monitoring",
            "2025-08",
            254.0,
            [66.0, 151.0, 182.0, 92.0, 84.0, 72.0],
        )],
        resolved: vec![alert("Resolved contract")],
        cannot_tell: vec![
            unknown("Minor Surgery", "no figure for October 2025: suppressed", Some("2025-08")),
            unknown("ECGs", "no figure for April 2025", None),
        ],
        failed: vec![unknown("LTC LES", "stopped after 200,000 operations", None)],
        ..empty()
    }
}

#[test]
fn sections_come_in_the_order_of_their_urgency() {
    for page in both(&rendered(full())) {
        let places: Vec<usize> = [
            "October 2025 restated: 3 alerts firing",
            "New contract",
            "Worse contract",
            "Withdrawn contract",
            "Amended contract",
            "Post Bariatric Monitoring",
            "Resolved contract",
            "Minor Surgery",
            "1 series: no figure for April 2025",
            "Rules that failed",
            "Where the figures come from",
            "it came nine days late",
            "Delivery 01997a3c",
        ]
        .iter()
        .map(|text| page.find(text).unwrap_or_else(|| panic!("{text:?} is missing in {page}")))
        .collect();
        assert!(places.is_sorted(), "{places:?} in {page}");
    }
}

#[test]
fn each_section_stands_only_where_it_has_something_to_say() {
    type Fill = fn(&mut Exceptions);
    let sections: [(&str, Fill); 8] = [
        ("New", |e| e.new = full().new),
        ("Worsened", |e| e.worsened = full().worsened),
        ("Withdrawn", |e| e.withdrawn = full().withdrawn),
        ("Amended", |e| e.amended = full().amended),
        ("Continuing", |e| e.continuing = full().continuing),
        ("Resolved", |e| e.resolved = full().resolved),
        ("Could not be judged", |e| e.cannot_tell = full().cannot_tell),
        ("Rules that failed", |e| e.failed = full().failed),
    ];
    for (title, fill) in sections {
        let mut exceptions = empty();
        fill(&mut exceptions);
        let one = rendered(exceptions);
        for (other, _) in sections {
            let titles = one.text.lines().filter(|line| line.split(" (").next() == Some(other)).count();
            assert_eq!(titles, usize::from(other == title), "{other} in {}", one.text);
            assert_eq!(one.html.contains(&format!(">{other}")), other == title, "{other} in {}", one.html);
        }
    }
    for page in both(&rendered(empty())) {
        assert!(page.contains("October 2025: nothing to report; 14 series looked at."), "{page}");
    }
}

#[test]
fn an_alert_says_what_since_when_and_against_what() {
    for page in both(&rendered(full())) {
        for text in [
            "Post Bariatric Monitoring: 72 delivered, 28.3% of the 254 planned",
            "28.3% of plan",
            "12 (14.3%) from 84 in September 2025",
            "In breach for 3 months, since August 2025.",
            "May 2025 to October 2025: 66; 151; 182; 92; 84; 72",
            "Delivered activity is below 60% of plan (les-below-60-percent-of-plan)",
            "Primary Care Medical Services Group",
        ] {
            assert!(page.contains(text), "{text:?} is missing in {page}");
        }
    }
}

#[test]
fn a_withdrawal_quotes_what_was_said_and_gives_the_figure_that_replaced_it() {
    let said = AlertLine {
        message: "ECGs: 2,303 delivered, 41.3% of the 5,572 planned".to_owned(),
        value: Value::number(2303.0),
        ..below_plan("ECGs", "2025-10", 5572.0, [3850.0, 4484.0, 4768.0, 4028.0, 4593.0, 4303.0])
    };
    for page in both(&rendered(Exceptions { cause: Cause::Restated, withdrawn: vec![said], ..empty() })) {
        for text in [
            "October 2025 restated: 1 alert withdrawn; 14 series looked at.",
            "Figures were restated: what we said before is no longer true.",
            "We said: “ECGs: 2,303 delivered, 41.3% of the 5,572 planned”",
            "The figure for October 2025 was given as 2,303 and is now 4,303.",
        ] {
            assert!(page.contains(text), "{text:?} is missing in {page}");
        }
    }
}

/// A level of 10 with limits 2 to 18, set anew at 20 after a year; a point of each mark.
fn control_chart() -> ControlChart {
    let (first, rebased) = (period("2024-05"), period("2025-05"));
    let points = (0..18).map(|at| {
        let level = if at < 12 { 10.0 } else { 20.0 };
        let (value, mark) = match at {
            5 => (Some(level - 9.0), ChartMark::Concern),
            6 => (None, ChartMark::CommonCause),
            9 => (Some(level + 9.0), ChartMark::Improvement),
            15 => (Some(level + 10.0), ChartMark::Special),
            17 => (Some(level - 10.0), ChartMark::Concern),
            _ => (Some(level + f64::from(at % 3) * 2.0 - 2.0), ChartMark::CommonCause),
        };
        let lines = Some([level - 8.0, level, level + 8.0]);
        ChartPoint { period: first.minus(-at), value, plan: Some(15.0), lines, mark }
    });
    let approved = ChartRebase { from: rebased, approved_by: "Chair".to_owned(), comment: "second clinic".to_owned() };
    ControlChart {
        points: points.collect(),
        rebases: vec![approved],
        suggested_rebase: None,
        variation: None,
        assurance: None,
    }
}

#[test]
fn a_control_chart_is_drawn_and_said() {
    let line = AlertLine { chart: Some(control_chart()), ..alert("Dementia") };
    let rendered = rendered(Exceptions { new: vec![line], ..empty() });
    for page in both(&rendered) {
        for text in [
            "Control chart: mean 20, limits 12 to 28.",
            "Of 18 points 2 of concern (filled triangles), 1 of improvement (hollow diamonds), 1 out of the common (hollow squares).",
            "Limits set anew from May 2025, approved by Chair: second clinic.",
        ] {
            assert!(page.contains(text), "{text:?} is missing in {page}");
        }
    }
    let chart = "role=\"img\" aria-label=\"Control chart: mean 20, limits 12 to 28. Of 18";
    assert!(rendered.html.contains(chart));
    assert_eq!(rendered.json["data"]["alerts"][0]["chart"]["points"][5]["mark"], json!("concern"));
    assert_eq!(rendered.json["data"]["alerts"][0]["chart"]["rebases"][0]["approved_by"], json!("Chair"));
    // Without the rule it is a run chart.
    let without = self::rendered(full()).html;
    assert!(without.contains("aria-label=\"Run chart, ") && !without.contains("Control chart"), "{without}");
}

#[test]
fn a_notice_that_can_be_acted_on_has_a_link_and_each_alert_that_fires_its_own() {
    let link = "https://bellwether.example.org/act/AQGi_-x";
    let (fires, over) = (alert("Dementia"), alert("Diabetes"));
    let content = Exceptions { new: vec![fires.clone()], resolved: vec![over], ..empty() };
    let notice = crate::model::Notice { link: Some(link.to_owned()), ..notice(Content::Exceptions(content)) };
    let Rendered { html, text, json, .. } = render(&notice).expect("rendered");
    let own = format!("{link}?alert={}", fires.id);
    assert!(text.lines().any(|line| line == link), "on a line of its own, unbroken: {text}");
    assert!(html.contains(&format!("href=\"{link}\"")) && html.contains(&format!("href=\"{own}\"")));
    assert_eq!(html.matches("?alert=").count(), 1, "nobody looks after what is over");
    assert_eq!(json["data"]["link"], json!(link));
    assert_eq!(json["data"]["alerts"][0]["link"], json!(own));
    assert_eq!(json["data"]["alerts"][1]["link"], json!(null));
}

#[test]
fn figures_that_are_not_there_say_why() {
    let line = AlertLine {
        value: Value::missing(Missing::NotAvailable),
        previous: Value::missing(Missing::Suppressed),
        plan: Value::ABSENT,
        trail: Vec::new(),
        ..alert("Dementia")
    };
    for page in both(&rendered(Exceptions { new: vec![line], ..empty() })) {
        assert!(page.contains("not yet available"), "{page}");
        assert!(page.contains("no figure for September 2025: suppressed"), "{page}");
        assert!(!page.contains("of plan<") && !page.contains("Plan "), "{page}");
    }
}

#[test]
fn a_long_section_is_folded_with_a_count_and_nothing_urgent_is_hidden() {
    let mut new: Vec<AlertLine> = (0..120).map(|i| alert(&format!("Contract {i}."))).collect();
    for line in new.iter_mut().rev().take(60) {
        line.severity = AlertSeverity::Critical;
    }
    let rendered = rendered(Exceptions { new, ..empty() });
    for page in both(&rendered) {
        assert!(page.contains("and 70 more, 10 of them critical, not listed here"), "{page}");
        assert!(page.contains("Contract 60.") && page.contains("Contract 109."), "the first critical ones");
        assert!(!page.contains("Contract 59.") && !page.contains("Contract 110."), "folded");
    }
    assert_eq!(rendered.json["data"]["alerts"].as_array().map(Vec::len), Some(120));
    assert!(rendered.subject.starts_with("October 2025: 120 new alerts (60 critical) – "));
}

#[test]
fn what_could_not_be_judged_is_folded_too() {
    let cannot_tell = (0..80).map(|i| unknown(&i.to_string(), &format!("reason {i}"), Some("2025-08"))).collect();
    for page in both(&rendered(Exceptions { cannot_tell, ..empty() })) {
        assert!(page.contains("and 30 more, not listed here"), "{page}");
    }
}

#[test]
fn the_longest_report_is_still_made() {
    let october = empty().period;
    let trail = (0..13).rev().map(|back| (october.minus(back), Value::number(f64::from(100 + back)))).collect();
    let lines = vec![AlertLine { trail, ..alert("Dementia") }; 60];
    let row = |row| FailingRow {
        row,
        column: Some("planned".to_owned()),
        value: Some("x".to_owned()),
        ..FailingRow::default()
    };
    let finding = Finding {
        severity: Severity::Warning,
        count: 900,
        rows: (1..900).map(row).collect(),
        ..full().findings[0].clone()
    };
    let unknowns: Vec<_> = (0..60).map(|i| unknown("A", &format!("reason {i}"), None)).collect();
    let rendered = rendered(Exceptions {
        findings: vec![finding; 40],
        new: lines.clone(),
        worsened: lines.clone(),
        withdrawn: lines.clone(),
        amended: lines.clone(),
        continuing: lines.clone(),
        resolved: lines,
        cannot_tell: unknowns.clone(),
        failed: unknowns,
        ..empty()
    });
    for page in both(&rendered) {
        assert_eq!(page.matches("and 10 more, not listed here").count(), 8);
        assert_eq!(page.matches("and 850 more").count(), 40);
    }
}

/// Text that tries to be markup, to turn the direction of the line, to break it, and to have no end.
fn hostile() -> String {
    format!("<script>alert('x')</script>\"&{{{{ 7*7 }}}}\u{202e}\r\nBcc: x\u{1b}[31m{}", "x".repeat(10_000))
}

fn assert_harmless(rendered: &Rendered) {
    let markup = rendered.html.to_lowercase();
    assert!(!markup.contains("<script") && markup.contains("&lt;script&gt;"), "{markup}");
    for text in [&rendered.html, &rendered.text, &rendered.subject] {
        assert!(!text.contains(['\u{202e}', '\u{1b}', '\r']), "{text:?}");
        assert!(text.len() < 60_000, "{} bytes", text.len());
    }
    assert!(!rendered.subject.contains('\n') && clean::columns(&rendered.subject) <= 110);
    for line in rendered.text.lines() {
        assert!(clean::columns(line) <= 76 && !line.ends_with(' '), "{line:?}");
    }
}

#[test]
fn nothing_from_data_becomes_markup_or_breaks_the_layout() {
    let line = AlertLine {
        rule: hostile(),
        rule_summary: hostile(),
        labels: [("contract", hostile())].into_iter().collect(),
        message: hostile(),
        value: Value::number(1e300),
        plan: Value::number(-1e300),
        ..alert("x")
    };
    let mut exceptions = Exceptions {
        dataset_title: hostile(),
        file: hostile(),
        new: vec![line.clone()],
        withdrawn: vec![line],
        cannot_tell: vec![unknown(&hostile(), &hostile(), Some("2025-08")), unknown(&hostile(), &hostile(), None)],
        failed: vec![unknown(&hostile(), &hostile(), None)],
        ..full()
    };
    exceptions.findings[0].message = hostile();
    let mut made = notice(Content::Exceptions(exceptions));
    made.group_name = hostile();
    assert_harmless(&render(&made).expect("a rendering"));

    let row = FailingRow {
        row: 2,
        sheet: Some(hostile()),
        cell: Some(hostile()),
        column: Some(hostile()),
        value: Some(hostile()),
        masked: false,
    };
    let report = GateReport {
        file: hostile(),
        placed: hostile(),
        dataset_title: Some(hostile()),
        findings: vec![Finding {
            check: hostile(),
            severity: Severity::Error,
            message: hostile(),
            count: 1,
            rows: vec![row],
            ..Finding::default()
        }],
        ..held_back()
    };
    assert_harmless(&render(&notice(Content::Gate(report))).expect("a rendering"));
    let operator = OperatorReport { title: hostile(), paragraphs: vec![hostile()] };
    assert_harmless(&render(&notice(Content::Operator(operator))).expect("a rendering"));
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    let page = rendered(full()).html;
    for text in ["<!DOCTYPE html>", "lang=\"en-GB\"", "name=\"color-scheme\" content=\"light dark\"", "max-width:640px"]
    {
        assert!(page.contains(text), "{text}");
    }
    for text in ["http:", "https:", "<img", "<link", "url(", "onclick", "<script"] {
        assert!(!page.contains(text), "{text}");
    }
}

#[test]
fn the_plain_text_of_a_month() {
    let exceptions = Exceptions { continuing: Vec::new(), resolved: Vec::new(), ..october() };
    let text = rendered(Exceptions { new: exceptions.new[..1].to_vec(), ..exceptions }).text;
    insta::assert_snapshot!(text, @r"
    For Primary Care Medical Services Group
    Local Enhanced Services activity, October 2025

    October 2025: 1 alert firing (1 new); 14 series looked at.

    New (1)
    ----------------------------------------------------------------------------

    * Dementia · cost-and-volume
      Dementia: 694 delivered, 52.1% of the 1,332 planned
      Figure   694 in October 2025, 52.1% of plan
      Plan     1,332
      Change   down 119 (14.6%) from 813 in September 2025
      Trend    ▄▅▇▅▅▅ | █ plan
               May 2025 to October 2025: 588; 774; 1,078; 753; 813; 694
      In breach since October 2025.
      Rule     Delivered activity is below 60% of plan
               (les-below-60-percent-of-plan)
      Alert    de9c3041215c8515

    Where the figures come from
    ----------------------------------------------------------------------------
    les-activity-2025-10.csv (first delivery of its figures), published without
    warnings.

    Delivery 01997a3c-0000-7000-8000-000000000001
    Notice 01997a3c-0000-7000-8000-000000000002
    Sent by bellwether
    ");
}

#[test]
fn json_holds_the_documented_fields() {
    let json = rendered(full()).json;
    assert_eq!(json["type"], "bellwether.exceptions");
    assert_eq!(json["timestamp"], "2025-11-14T09:30:00Z");
    let data = &json["data"];
    assert_eq!(
        data["group"],
        json!({"id": "primary-care-medical-services", "name": "Primary Care Medical Services Group"})
    );
    assert_eq!(data["dataset"], json!({"id": "les-activity", "title": "Local Enhanced Services activity"}));
    assert_eq!((&data["period"], &data["verdict"]), (&json!("2025-10"), &json!("published_with_warnings")));
    assert_eq!(
        data["counts"],
        json!({"new": 1, "worsened": 1, "withdrawn": 1, "amended": 1, "continuing": 1, "resolved": 1})
    );
    let continuing = &data["alerts"][4];
    for (field, value) in [
        ("rule", json!("les-below-60-percent-of-plan")),
        ("severity", json!("warning")),
        ("state", json!("firing")),
        ("change", json!("continuing")),
        ("since", json!("2025-08")),
        ("period", json!("2025-10")),
        ("value", json!(72.0)),
        ("plan", json!(254.0)),
        ("message", json!("Post Bariatric Monitoring: 72 delivered, 28.3% of the 254 planned")),
        ("labels", json!({"contract": "Post Bariatric Monitoring", "contract_type": "cost-and-volume"})),
    ] {
        assert_eq!(continuing[field], value, "{field}");
    }
    assert_eq!(data["alerts"][5]["state"], "resolved");
    assert_eq!(data["alerts"][2]["state"], "withdrawn");
    assert_eq!(data["cannot_tell"][0]["firing_since"], "2025-08");
}

#[test]
fn json_keeps_names_as_they_were_delivered() {
    let labels: Labels = [("contract", hostile())].into_iter().collect();
    let line = AlertLine { labels, ..alert("x") };
    let json = rendered(Exceptions { new: vec![line], ..empty() }).json;
    assert_eq!(json["data"]["alerts"][0]["labels"]["contract"], hostile());
}

#[test]
fn a_file_held_back_is_explained_row_by_row() {
    let rendered = render(&notice(Content::Gate(held_back()))).expect("a rendering");
    assert_eq!(rendered.subject, "Held back: les-activity-2025-10.csv – 2 errors (14 rows)");
    let pages = both(&rendered);
    for page in &pages {
        for text in [
            "les-activity-2025-10.csv was held back: 2 errors (14 rows), 1 warning (1 row).",
            "quarantine/les-activity/les-activity-2025-10.csv",
            "planned is blank: every row needs a figure",
            "(blank)",
            "and 11 more",
            "Row 14",
        ] {
            assert!(page.contains(text), "{text:?} is missing in {page}");
        }
        let (error, warning) = (page.find("Error"), page.find("Warning"));
        assert!(error < warning, "errors come first");
    }
    assert!(pages[0].contains("block <b>") && pages[1].contains("block &lt;b&gt;"));
    assert_eq!(rendered.json["type"], "bellwether.gate");
    assert_eq!(rendered.json["data"]["counts"], json!({"errors": 2, "warnings": 1, "notes": 0}));
}

#[test]
fn every_verdict_has_its_own_subject_and_a_long_name_keeps_its_end() {
    let subject = |verdict, findings: &[Finding], file: &str| {
        let report = GateReport { verdict, findings: findings.to_vec(), file: file.to_owned(), ..held_back() };
        render(&notice(Content::Gate(report))).expect("a rendering").subject
    };
    let findings = held_back().findings;
    assert_eq!(subject(Verdict::Published, &[], "a.csv"), "Published: a.csv");
    assert_eq!(subject(Verdict::Duplicate, &[], "a.csv"), "Known before: a.csv");
    assert_eq!(
        subject(Verdict::PublishedWithWarnings, &findings[..1], "a.csv"),
        "Published with warnings: a.csv – 1 warning (1 row)"
    );
    let whole = [Finding::of_file("dataset", Severity::Error, "no dataset takes files of this name")];
    assert_eq!(subject(Verdict::Quarantined, &whole, "a.csv"), "Held back: a.csv – 1 error");
    let long = subject(Verdict::Quarantined, &findings, &format!("{}-2025-10.csv", "x".repeat(300)));
    assert!(clean::columns(&long) <= 70 && long.ends_with("-2025-10.csv – 2 errors (14 rows)"), "{long}");
}

#[test]
fn the_report_beside_the_file_is_the_same_for_machines_and_for_people() {
    let GateFiles { json, text, html } = gate_report(&held_back()).expect("a report");
    let read: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let fields: BTreeSet<&str> = read.as_object().expect("an object").keys().map(String::as_str).collect();
    let documented =
        "delivery dataset_title file table periods verdict placed withheld failing_rows counts findings checks tables";
    assert_eq!(fields, documented.split(' ').collect());
    assert!(html.contains("<!DOCTYPE html>") && html.contains("(blank)"), "{html}");
    assert_eq!(read["findings"][1]["rows"][0], json!({"row": 2, "column": "planned", "value": ""}));
    assert!(text.contains("2    planned  (blank)"), "{text}");
    for page in [text, html] {
        assert!(!page.contains("Notice") && !page.contains("For "), "{page}");
        // What was read, and what came of each check.
        for said in ["14 rows of data below the header in row 1", "not found: comment", "6 checks, 3 passed"] {
            assert!(page.contains(said) || page.contains(&said.replace(": ", ":</span> ")), "{said} in {page}");
        }
    }
    assert_eq!(read["checks"][3], json!({"check": "allowed_values", "outcome": "error", "count": 1}));
    assert_eq!(read["checks"][6], json!({"check": "range", "outcome": "left_out", "count": 0}));
    assert_eq!(read["checks"][4], json!({"check": "unique", "outcome": "passed", "count": 0}));
}

#[test]
fn a_row_of_a_workbook_is_named_as_a_spreadsheet_does() {
    let row = |row, cell: Option<&str>| FailingRow {
        row,
        sheet: Some("LES".to_owned()),
        cell: cell.map(str::to_owned),
        column: cell.map(|_| "planned".to_owned()),
        ..FailingRow::default()
    };
    let text = |rows: Vec<FailingRow>, count| {
        let finding = Finding { count, rows, ..Finding::of_file("x", Severity::Error, "wrong") };
        gate_report(&GateReport { findings: vec![finding.among(56)], ..held_back() }).expect("a report").text
    };
    let page = text(vec![row(7, Some("D7")), row(9, Some("D9"))], 14);
    assert!(page.contains("Error: wrong (14 of 56 rows, 25.0%) [x]"), "{page}");
    assert!(page.contains("  Sheet  Cell  Column\n  LES    D7    planned\n  LES    D9    planned\n"), "{page}");
    let three = text(vec![row(7, Some("D7")), row(9, Some("D9")), row(11, Some("D11"))], 14);
    assert!(three.contains("\n  Sheet “LES”, column “planned”\n  Cell\n  D7\n  D9\n  D11\n"), "{three}");
    assert!(text(vec![row(7, None), row(9, None)], 2).contains("Rows 7, 9 of sheet “LES”"));
    assert!(text(vec![row(7, None)], 0).contains("Error: wrong [x]"));
}

#[test]
fn files_that_are_tried_are_told_in_one_page() {
    let tried = |verdict| GateReport { verdict, placed: String::new(), ..held_back() };
    let page = trial_page(&[tried(Verdict::Quarantined), tried(Verdict::Published)]).expect("a page");
    for text in
        ["2 deliveries: 1 would be held back", "les-activity-2025-10.csv would be published", "before the file is"]
    {
        assert!(page.contains(text), "{text:?} is missing in {page}");
    }
    assert!(!page.contains("The file is now at"), "{page}");
}

#[test]
fn an_operator_reads_every_paragraph() {
    let report = OperatorReport {
        title: "A message to dental@example.org could not be delivered".to_owned(),
        paragraphs: vec!["It was tried 10 times.".to_owned(), "Correct the address, then send it again.".to_owned()],
    };
    let rendered = render(&notice(Content::Operator(report))).expect("a rendering");
    assert_eq!(rendered.subject, "A message to dental@example.org could not be delivered");
    for page in both(&rendered) {
        assert!(page.contains("It was tried 10 times.") && page.contains("Correct the address, then"), "{page}");
    }
    assert_eq!(rendered.json["type"], "bellwether.operator");
}
