//! A notice as programs for chat show it: a headline, and sections of short entries. What does not fit into one message goes
//! into the next; of very many it is said how many are shown, and where the others are.

mod alerts;
mod card;
mod pack;
mod slack;

pub use card::{Mentioned, cards};
pub use slack::slack;

use super::{
    alert::{Change, LABEL, MESSAGE},
    clean, digest, escalation,
    findings::FindingView,
    gate, operator, three_as, words,
};
use crate::model::{Content, Digest, EscalationReport, GateReport, Notice, OperatorReport, Severity, ThreeAs};

/// The most messages that carry one notice, with about 500 alerts on cards and 900 in Slack: a channel that is flooded is read
/// by nobody, and Teams takes no more than 100 an hour.
const MOST: usize = 20;

const ALERTS: &str = "“bellwether alerts” lists every alert";

/// Somewhere to go from a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What is done there: "Acknowledge".
    pub title: String,
    /// Where.
    pub url: String,
}

/// A name, and what is said of it.
type Fact = (&'static str, String);

/// All that a message shows.
struct Chat {
    subject: String,
    headline: String,
    facts: Vec<Fact>,
    sections: Vec<Section>,
    /// Where all of it can be read.
    whole: &'static str,
    small_print: String,
}

struct Section {
    title: String,
    tone: Tone,
    note: Option<String>,
    entries: Vec<Entry>,
}

/// What a section's colour says, beside its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tone {
    Bad,
    Warning,
    Good,
    Plain,
}

/// One alert, finding or paragraph: it stands in one message as a whole.
#[derive(Default)]
struct Entry {
    title: String,
    critical: bool,
    text: String,
    facts: Vec<Fact>,
    /// Where what is too long to be shown can be read.
    whole: String,
}

impl Chat {
    fn of(notice: &Notice) -> Self {
        match &notice.content {
            Content::Exceptions(content) => alerts::of_exceptions(notice, content),
            Content::Gate(report) => Self::of_gate(notice, report),
            Content::Escalation(report) => Self::of_escalation(notice, report),
            Content::ThreeAs(report) => Self::of_three_as(notice, report),
            Content::Digest(digest) => Self::of_digest(notice, digest),
            Content::Operator(report) | Content::Silence(report) => Self::of_operator(notice, report),
        }
    }

    /// Leaves as many pages of entries as there may be messages. What stands above them all, with how many entries are shown
    /// where that is not all of them.
    fn bounded<T>(&self, pages: &mut Vec<Vec<T>>) -> Vec<Fact> {
        let count = |pages: &[Vec<T>]| words::number(pages.iter().map(Vec::len).sum::<usize>() as f64);
        let all = count(pages);
        let is_cut = pages.len() > MOST;
        pages.truncate(MOST);
        let shown = is_cut.then(|| ("Shown", format!("the first {} of {all}; {}", count(pages), self.whole)));
        self.facts.iter().cloned().chain(shown).collect()
    }

    fn of_escalation(notice: &Notice, report: &EscalationReport) -> Self {
        let said = escalation::Said::of(report);
        let cases = report.cases.iter().zip(said.cases).map(|(case, words)| {
            let mut entry = alerts::alert(&case.line, Change::Continuing, &case.dataset_title);
            entry.facts.push(("Told", words.why));
            entry.facts.extend(words.earlier.map(|earlier| ("Before", earlier)));
            entry.facts.extend(words.next.map(|next| ("Next", next)));
            entry
        });
        let cases = Section { tone: Tone::Bad, entries: cases.collect(), ..Section::of_paragraphs([]) };
        Self {
            subject: short(&escalation::subject(report)),
            headline: bounded(&said.headline, MESSAGE),
            facts: vec![("For", short(&notice.group_name))],
            sections: vec![Section::of_paragraphs([said.asked]), cases],
            whole: ALERTS,
            small_print: format!("Notice {}", notice.id),
        }
    }

    fn of_three_as(notice: &Notice, report: &ThreeAs) -> Self {
        let said = three_as::ThreeAsView::of(notice, report);
        let tones = [Tone::Bad, Tone::Warning, Tone::Good];
        let mut sections: Vec<Section> = Vec::new();
        for (section, tone) in said.sections.into_iter().zip(tones) {
            let title = format!("{} ({})", section.title, section.count);
            let entries = section.points.into_iter().map(|matter| Entry {
                title: matter.group,
                text: format!("{} {}", words::sentence(&matter.message), matter.how),
                ..Entry::default()
            });
            sections.push(Section { title, tone, note: None, entries: entries.collect() });
        }
        let below = said.below.into_iter().chain([said.assured]).chain(said.unjudged);
        sections.push(Section::of_paragraphs(below));
        sections.retain(|section| !section.entries.is_empty());
        Self {
            subject: short(&said.subject),
            headline: bounded(&said.headline, MESSAGE),
            facts: vec![("For", short(&notice.group_name))],
            sections,
            whole: "“bellwether report” lists every alert",
            small_print: format!("Notice {}", notice.id),
        }
    }

    fn of_digest(notice: &Notice, content: &Digest) -> Self {
        let said = digest::DigestView::of(notice, content);
        let tones = [Tone::Bad, Tone::Warning, Tone::Good];
        let entries = |points: Vec<digest::PointView>, whole: &str| {
            let entry = |one: digest::PointView| Entry {
                title: one.head,
                text: one.text,
                whole: whole.to_owned(),
                ..Entry::default()
            };
            points.into_iter().map(entry).collect::<Vec<_>>()
        };
        let whole = format!("bellwether report --group {}", content.report.group);
        let mut sections = vec![Section::of_paragraphs(said.sentences)];
        sections.extend(said.sections.into_iter().zip(tones).map(|(section, tone)| Section {
            title: format!("{} ({})", section.title, section.count),
            tone,
            note: section.folded,
            entries: entries(section.points, &whole),
        }));
        for (title, points) in [(digest::DECISIONS, said.decisions), (digest::GAPS, said.gaps)] {
            let (title, tone) = (title.to_owned(), Tone::Warning);
            sections.push(Section { title, tone, note: None, entries: entries(points, &whole) });
        }
        sections.retain(|section| !section.entries.is_empty());
        Self {
            subject: short(&said.subject),
            headline: bounded(&said.headline, MESSAGE),
            facts: vec![("For", short(&notice.group_name)), ("Papers due", said.due)],
            sections,
            whole: "“bellwether report” lists every alert",
            small_print: format!("Notice {}", notice.id),
        }
    }

    fn of_gate(notice: &Notice, report: &GateReport) -> Self {
        let said = gate::Said::of(report);
        let titles = [(Severity::Error, "Errors", Tone::Bad), (Severity::Warning, "Warnings", Tone::Warning)];
        let notes = (Severity::Note, "Notes", Tone::Plain);
        let section = |(severity, title, tone): (Severity, &str, Tone)| {
            let of = report.findings.iter().filter(|finding| finding.severity == severity);
            let entries: Vec<Entry> =
                of.map(|finding| finding_entry(FindingView::of(finding), &report.placed)).collect();
            (!entries.is_empty()).then(|| Section { title: counted(title, entries.len()), tone, note: None, entries })
        };
        let above = Section::of_paragraphs([Some(said.advice.to_owned()), said.placed].into_iter().flatten());
        let findings = titles.into_iter().chain([notes]).filter_map(section);
        Self {
            subject: short(&gate::subject(report)),
            headline: bounded(&said.headline, MESSAGE),
            facts: vec![("For", short(&notice.group_name)), ("Delivery", short(&said.title))],
            sections: std::iter::once(above).chain(findings).collect(),
            whole: "the report beside the file lists them all",
            small_print: format!("Delivery {}. Notice {}", report.delivery, notice.id),
        }
    }

    fn of_operator(notice: &Notice, report: &OperatorReport) -> Self {
        let whole = format!("notice {}, as the log or another channel has it", notice.id);
        let entries: Vec<Entry> = report
            .paragraphs
            .iter()
            .map(|paragraph| Entry {
                text: pointed(clean::line(paragraph, operator::PARAGRAPH), paragraph, &whole),
                whole: whole.clone(),
                ..Entry::default()
            })
            .collect();
        let section = Section { entries, ..Section::of_paragraphs([]) };
        Self {
            subject: short(&operator::subject(report)),
            headline: bounded(&report.title, MESSAGE),
            facts: vec![("For", short(&notice.group_name))],
            sections: vec![section],
            whole: "the log has them all",
            small_print: format!("Notice {}", notice.id),
        }
    }
}

impl Section {
    /// What has no heading.
    fn of_paragraphs(paragraphs: impl IntoIterator<Item = String>) -> Self {
        let entries = paragraphs.into_iter().map(|text| Entry { text, ..Entry::default() }).collect();
        Self { title: String::new(), tone: Tone::Plain, note: None, entries }
    }
}

impl Entry {
    /// The same with every text cut to so many columns, and where it can be read as a whole.
    fn cut(&self, width: usize) -> Self {
        Self {
            title: bounded(&self.title, width),
            critical: self.critical,
            text: pointed(bounded(&self.text, width), &self.text, &self.whole),
            facts: self.facts.iter().map(|(title, value)| (*title, bounded(value, width))).collect(),
            whole: self.whole.clone(),
        }
    }
}

/// One line of at most `width` columns, and of at most eight bytes each when characters beyond ASCII are escaped: marks
/// that take no column take their room all the same.
fn bounded(text: &str, width: usize) -> String {
    let mut columns = width;
    loop {
        let line = clean::line(text, columns);
        if columns == 0 || escaped_size(&line) <= 8 * width {
            return line;
        }
        columns /= 2;
    }
}

fn short(text: &str) -> String {
    bounded(text, LABEL)
}

/// How many bytes a text takes at most, with every character beyond ASCII escaped.
fn escaped_size(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 6 * c.len_utf16() }).sum()
}

/// `New (3)`.
fn counted(title: &str, count: usize) -> String {
    format!("{title} ({count})")
}

/// A text that was cut, with where it can be read as a whole.
fn pointed(shown: String, text: &str, whole: &str) -> String {
    let is_cut = shown.ends_with('…') && !text.trim_end().ends_with('…') && !whole.is_empty();
    if is_cut { format!("{shown} (in full: {whole})") } else { shown }
}

/// A finding with the rows that a message has room for: the file beside the delivery lists them all.
fn finding_entry(finding: FindingView, placed: &str) -> Entry {
    const ROWS: usize = 5;
    let mut rows: Vec<String> = finding.rows.iter().take(ROWS).map(|row| row.join(" · ")).collect();
    if finding.rows.len() > ROWS || finding.more.is_some() {
        rows.push("and more, in the report beside the file".to_owned());
    }
    let facts = [
        finding.count.map(|count| ("Count", count)),
        finding.places.map(|places| ("Where", places)),
        (!rows.is_empty()).then(|| ("Rows", rows.join("; "))),
        finding.owner.map(|owner| ("Owner", owner)),
    ];
    Entry {
        title: finding.check,
        text: finding.message,
        facts: facts.into_iter().flatten().collect(),
        whole: format!("the report beside {placed}"),
        ..Entry::default()
    }
}

#[cfg(test)]
mod tests;
