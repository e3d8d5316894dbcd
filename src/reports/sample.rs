//! Notices to look at where there are none yet, and to try templates on.

use jiff::Timestamp;
use uuid::Uuid;

use super::RenderError;
use crate::model::{Content, Notice, NoticeId, OperatorReport};

/// Alerts on the Local Enhanced Services of October 2025, as published.
const EXCEPTIONS: &str = include_str!("sample.json");
/// The same file with a row that says a figure twice, held back.
const GATE: &str = include_str!("sample-gate.json");

/// A sample of exceptions, as if a group had been told it.
///
/// # Errors
/// It does not fit this program: a fault of the program.
pub fn sample(group: &str, name: &str) -> Result<Notice, RenderError> {
    Ok(notice(group, name, read(EXCEPTIONS)?))
}

/// A sample of every kind of notice that templates are made for.
pub(super) fn samples() -> Result<Vec<Notice>, RenderError> {
    let report = OperatorReport { title: "A sample".to_owned(), paragraphs: vec!["A paragraph.".to_owned()] };
    let contents = [read(EXCEPTIONS)?, read(GATE)?, Content::Operator(report)];
    Ok(contents.into_iter().map(|content| notice("group", "A group", content)).collect())
}

fn read(json: &str) -> Result<Content, RenderError> {
    serde_json::from_str(json).map_err(|error| RenderError::Json(error.to_string()))
}

fn notice(group: &str, name: &str, content: Content) -> Notice {
    Notice {
        id: NoticeId(Uuid::nil()),
        created: Timestamp::from_second(1_763_112_600).unwrap_or_default(),
        group: group.to_owned(),
        group_name: name.to_owned(),
        content,
        link: None,
    }
}
