//! Months that change after the event: restated ones, and ones that arrive late.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use support::{BELOW, DETERIORATION, Home, MONTHS, Told, changed, les};

const OCTOBER: &str = "les-activity-2025-10.csv";
const GROUP: &str = "primary-care-medical-services";

/// A home that has all seven months as published.
fn settled() -> Home {
    let home = Home::new();
    home.take_months(&MONTHS);
    home
}

/// Takes a file and answers what the one group was told of it.
fn restate(home: &Home, name: &str, content: &str) -> Told {
    let before = home.notices().len();
    home.take(name, content, 0);
    let told = home.only_notice_since(before);
    assert_eq!((told.kind.as_str(), told.group.as_str()), ("exceptions", GROUP));
    told
}

#[test]
fn an_alert_that_restated_figures_deny_is_withdrawn_and_the_group_is_told() {
    let home = settled();
    // 900 / 1,332 = 67.6%: October was never below 60%.
    let told = restate(&home, OCTOBER, &changed(&les("2025-10"), "1332,694", "1332,900"));
    assert_eq!(told.sections(), [("withdrawn", vec![format!("{BELOW}: Dementia (2025-10)")])]);
    assert!(told.subject.starts_with("October 2025 restated: 1 alert withdrawn"), "{}", told.subject);
    let mail = home.mail(&told);
    for words in ["Figures were restated: what we said before is no longer true.", "694 delivered", "revision 2"] {
        assert!(mail.contains(words), "{words:?} in\n{mail}");
    }
    assert_eq!(home.alerts_in("withdrawn", BELOW), ["Dementia (2025-10)"]);
    assert!(!home.firing(BELOW).contains(&"Dementia (2025-10)".to_owned()));
    assert_eq!(home.steps(BELOW, "Dementia").last().map(String::as_str), Some("withdrawn restated"));
    assert_eq!(home.last()["revision"], 2);
}

#[test]
fn a_restatement_that_only_shortens_an_alert_resolves_it() {
    let home = settled();
    // 200 / 254 = 78.7% in October; August and September stay below.
    let told = restate(&home, OCTOBER, &changed(&les("2025-10"), "254,72", "254,200"));
    assert_eq!(told.sections(), [("resolved", vec![format!("{BELOW}: Post Bariatric Monitoring (2025-08)")])]);
    assert!(told.subject.starts_with("October 2025 restated: 1 alert resolved"), "{}", told.subject);
    let resolved = home.alerts_in("resolved", BELOW);
    assert!(resolved.contains(&"Post Bariatric Monitoring (2025-08)".to_owned()), "{resolved:?}");
    assert_eq!(home.alerts_in("withdrawn", BELOW), [] as [&str; 0]);
}

#[test]
fn a_restated_month_in_the_middle_moves_what_rests_on_it() {
    let home = settled();
    // 200 / 254 = 78.7% in September: below 60% since October only, and October fell by 64%.
    let told = restate(&home, "les-activity-2025-09.csv", &changed(&les("2025-09"), "254,84", "254,200"));
    assert_eq!(
        told.sections(),
        [
            ("new", vec![format!("{DETERIORATION}: Post Bariatric Monitoring (2025-10)")]),
            ("amended", vec![format!("{BELOW}: Post Bariatric Monitoring (2025-10)")]),
        ]
    );
    assert!(told.subject.starts_with("September 2025 restated: 1 new, 1 amended"), "{}", told.subject);
    let mail = home.mail(&told);
    assert!(mail.contains("In breach since October 2025; we had said since August 2025."), "{mail}");
    assert!(home.firing(BELOW).contains(&"Post Bariatric Monitoring (2025-10)".to_owned()));
}

#[test]
fn equal_figures_in_other_bytes_are_a_revision_and_no_news() {
    let home = settled();
    let (alerts, notices) = (home.alerts(), home.notices().len());
    let steps = home.steps(BELOW, "Dementia");
    home.take(OCTOBER, les("2025-10").replace("\r\n", "\n"), 0);
    assert_eq!((&home.last()["verdict"], &home.last()["revision"]), (&"published".into(), &2.into()));
    assert_eq!(home.alerts(), alerts);
    assert_eq!(home.steps(BELOW, "Dementia"), steps);
    assert_eq!(home.notices().len(), notices);
}

#[test]
fn the_published_file_is_the_current_one_and_earlier_revisions_lie_aside() {
    let home = Home::new();
    home.take_months(&["2025-10"]);
    let second = changed(&les("2025-10"), "1332,694", "1332,900");
    home.take("les-activity-2025-10-v2.csv", &second, 0);
    let third = changed(&les("2025-10"), "1332,694", "1332,901");
    home.take("les-activity-2025-10-v2.csv", &third, 0);

    let publication = |folder: &str, file: &str| {
        let report = |ending: &str| format!("{folder}/{file}{ending}");
        let own = |name: &str| format!("{folder}/{name}");
        [
            report(""),
            report(".report.html"),
            report(".report.json"),
            report(".report.txt"),
            own("manifest.json"),
            own("tidy.csv"),
            own("tidy.parquet"),
        ]
    };
    let mut expected = [
        publication("2025-10", "les-activity-2025-10-v2.csv"),
        publication("superseded/2025-10/revision-1", "les-activity-2025-10.csv"),
        publication("superseded/2025-10/revision-2", "les-activity-2025-10-v2.csv"),
    ]
    .concat();
    expected.sort();
    assert_eq!(home.files("published/les-activity"), expected);
    let read = |file: &str| home.read(&format!("published/les-activity/{file}"));
    assert_eq!(read("2025-10/les-activity-2025-10-v2.csv"), third);
    assert_eq!(read("superseded/2025-10/revision-1/les-activity-2025-10.csv"), les("2025-10"));
    assert_eq!(read("superseded/2025-10/revision-2/les-activity-2025-10-v2.csv"), second);
}

#[test]
fn a_contract_that_a_restatement_leaves_out_cannot_be_judged_and_goes_on_firing() {
    let home = settled();
    let without = les("2025-10").lines().filter(|line| !line.contains("Dementia")).collect::<Vec<_>>().join("\n");
    home.take(OCTOBER, without, 0);
    let unjudged = home.unjudged();
    let dementia = unjudged.iter().find(|one| one["labels"]["contract"] == "Dementia" && one["rule"] == BELOW);
    let reason = dementia.expect("Dementia is not judged")["reason"].as_str().expect("a reason").to_owned();
    assert!(reason.contains("October 2025"), "{reason}");
    // Its one month in breach is gone with the figure: what was said no longer stands on anything.
    assert_eq!(home.alerts_in("withdrawn", BELOW), ["Dementia (2025-10)"]);
}

#[test]
fn a_late_month_moves_the_beginning_back_and_speaks_only_of_what_was_said() {
    let home = Home::new();
    for month in ["2025-07", "2025-08", "2025-09", "2025-10"] {
        home.drop_month(month);
    }
    home.once().ends_with(0);
    assert!(home.firing(BELOW).contains(&"Simple Injections (2025-07)".to_owned()));
    // In May LTC LES, Phlebotomy and others were below 60% as well: over by July, and never said.
    let told = restate(&home, "les-activity-2025-05.csv", &les("2025-05"));
    assert_eq!(told.sections(), [("amended", vec![format!("{BELOW}: Simple Injections (2025-05)")])]);
    assert!(told.subject.contains("late figures: 1 alert amended"), "{}", told.subject);
    assert!(home.firing(BELOW).contains(&"Simple Injections (2025-05)".to_owned()));
}

#[test]
fn a_late_month_with_nothing_that_was_said_is_silent() {
    let home = Home::new();
    for month in &MONTHS[1..] {
        home.drop_month(month);
    }
    home.once().ends_with(0);
    let notices = home.notices().len();
    // April: LTC LES at 7.3%, over by June; and with it May's falls of the vasectomy contracts come to light.
    home.take_months(&["2025-04"]);
    assert_eq!(home.notices().len(), notices);
    let resolved = home.alerts_in("resolved", BELOW);
    assert!(resolved.contains(&"LTC LES (2025-04)".to_owned()), "{resolved:?}");
}
