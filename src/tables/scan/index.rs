//! Where the cells of a piece of delimited text end, found 64 bytes at a time.
//!
//! Every quotation mark is taken to open or to close a cell, in turn. That is right as long as each that opens stands at
//! the start of a cell, and each that closes at its end; whether it is so is checked along the way.

use wide::u8x16;

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

/// Finds the ends of the cells from `from` on, where a row is taken to begin, and adds them to `ends`. `last` says that
/// the file ends here.
pub(super) fn find(bytes: &[u8], from: usize, delimiter: u8, last: bool, ends: &mut Vec<u32>, index: &mut Index) {
    ends.clear();
    index.lines.clear();
    index.inner.clear();
    (index.odd, index.returns) = (false, false);
    let mut carried = Carried { starts_cell: 1, ..Carried::default() };
    let (mut most, mut fewest) = (u8x16::splat(0), u8x16::splat(u8::MAX));
    let rest = bytes.get(from..).unwrap_or_default();
    let needles = [b'"', delimiter, b'\n', b'\r'].map(u8x16::splat);
    let (blocks, remainder) = rest.as_chunks::<BLOCK>();
    let mut at = from;
    for block in blocks {
        let marks = marks(block, needles, &mut most, &mut fewest);
        add(at, &marks, u64::MAX, &mut carried, ends, index);
        at += BLOCK;
    }
    if !remainder.is_empty() {
        let mut block = [b' '; BLOCK];
        block.iter_mut().zip(remainder).for_each(|(to, byte)| *to = *byte);
        let marks = marks(&block, needles, &mut most, &mut fewest);
        add(at, &marks, u64::MAX >> (BLOCK - remainder.len()), &mut carried, ends, index);
    }
    index.ascii = most.to_array().iter().all(u8::is_ascii);
    index.has_nul = fewest.to_array().contains(&0);
    if last {
        index.odd |= carried.inside != 0 || carried.returned != 0;
        if rest.last().is_some_and(|byte| *byte != b'\n') {
            let end = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            ends.push(end);
            index.lines.push(end);
        }
    }
}

#[inline]
fn marks(block: &[u8; BLOCK], needles: [u8x16; 4], most: &mut u8x16, least: &mut u8x16) -> Marks {
    let (lanes, _) = block.as_chunks::<16>();
    let mut found = [0_u64; 4];
    for (at, lane) in lanes.iter().enumerate() {
        let lane = u8x16::new(*lane);
        *most |= lane;
        *least = least.min(lane);
        for (found, needle) in found.iter_mut().zip(needles) {
            *found |= u64::from(lane.simd_eq(needle).to_bitmask()) << (at * 16);
        }
    }
    let [quotes, delimiters, feeds, returns] = found;
    Marks { quotes, delimiters, feeds, returns }
}

/// Adds what a block holds; `valid` are its bytes that are the text's.
#[inline]
fn add(at: usize, marks: &Marks, valid: u64, carried: &mut Carried, ends: &mut Vec<u32>, index: &mut Index) {
    let Marks { quotes, delimiters, feeds, returns } = *marks;
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
    push(at, starts, ends);
    push(at, feeds & !inside, &mut index.lines);
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

#[inline]
fn push(at: usize, mut bits: u64, places: &mut Vec<u32>) {
    let base = u32::try_from(at).unwrap_or(u32::MAX);
    // An iterator that knows its length is written where it belongs without asking for room each time.
    places.extend((0..bits.count_ones()).map(|_| {
        let place = base + bits.trailing_zeros();
        bits &= bits.wrapping_sub(1);
        place
    }));
}
