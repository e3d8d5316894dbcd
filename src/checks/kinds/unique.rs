//! `unique`: two rows have the same key.
//!
//! | setting | meaning |
//! |---|---|
//! | `columns` | the columns that make up the key together |
//!
//! Values are compared, not spellings: `2025-10` and `Oct-25` are one period, `1,000` and `1000` one number. Text is
//! compared as printed. A row with a blank cell in the key has no key and is left out; [`not_null`](super::not_null)
//! finds it. Every row of a repeated key is counted and reported; those after the first name the row of the first.
//!
//! Memory: a 16-byte hash and the first row of every distinct key, 38 to 75 bytes each as the table fills and doubles
//! (half as much again while it doubles); the length of the key does not matter. Two of a thousand million keys share a hash with a likelihood below 10⁻²⁰.
//!
//! ```yaml
//! - unique: { columns: [period, contract] }
//! ```
//!
//! Finding: ``period · contract must be unique: 2 of 14 rows share 1 key, first `2025-10 · Dementia` in rows 3 and 7``

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::{BuildHasher, BuildHasherDefault, Hash, Hasher, RandomState},
    sync::Arc,
};

use serde::Deserialize;

use super::super::{
    check::{Check, Label, Tally, Weight},
    columns::{ColumnNames, Declared, Field, side_by_side},
    failures::{Failures, grouped, quoted, shortened},
};
use crate::{
    model::{Batch, Cell, Finding, Header, Missing, Schema},
    yaml::{Located, Problems},
};

/// Settings of `unique`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unique {
    columns: ColumnNames,
    #[serde(default)]
    pub(super) name: Option<Located<String>>,
    #[serde(default)]
    severity: Weight,
    #[serde(default)]
    message: Option<String>,
}

impl Unique {
    pub(super) fn build(settings: &Located<Self>, schema: &Schema) -> Result<Box<dyn Check>, Problems> {
        let columns = Declared::find_all(&settings.columns, schema)?;
        let label = Label::new("unique", settings.name.as_ref(), settings.severity, settings.message.as_deref());
        Ok(Box::new(Compiled { label, columns }))
    }
}

#[derive(Debug)]
struct Compiled {
    label: Label,
    columns: Vec<Declared>,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        self.columns.iter().map(|column| column.position).collect()
    }

    fn start(&self, header: &Header) -> Option<Box<dyn Tally>> {
        let fields = Declared::all_in_file(&self.columns, header)?;
        Some(Box::new(Keys {
            label: self.label.clone(),
            header: side_by_side(fields.iter().map(|field| field.header.as_str())),
            fields,
            hashers: [RandomState::new(), RandomState::new()],
            seen: HashMap::default(),
            repeats: 0,
            example: None,
            failures: Failures::default(),
            sheets: Vec::new(),
        }))
    }
}

/// Two hashes with secret seeds, so that no file can be made to collide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct KeyHash(u64, u64);

impl Hash for KeyHash {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0);
    }
}

/// What is hashed already is not hashed again.
#[derive(Debug, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[derive(Debug)]
struct Seen {
    first: u64,
    repeated: bool,
    /// Which of the sheets seen so far.
    sheet: u16,
}

#[derive(Debug)]
struct Keys {
    label: Label,
    fields: Vec<Field>,
    /// The headers of the key, side by side.
    header: String,
    hashers: [RandomState; 2],
    seen: HashMap<KeyHash, Seen, BuildHasherDefault<Hashed>>,
    /// How many keys stand in more than one row.
    repeats: u64,
    /// The first repeated key as printed, its first row and its second.
    example: Option<(String, u64, u64)>,
    failures: Failures,
    sheets: Vec<Option<Arc<str>>>,
}

impl Keys {
    /// None where a cell of the key is blank.
    fn hash(&self, batch: &Batch, index: usize) -> Option<KeyHash> {
        let [mut one, mut other] = self.hashers.each_ref().map(BuildHasher::build_hasher);
        for field in &self.fields {
            let column = field.in_batch(batch)?;
            let (cell, text) = (column.cell(index), column.text(index));
            if matches!(cell, Cell::Missing(Missing::Blank | Missing::Absent)) {
                return None;
            }
            hash_cell(cell, text, &mut one);
            hash_cell(cell, text, &mut other);
        }
        Some(KeyHash(one.finish(), other.finish()))
    }

    fn printed(&self, batch: &Batch, index: usize) -> String {
        shortened(&side_by_side(self.fields.iter().map(|field| field.text(batch, index))), 150)
    }

    fn add(&mut self, row: u64, index: usize, hash: KeyHash, batch: &Batch) {
        let (first, first_sheet, known) = match self.seen.entry(hash) {
            Entry::Vacant(new) => {
                // A workbook with more sheets than that has its rows named without them.
                let sheet = u16::try_from(self.sheets.len().saturating_sub(1)).unwrap_or(u16::MAX);
                new.insert(Seen { first: row, repeated: false, sheet });
                return;
            }
            Entry::Occupied(mut old) => {
                let known = std::mem::replace(&mut old.get_mut().repeated, true);
                (old.get().first, old.get().sheet, known)
            }
        };
        let key = self.printed(batch, index);
        if !known {
            self.repeats += 1;
            let sheet = self.sheets.get(usize::from(first_sheet)).and_then(Option::as_deref);
            self.failures.add(sheet, first, &self.header, || key.clone());
            self.example.get_or_insert_with(|| (key.clone(), first, row));
        }
        self.failures.add(batch.sheet.as_deref(), row, &self.header, || format!("{key} (first in row {first})"));
    }
}

/// Each kind of cell has a mark of its own; `hash` marks the end of a text.
fn hash_cell(cell: Cell, text: &str, hasher: &mut impl Hasher) {
    match cell {
        // Zero and minus zero are one number.
        Cell::Number(number) => (1_u8, (number + 0.0).to_bits()).hash(hasher),
        Cell::Period(period) => (2_u8, period).hash(hasher),
        Cell::Text | Cell::Missing(_) => (3_u8, text).hash(hasher),
    }
}

impl Tally for Keys {
    fn observe(&mut self, batch: &Batch) {
        if self.sheets.last() != Some(&batch.sheet) {
            self.sheets.push(batch.sheet.clone());
        }
        // All hashes first: the table is far larger than the processor's caches, and look-ups that wait for nothing else
        // wait for memory together.
        let hashes: Vec<_> = (0..batch.rows.len()).map(|index| self.hash(batch, index)).collect();
        for (index, (row, hash)) in batch.rows.iter().zip(hashes).enumerate() {
            if let Some(hash) = hash {
                self.add(*row, index, hash, batch);
            }
        }
    }

    fn finish(self: Box<Self>, total: u64) -> Vec<Finding> {
        let Some((key, first, second)) = &self.example else { return Vec::new() };
        let keys = match self.repeats {
            1 => "1 key".to_owned(),
            keys => format!("{} keys", grouped(keys)),
        };
        let title = side_by_side(self.fields.iter().map(Field::title));
        let place = self.failures.place(total);
        let key = quoted(key);
        let seen = format!("{title} must be unique: {place} share {keys}, first {key} in rows {first} and {second}");
        vec![self.label.finding(&seen, self.failures)]
    }
}
