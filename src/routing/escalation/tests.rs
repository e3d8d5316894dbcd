//! Every day here is worked by hand with the wall calendar of 2025 and 2026.

use jiff::{Timestamp, ToSpan, civil::date};
use proptest::prelude::*;

use super::*;
use crate::{
    model::{
        Act, ActId, ActKind, AlertId, AlertSeverity, Calendar, NoticeId, Period, Recipient, StepId, StepTaken,
        calendar::day_in_london,
    },
    routing::{Policy, tests::policy},
};

const ROUTE: &str = "route: { to: [team], escalation: standard }\n";

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn month(text: &str) -> Period {
    text.parse().expect("a month")
}

fn standard(steps: &str) -> Escalation {
    let policy: Policy = policy(&format!("{ROUTE}escalation_policies:\n  - name: standard\n    {steps}\n"))
        .unwrap_or_else(|problems| panic!("{problems:?}"));
    policy.escalations.into_iter().next().expect("a policy")
}

/// An alert that a group was told of, and what was done since.
struct Case {
    policy: Escalation,
    calendar: Calendar,
    /// That of whom it goes to.
    theirs: Calendar,
    severity: AlertSeverity,
    clock: Clock,
    newest: Period,
    worsened: Option<Period>,
    unmuted: Option<Timestamp>,
    taken: Vec<StepTaken>,
}

impl Case {
    fn told(steps: &str, moment: &str) -> Self {
        let clock = Clock { round: 0, at: at(moment), period: month("2025-10") };
        Self {
            policy: standard(steps),
            calendar: Calendar::england(),
            theirs: Calendar::england(),
            severity: AlertSeverity::Warning,
            clock,
            newest: clock.period,
            worsened: None,
            unmuted: None,
            taken: Vec::new(),
        }
    }

    fn outlook(&self, now: Timestamp) -> Outlook {
        let known = Escalating {
            severity: self.severity,
            newest: self.newest,
            clock: self.clock,
            worsened: self.worsened,
            unmuted: self.unmuted,
            taken: &self.taken,
        };
        decide(&self.policy, &known, &self.calendar, &|_, moment| self.theirs.at_work(moment), now)
    }

    /// Looks at a moment, takes what is due, and says so: `step 1`, or when the next is.
    fn look(&mut self, moment: &str) -> String {
        let now = at(moment);
        if let Some(due) = self.outlook(now).due {
            self.take(due, now);
            return format!("step {}.{}", due.step, due.repetition);
        }
        let next = self.outlook(now).next;
        next.map_or("nothing".to_owned(), |(due, at)| format!("step {}.{} on {at}", due.step, due.repetition))
    }

    fn take(&mut self, due: Due, now: Timestamp) {
        self.taken.push(StepTaken {
            id: StepId(uuid::Uuid::nil()),
            alert: AlertId("a".to_owned()),
            since: month("2025-10"),
            period: self.newest,
            group: "team".to_owned(),
            policy: "standard".to_owned(),
            round: self.clock.round,
            step: due.step,
            repetition: due.repetition,
            to: Recipient { group: "team".to_owned(), role: None },
            at: now,
            why: String::new(),
            notice: NoticeId(uuid::Uuid::nil()),
        });
    }
}

const TWO: &str =
    "steps: [{ after: 5 working days, to: { role: chair } }, { after: 10 working days, to: { group: parent } }]";

#[test]
fn working_days_by_the_wall_calendar() {
    // Told on Thursday 11 December 2025: 12, 15–18 December are five, and 19, 22–24 and 29 five more: Christmas is between.
    let mut case = Case::told(TWO, "2025-12-11T14:00:00Z");
    assert_eq!(case.look("2025-12-11T14:00:00Z"), "step 1.0 on 2025-12-18T09:00:00Z");
    assert_eq!(case.look("2025-12-18T08:59:59Z"), "step 1.0 on 2025-12-18T09:00:00Z");
    assert_eq!(case.look("2025-12-18T09:00:00Z"), "step 1.0");
    assert_eq!(case.look("2025-12-18T09:00:00Z"), "step 2.0 on 2025-12-29T09:00:00Z");
    assert_eq!(case.look("2025-12-29T09:00:00Z"), "step 2.0");
    assert_eq!(case.look("2026-12-29T09:00:00Z"), "nothing");

    // Told on Wednesday 1 April 2026: 2 April, then Good Friday and Easter Monday are left out: 7, 8, 9, 10. Summer time.
    let mut case = Case::told(TWO, "2026-04-01T08:00:00Z");
    assert_eq!(case.look("2026-04-01T08:00:00Z"), "step 1.0 on 2026-04-10T08:00:00Z");
    // The group is closed on the Tuesday after Easter as well, and those whom it goes to on the Monday after that.
    case.calendar.close(date(2026, 4, 7), "Away day");
    case.theirs.close(date(2026, 4, 13), "Away day");
    assert_eq!(case.look("2026-04-01T08:00:00Z"), "step 1.0 on 2026-04-14T08:00:00Z");
}

#[test]
fn what_is_due_outside_working_hours_waits_for_the_next_morning() {
    let at_once =
        "steps: [{ after: at once, severity: critical, to: { role: chair } }, { after: 2 days, to: { role: sro } }]";
    // A Friday evening.
    let mut case = Case { severity: AlertSeverity::Critical, ..Case::told(at_once, "2025-11-14T17:00:00Z") };
    assert_eq!(case.look("2025-11-14T17:00:00Z"), "step 1.0 on 2025-11-17T09:00:00Z");
    assert_eq!(case.look("2025-11-17T09:10:00Z"), "step 1.0");
    assert_eq!(case.look("2025-11-17T09:10:00Z"), "step 2.0 on 2025-11-19T09:10:00Z");
    let mut warning = Case::told(at_once, "2025-11-14T16:59:00Z");
    assert_eq!(warning.look("2025-11-14T16:59:00Z"), "step 2.0 on 2025-11-17T09:00:00Z", "a Sunday's is for Monday");
}

#[test]
fn a_clock_that_jumps_takes_one_step_and_counts_the_next_from_it() {
    let mut case = Case::told(TWO, "2025-11-03T10:00:00Z");
    // A month later: Monday 1 December.
    assert_eq!(case.look("2025-12-01T10:00:00Z"), "step 1.0");
    assert_eq!(case.look("2025-12-01T10:00:00Z"), "step 2.0 on 2025-12-08T09:00:00Z");
    // It is set back: nothing is repeated.
    assert_eq!(case.look("2025-11-03T11:00:00Z"), "step 2.0 on 2025-12-08T09:00:00Z");
    assert_eq!(case.look("2025-12-08T09:00:00Z"), "step 2.0");
}

#[test]
fn the_last_step_is_repeated_so_often() {
    let steps = format!("{TWO}\n    repeat: {{ every: 5 working days, at_most: 2 }}");
    let mut case = Case::told(&steps, "2025-11-03T10:00:00Z");
    for (moment, said) in [
        ("2025-11-10T09:00:00Z", "step 1.0"),
        ("2025-11-17T09:00:00Z", "step 2.0"),
        ("2025-11-17T09:00:00Z", "step 2.1 on 2025-11-24T09:00:00Z"),
        // Late, by a Sunday: the people are told on Monday, and the next counts from then.
        ("2025-11-30T10:00:00Z", "step 2.1 on 2025-12-01T09:00:00Z"),
        ("2025-12-01T12:00:00Z", "step 2.1"),
        ("2025-12-08T09:00:00Z", "step 2.2"),
        ("2026-12-08T09:00:00Z", "nothing"),
    ] {
        assert_eq!(case.look(moment), said, "{moment}");
    }
}

#[test]
fn periods_count_from_the_first_that_the_group_was_told_of() {
    let steps = "steps: [{ after: 2 periods, to: { role: chair } }, { after: 3 periods, to: { group: parent } }]";
    let mut case = Case::told(steps, "2025-11-20T10:00:00Z");
    assert_eq!(case.look("2025-11-20T10:00:00Z"), "nothing");
    // Two months come at once: one step, and the next needs another period.
    case.newest = month("2025-12");
    assert_eq!(case.look("2026-01-20T10:00:00Z"), "step 1.0");
    assert_eq!(case.look("2026-01-21T10:00:00Z"), "nothing");
    case.newest = month("2026-01");
    assert_eq!(case.look("2026-02-20T10:00:00Z"), "step 2.0");
}

#[test]
fn worsening_stands_apart_from_the_steps_in_time() {
    let steps = "steps: [{ after: 5 working days, to: { role: chair } }, { after: worsening, to: { group: parent } }]";
    let mut case = Case::told(steps, "2025-11-20T10:00:00Z");
    case.worsened = Some(month("2025-11"));
    case.newest = month("2025-11");
    assert_eq!(case.look("2025-12-18T10:00:00Z"), "step 1.0", "in the order of the policy");
    assert_eq!(case.look("2025-12-18T10:00:00Z"), "step 2.0 on 2025-12-19T09:00:00Z", "a working day apart");
    assert_eq!(case.look("2025-12-19T09:00:00Z"), "step 2.0");
    assert_eq!(case.look("2026-01-20T10:00:00Z"), "nothing", "once for each period at which it worsened");
    (case.worsened, case.newest) = (Some(month("2025-12")), month("2025-12"));
    assert_eq!(case.look("2026-01-20T10:00:00Z"), "step 2.1");
}

#[test]
fn a_silence_stops_the_clock_and_the_distance_counts_from_its_end() {
    let mut case = Case::told(TWO, "2025-11-03T10:00:00Z");
    // Silenced from the 5th to Monday 1 December.
    case.unmuted = Some(at("2025-12-01T12:00:00Z"));
    assert_eq!(case.look("2025-12-01T12:00:01Z"), "step 1.0 on 2025-12-08T09:00:00Z");
    assert_eq!(case.look("2025-12-08T09:00:00Z"), "step 1.0");
    assert_eq!(case.look("2025-12-08T09:00:00Z"), "step 2.0 on 2025-12-15T09:00:00Z");
}

#[test]
fn an_acknowledgement_ends_it_and_one_that_lapsed_begins_it_anew() {
    let act = |kind, moment: &str| Act {
        id: ActId(uuid::Uuid::nil()),
        alert: AlertId("a".to_owned()),
        since: month("2025-10"),
        period: month("2025-11"),
        kind,
        by: "Jo Bell".to_owned(),
        at: at(moment),
        comment: String::new(),
        assignee: None,
        review: None,
        through: None,
    };
    let told = (at("2025-11-03T10:00:00Z"), month("2025-10"));
    let acknowledged = act(ActKind::Acknowledged, "2025-11-05T10:00:00Z");
    let lapsed = act(ActKind::Lapsed, "2025-12-18T10:00:00Z");
    assert_eq!(clock(told, [&act(ActKind::Commented, "2025-11-05T10:00:00Z")]).map(|clock| clock.round), Some(0));
    assert_eq!(clock(told, [&acknowledged]), None);
    let again = clock(told, [&acknowledged, &lapsed]).expect("it runs");
    assert_eq!(again, Clock { round: 1, at: at("2025-12-18T10:00:00Z"), period: month("2025-11") });

    let mut case = Case::told(TWO, "2025-11-03T10:00:00Z");
    assert_eq!(case.look("2025-11-10T09:00:00Z"), "step 1.0");
    case.clock = again;
    // 19, 22, 23, 24 and 29 December.
    assert_eq!(case.look("2025-12-18T10:00:00Z"), "step 1.0 on 2025-12-29T09:00:00Z");
}

#[test]
fn another_policy_begins_where_the_one_before_it_left_off() {
    let mut case = Case::told(TWO, "2025-11-03T10:00:00Z");
    assert_eq!(case.look("2025-11-10T09:00:00Z"), "step 1.0");
    for taken in &mut case.taken {
        taken.policy = "older".to_owned();
    }
    assert_eq!(case.look("2025-11-10T10:00:00Z"), "step 1.0 on 2025-11-17T09:00:00Z");
}

#[test]
fn the_days_of_a_policy_are_told_beforehand() {
    let case = Case::told(TWO, "2025-12-11T14:00:00Z");
    let opens = |_: &Step, moment| case.theirs.at_work(moment);
    let moments = moments(&case.policy, AlertSeverity::Warning, &case.calendar, &opens, at("2025-12-11T14:00:00Z"));
    assert_eq!(moments[&1].to_string(), "2025-12-18T09:00:00Z");
    assert_eq!(moments[&2].to_string(), "2025-12-29T09:00:00Z");
}

#[test]
fn mistakes_have_their_places() {
    let problems = |text: &str| policy(&format!("route: {{ to: [team] }}\n{text}")).err().unwrap_or_default();
    let steps = |steps: &str| problems(&format!("escalation_policies:\n  - name: standard\n    steps:\n{steps}"));
    assert_eq!(
        steps("      - { after: 5 workdays, to: { role: char } }\n      - { after: 3 periods, to: {} }\n"),
        [
            "groups.yaml:5:18: `5 workdays` does not say when (write `5 working days`, `48h`, `3 periods`, `worsening` or \
             `at once`)",
            "groups.yaml:5:42: there is no role `char` (did you mean `chair`?)",
            "groups.yaml:6:33: this does not say whom the step goes to (write { role: chair }, { group: parent } or \
             { group: quality-outcomes, role: secretary })",
        ]
    );
    let order = steps(
        "      - { after: 10 working days, to: { role: chair } }\n      - { after: 5 working days, to: { role: sro } }\n      \
         - { after: 48h, to: { role: sro } }\n      - { after: 3 periods, to: { role: sro } }\n      - { after: 3 periods, \
         to: { role: sro } }\n",
    );
    assert_eq!(
        order,
        [
            "groups.yaml:6:18: `5 working days` is out of order: a step before it is later (let each step be later than the \
             one before it)",
            "groups.yaml:7:18: `48h` is out of order: the steps before it are counted otherwise: in working days, or by the \
             clock (let each step be later than the one before it)",
            "groups.yaml:9:18: `3 periods` is out of order: a step before it is as late, or later (let each step be later \
             than the one before it)",
        ]
    );
    let named = problems("escalation_policies:\n  - name: none\n    steps: []\n");
    assert_eq!(named.len(), 2, "{named:?}");
    let repeat = problems(
        "escalation_policies:\n  - name: a\n    steps: [{ after: worsening, to: { role: chair } }]\n    repeat: { every: \
         month, at_most: 0 }\n",
    );
    assert_eq!(repeat.len(), 3, "{repeat:?}");
    let unknown = policy(
        "route: { to: [team], escalation: standrd }\nescalation_policies:\n  - name: standard\n    steps: [{ after: 48h, to: { role: chair } }]\n",
    );
    assert_eq!(
        unknown.err().unwrap_or_default(),
        ["groups.yaml:1:34: there is no escalation policy `standrd` (did you mean `standard`?)"]
    );
}

#[test]
fn a_branch_has_the_policy_of_its_parent_unless_it_says_none() {
    let tree = "route:\n  to: [team]\n  escalation: a\n  routes:\n    - { match: { area: North }, to: [north] }\n    \
                - { match: { area: South }, to: [south], escalation: none }\nescalation_policies:\n  - { name: a, steps: [{ \
                after: 48h, to: { role: chair } }] }\n";
    let policy = policy(tree).expect("valid");
    let of: Vec<Option<&str>> = policy.route.walk().map(|branch| branch.manner.escalation.as_deref()).collect();
    assert_eq!(of, [Some("a"), Some("a"), None]);
}

/// What happens between two looks: time passes, a clock is set, figures come, an alert worsens.
#[derive(Debug, Clone, Copy)]
enum Event {
    Hours(i64),
    Period,
    Worsens,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (1i64..200).prop_map(Event::Hours),
        1 => (-2000i64..2000).prop_map(Event::Hours),
        1 => Just(Event::Period),
        1 => Just(Event::Worsens),
    ]
}

proptest! {
    /// Whatever the clock does, and however often it is looked: no step twice, never two at one look, none within a working
    /// day of another, those in time in their order and at their distance, and in the end every one is taken.
    #[test]
    fn no_step_is_doubled_or_forgotten(events in prop::collection::vec(event(), 1..60)) {
        let steps = "steps: [{ after: at once, severity: critical, to: { role: chair } }, { after: 5 working days, to: \
                     { role: chair } }, { after: 10 working days, to: { group: parent } }, { after: worsening, to: \
                     { role: sro } }, { after: 3 periods, to: { group: parent } }]\n    repeat: { every: 2 periods, \
                     at_most: 2 }";
        let start = at("2025-11-03T10:00:00Z");
        let mut case = Case { severity: AlertSeverity::Critical, ..Case::told(steps, "2025-11-03T10:00:00Z") };
        let mut now = start;
        let look = |case: &mut Case, now: Timestamp| {
            let before = case.taken.len();
            if let Some(due) = case.outlook(now).due {
                case.take(due, now);
            }
            // Again at the same moment, as a restart does.
            prop_assert_eq!(case.outlook(now).due, None);
            prop_assert!(case.taken.len() <= before + 1);
            Ok(())
        };
        for event in events {
            match event {
                Event::Hours(hours) => now += jiff::SignedDuration::from_hours(hours),
                Event::Period => case.newest = case.newest.next(),
                Event::Worsens => {
                    case.newest = case.newest.next();
                    case.worsened = Some(case.newest);
                }
            }
            look(&mut case, now)?;
        }
        // Time goes on from the latest moment that any clock has shown, and nothing else happens.
        now = now.max(start).max(case.taken.iter().map(|taken| taken.at).max().unwrap_or(start));
        case.newest = case.newest.minus(-6);
        while let Some((_, at)) = case.outlook(now).next.or(case.outlook(now).due.map(|due| (due, now))) {
            now = at;
            look(&mut case, now)?;
            if now > at_end() {
                break;
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        for pair in case.taken.windows(2) {
            let (before, after) = (&pair[0], &pair[1]);
            prop_assert!(day_in_london(before.at) < day_in_london(after.at), "{before:?} {after:?}");
        }
        for taken in &case.taken {
            prop_assert!(seen.insert((taken.step, taken.repetition)), "twice: {taken:?}");
            prop_assert!(case.calendar.is_working_day(day_in_london(taken.at)));
        }
        let when = |step| case.taken.iter().find(|taken| taken.step == step).map(|taken| taken.at);
        let (one, two, three) = (when(1), when(2), when(3));
        prop_assert!(one.is_some() && two.is_some() && three.is_some() && when(5).is_some(), "{:?}", case.taken);
        for (earlier, later) in [(one, two), (two, three)] {
            let (earlier, later) = (earlier.expect("taken"), later.expect("taken"));
            let due = case.calendar.add_working_days(day_in_london(earlier), 5);
            prop_assert!(day_in_london(later) >= due, "{earlier} {later}");
        }
        prop_assert_eq!(when(4).is_some(), case.worsened.is_some());
    }
}

fn at_end() -> Timestamp {
    let end = at("2025-11-03T10:00:00Z").to_zoned(jiff::tz::TimeZone::UTC);
    end.checked_add(20.years()).expect("a time").timestamp()
}
