//! One worker of a scan: it takes pieces of the file in ascending order, finds the rows that begin in each, and hands them
//! on as batches.
//!
//! Rows that have as many cells as the header and hold something besides their first cell are *regular*: their cells go to
//! columns as they lie in the piece. All others are taken one by one as the careful reader takes them. A piece ends before
//! the first row behind its boundary that is surely data, so that what stands before such a row (blank rows, what may be
//! footnotes) is judged by one worker alone.

use std::{
    ops::Range,
    sync::{Arc, atomic::Ordering},
};

use crate::model::{Batch, Column, table::Printed};

use super::{
    super::{
        decode::is_damaged,
        delimited::QuoteDoubts,
        row::{Row, is_blank, trim},
        splitter::{Quotes, Split, split},
        tail::LONGEST_LABEL,
        taker::{Source, Taker},
    },
    chain::{Chain, Start},
    fill::{Fill, Place, Run, text},
    index::{self, Index},
    pieces::{Piece, Pieces},
    plan::Plan,
};

/// So few regular rows between others are taken one by one too.
const FEW_ROWS: usize = 16;
/// So many rows are handed on at most: their columns stay in a core's cache while all look at them.
const MOST_ROWS: usize = 2048;
/// A piece may be followed by so many times its bytes of rows that are not surely data.
const MOST_BEYOND: usize = 4;

/// The file must be read row by row: something is out of the ordinary.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct GiveUp;

/// Where the rows of a piece stand in its bytes.
pub(super) struct Extent {
    /// The first byte of the first row, and the one behind the last row.
    pub(super) bytes: Range<usize>,
    /// Whether the file ends here.
    pub(super) last: bool,
    /// Whether its quotation marks are such that rows must be split one by one.
    pub(super) odd: bool,
}

pub(super) struct Worker<'a> {
    pub(super) plan: &'a Plan,
    pub(super) taker: Taker,
    pub(super) doubts: QuoteDoubts,
    fills: Vec<Fill>,
    /// The piece at hand, and its bytes; columns may hold on to these while they are looked at.
    piece: Piece,
    pub(super) printed: Arc<Printed>,
    pub(super) index: Index,
    fast: Batch,
    slow: Batch,
    unquoted: String,
}

impl<'a> Worker<'a> {
    /// `wanted` says of each declared column whether anything looks at it.
    pub(super) fn new(plan: &'a Plan, taker: Taker, wanted: impl Fn(usize) -> bool) -> Self {
        let fill = |(at, source): (usize, &Source)| {
            let place = match (taker.layout.parts(at), taker.layout.position(at)) {
                (Some(parts), _) => Place::Joined(parts.collect()),
                (None, Some(position)) => Place::At(position),
                (None, None) => Place::Nowhere,
            };
            Fill::new(place, wanted(at), &source.reader)
        };
        let fills: Vec<Fill> = taker.columns.iter().enumerate().map(fill).collect();
        let fast = Batch { columns: fills.iter().map(Fill::column).collect(), ..Batch::default() };
        let slow = taker.batch(None);
        let printed = Arc::new(Printed { width: plan.width, ..Printed::default() });
        let (index, unquoted, doubts) = (Index::default(), String::new(), QuoteDoubts::default());
        Self { plan, taker, doubts, fills, piece: Piece::default(), printed, index, fast, slow, unquoted }
    }

    /// Reads the next piece, waits for the start of its rows, tells the start of the next one's, and hands the rows on.
    /// Answers with the start of the next piece's rows, and none at the end of the text.
    pub(super) fn read(&mut self, chain: &Chain, observe: &mut dyn FnMut(&Batch)) -> Result<Option<Start>, GiveUp> {
        let plan = self.plan;
        if let Pieces::Typed(typed) = &plan.pieces {
            return self.read_typed(&typed.rows, typed.next.fetch_add(1, Ordering::Relaxed), observe);
        }
        self.let_go();
        let Some(piece) = plan.pieces.next(&plan.cut, &mut self.printed().bytes)? else { return Ok(None) };
        self.begin(piece);
        let start = chain.wait(piece.number).ok_or(GiveUp)?;
        let (extent, next) = self.extent(start)?;
        if next.rows > self.plan.limits.rows {
            return Err(GiveUp);
        }
        chain.tell(next);
        if !extent.bytes.is_empty() {
            self.take(start, &extent, observe)?;
        }
        Ok(Some(next))
    }

    /// As [`Worker::read`], for a piece whose start is known; where the text flows, for one behind those before.
    pub(super) fn read_again(
        &mut self,
        number: usize,
        start: Start,
        observe: &mut dyn FnMut(&Batch),
    ) -> Result<(), GiveUp> {
        let plan = self.plan;
        if let Pieces::Typed(typed) = &plan.pieces {
            return self.read_typed(&typed.rows, number, observe).map(drop);
        }
        self.let_go();
        let piece = plan.pieces.get(number, &plan.cut, &mut self.printed().bytes)?;
        self.begin(piece.ok_or(GiveUp)?);
        let (extent, _) = self.extent(start)?;
        if extent.bytes.is_empty() { Ok(()) } else { self.take(start, &extent, observe) }
    }

    /// Lets go of the piece before.
    pub(super) fn let_go(&mut self) {
        self.fast.columns.iter_mut().for_each(Fill::release);
    }

    /// Looks for the ends of the cells of a piece that was read, as if a row began with it.
    pub(super) fn begin(&mut self, piece: Piece) {
        self.piece = piece;
        self.find(0);
    }

    fn read_on(&mut self) -> Result<(), GiveUp> {
        let (plan, piece) = (self.plan, self.piece);
        let bytes = &mut self.printed().bytes;
        let more = bytes.len();
        self.piece.whole = plan.pieces.read_on(piece, more, bytes)?;
        Ok(())
    }

    /// Whether the text ends before this byte of the piece.
    fn is_end(&self, at: usize) -> bool {
        self.piece.whole && at >= self.printed.bytes.len()
    }

    fn find(&mut self, from: usize) {
        let (last, delimiter) = (self.piece.whole, self.plan.delimiter);
        let mut index = std::mem::take(&mut self.index);
        let printed = self.printed();
        printed.start = position(from);
        let mut ends = std::mem::take(&mut printed.ends);
        index::find(&printed.bytes, from, delimiter, last, &mut ends, &mut index);
        printed.ends = ends;
        self.index = index;
    }

    /// The piece; a copy where something has held on to it, which nothing does between pieces.
    pub(super) fn printed(&mut self) -> &mut Printed {
        Arc::make_mut(&mut self.printed)
    }

    /// Where the rows of the piece begin and end, and where those of the next begin.
    fn extent(&mut self, start: Start) -> Result<(Extent, Start), GiveUp> {
        let from =
            start.offset.checked_sub(self.piece.offset).and_then(|from| usize::try_from(from).ok()).ok_or(GiveUp)?;
        if from >= self.plan.cut.piece || self.is_end(from) {
            // The rows of the piece before reach as far as this.
            return Ok((Extent { bytes: 0..0, last: self.is_end(from), odd: false }, start));
        }
        // Where a row begins indeed, what was found from there on is right if a row was found to end before it.
        let is_sound = from == 0 || self.index.lines.binary_search(&position(from - 1)).is_ok();
        if !is_sound || self.index.odd {
            self.find(from);
        }
        if self.index.has_nul {
            return Err(GiveUp);
        }
        loop {
            let found = if self.index.odd { self.split_end(from, start)? } else { self.indexed_end(from, start) };
            if let Some(found) = found {
                return Ok(found);
            }
            let most = self.plan.cut.piece.max(self.plan.limits.row_bytes) * MOST_BEYOND;
            if self.printed.bytes.len() > most || self.piece.whole {
                return Err(GiveUp);
            }
            self.read_on()?;
            self.find(from);
        }
    }

    /// The end by the ends of cells; none if more bytes are needed.
    fn indexed_end(&self, from: usize, start: Start) -> Option<(Extent, Start)> {
        let (lines, length) = (&self.index.lines, self.printed.bytes.len());
        let behind = |line: u32| (line as usize + 1).min(length);
        let first = lines.partition_point(|line| (*line as usize) < from);
        let mut at = lines.partition_point(|line| (*line as usize) + 1 < self.plan.cut.piece);
        let end = loop {
            let Some(line) = lines.get(at) else {
                // No row goes beyond the boundary.
                self.piece.whole.then_some(())?;
                break length;
            };
            let end = behind(*line);
            if end == length && self.piece.whole {
                break end;
            }
            // The row that begins here is the next piece's if it is surely data.
            if self.is_data(end, *lines.get(at + 1)?) {
                break end;
            }
            at += 1;
        };
        let until = if end == length && self.piece.whole { lines.len() } else { at + 1 };
        let inner = |to: usize| self.index.inner.partition_point(|feed| (*feed as usize) < to);
        let rows = until.saturating_sub(first) as u64;
        let next = Start {
            offset: self.piece.offset + end as u64,
            line: start.line + rows + (inner(end) - inner(from)) as u64,
            rows: start.rows + rows,
        };
        Some((Extent { bytes: from..end, last: self.is_end(end), odd: false }, next))
    }

    /// The end by splitting row after row; none if more bytes are needed.
    fn split_end(&self, from: usize, start: Start) -> Result<Option<(Extent, Start)>, GiveUp> {
        let (text, whole) = (self.text(from)?, self.piece.whole);
        let (mut at, mut line, mut rows, mut row) = (0, start.line, start.rows, Row::default());
        while at < text.len() {
            row.clear(line);
            let rest = text.get(at..).unwrap_or("");
            match split(rest, self.plan.delimiter, whole, self.plan.limits.columns, &mut row) {
                Split::Row { .. } if from + at >= self.plan.cut.piece && self.is_data_row(&row) => break,
                Split::Row { used, lines, .. } => (at, line, rows) = (at + used, line + lines, rows + 1),
                Split::More => return Ok(None),
                Split::TooManyCells => return Err(GiveUp),
            }
        }
        if at == text.len() && !whole {
            return Ok(None);
        }
        let end = from + at;
        let next = Start { offset: self.piece.offset + end as u64, line, rows };
        Ok(Some((Extent { bytes: from..end, last: self.is_end(end), odd: true }, next)))
    }

    /// The bytes from here on as text; a character that is cut off at the end is left out.
    fn text(&self, from: usize) -> Result<&str, GiveUp> {
        let bytes = self.printed.bytes.get(from..).unwrap_or_default();
        match str::from_utf8(bytes) {
            Ok(text) => Ok(text),
            Err(error) if error.error_len().is_none() && !self.piece.whole => {
                str::from_utf8(bytes.get(..error.valid_up_to()).unwrap_or_default()).map_err(|_| GiveUp)
            }
            Err(_) => Err(GiveUp),
        }
    }

    /// Whether the row from here to this line end is surely data.
    fn is_data(&self, from: usize, line: u32) -> bool {
        let ends = &self.printed.ends;
        let first = ends.partition_point(|end| (*end as usize) < from);
        let cells = ends.partition_point(|end| *end <= line) - first;
        (1..cells).any(|cell| self.is_filled(first + cell)) && !self.is_skipped(first, cells)
    }

    fn is_data_row(&self, row: &Row) -> bool {
        let skipped = |text: &str| self.taker.spec.table.skip_rows.iter().any(|pattern| pattern.matches(trim(text)));
        row.cells().skip(1).any(|cell| !is_blank(cell)) && !row.first_filled().is_some_and(|(_, text)| skipped(text))
    }

    /// The bytes of a cell, without the carriage return of a line end.
    fn cell(&self, at: usize) -> &[u8] {
        let raw = self.printed.raw(at);
        if self.index.returns { raw.strip_suffix(b"\r").unwrap_or(raw) } else { raw }
    }

    /// Whether the cell behind this end of one begins with a letter, digit or sign, as nearly every one that holds
    /// anything does.
    #[inline]
    fn begins_plainly(&self, before: u32) -> bool {
        let first = self.printed.bytes.get(before as usize + 1);
        first.is_some_and(|byte| byte.is_ascii_graphic() && *byte != b'"' && *byte != self.plan.delimiter)
    }

    /// Whether a cell holds anything.
    fn is_filled(&self, at: usize) -> bool {
        let raw = self.cell(at);
        match raw {
            [] => false,
            [first, ..] if first.is_ascii_graphic() && *first != b'"' => true,
            _ => !is_blank(text(raw, &mut String::new())),
        }
    }

    /// Whether the dataset leaves out the row whose first cell is this.
    fn is_skipped(&self, first: usize, cells: usize) -> bool {
        let patterns = &self.taker.spec.table.skip_rows;
        let mut filled = (first..first + cells).filter(|at| self.is_filled(*at));
        !patterns.is_empty()
            && filled.next().is_some_and(|at| {
                let mut unquoted = String::new();
                let text = trim(text(self.cell(at), &mut unquoted));
                patterns.iter().any(|pattern| pattern.matches(text))
            })
    }

    /// Hands the rows of the piece on.
    pub(super) fn take(
        &mut self,
        start: Start,
        extent: &Extent,
        observe: &mut dyn FnMut(&Batch),
    ) -> Result<(), GiveUp> {
        let must_split = extent.odd || !self.index.ascii && self.is_damaged(extent)?;
        if must_split {
            self.take_split(start, extent)?;
        } else {
            self.take_indexed(start, extent, observe)?;
        }
        if !extent.last {
            // The next row is data, and another worker's.
            self.taker.release(&mut self.slow);
            self.taker.tail.learn_length(0);
        }
        self.hand_on_slow(observe);
        Ok(())
    }

    /// Whether a letter of the rows is damaged; gives up if they are not UTF-8.
    pub(super) fn is_damaged(&self, extent: &Extent) -> Result<bool, GiveUp> {
        let bytes = self.printed.bytes.get(extent.bytes.clone()).unwrap_or_default();
        str::from_utf8(bytes).map(|text| text.contains(is_damaged)).map_err(|_| GiveUp)
    }

    fn take_split(&mut self, start: Start, extent: &Extent) -> Result<(), GiveUp> {
        let (mut at, mut line, mut row) = (extent.bytes.start, start.line, Row::default());
        while at < extent.bytes.end {
            let (used, lines) = self.take_one(at..extent.bytes.end, line, &mut row)?;
            (at, line) = (at + used, line + lines);
        }
        Ok(())
    }

    /// Takes the row at the beginning of these bytes as the careful reader does; answers with its bytes and lines.
    fn take_one(&mut self, bytes: Range<usize>, line: u64, row: &mut Row) -> Result<(usize, u64), GiveUp> {
        let text = str::from_utf8(self.printed.bytes.get(bytes).unwrap_or_default()).map_err(|_| GiveUp)?;
        row.clear(line);
        match split(text, self.plan.delimiter, true, self.plan.limits.columns, row) {
            Split::Row { used, lines, quotes } if row.bytes() <= self.plan.limits.row_bytes => {
                if quotes != Quotes::Sound {
                    self.doubts.add(line, quotes);
                }
                self.taker.take(row, &mut self.slow);
                Ok((used, lines))
            }
            _ => Err(GiveUp),
        }
    }

    fn take_indexed(&mut self, start: Start, extent: &Extent, observe: &mut dyn FnMut(&Batch)) -> Result<(), GiveUp> {
        let (width, from, to) = (self.plan.width, extent.bytes.start, extent.bytes.end);
        let before = |place: &u32| (*place as usize) < from;
        let mut at = self.printed.ends.partition_point(before);
        let mut line = self.index.lines.partition_point(before);
        let all = self.index.lines.len();
        let end = if extent.last { all } else { self.index.lines.partition_point(|line| (*line as usize) < to) };
        let mut number = Numbering { line: start.line, inner: self.index.inner.partition_point(before) };
        let (mut row, mut guess) = (Row::default(), width - 1);
        while line < end {
            let most = end.min(line + MOST_ROWS);
            let regular = self.regular_rows(at, line..most, &mut guess);
            if regular >= FEW_ROWS || (regular > 0 && regular == most - line) {
                self.hand_on(at, line..line + regular, &mut number, observe)?;
                (at, line) = (at + regular * width, line + regular);
                continue;
            }
            for line_end in self.index.lines.get(line..(line + regular + 1).min(end)).unwrap_or_default().to_vec() {
                let begins = at
                    .checked_sub(1)
                    .and_then(|before| self.printed.ends.get(before))
                    .map_or(from, |end| (*end as usize + 1).max(from));
                let until = (line_end as usize + 1).min(self.printed.bytes.len());
                let row_number = number.next(begins, &self.index);
                self.take_one(begins..until, row_number, &mut row)?;
                at = self.printed.ends.partition_point(|end| *end <= line_end);
                line += 1;
            }
        }
        Ok(())
    }

    /// How many of the rows are regular before one is not. `guess` is a cell that the row before held something in.
    fn regular_rows(&self, mut at: usize, lines: Range<usize>, guess: &mut usize) -> usize {
        let (width, ends) = (self.plan.width, &self.printed.ends);
        let has_patterns = !self.taker.spec.table.skip_rows.is_empty();
        let mut regular = 0;
        let rows = ends.get(at..).unwrap_or_default().chunks_exact(width);
        for (line, ends) in self.index.lines.get(lines).unwrap_or_default().iter().zip(rows) {
            if ends.last() != Some(line) {
                break;
            }
            let before = guess.checked_sub(1).and_then(|before| ends.get(before));
            if !before.is_some_and(|before| self.begins_plainly(*before)) && !self.is_filled(at + *guess) {
                let Some(filled) = (1..width).rev().find(|cell| self.is_filled(at + cell)) else { break };
                *guess = filled;
            }
            if has_patterns && self.is_skipped(at, width) {
                break;
            }
            at += width;
            regular += 1;
        }
        regular
    }

    /// Hands on regular rows.
    fn hand_on(
        &mut self,
        first: usize,
        lines: Range<usize>,
        number: &mut Numbering,
        observe: &mut dyn FnMut(&Batch),
    ) -> Result<(), GiveUp> {
        self.taker.release(&mut self.slow);
        self.hand_on_slow(observe);
        let width = self.plan.width;
        let (mut start, mut longest_row, mut longest_label) = (self.printed.raw_start(first), 0, 0);
        let lines = self.index.lines.get(lines).unwrap_or_default();
        number.next_rows(start, lines, &self.index, &mut self.fast.rows);
        let rows = self.printed.ends.get(first..).unwrap_or_default().chunks(width);
        for (line, ends) in lines.iter().zip(rows) {
            longest_row = longest_row.max(*line as usize - start);
            longest_label = longest_label.max(ends.first().map_or(0, |label| *label as usize - start));
            start = *line as usize + 1;
        }
        if longest_row > self.plan.limits.row_bytes {
            return Err(GiveUp);
        }
        self.learn_labels(first, lines.len(), longest_label);
        let run = Run { printed: &self.printed, first, rows: &self.fast.rows, returns: self.index.returns };
        for ((fill, source), column) in self.fills.iter_mut().zip(&mut self.taker.columns).zip(&mut self.fast.columns) {
            fill.fill(&run, &mut source.reader, column);
        }
        observe(&self.fast);
        Ok(())
    }

    /// Learns how long the labels of rows are, the longest of which has so many bytes.
    fn learn_labels(&mut self, first: usize, rows: usize, bytes: usize) {
        let mut longest = self.taker.tail.longest_label();
        if bytes > longest && longest < LONGEST_LABEL {
            let mut unquoted = std::mem::take(&mut self.unquoted);
            for row in 0..rows {
                let raw = self.cell(first + row * self.plan.width);
                if raw.len() > longest {
                    longest = longest.max(text(raw, &mut unquoted).chars().take(LONGEST_LABEL).count());
                }
            }
            self.unquoted = unquoted;
        }
        self.taker.tail.learn_length(longest);
    }

    fn hand_on_slow(&mut self, observe: &mut dyn FnMut(&Batch)) {
        if !self.slow.rows.is_empty() {
            observe(&self.slow);
            self.slow.rows.clear();
            self.slow.columns.iter_mut().for_each(Column::clear);
        }
    }
}

/// The numbers of rows in the file, one after the other.
struct Numbering {
    /// That of the next row, but for line feeds within the row before.
    line: u64,
    /// How many line feeds within cells stand before it.
    inner: usize,
}

impl Numbering {
    /// The number of the next row, which begins here.
    fn next(&mut self, begins: usize, index: &Index) -> u64 {
        while index.inner.get(self.inner).is_some_and(|feed| (*feed as usize) < begins) {
            self.inner += 1;
            self.line += 1;
        }
        self.line += 1;
        self.line - 1
    }

    /// Sets `numbers` to those of the next rows, of which the first begins here and each ends at one of these line ends.
    fn next_rows(&mut self, begins: usize, lines: &[u32], index: &Index, numbers: &mut Vec<u64>) {
        numbers.clear();
        if self.inner == index.inner.len() {
            numbers.extend((self.line..).take(lines.len()));
            self.line += lines.len() as u64;
            return;
        }
        let begins = std::iter::once(begins).chain(lines.iter().map(|line| *line as usize + 1));
        numbers.extend(begins.take(lines.len()).map(|begins| self.next(begins, index)));
    }
}

fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
