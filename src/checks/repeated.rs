//! Rows that repeat the key of another row.

use std::collections::{HashMap, HashSet};

use super::{
    check::{Found, Start, Tally, same},
    columns::{Field, side_by_side},
    failures::{Failures, grouped, quoted, shortened},
    keys::{KeyColumn, KeyHash, KeyHasher, Keys, Repeated, RowKeys, kept},
    listing::Listing,
    privacy::Privacy,
    rows::Rows,
};
use crate::model::{Batch, Severity};

/// As many repeats are told where every one is asked for.
const MOST_LISTED: usize = 100_000;

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
    hashes: RowKeys,
    keys: Keys,
    rows_kept: usize,
    /// What repeats, or why it cannot be told, once all rows were seen.
    repeated: Option<Result<Repeated, String>>,
    /// Where every failing row goes, kept or not.
    listing: Option<Listing>,
    privacy: Privacy,
    /// The rows of `repeated`, each with its key.
    wanted: HashSet<(u64, KeyHash)>,
    /// Those that were seen again: the key as printed, the sheet.
    printed: HashMap<(u64, KeyHash), (String, Option<String>)>,
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
    sheet: String,
    first: u64,
    second: u64,
}

impl Seen {
    /// "first `Dementia` in rows 3 and 7".
    pub(super) fn first(&self) -> String {
        format!("first {} in rows {} and {}{}", self.key, self.first, self.second, self.sheet)
    }
}

impl Repeats {
    /// For the key that the fields make up.
    pub(super) fn new(fields: Vec<Field>, hasher: &KeyHasher, file: &Start<'_>, words: fn(&Seen) -> String) -> Self {
        Self {
            header: side_by_side(fields.iter().map(|field| field.header.as_str())),
            columns: fields.iter().map(|_| KeyColumn::default()).collect(),
            fields,
            words,
            hasher: hasher.clone(),
            hashes: RowKeys::default(),
            keys: Keys::default(),
            rows_kept: file.rows_kept,
            listing: file.listing.cloned(),
            privacy: file.privacy,
            repeated: None,
            wanted: HashSet::new(),
            printed: HashMap::new(),
        }
    }

    fn hash(&mut self, batch: &Batch) {
        self.hasher.hashes(&self.fields, &mut self.columns, batch, &mut self.hashes);
    }

    fn repeated(&mut self) -> Result<Repeated, String> {
        // A repeat adds one row or two to those that are kept.
        let most = if self.listing.is_some() { MOST_LISTED.max(self.rows_kept) } else { self.rows_kept };
        self.repeated.take().unwrap_or_else(|| self.keys.take_repeated(most).map_err(|error| error.to_string()))
    }

    /// A row that repeats a key, as printed, and its sheet.
    fn printed(&self, key: KeyHash, row: u64) -> (&str, Option<&str>) {
        self.printed.get(&(row, key)).map_or(("", None), |(text, sheet)| (text, sheet.as_deref()))
    }

    /// The rows of repeated keys: the first row of each with the first that repeats it.
    fn failures(&self, repeated: &Repeated) -> Failures {
        let mut failures = Failures::keeping(self.rows_kept).hiding(self.privacy).listed(self.listing.as_ref());
        let mut known = HashSet::new();
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
            if let Some(hash) = self.hashes.get(index) {
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
        let repeats = repeated.as_ref().map_or(&[][..], |repeated| &repeated.repeats);
        let rows = repeats.iter().map(|repeat| repeat.row).collect();
        self.wanted = repeats.iter().map(|repeat| (repeat.row, repeat.key)).collect();
        self.repeated = Some(repeated);
        rows
    }

    fn see_again(&mut self, rows: &Rows<'_>) {
        let batch = rows.batch;
        self.hash(batch);
        for (index, row) in batch.rows.iter().enumerate() {
            if let Some(key) = self.hashes.get(index).map(kept).filter(|key| self.wanted.contains(&(*row, *key))) {
                let printed = side_by_side(self.fields.iter().map(|field| field.text(batch, index)));
                let sheet = rows.sheet().map(str::to_owned);
                self.printed.insert((*row, key), (shortened(&printed, 150), sheet));
            }
        }
    }

    fn finish(mut self: Box<Self>, total: u64) -> Vec<Found> {
        let repeated = match self.repeated() {
            Ok(repeated) => repeated,
            Err(why) => {
                let title = side_by_side(self.fields.iter().map(Field::title));
                let seen = format!("whether {title} repeats is not checked: its temporary file cannot be read: {why}");
                return vec![Found::in_file(seen).aside(Severity::Error)];
            }
        };
        let Some(example) = repeated.repeats.first() else { return Vec::new() };
        let failures = self.failures(&repeated);
        let keys = match repeated.keys {
            1 => "1 key".to_owned(),
            keys => format!("{} keys", grouped(keys)),
        };
        let (key, sheet) = self.printed(example.key, example.row);
        let seen = Seen {
            title: side_by_side(self.fields.iter().map(Field::title)),
            place: failures.place(total),
            keys,
            key: quoted(key),
            sheet: sheet.map_or_else(String::new, |sheet| format!(" of sheet {}", quoted(sheet))),
            first: example.first,
            second: example.row,
        };
        vec![Found::in_rows((self.words)(&seen), failures)]
    }
}
