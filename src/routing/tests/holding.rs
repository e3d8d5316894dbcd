//! What waits, and what becomes of it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::*;
use crate::model::{
    Acknowledged, Alert, AlertId, AlertLine, AlertSeverity, AlertState, Calendar, Cause, Episode, Exceptions, Handling,
    Period, Reading, Silence, SilenceId, Unit, Value,
};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn october() -> Period {
    "2025-10".parse().expect("a month")
}

fn hold(wait_for: &[&str], at_most: Option<&str>) -> Hold {
    Hold {
        wait_for: wait_for.iter().map(|name| (*name).to_owned()).collect(),
        at_most: at_most.map(|text| text.parse().expect("a length")),
        ..Hold::default()
    }
}

#[test]
fn it_waits_for_the_others_and_at_most_so_long() {
    let (intervals, calendar) = (Intervals::default(), Calendar::england());
    // A Friday. Three working days later is Wednesday, at nine in London.
    let since = at("2025-11-14T15:00:00Z");
    let of = |hold: &Hold, arrived: &[&str], now: &str| {
        let has_arrived = |dataset: &str, _: Period| arrived.contains(&dataset);
        standing((hold, october(), since), &has_arrived, (&intervals, &calendar), at(now))
    };
    let waiting = hold(&["prices", "capitated"], Some("3 working days"));
    let until = at("2025-11-19T09:00:00Z");
    assert_eq!(
        of(&waiting, &["prices"], "2025-11-17T10:00:00Z"),
        Standing::Waits { until, why: "capitated for October 2025".to_owned() }
    );
    assert_eq!(of(&waiting, &["prices", "capitated"], "2025-11-14T15:00:01Z"), Standing::Now);
    assert_eq!(of(&waiting, &["prices"], "2025-11-19T09:00:00Z"), Standing::Now, "long enough");
    let company = hold(&[], Some("4h"));
    assert!(matches!(of(&company, &[], "2025-11-14T18:59:59Z"), Standing::Waits { .. }));
    assert_eq!(of(&company, &[], "2025-11-14T19:00:00Z"), Standing::Now);
    assert_eq!(of(&Hold::default(), &[], "2025-11-14T15:00:00Z"), Standing::Now);
}

#[test]
fn lengths_are_read_and_written() {
    for (text, written) in
        [("4h", "4h"), ("90m", "1h 30m"), ("2 days", "48h"), ("1 working day", "1 working day"), ("30s", "30s")]
    {
        assert_eq!(text.parse::<Length>().expect(text).to_string(), written);
    }
    for text in ["", "4", "-4h", "2 months", "x working days", "-1 working days"] {
        assert!(text.parse::<Length>().is_err(), "{text:?}");
    }
}

fn line(rule: &str, message: &str) -> AlertLine {
    AlertLine {
        id: AlertId(rule.to_owned()),
        rule: rule.to_owned(),
        rule_summary: String::new(),
        severity: AlertSeverity::Warning,
        labels: Labels::new(),
        message: message.to_owned(),
        since: october(),
        periods: 1,
        period: october(),
        value: Value::ABSENT,
        plan: Value::ABSENT,
        unit: Unit::Number,
        counted: None,
        was: None,
        said_since: None,
        previous: Value::ABSENT,
        trail: Vec::new(),
        chart: None,
        handling: Handling::default(),
    }
}

fn held(dataset: &str, fill: impl FnOnce(&mut Exceptions)) -> Held {
    let mut exceptions = Exceptions::empty(dataset.to_owned(), dataset.to_uppercase(), october(), Cause::New);
    fill(&mut exceptions);
    let speech = Speech { group: "team".to_owned(), labels: Labels::new(), hold: Hold::default(), exceptions };
    Held::of(speech, at("2025-11-14T15:00:00Z"))
}

#[test]
fn what_waited_together_is_one_message_that_says_how_things_stand() {
    let merged = merge(
        vec![
            held("a", |said| {
                said.new.extend([line("began-and-over", "10"), line("amended", "20"), line("alone", "30")]);
                said.resolved.push(line("back-again", "40"));
            }),
            held("b", |said| said.new.push(line("of-another", "50"))),
            held("a", |said| {
                said.withdrawn.push(line("began-and-over", "11"));
                said.amended.push(line("amended", "21"));
                said.new.push(line("back-again", "41"));
            }),
        ],
        &Mutes::default(),
        &BTreeMap::new(),
    )
    .expect("something to say");
    let told = |lines: &[AlertLine]| -> Vec<String> {
        lines.iter().map(|line| format!("{} {}", line.rule, line.message)).collect()
    };
    assert_eq!(told(&merged.new), ["alone 30", "amended 21", "of-another 50"]);
    assert_eq!(told(&merged.amended), ["back-again 41"]);
    assert!(merged.withdrawn.is_empty() && merged.resolved.is_empty());
    assert_eq!((merged.dataset.as_str(), merged.dataset_title.as_str()), ("a+b", "A and B"));

    let nothing = merge(
        vec![
            held("a", |said| said.new.push(line("began-and-over", "10"))),
            held("a", |said| said.resolved.push(line("began-and-over", "11"))),
        ],
        &Mutes::default(),
        &BTreeMap::new(),
    );
    assert_eq!(nothing, None);
}

fn silence(matcher: &str) -> Silence {
    let request = SilenceRequest {
        matchers: vec![matcher.to_owned()],
        starts: None,
        ends: at("2025-12-03T12:00:00Z"),
        author: "Jo Bell".to_owned(),
        comment: "moving house".to_owned(),
    };
    request.grant(SilenceId(uuid::Uuid::nil()), at("2025-11-14T15:00:00Z")).expect("a silence")
}

fn alert(rule: &str, state: AlertState) -> Alert {
    let reading = Reading {
        period: october(),
        value: Value::ABSENT,
        plan: Value::ABSENT,
        unit: Unit::Number,
        message: String::new(),
    };
    let episode =
        Episode { since: october(), fired: Some(october()), resolved: None, last: reading.clone(), before: None };
    Alert {
        id: AlertId(rule.to_owned()),
        rule: rule.to_owned(),
        dataset: "a".to_owned(),
        severity: AlertSeverity::Warning,
        state,
        labels: [("contract", "Dementia")].into_iter().collect(),
        since: october(),
        reading,
        cannot_tell: None,
        episodes: vec![episode],
        withdrawn: None,
    }
}

#[test]
fn what_was_silenced_while_it_waited_is_named_as_muted_and_never_alone() {
    let mutes = Mutes::at(at("2025-11-20T12:00:00Z"), vec![silence("rule=quiet")], &[], Vec::new());
    let both = held("a", |said| said.new.extend([line("quiet", "1"), line("loud", "2")]));
    let merged = merge(vec![both], &mutes, &BTreeMap::new()).expect("something to say");
    assert_eq!(merged.new.iter().map(|line| line.rule.as_str()).collect::<Vec<_>>(), ["loud"]);
    assert_eq!(
        merged.muted.iter().map(|muted| (muted.line.rule.as_str(), muted.by.as_str())).collect::<Vec<_>>(),
        [("quiet", "silenced by Jo Bell until 3 December 2025: moving house")]
    );
    assert_eq!(merge(vec![held("a", |said| said.new.push(line("quiet", "1")))], &mutes, &BTreeMap::new()), None);
    // Before it was asked for, and after its end.
    for now in ["2025-11-14T14:59:59Z", "2025-12-03T12:00:01Z"] {
        let over = Mutes::at(at(now), vec![silence("rule=quiet")], &[], Vec::new());
        assert!(over.reason(&Traits::of(&alert("quiet", AlertState::Firing))).is_none(), "{now}");
    }
}

#[test]
fn an_alert_is_muted_while_another_one_fires() {
    let rules = policy(
        "route: { to: [a] }\ninhibit_rules:\n  - { name: the whole first, source_matchers: [rule=whole], \
         target_matchers: [rule=part], equal: [contract] }\n",
    )
    .expect("a rule")
    .inhibitions;
    let now = at("2025-11-20T12:00:00Z");
    let part = alert("part", AlertState::Firing);
    let reason = |state| Mutes::at(now, Vec::new(), &rules, vec![alert("whole", state)]).reason(&Traits::of(&part));
    assert_eq!(reason(AlertState::Firing).as_deref(), Some("muted while whole fires for Dementia (the whole first)"));
    assert_eq!(reason(AlertState::Resolved), None);
}

#[test]
fn what_was_acknowledged_while_it_waited_is_named_beside_the_rest_once_it_was_said() {
    let acknowledged = Handling {
        acknowledged: Some(Acknowledged {
            by: "Jo Bell".to_owned(),
            at: at("2025-11-15T12:00:00Z"),
            period: october(),
            comment: String::new(),
        }),
        ..Handling::default()
    };
    let known = |ids: &[&str]| -> BTreeMap<AlertId, Handling> {
        ids.iter().map(|id| (AlertId((*id).to_owned()), acknowledged.clone())).collect()
    };
    let both = || {
        held("a", |said| {
            said.new.push(line("new", "1"));
            said.continuing.push(line("old", "2"));
            said.looked_after.push(AlertLine { handling: acknowledged.clone(), ..line("no more", "3") });
        })
    };
    let rules = |lines: &[AlertLine]| lines.iter().map(|line| line.rule.clone()).collect::<Vec<_>>();
    let merged = merge(vec![both()], &Mutes::default(), &known(&["new", "old"])).expect("something to say");
    assert_eq!(rules(&merged.new), ["new"], "nobody has heard of it");
    assert_eq!(merged.new[0].handling, acknowledged);
    assert_eq!(rules(&merged.looked_after), ["old"]);
    assert_eq!(rules(&merged.continuing), ["no more"], "its acknowledgement has ended");
    assert!(merged.continuing[0].handling.is_empty());

    let alone = held("a", |said| said.continuing.push(line("old", "2")));
    assert_eq!(merge(vec![alone], &Mutes::default(), &known(&["old"])), None, "never alone");
}
