//! `bellwether outbox send-test`.

use std::time::{Duration, Instant};

use clap::Args;
use uuid::Uuid;

use crate::{
    app::{
        home::Home,
        lock::HomeLock,
        requests::Request,
        specimen::{ChannelKind, TestAsked},
    },
    model::NoticeId,
    store::{MessageState, OutboxFilter, QueuedMessage, Store},
};

use super::{Exit, Failure, ask::ask, output, preview};

/// How often the outbox is looked at.
const LOOK: Duration = Duration::from_millis(100);

#[derive(Debug, Args)]
pub(super) struct SendTestArguments {
    /// The group's id
    #[arg(value_name = "GROUP")]
    group: String,
    /// By its channels of this kind alone: email, webhook, …
    #[arg(long, value_name = "CHANNEL", value_parser = preview::channel)]
    channel: Option<ChannelKind>,
    /// For how many seconds to wait for what becomes of it
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    wait: u64,
}

/// Ends with 1 unless every receiver has taken it.
pub(super) async fn send_test(home: &Home, options: &SendTestArguments) -> Result<Exit, Failure> {
    let asked = TestAsked { group: options.group.clone(), channel: options.channel };
    let said = ask(home, &Request::SendTest(asked)).await?;
    let notice = said.parse::<Uuid>().map(NoticeId).map_err(Failure::trouble)?;
    let is_running = HomeLock::running(home).is_some();
    let patience = if is_running { Duration::from_secs(options.wait) } else { Duration::ZERO };
    let messages = tried(home, notice, patience).await?;
    for message in &messages {
        output::say(format!("{} {}: {}", message.channel, output::clean(&message.recipient), became(message)))?;
    }
    if !is_running {
        output::say("No daemon is at work on this home. It sends what is queued when it runs: bellwether run")?;
    }
    let all_sent = messages.iter().all(|message| message.state == MessageState::Sent);
    Ok(if all_sent { Exit::Fine } else { Exit::Findings })
}

/// The messages of a notice, once each has been tried.
async fn tried(home: &Home, notice: NoticeId, patience: Duration) -> Result<Vec<QueuedMessage>, Failure> {
    let filter = OutboxFilter { notice: Some(notice), ..OutboxFilter::default() };
    let begun = Instant::now();
    loop {
        let messages = match Store::open_read_only(&home.database(), &home.measures()).await? {
            Some(store) => store.outbox(&filter).await?,
            None => Vec::new(),
        };
        let is_tried = |message: &QueuedMessage| message.attempts > 0 || message.sent.is_some();
        if messages.iter().all(is_tried) || begun.elapsed() >= patience {
            return Ok(messages);
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn became(message: &QueuedMessage) -> String {
    let error = message.last_error.as_deref().map(output::clean);
    match (message.state, error) {
        (MessageState::Sent, _) => output::good("sent"),
        (MessageState::Dead, error) => format!("{}: {}", output::bad("given up"), error.unwrap_or_default()),
        (MessageState::Queued | MessageState::Sending, Some(error)) => {
            let next = output::when(&message.next_attempt.to_string());
            format!("{}: {error}; tried again at {next}", output::doubtful("not sent yet"))
        }
        (MessageState::Queued | MessageState::Sending, None) => output::doubtful("queued"),
    }
}
