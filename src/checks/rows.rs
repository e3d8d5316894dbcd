//! The rows of a batch that a check looks at.

use std::ops::Range;

use super::groups::{Group, GroupRun};
use crate::model::Batch;

/// A batch, and which of its rows count: those for which the check's `where` holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) batch: &'a Batch,
    /// None when all rows count.
    chosen: Option<&'a [bool]>,
    /// The rows with their groups, where a tolerance is per group.
    groups: Option<&'a [GroupRun]>,
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

    /// With the groups of the rows that count.
    pub(super) fn grouped(self, groups: Option<&'a [GroupRun]>) -> Self {
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

    /// Whether every row of the batch counts.
    pub(super) fn are_all(&self) -> bool {
        self.chosen.is_none()
    }

    /// The rows that count, ascending, as ranges of indices in the batch.
    pub(super) fn ranges(self) -> impl Iterator<Item = Range<usize>> {
        let length = self.batch.rows.len();
        let mut next = 0;
        std::iter::from_fn(move || {
            let start = (next..length).find(|index| self.has(*index))?;
            next =
                if self.are_all() { length } else { (start..length).find(|index| !self.has(*index)).unwrap_or(length) };
            Some(start..next)
        })
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
        let groups = self.groups?;
        let run = groups.get(groups.partition_point(|run| run.rows.end <= index));
        Some(run.filter(|run| run.rows.start <= index).map(|run| run.group).unwrap_or_default())
    }
}
