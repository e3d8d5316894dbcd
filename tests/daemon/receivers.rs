//! Receivers that do not take messages: nothing is lost, and who must see to it is told once.

use rustix::process::Signal;
use serde_json::Value;

use crate::support::{Answer, Home, Receiver, les_file};

const GROUP: &str = "primary-care-medical-services";

fn webhooks(outbox: &[Value]) -> Vec<&Value> {
    outbox.iter().filter(|entry| entry["channel"] == "webhook").collect()
}

/// A home whose reports go to a receiver, with a file in its drop folder.
fn home_to(receiver: &Receiver, path: &str) -> Home {
    let home = Home::new();
    home.channels(&[Home::to_webhook(&receiver.url(path))], &[Home::to_files()]);
    home.drop_file(&les_file("09"));
    home
}

/// The subjects of what the operator was told.
fn told(home: &Home) -> Vec<String> {
    let notices = home.list(&["notices"]);
    let operator = notices.iter().filter(|notice| notice["kind"] == "operator");
    operator.map(|notice| notice["subject"].as_str().unwrap().to_owned()).collect()
}

fn all_sent(outbox: &[Value]) -> bool {
    !webhooks(outbox).is_empty() && webhooks(outbox).iter().all(|entry| entry["state"] == "sent")
}

#[test]
fn one_that_is_gone_is_called_again_only_when_somebody_says_so() {
    let receiver = Receiver::scripted(|| Answer::Status(410));
    let home = home_to(&receiver, "hook");
    let mut daemon = home.start();
    let disabled = |outbox: &[Value]| webhooks(outbox).iter().any(|entry| entry["receiver_disabled"].is_string());
    let outbox = home.wait_for_outbox("disabled", disabled);
    let entry = webhooks(&outbox)[0];
    assert_eq!(
        (&entry["state"], &entry["attempts"], &entry["next_attempt"]),
        (&"queued".into(), &1.into(), &Value::Null)
    );
    let error = entry["last_error"].as_str().unwrap();
    assert!(error.contains("127.0.0.1 answered 410") && error.contains("never to be called again"), "{error}");
    home.wait_for("the operator is told", || Some(()).filter(|()| !told(&home).is_empty()));

    // The next month's message waits as well, over a restart too.
    home.drop_file(&les_file("10"));
    home.wait_for_outbox("two wait", |outbox| webhooks(outbox).len() == 2);
    daemon.stop();
    let mut daemon = home.start();
    home.drop_file(&les_file("08"));
    home.wait_for_deliveries(3);
    assert_eq!(receiver.requests().len(), 1);
    assert_eq!(told(&home), ["A receiver asks never to be called again"]);

    receiver.change(|| Answer::Status(200));
    let done = home.output(&["outbox", "enable", GROUP]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let outbox = home.wait_for_outbox("all are sent", all_sent);
    let mut ids: Vec<String> = receiver.requests().iter().skip(1).map(|request| request.id().to_owned()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), receiver.requests().len()), (webhooks(&outbox).len(), webhooks(&outbox).len() + 1));
    daemon.stop();

    let again = home.output(&["outbox", "enable", GROUP]);
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("no receiver that is disabled is called"));
}

#[test]
fn what_waits_for_one_that_is_gone_goes_to_the_address_that_takes_its_place() {
    let (gone, moved) = (Receiver::scripted(|| Answer::Status(410)), Receiver::answering([]));
    let home = home_to(&gone, "old");
    let mut daemon = home.start();
    home.wait_for_outbox("disabled", |outbox| outbox.iter().any(|entry| entry["receiver_disabled"].is_string()));
    home.channels(&[Home::to_webhook(&moved.url("new"))], &[Home::to_files()]);
    daemon.signal(Signal::HUP);
    let outbox = home.wait_for_outbox("sent to the new address", all_sent);
    assert_eq!((gone.requests().len(), moved.requests().len()), (1, webhooks(&outbox).len()));
    assert_eq!(gone.requests()[0].id(), moved.requests()[0].id());
    daemon.stop();
}

#[test]
fn an_outage_is_told_once_and_so_is_its_end() {
    let receiver = Receiver::scripted(|| Answer::Status(503));
    let home = home_to(&receiver, "hook");
    home.settings("retry: { attempts: 1000, first: 50ms, longest: 100ms, timeout: 20s, tell_after: 300ms }\n");
    let mut daemon = home.start();
    home.wait_for("the operator is told", || Some(()).filter(|()| !told(&home).is_empty()));
    let calls = receiver.requests().len();
    receiver.wait_for(calls + 5);
    assert_eq!(told(&home), ["A receiver takes no messages"]);

    receiver.change(|| Answer::Status(200));
    home.wait_for_outbox("sent", all_sent);
    home.wait_for("its end is told", || Some(()).filter(|()| told(&home).len() == 2));
    assert_eq!(told(&home)[0], "A receiver takes messages again");
    home.drop_file(&les_file("10"));
    home.wait_for_outbox("the next is sent too", |outbox| webhooks(outbox).len() == 2 && all_sent(outbox));
    assert_eq!(told(&home).len(), 2);
    daemon.stop();
}

#[test]
fn a_dead_letter_can_be_sent_again_under_its_id() {
    let receiver = Receiver::answering([Answer::Status(404)]);
    let home = home_to(&receiver, "hook");
    let mut daemon = home.start();
    home.wait_for_outbox("dead", |outbox| webhooks(outbox).iter().any(|entry| entry["state"] == "dead"));
    let done = home.output(&["outbox", "retry", GROUP]);
    assert_eq!(String::from_utf8_lossy(&done.stdout), "To be sent again: 1\n");
    home.wait_for_outbox("sent", all_sent);
    let requests = receiver.requests();
    assert_eq!((requests.len(), requests[0].id()), (2, requests[1].id()));
    daemon.stop();
}
