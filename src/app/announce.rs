//! Decisions → notices → messages, one for each recipient and channel.

use std::collections::{BTreeMap, BTreeSet};

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

use super::{App, error::CycleError, links::Links, render, waiting};

/// How many cases a report to the operator lists.
const LISTED: usize = 50;

/// Notices with the messages that carry them.
#[derive(Debug)]
pub struct Announcement {
    /// Each notice with its subject.
    pub notices: Vec<(Notice, String)>,
    /// One message for each recipient and channel.
    pub messages: Vec<NewMessage>,
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

/// To whom a notice goes.
struct To<'a> {
    group: &'a str,
    /// The people in this role, by email, instead of the group's channels.
    role: Option<&'a str>,
    /// By channels of this kind alone.
    channel: Option<ChannelKind>,
}

impl Announcement {
    /// Nothing yet.
    #[must_use]
    pub fn of(app: &App) -> Self {
        Self {
            notices: Vec::new(),
            messages: Vec::new(),
            held: Vec::new(),
            untold: Vec::new(),
            unsaid: Vec::new(),
            told: Vec::new(),
            links: Links::of(app),
        }
    }

    /// Adds a notice to a group and the messages to all its recipients.
    ///
    /// # Errors
    /// The notice cannot be rendered.
    pub fn tell(&mut self, config: &Config, group: &str, content: Content, now: Timestamp) -> Result<(), RenderError> {
        self.tell_by(config, group, None, content, now)
    }

    /// The same, by channels of one kind alone.
    ///
    /// # Errors
    /// The notice cannot be rendered.
    pub fn tell_by(
        &mut self,
        config: &Config,
        group: &str,
        channel: Option<ChannelKind>,
        content: Content,
        now: Timestamp,
    ) -> Result<(), RenderError> {
        self.put(config, &To { group, role: None, channel }, content, now).map(|_| ())
    }

    /// Adds a notice of alerts that nobody looks after, to those whom they are taken to.
    ///
    /// # Errors
    /// The notice cannot be rendered.
    pub fn escalation(
        &mut self,
        config: &Config,
        to: &Recipient,
        report: EscalationReport,
        now: Timestamp,
    ) -> Result<NoticeId, RenderError> {
        let to = To { group: &to.group, role: to.role.as_deref(), channel: None };
        self.put(config, &to, Content::Escalation(report), now)
    }

    /// Adds a notice with a message to each recipient of the group's channels, or to the people in a role by email.
    fn put(&mut self, config: &Config, to: &To<'_>, content: Content, now: Timestamp) -> Result<NoticeId, RenderError> {
        let Some(settings) = config.groups.get(to.group) else {
            // Names are checked when the configuration is loaded; a group cannot be missing here.
            tracing::error!(group = to.group, "there is no such group: nobody is told");
            return Ok(NoticeId(Uuid::nil()));
        };
        let mut notice = Notice {
            id: NoticeId(Uuid::now_v7()),
            created: now,
            group: to.group.to_owned(),
            group_name: settings.name.clone(),
            content,
            link: None,
        };
        notice.link = self.links.as_ref().and_then(|links| links.to(&notice));
        if let Some(role) = to.role {
            let addresses = settings.addresses(role).into_iter().map(str::to_owned).collect();
            self.messages.extend(queued(&notice, ChannelKind::Email, addresses, &render::by_email(config, &notice)?)?);
        } else {
            let is_wanted = |channel: &&ChannelSettings| to.channel.is_none_or(|kind| channel.kind() == kind);
            for channel in settings.channels.iter().filter(is_wanted) {
                let payloads = render::payloads(config, channel, &notice)?;
                self.messages.extend(queued(&notice, channel.kind(), channel.recipients(), &payloads)?);
            }
        }
        let (id, subject) = (notice.id, reports::subject(&notice));
        self.notices.push((notice, subject));
        self.template_fault(config, to.group, now)?;
        Ok(id)
    }

    /// A template that failed is for the operator to see to, once; the program's own took its place.
    fn template_fault(&mut self, config: &Config, group: &str, now: Timestamp) -> Result<(), RenderError> {
        let Some(fault) = config.templates.of(group).untold_fault() else { return Ok(()) };
        let paragraphs = vec![format!("A message to the group {group}: {fault}. The program's own took its place.")];
        let advice = "Mend it below config/templates; `bellwether check` and `bellwether preview` help.";
        self.operator(config, "A template could not be used".to_owned(), paragraphs, Some(advice), now)
    }

    /// What alerts have to say, to each group concerned: now, or when what it waits for has come.
    ///
    /// # Errors
    /// The store fails, or a notice cannot be rendered.
    pub async fn exceptions(&mut self, app: &App, config: &Config, delivered: &Delivered) -> Result<(), CycleError> {
        self.told.extend(delivered.alerts.iter().map(|told| told.alert.clone()));
        let (now, mutes) = (app.now(), waiting::mutes(app, config, &self.told).await?);
        let Composed { said, unsaid, kept_silent } = routing::compose(&config.policy, delivered, &mutes);
        self.untold.extend(unsaid);
        self.unsaid.extend(kept_silent);
        self.failures(config, said.iter().map(|speech| &speech.exceptions), now)?;
        for speech in said {
            if waiting::is_said_now(config, &speech, now) {
                self.tell(config, &speech.group, Content::Exceptions(speech.exceptions), now)?;
            } else {
                self.held.push(Held::of(speech, now));
            }
        }
        Ok(())
    }

    /// What there is to say again of alerts that no delivery brings: a notice for each dataset to each group concerned.
    ///
    /// # Errors
    /// The store fails, or a notice cannot be rendered.
    pub async fn again(&mut self, app: &App, config: &Config, told: Vec<Told>, cause: Cause) -> Result<(), CycleError> {
        let mut of_datasets: BTreeMap<String, Vec<Told>> = BTreeMap::new();
        for told in told {
            of_datasets.entry(told.alert.dataset.clone()).or_default().push(told);
        }
        for (dataset, alerts) in of_datasets {
            let Some(period) = Period::newest(alerts.iter().map(|told| told.line.period)) else { continue };
            let title = config.datasets.get(&dataset).map_or_else(|| dataset.clone(), |known| known.title.clone());
            let head = Exceptions { series_judged: alerts.len(), ..Exceptions::empty(dataset, title, period, cause) };
            let delivered = Delivered { head, alerts, unjudged: Vec::new(), outstanding: Vec::new() };
            self.exceptions(app, config, &delivered).await?;
        }
        Ok(())
    }

    /// Something that the operator's group must see to: a paragraph for each case (the first 50 of them), and what
    /// to do about it.
    ///
    /// # Errors
    /// The notice cannot be rendered.
    pub fn operator(
        &mut self,
        config: &Config,
        title: String,
        mut paragraphs: Vec<String>,
        advice: Option<&str>,
        now: Timestamp,
    ) -> Result<(), RenderError> {
        let more = paragraphs.len().saturating_sub(LISTED);
        if more > 0 {
            paragraphs.truncate(LISTED);
            paragraphs.push(format!("And {more} more: the log names them."));
        }
        paragraphs.extend(advice.map(str::to_owned));
        self.tell(config, &config.daemon.operator.value, Content::Operator(OperatorReport { title, paragraphs }), now)
    }

    /// A rule that goes wrong is for the operator to see to as well, once for a delivery.
    fn failures<'a>(
        &mut self,
        config: &Config,
        notices: impl IntoIterator<Item = &'a Exceptions>,
        now: Timestamp,
    ) -> Result<(), RenderError> {
        let mut paragraphs: Vec<String> = notices
            .into_iter()
            .flat_map(|notice| &notice.failed)
            .map(|line| format!("{} on {} for {}: {}", line.rule, line.labels, line.period.label(), line.reason))
            .collect();
        paragraphs.sort();
        paragraphs.dedup();
        if paragraphs.is_empty() {
            return Ok(());
        }
        let title = match paragraphs.len() {
            1 => "A rule went wrong for 1 series".to_owned(),
            n => format!("Rules went wrong for {n} series"),
        };
        for paragraph in &paragraphs {
            tracing::warn!("a rule went wrong: {paragraph}");
        }
        let advice =
            "Alerts of these series stand as they were. Mend the rule; `bellwether check` and `bellwether test` help.";
        self.operator(config, title, paragraphs, Some(advice), now)
    }

    /// The gate's decision, to the dataset's steward (the operator's group when no dataset recognised the file) and to the
    /// owners of the checks that found more than a note.
    ///
    /// # Errors
    /// The notice cannot be rendered.
    pub fn gate(
        &mut self,
        config: &Config,
        report: &GateReport,
        delivery: &Delivery,
        now: Timestamp,
    ) -> Result<(), RenderError> {
        let dataset = delivery.dataset.as_ref().and_then(|dataset| config.datasets.get(dataset));
        let steward = dataset.map_or(&config.daemon.operator.value, |dataset| &dataset.steward.value);
        let found = delivery.findings.iter().filter(|finding| finding.severity > Severity::Note);
        let owners: BTreeSet<&String> =
            found.filter_map(|finding| finding.owner.as_ref()).filter(|owner| *owner != steward).collect();
        for group in std::iter::once(steward).chain(owners) {
            self.tell(config, group, Content::Gate(report.clone()), now)?;
        }
        Ok(())
    }

    /// Puts notices and messages into a commit.
    ///
    /// # Errors
    /// A notice that waits cannot be written as JSON.
    pub fn into_commit(self, commit: &mut Commit) -> Result<(), CycleError> {
        commit.messages.extend(self.messages);
        commit.notices.extend(self.notices);
        commit.untold.extend(self.untold);
        commit.unsaid.extend(self.unsaid);
        for held in &self.held {
            commit.held.push(waiting::kept(held)?);
        }
        Ok(())
    }
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
