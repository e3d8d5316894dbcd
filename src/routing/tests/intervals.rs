//! After `timeinterval/timeinterval_test.go`: which moments an interval contains, and what is no interval. Ours alone are
//! working days, and the moment at which something may be said again.

use jiff::{Timestamp, fmt::strtime};

use super::*;
use crate::model::Calendar;

fn stretches(stretches: &str) -> Result<Intervals, Vec<String>> {
    let indented = format!("      {}\n", stretches.replace('\n', "\n      "));
    let text = format!("route: {{ to: [a] }}\ntime_intervals:\n  - name: it\n    time_intervals:\n{indented}");
    policy(&text).map(|policy| policy.intervals)
}

/// `02 Jan 06 15:04 +0000`.
fn moment(text: &str) -> Timestamp {
    strtime::parse("%d %b %y %H:%M %z", text).and_then(|time| time.to_timestamp()).expect(text)
}

#[track_caller]
fn holds(stretches: &str, contained: &[&str], outside: &[&str]) {
    let (intervals, calendar) = (self::stretches(stretches).expect(stretches), Calendar::england());
    for (texts, expected) in [(contained, true), (outside, false)] {
        for text in texts {
            assert_eq!(intervals.contains("it", moment(text), &calendar), expected, "{text} in\n{stretches}");
        }
    }
}

const OFFICE: &str = "- weekdays: ['monday:friday']\n  times: [{ start_time: '09:00', end_time: '17:00' }]";

#[test]
fn moments_lie_in_an_interval_as_in_alertmanager() {
    holds("- {}", &["02 Jan 06 15:04 +0000", "03 Jan 07 10:04 +0000", "04 Jan 06 09:04 +0000"], &[]);
    holds(
        OFFICE,
        &[
            "04 May 20 15:04 +0000",
            "05 May 20 10:04 +0000",
            "09 Jun 20 09:04 +0000",
            "08 Jul 20 09:00 +0000",
            "08 Jul 20 16:59 +0000",
            "01 Apr 21 13:00 +0000",
        ],
        &["03 May 20 15:04 +0000", "04 May 20 08:59 +0000", "05 May 20 05:00 +0000", "08 Jul 20 05:00 +0000"],
    );
    holds(
        "- days_of_month: ['4:6']\n  months: ['4']\n  years: ['2020']",
        &["04 Apr 20 15:04 +0000", "05 Apr 20 00:00 +0000", "06 Apr 20 23:05 +0000"],
        &[
            "03 May 18 15:04 +0000",
            "03 Apr 20 23:59 +0000",
            "04 Jun 20 23:59 +0000",
            "06 Apr 19 23:59 +0000",
            "07 Apr 20 00:00 +0000",
        ],
    );
    holds(
        "- days_of_month: ['-3:-1']",
        &[
            "31 Jan 20 15:04 +0000",
            "30 Jan 20 15:04 +0000",
            "29 Jan 20 15:04 +0000",
            "30 Jun 20 00:00 +0000",
            "29 Feb 20 23:05 +0000",
        ],
        &[
            "03 May 18 15:04 +0000",
            "27 Jan 20 15:04 +0000",
            "03 Apr 20 23:59 +0000",
            "04 Jun 20 23:59 +0000",
            "06 Apr 19 23:59 +0000",
            "07 Apr 20 00:00 +0000",
            "01 Mar 20 00:00 +0000",
        ],
    );
    // Alertmanager's own case is -31:31, which a file cannot say; 1:31 reaches out of June as well.
    holds(
        "- months: [june]\n  days_of_month: ['1:31']",
        &["30 Jun 20 00:00 +0000", "01 Jun 20 00:00 +0000"],
        &["31 May 20 00:00 +0000", "01 Jul 20 00:00 +0000"],
    );
    holds("- months: [february]\n  days_of_month: ['30:31']\n  years: ['2020:2023']", &[], &["28 Feb 21 13:00 +0000"]);
    holds(
        "- weekdays: ['monday:friday', 'sunday']\n  months: ['january:march']\n  days_of_month: ['-7:-1']\n  \
         years: ['2020:2025', '2030:2035']\n  times: [{ start_time: '09:00', end_time: '17:00' }]",
        &[
            "27 Jan 21 09:00 +0000",
            "28 Jan 21 16:59 +0000",
            "29 Jan 21 13:00 +0000",
            "31 Mar 25 13:00 +0000",
            "31 Jan 35 13:00 +0000",
        ],
        &["30 Jan 21 13:00 +0000", "01 Apr 21 13:00 +0000", "30 Jan 26 13:00 +0000", "31 Jan 35 17:01 +0000"],
    );
    holds(
        "- weekdays: ['monday:wednesday', 'saturday', 'sunday']\n  times: [{ start_time: '13:00', end_time: '15:00' }]\n  \
         days_of_month: ['1', '10', '20:-1']\n  years: ['2020:2023']\n  months: ['january:march']",
        &["10 Jan 21 13:00 +0000", "30 Jan 21 14:24 +0000"],
        &["09 Jan 21 13:00 +0000", "20 Jan 21 12:59 +0000", "02 Feb 21 13:00 +0000"],
    );
}

#[test]
fn the_clocks_are_those_of_the_place() {
    let sydney = format!("{OFFICE}\n  location: Australia/Sydney");
    holds(&sydney, &["06 Apr 21 13:00 +1000"], &["06 Apr 21 13:00 +0000"]);
    holds(
        &format!("{sydney}\n  months: [november]"),
        &["01 Nov 21 09:00 +1100", "31 Oct 21 22:00 +0000"],
        &["31 Oct 21 21:00 +0000"],
    );
    // The last day of a month in which the clocks go forward.
    let last = "- days_of_month: ['-1']\n  location: America/New_York";
    holds(last, &["31 Mar 21 12:00 -0400"], &["30 Mar 21 12:00 -0400"]);
}

#[test]
fn several_intervals_are_named_that_contain_a_moment() {
    let text = "
route: { to: [a] }
time_intervals:
  - name: evenings
    time_intervals:
      - location: Australia/Sydney
        times: [{ start_time: '00:00', end_time: '09:00' }, { start_time: '17:00', end_time: '24:00' }]
  - name: weekends
    time_intervals:
      - location: Australia/Sydney
        weekdays: [saturday, sunday]
";
    let intervals = policy(text).expect("intervals").intervals;
    let names = ["evenings".to_owned(), "weekends".to_owned()];
    for (at, expected) in [
        ("01 Jan 24 00:00 +1100", vec!["evenings"]),
        ("01 Jan 24 09:00 +1100", vec![]),
        ("06 Jan 24 10:00 +1100", vec!["weekends"]),
        ("06 Jan 24 17:00 +1100", vec!["evenings", "weekends"]),
        ("01 Jan 24 10:00 +0000", vec!["evenings"]),
        ("06 Jan 24 10:00 +0000", vec!["evenings", "weekends"]),
    ] {
        assert_eq!(intervals.containing(&names, moment(at), &Calendar::england()), expected, "{at}");
    }
}

#[test]
fn what_is_no_interval_is_refused() {
    let times = |start: &str, end: &str| format!("- times: [{{ start_time: '{start}', end_time: '{end}' }}]");
    for written in [times("00:00", "24:00"), times("01:35", "17:39"), times("09:35", "09:39")] {
        assert!(stretches(&written).is_ok(), "{written}");
    }
    for (written, expected) in [
        (times("17:31", "17:31"), "it ends before it begins"),
        (times("12:30", "24:01"), "`24:01` is not a time of day"),
        (times("09:30", "07:41"), "it ends before it begins"),
        (times("24:00", "17:41"), "it ends before it begins"),
        ("- times: [{ start_time: '14:03' }]".to_owned(), "both `start_time` and `end_time` are needed"),
        (times("01:99", "23:59"), "`01:99` is not a time of day"),
        (times("00:00", "99:99"), "`99:99` is not a time of day"),
        ("- weekdays: ['friday:monday']".to_owned(), "`friday:monday` ends before it begins"),
        ("- weekdays: ['blurgsday:flurgsday']".to_owned(), "blurgsday is not a weekday"),
        ("- weekdays: ['1:3']".to_owned(), "1 is not a weekday"),
        ("- weekdays: ['-2:-1']".to_owned(), "-2 is not a weekday"),
        ("- days_of_month: ['0']".to_owned(), "0 is not a day of a month"),
        ("- days_of_month: ['-50:-20']".to_owned(), "-50 is not a day of a month"),
        ("- days_of_month: ['1:50']".to_owned(), "50 is not a day of a month"),
        ("- days_of_month: ['-15:5']".to_owned(), "a range that begins from the end of the month (-15) ends there too"),
        ("- days_of_month: ['10:-25']".to_owned(), "day -25 is always before day 10"),
        ("- months: ['martius:june']".to_owned(), "martius is not a month"),
        ("- months: ['march:junius']".to_owned(), "junius is not a month"),
        ("- months: ['december:january']".to_owned(), "`december:january` ends before it begins"),
        ("- years: ['2022:2020']".to_owned(), "`2022:2020` ends before it begins"),
        ("- location: Atlantis/Poseidonis".to_owned(), "there is no time zone `Atlantis/Poseidonis`"),
    ] {
        let found = stretches(&written).expect_err(&written);
        assert!(found.len() == 1 && found[0].contains(expected), "{written}: {found:?}");
    }
    for written in ["- days_of_month: ['1:-1']", "- months: ['January:december']", "- years: [2020]"] {
        assert!(stretches(written).is_ok(), "{written}");
    }
    let twice = "route: { to: [a] }\ntime_intervals:\n  - { name: n }\n  - { name: n }\n  - { name: '' }\n";
    assert_eq!(
        policy(twice).expect_err("twice"),
        ["groups.yaml:4:13: there is another time interval `n`", "groups.yaml:5:13: a time interval has a name"]
    );
}

#[test]
fn working_days_are_those_of_the_group() {
    // Good Friday and Easter Monday of 2026; the Wednesday before is a day on which this group is closed.
    let working = "- working_days: true\n  location: Europe/London";
    holds(
        working,
        &["31 Mar 26 12:00 +0000", "02 Apr 26 12:00 +0000", "07 Apr 26 12:00 +0000"],
        &["03 Apr 26 12:00 +0000", "04 Apr 26 12:00 +0000", "06 Apr 26 12:00 +0000"],
    );
    let mut closed = Calendar::england();
    closed.close(jiff::civil::date(2026, 4, 1), "Trust day");
    let intervals = stretches(working).expect("working days");
    assert!(!intervals.contains("it", moment("01 Apr 26 12:00 +0000"), &closed));
}

#[test]
fn what_may_not_be_said_now_may_be_said_at_the_first_moment_after() {
    let office = format!("{OFFICE}\n  working_days: true\n  location: Europe/London");
    let intervals = stretches(&office).expect("office hours");
    let opens =
        |hold: &Hold, at: &str| intervals.opens(hold, moment(at), &Calendar::england()).map(|found| found.to_string());
    let active = Hold { active: vec!["it".to_owned()], ..Hold::default() };
    for (at, expected) in [
        ("01 Apr 26 12:00 +0000", "2026-04-01T12:00:00Z"),
        // Thursday evening before Easter, in summer time: Tuesday at nine is eight o'clock UTC.
        ("02 Apr 26 16:00 +0000", "2026-04-07T08:00:00Z"),
        ("24 Dec 25 17:00 +0000", "2025-12-29T09:00:00Z"),
    ] {
        assert_eq!(opens(&active, at).as_deref(), Some(expected), "{at}");
    }
    let mute = Hold { mute: vec!["it".to_owned()], ..Hold::default() };
    assert_eq!(opens(&mute, "01 Apr 26 12:00 +0000").as_deref(), Some("2026-04-01T16:00:00Z"), "five in London");
    let gone = Hold { active: vec!["no longer there".to_owned()], ..Hold::default() };
    assert_eq!(opens(&gone, "05 Apr 26 12:00 +0000").as_deref(), Some("2026-04-05T12:00:00Z"));
    let always = stretches("- {}").expect("always");
    assert_eq!(always.opens(&mute, moment("01 Apr 26 12:00 +0000"), &Calendar::england()), None);
}
