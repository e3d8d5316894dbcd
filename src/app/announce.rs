//! Decisions → notices → messages, one for each recipient and channel.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    sync::Arc,
};

use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    config::Config,
    model::{
        Alert, AlertId, Cause, Content, Delivery, EscalationReport, Exceptions, GateReport, Notice, NoticeId,
        OperatorReport, Period, Recipient, Severity, Untold,
    },
    outbox::{ChannelKind, ChannelSettings, Payload},
    reports::{self, RenderError},
    routing::{self, Composed, Delivered, Held, Told},
    store::{Commit, NewMessage},
};

use super::{App, away::away, error::CycleError, links::Links, render, waiting};

/// How many cases a report to the operator lists.
const LISTED: usize = 50;

/// What is decided at one moment, under one configuration, as far as people are told of it.
#[derive(Debug)]
pub struct Announcement<'a> {
    /// The home at work.
    pub app: &'a App,
    /// The configuration that it is decided by.
    pub config: Arc<Config>,
    now: Timestamp,
    /// Notices, each with whom it goes to.
    said: Vec<(Notice, To)>,
    /// What is composed and waits to be said.
    held: Vec<Held>,
    /// What groups are not told, and why.
    untold: Vec<Untold>,
    /// The alerts that were told of, which the store does not know yet.
    told: Vec<Alert>,
    /// What makes the links of notices.
    links: Option<Links>,
    /// Alerts that groups are not told of because they are muted.
    unsaid: Vec<(AlertId, String)>,
}

/// Who of the notice's group gets it.
#[derive(Debug)]
enum To {
    /// Its channels.
    Channels,
    /// Its channels of this kind.
    Only(ChannelKind),
    /// The people in this role, by email.
    Role(String),
}

impl<'a> Announcement<'a> {
    /// Nothing yet.
    #[must_use]
    pub fn of(app: &'a App, config: &Arc<Config>) -> Self {
        Self {
            app,
            config: Arc::clone(config),
            now: app.now(),
            said: Vec::new(),
            held: Vec::new(),
            untold: Vec::new(),
            unsaid: Vec::new(),
            told: Vec::new(),
            links: Links::of(app),
        }
    }

    /// Tells a group, by all its channels or by those of one kind.
    pub fn tell(&mut self, group: &str, channel: Option<ChannelKind>, content: Content) -> NoticeId {
        self.put(group, channel.map_or(To::Channels, To::Only), content)
    }

    /// Tells of alerts that nobody looks after, those whom they are taken to.
    pub fn escalation(&mut self, to: Recipient, report: EscalationReport) -> NoticeId {
        self.put(&to.group, to.role.map_or(To::Channels, To::Role), Content::Escalation(report))
    }

    fn put(&mut self, group: &str, to: To, content: Content) -> NoticeId {
        let Some(settings) = self.config.groups.get(group) else {
            // Names are checked when the configuration is loaded; a group cannot be missing here.
            tracing::error!(group, "there is no such group: nobody is told");
            return NoticeId(Uuid::nil());
        };
        let mut notice = Notice {
            id: NoticeId(Uuid::now_v7()),
            created: self.now,
            group: group.to_owned(),
            group_name: settings.name.clone(),
            content,
            link: None,
        };
        notice.link = self.links.as_ref().and_then(|links| links.to(&notice));
        let id = notice.id;
        self.said.push((notice, to));
        id
    }

    /// What alerts have to say, to each group concerned: now, or when what it waits for has come.
    ///
    /// # Errors
    /// The store fails.
    pub async fn exceptions(&mut self, delivered: &Delivered) -> Result<(), CycleError> {
        self.told.extend(delivered.alerts.iter().map(|told| told.alert.clone()));
        let mutes = waiting::mutes(self.app, &self.config, &self.told).await?;
        let Composed { said, unsaid, kept_silent } = routing::compose(&self.config.policy, delivered, &mutes);
        self.untold.extend(unsaid);
        self.unsaid.extend(kept_silent);
        self.failures(said.iter().map(|speech| &speech.exceptions));
        for speech in said {
            if waiting::is_said_now(&self.config, &speech, self.now) {
                self.tell(&speech.group, None, Content::Exceptions(speech.exceptions));
            } else {
                self.held.push(Held::of(speech, self.now));
            }
        }
        Ok(())
    }

    /// What there is to say again of alerts that no delivery brings: a notice for each dataset to each group concerned.
    ///
    /// # Errors
    /// The store fails.
    pub async fn again(&mut self, told: Vec<Told>, cause: Cause) -> Result<(), CycleError> {
        let mut of_datasets: BTreeMap<String, Vec<Told>> = BTreeMap::new();
        for told in told {
            of_datasets.entry(told.alert.dataset.clone()).or_default().push(told);
        }
        for (dataset, alerts) in of_datasets {
            let Some(period) = Period::newest(alerts.iter().map(|told| told.line.period)) else { continue };
            let title = self.config.datasets.get(&dataset).map_or_else(|| dataset.clone(), |known| known.title.clone());
            let head = Exceptions { series_judged: alerts.len(), ..Exceptions::empty(dataset, title, period, cause) };
            let delivered = Delivered { head, alerts, unjudged: Vec::new(), outstanding: Vec::new() };
            self.exceptions(&delivered).await?;
        }
        Ok(())
    }

    /// Something that the operator's group must see to: a paragraph for each case (the first 50 of them), and what
    /// to do about it.
    pub fn operator(&mut self, title: String, mut paragraphs: Vec<String>, advice: Option<&str>) {
        let more = paragraphs.len().saturating_sub(LISTED);
        if more > 0 {
            paragraphs.truncate(LISTED);
            paragraphs.push(format!("And {more} more: the log names them."));
        }
        paragraphs.extend(advice.map(str::to_owned));
        let operator = self.config.daemon.operator.value.clone();
        self.tell(&operator, None, Content::Operator(OperatorReport { title, paragraphs }));
    }

    /// A rule that goes wrong is for the operator to see to as well, once for a delivery.
    fn failures<'b>(&mut self, notices: impl IntoIterator<Item = &'b Exceptions>) {
        let mut paragraphs: Vec<String> = notices
            .into_iter()
            .flat_map(|notice| &notice.failed)
            .map(|line| format!("{} on {} for {}: {}", line.rule, line.labels, line.period.label(), line.reason))
            .collect();
        paragraphs.sort();
        paragraphs.dedup();
        let title = match paragraphs.len() {
            0 => return,
            1 => "A rule went wrong for 1 series".to_owned(),
            n => format!("Rules went wrong for {n} series"),
        };
        for paragraph in &paragraphs {
            tracing::warn!("a rule went wrong: {paragraph}");
        }
        let advice =
            "Alerts of these series stand as they were. Mend the rule; `bellwether check` and `bellwether test` help.";
        self.operator(title, paragraphs, Some(advice));
    }

    /// The gate's decision, to the dataset's steward (the operator's group when no dataset recognised the file) and to the
    /// owners of the checks that found more than a note.
    pub fn gate(&mut self, report: &GateReport, delivery: &Delivery) {
        let config = Arc::clone(&self.config);
        let dataset = delivery.dataset.as_ref().and_then(|dataset| config.datasets.get(dataset));
        let steward = dataset.map_or(&config.daemon.operator.value, |dataset| &dataset.steward.value);
        let found = delivery.findings.iter().filter(|finding| finding.severity > Severity::Note);
        let owners: BTreeSet<&String> =
            found.filter_map(|finding| finding.owner.as_ref()).filter(|owner| *owner != steward).collect();
        for group in std::iter::once(steward).chain(owners) {
            self.tell(group, None, Content::Gate(report.clone()));
        }
    }

    /// Keeps what was decided, with all that is said of it, in one transaction; the sender is told.
    ///
    /// # Errors
    /// A notice cannot be rendered, or the store fails.
    pub async fn keep(mut self, commit: &mut Commit) -> Result<(), CycleError> {
        while !self.said.is_empty() {
            let (notices, messages) = self.write().await?;
            self.template_faults(&notices);
            commit.messages.extend(messages);
            commit.notices.extend(notices);
        }
        commit.untold.extend(self.untold);
        commit.unsaid.extend(self.unsaid);
        for held in &self.held {
            commit.held.push(waiting::kept(held)?);
        }
        self.app.store.commit(commit).await?;
        self.app.wake_outbox();
        Ok(())
    }

    /// The notices with their subjects, and the messages that carry them. Papers and pictures take their time: the
    /// runtime's own threads have other things to do.
    async fn write(&mut self) -> Result<(Vec<(Notice, String)>, Vec<NewMessage>), CycleError> {
        let (config, said) = (Arc::clone(&self.config), mem::take(&mut self.said));
        let writing = away("writing the messages", move || {
            let mut messages = Vec::new();
            for (notice, to) in &said {
                messages.extend(written(&config, notice, to)?);
            }
            let with_subject = |(notice, _)| {
                let subject = reports::subject(&notice);
                (notice, subject)
            };
            Ok::<_, RenderError>((said.into_iter().map(with_subject).collect(), messages))
        });
        Ok(writing.await??)
    }

    /// A template that failed is for the operator to see to, once; the program's own took its place.
    fn template_faults(&mut self, notices: &[(Notice, String)]) {
        let groups: BTreeSet<&str> = notices.iter().map(|(notice, _)| notice.group.as_str()).collect();
        for group in groups {
            let Some(fault) = self.config.templates.of(group).untold_fault().map(ToString::to_string) else { continue };
            let paragraphs =
                vec![format!("A message to the group {group}: {fault}. The program's own took its place.")];
            let advice = "Mend it below config/templates; `bellwether check` and `bellwether preview` help.";
            self.operator("A template could not be used".to_owned(), paragraphs, Some(advice));
        }
    }
}

/// The messages of a notice: one for each recipient and channel.
fn written(config: &Config, notice: &Notice, to: &To) -> Result<Vec<NewMessage>, RenderError> {
    let Some(settings) = config.groups.get(&notice.group) else { return Ok(Vec::new()) };
    if let To::Role(role) = to {
        let addresses = settings.addresses(role).into_iter().map(str::to_owned).collect();
        return queued(notice, ChannelKind::Email, addresses, &render::by_email(config, notice)?);
    }
    let is_wanted = |channel: &&ChannelSettings| match to {
        To::Only(kind) => channel.kind() == *kind,
        To::Channels | To::Role(_) => true,
    };
    let mut messages = Vec::new();
    for channel in settings.channels.iter().filter(is_wanted) {
        let payloads = render::payloads(config, channel, notice)?;
        messages.extend(queued(notice, channel.kind(), channel.recipients(), &payloads)?);
    }
    Ok(messages)
}

/// What each recipient of a channel is sent. It is written once, however many they are: papers are large.
fn queued(
    notice: &Notice,
    channel: ChannelKind,
    recipients: Vec<String>,
    payloads: &[Payload],
) -> Result<Vec<NewMessage>, RenderError> {
    let written = payloads.iter().map(serde_json::to_string).collect::<Result<Vec<String>, _>>();
    let written = written.map_err(|error| RenderError::Json(error.to_string()))?;
    let to = |recipient: String| {
        written.iter().map(move |payload| NewMessage {
            id: Uuid::now_v7(),
            notice: notice.id,
            group: notice.group.clone(),
            channel: channel.code().to_owned(),
            recipient: recipient.clone(),
            payload: payload.clone(),
            not_before: None,
        })
    };
    Ok(recipients.into_iter().flat_map(to).collect())
}
