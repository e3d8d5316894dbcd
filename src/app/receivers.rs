//! Receivers that do not take messages: who is told, and how they are called again.

use jiff::{SignedDuration, Timestamp};

use crate::{
    model::calendar::{in_words, london},
    outbox::{ChannelKind, Channels},
    store::{Commit, Receiver, ReceiverTold},
};

use super::{App, announce::Announcement, error::CycleError};

/// Nobody can be told or found under this name.
#[derive(Debug, thiserror::Error)]
pub enum EnableError {
    /// Neither a group nor a receiver of this name is disabled.
    #[error("no receiver that is disabled is called `{0}` or belongs to a group of this name (see: bellwether outbox)")]
    Unknown(String),
    /// The store fails.
    #[error(transparent)]
    Cycle(#[from] CycleError),
}

impl From<crate::store::StoreError> for EnableError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Cycle(error.into())
    }
}

/// What there is to tell of a receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum News {
    Disabled,
    Failing,
    Recovered,
}

/// Tells the operator's group of receivers that asked never to be called again, of those that have taken nothing for long,
/// and when these take messages again; each is told once. Answers with the next moment at which one will have taken
/// nothing for long.
///
/// # Errors
/// The store fails, or a notice cannot be rendered.
pub async fn report(app: &App) -> Result<Option<Timestamp>, CycleError> {
    let (config, now) = (app.config(), app.now());
    let patience = SignedDuration::try_from(config.daemon.retry.tell_after.get()).unwrap_or(SignedDuration::MAX);
    let (mut told, mut next) = (Vec::new(), None);
    for receiver in app.store.receivers().await? {
        match News::of(&receiver, patience, now) {
            Ok(news) => told.push((news, receiver)),
            Err(moment) => next = [next, moment].into_iter().flatten().min(),
        }
    }
    if told.is_empty() {
        return Ok(next);
    }
    let (mut commit, mut announcement) = (Commit::at(now), Announcement::of(app, &config));
    for news in [News::Disabled, News::Failing, News::Recovered] {
        let of = told.iter().filter(|(other, _)| *other == news);
        let paragraphs: Vec<String> = of.map(|(_, receiver)| news.said_of(receiver)).collect();
        for paragraph in &paragraphs {
            tracing::warn!("{paragraph}");
        }
        if !paragraphs.is_empty() {
            announcement.operator(news.title(paragraphs.len()), paragraphs, news.advice());
        }
    }
    commit.receivers_told = told.into_iter().map(|(news, receiver)| (receiver, news.told())).collect();
    announcement.keep(&mut commit).await?;
    Ok(next)
}

impl News {
    /// What there is to tell now; if nothing, when there will be, unless something changes.
    fn of(receiver: &Receiver, patience: SignedDuration, now: Timestamp) -> Result<Self, Option<Timestamp>> {
        if receiver.disabled.is_some() {
            return if receiver.told == Some(ReceiverTold::Disabled) { Err(None) } else { Ok(Self::Disabled) };
        }
        if receiver.recovered.is_some() {
            return Ok(Self::Recovered);
        }
        let Some(since) = receiver.failing_since.filter(|_| receiver.told.is_none()) else { return Err(None) };
        let late = since.saturating_add(patience).unwrap_or(Timestamp::MAX);
        if late <= now { Ok(Self::Failing) } else { Err(Some(late)) }
    }

    /// What is kept of having told it.
    fn told(self) -> Option<ReceiverTold> {
        match self {
            Self::Disabled => Some(ReceiverTold::Disabled),
            Self::Failing => Some(ReceiverTold::Failing),
            Self::Recovered => None,
        }
    }

    fn title(self, count: usize) -> String {
        let (one, many) = match self {
            Self::Disabled => ("A receiver asks never to be called again", "receivers ask never to be called again"),
            Self::Failing => ("A receiver takes no messages", "receivers take no messages"),
            Self::Recovered => ("A receiver takes messages again", "receivers take messages again"),
        };
        if count == 1 { one.to_owned() } else { format!("{count} {many}") }
    }

    fn said_of(self, receiver: &Receiver) -> String {
        let (name, reason) = (named(receiver), &receiver.reason);
        let waiting = match receiver.waiting {
            1 => "1 message waits".to_owned(),
            n => format!("{n} messages wait"),
        };
        let since = |time: Option<Timestamp>| time.map(moment).unwrap_or_default();
        match self {
            Self::Disabled => format!("{name}: {reason}. {waiting} for it."),
            Self::Failing => {
                let since = since(receiver.failing_since);
                format!(
                    "{name} has taken nothing since {since}: {reason}. {waiting} for it, and it goes on being tried."
                )
            }
            Self::Recovered => format!("{name} takes messages again, since {}.", since(receiver.recovered)),
        }
    }

    fn advice(self) -> Option<&'static str> {
        (self == Self::Disabled).then_some(
            "Mend the receiver or its address, then: bellwether outbox enable, with the group or the receiver. Nothing that waits \
             is lost. If the address in the settings changes, its messages go to the new one.",
        )
    }
}

/// Brings what is known of receivers in line with the settings: one that asked never to be called again is called at a new
/// address, and what waits for a receiver that left the settings goes to the one that took its place.
///
/// # Errors
/// The store fails.
pub async fn reconcile(app: &App, channels: &Channels) -> Result<(), CycleError> {
    let known = channels.known();
    let of = |kind: ChannelKind| known.iter().filter(move |(other, _)| *other == kind).map(|(_, known)| known);
    for receiver in app.store.receivers().await?.into_iter().filter(|receiver| receiver.disabled.is_some()) {
        let Some(kind) = ChannelKind::from_code(&receiver.channel) else { continue };
        let same = of(kind).any(|known| {
            known.recipient == receiver.recipient && Some(known.address.as_str()) == receiver.address.as_deref()
        });
        if !same {
            tracing::info!(receiver = named(&receiver), "it has another address now: its messages are sent");
            app.store.enable_receiver(&receiver.channel, &receiver.recipient).await?;
        }
    }
    for (channel, group, recipient) in app.store.awaited().await? {
        let Some(kind) = ChannelKind::from_code(&channel) else { continue };
        let own: Vec<_> = of(kind).filter(|known| known.group == group).collect();
        // With several, or one that has its own copies, nobody knows which took its place: it becomes a dead letter.
        if let [only] = own.as_slice()
            && only.recipient != recipient
            && !app.store.was_written_to(&channel, &group, &only.recipient).await?
        {
            let count = app.store.redirect(&channel, &group, &recipient, &only.recipient, app.now()).await?;
            tracing::info!(
                group,
                channel,
                from = recipient,
                to = only.recipient,
                count,
                "messages go to the new address"
            );
        }
    }
    app.wake_outbox();
    Ok(())
}

/// Calls receivers again that asked not to be: all of a group, or one by its name. Answers with their names.
///
/// # Errors
/// There is none.
pub async fn enable(app: &App, name: &str) -> Result<Vec<String>, EnableError> {
    let mut enabled = Vec::new();
    for receiver in app.store.receivers().await? {
        if receiver.disabled.is_some() && (receiver.group == name || receiver.recipient == name) {
            app.store.enable_receiver(&receiver.channel, &receiver.recipient).await?;
            enabled.push(receiver.recipient);
        }
    }
    if enabled.is_empty() {
        return Err(EnableError::Unknown(name.to_owned()));
    }
    app.wake_outbox();
    Ok(enabled)
}

/// `https://hooks.example.org/x (webhook, group dental-services)`
fn named(receiver: &Receiver) -> String {
    format!("{} ({}, group {})", receiver.recipient, receiver.channel, receiver.group)
}

/// "3 December 2025, 09:30", in London.
fn moment(time: Timestamp) -> String {
    let time = time.to_zoned(london());
    format!("{}, {}", in_words(time.date()), time.strftime("%H:%M"))
}
