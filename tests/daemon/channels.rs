//! Every channel through the real program.

use std::{fs, path::Path};

use serde_json::Value;

use crate::support::{Answer, Home, Receiver, les_file};

#[test]
fn every_channel_carries_the_month_and_no_secret_is_shown() {
    let receiver = Receiver::scripted(|| Answer::Status(202));
    let home = Home::new();
    home.write("teams", receiver.url("flow/hunter2?sig=hunter2\n").as_bytes());
    home.write("slack", receiver.url("services/hunter2\n").as_bytes());
    let alertmanager = receiver.url("");
    home.channels(
        &[
            "teams: { url_file: teams, mentions: [{ name: Jo Bell, id: jo.bell@example.org }] }".to_owned(),
            "slack: { url_file: slack }".to_owned(),
            format!("alertmanager: {{ url: '{alertmanager}' }}"),
            format!(
                "webhook: {{ url: '{}', secret_file: secret, format: alertmanager }}",
                receiver.url("am?key=hunter2")
            ),
            format!("webhook: {{ url: '{}', secret_file: secret, format: cloudevents }}", receiver.url("events")),
            "folder: { path: reports/primary-care }".to_owned(),
        ],
        &[Home::to_files()],
    );
    let checked = home.output(&["check"]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    home.drop_file(&les_file("10"));
    let mut daemon = home.start();
    let sent = |outbox: &[Value]| outbox.len() >= 6 && outbox.iter().all(|entry| entry["state"] == "sent");
    let outbox = home.wait_for_outbox("all are sent", sent);

    let body = |path: &str| {
        let requests = receiver.requests();
        let request = requests.iter().find(|request| request.path == path);
        request.unwrap_or_else(|| panic!("nothing came to {path}: {requests:#?}")).json()
    };
    let card = body("/flow/hunter2?sig=hunter2")["attachments"][0]["content"].clone();
    assert_eq!((&card["type"], &card["version"]), (&"AdaptiveCard".into(), &"1.5".into()));
    assert!(
        card.to_string().contains("<at>Jo Bell</at>") && card.to_string().contains("Simple Injections"),
        "{card:#}"
    );
    assert!(body("/services/hunter2")["blocks"].to_string().contains("Simple Injections"));
    assert_eq!(body("/events")["specversion"], "1.0");
    let forwarded = body("/api/v2/alerts");
    let of_webhook = body("/am?key=hunter2");
    assert_eq!(of_webhook["version"], "4");
    let alerts = of_webhook["alerts"].as_array().unwrap();
    let simple = alerts.iter().find(|alert| alert["labels"]["contract"] == "Simple Injections").unwrap();
    // Below 60% of plan in October 2025 as published: 12,521 of 27,455.
    assert_eq!((&simple["annotations"]["value"], &simple["annotations"]["plan"]), (&"12,521".into(), &"27,455".into()));
    assert_eq!(forwarded.as_array().unwrap().len(), alerts.len());

    let folder = home.files("reports/primary-care");
    assert!([".html", ".json", ".txt"].iter().all(|end| folder.iter().any(|name| name.ends_with(end))), "{folder:?}");
    let text = folder.iter().find(|name| Path::new(name).extension() == Some("txt".as_ref())).unwrap();
    assert!(fs::read_to_string(home.path("reports/primary-care").join(text)).unwrap().contains("Simple Injections"));

    daemon.stop();
    assert!(!format!("{outbox:?}").contains("hunter2"), "{outbox:#?}");
    assert!(daemon.log().iter().all(|line| !line.contains("hunter2")));
}

#[test]
fn a_host_that_is_not_on_the_list_is_refused_where_it_stands() {
    let home = Home::new();
    home.channels(
        &[Home::to_webhook("https://evil.example.org/x"), "folder: { path: drop/x }".to_owned()],
        &[Home::to_files()],
    );
    home.settings("outbound: { allow: [hooks.example.org, '*.logic.azure.com'] }\n");
    let checked = home.output(&["check"]);
    let said = String::from_utf8_lossy(&checked.stderr).into_owned() + &String::from_utf8_lossy(&checked.stdout);
    assert!(!checked.status.success());
    assert!(said.contains("evil.example.org is not among the hosts that messages may go to"), "{said}");
    assert!(said.contains("reports cannot be left in this folder"), "{said}");
    assert!(said.contains("groups.yaml"), "{said}");
}
