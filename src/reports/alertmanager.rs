//! A notice in the words of Prometheus Alertmanager: what it sends to webhooks, and what it takes from Prometheus.
//!
//! An alert keeps its labels over its life, and with them its fingerprint, so that its end is known as the end of what
//! began: what changes from period to period stands in its annotations.

use std::{collections::BTreeMap, iter};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::{Value as Json, json};

use super::{alert::Change, committee, words};
use crate::model::{AlertLine, Content, Exceptions, Notice, Period};

/// How many alerts are posted at a time: receivers take so much and no more.
const AT_ONCE: usize = 200;
/// What Alertmanager writes for "no time".
const NO_TIME: &str = "0001-01-01T00:00:00Z";
/// How long something that only happened is shown as firing.
const EVENT: SignedDuration = SignedDuration::from_hours(24);

type Texts = BTreeMap<String, String>;

/// One alert: `ends` says when it was over.
struct Posted {
    labels: Texts,
    annotations: Texts,
    starts: Timestamp,
    ends: Option<Timestamp>,
}

/// The bodies that Alertmanager's webhook receivers parse, version 4: several for very many alerts, none of which is left
/// out.
#[must_use]
pub fn alertmanager_webhook(notice: &Notice) -> Vec<Json> {
    at_once(&alerts(notice)).map(|alerts| webhook(notice, alerts)).collect()
}

fn webhook(notice: &Notice, alerts: &[Posted]) -> Json {
    let status = |ends: Option<Timestamp>| if ends.is_some() { "resolved" } else { "firing" };
    let group: Texts = group_labels(notice);
    let key: Vec<String> = group.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    let all: Vec<Json> = alerts
        .iter()
        .map(|alert| {
            json!({
                "status": status(alert.ends),
                "labels": alert.labels,
                "annotations": alert.annotations,
                "startsAt": alert.starts.to_string(),
                "endsAt": alert.ends.map_or_else(|| NO_TIME.to_owned(), |ends| ends.to_string()),
                "generatorURL": "",
                "fingerprint": format!("{:016x}", fingerprint(&alert.labels)),
            })
        })
        .collect();
    json!({
        "version": "4",
        "groupKey": format!("{{}}:{{{}}}", key.join(", ")),
        "truncatedAlerts": 0,
        "status": status(if alerts.iter().any(|alert| alert.ends.is_none()) { None } else { Some(notice.created) }),
        "receiver": notice.group,
        "groupLabels": group,
        "commonLabels": common(alerts.iter().map(|alert| &alert.labels)),
        "commonAnnotations": common(alerts.iter().map(|alert| &alert.annotations)),
        "externalURL": "",
        "alerts": all,
    })
}

/// The alerts as `POST /api/v2/alerts` takes them, so many at a time. One that fires ends `keep` later, unless it is sent
/// again.
#[must_use]
pub fn alertmanager_alerts(notice: &Notice, keep: SignedDuration) -> Vec<Json> {
    let keep = if matches!(notice.content, Content::Exceptions(_)) { keep } else { EVENT };
    let all = alerts(notice).into_iter().map(|alert| {
        let ends = alert.ends.unwrap_or_else(|| notice.created.saturating_add(keep).unwrap_or(Timestamp::MAX));
        json!({
            "labels": alert.labels,
            "annotations": alert.annotations,
            "startsAt": alert.starts.to_string(),
            "endsAt": ends.to_string(),
        })
    });
    let all: Vec<Json> = all.collect();
    at_once(&all).map(|alerts| alerts.to_vec().into()).collect()
}

/// So many at a time; at least once, that a notice without alerts is posted too.
fn at_once<T>(all: &[T]) -> impl Iterator<Item = &[T]> {
    let (first, others) = all.split_at(all.len().min(AT_ONCE));
    iter::once(first).chain(others.chunks(AT_ONCE))
}

fn alerts(notice: &Notice) -> Vec<Posted> {
    match &notice.content {
        Content::Exceptions(content) => of_exceptions(notice, content),
        Content::Gate(report) => {
            let description = report.findings.iter().map(|finding| finding.message.clone()).collect::<Vec<_>>();
            vec![event(notice, Some(&report.file), &description)]
        }
        Content::Escalation(report) => {
            let description: Vec<String> = report.cases.iter().map(|case| case.line.message.clone()).collect();
            vec![event(notice, None, &description)]
        }
        Content::ThreeAs(report) => {
            let description: Vec<String> = report.matters.iter().map(|matter| matter.message.clone()).collect();
            vec![event(notice, None, &description)]
        }
        Content::Digest(digest) => vec![event(notice, None, &committee::sentences(&digest.report))],
        Content::Operator(report) | Content::Silence(report) => vec![event(notice, None, &report.paragraphs)],
    }
}

fn of_exceptions(notice: &Notice, content: &Exceptions) -> Vec<Posted> {
    let sections = [
        (Change::New, &content.new),
        (Change::Worsened, &content.worsened),
        (Change::Amended, &content.amended),
        (Change::Continuing, &content.continuing),
        (Change::Continuing, &content.looked_after),
        (Change::Withdrawn, &content.withdrawn),
        (Change::Resolved, &content.resolved),
    ];
    let lines = sections.into_iter().flat_map(|(change, lines)| lines.iter().map(move |line| (change, line)));
    lines.map(|(change, line)| posted(notice, content, change, line)).collect()
}

fn posted(notice: &Notice, content: &Exceptions, change: Change, line: &AlertLine) -> Posted {
    let own = [
        ("alertname", line.rule.as_str()),
        ("severity", line.severity.code()),
        ("dataset", content.dataset.as_str()),
        ("group", notice.group.as_str()),
    ];
    let annotations = [
        ("summary", line.rule_summary.clone()),
        ("description", line.message.clone()),
        ("change", change.code().to_owned()),
        ("period", line.period.to_string()),
        ("since", line.since.to_string()),
        ("value", words::figure(line.value, line.unit)),
        ("plan", words::figure(line.plan, line.unit)),
        ("handling", line.handling.words()),
        ("notice", notice.id.to_string()),
    ];
    let is_over = matches!(change, Change::Resolved | Change::Withdrawn);
    let annotations = annotations.into_iter().filter(|(_, text)| !text.is_empty());
    Posted {
        labels: labels(own, line.labels.iter()),
        annotations: annotations.map(|(name, text)| (name.to_owned(), text)).collect(),
        starts: end_of(line.since).map_or(notice.created, |end| end.min(notice.created)),
        ends: is_over.then_some(notice.created),
    }
}

/// Something that happened and has no end.
fn event(notice: &Notice, file: Option<&str>, description: &[String]) -> Posted {
    let name = format!("bellwether-{}", notice.kind().code());
    let own = [("alertname", name.as_str()), ("severity", "warning"), ("group", notice.group.as_str())];
    let annotations = [
        ("summary", super::subject(notice)),
        ("description", description.join("\n")),
        ("notice", notice.id.to_string()),
    ];
    Posted {
        labels: labels(own, file.map(|file| ("file", file))),
        annotations: annotations.into_iter().map(|(name, text)| (name.to_owned(), text)).collect(),
        starts: notice.created,
        ends: None,
    }
}

/// Our own labels, and those of the alert under names that Prometheus takes; one that has the name of ours becomes
/// `exported_…`, as Prometheus does it. Labels without a value are no labels.
fn labels<'a>(
    own: impl IntoIterator<Item = (&'a str, &'a str)>,
    more: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Texts {
    let mut labels: Texts = own.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    for (name, value) in more {
        let mut name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            name.insert(0, '_');
        }
        while labels.contains_key(&name) {
            name.insert_str(0, "exported_");
        }
        labels.insert(name, value.to_owned());
    }
    labels.retain(|_, value| !value.is_empty());
    labels
}

/// What the alerts of a notice are together for.
fn group_labels(notice: &Notice) -> Texts {
    let mut labels = Texts::from([("group".to_owned(), notice.group.clone())]);
    if let Content::Exceptions(content) = &notice.content {
        labels.insert("dataset".to_owned(), content.dataset.clone());
    }
    labels
}

/// The texts that all have under the same name.
fn common<'a>(mut all: impl Iterator<Item = &'a Texts>) -> Texts {
    let Some(mut common) = all.next().cloned() else { return Texts::new() };
    for texts in all {
        common.retain(|name, value| texts.get(name) == Some(value));
    }
    common
}

/// The first moment after a period, in Universal Time.
fn end_of(period: Period) -> Option<Timestamp> {
    let next = period.end().tomorrow().ok()?;
    next.to_zoned(TimeZone::UTC).ok().map(|start| start.timestamp())
}

/// The fingerprint of a set of labels as Prometheus has it: FNV-1a of 64 bits over names and values in order, each
/// followed by a byte that is in no text.
fn fingerprint(labels: &Texts) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let texts = labels.iter().flat_map(|(name, value)| [name, value]);
    let bytes = texts.flat_map(|text| text.bytes().chain([0xff]));
    bytes.fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::Labels,
        reports::fixtures::{held_back, notice, october},
    };

    fn texts<const N: usize>(pairs: [(&str, &str); N]) -> Texts {
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// From the tests of Prometheus' own library (`common/model/signature_test.go`).
    #[test]
    fn fingerprints_are_those_of_prometheus() {
        assert_eq!(fingerprint(&Texts::new()), 14_695_981_039_346_656_037);
        let known = texts([("name", "garland, briggs"), ("fear", "love is not enough")]);
        assert_eq!(fingerprint(&known), 5_799_056_148_416_392_346);
    }

    /// The fields of Alertmanager's `webhook_config`, in its documentation.
    #[test]
    fn a_receiver_of_alertmanager_understands_it() {
        let [body] = &*alertmanager_webhook(&notice(Content::Exceptions(october()))) else { panic!("one body") };
        let fields: Vec<&String> = body.as_object().expect("an object").keys().collect();
        assert_eq!(
            fields,
            [
                "version",
                "groupKey",
                "truncatedAlerts",
                "status",
                "receiver",
                "groupLabels",
                "commonLabels",
                "commonAnnotations",
                "externalURL",
                "alerts"
            ]
        );
        assert_eq!((&body["version"], &body["status"]), (&"4".into(), &"firing".into()));
        assert_eq!(body["receiver"], "primary-care-medical-services");
        let common = &body["commonLabels"];
        assert_eq!(
            (&common["alertname"], &common["severity"]),
            (&"les-below-60-percent-of-plan".into(), &"warning".into())
        );
        assert_eq!(common["contract"], Json::Null, "it is not common");
        let alerts = body["alerts"].as_array().expect("alerts");
        assert_eq!(alerts.len(), 5);
        let firing = &alerts[2];
        assert_eq!(firing["labels"]["contract"], "Post Bariatric Monitoring");
        // In breach since August 2025, which was over with its last day.
        assert_eq!((&firing["status"], &firing["startsAt"]), (&"firing".into(), &"2025-09-01T00:00:00Z".into()));
        assert_eq!(firing["endsAt"], "0001-01-01T00:00:00Z");
        assert_eq!(firing["annotations"]["period"], "2025-10");
        let resolved = &alerts[4];
        assert_eq!((&resolved["status"], &resolved["endsAt"]), (&"resolved".into(), &"2025-11-14T09:30:00Z".into()));
        assert!(alerts.iter().all(|alert| alert["fingerprint"].as_str().is_some_and(|text| text.len() == 16)));
    }

    #[test]
    fn an_alert_keeps_its_fingerprint_to_its_end() {
        let fingerprint_of = |content: Exceptions| {
            let body = alertmanager_webhook(&notice(Content::Exceptions(content))).remove(0);
            (body["status"].clone(), body["alerts"][0]["fingerprint"].clone())
        };
        let all = october();
        let mut later = all.resolved.clone();
        later[0].period = later[0].period.next();
        let empty = Exceptions { new: vec![], worsened: vec![], continuing: vec![], resolved: vec![], ..october() };
        let (fires, one) = fingerprint_of(Exceptions { continuing: all.resolved, ..empty.clone() });
        let (over, other) = fingerprint_of(Exceptions { resolved: later, ..empty });
        assert_eq!((fires, over), ("firing".into(), "resolved".into()));
        assert_eq!(one, other);
    }

    #[test]
    fn forwarded_alerts_end_when_they_are_over_or_not_told_of_again() {
        let keep = SignedDuration::from_hours(100 * 24);
        let alerts = alertmanager_alerts(&notice(Content::Exceptions(october())), keep).remove(0);
        let ends: Vec<&Json> = alerts.as_array().expect("alerts").iter().map(|alert| &alert["endsAt"]).collect();
        // A hundred days after 14 November 2025; and at once, for the one that is resolved.
        assert_eq!(ends[..4], [&Json::from("2026-02-22T09:30:00Z"); 4]);
        assert_eq!(ends[4], "2025-11-14T09:30:00Z");
        let event = alertmanager_alerts(&notice(Content::Gate(held_back())), keep).remove(0);
        assert_eq!(
            (&event[0]["labels"]["alertname"], &event[0]["endsAt"]),
            (&"bellwether-gate".into(), &"2025-11-15T09:30:00Z".into())
        );
    }

    #[test]
    fn very_many_are_posted_in_turns_and_none_is_left_out() {
        let line = october().new.remove(0);
        let many = |count| Exceptions { new: vec![line.clone(); count], ..Exceptions { new: vec![], ..october() } };
        // Three more are in the other sections.
        for (count, turns) in [(0, vec![3]), (197, vec![200]), (198, vec![200, 1]), (597, vec![200, 200, 200])] {
            let notice = notice(Content::Exceptions(many(count)));
            let lengths = |bodies: Vec<&Json>| -> Vec<usize> {
                bodies.into_iter().filter_map(|alerts| Some(alerts.as_array()?.len())).collect()
            };
            let webhooks = alertmanager_webhook(&notice);
            assert_eq!(lengths(webhooks.iter().map(|body| &body["alerts"]).collect()), turns);
            assert!(webhooks.iter().all(|body| body["groupKey"] == webhooks[0]["groupKey"]));
            let forwarded = alertmanager_alerts(&notice, SignedDuration::from_hours(1));
            assert_eq!(lengths(forwarded.iter().collect()), turns);
        }
        let nothing = Exceptions { new: vec![], worsened: vec![], continuing: vec![], resolved: vec![], ..october() };
        assert_eq!(alertmanager_webhook(&notice(Content::Exceptions(nothing))).len(), 1);
    }

    #[test]
    fn labels_have_names_that_prometheus_takes() {
        let own =
            Labels::from_iter([("sub-icb", "15N"), ("severity", "mine"), ("2nd", "x"), ("blank", ""), ("Größe", "y")]);
        let all = labels([("severity", "warning")], own.iter());
        assert_eq!(
            all,
            texts([
                ("severity", "warning"),
                ("sub_icb", "15N"),
                ("exported_severity", "mine"),
                ("_2nd", "x"),
                ("Gr__e", "y")
            ])
        );
    }
}
