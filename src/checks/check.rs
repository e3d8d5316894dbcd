//! What every kind of check is: settings, of which a compiled check is built, which starts a tally for each file.

use std::{any::Any, fmt};

use super::{failures::Failures, listing::Listing, privacy::Privacy, references::References, rows::Rows};
use crate::{
    model::{Finding, Header, Schema, Severity},
    yaml::{Located, Place, Problems},
};

/// The settings of a kind of check: what it takes beside [`super::common::Common`].
pub(super) trait Kind {
    /// Which of the common settings make sense for it.
    const LOOKS: Looks;

    /// The files of the home that it needs, such as a reference table.
    fn files(&self) -> Vec<&Located<String>> {
        Vec::new()
    }

    /// Compiles the settings, which stand at `place`.
    ///
    /// # Errors
    /// Every mistake in them.
    fn build(&self, place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems>;
}

/// What a kind of check looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looks {
    /// The header: it takes no `where`, `tolerance` and `rows_kept`, and says itself how much each finding weighs.
    Header,
    /// All rows together, so that no single row fails: it takes a `where`, but no `tolerance` and `rows_kept`.
    Whole,
    /// Each row, but which of them fail is known only in the end: its `tolerance` cannot be per group.
    RowsTogether,
    /// Each row.
    Rows,
    /// Each figure of a delivery: it takes a `tolerance` and `rows_kept`, but no `where` and no groups.
    Figures,
    /// The figures of a delivery together: it takes none of these.
    Delivery,
}

/// What settings are compiled against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    /// The declared columns.
    pub(super) schema: &'a Schema,
    /// The reference tables that the settings name ([`Kind::files`]).
    pub(super) references: &'a References,
    /// The measures that are followed.
    pub(super) measures: &'a [Followed],
}

/// A measure of a dataset, as far as checks of its figures need it.
#[derive(Debug, Clone, Default)]
pub struct Followed {
    /// Its name.
    pub name: String,
    /// What tells its series apart.
    pub labels: Vec<String>,
    /// The declared column of its figures.
    pub column: String,
}

/// What is known of a file beside its rows.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// Its name, without folders.
    pub name: String,
}

/// A file is begun with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start<'a> {
    pub(super) header: &'a Header,
    pub(super) about: &'a About,
    /// How many failing rows a finding keeps.
    pub(super) rows_kept: usize,
    /// Where every failing row goes, kept or not.
    pub(super) listing: Option<&'a Listing>,
    /// What must not be shown of them.
    pub(super) privacy: Privacy,
}

impl Start<'_> {
    /// No failing rows yet.
    pub(super) fn failures(&self) -> Failures {
        Failures::keeping(self.rows_kept).hiding(self.privacy).listed(self.listing)
    }
}

/// A compiled check, for any number of files.
pub(super) trait Check: fmt::Debug + Send + Sync {
    /// Positions of the columns that it looks at.
    fn columns(&self) -> Vec<usize>;

    /// Begins with a file; none when the file lacks the columns that it looks at.
    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>>;
}

/// What a check has seen of one file, or of a part of it: several tallies of one check may share the work, each taking
/// parts of the file in the order of the file.
pub(super) trait Tally: Any + fmt::Debug + Send {
    /// Looks at the next rows.
    fn observe(&mut self, rows: &Rows<'_>);

    /// Looks at rows that the dataset leaves out, once all others were seen. They are no data: most checks do not.
    fn observe_skipped(&mut self, _rows: &Rows<'_>) {}

    /// Takes in what another tally of the same check has seen of other rows, before or after these or between them. The
    /// answer is that of one tally that has seen all rows in their order.
    fn merge(&mut self, other: Box<dyn Tally>);

    /// All rows were seen. Answers with the rows, as the file numbers them, that must be seen once more before the
    /// answer can be given; seldom any.
    fn settle(&mut self) -> Vec<u64> {
        Vec::new()
    }

    /// Looks once more at rows, the ones that [`Tally::settle`] asked for and perhaps others, among them rows for which
    /// the check's `where` does not hold.
    fn see_again(&mut self, _rows: &Rows<'_>) {}

    /// Answers, knowing how many rows were looked at.
    fn finish(self: Box<Self>, total: u64) -> Vec<Found>;
}

/// A tally of the same kind, for [`Tally::merge`]; none where it is of another, which a run never hands out.
pub(super) fn same<T: Tally>(other: Box<dyn Tally>) -> Option<T> {
    let other: Box<dyn Any> = other;
    other.downcast().ok().map(|other| *other)
}

/// What a tally has found. How it is called and how much it weighs is said by the check's common settings.
#[derive(Debug)]
pub(super) struct Found {
    /// What was seen, in words.
    seen: String,
    /// The same after a message of the dataset's own, when that needs fewer words.
    after_message: Option<String>,
    pub(super) failures: Failures,
    pub(super) matter: Matter,
}

/// Whether what was found is what the check looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Matter {
    /// It is.
    Defect,
    /// It is, and no tolerance applies to it.
    Whole,
    /// It is, with a weight of its own.
    Weighing(Severity),
    /// It is another matter with a weight of its own, and the dataset's message does not speak of it.
    Aside(Severity),
}

impl Found {
    /// In rows.
    pub(super) fn in_rows(seen: impl Into<String>, failures: Failures) -> Self {
        Self { seen: seen.into(), after_message: None, failures, matter: Matter::Defect }
    }

    /// In the file as a whole.
    pub(super) fn in_file(seen: impl Into<String>) -> Self {
        Self { matter: Matter::Whole, ..Self::in_rows(seen, Failures::default()) }
    }

    /// So many of them, none of which stands in a row of the file.
    pub(super) fn counting(self, count: u64) -> Self {
        Self { failures: self.failures.of(count), ..self }
    }

    /// What was seen, for a dataset whose own message says the rest.
    pub(super) fn after_message(self, seen: impl Into<String>) -> Self {
        Self { after_message: Some(seen.into()), ..self }
    }

    /// It has a weight of its own.
    pub(super) fn weighing(self, severity: Severity) -> Self {
        Self { matter: Matter::Weighing(severity), ..self }
    }

    /// It is not the defect that the check looks for.
    pub(super) fn aside(self, severity: Severity) -> Self {
        Self { matter: Matter::Aside(severity), ..self }
    }

    /// Whether it is about the whole, and stands in no row of which there could be a share.
    pub(super) fn is_whole(&self) -> bool {
        !matches!(self.matter, Matter::Defect) && self.failures.first().is_none()
    }

    /// The finding under a name, after the message of the dataset if there is one, with what else there is to say.
    pub(super) fn named(self, check: &str, severity: Severity, message: Option<&str>, more: &str) -> Finding {
        let Self { seen, after_message, failures, .. } = self;
        let message = match message {
            Some(message) => format!("{message}: {}{more}", after_message.unwrap_or(seen)),
            None => format!("{seen}{more}"),
        };
        failures.into_finding(Finding::of_file(check, severity, message))
    }
}
