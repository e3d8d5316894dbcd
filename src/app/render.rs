//! A notice as the messages of one channel: the one place that knows what each kind of channel carries.

use crate::{
    model::{Content, Notice},
    outbox::{ChannelKind, ChannelSettings, Payload},
    reports::{self, RenderError},
};

/// What is queued for each recipient of a channel: usually one message, several where a channel cannot carry a notice in
/// one.
///
/// # Errors
/// The notice cannot be rendered.
pub fn payloads(channel: &ChannelSettings, notice: &Notice) -> Result<Vec<Payload>, RenderError> {
    match channel.kind() {
        ChannelKind::Email | ChannelKind::Webhook => Ok(vec![whole(notice)?]),
    }
}

/// A notice in every form, in one message.
fn whole(notice: &Notice) -> Result<Payload, RenderError> {
    let rendered = reports::render(notice)?;
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
        Content::Gate(_) | Content::Operator(_) | Content::Silence(_) => None,
    }
}
