//! The pieces of a text, each for the worker that asks next.

use std::{
    fs::File,
    os::unix::fs::FileExt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{
    super::{delimited::Flowing, formats::RowPieces},
    chain::Start,
    plan::Cut,
    worker::GiveUp,
};

/// Where a piece lies.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Piece {
    /// Counted from 0; the rows that begin in it are its own.
    pub(super) number: usize,
    /// The place of its first byte in the text.
    pub(super) offset: u64,
    /// Whether the bytes that were read with it reach to the end of the text.
    pub(super) whole: bool,
}

/// A text from below its header on; for typed columns see [`Worker::read_typed`](super::worker::Worker::read_typed).
pub(super) enum Pieces {
    /// It is a file as it lies there: all workers read at the same time.
    Lying(Lying),
    /// It is unpacked or decoded as it is read: one worker after the other reads on, while the others look at what they
    /// have.
    Flowing(Mutex<Flow>),
    /// It is printed from typed columns, each piece by the worker that takes it.
    Typed(Typed),
}

/// A file whose bytes are the text.
pub(super) struct Lying {
    file: File,
    size: u64,
    start: u64,
    next: AtomicUsize,
}

/// Typed columns, and the number of the next piece.
pub(super) struct Typed {
    pub(super) rows: RowPieces,
    pub(super) next: AtomicUsize,
}

/// A text that can be read once.
pub(super) struct Flow {
    text: Flowing,
    /// What was read and is in no piece yet.
    ahead: Vec<u8>,
    ended: bool,
    /// Those of the next piece.
    number: usize,
    offset: u64,
    unread: String,
}

impl Pieces {
    pub(super) fn lying(file: File, size: u64, start: Start) -> Self {
        Self::Lying(Lying { file, size, start: start.offset, next: AtomicUsize::new(0) })
    }

    /// `head` is how much of what was read already lies above the start.
    pub(super) fn flowing(mut text: Flowing, head: usize, start: Start) -> Self {
        let ahead = std::mem::take(&mut text.begun).into_bytes().split_off(head);
        let (number, offset, unread) = (0, start.offset, String::new());
        Self::Flowing(Mutex::new(Flow { text, ahead, ended: false, number, offset, unread }))
    }

    pub(super) fn typed(rows: RowPieces) -> Self {
        Self::Typed(Typed { rows, next: AtomicUsize::new(0) })
    }

    /// Reads the next piece over these bytes; none at the end.
    pub(super) fn next(&self, cut: &Cut, bytes: &mut Vec<u8>) -> Result<Option<Piece>, GiveUp> {
        match self {
            Self::Lying(lying) => lying.piece(lying.next.fetch_add(1, Ordering::Relaxed), cut, bytes),
            Self::Flowing(flow) => flow.lock().unwrap_or_else(PoisonError::into_inner).next(cut, bytes),
            Self::Typed(_) => Err(GiveUp),
        }
    }

    /// Reads a piece over these bytes; where the text flows, one behind those that were read before.
    pub(super) fn get(&self, number: usize, cut: &Cut, bytes: &mut Vec<u8>) -> Result<Option<Piece>, GiveUp> {
        match self {
            Self::Lying(lying) => lying.piece(number, cut, bytes),
            Self::Flowing(flow) => {
                let mut flow = flow.lock().unwrap_or_else(PoisonError::into_inner);
                while let Some(piece) = flow.next(cut, bytes)? {
                    if piece.number == number {
                        return Ok(Some(piece));
                    }
                }
                Ok(None)
            }
            Self::Typed(_) => Err(GiveUp),
        }
    }

    /// Reads so many bytes more behind those of a piece, or up to the end; answers whether that is reached.
    pub(super) fn read_on(&self, piece: Piece, more: usize, bytes: &mut Vec<u8>) -> Result<bool, GiveUp> {
        match self {
            Self::Lying(lying) => lying.read(piece.offset, bytes.len(), more, bytes),
            // They are in the next piece by now.
            Self::Flowing(_) | Self::Typed(_) => Err(GiveUp),
        }
    }

    /// How many bytes of the file were read, once a worker has come to this place of the text.
    pub(super) fn bytes_read(&self, reached: u64) -> Option<u64> {
        match self {
            Self::Lying(_) => Some(reached),
            Self::Flowing(flow) => flow.lock().unwrap_or_else(PoisonError::into_inner).text.bytes_read(),
            Self::Typed(_) => None,
        }
    }
}

impl Lying {
    fn piece(&self, number: usize, cut: &Cut, bytes: &mut Vec<u8>) -> Result<Option<Piece>, GiveUp> {
        let offset = self.start.saturating_add((number as u64).saturating_mul(cut.piece as u64));
        if offset >= self.size {
            return Ok(None);
        }
        let whole = self.read(offset, 0, cut.piece + cut.beyond, bytes)?;
        Ok(Some(Piece { number, offset, whole }))
    }

    /// Reads so many bytes from this one of a piece on, over those that are there; answers whether the file ends there.
    fn read(&self, offset: u64, from: usize, more: usize, bytes: &mut Vec<u8>) -> Result<bool, GiveUp> {
        let at = offset + from as u64;
        let left = usize::try_from(self.size.saturating_sub(at)).unwrap_or(usize::MAX);
        bytes.resize(from + more.min(left), 0);
        self.file.read_exact_at(bytes.get_mut(from..).unwrap_or_default(), at).map_err(|_| GiveUp)?;
        Ok(left <= more)
    }
}

impl Flow {
    fn next(&mut self, cut: &Cut, bytes: &mut Vec<u8>) -> Result<Option<Piece>, GiveUp> {
        let most = cut.piece + cut.beyond;
        while self.ahead.len() < most && !self.ended {
            self.unread.clear();
            self.ended = !self.text.read(&mut self.unread).map_err(|_| GiveUp)?;
            self.ahead.extend_from_slice(self.unread.as_bytes());
        }
        let Some(read) = self.ahead.get(..most.min(self.ahead.len())).filter(|read| !read.is_empty()) else {
            return Ok(None);
        };
        bytes.clear();
        bytes.extend_from_slice(read);
        let piece = Piece { number: self.number, offset: self.offset, whole: self.ended && self.ahead.len() <= most };
        let taken = cut.piece.min(self.ahead.len());
        self.ahead.drain(..taken);
        self.number += 1;
        self.offset += taken as u64;
        Ok(Some(piece))
    }
}
