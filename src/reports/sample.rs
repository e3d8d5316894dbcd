//! Notices to look at where there are none yet, and to try templates on.

use jiff::{SignedDuration, Timestamp, civil::date};
use uuid::Uuid;

use super::RenderError;
use crate::model::{
    AlertLine, CommitteeReport, Content, ControlChart, Digest, DueState, EscalatedAlert, EscalationReport, Exceptions,
    Handling, JudgedRule, Matter, NotAssured, Notice, NoticeId, NoticeKind, OperatorReport, PaperFormat, Standing,
    StepTo, TabledAlert, ThreeA, ThreeAs,
};

/// Alerts on the Local Enhanced Services of October 2025, as published.
const EXCEPTIONS: &str = include_str!("sample.json");
/// The same file with a row that says a figure twice, held back.
const GATE: &str = include_str!("sample-gate.json");
/// When the samples were told: 14 November 2025, at 9:30.
const TOLD: i64 = 1_763_112_600;

/// A sample of a kind of notice, as if a group had been told it.
///
/// # Errors
/// It does not fit this program: a fault of the program.
pub fn sample(kind: NoticeKind, group: &str, name: &str) -> Result<Notice, RenderError> {
    let content = match kind {
        NoticeKind::Exceptions => Content::Exceptions(exceptions()?),
        NoticeKind::Gate => read(GATE)?,
        NoticeKind::Operator => Content::Operator(report("A sample of what the operator is told")),
        NoticeKind::Silence => Content::Silence(report("A sample of what is told of a silence")),
        NoticeKind::Escalation => Content::Escalation(escalated(exceptions()?, None)),
        NoticeKind::ThreeAs => Content::ThreeAs(summed_up(&exceptions()?)),
        NoticeKind::Digest => {
            let attach = vec![PaperFormat::Pdf, PaperFormat::Docx];
            Content::Digest(Digest {
                due: date(2025, 11, 19),
                attach,
                not_made: Vec::new(),
                report: tabled(exceptions()?),
            })
        }
    };
    Ok(notice(group, name, content))
}

/// A sample of every kind of notice that templates are made for, and of an escalation's copy.
pub(super) fn samples() -> Result<Vec<Notice>, RenderError> {
    let mut samples = Vec::new();
    for kind in NoticeKind::ALL {
        samples.push(sample(*kind, "group", "A group")?);
    }
    let copy = escalated(exceptions()?, Some("A committee".to_owned()));
    samples.push(notice("group", "A group", Content::Escalation(copy)));
    Ok(samples)
}

fn exceptions() -> Result<Exceptions, RenderError> {
    match read(EXCEPTIONS)? {
        Content::Exceptions(exceptions) => Ok(exceptions),
        _ => Err(RenderError::Json("the sample holds no exceptions".to_owned())),
    }
}

fn report(title: &str) -> OperatorReport {
    OperatorReport { title: title.to_owned(), paragraphs: vec!["A paragraph of it.".to_owned()] }
}

/// The alerts that fire, a fortnight after nobody acknowledged them.
fn escalated(exceptions: Exceptions, copy_of: Option<String>) -> EscalationReport {
    let on = |days: i64| told().saturating_add(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MAX);
    let Exceptions { dataset_title, new, worsened, .. } = exceptions;
    let case = |line: AlertLine| EscalatedAlert {
        line,
        dataset_title: dataset_title.clone(),
        group_name: "A group".to_owned(),
        told: on(-14),
        unattended: on(-14),
        why: "not acknowledged for 10 working days".to_owned(),
        earlier: vec![StepTo { to: "A group (chair)".to_owned(), at: on(-7) }],
        next: Some(StepTo { to: "A committee".to_owned(), at: on(7) }),
    };
    EscalationReport { role: None, copy_of, cases: new.into_iter().chain(worsened).map(case).collect() }
}

fn summed_up(exceptions: &Exceptions) -> ThreeAs {
    let matter = |line: &AlertLine, three_a: ThreeA, standing: Standing| Matter {
        alert: line.id.clone(),
        rule: line.rule.clone(),
        three_a,
        standing,
        severity: line.severity,
        group_name: "A group".to_owned(),
        message: line.message.clone(),
        since: line.since,
        handling: Handling::default().words(),
    };
    let of = |lines: &[AlertLine], three_a: ThreeA, standing: Standing| {
        lines.iter().map(|line| matter(line, three_a, standing)).collect::<Vec<_>>()
    };
    let matters = [
        of(&exceptions.new, ThreeA::Alert, Standing::New),
        of(&exceptions.worsened, ThreeA::Alert, Standing::Worsened),
        of(&exceptions.continuing, ThreeA::Advise, Standing::Continuing),
        of(&exceptions.resolved, ThreeA::Assure, Standing::Resolved),
    ];
    let firing = exceptions.firing();
    ThreeAs {
        period: exceptions.period,
        series: exceptions.series_judged,
        clear: (exceptions.series_judged.saturating_sub(firing), exceptions.series_judged),
        below: vec!["A group".to_owned()],
        matters: matters.concat(),
        missing: vec![NotAssured {
            dataset: "hha-bands".to_owned(),
            dataset_title: "Holistic Health Assessments".to_owned(),
            measures: vec!["practices".to_owned()],
            period: exceptions.period,
            due: date(2025, 11, 14),
            state: DueState::Late,
            reason: "not arrived".to_owned(),
        }],
        unjudged: 1,
    }
}

/// The same alerts as a committee tables them.
fn tabled(exceptions: Exceptions) -> CommitteeReport {
    let missing = summed_up(&exceptions).missing;
    let Exceptions { dataset, dataset_title, period, series_judged, new, worsened, continuing, resolved, .. } =
        exceptions;
    let tabled = |(standing, line): (Standing, AlertLine)| TabledAlert {
        dataset_title: dataset_title.clone(),
        standing,
        three_a: ThreeA::of(standing, line.severity, false),
        group_name: "A group".to_owned(),
        muted: None,
        cannot_tell: None,
        figures: ControlChart {
            points: Vec::new(),
            rebases: Vec::new(),
            suggested_rebase: None,
            variation: None,
            assurance: None,
        },
        line,
    };
    let sections = [
        (Standing::New, new),
        (Standing::Worsened, worsened),
        (Standing::Continuing, continuing),
        (Standing::Resolved, resolved),
    ];
    let lines = sections.into_iter().flat_map(|(standing, lines)| lines.into_iter().map(move |line| (standing, line)));
    let alerts: Vec<TabledAlert> = lines.map(tabled).collect();
    let firing = alerts.iter().filter(|alert| alert.is_firing()).count();
    let judged = JudgedRule {
        rule: "les-below-60-percent-of-plan".to_owned(),
        rule_summary: "Delivered activity is below 60% of plan".to_owned(),
        dataset,
        dataset_title: dataset_title.clone(),
        measure: "activity".to_owned(),
        period,
        is_current: true,
        series: series_judged,
        clear: series_judged.saturating_sub(firing),
        firing,
        pending: 0,
        cannot_tell: 0,
    };
    CommitteeReport {
        group: "group".to_owned(),
        group_name: "A committee".to_owned(),
        below: vec!["A group".to_owned()],
        period,
        date: date(2025, 11, 14),
        disclosure: None,
        series: series_judged,
        judged: vec![judged],
        alerts,
        corrected: Vec::new(),
        missing,
        absent: Vec::new(),
        cannot_tell: Vec::new(),
        failed: Vec::new(),
        sources: Vec::new(),
    }
}

fn read(json: &str) -> Result<Content, RenderError> {
    serde_json::from_str(json).map_err(|error| RenderError::Json(error.to_string()))
}

fn told() -> Timestamp {
    Timestamp::from_second(TOLD).unwrap_or_default()
}

fn notice(group: &str, name: &str, content: Content) -> Notice {
    Notice {
        id: NoticeId(Uuid::nil()),
        created: told(),
        group: group.to_owned(),
        group_name: name.to_owned(),
        content,
        link: None,
    }
}
