//! Subjects that tell on a locked phone what happened.

use super::{clean, words};
use crate::model::{AlertLine, AlertSeverity, Exceptions};

/// A phone shows about this many characters: the figures stand within them, the title behind.
const SHOWN: usize = 70;
/// The longest subject.
pub(super) const LONGEST: usize = 110;
/// A title shorter than this says nothing any more.
const TITLE: usize = 12;

/// One kind of news, and how much of it there is.
struct Part {
    /// "2 new (1 critical)".
    text: String,
    /// The same when it stands alone: "2 new alerts (1 critical)".
    alone: String,
    critical: usize,
}

/// `October 2025: 2 new (1 critical), 2 continuing, 1 resolved – Local Enhanced Services activity`.
pub(super) fn of_exceptions(exceptions: &Exceptions) -> String {
    let figures = if exceptions.first_load { first_load(exceptions) } else { news(exceptions) };
    with_title(&figures, &exceptions.dataset_title)
}

/// The figures, then as much of the title as there is room for.
fn with_title(figures: &str, title: &str) -> String {
    let figures = clean::line(figures, LONGEST);
    let room = LONGEST.saturating_sub(clean::columns(&figures) + 3);
    let title = clean::line(title, room);
    if title.is_empty() || room < TITLE { figures } else { format!("{figures} – {title}") }
}

fn first_load(exceptions: &Exceptions) -> String {
    let critical = criticals(&exceptions.new) + criticals(&exceptions.worsened) + criticals(&exceptions.continuing);
    let firing = match exceptions.firing() {
        0 => "No alerts firing".to_owned(),
        n => format!("{} now firing{}", words::count(n, "alert"), in_words(critical)),
    };
    let unjudged = still_firing(exceptions);
    let unjudged = if unjudged == 0 { String::new() } else { format!(", {unjudged} not judged and still firing") };
    let failed = failed_rules(exceptions);
    let failed = if failed == 0 { String::new() } else { format!(", {} failed", words::count(failed, "rule")) };
    format!("{firing}{unjudged}{failed}, history to {}", exceptions.period.label())
}

fn news(exceptions: &Exceptions) -> String {
    let occasion = words::occasion(exceptions.period, exceptions.cause);
    let parts = parts(exceptions);
    match parts.as_slice() {
        [] => format!("{occasion}: nothing to report"),
        [only] => format!("{occasion}: {}", only.alone),
        parts => format!("{occasion}: {}", as_many_as_fit(parts, SHOWN.saturating_sub(clean::columns(&occasion) + 2))),
    }
}

/// What calls for action comes first, then what takes back an earlier message.
fn parts(exceptions: &Exceptions) -> Vec<Part> {
    let mut parts: Vec<Part> = [
        ("new", &exceptions.new, true),
        ("withdrawn", &exceptions.withdrawn, false),
        ("worsened", &exceptions.worsened, true),
        ("amended", &exceptions.amended, false),
        ("continuing", &exceptions.continuing, true),
        ("resolved", &exceptions.resolved, false),
    ]
    .into_iter()
    .filter(|(_, lines, _)| !lines.is_empty())
    .map(|(word, lines, firing)| alerts(word, lines.len(), if firing { criticals(lines) } else { 0 }))
    .collect();
    if !exceptions.flapping.is_empty() {
        parts.push(alerts("flapping", exceptions.flapping.len(), 0));
    }
    let unjudged = still_firing(exceptions);
    if unjudged > 0 {
        parts.push(Part {
            text: format!("{} not judged", words::number(unjudged as f64)),
            alone: format!("{} not judged, still firing", words::count(unjudged, "alert")),
            critical: 0,
        });
    }
    let failed = failed_rules(exceptions);
    if failed > 0 {
        let text = format!("{} failed", words::count(failed, "rule"));
        parts.push(Part { alone: text.clone(), text, critical: 0 });
    }
    parts
}

fn alerts(word: &str, count: usize, critical: usize) -> Part {
    let alert = words::count(count, "alert");
    let (flag, n) = (in_words(critical), words::number(count as f64));
    let alone = if word == "new" {
        format!("{n} new alert{}", if count == 1 { "" } else { "s" })
    } else {
        format!("{alert} {word}")
    };
    Part { text: format!("{n} {word}{flag}"), alone: format!("{alone}{flag}"), critical }
}

/// What does not fit is said to be there.
fn as_many_as_fit(parts: &[Part], room: usize) -> String {
    for taken in (1..=parts.len()).rev() {
        let (shown, rest) = parts.split_at(taken);
        let mut text = shown.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(", ");
        if !rest.is_empty() {
            let critical = rest.iter().map(|part| part.critical).sum();
            text = format!("{text} and more{}", in_words(critical));
        }
        if clean::columns(&text) <= room || taken == 1 {
            return text;
        }
    }
    String::new()
}

fn in_words(critical: usize) -> String {
    if critical == 0 { String::new() } else { format!(" ({} critical)", words::number(critical as f64)) }
}

pub(super) fn criticals<'a>(lines: impl IntoIterator<Item = &'a AlertLine>) -> usize {
    lines.into_iter().filter(|line| line.severity == AlertSeverity::Critical).count()
}

/// How many alerts go on firing because their series could not be judged.
pub(super) fn still_firing(exceptions: &Exceptions) -> usize {
    exceptions.cannot_tell.iter().filter(|line| line.firing_since.is_some()).count()
}

/// How many rules failed, for however many series.
pub(super) fn failed_rules(exceptions: &Exceptions) -> usize {
    let mut rules: Vec<&str> = exceptions.failed.iter().map(|line| line.rule.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    rules.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::Cause,
        reports::fixtures::{alert, empty, october, unknown},
    };

    fn critical(name: &str) -> AlertLine {
        AlertLine { severity: AlertSeverity::Critical, ..alert(name) }
    }

    #[test]
    fn a_month_with_news() {
        assert_eq!(
            of_exceptions(&october()),
            "October 2025: 2 new, 2 continuing, 1 resolved – Local Enhanced Services activity"
        );
    }

    #[test]
    fn critical_alerts_are_flagged_in_words() {
        let exceptions = Exceptions { new: vec![alert("A"), critical("B")], continuing: vec![alert("C")], ..empty() };
        assert!(of_exceptions(&exceptions).starts_with("October 2025: 2 new (1 critical), 1 continuing – "));
    }

    #[test]
    fn a_restatement_and_a_first_load() {
        let restated = Exceptions { cause: Cause::Restated, withdrawn: vec![alert("A")], ..empty() };
        assert!(of_exceptions(&restated).starts_with("October 2025 restated: 1 alert withdrawn – "));
        let four = ["A", "B", "C", "D"].map(alert).to_vec();
        let first = Exceptions { first_load: true, new: four, ..empty() };
        assert!(of_exceptions(&first).starts_with("4 alerts now firing, history to October 2025 – "));
        assert!(of_exceptions(&Exceptions { first_load: true, ..empty() }).starts_with("No alerts firing, history to"));
    }

    #[test]
    fn one_kind_of_news_is_spelled_out() {
        let starts = |exceptions: &Exceptions, text: &str| {
            let subject = of_exceptions(exceptions);
            assert!(subject.starts_with(text), "{subject}");
        };
        starts(&Exceptions { new: vec![critical("A")], ..empty() }, "October 2025: 1 new alert (1 critical) – ");
        starts(
            &Exceptions { cannot_tell: vec![unknown("A", "x", Some("2025-08"))], ..empty() },
            "October 2025: 1 alert not judged, still firing – ",
        );
        let failed = vec![unknown("A", "x", None), unknown("B", "x", None)];
        starts(&Exceptions { failed, ..empty() }, "October 2025: 1 rule failed – ");
        starts(&empty(), "October 2025: nothing to report – ");
    }

    #[test]
    fn what_a_phone_does_not_show_is_said_to_be_there() {
        let lines = |n: usize| (0..n).map(|i| critical(&i.to_string())).collect::<Vec<_>>();
        let exceptions = Exceptions {
            cause: Cause::Restated,
            new: lines(12),
            worsened: lines(13),
            withdrawn: lines(14),
            amended: lines(15),
            continuing: lines(16),
            resolved: lines(17),
            ..empty()
        };
        let subject = of_exceptions(&exceptions);
        let (figures, _) = subject.split_once(" – ").expect("figures and a title");
        assert_eq!(figures, "October 2025 restated: 12 new (12 critical) and more (29 critical)");
        assert!(clean::columns(figures) <= SHOWN);
    }

    #[test]
    fn nothing_from_data_can_break_the_line_or_make_it_endless() {
        let title = format!("A\r\nBcc: everyone@example.org\u{202e}{}", "x".repeat(10_000));
        let subject = of_exceptions(&Exceptions { dataset_title: title, ..october() });
        assert!(!subject.chars().any(char::is_control), "{subject:?}");
        assert!(!subject.contains('\u{202e}'));
        assert!(clean::columns(&subject) <= LONGEST && subject.ends_with('…'), "{subject}");
    }
}
