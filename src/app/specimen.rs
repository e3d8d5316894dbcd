//! Messages to be looked at before anybody gets one, and messages that try whether somebody would.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    config::{Config, Group},
    model::{Content, Disclosure, Notice, NoticeId, NoticeKind, OperatorReport, calendar::day_in_london},
    outbox::{self, ChannelSettings, Payload, QueuedMessage},
    reports::{self, RenderError},
    store::{Commit, Store, StoreError},
};

pub use crate::outbox::ChannelKind;

use super::{
    App,
    announce::Announcement,
    committee::{Asked, CommitteeError, committee},
    digests,
    disclosure::disclosed,
    error::CycleError,
    render,
};

/// Why there is nothing to look at, or nothing to try.
#[derive(Debug, thiserror::Error)]
pub enum SpecimenError {
    /// No such group.
    #[error("there is no group `{0}` (see: bellwether routes show)")]
    Group(String),
    /// It has no digest.
    #[error("the group `{0}` has no `digest:` in config/groups.yaml, which says when its papers are due")]
    NoDigest(String),
    /// All its deadlines are over.
    #[error("papers of the group `{0}` are due on no day to come: list further days in config/groups.yaml")]
    NoDeadline(String),
    /// No report can be made.
    #[error(transparent)]
    Report(#[from] CommitteeError),
    /// No such channel.
    #[error("the group `{group}` has no channel of the kind {channel}")]
    Channel {
        /// The group.
        group: String,
        /// The kind of channel.
        channel: ChannelKind,
    },
    /// The notice cannot be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The message cannot be put into the form of its channel.
    #[error("no message can be made for {channel}: {reason}")]
    Form {
        /// The kind of channel.
        channel: ChannelKind,
        /// Why.
        reason: String,
    },
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The message cannot be queued.
    #[error(transparent)]
    Cycle(#[from] CycleError),
}

/// What is looked at: a group's newest notice, of the kind that is asked for, or of exceptions if there is one; or else a
/// sample; or what it would have for its next papers.
#[derive(Debug)]
pub struct Specimen {
    /// The notice.
    pub notice: Notice,
    /// Whether the group was told it.
    pub is_kept: bool,
}

impl Specimen {
    /// The one for a group, of a kind if one is asked for. There may be no store yet.
    ///
    /// # Errors
    /// There is no such group, or the store fails.
    pub async fn of(
        config: &Config,
        group: &str,
        kind: Option<NoticeKind>,
        store: Option<&Store>,
    ) -> Result<Self, SpecimenError> {
        let settings = settings(config, group)?;
        let kept = match store {
            Some(store) => store.newest_notice(group, kind).await?,
            None => None,
        };
        if let Some(kept) = kept {
            return Ok(Self { notice: kept.notice, is_kept: true });
        }
        let notice = reports::sample(kind.unwrap_or(NoticeKind::Exceptions), group, &settings.name)?;
        Ok(Self { notice, is_kept: false })
    }

    /// What the group would have for its next papers if they were due now. Without a store there is nothing to report of.
    ///
    /// # Errors
    /// There is no such group, it has no papers to come, or the store fails.
    pub async fn of_digest(
        config: &Arc<Config>,
        group: &str,
        store: Option<&Store>,
        now: Timestamp,
    ) -> Result<Self, SpecimenError> {
        let known = settings(config, group)?;
        let digest = known.digest.as_ref().ok_or_else(|| SpecimenError::NoDigest(group.to_owned()))?;
        let store = store.ok_or_else(|| CommitteeError::NoPeriod(group.to_owned()))?;
        let mut planned = digests::planned(config, &store.deadlines().await?, now).into_iter();
        let planned = planned.find_map(|(id, planned)| planned.filter(|_| id == group));
        let due = planned.ok_or_else(|| SpecimenError::NoDeadline(group.to_owned()))?.due;
        let period = digests::newest_month(config, store, group).await?;
        let report = committee(config, store, &Asked { group, period, date: day_in_london(now) }).await?;
        let notice = Notice {
            id: NoticeId(Uuid::now_v7()),
            created: now,
            group: group.to_owned(),
            group_name: known.name.clone(),
            content: digests::content(digest, due, report),
            link: None,
        };
        Ok(Self { notice, is_kept: false })
    }

    /// Every file of every message that the group would get by its channels, or those of one kind: `2-email.html`.
    ///
    /// # Errors
    /// There is no such group or channel, or the notice cannot be rendered.
    pub fn files(
        &self,
        config: &Config,
        channel: Option<ChannelKind>,
    ) -> Result<Vec<(String, Vec<u8>)>, SpecimenError> {
        let group = settings(config, &self.notice.group)?;
        let mut files = Vec::new();
        for (nth, settings) in wanted(&self.notice.group, group, channel)? {
            let payloads = render::payloads(config, settings, &self.notice)?;
            let many = payloads.len() > 1;
            for (part, payload) in payloads.into_iter().enumerate() {
                let part = if many { format!("-{}", part + 1) } else { String::new() };
                let message = self.message(settings, payload);
                let made = outbox::specimen(settings, &config.daemon.email, &message)
                    .map_err(|failure| SpecimenError::Form { channel: settings.kind(), reason: failure.to_string() })?;
                let named = |(end, bytes)| (format!("{}-{}{part}.{end}", nth + 1, settings.kind()), bytes);
                files.extend(made.into_iter().map(named));
            }
        }
        Ok(files)
    }

    /// Its subject.
    #[must_use]
    pub fn subject(&self) -> String {
        reports::subject(&self.notice)
    }

    /// What templates may use of it, as it may leave by a channel that says nothing else.
    ///
    /// # Errors
    /// The notice cannot be shown.
    pub fn variables(&self, config: &Config) -> Result<serde_json::Value, SpecimenError> {
        Ok(reports::variables(&disclosed(config, &self.notice, Disclosure::default()))?)
    }

    /// The message to the first recipient, with the notice's id in the place of its own.
    fn message(&self, channel: &ChannelSettings, payload: Payload) -> QueuedMessage {
        QueuedMessage {
            id: self.notice.id.0,
            notice: self.notice.id.0,
            group: self.notice.group.clone(),
            channel: channel.kind(),
            recipient: channel.recipients().into_iter().next().unwrap_or_default(),
            payload,
            attempts: 0,
            created: self.notice.created,
        }
    }
}

/// A test message that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestAsked {
    /// The group's id.
    pub group: String,
    /// By channels of this kind alone.
    pub channel: Option<ChannelKind>,
}

/// Queues a message that says that it is a test, to each recipient of a group.
///
/// # Errors
/// There is no such group or channel, or the store fails.
pub async fn send_test(app: &App, asked: &TestAsked) -> Result<NoticeId, SpecimenError> {
    let (config, now) = (app.config(), app.now());
    let group = settings(&config, &asked.group)?;
    wanted(&asked.group, group, asked.channel)?;
    let report = OperatorReport {
        title: format!("TEST: a message to try the channels of {}", group.name),
        paragraphs: vec![
            "This is a test. Nothing has happened, and nobody needs to do anything.".to_owned(),
            format!(
                "Somebody asked by “bellwether outbox send-test {}” whether messages arrive here. This one did.",
                asked.group
            ),
        ],
    };
    let mut announcement = Announcement::of(app, &config);
    let notice = announcement.tell(&asked.group, asked.channel, Content::Operator(report));
    announcement.keep(&mut Commit::at(now)).await?;
    Ok(notice)
}

fn settings<'a>(config: &'a Config, group: &str) -> Result<&'a Group, SpecimenError> {
    config.groups.get(group).ok_or_else(|| SpecimenError::Group(group.to_owned()))
}

/// The channels of a group, or those of one kind, by their places in the settings.
fn wanted<'a>(
    id: &str,
    group: &'a Group,
    kind: Option<ChannelKind>,
) -> Result<Vec<(usize, &'a ChannelSettings)>, SpecimenError> {
    let channels = group.channels.iter().enumerate();
    let found: Vec<_> = channels.filter(|(_, channel)| kind.is_none_or(|kind| channel.kind() == kind)).collect();
    match (found.is_empty(), kind) {
        (true, Some(channel)) => Err(SpecimenError::Channel { group: id.to_owned(), channel }),
        _ => Ok(found),
    }
}
