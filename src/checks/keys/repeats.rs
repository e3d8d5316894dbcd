//! Which keys stand in more than one row.

use super::KeyHash;

/// The keys of all rows.
#[derive(Debug, Default)]
pub(in super::super) struct Keys {
    rows: Vec<(KeyHash, u64)>,
}

/// Keys that stand in more than one row.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Repeated {
    /// How many there are.
    pub(in super::super) keys: u64,
    /// In how many rows they stand, the first ones included.
    pub(in super::super) rows: u64,
    /// The first rows that repeat a key.
    pub(in super::super) repeats: Vec<Repeat>,
}

/// A row whose key stood in another before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct Repeat {
    pub(in super::super) row: u64,
    /// The first row with the key.
    pub(in super::super) first: u64,
    pub(in super::super) key: KeyHash,
}

impl Keys {
    /// Adds the key of a row.
    pub(in super::super) fn add(&mut self, key: KeyHash, row: u64) {
        self.rows.push((key, row));
    }

    /// Takes in the keys of other rows.
    pub(in super::super) fn merge(&mut self, other: Self) {
        self.rows.extend(other.rows);
    }

    /// The keys that repeat, with the first `most` rows that repeat one. Nothing is left.
    pub(in super::super) fn take_repeated(&mut self, most: usize) -> Repeated {
        let mut rows = std::mem::take(&mut self.rows);
        rows.sort_unstable();
        let mut repeated = Repeated::default();
        for same in rows.chunk_by(|one, other| one.0 == other.0) {
            let [(key, first), others @ ..] = same else { continue };
            if others.is_empty() {
                continue;
            }
            repeated.keys += 1;
            repeated.rows += same.len() as u64;
            repeated.repeats.extend(others.iter().map(|(_, row)| Repeat { row: *row, first: *first, key: *key }));
        }
        repeated.repeats.sort_unstable();
        repeated.repeats.truncate(most);
        repeated
    }
}
