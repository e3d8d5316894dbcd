//! What a message says of alerts.

use super::{
    super::{
        alert::{AlertView, Change, MESSAGE},
        clean, exceptions, looked_after, muted, not_assured, subject, unknown,
    },
    ALERTS, Chat, Entry, Section, Tone, bounded, counted, pointed, short,
};
use crate::model::{AlertLine, Exceptions, Notice};

/// The alerts of one delivery, sorted by what became of them.
pub(super) fn of_exceptions(notice: &Notice, content: &Exceptions) -> Chat {
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
    Chat {
        subject: short(&subject::of_exceptions(content)),
        headline: bounded(&exceptions::headline(content), MESSAGE),
        facts,
        sections,
        whole: ALERTS,
        small_print: format!("Notice {}", notice.id),
    }
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

/// An alert with its figures.
pub(super) fn alert(line: &AlertLine, change: Change, dataset: &str) -> Entry {
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
