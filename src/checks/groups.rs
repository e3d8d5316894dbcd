//! Rows by group, for tolerances that are per group.

use std::{collections::HashMap, ops::Range};

use super::{
    check::Found,
    columns::{Field, side_by_side},
    common::Amount,
    failures::{Failures, grouped, quoted, shortened},
    keys::{KeyColumn, KeyHash, KeyHasher, RowKeys},
    rows::Rows,
};
use crate::model::{Batch, Severity};

/// More groups than this are not told apart.
const MOST: usize = 100_000;

/// More groups than this are not listed in a message.
const LISTED: usize = 3;

/// A group of rows: the hash of the cells that they share, none where one of these is blank.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Group(Option<KeyHash>);

/// Rows of one group that follow each other, as their indices in the batch.
#[derive(Debug, Clone)]
pub(super) struct GroupRun {
    pub(super) group: Group,
    pub(super) rows: Range<usize>,
}

/// The groups of a file and how many rows each has. Memory: some 100 bytes for each of at most 100,000 groups.
#[derive(Debug)]
pub(super) struct Groups {
    fields: Vec<Field>,
    hasher: KeyHasher,
    columns: Vec<KeyColumn>,
    /// The groups of the batch at hand, in the order of the rows that are looked at.
    runs: Vec<GroupRun>,
    keys: RowKeys,
    totals: HashMap<Group, (String, u64)>,
    /// Whether there were more than can be told apart.
    overflow: bool,
}

impl Groups {
    /// Groups by the values of columns. Those of one hasher can be merged.
    pub(super) fn new(fields: Vec<Field>, hasher: KeyHasher) -> Self {
        let columns = fields.iter().map(|_| KeyColumn::default()).collect();
        let (runs, keys, totals) = (Vec::new(), RowKeys::default(), HashMap::new());
        Self { fields, hasher, columns, runs, keys, totals, overflow: false }
    }

    /// Finds the groups of the rows that are looked at, and counts them.
    pub(super) fn observe(&mut self, rows: &Rows<'_>) {
        self.observe_counting(rows, None);
    }

    /// The same, where only those rows count of which this holds.
    pub(super) fn observe_counting(&mut self, rows: &Rows<'_>, counts: Option<&dyn Fn(usize) -> bool>) {
        self.runs.clear();
        if self.fields.is_empty() {
            self.runs.extend(rows.ranges().map(|rows| GroupRun { group: Group::default(), rows }));
        } else {
            self.hasher.hashes(&self.fields, &mut self.columns, rows.batch, &mut self.keys);
            for range in rows.ranges() {
                self.divide(range);
            }
        }
        for run in std::mem::take(&mut self.runs) {
            let more = counts.map_or(run.rows.len(), |counts| run.rows.clone().filter(|row| counts(*row)).count());
            if more > 0 {
                self.count(rows.batch, &run, more as u64);
            }
            self.runs.push(run);
        }
    }

    /// Divides rows that follow each other into groups.
    fn divide(&mut self, range: Range<usize>) {
        let (mut start, mut group) = (range.start, Group(self.keys.get(range.start)));
        for row in range.clone() {
            let next = Group(self.keys.get(row));
            if next != group {
                self.runs.push(GroupRun { group, rows: start..row });
                (start, group) = (row, next);
            }
        }
        if start < range.end {
            self.runs.push(GroupRun { group, rows: start..range.end });
        }
    }

    fn count(&mut self, batch: &Batch, GroupRun { group, rows }: &GroupRun, more: u64) {
        if let Some((_, count)) = self.totals.get_mut(group) {
            *count += more;
        } else if self.totals.len() < MOST {
            let name = side_by_side(self.fields.iter().map(|field| field.text(batch, rows.start)));
            self.totals.insert(*group, (shortened(&name, 60), more));
        } else {
            self.overflow = true;
        }
    }

    /// The rows of the batch that was observed last, as far as they are looked at, with their groups: ascending.
    pub(super) fn runs(&self) -> &[GroupRun] {
        &self.runs
    }

    /// The same row by row.
    pub(super) fn rows(&self) -> impl Iterator<Item = (Group, usize)> {
        self.runs.iter().flat_map(|run| run.rows.clone().map(|row| (run.group, row)))
    }

    /// Whether there is more than one group at all.
    pub(super) fn has_columns(&self) -> bool {
        !self.fields.is_empty()
    }

    /// The values that a group's rows share, side by side; empty for a group that is not told apart.
    pub(super) fn name(&self, group: Group) -> &str {
        self.totals.get(&group).map_or("", |(name, _)| name)
    }

    /// Takes in the groups of another part of the file.
    pub(super) fn merge(&mut self, other: Self) {
        for (group, (name, rows)) in other.totals {
            self.totals.entry(group).or_insert((name, 0)).1 += rows;
        }
        self.overflow |= other.overflow;
    }

    /// In which groups more rows fail than are tolerated, in words; none if in none.
    pub(super) fn exceeding(&self, failures: &Failures, amount: Amount) -> Option<String> {
        let mut beyond: Vec<(&str, u64, u64)> = Vec::new();
        for (group, failing) in failures.by_group() {
            let (name, rows) = self.totals.get(group).map_or(("others", *failing), |(name, rows)| (name, *rows));
            if amount.is_exceeded(*failing, rows) {
                beyond.push((name, *failing, rows));
            }
        }
        beyond.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(other.0)));
        let listed: Vec<_> =
            beyond.iter().take(LISTED).map(|(name, failing, rows)| of(name, *failing, *rows)).collect();
        let more = if beyond.len() > LISTED { ", …" } else { "" };
        let title = side_by_side(self.fields.iter().map(Field::title));
        let (count, all) = (grouped(beyond.len() as u64), grouped(self.totals.len() as u64));
        (!beyond.is_empty()).then(|| format!("{amount} per {title} in {count} of {all}: {}{more}", listed.join(", ")))
    }

    /// That the groups were too many, if they were: what is per group could not be judged.
    pub(super) fn too_many(&self) -> Option<Found> {
        let title = side_by_side(self.fields.iter().map(Field::title));
        let seen = format!(
            "there are more than {} of {title}: what is tolerated per group is not judged",
            grouped(MOST as u64)
        );
        self.overflow.then(|| Found::in_file(seen).aside(Severity::Error))
    }
}

fn of(name: &str, failing: u64, rows: u64) -> String {
    let name = if name.trim().is_empty() { "blank".to_owned() } else { quoted(name) };
    format!("{name} {} of {}", grouped(failing), grouped(rows))
}
