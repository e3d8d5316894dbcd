//! Rows that fail one question, told of in one finding: what most kinds of check remember of a file.

use std::fmt;

use super::{
    check::{Found, Tally, same},
    failures::Failures,
    rows::Rows,
};

/// A tally of the rows that fail.
pub(super) struct Misfits<L> {
    /// Looks at rows and adds those that fail.
    look: L,
    failures: Failures,
    /// What a finding says of them, before where they stand.
    seen: String,
}

impl<L: FnMut(&Rows<'_>, &mut Failures) + Send + 'static> Misfits<L> {
    /// Begins with a file; `failures` are its empty ones.
    pub(super) fn start(failures: Failures, seen: String, look: L) -> Box<dyn Tally> {
        Box::new(Self { look, failures, seen })
    }
}

impl<L> fmt::Debug for Misfits<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Misfits").field("failures", &self.failures).field("seen", &self.seen).finish_non_exhaustive()
    }
}

impl<L: FnMut(&Rows<'_>, &mut Failures) + Send + 'static> Tally for Misfits<L> {
    fn observe(&mut self, rows: &Rows<'_>) {
        (self.look)(rows, &mut self.failures);
    }

    fn merge(&mut self, other: Box<dyn Tally>) {
        if let Some(other) = same::<Self>(other) {
            self.failures.merge(other.failures);
        }
    }

    fn finish(self: Box<Self>, total: u64) -> Vec<Found> {
        if self.failures.is_empty() {
            return Vec::new();
        }
        let seen = format!("{} in {}", self.seen, self.failures.place_and_value(total));
        vec![Found::in_rows(seen, self.failures)]
    }
}
