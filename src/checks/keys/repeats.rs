//! Which keys stand in more than one row.
//!
//! Of each row 14 bytes are kept: 104 bits of its key's hash, of which 8 are the partition that it is in, and its distance
//! from the row before it there. They lie in blocks that never move, so that memory is not doubled while it grows. At the end each
//! partition is small enough to be searched in a core's cache, and all cores search.

use std::{
    collections::HashMap,
    num::NonZeroUsize,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::KeyHash;

const PARTITIONS: usize = 256;
/// Rows of a block.
const BLOCK: usize = 512;
/// Fewer rows than this are searched by one thread.
const FEW: u64 = 1 << 17;
const KEPT_BITS: u32 = 104;

/// The keys of all rows.
#[derive(Debug, Default)]
pub(in super::super) struct Keys {
    partitions: Vec<Partition>,
    rows: u64,
}

#[derive(Debug, Default)]
struct Partition {
    blocks: Vec<Block>,
    last_row: u64,
}

/// Keys of rows in the order in which they were added.
#[derive(Debug)]
struct Block {
    low: Vec<u64>,
    high: Vec<u32>,
    /// How far each row is from the one before; for the first, and for those in `jumps`, nothing.
    distances: Vec<u16>,
    first_row: u64,
    /// Rows farther from the one before than can be said, and their places in the block.
    jumps: Vec<(usize, u64)>,
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
    /// As [`kept`].
    pub(in super::super) key: KeyHash,
}

/// As much of a hash as is kept.
pub(in super::super) fn kept(key: KeyHash) -> KeyHash {
    key & ((1 << KEPT_BITS) - 1)
}

/// What is kept of a hash besides its partition.
#[expect(clippy::cast_possible_truncation, reason = "its lowest 64 bits, and the 32 above them")]
fn halves(key: KeyHash) -> (u64, u32) {
    (key as u64, (key >> 64) as u32)
}

impl Keys {
    /// Adds the key of a row. Rows come in ascending order.
    pub(in super::super) fn add(&mut self, key: KeyHash, row: u64) {
        if self.partitions.is_empty() {
            self.partitions.resize_with(PARTITIONS, Partition::default);
        }
        if let Some(partition) = self.partitions.get_mut((kept(key) >> 96) as usize) {
            partition.add(key, row);
            self.rows += 1;
        }
    }

    /// Takes in the keys of other rows.
    pub(in super::super) fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        if self.partitions.is_empty() {
            self.partitions = other.partitions;
            return;
        }
        for (partition, mut other) in self.partitions.iter_mut().zip(other.partitions) {
            partition.blocks.append(&mut other.blocks);
        }
    }

    /// The keys that repeat, with the first `most` rows that repeat one. Nothing is left.
    pub(in super::super) fn take_repeated(&mut self, most: usize) -> Repeated {
        let Self { partitions, rows } = std::mem::take(self);
        let partitions: Vec<_> = (0_u128..).zip(partitions.into_iter().map(Mutex::new)).collect();
        let (next, sum) = (AtomicUsize::new(0), Mutex::new(Repeated::default()));
        let search = || {
            while let Some(partition) = partitions.get(next.fetch_add(1, Ordering::Relaxed)) {
                let (number, partition) = partition;
                let partition = std::mem::take(&mut *partition.lock().unwrap_or_else(PoisonError::into_inner));
                let found = partition.repeated(*number, most);
                sum.lock().unwrap_or_else(PoisonError::into_inner).merge(found, most);
            }
        };
        let threads = if rows < FEW { 1 } else { thread::available_parallelism().map_or(1, NonZeroUsize::get) };
        thread::scope(|scope| {
            (1..threads).for_each(|_| _ = scope.spawn(search));
            search();
        });
        sum.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Partition {
    fn add(&mut self, key: KeyHash, row: u64) {
        if self.blocks.last().is_none_or(|block| block.low.len() == BLOCK) {
            self.blocks.push(Block::new(row));
            self.last_row = row;
        }
        let Some(block) = self.blocks.last_mut() else { return };
        let distance = row.checked_sub(self.last_row).and_then(|distance| u16::try_from(distance).ok());
        block.distances.push(distance.unwrap_or_else(|| {
            block.jumps.push((block.low.len(), row));
            0
        }));
        let (low, high) = halves(key);
        block.low.push(low);
        block.high.push(high);
        self.last_row = row;
    }

    /// The rows of every key that repeats; `number` is the partition's own.
    fn repeated(self, number: u128, most: usize) -> Repeated {
        let all: usize = self.blocks.iter().map(|block| block.low.len()).sum();
        let mask = (all * 2).next_power_of_two() - 1;
        // Each slot is the place of a key among those seen, from 1.
        let mut slots = vec![0_u32; mask + 1];
        let mut seen: Vec<(u64, u32, u64)> = Vec::with_capacity(all);
        let mut repeated: HashMap<(u64, u32), Vec<u64>> = HashMap::new();
        for (low, high, row) in self.blocks.iter().flat_map(Block::rows) {
            let mut at = (low >> 8) as usize & mask;
            while let Some(slot) = slots.get_mut(at) {
                match (*slot as usize).checked_sub(1).and_then(|place| seen.get(place)) {
                    None => {
                        seen.push((low, high, row));
                        *slot = u32::try_from(seen.len()).unwrap_or(0);
                        break;
                    }
                    Some((known_low, known_high, first)) if (*known_low, *known_high) == (low, high) => {
                        repeated.entry((low, high)).or_insert_with(|| vec![*first]).push(row);
                        break;
                    }
                    Some(_) => at = (at + 1) & mask,
                }
            }
        }
        let mut sum = Repeated::default();
        for ((low, high), mut rows) in repeated {
            rows.sort_unstable();
            let [first, others @ ..] = &rows[..] else { continue };
            sum.keys += 1;
            sum.rows += rows.len() as u64;
            let key = u128::from(low) | (u128::from(high) << 64) | (number << 96);
            sum.repeats.extend(others.iter().map(|row| Repeat { row: *row, first: *first, key }));
        }
        sum.repeats.sort_unstable();
        sum.repeats.truncate(most);
        sum
    }
}

impl Block {
    fn new(first_row: u64) -> Self {
        let (low, high) = (Vec::with_capacity(BLOCK), Vec::with_capacity(BLOCK));
        Self { low, high, distances: Vec::with_capacity(BLOCK), first_row, jumps: Vec::new() }
    }

    fn rows(&self) -> impl Iterator<Item = (u64, u32, u64)> {
        let (mut row, mut jumps) = (self.first_row, self.jumps.iter().peekable());
        let keys = self.low.iter().zip(&self.high).zip(&self.distances).enumerate();
        keys.map(move |(at, ((low, high), distance))| {
            row += u64::from(*distance);
            if let Some((_, jump)) = jumps.next_if(|(place, _)| *place == at) {
                row = *jump;
            }
            (*low, *high, row)
        })
    }
}

impl Repeated {
    fn merge(&mut self, other: Self, most: usize) {
        self.keys += other.keys;
        self.rows += other.rows;
        self.repeats.extend(other.repeats);
        self.repeats.sort_unstable();
        self.repeats.truncate(most);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Rows that are near and far from each other, keys in few partitions, several that share the file.
        #[test]
        fn repeats_are_those_of_a_sorted_list(
            rows in prop::collection::vec((0_u128..40, 0_usize..3, prop::sample::select(vec![1_u64, 2, 70_000])), 0..3000),
        ) {
            let (mut row, mut all, mut keys) = (0, Vec::new(), [Keys::default(), Keys::default(), Keys::default()]);
            for (key, by, distance) in rows {
                row += distance;
                let key = ((key % 3) << 96) | ((key % 5) << 64) | (key / 15);
                all.push((key, row));
                keys[by].add(key, row);
            }
            all.sort_unstable();
            let mut expected = Repeated::default();
            for same in all.chunk_by(|one, other| one.0 == other.0).filter(|same| same.len() > 1) {
                expected.keys += 1;
                expected.rows += same.len() as u64;
                let first = same[0].1;
                expected.repeats.extend(same[1..].iter().map(|(key, row)| Repeat { row: *row, first, key: *key }));
            }
            expected.repeats.sort_unstable();
            expected.repeats.truncate(20);
            let [mut sum, second, third] = keys;
            sum.merge(third);
            sum.merge(second);
            prop_assert_eq!(sum.take_repeated(20), expected);
        }
    }
}
