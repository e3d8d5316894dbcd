//! What is sent, and how sending can fail.

use std::{borrow::Cow, error::Error, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{ChannelKind, Enclosure};

/// A notice as the channels need it, rendered when it was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Payload {
    /// One line.
    pub subject: String,
    /// The whole report as an HTML document.
    pub html: String,
    /// The whole report as plain text.
    pub text: String,
    /// The report as data, for webhooks. An object that has `type` and `data` is the body as it stands (`timestamp` is
    /// added if it has none); anything else becomes the `data` of a body of the type `notice`.
    pub json: serde_json::Value,
    /// What messages about the same thing have in common, such as the dataset's id: mail programs show them together.
    pub thread: Option<String>,
    /// Pictures that the page shows, and files that are attached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Enclosure>,
}

/// One message to one recipient on one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuedMessage {
    /// The same on every attempt; receivers deduplicate on it.
    pub id: Uuid,
    /// The notice that it renders.
    pub notice: Uuid,
    /// The id of the group that is told.
    pub group: String,
    /// How it travels.
    pub channel: ChannelKind,
    /// Where to: an email address (with or without a name), or a webhook's URL.
    pub recipient: String,
    /// What it says.
    pub payload: Payload,
    /// How many attempts have failed and were recorded; 0 before the first.
    pub attempts: u32,
    /// When it was queued.
    pub created: Timestamp,
}

/// Why a message was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Another attempt may succeed.
    #[error("{reason}")]
    Again {
        /// What happened, for people.
        reason: String,
        /// The receiver asks not to be called before this much time has passed.
        after: Option<Duration>,
    },
    /// No other attempt will succeed.
    #[error("{reason}")]
    Refused {
        /// What happened, for people.
        reason: String,
    },
    /// The receiver never wants to be called again: its messages wait until somebody sees to it.
    #[error("{reason}")]
    Gone {
        /// What happened, for people.
        reason: String,
        /// Tells the address that said so from every other.
        address: String,
    },
    /// It was not tried: the receiver has as many as it may have for now.
    #[error("as many as this receiver takes were sent; the next can be sent at {until}")]
    NotYet {
        /// When the next may be sent.
        until: Timestamp,
    },
}

impl Failure {
    pub(super) fn again(reason: impl Into<String>) -> Self {
        Self::Again { reason: reason.into(), after: None }
    }

    pub(super) fn refused(reason: impl Into<String>) -> Self {
        Self::Refused { reason: reason.into() }
    }
}

/// What a receiver said, fit to be shown: one line without control characters, at most 300 characters.
pub(super) fn one_line(text: &str) -> String {
    const LONGEST: usize = 300;
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// An error with its causes, each said once: libraries repeat a cause in the error that it caused.
pub(super) fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = error.source();
    }
    one_line(&text)
}

/// A name made safe for headers and file names: other characters than letters, digits, `.`, `-` and `_` become `-`. What is
/// longer than 80 is cut, and ends in a hash of the whole, so that names that begin alike stay apart.
pub(super) fn slug(name: &str) -> Cow<'_, str> {
    const LONGEST: usize = 80;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if name.len() <= LONGEST && !name.is_empty() && !name.starts_with('.') && name.chars().all(fits) {
        return Cow::Borrowed(name);
    }
    let safe = |longest| name.chars().take(longest).map(|c| if fits(c) { c } else { '-' }).collect::<String>();
    let trimmed = |text: &str| text.trim_matches(['-', '.']).to_owned();
    let safe = if name.chars().nth(LONGEST).is_none() {
        trimmed(&safe(LONGEST))
    } else {
        let hash =
            Sha256::digest(name.as_bytes()).iter().take(8).fold(0_u64, |hash, byte| hash << 8 | u64::from(*byte));
        format!("{}-{hash:016x}", trimmed(&safe(LONGEST - 17)))
    };
    Cow::Owned(if safe.is_empty() { "unnamed".to_owned() } else { safe })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_receiver_says_becomes_one_short_line() {
        assert_eq!(one_line("  no\r\nsuch\tuser\u{1b}[31m "), "no such user [31m");
        assert_eq!(one_line(&"é".repeat(5000)).chars().count(), 301);
        assert_eq!(one_line(""), "");
    }

    #[test]
    fn names_become_safe_for_headers_and_files() {
        for (name, safe) in [
            ("performance-team", "performance-team"),
            ("Quality & Outcomes", "Quality---Outcomes"),
            ("../../etc/passwd", "etc-passwd"),
            (".hidden", "hidden"),
            ("…", "unnamed"),
            ("", "unnamed"),
        ] {
            assert_eq!(slug(name), safe, "{name}");
        }
        let (one, other) = ("x".repeat(500), "x".repeat(499) + "y");
        assert_eq!(slug(&one).len(), 80);
        assert_ne!(slug(&one), slug(&other));
    }
}
