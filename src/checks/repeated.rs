//! Rows that repeat the key of another row.

use std::collections::BTreeSet;

use super::{
    check::{Found, Tally, same},
    columns::{Field, side_by_side},
    failures::{Failures, grouped, quoted, shortened},
    keys::{KeyColumn, KeyHash, KeyHasher, Keys, Repeated},
    rows::Rows,
};
use crate::model::Batch;

/// The keys of a file, and which of them repeat.
#[derive(Debug)]
pub(super) struct Repeats {
    fields: Vec<Field>,
    /// What a finding says.
    words: fn(&Seen) -> String,
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

/// What was seen of rows that repeat a key, in words.
pub(super) struct Seen {
    /// The columns of the key.
    pub(super) title: String,
    /// "2 of 14 rows".
    pub(super) place: String,
    /// "1 key".
    pub(super) keys: String,
    key: String,
    first: u64,
    second: u64,
}

impl Seen {
    /// "first `Dementia` in rows 3 and 7".
    pub(super) fn first(&self) -> String {
        format!("first {} in rows {} and {}", self.key, self.first, self.second)
    }
}

impl Repeats {
    /// For the key that the fields make up.
    pub(super) fn new(fields: Vec<Field>, hasher: &KeyHasher, rows_kept: usize, words: fn(&Seen) -> String) -> Self {
        Self {
            header: side_by_side(fields.iter().map(|field| field.header.as_str())),
            columns: fields.iter().map(|_| KeyColumn::default()).collect(),
            fields,
            words,
            hasher: hasher.clone(),
            hashes: Vec::new(),
            keys: Keys::default(),
            rows_kept,
            repeated: None,
            printed: Vec::new(),
        }
    }

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
        let seen = Seen {
            title: side_by_side(self.fields.iter().map(Field::title)),
            place: failures.place(total),
            keys,
            key: quoted(self.printed(example.key, example.row).0),
            first: example.first,
            second: example.row,
        };
        vec![Found::in_rows((self.words)(&seen), failures)]
    }
}
