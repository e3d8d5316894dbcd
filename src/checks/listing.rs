//! Every failing row, for whoever writes them down while a file is read: findings keep only the first.

use std::{
    collections::BTreeMap,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use crate::model::{FailingRow, Finding};

/// A list that checks add their failing rows to. It holds what was added since it was last emptied ([`Listing::take`]):
/// emptied after each batch, its size is bounded by the batch.
#[derive(Debug, Clone, Default)]
pub struct Listing(Arc<Mutex<Listed>>);

#[derive(Debug, Default)]
struct Listed {
    next: usize,
    rows: Vec<(usize, FailingRow)>,
    findings: BTreeMap<usize, Finding>,
}

impl Listing {
    /// The rows that were added since, each with the number of the finding that it belongs to, if one comes of it.
    #[must_use]
    pub fn take(&self) -> Vec<(usize, FailingRow)> {
        self.with(|listed| mem::take(&mut listed.rows))
    }

    /// The findings by number, once the checks have finished; those that came to nothing are not among them. How much
    /// they weigh is said by the findings that the checks themselves answer with.
    #[must_use]
    pub fn findings(&self) -> BTreeMap<usize, Finding> {
        self.with(|listed| mem::take(&mut listed.findings))
    }

    /// Adds a finding that was made elsewhere, with all of its rows.
    pub fn add(&self, mut finding: Finding) {
        let listed = self.next();
        for row in mem::take(&mut finding.rows) {
            listed.add(&row);
        }
        listed.name(&finding);
    }

    /// A number for another finding that may come.
    pub(super) fn next(&self) -> ListedAs {
        let number = self.with(|listed| {
            listed.next += 1;
            listed.next
        });
        ListedAs { number, listing: self.clone() }
    }

    fn with<T>(&self, does: impl FnOnce(&mut Listed) -> T) -> T {
        does(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// One finding's place on a list.
#[derive(Debug, Clone)]
pub(super) struct ListedAs {
    number: usize,
    listing: Listing,
}

impl ListedAs {
    pub(super) fn add(&self, row: &FailingRow) {
        self.listing.with(|listed| listed.rows.push((self.number, row.clone())));
    }

    pub(super) fn name(&self, finding: &Finding) {
        let named = Finding { rows: Vec::new(), ..finding.clone() };
        self.listing.with(|listed| listed.findings.insert(self.number, named));
    }
}
