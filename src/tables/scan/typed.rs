//! A worker's way through typed columns: they are printed as text, and that is read as any other.
//!
//! Where the rows of each piece begin is known, so no worker waits for another.

use super::{
    super::formats::RowPieces,
    chain::Start,
    pieces::Piece,
    worker::{Extent, GiveUp, Worker},
};

/// Stands in no table: the fewer cells need quotation marks, the better.
pub(super) const DELIMITER: u8 = 0x1F;

/// Where the rows of each piece begin.
pub(super) fn starts(rows: &RowPieces) -> Vec<Start> {
    rows.before().map(start).collect()
}

/// Rows of data are counted from 1; they lie at no place in the file.
fn start(before: u64) -> Start {
    Start { offset: 0, line: before + 1, rows: before }
}

impl Worker<'_> {
    /// Reads a piece and hands its rows on; none behind the last.
    pub(super) fn read_typed(
        &mut self,
        rows: &RowPieces,
        number: usize,
        observe: &mut dyn FnMut(&crate::model::Batch),
    ) -> Result<Option<Start>, GiveUp> {
        let Some(mut piece) = rows.get(number).map_err(|_| GiveUp)? else { return Ok(None) };
        loop {
            let begins = start(piece.before());
            self.let_go();
            let printed = piece.print(self.plan.delimiter, &mut self.printed().bytes).map_err(|_| GiveUp)?;
            if printed == 0 {
                break;
            }
            self.begin(Piece { number, offset: 0, whole: true });
            // A line feed within a cell is not the end of a row, and does not count as one.
            self.index.inner.clear();
            let bytes = 0..self.printed.bytes.len();
            let extent = Extent { bytes, last: true, odd: false };
            if self.index.odd || self.index.has_nul || !self.index.ascii && self.is_damaged(&extent)? {
                return Err(GiveUp);
            }
            self.take(begins, &extent, observe)?;
        }
        // What the last rows are would depend on those of the next piece.
        let is_last = rows.before().len() == number + 1;
        if is_last || self.taker.tail.is_settled() { Ok(Some(start(piece.before()))) } else { Err(GiveUp) }
    }
}
