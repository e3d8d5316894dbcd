//! Dates of one column that are written in several ways: each is read as what it must mean, and the next file may hold one
//! that means another day in each of them.

use super::super::super::{check::Found, columns::Field, failures::Failures, rows::Rows};
use crate::model::{Asked, Cell, Severity, finding::ROWS_KEPT};

/// What a date begins with, where its numbers themselves say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    /// `31/03/2025`
    Day,
    /// `03/31/2025`
    Month,
    /// `2025-03-31`
    Year,
}

impl First {
    const ALL: [Self; 3] = [Self::Day, Self::Month, Self::Year];

    fn of(text: &str) -> Option<Self> {
        let date = text.split([' ', 'T']).next()?;
        let mut parts = date.split(['/', '-', '.']);
        let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
        let number = |text: &str| text.parse::<u32>().ok();
        let (one, two) = (number(first)?, number(second)?);
        number(third).filter(|_| parts.next().is_none())?;
        match (first.len(), one > 12, two > 12) {
            (4, _, false) => Some(Self::Year),
            (1 | 2, true, false) => Some(Self::Day),
            (1 | 2, false, true) => Some(Self::Month),
            _ => None,
        }
    }
}

/// The dates of a column of periods.
#[derive(Debug)]
pub(super) struct Dates {
    field: Field,
    /// Where dates that begin with each stand. Asked one by one, so that the text of a date is looked at once and not in
    /// every row.
    written: [(First, Asked, Failures); 3],
}

impl Dates {
    pub(super) fn new(field: Field) -> Self {
        Self { field, written: First::ALL.map(|first| (first, Asked::default(), Failures::keeping(ROWS_KEPT))) }
    }

    pub(super) fn observe(&mut self, rows: &Rows<'_>) {
        let Self { field, written } = self;
        for (first, asked, failures) in written {
            let begins = |text: &str, cell| matches!(cell, Cell::Period(_)) && First::of(text) == Some(*first);
            field.failing(rows, asked, begins, |spot| failures.add_cell(spot));
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        for ((.., failures), (.., other)) in self.written.iter_mut().zip(other.written) {
            failures.merge(other);
        }
    }

    /// The dates that are written otherwise than most.
    pub(super) fn found(self, total: u64) -> Option<Found> {
        let Self { field, written, .. } = self;
        let written = written.into_iter().map(|(.., failures)| failures);
        let mut written: Vec<Failures> = written.filter(|failures| !failures.is_empty()).collect();
        written.sort_by_key(|failures| {
            std::cmp::Reverse((failures.count(), failures.first().map(|(row, _)| std::cmp::Reverse(row))))
        });
        let most = written.first()?.first().map(|(_, text)| text.to_owned())?;
        let odd = written.into_iter().skip(1).reduce(|mut all, more| {
            all.merge(more);
            all
        })?;
        let seen = format!(
            "{} is written otherwise than `{most}` in {}: write every date alike",
            field.title(),
            odd.place_and_value(total)
        );
        Some(Found::in_rows(seen, odd).weighing(Severity::Warning))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_say_in_which_order_they_stand() {
        for (text, order) in [
            ("31/03/2025", Some(First::Day)),
            ("31.3.25", Some(First::Day)),
            ("03/31/2025", Some(First::Month)),
            ("2025-03-31", Some(First::Year)),
            ("2025-03-31 00:00:00", Some(First::Year)),
            ("2025-03-31T00:00:00", Some(First::Year)),
            // Either, or no date at all.
            ("01/03/2025", None),
            ("2025-10", None),
            ("Q2 24/25", None),
            ("2024/25-Q2", None),
            ("31/31/2025", None),
            ("", None),
        ] {
            assert_eq!(First::of(text), order, "{text}");
        }
    }
}
