//! Rows by group, for tolerances that are per group.

use std::collections::HashMap;

use super::{
    check::Found,
    columns::{Field, side_by_side},
    common::Amount,
    failures::{Failures, grouped, quoted, shortened},
    keys::{KeyColumn, KeyHash, KeyHasher},
};
use crate::model::{Batch, Severity};

/// More groups than this are not told apart.
const MOST: usize = 100_000;

/// More groups than this are not listed in a message.
const LISTED: usize = 3;

/// A group of rows: the hash of the cells that they share, none where one of these is blank.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Group(Option<KeyHash>);

/// The groups of a file and how many rows each has. Memory: some 100 bytes for each of at most 100,000 groups.
#[derive(Debug)]
pub(super) struct Groups {
    fields: Vec<Field>,
    hasher: KeyHasher,
    columns: Vec<KeyColumn>,
    /// The group of each row of the batch at hand.
    of_batch: Vec<Group>,
    hashes: Vec<Option<KeyHash>>,
    totals: HashMap<Group, (String, u64)>,
    /// Whether there were more than can be told apart.
    overflow: bool,
}

impl Groups {
    /// Groups by the values of columns. Those of one hasher can be merged.
    pub(super) fn new(fields: Vec<Field>, hasher: KeyHasher) -> Self {
        let columns = fields.iter().map(|_| KeyColumn::default()).collect();
        Self {
            fields,
            hasher,
            columns,
            of_batch: Vec::new(),
            hashes: Vec::new(),
            totals: HashMap::new(),
            overflow: false,
        }
    }

    /// Finds the group of each row of a batch and counts those that are looked at.
    pub(super) fn observe(&mut self, batch: &Batch, looked_at: impl Iterator<Item = usize>) {
        self.hasher.hashes(&self.fields, &mut self.columns, batch, &mut self.hashes);
        self.of_batch.clear();
        self.of_batch.extend(self.hashes.iter().copied().map(Group));
        // Rows of one group often follow each other: they are counted together.
        let mut run: Option<(usize, Group, u64)> = None;
        for index in looked_at {
            let group = self.of_batch.get(index).copied().unwrap_or_default();
            match &mut run {
                Some((_, of, rows)) if *of == group => *rows += 1,
                _ => {
                    self.count(batch, run.replace((index, group, 1)));
                }
            }
        }
        self.count(batch, run);
    }

    /// Counts rows of one group, whose first is given.
    fn count(&mut self, batch: &Batch, run: Option<(usize, Group, u64)>) {
        let Some((first, group, more)) = run else { return };
        if let Some((_, rows)) = self.totals.get_mut(&group) {
            *rows += more;
        } else if self.totals.len() < MOST {
            let name = side_by_side(self.fields.iter().map(|field| field.text(batch, first)));
            self.totals.insert(group, (shortened(&name, 60), more));
        } else {
            self.overflow = true;
        }
    }

    /// The group of each row of the batch that was observed last.
    pub(super) fn of_batch(&self) -> &[Group] {
        &self.of_batch
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
