//! Tables stacked in one file: their titles, and blocks and rows that are printed twice.

use std::collections::{HashMap, HashSet};

use crate::model::{Finding, Severity};

use super::{
    places::Places,
    row::{Row, trim},
};

/// So many rows are remembered to compare a second printing with; beyond them every second printing differs.
const MOST_ROWS: usize = 1_000_000;

/// What is known of the blocks so far. 24 bytes a row.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    seen: HashMap<String, Vec<Printed>>,
    remembered: usize,
    title: String,
    /// How many rows of the first printing this second one has been compared with.
    second: Option<usize>,
    header: u64,
    differs: bool,
    alike: Places,
    different: Places,
    untitled: Places,
}

/// A row as it was printed.
#[derive(Debug, Clone, Copy)]
struct Printed {
    row: u64,
    hash: [u8; 16],
}

impl Blocks {
    /// Keeps so many places of each kind.
    pub(super) fn keep(&mut self, most: usize) {
        Places::keep_all([&mut self.alike, &mut self.different, &mut self.untitled], most);
    }

    /// Begins with a block. Without a title of its own it goes on under the title before.
    pub(super) fn begin(&mut self, title: Option<&str>, header: u64) {
        match title {
            None if self.seen.is_empty() => {}
            None => {
                let title = self.title.clone();
                self.untitled.add(header, None, Some(&title));
                return;
            }
            Some(_) => {}
        }
        self.end();
        let title = trim(title.unwrap_or(""));
        title.clone_into(&mut self.title);
        self.header = header;
        self.second = self.seen.contains_key(title).then_some(0);
        self.seen.entry(title.to_owned()).or_default();
    }

    /// Whether a row is new: not the repetition of one in the first printing of its block.
    pub(super) fn is_new(&mut self, row: &Row) -> bool {
        let (title, hash) = (self.title.as_str(), hash(row));
        let Some(rows) = self.seen.get_mut(title) else { return true };
        let Some(at) = &mut self.second else {
            self.remembered += 1;
            if self.remembered <= MOST_ROWS {
                rows.push(Printed { row: row.number, hash });
            }
            return true;
        };
        let first = rows.get(*at);
        *at += 1;
        if first.is_none_or(|first| first.hash != hash) {
            self.differs = true;
            if let Some(first) = first {
                self.different.add(first.row, None, Some(title));
            }
            self.different.add(row.number, None, Some(title));
        }
        false
    }

    /// Ends the last block.
    pub(super) fn end(&mut self) {
        let Some(compared) = self.second.take() else { return };
        let left = self.seen.get(&self.title).and_then(|rows| rows.get(compared..)).unwrap_or_default();
        for first in left {
            self.differs = true;
            self.different.add(first.row, None, Some(&self.title));
        }
        if !std::mem::take(&mut self.differs) {
            self.alike.add(self.header, None, Some(&self.title));
        }
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        let alike = "blocks that are printed twice, alike, were read once";
        let different = "blocks of the same title differ, and it is not known which holds; the rows of both are named: \
                         give each its own title, or take one out";
        let untitled = "blocks without a title were read as going on under the title before, which is shown";
        let findings = [
            self.different.finding("repeated_block", Severity::Error, different),
            self.untitled.finding("untitled_block", Severity::Warning, untitled),
            self.alike.finding("repeated_block", Severity::Note, alike),
        ];
        findings.into_iter().flatten().collect()
    }
}

/// The rows of a table in which a row that stands again is left out.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    seen: HashSet<[u8; 16]>,
    repeated: Places,
}

impl Repeats {
    /// Keeps so many places.
    pub(super) fn keep(&mut self, most: usize) {
        self.repeated.keep(most);
    }

    /// Begins with another block, whose rows may be those of the one before.
    pub(super) fn begin(&mut self) {
        self.seen.clear();
    }

    /// Whether no row before was the same in every cell.
    pub(super) fn is_new(&mut self, row: &Row) -> bool {
        let new = self.seen.insert(hash(row));
        if !new {
            let first = row.first_filled();
            self.repeated.add_cell(row.number, first.map(|(at, _)| at), None, first.map(|(_, text)| text));
        }
        new
    }

    pub(super) fn finding(&self) -> Option<Finding> {
        let message = "rows that repeat an earlier row in every cell were left out";
        self.repeated.finding("repeated_row", Severity::Note, message)
    }
}

/// Of the cells without the white space around them; blank ones at the end do not count.
fn hash(row: &Row) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    let mut blank = 0_u64;
    for cell in row.cells().map(trim) {
        if cell.is_empty() {
            blank += 1;
            continue;
        }
        hasher.update(&blank.to_le_bytes());
        hasher.update(&(cell.len() as u64).to_le_bytes());
        hasher.update(cell.as_bytes());
        blank = 0;
    }
    hasher.finalize().as_bytes().first_chunk().copied().unwrap_or_default()
}
