//! A notice for machines. Names and values are as they were delivered: JSON escapes them, so nothing is cut or cleaned.

use serde_json::{Value as Json, json};

use super::{alert::Change, exceptions::changes};
use crate::model::{
    AlertLine, AlertState, ChangedRule, Content, EscalatedAlert, EscalationReport, Exceptions, Finding, FlappingLine,
    GateReport, MutedLine, Notice, OperatorReport, Severity, Unit, UnknownLine,
};

/// Of the form of `data`: config/schemas/webhook.json. Fields are added without another number; none changes its meaning.
const VERSION: u32 = 1;

/// The body of a webhook: `type`, `timestamp` (RFC 3339) and `data`.
pub(super) fn of(notice: &Notice) -> Json {
    let data = match &notice.content {
        Content::Exceptions(exceptions) => of_exceptions(exceptions),
        Content::Gate(report) => of_gate(report),
        Content::Operator(report) | Content::Silence(report) => of_operator(report),
        Content::Escalation(report) => of_escalation(report),
        Content::ThreeAs(report) => super::three_as::json(report),
        Content::Digest(digest) => super::digest::json(digest),
    };
    let mut body = json!({
        "type": format!("bellwether.{}", notice.kind().code()),
        "timestamp": notice.created.to_string(),
        "data": { "version": VERSION, "notice": notice.id, "group": { "id": notice.group, "name": notice.group_name } },
    });
    if let (Some(Json::Object(body)), Json::Object(data)) = (body.get_mut("data"), data) {
        body.extend(data);
        put_links(notice, body);
    }
    body
}

/// Where people can act on all of it, and on each alert that was said to fire.
fn put_links(notice: &Notice, body: &mut serde_json::Map<String, Json>) {
    let Some(link) = &notice.link else { return };
    body.insert("link".to_owned(), link.clone().into());
    let Content::Exceptions(exceptions) = &notice.content else { return };
    let named = exceptions.actionable();
    let alerts = ["alerts", "looked_after"].into_iter().filter_map(|list| body.remove_entry(list)).collect::<Vec<_>>();
    for (list, mut alerts) in alerts {
        for alert in alerts.as_array_mut().into_iter().flatten().filter_map(Json::as_object_mut) {
            let found = named.iter().find(|(_, line)| alert.get("id") == Some(&json!(line.id)));
            alert.extend(found.and_then(|(_, line)| Some(("link".to_owned(), notice.link_of(&line.id)?.into()))));
        }
        body.insert(list, alerts);
    }
}

fn of_exceptions(exceptions: &Exceptions) -> Json {
    let sections = changes(exceptions);
    let counts: serde_json::Map<String, Json> =
        sections.iter().map(|(change, lines)| (change.code().to_owned(), lines.len().into())).collect();
    let alerts: Vec<Json> =
        sections.iter().flat_map(|(change, lines)| lines.iter().map(|line| alert(line, *change))).collect();
    json!({
        "dataset": { "id": exceptions.dataset, "title": exceptions.dataset_title },
        "period": exceptions.period,
        "delivery": exceptions.delivery,
        "file": exceptions.file,
        "table": exceptions.table,
        "revision": exceptions.revision,
        "verdict": exceptions.verdict,
        "cause": exceptions.cause,
        "first_load": exceptions.first_load,
        "overrides": exceptions.overrides,
        "changed_rules": exceptions.changed_rules.iter().map(changed_rule).collect::<Vec<_>>(),
        "series_judged": exceptions.series_judged,
        "firing": exceptions.firing(),
        "counts": counts,
        "alerts": alerts,
        "muted": exceptions.muted.iter().map(muted).collect::<Vec<_>>(),
        "flapping": exceptions.flapping.iter().map(flapping).collect::<Vec<_>>(),
        "looked_after": exceptions.looked_after.iter().map(|line| alert(line, Change::Continuing)).collect::<Vec<_>>(),
        "cannot_tell": exceptions.cannot_tell.iter().map(unknown).collect::<Vec<_>>(),
        "failed": exceptions.failed.iter().map(unknown).collect::<Vec<_>>(),
        "findings": exceptions.findings,
        "not_assured": exceptions.not_assured,
    })
}

fn changed_rule(changed: &ChangedRule) -> Json {
    json!({ "rule": changed.rule, "was": changed.was, "now": changed.now })
}

fn of_escalation(report: &EscalationReport) -> Json {
    let case = |case: &EscalatedAlert| {
        let mut json = alert(&case.line, Change::Continuing);
        let more = json!({
            "dataset_title": case.dataset_title,
            "told_group": case.group_name,
            "told": case.told,
            "unattended": case.unattended,
            "why": case.why,
            "earlier": case.earlier,
            "next": case.next,
        });
        if let (Json::Object(fields), Json::Object(more)) = (&mut json, more) {
            fields.extend(more);
        }
        json
    };
    let alerts: Vec<Json> = report.cases.iter().map(case).collect();
    json!({ "role": report.role, "copy_of": report.copy_of, "alerts": alerts })
}

fn flapping(flapping: &FlappingLine) -> Json {
    let mut json = alert(&flapping.line, Change::Continuing);
    if let Json::Object(fields) = &mut json {
        // Whether it fires now is in the words.
        fields.remove("state");
        fields.remove("change");
        fields.insert("words".to_owned(), flapping.words.clone().into());
    }
    json
}

fn muted(muted: &MutedLine) -> Json {
    let mut json = alert(&muted.line, Change::Continuing);
    if let Json::Object(fields) = &mut json {
        fields.insert("by".to_owned(), muted.by.clone().into());
    }
    json
}

fn alert(line: &AlertLine, change: Change) -> Json {
    let state = match change {
        Change::New | Change::Worsened | Change::Continuing | Change::Amended => AlertState::Firing,
        Change::Resolved => AlertState::Resolved,
        Change::Withdrawn => AlertState::Withdrawn,
    };
    let mut alert = json!({
        "id": line.id,
        "rule": line.rule,
        "severity": line.severity,
        "state": state,
        "change": change.code(),
        "labels": line.labels,
        "since": line.since,
        "periods": line.periods,
        "period": line.period,
        "value": line.value,
        "plan": line.plan,
        "previous": line.previous,
        "unit": unit(line),
        "message": line.message,
        "rule_summary": line.rule_summary,
    });
    if let (Some(alert), Some(chart)) = (alert.as_object_mut(), &line.chart) {
        alert.insert("chart".to_owned(), json!(chart));
    }
    if let Some(alert) = alert.as_object_mut().filter(|_| !line.handling.is_empty()) {
        alert.insert("handling".to_owned(), json!(line.handling));
    }
    alert
}

/// The unit of the figures as they are in JSON: `number` gives way to what is counted.
fn unit(line: &AlertLine) -> &str {
    match (&line.counted, line.unit) {
        (Some(counted), Unit::Number) => counted,
        (_, unit) => unit.code(),
    }
}

fn unknown(line: &UnknownLine) -> Json {
    json!({
        "rule": line.rule,
        "labels": line.labels,
        "period": line.period,
        "reason": line.reason,
        "firing_since": line.firing_since,
    })
}

/// The report of findings: the same in a webhook and beside the file.
pub(super) fn of_gate(report: &GateReport) -> Json {
    let of =
        |severity: Severity| report.findings.iter().filter(|finding: &&Finding| finding.severity == severity).count();
    json!({
        "delivery": report.delivery,
        "dataset_title": report.dataset_title,
        "file": report.file,
        "table": report.table,
        "periods": report.periods,
        "verdict": report.verdict,
        "placed": report.placed,
        "withheld": report.withheld,
        "failing_rows": report.failing_rows,
        "counts": { "errors": of(Severity::Error), "warnings": of(Severity::Warning), "notes": of(Severity::Note) },
        "findings": report.findings,
        "checks": report.examination.checks_made(&report.findings),
        "tables": report.examination.tables,
    })
}

fn of_operator(report: &OperatorReport) -> Json {
    json!({ "title": report.title, "paragraphs": report.paragraphs })
}
