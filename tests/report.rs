//! The exception report that a committee tables: its figures are those of the alerts, and each format is read back by a
//! program that knows nothing of this one.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use std::{collections::BTreeMap, fs};

use serde_json::{Value, json};

use support::{BELOW, Home, MONTHS, changed, les, les_name, paper};

const GROUP: &str = "primary-care-medical-services";
const FORMATS: [&str; 6] = ["html", "pdf", "docx", "md", "xlsx", "json"];

/// A home that was given all months at once.
fn seven_months() -> Home {
    let home = Home::new();
    for month in MONTHS {
        home.drop_month(month);
    }
    home.once().ends_with(0);
    home
}

fn report(home: &Home, arguments: &[&str]) -> support::Ran {
    home.run(&[&["report", "--group", GROUP, "--date", "2025-12-03"], arguments].concat())
}

fn as_json(home: &Home, period: &str) -> Value {
    report(home, &["--format", "json", "--period", period]).ends_with(0).json()
}

/// What other programs find in a file.
fn read_back(home: &Home, format: &str) -> Value {
    let file = home.path(format!("report.{format}")).display().to_string();
    report(home, &["--format", format, "--output", &file]).ends_with(0);
    paper(format, &file)
}

fn alerts(report: &Value) -> &Vec<Value> {
    report["alerts"].as_array().expect("alerts")
}

/// The contracts that stand so, of the rule about plans, in order.
fn standing(report: &Value, standing: &str) -> Vec<String> {
    let so = alerts(report).iter().filter(|alert| alert["standing"] == standing && alert["rule"] == BELOW);
    let mut names: Vec<String> =
        so.map(|alert| alert["labels"]["contract"].as_str().expect("a contract").to_owned()).collect();
    names.sort();
    names
}

/// The contracts whose figure as published is below 60% of their plan.
fn below(month: &str) -> BTreeMap<String, f64> {
    let text = les(month);
    let rows = text.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    let figures = rows.filter_map(|row| Some((row[1].to_owned(), row[4].parse().ok()?, row[3].parse::<f64>().ok()?)));
    figures.filter(|(_, value, plan): &(_, f64, _)| *value < 0.6 * plan).map(|(name, value, _)| (name, value)).collect()
}

#[test]
fn the_figures_are_those_of_the_alerts() {
    let home = seven_months();
    let report = report(&home, &["--format", "json"]).ends_with(0).json();
    assert_eq!(report["period"], "2025-10", "the newest");
    assert_eq!(
        report["counts"],
        json!({ "firing": 5, "critical": 0, "new": 3, "worsened": 2, "continuing": 0, "pending": 0, "resolved": 1,
            "withdrawn": 0, "amended": 0, "alert": 5, "advise": 0, "assure": 1, "not_assured": 1 })
    );
    // 72 / 254 is 28.3%; the others that fire have 45.6%, 52.1% and 59.4%.
    assert_eq!(
        report["summary"],
        json!([
            "For October 2025, 14 series were judged by 2 rules: 5 alerts fire (3 new, 2 worsened) and 1 is resolved.",
            "The gravest is Post Bariatric Monitoring · cost-and-volume: 72 in October 2025 against a plan of 254 \
             (28.3% of plan), in breach for 3 months, since August 2025.",
            "Not assured: 1 dataset has no figures of the period.",
        ])
    );
    assert_eq!(report["not_assured"][0]["dataset"], "gp-appointments");

    let known = home.alerts();
    let mut firing = 0;
    for alert in alerts(&report).iter().filter(|alert| alert["standing"] != "resolved") {
        let same = known.iter().find(|known| known["id"] == alert["id"]).expect("the alert");
        for field in ["rule", "labels", "since", "period", "value", "plan", "severity", "message"] {
            assert_eq!(alert[field], same[field], "{field} of {}", alert["id"]);
        }
        assert_eq!(same["state"], "firing");
        firing += 1;
    }
    let all = known.iter().filter(|alert| alert["state"] == "firing" && alert["dataset"] == "les-activity").count();
    assert_eq!(firing, all);

    // Wound Care came to 4,266 of 6,877, which is 62.0%, after five months below.
    let clear = alerts(&report).iter().find(|alert| alert["standing"] == "resolved").expect("one that ended");
    assert_eq!((&clear["labels"]["contract"], &clear["value"]), (&"Wound Care".into(), &4266.0.into()));
    let judged = report["judged"].as_array().expect("rules");
    let counts = |rule: &Value| ["series", "clear", "firing", "pending", "cannot_tell"].map(|of| rule[of].as_u64());
    assert_eq!(
        judged.iter().map(counts).collect::<Vec<_>>(),
        [[14, 10, 4, 0, 0], [14, 13, 1, 0, 0]].map(|of| of.map(Some))
    );
}

#[test]
fn an_older_month_and_a_quarter_are_told_as_they_stood() {
    let home = seven_months();
    let (june, july, august, september) = (below("2025-06"), below("2025-07"), below("2025-08"), below("2025-09"));
    let names = |found: Vec<&String>| -> Vec<String> { found.into_iter().cloned().collect() };

    let month = as_json(&home, "2025-09");
    let new = september.keys().filter(|name| !august.contains_key(*name)).collect();
    assert_eq!(standing(&month, "new"), names(new));
    let both = || september.iter().filter_map(|(name, value)| Some((name, value, august.get(name)?)));
    assert_eq!(
        standing(&month, "worsened"),
        names(both().filter(|(_, now, then)| now < then).map(|(name, ..)| name).collect())
    );
    assert_eq!(
        standing(&month, "continuing"),
        names(both().filter(|(_, now, then)| now >= then).map(|(name, ..)| name).collect())
    );
    assert_eq!(
        standing(&month, "resolved"),
        names(august.keys().filter(|name| !september.contains_key(*name)).collect())
    );

    let quarter = as_json(&home, "2025/26-Q2");
    assert_eq!(quarter["period"], "2025/26-Q2");
    let in_all = |name: &&String| [&june, &july, &august].iter().all(|month| month.contains_key(*name));
    let since_before = september.keys().filter(in_all).collect();
    let mut went_on = standing(&quarter, "worsened");
    went_on.extend(standing(&quarter, "continuing"));
    went_on.sort();
    assert_eq!(went_on, names(since_before));
    assert_eq!(standing(&quarter, "new"), names(september.keys().filter(|name| !in_all(name)).collect()));
    assert_eq!(quarter["sources"].as_array().map(Vec::len), Some(3), "a delivery for each month");
}

#[test]
fn word_reads_headings_tables_and_pictures_with_words() {
    let word = read_back(&seven_months(), "docx");
    assert_eq!(word["title"], "Exception report: Primary Care Medical Services Group, October 2025");
    let of = |style: &str| -> Vec<&str> {
        let all = word["paragraphs"].as_array().expect("paragraphs").iter();
        all.filter(|one| one[0] == style).filter_map(|one| one[1].as_str()).collect()
    };
    assert_eq!(
        of("Heading 1"),
        [
            "Summary",
            "Alert, advise, assure",
            "Waiting for a decision",
            "New (3)",
            "Worsened (2)",
            "Continuing",
            "Resolved (1)",
            "Could not be assured",
            "Sources"
        ]
    );
    assert!(
        of("List Bullet").iter().any(|point| point.starts_with(
            "Dementia · cost-and-volume: 694 delivered, 52.1% of the 1,332 planned; new, since October 2025"
        )),
        "{:?}",
        of("List Bullet")
    );
    assert_eq!((&word["images"], word["pictures"].as_array().map(Vec::len)), (&6.into(), Some(6)));
    for words in word["pictures"].as_array().expect("pictures") {
        assert!(words.as_str().is_some_and(|words| words.starts_with("Run chart, ")), "{words}");
    }
    let tables = word["tables"].as_array().expect("tables");
    let sources = tables.last().expect("the sources");
    assert_eq!(sources[0], json!(["Dataset", "File", "Period", "Revision", "Received", "Verdict"]));
    assert_eq!(sources[1][1], les_name("2025-10"));
    assert_eq!(word["repeated"].as_array().and_then(|all| all.last()), Some(&true.into()));
    assert_eq!(word["foot"], "Primary Care Medical Services Group: exception report, October 2025\tPage 1 of 1");
}

#[test]
fn a_pdf_is_tagged_searchable_and_holds_its_fonts() {
    let pdf = read_back(&seven_months(), "pdf");
    assert_eq!(pdf["title"], "Exception report: Primary Care Medical Services Group, October 2025");
    assert_eq!((&pdf["language"], &pdf["marked"], &pdf["embedded"]), (&"en-GB".into(), &true.into(), &true.into()));
    let pages = pdf["text"].as_array().expect("pages");
    let text: Vec<&str> = pages.iter().filter_map(Value::as_str).collect();
    for words in [
        "72 in October 2025 against a plan of 254 (28.3% of plan), in breach for 3 months, since August 2025.",
        "Delivered activity is below 60% of plan: 694 delivered, 52.1% of the 1,332 planned.",
        "down 119 (14.6%) from 813 in September 2025",
    ] {
        assert!(text.iter().any(|page| page.contains(words)), "{words:?} in {text:?}");
    }
    for (at, page) in text.iter().enumerate() {
        assert!(page.ends_with(&format!("Page {} of {}", at + 1, text.len())), "{page}");
    }
    let kinds: Vec<&str> = pdf["kinds"].as_array().expect("tags").iter().filter_map(Value::as_str).collect();
    for kind in ["/H1", "/H2", "/H3", "/L", "/LI", "/Table", "/TH", "/TD", "/Figure"] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
    assert_eq!((&pdf["figures"], pdf["alternatives"].as_array().map(Vec::len)), (&6.into(), Some(6)));
    assert_eq!(pdf["outline"][3], "New (3)");
}

/// Names from Wales, Poland, Greece and Ukraine, and letters that no font of the paper has.
#[test]
fn letters_of_many_languages_are_on_every_paper() {
    let home = Home::new();
    let name = "Ŵyn Łódź Ελλάδα Київ ≥½£€–’ w\u{302} 漢字 😀";
    for month in &MONTHS[5..] {
        home.take(&les_name(month), les(month).replace("Dementia", name), 0);
    }
    // The mark on the w is a letter with it.
    let shown = "Ŵyn Łódź Ελλάδα Київ ≥½£€–’ ŵ [U+6F22][U+5B57] [U+1F600]";
    let pdf = read_back(&home, "pdf");
    let text: String = pdf["text"].as_array().expect("pages").iter().filter_map(Value::as_str).collect();
    assert!(text.contains(&format!("{shown} · cost-and-volume")), "{text}");
    let note = "are shown as their numbers in Unicode, such as [U+6F22].";
    assert_eq!(text.split_whitespace().collect::<Vec<_>>().join(" ").matches(note).count(), 1, "{text}");
    let without = read_back(&seven_months(), "pdf")["text"].to_string();
    assert!(!without.contains("in Unicode"), "{without}");
    let word = read_back(&home, "docx").to_string();
    assert!(word.contains(name), "{word}");
    for format in ["html", "md"] {
        let paper = report(&home, &["--format", format]).ends_with(0).out;
        assert!(paper.contains("Ŵyn Łódź Ελλάδα Київ ≥½£€–’ w\u{302} 漢字 😀"), "{paper}");
    }
}

#[test]
fn a_workbook_holds_numbers_days_and_text_that_is_no_formula() {
    let home = Home::new();
    home.write("config/datasets/targets.yaml", TARGETS);
    home.write("rules/targets.yaml", RULES);
    home.edit("config/groups.yaml", "  to: [performance-team]", &format!("  to: [{GROUP}]"));
    for month in ["2025-09", "2025-10"] {
        let rows = format!("{month},=HYPERLINK(\"http://x\";\"<b>|*a*\"),0.5,0.9\n{month},Calls,0.25,0.9\n");
        home.take(&format!("targets-{month}.csv"), format!("month,indicator,actual,target\n{}", quoted(&rows)), 0);
    }
    let book = read_back(&home, "xlsx");
    let sheet = &book["sheets"]["Alerts"];
    let header: Vec<&str> = sheet["rows"][0].as_array().expect("titles").iter().filter_map(Value::as_str).collect();
    let at = |title: &str| header.iter().position(|known| *known == title).expect("a column");
    assert_eq!((&sheet["frozen"], &sheet["filter"]), (&"B2".into(), &"A1:V3".into()));
    let hostile = sheet["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .position(|row| row[at("About")].as_str().is_some_and(|about| about.starts_with("=HYPERLINK")));
    let hostile = hostile.expect("the alert");
    assert_eq!(sheet["kinds"][hostile][at("About")], "s", "text, and no formula");
    assert_eq!(
        (&sheet["rows"][hostile][at("Figure")], &sheet["formats"][hostile][at("Figure")]),
        (&0.5.into(), &"0.0#%".into())
    );
    let sources = &book["sheets"]["Sources"];
    assert!(sources["rows"][1][4].as_str().is_some_and(|day| day.len() == 10), "a day: {}", sources["rows"][1]);

    // What a label says is nothing but text on a page and in Markdown.
    let page = report(&home, &["--format", "html"]).ends_with(0).out;
    assert!(page.contains("&lt;b&gt;") && !page.contains("<b>"));
    let text = report(&home, &["--format", "md"]).ends_with(0).out;
    assert!(text.contains(r"\<b\>\|\*a\*") && !text.contains("<b>"), "{text}");
    read_back(&home, "docx");
    read_back(&home, "pdf");
}

const TARGETS: &str = "\
title: Targets of the year
steward: performance-team
files: [\"targets-*.csv\"]
period: { column: month }
columns:
  month: { kind: period }
  contract: { header: indicator, kind: text }
  actual: { kind: percent }
  target: { kind: percent }
measures:
  performance: { value: actual, plan: target, labels: [contract], better: higher }
";

const RULES: &str = "\
rules:
  below-target:
    summary: Below target
    dataset: targets
    measure: performance
    when: value < plan
    message: \"{labels.contract}: {value} against {plan}\"
";

/// Each row with its second cell as CSV quotes it.
fn quoted(rows: &str) -> String {
    let row = |line: &str| {
        let cells: Vec<&str> = line.splitn(2, ',').collect();
        let (name, figures) =
            cells[1].rsplit_once(",0.9").map(|(head, _)| head.rsplit_once(',').expect("a figure")).expect("a target");
        format!("{},\"{}\",{figures},0.9\n", cells[0], name.replace('"', "\"\""))
    };
    rows.lines().map(row).collect()
}

#[test]
fn the_same_state_and_day_give_the_same_bytes() {
    let home = seven_months();
    let day = || jiff::Zoned::now().date();
    for format in FORMATS {
        let written = || {
            let file = home.path("twice");
            report(&home, &["--format", format, "--output", &file.display().to_string()]).ends_with(0);
            fs::read(file).expect("a report")
        };
        let begun = day();
        let same = written() == written();
        assert!(same || day() != begun, "{format}");
    }
}

#[test]
fn what_people_do_about_an_alert_is_tabled_with_it() {
    let home = seven_months();
    let id = |contract: &str| {
        let known = home.alerts();
        let same = |alert: &&Value| alert["rule"] == BELOW && alert["labels"]["contract"] == contract;
        known.iter().find(same).and_then(|alert| alert["id"].as_str()).expect("an alert").to_owned()
    };
    let review = jiff::Zoned::now().date().saturating_add(jiff::ToSpan::days(30)).to_string();
    let of = id("Dementia");
    let done = [
        "alerts",
        "acknowledge",
        &of,
        "--by",
        "Jo Bell",
        "--comment",
        "locum found",
        "--to",
        "Sam",
        "--review",
        &review,
    ];
    home.run(&done).ends_with(0);
    let report = as_json(&home, "2025-10");
    let dementia = alerts(&report).iter().find(|alert| alert["id"] == of.as_str()).expect("the alert");
    assert_eq!(
        (&dementia["three_a"], &dementia["acknowledged"]["by"], &dementia["action"]["comment"], &dementia["review"]),
        (&"advise".into(), &"Jo Bell".into(), &"locum found".into(), &review.as_str().into())
    );
    assert_eq!(dementia["owner"], "Sam (Primary Care Medical Services Group)");
    // Diabetes is new and acknowledged by nobody; Simple Injections and Post Bariatric Monitoring are worse than before.
    assert_eq!((&report["counts"]["alert"], &report["counts"]["advise"]), (&4.into(), &1.into()));
    let text = self::report(&home, &["--format", "md"]).ends_with(0).out;
    assert!(
        text.contains("- Acknowledged: by Jo Bell on ") && text.contains("\n- Action: locum found (Jo Bell)\n"),
        "{text}"
    );

    // What was said since is the action; what was said then still stands with the acknowledgement.
    home.run(&["alerts", "comment", &of, "--by", "Al", "--comment", "clinics restart"]).ends_with(0);
    let text = self::report(&home, &["--format", "md"]).ends_with(0).out;
    assert!(text.contains(": locum found\n- Action: clinics restart (Al)\n"), "{text}");
}

#[test]
fn what_restated_figures_deny_is_said_beside_how_it_stands_now() {
    let home = Home::new();
    home.take_months(&["2025-09", "2025-10"]);
    let restated = changed(&les("2025-10"), "Dementia,cost-and-volume,1332,694", "Dementia,cost-and-volume,1332,1204");
    home.take(&les_name("2025-10"), restated, 0);
    let report = as_json(&home, "2025-10");
    let corrected = report["corrected"].as_array().expect("corrections");
    let withdrawn: Vec<_> = corrected.iter().filter(|one| one["kind"] == "withdrawn").collect();
    assert_eq!(withdrawn.len(), 1, "{corrected:?}");
    assert_eq!(
        (&withdrawn[0]["labels"]["contract"], &withdrawn[0]["said"], &withdrawn[0]["now"], &withdrawn[0]["cause"]),
        (&"Dementia".into(), &694.0.into(), &1204.0.into(), &"restated".into())
    );
    assert!(!standing(&report, "new").contains(&"Dementia".to_owned()));
    assert_eq!((&report["sources"][0]["revision"], report["sources"].as_array().map(Vec::len)), (&2.into(), Some(1)));
    let text = self::report(&home, &["--format", "md", "--period", "2025-10"]).ends_with(0).out;
    assert!(text.contains("October 2025: given as 694, now 1,204 | figures were restated, "), "{text}");
}

#[test]
fn what_is_released_is_not_assured() {
    let home = Home::new();
    home.take_months(&["2025-09"]);
    home.take(&les_name("2025-10"), changed(&les("2025-10"), "Dementia,cost-and-volume", "Dementia,block"), 1);
    let report = as_json(&home, "2025-10");
    assert_eq!(report["sources"][1]["verdict"], "quarantined");
    assert!(
        report["not_assured"].as_array().is_some_and(|gaps| gaps.iter().any(|gap| gap["dataset"] == "les-activity")),
        "{report}"
    );
    assert_eq!(report["series_judged"], 0, "nothing of October was judged");
    assert_eq!(report["judged"][0]["is_current"], false);

    let id = home.last()["id"].as_str().expect("an id").to_owned();
    home.run(&["deliveries", "release", &id, "--reason", "checked by telephone", "--by", "Jo Bell"]).ends_with(0);
    let released = as_json(&home, "2025-10");
    assert_eq!(released["sources"][0]["decisions"][0]["by"], "Jo Bell");
    let gaps = released["not_assured"].as_array().expect("gaps");
    let gap = gaps.iter().find(|gap| gap["what"] == "released").expect("it is named");
    let reason = gap["reason"].as_str().expect("a reason");
    assert!(reason.starts_with("October 2025: not assured: released with 1 known issue by Jo Bell on "), "{reason}");
    assert!(reason.ends_with(": checked by telephone"), "{reason}");
}

#[test]
fn what_there_is_nothing_of_is_said_plainly() {
    let home = Home::new();
    let early = report(&home, &["--format", "md"]).ends_with(2);
    assert!(early.err.contains("nothing was delivered to this home yet"), "{}", early.err);
    home.take_months(&["2025-10"]);
    let unknown = home.run(&["report", "--group", "dental-service", "--format", "md"]).ends_with(2);
    assert!(unknown.err.contains("did you mean `dental-services`?"), "{}", unknown.err);
    let none = home.run(&["report", "--group", "dental-services", "--format", "md"]).ends_with(2);
    assert!(none.err.contains("name one with --period"), "{}", none.err);
    let asked =
        ["report", "--group", "dental-services", "--period", "2025-10", "--format", "md", "--date", "2025-12-03"];
    let empty = home.run(&asked).ends_with(0).out;
    for words in [
        "Nothing is to be tabled for October 2025: no series was judged.",
        "Nothing was judged, so nothing can be assured.",
        "nothing was delivered so far",
        "Nothing was delivered that this report could rest on.",
    ] {
        assert!(empty.contains(words), "{words:?} in\n{empty}");
    }
}

/// Its papers are due on 31 December 2099, a Thursday. The holidays of that year are not known: 30, 29 and 28 December.
#[test]
fn a_group_with_papers_has_the_report_by_itself() {
    let home = seven_months();
    let group = format!("  {GROUP}:\n");
    let with = |settings: &str| format!("{group}    digest: {{ {settings} }}\n");
    home.run(&["preview", "--group", GROUP, "--digest"]).ends_with(2);
    home.edit(
        "config/groups.yaml",
        &group,
        &with("papers_due: [2099-12-31], before: 3 working days, attach: [docx, pdf]"),
    );
    let status = home.run(&["status", "--format", "json"]).ends_with(0).json();
    let next = json!([{ "group": GROUP, "at": "2099-12-28T09:00:00Z", "papers_due": "2099-12-31" }]);
    assert_eq!(status["next_digests"], next);
    let status = home.run(&["status"]).ends_with(0).out;
    assert!(status.contains("28 December 2099 at 09:00, for papers due on 31 December 2099"), "{status}");

    let to = home.path("previewed").display().to_string();
    let said = home.run(&["preview", "--group", GROUP, "--digest", "--output", &to]).ends_with(0).out;
    assert!(said.contains("October 2025: alert 5, advise 0, assure 1 – papers due 31 December"), "{said}");
    let files = home.files("previewed");
    let ending = |ending: &str| files.iter().find(|name| name.ends_with(ending)).expect(ending).clone();
    let text = home.read(&format!("previewed/{}", ending(".txt")));
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "Papers are due on Thursday 31 December 2099. The report is attached, to be tabled as it is: Word document and PDF.",
        "For October 2025, 14 series were judged by 2 rules: 5 alerts fire (3 new, 2 worsened) and 1 is resolved.",
        "Alert (5)",
        "Assure (1)",
        "no figures – ",
    ] {
        assert!(text.contains(words), "{words:?} in {text}");
    }
    for format in ["pdf", "docx"] {
        let file = home.path(format!("previewed/{}", ending(&format!("2025-10.{format}"))));
        let title = &paper(format, &file.display().to_string())["title"];
        assert_eq!(title, "Exception report: Primary Care Medical Services Group, October 2025");
    }

    let line =
        home.read("config/groups.yaml").lines().position(|line| line.starts_with("    digest:")).expect("there") + 1;
    home.edit("config/groups.yaml", "papers_due: [2099-12-31]", "papers_due: fifth Monday");
    let wrong = home.run(&["check"]).ends_with(2).err;
    assert!(wrong.contains("`fifth Monday` does not say when papers are due"), "{wrong}");
    assert!(wrong.contains(&format!("config/groups.yaml:{line}:27")), "{wrong}");
}
