//! A notice as the messages of one channel: the one place that knows what each kind of channel carries.

use jiff::SignedDuration;

use crate::{
    config::Config,
    model::{Content, Disclosure, Notice},
    outbox::{ChannelSettings, Enclosure, Mention, Payload, WebhookFormat},
    reports::{self, Link, MailFile, Mentioned, RenderError},
};

use super::disclosure;

/// What is queued for each recipient of a channel: usually one message, several where a channel cannot carry a notice in
/// one.
///
/// # Errors
/// The notice cannot be rendered.
pub fn payloads(config: &Config, channel: &ChannelSettings, notice: &Notice) -> Result<Vec<Payload>, RenderError> {
    let notice = &*disclosure::disclosed(config, notice, channel.disclosure());
    match channel {
        ChannelSettings::Email(_) => Ok(vec![email(config, notice)?]),
        ChannelSettings::Folder(_) => {
            let (notice, papers) = reports::papers(notice);
            Ok(vec![Payload { files: papers.into_iter().map(enclosed).collect(), ..whole(config, &notice)? }])
        }
        ChannelSettings::Webhook(settings) => match settings.own.format {
            WebhookFormat::Bellwether | WebhookFormat::CloudEvents => Ok(posted(notice, reports::json_parts(notice))),
            WebhookFormat::Alertmanager => Ok(posted(notice, reports::alertmanager_webhook(notice))),
        },
        ChannelSettings::Teams(settings) => {
            if let Some(card) = config.templates.of(&notice.group).card(notice) {
                return Ok(posted(notice, vec![card]));
            }
            let mentions: Vec<Mentioned> = settings.own.mentions.iter().map(mentioned).collect();
            Ok(posted(notice, reports::cards(notice, &mentions, &links(notice))))
        }
        ChannelSettings::Slack(_) => Ok(posted(notice, reports::slack(notice, &links(notice)))),
        ChannelSettings::Alertmanager(settings) => {
            let keep = SignedDuration::try_from(settings.own.keep.get()).unwrap_or(SignedDuration::MAX);
            Ok(posted(notice, reports::alertmanager_alerts(notice, keep)))
        }
    }
}

/// Where a message leads, for programs that show buttons.
fn links(notice: &Notice) -> Vec<Link> {
    notice.link.iter().map(|url| Link { title: "Say who looks after these".to_owned(), url: url.clone() }).collect()
}

fn mentioned(mention: &Mention) -> Mentioned {
    Mentioned { name: mention.name.value.clone(), id: mention.id.value.clone() }
}

/// What a channel posts as it stands, a message each.
fn posted(notice: &Notice, bodies: Vec<serde_json::Value>) -> Vec<Payload> {
    let message = |json| Payload {
        subject: reports::subject(notice),
        html: String::new(),
        text: String::new(),
        json,
        thread: thread(notice),
        files: Vec::new(),
    };
    bodies.into_iter().map(message).collect()
}

/// What is queued for the address of somebody who is told by email, whatever the group's channels are.
///
/// # Errors
/// The notice cannot be rendered.
pub fn by_email(config: &Config, notice: &Notice) -> Result<Vec<Payload>, RenderError> {
    Ok(vec![email(config, &disclosure::disclosed(config, notice, Disclosure::default()))?])
}

/// An email with its pictures and tables.
fn email(config: &Config, notice: &Notice) -> Result<Payload, RenderError> {
    let mail = reports::mail(notice, config.templates.of(&notice.group))?;
    Ok(Payload {
        subject: mail.subject,
        html: mail.html,
        text: mail.text,
        json: serde_json::Value::Null,
        thread: thread(notice),
        files: mail.files.into_iter().map(enclosed).collect(),
    })
}

fn enclosed(file: MailFile) -> Enclosure {
    Enclosure {
        name: file.name,
        media_type: file.media_type.to_owned(),
        content_id: file.content_id,
        bytes: file.bytes,
    }
}

/// A notice in every form, in one message.
fn whole(config: &Config, notice: &Notice) -> Result<Payload, RenderError> {
    let rendered = reports::render_by(notice, config.templates.of(&notice.group))?;
    Ok(Payload {
        subject: rendered.subject,
        html: rendered.html,
        text: rendered.text,
        json: rendered.json,
        thread: thread(notice),
        files: Vec::new(),
    })
}

/// Messages about one dataset and period belong together in a mail program.
fn thread(notice: &Notice) -> Option<String> {
    match &notice.content {
        Content::Exceptions(exceptions) => {
            Some(format!("{}.{}.{}", exceptions.dataset, exceptions.period, notice.group).replace('/', "-"))
        }
        Content::Gate(_)
        | Content::Operator(_)
        | Content::Silence(_)
        | Content::Escalation(_)
        | Content::ThreeAs(_)
        | Content::Digest(_) => None,
    }
}
