//! What makes a file fit to publish: each check is an accumulator over the batches of a file, all are fed in one pass,
//! and at the end each answers with its findings. The gate is [`crate::model::Verdict::of`] over them.
//!
//! A dataset's checks are compiled once ([`build`]) and used for every file ([`Checks::start`]). The kinds, with their
//! settings and the findings that they make, are in [`kinds`]: one file a kind. Two of them, [`kinds::columns_present`]
//! and [`kinds::type`], need no settings and are always on.
//!
//! A kind says what it finds. What the dataset says of any check (its name and weight, which rows it looks at, how many of them
//! may fail, who is told) is read in `common.rs` and applied in `policy.rs`, the same for all kinds.
//!
//! A check on a column that the file does not have is not made: the absence is said once, by `columns_present`.
//!
//! A second family looks at the figures that were gathered from a file ([`Delivered`]) beside what is known of its dataset
//! and of others ([`Known`]): [`Checks::of_figures`]. What is known comes in as values; nothing here asks for it.

mod bounds;
mod check;
mod chooser;
mod columns;
mod common;
mod expression;
mod failures;
mod figures;
#[cfg(test)]
mod fixture;
mod groups;
mod identity;
mod keys;
pub mod kinds;
mod known;
mod listing;
#[cfg(test)]
mod literate;
mod misfits;
mod names;
mod policy;
mod privacy;
mod profiles;
mod references;
mod repeated;
mod rows;
mod spread;
mod sum;
#[cfg(test)]
mod tests;
mod weighing;

use std::{collections::BTreeSet, sync::Arc};

use check::{Context, Start};
use figures::{ByPeriod, FigureDeclaration};
use kinds::{Declared, columns_present::ColumnsPresent, r#type::Types};
use policy::{Declaration, Watch};

pub use check::{About, Followed};
pub use kinds::CheckSettings;
pub use known::{Arriving, Delivered, Known, Need, looks_back};
pub use listing::Listing;
pub use privacy::Privacy;
pub use references::{MAX_BYTES as MAX_REFERENCE_BYTES, References};

use crate::{
    model::{Batch, Finding, Header, Schema, finding::ROWS_KEPT},
    yaml::{Located, Problems},
};

/// The compiled checks of a dataset, for any number of files.
#[derive(Debug, Clone)]
pub struct Checks {
    schema: Arc<Schema>,
    of_rows: Arc<[Declaration]>,
    of_figures: Arc<[FigureDeclaration]>,
    privacy: Privacy,
}

/// Compiles the checks of a dataset and adds those that are always on.
///
/// # Errors
/// Every mistake in the settings: columns and measures that are not declared, kinds of column that a check cannot look
/// at, bounds that no file can meet, expressions that do not compile, reference tables that cannot be used, and names that
/// two checks share.
pub fn build(
    settings: &[CheckSettings],
    schema: &Schema,
    measures: &[Followed],
    references: &References,
) -> Result<Checks, Problems> {
    let mut problems = Problems::default();
    problems.take(names::differ(settings));
    let context = Context { schema, references, measures };
    let mut built: Vec<Declared> =
        settings.iter().filter_map(|settings| problems.take(settings.build(context))).collect();
    problems.into_result()?;
    names::give(settings, &mut built, schema);
    let (mut declared, mut of_figures) = (Vec::new(), Vec::new());
    for check in built {
        match check {
            Declared::OfRows(check) => declared.push(check),
            Declared::OfFigures(check) => of_figures.push(check),
        }
    }
    let checked: BTreeSet<usize> = declared.iter().flat_map(Declaration::columns).collect();
    let implicit = [
        Declaration::always(names::ALWAYS[0], Box::new(ColumnsPresent::new(schema, &checked))),
        Declaration::always(names::ALWAYS[1], Box::new(Types::new(schema))),
    ];
    let of_rows = implicit.into_iter().chain(declared).collect();
    Ok(Checks {
        schema: Arc::new(schema.clone()),
        of_rows,
        of_figures: of_figures.into(),
        privacy: Privacy::of(settings),
    })
}

impl Checks {
    /// Positions of the columns that the checks look at, in the order of the schema.
    #[must_use]
    pub fn columns(&self) -> BTreeSet<usize> {
        self.of_rows.iter().flat_map(Declaration::columns).collect()
    }

    /// What findings about a file of the dataset must not show.
    #[must_use]
    pub fn privacy(&self) -> Privacy {
        self.privacy
    }

    /// The groups that are told of what single checks find, beside the dataset's steward.
    pub fn owners(&self) -> impl Iterator<Item = &Located<String>> {
        let of_figures = self.of_figures.iter().filter_map(FigureDeclaration::owner);
        self.of_rows.iter().filter_map(Declaration::owner).chain(of_figures)
    }

    /// Whether any of them looks at figures and at what is known.
    #[must_use]
    pub fn ask_what_is_known(&self) -> bool {
        !self.of_figures.is_empty()
    }

    /// The figures of other datasets that they ask for.
    pub fn needs(&self) -> impl Iterator<Item = Need> {
        self.of_figures.iter().flat_map(FigureDeclaration::needs)
    }

    /// What the checks that look at figures find in those of a delivery, beside what is known.
    #[must_use]
    pub fn of_figures(&self, delivered: Delivered<'_>, known: &Known) -> Vec<Finding> {
        self.examine_figures(|_| true, delivered, known)
    }

    /// The same of those checks alone that ask for figures of this other dataset.
    #[must_use]
    pub fn of_figures_naming(&self, other: &str, delivered: Delivered<'_>, known: &Known) -> Vec<Finding> {
        let names_it = |check: &FigureDeclaration| check.needs().iter().any(|need| need.dataset.value == other);
        self.examine_figures(names_it, delivered, known)
    }

    fn examine_figures(
        &self,
        asked: impl Fn(&FigureDeclaration) -> bool,
        delivered: Delivered<'_>,
        known: &Known,
    ) -> Vec<Finding> {
        let checks: Vec<&FigureDeclaration> = self.of_figures.iter().filter(|check| asked(check)).collect();
        if checks.is_empty() {
            return Vec::new();
        }
        let by_period = ByPeriod::of(delivered);
        checks.into_iter().flat_map(|check| check.findings(delivered, &by_period, known)).collect()
    }

    /// Begins with a file.
    #[must_use]
    pub fn start(&self, about: About) -> Run {
        Run { checks: self.clone(), about, watches: None, listing: None }
    }

    /// As [`Checks::start`], with every failing row going onto a list as well.
    #[must_use]
    pub fn start_listing(&self, about: About, listing: &Listing) -> Run {
        Run { listing: Some(listing.clone()), ..self.start(about) }
    }

    /// What those that look at figures are called.
    pub fn names_of_figures(&self) -> impl Iterator<Item = &str> {
        self.of_figures.iter().map(FigureDeclaration::id)
    }

    /// What the checks of rows are called, in their order, each name once: findings have these names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let all = || self.of_rows.iter().map(Declaration::id);
        all().enumerate().filter(move |(at, name)| !all().take(*at).any(|before| before == *name)).map(|(_, name)| name)
    }
}

/// What the checks have seen of one file so far. First the header, then each batch in the order of the file, then
/// [`Run::settle`].
#[derive(Debug)]
pub struct Run {
    checks: Checks,
    about: About,
    /// None before the header. One for each check, none in it where the file lacks its columns.
    watches: Option<Vec<Option<Watch>>>,
    listing: Option<Listing>,
}

impl Run {
    /// Tells how the file's header answers to the declared columns. A file without one is taken to have every declared
    /// column under its own name.
    pub fn header(&mut self, header: &Header) {
        let (listing, privacy) = (self.listing.as_ref(), self.checks.privacy);
        let start = Start { header, about: &self.about, rows_kept: ROWS_KEPT, listing, privacy };
        self.watches = Some(self.checks.of_rows.iter().map(|check| check.start(&start)).collect());
    }

    /// The names of the checks that are not made, because the file lacks what they look at.
    #[must_use]
    pub fn left_out(&self) -> Vec<String> {
        let made = |name: &str| {
            let watches = self.watches.iter().flatten();
            let mut named = self.checks.of_rows.iter().zip(watches).filter(|(check, _)| check.id() == name);
            // What looks at no column is made of the header.
            named.any(|(check, watch)| watch.is_some() || check.columns().next().is_none())
        };
        let known = self.watches.is_some();
        self.checks.names().filter(|name| known && !made(name)).map(str::to_owned).collect()
    }

    /// Feeds every check with the next rows.
    pub fn observe(&mut self, batch: &Batch) {
        self.watches().for_each(|watch| watch.observe(batch));
    }

    /// Shows every check the rows that the dataset leaves out as no data; most do not look at them.
    pub fn observe_skipped(&mut self, batch: &Batch) {
        self.watches().for_each(|watch| watch.observe_skipped(batch));
    }

    /// Takes in what another run of the same checks has seen of other rows of the same file, whose header both were told.
    /// Each run takes its batches in the order of the file; the findings are those of one run that has seen all of them.
    pub fn merge(&mut self, other: Self) {
        match &mut self.watches {
            None => self.watches = other.watches,
            Some(watches) => {
                for (watch, other) in watches.iter_mut().zip(other.watches.into_iter().flatten()) {
                    if let (Some(watch), Some(other)) = (watch, other) {
                        watch.merge(other);
                    }
                }
            }
        }
    }

    /// All rows were seen. Answers with the rows, as the file numbers them, that must be seen once more
    /// ([`Run::see_again`]) for the findings to show what stands in them; seldom any.
    #[must_use]
    pub fn settle(&mut self) -> BTreeSet<u64> {
        self.watches().flat_map(Watch::settle).collect()
    }

    /// Looks once more at the rows that [`Run::settle`] asked for, and perhaps at others of the file.
    pub fn see_again(&mut self, batch: &Batch) {
        self.watches().for_each(|watch| watch.see_again(batch));
    }

    /// What the checks have found, the header's findings first, then in the order of the dataset's `checks`.
    #[must_use]
    pub fn finish(mut self) -> Vec<Finding> {
        self.watches().for_each(drop);
        let watches = self.watches.into_iter().flatten();
        let checks = self.checks.of_rows.iter().zip(watches);
        checks.filter_map(|(check, watch)| Some(check.findings(watch?))).flatten().collect()
    }

    fn watches(&mut self) -> impl Iterator<Item = &mut Watch> {
        if self.watches.is_none() {
            let found = self.checks.schema.names().map(|name| Some(name.to_owned())).collect();
            self.header(&Header { found, ..Header::default() });
        }
        self.watches.iter_mut().flatten().flatten()
    }
}
