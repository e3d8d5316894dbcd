//! The tools of a rule's author: test, backtest, explain, check.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use serde_json::Value;
use support::{BELOW, DETERIORATION, HHA, Home, MONTHS};

/// A rule in a file that is not in the home.
const DRAFT: &str = "\
rules:
  draft:
    summary: Activity is low
    dataset: les-activity
    measure: activity
    settings: { share: 0.6 }
    for: 1
    when: value < share * plan
    message: '{labels.contract}: {value} of {plan}'
";

#[test]
fn a_failed_test_shows_the_ledger_of_its_alert() {
    let home = Home::new();
    // At 60% exactly it now fires: 60 of 100 in October is no longer the end of it.
    home.edit("rules/les.yaml", "when: value < share * plan", "when: value <= share * plan");
    let out = home.run(&["test", BELOW]).ends_with(1).out;
    let ledger = "        contract=\"Dementia\", contract_type=\"cost-and-volume\"\n          2025-08      quiet\n          \
                  2025-09      firing, since 2025-09\n          2025-10    - resolved\n                     + firing\n";
    assert!(out.contains(ledger), "{out}");
    // 60 of 100 in May: nothing was expected of it.
    assert!(out.contains("2025-05    - quiet\n                     + firing, since 2025-05"), "{out}");
    assert!(out.contains("rules/les.yaml:18:15"), "{out}");
    assert!(out.contains("1 passed, 2 failed; 1 of 1 rules have a test"), "{out}");

    let report = home.run(&["test", BELOW, "--format", "json"]).ends_with(1).json();
    assert_eq!((&report["passed"], &report["failed"]), (&1.into(), &2.into()), "{report:#}");
    let difference =
        "2025-10 contract=\"Dementia\", contract_type=\"cost-and-volume\": expected resolved, found firing";
    assert_eq!(report["tests"][0]["differences"][0], difference);

    let xml = home.run(&["test", BELOW, "--format", "junit"]).ends_with(1).out;
    assert!(xml.contains("<testsuite name=\"les-below-60-percent-of-plan\" tests=\"3\" failures=\"2\""), "{xml}");
    assert!(xml.contains("expected resolved, found firing"), "{xml}");
}

#[test]
fn a_rule_without_a_test_is_named_and_can_be_a_failure() {
    let home = Home::new();
    home.write("rules/draft.yaml", DRAFT);
    let out = home.run(&["test"]).ends_with(0).out;
    let rules = home.run(&["check"]).ends_with(0).out;
    let rules = rules.split(", ").nth(1).and_then(|text| text.strip_suffix(" rules")).expect("rules are counted");
    let rules: u32 = rules.parse().expect("a number");
    assert!(out.contains("no test draft"), "{out}");
    assert!(out.contains(&format!("{} of {rules} rules have a test", rules - 1)), "{out}");
    let out = home.run(&["test", "--require-tests"]).ends_with(1).out;
    assert!(out.contains("NO TEST draft"), "{out}");
    let report = home.run(&["test", "--format", "json"]).ends_with(0).json();
    assert_eq!(report["untested"], Value::from(vec!["draft"]));
    let xml = home.run(&["test", "--require-tests", "--format", "junit"]).ends_with(1).out;
    assert!(xml.contains("<testcase classname=\"draft\" name=\"has a test\" time=\"0\">\n      <failure"), "{xml}");
}

#[test]
fn a_test_may_give_several_labels_and_measures_at_once() {
    let home = Home::new();
    let test = "    tests:
      - name: three contracts fall alike
        series:
          - { each: { contract: [A, B, C] }, labels: { contract_type: capitated }, from: 2025-08, measures: { activity: { value: 70 50, plan: 100x2 } } }
        expect:
          - { at: 2025-09, labels: { contract: A } }
          - { at: 2025-09, labels: { contract: B } }
";
    home.write("rules/draft.yaml", format!("{DRAFT}{test}"));
    let out = home.run(&["test", "draft"]).ends_with(1).out;
    assert!(out.contains("contract=\"C\", contract_type=\"capitated\"\n"), "{out}");
    assert!(!out.contains("contract=\"A\"") && !out.contains("contract=\"B\""), "{out}");
    home.write("rules/draft.yaml", format!("{DRAFT}{}", test.replace("activity: { value", "activty: { value")));
    let err = home.run(&["test", "draft"]).ends_with(2).err;
    assert!(err.contains("no measure of `les-activity` named `activty`") && err.contains("did you mean"), "{err}");
}

#[test]
fn what_is_recorded_from_history_is_a_test_of_the_rules() {
    let home = Home::new();
    home.take_months(&MONTHS);
    let case = home.path("les-case.yaml").display().to_string();
    home.run(&["backtest", BELOW, DETERIORATION, "--record", &case]).ends_with(0);
    let text = home.read("les-case.yaml");
    assert!(text.contains("measures: { activity: { value: 588 774 1078 753 813 694, plan: 1332 1332"), "{text}");
    let out = home.run(&["test", &case]).ends_with(0).out;
    assert!(out.contains("1 passed, 0 failed"), "{out}");
    // With 52.1% Dementia does not fire any more in October.
    home.edit("rules/les.yaml", "share: 0.6", "share: 0.5");
    let out = home.run(&["test", &case]).ends_with(1).out;
    assert!(out.contains("les-below-60-percent-of-plan: contract=\"Dementia\""), "{out}");
    assert!(
        out.contains("2025-10    - firing, since 2025-10: \"Dementia: 694 delivered, 52.1% of the 1,332 planned\""),
        "{out}"
    );
    // It is not written over what is there, and mistakes in it have their place.
    home.run(&["backtest", BELOW, "--record", &case]).ends_with(2);
    home.edit("les-case.yaml", "rules: [les-below-60-percent-of-plan,", "rules: [les-below-60-percent,");
    let err = home.run(&["test", &case]).ends_with(2).err;
    assert!(err.contains("there is no rule `les-below-60-percent`") && err.contains("les-case.yaml:5:13"), "{err}");
}

#[test]
fn a_backtest_says_why_nothing_could_be_told() {
    let home = Home::new();
    home.take_months(&MONTHS);
    let rule = |when: &str| {
        format!(
            "rules:\n  draft:\n    summary: A draft\n    dataset: les-activity\n    measure: activity\n    when: {when}\n    \
             message: '{{subject}}'\n"
        )
    };
    // Three contracts report in April and all fourteen from May to October: 3 + 6 × 14 times.
    home.write("rules/draft.yaml", rule("value / (plan - plan) > 1"));
    let out = home.run(&["backtest", "draft"]).ends_with(0).out;
    assert!(out.contains("cannot tell: division by zero (87 times, first in April 2025, "), "{out}");
    home.write("rules/draft.yaml", rule("grow(value)"));
    home.write("rules/draft.rhai", "fn grow(v) { let s = \"x\"; loop { s += s; } s.len() > v }\n");
    let out = home.run(&["backtest", "draft"]).ends_with(0).out;
    assert!(
        out.contains("failed: a text or list grew too large (rules/draft.yaml:6:11) (87 times, first in April"),
        "{out}"
    );
    home.write("rules/draft.yaml", format!("{}    where: {{ contract: Dementa }}\n", rule("value > 5")));
    let out = home.run(&["backtest", "draft"]).ends_with(0).out;
    assert!(out.contains("les-activity, no series that the rule looks at, 7 months"), "{out}");
}

#[test]
fn mistakes_of_writing_are_answered_with_their_place_and_what_to_do() {
    let home = Home::new();
    let head = "rules:\n  draft:\n    summary: A draft\n    dataset: les-activity\n    measure: activity\n";
    for (rest, place, words, help) in [
        ("\twhen: value < 5\n", "6:1", "a tab stands where the line is indented", "indent with spaces"),
        ("      when: value < 5\n", "6:11", "not YAML", "indent the line as the one before it"),
        ("   when: value < 5\n", "6:4", "not YAML", "what stands side by side is indented alike"),
        ("    when: value < 5\n    message: Low: {value}\n", "7:17", "not YAML", "stands in quotes"),
        ("    when: { against_plan: { below: 60 } }\n", "6:36", "`60` may be 60% or 6000%", ""),
        ("    when: { against_plan: { below: 5 } }\n", "6:36", "`5` may be 5% or 500%", ""),
        ("    when: let x = 1; x > value\n    message: low\n", "6:11", "not Rhai", "a function of a .rhai file"),
        (
            "    when: { rag: { is: red, good: lower } }\n",
            "6:18",
            "`good: lower` contradicts the measure, where higher is better",
            "leave `good` out",
        ),
    ] {
        home.write("rules/draft.yaml", format!("{head}{rest}"));
        let err = home.run(&["check"]).ends_with(2).err;
        let at = format!("rules/draft.yaml:{place}\n");
        assert!(err.contains(words) && err.contains(&at) && err.contains(help), "{rest}: {err}");
    }
    home.write(
        "rules/draft.yaml",
        head.replace("  draft:", "  My first rule:") + "    when: value < 5\n    message: low\n",
    );
    let err = home.run(&["check"]).ends_with(2).err;
    assert!(err.contains("\n1 mistake in the configuration"), "{err}");
}

#[test]
fn targets_that_are_bounds_and_ranges_are_recorded_as_they_are() {
    let home = Home::new();
    home.write(
        "config/datasets/targets.yaml",
        "title: Targets
steward: performance-team
files: [\"targets-*.csv\"]
period: { column: month }
columns:
  month: { kind: period, granularity: month }
  priority: {}
  actual: { kind: figure }
  plan: { kind: target }
measures:
  performance: { value: actual, plan: plan, labels: [priority], better: higher, unit: share }
",
    );
    home.write(
        "rules/targets.yaml",
        "rules:
  missed:
    summary: A target is missed
    dataset: targets
    measure: performance
    when: { target: { plan: as_printed } }
",
    );
    // The end alone would make the falls a miss on the wrong side, and the beds and the weeks no target at all.
    let rows = |month: &str, falls: &str, beds: &str| {
        format!(
            "month,priority,actual,plan\n{month},Falls,{falls},18.2 or less\n{month},Beds,{beds},Between 10 and 12\n\
             {month},Four hours,58%,\u{2265} 76%\n"
        )
    };
    home.take("targets-2025-09.csv", rows("2025-09", "19.1", "11"), 0);
    home.take("targets-2025-10.csv", rows("2025-10", "17", "13"), 0);
    let case = home.path("targets-case.yaml").display().to_string();
    home.run(&["backtest", "missed", "--record", &case]).ends_with(0);
    let text = home.read("targets-case.yaml");
    for series in ["value: 19.1 17, plan: ..18.2 ..18.2 ", "value: 11 13, plan: 10..12 10..12 ", "plan: 0.76.. 0.76.. "]
    {
        assert!(text.contains(series), "{series}: {text}");
    }
    assert!(text.contains("Falls: 19.1, where the target is at most 18.2"), "{text}");
    assert!(home.run(&["test", &case]).ends_with(0).out.contains("1 passed, 0 failed"));
    // A figure is none.
    home.edit("targets-case.yaml", "value: 11 13", "value: 11..12 13");
    let err = home.run(&["test", &case]).ends_with(2).err;
    assert!(
        err.contains("a figure is no bound or range: only a `plan` is") && err.contains("targets-case.yaml:"),
        "{err}"
    );
}

#[test]
fn a_backtest_tells_what_would_have_fired() {
    let home = Home::new();
    home.take_months(&MONTHS);
    let before = (home.notices().len(), home.files("mail").len());
    let tests = home.run(&["backtest", BELOW, "--format", "json"]).ends_with(0).json();
    let rule = &tests[0]["rules"][0];
    // By hand, from the published table: in April LTC LES alone is below 60%.
    assert_eq!((&rule["periods"][0]["new"], &rule["periods"][0]["continuing"]), (&1.into(), &0.into()));
    // In October Dementia and Diabetes are new, Post Bariatric Monitoring and Simple Injections go on, Wound Care ends.
    let october = &rule["periods"][6];
    assert_eq!((&october["new"], &october["continuing"], &october["resolved"]), (&2.into(), &2.into(), &1.into()));
    let dementia: Vec<(&Value, &Value)> = rule["alerts"]
        .as_array()
        .expect("alerts")
        .iter()
        .filter(|alert| alert["labels"]["contract"] == "Dementia")
        .map(|alert| (&alert["since"], &alert["until"]))
        .collect();
    // 588 and 774 of 1332, then 1078; 753, then 813; 694.
    assert_eq!(
        dementia,
        [
            (&"2025-05".into(), &"2025-06".into()),
            (&"2025-08".into(), &"2025-08".into()),
            (&"2025-10".into(), &Value::Null),
        ]
    );
    // One notice a month, to the chair and the secretary.
    let group = &tests[0]["groups"][0];
    assert_eq!(
        (&group["group"], &group["notices"], &group["messages"]),
        (&"primary-care-medical-services".into(), &7.into(), &14.into())
    );
    assert_eq!((home.notices().len(), home.files("mail").len()), before, "it sends and keeps nothing");

    let csv =
        home.run(&["backtest", BELOW, "--from", "2025-09", "--to", "2025-10", "--format", "csv"]).ends_with(0).out;
    assert_eq!(
        csv,
        "dataset,rule,period,new,continuing,resolved,cannot_tell,failed\n\
                     les-activity,les-below-60-percent-of-plan,2025-09,0,3,1,0,0\n\
                     les-activity,les-below-60-percent-of-plan,2025-10,2,2,1,0,0\n"
    );
    home.run(&["backtest", BELOW, "--from", "2025-10", "--to", "2025-09"]).ends_with(2);
}

#[test]
fn a_draft_is_tried_with_several_thresholds_before_it_is_in_the_home() {
    let home = Home::new();
    let file = home.path("draft.yaml").display().to_string();
    home.write("draft.yaml", DRAFT);
    let ran = home.run(&["backtest", "--rules", &file]).ends_with(0);
    assert!(ran.err.contains("nothing is known of les-activity yet"), "{}", ran.err);
    home.take_months(&["2025-10"]);
    let out = home.run(&["backtest", "--rules", &file, "--sweep", "share=30%,0.5,60%"]).ends_with(0).out;
    // October: 28.3% (Post Bariatric Monitoring), 45.6% (Simple Injections), 52.1% (Dementia), 59.4% (Diabetes).
    for line in [
        "at 30%: 1.0 alerts a month, 1 in all",
        "at 0.5: 2.0 alerts a month, 2 in all",
        "at 60%: 4.0 alerts a month, 4 in all",
    ] {
        assert!(out.contains(line), "{line} in\n{out}");
    }
    let csv = home.run(&["backtest", "--rules", &file, "--sweep", "for=1,2", "--format", "csv"]).ends_with(0).out;
    assert!(
        csv.contains("for,1,les-activity,draft,1,4,4,") && csv.contains("for,2,les-activity,draft,1,0,0,"),
        "{csv}"
    );
    let err = home.run(&["backtest", "--rules", &file, "--sweep", "shore=1"]).ends_with(2).err;
    assert!(err.contains("none of these rules has a setting `shore`"), "{err}");
    let err = home.run(&["backtest", "--rules", &file, "--sweep", "share=plenty"]).ends_with(0).out;
    assert!(err.contains("0 in all"), "a text cannot be multiplied, and that is seen as a failure: {err}");
    home.write("draft.yaml", DRAFT.replace("les-activity", "les-activty"));
    let err = home.run(&["backtest", "--rules", &file]).ends_with(2).err;
    assert!(err.contains("draft.yaml:4:14") && err.contains("did you mean `les-activity`?"), "{err}");
}

#[test]
fn an_alert_is_explained_from_its_figures_to_its_messages() {
    let home = Home::new();
    home.take_months(&MONTHS);
    let alert =
        home.alerts().into_iter().find(|alert| alert["rule"] == BELOW && alert["labels"]["contract"] == "Dementia");
    let id = alert.expect("an alert")["id"].as_str().expect("an id").to_owned();
    let out = home.run(&["explain", &id[..8]]).ends_with(0).out;
    for says in [
        "Dementia: 694 delivered, 52.1% of the 1,332 planned",
        "694 < 0.6 * 1332 = 799.2: breach",
        "1078 < 0.6 * 1332 = 799.2",
        "2025-10: les-activity-2025-10.csv, revision 1, published",
        "16 checks passed",
        "primary-care-medical-services (new): October 2025",
        "email to pcms-chair@example.org: sent on",
        "after 1 attempt",
    ] {
        assert!(out.contains(says), "{says:?} in\n{out}");
    }
    let json = home.run(&["explain", BELOW, "--label", "contract=Dementia", "--format", "json"]).ends_with(0).json();
    assert_eq!(json["id"], id.as_str());
    assert_eq!((json["steps"].as_array().map(Vec::len), json["told"].as_array().map(Vec::len)), (Some(6), Some(6)));
    let last = json["figures"].as_array().and_then(|figures| figures.last()).expect("figures");
    assert_eq!((&last["filled"], &last["answer"]), (&"694 < 0.6 * 1332 = 799.2".into(), &"breach".into()));
    // Released by somebody: that is said where the figures come from.
    let bad = support::changed(
        &support::les("2025-10"),
        "Dementia,cost-and-volume,1332,694",
        "Dementia,cost-and-volume,1332,-1",
    );
    home.take("les-activity-again.csv", bad, 1);
    let delivery = home.last()["id"].as_str().expect("an id").to_owned();
    home.run(&["deliveries", "release", &delivery, "--reason", "as the trust says", "--by", "Jo Bell"]).ends_with(0);
    home.once();
    let out = home.run(&["explain", &id]).ends_with(0).out;
    assert!(out.contains("released by Jo Bell on") && out.contains("as the trust says"), "{out}");

    let err = home.run(&["explain", "les-deteriorating"]).ends_with(2).err;
    assert!(err.contains("did you mean the rule `les-deterioration`?"), "{err}");
}

#[test]
fn a_rule_is_explained_with_the_last_figures() {
    let home = Home::new();
    let out = home.run(&["explain", HHA]).ends_with(0).out;
    assert!(out.contains("value > previous()") && out.contains("No figures of such a series are known yet"), "{out}");
    home.take_months(&["2025-09", "2025-10"]);
    let out = home.run(&["explain", DETERIORATION]).ends_with(0).out;
    // A fall from 742 to 579: 163 / 742.
    assert!(out.contains("0.219677 > 0.2") && out.contains("firing (since 2025-10)"), "{out}");
    assert!(out.contains("goes to     primary-care-medical-services"), "{out}");
    let written = "    settings: { share: 0.6 }\n    for: 1\n    when: value < share * plan\n";
    let by_script = "    settings: { base: previous }\n    when: changed(value, base_of(base), \"fall\", 0.2)\n";
    home.write("rules/draft.yaml", support::changed(DRAFT, written, by_script));
    let out = home.run(&["explain", "draft"]).ends_with(0).out;
    assert!(out.contains("changed(579, 742, \"fall\", 0.2)"), "{out}");
    let json = home.run(&["explain", "draft", "--format", "json"]).ends_with(0).json();
    let first = &json["series"][0];
    assert_eq!((&first["labels"]["contract"], &first["now"]["answer"]), (&"Diabetes".into(), &"breach".into()));
    let base = first["now"]["values"].as_array().expect("values").iter().find(|one| one["written"] == "base_of(base)");
    assert_eq!(base.expect("the base")["value"], "742");
}

#[test]
fn check_notes_what_looks_like_a_mistake() {
    let home = Home::new();
    let out = home.run(&["check", "--strict"]).ends_with(0).out;
    assert!(!out.contains("note"), "the shipped rules are quiet: {out}");
    home.write(
        "rules/draft.yaml",
        "rules:
  twin:
    summary: The same again
    dataset: les-activity
    measure: activity
    settings: { share: 0.6, mean: 3 }
    when: value <  share * plan
    message: '{value} of {plan}'
  les-below:
    summary: Activity is low
    dataset: les-activity
    measure: activity
    settings: { share: 0.6, mean: 3 }
    when: value < share * plan
    where: { contract: Dementa }
    message: '{value} of {plan}'
  same:
    summary: The same again
    dataset: les-activity
    measure: activity
    settings: { mean: 3, share: 0.6 }
    when: value < share * plan
    message: '{used(value)}'
  lonely:
    summary: Nobody hears of it
    dataset: les-capitated
    measure: activity
    when: value < plan
    message: '{value}'
    tests: [{ name: quiet, series: [{ from: 2025-10, value: 5, plan: 5 }], expect: [] }]
",
    );
    home.write("rules/spare.rhai", "fn spare(x) {\n    left(x)\n}\n\nfn left(x) { x }\n\nfn used(x) { x }\n");
    let out = home.run(&["check"]).ends_with(0).out;
    for note in [
        "note: rules/draft.yaml:6:29: neither the condition nor the message of `twin` uses `mean` (take it out, or use it)",
        "note: rules/draft.yaml:6:29: there is a function `mean` too: the name alone is the setting",
        "note: rules/draft.yaml:4:14: `twin` has the same condition on the same measure as `same`",
        "note: rules/draft.yaml:26:14: no branch of the route takes `lonely`: its alerts go to performance-team, who take what \
         nobody else does (add a branch for it to `route` in config/groups.yaml)",
        "note: rules/spare.rhai:5:4: no rule comes to call `left`",
        "note: rules/spare.rhai:1:4: no rule comes to call `spare`",
        "rules without a test: les-below, same, twin",
    ] {
        assert!(out.contains(note), "{note}\nin\n{out}");
    }
    assert!(!out.contains("Dementa"), "nothing is known yet: {out}");
    home.run(&["check", "--strict"]).ends_with(1);
    home.take_months(&["2025-10"]);
    let out = home.run(&["check"]).ends_with(0).out;
    let note = "note: rules/draft.yaml:15:14: no series of `activity` that is known has contract: Dementa (did you mean `Dementia`?)";
    assert!(out.contains(note), "{out}");
}

#[test]
fn a_rule_of_a_kind_is_swept_and_explained_like_any_other() {
    let home = Home::new();
    let written = "    settings: { share: 0.6 }\n    for: 1\n    when: value < share * plan\n";
    let kind = "    when: { against_plan: { below: 60% } }\n    where: { contract: { not: Diabetes } }\n";
    home.write("rules/draft.yaml", support::changed(DRAFT, written, kind));
    home.take_months(&["2025-10"]);
    let out = home.run(&["backtest", "draft", "--sweep", "below=50%,60%"]).ends_with(0).out;
    // Post Bariatric Monitoring 28.3%, Simple Injections 45.6%, Dementia 52.1%; Diabetes is left out.
    assert!(
        out.contains("at 50%: 2.0 alerts a month, 2 in all") && out.contains("at 60%: 3.0 alerts a month, 3 in all"),
        "{out}"
    );
    let out = home.run(&["explain", "draft"]).ends_with(0).out;
    assert!(out.contains("condition   value / plan < 0.6"), "{out}");
    assert!(out.contains("694 / 1332 = 0.521021 < 0.6"), "{out}");
    assert!(out.contains("where       contract: not Diabetes"), "{out}");
}
