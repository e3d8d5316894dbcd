//! The whole room: settings as people write them, a queue, real files and real sockets.

use std::{fs, num::NonZeroU32, path::Path, sync::Arc, time::Duration};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{
    ChannelKind, ChannelSettings, Channels, Counts, EmailSettings, Opening, OutboundSettings, RetrySettings,
    SecretPlaces, Sender, SmtpTls, Transport,
    testing::{
        MemoryQueue, State, decode, message,
        receiver::{Answer, Receiver},
    },
};
use crate::yaml::{self, SourceFile, parse};

const FINE: Answer = Answer::Status("200 OK", "", "");

/// Channels of a group that has a webhook at this receiver, with email to files.
fn channels(home: &tempfile::TempDir, receiver: &Receiver, retry: &RetrySettings) -> Channels {
    fs::write(home.path().join("secret"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").unwrap();
    let settings = format!(
        "- email: {{to: [chair@example.org]}}\n- webhook: {{url: '{}', secret_file: secret}}\n",
        receiver.url()
    );
    let group: Vec<ChannelSettings> = decode(&settings).expect("valid");
    assert_eq!(group.iter().map(ChannelSettings::kind).collect::<Vec<_>>(), ChannelKind::ALL[..2]);
    assert_eq!(group[1].recipients(), [receiver.url()]);
    let places = SecretPlaces { home: home.path().to_owned(), credentials: None };
    let (email, groups) = (EmailSettings::default(), [("dental-services", group.as_slice())]);
    let outbound = OutboundSettings::default();
    Channels::open(&Opening { places: &places, email: &email, outbound: &outbound, retry, groups: &groups })
        .expect("opens")
}

fn at_once() -> RetrySettings {
    decode("{attempts: 8, first: 0s, longest: 0s, timeout: 300ms}").expect("valid")
}

/// Runs until all messages have an end.
async fn run(queue: &Arc<MemoryQueue>, channels: Channels, retry: RetrySettings) -> Counts {
    let sender = Sender::new(Arc::clone(queue), Arc::new(channels), retry);
    let stop = CancellationToken::new();
    let ended = async {
        while queue.has(&State::Queued) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        stop.cancel();
    };
    let ended = tokio::time::timeout(Duration::from_secs(30), ended);
    let wake = Notify::new();
    let (counts, ended) = tokio::join!(sender.run(&wake, &stop), ended);
    ended.expect("all messages have an end");
    counts
}

#[test]
fn the_shipped_settings_are_understood() {
    let tree = |path: &str| {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
        parse(&Arc::new(SourceFile { path: path.into(), text })).unwrap()
    };
    let daemon = tree("config/bellwether.yaml");
    let email: EmailSettings = yaml::decode(daemon.get("email").unwrap()).unwrap();
    assert_eq!(email.from.to_string(), "bellwether <bellwether@example.org>");
    // They say what would hold without them.
    assert_eq!(yaml::decode(daemon.get("retry").unwrap()), Ok(RetrySettings::default()));
    let groups = tree("config/groups.yaml");
    for (name, group) in groups.get("groups").unwrap().entries() {
        let channels: Vec<ChannelSettings> = yaml::decode(group.get("channels").unwrap()).unwrap();
        assert!(channels.iter().all(|channel| channel.check().is_empty()), "{:?}", name.text());
    }
}

#[test]
fn every_setting_of_email_is_understood() {
    let email: EmailSettings = decode(
        "from: bellwether <bellwether@example.org>\n\
         transport:\n  smtp:\n    host: smtp.example.org\n    port: 587\n    tls: starttls\n    user: bellwether\n    \
         password_file: /etc/bellwether/smtp-password\n    ca_file: /etc/bellwether/ca.pem\n    hello_name: \
         bellwether.example.org\n    allow_plaintext: false\n",
    )
    .expect("valid");
    assert!(email.check().is_empty());
    assert!(
        matches!(email.transport, Transport::Smtp(smtp) if smtp.tls == SmtpTls::Starttls && *smtp.host == "smtp.example.org")
    );
}

#[tokio::test]
async fn a_bad_day_at_the_receiver_loses_nothing() {
    let receiver = Receiver::start([
        Answer::Status("500 Internal Server Error", "", "oops"),
        Answer::CloseAtOnce,
        Answer::Bytes("HTTP/1.1 200"),
        Answer::Hang,
        Answer::Status("302 Found", "location: /elsewhere\r\n", ""),
        Answer::Status("429 Too Many Requests", "retry-after: 3600\r\n", ""),
        FINE,
    ])
    .await;
    let home = tempfile::tempdir().unwrap();
    let channels = channels(&home, &receiver, &at_once());
    let queue = MemoryQueue::of([message(1, ChannelKind::Webhook, &receiver.url())]);
    let counts = run(&queue, channels, at_once()).await;
    assert_eq!(counts, Counts { sent: 1, again: 6, ..Counts::default() });
    // All but the connection that was closed before the request had come.
    let requests = receiver.requests();
    assert_eq!(requests.len(), 6);
    for request in &requests {
        assert_eq!(request.header("webhook-id"), "00000000-0000-7000-8000-000000000001");
        assert_eq!(request.body, requests[0].body);
    }
}

#[tokio::test]
async fn each_recipient_has_its_own_fate() {
    let receiver = Receiver::start([Answer::Status("404 Not Found", "", "")]).await;
    let home = tempfile::tempdir().unwrap();
    let channels = channels(&home, &receiver, &at_once());
    let queue = MemoryQueue::of([
        message(1, ChannelKind::Webhook, &receiver.url()),
        message(2, ChannelKind::Email, "chair@example.org"),
        message(3, ChannelKind::Email, "not an address"),
    ]);
    let counts = run(&queue, channels, at_once()).await;
    assert_eq!(counts, Counts { sent: 1, dead: 2, ..Counts::default() });
    assert_eq!(queue.row(1).state, State::Dead("127.0.0.1 answered 404 Not Found".to_owned()));
    assert_eq!(receiver.requests().len(), 1);
    assert!(matches!(queue.row(3).state, State::Dead(reason) if reason.contains("is not an email address")));
    let file = home.path().join("mail/20251104T083012Z-dental-services-000000000002.eml");
    let email = fs::read_to_string(file).unwrap();
    assert!(email.contains("\r\nTo: chair@example.org\r\n") && email.contains("<p>Simple Injections</p>"), "{email}");
}

#[tokio::test]
async fn a_receiver_that_stays_away_ends_in_a_dead_letter() {
    let receiver = Receiver::start([Answer::Hang]).await;
    let home = tempfile::tempdir().unwrap();
    let retry = RetrySettings { attempts: NonZeroU32::MIN.saturating_add(1), ..at_once() };
    let channels = channels(&home, &receiver, &retry);
    let queue = MemoryQueue::of([message(1, ChannelKind::Webhook, &receiver.url())]);
    let counts = run(&queue, channels, retry).await;
    assert_eq!(counts, Counts { again: 1, dead: 1, ..Counts::default() });
    assert_eq!(queue.row(1).state, State::Dead("given up after 2 attempts: no answer within 300ms".to_owned()));
}
