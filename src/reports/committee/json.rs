//! The report for programs; the fields are named in the module's documentation.

use serde_json::{Value, json};

use super::{
    assured::{GapOf, gaps},
    owner, summary,
};
use crate::{
    model::{AlertSeverity, CommitteeReport, Correction, Standing, TabledAlert, ThreeA, TransitionKind},
    reports::RenderError,
};

/// Of this form: config/schemas/report.json. Fields are added without another number; none changes its meaning.
const VERSION: u32 = 1;

pub(super) fn write(report: &CommitteeReport) -> Result<Vec<u8>, RenderError> {
    let written = serde_json::to_string_pretty(&value(report)).map_err(|error| RenderError::Json(error.to_string()))?;
    Ok((written + "\n").into_bytes())
}

/// All of it.
pub(in crate::reports) fn value(report: &CommitteeReport) -> Value {
    let gaps = gaps(report);
    let standing = |standing| report.standing(standing).count();
    let three_a = |three_a| report.alerts.iter().filter(|alert| alert.three_a == three_a).count();
    let corrected = |kind| report.corrected.iter().filter(|one| one.kind == kind).count();
    json!({
        "type": "bellwether.committee",
        "version": VERSION,
        "group": { "id": report.group, "name": report.group_name, "below": report.below },
        "period": report.period,
        "date": report.date,
        "disclosure": report.disclosure,
        "summary": summary::sentences(report),
        "series_judged": report.series,
        "counts": {
            "firing": report.firing().count(),
            "critical": report.firing().filter(|alert| alert.line.severity == AlertSeverity::Critical).count(),
            "new": standing(Standing::New),
            "worsened": standing(Standing::Worsened),
            "continuing": standing(Standing::Continuing),
            "pending": standing(Standing::Pending),
            "resolved": standing(Standing::Resolved),
            "withdrawn": corrected(TransitionKind::Withdrawn),
            "amended": corrected(TransitionKind::Amended),
            "alert": three_a(ThreeA::Alert),
            "advise": three_a(ThreeA::Advise),
            "assure": three_a(ThreeA::Assure),
            "not_assured": gaps.len(),
        },
        "alerts": report.alerts.iter().map(alert).collect::<Vec<_>>(),
        "corrected": report.corrected.iter().map(correction).collect::<Vec<_>>(),
        "judged": report.judged,
        "not_assured": gaps.iter().map(|gap| {
            let mut value = match gap.of {
                GapOf::Due(line) => json!({
                    "dataset": line.dataset, "dataset_title": line.dataset_title, "measures": line.measures,
                    "period": line.period,
                }),
                GapOf::Absent(one) => json!({
                    "dataset": one.dataset, "dataset_title": one.dataset_title, "measures": one.measures,
                    "period": report.period,
                }),
                GapOf::Series(line) => json!({ "rule": line.rule, "labels": line.labels, "period": line.period }),
                GapOf::Released(source) => json!({
                    "dataset": source.dataset, "dataset_title": source.dataset_title, "period": source.periods.last(),
                }),
            };
            value["what"] = json!(gap.what);
            value["reason"] = json!(gap.reason());
            value
        }).collect::<Vec<_>>(),
        "sources": report.sources,
    })
}

fn alert(alert: &TabledAlert) -> Value {
    let (line, handling) = (&alert.line, &alert.line.handling);
    json!({
        "id": line.id,
        "rule": line.rule,
        "rule_summary": line.rule_summary,
        "dataset_title": alert.dataset_title,
        "severity": line.severity,
        "standing": alert.standing,
        "three_a": alert.three_a,
        "labels": line.labels,
        "message": line.message,
        "since": line.since,
        "periods": line.periods,
        "period": line.period,
        "value": line.value,
        "plan": line.plan,
        "previous": line.previous,
        "unit": line.unit,
        "owner": owner(alert),
        "acknowledged": handling.acknowledged,
        "lapsed": handling.lapsed,
        "action": handling.comment.as_ref().map(|(by, comment)| json!({ "by": by, "comment": comment })),
        "review": handling.review,
        "muted": alert.muted,
        "cannot_tell": alert.cannot_tell,
        "points": alert.figures.points,
    })
}

fn correction(one: &Correction) -> Value {
    json!({
        "alert": one.alert,
        "rule": one.rule,
        "labels": one.labels,
        "dataset_title": one.dataset_title,
        "kind": one.kind,
        "cause": one.cause,
        "since": one.since,
        "period": one.reading.period,
        "said": one.reading.value,
        "now": one.now,
        "message": one.reading.message,
        "found": one.found,
    })
}
