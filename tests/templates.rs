//! Templates of a group's own, through the real program.

#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use std::fs;

use support::Home;

const GROUP: &str = "primary-care-medical-services";
const FOLDER: &str = "config/templates/primary-care-medical-services";

/// The text of the newest message that the group would get.
fn previewed(home: &Home, file: &str) -> String {
    let output = home.path("looked-at").display().to_string();
    home.run(&["preview", "--group", GROUP, "--output", &output]).ends_with(0);
    home.read(&format!("looked-at/{file}"))
}

#[test]
fn a_group_has_its_own_words_and_others_keep_theirs() {
    let home = Home::new();
    home.write(&format!("{FOLDER}/subject.txt"), "Our {{ period }}: {{ headline }}");
    home.write(
        &format!("{FOLDER}/exceptions.html"),
        "<p>{{ dataset }}</p>{% for section in sections %}{% for alert in section.alerts %}<b>{{ alert.label }}</b>{% endfor %}{% endfor %}",
    );
    home.write("config/templates/operator.txt", "For all: {{ headline }}\n");
    home.run(&["check"]).ends_with(0);

    let email = previewed(&home, "1-email.eml");
    assert!(email.contains("Subject: Our October 2025: "), "{email}");
    assert!(previewed(&home, "1-email.html").contains("<b>Dementia"), "its page");
    assert!(previewed(&home, "1-email.txt").contains("Simple Injections"), "the shipped text");

    home.run(&["outbox", "send-test", "performance-team"]).ends_with(1);
    home.once().ends_with(0);
    let mail = home.files("mail").pop().map(|file| home.read(&format!("mail/{file}"))).expect("a mail");
    assert!(mail.contains("For all: TEST"), "{mail}");
}

#[test]
fn what_data_says_is_escaped_in_a_page_of_ones_own() {
    let home = Home::new();
    home.write(
        &format!("{FOLDER}/exceptions.html"),
        "{% for section in sections %}{% for alert in section.alerts %}<b>{{ alert.label }}</b>{% endfor %}{% endfor %}",
    );
    let month = fs::read_to_string("tests/data/les-activity/les-activity-2025-10.csv").expect("a month");
    home.take("les-activity-2025-10.csv", month.replace("Dementia", "<script>alert(1)</script>"), 0);
    let page = previewed(&home, "1-email.html");
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script"), "{page}");
}

#[test]
fn mistakes_are_found_where_they_stand() {
    for (file, text, said) in [
        ("subject.txt", "one\n{{ headline", "subject.txt:2"),
        // In a branch that the sample does not reach.
        ("exceptions.txt", "\n\n{% if false %}{{ headlin }}{% endif %}", "exceptions.txt:3"),
        ("exceptions.html", "{% for section in sections %}\n{{ section.titel }}{% endfor %}", "exceptions.html:2"),
        ("exceptions.html", "{% include 'config/bellwether.yaml' %}", "exceptions.html:1"),
        ("gate.txt", "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}", "gate.txt:1"),
        ("gate.html", "{{ 'x' * 9000000 }}", "gate.html"),
        ("escalation.html", "{% for case in cases %}\n{{ case.reason }}{% endfor %}", "escalation.html:2"),
        ("escalation.txt", "{% if copy %}{{ headline.text }}{% endif %}", "escalation.txt:1"),
        ("three_as.txt", "{% for one in missing %}{{ one.titel }}{% endfor %}", "three_as.txt:1"),
        ("card.json", "{\"type\": \"Sandwich\"}", "card.json"),
        ("card.json", "{{ headline }", "card.json:1"),
        ("exceptons.html", "", "did you mean `exceptions.html`"),
    ] {
        let home = Home::new();
        home.write(&format!("{FOLDER}/{file}"), text);
        let ran = home.run(&["check"]).ends_with(2);
        assert!(ran.err.contains(said), "{file} {text}\n{}", ran.err);
    }
    let home = Home::new();
    home.write("config/templates/nobody/subject.txt", "x");
    let ran = home.run(&["check"]).ends_with(2);
    assert!(ran.err.contains("nobody"), "{}", ran.err);
}

#[test]
fn a_template_that_fails_loses_nothing_and_is_told_of_once() {
    let home = Home::new();
    // The sample is of October.
    home.write(
        &format!("{FOLDER}/exceptions.txt"),
        "{% if period != 'October 2025' %}{% for section in sections %}{{ section.nothing }}{% endfor %}{% endif %}",
    );
    home.run(&["check"]).ends_with(0);
    let mut daemon = home.start();
    for (count, month) in ["2025-05", "2025-06"].into_iter().enumerate() {
        let name = format!("les-activity-{month}.csv");
        let text = fs::read_to_string(format!("tests/data/les-activity/{name}")).expect("a month");
        home.take_in_daemon(&mut daemon, &name, &text, count + 1);
    }
    daemon.stop();
    let told = home.notices();
    let to_operator: Vec<_> = told.iter().filter(|told| told.subject.contains("template")).collect();
    assert_eq!(to_operator.len(), 1, "{told:#?}");
    assert!(to_operator[0].content.to_string().contains("exceptions.txt, line 1"), "{to_operator:#?}");
    let newest = told.iter().rfind(|told| told.group == GROUP).expect("a notice");
    home.once().ends_with(0);
    assert!(home.mail(newest).contains("Sent by bellwether"), "the program's own took its place");
}

#[test]
fn a_card_of_ones_own_is_what_teams_gets() {
    let home = Home::new();
    home.edit(
        "config/groups.yaml",
        "email: { to: [pcms-chair@example.org, pcms-secretary@example.org] }",
        "teams: { url_file: nowhere }",
    );
    home.write(
        &format!("{FOLDER}/card.json"),
        r#"{ "type": "AdaptiveCard", "version": "1.5", "body": [{ "type": "TextBlock", "text": {{ headline }} }] }"#,
    );
    let message: serde_json::Value = serde_json::from_str(&previewed(&home, "1-teams.json")).expect("JSON");
    let card = &message["attachments"][0]["content"];
    let text = card["body"][0]["text"].as_str().expect("a text");
    assert!(text.starts_with("October 2025: ") && card["body"].as_array().map(Vec::len) == Some(1), "{card:#}");
}

#[test]
fn what_templates_may_use_is_printed() {
    let home = Home::new();
    let ran = home.run(&["preview", "--group", GROUP, "--variables"]).ends_with(0);
    let view = ran.json();
    assert_eq!(view["period"], "October 2025");
    assert!(view["sections"][0]["alerts"][0]["message"].is_string(), "{view:#}");
    assert!(home.files("preview").is_empty());
}
