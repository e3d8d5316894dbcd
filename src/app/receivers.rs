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

/// Tells the operator's group of receivers that asked never to be called again, of those that have taken nothing for long,
/// and when these take messages again; each is told once. Answers with the next moment at which one will have taken
/// nothing for long.
///
/// # Errors
/// The store fails, or a notice cannot be rendered.
pub async fn report(app: &App) -> Result<Option<Timestamp>, CycleError> {
    let (config, now) = (app.config(), app.now());
    let patience = SignedDuration::try_from(config.daemon.retry.tell_after.get()).unwrap_or(SignedDuration::MAX);
    let (mut commit, mut announcement, mut next) = (Commit::at(now), Announcement::default(), None);
    let (mut disabled, mut failing, mut recovered) = (Vec::new(), Vec::new(), Vec::new());
    for receiver in app.store.receivers().await? {
        let late = receiver.failing_since.map(|since| since.saturating_add(patience).unwrap_or(Timestamp::MAX));
        let told = match (receiver.disabled, receiver.recovered, late, receiver.told) {
            (Some(_), ..) if receiver.told != Some(ReceiverTold::Disabled) => {
                disabled.push(said_of_disabled(&receiver));
                Some(ReceiverTold::Disabled)
            }
            (None, Some(since), ..) => {
                recovered.push(format!("{} takes messages again, since {}.", named(&receiver), moment(since)));
                None
            }
            (None, None, Some(late), None) if late <= now => {
                // Nobody waits for what was given up, and the operator knows of it.
                if receiver.waiting == 0 {
                    continue;
                }
                failing.push(said_of_failing(&receiver));
                Some(ReceiverTold::Failing)
            }
            (None, None, Some(late), None) => {
                next = [next, Some(late)].into_iter().flatten().min();
                continue;
            }
            _ => continue,
        };
        commit.receivers_told.push((receiver, told));
    }
    if commit.receivers_told.is_empty() {
        return Ok(next);
    }
    let advice = "Mend the receiver or its address, then: bellwether outbox enable, with the group or the receiver. Nothing that \
                  waits is lost. If the address in the settings changes, its messages go to the new one.";
    for (paragraphs, one, many, advice) in [
        (disabled, "A receiver asks never to be called again", "receivers ask never to be called again", Some(advice)),
        (failing, "A receiver takes no messages", "receivers take no messages", None),
        (recovered, "A receiver takes messages again", "receivers take messages again", None),
    ] {
        let title = if paragraphs.len() == 1 { one.to_owned() } else { format!("{} {many}", paragraphs.len()) };
        for paragraph in &paragraphs {
            tracing::warn!("{paragraph}");
        }
        if !paragraphs.is_empty() {
            announcement.operator(&config, title, paragraphs, advice, now)?;
        }
    }
    announcement.into_commit(&mut commit)?;
    app.store.commit(&commit).await?;
    app.wake_outbox();
    Ok(next)
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

fn said_of_disabled(receiver: &Receiver) -> String {
    format!("{}: {}. {} for it.", named(receiver), receiver.reason, waiting(receiver.waiting))
}

fn said_of_failing(receiver: &Receiver) -> String {
    let since = receiver.failing_since.map(moment).unwrap_or_default();
    format!(
        "{} has taken nothing since {since}: {}. {} for it, and go on being tried.",
        named(receiver),
        receiver.reason,
        waiting(receiver.waiting)
    )
}

fn waiting(count: u64) -> String {
    match count {
        1 => "1 message waits".to_owned(),
        n => format!("{n} messages wait"),
    }
}

/// "3 December 2025, 09:30", in London.
fn moment(time: Timestamp) -> String {
    let time = time.to_zoned(london());
    format!("{}, {}", in_words(time.date()), time.strftime("%H:%M"))
}
