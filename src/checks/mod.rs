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

mod check;
mod chooser;
mod columns;
mod common;
mod expression;
mod failures;
#[cfg(test)]
mod fixture;
mod groups;
mod keys;
pub mod kinds;
mod listing;
#[cfg(test)]
mod literate;
mod policy;
mod references;
mod repeated;
mod rows;
mod sum;
#[cfg(test)]
mod tests;
mod within;

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use check::{Context, Start};
use kinds::{columns_present::ColumnsPresent, r#type::Types};
use policy::{Declaration, Watch};

pub use check::About;
pub use kinds::CheckSettings;
pub use listing::Listing;
pub use references::{MAX_BYTES as MAX_REFERENCE_BYTES, References};

use crate::{
    model::{Batch, Finding, Header, Schema, finding::ROWS_KEPT},
    yaml::{Located, Problem, Problems},
};

/// The compiled checks of a dataset, for any number of files.
#[derive(Debug, Clone)]
pub struct Checks {
    schema: Arc<Schema>,
    checks: Arc<[Declaration]>,
}

/// Compiles the checks of a dataset and adds those that are always on.
///
/// # Errors
/// Every mistake in the settings: columns that are not declared, kinds of column that a check cannot look at, bounds
/// that no file can meet, expressions that do not compile, reference tables that cannot be used, and names that two checks
/// share.
pub fn build(settings: &[CheckSettings], schema: &Schema, references: &References) -> Result<Checks, Problems> {
    let mut problems = Problems::default();
    problems.take(names_differ(settings));
    let context = Context { schema, references };
    let declared: Vec<_> = settings.iter().filter_map(|settings| problems.take(settings.build(context))).collect();
    problems.into_result()?;
    let checked: BTreeSet<usize> = declared.iter().flat_map(Declaration::columns).collect();
    let implicit = [
        Declaration::always("columns_present", Box::new(ColumnsPresent::new(schema, &checked))),
        Declaration::always("type", Box::new(Types::new(schema))),
    ];
    Ok(Checks { schema: Arc::new(schema.clone()), checks: implicit.into_iter().chain(declared).collect() })
}

/// A name is what people and history call a finding: two checks cannot share one.
fn names_differ(settings: &[CheckSettings]) -> Result<(), Problems> {
    let mut problems = Problems::default();
    let mut lines = HashMap::new();
    for name in settings.iter().filter_map(|settings| settings.common().name.as_ref()) {
        let place = &name.place;
        if name.trim().is_empty() {
            problems
                .push(Problem::new(place.clone(), "the name is blank").hint("leave it out, or say what is checked"));
        } else if let Some(line) = lines.insert(name.as_str(), place.line) {
            let message = format!("another check is named `{}` (on line {line})", name.value);
            problems.push(Problem::new(place.clone(), message).hint("give each check a name of its own"));
        }
    }
    problems.into_result()
}

impl Checks {
    /// Positions of the columns that the checks look at, in the order of the schema.
    #[must_use]
    pub fn columns(&self) -> BTreeSet<usize> {
        self.checks.iter().flat_map(Declaration::columns).collect()
    }

    /// The groups that are told of what single checks find, beside the dataset's steward.
    pub fn owners(&self) -> impl Iterator<Item = &Located<String>> {
        self.checks.iter().filter_map(|check| check.owner.as_ref())
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

    /// What the checks are called, in their order, each name once: findings have these names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let all = || self.checks.iter().map(|check| check.id.as_str());
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
        let start = Start { header, about: &self.about, rows_kept: ROWS_KEPT, listing: self.listing.as_ref() };
        self.watches = Some(self.checks.checks.iter().map(|check| check.start(&start)).collect());
    }

    /// The names of the checks that are not made, because the file lacks what they look at.
    #[must_use]
    pub fn left_out(&self) -> Vec<String> {
        let made = |name: &str| {
            let watches = self.watches.iter().flatten();
            let mut named = self.checks.checks.iter().zip(watches).filter(|(check, _)| check.id == name);
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
        let checks = self.checks.checks.iter().zip(watches);
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
