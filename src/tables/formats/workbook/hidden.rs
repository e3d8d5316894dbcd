//! Rows and columns of a sheet that are hidden: they are read like those that are shown, and that is said.

use crate::model::{Finding, Severity, finding::cell_name};

/// So many ranges are named.
const NAMED: usize = 8;

/// Numbers from 0, as ranges: first and last of each.
#[derive(Debug, Default)]
pub(super) struct Ranges(Vec<(u32, u32)>);

impl Ranges {
    /// Adds a range. Those that come in their order take no more room than the gaps between them.
    pub(super) fn add(&mut self, first: u32, last: u32) {
        match self.0.last_mut() {
            Some((begins, ends)) if *begins <= first && first <= ends.saturating_add(1) => *ends = last.max(*ends),
            _ if first <= last => self.0.push((first, last)),
            _ => {}
        }
    }

    fn sorted(mut self) -> Self {
        self.0.sort_unstable();
        let mut joined = Self::default();
        self.0.iter().for_each(|(first, last)| joined.add(*first, *last));
        joined
    }

    /// What is in both.
    fn common(self, other: Self) -> Self {
        let (own, others) = (self.sorted().0, other.sorted().0);
        let (mut own, mut others) = (own.iter().peekable(), others.iter().peekable());
        let mut common = Self::default();
        while let (Some((first, last)), Some((begins, ends))) = (own.peek(), others.peek()) {
            common.add(*first.max(begins), *last.min(ends));
            if last < ends {
                own.next()
            } else {
                others.next()
            };
        }
        common
    }

    /// In words: `rows 14–20, 25 and 3 more`; none of none.
    fn named(&self, one: &str, name: impl Fn(u32) -> String) -> Option<String> {
        let range = |(first, last): &(u32, u32)| match last - first {
            0 => name(*first),
            _ => format!("{}–{}", name(*first), name(*last)),
        };
        let mut named: Vec<String> = self.0.iter().take(NAMED).map(range).collect();
        let count = |ranges: &[(u32, u32)]| ranges.iter().map(|(first, last)| u64::from(last - first) + 1).sum::<u64>();
        let more = count(self.0.get(NAMED..).unwrap_or_default());
        named.extend((more > 0).then(|| format!("{more} more")));
        let plural = if count(&self.0) > 1 { "s" } else { "" };
        let (last, before) = named.split_last()?;
        let before = before.join(", ");
        Some(if before.is_empty() {
            format!("{one}{plural} {last}")
        } else {
            format!("{one}{plural} {before} and {last}")
        })
    }
}

/// Rows and columns of a sheet: those that are hidden, or those that hold something.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) rows: Ranges,
    pub(super) columns: Ranges,
}

impl Lines {
    /// What is said of those among them that hold something and were read.
    pub(super) fn finding(self, held: Self, sheet: &str) -> Option<Finding> {
        let letters = |column: u32| cell_name(column as usize, 0).trim_end_matches('0').to_owned();
        let rows = self.rows.common(held.rows).named("row", |row| (u64::from(row) + 1).to_string());
        let columns = self.columns.common(held.columns).named("column", letters);
        let (one, lines) = match (rows, columns) {
            (Some(rows), Some(columns)) => (false, format!("{rows} and {columns}")),
            (rows, columns) => {
                let only = rows.or(columns)?;
                (only.starts_with("row ") || only.starts_with("column "), only)
            }
        };
        let (is, it) = if one { ("is", "it does") } else { ("are", "they do") };
        let message = format!(
            "in sheet `{sheet}` {lines} {is} hidden, and treated like what is shown; if {it} not belong to the table, \
             take {} out of the file",
            if one { "it" } else { "them" }
        );
        Some(Finding::of_file("hidden_cells", Severity::Note, message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(of: &[(u32, u32)]) -> Ranges {
        let mut ranges = Ranges::default();
        for (first, last) in of {
            ranges.add(*first, *last);
        }
        ranges
    }

    #[test]
    fn what_is_hidden_and_holds_something_is_named() {
        let said = |hidden: [&[(u32, u32)]; 2], held: [&[(u32, u32)]; 2]| {
            let lines = |[rows, columns]: [&[(u32, u32)]; 2]| Lines { rows: ranges(rows), columns: ranges(columns) };
            let finding = lines(hidden).finding(lines(held), "Data");
            finding.map(|finding| finding.message.split(", and treated").next().unwrap_or("").to_owned())
        };
        let table: [&[(u32, u32)]; 2] = [&[(0, 99)], &[(0, 6)]];
        for (rows, columns, expected) in [
            // All columns to the right of a table, and all rows below it, are hidden in many a workbook.
            (&[(100, 1_048_575)][..], &[(7, 16_383)][..], None),
            (&[(13, 13)], &[], Some("in sheet `Data` row 14 is hidden")),
            (&[], &[(26, 26), (5, 5)], Some("in sheet `Data` column F is hidden")),
            (&[(13, 15), (16, 19)], &[(5, 300)], Some("in sheet `Data` rows 14–20 and columns F–G are hidden")),
            (&[(20, 21), (2, 2), (95, 200)], &[], Some("in sheet `Data` rows 3, 21–22 and 96–100 are hidden")),
            (
                &[(0, 0), (2, 2), (4, 4), (6, 6), (8, 8), (10, 10), (12, 12), (14, 14), (16, 17), (19, 19)],
                &[],
                Some("in sheet `Data` rows 1, 3, 5, 7, 9, 11, 13, 15 and 3 more are hidden"),
            ),
        ] {
            assert_eq!(said([rows, columns], table).as_deref(), expected);
        }
    }
}
