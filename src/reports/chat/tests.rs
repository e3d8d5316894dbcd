//! What chat programs are sent, held against what they are documented to take.

use serde_json::{Value as Json, json};

use super::*;
use crate::{
    model::{AlertSeverity, Exceptions, Notice},
    reports::fixtures::{alert as dementia, empty, held_back, notice, october, unknown},
};

/// The request's bytes if every character beyond ASCII is escaped (`\u00e9`), the largest form that it can take.
fn bytes(request: &Json) -> usize {
    let escaped = |c: char| if c.is_ascii() { 1 } else { c.encode_utf16(&mut [0; 2]).len() * "\\u00e9".len() };
    request.to_string().chars().map(escaped).sum()
}

fn card(request: &Json) -> &Json {
    &request["attachments"][0]["content"]
}

/// Every text of a card in its order.
fn texts(json: &Json) -> Vec<&str> {
    match json {
        Json::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| match value {
                Json::String(text) if matches!(name.as_str(), "text" | "value") => vec![text.as_str()],
                _ => texts(value),
            })
            .collect(),
        Json::Array(all) => all.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

fn many(count: usize) -> Exceptions {
    let line = |n: usize| {
        let mut line = dementia(&format!("Contract number {n:03} of a long list of contracts"));
        line.severity = if n.is_multiple_of(7) { AlertSeverity::Critical } else { AlertSeverity::Warning };
        line
    };
    Exceptions { new: (0..count).map(line).collect(), continuing: (count..2 * count).map(line).collect(), ..october() }
}

fn of(content: Exceptions) -> Notice {
    notice(Content::Exceptions(content))
}

/// The subset of Adaptive Cards 1.5 that is used, written down from its documentation
/// (<https://adaptivecards.io/explorer/>), with what Teams adds.
fn schema() -> Json {
    let colour = json!({ "enum": ["Default", "Attention", "Warning", "Good"] });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": false,
        "required": ["type", "version", "body", "msteams"],
        "properties": {
            "$schema": { "const": "http://adaptivecards.io/schemas/adaptive-card.json" },
            "type": { "const": "AdaptiveCard" },
            "version": { "const": "1.5" },
            "lang": { "type": "string", "pattern": "^[a-z]{2}$" },
            "fallbackText": { "type": "string" },
            "speak": { "type": "string" },
            "body": { "type": "array", "items": { "$ref": "#/$defs/element" } },
            "actions": { "type": "array", "minItems": 1, "items": {
                "type": "object", "additionalProperties": false, "required": ["type", "url"],
                "properties": {
                    "type": { "const": "Action.OpenUrl" }, "title": { "type": "string" },
                    "url": { "type": "string", "format": "uri-reference" },
                },
            } },
            "msteams": {
                "type": "object", "additionalProperties": false,
                "properties": {
                    "width": { "const": "Full" },
                    "entities": { "type": "array", "items": {
                        "type": "object", "additionalProperties": false, "required": ["type", "text", "mentioned"],
                        "properties": {
                            "type": { "const": "mention" }, "text": { "pattern": "^<at>.+</at>$" },
                            "mentioned": {
                                "type": "object", "additionalProperties": false, "required": ["id", "name"],
                                "properties": { "id": { "type": "string" }, "name": { "type": "string" } },
                            },
                        },
                    } },
                },
            },
        },
        "$defs": {
            "element": { "oneOf": [
                { "type": "object", "additionalProperties": false, "required": ["type", "text"], "properties": {
                    "type": { "const": "TextBlock" }, "text": { "type": "string" }, "wrap": { "type": "boolean" },
                    "style": { "enum": ["default", "heading"] }, "size": { "enum": ["Small", "Medium", "Large"] },
                    "weight": { "enum": ["Bolder"] }, "color": colour, "isSubtle": { "type": "boolean" },
                    "separator": { "type": "boolean" }, "spacing": { "enum": ["None", "Medium", "Large"] },
                } },
                { "type": "object", "additionalProperties": false, "required": ["type", "inlines"], "properties": {
                    "type": { "const": "RichTextBlock" }, "spacing": { "enum": ["None"] },
                    "inlines": { "type": "array", "minItems": 1, "items": {
                        "type": "object", "additionalProperties": false, "required": ["type", "text"], "properties": {
                            "type": { "const": "TextRun" }, "text": { "type": "string" },
                            "weight": { "enum": ["Bolder"] }, "color": colour,
                        },
                    } },
                } },
                { "type": "object", "additionalProperties": false, "required": ["type", "facts"], "properties": {
                    "type": { "const": "FactSet" },
                    "facts": { "type": "array", "minItems": 1, "items": {
                        "type": "object", "additionalProperties": false, "required": ["title", "value"],
                        "properties": { "title": { "type": "string" }, "value": { "type": "string" } },
                    } },
                } },
                { "type": "object", "additionalProperties": false, "required": ["type", "items"], "properties": {
                    "type": { "const": "Container" }, "spacing": { "enum": ["Medium", "Large"] },
                    "style": { "enum": ["attention", "warning", "good", "emphasis"] },
                    "items": { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/element" } },
                } },
            ] },
        },
    })
}

fn every_notice() -> Vec<Notice> {
    let report = OperatorReport {
        title: "A message could not be delivered".to_owned(),
        paragraphs: vec!["Mend it.".to_owned()],
    };
    let unjudged = Exceptions { cannot_tell: vec![unknown("ECGs", "no figure", Some("2025-08"))], ..october() };
    vec![
        of(october()),
        of(unjudged),
        of(empty()),
        of(many(40)),
        notice(Content::Gate(held_back())),
        notice(Content::Operator(report)),
    ]
}

#[test]
fn cards_are_as_the_schema_asks() {
    let validator = jsonschema::validator_for(&schema()).expect("a schema");
    let mentions = [Mentioned { name: "Jo Bell".to_owned(), id: "jo.bell@example.org".to_owned() }];
    let links = [Link { title: "Acknowledge".to_owned(), url: "https://bellwether.example.org/a/b".to_owned() }];
    for notice in every_notice() {
        for request in cards(&notice, &mentions, &links) {
            assert_eq!(request["type"], "message");
            let attachment = request["attachments"][0].as_object().expect("an attachment");
            assert_eq!(attachment["contentType"], "application/vnd.microsoft.card.adaptive");
            assert_eq!(attachment["contentUrl"], Json::Null);
            let errors: Vec<String> = validator.iter_errors(card(&request)).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:#?}\n{request:#}");
        }
    }
}

#[test]
fn a_card_says_what_changed_and_whom_it_is_for() {
    let mentions = [Mentioned { name: "Jo Bell".to_owned(), id: "jo.bell@example.org".to_owned() }];
    let [request] = cards(&of(october()), &mentions, &[]).try_into().expect("one card");
    let texts = texts(card(&request)["body"].as_array().map(|_| &card(&request)["body"]).expect("a body"));
    for text in [
        "October 2025: 4 alerts firing (2 new, 2 continuing), 1 resolved; 14 series looked at.",
        "<at>Jo Bell</at>",
        "Primary Care Medical Services Group",
        "New (2)",
        "Dementia · cost-and-volume",
        "694 in October 2025, 52.1% of plan",
        "1,332",
        "In breach since October 2025.",
        "Continuing (2)",
        "In breach for 3 months, since August 2025.",
        "Resolved (1)",
    ] {
        assert!(texts.iter().any(|said| said.contains(text)), "{text}: {texts:#?}");
    }
    let entity = json!({
        "type": "mention", "text": "<at>Jo Bell</at>", "mentioned": { "id": "jo.bell@example.org", "name": "Jo Bell" },
    });
    assert_eq!(card(&request)["msteams"], json!({ "width": "Full", "entities": [entity] }));
}

#[test]
fn what_one_card_cannot_hold_goes_on_the_next_and_every_alert_stands_once() {
    let content = many(200);
    let names: Vec<String> = content.new.iter().chain(&content.continuing).map(|line| line.labels.values()).collect();
    let mentions = [Mentioned { name: "Jo Bell".to_owned(), id: "jo.bell@example.org".to_owned() }];
    let requests = cards(&of(content), &mentions, &[]);
    assert!(requests.len() > 5);
    let mut found = Vec::new();
    for (number, request) in (1..).zip(&requests) {
        assert!(bytes(request) < 20_000, "{} bytes", bytes(request));
        let texts = texts(&card(request)["body"]);
        assert!(texts[0].ends_with(&format!("({number} of {})", requests.len())), "{}", texts[0]);
        let tells = texts.iter().any(|text| text.contains("<at>"));
        assert_eq!(
            (tells, card(request)["msteams"]["entities"].as_array().map(Vec::len)),
            (number == 1, Some(usize::from(number == 1)))
        );
        found.extend(texts.iter().filter(|text| names.contains(&(**text).to_owned())).map(|text| (*text).to_owned()));
    }
    let mut expected = names;
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    let continued = texts(card(&requests[1]));
    assert!(continued.iter().any(|text| text.contains(", continued")), "{continued:#?}");
}

#[test]
fn thousands_of_alerts_flood_no_channel_and_it_is_said_how_many_are_not_shown() {
    let notice = of(Exceptions { resolved: Vec::new(), ..many(1500) });
    let cards = cards(&notice, &[], &[]);
    let messages = slack(&notice, &[]);
    assert_eq!((cards.len(), messages.len()), (20, 20));
    // Its title alone says of what kind a contract is.
    let named = |all: &[Json]| {
        all.iter().flat_map(texts).filter(|text| text.contains("list of contracts · cost-and-volume")).count()
    };
    for (all, shown) in [(&cards, named(&cards)), (&messages, named(&messages))] {
        let said = format!("the first {shown} of 3,000; “bellwether alerts” lists every alert");
        assert!((300..1000).contains(&shown), "{shown}");
        assert!(all.iter().all(|one| one.to_string().contains(&said)), "{said}: {}", all[0]);
    }
    assert!(cards.iter().all(|card| bytes(card) < 20_000));
    messages.iter().for_each(assert_within_slacks_limits);
    // The gravest are among them: 215 of the 1,500 new ones are critical.
    let critical = cards.iter().map(|card| card.to_string().matches("  CRITICAL").count()).sum::<usize>();
    assert_eq!(critical, 215);
}

#[test]
fn what_is_too_long_says_where_it_can_be_read() {
    let mut long = dementia("Dementia");
    long.message = "a very long message ".repeat(5000);
    let id = long.id.0.clone();
    let notice = of(Exceptions { new: vec![long], ..october() });
    for request in cards(&notice, &[], &[]).iter().chain(&slack(&notice, &[])) {
        let text = request.to_string();
        assert!(text.contains(&format!("… (in full: bellwether explain {id})")), "{text}");
    }
}

/// Names that would be markup, cover their neighbours, or are longer than any message.
#[test]
fn hostile_texts_stay_texts_and_within_their_bounds() {
    let smear = format!("e{}", "\u{20d0}\u{301}\u{302}\u{303}\u{304}".repeat(40)).repeat(3000);
    for text in
        ["[click](https://evil.example.org) **bold** <at>Jo</at> `x` <!channel> & <b>", &smear, &"𝔘".repeat(30_000)]
    {
        let mut line = dementia(text);
        line.message = text.to_owned();
        line.rule = text.to_owned();
        let content =
            Exceptions { new: vec![line], dataset_title: text.to_owned(), file: text.to_owned(), ..october() };
        let mut hostile = of(content);
        hostile.group_name = text.to_owned();
        for request in cards(&hostile, &[], &[]) {
            assert!(
                bytes(&request) < 20_000,
                "{} bytes of {}",
                bytes(&request),
                text.chars().take(5).collect::<String>()
            );
            for block in card(&request)["body"].as_array().expect("a body") {
                let markdown = block["text"]
                    .as_str()
                    .into_iter()
                    .chain(block["facts"].as_array().into_iter().flatten().filter_map(|fact| fact["value"].as_str()));
                for text in markdown {
                    assert!(!text.contains("[click]") && !text.contains("<at>") && !text.contains(" **bold"), "{text}");
                }
            }
        }
        for message in slack(&hostile, &[]) {
            assert_within_slacks_limits(&message);
            assert!(!message.to_string().contains("<!channel>"));
        }
    }
}

/// <https://api.slack.com/reference/block-kit/blocks>
fn assert_within_slacks_limits(message: &Json) {
    let blocks = message["blocks"].as_array().expect("blocks");
    assert!((1..=50).contains(&blocks.len()), "{}", blocks.len());
    assert!(message["text"].as_str().is_some_and(|text| !text.is_empty()));
    for block in blocks {
        let longest = if block["type"] == "header" { 150 } else { 3000 };
        let mut texts = block["text"]["text"]
            .as_str()
            .into_iter()
            .chain(block["elements"].as_array().into_iter().flatten().filter_map(|element| element["text"].as_str()));
        assert!(texts.all(|text| (1..=longest).contains(&text.chars().count())), "{block}");
    }
}

#[test]
fn slack_gets_blocks_within_its_limits() {
    for notice in every_notice() {
        for message in
            slack(&notice, &[Link { title: "Acknowledge".to_owned(), url: "https://b.example.org/".to_owned() }])
        {
            assert_within_slacks_limits(&message);
        }
    }
    let [message] = slack(&of(october()), &[]).try_into().expect("one message");
    let text = message.to_string();
    assert!(
        text.contains("*Dementia · cost-and-volume*\\nDementia: 694 delivered, 52.1% of the 1,332 planned"),
        "{text}"
    );
    let several = slack(&of(many(200)), &[]);
    let named = several.iter().flat_map(texts).filter(|text| text.contains("*Contract number ")).count();
    assert_eq!(named, 400, "every alert stands once");
    assert!(texts(&several[0]["blocks"])[0].ends_with(&format!("(1 of {})", several.len())));
}
