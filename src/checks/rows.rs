//! The rows of a batch that a check looks at.

use super::groups::Group;
use crate::model::Batch;

/// A batch, and which of its rows count: those for which the check's `where` holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) batch: &'a Batch,
    /// None when all rows count.
    chosen: Option<&'a [bool]>,
    /// The group of each row, where a tolerance is per group.
    groups: Option<&'a [Group]>,
}

impl<'a> Rows<'a> {
    /// All rows of a batch.
    pub(super) fn all(batch: &'a Batch) -> Self {
        Self { batch, chosen: None, groups: None }
    }

    /// Only the rows that are chosen.
    pub(super) fn chosen(self, chosen: Option<&'a [bool]>) -> Self {
        Self { chosen, ..self }
    }

    /// With the group of each row.
    pub(super) fn grouped(self, groups: Option<&'a [Group]>) -> Self {
        Self { groups, ..self }
    }

    /// Whether a row of the batch (from 0) counts.
    pub(super) fn has(&self, index: usize) -> bool {
        self.chosen.is_none_or(|chosen| chosen.get(index).is_some_and(|chosen| *chosen))
    }

    /// The rows that count, ascending, each as its index in the batch.
    pub(super) fn indices(self) -> impl Iterator<Item = usize> {
        (0..self.batch.rows.len()).filter(move |index| self.has(*index))
    }

    /// How many rows count.
    pub(super) fn len(&self) -> u64 {
        match self.chosen {
            None => self.batch.rows.len() as u64,
            Some(chosen) => chosen.iter().filter(|chosen| **chosen).count() as u64,
        }
    }

    /// Where a row stands in the file, from 1.
    pub(super) fn row(&self, index: usize) -> u64 {
        self.batch.rows.get(index).copied().unwrap_or(0)
    }

    /// The sheet of a workbook that the rows are from.
    pub(super) fn sheet(&self) -> Option<&'a str> {
        self.batch.sheet.as_deref()
    }

    /// The group of a row, where a tolerance is per group.
    pub(super) fn group(&self, index: usize) -> Option<Group> {
        self.groups.map(|groups| groups.get(index).copied().unwrap_or_default())
    }
}
