//! Against real sockets.

use std::{fs, time::Duration};

use secrecy::SecretString;
use tempfile::TempDir;

use super::{super::http::Hooks, body::framed, signature::SigningKeys, *};
use crate::outbox::{
    ChannelKind, EmailSettings, OutboundSettings, RetrySettings, SecretPlaces,
    channels::{Channel, Open, Settings},
    testing::{
        decode, message,
        receiver::{Answer, Receiver},
    },
};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn opened(settings: &str, home: &TempDir) -> Result<Hooks<Webhook>, Vec<String>> {
    crate::outbox::install_crypto_provider();
    let channels: Vec<ChannelSettings> = decode(settings)?;
    let places = SecretPlaces { home: home.path().to_owned(), credentials: None };
    let opening = Opening {
        places: &places,
        email: &EmailSettings::default(),
        outbound: &OutboundSettings::default(),
        retry: &RetrySettings::default(),
        groups: &[("dental-services", &channels)],
    };
    Hooks::open(&opening).map_err(Problems::lines)
}

/// A channel that knows this URL.
fn channel(url: &str) -> Hooks<Webhook> {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("secret"), SECRET).unwrap();
    opened(&format!("- webhook: {{url: '{url}', secret_file: secret}}"), &home).expect("valid")
}

/// What one attempt comes to, at half past eight.
async fn attempt(answer: Answer) -> (Result<(), Failure>, Receiver) {
    let receiver = Receiver::start([answer]).await;
    let message = message(1, ChannelKind::Webhook, &receiver.url());
    let sent = channel(&receiver.url()).send(&message, now()).await;
    (sent, receiver)
}

fn now() -> Timestamp {
    "2025-11-04T08:30:00Z".parse().unwrap()
}

fn reason(failure: &Failure, receiver: &Receiver) -> String {
    failure.to_string().replace(&receiver.address.ip().to_string(), "HOST")
}

#[tokio::test]
async fn a_receiver_gets_signed_json() {
    let (sent, receiver) = attempt(Answer::Status("200 OK", "", "")).await;
    assert_eq!(sent, Ok(()));
    let request = &receiver.requests()[0];
    assert!(request.head.starts_with("POST /hook HTTP/1.1"), "{}", request.head);
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.header("user-agent"), concat!("bellwether/", env!("CARGO_PKG_VERSION")));
    assert_eq!(request.header("webhook-id"), "00000000-0000-7000-8000-000000000001");
    assert_eq!(request.header("webhook-timestamp"), "1762245000");
    let keys = SigningKeys::parse(&SecretString::from(SECRET)).unwrap();
    let signature = keys.sign("00000000-0000-7000-8000-000000000001", 1_762_245_000, &request.body);
    assert_eq!(request.header("webhook-signature"), signature);
    let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(
        body,
        serde_json::json!({"type": "notice.exceptions", "timestamp": "2025-11-04T08:30:00Z", "data": {"new": 2}})
    );
}

#[test]
fn data_alone_gets_the_usual_frame() {
    let mut message = message(1, ChannelKind::Webhook, "");
    message.payload.json = serde_json::json!([1, 2]);
    let expected = r#"{"type":"notice","timestamp":"2025-11-04T08:30:12Z","data":[1,2]}"#;
    assert_eq!(framed(&message).to_string(), expected);
}

#[tokio::test]
async fn answers_mean_what_they_say() {
    for (status, headers, body, said, after) in [
        ("204 No Content", "", "", "", None),
        (
            "500 Internal Server Error",
            "",
            "out\r\nof\tdisk",
            "HOST answered 500 Internal Server Error: out of disk",
            None,
        ),
        ("503 Service Unavailable", "retry-after: 120\r\n", "", "HOST answered 503 Service Unavailable", Some(120)),
        (
            "429 Too Many Requests",
            "Retry-After: Tue, 04 Nov 2025 08:32:30 GMT\r\n",
            "",
            "HOST answered 429 Too Many Requests",
            Some(150),
        ),
        ("429 Too Many Requests", "retry-after: soon\r\n", "", "HOST answered 429 Too Many Requests", None),
        ("408 Request Timeout", "", "", "HOST answered 408 Request Timeout", None),
        ("425 Too Early", "", "", "HOST answered 425 Too Early", None),
    ] {
        let (sent, receiver) = attempt(Answer::Status(status, headers, body)).await;
        match sent {
            Ok(()) => assert_eq!(said, "", "{status}"),
            Err(failure) => {
                let reason = reason(&failure, &receiver);
                assert_eq!(reason, said);
                let Failure::Again { after: asked, .. } = failure else { panic!("{status} is not for good") };
                assert_eq!(asked, after.map(Duration::from_secs), "{status}");
            }
        }
    }
}

#[tokio::test]
async fn refusals_are_for_good() {
    for (status, body, said) in [
        ("401 Unauthorized", "bad signature", "HOST answered 401 Unauthorized: bad signature"),
        ("404 Not Found", "", "HOST answered 404 Not Found"),
    ] {
        let (sent, receiver) = attempt(Answer::Status(status, "", body)).await;
        let failure = sent.expect_err(status);
        assert!(matches!(failure, Failure::Refused { .. }), "{status}");
        assert_eq!(reason(&failure, &receiver), said);
    }
}

#[tokio::test]
async fn a_redirection_is_not_followed() {
    let (sent, receiver) = attempt(Answer::Status("302 Found", "location: /elsewhere\r\n", "")).await;
    let failure = sent.expect_err("a redirection");
    assert!(matches!(failure, Failure::Again { .. }));
    assert_eq!(
        reason(&failure, &receiver),
        "HOST answered 302 Found (redirections are not followed: set the new address)"
    );
    assert_eq!(receiver.requests().len(), 1);
}

#[tokio::test]
async fn a_broken_connection_is_tried_again() {
    for answer in [
        Answer::CloseAtOnce,
        Answer::Bytes(""),
        Answer::Bytes("HTTP/1.1 20"),
        Answer::Bytes("220 mail.example.org ESMTP\r\n"),
    ] {
        let (sent, receiver) = attempt(answer.clone()).await;
        let failure = sent.expect_err("broken");
        assert!(matches!(failure, Failure::Again { .. }), "{answer:?}: {failure:?}");
        // Addresses can hold tokens.
        assert!(failure.to_string().starts_with("127.0.0.1 gave no answer: "), "{failure}");
        assert!(!failure.to_string().contains(&receiver.url()), "{failure}");
    }
}

#[tokio::test]
async fn a_receiver_that_is_not_there_is_tried_again() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{closed}/hook");
    let sent = channel(&url).send(&message(1, ChannelKind::Webhook, &url), now()).await;
    let failure = sent.expect_err("nobody is there");
    assert!(matches!(&failure, Failure::Again { reason, .. } if reason.contains("refused")), "{failure:?}");
}

#[tokio::test]
async fn an_endless_refusal_is_cut_short() {
    let endless = "HTTP/1.1 410 Gone\r\ncontent-length: 1000000\r\n\r\nno";
    let (sent, receiver) = attempt(Answer::Bytes(endless)).await;
    let failure = sent.expect_err("refused");
    assert!(matches!(failure, Failure::Gone { .. }), "{failure:?}");
    assert_eq!(reason(&failure, &receiver), "HOST answered 410 Gone: no (it asks never to be called again)");
}

#[tokio::test]
async fn a_webhook_that_left_the_settings_is_not_called() {
    let receiver = Receiver::start([Answer::Status("200 OK", "", "")]).await;
    let channel = channel("http://127.0.0.1:1/other");
    let sent = channel.send(&message(1, ChannelKind::Webhook, &receiver.url()), now()).await;
    assert_eq!(sent, Err(Failure::refused("the group dental-services has no such webhook any more")));
    assert!(receiver.requests().is_empty());
}

#[test]
fn addresses_that_must_not_be_called_are_found_where_they_stand() {
    for (url, message) in [
        (
            "http://hooks.example.org/x",
            "a.yaml:1:7: messages to hooks.example.org would travel in the open (use https://, or say `allow_http: true`)",
        ),
        (
            "ftp://hooks.example.org/x",
            "a.yaml:1:7: this is not a web address such as https://hooks.example.org/bellwether: it must begin with https://",
        ),
        (
            "hooks.example.org",
            "a.yaml:1:7: this is not a web address such as https://hooks.example.org/bellwether: relative URL without a base",
        ),
        (
            "https://me:hunter2@hooks.example.org/x",
            "a.yaml:1:7: a web address must hold no user or password: the signature says who calls",
        ),
    ] {
        let checked =
            decode::<Posted<WebhookSettings>>(&format!("{{url: '{url}', secret_file: x}}")).and_then(|settings| {
                match settings.check().sorted() {
                    problems if problems.is_empty() => Ok(()),
                    problems => Err(problems.iter().map(ToString::to_string).collect()),
                }
            });
        assert_eq!(checked, Err(vec![message.to_owned()]));
    }
    for settings in [
        "{url: 'http://hooks.example.org/x', secret_file: x, allow_http: true}",
        "{url: 'http://[::1]:8080/x', secret_file: x}",
        "{url: 'https://hooks.example.org/x', secret_file: /x}",
    ] {
        assert!(decode::<Posted<WebhookSettings>>(settings).expect(settings).check().is_empty(), "{settings}");
    }
}

#[test]
fn a_bad_secret_is_found_at_the_setting_that_names_it() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("secret"), "hunter2").unwrap();
    let settings = "- webhook: {url: 'http://127.0.0.1:1/', secret_file: secret}\n\
                    - webhook: {url: 'http://127.0.0.1:2/', secret_file: missing}\n";
    let problems = opened(settings, &home).err().expect("bad secrets");
    assert_eq!(
        problems[0],
        "a.yaml:1:54: line 1 is no signing secret: it must begin with whsec_, and base64 must follow (make one with: echo \
         \"whsec_$(openssl rand -base64 32)\")"
    );
    assert!(problems[1].starts_with("a.yaml:2:54: cannot read "), "{problems:?}");
}

#[test]
fn where_messages_go_is_said_once() {
    let said = |text: &str| decode::<Posted<WebhookSettings>>(text).expect(text).check().to_string();
    assert_eq!(
        said("{secret_file: x}"),
        "a.yaml:1:1: it is not said where messages go (write `url:` with the address, or `url_file:` with a file that holds it)"
    );
    assert!(said("{url: 'https://a.example.org', url_file: x, secret_file: x}").contains("say the same twice"));
    assert_eq!(said("{url_file: x, secret_file: x}"), "");
}

#[tokio::test]
async fn an_address_may_stand_in_a_file_and_is_never_shown() {
    let receiver = Receiver::start([Answer::Status("410 Gone", "", "")]).await;
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("secret"), SECRET).unwrap();
    fs::write(home.path().join("address"), format!("{}?token=hunter2\n", receiver.url())).unwrap();
    let channel = opened("- webhook: {url_file: address, secret_file: secret}", &home).expect("valid");
    let one = message(1, ChannelKind::Webhook, "the address in address");
    let failure = channel.send(&one, now()).await.expect_err("gone");
    assert!(receiver.requests()[0].head.starts_with("POST /hook?token=hunter2 "));
    assert!(!format!("{failure:?}").contains("hunter2"), "{failure:?}");
    let [known] = channel.known().try_into().expect("one");
    assert_eq!(known.recipient, "the address in address");
    assert!(matches!(failure, Failure::Gone { address, .. } if address == known.address));

    for (text, part) in
        [("hooks.example.org/hunter2", "it must hold one address"), ("http://example.org/hunter2", "in the open")]
    {
        fs::write(home.path().join("address"), text).unwrap();
        let problems = opened("- webhook: {url_file: address, secret_file: secret}", &home).err().expect(text);
        assert!(problems[0].starts_with("a.yaml:1:23: ") && problems[0].contains(part), "{problems:?}");
        assert!(!problems[0].contains("hunter2"), "{problems:?}");
    }
}

#[tokio::test]
async fn an_address_outside_of_the_list_is_not_opened() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("secret"), SECRET).unwrap();
    fs::write(home.path().join("address"), "https://10.1.2.3/x").unwrap();
    let problems =
        opened("- webhook: {url_file: address, secret_file: secret}", &home).err().expect("inside a network");
    let expected =
        "a.yaml:1:23: 10.1.2.3 is inside a network (add it to `outbound: { allow: […] }` in bellwether.yaml)";
    assert_eq!(problems, [expected]);
}

/// The required attributes of `CloudEvents` 1.0 and the optional ones that are set, with the types of its JSON format.
#[tokio::test]
async fn a_cloud_event_has_the_messages_id() {
    let receiver = Receiver::start([Answer::Status("202 Accepted", "", "")]).await;
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("secret"), SECRET).unwrap();
    let url = receiver.url();
    let channel = opened(&format!("- webhook: {{url: '{url}', secret_file: secret, format: cloudevents}}"), &home)
        .expect("valid");
    let mut one = message(1, ChannelKind::Webhook, &url);
    one.payload.thread = Some("les-activity.2025-10.dental-services".to_owned());
    channel.send(&one, now()).await.expect("accepted");
    let request = &receiver.requests()[0];
    assert_eq!(request.header("content-type"), "application/cloudevents+json");
    assert_eq!(request.header("webhook-id"), "00000000-0000-7000-8000-000000000001");
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&request.body).unwrap(),
        serde_json::json!({
            "specversion": "1.0",
            "id": "00000000-0000-7000-8000-000000000001",
            "source": "/bellwether",
            "type": "notice.exceptions",
            "time": "2025-11-04T08:30:00Z",
            "datacontenttype": "application/json",
            "subject": "les-activity.2025-10.dental-services",
            "data": { "new": 2 },
        })
    );
}
