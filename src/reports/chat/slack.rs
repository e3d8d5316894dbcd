//! Messages for an incoming webhook of Slack, in its Block Kit.

use serde_json::{Value as Json, json};

use super::{Chat, Entry, Fact, Link, Section, pack::pack};
use crate::{model::Notice, reports::clean};

/// A message takes 50 blocks; the header, the facts and the small print need some.
const BLOCKS: usize = 50;
/// The longest text of a section, in characters.
const SECTION: usize = 3000;
/// How much of a subject is shown: a header takes 150 characters.
const HEADER: usize = 110;
/// To how many columns an entry's text is cut, one after the other, when it does not fit.
const WIDTHS: [usize; 3] = [1000, 400, 150];
const NARROWEST: usize = 50;

/// The bodies that carry a notice, each one message; each entry is on one of them.
#[must_use]
pub fn slack(notice: &Notice, links: &[Link]) -> Vec<Json> {
    let chat = Chat::of(notice);
    let room = BLOCKS.saturating_sub(frame(&chat, &chat.facts, links, (1, usize::MAX)).len() + 1);
    let entries = chat
        .sections
        .iter()
        .enumerate()
        .flat_map(|(nth, section)| section.entries.iter().map(move |entry| (nth, entry)));
    let heading = |nth: usize| usize::from(chat.sections.get(nth).is_some_and(|section| !section.title.is_empty()));
    let mut pages = pack(entries, room, |_| 1, heading);
    let facts = chat.bounded(&mut pages);
    let count = pages.len();
    let mut last_section = None;
    let mut messages = Vec::with_capacity(count);
    for (number, page) in (1..).zip(pages) {
        let mut blocks = frame(&chat, &facts, links, (number, count));
        let mut on_page = None;
        for (nth, entry) in page {
            let section = chat.sections.get(nth).filter(|section| on_page != Some(nth) && !section.title.is_empty());
            blocks.extend(section.map(|section| head(section, last_section == Some(nth))));
            (on_page, last_section) = (Some(nth), Some(nth));
            blocks.push(element(entry));
        }
        blocks.push(context(&escaped(&chat.small_print)));
        messages.push(json!({ "text": escaped(&chat.subject), "blocks": blocks }));
    }
    messages
}

/// What stands above the entries.
fn frame(chat: &Chat, facts: &[Fact], links: &[Link], (number, count): (usize, usize)) -> Vec<Json> {
    let of = if count > 1 { format!(" ({number} of {count})") } else { String::new() };
    // Plain text knows no markup.
    let header = format!("{}{of}", clean::line(&chat.subject, HEADER));
    let facts: Vec<String> = facts.iter().map(|(title, value)| format!("*{title}* {}", escaped(value))).collect();
    let mut blocks = vec![
        json!({ "type": "header", "text": { "type": "plain_text", "text": header, "emoji": false } }),
        section(&escaped(&chat.headline)),
        context(&facts.join("   ")),
    ];
    if !links.is_empty() {
        let links: Vec<String> = links.iter().map(|link| format!("<{}|{}>", link.url, escaped(&link.title))).collect();
        blocks.push(section(&links.join("   ")));
    }
    blocks
}

fn head(of: &Section, again: bool) -> Json {
    let again = if again { ", continued" } else { "" };
    let note = of.note.as_ref().map(|note| format!("\n{}", escaped(note))).unwrap_or_default();
    section(&format!("*{}{again}*{note}", escaped(&of.title)))
}

fn element(entry: &Entry) -> Json {
    let whole = written(entry);
    if whole.chars().count() <= SECTION {
        return section(&whole);
    }
    let mut cut = WIDTHS.into_iter().map(|width| written(&entry.cut(width)));
    let fits = cut.find(|text| text.chars().count() <= SECTION);
    section(&fits.unwrap_or_else(|| written(&entry.cut(NARROWEST))))
}

fn written(entry: &Entry) -> String {
    let critical = if entry.critical { "  *CRITICAL*" } else { "" };
    let title = (!entry.title.is_empty()).then(|| format!("*{}*{critical}", escaped(&entry.title)));
    let text = (!entry.text.is_empty()).then(|| escaped(&entry.text));
    let facts = entry.facts.iter().map(|(title, value)| format!("{title}: {}", escaped(value)));
    title.into_iter().chain(text).chain(facts).collect::<Vec<_>>().join("\n")
}

/// `verbatim`: names of channels and people in a text do not become links to them.
fn section(text: &str) -> Json {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": text, "verbatim": true } })
}

fn context(text: &str) -> Json {
    json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": text, "verbatim": true }] })
}

/// The three characters that Slack reads as markup whatever stands around them.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
