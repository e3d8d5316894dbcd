//! A notice as programs for chat show it: a headline, and sections of short entries. What does not fit into one message goes
//! into the next; of very many it is said how many are shown, and where the others are.

mod card;
mod pack;
mod slack;

pub use card::{Mentioned, cards};
pub use slack::slack;

use super::{
    alert::{AlertView, Change, LABEL, MESSAGE},
    clean, digest, escalation, exceptions,
    findings::FindingView,
    gate, looked_after, muted, not_assured, operator, subject, three_as, unknown, words,
};
use crate::model::{
    AlertLine, Content, Digest, EscalationReport, Exceptions, GateReport, Notice, OperatorReport, Severity, ThreeAs,
};

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
            Content::Exceptions(content) => Self::of_exceptions(notice, content),
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
            let mut entry = alert(&case.line, Change::Continuing, &case.dataset_title);
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

    fn of_exceptions(notice: &Notice, content: &Exceptions) -> Self {
        let whole = content.dataset_title.as_str();
        let mut facts = vec![("For", short(&notice.group_name)), ("Dataset", short(whole))];
        facts.push(("Period", content.period.label()));
        if content.delivery.is_some() {
            facts.push(("Source", short(&exceptions::source(content))));
        }
        let changes = [
            (Change::New, &content.new, Tone::Bad),
            (Change::Worsened, &content.worsened, Tone::Bad),
            (Change::Withdrawn, &content.withdrawn, Tone::Plain),
            (Change::Amended, &content.amended, Tone::Warning),
            (Change::Continuing, &content.continuing, Tone::Warning),
            (Change::Resolved, &content.resolved, Tone::Good),
        ];
        let because = exceptions::because(content, notice.created);
        let flapping = content.flapping.iter().map(|one| format!("{}: {}.", one.line.labels.values(), one.words));
        let above = because.into_iter().chain(exceptions::overrides(content)).chain(flapping);
        let mut sections = vec![Section::of_paragraphs(above)];
        sections.extend(changes.into_iter().map(|(change, lines, tone)| of_alerts(content, change, lines, tone)));
        sections.extend([looked_after(content), unjudged(content), failed(content)]);
        sections.extend([muted_alerts(content), not_assured_yet(content)]);
        sections.retain(|section| !section.entries.is_empty());
        Self {
            subject: short(&subject::of_exceptions(content)),
            headline: bounded(&exceptions::headline(content), MESSAGE),
            facts,
            sections,
            whole: ALERTS,
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

fn of_alerts(content: &Exceptions, change: Change, lines: &[AlertLine], tone: Tone) -> Section {
    let mut sorted: Vec<&AlertLine> = lines.iter().collect();
    // Stable: the gravest come first.
    sorted.sort_by_key(|line| std::cmp::Reverse(line.severity));
    let title = exceptions::title(change, content);
    Section {
        title: counted(title, lines.len()),
        tone,
        note: exceptions::note(change, content.cause).map(str::to_owned),
        entries: sorted.into_iter().map(|line| alert(line, change, &content.dataset_title)).collect(),
    }
}

fn alert(line: &AlertLine, change: Change, dataset: &str) -> Entry {
    let view = AlertView::of(line, change, dataset, |_| None);
    let whole = format!("bellwether explain {}", view.id);
    let mut facts = Vec::new();
    if let Some(figures) = view.figures {
        let against = figures.against.map(|against| format!(", {against}")).unwrap_or_default();
        facts.push(("Value", format!("{} in {}{against}", figures.figure, figures.period)));
        facts.extend(figures.plan.map(|plan| ("Plan", plan)));
        facts.extend(figures.change.map(|change| ("Change", format!("{change} from {}", figures.before))));
    }
    facts.push(("Since", view.since));
    facts.extend(view.handling.map(|handling| ("People", handling)));
    if !view.control.is_empty() {
        facts.push(("Chart", view.control.join(" ")));
    }
    facts.push(("Rule", view.rule));
    let cut = clean::line(&line.message, MESSAGE);
    let text = if cut.ends_with('…') { pointed(view.message, &line.message, &whole) } else { view.message };
    Entry { title: view.label, critical: view.critical, text, facts, whole }
}

/// What was not judged: alerts that go on firing one by one, the others by their reason.
fn unjudged(content: &Exceptions) -> Section {
    let dataset = content.dataset_title.as_str();
    let firing = unknown::still_firing(&content.cannot_tell, dataset).into_iter().map(|one| Entry {
        title: one.label,
        text: one.reason,
        facts: vec![("Since", format!("{}; goes on firing", one.since)), ("Rule", one.rule)],
        ..Entry::default()
    });
    let quiet = content.cannot_tell.iter().filter(|line| line.firing_since.is_none());
    let entries: Vec<Entry> = firing.chain(unknown::groups(quiet, dataset).into_iter().map(of_group)).collect();
    Section { title: "Could not be judged".to_owned(), tone: Tone::Warning, note: None, entries }
}

fn failed(content: &Exceptions) -> Section {
    let groups = unknown::groups(content.failed.iter(), &content.dataset_title);
    Section {
        title: "Rules that failed".to_owned(),
        tone: Tone::Bad,
        note: Some("Until they are put right, these series are not watched by them.".to_owned()),
        entries: groups.into_iter().map(of_group).collect(),
    }
}

fn of_group(group: unknown::Group) -> Entry {
    Entry {
        title: group.text,
        text: group.names,
        facts: vec![("Rule", group.rule)],
        whole: "bellwether alerts".to_owned(),
        ..Entry::default()
    }
}

fn looked_after(content: &Exceptions) -> Section {
    let entries: Vec<Entry> = looked_after::views(&content.looked_after, &content.dataset_title)
        .into_iter()
        .map(|one| Entry {
            title: one.label,
            text: one.handling,
            facts: vec![("Since", one.since), ("Rule", one.rule)],
            whole: "bellwether alerts".to_owned(),
            ..Entry::default()
        })
        .collect();
    let note = "These go on. They are news again when they worsen, or their review date passes.";
    Section {
        title: counted("Being looked after", entries.len()),
        tone: Tone::Plain,
        note: Some(note.to_owned()),
        entries,
    }
}

fn muted_alerts(content: &Exceptions) -> Section {
    let entries: Vec<Entry> = muted::views(&content.muted, &content.dataset_title)
        .into_iter()
        .map(|one| Entry {
            title: one.label,
            text: one.by,
            facts: vec![("Since", one.since), ("Rule", one.rule)],
            whole: "bellwether alerts".to_owned(),
            ..Entry::default()
        })
        .collect();
    let note = Some("These fire, and are not told of now.".to_owned());
    Section { title: counted("Muted", entries.len()), tone: Tone::Plain, note, entries }
}

fn not_assured_yet(content: &Exceptions) -> Section {
    let entries = not_assured::views(&content.not_assured).into_iter().map(|one| Entry {
        title: one.title,
        text: format!("{}. {}", one.text, one.measures),
        whole: "bellwether expected".to_owned(),
        ..Entry::default()
    });
    Section {
        title: "Could not be assured".to_owned(),
        tone: Tone::Warning,
        note: Some("These did not arrive, or were held back: nothing was judged.".to_owned()),
        entries: entries.collect(),
    }
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
