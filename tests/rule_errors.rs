//! Rules that go wrong: seen by people, never "clear", and no harm to other rules, other series or the daemon.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use support::{BELOW, Home, MONTHS, changed, les};

/// A home with one more rule, whose condition goes wrong for Dementia and for nobody else.
fn with_rule(condition: &str, script: &str) -> Home {
    let home = Home::new();
    home.write(
        "rules/broken.yaml",
        format!(
            "rules:\n  broken:\n    summary: A rule that goes wrong\n    dataset: les-activity\n    measure: activity\n    \
             when: '{condition}'\n    message: '{{labels.contract}}: {{value}}'\n"
        ),
    );
    home.write("rules/broken.rhai", script);
    home
}

/// Takes October, and expects that the rule failed for Dementia with these words, everywhere where people look.
fn assert_failure(home: &Home, words: &str) {
    home.run(&["check"]).ends_with(0);
    home.take_months(&["2025-10"]);
    assert_failure_told(home, words);
}

fn assert_failure_told(home: &Home, words: &str) {
    let failed: Vec<_> = home.unjudged().into_iter().filter(|one| one["kind"] == "failed").collect();
    assert_eq!(failed.len(), 1, "{failed:#?}");
    assert_eq!((&failed[0]["rule"], &failed[0]["labels"]["contract"]), (&"broken".into(), &"Dementia".into()));
    let reason = failed[0]["reason"].as_str().expect("a reason");
    assert!(reason.contains(words), "{words:?} in {reason}");
    let table = home.run(&["alerts", "--unjudged"]).ends_with(0).out;
    assert!(table.contains("failed") && table.contains(words), "{table}");

    // Other series of the rule, and other rules on the series, are judged.
    assert_eq!(home.firing("broken"), ["Diabetes (2025-10)"]);
    assert!(home.firing(BELOW).contains(&"Dementia (2025-10)".to_owned()));
    assert!(home.alerts().iter().all(|one| one["rule"] != "broken" || one["labels"]["contract"] != "Dementia"));

    let notices = home.notices();
    let told = |group: &str, kind: &str| {
        let told = notices.iter().find(|told| told.group == group && told.kind == kind);
        home.mail(told.unwrap_or_else(|| panic!("{group} was not told")))
    };
    let group = told("primary-care-medical-services", "exceptions");
    assert!(group.contains("Rules that failed") && group.contains(words), "{group}");
    let operator = told("performance-team", "operator");
    assert!(operator.contains("broken") && operator.contains("Dementia") && operator.contains(words), "{operator}");
}

#[test]
fn a_division_by_zero_cannot_be_told() {
    // 694 is Dementia's figure: 1 / 0 there.
    let home = with_rule("1.0 / (value - 694.0) < 0.0 && value == 579.0", "");
    home.take_months(&["2025-10"]);
    let unknown: Vec<_> = home.unjudged().into_iter().filter(|one| one["rule"] == "broken").collect();
    assert_eq!(unknown.len(), 1, "{unknown:#?}");
    assert_eq!((&unknown[0]["kind"], &unknown[0]["labels"]["contract"]), (&"cannot_tell".into(), &"Dementia".into()));
    assert_eq!(unknown[0]["reason"], "division by zero");
    assert_eq!(home.firing("broken"), ["Diabetes (2025-10)"]);
}

#[test]
fn a_wrong_kind_of_value_is_an_error_of_its_series() {
    let home = with_rule("if value == 694.0 { labels.contract < 1.0 } else { value == 579.0 }", "");
    assert_failure(&home, "cannot be compared");
}

#[test]
fn an_endless_script_is_stopped() {
    let home = with_rule("slow(value)", "fn slow(value) { if value == 694.0 { loop { } } value == 579.0 }");
    assert_failure(&home, "stopped after too many operations");
}

#[test]
fn a_script_that_grows_without_end_is_stopped() {
    let script = "fn grow(value) { if value == 694.0 { let a = [0]; loop { a.push(a.len()); } } value == 579.0 }";
    assert_failure(&with_rule("grow(value)", script), "grew too large");
}

#[test]
fn a_text_that_grows_without_end_is_stopped() {
    let script = "fn grow(value) { if value == 694.0 { let s = \"x\"; loop { s += s; } } value == 579.0 }";
    assert_failure(&with_rule("grow(value)", script), "grew too large");
}

#[test]
fn a_script_that_calls_itself_without_end_is_stopped() {
    let script = "fn deep(value) { if value == 694.0 { return deep(value); } value == 579.0 }";
    assert_failure(&with_rule("deep(value)", script), "too deep");
}

#[test]
fn what_a_script_throws_is_what_people_read() {
    let script = "fn odd(value) { if value == 694.0 { throw \"the plan was never agreed\" } value == 579.0 }";
    assert_failure(&with_rule("odd(value)", script), "the plan was never agreed");
}

#[test]
fn an_alert_goes_on_firing_while_its_rule_fails() {
    let home =
        with_rule("odd(value)", "fn odd(value) { if value == 900.0 { throw \"odd\" } value < 750.0 && value > 600.0 }");
    home.take_months(&["2025-10"]);
    assert_eq!(home.firing("broken"), ["Dementia (2025-10)"]); // 694
    let november = changed(&les("2025-10").replace("2025-10", "2025-11"), "1332,694", "1332,900");
    home.take("les-activity-2025-11.csv", november, 0);
    assert_eq!(home.firing("broken"), ["Dementia (2025-10)"], "a failure is no all-clear");
    let failed = home.unjudged().into_iter().find(|one| one["rule"] == "broken").expect("not judged");
    assert_eq!((&failed["kind"], &failed["firing_since"]), (&"failed".into(), &"2025-10".into()));
}

#[test]
fn the_daemon_goes_on_after_a_rule_failed() {
    let home = with_rule("slow(value)", "fn slow(value) { if value == 694.0 { loop { } } value == 579.0 }");
    let mut daemon = home.start();
    for (n, month) in MONTHS.iter().rev().enumerate() {
        home.take_in_daemon(&mut daemon, &support::les_name(month), &les(month), n + 1);
    }
    assert_eq!(home.firing(BELOW).len(), 4);
    assert_failure_told(&home, "stopped after too many operations");
    assert_eq!(daemon.stop().code, 0);
}

#[test]
fn a_message_that_goes_wrong_does_not_swallow_the_alert() {
    let home = Home::new();
    let message = "{value / (plan - plan)} of plan";
    home.edit(
        "rules/les.yaml",
        "{labels.contract}: {value} delivered, {value / plan:percent} of the {plan} planned",
        message,
    );
    home.take_months(&["2025-10"]);
    assert_eq!(home.firing(BELOW).len(), 4, "{:#?}", home.alerts());
}
