//! Against a relay on real sockets that answers as it is told. TLS is tested against a real relay elsewhere.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use super::*;
use crate::outbox::{EmailSettings, RetrySettings, testing::decode};

/// What the relay says to a line that begins so, in place of what is usual. Nothing closes the connection.
type Script = &'static [(&'static str, &'static str)];

struct FakeRelay {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

impl FakeRelay {
    async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, heard) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let lines = Arc::clone(&heard);
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let _ = converse(stream, script, &lines).await;
        });
        Self { address, heard }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

async fn converse(stream: TcpStream, script: Script, heard: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let (mut line, mut in_message) = ("(greeting)".to_owned(), false);
    loop {
        let usual = match line.get(..4).unwrap_or(&line) {
            _ if in_message && line != "." => "(listen)",
            "(gre" => "220 relay.example.org",
            "EHLO" => "250-relay.example.org\r\n250 8BITMIME",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 2.0.0 fine",
        };
        let said = script.iter().find(|(begin, _)| !in_message && line.starts_with(begin) || line == *begin);
        match said.map_or(usual, |(_, said)| said) {
            "" => return Ok(()),
            "(listen)" => {}
            answer => stream.write_all(format!("{answer}\r\n").as_bytes()).await?,
        }
        in_message = (in_message || line == "DATA" && said.is_none()) && line != ".";
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        line.truncate(line.trim_end_matches(['\r', '\n']).len());
        heard.lock().unwrap().push(line.clone());
    }
}

fn relay(settings: &str) -> Result<Relay, Vec<String>> {
    let settings: SmtpSettings = decode(settings)?;
    let places = SecretPlaces { home: "/nowhere".into(), credentials: None };
    let (email, retry) = (EmailSettings::default(), RetrySettings::default());
    let outbound = crate::outbox::OutboundSettings::default();
    let opening = Opening { places: &places, email: &email, outbound: &outbound, retry: &retry, groups: &[] };
    Relay::open(&settings, &opening).map_err(Problems::lines)
}

/// What one attempt comes to, and what the relay heard until then.
async fn attempt(script: Script, tls: &str) -> (Result<(), Failure>, Vec<String>) {
    let fake = FakeRelay::start(script).await;
    let settings = format!("{{host: 127.0.0.1, port: {}, tls: {tls}}}", fake.address.port());
    let (from, to) = ("bellwether@example.org".parse().unwrap(), "chair@example.org".parse().unwrap());
    let email = b"Subject: x\r\n\r\nfirst\r\n.\r\n.hidden\r\nlast\r\n";
    let sent = relay(&settings).expect("valid").send(&from, &to, email, Timestamp::UNIX_EPOCH).await;
    let heard = fake.heard();
    (sent, heard)
}

#[tokio::test]
async fn a_relay_gets_the_message_whole() {
    let (sent, heard) = attempt(&[], "none").await;
    assert_eq!(sent, Ok(()));
    // RFC 5321, 4.5.2: a line that begins with a dot gets another one.
    let expected = [
        "EHLO [127.0.0.1]",
        "MAIL FROM:<bellwether@example.org>",
        "RCPT TO:<chair@example.org>",
        "DATA",
        "Subject: x",
        "",
        "first",
        "..",
        "..hidden",
        "last",
        "",
        ".",
    ];
    assert_eq!(heard[..expected.len()], expected);
}

#[tokio::test]
async fn a_refusal_of_the_recipient_or_the_message_is_for_good() {
    let cases: &[(Script, &str)] = &[
        (&[("RCPT", "550 5.1.1 no such user")], "127.0.0.1 did not take the recipient: 550 5.1.1 no such user"),
        (
            &[("RCPT", "550-5.1.1 no\r\n550 5.1.1 such user")],
            "127.0.0.1 did not take the recipient: 550 5.1.1 no such user",
        ),
        (&[("DATA", "554 no valid recipients")], "127.0.0.1 did not ask for the message: 554 no valid recipients"),
        (&[(".", "552 too large")], "127.0.0.1 did not take the message: 552 too large"),
    ];
    for (script, reason) in cases {
        let (sent, _) = attempt(script, "none").await;
        assert_eq!(sent, Err(Failure::refused(*reason)));
    }
}

#[tokio::test]
async fn anything_else_is_tried_again() {
    let cases: &[(Script, &str)] = &[
        (&[("RCPT", "450 4.2.0 greylisted")], "127.0.0.1 did not take the recipient: 450 4.2.0 greylisted"),
        (&[(".", "452 disk full")], "127.0.0.1 did not take the message: 452 disk full"),
        // These refuse us, not the message.
        (&[("(greeting)", "554 not from there")], "127.0.0.1 turned us away: 554 not from there"),
        (&[("EHLO", "550 who are you")], "127.0.0.1 turned us away: 550 who are you"),
        (&[("MAIL", "550 not that sender")], "127.0.0.1 did not take the sender: 550 not that sender"),
        (&[("MAIL", "421 closing")], "127.0.0.1 did not take the sender: 421 closing"),
    ];
    for (script, reason) in cases {
        let (sent, _) = attempt(script, "none").await;
        assert_eq!(sent, Err(Failure::again(*reason)));
    }
    let broken: &[Script] =
        &[&[("(greeting)", "")], &[("(greeting)", "HTTP/1.1 400 Bad Request")], &[("DATA", "")], &[(".", "")]];
    for script in broken {
        let (sent, _) = attempt(script, "none").await;
        assert!(matches!(sent, Err(Failure::Again { .. })), "{script:?}: {sent:?}");
    }
}

fn addresses() -> (Address, Address) {
    ("bellwether@example.org".parse().unwrap(), "chair@example.org".parse().unwrap())
}

/// A relay that answers each connection by the next of these scripts.
async fn relay_with(scripts: &'static [Script], more: &str) -> (Relay, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = format!("{{host: 127.0.0.1, port: {}, tls: none{more}}}", listener.local_addr().unwrap().port());
    let heard = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&heard);
    tokio::spawn(async move {
        for script in scripts {
            let (stream, _) = listener.accept().await.unwrap();
            let lines = Arc::clone(&lines);
            tokio::spawn(async move {
                let _ = converse(stream, script, &lines).await;
            });
        }
    });
    (relay(&settings).expect("valid"), heard)
}

fn count(heard: &Mutex<Vec<String>>, begin: &str) -> usize {
    heard.lock().unwrap().iter().filter(|line| line.starts_with(begin)).count()
}

#[tokio::test]
async fn messages_follow_one_another_over_one_connection() {
    let ((from, to), now) = (addresses(), Timestamp::UNIX_EPOCH);
    let (relay, heard) = relay_with(&[&[]], "").await;
    for _ in 0..3 {
        assert_eq!(relay.send(&from, &to, b"x\r\n", now).await, Ok(()));
    }
    assert_eq!((count(&heard, "EHLO"), count(&heard, "MAIL"), count(&heard, "DATA")), (1, 3, 3));
}

#[tokio::test]
async fn a_connection_that_was_closed_meanwhile_is_replaced_and_nothing_is_sent_twice() {
    let ((from, to), now) = (addresses(), Timestamp::UNIX_EPOCH);
    // The first closes when it has taken a message, the second says that it has waited too long.
    let (relay, heard) = relay_with(&[&[(".", "250 taken\r\n421 closing")], &[]], "").await;
    for _ in 0..2 {
        assert_eq!(relay.send(&from, &to, b"x\r\n", now).await, Ok(()));
    }
    assert_eq!((count(&heard, "EHLO"), count(&heard, "DATA")), (2, 2));
}

#[tokio::test]
async fn a_refused_recipient_leaves_the_relay_to_the_others() {
    let ((from, to), now) = (addresses(), Timestamp::UNIX_EPOCH);
    let (relay, _) = relay_with(&[&[("RCPT TO:<gone", "550 no such user")], &[]], "").await;
    let gone = "gone@example.org".parse().unwrap();
    assert!(matches!(relay.send(&from, &gone, b"x\r\n", now).await, Err(Failure::Refused { .. })));
    assert_eq!(relay.send(&from, &to, b"x\r\n", now).await, Ok(()));
}

#[tokio::test]
async fn a_relay_that_says_it_is_too_much_is_left_alone() {
    let ((from, to), now) = (addresses(), Timestamp::UNIX_EPOCH);
    let minute_later = "1970-01-01T00:01:00Z".parse().unwrap();
    for script in [
        &[("MAIL", "421 4.7.0 too many connections")] as Script,
        &[("RCPT", "450 4.7.1 Rate limit exceeded")],
        &[(".", "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded")],
        &[("(greeting)", "421 busy")],
    ] {
        let scripts: &'static [Script] = Vec::leak(vec![script, &[]]);
        let (relay, heard) = relay_with(scripts, "").await;
        assert!(matches!(relay.send(&from, &to, b"x\r\n", now).await, Err(Failure::Again { .. })));
        let before = heard.lock().unwrap().len();
        let second = relay.send(&from, &to, b"x\r\n", now).await;
        assert_eq!(second, Err(Failure::NotYet { until: minute_later }), "{script:?}");
        assert_eq!(count(&heard, "EHLO"), usize::from(before > 0), "the second is not tried: {script:?}");
        assert_eq!(relay.send(&from, &to, b"x\r\n", minute_later).await, Ok(()), "{script:?}");
    }
    // A mailbox that is busy is no reason to leave the others without theirs.
    let (relay, _) = relay_with(&[&[("RCPT", "451 4.2.1 mailbox busy")], &[]], "").await;
    assert!(relay.send(&from, &to, b"x\r\n", now).await.is_err());
    assert_eq!(relay.send(&from, &to, b"x\r\n", now).await, Ok(()));
}

#[tokio::test]
async fn no_more_is_sent_than_the_provider_allows() {
    let ((from, to), now) = (addresses(), Timestamp::UNIX_EPOCH);
    let (relay, heard) = relay_with(&[&[]], ", at_most: 2 per minute").await;
    for _ in 0..2 {
        assert_eq!(relay.send(&from, &to, b"x\r\n", now).await, Ok(()));
    }
    let third = relay.send(&from, &to, b"x\r\n", now).await;
    assert_eq!(third, Err(Failure::NotYet { until: "1970-01-01T00:01:00Z".parse().unwrap() }));
    assert_eq!(count(&heard, "MAIL"), 2);
}

#[tokio::test]
async fn nothing_is_said_in_the_open_when_tls_is_asked_for() {
    let (sent, heard) = attempt(&[], "starttls").await;
    let failure = sent.expect_err("no TLS there");
    assert!(matches!(failure, Failure::Again { .. }));
    assert!(failure.to_string().starts_with("127.0.0.1 did not change to TLS: "), "{failure}");
    assert!(!heard.iter().any(|line| line.starts_with("MAIL") || line.starts_with("AUTH")), "{heard:?}");
    let (sent, heard) = attempt(&[], "tls").await;
    assert!(matches!(sent, Err(Failure::Again { .. })), "{sent:?}");
    assert!(!heard.iter().any(|line| line.starts_with("EHLO")), "{heard:?}");
}

#[test]
fn settings_that_would_leak_are_found_where_they_stand() {
    for (settings, message) in [
        (
            "{host: smtp.example.org, tls: none}",
            "a.yaml:1:8: messages to smtp.example.org would travel in the open (use `tls: starttls` or `tls: tls`, or say \
             `allow_plaintext: true`)",
        ),
        (
            "{host: localhost, tls: none, user: me, password_file: x}",
            "a.yaml:1:36: a password is never sent without TLS (use `tls: starttls` or `tls: tls`, or leave out `user`)",
        ),
        (
            "{host: smtp.example.org, user: me}",
            "a.yaml:1:32: the setting `password_file` is missing (a user needs a password)",
        ),
        (
            "{host: smtp.example.org, password_file: x}",
            "a.yaml:1:41: the setting `user` is missing (a password needs a user)",
        ),
        (
            "{host: 'smtp.example.org:587'}",
            "a.yaml:1:8: `smtp.example.org:587` is not the name of a machine (the port and the kind of protection are \
             settings of their own)",
        ),
        (
            "{host: smtp.example.org, tls: ssl}",
            "a.yaml:1:31: `ssl` is not one of the choices here (known: `starttls`, `tls`, `none`)",
        ),
        (
            "{host: localhost, at_most: 30/minute}",
            "a.yaml:1:28: `30/minute` is not a number of messages in a time: write 30 per minute (or per second, hour, day)",
        ),
        ("{host: localhost, hello_name: \"a\\r\\nMAIL\"}", "a.yaml:1:31: `a\r\nMAIL` is not the name of a machine"),
    ] {
        assert_eq!(relay(settings).err(), Some(vec![message.to_owned()]));
    }
    for settings in ["{host: '::1', tls: none}", "{host: relay.example.org, tls: none, allow_plaintext: true}"] {
        assert!(relay(settings).is_ok(), "{settings}");
    }
}

#[test]
fn ports_follow_the_protection() {
    for (settings, port) in [
        ("{host: localhost}", 587),
        ("{host: localhost, tls: tls}", 465),
        ("{host: localhost, tls: none}", 25),
        ("{host: localhost, port: 2525}", 2525),
    ] {
        assert_eq!(decode::<SmtpSettings>(settings).expect(settings).port(), port);
    }
}

#[test]
fn files_that_cannot_be_used_are_found_where_they_are_named() {
    let home = tempfile::tempdir().unwrap();
    let bad = home.path().join("ca.pem");
    std::fs::write(&bad, "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n").unwrap();
    let settings =
        format!("{{host: localhost, ca_file: {}, user: me, password_file: /nowhere/password}}", bad.display());
    let problems = relay(&settings).err().expect("unusable files");
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].starts_with("a.yaml:1:28: a certificate in this file cannot be used"), "{problems:?}");
    assert!(problems[1].contains(": cannot read /nowhere/password: No such file"), "{problems:?}");
}
