//! `bellwether notices`.

use clap::Args;
use serde::Serialize;

use crate::{
    app::home::Home,
    model::{Content, NoticeKind},
    store::{KeptNotice, Store},
};

use super::{
    Exit, Failure, Format,
    output::{self, Listing},
};

#[derive(Debug, Args)]
pub(super) struct NoticesArguments {
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

pub(super) async fn list(home: &Home, options: &NoticesArguments) -> Result<Exit, Failure> {
    let kept = match Store::open_read_only(&home.database(), &home.measures()).await? {
        Some(store) => store.notices(options.limit).await?,
        None => Vec::new(),
    };
    let entries: Vec<Entry> = kept.into_iter().map(Entry::from).collect();
    output::print::<Notices>(&entries, options.format)?;
    Ok(Exit::Fine)
}

/// A notice as programs read it.
#[derive(Debug, Serialize)]
struct Entry {
    id: String,
    created: String,
    kind: NoticeKind,
    group: String,
    subject: String,
    delivery: Option<String>,
    content: Content,
}

impl From<KeptNotice> for Entry {
    fn from(kept: KeptNotice) -> Self {
        let notice = kept.notice;
        let delivery = match &notice.content {
            Content::Exceptions(exceptions) => exceptions.delivery,
            Content::Gate(report) => Some(report.delivery),
            Content::Operator(_)
            | Content::Silence(_)
            | Content::Escalation(_)
            | Content::ThreeAs(_)
            | Content::Digest(_) => None,
        };
        Self {
            id: notice.id.to_string(),
            created: notice.created.to_string(),
            kind: notice.kind(),
            group: notice.group,
            subject: kept.subject,
            delivery: delivery.map(|id| id.to_string()),
            content: notice.content,
        }
    }
}

struct Notices;

impl Listing for Notices {
    type Entry = Entry;
    const HEADERS: &'static [&'static str] = &["created", "group", "about", "subject"];
    const EMPTY: &'static str = "Nobody has been told anything yet.";

    fn cells(entry: &Entry) -> Vec<output::Cell> {
        vec![
            output::when(&entry.created).into(),
            entry.group.clone().into(),
            entry.kind.code().into(),
            entry.subject.clone().into(),
        ]
    }
}
