//! What every kind of check is: a compiled check that starts a tally for each file.

use std::{any::Any, fmt};

use serde::Deserialize;

use super::failures::Failures;
use crate::{
    model::{Batch, Finding, Header, Severity},
    yaml::Located,
};

/// A compiled check, for any number of files.
pub(super) trait Check: fmt::Debug + Send + Sync {
    /// Positions of the columns that it looks at.
    fn columns(&self) -> Vec<usize>;

    /// Begins with a file; none when the file lacks the columns that it looks at.
    fn start(&self, header: &Header) -> Option<Box<dyn Tally>>;
}

/// What a check has seen of one file, or of a part of it: several tallies of one check may share the work, each taking
/// parts of the file in the order of the file.
pub(super) trait Tally: Any + fmt::Debug + Send {
    /// Looks at the next rows.
    fn observe(&mut self, batch: &Batch);

    /// Takes in what another tally of the same check has seen of other rows, before or after these or between them. The
    /// answer is that of one tally that has seen all rows in their order.
    fn merge(&mut self, other: Box<dyn Tally>);

    /// All rows were seen. Answers with the rows, as the file numbers them, that must be seen once more before the
    /// answer can be given; seldom any.
    fn settle(&mut self) -> Vec<u64> {
        Vec::new()
    }

    /// Looks once more at rows, the ones that [`Tally::settle`] asked for and perhaps others.
    fn see_again(&mut self, _batch: &Batch) {}

    /// Answers, knowing how many rows the file had.
    fn finish(self: Box<Self>, total: u64) -> Vec<Finding>;
}

/// A tally of the same kind, for [`Tally::merge`]; none where it is of another, which a run never hands out.
pub(super) fn same<T: Tally>(other: Box<dyn Tally>) -> Option<T> {
    let other: Box<dyn Any> = other;
    other.downcast().ok().map(|other| *other)
}

/// How much what a check finds weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// The file is published, and the finding is named.
    Warning,
    /// The file is held back.
    #[default]
    Error,
}

/// What a check's findings are called and how much they weigh.
#[derive(Debug, Clone)]
pub(super) struct Label {
    id: String,
    severity: Severity,
    message: Option<String>,
}

impl Label {
    /// `kind` is the id unless the dataset gives the check a name.
    pub(super) fn new(kind: &str, name: Option<&Located<String>>, weight: Weight, message: Option<&str>) -> Self {
        let severity = match weight {
            Weight::Warning => Severity::Warning,
            Weight::Error => Severity::Error,
        };
        let id = name.map_or(kind, |name| name.as_str()).to_owned();
        Self { id, severity, message: message.map(str::to_owned) }
    }

    /// A check that is always on: an error under the kind's own name.
    pub(super) fn of_kind(kind: &str) -> Self {
        Self::new(kind, None, Weight::Error, None)
    }

    /// For what is not the defect that the check looks for: another weight, and not the dataset's words for the defect.
    pub(super) fn aside(&self, severity: Severity) -> Self {
        Self { id: self.id.clone(), severity, message: None }
    }

    pub(super) fn has_message(&self) -> bool {
        self.message.is_some()
    }

    /// A finding about rows: what was seen, after the dataset's own message if there is one.
    pub(super) fn finding(&self, seen: &str, failures: Failures) -> Finding {
        let (count, rows) = failures.into_parts();
        Finding { count, rows, ..self.finding_of_file(seen) }
    }

    /// A finding about the file as a whole.
    pub(super) fn finding_of_file(&self, seen: &str) -> Finding {
        let message = match &self.message {
            Some(message) => format!("{message}: {seen}"),
            None => seen.to_owned(),
        };
        Finding::of_file(self.id.as_str(), self.severity, message)
    }
}
