//! `bellwether outbox`.

use clap::Args;
use serde::Serialize;

use crate::{
    app::home::Home,
    store::{MessageState, OutboxFilter, QueuedMessage, Store},
};

use super::{
    Exit, Failure, Format,
    output::{self, Listing, Tone},
};

#[derive(Debug, Args)]
pub(super) struct OutboxArguments {
    /// Only those in this state
    #[arg(long, value_name = "STATE", value_parser = ["queued", "sending", "sent", "dead"])]
    state: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

pub(super) async fn list(home: &Home, options: &OutboxArguments) -> Result<Exit, Failure> {
    let state = options.state.as_deref().and_then(MessageState::from_code);
    let filter = OutboxFilter { state, notice: None, limit: options.limit };
    let kept = match Store::open_read_only(&home.database(), &home.measures()).await? {
        Some(store) => store.outbox(&filter).await?,
        None => Vec::new(),
    };
    let entries: Vec<Entry> = kept.into_iter().map(Entry::from).collect();
    output::print::<Outbox>(&entries, options.format)?;
    Ok(Exit::Fine)
}

/// A message as programs read it.
#[derive(Debug, Serialize)]
struct Entry {
    id: String,
    notice: String,
    group: String,
    channel: String,
    recipient: String,
    state: &'static str,
    attempts: u32,
    created: String,
    next_attempt: Option<String>,
    sent: Option<String>,
    last_error: Option<String>,
}

impl From<QueuedMessage> for Entry {
    fn from(message: QueuedMessage) -> Self {
        let waits = matches!(message.state, MessageState::Queued | MessageState::Sending);
        Self {
            id: message.id.to_string(),
            notice: message.notice.to_string(),
            group: message.group,
            channel: message.channel,
            recipient: message.recipient,
            state: message.state.code(),
            attempts: message.attempts,
            created: message.created.to_string(),
            next_attempt: waits.then(|| message.next_attempt.to_string()),
            sent: message.sent.map(|time| time.to_string()),
            last_error: message.last_error,
        }
    }
}

struct Outbox;

impl Listing for Outbox {
    type Entry = Entry;
    const HEADERS: &'static [&'static str] =
        &["created", "state", "channel", "recipient", "group", "tries", "next try", "last error"];
    const EMPTY: &'static str = "The outbox is empty.";

    fn cells(entry: &Entry) -> Vec<output::Cell> {
        let tone = match entry.state {
            "sent" => Tone::Good,
            "dead" => Tone::Bad,
            _ => Tone::Doubtful,
        };
        vec![
            output::when(&entry.created).into(),
            output::Cell::toned(entry.state, tone),
            entry.channel.clone().into(),
            entry.recipient.clone().into(),
            entry.group.clone().into(),
            entry.attempts.to_string().into(),
            entry.next_attempt.as_deref().map(output::when).unwrap_or_default().into(),
            entry.last_error.clone().unwrap_or_default().into(),
        ]
    }
}
