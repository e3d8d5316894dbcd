//! The rows between total rows, where a total is that of the rows above it.

use super::reconciled::{Printed, Sums};
use crate::checks::sum::ExactSum;

/// More stretches than this are not kept.
const MOST: usize = 100_000;

/// Rows that follow each other, and what they come to.
#[derive(Debug)]
struct Stretch {
    sheet: Option<String>,
    first: u64,
    last: u64,
    sums: Sums,
}

impl Stretch {
    fn place(&self) -> (Option<&str>, u64) {
        (self.sheet.as_deref(), self.first)
    }
}

/// The stretches of rows that no total row interrupts. Memory: some 100 bytes for each and column.
#[derive(Debug, Default)]
pub(super) struct Stretches {
    all: Vec<Stretch>,
    overflow: bool,
}

impl Stretches {
    /// The sums of the stretch that a row goes on with or begins; none where there are too many.
    pub(super) fn sums(&mut self, sheet: Option<&str>, row: u64, columns: usize) -> Option<&mut Sums> {
        let goes_on = |stretch: &Stretch| {
            stretch.sheet.as_deref() == sheet && (stretch.last..=stretch.last.saturating_add(1)).contains(&row)
        };
        if !self.all.last().is_some_and(goes_on) {
            if self.all.len() >= MOST {
                self.overflow = true;
                return None;
            }
            let sums = vec![(ExactSum::default(), 0); columns];
            self.all.push(Stretch { sheet: sheet.map(str::to_owned), first: row, last: row, sums });
        }
        let stretch = self.all.last_mut()?;
        stretch.last = row;
        Some(&mut stretch.sums)
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.all.extend(other.all);
        self.overflow |= other.overflow;
    }

    pub(super) fn overflow(&self) -> bool {
        self.overflow
    }

    /// Puts them in order, once all rows were seen.
    pub(super) fn sort(&mut self) {
        self.all.sort_by(|a, b| a.place().cmp(&b.place()));
    }

    /// What a column comes to between a total and the one before it on its sheet, and how many figures are not known; the
    /// stretches are in order.
    pub(super) fn parts(&self, total: &Printed, before: Option<&Printed>, column: usize) -> Option<(ExactSum, u64)> {
        let after = before.filter(|before| before.sheet == total.sheet).map_or(0, |before| before.row);
        let sheet = total.sheet.as_deref();
        let start = self.all.partition_point(|stretch| stretch.place() <= (sheet, after));
        let above = self.all.get(start..)?.iter().take_while(|stretch| stretch.place() < (sheet, total.row));
        above.filter_map(|stretch| stretch.sums.get(column)).fold(None, |known, (sum, unknown)| {
            let (mut all, missing): (ExactSum, u64) = known.unwrap_or_default();
            all.merge(sum);
            Some((all, missing + unknown))
        })
    }
}
