//! Webhooks to receivers of every temper.

use std::time::Duration;

use serde_json::Value;

use crate::support::{Answer, Home, Receiver, SECRET, les_file, verify_signatures, verify_signatures_with};

/// A home whose reports go to a receiver, with a file in its drop folder.
fn home_to(receiver: &Receiver) -> Home {
    let home = Home::new();
    home.channels(&[Home::to_webhook(&receiver.url("hook"))], &[Home::to_files()]);
    home.drop_file(&les_file("10"));
    home
}

fn webhooks(outbox: &[Value]) -> Vec<&Value> {
    outbox.iter().filter(|entry| entry["channel"] == "webhook").collect()
}

#[test]
fn whatever_a_receiver_does_the_message_arrives_under_one_id() {
    let elsewhere = Receiver::answering([]);
    let moved = Answer::With(302, "Location", elsewhere.url("new"));
    let tempers = [Answer::Status(500), moved, Answer::Hang, Answer::CloseHalfway, Answer::Forget];
    let receiver = Receiver::answering(tempers.clone());
    let home = home_to(&receiver);
    // As long as the receiver that hangs is waited for.
    home.settings("retry: { attempts: 6, first: 50ms, longest: 300ms, timeout: 5s }\n");
    let mut daemon = home.start();
    let outbox = home.wait_for_outbox("sent", |outbox| outbox.iter().any(|entry| entry["state"] == "sent"));
    daemon.stop();

    let entries = webhooks(&outbox);
    assert_eq!(entries.len(), 1, "{outbox:#?}");
    assert_eq!(entries[0]["attempts"], 6);
    let requests = receiver.requests();
    // One was cut off before its end.
    assert_eq!(requests.len(), 5);
    let all =
        |part: fn(&crate::support::Request) -> &str| requests.iter().all(|request| part(request) == part(&requests[0]));
    assert!(all(|request| request.id()) && all(|request| &request.body), "every attempt is a copy: {requests:#?}");
    assert_eq!(requests[0].id(), entries[0]["id"].as_str().unwrap());
    verify_signatures(&requests);
    assert!(elsewhere.requests().is_empty(), "a redirection was followed");

    let body = requests[0].json();
    assert_eq!(body["type"], "bellwether.exceptions");
    assert_eq!(body["data"]["group"]["id"], "primary-care-medical-services");
    let alerts = body["data"]["alerts"].as_array().unwrap();
    let simple = alerts.iter().find(|alert| alert["labels"]["contract"] == "Simple Injections").unwrap();
    // As published for October 2025.
    assert_eq!((&simple["value"], &simple["plan"]), (&12521.0.into(), &27455.0.into()));
}

#[test]
fn a_receiver_that_asks_for_time_gets_it() {
    let receiver = Receiver::answering([Answer::With(429, "Retry-After", "2".to_owned())]);
    let home = home_to(&receiver);
    home.settings("retry: { attempts: 6, first: 50ms, longest: 10s, timeout: 20s }\n");
    let mut daemon = home.start();
    let requests = receiver.wait_for(2);
    let waited = requests[1].at.duration_since(requests[0].at);
    assert!(waited >= Duration::from_millis(1990), "{waited:?}");
    home.wait_for_outbox("sent", |outbox| webhooks(outbox).iter().all(|entry| entry["state"] == "sent"));
    verify_signatures(&requests);
    daemon.stop();
}

#[test]
fn while_keys_are_changed_each_signs() {
    let receiver = Receiver::answering([]);
    let home = home_to(&receiver);
    let new = "whsec_bmV3IHNlY3JldCBvZiAzMiBieXRlcywgZm9yIGEgdGVzdCE=";
    home.write("secret", format!("{new}\n{SECRET}\n").as_bytes());
    let mut daemon = home.start();
    let requests = receiver.wait_for(1);
    // A receiver knows the old key until it has the new one.
    verify_signatures_with(SECRET, &requests);
    verify_signatures_with(new, &requests);
    daemon.stop();
}

#[test]
fn one_that_hangs_holds_up_nobody_else() {
    let (slow, quick) = (Receiver::scripted(|| Answer::Hang), Receiver::answering([]));
    let home = Home::new();
    home.settings("retry: { attempts: 3, first: 50ms, longest: 1s, timeout: 10m }\n");
    home.channels(&[Home::to_webhook(&slow.url("slow")), Home::to_webhook(&quick.url("quick"))], &[Home::to_files()]);
    let mut daemon = home.start();
    for month in ["08", "09", "10"] {
        home.drop_file(&les_file(month));
        home.wait_for_deliveries(1);
    }
    home.wait_for_deliveries(3);
    let sent = |outbox: &[Value]| {
        outbox.iter().filter(|entry| entry["recipient"] == quick.url("quick")).all(|entry| entry["state"] == "sent")
    };
    let outbox = home.wait_for_outbox("the quick one has all", |outbox| !outbox.is_empty() && sent(outbox));
    assert_eq!(slow.requests().len(), 1, "one at a time");
    assert_eq!(quick.requests().len(), outbox.len() / 2);
    daemon.stop();
}

#[test]
fn a_dead_letter_is_seen_and_reported_once() {
    let receiver = Receiver::scripted(|| Answer::Status(503));
    let home = home_to(&receiver);
    let mut daemon = home.start();
    let done = |outbox: &[Value]| {
        outbox.len() == 2 && outbox.iter().all(|entry| entry["state"] == "dead" || entry["state"] == "sent")
    };
    let outbox = home.wait_for_outbox("given up and reported", done);
    let entry = webhooks(&outbox)[0];
    assert_eq!((&entry["state"], &entry["attempts"]), (&"dead".into(), &6.into()));
    assert!(entry["last_error"].as_str().unwrap().starts_with("given up after 6 attempts: 127.0.0.1 answered 503"));
    assert_eq!(home.list(&["outbox", "--state", "dead"]).len(), 1);

    // The operator's email names the message, who did not get it, and why.
    let mails = home.files("mail");
    assert_eq!(mails.len(), 1);
    let notices = home.list(&["notices"]);
    let reports: Vec<&Value> = notices.iter().filter(|notice| notice["kind"] == "operator").collect();
    assert_eq!(reports.len(), 1);
    assert!(reports[0]["subject"].as_str().unwrap().contains("A message could not be delivered"), "{reports:#?}");
    assert!(daemon.log().iter().any(|line| line.contains("\"ERROR\"") && line.contains(entry["id"].as_str().unwrap())));

    // Neither a restart nor another message that dies tells of it again.
    daemon.stop();
    let mut daemon = home.start();
    home.drop_file(&les_file("09"));
    home.wait_for_outbox("the second one is given up and reported", |outbox| {
        outbox.len() == 4 && outbox.iter().all(|entry| entry["state"] == "dead" || entry["state"] == "sent")
    });
    daemon.stop();
    assert_eq!(receiver.requests().len(), 12, "six attempts each, and none for a dead letter");
    let first = home.path("mail").join(&mails[0]);
    let named = |path: &std::path::Path| std::fs::read_to_string(path).unwrap().contains(entry["id"].as_str().unwrap());
    assert!(named(&first));
    let others: Vec<String> = home.files("mail").into_iter().filter(|name| *name != mails[0]).collect();
    assert_eq!(others.len(), 1);
    assert!(!named(&home.path("mail").join(&others[0])), "reported twice");
}

#[test]
fn a_dead_letter_to_the_operator_is_not_reported_for_ever() {
    let receiver = Receiver::scripted(|| Answer::Status(503));
    let home = Home::new();
    home.channels(&[Home::to_webhook(&receiver.url("group"))], &[Home::to_webhook(&receiver.url("operator"))]);
    home.drop_file(&les_file("10"));
    let mut daemon = home.start();
    let dead = |outbox: &[Value]| outbox.iter().filter(|entry| entry["state"] == "dead").count() == 2;
    home.wait_for_outbox("both are given up", dead);
    daemon.wait_for_log("could not be delivered");
    // One more round would be queued at once; a restart looks for what was not reported.
    daemon.stop();
    let mut daemon = home.start();
    daemon.stop();
    let outbox = home.outbox();
    assert_eq!(outbox.len(), 2, "{outbox:#?}");
    assert_eq!(receiver.requests().len(), 12);
}
