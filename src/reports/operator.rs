//! What the operator must see to.

use serde::Serialize;

use super::{alert::LABEL, clean};
use crate::model::{Notice, OperatorReport};

/// The longest paragraph, in columns: room for an error with its causes, none for a whole log.
pub(super) const PARAGRAPH: usize = 2000;
/// The longest subject.
const SUBJECT: usize = 110;

/// All that the templates need.
#[derive(Debug, Serialize)]
pub(super) struct OperatorView {
    pub(super) subject: String,
    pub(super) headline: String,
    group: String,
    paragraphs: Vec<String>,
    small_print: Vec<String>,
}

impl OperatorView {
    pub(super) fn of(notice: &Notice, report: &OperatorReport) -> Self {
        Self {
            subject: subject(report),
            headline: clean::line(&report.title, PARAGRAPH),
            group: clean::line(&notice.group_name, LABEL),
            paragraphs: report.paragraphs.iter().map(|paragraph| clean::line(paragraph, PARAGRAPH)).collect(),
            small_print: vec![format!("Notice {}", notice.id)],
        }
    }
}

pub(super) fn subject(report: &OperatorReport) -> String {
    clean::line(&report.title, SUBJECT)
}
