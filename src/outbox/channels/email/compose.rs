//! A queued message as an email.

use std::time::{Duration, SystemTime};

use base64::{Engine, engine::general_purpose::STANDARD};
use lettre::message::{
    Attachment, Mailbox, Message, MultiPart, SinglePart,
    header::{ContentType, ContentTypeErr, HeaderName, HeaderValue},
};
use sha2::{Digest, Sha256};

use crate::outbox::{
    Enclosure, Payload, QueuedMessage,
    message::{one_line, slug},
};

/// Why no email can be made of a message.
#[derive(Debug, thiserror::Error)]
pub(super) enum ComposeError {
    /// Its addresses or headers do not make one.
    #[error(transparent)]
    Email(#[from] lettre::error::Error),
    /// A file's media type cannot be read.
    #[error("`{0}` is no media type: {1}")]
    MediaType(String, ContentTypeErr),
}

/// An email with the report as plain text and HTML. The same message always makes the same bytes, so that a second
/// attempt is a copy of the first.
pub(super) fn compose(from: &Mailbox, to: &Mailbox, message: &QueuedMessage) -> Result<Message, ComposeError> {
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
        email = email
            .references(root.clone())
            .in_reply_to(root)
            .raw_header(header("Thread-Topic", slug(thread).into_owned()))
            .raw_header(header("Thread-Index", conversation(thread)));
    }
    Ok(email.multipart(body(message)?)?)
}

/// `mixed` of `alternative` of the text and `related` of the page with its pictures, then what is attached; each layer only
/// where there is something to put in it.
fn body(message: &QueuedMessage) -> Result<MultiPart, ComposeError> {
    let Payload { text, html, files, .. } = &message.payload;
    let boundary = |layer: &str| format!("bellwether-{layer}-{}", message.id.simple());
    let (text, page) = (SinglePart::plain(text.clone()), SinglePart::html(html.clone()));
    let (mut related, mut attached) = (Vec::new(), Vec::new());
    for file in files {
        match &file.content_id {
            Some(id) => related.push(part(file, Attachment::new_inline_with_name(plain(id), name(file)))?),
            None => attached.push(part(file, Attachment::new(name(file)))?),
        }
    }
    let both = MultiPart::alternative().boundary(boundary("both")).singlepart(text);
    let both = if related.is_empty() {
        both.singlepart(page)
    } else {
        let first = MultiPart::related().boundary(boundary("page")).singlepart(page);
        both.multipart(related.into_iter().fold(first, MultiPart::singlepart))
    };
    if attached.is_empty() {
        return Ok(both);
    }
    let first = MultiPart::mixed().boundary(boundary("all")).multipart(both);
    Ok(attached.into_iter().fold(first, MultiPart::singlepart))
}

fn part(file: &Enclosure, attachment: Attachment) -> Result<SinglePart, ComposeError> {
    let media_type = ContentType::parse(&file.media_type)
        .map_err(|error| ComposeError::MediaType(file.media_type.escape_debug().to_string(), error))?;
    Ok(attachment.body(file.bytes.clone(), media_type))
}

fn name(file: &Enclosure) -> String {
    slug(&file.name).into_owned()
}

/// A name between angle brackets that cannot end there.
fn plain(content_id: &str) -> String {
    content_id.chars().filter(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>')).collect()
}

/// The `Thread-Index` that Outlook and Exchange put messages together by (MS-OXOMSG 2.2.1.3): a 1, five bytes of a time, here
/// none, and the conversation's id. They look for a first message that `References` names, and there is none.
fn conversation(thread: &str) -> String {
    let mut index = vec![1, 0, 0, 0, 0, 0];
    index.extend(Sha256::digest(thread.as_bytes()).iter().take(16));
    STANDARD.encode(index)
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

    fn file(name: &str, media_type: &str, content_id: Option<&str>, bytes: &[u8]) -> Enclosure {
        Enclosure {
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            content_id: content_id.map(str::to_owned),
            bytes: bytes.to_vec(),
        }
    }

    fn with_files(message: &mut QueuedMessage) {
        message.payload.files = vec![
            file("chart-1.png", "image/png", Some("chart-1@bellwether"), &[0x89, b'P', 0, 255]),
            file("alerts.csv", "text/csv", None, b"a,b\n1,2\n"),
        ];
    }

    #[test]
    fn a_second_attempt_is_a_copy() {
        assert_eq!(
            composed(with_files),
            composed(|message| {
                with_files(message);
                message.attempts = 3;
            })
        );
    }

    #[test]
    fn pictures_stand_by_the_page_and_tables_behind_both() {
        let email = composed(with_files);
        let places: Vec<usize> = [
            "Content-Type: multipart/mixed;",
            "Content-Type: multipart/alternative;",
            "Content-Type: text/plain",
            "Content-Type: multipart/related;",
            "Content-Type: text/html",
            "Content-ID: <chart-1@bellwether>",
            "Content-Disposition: inline; filename=\"chart-1.png\"",
            "Content-Disposition: attachment; filename=\"alerts.csv\"",
        ]
        .iter()
        .map(|text| email.find(text).unwrap_or_else(|| panic!("no {text} in {email}")))
        .collect();
        assert!(places.is_sorted(), "{places:?} in {email}");
    }

    #[test]
    fn the_names_of_files_cannot_add_headers() {
        let email = composed(|message| {
            let name = "a\r\nX-Evil: 1\";../\u{202e}gpj.exe";
            message.payload.files =
                vec![file(name, "text/csv", None, b"x"), file(name, "image/png", Some("a>\r\nX-Evil: 1"), b"x")];
        });
        assert!(!email.lines().any(|line| line.starts_with("X-Evil")), "{email}");
        assert!(email.contains("Content-ID: <aX-Evil:1>"), "{email}");
        assert_eq!(email.matches("filename=\"a--X-Evil--1--..--gpj.exe\"").count(), 2, "{email}");

        let mut message = message(7, ChannelKind::Email, "chair@example.org");
        message.payload.files = vec![file("a", "text/csv\r\nX-Evil: 1", None, b"x")];
        let address: Mailbox = "bellwether@mail.example.org".parse().unwrap();
        let refused = compose(&address, &address, &message).expect_err("no media type").to_string();
        assert!(refused.starts_with("`text/csv\\r\\nX-Evil: 1` is no media type"), "{refused}");
    }

    #[test]
    fn a_long_thread_keeps_its_period() {
        let root = |period: &str| {
            let email =
                composed(|message| message.payload.thread = Some(format!("{}.{period}.group", "long-".repeat(30))));
            let line = email.lines().find(|line| line.starts_with("In-Reply-To: ")).expect("a root").to_owned();
            (line, email.lines().find(|line| line.starts_with("Thread-Index: ")).expect("an index").to_owned())
        };
        assert_eq!(root("2025-10"), root("2025-10"));
        assert_ne!(root("2025-10").0, root("2025-11").0);
        assert_ne!(root("2025-10").1, root("2025-11").1);
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
