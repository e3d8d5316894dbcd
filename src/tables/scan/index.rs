//! Where the cells of a piece of delimited text end, found 64 bytes at a time.
//!
//! Every quotation mark is taken to open or to close a cell, in turn. That is right as long as each that opens stands at
//! the start of a cell, and each that closes at its end; whether it is so is checked along the way.

use fearless_simd::{Level, Simd, dispatch, prelude::*, u8x64};

/// Bytes that are looked at together.
const BLOCK: usize = 64;

/// What was found besides the ends of the cells.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug, Default)]
pub(super) struct Index {
    /// The ends of cells that end a row.
    pub(super) lines: Vec<u32>,
    /// Line feeds within quoted cells.
    pub(super) inner: Vec<u32>,
    /// A quotation mark or carriage return stands where the rules above do not have it: nothing here may be trusted.
    pub(super) odd: bool,
    /// There is nothing but ASCII, and no NUL.
    pub(super) ascii: bool,
    pub(super) has_nul: bool,
    /// A carriage return stands before some line feed.
    pub(super) returns: bool,
}

/// What goes on from block to block: each is zero or one, or zero or all ones.
#[derive(Default)]
struct Carried {
    inside: u64,
    starts_cell: u64,
    closed: u64,
    returned: u64,
}

/// The places of a block, as bits.
struct Marks {
    quotes: u64,
    delimiters: u64,
    feeds: u64,
    returns: u64,
}

/// Finds the ends of the cells from `from` on, where a row is taken to begin, and puts them into `ends`. `last` says that
/// the file ends here.
pub(super) fn find(bytes: &[u8], from: usize, delimiter: u8, last: bool, ends: &mut Vec<u32>, index: &mut Index) {
    // What the processor offers is known only where the program runs.
    dispatch!(Level::new(), simd => find_with(simd, (bytes, from), delimiter, last, ends, index));
}

/// All of it is one function for each kind of processor.
#[expect(clippy::inline_always, reason = "what is not inlined does not use what the processor offers")]
#[inline(always)]
fn find_with<S: Simd>(
    simd: S,
    (bytes, from): (&[u8], usize),
    delimiter: u8,
    last: bool,
    ends: &mut Vec<u32>,
    index: &mut Index,
) {
    index.inner.clear();
    (index.odd, index.returns) = (false, false);
    let mut lines = std::mem::take(&mut index.lines);
    let mut found = Found { ends: Places::new(ends), lines: Places::new(&mut lines), index };
    let mut carried = Carried { starts_cell: 1, ..Carried::default() };
    let (mut most, mut fewest) = (u8x64::splat(simd, 0), u8x64::splat(simd, u8::MAX));
    let all = |needle| u8x64::splat(simd, needle);
    let needles = [all(b'"'), all(delimiter), all(b'\n'), all(b'\r')];
    let rest = bytes.get(from..).unwrap_or_default();
    let (blocks, remainder) = rest.as_chunks::<BLOCK>();
    let mut at = from;
    for block in blocks {
        let block: u8x64<S> = (*block).simd_into(simd);
        (most, fewest) = (most.max(block), fewest.min(block));
        add(at, &marks(block, needles), u64::MAX, &mut carried, &mut found);
        at += BLOCK;
    }
    if !remainder.is_empty() {
        let mut block = [b' '; BLOCK];
        block.iter_mut().zip(remainder).for_each(|(to, byte)| *to = *byte);
        let block: u8x64<S> = block.simd_into(simd);
        (most, fewest) = (most.max(block), fewest.min(block));
        add(at, &marks(block, needles), u64::MAX >> (BLOCK - remainder.len()), &mut carried, &mut found);
    }
    if last && rest.last().is_some_and(|byte| *byte != b'\n') {
        found.ends.add(bytes.len(), 1);
        found.lines.add(bytes.len(), 1);
    }
    found.ends.finish();
    found.lines.finish();
    index.lines = lines;
    index.ascii = most.simd_lt(0x80).to_bitmask() == u64::MAX;
    index.has_nul = fewest.simd_eq(0).to_bitmask() != 0;
    index.odd |= last && (carried.inside != 0 || carried.returned != 0);
}

#[expect(clippy::inline_always, reason = "as of the caller")]
#[inline(always)]
fn marks<S: Simd>(block: u8x64<S>, needles: [u8x64<S>; 4]) -> Marks {
    let [quote, delimiter, feed, carriage] = needles;
    Marks {
        quotes: block.simd_eq(quote).to_bitmask(),
        delimiters: block.simd_eq(delimiter).to_bitmask(),
        feeds: block.simd_eq(feed).to_bitmask(),
        returns: block.simd_eq(carriage).to_bitmask(),
    }
}

/// What is found, while it is being found.
struct Found<'a> {
    // Seldom more of them end in a block.
    ends: Places<'a, 8>,
    lines: Places<'a, 2>,
    index: &'a mut Index,
}

/// Adds what a block holds; `valid` are its bytes that are the text's.
#[expect(clippy::inline_always, reason = "as of the caller")]
#[inline(always)]
fn add(at: usize, marks: &Marks, valid: u64, carried: &mut Carried, found: &mut Found<'_>) {
    let Marks { quotes, delimiters, feeds, returns } = *marks;
    let Found { ends, lines, index } = found;
    let mut inside = carried.inside;
    let mut starts = (delimiters | feeds) & !inside;
    if quotes | carried.inside | carried.closed != 0 {
        inside ^= parity(quotes);
        let (opening, closing) = (quotes & inside, quotes & !inside);
        starts = (delimiters | feeds) & !inside;
        // A doubled quotation mark closes and opens.
        let may_open = ((starts | closing) << 1) | carried.starts_cell;
        let after_closing = (closing << 1) | carried.closed;
        let odd = (opening & !may_open) | (after_closing & !(delimiters | feeds | returns | quotes) & valid);
        index.odd |= odd != 0;
        carried.inside = if inside >> 63 == 1 { u64::MAX } else { 0 };
        carried.closed = closing >> 63;
        push(at, feeds & inside, &mut index.inner);
        carried.starts_cell = (starts | closing) >> 63;
    } else {
        carried.starts_cell = starts >> 63;
    }
    if returns | carried.returned != 0 {
        let after_return = (returns << 1) | carried.returned;
        index.odd |= after_return & !feeds & valid != 0;
        // One that is the last byte of all stays carried, even where the block is not full.
        carried.returned =
            if valid == u64::MAX { returns >> 63 } else { u64::from(returns & !(valid >> 1) & valid != 0) };
        index.returns = true;
    }
    ends.add(at, starts);
    lines.add(at, feeds & !inside);
}

/// For each bit, whether the number of bits up to it is odd.
#[inline]
fn parity(bits: u64) -> u64 {
    let bits = bits ^ (bits << 1);
    let bits = bits ^ (bits << 2);
    let bits = bits ^ (bits << 4);
    let bits = bits ^ (bits << 8);
    let bits = bits ^ (bits << 16);
    bits ^ (bits << 32)
}

#[cold]
fn push(at: usize, mut bits: u64, places: &mut Vec<u32>) {
    while bits != 0 {
        places.push(place(at, bits));
        bits &= bits - 1;
    }
}

/// The place of the lowest bit; `at` is that of the first.
#[inline]
fn place(at: usize, bits: u64) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX).wrapping_add(bits.trailing_zeros())
}

/// Places in ascending order, of which `AT_ONCE` are written whether there are so many or not: what has to be found out
/// first keeps the processor waiting.
struct Places<'a, const AT_ONCE: usize> {
    to: &'a mut Vec<u32>,
    length: usize,
}

impl<'a, const AT_ONCE: usize> Places<'a, AT_ONCE> {
    /// For so many room is made at once.
    const ROOM: usize = 16 * BLOCK;

    /// Writes over what is there: a piece has about as many places as the one before.
    fn new(to: &'a mut Vec<u32>) -> Self {
        Self { to, length: 0 }
    }

    #[expect(clippy::inline_always, reason = "as of the caller")]
    #[inline(always)]
    fn add(&mut self, at: usize, mut bits: u64) {
        let count = bits.count_ones() as usize;
        if self.to.len() < self.length + BLOCK {
            self.make_room();
        }
        let room = self.to.get_mut(self.length..).and_then(|room| room.first_chunk_mut::<BLOCK>());
        let Some((first, others)) = room.and_then(|room| room.split_first_chunk_mut::<AT_ONCE>()) else { return };
        for slot in first {
            *slot = place(at, bits);
            bits &= bits.wrapping_sub(1);
        }
        if count > AT_ONCE {
            for slot in others {
                *slot = place(at, bits);
                bits &= bits.wrapping_sub(1);
                if bits == 0 {
                    break;
                }
            }
        }
        self.length += count;
    }

    #[cold]
    fn make_room(&mut self) {
        self.to.resize(self.length + Self::ROOM, 0);
    }

    fn finish(self) {
        self.to.truncate(self.length);
    }
}
