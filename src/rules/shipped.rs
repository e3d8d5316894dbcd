//! The shipped rules against the published figures.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use super::{Catalog, MeasureEntry, Plans, Rule, RuleFile};
use crate::{
    expr::{Limits, Scripts, View},
    model::{AlertState, Better, Figure, Labels, Period, Series, SeriesKey, Signal, Value},
    yaml::{Problems, SourceFile, decode, parse},
};

fn file(path: &str) -> Arc<SourceFile> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect(path);
    Arc::new(SourceFile { path: path.into(), text })
}

/// What the shipped datasets declare.
fn catalog() -> Catalog {
    let mut catalog = Catalog::default();
    let labels = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let activity = MeasureEntry {
        labels: labels(&["contract", "contract_type"]),
        plans: Plans::Figures,
        better: Better::Higher,
        ..MeasureEntry::default()
    };
    let low_achievers = MeasureEntry { labels: labels(&["sub_icb"]), better: Better::Lower, ..MeasureEntry::default() };
    catalog.add_measure("les-activity", "activity", activity);
    catalog.add_measure("hha-achievement-bands", "low_achievers", low_achievers);
    catalog
}

fn compile(rules: &Arc<SourceFile>) -> Result<Vec<Rule>, Problems> {
    let scripts = Scripts::compile([file("rules/change.rhai")], Limits::default())?;
    let file: RuleFile = decode(&parse(rules)?)?;
    let mut problems = Problems::default();
    let rules = file
        .rules
        .0
        .into_iter()
        .filter_map(|(id, settings)| problems.take(Rule::compile(&id, settings, &catalog(), &scripts)));
    let rules = rules.collect();
    problems.into_result().map(|()| rules)
}

fn shipped(id: &str) -> Rule {
    let rules = ["rules/les.yaml", "rules/hha.yaml"].map(|path| compile(&file(path)).unwrap_or_else(|e| panic!("{e}")));
    rules.into_iter().flatten().find(|rule| rule.id() == id).expect(id)
}

/// A rule written for a test, in the place of the shipped ones.
fn written(text: &str) -> Result<Rule, Vec<String>> {
    let file = Arc::new(SourceFile { path: "rules/a.yaml".into(), text: text.to_owned() });
    match compile(&file) {
        Ok(mut rules) => Ok(rules.remove(0)),
        Err(problems) => Err(problems.lines()),
    }
}

fn period(text: &str) -> Period {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// The seven published months, by contract.
fn published() -> BTreeMap<String, Series> {
    let mut series = BTreeMap::new();
    for month in 4..=10 {
        let file = file(&format!("tests/data/les-activity/les-activity-2025-{month:02}.csv"));
        let mut reader = csv::Reader::from_reader(file.text.as_bytes());
        for row in reader.records() {
            let row = row.expect("a row");
            let [at, contract, kind, planned, delivered] = [0, 1, 2, 3, 4].map(|n| row.get(n).expect("a cell"));
            let labels: Labels = [("contract", contract), ("contract_type", kind)].into_iter().collect();
            let key = SeriesKey { measure: "activity".to_owned(), labels };
            let number = |text: &str| Value::Number(text.parse().expect("a number"));
            let figure = Figure { value: number(delivered), plan: number(planned), unit: None };
            let entry = series.entry(contract.to_owned()).or_insert_with(|| Series::new(key, Better::Higher));
            entry.insert(period(at), figure);
        }
    }
    series
}

/// The months in breach, of those that a contract was reported for.
fn breaches(rule: &Rule, series: &Series) -> Vec<String> {
    let reported = series.iter().map(|(period, _)| period);
    let breach = |period: &Period| match rule.signal(View::alone(series, *period)) {
        Signal::Breach(_) => true,
        Signal::Clear => false,
        other => panic!("{period}: {other:?}"),
    };
    reported.filter(breach).map(|period| period.to_string()).collect()
}

#[test]
fn below_60_percent_of_plan_in_the_published_months() {
    let rule = shipped("les-below-60-percent-of-plan");
    let published = published();
    assert_eq!(published.len(), 14);
    // Delivered against 60% of the planned activity, by hand.
    let expected: BTreeMap<&str, &[&str]> = [
        // 152.4: 66, 151, 182, 92, 84, 72
        ("Post Bariatric Monitoring", ["2025-05", "2025-06", "2025-08", "2025-09", "2025-10"].as_slice()),
        // 799.2: 588, 774, 1078, 753, 813, 694
        ("Dementia", &["2025-05", "2025-06", "2025-08", "2025-10"]),
        // 585: 861, 917, 958, 610, 742, 579
        ("Diabetes", &["2025-10"]),
        // 54.6: 89, 35, 87, 73, 69, 124, 129
        ("Vasectomy Procedure", &["2025-05"]),
        // 3830.4: 469, 3236, 8143, …
        ("LTC LES", &["2025-04", "2025-05"]),
        // 4126.2: 1729, 3146, 3770, 3300, 4070, 4266
        ("Wound Care", &["2025-05", "2025-06", "2025-07", "2025-08", "2025-09"]),
        // 81178.2: 79713, 90062, …
        ("Phlebotomy", &["2025-05"]),
        // 16473: 10303, 10974, 12084, 11250, 12702, 12521
        ("Simple Injections", &["2025-05", "2025-06", "2025-07", "2025-08", "2025-09", "2025-10"]),
    ]
    .into_iter()
    .collect();
    for (contract, series) in &published {
        assert!(rule.applies_to(series));
        let expected = expected.get(contract.as_str()).copied().unwrap_or_default();
        assert_eq!(breaches(&rule, series), expected, "{contract}");
    }
}

#[test]
fn messages_name_the_published_figures() {
    let published = published();
    let rule = shipped("les-below-60-percent-of-plan");
    let october = rule.signal(View::alone(&published["Dementia"], period("2025-10")));
    assert_eq!(october, Signal::Breach("Dementia: 694 delivered, 52.1% of the 1,332 planned".to_owned()));
    let rule = shipped("les-deterioration");
    let august = rule.signal(View::alone(&published["Dementia"], period("2025-08")));
    assert_eq!(august, Signal::Breach("Dementia: 753 delivered against 1,078 (-30.1%)".to_owned()));
    assert_eq!(rule.signal(View::alone(&published["Dementia"], period("2025-10"))), Signal::Clear);
    let first = rule.signal(View::alone(&published["Dementia"], period("2025-05")));
    assert_eq!(first, Signal::CannotTell("no figure for April 2025: not reported".to_owned()));
}

/// Signals at the periods that a test expects something of, for the series that it expects it of. What an expectation
/// needs of an alert's life is looked at where alerts live.
#[test]
fn the_tests_in_the_shipped_files_are_read() {
    let rule = shipped("les-deterioration");
    let test = &rule.tests()[0];
    let series = test.series[0].series(rule.measure(), |_, _| (rule.better(), rule.unit())).remove(0);
    assert_eq!(
        series.iter().map(|(period, _)| period.to_string()).collect::<Vec<_>>().join(" "),
        "2025-07 2025-08 2025-09 2025-10"
    );
    let august = &test.expect[0];
    assert!(august.matches(&series.key.labels) && august.state == AlertState::Firing);
    assert_eq!(
        rule.signal(View::alone(&series, august.at.value)),
        Signal::Breach(august.message.clone().expect("a message"))
    );

    let rule = shipped("les-below-60-percent-of-plan");
    let gap = rule.tests()[1].series[0].series(rule.measure(), |_, _| (rule.better(), rule.unit())).remove(0);
    let september = rule.signal(View::alone(&gap, period("2025-09")));
    assert_eq!(september, Signal::CannotTell("no figure for September 2025: not reported".to_owned()));
    let exactly = rule.tests()[0].series[0].series(rule.measure(), |_, _| (rule.better(), rule.unit())).remove(0);
    assert_eq!(rule.signal(View::alone(&exactly, period("2025-10"))), Signal::Clear);

    let rule = shipped("hha-low-achievers-rising");
    let blackpool = rule.tests()[0].series[0].series(rule.measure(), |_, _| (rule.better(), rule.unit())).remove(0);
    let message = "Blackpool: 3 practices in the 0–10% band, 1 a month ago";
    assert_eq!(rule.signal(View::alone(&blackpool, period("2025-10"))), Signal::Breach(message.to_owned()));
}

const RULE: &str = "rules:\n  a:\n    summary: s\n    dataset: les-activity\n    measure: activity\n    \
                    when: value < share * plan\n    message: \"{value}\"\n    settings: { share: 0.6 }\n";

#[test]
fn every_mistake_of_a_rule_is_reported_where_it_stands() {
    let text = "rules:\n  \
        A b:\n    \
            summary: s\n    \
            dataset: les-activity\n    \
            measure: activity\n    \
            where: { contrac: Dementia }\n    \
            labels: { contract: x }\n    \
            settings: { plan: 3, two-words: 1 }\n    \
            when: value < shar * plan\n    \
            message: '{previos()}'\n    \
            tests:\n      \
              - name: t\n        \
                series: [{ labels: { contracts: D }, from: 2025-04, value: 1 2, plan: 1 }]\n        \
                expect: [{ at: 2025, labels: { contact: D } }]\n";
    assert_eq!(
        written(text).expect_err("wrong"),
        [
            "rules/a.yaml:6:14: there is no label `contrac` (did you mean `contract`?)",
            "rules/a.yaml:7:15: every series has a label `contract` already (choose another name)",
            "rules/a.yaml:8:17: `plan` is a variable of every rule (choose another name)",
            "rules/a.yaml:8:26: `two-words` cannot be a variable (a name is made of letters, digits and `_`)",
            "rules/a.yaml:9:19: there is no variable `shar` (known: `better`, `labels`, `period`, `plan`, `subject`, `two-words`, `value`)",
            "rules/a.yaml:10:16: there is no function `previos` (did you mean `previous`?)",
            "rules/a.yaml:13:30: there is no label `contracts` (did you mean `contract`?)",
            "rules/a.yaml:13:79: 1 plans for 2 figures (write as many of one as of the other)",
            "rules/a.yaml:14:24: 2025 is not a period of the kind that the series has",
            "rules/a.yaml:14:40: there is no label `contact` (did you mean `contract`?)",
        ]
    );
}

#[test]
fn places_hold_in_blocks_of_several_lines() {
    let block = RULE
        .replace("when: value < share * plan", "when: |\n      value < share &&\n        value < pln\n")
        .replace("\"{value}\"", "|\n      {value}\n      of {plan:percnt}\n");
    assert_eq!(
        written(&block).expect_err("wrong"),
        [
            "rules/a.yaml:8:17: there is no variable `pln` (did you mean `plan`?)",
            "rules/a.yaml:12:16: there is no format `percnt` (did you mean `percent`?)",
        ]
    );
}

#[test]
fn names_and_notation_that_are_not_there_have_a_hint() {
    for (from, to, problem) in [
        ("les-activity", "les", "rules/a.yaml:4:14: there is no dataset `les` (did you mean `les-activity`?)"),
        (
            "measure: activity",
            "measure: activty",
            "rules/a.yaml:5:14: there is no measure of `les-activity` named `activty` (did you mean `activity`?)",
        ),
        ("    when:", "    whn:", "rules/a.yaml:6:5: there is no setting `whn` here (did you mean `when`?)"),
        ("0.6 }", "0.6 }\n    for: 0", "rules/a.yaml:9:10: "),
        ("0.6 }", "[1] }", "rules/a.yaml:8:24: a list found where a number, text, true or false is expected"),
        (
            "0.6 }",
            "0.6 }\n    tests: [{ name: t, series: [{ from: 2025-04, value: 1 two }], expect: [] }]",
            "rules/a.yaml:9:57: `two` is not a figure; write 1,332 or _ (none) or * (suppressed) or 100x5 or 100+10x3",
        ),
        (
            "0.6 }",
            "0.6 }\n    tests: [{ name: t, series: [], expect: [{ at: 2025-13 }] }]",
            "rules/a.yaml:9:51: \"2025-13\" is not a period",
        ),
    ] {
        let problems = written(&RULE.replace(from, to)).expect_err(to);
        assert!(problems.iter().any(|found| found.starts_with(problem)), "{to}: {problems:?}");
    }
    let low = RULE.replace("les-activity", "hha-achievement-bands").replace("activity", "low_achievers");
    assert_eq!(written(&low).expect_err("no plan"), ["rules/a.yaml:6:27: this measure has no plan"]);
}

#[test]
fn a_rule_looks_at_the_series_that_it_names() {
    let published = published();
    let capitated = written(&format!("{RULE}    where: {{ contract_type: capitated }}\n")).expect("valid");
    assert!(capitated.applies_to(&published["ECGs"]));
    assert!(!capitated.applies_to(&published["Dementia"]));
    let mut other = published["ECGs"].clone();
    "cost".clone_into(&mut other.key.measure);
    assert!(!capitated.applies_to(&other));
}

#[test]
fn the_fingerprint_follows_what_bears_upon_signals() {
    let fingerprint = |text: &str| written(text).expect("valid").fingerprint().to_owned();
    let first = fingerprint(RULE);
    assert_eq!(first.len(), 64);
    for same in [
        RULE.replace("summary: s", "summary: other words"),
        format!("# A comment.\n{RULE}    doc: why\n    for: 1\n    severity: warning\n"),
        format!("{RULE}    tests: []\n"),
    ] {
        assert_eq!(fingerprint(&same), first, "{same}");
    }
    for other in [
        RULE.replace("0.6", "0.7"),
        RULE.replace("0.6", "\"0.6\""),
        RULE.replace("value < ", "value <= "),
        RULE.replace("\"{value}\"", "\"{plan}\""),
        RULE.replace("  a:", "  b:"),
        RULE.replace("value < share", "base_of(\"previous\") < share"),
        format!("{RULE}    for: 2\n"),
        format!("{RULE}    resolve_after: 2\n"),
        format!("{RULE}    severity: critical\n"),
        format!("{RULE}    where: {{ contract: Dementia }}\n"),
        format!("{RULE}    labels: {{ contact: Dementia }}\n"),
    ] {
        assert_ne!(fingerprint(&other), first, "{other}");
    }
}

#[test]
fn a_rule_that_fails_is_neither_clear_nor_a_breach() {
    let rule = RULE.replace("when: value < share * plan", "when: changed(value, previous(), \"sideways\", 0.2)");
    let signal = written(&rule).expect("valid").signal(View::alone(&published()["Dementia"], period("2025-10")));
    let words = "direction is \"sideways\"; use fall or rise (rules/change.rhai:22:14)";
    assert_eq!(signal, Signal::Failed(words.to_owned()));
}

#[test]
fn what_could_not_be_judged_for_long_says_why_and_another_message_stays() {
    let rule = written(&format!("{RULE}    cannot_tell_for: 2\n")).expect("valid");
    let dementia = published().remove("Dementia").expect("published");
    let said = |month| rule.describe(View::alone(&dementia, period(month)));
    let words = "Dementia · cost-and-volume: could not be judged: no plan for November 2025: not reported";
    assert_eq!(said("2025-11"), words);
    assert_eq!(said("2025-10"), written(RULE).expect("valid").describe(View::alone(&dementia, period("2025-10"))));
}

#[test]
fn rules_are_shared_between_threads() {
    let (rule, series) = (shipped("les-deterioration"), published().remove("Dementia").expect("published"));
    let at = |month| rule.signal(View::alone(&series, period(month)));
    let alone = ["2025-08", "2025-09", "2025-10"].map(at);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..50).for_each(|_| assert_eq!(["2025-08", "2025-09", "2025-10"].map(at), alone)));
        }
    });
}
