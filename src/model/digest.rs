//! The exception report as its group has it before papers are due.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{AlertLine, Cause, CommitteeReport, Exceptions, coded};

coded! {
    /// What a report is written as.
    pub enum PaperFormat {
        /// One page for a browser or a printer.
        Html = "html",
        /// Tagged, with its fonts in it.
        Pdf = "pdf",
        /// For Word.
        Docx = "docx",
        /// Text with marks.
        Markdown = "md",
        /// A workbook.
        Xlsx = "xlsx",
        /// For programs.
        Json = "json",
    }
}

/// The exception report of a group, so many working days before its papers are due.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Digest {
    /// The day on which papers are due.
    pub due: Date,
    /// As what the report goes with the message.
    pub attach: Vec<PaperFormat>,
    /// As what it was to go as well, and could not be made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_made: Vec<PaperFormat>,
    /// The report.
    pub report: CommitteeReport,
}

impl Digest {
    /// Its alerts that fire, as what can be acted on; none without any.
    #[must_use]
    pub fn exceptions(&self) -> Option<Exceptions> {
        let continuing: Vec<AlertLine> = self.report.firing().map(|alert| alert.line.clone()).collect();
        let title = &self.report.firing().next()?.dataset_title;
        Some(Exceptions {
            continuing,
            ..Exceptions::empty(String::new(), title.clone(), self.report.period, Cause::New)
        })
    }
}
