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
//! Memory: a 16-byte hash and the number of every row; the length of the key does not matter. Two of a thousand million
//! keys share a hash with a likelihood below 10⁻²⁰. What stands in repeated rows is seen when they are read once more.
//!
//! ```yaml
//! - unique: { columns: [period, contract] }
//! ```
//!
//! Finding: ``period · contract must be unique: 2 of 14 rows share 1 key, first `2025-10 · Dementia` in rows 3 and 7``

use std::collections::BTreeSet;

use serde::Deserialize;

use super::super::{
    check::{Check, Context, Found, Kind, Looks, Start, Tally, same},
    columns::{ColumnNames, Declared, Field, side_by_side},
    failures::{Failures, grouped, quoted, shortened},
    keys::{KeyColumn, KeyHash, KeyHasher, Keys, Repeated},
    rows::Rows,
};
use crate::{
    model::Batch,
    yaml::{Place, Problems},
};

/// Settings of `unique`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unique {
    columns: ColumnNames,
}

impl Kind for Unique {
    const LOOKS: Looks = Looks::RowsTogether;

    fn build(&self, _place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let columns = Declared::find_all(&self.columns, context.schema)?;
        Ok(Box::new(Compiled { columns, hasher: KeyHasher::default() }))
    }
}

#[derive(Debug)]
struct Compiled {
    columns: Vec<Declared>,
    hasher: KeyHasher,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        self.columns.iter().map(|column| column.position).collect()
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let fields = Declared::all_in_file(&self.columns, file.header)?;
        Some(Box::new(Repeats {
            header: side_by_side(fields.iter().map(|field| field.header.as_str())),
            columns: fields.iter().map(|_| KeyColumn::default()).collect(),
            fields,
            hasher: self.hasher.clone(),
            hashes: Vec::new(),
            keys: Keys::default(),
            repeated: None,
            rows_kept: file.rows_kept,
            printed: Vec::new(),
        }))
    }
}

#[derive(Debug)]
struct Repeats {
    fields: Vec<Field>,
    /// The headers of the key, side by side.
    header: String,
    hasher: KeyHasher,
    columns: Vec<KeyColumn>,
    /// Those of the batch at hand.
    hashes: Vec<Option<KeyHash>>,
    keys: Keys,
    rows_kept: usize,
    /// What repeats, once all rows were seen.
    repeated: Option<Repeated>,
    /// The rows of `repeated` that were seen again: key, row, the key as printed, the sheet.
    printed: Vec<(KeyHash, u64, String, Option<String>)>,
}

impl Repeats {
    fn hash(&mut self, batch: &Batch) {
        self.hasher.hashes(&self.fields, &mut self.columns, batch, &mut self.hashes);
    }

    fn repeated(&mut self) -> Repeated {
        // A repeat adds one row or two to those that are kept.
        self.repeated.take().unwrap_or_else(|| self.keys.take_repeated(self.rows_kept))
    }

    /// A row that repeats a key, as printed, and its sheet.
    fn printed(&self, key: KeyHash, row: u64) -> (&str, Option<&str>) {
        let found = self.printed.iter().find(|(known, at, ..)| *known == key && *at == row);
        found.map_or(("", None), |(_, _, text, sheet)| (text, sheet.as_deref()))
    }

    /// The rows of repeated keys: the first row of each with the first that repeats it.
    fn failures(&self, repeated: &Repeated) -> Failures {
        let (mut failures, mut known) = (Failures::keeping(self.rows_kept), BTreeSet::new());
        for repeat in &repeated.repeats {
            let (key, sheet) = self.printed(repeat.key, repeat.row);
            if known.insert(repeat.key) {
                failures.add(sheet, repeat.first, &self.header, || key.to_owned());
            }
            failures.add(sheet, repeat.row, &self.header, || format!("{key} (first in row {})", repeat.first));
        }
        failures.of(repeated.rows)
    }
}

impl Tally for Repeats {
    fn observe(&mut self, rows: &Rows<'_>) {
        self.hash(rows.batch);
        for index in rows.indices() {
            if let Some(hash) = self.hashes.get(index).copied().flatten() {
                self.keys.add(hash, rows.row(index));
            }
        }
    }

    fn merge(&mut self, other: Box<dyn Tally>) {
        if let Some(other) = same::<Self>(other) {
            self.keys.merge(other.keys);
        }
    }

    fn settle(&mut self) -> Vec<u64> {
        let repeated = self.repeated();
        let rows = repeated.repeats.iter().map(|repeat| repeat.row).collect();
        self.repeated = Some(repeated);
        rows
    }

    fn see_again(&mut self, rows: &Rows<'_>) {
        let batch = rows.batch;
        let Some(repeated) = &self.repeated else { return };
        let wanted: BTreeSet<_> = repeated.repeats.iter().map(|repeat| (repeat.row, repeat.key)).collect();
        self.hash(batch);
        for (index, (row, hash)) in batch.rows.iter().zip(&self.hashes).enumerate() {
            if let Some(key) = hash.filter(|key| wanted.contains(&(*row, *key))) {
                let printed = side_by_side(self.fields.iter().map(|field| field.text(batch, index)));
                let sheet = rows.sheet().map(str::to_owned);
                self.printed.push((key, *row, shortened(&printed, 150), sheet));
            }
        }
    }

    fn finish(mut self: Box<Self>, total: u64) -> Vec<Found> {
        let repeated = self.repeated();
        let Some(example) = repeated.repeats.first() else { return Vec::new() };
        let failures = self.failures(&repeated);
        let keys = match repeated.keys {
            1 => "1 key".to_owned(),
            keys => format!("{} keys", grouped(keys)),
        };
        let title = side_by_side(self.fields.iter().map(Field::title));
        let place = failures.place(total);
        let key = quoted(self.printed(example.key, example.row).0);
        let (first, second) = (example.first, example.row);
        let seen = format!("{title} must be unique: {place} share {keys}, first {key} in rows {first} and {second}");
        vec![Found::in_rows(seen, failures)]
    }
}
