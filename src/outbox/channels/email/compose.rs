//! A queued message as an email.

use std::time::{Duration, SystemTime};

use lettre::message::{
    Mailbox, Message, MultiPart, SinglePart,
    header::{HeaderName, HeaderValue},
};

use crate::outbox::{
    QueuedMessage,
    message::{one_line, slug},
};

/// An email with the report as plain text and HTML. The same message always makes the same bytes, so that a second
/// attempt is a copy of the first.
pub(super) fn compose(from: &Mailbox, to: &Mailbox, message: &QueuedMessage) -> Result<Message, lettre::error::Error> {
    let domain = from.email.domain();
    let mut email = Message::builder()
        .from(from.clone())
        .to(to.clone())
        .subject(one_line(&message.payload.subject))
        .date(date_of(message))
        .message_id(Some(format!("<{}@{domain}>", message.id)))
        // RFC 3834: no automatic answers; the second is what Exchange listens to.
        .raw_header(header("Auto-Submitted", "auto-generated".to_owned()))
        .raw_header(header("X-Auto-Response-Suppress", "All".to_owned()))
        // RFC 2919: members can sort by it.
        .raw_header(header("List-Id", format!("<{}.{domain}>", slug(&message.group))));
    if let Some(thread) = &message.payload.thread {
        // A first message that was never sent: programs put all that refer to it together.
        let root = format!("<{}.{}@{domain}>", slug(thread), slug(&message.group));
        email = email.references(root.clone()).in_reply_to(root);
    }
    let body = MultiPart::alternative().boundary(format!("bellwether-{}", message.id.simple()));
    email.multipart(
        body.singlepart(SinglePart::plain(message.payload.text.clone()))
            .singlepart(SinglePart::html(message.payload.html.clone())),
    )
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

/// When the message was queued. (A date before 1970 has no form in an email.)
fn date_of(message: &QueuedMessage) -> SystemTime {
    let since = u64::try_from(message.created.as_second()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_secs(since)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::outbox::{ChannelKind, testing::message};

    fn composed(change: impl FnOnce(&mut QueuedMessage)) -> String {
        let mut message = message(7, ChannelKind::Email, "chair@example.org");
        change(&mut message);
        let from: Mailbox = "bellwether <bellwether@mail.example.org>".parse().unwrap();
        let to = "The chair <chair@example.org>".parse().unwrap();
        String::from_utf8(compose(&from, &to, &message).unwrap().formatted()).expect("only ASCII travels safely")
    }

    #[test]
    fn an_email_says_what_it_is() {
        let email = composed(|message| message.payload.thread = Some("les-activity".to_owned()));
        let (head, body) = email.split_once("\r\n\r\n").expect("a body");
        let head: Vec<&str> = head.split("\r\n").collect();
        for line in [
            "From: bellwether <bellwether@mail.example.org>",
            "To: \"The chair\" <chair@example.org>",
            "Subject: 2 new exceptions",
            "Date: Tue, 04 Nov 2025 08:30:12 +0000",
            "Message-ID: <00000000-0000-7000-8000-000000000007@mail.example.org>",
            "Auto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: All",
            "List-Id: <dental-services.mail.example.org>",
            "References: <les-activity.dental-services@mail.example.org>",
            "In-Reply-To: <les-activity.dental-services@mail.example.org>",
            "MIME-Version: 1.0",
            "Content-Type: multipart/alternative;",
        ] {
            assert!(head.contains(&line), "no {line:?} in {head:#?}");
        }
        // Programs show the last part that they can: plain text comes first.
        let at = |part: &str| body.find(part).unwrap_or_else(|| panic!("no {part} in {body}"));
        assert!(at("Content-Type: text/plain; charset=utf-8") < at("Simple Injections"));
        assert!(at("Simple Injections") < at("Content-Type: text/html; charset=utf-8"));
        assert!(at("Content-Type: text/html; charset=utf-8") < at("<p>Simple Injections</p>"));
    }

    #[test]
    fn a_second_attempt_is_a_copy() {
        assert_eq!(composed(|_| ()), composed(|message| message.attempts = 3));
    }

    #[test]
    fn what_others_wrote_cannot_add_headers_or_break_lines() {
        let email = composed(|message| {
            message.payload.subject = "one\r\nBcc: everybody@example.org\n\nbody £".to_owned();
            message.group = "a>\r\nX-Evil: 1".to_owned();
            message.payload.thread = Some("b\r\nX-Evil: 1".to_owned());
            message.payload.text = format!("a\nb\r\n.\r\nQUIT\r\n{}", "é".repeat(2000));
            message.payload.html = "x".repeat(5000);
            message.created = Timestamp::from_second(-1).unwrap();
        });
        let head = email.split_once("\r\n\r\n").expect("a body").0;
        assert!(!head.lines().any(|line| line.starts_with("Bcc") || line.starts_with("X-Evil")), "{head}");
        assert!(head.contains("Date: Thu, 01 Jan 1970 00:00:00 +0000"), "{head}");
        assert!(!email.replace("\r\n", "").contains(['\r', '\n']), "bare line ends");
        // RFC 5322, 2.1.1: a line has at most 998 characters.
        assert!(email.lines().all(|line| line.len() <= 998), "long lines");
    }
}
