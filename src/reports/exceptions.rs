//! The alerts of one delivery as a page shows them: what changed first, what was used last.

use serde::Serialize;

use super::{
    alert::{AlertView, Change, ChartView, LABEL, MESSAGE},
    chart::Chart,
    clean,
    findings::FindingView,
    flapping::{self, FlappingView},
    looked_after::{self, LookedAfterView},
    muted::{self, MutedView},
    not_assured::{self, NotAssuredView},
    subject,
    unknown::{self, Group, StillFiring},
    words,
};
use crate::model::{
    Action, AlertId, AlertLine, Cause, Exceptions, Notice, Overridden, Override, Severity, Verdict,
    calendar::{day_in_london, in_words},
};

/// How many entries of a section are shown; the rest are counted.
const SHOWN: usize = 50;
/// How many alerts have a chart; those after them have a line of blocks, because relays and mail programs refuse or cut
/// what is long.
pub(super) const CHARTS: usize = 12;

/// What a page is made for.
pub(super) trait Form {
    /// Shows a chart; none where that is not possible.
    fn show(&mut self, chart: &Chart) -> Option<ChartView>;

    /// The most alerts of a page, beside the most of a section, and where they are all listed.
    fn most(&self) -> (usize, &'static str) {
        (usize::MAX, "“bellwether alerts” lists every alert")
    }

    /// What else the message carries, in a sentence.
    fn enclosed(&self) -> Option<String> {
        None
    }
}

/// For browsers, which show drawings in the page itself.
pub(super) struct Browser;

impl Form for Browser {
    fn show(&mut self, chart: &Chart) -> Option<ChartView> {
        Some(ChartView { alternative: chart.words.join(" "), svg: Some(chart.svg.clone()), content_id: None })
    }
}

/// All that the templates need.
#[derive(Debug, Serialize)]
pub(super) struct ExceptionsView {
    pub(super) subject: String,
    pub(super) headline: String,
    /// What a mail carries with it.
    enclosed: Option<String>,
    /// Where the group can act on it.
    link: Option<String>,
    /// Why what was said before is otherwise now, a sentence each.
    because: Vec<String>,
    group: String,
    dataset: String,
    period: String,
    sections: Vec<Section>,
    flapping: Listed<FlappingView>,
    muted: Listed<MutedView>,
    looked_after: Listed<LookedAfterView>,
    unjudged: Unjudged,
    failed: Listed<Group>,
    not_assured: Listed<NotAssuredView>,
    /// None where the report speaks of what did not arrive.
    sources: Option<Sources>,
    small_print: Vec<String>,
}

/// Alerts of one kind.
#[derive(Debug, Serialize)]
struct Section {
    /// The code of the change: it chooses the colour.
    kind: &'static str,
    title: &'static str,
    note: Option<&'static str>,
    count: String,
    alerts: Vec<AlertView>,
    folded: Option<String>,
}

/// A list of which the first [`SHOWN`] are shown.
#[derive(Debug, Serialize)]
struct Listed<T> {
    count: String,
    shown: Vec<T>,
    folded: Option<String>,
}

#[derive(Debug, Serialize)]
struct Unjudged {
    firing: Listed<StillFiring>,
    groups: Listed<Group>,
}

#[derive(Debug, Serialize)]
struct Sources {
    file: String,
    revision: String,
    verdict: &'static str,
    warnings: Vec<FindingView>,
    /// What people decided over the gate, a sentence each.
    overrides: Vec<String>,
}

impl ExceptionsView {
    /// The most urgent alerts have a chart.
    pub(super) fn of(notice: &Notice, exceptions: &Exceptions, form: &mut dyn Form) -> Self {
        let whole = exceptions.dataset_title.as_str();
        let quiet = exceptions.cannot_tell.iter().filter(|line| line.firing_since.is_none());
        Self {
            subject: subject::of_exceptions(exceptions),
            headline: headline(exceptions),
            enclosed: form.enclosed(),
            link: notice.link.clone(),
            because: because(exceptions, notice.created),
            group: clean::line(&notice.group_name, LABEL),
            dataset: clean::line(whole, LABEL),
            period: exceptions.period.label(),
            sections: sections(notice, exceptions, form),
            muted: Listed::of(muted::views(&exceptions.muted, whole)),
            flapping: Listed::of(flapping::views(&exceptions.flapping, whole)),
            looked_after: Listed::of(looked_after::views(&exceptions.looked_after, whole)),
            unjudged: Unjudged {
                firing: Listed::of(unknown::still_firing(&exceptions.cannot_tell, whole)),
                groups: Listed::of(unknown::groups(quiet, whole)),
            },
            failed: Listed::of(unknown::groups(exceptions.failed.iter(), whole)),
            not_assured: Listed::of(not_assured::views(&exceptions.not_assured)),
            sources: exceptions.delivery.map(|_| Sources::of(exceptions)),
            small_print: exceptions
                .delivery
                .map(|delivery| format!("Delivery {delivery}"))
                .into_iter()
                .chain([format!("Notice {}", notice.id)])
                .collect(),
        }
    }
}

impl<T> Listed<T> {
    fn of(mut entries: Vec<T>) -> Self {
        let all = entries.len();
        entries.truncate(SHOWN);
        Self {
            count: words::number(all as f64),
            shown: entries,
            folded: fold(all.saturating_sub(SHOWN), 0, "“bellwether alerts” lists every alert"),
        }
    }
}

/// What is said of the entries that are not shown.
fn fold(hidden: usize, critical: usize, list: &str) -> Option<String> {
    if hidden == 0 {
        return None;
    }
    let critical =
        if critical == 0 { String::new() } else { format!(", {} of them critical", words::number(critical as f64)) };
    let hidden = words::number(hidden as f64);
    Some(format!("and {hidden} more{critical}, not listed here: {list}"))
}

/// The alerts of a notice by what happened to them, the most urgent first.
pub(super) fn changes(exceptions: &Exceptions) -> [(Change, &[AlertLine]); 6] {
    [
        (Change::New, &exceptions.new),
        (Change::Worsened, &exceptions.worsened),
        (Change::Withdrawn, &exceptions.withdrawn),
        (Change::Amended, &exceptions.amended),
        (Change::Continuing, &exceptions.continuing),
        (Change::Resolved, &exceptions.resolved),
    ]
}

/// What a page still has room for.
struct Room {
    alerts: usize,
    charts: usize,
}

fn sections(notice: &Notice, exceptions: &Exceptions, form: &mut dyn Form) -> Vec<Section> {
    let mut room = Room { alerts: form.most().0, charts: CHARTS };
    let filled = changes(exceptions).into_iter().filter(|(_, lines)| !lines.is_empty());
    filled
        .map(|(change, lines)| {
            let mut section = Section::of(change, lines, exceptions, &mut room, form);
            section.put_links(notice);
            section
        })
        .collect()
}

impl Section {
    /// Where people can act on what fires.
    fn put_links(&mut self, notice: &Notice) {
        if !matches!(self.kind, "resolved" | "withdrawn") {
            for alert in &mut self.alerts {
                alert.link = notice.link_of(&AlertId(alert.id.clone()));
            }
        }
    }

    fn of(change: Change, lines: &[AlertLine], exceptions: &Exceptions, room: &mut Room, form: &mut dyn Form) -> Self {
        let mut sorted: Vec<&AlertLine> = lines.iter().collect();
        // Stable: what folding hides is never more urgent than what is shown.
        sorted.sort_by_key(|line| std::cmp::Reverse(line.severity));
        let (shown, hidden) = sorted.split_at(sorted.len().min(SHOWN).min(room.alerts));
        room.alerts -= shown.len();
        let (whole, (_, list)) = (exceptions.dataset_title.as_str(), form.most());
        let mut picture = |chart: &Chart| {
            room.charts = room.charts.checked_sub(1)?;
            form.show(chart)
        };
        Self {
            kind: change.code(),
            title: title(change, exceptions),
            note: note(change, exceptions.cause),
            count: words::number(lines.len() as f64),
            alerts: shown.iter().map(|line| AlertView::of(line, change, whole, &mut picture)).collect(),
            folded: fold(hidden.len(), subject::criticals(hidden.iter().copied()), list),
        }
    }
}

pub(super) fn title(change: Change, exceptions: &Exceptions) -> &'static str {
    match change {
        Change::New if exceptions.first_load => "Firing now",
        Change::Continuing if exceptions.cause == Cause::Review => "To be looked at again",
        Change::New => "New",
        Change::Worsened => "Worsened",
        Change::Withdrawn => "Withdrawn",
        Change::Amended => "Amended",
        Change::Continuing => "Continuing",
        Change::Resolved => "Resolved",
    }
}

pub(super) fn note(change: Change, cause: Cause) -> Option<&'static str> {
    match (change, cause) {
        (Change::Worsened, Cause::Due) => Some("Still not arrived, and more is late or missing than before."),
        (Change::Worsened, _) => Some("Still in breach, and worse than the period before."),
        (Change::Withdrawn, Cause::New | Cause::Restated) => {
            Some("Figures were restated: what we said before is no longer true.")
        }
        (Change::Withdrawn, Cause::Late) => Some("Figures arrived late: what we said before is no longer true."),
        (Change::Withdrawn, Cause::Due) => {
            Some("Other periods or due days are declared: what we said before no longer holds.")
        }
        (Change::Amended, Cause::Due) => Some("What we said before has changed. This is how it stands now."),
        (Change::Withdrawn, Cause::Elsewhere) => {
            Some("Figures of another dataset changed: what we said before is no longer true.")
        }
        (Change::Amended, Cause::Elsewhere) => {
            Some("Figures of another dataset changed: what we said before has changed. This is how it stands now.")
        }
        (Change::Withdrawn, Cause::RuleChanged) => Some("The rules changed: what we said before no longer holds."),
        (Change::Withdrawn, Cause::TakenBack) => Some("Figures were taken back: what we said before no longer stands."),
        (Change::Amended, Cause::TakenBack) => {
            Some("Figures were taken back: what we said before has changed. This is how it stands now.")
        }
        (Change::Amended, Cause::New | Cause::Restated) => {
            Some("Figures were restated: what we said before has changed. This is how it stands now.")
        }
        (Change::Amended, Cause::Late) => {
            Some("Figures arrived late: what we said before has changed. This is how it stands now.")
        }
        (Change::Amended, Cause::RuleChanged) => {
            Some("The rules changed: what we said before has changed. This is how it stands now.")
        }
        (Change::Continuing, Cause::Review) => Some("They still fire, and their review date has passed."),
        (Change::New, Cause::Unmuted) => Some("They fire, and you were not told of them while they were muted."),
        // Nothing else comes with a review date, or the end of what muted.
        (Change::Withdrawn | Change::Amended, Cause::Review | Cause::Unmuted)
        | (Change::New | Change::Continuing | Change::Resolved, _) => None,
    }
}

/// "October 2025 was restated by revision 2 (les-activity.csv).", "The rules were changed on 3 December 2025:
/// les-below-plan fired when value < 0.6 * plan; now it fires when value < 0.5 * plan."
pub(super) fn because(exceptions: &Exceptions, told: jiff::Timestamp) -> Vec<String> {
    match exceptions.cause {
        Cause::Restated => {
            let file = clean::file(&exceptions.file, exceptions.table.as_deref(), MESSAGE);
            let (period, revision) = (exceptions.period.label(), words::number(f64::from(exceptions.revision)));
            vec![format!("{period} was restated by revision {revision} ({file}).")]
        }
        Cause::RuleChanged => {
            let day = in_words(day_in_london(told));
            let mut said = vec![format!("The rules were changed on {day}; the figures are the same.")];
            said.extend(exceptions.changed_rules.iter().map(|changed| {
                let (rule, now) = (clean::line(&changed.rule, LABEL), clean::line(&changed.now, MESSAGE));
                match &changed.was {
                    Some(was) => {
                        format!("{rule} fired when {}; now it fires when {now}.", clean::line(was, MESSAGE))
                    }
                    None => format!("{rule} now fires when {now}."),
                }
            }));
            said
        }
        _ => Vec::new(),
    }
}

/// One sentence of figures: "October 2025: 4 alerts firing (2 new, 2 continuing), 1 resolved; 14 series looked at."
pub(super) fn headline(exceptions: &Exceptions) -> String {
    let alerts = [
        (exceptions.firing(), format!("firing{}", kinds(exceptions))),
        (exceptions.withdrawn.len(), "withdrawn".to_owned()),
        (exceptions.amended.len(), "amended".to_owned()),
        (exceptions.resolved.len(), "resolved".to_owned()),
        (exceptions.muted.len(), "muted".to_owned()),
        (exceptions.flapping.len(), "flapping".to_owned()),
        (exceptions.looked_after.len(), "looked after".to_owned()),
        (subject::still_firing(exceptions), "not judged and still firing".to_owned()),
    ];
    let mut parts: Vec<String> = Vec::new();
    for (n, what) in alerts.into_iter().filter(|(n, _)| *n > 0) {
        // The first number says what is counted.
        let counted = if parts.is_empty() { words::count(n, "alert") } else { words::number(n as f64) };
        parts.push(format!("{counted} {what}"));
    }
    match subject::failed_rules(exceptions) {
        0 => {}
        n => parts.push(format!("{} failed", words::count(n, "rule"))),
    }
    let news = if parts.is_empty() { "nothing to report".to_owned() } else { parts.join(", ") };
    let occasion = words::occasion(exceptions.period, exceptions.cause);
    let judged = exceptions.series_judged;
    let looked_at = match exceptions.cause {
        Cause::Due => words::count(judged, "dataset"),
        _ => format!("{} series", words::number(judged as f64)),
    };
    format!("{occasion}: {news}; {looked_at} looked at.")
}

/// " (1 critical, 2 new, 2 continuing)"
fn kinds(exceptions: &Exceptions) -> String {
    let kinds: Vec<String> = [
        (exceptions.new.as_slice(), "new"),
        (exceptions.worsened.as_slice(), "worsened"),
        (exceptions.continuing.as_slice(), "continuing"),
    ]
    .into_iter()
    .filter(|(lines, _)| !lines.is_empty() && !exceptions.first_load)
    .map(|(lines, word)| format!("{} {word}", words::number(lines.len() as f64)))
    .collect();
    let critical = [&exceptions.new, &exceptions.worsened, &exceptions.continuing];
    let critical: usize = critical.into_iter().map(subject::criticals).sum();
    let critical = (critical > 0).then(|| format!("{} critical", words::number(critical as f64)));
    let details: Vec<String> = critical.into_iter().chain(kinds).collect();
    if details.is_empty() { String::new() } else { format!(" ({})", details.join(", ")) }
}

/// "les-activity-2025-10.csv (first delivery of its figures), published without warnings"
pub(super) fn source(exceptions: &Exceptions) -> String {
    let sources = Sources::of(exceptions);
    format!("{} ({}), {}", sources.file, sources.revision, sources.verdict)
}

/// What people decided over the gate, a sentence each.
pub(super) fn overrides(exceptions: &Exceptions) -> Vec<String> {
    exceptions.overrides.iter().map(overridden).collect()
}

impl Sources {
    fn of(exceptions: &Exceptions) -> Self {
        let warnings = exceptions.findings.iter().filter(|finding| finding.severity >= Severity::Warning);
        let revision = match exceptions.revision {
            0 | 1 => "first delivery of its figures".to_owned(),
            n => format!("revision {}, a restatement", words::number(f64::from(n))),
        };
        Self {
            file: clean::file(&exceptions.file, exceptions.table.as_deref(), MESSAGE),
            revision,
            verdict: match exceptions.verdict {
                Verdict::Published => "published without warnings",
                Verdict::PublishedWithWarnings => "published with warnings",
                Verdict::Quarantined => "held back",
                Verdict::Released => "held back by the gate and released",
                Verdict::Withdrawn => "withdrawn",
                Verdict::Duplicate => "known before",
            },
            warnings: warnings.map(FindingView::of).collect(),
            overrides: overrides(exceptions),
        }
    }
}

/// "Not assured: October 2025 was released with 3 known issues by Jo Bell on 22 November 2025: late but checked."
fn overridden(one: &Overridden) -> String {
    let Override { action, reason, by, at } = &one.decision;
    let periods: Vec<String> = one.periods.iter().map(|period| period.label()).collect();
    let periods = match periods.as_slice() {
        [first, .., last] => format!("{first} to {last}"),
        [only] => only.clone(),
        [] => "a delivery".to_owned(),
    };
    let when = at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%-d %B %Y");
    let (by, reason) = (clean::line(by, LABEL), clean::line(reason, MESSAGE));
    match action {
        Action::Release => {
            let issues = words::count(one.issues, "known issue");
            format!("Not assured: {periods} was released with {issues} by {by} on {when}: {reason}")
        }
        Action::Withdraw => format!("Not assured: {periods} was withdrawn by {by} on {when}: {reason}"),
    }
}
