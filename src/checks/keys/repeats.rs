//! Which keys stand in more than one row.
//!
//! Of each row 12 bytes are kept: 85 bits of its key's hash, of which 6 are the partition that it is in, and its distance
//! from the row before it there. That two keys of 18 million rows are taken for one is less likely than one in 10^11. The
//! rows of a partition are gathered into a block, and full blocks are laid down where they never move, so that memory is
//! not doubled while it grows. At the end all cores search, each a partition after the other, which is small enough for a
//! core's cache. Beyond 512 MB, which is some 40 million rows, they are put down in a temporary file.

use std::{
    io,
    num::NonZeroUsize,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::{
    KeyHash,
    slabs::{Kept, Place, Slabs},
};

const PARTITIONS: usize = 64;
/// Rows of a block, and those whose memory is asked for at once.
const BLOCK: usize = 128;
const SLAB: usize = 512 * BLOCK;
/// So many bytes stay in memory, of all threads that read a file together.
const MOST_IN_MEMORY: usize = 512 << 20;
/// Fewer rows than this are searched by one thread.
const FEW: u64 = 1 << 17;
const KEPT_BITS: u32 = 86;
const PARTITION_AT: u32 = 80;

/// The keys of all rows.
#[derive(Debug)]
pub(in super::super) struct Keys {
    /// The blocks that were laid down, those of any partitions.
    slabs: Slabs,
    partitions: Vec<Partition>,
    rows: u64,
}

/// Blocks in the order in which they were filled, and the one that is being filled.
#[derive(Debug, Default)]
struct Partition {
    blocks: Vec<Block>,
    open: Vec<Kept>,
    first_row: u64,
    last_row: u64,
    jumps: Vec<(usize, u64)>,
}

/// Keys of rows in the order in which they were added.
#[derive(Debug)]
struct Block {
    place: Place,
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

impl Default for Keys {
    fn default() -> Self {
        Self::within(MOST_IN_MEMORY / threads())
    }
}

fn threads() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

impl Keys {
    /// No keys yet, of which so many bytes are to be in memory.
    fn within(bytes: usize) -> Self {
        let slabs = Slabs::new(SLAB, bytes / (SLAB * size_of::<Kept>()));
        let partitions = (0..PARTITIONS).map(|_| Partition::default()).collect();
        Self { slabs, partitions, rows: 0 }
    }

    /// Adds the key of a row. Rows come in ascending order.
    #[inline]
    pub(in super::super) fn add(&mut self, key: KeyHash, row: u64) {
        let number = (kept(key) >> PARTITION_AT) as usize;
        let Some(partition) = self.partitions.get_mut(number) else { return };
        if matches!(partition.open.len(), 0 | BLOCK) {
            partition.begin_block(&mut self.slabs, row);
        }
        let distance = match row.checked_sub(partition.last_row).and_then(|distance| u16::try_from(distance).ok()) {
            Some(distance) => distance,
            None => partition.jump(row),
        };
        partition.open.push(packed(key, distance));
        partition.last_row = row;
        self.rows += 1;
    }

    /// Takes in the keys of other rows.
    pub(in super::super) fn merge(&mut self, mut other: Self) {
        self.lay_down();
        other.lay_down();
        let before = self.slabs.append(other.slabs);
        for (partition, other) in self.partitions.iter_mut().zip(other.partitions) {
            partition.blocks.extend(other.blocks.into_iter().map(|block| block.behind(before)));
        }
        self.rows += other.rows;
    }

    /// Lays down all blocks, full or not.
    fn lay_down(&mut self) {
        for partition in &mut self.partitions {
            partition.lay_down(&mut self.slabs);
        }
    }

    /// The keys that repeat, with the first `most` rows that repeat one. Nothing is left.
    ///
    /// # Errors
    /// What was put down in a file cannot be read back.
    pub(in super::super) fn take_repeated(&mut self, most: usize) -> io::Result<Repeated> {
        self.lay_down();
        let Self { slabs, partitions, rows } = std::mem::take(self);
        let partitions: Vec<_> = (0_u128..).zip(partitions).collect();
        let (next, sum) = (AtomicUsize::new(0), Mutex::new(Ok(Repeated::default())));
        let search = || {
            let mut sieves = <[Sieve; 2]>::default();
            while let Some(partition) = partitions.get(next.fetch_add(1, Ordering::Relaxed)) {
                let (number, partition) = partition;
                let found = partition.repeated(&slabs, *number, most, &mut sieves);
                let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
                match (&mut *sum, found) {
                    (Ok(sum), Ok(found)) => sum.merge(found, most),
                    (Ok(_), Err(error)) => *sum = Err(error),
                    (Err(_), _) => break,
                }
            }
        };
        let threads = if rows < FEW { 1 } else { threads() };
        thread::scope(|scope| {
            (1..threads).for_each(|_| _ = scope.spawn(search));
            search();
        });
        sum.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Partition {
    /// Begins a block with this row.
    #[cold]
    fn begin_block(&mut self, slabs: &mut Slabs, row: u64) {
        self.lay_down(slabs);
        self.open.reserve_exact(BLOCK);
        (self.first_row, self.last_row) = (row, row);
    }

    /// Lays down the block that is being filled.
    fn lay_down(&mut self, slabs: &mut Slabs) {
        if !self.open.is_empty() {
            let jumps = std::mem::take(&mut self.jumps);
            self.blocks.push(Block { place: slabs.add(&self.open), first_row: self.first_row, jumps });
            self.open.clear();
        }
    }

    /// The row that is added next is too far from the one before.
    #[cold]
    fn jump(&mut self, row: u64) -> u16 {
        self.jumps.push((self.open.len(), row));
        0
    }

    /// The rows of every key that repeats; `number` is the partition's own.
    fn repeated(&self, slabs: &Slabs, number: u128, most: usize, sieves: &mut [Sieve; 2]) -> io::Result<Repeated> {
        let [coarse, fine] = sieves;
        coarse.begin(self.blocks.iter().map(|block| block.place.rows()).sum());
        for block in &self.blocks {
            slabs.get(&block.place)?.iter().for_each(|kept| coarse.meet(bits(*kept)));
        }
        coarse.settle();
        // Most of these are alone after all: others have the same places in the sieve.
        let mut doubtful: Vec<(Kept, u64)> = Vec::new();
        for block in &self.blocks {
            let rows = slabs.get(&block.place)?;
            doubtful.extend(block.keys(&rows).filter(|(kept, _)| coarse.keeps(bits(*kept))));
        }
        // Few of the others have the same places by other bits as well.
        fine.begin(doubtful.len());
        for (kept, _) in &doubtful {
            fine.meet(other_bits(*kept));
        }
        fine.settle();
        doubtful.retain(|(kept, _)| fine.keeps(other_bits(*kept)));
        let key = |(kept, row): (Kept, u64)| (hash_of(kept) | (number << PARTITION_AT), row);
        let mut doubtful: Vec<(KeyHash, u64)> = doubtful.into_iter().map(key).collect();
        doubtful.sort_unstable();
        let mut sum = Repeated::default();
        for same in doubtful.chunk_by(|one, other| one.0 == other.0) {
            let [(key, first), others @ ..] = same else { continue };
            if others.is_empty() {
                continue;
            }
            sum.keys += 1;
            sum.rows += same.len() as u64;
            sum.repeats.extend(others.iter().map(|(_, row)| Repeat { row: *row, first: *first, key: *key }));
        }
        sum.repeats.sort_unstable();
        sum.repeats.truncate(most);
        Ok(sum)
    }
}

impl Block {
    /// The same block, where so many slabs stand before those of its own.
    fn behind(self, slabs: usize) -> Self {
        Self { place: self.place.behind(slabs), ..self }
    }

    /// What is kept of each row, and the row.
    fn keys(&self, rows: &[Kept]) -> impl Iterator<Item = (Kept, u64)> {
        let (mut row, mut jumps) = (self.first_row, self.jumps.iter().peekable());
        rows.iter().enumerate().map(move |(at, kept)| {
            row += u64::from(kept[2] & 0xFFFF);
            if let Some((_, jump)) = jumps.next_if(|(place, _)| *place == at) {
                row = *jump;
            }
            (*kept, row)
        })
    }
}

/// What is kept of a row besides its partition: 32 bits of the hash in each part, 16 in the last, and there below them how
/// far the row is from the one before; for the first, and for those in `jumps`, nothing.
#[expect(clippy::cast_possible_truncation, reason = "its lowest 64 bits, and the 16 above them")]
#[inline]
fn packed(key: KeyHash, distance: u16) -> Kept {
    [key as u32, (key >> 32) as u32, ((key >> 48) as u32 & 0xFFFF_0000) | u32::from(distance)]
}

fn hash_of([low, middle, high]: Kept) -> KeyHash {
    u128::from(low) | (u128::from(middle) << 32) | (u128::from(high >> 16) << 64)
}

/// Bits of a hash by which a [`Sieve`] looks at it; the lowest of all is the same in all.
#[inline]
fn bits([low, middle, _]: Kept) -> u64 {
    (u64::from(low) | u64::from(middle) << 32) >> 1
}

/// Bits that depend on all of a hash.
#[inline]
fn other_bits(kept @ [.., high]: Kept) -> u64 {
    (bits(kept) ^ u64::from(high >> 16) << 32).wrapping_mul(0x9E37_79B9_7F4A_7C15).swap_bytes()
}

/// Keeps the keys that may stand in more than one row, and few others. All keys are met once; the later row of two with one
/// key finds its place taken. Then all are looked at again: kept is who has the same place, by other bits, as one of those.
#[derive(Default)]
struct Sieve {
    met: Places,
    suspects: Vec<u64>,
    wanted: Places,
}

impl Sieve {
    /// Begins with so many keys.
    fn begin(&mut self, keys: usize) {
        self.met.begin(keys / 8);
        self.suspects.clear();
    }

    #[inline]
    fn meet(&mut self, bits: u64) {
        if self.met.take(bits) {
            self.suspects.push(bits.rotate_right(32));
        }
    }

    /// All keys were met.
    fn settle(&mut self) {
        // Some thirty bits for each of these few still fit into the cache that is nearest.
        self.wanted.begin(self.suspects.len() / 2);
        for bits in &self.suspects {
            self.wanted.take(*bits);
        }
    }

    #[inline]
    fn keeps(&self, bits: u64) -> bool {
        self.wanted.is_taken(bits.rotate_right(32))
    }
}

/// A bit for each place that a key can have; several keys may have one.
#[derive(Default)]
struct Places {
    words: Vec<u64>,
    /// How many bits of a hash make the word, less one.
    mask: usize,
}

impl Places {
    /// Begins with at least so many words of places.
    fn begin(&mut self, words: usize) {
        let words = (words + 1).next_power_of_two();
        self.words.clear();
        self.words.resize(words, 0);
        self.mask = words - 1;
    }

    #[inline]
    fn place(&self, bits: u64) -> (usize, u64) {
        ((bits >> 6) as usize & self.mask, 1 << (bits & 63))
    }

    /// Takes a place; answers whether it was taken.
    #[inline]
    fn take(&mut self, bits: u64) -> bool {
        let (word, bit) = self.place(bits);
        let Some(word) = self.words.get_mut(word) else { return true };
        let was_taken = *word & bit != 0;
        *word |= bit;
        was_taken
    }

    #[inline]
    fn is_taken(&self, bits: u64) -> bool {
        let (word, bit) = self.place(bits);
        self.words.get(word).is_none_or(|word| word & bit != 0)
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
                let key = ((key % 3) << 80) | ((key % 5) << 64) | (key / 15);
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
            prop_assert_eq!(sum.take_repeated(20).expect("in memory"), expected);
        }
    }

    /// 300,000 rows in two parts, each within the memory of 65,536 rows; every thousandth row repeats one of the other part.
    #[test]
    fn what_is_put_down_in_a_file_is_searched_as_well() {
        // Their lowest 64 bits differ, because the factor is odd.
        let hash = |number: u64| u128::from(number).wrapping_mul(0x2545_F491_4F6C_DD1D_9E37_79B9_7F4A_7C15);
        let mut parts = [Keys::within(1 << 20), Keys::within(1 << 20)];
        for row in 0..300_000_u64 {
            let key = if row % 1000 == 999 { row - 501 } else { row };
            parts[usize::from(row % 2 == 0)].add(hash(key), row + 2);
        }
        assert!(parts.iter().all(|part| part.slabs.in_memory() < part.slabs.len()));
        let [mut sum, second] = parts;
        sum.merge(second);
        let repeated = sum.take_repeated(3).expect("a temporary file");
        let rows: Vec<_> = repeated.repeats.iter().map(|repeat| (repeat.first, repeat.row)).collect();
        assert_eq!((repeated.keys, repeated.rows), (300, 600));
        assert_eq!(rows, [(500, 1001), (1500, 2001), (2500, 3001)]);
    }
}
