//! Adaptive Cards 1.5, as Microsoft Teams takes them through a workflow.
//!
//! Texts from data are text runs, which know no Markdown; only what is ours is in text blocks. Teams expands a card before it
//! measures it, so that a request stays well below the 28 KB that it allows.

use serde_json::{Value as Json, json};

use super::{Chat, Entry, Fact, Link, Section, Tone, escaped_size, pack::pack};
use crate::model::Notice;

/// The largest request, in bytes as they would be with every character beyond ASCII escaped.
const LARGEST: usize = 20_000;
/// What is kept free for commas, for which card of how many it is, and for how many of all are shown.
const MARGIN: usize = 300;
/// To how many columns a text is cut, one after the other, when its entry does not fit on a card of its own.
const WIDTHS: [usize; 3] = [1000, 400, 150];
const NARROWEST: usize = 50;

/// Somebody whom Teams is to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mentioned {
    /// The name, as it is shown.
    pub name: String,
    /// The user principal name, or the object id in Entra.
    pub id: String,
}

/// The requests that carry a notice: each holds one card, each entry is on one of them.
#[must_use]
pub fn cards(notice: &Notice, mentions: &[Mentioned], links: &[Link]) -> Vec<Json> {
    let chat = Chat::of(notice);
    // As large as a first card's frame can be, so that every card has room for its own.
    let largest = Frame { chat: &chat, facts: &chat.facts, mentions, links, cards: usize::MAX };
    let room = LARGEST.saturating_sub(size(&largest.request(1, Vec::new())) + MARGIN);
    let heading = |section: usize| chat.sections.get(section).map_or(0, |section| sizes(&head(section, true)));
    let entries = chat.sections.iter().enumerate().flat_map(|(nth, section)| {
        let room = room.saturating_sub(heading(nth));
        section.entries.iter().map(move |entry| (nth, fitting(entry, room)))
    });
    let mut pages = pack(entries, room, |entry| size(entry) + 1, heading);
    let facts = chat.bounded(&mut pages);
    let frame = Frame { facts: &facts, cards: pages.len(), ..largest };
    let mut last_section = None;
    let mut requests = Vec::with_capacity(frame.cards);
    for (number, page) in (1..).zip(pages) {
        let mut body = Vec::new();
        let mut on_page = None;
        for (nth, entry) in page {
            if let (true, Some(section)) = (on_page != Some(nth), chat.sections.get(nth)) {
                body.extend(head(section, last_section == Some(nth)));
            }
            (on_page, last_section) = (Some(nth), Some(nth));
            body.push(entry);
        }
        requests.push(frame.request(number, body));
    }
    requests
}

/// How many bytes a value takes at most in a request.
fn size(json: &Json) -> usize {
    escaped_size(&json.to_string())
}

fn sizes(elements: &[Json]) -> usize {
    elements.iter().map(|element| size(element) + 1).sum()
}

/// What stands on every card of a notice, around its entries.
struct Frame<'a> {
    chat: &'a Chat,
    facts: &'a [Fact],
    mentions: &'a [Mentioned],
    links: &'a [Link],
    /// How many cards there are.
    cards: usize,
}

impl Frame<'_> {
    /// The request with the card of this number, the first being 1.
    fn request(&self, number: usize, entries: Vec<Json>) -> Json {
        json!({
            "type": "message",
            "attachments": [{
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": null,
                "content": self.card(number, entries),
            }],
        })
    }

    fn card(&self, number: usize, entries: Vec<Json>) -> Json {
        let Self { chat, facts: above, links, cards, .. } = *self;
        // People are told once.
        let mentions = if number == 1 { self.mentions } else { &[] };
        let of = if cards > 1 { format!(" ({number} of {cards})") } else { String::new() };
        let mut body = vec![json!({
            "type": "TextBlock",
            "text": literal(&format!("{}{of}", chat.headline)),
            "style": "heading",
            "size": "Large",
            "weight": "Bolder",
            "wrap": true,
        })];
        if !mentions.is_empty() {
            let names: Vec<String> = mentions.iter().map(tag).collect();
            body.push(json!({ "type": "TextBlock", "text": names.join(", "), "wrap": true }));
        }
        body.push(facts(above));
        body.extend(entries);
        body.push(json!({
            "type": "TextBlock",
            "text": literal(&chat.small_print),
            "size": "Small",
            "isSubtle": true,
            "wrap": true,
            "separator": true,
        }));
        let actions: Vec<Json> = links
            .iter()
            .map(|link| json!({ "type": "Action.OpenUrl", "title": link.title, "url": link.url }))
            .collect();
        let summary = format!("{}{of}", chat.subject);
        let mut card = json!({
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.5",
            "lang": "en",
            // For programs that cannot show the card, and for those that read it out.
            "fallbackText": summary,
            "speak": summary,
            "msteams": { "width": "Full", "entities": mentions.iter().map(entity).collect::<Vec<_>>() },
            "body": body,
        });
        if let (false, Some(card)) = (actions.is_empty(), card.as_object_mut()) {
            card.insert("actions".to_owned(), actions.into());
        }
        card
    }
}

fn tag(mention: &Mentioned) -> String {
    format!("<at>{}</at>", mention.name)
}

fn entity(mention: &Mentioned) -> Json {
    json!({ "type": "mention", "text": tag(mention), "mentioned": { "id": mention.id, "name": mention.name } })
}

/// A section's heading; `again` on a card that goes on with it. Its colour is that of its background: letters in Teams' own
/// yellow and green cannot be read on white.
fn head(section: &Section, again: bool) -> Vec<Json> {
    if section.title.is_empty() {
        return Vec::new();
    }
    let style = match section.tone {
        Tone::Bad => "attention",
        Tone::Warning => "warning",
        Tone::Good => "good",
        Tone::Plain => "emphasis",
    };
    let again = if again { ", continued" } else { "" };
    let title = json!({
        "type": "TextBlock",
        "text": literal(&format!("{}{again}", section.title)),
        "style": "heading",
        "size": "Medium",
        "weight": "Bolder",
        "wrap": true,
    });
    let note = section.note.as_ref();
    let note = note.map(|note| json!({ "type": "TextBlock", "text": literal(note), "wrap": true, "spacing": "None" }));
    let items: Vec<Json> = std::iter::once(title).chain(note).collect();
    vec![json!({ "type": "Container", "style": style, "spacing": "Large", "items": items })]
}

/// An entry that fits into so much room: shortened, if it must be, with where it can be read as a whole.
fn fitting(entry: &Entry, room: usize) -> Json {
    let whole = element(entry);
    if size(&whole) < room {
        return whole;
    }
    let mut cut = WIDTHS.into_iter().map(|width| element(&entry.cut(width)));
    let fits = cut.find(|element| size(element) < room);
    fits.unwrap_or_else(|| element(&entry.cut(NARROWEST)))
}

fn element(entry: &Entry) -> Json {
    let mut items = Vec::new();
    if !entry.title.is_empty() {
        let mut runs = vec![json!({ "type": "TextRun", "text": entry.title, "weight": "Bolder" })];
        if entry.critical {
            runs.push(json!({ "type": "TextRun", "text": "  CRITICAL", "weight": "Bolder", "color": "Attention" }));
        }
        items.push(rich(&runs));
    }
    if !entry.text.is_empty() {
        items.push(json!({ "type": "RichTextBlock", "spacing": "None", "inlines": [run(&entry.text)] }));
    }
    if !entry.facts.is_empty() {
        items.push(facts(&entry.facts));
    }
    json!({ "type": "Container", "spacing": "Medium", "items": items })
}

fn run(text: &str) -> Json {
    json!({ "type": "TextRun", "text": text })
}

fn rich(runs: &[Json]) -> Json {
    json!({ "type": "RichTextBlock", "inlines": runs })
}

fn facts(facts: &[Fact]) -> Json {
    let facts: Vec<Json> =
        facts.iter().map(|(title, value)| json!({ "title": title, "value": literal(value) })).collect();
    json!({ "type": "FactSet", "facts": facts })
}

/// A text that is shown as it stands where Markdown is read.
fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '<' | '>') {
            literal.push('\\');
        }
        literal.push(c);
    }
    literal
}
