//! Rules that change while alerts are known: told what is otherwise now, nothing twice, and an end with its reason.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use support::{BELOW, DETERIORATION, Home, MONTHS};

#[test]
fn a_changed_threshold_tells_what_is_otherwise_now_and_nothing_again() {
    let home = Home::new();
    home.take_months(&MONTHS);
    // October: Dementia 694 of 1332 is 52.1%, Diabetes 579 of 975 is 59.4%, Post Bariatric Monitoring 72 of 254 is 28.3%,
    // Simple Injections 12521 of 27455 is 45.6%.
    let before = home.notices().len();
    home.edit("rules/les.yaml", "share: 0.6", "share: 0.55");
    home.once().ends_with(0);
    let told = home.only_notice_since(before);
    let withdrawn = told.section("withdrawn");
    assert!(withdrawn.contains(&format!("{BELOW}: Diabetes (2025-10)")), "{withdrawn:?}");
    let mail = home.mail(&told);
    let changed = format!(
        "{BELOW} fired when value < share * plan, with share 0.6; now it fires when value < share * plan, with share 0.55."
    );
    assert!(mail.contains(&changed), "{mail}");
    let lines = told.sections().into_iter().flat_map(|(_, lines)| lines).collect::<Vec<_>>().join("\n");
    assert!(!lines.contains("Simple Injections"), "below both, and said before: {lines}");
    assert!(!lines.contains(DETERIORATION), "the other rule has not changed: {lines}");
    assert_eq!(
        home.firing(BELOW),
        ["Dementia (2025-10)", "Post Bariatric Monitoring (2025-08)", "Simple Injections (2025-05)"]
    );
    home.once().ends_with(0);
    assert_eq!(home.notices().len(), before + 1, "the same rules again are no news");
    // A comment or a summary is no change.
    home.edit("rules/les.yaml", "summary: Delivered activity is below 60% of plan", "summary: Below plan");
    home.once().ends_with(0);
    assert_eq!(home.notices().len(), before + 1);
}

#[test]
fn a_renamed_rule_closes_its_alerts_with_that_reason() {
    let home = Home::new();
    home.take_months(&MONTHS);
    let resolved = home.alerts_in("resolved", DETERIORATION);
    assert!(resolved.contains(&"Dementia (2025-08)".to_owned()), "{resolved:?}");
    assert_eq!(home.firing(DETERIORATION), ["Diabetes (2025-10)"]);
    let before = home.notices().len();
    home.edit("rules/les.yaml", "  les-deterioration:", "  les-fall:");
    home.once().ends_with(0);

    let told = home.only_notice_since(before);
    assert_eq!(told.section("withdrawn"), [format!("{DETERIORATION}: Diabetes (2025-10)")]);
    assert_eq!(told.section("new"), ["les-fall: Diabetes (2025-10)"]);
    let mail = home.mail(&told);
    assert!(mail.contains("rule removed: Diabetes: 579 delivered against 742 (-22.0%)"), "{mail}");
    assert_eq!(home.alerts_in("withdrawn", DETERIORATION), ["Diabetes (2025-10)"]);
    assert_eq!(home.alerts_in("resolved", DETERIORATION), resolved, "what was over stays as it was said");
    let steps = home.steps(DETERIORATION, "Diabetes");
    assert_eq!(steps.last().map(String::as_str), Some("withdrawn rule_changed"), "{steps:?}");
    let explained = home.run(&["alerts", "--rule", DETERIORATION, "--state", "withdrawn"]).ends_with(0).out;
    assert!(explained.contains("rule removed"), "{explained}");

    home.once().ends_with(0);
    assert_eq!(home.notices().len(), before + 1, "said once");
}

#[test]
fn a_removed_dataset_closes_the_alerts_on_it() {
    let home = Home::new();
    home.take_months(&MONTHS);
    let firing = home.firing(BELOW);
    assert_eq!(firing.len(), 4);
    let before = home.notices().len();
    home.write("rules/les.yaml", "rules: {}\n");
    std::fs::remove_file(home.path("config/datasets/les-activity.yaml")).expect("removed");
    // Other shipped datasets hold their figures against it.
    for dataset in ["les-capitated", "les-cost-and-volume", "les-prices", "ipcpr-headline-claims"] {
        std::fs::remove_file(home.path(format!("config/datasets/{dataset}.yaml"))).expect("removed");
    }
    std::fs::remove_file(home.path("rules/les-money.yaml")).expect("removed");
    let routed =
        "    - match: { dataset: les-cost-and-volume }\n      to: [finance-contracting]\n      escalation: committee\n";
    home.edit("config/groups.yaml", routed, "");
    home.edit("config/groups.yaml", "    - match: { dataset: les-activity }", "    - match: { dataset: les-* }");
    home.run(&["check"]).ends_with(0);
    home.once().ends_with(0);
    assert_eq!(home.firing(BELOW), [""; 0]);
    let told = home.only_notice_since(before);
    assert_eq!(told.section("withdrawn").len(), 5, "four of one rule and one of the other: {told:?}");
    assert!(home.mail(&told).contains("dataset removed: Simple Injections"), "{}", home.mail(&told));
    home.once().ends_with(0);
    assert_eq!(home.notices().len(), before + 1, "said once");
}

#[test]
fn a_daemon_at_work_puts_a_removed_rule_in_force() {
    let home = Home::new();
    home.take_months(&MONTHS[5..]);
    let before = home.notices().len();
    let mut daemon = home.start();
    home.edit("rules/les.yaml", "  les-below-60-percent-of-plan:", "  les-below-plan:");
    home.run(&["reload"]).ends_with(0);
    daemon.wait("word of it", |_| (home.notices().len() > before).then_some(()));
    let told = home.only_notice_since(before);
    assert_eq!(told.section("withdrawn").len(), told.section("new").len(), "{told:?}");
    assert!(home.firing("les-below-plan").contains(&"Dementia (2025-10)".to_owned()));
}
