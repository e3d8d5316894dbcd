//! A notice, or a paper, without the small numbers that may not leave.
//!
//! What is withheld is a count from 1 to one less than its measure's threshold. With it goes what it could plainly be worked
//! out from: the rule's own message, which may say the figure, its share or its difference in any words; the limits of a
//! control chart that such a figure is part of; and a total, where one message has it beside all of its parts but the one
//! that is withheld. A total is any series whose figure is the sum of all other series of its measure that the message
//! shows. What could be worked out from several messages, from parts of parts, or from percentages is not looked at.

mod figures;
mod text;

use std::borrow::Cow;

use crate::model::{
    AlertLine, CommitteeReport, Content, Correction, Digest, Disclosure, Exceptions, Finding, GateReport, Labels,
    Notice, Unit, UnknownLine,
};

use figures::Withheld;
use text::{Text, without_small_numbers};

/// The least count of a measure that may leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Least {
    /// The threshold: counts from 1 to one less are withheld.
    pub below: u32,
    /// Tells the measure from all others; empty where it is not known.
    pub measure: String,
}

/// The least counts that may leave.
pub struct Thresholds<'a> {
    /// Of what a rule looks at in a series with these labels; none where that is no count of people.
    pub of: &'a dyn Fn(&str, &Labels) -> Option<Least>,
    /// Of what findings show of a file.
    pub of_file: Option<u32>,
}

impl Thresholds<'_> {
    /// Of the figures of an alert: no other unit counts people.
    fn of_line(&self, line: &AlertLine) -> Option<Least> {
        (self.of)(&line.rule, &line.labels).filter(|_| line.unit == Unit::Number)
    }

    /// A sentence of which it is not known what its numbers are.
    fn of_words(&self, rule: &str, labels: &Labels, text: &str) -> String {
        match (self.of)(rule, labels) {
            Some(least) => without_small_numbers(text, least.below, Text::Sentence),
            None => text.to_owned(),
        }
    }
}

/// The notice as it may leave.
#[must_use]
pub fn disclosed<'a>(notice: &'a Notice, how: Disclosure, least: &Thresholds<'_>) -> Cow<'a, Notice> {
    if how == Disclosure::None && !matches!(notice.content, Content::Digest(_)) {
        return Cow::Borrowed(notice);
    }
    let content = match &notice.content {
        Content::Exceptions(exceptions) => Content::Exceptions(of_exceptions(exceptions.clone(), how, least)),
        Content::Gate(report) => {
            Content::Gate(GateReport { findings: of_findings(&report.findings, least.of_file), ..report.clone() })
        }
        Content::Escalation(report) => {
            let mut report = report.clone();
            of_lines(report.cases.iter_mut().map(|case| &mut case.line).collect(), how, least);
            Content::Escalation(report)
        }
        Content::Digest(digest) => {
            Content::Digest(Digest { report: disclosed_report(digest.report.clone(), how, least), ..digest.clone() })
        }
        // What a summary of a month says was withheld when it was made.
        Content::Operator(_) | Content::Silence(_) | Content::ThreeAs(_) => return Cow::Borrowed(notice),
    };
    Cow::Owned(Notice { content, ..notice.clone() })
}

/// The report as it may be read; it says how small numbers stand in it.
#[must_use]
pub fn disclosed_report(mut report: CommitteeReport, how: Disclosure, least: &Thresholds<'_>) -> CommitteeReport {
    let mut rules =
        report.judged.iter().map(|judged| &judged.rule).chain(report.alerts.iter().map(|one| &one.line.rule));
    let no_labels = Labels::default();
    report.disclosure = rules.any(|rule| (least.of)(rule, &no_labels).is_some()).then_some(how);
    if how == Disclosure::None {
        return report;
    }
    let shown = report
        .alerts
        .iter()
        .filter_map(|alert| Some((&alert.line, alert.figures.points.as_slice(), least.of_line(&alert.line)?)));
    let withheld = Withheld::of(shown, how);
    for alert in &mut report.alerts {
        if let Some(reason) = &mut alert.cannot_tell {
            *reason = least.of_words(&alert.line.rule, &alert.line.labels, reason);
        }
        if let Some(least) = least.of_line(&alert.line) {
            alert.figures = withheld.strip_chart(alert.figures.clone(), &alert.line.labels, &least);
            withheld.strip(&mut alert.line, &least);
        }
    }
    for one in &mut report.corrected {
        of_correction(one, &withheld, least);
    }
    of_reasons(report.cannot_tell.iter_mut().chain(&mut report.failed), least);
    report
}

fn of_exceptions(mut exceptions: Exceptions, how: Disclosure, least: &Thresholds<'_>) -> Exceptions {
    let Exceptions { new, worsened, continuing, resolved, withdrawn, amended, looked_after, muted, flapping, .. } =
        &mut exceptions;
    let lines = [new, worsened, continuing, resolved, withdrawn, amended, looked_after];
    let aside = muted.iter_mut().map(|muted| &mut muted.line).chain(flapping.iter_mut().map(|flaps| &mut flaps.line));
    of_lines(lines.into_iter().flatten().chain(aside).collect(), how, least);
    of_reasons(exceptions.cannot_tell.iter_mut().chain(&mut exceptions.failed), least);
    exceptions.findings = of_findings(&exceptions.findings, least.of_file);
    exceptions
}

/// All the alerts that one message shows.
fn of_lines(lines: Vec<&mut AlertLine>, how: Disclosure, least: &Thresholds<'_>) {
    let shown = lines.iter().filter_map(|line| Some((&**line, &[][..], least.of_line(line)?)));
    let withheld = Withheld::of(shown, how);
    for line in lines {
        if let Some(least) = least.of_line(line) {
            withheld.strip(line, &least);
        }
    }
}

fn of_correction(one: &mut Correction, withheld: &Withheld, least: &Thresholds<'_>) {
    let Some(least) = (least.of)(&one.rule, &one.labels).filter(|_| one.reading.unit == Unit::Number) else { return };
    let at = one.reading.period;
    let said = withheld.value(one.reading.value, at, &one.labels, &least);
    let now = withheld.value(one.now, at, &one.labels, &least);
    if said != one.reading.value || now != one.now {
        one.reading.message = figures::not_said(&one.labels.values(), least.below);
    }
    (one.reading.value, one.now) = (said, now);
}

/// Why something was not judged, in the words of a rule or a script.
fn of_reasons<'a>(lines: impl Iterator<Item = &'a mut UnknownLine>, least: &Thresholds<'_>) {
    for line in lines {
        line.reason = least.of_words(&line.rule, &line.labels, &line.reason);
    }
}

fn of_findings(findings: &[Finding], below: Option<u32>) -> Vec<Finding> {
    let Some(below) = below else { return findings.to_vec() };
    let mut findings = findings.to_vec();
    for finding in &mut findings {
        finding.message = without_small_numbers(&finding.message, below, Text::Sentence);
        for row in &mut finding.rows {
            if let Some(value) = &mut row.value {
                let without = without_small_numbers(value, below, Text::Cell);
                row.masked |= without != *value;
                *value = without;
            }
        }
    }
    findings
}
