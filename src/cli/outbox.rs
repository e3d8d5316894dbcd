//! `bellwether outbox`.

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::{
    app::{home::Home, requests::Request},
    model::ids,
    store::{MessageState, OutboxFilter, QueuedMessage, Receiver, Store},
};

use super::{
    Exit, Failure, Format,
    ask::ask,
    output::{self, Listing, Tone},
    send_test::{self, SendTestArguments},
};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct OutboxArguments {
    #[command(subcommand)]
    command: Option<OutboxCommand>,
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

#[derive(Debug, Subcommand)]
enum OutboxCommand {
    /// Call receivers again that asked never to be called again: those of a group, or one by its name
    Enable {
        /// The group's id, or the receiver as the list names it
        #[arg(value_name = "GROUP|RECEIVER")]
        name: String,
    },
    /// Send dead letters again, under the ids that they have: those of a group, or one by its id
    Retry {
        /// The group's id, or the message's; the end of that will do
        #[arg(value_name = "GROUP|ID")]
        which: String,
    },
    /// Send a message that says that it is a test, and tell what becomes of it
    SendTest(SendTestArguments),
}

pub(super) async fn outbox(home: &Home, options: &OutboxArguments) -> Result<Exit, Failure> {
    match &options.command {
        None => return list(home, options).await,
        Some(OutboxCommand::Enable { name }) => {
            let enabled = ask(home, &Request::Enable(name.clone())).await?;
            output::say(format!("Called again: {enabled}"))?;
        }
        Some(OutboxCommand::SendTest(asked)) => return send_test::send_test(home, asked).await,
        Some(OutboxCommand::Retry { which }) => {
            let count = ask(home, &Request::Resend(which.clone())).await?;
            output::say(format!("To be sent again: {count}"))?;
        }
    }
    Ok(Exit::Fine)
}

async fn list(home: &Home, options: &OutboxArguments) -> Result<Exit, Failure> {
    let state = options.state.as_deref().and_then(MessageState::from_code);
    let filter = OutboxFilter { state, notice: None, limit: options.limit };
    let (kept, receivers) = match Store::open_read_only(&home.database(), &home.measures()).await? {
        Some(store) => {
            // The receivers first: one that is disabled is not shown beside a message that is still on its way to it.
            let receivers = store.receivers().await?;
            (store.outbox(&filter).await?, receivers)
        }
        None => (Vec::new(), Vec::new()),
    };
    let entries: Vec<Entry> = kept.into_iter().map(|message| Entry::of(message, &receivers)).collect();
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
    /// Since when its receiver is not called any more, because it asked for that.
    receiver_disabled: Option<String>,
    sent: Option<String>,
    last_error: Option<String>,
}

impl Entry {
    fn of(message: QueuedMessage, receivers: &[Receiver]) -> Self {
        let waits = matches!(message.state, MessageState::Queued | MessageState::Sending);
        let is_its =
            |receiver: &&Receiver| receiver.channel == message.channel && receiver.recipient == message.recipient;
        let receiver = receivers.iter().find(is_its).filter(|_| waits);
        let disabled = receiver.and_then(|receiver| receiver.disabled);
        let next = receiver.and_then(|receiver| receiver.rests_until).unwrap_or(message.next_attempt);
        let next = next.max(message.next_attempt);
        Self {
            id: message.id.to_string(),
            notice: message.notice.to_string(),
            group: message.group,
            channel: message.channel,
            recipient: message.recipient,
            state: message.state.code(),
            attempts: message.attempts,
            created: message.created.to_string(),
            next_attempt: (waits && disabled.is_none()).then(|| next.to_string()),
            receiver_disabled: disabled.map(|time| time.to_string()),
            sent: message.sent.map(|time| time.to_string()),
            last_error: message.last_error,
        }
    }
}

struct Outbox;

impl Listing for Outbox {
    type Entry = Entry;
    const HEADERS: &'static [&'static str] =
        &["created", "state", "channel", "recipient", "group", "tries", "next try", "id", "last error"];
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
            match &entry.receiver_disabled {
                Some(_) => output::Cell::toned("disabled", Tone::Bad),
                None => entry.next_attempt.as_deref().map(output::when).unwrap_or_default().into(),
            },
            output::Cell::toned(ids::short(&entry.id), Tone::Faint),
            entry.last_error.clone().unwrap_or_default().into(),
        ]
    }
}
