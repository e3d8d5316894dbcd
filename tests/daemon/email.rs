//! Email through a real mail server.

use serde_json::{Value, json};

use crate::support::{Home, Relay, les_file};

const LOGIN: (&str, &str) = ("bellwether", "correct horse battery staple");

/// Settings of a relay on this machine.
fn smtp(host: &str, relay: &Relay, tls: &str, more: &str) -> String {
    format!(
        "email:\n  from: bellwether <bellwether@example.org>\n  transport:\n    smtp: {{ host: {host}, port: {}, tls: {tls}{more} }}\n",
        relay.port
    )
}

/// A login and the relay's own authority.
fn login_and_authority(relay: &Relay) -> String {
    format!(", user: {}, password_file: password, ca_file: {}", LOGIN.0, relay.authority.display())
}

/// A home whose reports go to these addresses.
fn home_to(addresses: &[&str]) -> Home {
    let home = Home::new();
    home.write("password", LOGIN.1.as_bytes());
    home.channels(&[format!("email: {{ to: [{}] }}", addresses.join(", "))], &[Home::to_files()]);
    home
}

fn header<'a>(message: &'a Value, name: &str) -> &'a str {
    let headers = message["headers"].as_array().unwrap();
    let found: Vec<&Value> = headers.iter().filter(|header| header[0] == name).collect();
    assert_eq!(found.len(), 1, "{name} in {headers:#?}");
    found[0][1].as_str().unwrap()
}

/// What the outbox says of the message to an address.
fn entry<'a>(outbox: &'a [Value], address: &str) -> &'a Value {
    outbox.iter().find(|entry| entry["recipient"].as_str().unwrap().contains(address)).unwrap()
}

fn assert_is_the_report(message: &Value, address: &str, id: &str) {
    assert_eq!(message["sender"], "bellwether@example.org");
    assert_eq!(message["recipients"], serde_json::json!([address]));
    assert_eq!(message["defects"], serde_json::json!([]));
    assert_eq!(header(message, "Message-ID"), format!("<{id}@example.org>"));
    assert_eq!(header(message, "From"), "bellwether <bellwether@example.org>");
    assert_eq!(header(message, "To"), address);
    assert_eq!(header(message, "Auto-Submitted"), "auto-generated");
    assert_eq!(header(message, "List-Id"), "<primary-care-medical-services.example.org>");
    assert!(header(message, "Subject").contains("Local Enhanced Services"), "{}", header(message, "Subject"));
    let reply = header(message, "In-Reply-To");
    assert_eq!(reply, "<les-activity.2025-10.primary-care-medical-services.primary-care-medical-services@example.org>");
    assert_eq!(header(message, "References"), reply);
    let parts = message["parts"].as_array().unwrap();
    let texts: Vec<&Value> = parts.iter().filter(|part| part["disposition"].is_null()).collect();
    let kinds: Vec<&str> = texts.iter().map(|part| part["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["text/plain", "text/html"]);
    for part in texts {
        assert_eq!(part["charset"], "utf-8");
        let text = part["text"].as_str().unwrap();
        // Published for October 2025: 12,521 delivered of 27,455 planned.
        assert!(text.contains("Simple Injections") && text.contains("12,521"), "{text}");
        assert!(text.contains("45.6%"), "12,521 / 27,455 is 45.6% in {text}");
        assert!(text.contains("les-activity-2025-10-alerts.xlsx"), "{text}");
    }
    assert_pictures_are_shown(message);
    assert_tables_are_attached(message);
    assert!(message["longest_line"].as_u64().unwrap() <= 998, "RFC 5322, 2.1.1");
}

/// Every picture is one that the page shows, and the other way about; each has words for those who do not see it.
fn assert_pictures_are_shown(message: &Value) {
    let parts = message["parts"].as_array().unwrap();
    let page = parts.iter().find(|part| part["type"] == "text/html").unwrap()["text"].as_str().unwrap();
    let pictures: Vec<&Value> = parts.iter().filter(|part| part["type"] == "image/png").collect();
    let shown: Vec<String> =
        page.split("src=\"cid:").skip(1).map(|rest| format!("<{}>", rest.split('"').next().unwrap())).collect();
    let ids: Vec<&str> = pictures.iter().map(|picture| picture["content_id"].as_str().unwrap()).collect();
    assert_eq!(ids, shown);
    let words = page.matches("alt=\"Run chart, ").count();
    assert_eq!(words, ids.len(), "{page}");
    for picture in pictures {
        assert_eq!(picture["disposition"], "inline");
        assert!(picture["bytes"].as_str().unwrap().starts_with("iVBORw0KGgo"), "the signature of PNG in base64");
    }
    let related: Vec<&str> = ["text/html"].into_iter().chain(ids.iter().map(|_| "image/png")).collect();
    let inner = if ids.is_empty() { json!("text/html") } else { json!({ "related": related }) };
    let spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let expected = json!({ "mixed": [{ "alternative": ["text/plain", inner] }, spreadsheet, "text/csv"] });
    assert_eq!(message["structure"], expected);
}

fn assert_tables_are_attached(message: &Value) {
    let parts = message["parts"].as_array().unwrap();
    let attached: Vec<&Value> = parts.iter().filter(|part| part["disposition"] == "attachment").collect();
    let names: Vec<&str> = attached.iter().map(|part| part["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["les-activity-2025-10-alerts.xlsx", "les-activity-2025-10-alerts.csv"]);
    let csv = attached[1]["text"].as_str().unwrap();
    let rows: Vec<&str> = csv.lines().collect();
    let injections = rows.iter().find(|row| row.contains("Simple Injections")).unwrap();
    assert!(injections.contains(",2025-10,12521,27455,"), "{injections}");
    // The workbook has the same rows.
    let cells = message["sheet"].as_array().unwrap();
    assert_eq!(cells.len(), rows.len());
    assert!(cells.iter().all(|cells| *cells == rows[0].split(',').count()), "{cells:?}");
}

#[test]
fn a_report_arrives_under_each_kind_of_protection() {
    for (protection, login) in [("starttls", true), ("tls", true), ("none", false)] {
        let home = home_to(&["chair@example.org"]);
        let relay = Relay::start(home.root(), protection, "localhost", login.then_some(LOGIN));
        let more = if login { login_and_authority(&relay) } else { String::new() };
        home.settings(&smtp("localhost", &relay, protection, &more));
        let mut daemon = home.start();
        home.drop_file(&les_file("10"));
        let outbox = home.wait_for_outbox("sent", |outbox| outbox.len() == 1 && outbox[0]["state"] == "sent");
        assert_eq!(outbox[0]["attempts"], 1);
        let messages = relay.events("message");
        assert_eq!(messages.len(), 1);
        assert_is_the_report(&messages[0], "chair@example.org", outbox[0]["id"].as_str().unwrap());
        assert_eq!(messages[0]["protected"], protection != "none", "{protection}");
        assert_eq!(messages[0]["authenticated"], login, "{protection}");
        daemon.stop();
    }
}

#[test]
fn charts_travel_with_the_page_and_a_month_stays_together() {
    let home = home_to(&["chair@example.org"]);
    let relay = Relay::start(home.root(), "tls", "localhost", Some(LOGIN));
    home.settings(&smtp("localhost", &relay, "tls", &login_and_authority(&relay)));
    let mut daemon = home.start();
    for (month, sent) in [("09", 1), ("10", 2)] {
        home.drop_file(&les_file(month));
        home.wait_for_outbox("sent", |all| all.iter().filter(|entry| entry["state"] == "sent").count() == sent);
    }
    let messages = relay.events("message");
    let [september, october] = messages.as_slice() else { panic!("two messages, not {messages:#?}") };
    let outbox = home.wait_for_outbox("sent", |_| true);
    let ids: Vec<&str> = outbox.iter().map(|entry| entry["id"].as_str().unwrap()).collect();
    let id = ids.iter().find(|id| header(october, "Message-ID").contains(**id)).unwrap();
    assert_is_the_report(october, "chair@example.org", id);
    // Two months are a line, and one is none.
    let pictures = |message: &Value| {
        message["parts"].as_array().unwrap().iter().filter(|part| part["type"] == "image/png").count()
    };
    assert_eq!(pictures(september), 0);
    assert_eq!(pictures(october), october["sheet"].as_array().unwrap().len() - 1, "one for each alert");
    for name in ["In-Reply-To", "Thread-Index"] {
        assert_ne!(header(september, name), header(october, name));
    }
    daemon.stop();
}

#[test]
fn each_recipient_has_an_outcome_of_its_own() {
    let home = home_to(&["chair@example.org", "gone@refused.example", "busy@later.example", "picky@content.example"]);
    let relay = Relay::start(home.root(), "starttls", "localhost", Some(LOGIN));
    home.settings(&smtp("localhost", &relay, "starttls", &login_and_authority(&relay)));
    let mut daemon = home.start();
    home.drop_file(&les_file("10"));
    // Four messages, and one to the operator that tells of the two dead letters, or two that tell of one each.
    let waits = |entry: &Value| entry["state"] == "queued" || entry["state"] == "sending";
    let outbox = home.wait_for_outbox("all decided", |outbox| outbox.len() >= 5 && !outbox.iter().any(waits));

    let chair = entry(&outbox, "chair@example.org");
    assert_eq!((&chair["state"], &chair["attempts"], &chair["last_error"]), (&"sent".into(), &1.into(), &Value::Null));

    let busy = entry(&outbox, "busy@later.example");
    assert_eq!((&busy["state"], &busy["attempts"]), (&"sent".into(), &2.into()));
    let to_busy: Vec<Value> = relay
        .events("message")
        .into_iter()
        .filter(|message| message["recipients"][0] == "busy@later.example")
        .collect();
    assert_eq!(to_busy.len(), 1);
    assert_is_the_report(&to_busy[0], "busy@later.example", busy["id"].as_str().unwrap());

    for (address, said) in [
        ("gone@refused.example", "localhost did not take the recipient: 550 5.1.1 no such mailbox"),
        ("picky@content.example", "localhost did not take the message: 554 5.6.0 the content is not wanted here"),
    ] {
        let entry = entry(&outbox, address);
        assert_eq!((&entry["state"], &entry["attempts"]), (&"dead".into(), &1.into()));
        assert_eq!(entry["last_error"], said);
    }
    daemon.stop();
}

#[test]
fn a_wrong_password_waits_until_it_is_put_right() {
    let home = home_to(&["chair@example.org"]);
    let relay = Relay::start(home.root(), "starttls", "localhost", Some(LOGIN));
    home.write("password", b"hunter2");
    home.settings(&format!(
        "{}retry: {{ attempts: 1000, first: 300ms, longest: 1s, timeout: 20s }}\n",
        smtp("localhost", &relay, "starttls", &login_and_authority(&relay))
    ));
    let mut daemon = home.start();
    home.drop_file(&les_file("10"));
    let refused = |outbox: &[Value]| outbox.len() == 1 && outbox[0]["attempts"].as_u64() >= Some(1);
    let outbox = home.wait_for_outbox("refused", refused);
    let error = outbox[0]["last_error"].as_str().unwrap();
    assert!(error.starts_with("localhost did not let us log in: 535"), "{error}");
    assert!(outbox[0]["state"] == "queued" || outbox[0]["state"] == "sending", "{outbox:#?}");
    assert!(!error.contains("hunter2") && !daemon.log().concat().contains("hunter2"), "the password is told");

    home.write("password", LOGIN.1.as_bytes());
    assert!(home.output(&["reload"]).status.success());
    let sent = home.wait_for_outbox("sent", |outbox| outbox[0]["state"] == "sent");
    assert_eq!(sent[0]["id"], outbox[0]["id"]);
    assert_eq!(sent[0]["last_error"], Value::Null);
    let messages = relay.events("message");
    assert_eq!(messages.len(), 1);
    assert_is_the_report(&messages[0], "chair@example.org", outbox[0]["id"].as_str().unwrap());
    daemon.stop();
}

#[test]
fn nothing_is_said_to_a_relay_that_cannot_prove_who_it_is() {
    // An authority that nobody knows, and a certificate for another machine.
    for (name, known) in [("localhost", false), ("mail.example.org", true)] {
        for protection in ["starttls", "tls"] {
            let home = home_to(&["chair@example.org"]);
            let relay = Relay::start(home.root(), protection, name, Some(LOGIN));
            let authority = if known { format!(", ca_file: {}", relay.authority.display()) } else { String::new() };
            let more = format!(", user: {}, password_file: password{authority}", LOGIN.0);
            home.settings(&smtp("localhost", &relay, protection, &more));
            let mut daemon = home.start();
            home.drop_file(&les_file("10"));
            let outbox = home.wait_for_outbox("dead", |outbox| outbox.iter().any(|entry| entry["state"] == "dead"));
            let error = entry(&outbox, "chair@example.org")["last_error"].as_str().unwrap();
            assert!(error.contains("given up after 6 attempts") && error.contains("certificate"), "{error}");
            assert!(relay.events("login").is_empty() && relay.events("message").is_empty(), "{name} {protection}");
            daemon.stop();
        }
    }
}

#[test]
fn a_relay_that_is_not_there_is_named() {
    let home = home_to(&["chair@example.org"]);
    let mut relay = Relay::start(home.root(), "none", "localhost", None);
    relay.stop();
    home.settings(&smtp("127.0.0.1", &relay, "none", ""));
    let mut daemon = home.start();
    home.drop_file(&les_file("10"));
    let outbox = home.wait_for_outbox("dead", |outbox| outbox.iter().any(|entry| entry["state"] == "dead"));
    let error = entry(&outbox, "chair@example.org")["last_error"].as_str().unwrap();
    assert!(error.starts_with("given up after 6 attempts: 127.0.0.1 could not be reached: "), "{error}");
    assert!(error.contains("refused"), "{error}");
    daemon.stop();
}
