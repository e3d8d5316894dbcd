//! Messages that are looked at before anybody gets one, and messages that try the channels, through the real program.

#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use support::Home;

const GROUP: &str = "primary-care-medical-services";

fn preview(home: &Home, more: &[&str]) -> support::Ran {
    let output = home.path("looked-at").display().to_string();
    home.run(&[&["preview", "--group", GROUP, "--output", &output], more].concat())
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_group_that_was_told_nothing_is_shown_a_sample() {
    let home = Home::new();
    let ran = preview(&home, &[]).ends_with(0);
    assert!(ran.out.contains("This is a sample"), "{}", ran.out);
    for name in ["1-email.eml", "1-email.html", "1-email.txt"] {
        assert!(ran.out.contains(&home.path("looked-at").join(name).display().to_string()), "{}", ran.out);
    }
    // As published: 12,521 of 27,455 in October 2025.
    let text = home.read("looked-at/1-email.txt");
    assert!(text.contains("Simple Injections") && text.contains("12,521"), "{text}");
    assert!(home.outbox().is_empty() && home.files("mail").is_empty(), "nothing is sent");
}

#[test]
fn every_kind_of_notice_can_be_looked_at() {
    let home = Home::new();
    for (kind, says) in [
        ("exceptions", "3 new, 2 worsened"),
        ("gate", "was held back"),
        ("operator", "what the operator is told"),
        ("silence", "a silence"),
        ("escalation", "Already taken to A group (chair) on 7 November 2025."),
        ("three_as", "5 matters to alert the committee to"),
    ] {
        let ran = preview(&home, &["--kind", kind]).ends_with(0);
        assert!(ran.out.contains("nothing of this kind yet. This is a sample"), "{}", ran.out);
        let text = words(&home.read("looked-at/1-email.txt"));
        assert!(text.contains(says), "{kind}: {text}");
    }
    // The chair sees the chart too.
    preview(&home, &["--kind", "escalation"]).ends_with(0);
    assert!(home.read("looked-at/1-email.html").contains("<img src=\"data:image/png;base64,"));
    let wrong = preview(&home, &["--kind", "digests"]).ends_with(2);
    assert!(wrong.err.contains("a notice is one of exceptions, gate"), "{}", wrong.err);
}

#[test]
fn what_is_previewed_is_what_was_sent() {
    let home = Home::new();
    home.take_months(&["2025-05", "2025-06", "2025-07", "2025-08", "2025-09", "2025-10"]);
    let mut told = home.notices();
    told.retain(|told| told.group == GROUP && told.kind == "exceptions");
    let newest = told.pop().expect("October");
    let ran = preview(&home, &["--channel", "email"]).ends_with(0);
    assert!(ran.out.contains(&newest.id), "{}", ran.out);
    let shown = words(&home.read("looked-at/1-email.txt"));
    assert!(home.mail(&newest).contains(&shown), "{shown}\n\n{}", home.mail(&newest));
    let email = home.read("looked-at/1-email.eml");
    assert!(email.contains("To: ") && email.contains("Subject: ") && email.contains("Auto-Submitted"), "{email}");
}

#[test]
fn each_channel_shows_what_it_would_post() {
    let home = Home::new();
    let channels = "channels:
      - webhook: { url: 'https://hooks.example.org/x', secret_file: nowhere, format: cloudevents }
      - teams: { url_file: nowhere }
      - folder: { path: reports/pcms }";
    home.edit(
        "config/groups.yaml",
        "channels:\n      - email: { to: [pcms-chair@example.org, pcms-secretary@example.org] }",
        channels,
    );
    let ran = preview(&home, &[]).ends_with(0);
    let event: serde_json::Value =
        serde_json::from_str(&home.read("looked-at/1-webhook.json")).expect("an event as JSON");
    assert_eq!((&event["specversion"], &event["type"]), (&"1.0".into(), &"bellwether.exceptions".into()), "{event:#}");
    let card = home.files("looked-at").into_iter().find(|name| name.starts_with("2-teams")).expect("a card");
    assert!(home.read(&format!("looked-at/{card}")).contains("AdaptiveCard"), "{}", ran.out);
    assert!(home.read("looked-at/3-folder.html").contains("Simple Injections"));
    assert!(home.files("reports").is_empty(), "nothing is left in the folder");
}

#[test]
fn groups_and_channels_that_are_not_there_are_named() {
    let home = Home::new();
    let ran = home.run(&["preview", "--group", "nobody"]).ends_with(2);
    assert!(ran.err.contains("there is no group `nobody`"), "{}", ran.err);
    let ran = preview(&home, &["--channel", "slack"]).ends_with(2);
    assert!(ran.err.contains("no channel of the kind slack"), "{}", ran.err);
    let ran = preview(&home, &["--channel", "fax"]).ends_with(2);
    assert!(ran.err.contains("email, webhook"), "{}", ran.err);
    let ran = home.run(&["outbox", "send-test", "nobody"]).ends_with(2);
    assert!(ran.err.contains("there is no group `nobody`"), "{}", ran.err);
}

#[test]
fn a_test_message_waits_for_the_daemon() {
    let home = Home::new();
    let ran = home.run(&["outbox", "send-test", "performance-team"]).ends_with(1);
    assert!(ran.out.contains("queued") && ran.out.contains("No daemon is at work"), "{}", ran.out);
    home.once().ends_with(0);
    let mails = home.files("mail");
    let mail = home.read(&format!("mail/{}", mails.first().expect("the test message")));
    assert!(mail.contains("Subject: TEST: "), "{mail}");
    assert_eq!(mails.len(), 1, "{mails:?}");
}

#[test]
fn what_became_of_each_attempt_is_told() {
    let home = Home::new();
    // Nobody listens on port 9 of this machine.
    let channels = "channels:
      - email: { to: [performance@example.org] }
      - webhook: { url: 'http://127.0.0.1:9/', secret_file: secret }";
    home.edit("config/groups.yaml", "channels:\n      - email: { to: [performance@example.org] }", channels);
    home.write("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let daemon = home.start();
    let ran = home.run(&["outbox", "send-test", "performance-team"]).ends_with(1);
    assert!(ran.out.contains("email performance@example.org: sent"), "{}", ran.out);
    assert!(ran.out.contains("not sent yet: 127.0.0.1") && ran.out.contains("tried again at"), "{}", ran.out);
    let ran = home.run(&["outbox", "send-test", "performance-team", "--channel", "email"]).ends_with(0);
    assert!(!ran.out.contains("webhook"), "{}", ran.out);
    daemon.stop();
}
